"""Finds any edit, gap, reorder or cut in the ledger (SPEC 1): every chain is hashed again, every seal compared."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from sqlalchemy import func, select, text

from db.models import LedgerEntry, LedgerSeal
from services.access import ensure_may
from services.context import Context
from services.errors import N_
from services.ledger import GENESIS, content_of, entry_hash

_SEAL_HEADS = text(
    "SELECT DISTINCT ON (customer_id) customer_id, seq, hash FROM ledger_entry WHERE at < :until "
    "ORDER BY customer_id, seq DESC"
)


@dataclass(frozen=True)
class Break:
    """A place where the record is not what it was: a chain and a number in it, or a sealed day."""

    template: str
    params: dict[str, object]


@dataclass(frozen=True)
class Verification:
    """What was read, and what was wrong."""

    entries: int
    chains: int
    seals: int
    breaks: tuple[Break, ...]


def verify(ctx: Context) -> Verification:
    """Hash the whole ledger again, streaming; report every break."""
    ensure_may(ctx, "ledger.read")
    breaks: list[Break] = []
    chain, expected_seq, head = -1, 1, GENESIS
    entries = chains = 0
    ordered = select(LedgerEntry).order_by(LedgerEntry.customer_id, LedgerEntry.seq)
    for entry in ctx.session.execute(ordered, execution_options={"yield_per": 5_000}).scalars():
        if entry.customer_id != chain:
            chain, expected_seq, head = entry.customer_id, 1, GENESIS
            chains += 1
        entries += 1
        place: dict[str, object] = {"chain": chain, "seq": entry.seq}
        if entry.seq != expected_seq:
            breaks.append(Break(N_("Chain %(chain)s: entries before %(seq)s are missing."), place))
        elif entry.previous_hash != head:
            breaks.append(Break(N_("Chain %(chain)s: entry %(seq)s does not follow the one before it."), place))
        if entry.hash != entry_hash(entry.previous_hash, content_of(entry)):
            breaks.append(Break(N_("Chain %(chain)s: entry %(seq)s was changed."), place))
        head, expected_seq = entry.hash, entry.seq + 1
        ctx.session.expunge(entry)
    seals, broken = _verify_seals(ctx)
    return Verification(entries, chains, seals, (*breaks, *broken))


def _seal_of(ctx: Context, day: dt.date, previous: bytes) -> tuple[int, int, bytes]:
    """Chains, entries and hash over all heads as they stood at the end of a day (UTC)."""
    until = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(0), dt.UTC)
    digest, chains, entries = hashlib.sha256(previous), 0, 0
    for customer_id, seq, head in ctx.session.execute(_SEAL_HEADS, {"until": until}):
        digest.update(f"{customer_id}:{seq}:".encode() + bytes(head))
        chains += 1
        entries += seq
    return chains, entries, digest.digest()


def _verify_seals(ctx: Context) -> tuple[int, list[Break]]:
    breaks: list[Break] = []
    previous, count = GENESIS, 0
    for seal in ctx.session.execute(select(LedgerSeal).order_by(LedgerSeal.sealed_on)).scalars():
        count += 1
        found = _seal_of(ctx, seal.sealed_on, previous)
        if found != (seal.chains, seal.entries, seal.hash) or seal.previous_hash != previous:
            breaks.append(
                Break(N_("The seal of %(day)s does not fit the entries."), {"day": seal.sealed_on.isoformat()})
            )
        previous = seal.hash
    return count, breaks


def seal(ctx: Context, day: dt.date) -> bool:
    """Seal all chains as they stood at the end of a day; False when it is sealed already. The worker does it daily."""
    newest = ctx.session.execute(select(func.max(LedgerSeal.sealed_on))).scalar_one()
    if newest is not None and newest >= day:
        return False
    previous = GENESIS
    if newest is not None:
        previous = ctx.session.execute(select(LedgerSeal.hash).where(LedgerSeal.sealed_on == newest)).scalar_one()
    chains, entries, digest = _seal_of(ctx, day, previous)
    ctx.session.add(
        LedgerSeal(
            sealed_on=day, sealed_at=ctx.now, chains=chains, entries=entries, previous_hash=previous, hash=digest
        )
    )
    ctx.session.flush()
    return True
