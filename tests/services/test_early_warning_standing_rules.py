"""Warning rules over ratings, statements, assessments, guarantees and the age of what is known."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from db.models import Customer
from services.context import Context
from services.early_warnings import findings, rule_by_code
from services.information.upkeep import refresh_standing
from services.information.worklist import DueFilter, due_page
from services.policy import set_policy
from tests.services.makers import (
    DAY,
    ago,
    make_assessment,
    make_contract,
    make_customer,
    make_guarantee,
    make_invoice,
    make_news,
    make_rate,
    make_report,
    make_score,
    make_statement,
)


def found(ctx: Context, code: str, day: dt.date = DAY) -> list[tuple[int, Decimal, str]]:
    return [(one.customer_id, one.money, one.severity) for one in findings(ctx, rule_by_code(code), day)]


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


@pytest.fixture
def customer(ctx: Context) -> Customer:
    """A customer that owes 100."""
    customer = make_customer(ctx, "C1")
    make_invoice(ctx, customer, ago(-10), 100)
    return customer


def _expected(customer: Customer, severity: str | None, money: int = 100) -> list[tuple[int, Decimal, str]]:
    return [(customer.customer_id, Decimal(money), severity)] if severity else []


@pytest.mark.parametrize(
    ("before", "now", "severity"),
    [
        ("AA", "AA", None), ("AA", "AAA", None), ("AA", "AA-", "medium"), ("AA", "A", "medium"), ("AA", "A-", "high"),
        ("B-", "CCC+", "high"), ("CCC", "CC", "medium"), (" bbb ", "bb", "medium"), ("AA", "unrated", None),
    ],
)  # fmt: skip
def test_rating_downgrade(ctx: Context, customer: Customer, before: str, now: str, severity: str | None) -> None:
    make_report(ctx, customer, ago(100), before)
    make_report(ctx, customer, ago(10), now)
    assert found(ctx, "rating_downgrade") == _expected(customer, severity)


def test_rating_downgrade_compares_one_source_with_itself_and_forgets(ctx: Context, customer: Customer) -> None:
    make_report(ctx, customer, ago(20), "AAA", source="One")
    make_report(ctx, customer, ago(10), "B", source="Other")
    assert found(ctx, "rating_downgrade") == []
    make_report(ctx, customer, ago(300), "A", source="Other")
    (one,) = findings(ctx, rule_by_code("rating_downgrade"), DAY)
    assert one.evidence == {
        "items": ["Other 2025-06-20"],
        "facts": {"rating": "B", "rating_before": "A", "source": "Other", "reported_on": "2025-06-20"},
    }
    assert found(ctx, "rating_downgrade", ago(-169)) == _expected(customer, "high")
    assert found(ctx, "rating_downgrade", ago(-170)) == []
    assert found(ctx, "rating_downgrade", ago(11)) == []


@pytest.mark.parametrize(
    ("before", "now", "severity"),
    [(None, 0, None), (None, -1, "medium"), (0, -1, "medium"), (-1, -1, "high"), (-1, 0, None)],
)
def test_financial_loss(ctx: Context, customer: Customer, before: int | None, now: int, severity: str | None) -> None:
    if before is not None:
        make_statement(ctx, customer, ago(200), net_profit=before)
    make_statement(ctx, customer, ago(100), net_profit=now)
    assert found(ctx, "financial_loss") == _expected(customer, severity)


def test_financial_loss_of_an_old_statement_is_no_news(ctx: Context, customer: Customer) -> None:
    make_statement(ctx, customer, ago(547), net_profit=-1)
    assert found(ctx, "financial_loss") == _expected(customer, "medium")
    assert found(ctx, "financial_loss", ago(-1)) == []


@pytest.mark.parametrize(
    ("before", "now", "severity"),
    [
        (None, "0.69", None), (None, "0.70", "medium"), ("0.71", "0.70", None), ("0.70", "0.70", "medium"),
        ("0.95", "0.84", None), ("0.95", "0.85", "high"), ("0.95", "0.99", "high"), (None, "1.00", "critical"),
    ],
)  # fmt: skip
def test_high_leverage(ctx: Context, customer: Customer, before: str | None, now: str, severity: str | None) -> None:
    for days, leverage in ((200, before), (100, now)):
        if leverage is not None:
            debts = Decimal(leverage) * 1000
            make_statement(ctx, customer, ago(days), total_assets=1000, total_liabilities=debts)
    assert found(ctx, "high_leverage") == _expected(customer, severity)


def test_high_leverage_without_assets_says_nothing(ctx: Context, customer: Customer) -> None:
    make_statement(ctx, customer, ago(100), total_assets=0, total_liabilities=10)
    assert found(ctx, "high_leverage") == []


@pytest.mark.parametrize(
    ("level", "severity"), [("low", None), ("medium", None), ("high", "high"), ("critical", "critical")]
)
def test_level_high(ctx: Context, customer: Customer, level: str, severity: str | None) -> None:
    make_assessment(ctx, customer, ago(40), "critical" if severity is None else "low")
    make_assessment(ctx, customer, ago(10), level)
    assert found(ctx, "level_high") == _expected(customer, severity)


def test_level_high_is_about_the_day_since_which_it_is_so(ctx: Context, customer: Customer) -> None:
    """The weekly look at a critical customer brings no judged warning back; a fall from grace after recovery does."""
    for days, level in ((90, "critical"), (60, "low"), (40, "high"), (33, "critical"), (26, "critical")):
        make_assessment(ctx, customer, ago(days), level)
    (one,) = findings(ctx, rule_by_code("level_high"), DAY)
    assert one.evidence == {
        "items": [ago(40).isoformat()], "facts": {"assessed_on": ago(26).isoformat()},
    }  # fmt: skip
    assert [find.evidence["items"] for find in findings(ctx, rule_by_code("level_high"), ago(61))] == [
        [ago(90).isoformat()]
    ]
    assert findings(ctx, rule_by_code("level_high"), ago(50)) == []


def test_level_high_reads_final_assessments_only(ctx: Context, customer: Customer) -> None:
    make_assessment(ctx, customer, ago(10), "critical", stage="initial")
    make_assessment(ctx, customer, ago(5), "critical", stage="initial", state="in_review")
    assert found(ctx, "level_high") == []


@pytest.mark.parametrize(
    ("days_left", "severity"), [(31, None), (30, "medium"), (8, "medium"), (7, "high"), (-30, "high"), (-31, None)]
)
def test_guarantee_expiring(ctx: Context, customer: Customer, days_left: int, severity: str | None) -> None:
    make_guarantee(ctx, customer, ago(-days_left), 40)
    assert found(ctx, "guarantee_expiring") == _expected(customer, severity, 40)


def test_guarantee_money_is_what_it_covers(ctx: Context, customer: Customer) -> None:
    make_rate(ctx, "USD", ago(10), "7")
    make_guarantee(ctx, customer, ago(-5), 10, currency="USD")
    make_guarantee(ctx, customer, ago(-20), 500, valid_from=ago(-1))
    make_guarantee(ctx, make_customer(ctx, "owes nothing"), ago(-5))
    (one,) = findings(ctx, rule_by_code("guarantee_expiring"), DAY)
    assert (one.customer_id, one.money) == (customer.customer_id, Decimal(70))
    make_guarantee(ctx, customer, ago(-25), 500)
    assert found(ctx, "guarantee_expiring") == _expected(customer, "high", 100)


@pytest.mark.parametrize(
    ("level", "rhythm", "severity"),
    [(None, 180, "low"), ("low", 180, "low"), ("medium", 90, "low"), ("high", 30, "medium"), ("critical", 7, "high")],
)
def test_information_stale(ctx: Context, level: str | None, rhythm: int, severity: str) -> None:
    """All else is known; the look at its reputation gets late the day after the rhythm of the level has passed."""
    customer = make_customer(ctx, kind="individual", region="North", phone="1", since=ago(2000))
    if level is not None:
        make_score(ctx, customer, ago(400), level)
    make_report(ctx, customer, ago(1), "A")
    make_contract(ctx, customer, ago(1))
    make_news(ctx, customer, ago(rhythm), "media", 0)
    make_invoice(ctx, customer, ago(-10), 50, issued_on=ago(1))
    assert found(ctx, "information_stale") == []
    assert found(ctx, "information_stale", ago(-1)) == _expected(customer, severity, 50)


def test_information_stale_says_what_the_worklist_says(ctx: Context) -> None:
    joined = make_customer(ctx, "joined", since=ago(180))
    unknown = make_customer(ctx, "unknown")
    make_customer(ctx, "owes nothing", since=ago(900))
    make_statement(ctx, joined, ago(541))
    for customer in (joined, unknown):
        make_invoice(ctx, customer, ago(-10), 100)
    first, second = findings(ctx, rule_by_code("information_stale"), DAY)
    assert (first.customer_id, first.evidence) == (
        joined.customer_id,
        {"items": [f"financials {ago(541)}"], "facts": {"count": 1, "due_on": ago(1).isoformat()}},
    )
    assert (second.customer_id, second.evidence["facts"]) == (unknown.customer_id, {"count": 6, "due_on": None})
    refresh_standing(ctx)
    late = [one for one in due_page(ctx, DueFilter(late_only=True)).rows if one.name != "Customer owes nothing"]
    assert {one.customer_id: sum(each.is_late for each in one.items) for one in late} == {
        joined.customer_id: 1, unknown.customer_id: 6,
    }  # fmt: skip


def test_information_stale_follows_the_policy_of_the_day(ctx: Context) -> None:
    customer = make_customer(ctx, kind="individual", region="North", phone="1", since=ago(100))
    make_invoice(ctx, customer, ago(-10), 100)
    assert found(ctx, "information_stale") == []
    set_policy(ctx, "refresh_days_low", "60")
    assert found(ctx, "information_stale") == _expected(customer, "low")
