"""The order gate on a real database: what it reads, keeps and repeats."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import select

from db.enums import GateDecision, HeldOrderState, Role
from db.models import Control, FxRate, GateOrder, Guarantee, LedgerEntry, SalesOrder
from services.context import Context
from services.errors import NotFoundError, RefusedError
from services.gate import GateAnswer, OrderAsked, ask
from services.ledger_verification import verify
from tests.services.makers import DAY, ago, make_customer, make_department, make_invoice, make_listing


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


def make_control(ctx: Context, customer_id: int, kind: str = "trade_limit", **values: object) -> Control:
    defaults = {
        "state": "active", "force": "overridable", "override_role": "risk", "reason": "Late payer",
        "proposed_at": ctx.now, "starts_on": ago(10),
    }  # fmt: skip
    if values.get("force") == "absolute":
        defaults["override_role"] = None
    row = Control(customer_id=customer_id, kind=kind, **defaults | values)
    ctx.session.add(row)
    ctx.session.flush()
    return row


def asked(
    ctx: Context, amount: int | str = 100, no: str | None = None, customer: str = "C1", **more: object
) -> GateAnswer:
    return ask(ctx, OrderAsked(customer, Decimal(amount), order_no=no, **more))


def codes(answer: GateAnswer) -> list[str]:
    return [one.code for one in answer.reasons]


def test_a_customer_without_measures_is_allowed_anything(ctx: Context) -> None:
    make_customer(ctx, "C1")
    answer = asked(ctx, 10**9, "O1")
    assert (answer.decision, answer.reasons, answer.controls, answer.limit_left) == (GateDecision.ALLOW, (), (), None)


def test_a_listed_customer_is_denied_whatever_stands_beside(ctx: Context) -> None:
    customer = make_customer(ctx, "C1")
    make_listing(ctx, customer, DAY)
    answer = asked(ctx, 1, "O1")
    assert (answer.decision, codes(answer), answer.limit_left) == (GateDecision.DENY, ["listed"], Decimal(0))


def test_an_unknown_customer_is_refused(ctx: Context) -> None:
    with pytest.raises(NotFoundError, match="no customer with the number C9"):
        asked(ctx, 1, "O1", "C9")


def test_a_question_without_a_number_is_not_kept(ctx: Context) -> None:
    make_customer(ctx, "C1")
    assert asked(ctx, 5).decision is GateDecision.ALLOW
    assert asked(ctx, 5, "O1", is_dry_run=True).decision is GateDecision.ALLOW
    assert ctx.session.execute(select(GateOrder)).all() == []
    assert ctx.session.execute(select(LedgerEntry)).all() == []


def test_an_answer_is_kept_with_one_entry_in_a_sound_ledger(ctx: Context) -> None:
    customer = make_customer(ctx, "C1")
    make_control(ctx, customer.customer_id, order_limit=Decimal(100))
    asked(ctx, 100, "O1")
    asked(ctx, 101, "O2")
    first, second = ctx.session.execute(select(GateOrder).order_by(GateOrder.id)).scalars()
    assert (first.decision, first.state, first.amount, first.limit_left) == ("allow", None, 100, 100)
    assert (second.decision, second.state, second.release_role) == ("hold", "waiting", "risk")
    entries = ctx.session.execute(select(LedgerEntry).order_by(LedgerEntry.seq)).scalars().all()
    assert [(one.action, one.after["order_no"]) for one in entries] == [
        ("gate.answered", "O1"),
        ("gate.answered", "O2"),
    ]
    assert entries[1].after["reasons"] == ["order_limit"]
    ctx.session.expire_all()
    assert verify(ctx).breaks == ()


def test_the_same_number_gets_the_same_answer(ctx: Context) -> None:
    customer = make_customer(ctx, "C1")
    make_control(ctx, customer.customer_id, order_limit=Decimal(100))
    first, again = asked(ctx, 101, "O1"), asked(ctx, "101.00", "O1")
    assert (first.is_repeated, again.is_repeated) == (False, True)
    assert (again.decision, codes(again), again.state) == (GateDecision.HOLD, ["order_limit"], HeldOrderState.WAITING)
    assert again.reasons[0].params == {"limit_amount": Decimal(100), "used_amount": Decimal(101)}
    assert len(ctx.session.execute(select(GateOrder)).all()) == 1
    assert len(ctx.session.execute(select(LedgerEntry)).all()) == 1


@pytest.mark.parametrize("change", [{"amount": Decimal(102)}, {"currency": "EUR"}, {"terms_days": 5}])
def test_the_same_number_with_other_values_is_refused(ctx: Context, change: dict[str, object]) -> None:
    make_customer(ctx, "C1")
    ctx.session.add(FxRate(currency="EUR", as_of=ago(5), rate=8))
    ask(ctx, OrderAsked("C1", Decimal(101), order_no="O1", terms_days=30))
    with pytest.raises(RefusedError, match="asked before with other values"):
        ask(ctx, OrderAsked("C1", **{"amount": Decimal(101), "order_no": "O1", "terms_days": 30} | change))  # type: ignore[arg-type]


def test_the_same_number_of_another_customer_is_refused(ctx: Context) -> None:
    make_customer(ctx, "C1")
    make_customer(ctx, "C2")
    asked(ctx, 5, "O1")
    with pytest.raises(RefusedError, match="asked for another customer"):
        asked(ctx, 5, "O1", "C2")


def test_who_is_listed_after_an_order_was_allowed_gets_it_no_more(ctx: Context) -> None:
    customer = make_customer(ctx, "C1")
    asked(ctx, 5, "O1")
    make_listing(ctx, customer, DAY)
    again = asked(ctx, 5, "O1")
    assert (again.decision, again.first_decision) == (GateDecision.DENY, GateDecision.ALLOW)
    assert codes(again) == ["listed"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"amount": Decimal(0)}, "above 0"),
        ({"amount": Decimal("NaN")}, "above 0"),
        ({"amount": Decimal(10) ** 15}, "above 0"),
        ({"terms_days": -1}, "whole number from 0"),
        ({"currency": "EURO"}, "is no currency"),
        ({"order_no": "x" * 101}, "at most 100"),
        ({"prepaid_amount": Decimal(-1)}, "paid ahead"),
    ],
)
def test_what_can_not_be_an_order_is_refused(ctx: Context, wrong: dict[str, object], sentence: str) -> None:
    make_customer(ctx, "C1")
    with pytest.raises(RefusedError, match=sentence):
        ask(ctx, OrderAsked("C1", **{"amount": Decimal(1)} | wrong))  # type: ignore[arg-type]


# --- what counts against limits


def make_order(ctx: Context, customer_id: int, no: str, on: dt.date, amount: int, **values: object) -> None:
    ctx.session.add(SalesOrder(customer_id=customer_id, order_no=no, ordered_on=on, amount=amount, **values))
    ctx.session.flush()


def test_owed_and_ordered_count_against_the_exposure_limit(ctx: Context) -> None:
    customer = make_customer(ctx, "C1")
    make_control(ctx, customer.customer_id, exposure_limit=Decimal(1000))
    make_invoice(ctx, customer, ago(-10), 300, paid=((ago(2), 100),), issued_on=ago(80))
    make_invoice(ctx, customer, ago(20), 900, paid=((ago(5), 900),), issued_on=ago(80))
    make_order(ctx, customer.customer_id, "S1", ago(5), 250)
    make_order(ctx, customer.customer_id, "S0", ago(200), 10_000)
    assert asked(ctx, 550).limit_left == 550  # 1000 - 200 owed - 250 ordered
    assert asked(ctx, 550).decision is GateDecision.ALLOW
    over = asked(ctx, 551)
    assert (over.decision, codes(over)) == (GateDecision.HOLD, ["exposure_limit"])


def test_one_number_counts_once_at_the_gate_in_the_file_and_as_an_invoice(ctx: Context) -> None:
    customer = make_customer(ctx, "C1")
    make_control(ctx, customer.customer_id, exposure_limit=Decimal(1000))
    asked(ctx, 400, "O1")
    assert asked(ctx, 1).limit_left == 600
    make_order(ctx, customer.customer_id, "O1", DAY, 450)  # what was ordered in the end
    assert asked(ctx, 1).limit_left == 550
    make_invoice(ctx, customer, ago(-30), 480, issued_on=DAY, contract_no="O1")
    assert asked(ctx, 1).limit_left == 520


def test_invoices_that_name_no_order_use_up_the_oldest_orders(ctx: Context) -> None:
    customer = make_customer(ctx, "C1")
    make_control(ctx, customer.customer_id, exposure_limit=Decimal(1000))
    make_order(ctx, customer.customer_id, "S1", ago(20), 300)
    make_order(ctx, customer.customer_id, "S2", ago(2), 100)
    make_invoice(ctx, customer, ago(-20), 350, issued_on=ago(10), paid=((ago(1), 350),))
    assert asked(ctx, 1).limit_left == 900


def test_held_and_denied_orders_count_for_nothing(ctx: Context) -> None:
    customer = make_customer(ctx, "C1")
    make_control(ctx, customer.customer_id, month_limit=Decimal(100))
    assert asked(ctx, 101, "O1").decision is GateDecision.HOLD
    assert asked(ctx, 60, "O2").decision is GateDecision.ALLOW
    left = asked(ctx, 60, "O3")
    assert (left.decision, left.limit_left) == (GateDecision.HOLD, 40)


def test_the_month_counts_its_own_orders_only(ctx: Context) -> None:
    customer = make_customer(ctx, "C1")
    make_control(ctx, customer.customer_id, month_limit=Decimal(1000))
    make_order(ctx, customer.customer_id, "S1", dt.date(2025, 6, 1), 300)
    make_order(ctx, customer.customer_id, "S2", dt.date(2025, 5, 31), 600)
    make_invoice(ctx, customer, ago(-20), 300, issued_on=ago(2), invoice_no="S1")
    assert asked(ctx, 1).limit_left == 700


def test_amounts_are_turned_into_the_base_currency_by_the_rate_of_the_day(ctx: Context) -> None:
    customer = make_customer(ctx, "C1")
    make_control(ctx, customer.customer_id, order_limit=Decimal(800), exposure_limit=Decimal(2000))
    ctx.session.add_all([FxRate(currency="EUR", as_of=ago(5), rate=8), FxRate(currency="EUR", as_of=ago(-1), rate=80)])
    make_invoice(ctx, customer, ago(-10), 100, issued_on=ago(80), currency="EUR")
    assert (asked(ctx, 100, currency="EUR").decision, asked(ctx, 1).limit_left) == (GateDecision.ALLOW, 800)
    assert codes(asked(ctx, 101, currency="EUR")) == ["order_limit"]


def test_an_unknown_rate_holds(ctx: Context) -> None:
    customer = make_customer(ctx, "C1")
    assert codes(asked(ctx, 1, currency="XAU")) == ["rate_unknown"]
    assert asked(ctx, 1, "O1", currency="XAU").decision is GateDecision.HOLD
    make_control(ctx, customer.customer_id, exposure_limit=Decimal(2000))
    make_invoice(ctx, customer, ago(-10), 100, issued_on=ago(80), currency="XAU")
    assert codes(asked(ctx, 1)) == ["balance_unknown"]


def test_guarantees_count_while_they_are_in_force(ctx: Context) -> None:
    customer = make_customer(ctx, "C1")
    make_control(ctx, customer.customer_id, "guarantee", guarantee_value=Decimal(100), coverage_ratio=Decimal("0.5"))
    for number, value, valid_from, expires_on in (
        ("G1", 80, None, None), ("G2", 70, ago(5), DAY), ("G3", 1000, ago(5), ago(1)), ("G4", 1000, ago(-1), None),
    ):  # fmt: skip
        ctx.session.add(
            Guarantee(
                customer_id=customer.customer_id, guarantee_no=number, kind="deposit", value=value,
                valid_from=valid_from, expires_on=expires_on,
            )
        )  # fmt: skip
    ctx.session.flush()
    assert (asked(ctx, 300).decision, asked(ctx, 300).limit_left) == (GateDecision.ALLOW, 300)
    short = asked(ctx, 301)
    assert short.reasons[0].params == {"needed_amount": Decimal("150.5"), "used_amount": Decimal(150)}
    assert codes(short) == ["guarantee_short"]


def test_controls_hold_from_their_first_to_their_last_day(ctx: Context) -> None:
    customer = make_customer(ctx, "C1")
    values = {"force": "absolute", "kind": "suspension"}
    control = make_control(ctx, customer.customer_id, **values, starts_on=ago(-1))  # type: ignore[arg-type]
    for starts, expires, decision in (
        (ago(-1), None, "allow"), (DAY, DAY, "deny"), (ago(3), ago(1), "allow"), (ago(3), None, "deny"),
    ):  # fmt: skip
        control.starts_on, control.expires_on = starts, expires
        ctx.session.flush()
        assert asked(ctx, 1).decision == decision
    control.state, control.ended_on, control.ended_as, control.end_reason = "lifted", DAY, "unfounded", "Wrong"
    ctx.session.flush()
    assert asked(ctx, 1).decision is GateDecision.ALLOW


def test_a_role_that_may_not_ask_is_refused(ctx: Context) -> None:
    from services.errors import NotAllowedError
    from tests.services.makers import as_actor, make_user

    make_customer(ctx, "C1")
    viewer = make_user(ctx, "viewer", Role.VIEWER, make_department(ctx, "OTHER"))
    with pytest.raises(NotAllowedError):
        asked(as_actor(ctx, viewer), 1)
