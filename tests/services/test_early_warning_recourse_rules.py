"""Relapse on probation, and claims that are soon barred: what each finds, on both sides of its edges."""

from __future__ import annotations

from decimal import Decimal

import pytest

from db.models import Customer
from services.context import Context
from services.early_warnings import findings, rule_by_code
from tests.services.makers import DAY, ago, make_customer, make_dunning, make_invoice, make_listing, make_news

RELAPSE, LIMITATION = rule_by_code("probation_relapse"), rule_by_code("limitation_near")


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


@pytest.fixture
def customer(ctx: Context) -> Customer:
    return make_customer(ctx, "C1")


@pytest.mark.parametrize(
    ("restored", "due", "is_found"),
    [(100, 30, True), (364, 15, True), (365, 15, False), (100, 14, False), (100, 114, True), (100, 115, False)],
)
def test_a_restored_customer_is_late_again(
    ctx: Context, customer: Customer, restored: int, due: int, is_found: bool
) -> None:
    make_listing(ctx, customer, ago(500), state="restored", restored_on=ago(restored))
    make_invoice(ctx, customer, ago(due), 70, invoice_no="I1")
    found = findings(ctx, RELAPSE, DAY)
    assert bool(found) is is_found
    if is_found:
        assert (found[0].severity, found[0].money, found[0].evidence["items"]) == ("high", Decimal(70), ["I1"])


def test_a_court_event_on_probation_is_critical(ctx: Context, customer: Customer) -> None:
    make_listing(ctx, customer, ago(500), state="restored", restored_on=ago(100))
    make_news(ctx, customer, ago(101), "court", -1)
    assert findings(ctx, RELAPSE, DAY) == []
    make_news(ctx, customer, ago(10), "court", None)
    (one,) = findings(ctx, RELAPSE, DAY)
    assert (one.severity, one.evidence["facts"]) == (
        "critical", {"count": 1, "restored_on": ago(100).isoformat(), "last_on": ago(10).isoformat()},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("due", "severity"),
    [(1004, None), (1005, "medium"), (1064, "medium"), (1065, "high"), (1125, "high"), (1126, None)],
)
def test_a_claim_is_barred_three_years_after_it_was_due(
    ctx: Context, customer: Customer, due: int, severity: str | None
) -> None:
    make_invoice(ctx, customer, ago(due), 70)
    assert [one.severity for one in findings(ctx, LIMITATION, DAY)] == ([severity] if severity else [])


def test_demands_and_part_payments_let_the_period_run_anew(ctx: Context) -> None:
    for number, kept in (("demanded", False), ("part paid", False), ("demanded early", True), ("untouched", True)):
        customer = make_customer(ctx, number)
        paid = ((ago(300), 10),) if number == "part paid" else ()
        make_invoice(ctx, customer, ago(1010), 70, paid=paid)
        if number == "demanded":
            make_dunning(ctx, customer, ago(900))
        if number == "demanded early":
            make_dunning(ctx, customer, ago(1020))
        assert bool(findings(ctx, LIMITATION, DAY, (customer.customer_id,))) is kept, number
    total = sum(one.money for one in findings(ctx, LIMITATION, DAY))
    assert total == 140
