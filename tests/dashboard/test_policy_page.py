"""The page of the policy: its five parts, and changing a setting by two people, with every button used."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from dashboard.components.rule_words import WHEN, when_text
from dashboard.components.setting_words import CLAUSES, setting_text
from dashboard.i18n import using_language
from services.context import unit_of_work
from services.early_warnings import RULES
from services.policy import DEFINITIONS, set_policy
from services.policy_settings import SettingUnit
from services.scoring import ensure_default_scorecard
from tests.dashboard.opening import Opened, opener
from tests.people import add_person, stand_still


@pytest.fixture
def open_policy(database: str, monkeypatch: pytest.MonkeyPatch) -> Opened:
    stand_still()
    for role in ("admin", "leader", "risk", "viewer"):
        add_person(role, role, language="en")

    return opener(monkeypatch, "policy")


def proposals() -> list[tuple[object, ...]]:
    with unit_of_work() as ctx:
        found = text(
            "SELECT p.key, p.value->>'text', p.effective_from, p.state, a.login, d.login, p.decision_note "
            "FROM setting_proposal p JOIN app_user a ON a.id = p.proposed_by "
            "LEFT JOIN app_user d ON d.id = p.decided_by ORDER BY p.id"
        )
        return [tuple(row) for row in ctx.session.execute(found)]


def settings() -> list[tuple[object, ...]]:
    with unit_of_work() as ctx:
        found = text(
            "SELECT key, value->>'text', effective_from, set_by FROM setting WHERE key <> 'business_date' ORDER BY id"
        )
        return [tuple(row) for row in ctx.session.execute(found)]


def entries() -> list[tuple[str, str]]:
    with unit_of_work() as ctx:
        found = text("SELECT actor, action FROM ledger_entry WHERE action LIKE 'policy.%' ORDER BY seq")
        return [(row.actor, row.action) for row in ctx.session.execute(found)]


def html(app: AppTest) -> str:
    return " ".join(one.value for one in app.get("html"))


def keys(app: AppTest) -> set[str]:
    return {str(one.key) for one in app.button}


def propose(app: AppTest, value: str = "10", reason: str = "Too long") -> AppTest:
    app.selectbox(key="policy-key").set_value("identification_days").run()
    app.text_input(key="policy-value").set_value(value)
    app.date_input(key="policy-since").set_value(dt.date(2025, 7, 1))
    app.text_area(key="policy-reason").set_value(reason)
    return app.button(key="policy-propose").click().run()


PROPOSED = ("identification_days", "10", dt.date(2025, 7, 1), "proposed", "admin", None, None)


def test_settings_are_grouped_by_clause_with_their_values_in_words(open_policy: Opened) -> None:
    with unit_of_work() as ctx:
        set_policy(ctx, "arrears_days", "60", dt.date(2025, 7, 1))
    shown = html(open_policy("viewer"))
    assert shown.index("Clause 2.2: Assessment process") < shown.index("Clause 2.3: Identification")
    for value in ("15 days", "2 notices", "85%", "4 per 1,000 customers", "CNY", "20 cases", "Asia/Shanghai"):
        assert f'<span class="gl-strong">{value}</span>' in shown
    assert "60 days from Jul 1, 2025" in shown
    assert open_policy("viewer").markdown[0].value == (
        f"{len(DEFINITIONS)} settings are in force on Jun 30, 2025. "
        "1 differs from what ships. 1 value is still to come."
    )


def test_the_history_opens_on_demand(open_policy: Opened) -> None:
    with unit_of_work() as ctx:
        set_policy(ctx, "arrears_days", "60")
    app = open_policy("viewer")
    assert '<th scope="col">Set</th>' not in html(app)
    app.session_state["policy-history"] = True
    app.run()
    assert '<td data-title="Value">60 days</td>' in html(app)


def test_the_four_open_questions_stand_with_their_settings(open_policy: Opened) -> None:
    shown = html(open_policy("viewer", part="open"))
    assert shown.count('class="gl-question"') == 4
    assert "Days from the first objective sign to the decision: <b>15 days</b>" in shown
    assert "Days after a final assessment in which it proves right or wrong: <b>180 days</b>" in shown


def test_the_scorecard_in_force_is_said_in_words(open_policy: Opened) -> None:
    assert [one.value for one in open_policy("viewer", part="scorecard").info] == [
        "No scorecard is in force yet. The first scoring puts the one that ships into force."
    ]
    with unit_of_work() as ctx:
        ensure_default_scorecard(ctx)
    with unit_of_work() as ctx:
        ctx.session.execute(text("UPDATE data_version SET version = version + 1"))
        ctx.session.execute(text("INSERT INTO data_version VALUES ('scores', 1, now()) ON CONFLICT DO NOTHING"))
    app = open_policy("viewer", part="scorecard")
    words = [one.value for one in app.markdown]
    assert "Scorecard default, edition 1, in force since Jun 30, 2025. It ships with the product." in words
    assert (
        "Scores run from 0 to 100, higher is riskier: low below 35, medium from 35, high from 55, critical from 70. "
        "Whoever is listed is at least critical. Whoever has an invoice 90 days past due or more is at least critical."
    ) in words
    assert '<td class="gl-right" data-title="Weight">30%</td>' in html(app)


def test_rules_and_metrics(open_policy: Opened) -> None:
    app = open_policy("viewer", part="rules")
    assert "further evidence joins it" in app.markdown[1].value
    app = open_policy("viewer", part="metrics")
    assert html(app).count('<td data-title="Metric">') == 4
    assert "Definitions, version 1." in app.markdown[1].value


def test_a_part_is_chosen_by_a_click_and_stands_in_the_address(open_policy: Opened) -> None:
    app = open_policy("viewer")
    app.button_group(key="policy-part").set_value("rules").run()
    assert app.query_params["part"] in ("rules", ["rules"])
    assert "The queue's order is money at risk × likelihood × time left." in app.markdown[1].value


def test_an_administrator_proposes_and_a_leader_approves(open_policy: Opened) -> None:
    app = propose(open_policy("admin"))
    assert [one.value for one in app.toast] == ["Proposed: another person decides on it"]
    assert (proposals(), settings()) == ([PROPOSED], [])
    assert "15 days becomes 10 days from Jul 1, 2025 on." in html(app)
    assert app.text_input(key="policy-value").value == ""
    assert {"proposal-approve-1", "proposal-reject-1"} & keys(app) == set()

    app = open_policy("leader")
    assert "policy-propose" not in keys(app)
    app.button(key="proposal-approve-1").click().run()
    assert [one.value for one in app.error] == []
    assert proposals() == [(*PROPOSED[:3], "approved", "admin", "leader", None)]
    assert settings() == [("identification_days", "10", dt.date(2025, 7, 1), "leader")]
    assert entries() == [("admin", "policy.proposed"), ("leader", "policy.approved")]
    assert "10 days from Jul 1, 2025" in html(app)
    assert "proposal-approve-1" not in keys(app)


def test_a_rejection_needs_a_reason(open_policy: Opened) -> None:
    propose(open_policy("admin"))
    app = open_policy("risk")
    app.button(key="proposal-reject-1").click().run()
    assert [one.value for one in app.error] == ["Give a reason: it is kept with the decision."]
    assert proposals() == [PROPOSED]
    app.text_input(key="proposal-reason-1").set_value("The courts need longer")
    app.button(key="proposal-reject-1").click().run()
    assert proposals() == [(*PROPOSED[:3], "rejected", "admin", "risk", "The courts need longer")]
    assert (settings(), entries()) == ([], [("admin", "policy.proposed"), ("risk", "policy.rejected")])


def test_a_proposal_can_be_taken_back(open_policy: Opened) -> None:
    app = propose(open_policy("admin"))
    app.button(key="proposal-withdraw-1").click().run()
    assert proposals() == [(*PROPOSED[:3], "withdrawn", "admin", "admin", None)]
    assert entries() == [("admin", "policy.proposed"), ("admin", "policy.withdrawn")]


def test_a_wrong_value_is_refused_and_what_was_written_stays(open_policy: Opened) -> None:
    app = propose(open_policy("admin"), value="ten")
    assert [one.value for one in app.error] == [
        "“ten” is not a valid value of “Days from the first objective sign to the decision”."
    ]
    assert (proposals(), entries()) == ([], [])
    assert app.text_input(key="policy-value").value == "ten"
    assert app.text_area(key="policy-reason").value == "Too long"


def test_who_comes_second_is_told(open_policy: Opened) -> None:
    propose(open_policy("admin"))
    app = open_policy("risk")
    open_policy("leader").button(key="proposal-approve-1").click().run()
    app.button(key="proposal-approve-1").click().run()
    assert [one.value for one in app.error] == [
        "Somebody changed this record while you were looking at it. Reload and decide again."
    ]
    assert entries() == [("admin", "policy.proposed"), ("leader", "policy.approved")]


def test_readers_see_what_waits_and_decide_nothing(open_policy: Opened) -> None:
    propose(open_policy("admin"))
    app = open_policy("viewer")
    assert "Waiting for a second person" in html(app)
    assert {"proposal-approve-1", "proposal-reject-1", "proposal-withdraw-1", "policy-propose"} & keys(app) == set()


def test_every_rule_has_a_sentence_that_names_all_its_thresholds() -> None:
    assert set(WHEN) == set(RULES)
    with using_language("en"):
        for rule in RULES.values():
            assert "%(" not in when_text(rule)
            assert {name for name in rule.thresholds if f"%({name})s" not in WHEN[rule.code]} == set()


def test_every_clause_of_a_setting_has_a_title() -> None:
    assert {one.clause for one in DEFINITIONS} <= set(CLAUSES)


@pytest.mark.parametrize(
    ("unit", "value", "words"),
    [
        (SettingUnit.DAYS, 1, "1 day"),
        (SettingUnit.DAYS, 1000, "1,000 days"),
        (SettingUnit.NOTICES, 0, "0 notices"),
        (SettingUnit.RATIO, Decimal("0.85"), "85%"),
        (SettingUnit.RATIO, Decimal("0.855"), "85.5%"),
        (SettingUnit.PER_THOUSAND, Decimal("4.5"), "4.5 per 1,000 customers"),
        (SettingUnit.DATE, None, "today"),
        (SettingUnit.DATE, dt.date(2025, 6, 30), "Jun 30, 2025"),
        (SettingUnit.CURRENCY, "CNY", "CNY"),
        (SettingUnit.CASES, 20, "20 cases"),
    ],
)
def test_a_value_reads_with_its_unit(unit: SettingUnit, value: object, words: str) -> None:
    with using_language("en"):
        assert setting_text(unit, value) == words
