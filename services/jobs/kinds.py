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
from services.controls.keeping import expire_overdue
from services.controls.plan_rules import follow_plan
from services.controls.telling import tell_controls_due
from services.early_warnings import escalate_overdue, forget_past_holds, raise_warnings
from services.early_warnings.simulating import SIMULATE, forget_old_simulations, work_on
from services.early_warnings.telling import tell_due_today
from services.errors import N_, RefusedError
from services.events import prune_events
from services.gate.telling import TELL_HELD, tell_held
from services.information.limits import REFRESH
from services.information.quality import take_quality
from services.information.upkeep import refresh_standing
from services.jobs.following import FIND, PLAN, SCORE, SCREEN, WARN, plan_after
from services.jobs.queue import prune
from services.ledger_verification import seal
from services.levels import customers_to_settle, end_overrides
from services.listings import find_candidates, remind_of_deadlines
from services.machines.delivering import prune_calls
from services.metrics.self_check import check_figures
from services.metrics.upkeep import lay_out, refresh
from services.notifications.deliveries import prune_notices
from services.notifications.errand import begin
from services.notifications.noticing import SEND, notify
from services.notifications.rows import Parcel
from services.scoring.commands import score_customers, score_in_shadow
from services.scoring.comparison.reports import JOB as REPORT
from services.scoring.comparison.reports import run_report
from services.scoring.due import customers_due
from services.screening.matching import run_screening
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
    """Customers whose data changed, as of the business date; all where none are named. Cards in shadow score beside.

    What is known of them, and the level that says how fresh it must be, moved with the data.
    """
    score_customers(ctx, ctx.today, customer_ids=arguments.get("customers"))
    score_in_shadow(ctx, ctx.today, arguments.get("customers"))
    refresh_standing(ctx, arguments.get("customers"))
    plan_after(ctx, arguments.get("customers"))


def _score_due(ctx: Context, _arguments: Mapping[str, Any]) -> None:
    """Customers never scored, or not within the refresh rhythm of their level (SPEC 6); and those whose level may move
    by the clock: an override has ended, a cooldown is over."""
    due = sorted({*customers_due(ctx), *end_overrides(ctx), *customers_to_settle(ctx)})
    if due:
        score_customers(ctx, ctx.today, customer_ids=due)
        score_in_shadow(ctx, ctx.today, due)
        refresh_standing(ctx, due)
        plan_after(ctx, due)


def _refresh_information(ctx: Context, _arguments: Mapping[str, Any]) -> None:
    refresh_standing(ctx)


def _take_quality(ctx: Context, _arguments: Mapping[str, Any]) -> None:
    """A new day changes no stored day of anything, but what was left undone by night is made up for all."""
    refresh_standing(ctx)
    take_quality(ctx)


def _warn(ctx: Context, arguments: Mapping[str, Any]) -> None:
    """Customers whose data changed, as of the business date; all where none are named."""
    raise_warnings(ctx, ctx.today, customers=arguments.get("customers"))


def _find(ctx: Context, arguments: Mapping[str, Any]) -> None:
    """Customers whose data changed, as of the business date; all where none are named."""
    find_candidates(ctx, arguments.get("customers"))


def _remind(ctx: Context, _arguments: Mapping[str, Any]) -> None:
    remind_of_deadlines(ctx)


def _screen(ctx: Context, _arguments: Mapping[str, Any]) -> None:
    """What was made comparable by an answer, against everybody. New matches are warned of by the rules' next run."""
    run_screening(ctx)


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
    forget_old_simulations(ctx)
    forget_ended(ctx)
    forget_past_holds(ctx)
    prune_notices(ctx)
    prune_calls(ctx)
    prune_events(ctx)


def _report(ctx: Context, arguments: Mapping[str, Any]) -> None:
    """A comparison of scorecards, or a fit: what its row asks for."""
    run_report(ctx, int(arguments["report"]))


def _simulate(ctx: Context, arguments: Mapping[str, Any]) -> None:
    work_on(ctx, arguments["simulation"])


def _send(ctx: Context, arguments: Mapping[str, Any]) -> Parcel | None:
    return begin(ctx, arguments)


def _tell_due_today(ctx: Context, _arguments: Mapping[str, Any]) -> None:
    tell_due_today(ctx)
    tell_controls_due(ctx)


def _expire_controls(ctx: Context, _arguments: Mapping[str, Any]) -> None:
    expire_overdue(ctx)


def _plan_controls(ctx: Context, arguments: Mapping[str, Any]) -> None:
    """What the days alone bring about (a customer's oldest debt grows older) finds the run over all, each night."""
    follow_plan(ctx, arguments.get("customers"))


def _tell_held(ctx: Context, arguments: Mapping[str, Any]) -> None:
    tell_held(ctx, int(arguments["customer_id"]), arguments["order_no"])


#: By name, as it stands in the table.
KINDS: dict[str, Work] = {
    "refresh_figures": _refresh,
    SCORE: _score,
    "score_due": _score_due,
    WARN: _warn,
    FIND: _find,
    "remind_of_deadlines": _remind,
    TELL_HELD: _tell_held,
    SCREEN: _screen,
    REFRESH: _refresh_information,
    "take_quality": _take_quality,
    "escalate_warnings": _escalate,
    SIMULATE: _simulate,
    "lay_out_figures": _lay_out,
    "seal_ledger": _seal,
    "check_figures": _check,
    "clean_up": _clean_up,
    REPORT: _report,
    SEND: _send,
    "tell_due_today": _tell_due_today,
    "expire_controls": _expire_controls,
    PLAN: _plan_controls,
}
