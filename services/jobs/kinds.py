"""What a job of each name does. Each is done in one transaction, and doing it twice in a row changes nothing more.

A kind may return a finding: its work is done, but somebody has to see what it found wrong. Or a parcel: a message that
is sent after the commit, outside of any transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import text

from services.context import Context
from services.early_warnings import escalate_overdue, raise_warnings
from services.early_warnings.telling import tell_due_today
from services.errors import N_, RefusedError
from services.jobs.following import SCORE, WARN
from services.jobs.queue import prune
from services.ledger_verification import seal
from services.metrics.self_check import check_figures
from services.metrics.upkeep import lay_out, refresh
from services.notifications.deliveries import prune_notices
from services.notifications.errand import begin
from services.notifications.noticing import SEND, notify
from services.notifications.rows import Parcel
from services.scoring.commands import score_customers
from services.scoring.due import customers_due
from services.users.sessions import forget_ended

#: A parcel is what is left to do outside of the transaction, once it has committed.
Work = Callable[[Context, Mapping[str, Any]], str | Parcel | None]

_UNSEALED = N_("A change that began before midnight is still being written; the day is sealed when it has ended.")
_STILL_WRITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND backend_xid IS NOT NULL AND xact_start < :midnight"
)


def _refresh(ctx: Context, _arguments: Mapping[str, Any]) -> None:
    refresh(ctx)


def _score(ctx: Context, arguments: Mapping[str, Any]) -> None:
    """Customers whose data changed, as of the business date; all where none are named."""
    score_customers(ctx, ctx.today, customer_ids=arguments.get("customers"))


def _score_due(ctx: Context, _arguments: Mapping[str, Any]) -> None:
    """Customers never scored, or not within the refresh rhythm of their level (SPEC 6)."""
    due = customers_due(ctx)
    if due:
        score_customers(ctx, ctx.today, customer_ids=due)


def _warn(ctx: Context, _arguments: Mapping[str, Any]) -> None:
    raise_warnings(ctx, ctx.today)


def _escalate(ctx: Context, _arguments: Mapping[str, Any]) -> None:
    escalate_overdue(ctx)


def _lay_out(ctx: Context, _arguments: Mapping[str, Any]) -> None:
    lay_out(ctx)


def _seal(ctx: Context, _arguments: Mapping[str, Any]) -> None:
    """Seal yesterday's ledger, by the calendar of UTC: a fixed business date does not stop the record."""
    midnight = dt.datetime.combine(ctx.now.astimezone(dt.UTC).date(), dt.time(0), dt.UTC)
    if ctx.session.execute(_STILL_WRITING, {"midnight": midnight}).scalar_one():
        raise RefusedError(_UNSEALED)
    seal(ctx, midnight.date() - dt.timedelta(days=1))


def _check(ctx: Context, _arguments: Mapping[str, Any]) -> str | None:
    # Yesterday's check may come before today's laying out: what the calendar added meanwhile is no fault.
    lay_out(ctx)
    found = check_figures(ctx, ctx.now.date().toordinal())
    if found.is_sound:
        return None
    notify(ctx, "figures_check_failed", "metrics", params={"month": found.month}, link="overview")
    return (
        f"Figures did not agree with the data and were made again: {found.wrong_sums} sums of {found.month:%Y-%m}, "
        f"{found.wrong_contributions} contributions of {found.customers} customers. The ledger has it."
    )


def _clean_up(ctx: Context, _arguments: Mapping[str, Any]) -> None:
    prune(ctx)
    forget_ended(ctx)
    prune_notices(ctx)


def _send(ctx: Context, arguments: Mapping[str, Any]) -> Parcel | None:
    return begin(ctx, arguments)


def _tell_due_today(ctx: Context, _arguments: Mapping[str, Any]) -> None:
    tell_due_today(ctx)


#: By name, as it stands in the table.
KINDS: dict[str, Work] = {
    "refresh_figures": _refresh,
    SCORE: _score,
    "score_due": _score_due,
    WARN: _warn,
    "escalate_warnings": _escalate,
    "lay_out_figures": _lay_out,
    "seal_ledger": _seal,
    "check_figures": _check,
    "clean_up": _clean_up,
    SEND: _send,
    "tell_due_today": _tell_due_today,
}
