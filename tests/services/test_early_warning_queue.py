"""The queue: its order, its pages, its filters, its counts, and what a row says."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

import pytest

from db.enums import Role
from db.models import Customer, Department
from services.context import Context
from services.early_warnings import (
    QueueFilter,
    open_warnings,
    queue_counts,
    queue_priority,
    raise_warnings,
    warning_by_id,
    warnings_of_customer,
)
from services.errors import NotFoundError, RefusedError
from tests.services.makers import (
    DAY,
    ago,
    as_actor,
    make_customer,
    make_department,
    make_early_warning,
    make_invoice,
    make_user,
)

NOW = dt.datetime(2025, 6, 30, 4, 0, tzinfo=dt.UTC)


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


@pytest.fixture
def north(ctx: Context) -> Department:
    return make_department(ctx, "NORTH")


@pytest.fixture
def customer(ctx: Context, north: Department) -> Customer:
    return make_customer(
        ctx, "N-001", name="华东机电 100%", owner_department_id=north.id, risk_level="high", risk_score=71
    )


def rules(ctx: Context, **filters: object) -> list[str]:
    return [row.rule for row in open_warnings(ctx, QueueFilter(**filters)).rows]


def test_an_empty_queue(ctx: Context) -> None:
    page, counts = open_warnings(ctx), queue_counts(ctx)
    assert (page.rows, page.after) == ((), None)
    assert (counts.open, counts.breaching_today, counts.overdue, counts.money_at_risk) == (0, 0, 0, 0)
    assert counts.by_severity == {"low": 0, "medium": 0, "high": 0, "critical": 0}


def test_order_is_money_times_likelihood_times_time_left(ctx: Context, customer: Customer) -> None:
    for rule, money, likelihood, hours in (
        ("overdue_30", 1000, "0.2", 0), ("overdue_60", 1000, "0.5", 72), ("tip", 1000, "0.5", 0),
        ("court_event", 0, "0.3", -50), ("limit_use", 0, "0.2", -900),
    ):  # fmt: skip
        make_early_warning(
            ctx, customer, rule, money_at_risk=money, likelihood=likelihood, due_at=NOW + dt.timedelta(hours=hours)
        )
    assert rules(ctx) == ["tip", "overdue_60", "overdue_30", "court_event", "limit_use"]


def test_pages_follow_the_pure_function_without_gap_or_repeat(ctx: Context) -> None:
    draw = Random(7)
    for _ in range(60):
        make_early_warning(
            ctx, make_customer(ctx), money_at_risk=draw.choice([0, 10, 500, 7000]),
            likelihood=draw.choice(["0.1", "0.5"]), due_at=NOW + dt.timedelta(hours=draw.randrange(-100, 300, 20)),
        )  # fmt: skip
    seen, cursor = [], None
    while True:
        page = open_warnings(ctx, QueueFilter(), cursor, 7)
        seen += page.rows
        # Time goes on between two pages; the order stays that of the first.
        ctx.now += dt.timedelta(hours=5)
        cursor = page.after
        if cursor is None:
            break
    expected = sorted(
        seen,
        key=lambda row: (
            -queue_priority(row.money_at_risk, row.likelihood, (row.due_at - NOW).total_seconds() / 3600),
            row.customer_id,
        ),
    )
    assert len({row.id for row in seen}) == len(seen) == 60
    assert [row.id for row in seen] == [row.id for row in expected]


def test_a_page_ends_where_the_list_ends(ctx: Context, customer: Customer) -> None:
    for rule in ("tip", "overdue_30", "overdue_60"):
        make_early_warning(ctx, customer, rule)
    assert open_warnings(ctx, limit=3).after is None
    first = open_warnings(ctx, limit=2)
    assert len(first.rows) == 2
    assert first.after is not None
    rest = open_warnings(ctx, QueueFilter(), first.after, 2)
    assert (len(rest.rows), rest.after) == (1, None)


@pytest.mark.parametrize("cursor", ["x", "äöü", "W10", "WzEsMiwzLDRd", "WyIyMDI1LTA2LTMwIiwxLDIsM10", "bnVsbA"])
def test_a_cursor_from_elsewhere_is_refused(ctx: Context, cursor: str) -> None:
    with pytest.raises(RefusedError, match="no longer valid"):
        open_warnings(ctx, QueueFilter(), cursor)


def test_filters(ctx: Context, customer: Customer, north: Department) -> None:
    officer = make_user(ctx, "officer", Role.RISK, make_department(ctx, "RISK", "risk"))
    sunrise = make_customer(ctx, "S-100", name="Sunrise_Ltd")
    make_early_warning(ctx, customer, "tip", severity="high", money_at_risk=9)
    make_early_warning(ctx, customer, "overdue_30", money_at_risk=8, state="acting", assignee_id=officer.user_id)
    make_early_warning(ctx, customer, "limit_use", money_at_risk=7, snoozed_until=ago(-1), snooze_reason="Later")
    make_early_warning(ctx, customer, "level_high", money_at_risk=6, snoozed_until=DAY, snooze_reason="Over")
    make_early_warning(ctx, customer, "overdue_60", money_at_risk=5, state="resolved", outcome="mitigated")
    make_early_warning(ctx, sunrise, "tip", money_at_risk=4)
    risk = as_actor(ctx, officer)
    assert rules(risk) == ["tip", "overdue_30", "level_high", "tip"]
    assert rules(risk, snoozed=True) == ["limit_use"]
    assert rules(risk, snoozed=None) == ["tip", "overdue_30", "limit_use", "level_high", "tip"]
    assert rules(risk, severity="high") == ["tip"]
    assert rules(risk, state="acting") == ["overdue_30"]
    assert rules(risk, mine=True) == ["overdue_30"]
    assert rules(ctx, mine=True) == []
    assert rules(risk, rule="tip") == ["tip", "tip"]
    assert rules(risk, department="NORTH", rule="tip") == ["tip"]
    assert rules(risk, department="NOWHERE") == []
    assert rules(risk, search=" 机电 ") == ["tip", "overdue_30", "level_high"]
    assert rules(risk, search="s-1") == rules(risk, search="SUNRISE") == rules(risk, search="_ltd") == ["tip"]
    assert rules(risk, search="100%") == ["tip", "overdue_30", "level_high"]


def test_search_takes_wildcards_literally(ctx: Context, customer: Customer) -> None:
    make_early_warning(ctx, customer, "tip")
    assert (rules(ctx, search="%%"), rules(ctx, search="_00"), rules(ctx, search="00%")) == ([], [], ["tip"])


def test_business_users_see_their_own_worklist(ctx: Context, customer: Customer, north: Department) -> None:
    south = make_department(ctx, "SOUTH")
    seller = make_user(ctx, "seller", Role.BUSINESS, south)
    other = make_customer(ctx, "S-1", owner_department_id=south.id)
    make_early_warning(ctx, customer, "tip", money_at_risk=3)
    make_early_warning(ctx, customer, "overdue_30", money_at_risk=2, assignee_id=seller.user_id)
    make_early_warning(ctx, other, "overdue_60", money_at_risk=1)
    assert rules(as_actor(ctx, seller)) == ["overdue_30", "overdue_60"]
    assert queue_counts(as_actor(ctx, seller)).open == 2
    for role in set(Role) - {Role.BUSINESS}:
        assert rules(as_actor(ctx, make_user(ctx, role, role, south))) == ["tip", "overdue_30", "overdue_60"]
    shared = warnings_of_customer(as_actor(ctx, seller), customer.customer_id)
    assert {row.rule for row in shared} == {"tip", "overdue_30"}


def test_counts(ctx: Context, customer: Customer) -> None:
    # 12:00 in Shanghai: the company's day ends 12 hours later.
    for rule, severity, minutes in (
        ("tip", "low", -1), ("overdue_30", "high", 0), ("overdue_60", "high", 719), ("limit_use", "critical", 720),
    ):  # fmt: skip
        due_at = NOW + dt.timedelta(minutes=minutes)
        make_early_warning(ctx, customer, rule, severity=severity, due_at=due_at, money_at_risk=10)
    make_early_warning(ctx, customer, "level_high", snoozed_until=ago(-1), snooze_reason="Later", due_at=NOW)
    counts = queue_counts(ctx)
    assert (counts.open, counts.breaching_today, counts.overdue) == (4, 3, 2)
    assert counts.money_at_risk == Decimal(40)
    assert counts.by_severity == {"low": 1, "medium": 0, "high": 2, "critical": 1}
    assert queue_counts(ctx, QueueFilter(severity="high")).breaching_today == 2


def test_what_a_row_says(ctx: Context, customer: Customer) -> None:
    make_invoice(ctx, customer, ago(40), 1000, invoice_no="I7")
    raise_warnings(ctx, DAY)
    (row,) = open_warnings(ctx, QueueFilter(rule="overdue_30")).rows
    assert (row.customer_no, row.customer_name, row.department, row.level, row.score) == (
        "N-001", "华东机电 100%", "NORTH", "high", Decimal(71),
    )  # fmt: skip
    assert (row.title, row.items, row.hours_left) == ("%(days)s days past due", ("I7",), 168.0)
    assert row.why.text() == "Invoices 30 or more days past due: 1, the oldest by 40 days"
    assert {name: (fact.kind.value, fact.value) for name, fact in row.why.facts.items()} == {
        "days": ("count", 30), "count": ("count", 1), "oldest_due_on": ("days_since", 40),
        "money": ("money", Decimal(1000)),
    }  # fmt: skip
    assert warning_by_id(ctx, row.customer_id, row.id) == row


def test_a_customers_warnings_open_first_then_newest(ctx: Context, customer: Customer) -> None:
    for rule, state, days in (("tip", "resolved", 1), ("tip", "raised", 9), ("overdue_30", "acting", 5)):
        outcome = "confirmed" if state == "resolved" else None
        make_early_warning(ctx, customer, rule, state=state, outcome=outcome, raised_at=NOW - dt.timedelta(days=days))
    found = [(row.rule, row.state) for row in warnings_of_customer(ctx, customer.customer_id)]
    assert found == [("overdue_30", "acting"), ("tip", "raised"), ("tip", "resolved")]
    assert warnings_of_customer(ctx, -1) == ()


def test_a_warning_that_does_not_exist(ctx: Context) -> None:
    with pytest.raises(NotFoundError):
        warning_by_id(ctx, -1, 1)
