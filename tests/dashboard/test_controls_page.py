"""The measures page and the customer's tab: every widget that changes something is used, and each role sees its own."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from dashboard.cli import make_app
from services import controls, data_versions, guarantees
from services.context import SYSTEM, unit_of_work
from services.controls import ControlRow, Demands
from services.controls.plan_rules import plan_history
from services.guarantees import GuaranteeFilter, GuaranteeRow, NewGuarantee
from tests.dashboard.assessing_pages import NOON, Opened, errors, keys, opener, shown
from tests.people import stand_still
from tests.services.controls_scene import Scene, make_scene
from tests.services.makers import ago, make_customer, make_invoice


@pytest.fixture(scope="module")
def scene(module_database: str) -> Scene:
    stand_still()
    with unit_of_work(SYSTEM, now=NOON) as ctx:
        made = make_scene(ctx)
        ctx.session.expire_on_commit = False
        ctx.session.execute(text("UPDATE app_user SET language = 'en'"))
    return made


@pytest.fixture
def opened(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Opened:
    return opener(monkeypatch, "controls")


@contextmanager
def at_work(scene: Scene) -> Iterator[Scene]:
    """The company in a transaction that is committed at the end."""
    with unit_of_work(SYSTEM, now=NOON) as ctx:
        yield replace(scene, ctx=ctx)


def customer(scene: Scene, number: str) -> Scene:
    """A customer of a test's own."""
    with at_work(scene) as there:
        department = there.business.department_id
        made = make_customer(there.ctx, number, owner_department_id=department, risk_level="high")
        data_versions.bump(there.ctx, "customers")
        there.ctx.session.expire_on_commit = False
    return replace(scene, customer=made)


def proposed(scene: Scene, **values: object) -> dict[str, str]:
    with at_work(scene) as there:
        row = there.propose(**values)  # type: ignore[arg-type]
    return {"control": f"{row.customer_id}.{row.id}"}


def active(scene: Scene, **values: object) -> dict[str, str]:
    with at_work(scene) as there:
        row = there.active(**values)
    return {"control": f"{row.customer_id}.{row.id}", "view": "active"}


def newest(number: str) -> ControlRow:
    with unit_of_work() as ctx:
        return max(controls.history(ctx, number), key=lambda row: row.id)


def _days(count: int) -> dt.date:
    return ago(-count)


def reopened(app: AppTest, opener_key: str, key: str, value: object) -> None:
    """Choose in a drawer what the rest depends on. Every change closes a drawer in these tests: what was chosen is
    there when it is opened again."""
    widget = next(one for one in [*app.selectbox, *app.text_input, *app.toggle, *app.pills] if one.key == key)
    widget.set_value(value).run()
    app.button(key=opener_key).click().run()


def test_a_proposal_is_made_and_approved_by_another(scene: Scene, opened: Opened) -> None:
    own = customer(scene, "P-1")
    app = opened("north")
    app.button(key="controls-propose").click().run()
    reopened(app, "controls-propose", "propose--:customer_no", "P-1")
    reopened(app, "controls-propose", "propose--:kind", "prepayment")
    app.button(key="propose.save").click().run()
    app.button(key="controls-propose").click().run()
    assert errors(app) == ["Something is missing: fill in what the drawer asks for."]
    reopened(app, "controls-propose", "propose--:has_end", False)
    app.number_input(key="propose--:prepaid_share").set_value(30.0)
    app.selectbox(key="propose--:force").set_value("leader")
    app.selectbox(key="propose--:owner_id").set_value(own.business.user_id)
    app.text_area(key="propose--:reason").set_value("Their bank gave notice")
    app.date_input(key="propose--:review_on").set_value(_days(14))
    app.button(key="propose.save").click().run()
    row = newest("P-1")
    assert (row.state, row.demands, row.owner) == ("proposed", Demands(prepaid_share=Decimal("0.3")), "North")
    assert (row.override_role, row.review_on, row.expires_on) == ("leader", _days(14), None)
    assert {"controls-withdraw"} <= keys(app)
    assert not {"controls-approve", "controls-lift"} & keys(app)

    app = opened("risk", control=f"{row.customer_id}.{row.id}")
    assert "30% paid in advance" in shown(app)
    app.button(key="controls-approve").click().run()
    assert (newest("P-1").state, errors(app)) == ("active", [])


def test_a_proposal_is_taken_back_or_declined(scene: Scene, opened: Opened) -> None:
    own = customer(scene, "P-2")
    app = opened("risk", **proposed(own))
    app.button(key="controls-withdraw").click().run()
    assert newest("P-2").ended_as == "withdrawn"
    app = opened("risk2", **proposed(own))
    app.button(key="controls-decline").click().run()
    app.button(key="drawer.save").click().run()
    app.button(key="controls-decline").click().run()
    assert errors(app) == ["Something is missing: fill in what the drawer asks for."]
    row = newest("P-2")
    app.text_area(key=f"decline-{row.customer_id}-{row.id}:reason").set_value("Paid today")
    app.button(key="drawer.save").click().run()
    assert (newest("P-2").ended_as, newest("P-2").end_reason) == ("declined", "Paid today")


def test_a_measure_is_reviewed_extended_changed_and_lifted(scene: Scene, opened: Opened) -> None:
    own = customer(scene, "P-3")
    address = active(own, expires_on=_days(10))
    row = newest("P-3")
    name = f"{row.customer_id}-{row.id}"
    app = opened("risk", **address)
    app.button(key="controls-review").click().run()
    app.text_area(key=f"review-{name}:effect").set_value("Orders fell")
    app.date_input(key=f"review-{name}:next_review_on").set_value(_days(20))
    app.button(key="drawer.save").click().run()
    assert (newest("P-3").effect, newest("P-3").review_on) == ("Orders fell", _days(20))

    app.button(key="controls-extend").click().run()
    app.date_input(key=f"extend-{name}:expires_on").set_value(_days(40))
    app.text_area(key=f"extend-{name}:reason").set_value("Still late")
    app.button(key="drawer.save").click().run()
    assert (newest("P-3").expires_on, errors(app)) == (_days(40), [])

    app.button(key="controls-change").click().run()
    draft = "propose-P-3-trade_limit"
    assert app.number_input(key=f"{draft}:order_limit").value == 1000
    app.number_input(key=f"{draft}:order_limit").set_value(400.0)
    app.text_area(key=f"{draft}:reason").set_value("Splits orders")
    app.button(key="propose.save").click().run()
    assert newest("P-3").demands.order_limit == 400
    assert "It replaces the one in force: orders of at most" in " ".join(one.value for one in app.info)

    app = opened("risk", **address)
    app.button(key="controls-lift").click().run()
    app.radio(key=f"lift-{name}:ended_as").set_value("unfounded")
    app.text_area(key=f"lift-{name}:reason").set_value("Another company")
    app.button(key="drawer.save").click().run()
    with unit_of_work() as ctx:
        lifted = controls.control_by_id(ctx, row.customer_id, row.id)
    assert (lifted.ended_as, lifted.end_reason) == ("unfounded", "Another company")
    app = opened("north", tab="effect")
    assert "Another company" in shown(app)
    app.selectbox(key="effect-period").set_value("90").run()
    assert (app.query_params["period"], "Another company" in shown(app)) == ("90", True)


def test_many_are_approved_after_a_preview_and_a_change_meanwhile_is_told(scene: Scene, opened: Opened) -> None:
    one, other = customer(scene, "P-4"), customer(scene, "P-5")
    proposed(one, actor=scene.business), proposed(other, actor=scene.business)
    rows = [newest("P-4"), newest("P-5")]
    app = opened("risk2", search="P-")
    for row in rows:
        app.checkbox(key=f"tick-{row.customer_id}-{row.id}-{row.version}").check()
    app.run()
    app.button(key="controls-bulk").click().run()
    assert "2 measures come into force:" in [one.value for one in app.markdown]
    with at_work(scene) as there:
        controls.decline(there.by(there.risk), rows[0].customer_id, rows[0].id, rows[0].version, "Paid")
    app.button(key="drawer.save").click().run()
    assert errors(app) == ["Nothing was changed: 1 of the 2 measures chosen can't be approved."]
    assert newest("P-5").state == "proposed"
    app = opened("risk2", search="P-5")
    app.checkbox(key=f"tick-{rows[1].customer_id}-{rows[1].id}-{rows[1].version}").check().run()
    app.button(key="controls-bulk").click().run()
    app.button(key="drawer.save").click().run()
    assert newest("P-5").state == "active"


def test_the_lists_are_narrowed_and_walked_through(scene: Scene, opened: Opened) -> None:
    own = customer(scene, "Q-6")
    proposed(own), proposed(own, kind="suspension")
    app = opened("viewer", search="Q-6")
    assert not {"controls-propose", "controls-approve", "controls-withdraw"} & keys(app)
    first = app.query_params.get("control")
    app.button(key="controls-next").click().run()
    assert app.query_params.get("control") != first
    app.button(key="controls-previous").click().run()
    app.selectbox(key="controls-kind").set_value("guarantee").run()
    app.selectbox(key="controls-task").set_value("approve").run()
    assert "Nothing fits these filters." in [one.value for one in app.info]
    app.button(key="controls-clear").click().run()
    assert "kind" not in app.query_params
    app.pills(key="controls-view").set_value("ended").run()
    assert app.query_params["view"] == "ended"


def test_a_rule_is_tried_out_changed_and_decided_on(scene: Scene, opened: Opened) -> None:
    own = customer(scene, "P-7")
    with at_work(own) as there:
        make_invoice(there.ctx, own.customer, ago(-10), 90_000)
        data_versions.bump(there.ctx, "trade")
    app = opened("risk", tab="rules")
    app.button(key="plan-change-no_guarantee").click().run()
    draft = "rule-no_guarantee-0"
    app.number_input(key=f"{draft}:value1").set_value(80_000.0)
    app.number_input(key=f"{draft}:guarantee_value_value").set_value(60.0)
    app.button(key="rule.try").click().run()
    app.button(key="plan-change-no_guarantee").click().run()
    tried = " ".join(one.value for one in app.info)
    assert "it would propose a measure for 1 customer who owe" in tried
    assert "As it is now, it means 0 customers." in tried
    assert "Customer P-7 · high · ¥90K · guarantees of ¥54K" in shown(app)
    app.button(key="rule.save").click().run()
    app.button(key="plan-change-no_guarantee").click().run()
    assert errors(app) == ["Something is missing: fill in what the drawer asks for."]
    app.text_area(key=f"{draft}:reason").set_value("Smaller debts too")
    app.button(key="rule.save").click().run()
    assert (errors(app), "plan-withdraw-no_guarantee" in keys(app)) == ([], True)

    app = opened("risk2", tab="rules")
    app.button(key="plan-reject-no_guarantee").click().run()
    with unit_of_work() as ctx:
        waits = plan_history(ctx).waiting("no_guarantee")
    assert waits is not None
    assert (waits.rule.conditions[1].value, waits.rule.demands["guarantee_value"].value) == (80_000, Decimal("0.6"))
    assert waits.rule.demands["guarantee_value"].step == 1_000
    app.text_area(key=f"plan-reject-{waits.id}:reason").set_value("Not yet")
    app.button(key="drawer.save").click().run()
    app.toggle(key="plan-history-no_guarantee").set_value(True).run()
    assert "Not yet" in shown(app)


def test_a_rule_is_switched_off_by_two_people(scene: Scene, opened: Opened) -> None:
    app = opened("risk", tab="rules")
    for edition in (0, 1):
        app.button(key="plan-change-high_watch").click().run()
        app.toggle(key=f"rule-high_watch-{edition}:is_active").set_value(False)
        app.text_area(key=f"rule-high_watch-{edition}:reason").set_value("Too many looks")
        app.button(key="rule.save").click().run()
        if edition == 0:
            app.button(key="plan-withdraw-high_watch").click().run()
    app = opened("risk2", tab="rules")
    app.button(key="plan-approve-high_watch").click().run()
    with unit_of_work() as ctx:
        now = plan_history(ctx).on("high_watch", ago(0))
    assert now is not None
    assert (now.edition, now.rule.is_active) == (2, False)


def test_a_rule_of_ones_own_is_made_and_the_plan_followed(scene: Scene, opened: Opened) -> None:
    customer(scene, "P-8")
    app = opened("risk", tab="rules")
    app.button(key="plan-new").click().run()
    draft = "rule-new_rule-0"
    reopened(app, "plan-new", f"{draft}:kind", "prepayment")
    reopened(app, "plan-new", f"{draft}:fact0", "worst_days")
    app.text_input(key=f"{draft}:code").set_value("own_rule")
    app.text_input(key=f"{draft}:title").set_value("Our own")
    app.pills(key=f"{draft}:levels").set_value(["critical"])
    app.selectbox(key=f"{draft}:dimension").set_value("industry")
    app.number_input(key=f"{draft}:value0").set_value(10.0)
    app.number_input(key=f"{draft}:prepaid_share_value").set_value(25.0)
    app.text_area(key=f"{draft}:reason").set_value("Industry is weak")
    app.button(key="rule.save").click().run()
    with unit_of_work() as ctx:
        waits = plan_history(ctx).waiting("own_rule")
    assert waits is not None
    assert (waits.rule.dimension, waits.rule.levels, waits.rule.conditions[0].value) == ("industry", ("critical",), 10)
    app.button(key="plan-follow").click().run()
    assert (errors(app), newest("P-8").plan_rule is not None) == ([], True)
    assert not {"plan-follow", "plan-new"} & keys(opened("north", tab="rules"))


def test_guarantees_are_entered_renewed_and_released(scene: Scene, opened: Opened) -> None:
    own = customer(scene, "P-9")
    active(own, kind="guarantee", demands=Demands(guarantee_value=Decimal(9_000)))
    app = opened("north", tab="guarantees", search="P-9")
    assert "security that a measure demands" in " ".join(one.value for one in app.markdown)
    app.button(key="guarantee-new").click().run()
    app.text_input(key="guarantee:customer_no").set_value("P-9")
    app.text_input(key="guarantee:guarantee_no").set_value("G-77")
    app.button(key="drawer.save").click().run()
    app.button(key="guarantee-new").click().run()
    assert errors(app) == ["Something is missing: fill in what the drawer asks for."]
    app.number_input(key="guarantee:value").set_value(9_500.0)
    app.date_input(key="guarantee:expires_on").set_value(_days(90))
    app.button(key="drawer.save").click().run()
    assert (errors(app), "G-77 · Deposit" in shown(app)) == ([], True)

    row = _guarantee("P-9")
    app.button(key="guarantee-renew").click().run()
    draft = f"renew-{row.customer_id}-{row.id}-{row.version}"
    app.date_input(key=f"{draft}:expires_on").set_value(_days(200))
    app.number_input(key=f"{draft}:value").set_value(9_900.0)
    app.button(key="drawer.save").click().run()
    assert (_guarantee("P-9").expires_on, _guarantee("P-9").value) == (_days(200), 9_900)

    app.button(key="guarantee-release").click().run()
    app.text_area(key=f"release-{row.customer_id}-{row.id}:reason").set_value("Paid in full")
    app.button(key="drawer.save").click().run()
    assert _guarantee("P-9").state == "released"
    app.selectbox(key="guarantees-state").set_value("released").run()
    assert "G-77" in shown(app)


def _guarantee(number: str) -> GuaranteeRow:
    with unit_of_work() as ctx:
        customer_id = controls.history(ctx, number)[0].customer_id
        filters = GuaranteeFilter(customer_id=customer_id)
        return (
            guarantees.register(ctx, filters).rows or guarantees.register(ctx, replace(filters, state="released")).rows
        )[0]


def test_the_customers_tab_shows_and_proposes(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    own = customer(scene, "P-10")
    active(own)
    with at_work(own) as there:
        new = NewGuarantee("G-10", "pledge", Decimal(100))
        guarantees.add_guarantee(there.by(there.business), "P-10", new)
    app: AppTest = opener(monkeypatch, "customer")("risk", customer="P-10", tab="measures")
    assert "orders of at most" in shown(app)
    assert "G-10" in shown(app)
    app.button(key="customer-propose").click().run()
    reopened(app, "customer-propose", "propose-P-10-:kind", "suspension")
    app.text_area(key="propose-P-10-:reason").set_value("Nobody answers")
    app.button(key="propose.save").click().run()
    assert (newest("P-10").kind, newest("P-10").state, errors(app)) == ("suspension", "proposed", [])


def test_the_command_line_lists_proposes_and_plans(scene: Scene) -> None:
    customer(scene, "P-11")
    run = CliRunner()

    def json_of(*words: str) -> Any:
        result = run.invoke(make_app("controls"), ["controls", *words, "--json"])
        assert result.exit_code == 0, result.output
        return json.loads(result.output)

    (row,) = json_of(
        "propose", "P-11", "trade_limit", "--reason", "Late", "--review-on", "2025-07-10", "--demand", "order_limit=500"
    )
    assert (row["state"], row["demands"], row["customer_no"]) == ("proposed", {"order_limit": "500.0000"}, "P-11")
    (held,) = json_of("approve", "P-11", str(row["id"]))
    assert held["state"] == "active"
    (seen,) = json_of("review", "P-11", str(row["id"]), "--effect", "Fell", "--next-on", "2025-08-01")
    assert seen["effect"] == "Fell"
    (ended,) = json_of("lift", "P-11", str(row["id"]), "--reason", "Paid")
    assert ended["ended_as"] == "no_longer_needed"
    assert [one["id"] for one in json_of("show", "P-11")] == [row["id"]]
    planned = json_of("plan", "--dry-run", "--customer", "P-11")
    assert (planned["is_dry_run"], planned["proposed"]) == (True, 0)
    assert run.invoke(make_app("controls"), ["controls", "list", "ended"]).exit_code == 0
