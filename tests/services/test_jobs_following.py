"""What sets work off, and what each kind of work leaves: after an import, by the clock, by a fixed business date."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable

import pytest
from sqlalchemy import select, text, update

from db.enums import JobState, WarningState
from db.models import (
    AppSession,
    Customer,
    EarlyWarning,
    Job,
    LedgerEntry,
    LedgerSeal,
    MetricContribution,
    Score,
    SignInAttempt,
)
from services.context import Context, unit_of_work
from services.errors import RefusedError
from services.imports.run import import_file
from services.jobs import kinds
from services.jobs.following import MOST_NAMED, follow
from services.jobs.schedule import look_at_the_clock
from services.jobs.worker import work_one
from services.metrics.self_check import check_figures
from services.metrics.upkeep import mark_all_dirty, refresh
from services.policy import set_policy
from services.scoring.due import customers_due
from tests.oracle.histories import random_history
from tests.people import stand_still
from tests.services.history_rows import store
from tests.services.makers import DAY, ago, make_customer, make_early_warning

NOW = dt.datetime(2025, 6, 30, 4, 0, tzinfo=dt.UTC)
CUSTOMERS = "customer_no,name\nC1,Alpha\nC2,Beta\n"
INVOICES = "invoice_no,customer_no,issued_on,due_on,amount,currency\nI1,C1,2025-03-01,2025-04-01,500,CNY\n"


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


def waiting(ctx: Context) -> list[tuple[str, dict[str, object]]]:
    found = select(Job.name, Job.arguments).where(Job.state == JobState.QUEUED).order_by(Job.id)
    return [(name, arguments) for name, arguments in ctx.session.execute(found)]


def bring_in(ctx: Context, **files: str) -> None:
    for kind, content in files.items():
        result = import_file(ctx, kind, content.encode(), file_name=f"{kind}.csv")
        assert result.rejected == 0


def work_all(now: dt.datetime | None = None) -> int:
    done = 0
    while work_one(now):
        done += 1
    return done


def warnings(ctx: Context) -> list[tuple[str, str]]:
    found = (
        select(Customer.customer_no, EarlyWarning.rule)
        .join(Customer, Customer.customer_id == EarlyWarning.customer_id)
        .order_by(Customer.customer_no, EarlyWarning.rule)
    )
    return [tuple(row) for row in ctx.session.execute(found)]


# After an import


def test_an_import_has_the_touched_customers_scored_and_the_rules_run(ctx: Context) -> None:
    bring_in(ctx, customers=CUSTOMERS)
    first, second = ctx.session.execute(select(Customer.customer_id).order_by(Customer.customer_no)).scalars()
    both = {"customers": sorted([first, second])}
    assert waiting(ctx) == [("score_customers", both), ("raise_warnings", both)]
    bring_in(ctx, invoices=INVOICES)
    assert waiting(ctx)[2:] == [
        ("score_customers", {"customers": [first]}), ("raise_warnings", {"customers": [first]}),
    ]  # fmt: skip
    bring_in(ctx, invoices=INVOICES)
    assert len(waiting(ctx)) == 4, "the same file again changes nothing and asks for nothing"


def test_files_that_feed_no_metric_are_followed_too(ctx: Context) -> None:
    bring_in(ctx, customers=CUSTOMERS)
    (first, _), before = ctx.session.execute(select(Customer.customer_id).order_by(Customer.customer_no)).scalars(), 2
    bring_in(ctx, credit_reports="customer_no,reported_on,rating\nC1,2025-06-01,BB\n")
    named = {"customers": [first]}
    assert waiting(ctx)[before:] == [("score_customers", named), ("raise_warnings", named)]
    bring_in(ctx, industry_outlooks="industry_code,as_of,outlook\nC33,2025-06-01,40\n")
    assert waiting(ctx)[before + 2 :] == [("score_customers", {}), ("raise_warnings", {})]
    bring_in(
        ctx,
        incentives="incentive_no,kind,measure,department,decided_on,reason\nN1,reward,commendation,RISK,2025-06-01,Good\n",
    )
    assert len(waiting(ctx)) == before + 4, "no score hangs on a reward"


def test_many_customers_are_not_named_one_by_one(ctx: Context) -> None:
    follow(ctx, range(1, MOST_NAMED + 1))
    follow(ctx, range(1, MOST_NAMED + 2))
    follow(ctx, [])
    assert [arguments.get("customers") for name, arguments in waiting(ctx) if name == "score_customers"] == [
        list(range(1, MOST_NAMED + 1)), None,
    ]  # fmt: skip


def test_a_warning_is_there_seconds_after_an_import(database: str) -> None:
    """From the commit of the import to the open warning, by one worker; the bound is far above what is measured."""
    stand_still()
    with unit_of_work() as ctx:
        bring_in(ctx, customers=CUSTOMERS, invoices=INVOICES)
    started = time.monotonic()
    assert work_all() == 6
    took = time.monotonic() - started
    with unit_of_work() as ctx:
        assert warnings(ctx) == [
            ("C1", "information_stale"), ("C1", "overdue_30"), ("C1", "overdue_60"),
        ]  # fmt: skip
        scored = select(Customer.customer_no, Customer.scored_on).order_by(Customer.customer_no)
        assert ctx.session.execute(scored).all() == [("C1", DAY), ("C2", DAY)]
    assert took < 10


def test_doing_the_same_work_again_adds_nothing(database: str) -> None:
    stand_still()
    with unit_of_work() as ctx:
        bring_in(ctx, customers=CUSTOMERS, invoices=INVOICES)
    work_all()
    counted = (
        "SELECT (SELECT count(*) FROM score), (SELECT count(*) FROM early_warning), (SELECT count(*) FROM ledger_entry)"
    )
    with unit_of_work() as ctx:
        before = tuple(ctx.session.execute(text(counted)).one())
        follow(ctx, None)
    assert work_all() == 3
    with unit_of_work() as ctx:
        assert tuple(ctx.session.execute(text(counted)).one()) == before
        assert before[:2] == (2, 3)


def test_a_change_of_policy_has_figures_scores_and_warnings_made_again(database: str) -> None:
    with unit_of_work() as ctx:
        store(ctx, random_history(6, customers=3))
        refresh(ctx)
    work_all()
    with unit_of_work() as ctx:
        set_policy(ctx, "arrears_days", "60", dt.date(2020, 1, 1))
    with unit_of_work() as ctx:
        look_at_the_clock(ctx)
        by_clock = {one.name for one in ctx.session.execute(select(Job).where(Job.unique_key != "")).scalars()}
        assert "refresh_figures" in {name for name, _ in waiting(ctx)}
        assert "refresh_figures" not in by_clock
    work_all()
    with unit_of_work() as ctx:
        assert ctx.session.execute(text("SELECT count(*) FROM dirty_customer")).scalar_one() == 0
        assert {one.state for one in ctx.session.execute(select(Job)).scalars()} == {"done"}


# By the clock


@pytest.mark.parametrize(
    ("level", "days"), [("critical", 7), ("high", 30), ("medium", 90), ("low", 180), (None, 180)]
)  # fmt: skip
def test_a_score_is_due_after_the_rhythm_of_its_level(ctx: Context, level: str | None, days: int) -> None:
    due = make_customer(ctx, "DUE", risk_level=level, scored_on=ago(days))
    make_customer(ctx, "FRESH", risk_level=level, scored_on=ago(days - 1))
    never = make_customer(ctx, "NEVER")
    stand(ctx)
    assert customers_due(ctx) == [due.customer_id, never.customer_id]


def test_only_what_is_due_is_scored(ctx: Context) -> None:
    stand(ctx)
    make_customer(ctx, "DUE", risk_level="high", scored_on=ago(31))
    make_customer(ctx, "FRESH", risk_level="high", scored_on=ago(3))
    kinds.KINDS["score_due"](ctx, {})
    scored = select(Customer.customer_no).join(Score, Score.customer_id == Customer.customer_id)
    assert ctx.session.execute(scored).scalars().all() == ["DUE"]
    assert customers_due(ctx) == []


def stand(ctx: Context, day: dt.date = DAY) -> None:
    set_policy(ctx, "business_date", day.isoformat(), dt.date(1900, 1, 1))


def test_work_looks_at_the_business_date_and_the_seal_at_the_calendar(ctx: Context) -> None:
    """The sample stands at one day; the record of what is done to it goes on."""
    stand(ctx)
    ctx.now = dt.datetime(2027, 3, 2, 0, 30, tzinfo=dt.UTC)
    make_customer(ctx, "C1")
    kinds.KINDS["score_customers"](ctx, {})
    kinds.KINDS["seal_ledger"](ctx, {})
    assert ctx.session.execute(select(Score.as_of)).scalars().all() == [DAY]
    assert ctx.session.execute(select(LedgerSeal.sealed_on)).scalars().all() == [dt.date(2027, 3, 1)]


def test_a_day_is_not_sealed_while_a_change_that_began_on_it_is_being_written(database: str) -> None:
    tomorrow = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    with unit_of_work() as writing:
        writing.session.execute(text("INSERT INTO data_version VALUES ('slow', 1, now())"))
        with unit_of_work(now=tomorrow) as ctx, pytest.raises(RefusedError, match="still being written"):
            kinds.KINDS["seal_ledger"](ctx, {})
    with unit_of_work(now=tomorrow) as ctx:
        kinds.KINDS["seal_ledger"](ctx, {})
        assert ctx.session.execute(select(LedgerSeal.sealed_on)).scalars().all() == [tomorrow.date() - dt.timedelta(1)]


def test_overdue_warnings_are_escalated_by_the_clock(ctx: Context) -> None:
    warning = make_early_warning(ctx, make_customer(ctx, "C1"), due_at=NOW - dt.timedelta(minutes=1))
    kinds.KINDS["escalate_warnings"](ctx, {})
    ctx.session.refresh(warning)
    assert (warning.escalation, warning.state) == (1, WarningState.RAISED)


def test_ended_sessions_and_old_attempts_are_removed(database: str) -> None:
    hour = dt.timedelta(hours=1)
    with unit_of_work(now=NOW) as ctx:
        for name, seen, expires in (("idle", 12 * hour, hour), ("over", hour, -hour), ("open", hour, hour)):
            ctx.session.add(
                AppSession(
                    token_sha256=name.encode(), user_id=1, created_at=NOW - 13 * hour, last_seen_at=NOW - seen,
                    expires_at=NOW + expires, ip=None, browser=None,
                )
            )  # fmt: skip
        for name, at in (("old", 25 * hour), ("new", 23 * hour)):
            ctx.session.add(SignInAttempt(login=name, ip=None, at=NOW - at))
    with unit_of_work(now=NOW) as ctx:
        kinds.KINDS["clean_up"](ctx, {})
        assert ctx.session.execute(select(AppSession.token_sha256)).scalars().all() == [b"open"]
        assert ctx.session.execute(select(SignInAttempt.login)).scalars().all() == ["new"]


# The nightly self-check


def computed(ctx: Context) -> list[tuple[object, ...]]:
    cells = "metric, measure, department_id, month, neighbour, known_on, amount"
    return [tuple(row) for row in ctx.session.execute(text(f"SELECT {cells} FROM metric_rollup ORDER BY {cells}"))]


@pytest.fixture
def history(ctx: Context) -> Context:
    store(ctx, random_history(5, customers=18))
    mark_all_dirty(ctx)
    refresh(ctx)
    ctx.session.execute(text("DELETE FROM job"))
    return ctx


def ledger_of_check(ctx: Context) -> Iterable[object]:
    return (
        ctx.session.execute(select(LedgerEntry.after).where(LedgerEntry.action == "metrics.corrected")).scalars().all()
    )


def test_a_sound_night_changes_nothing(history: Context) -> None:
    before = computed(history)
    found = [check_figures(history, turn) for turn in range(28)]
    assert sum(one.customers for one in found) == 18
    assert [one for one in found if not one.is_sound] == []
    assert computed(history) == before
    assert ledger_of_check(history) == []
    assert waiting(history) == []
    assert kinds.KINDS["check_figures"](history, {}) is None


def test_a_sum_that_went_wrong_is_found_mended_and_on_record(history: Context) -> None:
    before = computed(history)
    month = dt.date(2025, 2, 1)
    history.session.execute(text("UPDATE metric_rollup SET amount = amount + 1 WHERE month = :m"), {"m": month})
    wrong = sum(row[3] == month for row in before)
    found = [check_figures(history, turn) for turn in range(28)]
    assert [(one.month, one.wrong_sums) for one in found if not one.is_sound] == [(month, wrong)]
    assert computed(history) == before
    assert [entry["sums"] for entry in ledger_of_check(history)] == [wrong]


def test_a_contribution_that_went_missing_is_found_mended_and_on_record(history: Context) -> None:
    before = computed(history)
    victim = history.session.execute(select(MetricContribution).order_by(MetricContribution.id)).scalars().first()
    customer_id = victim.customer_id
    history.session.execute(
        update(MetricContribution)
        .where(MetricContribution.customer_id == customer_id, MetricContribution.id == victim.id)
        .values(subject="invoice:0")
    )
    found = [check_figures(history, turn) for turn in range(28)]
    assert [(turn, one.wrong_contributions) for turn, one in enumerate(found) if not one.is_sound] == [
        (customer_id % 28, 2)
    ]
    assert computed(history) == before
    assert [check_figures(history, turn).is_sound for turn in range(28)] == [True] * 28


def test_the_job_says_what_it_found(history: Context) -> None:
    turn = history.now.date().toordinal() % 28
    month = check_figures(history, turn).month
    history.session.execute(text("DELETE FROM metric_rollup WHERE month = :m"), {"m": month})
    sentence = kinds.KINDS["check_figures"](history, {})
    assert sentence is not None
    assert f"sums of {month:%Y-%m}, 0 contributions of" in sentence
