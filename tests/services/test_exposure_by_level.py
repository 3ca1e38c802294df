"""Money at risk by level at two days, and who moved between the levels."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from db.models import Scorecard
from services.context import Context
from services.exposure_by_level import (
    FELL,
    FIRST_SCORED,
    ROSE,
    STAYED,
    MovedCustomer,
    Standing,
    direction,
    exposure_by_level,
    moved_customers,
)
from tests.services.makers import DAY, ago, make_customer, make_department, make_invoice, make_rate, make_score

EARLIER = ago(91)


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ("low", "medium", ROSE), ("low", "critical", ROSE), ("high", "medium", FELL), ("medium", "medium", STAYED),
        (None, "high", FIRST_SCORED), (None, None, STAYED), ("high", None, STAYED),
    ],
)  # fmt: skip
def test_a_customer_goes_one_way(before: str | None, now: str | None, expected: str) -> None:
    assert direction(before, now) == expected


def lay_out(ctx: Context) -> None:
    """Riser: 140 open now, 120 then. Faller: 70 overdue then, paid since. Fresh: scored since."""
    north, south = make_department(ctx, "NORTH"), make_department(ctx, "SOUTH")
    riser = make_customer(ctx, "RISER", owner_department_id=north.id)
    faller = make_customer(ctx, "FALLER", owner_department_id=south.id)
    fresh = make_customer(ctx, "FRESH", owner_department_id=south.id, kind="individual", name="Somebody")
    make_customer(ctx, "NEVER", owner_department_id=south.id)
    for customer, day, level in (
        (riser, ago(200), "high"), (riser, EARLIER, "low"), (riser, ago(1), "critical"), (faller, ago(95), "high"),
        (faller, DAY, "medium"), (fresh, ago(90), "medium"),
    ):  # fmt: skip
        make_score(ctx, customer, day, level)
    make_invoice(ctx, riser, ago(91), 150, paid=((ago(100), 30), (ago(10), 20)))
    make_invoice(ctx, riser, DAY, 40)
    make_invoice(ctx, faller, ago(120), 70, paid=((ago(50), 70),))
    make_invoice(ctx, fresh, ago(2), 8, currency="USD")
    make_invoice(ctx, fresh, ago(2), 5, currency="EUR")
    make_rate(ctx, "USD", ago(3), "7")


def test_each_side_stands_at_its_own_day(ctx: Context) -> None:
    lay_out(ctx)
    found = exposure_by_level(ctx, DAY, EARLIER)
    nobody = Standing()
    assert found.now == {
        None: Standing(1), "low": nobody, "medium": Standing(2, Decimal(56), Decimal(56)), "high": nobody,
        "critical": Standing(1, Decimal(140), Decimal(100)),
    }  # fmt: skip
    assert found.before == {
        None: Standing(2), "low": Standing(1, Decimal(120), Decimal(0)), "medium": nobody,
        "high": Standing(1, Decimal(70), Decimal(70)), "critical": nobody,
    }  # fmt: skip
    assert [(one.before, one.now, one.customers, one.open_amount) for one in found.moves] == [
        (None, None, 1, 0), (None, "medium", 1, 56), ("low", "critical", 1, 140), ("high", "medium", 1, 0),
    ]  # fmt: skip
    assert [found.moved(which) for which in (ROSE, FELL, FIRST_SCORED)] == [(1, 140), (1, 0), (1, 56)]
    assert found.unconverted == 1
    assert found.is_comparable


def test_one_department_alone(ctx: Context) -> None:
    lay_out(ctx)
    found = exposure_by_level(ctx, DAY, EARLIER, department="NORTH")
    assert sum(one.customers for one in found.now.values()) == 1
    assert found.now["critical"] == Standing(1, Decimal(140), Decimal(100))


def test_before_the_first_score_there_is_nothing_to_compare_with(ctx: Context) -> None:
    lay_out(ctx)
    assert not exposure_by_level(ctx, DAY, ago(300)).is_comparable


def test_a_shadow_run_is_no_level(ctx: Context) -> None:
    ctx.session.add(Scorecard(name="Tried", edition=1, state="shadow", shadow_since=DAY, definition={}))
    ctx.session.flush()
    lay_out(ctx)
    assert exposure_by_level(ctx, DAY, EARLIER).now[None].customers == 4


def test_those_who_moved_come_page_by_page_most_overdue_first(ctx: Context) -> None:
    lay_out(ctx)
    first = moved_customers(ctx, DAY, EARLIER, limit=2)
    assert first.rows == (
        MovedCustomer("RISER", "Customer RISER", "NORTH", "low", "critical", Decimal(140), Decimal(100)),
        MovedCustomer("FRESH", "FRESH", "SOUTH", None, "medium", Decimal(56), Decimal(56)),
    )
    assert first.total == 3
    rest = moved_customers(ctx, DAY, EARLIER, after=first.after, limit=2)
    assert [(one.customer_no, one.before, one.now) for one in rest.rows] == [("FALLER", "high", "medium")]
    assert rest.after is None
    assert moved_customers(ctx, DAY, dt.date(2025, 6, 30), limit=5).rows == ()
