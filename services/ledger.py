"""The append-only, hash-chained record of every change (SPEC 1). One chain per customer; chain 0 is the system's.

An entry's hash is SHA-256 over the previous hash of its chain and the canonical JSON of its content: an edit, a gap or a
reorder breaks the chain, and the daily seal over all heads shows a cut tail.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from sqlalchemy import inspect, select, text

from db.base import Base
from db.models import LedgerEntry
from services.context import Context

SYSTEM_CHAIN = 0
GENESIS = bytes(32)
_LEDGER_LOCK = 7_205_335


def canonical(content: dict[str, Any]) -> bytes:
    """The bytes that are hashed: JSON with sorted keys and no spare blanks."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str).encode()


def entry_hash(previous_hash: bytes, content: dict[str, Any]) -> bytes:
    """The hash of an entry that follows `previous_hash`."""
    return hashlib.sha256(previous_hash + canonical(content)).digest()


def content_of(entry: LedgerEntry) -> dict[str, Any]:
    """What an entry says, as it is hashed."""
    return {
        "customer_id": entry.customer_id, "seq": entry.seq, "at": entry.at.astimezone(dt.UTC).isoformat(),
        "actor": entry.actor, "action": entry.action, "subject": entry.subject,
        "before": entry.before, "after": entry.after, "note": entry.note,
    }  # fmt: skip


def plain(value: object) -> Any:  # noqa: ANN401  (any JSON value)
    """A value as JSON keeps it, the same before and after a round trip through the database."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def record(
    ctx: Context,
    action: str,
    subject: str,
    *,
    customer_id: int = SYSTEM_CHAIN,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str | None = None,
) -> None:
    """Append one entry to a chain. Waits for whoever is appending to the same chain, and for nobody else."""
    ctx.session.execute(
        text("SELECT pg_advisory_xact_lock(:lock, :chain)"), {"lock": _LEDGER_LOCK, "chain": customer_id % 2**31}
    )
    head = ctx.session.execute(
        select(LedgerEntry.seq, LedgerEntry.hash)
        .where(LedgerEntry.customer_id == customer_id)
        .order_by(LedgerEntry.seq.desc())
        .limit(1)
    ).first()
    entry = LedgerEntry(
        customer_id=customer_id, seq=(head.seq if head else 0) + 1, at=ctx.now, actor=ctx.actor.login, action=action,
        subject=subject, before=plain(before), after=plain(after), note=note, previous_hash=head.hash if head else GENESIS,
    )  # fmt: skip
    entry.hash = entry_hash(entry.previous_hash, content_of(entry))
    ctx.session.add(entry)
    ctx.session.flush()


def values_of(row: Base) -> dict[str, Any]:
    """A row's column values by name."""
    return {column.key: plain(getattr(row, column.key)) for column in inspect(row).mapper.column_attrs}


@contextmanager
def change(ctx: Context, action: str, row: Base, note: str | None = None) -> Iterator[None]:
    """Record what a block changes on one row (old and new values of the columns that differ), and raise its version."""
    state = inspect(row)
    before = {} if state.transient or state.pending else values_of(row)
    yield
    if hasattr(row, "version") and before:
        row.version += 1
        row.changed_at = ctx.now  # type: ignore[attr-defined]
    if row not in ctx.session:
        ctx.session.add(row)
    ctx.session.flush()
    after = values_of(row)
    changed = {key for key in after if after[key] != before.get(key)}
    key = ":".join(str(part) for part in state.identity or ())
    record(
        ctx, action, f"{row.__tablename__}:{key}", customer_id=getattr(row, "customer_id", SYSTEM_CHAIN) or SYSTEM_CHAIN,
        before={name: before[name] for name in changed if name in before} or None,
        after={name: after[name] for name in changed}, note=note,
    )  # fmt: skip
