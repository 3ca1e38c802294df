"""Warning rules over invoices and payments, on both sides of each boundary, with exact findings."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from db.models import Customer, InvoiceSettlement, PaymentAllocation
from services.context import Context
from services.early_warnings import findings, rule_by_code
from tests.services.makers import (
    DAY,
    ago,
    make_customer,
    make_dunning,
    make_invoice,
    make_paid_invoice,
    make_rate,
)


def found(ctx: Context, code: str, day: dt.date = DAY) -> list[tuple[int, Decimal, str]]:
    return [(one.customer_id, one.money, one.severity) for one in findings(ctx, rule_by_code(code), day)]


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


@pytest.fixture
def customer(ctx: Context) -> Customer:
    return make_customer(ctx, "C1")


@pytest.mark.parametrize(
    ("code", "days", "severity"),
    [
        ("overdue_30", 29, None), ("overdue_30", 30, "medium"), ("overdue_30", 200, "medium"),
        ("overdue_60", 59, None), ("overdue_60", 60, "high"), ("overdue_60", 89, "high"),
        ("overdue_60", 90, "critical"),
    ],
)  # fmt: skip
def test_days_past_due(ctx: Context, customer: Customer, code: str, days: int, severity: str | None) -> None:
    make_invoice(ctx, customer, ago(days), 250, issued_on=ago(days + 30))
    assert found(ctx, code) == ([(customer.customer_id, Decimal(250), severity)] if severity else [])


def test_past_due_counts_what_is_left_and_names_the_invoices_newest_first(ctx: Context, customer: Customer) -> None:
    make_invoice(ctx, customer, ago(45), 100, invoice_no="OLD", paid=((ago(10), 40),))
    make_invoice(ctx, customer, ago(31), 100, invoice_no="NEW")
    make_invoice(ctx, customer, ago(50), 100, invoice_no="PAID", paid=((DAY, 100),))
    make_invoice(ctx, customer, ago(50), 100, invoice_no="DISPUTED", is_disputed=True)
    (one,) = findings(ctx, rule_by_code("overdue_30"), DAY)
    assert one.money == Decimal(160)
    assert one.evidence == {"items": ["NEW", "OLD"], "facts": {"count": 2, "oldest_due_on": "2025-05-16"}}


def test_as_of_a_day_nothing_later_is_known(ctx: Context, customer: Customer) -> None:
    invoice = make_invoice(ctx, customer, ago(40), 100, paid=((DAY, 100),))
    assert found(ctx, "overdue_30", DAY) == []
    assert found(ctx, "overdue_30", ago(1)) == [(customer.customer_id, Decimal(100), "medium")]
    late_entry = make_invoice(ctx, customer, ago(40), 77, issued_on=ago(0))
    assert invoice.id != late_entry.id
    assert found(ctx, "overdue_30", ago(1)) == [(customer.customer_id, Decimal(100), "medium")]


def test_foreign_money_at_the_days_rate_and_unknown_rates_left_out(ctx: Context, customer: Customer) -> None:
    make_rate(ctx, "USD", ago(100), "7")
    make_rate(ctx, "USD", ago(1), "7.2")
    make_rate(ctx, "USD", ago(-1), "9")
    make_invoice(ctx, customer, ago(40), 10, currency="USD")
    make_invoice(ctx, customer, ago(40), 10, currency="CNY")
    make_invoice(ctx, customer, ago(40), 10, currency="JPY")
    (one,) = findings(ctx, rule_by_code("overdue_30"), DAY)
    assert one.money == Decimal("82")
    assert one.evidence["facts"]["count"] == 3


@pytest.mark.parametrize(
    ("late", "early", "severity"), [(499, 501, None), (500, 500, "medium"), (799, 201, "medium"), (800, 200, "high")]
)
def test_overdue_share(ctx: Context, customer: Customer, late: int, early: int, severity: str | None) -> None:
    make_invoice(ctx, customer, ago(1), late)
    make_invoice(ctx, customer, DAY, early - 1)
    make_invoice(ctx, customer, ago(-5), 1, issued_on=DAY)
    make_invoice(ctx, customer, ago(90), 99_999, is_disputed=True)
    assert found(ctx, "overdue_share") == ([(customer.customer_id, Decimal(late), severity)] if severity else [])


def test_overdue_share_needs_three_open_invoices(ctx: Context, customer: Customer) -> None:
    make_invoice(ctx, customer, ago(1), 100)
    make_invoice(ctx, customer, ago(1), 100)
    assert found(ctx, "overdue_share") == []
    make_invoice(ctx, customer, ago(1), 100)
    assert found(ctx, "overdue_share") == [(customer.customer_id, Decimal(300), "high")]


@pytest.mark.parametrize(("promised_days_ago", "is_broken"), [(1, True), (0, False), (-3, False)])
def test_promise_breaks_when_its_day_has_passed(
    ctx: Context, customer: Customer, promised_days_ago: int, is_broken: bool
) -> None:
    invoice = make_invoice(ctx, customer, ago(40), 100)
    make_invoice(ctx, customer, ago(20), 30)
    make_dunning(ctx, customer, ago(10), invoice_id=invoice.id, response="promise", promised_on=ago(promised_days_ago))
    assert found(ctx, "broken_promise") == ([(customer.customer_id, Decimal(130), "medium")] if is_broken else [])


def test_two_broken_promises_are_high_and_other_answers_are_none(ctx: Context, customer: Customer) -> None:
    invoice = make_invoice(ctx, customer, ago(40), 100)
    for sent, promised in ((30, 20), (15, 5)):
        make_dunning(ctx, customer, ago(sent), invoice_id=invoice.id, response="promise", promised_on=ago(promised))
    make_dunning(ctx, customer, ago(15), invoice_id=invoice.id, response="refusal", promised_on=ago(5))
    (one,) = findings(ctx, rule_by_code("broken_promise"), DAY)
    assert (one.severity, one.money) == ("high", Decimal(100))
    assert one.evidence["facts"] == {"count": 2, "last_promised_on": ago(5).isoformat()}


def test_promise_is_kept_when_the_invoice_is_paid_even_late(ctx: Context, customer: Customer) -> None:
    invoice = make_invoice(ctx, customer, ago(40), 100, paid=((ago(1), 100),))
    make_dunning(ctx, customer, ago(20), invoice_id=invoice.id, response="promise", promised_on=ago(10))
    assert found(ctx, "broken_promise") == []
    assert found(ctx, "broken_promise", ago(2)) == [(customer.customer_id, Decimal(100), "medium")]


@pytest.mark.parametrize(("paid_on", "is_broken"), [(ago(16), True), (ago(15), False), (DAY, False)])
def test_promise_without_invoice_is_kept_by_any_money_since(
    ctx: Context, customer: Customer, paid_on: dt.date, is_broken: bool
) -> None:
    make_invoice(ctx, customer, ago(40), 100, paid=((paid_on, 10),))
    make_dunning(ctx, customer, ago(15), response="promise", promised_on=ago(5))
    assert found(ctx, "broken_promise") == ([(customer.customer_id, Decimal(90), "medium")] if is_broken else [])


def test_promise_without_invoice_means_nothing_when_nothing_is_overdue(ctx: Context, customer: Customer) -> None:
    make_invoice(ctx, customer, ago(-10), 100)
    make_dunning(ctx, customer, ago(15), response="promise", promised_on=ago(5))
    assert found(ctx, "broken_promise") == []


def _habit(ctx: Context, customer: Customer, recent: list[int], before: list[int]) -> None:
    for late in recent:
        make_paid_invoice(ctx, customer, ago(10), late)
    for late in before:
        make_paid_invoice(ctx, customer, ago(200), late)


@pytest.mark.parametrize(
    ("recent", "before", "severity"),
    [
        ([14, 14, 14], [5] * 5, None),
        ([15, 15, 15], [5] * 5, "medium"),
        ([34, 34, 34], [5] * 5, "medium"),
        ([35, 35, 35], [5] * 5, "high"),
        ([15, 15], [5] * 5, None),
        ([15, 15, 15], [5] * 4, None),
        # Early payment is on time: it makes no habit of minus thirty days.
        ([0, 0, 0], [-30] * 5, None),
    ],
)
def test_slower_than_habit(
    ctx: Context, customer: Customer, recent: list[int], before: list[int], severity: str | None
) -> None:
    _habit(ctx, customer, recent, before)
    make_invoice(ctx, customer, ago(-10), 70)
    assert found(ctx, "slower_than_habit") == ([(customer.customer_id, Decimal(70), severity)] if severity else [])


@pytest.mark.parametrize(("recent_day", "habit_day", "is_found"), [(89, 90, True), (90, 90, False), (89, 455, False)])
def test_slower_than_habit_windows(
    ctx: Context, customer: Customer, recent_day: int, habit_day: int, is_found: bool
) -> None:
    for _ in range(3):
        make_paid_invoice(ctx, customer, ago(recent_day), 20)
    for _ in range(5):
        make_paid_invoice(ctx, customer, ago(habit_day), 0)
    expected = [(customer.customer_id, Decimal(0), "medium")] if is_found else []
    assert found(ctx, "slower_than_habit") == expected


@pytest.mark.parametrize(
    ("limit", "owed", "severity"),
    [
        (1000, 899, None), (1000, 900, "medium"), (1000, 999, "medium"), (1000, 1000, "high"), (1000, 1499, "high"),
        (1000, 1500, "critical"), (0, 1, "high"), (None, 1_000_000, None),
    ],
)  # fmt: skip
def test_limit_use(ctx: Context, limit: int | None, owed: int, severity: str | None) -> None:
    customer = make_customer(ctx, credit_limit=limit)
    make_invoice(ctx, customer, ago(-10), owed - 1 or 1)
    if owed > 1:
        make_invoice(ctx, customer, ago(-10), 1, is_disputed=True)
    assert found(ctx, "limit_use") == ([(customer.customer_id, Decimal(owed), severity)] if severity else [])


def test_rules_find_nothing_in_an_empty_company(ctx: Context) -> None:
    assert ctx.session.query(InvoiceSettlement).count() == ctx.session.query(PaymentAllocation).count() == 0
    codes = ("overdue_30", "overdue_60", "overdue_share", "broken_promise", "slower_than_habit", "limit_use")
    assert {code: found(ctx, code) for code in codes} == {code: [] for code in codes}
