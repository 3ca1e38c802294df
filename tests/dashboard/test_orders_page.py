"""The orders page: release, refuse, withdraw, permissions, the gate tried out, lists that are narrowed and turned."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from db.enums import GateDecision, HeldOrderState, OverrideState, Role
from db.models import Department
from services.context import Actor, unit_of_work
from services.gate import OrderAsked, ask, away, hold_open_orders, order_by_no, overrides
from services.users.sessions import actor_by_login
from tests.dashboard.assessing_pages import Opened, opener
from tests.people import stand_still
from tests.services.makers import make_customer, make_department, make_user
from tests.services.test_gate import make_control

PEOPLE = {"risk": Role.RISK, "risk2": Role.RISK, "north": Role.BUSINESS, "money": Role.FINANCE}


@pytest.fixture(scope="module")
def company(module_database: str) -> None:
    stand_still()
    with unit_of_work() as ctx:
        north: Department = make_department(ctx, "NORTH")
        for login, role in PEOPLE.items():
            make_user(ctx, login, role, north)
        for number in ("C1", "C2"):
            customer = make_customer(ctx, number, name=f"Works {number}", owner_department_id=north.id)
            make_control(ctx, customer.customer_id, order_limit=Decimal(100), month_limit=Decimal(1000))
        ctx.session.execute(text("UPDATE app_user SET language = 'en'"))


@pytest.fixture
def opened(company: None, monkeypatch: pytest.MonkeyPatch) -> Opened:
    monkeypatch.setattr(away, "_keep_fresh", lambda: None)
    return opener(monkeypatch, "orders")


def person(login: str) -> Actor:
    with unit_of_work() as ctx:
        found = actor_by_login(ctx, login)
    assert found is not None
    return found


def held(order_no: str, amount: int = 150, customer: str = "C1", by: str = "north") -> None:
    with unit_of_work(person(by)) as ctx:
        ask(ctx, OrderAsked(customer, Decimal(amount), order_no=order_no))


def state(order_no: str, customer: str = "C1") -> HeldOrderState | None:
    with unit_of_work() as ctx:
        return order_by_no(ctx, customer, order_no).state


def shown(app: AppTest) -> str:
    return " ".join(one.value for one in app.get("html"))


def words(app: AppTest) -> list[str]:
    return [one.value for one in app.error]


def test_risk_releases_and_refuses_with_a_reason(opened: Opened) -> None:
    held("A1")
    held("A2")
    app = opened("risk", customer="C1", order="A1")
    assert "above the limit of ¥100.00 per order" in shown(app)
    app.button(key="orders-release").click().run()
    assert words(app) == ["Give a reason: who reads the order later has to understand the decision."]
    (box,) = [one for one in app.text_area if str(one.key).startswith("settle-")]
    box.set_value("Paid").run()
    (until,) = [one for one in app.date_input if str(one.key).startswith("settle-")]
    until.set_value(dt.date(2025, 7, 2)).run()
    app.button(key="orders-release").click().run()
    assert (words(app), state("A1")) == ([], HeldOrderState.RELEASED)
    assert app.query_params["order"] == "A2"  # the next one is opened
    (box,) = [one for one in app.text_area if str(one.key).startswith("settle-")]
    assert box.value == ""
    box.set_value("No").run()
    app.button(key="orders-refuse").click().run()
    assert state("A2") is HeldOrderState.REFUSED
    with unit_of_work() as ctx:
        assert order_by_no(ctx, "C1", "A1").released_until == dt.date(2025, 7, 2)


def test_who_asked_withdraws_and_others_only_read(opened: Opened) -> None:
    held("B1")
    assert "orders-release" not in {one.key for one in opened("money", customer="C1", order="B1").button}
    app = opened("north", customer="C1", order="B1")
    app.button(key="orders-withdraw").click().run()
    assert state("B1") is HeldOrderState.WITHDRAWN


def test_a_risk_officer_does_not_decide_on_their_own_order(opened: Opened) -> None:
    held("B2", by="risk")
    app = opened("risk", customer="C1", order="B2")
    assert "orders-release" not in {one.key for one in app.button}
    assert "You asked for this order: somebody else decides on it." in [one.value for one in app.caption]


def test_an_order_that_is_held_after_it_was_allowed_says_both(opened: Opened) -> None:
    with unit_of_work(person("north")) as ctx:
        customer_id = make_customer(ctx, "C9", owner_department_id=ctx.actor.department_id).customer_id
    held("S1", 50, "C9")
    with unit_of_work() as ctx:
        hold_open_orders(ctx, customer_id, "suspended")
    said = shown(opened("money", customer="C9", order="S1"))
    assert "<b>Order held</b> · waiting for: Risk officer · first answer: Order allowed" in said


def test_the_gate_is_tried_out(opened: Opened) -> None:
    app = opened("north")
    app.button(key="orders-ask").click().run()
    app.button(key="orders-ask-now").click().run()
    assert words(app) == ["Name the customer by its number."]
    app.text_input(key="ask-order-customer").set_value("C2")
    app.text_input(key="ask-order-amount").set_value("1,500")
    app.text_input(key="ask-order-currency").set_value("CNY")
    app.number_input(key="ask-order-terms").set_value(30)
    app.text_input(key="ask-order-prepaid").set_value("0")
    app.button(key="orders-ask-now").click().run()
    assert "Order held" in shown(app)
    assert "May still be ordered now: ¥100.00" in shown(app)
    app.text_input(key="ask-order-amount").set_value("70")
    app.text_input(key="ask-order-order").set_value("T1")
    app.button(key="orders-ask-now").click().run()
    assert "Order allowed" in shown(app)
    with unit_of_work() as ctx:
        assert order_by_no(ctx, "C2", "T1").decision is GateDecision.ALLOW
    app.text_input(key="ask-order-amount").set_value("a lot")
    app.button(key="orders-ask-now").click().run()
    assert words(app) == ["“a lot” is not an amount."]


def test_a_permission_is_asked_for_given_and_ended(opened: Opened) -> None:
    app = opened("north", view="permissions")
    app.button(key="orders-permission").click().run()
    app.button(key="override-propose").click().run()
    assert words(app) == ["Something is missing: fill in what the drawer asks for."]
    app.text_input(key="permission-customer").set_value("C2")
    app.selectbox(key="permission-kind").set_value("trade_limit")
    app.date_input(key="permission-until").set_value(dt.date(2025, 7, 31))
    app.text_input(key="permission-amount").set_value("5,000")
    app.text_area(key="permission-reason").set_value("Season")
    app.button(key="override-propose").click().run()
    with unit_of_work() as ctx:
        (one,) = overrides(ctx)
    assert (one.state, one.limit_amount, one.reason) == (OverrideState.PROPOSED, 5000, "Season")
    name = f"{one.customer_id}-{one.id}"
    app = opened("risk", view="permissions")
    app.button(key=f"override-approve-{name}").click().run()
    with unit_of_work() as ctx:
        assert overrides(ctx)[0].state is OverrideState.APPROVED
    app.text_area(key=f"override-why-{name}").set_value("Over").run()
    app.button(key=f"override-end-{name}").click().run()
    with unit_of_work() as ctx:
        assert overrides(ctx) == ()


def test_the_log_is_narrowed_and_turned(opened: Opened) -> None:
    for place in range(51):
        held(f"L{place:02}", 10, "C2")
    app = opened("money", view="log", search="L")
    rows = [str(one.key) for one in app.button if str(one.key).startswith("glopen-order-")]
    assert len(rows) == 50
    app.button(key="orders-on").click().run()
    assert len([one for one in app.button if str(one.key).startswith("glopen-order-")]) == 1
    app.button(key="orders-top").click().run()
    app.selectbox(key="orders-decision").set_value("deny").run()
    assert [one.value for one in app.info] == ["Nothing fits these filters."]
    app.button(key="orders-clear").click().run()
    assert "orders-on" in {one.key for one in app.button}
    app.selectbox(key="orders-state").set_value("waiting").run()
    app.selectbox(key="orders-department").set_value("NORTH").run()
    app.date_input(key="orders-from").set_value(dt.date(2025, 7, 1)).run()
    app.date_input(key="orders-to").set_value(dt.date(2025, 7, 1)).run()
    app.text_input(key="triage-search").set_value("zz").run()
    assert {name: app.query_params[name] for name in ("from", "to", "state", "search")} == {
        "from": "2025-07-01", "to": "2025-07-01", "state": "waiting", "search": "zz",
    }  # fmt: skip
    app.button(key="orders-clear").click().run()
    app.pills(key="orders-view").set_value("").run()
    assert "view" not in app.query_params


def test_the_rows_and_the_steps_open_an_order(opened: Opened) -> None:
    held("XQ1", 200, "C2")
    held("XQ2", 200, "C2")
    app = opened("money", search="XQ")
    first, second = [one for one in app.button if str(one.key).startswith("glopen-order-")]
    second.click().run()
    assert "XQ2 · C2" in shown(app)
    app.button(key="orders-previous").click().run()
    assert "XQ1 · C2" in shown(app)
    app.button(key="orders-next").click().run()
    assert "XQ2 · C2" in shown(app)
    app.button(key="triage-back").click().run()
    assert "order" not in app.query_params
    assert first.key is not None


def test_the_customer_page_shows_limits_and_latest_orders(company: None, monkeypatch: pytest.MonkeyPatch) -> None:
    held("K1", 300, "C1")
    app = opener(monkeypatch, "customer")("money", customer="C1", tab="orders")
    assert "May still be ordered" in shown(app)
    assert "K1" in shown(app)
