"""The sample as it is after loading: every state of every lifecycle, a desk that is worked, the same in every load."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from db.enums import (
    AssessmentState,
    CaseOutcome,
    CaseState,
    IncentiveState,
    ListingState,
    WarningOutcome,
    WarningState,
)
from services.context import Context, unit_of_work
from services.early_warnings import QueueFilter, queue_counts
from services.jobs.schedule import look_at_the_clock
from services.jobs.worker import work_one
from services.ledger_verification import verify
from services.sample.loading import load_sample

#: What the sample says, without what is only bookkeeping (own ids, instants of the real clock).
CONTENT = {
    "early_warning": "customer_id, rule, severity, state, outcome, raised_on, raised_at, due_at, escalation, "
    "snoozed_until, assignee_id, evidence::text, money_at_risk, resolution_note, resolved_at, version",
    "score": "customer_id, as_of, score, level, coverage, points::text",
    "customer": "customer_no, risk_level, risk_score, scored_on",
    "assessment": "customer_id, assessed_on, stage, state, level, score",
    "listing": "listing_no, state, grade, decided_on",
    "recovery_case": "case_no, state, opened_on, outcome",
    "incentive": "incentive_no, state, amount",
    "metric_rollup": "metric, measure, department_id, month, neighbour, known_on, amount",
}


@pytest.fixture(scope="module")
def as_loaded(sample_database: str) -> dict[str, str]:
    """The fingerprints right after loading. The tests run in order, and the last ones work on the sample."""
    return content()


@pytest.fixture
def ctx(sample_database: str) -> Iterator[Context]:
    with unit_of_work() as context:
        yield context


def content() -> dict[str, str]:
    """A fingerprint of each table."""
    with unit_of_work() as ctx:
        return {
            table: str(
                ctx.session.execute(
                    text(f"SELECT count(*) || ':' || md5(string_agg(t::text, '|' ORDER BY t::text)) "
                         f"FROM (SELECT {columns} FROM {table}) t")
                ).scalar_one()
            )
            for table, columns in CONTENT.items()
        }  # fmt: skip


def counted(ctx: Context, query: str) -> Counter[str | None]:
    return Counter(ctx.session.execute(text(query)).scalars())


# Every state


@pytest.mark.parametrize(
    ("table", "states"),
    [
        ("assessment", AssessmentState), ("early_warning", WarningState), ("listing", ListingState),
        ("recovery_case", CaseState), ("incentive", IncentiveState),
    ],
)  # fmt: skip
def test_every_state_of_every_lifecycle_is_there(ctx: Context, table: str, states: type) -> None:
    assert set(counted(ctx, f"SELECT state FROM {table}")) == {one.value for one in states}


def test_every_way_to_end_is_there(ctx: Context) -> None:
    ended = "SELECT outcome FROM {} WHERE state = '{}'"
    assert set(counted(ctx, ended.format("early_warning", "resolved"))) == {one.value for one in WarningOutcome}
    assert set(counted(ctx, ended.format("recovery_case", "closed"))) == {one.value for one in CaseOutcome}


def test_scores_have_a_year_of_month_ends_and_the_day(ctx: Context) -> None:
    days = ctx.session.execute(text("SELECT DISTINCT as_of FROM score ORDER BY 1")).scalars().all()
    assert days[0] == dt.date(2024, 6, 30)
    assert days[-1] == dt.date(2025, 6, 30)
    assert len(days) == 13
    assert counted(ctx, "SELECT scored_on::text FROM customer WHERE customer_id > 0") == {"2025-06-30": 420}


# A desk that is worked


def test_most_warnings_are_resolved_and_the_queue_can_be_read(ctx: Context) -> None:
    states = counted(ctx, "SELECT state FROM early_warning")
    assert states == {"resolved": 3664, "raised": 61, "acknowledged": 28, "acting": 31}
    counts = queue_counts(ctx, QueueFilter(snoozed=None))
    assert (counts.open, counts.breaching_today, counts.overdue) == (120, 13, 2)


def test_some_sleep_some_have_gone_up_some_are_somebody_s(ctx: Context) -> None:
    is_open = "FROM early_warning WHERE state <> 'resolved'"
    levels = counted(ctx, f"SELECT escalation {is_open}")
    assert set(levels) == {0, 1, 2, 3}
    assert levels[0] > 40
    assert counted(ctx, f"SELECT snoozed_until::text {is_open}") == {
        None: 114,
        "2025-07-04": 2,
        "2025-07-10": 2,
        "2025-07-14": 2,
    }
    taken = (
        "SELECT u.login FROM early_warning w LEFT JOIN app_user u ON u.id = w.assignee_id WHERE w.state <> 'resolved'"
    )
    owners = counted(ctx, taken)
    assert set(owners) == {None, "risk", "risk2", "north", "export"}
    assert counted(ctx, "SELECT rule FROM early_warning WHERE rule = 'tip'") == {"tip": 3}


def test_people_act_in_working_hours_and_nothing_happens_after_the_end(ctx: Context) -> None:
    zone = "AT TIME ZONE 'Asia/Shanghai'"
    acts = ctx.session.execute(
        text(
            f"SELECT at {zone} AS at, actor FROM ledger_entry WHERE action LIKE 'early_warning.%' AND actor <> 'system'"
        )
    ).all()
    assert {actor for _, actor in acts} == {"risk", "risk2", "north", "export"}
    assert {(at.weekday() < 5, 9 <= at.hour < 18) for at, _ in acts} == {(True, True)}
    last = ctx.session.execute(text(f"SELECT max(at {zone}) FROM ledger_entry")).scalar_one()
    assert last == dt.datetime(2025, 6, 30, 18, 0)  # noqa: DTZ001  (a time of the company's clock)


def test_the_ledger_of_the_sample_is_sound(ctx: Context) -> None:
    assert verify(ctx).breaks == ()


# The same again


def test_a_worker_finds_nothing_to_change(as_loaded: dict[str, str]) -> None:
    """Deadlines stand still with the business date, figures reach the real calendar, and nothing is doubled."""
    with unit_of_work() as ctx:
        assert ctx.session.execute(text("SELECT count(*) FROM job")).scalar_one() == 0
        look_at_the_clock(ctx)
    done = 0
    while work_one():
        done += 1
    with unit_of_work() as ctx:
        assert counted(ctx, "SELECT state FROM job WHERE name <> 'summarise_shadow'") == {"done": done}
    after = content()
    assert {table for table in CONTENT if after[table] != as_loaded[table]} == {"metric_rollup"}


@pytest.mark.usefixtures("sample_database")
def test_loading_twice_changes_nothing() -> None:
    before = content()
    assert load_sample() is False
    assert content() == before


def test_another_load_at_another_time_gives_the_same(as_loaded: dict[str, str], database: str) -> None:
    """`database` is a second, empty one."""
    assert load_sample() is True
    assert content() == as_loaded
