"""The record of every import: what was brought in, by whom, with what result; its rejected rows stay readable."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import defer

from db.enums import ImportState, Role
from db.models import ImportBatch
from services.access import ensure_may, may
from services.context import Context
from services.errors import N_, NotFoundError
from services.imports.messages import Message
from services.imports.rejects import Reject, RejectedRows

COUNTS = ("rows", "inserted", "updated", "unchanged", "rejected")


@dataclass(frozen=True)
class BatchFilter:
    """Which imports a list shows."""

    kind: str | None = None
    mine: bool = False
    with_rejected: bool = False
    by: str | None = None


@dataclass(frozen=True)
class BatchRow:
    """One import. `counts` has the keys of COUNTS; `rejected` the cells that are kept (at most KEPT_CELLS)."""

    id: int
    kind: str
    file_name: str
    file_sha256: str
    state: str
    imported_by: str
    started_at: dt.datetime
    finished_at: dt.datetime | None
    counts: Mapping[str, int]
    notes: tuple[Message, ...]
    rejected: RejectedRows


def open_batch(ctx: Context, kind: str, file_name: str, sha256: str) -> ImportBatch:
    """Begin the record of an import."""
    batch = ImportBatch(
        kind=kind, file_name=file_name, file_sha256=sha256, state=ImportState.RUNNING.value, started_at=ctx.now,
        imported_by=ctx.actor.login, counts={}, rejects=None,
    )  # fmt: skip
    ctx.session.add(batch)
    ctx.session.flush()
    return batch


def close_batch(
    ctx: Context, batch: ImportBatch, state: ImportState, counts: Mapping[str, int], notes: tuple[Message, ...],
    rejected: RejectedRows,
) -> None:  # fmt: skip
    """Write down how an import ended."""
    batch.state = state.value
    batch.finished_at = dt.datetime.now(dt.UTC)
    batch.counts = {**counts, "notes": [_message_as_json(note) for note in notes]}
    batch.rejects = _as_json(rejected) if rejected.cells else None
    ctx.session.flush()


def may_see_rejected(ctx: Context, imported_by: str) -> bool:
    """Rejected rows hold personal data as written: for who brought them in, and for those who may see such data."""
    if ctx.is_system or ctx.actor.login == imported_by:
        return True
    return may(ctx.actor, "customer.see_personal") and ctx.actor.role is not Role.BUSINESS


def recent_batches(
    ctx: Context, limit: int = 20, *, filters: BatchFilter | None = None, before: int | None = None
) -> list[BatchRow]:
    """The newest imports first, without their rejected rows; only those older than the import `before`, if given.

    Business departments see what they brought in themselves.
    """
    ensure_may(ctx, "import.run")
    filters = filters or BatchFilter()
    found = select(ImportBatch).options(defer(ImportBatch.rejects)).order_by(ImportBatch.id.desc()).limit(limit)
    if before is not None:
        found = found.where(ImportBatch.id < before)
    if filters.kind:
        found = found.where(ImportBatch.kind == filters.kind)
    if filters.mine or (ctx.actor.role is Role.BUSINESS and not ctx.is_system):
        found = found.where(ImportBatch.imported_by == ctx.actor.login)
    if filters.by:
        found = found.where(ImportBatch.imported_by == filters.by)
    if filters.with_rejected:
        found = found.where(ImportBatch.counts["rejected"].as_integer() > 0)
    return [_row(batch, RejectedRows()) for batch in ctx.session.execute(found).scalars()]


def batch_by_id(ctx: Context, batch_id: int) -> BatchRow:
    """One import with the rejected rows that were kept, for those who may see them.

    Raises:
        NotFoundError: there is none, or it is another person's and the actor is of a business department.
    """
    ensure_may(ctx, "import.run")
    batch = ctx.session.get(ImportBatch, batch_id)
    is_foreign = batch is not None and batch.imported_by != ctx.actor.login and not ctx.is_system
    if batch is None or (is_foreign and ctx.actor.role is Role.BUSINESS):
        raise NotFoundError(N_("There is no import number %(id)s."), id=batch_id)
    return _row(batch, _from_json(batch.rejects or {}) if may_see_rejected(ctx, batch.imported_by) else RejectedRows())


def _row(batch: ImportBatch, rejected: RejectedRows) -> BatchRow:
    notes = tuple(Message(note["template"], note["params"]) for note in batch.counts.get("notes", ()))
    return BatchRow(
        id=batch.id, kind=batch.kind, file_name=batch.file_name, file_sha256=batch.file_sha256, state=batch.state,
        imported_by=batch.imported_by, started_at=batch.started_at, finished_at=batch.finished_at,
        counts={name: int(batch.counts.get(name, 0)) for name in COUNTS}, notes=notes, rejected=rejected,
    )  # fmt: skip


def _message_as_json(message: Message) -> dict[str, Any]:
    return {"template": message.template, "params": dict(message.params)}


def _as_json(rejected: RejectedRows) -> dict[str, Any]:
    cells = [
        [cell.line, cell.column, cell.header, cell.value, cell.message.template, dict(cell.message.params)]
        for cell in rejected.cells
    ]
    rows = {str(line): list(row) for line, row in rejected.rows.items()}
    return {"cells": cells, "headers": list(rejected.headers), "rows": rows}


def _from_json(stored: Mapping[str, Any]) -> RejectedRows:
    cells = tuple(
        Reject(line, column, header, value, Message(template, params))
        for line, column, header, value, template, params in stored.get("cells", ())
    )
    rows = {int(line): tuple(row) for line, row in stored.get("rows", {}).items()}
    return RejectedRows(cells, tuple(stored.get("headers", ())), rows)
