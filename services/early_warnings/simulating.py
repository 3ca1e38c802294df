"""The rule simulator: what a rule with other thresholds would have found on the company's own history (SPEC 6, 9.5).

A simulation is a row and a chain of small jobs: each replays one week with the thresholds in force and with the new
ones, point in time, and asks for the next. So progress is seen, other work comes in between, a worker that dies costs
one week, and cancelling works at any moment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Date, Select, and_, cast, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from db.enums import SimulationState
from db.models import AppUser, Customer, Department, RuleSimulation, SimulatedSign
from services import access, data_versions, ledger
from services.context import Context
from services.early_warnings.editions import rule_history
from services.early_warnings.lifecycle import GONE_FOR_GOOD_DAYS
from services.early_warnings.performance import LearntLikelihood, learnt
from services.early_warnings.rule import Thresholds, WarningRule
from services.early_warnings.rules import RULES, findings_query, rule_by_code
from services.early_warnings.simulated import NEW, NOW, simulated_result
from services.early_warnings.threshold_limits import checked_thresholds, typed_thresholds
from services.errors import N_, NotFoundError, RefusedError
from services.jobs.queue import enqueue
from services.states import Transitions, ensure_transition

RULE_SIMULATION_TRANSITIONS: Transitions = {
    SimulationState.QUEUED: frozenset({SimulationState.RUNNING, SimulationState.DONE, SimulationState.CANCELLED}),
    SimulationState.RUNNING: frozenset({SimulationState.DONE, SimulationState.CANCELLED}),
    SimulationState.DONE: frozenset(),
    SimulationState.CANCELLED: frozenset(),
}

SIMULATE = "simulate_rule"
MOST_WEEKS = 156
#: A change is judged by its newest replays; older ones speak of a company that was another.
KEPT_DAYS = 90


@dataclass(frozen=True)
class SimulationRow:
    """A simulation as it is shown. `result` as `simulated.simulated_result` writes it, None until it is done."""

    id: int
    rule: str
    thresholds_now: Thresholds
    thresholds_new: Thresholds
    since: dt.date
    until: dt.date
    state: str
    weeks: int
    weeks_done: int
    result: Mapping[str, Any] | None
    asked_by: str
    asked_at: dt.datetime
    version: int


@dataclass(frozen=True)
class ChangedCustomer:
    """A customer that only one of the two sets of thresholds finds."""

    customer_no: str
    name: str
    department: str | None
    money: Any
    first_on: dt.date


# --- rules


def days_of(since: dt.date, until: dt.date) -> tuple[dt.date, ...]:
    """The days a replay looks at: the first, and every seventh after it."""
    return tuple(since + dt.timedelta(days=7 * week) for week in range((until - since).days // 7 + 1))


# --- commands


def simulate(
    ctx: Context, code: str, thresholds: Mapping[str, object], since: dt.date, until: dt.date
) -> SimulationRow:
    """Ask for a replay of a rule with these thresholds (others as in force) beside those in force.

    Raises:
        NotAllowedError, NotFoundError: there is no such rule or threshold.
        RefusedError: the rule can't be replayed, or the span or a value can't be.
    """
    row = _begun(ctx, code, thresholds, since, until)
    enqueue(ctx, SIMULATE, str(row.id), {"simulation": row.id})
    return simulation_by_id(ctx, row.id)


def simulate_now(
    ctx: Context, code: str, thresholds: Mapping[str, object], since: dt.date, until: dt.date
) -> SimulationRow:
    """As `simulate`, and wait for it: for the command line.

    Raises:
        NotAllowedError, NotFoundError, RefusedError: as there.
    """
    row = _begun(ctx, code, thresholds, since, until)
    while advance(ctx, row.id):
        pass
    return simulation_by_id(ctx, row.id)


def cancel_simulation(ctx: Context, simulation_id: int) -> SimulationRow:
    """Stop a simulation that is under way; what it found so far is dropped.

    Raises:
        NotAllowedError, NotFoundError, IllegalMoveError: it is over.
    """
    access.ensure_may(ctx, "warning_rule.change")
    found = select(RuleSimulation).where(RuleSimulation.id == simulation_id).with_for_update()
    row = ctx.session.execute(found.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None:
        raise NotFoundError(N_("This simulation does not exist."))
    ensure_transition(RULE_SIMULATION_TRANSITIONS, row.state, SimulationState.CANCELLED)
    row.state, row.finished_at = SimulationState.CANCELLED, ctx.now
    row.version += 1
    ctx.session.flush()
    _drop_signs(ctx, simulation_id)
    data_versions.bump(ctx, "warning_rules")
    return simulation_by_id(ctx, simulation_id)


def advance(ctx: Context, simulation_id: int) -> bool:
    """Replay the next week of a simulation; True while there are more.

    The row is not locked before the week is done, so that cancelling does not wait; a week of a cancelled one is
    dropped.
    """
    row = ctx.session.get(RuleSimulation, simulation_id, populate_existing=True)
    if row is None or row.state not in (SimulationState.QUEUED, SimulationState.RUNNING):
        return False
    rule = RULES[row.rule]
    day = days_of(row.since, row.until)[row.weeks_done]
    for is_new, stored in ((False, row.thresholds_now), (True, row.thresholds_new)):
        _replay(ctx, row.id, replace(rule, thresholds=typed_thresholds(rule, stored)), is_new, day)
    is_last = row.weeks_done + 1 == row.weeks
    values: dict[str, Any] = {"state": SimulationState.DONE if is_last else SimulationState.RUNNING}
    if is_last:
        values |= {"result": ledger.plain(simulated_result(ctx, row)), "finished_at": ctx.now}
    done = ctx.session.execute(
        update(RuleSimulation)
        .where(
            RuleSimulation.id == row.id, RuleSimulation.weeks_done == row.weeks_done,
            RuleSimulation.state.in_((SimulationState.QUEUED, SimulationState.RUNNING)),
        )
        .values(weeks_done=row.weeks_done + 1, version=RuleSimulation.version + 1, changed_at=ctx.now, **values)
        .returning(RuleSimulation.id)
        .execution_options(synchronize_session=False)
    ).first()  # fmt: skip
    if done is None:
        _drop_signs(ctx, simulation_id)
        return False
    data_versions.bump(ctx, "warning_rules")
    return not is_last


def work_on(ctx: Context, simulation_id: int) -> None:
    """One week of a simulation, and the wish for the next."""
    if advance(ctx, simulation_id):
        enqueue(ctx, SIMULATE, str(simulation_id), {"simulation": simulation_id})


def forget_old_simulations(ctx: Context) -> int:
    """Remove simulations older than KEPT_DAYS with their signs; how many."""
    old = RuleSimulation.asked_at < ctx.now - dt.timedelta(days=KEPT_DAYS)
    return len(ctx.session.execute(delete(RuleSimulation).where(old).returning(RuleSimulation.id)).all())


def _begun(ctx: Context, code: str, thresholds: Mapping[str, object], since: dt.date, until: dt.date) -> RuleSimulation:
    access.ensure_may(ctx, "warning_rule.change")
    rule_by_code(code)
    rule = rule_history(ctx).on(code, ctx.today).rule
    if rule.findings is None or not rule.thresholds:
        raise RefusedError(N_("This rule has no thresholds that could be simulated."))
    if since > until or until > ctx.today:
        raise RefusedError(N_("A simulation runs from an earlier day to a later one, up to today."))
    weeks = len(days_of(since, until))
    if weeks > MOST_WEEKS:
        raise RefusedError(N_("A simulation covers at most %(most)s weeks."), most=MOST_WEEKS)
    row = RuleSimulation(
        rule=code, thresholds_now=ledger.plain(dict(rule.thresholds)),
        thresholds_new=ledger.plain(checked_thresholds(rule, thresholds)), since=since, until=until,
        state=SimulationState.QUEUED, weeks=weeks, weeks_done=0, asked_by=ctx.actor.login, asked_at=ctx.now,
    )  # fmt: skip
    ctx.session.add(row)
    ctx.session.flush()
    data_versions.bump(ctx, "warning_rules")
    return row


def _replay(ctx: Context, simulation_id: int, rule: WarningRule, is_new: bool, day: dt.date) -> None:
    """Continue the signs that the rule still finds, and begin those that are new or were gone for good."""
    found = findings_query(ctx, rule, day).order_by(None).subquery("found")
    known = SimulatedSign.__table__.alias("known")
    kept = cast(literal(day), Date)
    rows: Select[Any] = select(
        found.c.customer_id, literal(simulation_id), literal(is_new), func.coalesce(known.c.first_on, kept), kept,
        found.c.money,
    ).outerjoin(
        known,
        and_(
            known.c.customer_id == found.c.customer_id, known.c.simulation_id == simulation_id,
            known.c.is_new == is_new, known.c.last_on > day - dt.timedelta(days=GONE_FOR_GOOD_DAYS),
        ),
    )  # fmt: skip
    names = ["customer_id", "simulation_id", "is_new", "first_on", "last_on", "money_at_risk"]
    added = insert(SimulatedSign).from_select(names, rows)
    ctx.session.execute(
        added.on_conflict_do_update(
            index_elements=names[:4],
            set_={
                "last_on": added.excluded.last_on,
                "money_at_risk": func.greatest(SimulatedSign.money_at_risk, added.excluded.money_at_risk),
            },
        )
    )


def _drop_signs(ctx: Context, simulation_id: int) -> None:
    ctx.session.execute(delete(SimulatedSign).where(SimulatedSign.simulation_id == simulation_id))


# --- reads


def simulation_by_id(ctx: Context, simulation_id: int) -> SimulationRow:
    """One simulation.

    Raises:
        NotAllowedError: the actor may not read the rules.
        NotFoundError: there is none.
    """
    found = _rows(ctx, RuleSimulation.id == simulation_id, 1)
    if not found:
        raise NotFoundError(N_("This simulation does not exist."))
    return found[0]


def simulations_of(ctx: Context, code: str, limit: int = 10) -> tuple[SimulationRow, ...]:
    """A rule's simulations, the newest first.

    Raises:
        NotAllowedError: the actor may not read the rules.
    """
    return _rows(ctx, RuleSimulation.rule == code, limit)


def _rows(ctx: Context, condition: Any, limit: int) -> tuple[SimulationRow, ...]:  # noqa: ANN401  (a condition)
    access.ensure_may(ctx, "warning_rule.read")
    query = (
        select(RuleSimulation, func.coalesce(AppUser.name, RuleSimulation.asked_by).label("who"))
        .outerjoin(AppUser, AppUser.login == RuleSimulation.asked_by)
        .where(condition)
        .order_by(RuleSimulation.id.desc())
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    return tuple(
        SimulationRow(
            row.id, row.rule, typed_thresholds(RULES[row.rule], row.thresholds_now),
            typed_thresholds(RULES[row.rule], row.thresholds_new), row.since, row.until, row.state, row.weeks,
            row.weeks_done, row.result, who, row.asked_at, row.version,
        )
        for row, who in ctx.session.execute(query)
    )  # fmt: skip


def simulated_likelihood(ctx: Context, code: str) -> LearntLikelihood:
    """What the newest simulation that replayed the rule as it is today says of its likelihood; no cases without one.

    Raises:
        NotAllowedError: the actor may not read the rules.
    """
    today = dict(rule_history(ctx).on(code, ctx.today).rule.thresholds)
    for row in simulations_of(ctx, code):
        for side, thresholds in ((NOW, row.thresholds_now), (NEW, row.thresholds_new)):
            if row.result is not None and dict(thresholds) == today:
                return learnt(row.result[side]["turned_bad"], row.result[side]["matured"])
    return learnt(0, 0)


def changed_customers(ctx: Context, simulation_id: int, *, come: bool, limit: int = 50) -> tuple[ChangedCustomer, ...]:
    """Customers that only the new thresholds find (`come`), or only those in force; most money first.

    Raises:
        NotAllowedError: the actor may not read the rules.
    """
    access.ensure_may(ctx, "warning_rule.read")
    one, other = SimulatedSign.__table__.alias("one"), SimulatedSign.__table__.alias("other")
    is_found_by_other = (
        select(other.c.customer_id)
        .where(
            other.c.customer_id == one.c.customer_id, other.c.simulation_id == one.c.simulation_id,
            other.c.is_new != one.c.is_new,
        )
        .exists()
    )  # fmt: skip
    money = func.max(one.c.money_at_risk)
    query = (
        select(Customer.customer_no, Customer.name, Department.code, money, func.min(one.c.first_on))
        .select_from(one)
        .join(Customer, Customer.customer_id == one.c.customer_id)
        .outerjoin(Department, Department.id == Customer.owner_department_id)
        .where(
            one.c.simulation_id == simulation_id,
            one.c.is_new if come else one.c.is_new.is_(False),
            ~is_found_by_other,
        )
        .group_by(Customer.customer_id, Customer.customer_no, Customer.name, Department.code)
        .order_by(money.desc(), Customer.customer_no)
        .limit(limit)
    )
    return tuple(ChangedCustomer(*row) for row in ctx.session.execute(query))
