"""Documents against the measures of their day: each demand on both sides of its edge, and what people make of it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from db.enums import DepartmentKind, Role
from db.models import Customer, GateOrder, GateOverride, LedgerEntry
from services.context import Context
from services.early_warnings import findings, rule_by_code
from services.errors import NotAllowedError, NotFoundError, RefusedError, StaleError
from services.metrics.span import Span
from services.obedience import (
    BreachFilter,
    breach_by_id,
    breaches,
    breaches_by_demand,
    check_obedience,
    judge,
    obedience,
)
from tests.services.makers import (
    DAY,
    ago,
    as_actor,
    make_customer,
    make_department,
    make_guarantee,
    make_invoice,
    make_listing,
    make_rate,
    make_user,
)
from tests.services.measures import make_control, make_order

MONTH = Span(DAY.replace(day=1), DAY.replace(day=1))


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


@pytest.fixture
def customer(ctx: Context) -> Customer:
    return make_customer(ctx, "C1", owner_department_id=make_department(ctx, "NORTH").id)


def found(ctx: Context) -> list[tuple[str, str, Decimal | None, Decimal | None]]:
    """What a check finds: demand, document, what was allowed and what was found; the newest first."""
    check_obedience(ctx)
    return [(one.demand.value, one.document_no, one.allowed, one.found) for one in breaches(ctx).rows]


@pytest.mark.parametrize(("ordered", "is_found"), [(10, False), (9, True), (3, True), (2, False)])
def test_no_order_while_suspended(ctx: Context, customer: Customer, ordered: int, is_found: bool) -> None:
    make_control(
        ctx, customer, "suspension", ago(10), state="lifted", ended_on=ago(2), ended_as="no_longer_needed",
        end_reason="Paid", force="absolute", override_role=None,
    )  # fmt: skip
    make_order(ctx, customer, ago(ordered), order_no="O1")
    assert found(ctx) == ([("suspension", "O1", None, None)] if is_found else [])


@pytest.mark.parametrize(("issued", "is_found"), [(30, False), (29, True), (11, True), (10, False)])
def test_no_invoice_while_listed(ctx: Context, customer: Customer, issued: int, is_found: bool) -> None:
    make_listing(ctx, customer, ago(30), state="restored", restored_on=ago(10))
    make_invoice(ctx, customer, ago(-30), issued_on=ago(issued), invoice_no="I1")
    assert found(ctx) == ([("listed", "I1", None, None)] if is_found else [])


def test_a_control_that_expires_binds_its_last_day(ctx: Context, customer: Customer) -> None:
    make_control(ctx, customer, "suspension", ago(10), expires_on=ago(5), force="absolute", override_role=None)
    make_order(ctx, customer, ago(5), order_no="LAST")
    make_order(ctx, customer, ago(4), order_no="AFTER")
    assert [one[1] for one in found(ctx)] == ["LAST"]


def test_a_proposal_binds_nobody(ctx: Context, customer: Customer) -> None:
    make_control(ctx, customer, "suspension", None, state="proposed", approved_at=None)
    make_order(ctx, customer, ago(5))
    assert found(ctx) == []


@pytest.mark.parametrize(("amount", "is_found"), [(100, False), (101, True)])
def test_one_order_over_its_limit(ctx: Context, customer: Customer, amount: int, is_found: bool) -> None:
    make_control(ctx, customer, "trade_limit", ago(10), order_limit=100)
    make_order(ctx, customer, ago(5), amount, order_no="O1")
    assert found(ctx) == ([("order_limit", "O1", Decimal(100), Decimal(amount))] if is_found else [])


def test_amounts_are_compared_in_the_base_currency_and_unknown_rates_are_left_out(
    ctx: Context, customer: Customer
) -> None:
    make_control(ctx, customer, "trade_limit", ago(10), order_limit=100)
    make_rate(ctx, "USD", ago(20), "7.2")
    make_order(ctx, customer, ago(5), 14, currency="USD", order_no="O1")
    make_order(ctx, customer, ago(5), 900, currency="XXX", order_no="O2")
    assert found(ctx) == [("order_limit", "O1", Decimal(100), Decimal("100.8"))]


def test_a_month_is_full_with_the_order_that_passes_its_limit(ctx: Context, customer: Customer) -> None:
    """Orders before the measure fill the month too; invoices do not count where orders are known."""
    make_control(ctx, customer, "trade_limit", ago(20), month_limit=250)
    for days, number in ((28, "O1"), (15, "O2"), (10, "O3"), (5, "O4")):
        make_order(ctx, customer, ago(days), 100, order_no=number)
    make_invoice(ctx, customer, ago(-10), 900, issued_on=ago(12))
    make_order(ctx, customer, ago(35), 900, order_no="MAY")
    assert found(ctx) == [
        ("month_limit", "O4", Decimal(250), Decimal(400)),
        ("month_limit", "O3", Decimal(250), Decimal(300)),
    ]


def test_invoices_stand_for_the_month_without_an_order(ctx: Context, customer: Customer) -> None:
    make_control(ctx, customer, "trade_limit", ago(60), month_limit=250)
    make_invoice(ctx, customer, ago(-20), 200, issued_on=ago(15), invoice_no="I1")
    make_invoice(ctx, customer, ago(-20), 51, issued_on=ago(10), invoice_no="I2")
    assert found(ctx) == [("month_limit", "I2", Decimal(250), Decimal(251))]


@pytest.mark.parametrize(("terms", "is_found"), [(30, False), (31, True), (None, False)])
def test_terms_longer_than_allowed(ctx: Context, customer: Customer, terms: int | None, is_found: bool) -> None:
    make_control(ctx, customer, "prepayment", ago(10), terms_days=30)
    make_order(ctx, customer, ago(5), order_no="O1", terms_days=terms)
    assert found(ctx) == ([("terms", "O1", Decimal(30), Decimal(31))] if is_found else [])


def test_an_invoice_over_the_limit_of_what_may_be_owed(ctx: Context, customer: Customer) -> None:
    make_control(ctx, customer, "trade_limit", ago(10), exposure_limit=150)
    make_invoice(ctx, customer, ago(20), 100, issued_on=ago(50), paid=((ago(6), 40),))
    make_invoice(ctx, customer, ago(-20), 90, issued_on=ago(5), invoice_no="I2")
    assert found(ctx) == []
    make_invoice(ctx, customer, ago(-20), 1, issued_on=ago(4), invoice_no="I3")
    assert found(ctx) == [("exposure_limit", "I3", Decimal(150), Decimal(151))]


def test_the_share_paid_before_delivery(ctx: Context, customer: Customer) -> None:
    make_control(ctx, customer, "prepayment", ago(60), prepaid_share=Decimal("0.3"))
    make_invoice(ctx, customer, ago(-20), 100, issued_on=ago(5), invoice_no="I1", paid=((ago(5), 30),))
    make_invoice(ctx, customer, ago(-20), 100, issued_on=ago(4), invoice_no="I2", paid=((ago(4), 29), (ago(3), 71)))
    assert found(ctx) == [("prepayment", "I2", Decimal(30), Decimal(29))]


def test_guarantees_of_the_day_against_the_value_and_the_share_wanted(ctx: Context, customer: Customer) -> None:
    make_control(ctx, customer, "guarantee", ago(60), guarantee_value=50, coverage_ratio=Decimal("0.6"))
    make_guarantee(ctx, customer, ago(5), 60)
    make_invoice(ctx, customer, ago(-20), 100, issued_on=ago(6), invoice_no="I1")
    assert found(ctx) == []
    make_invoice(ctx, customer, ago(-20), 1, issued_on=ago(5), invoice_no="I2")
    make_invoice(ctx, customer, ago(-20), 1, issued_on=ago(4), invoice_no="I3")
    assert found(ctx) == [
        ("guarantee", "I3", Decimal("61.2"), Decimal(0)), ("guarantee", "I2", Decimal("60.6"), Decimal(60)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("decision", "state", "asked", "until", "gate_decision"),
    [
        ("allow", None, 500, None, None), ("hold", "released", 500, ago(5), None),
        ("hold", "released", 500, ago(6), "hold"),
        ("allow", None, 499, None, "allow"),
        ("hold", "waiting", 500, None, "hold"), ("deny", None, 500, None, "deny"),
    ],
)  # fmt: skip
def test_what_the_gate_let_by_is_no_breach_up_to_what_was_asked(
    ctx: Context,
    customer: Customer,
    decision: str,
    state: str | None,
    asked: int,
    until: dt.date | None,
    gate_decision: str | None,
) -> None:
    make_control(ctx, customer, "trade_limit", ago(10), order_limit=100)
    ctx.session.add(
        GateOrder(
            customer_id=customer.customer_id, order_no="O1", asked_on=ago(6), asked_at=ctx.now, asked_by="erp",
            original_amount=asked, amount=asked, decision=decision, state=state, released_until=until,
            held_at=ctx.now if state else None, release_role="risk" if state else None,
            settled_at=ctx.now if state == "released" else None,
            settled_reason="Paid in advance" if state == "released" else None,
        )
    )  # fmt: skip
    make_order(ctx, customer, ago(5), 500, order_no="O1")
    check_obedience(ctx)
    assert [one.gate_decision for one in breaches(ctx).rows] == ([] if gate_decision is None else [gate_decision])


@pytest.mark.parametrize(
    ("state", "ordered", "most", "is_found"),
    [
        ("approved", 5, None, False), ("approved", 3, None, True), ("approved", 5, 499, True),
        ("proposed", 5, None, True), ("ended", 5, 500, False),
    ],
)  # fmt: skip
def test_a_permission_covers_its_days_up_to_its_amount(
    ctx: Context, customer: Customer, state: str, ordered: int, most: int | None, is_found: bool
) -> None:
    make_control(ctx, customer, "trade_limit", ago(20), order_limit=100)
    ctx.session.add(
        GateOverride(
            customer_id=customer.customer_id, kind="trade_limit", state=state, starts_on=ago(10), until_on=ago(4),
            limit_amount=most, reason="Fair in spring", proposed_at=ctx.now,
            approved_at=None if state == "proposed" else ctx.now, ended_reason="Over" if state == "ended" else None,
        )
    )  # fmt: skip
    make_order(ctx, customer, ago(ordered), 500, order_no="O1")
    assert bool(found(ctx)) is is_found


def test_a_guarantee_that_was_released_secures_nothing(ctx: Context, customer: Customer) -> None:
    make_control(ctx, customer, "guarantee", ago(60), guarantee_value=50)
    make_guarantee(ctx, customer, ago(-90), 60, released_on=ago(5), release_reason="Paid")
    make_invoice(ctx, customer, ago(-20), 10, issued_on=ago(6), invoice_no="I1")
    make_invoice(ctx, customer, ago(-20), 10, issued_on=ago(5), invoice_no="I2")
    assert [one[1] for one in found(ctx)] == ["I2"]


def test_twice_changes_nothing_and_a_correction_withdraws(ctx: Context, customer: Customer) -> None:
    make_control(ctx, customer, "trade_limit", ago(10), order_limit=100)
    order = make_order(ctx, customer, ago(5), 500, order_no="O1")
    assert (check_obedience(ctx), check_obedience(ctx)) == (2, 0), "a breach, and a month of one customer"
    (one,) = breaches(ctx).rows
    order.amount = Decimal(90)
    ctx.session.flush()
    assert check_obedience(ctx, [customer.customer_id]) == 2
    assert breaches(ctx).rows == ()
    with pytest.raises(NotFoundError):
        breach_by_id(ctx, one.customer_id, one.id)
    order.amount = Decimal(500)
    ctx.session.flush()
    check_obedience(ctx)
    assert [again.id for again in breaches(ctx).rows] == [one.id]


def test_only_the_named_customers_are_looked_at(ctx: Context, customer: Customer) -> None:
    other = make_customer(ctx, "C2")
    for one in (customer, other):
        make_control(ctx, one, "trade_limit", ago(10), order_limit=100)
        make_order(ctx, one, ago(5), 500, order_no=f"O-{one.customer_no}")
    check_obedience(ctx, [other.customer_id])
    assert [one.customer_no for one in breaches(ctx).rows] == ["C2"]
    assert [one.customer_no for one in breaches(ctx, BreachFilter(department="NORTH")).rows] == []


def test_obedience_counts_customers_and_documents_once(ctx: Context, customer: Customer) -> None:
    south = make_customer(ctx, "C2", owner_department_id=make_department(ctx, "SOUTH").id)
    stopped = make_customer(ctx, "C3", owner_department_id=south.owner_department_id)
    for one in (customer, south):
        make_control(ctx, one, "trade_limit", ago(40), order_limit=100, terms_days=30)
    make_control(ctx, stopped, "suspension", ago(40), force="absolute", override_role=None)
    make_control(ctx, make_customer(ctx, "C4"), "monitoring", ago(40), monitoring_days=7)
    make_order(ctx, customer, ago(5), 500, terms_days=60, order_no="O1")
    make_order(ctx, customer, ago(4), 50, order_no="O2")
    make_order(ctx, south, ago(4), 70, order_no="O3")
    check_obedience(ctx)
    north, other = obedience(ctx, MONTH, ["department"])
    assert (north.department, north.customers, north.disobeyed, north.documents, north.breached) == (
        "NORTH", 1, 1, 2, 1,
    )  # fmt: skip
    assert (north.breached_amount, north.share) == (Decimal(500), Decimal(0))
    assert (other.customers, other.disobeyed, other.documents, other.share) == (2, 0, 1, Decimal(1))
    (whole,) = obedience(ctx, Span(dt.date(2025, 5, 1), MONTH.last))
    assert (whole.customers, whole.disobeyed, whole.amount) == (3, 1, Decimal(620)), "each customer once in two months"
    assert breaches_by_demand(ctx, BreachFilter()) == {"order_limit": 1, "terms": 1}
    assert obedience(ctx, Span(dt.date(2024, 1, 1), dt.date(2024, 1, 1))) == ()
    with pytest.raises(RefusedError):
        obedience(ctx, MONTH, ["person"])


@pytest.mark.parametrize(
    ("began", "issued", "ordered", "is_found"),
    [(40, 10, None, False), (41, 10, None, True), (20, 10, 20, False), (20, 10, 19, True)],
)
def test_what_was_promised_before_a_measure_is_kept(
    ctx: Context, customer: Customer, began: int, issued: int, ordered: int | None, is_found: bool
) -> None:
    """Thirty days from the day after the start, or by the day of the order where it is known."""
    make_control(ctx, customer, "prepayment", ago(began), terms_days=10)
    if ordered is not None:
        make_order(ctx, customer, ago(ordered), order_no="O1", terms_days=10)
    make_invoice(ctx, customer, ago(-20), 100, issued_on=ago(issued), invoice_no="I1", contract_no="O1")
    assert [one[1] for one in found(ctx)] == (["I1"] if is_found else [])


def test_pages_follow_each_other(ctx: Context, customer: Customer) -> None:
    make_control(ctx, customer, "trade_limit", ago(20), order_limit=1)
    for days in range(1, 6):
        make_order(ctx, customer, ago(days), 2)
    check_obedience(ctx)
    first = breaches(ctx, limit=3)
    rest = breaches(ctx, after=first.after, limit=3)
    assert [one.occurred_on for one in (*first.rows, *rest.rows)] == [ago(days) for days in range(1, 6)]
    assert (first.total, rest.after) == (5, None)


def test_a_person_of_another_department_judges_with_a_reason(ctx: Context, customer: Customer) -> None:
    make_control(ctx, customer, "trade_limit", ago(10), order_limit=100)
    make_order(ctx, customer, ago(5), 500, order_no="O1")
    check_obedience(ctx)
    (one,) = breaches(ctx).rows
    risk = as_actor(ctx, make_user(ctx, "judge", Role.RISK, make_department(ctx, "RISK", DepartmentKind.RISK)))
    with pytest.raises(RefusedError):
        judge(risk, one.customer_id, one.id, one.version, "excused", "  ")
    judged = judge(risk, one.customer_id, one.id, one.version, "excused", "Agreed by phone")
    assert (judged.judged_as, judged.judged_by, judged.judged_reason) == ("excused", "Judge", "Agreed by phone")
    with pytest.raises(StaleError):
        judge(risk, one.customer_id, one.id, one.version, "confirmed", "Not agreed")
    entry = ctx.session.execute(select(LedgerEntry).where(LedgerEntry.action == "breach.excused")).scalar_one()
    assert (entry.actor, entry.note) == ("judge", "Agreed by phone")
    assert obedience(ctx, MONTH)[0].breached == 0
    assert obedience(ctx, MONTH)[0].excused == 1
    check_obedience(ctx)
    assert breaches(ctx, BreachFilter(judged="excused")).total == 1
    assert breaches(ctx, BreachFilter(judged="open")).total == 0


def test_nobody_judges_their_own_department(ctx: Context, customer: Customer) -> None:
    make_control(ctx, customer, "trade_limit", ago(10), order_limit=100)
    make_order(ctx, customer, ago(5), 500)
    check_obedience(ctx)
    (one,) = breaches(ctx).rows
    department = ctx.session.get_one(type(make_department(ctx, "X")), customer.owner_department_id)
    own = as_actor(ctx, make_user(ctx, "own", Role.RISK, department))
    with pytest.raises(NotAllowedError):
        judge(own, one.customer_id, one.id, one.version, "excused", "Agreed")
    north = as_actor(ctx, make_user(ctx, "north", Role.BUSINESS, department))
    with pytest.raises(NotAllowedError):
        judge(north, one.customer_id, one.id, one.version, "excused", "Agreed")


@pytest.mark.parametrize(
    ("ordered", "kind", "severity"),
    [(89, "suspension", "critical"), (89, "trade_limit", "high"), (90, "trade_limit", None)],
)
def test_disobedience_warns(ctx: Context, customer: Customer, ordered: int, kind: str, severity: str | None) -> None:
    demand: dict[str, Any] = (
        {"order_limit": 100} if kind == "trade_limit" else {"force": "absolute", "override_role": None}
    )
    make_control(ctx, customer, kind, ago(100), **demand)
    make_order(ctx, customer, ago(ordered), 500, order_no="O1")
    check_obedience(ctx)
    warned = findings(ctx, rule_by_code("measure_disobeyed"), DAY)
    assert [(one.severity, one.evidence["items"]) for one in warned] == ([(severity, ["O1"])] if severity else [])


@pytest.mark.parametrize(
    "wrong",
    [
        "judged_as = 'excused'",
        "judged_as = 'excused', judged_at = now(), judged_reason = ' '",
        "control_id = NULL",
        "demand = 'listed'",
    ],
)
def test_the_database_refuses_half_a_judgement(ctx: Context, customer: Customer, wrong: str) -> None:
    make_control(ctx, customer, "trade_limit", ago(10), order_limit=100)
    make_order(ctx, customer, ago(5), 500)
    check_obedience(ctx)
    with pytest.raises(IntegrityError), ctx.session.begin_nested():
        ctx.session.execute(text(f"UPDATE control_breach SET {wrong}"))
