"""How well rules do, on the worked example of docs/early_warnings.md and at the edges of its definitions."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from db.models import Customer
from services.context import Context
from services.early_warnings.outcomes import Outcomes, wilson_interval
from services.early_warnings.performance import (
    ALL_RULES,
    Handling,
    WeekOfWarnings,
    learnt_likelihood,
    performance,
    weeks_of_rule,
)
from tests.services.makers import (
    DAY,
    ago,
    make_customer,
    make_department,
    make_early_warning,
    make_invoice,
    make_listing,
)

DOCUMENT = Path(__file__).parents[2] / "docs" / "early_warnings.md"
FIRST, LAST = dt.date(2024, 7, 1), dt.date(2024, 12, 31)


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


def table(first_head: str) -> list[list[str]]:
    """The rows of the worked example's table whose first column has that title."""
    lines = DOCUMENT.read_text().split("### Worked example")[1].split("## Trying")[0].splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith(f"| {first_head} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def day(words: str) -> dt.date | None:
    return None if words == "-" else dt.date.fromisoformat(words)


def noon(on: dt.date) -> dt.datetime:
    return dt.datetime.combine(on, dt.time(4), dt.UTC)


def warned(ctx: Context, customer: Customer, on: dt.date, outcome: str | None = None, rule: str = "overdue_30") -> None:
    values = {"raised_on": on, "raised_at": noon(on), "due_at": noon(on) + dt.timedelta(days=7)}
    if outcome:
        values |= {"state": "resolved", "outcome": outcome, "resolved_at": noon(on) + dt.timedelta(days=2)}
    make_early_warning(ctx, customer, rule, **values)


def the_example(ctx: Context) -> None:
    for name, raised_on, outcome, due_on, paid_on, _words in table("customer"):
        customer = make_customer(ctx, name)
        paid = day(paid_on)
        make_invoice(ctx, customer, day(due_on), 100, paid=((paid, 100),) if paid else ())
        if day(raised_on):
            warned(ctx, customer, day(raised_on), None if outcome == "-" else outcome)


def test_the_worked_example_of_the_document(ctx: Context) -> None:
    the_example(ctx)
    found = performance(ctx, FIRST, LAST)
    one = found["overdue_30"]
    shown = {
        "false-alarm rate": (one.handling.false_alarms, one.handling.resolved, one.handling.false_alarm_rate),
        "precision": (one.outcomes.turned_bad, one.outcomes.matured, one.outcomes.precision),
        "recall": (one.outcomes.caught, one.outcomes.bad_customers, one.outcomes.recall),
        "lead time, median": ("", "", one.outcomes.lead_median),
        "lead time, 90th percentile": ("", "", one.outcomes.lead_p90),
    }
    told = {name: (part, of, Decimal(value)) for name, part, of, value in table("figure")}
    assert {name: (str(part), str(of), value) for name, (part, of, value) in shown.items()} == told
    assert (one.outcomes.signs, one.outcomes.already_bad, one.outcomes.missed) == (5, 1, 2)
    assert found[ALL_RULES].outcomes == one.outcomes
    assert found["court_event"].outcomes == Outcomes(bad_customers=4)
    likely = learnt_likelihood(ctx, "overdue_30")
    low, high = wilson_interval(2, 4)
    assert (likely.turned_bad, likely.matured, likely.low, likely.high) == (2, 4, low, high)
    assert f"from {low} to {high}" in DOCUMENT.read_text()


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (0, 0, None),
        (0, 10, ("0.0", "0.277533")),
        (10, 10, ("0.722467", "1.0")),
        (1, 2, ("0.094531", "0.905469")),
        (170, 1000, ("0.147980", "0.194572")),
    ],
)
def test_the_interval_of_a_share(part: int, whole: int, expected: tuple[str, str] | None) -> None:
    found = wilson_interval(part, whole)
    wanted = expected and tuple(map(Decimal, expected))
    assert found == wanted or [abs(a - b) < Decimal("0.0001") for a, b in zip(found, wanted, strict=True)] == [True] * 2


def test_how_warnings_were_worked(ctx: Context) -> None:
    customer = make_customer(ctx, "C1")
    start = noon(ago(20))
    base = {"raised_on": ago(20), "raised_at": start, "acknowledged_at": start + dt.timedelta(hours=6)}
    done = {"state": "resolved", "outcome": "mitigated", "resolved_at": start + dt.timedelta(hours=30)}
    late = start + dt.timedelta(hours=29)
    make_early_warning(ctx, customer, "limit_use", acknowledged_in_time=True, due_at=start + dt.timedelta(days=7),
                       **base, **done)  # fmt: skip
    make_early_warning(ctx, customer, "limit_use", acknowledged_in_time=False, due_at=late, **base, **done)
    make_early_warning(ctx, customer, "limit_use", acknowledged_in_time=False, escalation=1, **base, **done)
    make_early_warning(ctx, customer, "limit_use", raised_on=ago(20), raised_at=start)
    handling = performance(ctx, ago(20), ago(20))["limit_use"].handling
    assert handling == Handling(
        raised=4, open=1, resolved=3, false_alarms=0, acknowledged=3, acknowledged_in_time=1, resolved_in_time=1,
        hours_to_acknowledge=Decimal("6.0"), hours_to_resolve=Decimal("30.0"),
    )  # fmt: skip
    assert handling.false_alarm_rate == 0
    nothing = performance(ctx, ago(19), DAY)["limit_use"].handling
    assert (nothing, nothing.false_alarm_rate) == (Handling(), None)


@pytest.mark.parametrize(
    ("raised", "bad_after_raise", "counted"),
    [(181, 1, (1, 1)), (180, 180, (1, 1)), (180, 181, (1, 0)), (179, 100, (0, 0)), (200, 0, (0, 0))],
)
def test_the_window_of_precision(ctx: Context, raised: int, bad_after_raise: int, counted: tuple[int, int]) -> None:
    """The window ends 180 days after the warning; a customer bad on that very day was bad already."""
    customer = make_customer(ctx, "C1")
    warned(ctx, customer, ago(raised))
    make_listing(ctx, customer, ago(raised - bad_after_raise))
    outcomes = performance(ctx, ago(400), DAY)["overdue_30"].outcomes
    assert (outcomes.matured, outcomes.turned_bad) == counted


def test_recall_asks_for_a_warning_before_the_bad_day(ctx: Context) -> None:
    for number, raised in (("same", 50), ("day before", 51), ("window", 230), ("too early", 231)):
        customer = make_customer(ctx, number)
        make_invoice(ctx, customer, ago(140), 100)
        warned(ctx, customer, ago(raised))
    outcomes = performance(ctx, ago(60), DAY)["overdue_30"].outcomes
    assert (outcomes.bad_customers, outcomes.caught, outcomes.missed) == (4, 2, 2)
    assert (outcomes.lead_median, outcomes.lead_p90) == (Decimal("90.5"), Decimal("162.1"))


def test_who_was_bad_before_the_period_is_not_found_bad_in_it(ctx: Context) -> None:
    make_customer(ctx, "other")
    customer, mended = make_customer(ctx, "C1"), make_customer(ctx, "C2")
    make_invoice(ctx, customer, ago(300), 100)
    make_invoice(ctx, customer, ago(120), 100)
    make_invoice(ctx, mended, ago(300), 100, paid=((ago(100), 100),))
    make_invoice(ctx, mended, ago(120), 100)
    assert performance(ctx, ago(60), DAY)[ALL_RULES].outcomes.bad_customers == 1


def test_by_department_of_the_customer(ctx: Context) -> None:
    north = make_customer(ctx, "N", owner_department_id=make_department(ctx, "NORTH").id)
    south = make_customer(ctx, "S", owner_department_id=make_department(ctx, "SOUTH").id)
    for customer in (north, south):
        make_invoice(ctx, customer, ago(120), 100)
    warned(ctx, north, ago(60))
    found = {code: performance(ctx, ago(90), DAY, code)["overdue_30"] for code in ("NORTH", "SOUTH")}
    assert {code: (one.handling.raised, one.outcomes.bad_customers) for code, one in found.items()} == {
        "NORTH": (1, 1), "SOUTH": (0, 1),
    }  # fmt: skip
    assert (found["NORTH"].outcomes.caught, found["SOUTH"].outcomes.caught) == (1, 0)


def test_weeks_say_what_became_of_their_warnings(ctx: Context) -> None:
    monday = dt.date(2025, 6, 16)
    the_example(ctx)
    warned(ctx, make_customer(ctx, "late"), monday + dt.timedelta(days=6))
    assert weeks_of_rule(ctx, "overdue_30", monday + dt.timedelta(days=2), DAY) == (
        WeekOfWarnings(monday, 0, 0, 0, 1),
        WeekOfWarnings(monday + dt.timedelta(days=7), 0, 0, 0, 0),
        WeekOfWarnings(monday + dt.timedelta(days=14), 0, 0, 0, 0),
    )
    weeks = [
        one for one in weeks_of_rule(ctx, "overdue_30", FIRST, LAST) if one != WeekOfWarnings(one.week, 0, 0, 0, 0)
    ]
    assert [(one.turned_bad, one.stayed_good, one.already_bad, one.waiting) for one in weeks] == [
        (1, 0, 0, 0), (0, 1, 0, 0), (1, 0, 0, 0), (0, 0, 1, 0), (0, 1, 0, 0),
    ]  # fmt: skip
