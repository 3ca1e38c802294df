"""The append-only, hash-chained record of every change (SPEC 1). One chain per customer; chain 0 is the system's.

An entry's hash is SHA-256 over the previous hash of its chain and the canonical JSON of its content: an edit, a gap or
a reorder breaks the chain, and the daily seal over all heads shows a cut tail.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, inspect, select, text

from db.base import Base
from db.models import LedgerEntry
from services.context import Context

SYSTEM_CHAIN = 0
GENESIS = bytes(32)
CHAIN_LOCK = 7_205_335


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
        text("SELECT pg_advisory_xact_lock(:lock, :chain)"), {"lock": CHAIN_LOCK, "chain": customer_id % 2**31}
    )
    head = ctx.session.execute(
        select(LedgerEntry.seq, LedgerEntry.hash)
        .where(LedgerEntry.customer_id == customer_id)
        .order_by(LedgerEntry.seq.desc())
        .limit(1)
    ).first()
    entry = LedgerEntry(
        customer_id=customer_id, seq=(head.seq if head else 0) + 1, at=ctx.now, actor=ctx.actor.login, action=action,
        subject=subject, before=plain(before), after=plain(after), note=note,
        previous_hash=head.hash if head else GENESIS,
    )  # fmt: skip
    entry.hash = entry_hash(entry.previous_hash, content_of(entry))
    ctx.session.add(entry)
    ctx.session.flush()


def values_of(row: Base) -> dict[str, Any]:
    """A row's column values by name."""
    return {column.key: plain(getattr(row, column.key)) for column in inspect(row).mapper.column_attrs}


@dataclass(frozen=True)
class _Change:
    """One row before and after."""

    row: Base
    before: dict[str, Any]

    @property
    def chain(self) -> int:
        return getattr(self.row, "customer_id", SYSTEM_CHAIN) or SYSTEM_CHAIN

    def subject(self) -> str:
        return f"{self.row.__tablename__}:{':'.join(str(part) for part in inspect(self.row).identity or ())}"

    def differences(self) -> tuple[dict[str, Any] | None, dict[str, Any]]:
        after = values_of(self.row)
        changed = {key for key in after if after[key] != self.before.get(key)}
        old = {name: self.before[name] for name in changed if name in self.before}
        return old or None, {name: after[name] for name in changed}


@contextmanager
def change_all(ctx: Context, action: str, rows: Sequence[Base], note: str | None = None) -> Iterator[None]:
    """As `change` for many rows that are stored already, one entry each: a few statements instead of some a row."""
    changes = [_Change(row, values_of(row)) for row in rows]
    yield
    for row in rows:
        row.version += 1  # type: ignore[attr-defined]
        row.changed_at = ctx.now  # type: ignore[attr-defined]
    ctx.session.flush()
    heads = _locked_heads(ctx, {one.chain for one in changes})
    entries = []
    for one in changes:
        old, new = one.differences()
        seq, head = heads.get(one.chain, (0, GENESIS))
        entry = LedgerEntry(
            customer_id=one.chain, seq=seq + 1, at=ctx.now, actor=ctx.actor.login, action=action, subject=one.subject(),
            before=plain(old), after=plain(new), note=note, previous_hash=head,
        )  # fmt: skip
        entry.hash = entry_hash(head, content_of(entry))
        heads[one.chain] = (entry.seq, entry.hash)
        entries.append({column.key: getattr(entry, column.key) for column in inspect(LedgerEntry).column_attrs})
    if entries:
        ctx.session.execute(insert(LedgerEntry), entries)


def _locked_heads(ctx: Context, chains: Collection[int]) -> dict[int, tuple[int, bytes]]:
    """The last number and hash of these chains, which nobody else appends to until this transaction ends.

    Locked in one order, so that two such calls can't wait for each other.
    """
    values = {"lock": CHAIN_LOCK, "chains": sorted(chains)}
    ctx.session.execute(
        text(
            "SELECT pg_advisory_xact_lock(:lock, CAST(chain % 2147483648 AS integer)) "
            "FROM (SELECT unnest(CAST(:chains AS bigint[])) AS chain ORDER BY 1) c"
        ),
        values,
    )
    heads = ctx.session.execute(
        text(
            "SELECT c.chain, h.seq, h.hash FROM unnest(CAST(:chains AS bigint[])) AS c(chain) CROSS JOIN LATERAL ("
            "SELECT seq, hash FROM ledger_entry e WHERE e.customer_id = c.chain ORDER BY seq DESC LIMIT 1) h"
        ),
        values,
    )
    return {chain: (seq, bytes(head)) for chain, seq, head in heads}


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
    one = _Change(row, before)
    old, new = one.differences()
    record(ctx, action, one.subject(), customer_id=one.chain, before=old, after=new, note=note)
