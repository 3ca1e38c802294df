"""The page of the warning rules: reading, trying a change out, saving it, cancelling, with every button used."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from dashboard.components.threshold_words import threshold_name
from services.context import SYSTEM, unit_of_work
from services.early_warnings import RULES, raise_warnings
from services.early_warnings.editions import RuleChange, change_rule, rule_history
from services.early_warnings.simulating import work_on
from services.early_warnings.threshold_names import OF_RULE, THRESHOLDS
from tests.dashboard.opening import Opened, opener
from tests.people import add_person, stand_still
from tests.services.makers import DAY, ago, make_customer, make_department, make_early_warning, make_invoice

NOW = dt.datetime(2025, 6, 30, 4, tzinfo=dt.UTC)


@pytest.fixture
def open_rules(database: str, monkeypatch: pytest.MonkeyPatch) -> Opened:
    stand_still()
    for role in ("risk", "viewer"):
        add_person(role, role, language="en")
    with unit_of_work(SYSTEM, now=NOW) as ctx:
        north = make_department(ctx, "NORTH")
        slow, bad = (
            make_customer(ctx, number, owner_department_id=north.id, name=number) for number in ("SLOW", "BAD")
        )
        make_invoice(ctx, slow, ago(270), 100, paid=((ago(230), 100),))
        make_invoice(ctx, bad, ago(290), 500)
        for customer in (slow, bad):
            make_early_warning(
                ctx, customer, raised_on=ago(240), raised_at=NOW - dt.timedelta(days=240), state="resolved",
                outcome="false_alarm", resolved_at=NOW - dt.timedelta(days=239),
            )  # fmt: skip

    return opener(monkeypatch, "warning_rules")


def said(app: AppTest) -> str:
    return "\n".join([str(one.value) for kind in ("markdown", "caption", "info") for one in app.get(kind)])


def html(app: AppTest) -> str:
    return " ".join(one.value for one in app.get("html"))


def keys(app: AppTest) -> set[str]:
    return {str(one.key) for one in app.button}


def field(app: AppTest, kind: str, name: str) -> object:
    return getattr(app, kind)(key=f"rule-draft-overdue_30-{name}")


def test_the_list_names_every_rule_and_what_can_not_be_computed(open_rules: Opened) -> None:
    app = open_rules("viewer")
    assert html(app).count('<td data-title="Rule">') == len(RULES)
    assert "In the last 90 days the rules raised 0 warnings." in said(app)
    assert "warnings had come before for 1 of 1 customers who turned bad." in said(app)
    assert "50% (1 of 2)*" in html(app)
    assert "Not computed yet: measure disobeyed" in said(app)
    assert "no such rule" in said(open_rules("viewer", rule="nonsense"))


def test_how_well_a_rule_does(open_rules: Opened) -> None:
    app = open_rules("viewer", rule="overdue_30")
    assert [one.value for one in app.title] == ["30 days past due"]
    assert "**2 warnings were raised from Jan 3, 2024 to Jan 1, 2025.**" in said(app)
    assert "100% (2 of 2)*</td>" in html(app), "both were false alarms"
    app.selectbox(key="warning-rule-department").set_value("NORTH").run()
    assert app.query_params["department"] == "NORTH"
    assert "**2 warnings" in said(app)
    app.pills(key="warning-rule-period").set_value("quarter").run()
    assert "No warning was raised from Apr 1, 2025 to Jun 30, 2025." in said(app)


def test_readers_see_what_was_tried_but_change_nothing(open_rules: Opened) -> None:
    app = open_rules("viewer", rule="overdue_30", part="change")
    assert "Risk management changes rules." in said(app)
    assert not keys(app) & {"warning-rule-save", "warning-rule-simulate"}


def test_a_change_is_tried_out_and_saved(open_rules: Opened) -> None:
    app = open_rules(rule="overdue_30", part="change")
    assert app.button(key="warning-rule-simulate").disabled
    field(app, "number_input", "days").set_value(45).run()
    assert "Tried out: Days past due 45 days instead of 30 days." in said(app)
    app.button(key="warning-rule-simulate").click().run()
    with unit_of_work(SYSTEM, now=NOW) as ctx:
        row = ctx.session.execute(text("SELECT id, state, weeks, since, until FROM rule_simulation")).one()
    assert (row.state, row.weeks, row.since, row.until) == ("queued", 53, ago(364), DAY)
    for _week in range(row.weeks):
        with unit_of_work(SYSTEM, now=NOW) as ctx:
            work_on(ctx, row.id)
    app.run()
    assert "**1 warning fewer**; the same number of bad customers is caught." in said(app)
    assert "1 customer falls out" in html(app)
    assert 'data-title="Customer"><a href="/customer?customer=SLOW"' in html(app)
    app.button(key="warning-rule-save").click().run()
    assert [one.value for one in app.error] == ["Give a reason: it is kept with the decision."]
    assert field(app, "number_input", "days").value == 45, "what was written stays"
    field(app, "text_area", "reason").set_value("Half were false alarms").run()
    field(app, "multiselect", "to").set_value(["owner", "@NORTH"]).run()
    field(app, "number_input", "hours-medium-raised").set_value(48).run()
    app.button(key="warning-rule-save").click().run()
    assert [one.value for one in app.error] == []
    with unit_of_work(SYSTEM, now=NOW) as ctx:
        made = rule_history(ctx).newest("overdue_30")
    assert (made.edition, made.rule.thresholds, made.reason, made.changed_by) == (
        1, {"days": 45}, "Half were false alarms", "Risk",
    )  # fmt: skip
    assert (made.addressed.owner, made.addressed.departments) == (True, ("NORTH",))
    assert made.deadline_hours == {"medium": {"raised": 48}}
    assert field(app, "text_area", "reason").value == ""
    assert "An undisputed invoice is 45 days past due or more." in said(app)
    assert [one.value for one in app.title] == ["45 days past due"]
    app.pills(key="warning-rule-part").set_value("history").run()
    assert "Half were false alarms" in html(app)


def test_a_simulation_is_cancelled(open_rules: Opened) -> None:
    app = open_rules(rule="overdue_30", part="change")
    field(app, "number_input", "days").set_value(20).run()
    app.button(key="warning-rule-simulate").click().run()
    (cancel,) = [key for key in keys(app) if key.startswith("warning-rule-cancel-")]
    app.button(key=cancel).click().run()
    assert "The last simulation was cancelled." in said(app)


def test_a_learnt_likelihood_is_taken_over(open_rules: Opened) -> None:
    app = open_rules(rule="overdue_30", part="change")
    assert "Past warnings: 50% (1 of 2) turned bad; 95 % interval 9% to 91%.*" in said(app)
    app.button(key="warning-rule-learnt-warnings").click().run()
    field(app, "text_area", "reason").set_value("Learnt").run()
    app.button(key="warning-rule-save").click().run()
    with unit_of_work(SYSTEM, now=NOW) as ctx:
        made = rule_history(ctx).newest("overdue_30")
    assert (str(made.rule.likelihood.normalize()), made.likelihood_source, made.likelihood_cases) == (
        "0.5",
        "warnings",
        2,
    )
    app.pills(key="warning-rule-part").set_value("history").run()
    assert "learnt from past warnings, n = 2" in html(app)


def test_two_people_change_a_rule_at_once(open_rules: Opened) -> None:
    app = open_rules(rule="overdue_30", part="change")
    field(app, "number_input", "days").set_value(45).run()
    field(app, "text_area", "reason").set_value("Mine").run()
    with unit_of_work(SYSTEM, now=NOW) as ctx:
        change_rule(ctx, "overdue_30", RuleChange(is_active=False), "Theirs", None, 0)
        raise_warnings(ctx, DAY)
    app.button(key="warning-rule-save").click().run()
    assert "Somebody changed this record" in app.error[0].value
    assert "**Switched off: it raises nothing.**" in said(app)


def test_every_threshold_has_a_name() -> None:
    used = {(rule.code, name) for rule in RULES.values() for name in rule.thresholds}
    assert {name for _code, name in used} == set(THRESHOLDS)
    assert set(OF_RULE) <= used
    assert all(threshold_name(RULES[code], name) for code, name in used)
