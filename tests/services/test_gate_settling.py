"""Held orders: who releases them, who must not, and what a listing does to orders on their way."""

from __future__ import annotations

import threading
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from db.enums import ControlKind, GateDecision, HeldOrderState, OverrideState, Role
from db.models import Control, GateOrder, Job, LedgerEntry, MachineEvent, Notification
from services.context import SYSTEM, Actor, Context, unit_of_work
from services.controls import NewControl, approve, propose
from services.errors import IllegalMoveError, NotAllowedError, RefusedError, StaleError
from services.gate import (
    GateOrderRow,
    OrderAsked,
    OrderFilter,
    approve_override,
    ask,
    decline_override,
    end_override,
    held_orders,
    hold_open_orders,
    order_by_no,
    order_counts,
    order_log,
    overrides,
    propose_override,
    refuse_order,
    release,
    withdraw,
)
from services.jobs.kinds import KINDS
from tests.services.makers import DAY, ago, as_actor, make_customer, make_department, make_listing, make_user
from tests.services.test_gate import asked, codes, make_control


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


@pytest.fixture
def people(ctx: Context) -> dict[str, Actor]:
    department = make_department(ctx, "NORTH")
    roles = {"risk": Role.RISK, "risk2": Role.RISK, "leader": Role.LEADER, "north": Role.BUSINESS}
    return {login: make_user(ctx, login, role, department) for login, role in roles.items()}


def make_held(ctx: Context, people: dict[str, Actor], by: str = "north", **values: object) -> GateOrderRow:
    customer = make_customer(ctx, "C1", owner_department_id=people["north"].department_id)
    make_control(ctx, customer.customer_id, order_limit=Decimal(100), **values)
    asked(as_actor(ctx, people[by]), 150, "O1")
    return order_by_no(ctx, "C1", "O1")


def as_(ctx: Context, people: dict[str, Actor], login: str) -> Context:
    return as_actor(ctx, people[login])


def test_a_held_order_is_told_to_its_role_and_to_machines(ctx: Context, people: dict[str, Actor]) -> None:
    row = make_held(ctx, people)
    (job,) = ctx.session.execute(select(Job)).scalars()
    KINDS[job.name](ctx, job.arguments)
    assert [one.order_no for one in held_orders(ctx).rows] == ["O1"]
    told = ctx.session.execute(select(Notification.user_id).where(Notification.kind == "order_held")).scalars()
    assert set(told) == {people["risk"].user_id, people["risk2"].user_id}
    event = ctx.session.execute(select(MachineEvent).where(MachineEvent.kind == "gate.held")).scalar_one()
    assert event.payload == {"order_no": "O1", "amount": 150, "currency": None, "reasons": ["order_limit"]}
    assert (row.release_role, row.asked_by, row.amount) == ("risk", "north", 150)


def test_a_released_order_is_allowed_when_asked_again_until_its_day(ctx: Context, people: dict[str, Actor]) -> None:
    row = make_held(ctx, people)
    done = release(as_(ctx, people, "risk"), row.customer_id, row.id, row.version, " Paid by wire ", until=DAY)
    assert (done.state, done.settled_by, done.settled_reason) == (HeldOrderState.RELEASED, "Risk", "Paid by wire")
    again = asked(ctx, 150, "O1")
    assert (again.decision, again.first_decision, codes(again)) == (
        GateDecision.ALLOW, GateDecision.HOLD, ["released", "order_limit"],
    )  # fmt: skip
    assert again.reasons[0].params == {"who": "Risk", "why": "Paid by wire"}
    tomorrow = Context(ctx.session, ctx.actor, ctx.now.replace(year=2026))
    late = asked(tomorrow, 150, "O1")
    assert (late.decision, codes(late)[0]) == (GateDecision.DENY, "release_ended")
    told = ctx.session.execute(select(Notification.user_id).where(Notification.kind == "order_settled")).scalars()
    assert list(told) == [people["north"].user_id]


def test_a_refused_order_is_denied_when_asked_again(ctx: Context, people: dict[str, Actor]) -> None:
    row = make_held(ctx, people)
    refuse_order(as_(ctx, people, "risk"), row.customer_id, row.id, row.version, "No")
    again = asked(ctx, 150, "O1")
    assert (again.decision, codes(again)) == (GateDecision.DENY, ["refused", "order_limit"])
    with pytest.raises(IllegalMoveError):
        release(as_(ctx, people, "risk2"), row.customer_id, row.id, row.version + 1, "Yes")


def test_who_asked_can_not_release(ctx: Context, people: dict[str, Actor]) -> None:
    row = make_held(ctx, people, by="risk")
    with pytest.raises(NotAllowedError, match="You asked for this order"):
        release(as_(ctx, people, "risk"), row.customer_id, row.id, row.version, "Mine")
    release(as_(ctx, people, "risk2"), row.customer_id, row.id, row.version, "Checked")


@pytest.mark.parametrize("login", ["leader", "north"])
def test_only_the_role_that_the_order_waits_for_decides(ctx: Context, people: dict[str, Actor], login: str) -> None:
    row = make_held(ctx, people, by="risk2")
    with pytest.raises(NotAllowedError):
        release(as_(ctx, people, login), row.customer_id, row.id, row.version, "Please")
    with pytest.raises(NotAllowedError):
        refuse_order(as_(ctx, people, login), row.customer_id, row.id, row.version, "Please")


def test_a_release_needs_a_reason_a_day_and_a_fresh_look(ctx: Context, people: dict[str, Actor]) -> None:
    row = make_held(ctx, people)
    risk = as_(ctx, people, "risk")
    with pytest.raises(RefusedError, match="Give a reason"):
        release(risk, row.customer_id, row.id, row.version, "  ")
    with pytest.raises(RefusedError, match="before today"):
        release(risk, row.customer_id, row.id, row.version, "Yes", until=ago(1))
    with pytest.raises(StaleError):
        release(risk, row.customer_id, row.id, row.version + 1, "Yes")


def test_nobody_releases_an_order_of_a_customer_listed_meanwhile(ctx: Context, people: dict[str, Actor]) -> None:
    row = make_held(ctx, people)
    make_listing(ctx, _customer(ctx), DAY)
    with pytest.raises(RefusedError, match="listed by now"):
        release(as_(ctx, people, "risk"), row.customer_id, row.id, row.version, "Yes")
    assert asked(ctx, 150, "O1").decision is GateDecision.DENY


def test_a_suspension_that_is_absolute_stops_a_release(ctx: Context, people: dict[str, Actor]) -> None:
    row = make_held(ctx, people)
    make_control(ctx, row.customer_id, "suspension", force="absolute")
    with pytest.raises(RefusedError, match="suspended by now"):
        release(as_(ctx, people, "risk"), row.customer_id, row.id, row.version, "Yes")


def test_who_asked_withdraws_and_the_limit_is_free_again(ctx: Context, people: dict[str, Actor]) -> None:
    customer = make_customer(ctx, "C1")
    make_control(ctx, customer.customer_id, month_limit=Decimal(100))
    north = as_(ctx, people, "north")
    asked(north, 80, "O1")
    assert asked(north, 1).limit_left == 20
    row = order_by_no(ctx, "C1", "O1")
    with pytest.raises(NotAllowedError, match="Only who asked"):
        withdraw(as_(ctx, people, "risk"), row.customer_id, row.id, row.version)
    withdraw(north, row.customer_id, row.id, row.version)
    assert asked(north, 1).limit_left == 100
    assert codes(asked(north, 80, "O1")) == ["withdrawn"]


def _customer(ctx: Context):
    from db.models import Customer

    return ctx.session.execute(select(Customer)).scalar_one()


def test_a_listing_holds_what_was_allowed_and_is_not_invoiced(ctx: Context, people: dict[str, Actor]) -> None:
    from tests.services.makers import make_invoice

    row = make_held(ctx, people)
    release(as_(ctx, people, "risk"), row.customer_id, row.id, row.version, "Yes")
    asked(ctx, 10, "O2")
    asked(ctx, 20, "O3")
    asked(ctx, 200, "O4")
    make_invoice(ctx, _customer(ctx), ago(-30), 20, issued_on=DAY, contract_no="O3")
    make_listing(ctx, _customer(ctx), DAY)
    assert hold_open_orders(ctx, row.customer_id, "listed") == 2
    rows = {one.order_no: one for one in order_log(ctx).rows}
    assert {no: one.state for no, one in rows.items()} == {
        "O1": "waiting",
        "O2": "waiting",
        "O3": None,
        "O4": "waiting",
    }
    assert [one.code for one in rows["O2"].reasons] == ["held_by_listing"]
    assert (rows["O1"].settled_reason, rows["O1"].released_until) == (None, None)
    assert hold_open_orders(ctx, row.customer_id, "listed") == 0
    actions = ctx.session.execute(select(LedgerEntry.action).where(LedgerEntry.action == "gate.held")).all()
    assert len(actions) == 2


def test_a_suspension_in_force_holds_what_was_allowed(ctx: Context, people: dict[str, Actor]) -> None:
    customer = make_customer(ctx, "C1", owner_department_id=people["north"].department_id)
    asked(ctx, 10, "O1")
    wanted = NewControl("suspension", reason="Two cheques came back", review_on=ago(-14))
    one = propose(as_(ctx, people, "north"), "C1", wanted)
    approve(as_(ctx, people, "risk"), customer.customer_id, one.id, one.version)
    row = order_by_no(ctx, "C1", "O1")
    assert (row.state, row.reasons[0].code) == (HeldOrderState.WAITING, "held_by_suspension")
    assert codes(asked(ctx, 10, "O1")) == ["held_by_suspension"]
    assert asked(ctx, 10, "O2").decision is GateDecision.HOLD


# --- permissions


def test_a_permission_lets_orders_pass_up_to_its_amount(ctx: Context, people: dict[str, Actor]) -> None:
    row = make_held(ctx, people)
    one = propose_override(
        as_(ctx, people, "north"), "C1", ControlKind.TRADE_LIMIT, ago(-30), "Season's stock", Decimal(500)
    )
    assert asked(ctx, 150, "O2").decision is GateDecision.HOLD
    approve_override(as_(ctx, people, "risk"), one.customer_id, one.id, one.version)
    passed = asked(ctx, 300, "O3")
    assert (passed.decision, codes(passed), passed.limit_left) == (GateDecision.ALLOW, ["override_used"], 500)
    assert passed.reasons[0].params == {"until_on": ago(-30), "kind": "trade_limit"}
    left = asked(ctx, 201, "O4")
    assert (left.decision, codes(left)) == (GateDecision.HOLD, ["order_limit", "override_exhausted"])
    assert asked(ctx, 200, "O5").decision is GateDecision.ALLOW
    (shown,) = overrides(ctx, row.customer_id)
    assert (shown.state, shown.used_amount, shown.approved_by) == (OverrideState.APPROVED, 500, "Risk")
    end_override(as_(ctx, people, "leader"), one.customer_id, one.id, shown.version, "Season is over")
    assert asked(ctx, 150, "O6").decision is GateDecision.HOLD


def test_nobody_permits_what_they_asked_for(ctx: Context, people: dict[str, Actor]) -> None:
    make_held(ctx, people)
    one = propose_override(as_(ctx, people, "risk"), "C1", ControlKind.TRADE_LIMIT, DAY, "Stock")
    with pytest.raises(NotAllowedError, match="You asked"):
        approve_override(as_(ctx, people, "risk"), one.customer_id, one.id, one.version)
    with pytest.raises(NotAllowedError):
        approve_override(as_(ctx, people, "north"), one.customer_id, one.id, one.version)
    declined = decline_override(as_(ctx, people, "risk2"), one.customer_id, one.id, one.version, "Too much")
    assert (declined.state, declined.ended_reason) == (OverrideState.DECLINED, "Too much")


def test_a_listing_and_an_absolute_measure_can_not_be_passed(ctx: Context, people: dict[str, Actor]) -> None:
    row = make_held(ctx, people, force="absolute")
    with pytest.raises(RefusedError, match="absolute"):
        propose_override(as_(ctx, people, "risk"), "C1", ControlKind.TRADE_LIMIT, DAY, "Stock")
    with pytest.raises(RefusedError, match="No such measure"):
        propose_override(as_(ctx, people, "risk"), "C1", ControlKind.GUARANTEE, DAY, "Stock")
    ctx.session.execute(update(Control).values(force="overridable", override_role="risk"))
    one = propose_override(as_(ctx, people, "risk"), "C1", ControlKind.TRADE_LIMIT, DAY, "Stock")
    make_listing(ctx, _customer(ctx), DAY)
    with pytest.raises(RefusedError, match="listed"):
        approve_override(as_(ctx, people, "risk2"), one.customer_id, one.id, one.version)
    assert row.customer_no == "C1"


# --- lists and guards


def test_lists_are_narrowed_and_turned_by_key(ctx: Context, people: dict[str, Actor]) -> None:
    customer = make_customer(ctx, "C1", owner_department_id=people["north"].department_id)
    make_customer(ctx, "C2")
    make_control(ctx, customer.customer_id, order_limit=Decimal(100))
    for place in range(3):
        asked(as_(ctx, people, "north"), 150, f"O{place}")
    asked(ctx, 5, "P1", "C2")
    first = held_orders(ctx, limit=2)
    assert [one.order_no for one in first.rows] == ["O0", "O1"]
    assert [one.order_no for one in held_orders(ctx, cursor=first.after).rows] == ["O2"]
    newest = order_log(ctx, limit=3)
    assert len(newest.rows) == 3
    assert len(order_log(ctx, cursor=newest.after).rows) == 1
    for narrow, numbers in (
        (OrderFilter(decision="allow"), ["P1"]), (OrderFilter(department="NORTH"), ["O2", "O1", "O0"]),
        (OrderFilter(search="O1"), ["O1"]), (OrderFilter(customer_no="C2"), ["P1"]), (OrderFilter(last=ago(1)), []),
        (OrderFilter(state="waiting", first=DAY), ["O2", "O1", "O0"]),
    ):  # fmt: skip
        assert sorted(one.order_no for one in order_log(ctx, narrow).rows) == sorted(numbers)
    with pytest.raises(RefusedError):
        order_log(ctx, cursor="nonsense")
    counts = order_counts(as_(ctx, people, "risk"))
    assert (counts.waiting, counts.waiting_amount, counts.mine) == (3, 450, 3)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE gate_order SET state = 'waiting', settled_at = NULL, settled_reason = NULL WHERE state = 'refused'",
        "UPDATE gate_order SET decision = 'deny'",
        "UPDATE gate_order SET settled_reason = ' '",
        "UPDATE gate_order SET release_role = NULL",
        "UPDATE gate_order SET original_amount = 0",
    ],
)
def test_the_database_refuses_what_no_order_can_be(ctx: Context, people: dict[str, Actor], statement: str) -> None:
    row = make_held(ctx, people)
    refuse_order(as_(ctx, people, "risk"), row.customer_id, row.id, row.version, "No")
    with pytest.raises(DBAPIError), ctx.session.begin_nested():
        ctx.session.execute(text(statement))


def test_many_at_once_keep_to_one_row_and_to_the_limit(module_database: str) -> None:
    with unit_of_work() as ctx:
        customer = make_customer(ctx, "C1")
        make_control(ctx, customer.customer_id, month_limit=Decimal(100))
    order = OrderAsked("C1", Decimal(30))

    def work(order_no: str) -> None:
        with unit_of_work() as ctx:
            ask(ctx, replace(order, order_no=order_no))

    threads = [threading.Thread(target=work, args=(f"O{place % 6}",)) for place in range(12)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with unit_of_work(SYSTEM) as ctx:
        decisions = ctx.session.execute(select(GateOrder.decision)).scalars().all()
        seqs = ctx.session.execute(select(LedgerEntry.seq).where(LedgerEntry.action == "gate.answered")).all()
    assert sorted(decisions) == ["allow"] * 3 + ["hold"] * 3
    assert len(seqs) == 6
