"""Replays of changed thresholds on history, as jobs and at once; runs over named customers against runs over all."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from db.enums import JobState, Role
from db.models import EarlyWarning, Job, SimulatedSign
from services.context import Context
from services.early_warnings import COMPUTED_RULES, findings, raise_warnings
from services.early_warnings.rules import findings_query, rule_by_code
from services.early_warnings.simulating import (
    SIMULATE,
    SimulationRow,
    advance,
    cancel_simulation,
    changed_customers,
    forget_old_simulations,
    simulate,
    simulate_now,
    simulation_by_id,
    simulations_of,
    work_on,
)
from services.errors import IllegalMoveError, NotAllowedError, NotFoundError, RefusedError
from services.obedience import check_obedience
from services.screening import run_screening
from tests.oracle.histories import random_history
from tests.services.history_rows import store
from tests.services.makers import (
    DAY,
    ago,
    as_actor,
    make_customer,
    make_department,
    make_dunning,
    make_guarantee,
    make_invoice,
    make_listing,
    make_news,
    make_outlook,
    make_report,
    make_score,
    make_statement,
    make_user,
    make_watchlist_entry,
)
from tests.services.measures import make_control, make_order

SPAN = (ago(280), ago(0))


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


@pytest.fixture
def history(ctx: Context) -> Context:
    """Three customers: one late by 40 days and good, one that turns bad, one late for longer and bad from the start."""
    north = make_department(ctx, "NORTH")
    slow, bad, old = (make_customer(ctx, number, owner_department_id=north.id) for number in ("SLOW", "BAD", "OLD"))
    make_invoice(ctx, slow, ago(270), 100, paid=((ago(230), 100),))
    make_invoice(ctx, bad, ago(260), 500)
    make_invoice(ctx, old, ago(400), 70)
    return ctx


def simulated(ctx: Context, days: int = 45) -> SimulationRow:
    return simulate_now(ctx, "overdue_30", {"days": days}, *SPAN)


def test_old_and_new_thresholds_side_by_side(history: Context) -> None:
    row = simulated(history)
    assert (row.state, row.weeks, row.weeks_done) == ("done", 41, 41)
    assert (row.thresholds_now, row.thresholds_new) == ({"days": 30}, {"days": 45})
    now, new = row.result["now"], row.result["new"]
    assert (now["warnings"], now["standing_at_start"], now["customers"], now["departments"]) == (2, 1, 3, 1)
    assert (new["warnings"], new["standing_at_start"], new["customers"], new["departments"]) == (1, 1, 2, 1)
    assert (now["exposure"], new["exposure"]) == ("670", "570")
    assert (now["warnings_per_week"], new["warnings_per_week"]) == ("0.05", "0.025")
    assert (now["turned_bad"], now["matured"], now["precision"]) == (1, 2, "0.5")
    assert (new["turned_bad"], new["matured"], new["precision"]) == (1, 1, "1")
    assert (now["bad_customers"], now["caught"], now["missed"], now["recall"]) == (1, 1, 0, "1")
    assert (now["lead_median"], new["lead_median"]) == ("54", "40")
    assert row.result["weeks"]["now"] == {ago(238).isoformat(): 1, ago(224).isoformat(): 1}
    assert row.result["weeks"]["new"] == {ago(210).isoformat(): 1}
    assert row.result["changed"] == {"come": 0, "gone": 1, "stay": 2}
    assert changed_customers(history, row.id, come=True) == ()
    (gone,) = changed_customers(history, row.id, come=False)
    assert (gone.customer_no, gone.department, gone.money, gone.first_on) == ("SLOW", "NORTH", Decimal(100), ago(238))


def test_a_replay_sees_only_what_was_there_on_its_day(history: Context) -> None:
    """What was paid since still stood unpaid then: SLOW is found in the week before its payment and not after it."""
    row = simulated(history)
    sign = history.session.scalars(
        select(SimulatedSign).where(SimulatedSign.simulation_id == row.id, SimulatedSign.first_on == ago(238))
    ).one()
    assert (sign.first_on, sign.last_on) == (ago(238), ago(231))


def test_a_sign_that_was_away_for_long_is_a_new_one(ctx: Context) -> None:
    customer = make_customer(ctx, "C1")
    for due, paid in ((250, 200), (120, 80), (105, 60)):
        make_invoice(ctx, customer, ago(due), 100, paid=((ago(paid), 100),))
    row = simulate_now(ctx, "overdue_30", {"days": 31}, *SPAN)
    assert row.result["now"]["warnings"] == 2
    assert row.result["now"]["customers"] == 1


def jobs(ctx: Context) -> list[tuple[str, dict[str, Any]]]:
    rows = select(Job.name, Job.arguments).where(Job.state == JobState.QUEUED, Job.name == SIMULATE)
    return [(name, arguments) for name, arguments in ctx.session.execute(rows)]


def test_as_jobs_week_by_week_with_progress(history: Context) -> None:
    asked = simulate(history, "overdue_30", {"days": 45}, ago(14), DAY)
    assert (asked.state, asked.weeks, asked.weeks_done, asked.result) == ("queued", 3, 0, None)
    assert jobs(history) == [(SIMULATE, {"simulation": asked.id})]
    seen = []
    for _week in range(3):
        work_on(history, asked.id)
        row = simulation_by_id(history, asked.id)
        seen.append((row.state, row.weeks_done))
    assert seen == [("running", 1), ("running", 2), ("done", 3)]
    assert len(jobs(history)) == 1, "one wish for the next week waits at most, none after the last is added"
    assert not advance(history, asked.id), "what is done stays done"
    assert [one.id for one in simulations_of(history, "overdue_30")] == [asked.id]
    assert simulations_of(history, "limit_use") == ()


def test_a_cancelled_simulation_leaves_nothing(history: Context) -> None:
    asked = simulate(history, "overdue_30", {"days": 45}, *SPAN)
    work_on(history, asked.id)
    assert cancel_simulation(history, asked.id).state == "cancelled"
    history.session.expire_all()
    assert not advance(history, asked.id)
    assert history.session.execute(text("SELECT count(*) FROM simulated_sign")).scalar_one() == 0
    with pytest.raises(IllegalMoveError):
        cancel_simulation(history, asked.id)
    with pytest.raises(NotFoundError):
        cancel_simulation(history, asked.id + 1)
    with pytest.raises(DBAPIError, match="illegal transition"), history.session.begin_nested():
        history.session.execute(text("UPDATE rule_simulation SET state = 'running'"))


@pytest.mark.parametrize(
    ("code", "thresholds", "since", "until", "words"),
    [
        ("overdue_30", {"days": 70}, 30, 0, "must lie between"),
        ("overdue_30", {"day": 40}, 30, 0, "no threshold called day"),
        ("nonsense", {}, 30, 0, "no warning rule called nonsense"),
        ("tip", {}, 30, 0, "no thresholds that could be simulated"),
        ("level_high", {}, 30, 0, "no thresholds that could be simulated"),
        ("overdue_30", {"days": 40}, 0, 1, "from an earlier day"),
        ("overdue_30", {"days": 40}, 10, -1, "up to today"),
        ("overdue_30", {"days": 40}, 2000, 0, "at most 156 weeks"),
    ],
)
def test_what_can_not_be_simulated(
    ctx: Context, code: str, thresholds: dict[str, object], since: int, until: int, words: str
) -> None:
    with pytest.raises(RefusedError, match=words):
        simulate(ctx, code, thresholds, ago(since), ago(until))


def test_only_risk_management_simulates(ctx: Context) -> None:
    viewer = as_actor(ctx, make_user(ctx, "v", Role.VIEWER, make_department(ctx, "ANY")))
    with pytest.raises(NotAllowedError):
        simulate(viewer, "overdue_30", {"days": 45}, ago(30), DAY)
    assert simulations_of(viewer, "overdue_30") == ()


def test_old_simulations_are_forgotten(history: Context) -> None:
    simulated(history)
    assert forget_old_simulations(history) == 0
    later = Context(session=history.session, actor=history.actor, now=history.now + dt.timedelta(days=91))
    assert forget_old_simulations(later) == 1
    assert history.session.execute(text("SELECT count(*) FROM simulated_sign")).scalar_one() == 0


# Named customers against all


DAYS = (dt.date(2024, 6, 30), dt.date(2024, 9, 30), dt.date(2025, 3, 23))


def _everything(ctx: Context, seed: int) -> list[int]:
    """A random history with something for every rule."""
    store(ctx, random_history(seed))
    ctx.session.expire_all()
    rng = random.Random(seed)
    from db.models import Customer

    everybody = list(ctx.session.scalars(select(Customer).order_by(Customer.customer_id)))
    make_outlook(ctx, "C33", dt.date(2024, 5, 1), 80)
    make_outlook(ctx, "C33", dt.date(2024, 6, 15), 55)
    make_watchlist_entry(ctx, everybody[0].name)
    for one in everybody:
        one.industry_code, one.credit_limit = "C33", rng.choice((None, 1, 10**9))
        one.since = rng.choice(DAYS) - dt.timedelta(days=rng.randint(1, 120))
        on = rng.choice(DAYS) - dt.timedelta(days=rng.randint(0, 40))
        make_guarantee(ctx, one, on)
        make_report(ctx, one, on - dt.timedelta(days=50), "A")
        make_report(ctx, one, on, "B")
        make_statement(ctx, one, on, net_profit=-1, total_assets=10, total_liabilities=9)
        make_news(ctx, one, on, rng.choice(("court", "media")), -2)
        make_score(ctx, one, on, rng.choice(("low", "critical")))
        make_control(ctx, one, "trade_limit", on - dt.timedelta(days=9), order_limit=1)
        make_order(ctx, one, on, order_no=f"SO-{one.customer_no}")
        if rng.random() < 0.5:
            make_dunning(ctx, one, on, response="promise", promised_on=on + dt.timedelta(days=3), id=10**6)
        make_invoice(ctx, one, on - dt.timedelta(days=1060), rng.choice((10, 20)), id=10**6)
    make_listing(ctx, everybody[1], dt.date(2024, 5, 2), state="restored", restored_on=dt.date(2024, 6, 1))
    ctx.session.flush()
    run_screening(ctx)
    check_obedience(ctx)
    return [one.customer_id for one in everybody]


@pytest.fixture(params=[3, 8])
def everything(ctx: Context, request: pytest.FixtureRequest) -> tuple[Context, list[int], random.Random]:
    return ctx, _everything(ctx, request.param), random.Random(request.param)


def _open(ctx: Context) -> list[tuple[Any, ...]]:
    columns = (EarlyWarning.customer_id, EarlyWarning.rule, EarlyWarning.severity, EarlyWarning.money_at_risk,
               EarlyWarning.evidence, EarlyWarning.evidence_on, EarlyWarning.raised_on)  # fmt: skip
    rows = ctx.session.execute(select(*columns).order_by(EarlyWarning.customer_id, EarlyWarning.rule))
    return [tuple(row) for row in rows]


def test_runs_over_named_customers_and_the_clock_equal_runs_over_all(
    everything: tuple[Context, list[int], random.Random],
) -> None:
    ctx, customers, rng = everything
    found_by = dict.fromkeys((rule.code for rule in COMPUTED_RULES), 0)
    for rule in COMPUTED_RULES:
        for day in DAYS:
            every = findings(ctx, rule, day)
            some = tuple(rng.sample(customers, len(customers) // 2))
            assert findings(ctx, rule, day, some) == [one for one in every if one.customer_id in some], (rule.code, day)
            found_by[rule.code] += len(every)
    assert min(found_by.values()) > 0, found_by

    full = ctx.session.begin_nested()
    for day in DAYS:
        raise_warnings(ctx, day)
    expected = _open(ctx)
    full.rollback()
    for day in DAYS:
        waiting = list(customers)
        rng.shuffle(waiting)
        while waiting:
            named = [waiting.pop() for _one in range(min(len(waiting), rng.randint(1, 4)))]
            raise_warnings(ctx, day, customers=named)
        clock = raise_warnings(ctx, day)
        assert (clock.raised, clock.joined, clock.gone) == (0, 0, 0)
    assert _open(ctx) == expected
    assert any("sign_gone_on" in row[4] for row in expected)


def test_a_newcomer_is_compared_again_when_somebody_is_listed(ctx: Context) -> None:
    newcomer = make_customer(ctx, "NEW", name="Sunrise Trading", since=ago(5))
    listed = make_customer(ctx, "OLD", name="Sunrise Trading")
    rule = rule_by_code("resembles_listed")
    assert raise_warnings(ctx, DAY, [rule], customers=[newcomer.customer_id]).raised == 0
    make_listing(ctx, listed, ago(1))
    assert raise_warnings(ctx, DAY, [rule], customers=[listed.customer_id]).raised == 1
    assert raise_warnings(ctx, DAY, [rule], customers=[]).by_rule == {}


def test_a_run_over_named_customers_reads_by_their_keys(ctx: Context) -> None:
    """No table that grows with the company is read from end to end, though the planner may: it is told not to."""
    customer = make_customer(ctx, "C1")
    ctx.session.execute(text("SET LOCAL enable_seqscan = off"))
    for rule in COMPUTED_RULES:
        query = findings_query(ctx, rule, DAY, (customer.customer_id,))
        compiled = query.compile(ctx.session.get_bind(), compile_kwargs={"render_postcompile": True})
        plan = ctx.session.connection().exec_driver_sql(
            f"EXPLAIN {compiled}", dict(compiled.params)
        )  # an execution of `query` under EXPLAIN
        lines = "\n".join(row[0] for row in plan)
        grown = ("invoice", "payment_allocation", "invoice_settlement", "dunning_notice", "score", "assessment")
        assert [one for one in grown if f"Seq Scan on {one} " in lines] == [], (rule.code, lines)
