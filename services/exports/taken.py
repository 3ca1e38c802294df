"""The record of exports: who took what out of the house, how it was narrowed, how many rows (SPEC 3, 8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from db.models import LedgerEntry
from services import data_versions, ledger
from services.access import ensure_may
from services.context import Context
from services.exports.files import FileFormat

ACTION = "export.taken"


@dataclass(frozen=True)
class TakenRow:
    """One export of the past. `filters` is empty where everything was taken; `left_out` names hidden columns."""

    at: dt.datetime
    actor: str
    name: str
    filters: Mapping[str, str]
    rows: int
    file_format: str
    left_out: tuple[str, ...]


# --- commands


def record_taken(
    ctx: Context,
    name: str,
    *,
    rows: int,
    file_format: FileFormat | str,
    filters: Mapping[str, str] | None = None,
    left_out: tuple[str, ...] = (),
) -> None:
    """Write an export to the ledger. Whoever hands out a file calls this in the same unit of work.

    Raises:
        NotAllowedError: the role may not take anything out.
    """
    ensure_may(ctx, "export.run")
    after = {"name": name, "filters": dict(filters or {}), "rows": rows, "format": str(file_format)}
    if left_out:
        after["left_out"] = list(left_out)
    ledger.record(ctx, ACTION, f"export:{name}", after=after)
    data_versions.bump(ctx, "exports")


# --- reads


def recent_exports(ctx: Context, limit: int = 20) -> tuple[TakenRow, ...]:
    """The newest exports first, for those who may read the ledger."""
    ensure_may(ctx, "ledger.read")
    found = ctx.session.execute(
        select(LedgerEntry.at, LedgerEntry.actor, LedgerEntry.after)
        .where(LedgerEntry.customer_id == ledger.SYSTEM_CHAIN, LedgerEntry.action == ACTION)
        .order_by(LedgerEntry.seq.desc())
        .limit(limit)
    )
    return tuple(_taken(at, actor, after or {}) for at, actor, after in found)


def _taken(at: dt.datetime, actor: str, after: Mapping[str, object]) -> TakenRow:
    filters, left_out, rows = after.get("filters"), after.get("left_out"), after.get("rows")
    return TakenRow(
        at=at, actor=actor, name=str(after.get("name", "")),
        filters={str(key): str(value) for key, value in filters.items()} if isinstance(filters, dict) else {},
        rows=rows if isinstance(rows, int) else 0, file_format=str(after.get("format", "")),
        left_out=tuple(map(str, left_out)) if isinstance(left_out, list) else (),
    )  # fmt: skip
