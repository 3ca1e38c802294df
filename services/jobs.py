"""Periodic work, done by one worker at a time: figures after imports, warnings, escalation, the ledger's daily seal."""

from __future__ import annotations

import datetime as dt
import logging
import threading

from sqlalchemy import text

from services.context import Context, unit_of_work
from services.data_versions import versions
from services.early_warnings import escalate_overdue, raise_warnings
from services.ledger_verification import seal
from services.metrics.upkeep import lay_out, refresh

_LOG = logging.getLogger(__name__)
_WORKER_LOCK = 7_205_350
PAUSE_SECONDS = 5.0


def work(ctx: Context, seen: tuple[object, ...]) -> tuple[object, ...]:
    """One round: what is due is done. `seen` is the state of the former round; returns the new one.

    A second worker finds the lock taken and does nothing, so each piece of work is done once.
    """
    if not ctx.session.execute(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": _WORKER_LOCK}).scalar_one():
        return seen
    refresh(ctx)
    state = (ctx.today, *versions(ctx, "trade", "customers", "policy"))
    if state != seen:
        lay_out(ctx)
        raise_warnings(ctx, ctx.today)
    escalate_overdue(ctx)
    seal(ctx, ctx.now.date() - dt.timedelta(days=1))
    return (ctx.today, *versions(ctx, "trade", "customers", "policy"))


def run_worker(stop: threading.Event) -> None:
    """Work until told to stop. A fault is logged and the next round tries again."""
    seen: tuple[object, ...] = ()
    while not stop.is_set():
        try:
            with unit_of_work() as ctx:
                seen = work(ctx, seen)
        except Exception:
            _LOG.exception("a round of work failed and will be tried again")
        stop.wait(PAUSE_SECONDS)
