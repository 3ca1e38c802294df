"""The page of the ledger: sentences, filters in the address, pages, verification; and words for every action."""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from dashboard.components.ledger_words import ACTIONS, FIELDS, GROUP_ACTIONS, GROUPS, field_text
from dashboard.i18n import using_language
from db.enums import Role
from db.models import Assessment, EarlyWarning, InformationRequest, SiteVisit
from services import ledger
from services.context import SYSTEM, Actor, Context, unit_of_work
from services.ledger_reads import BOOKKEEPING
from tests.dashboard.opening import Opened, opener
from tests.people import add_person, stand_still
from tests.services.makers import make_customer

ROOT = Path(__file__).parents[2]
NOON = dt.datetime(2025, 6, 30, 4, tzinfo=dt.UTC)


@pytest.fixture
def open_ledger(database: str, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Three entries on June 30, by the system and a risk officer; the set-up's own are from before."""
    stand_still()
    for role in ("auditor", "risk", "viewer"):
        add_person(role, role, language="en")
    with unit_of_work(SYSTEM, now=NOON) as ctx:
        customer = make_customer(ctx, "C-1", name="Firm <b>")
        risk = Context(ctx.session, Actor("risk", "Risk", Role.RISK), NOON + dt.timedelta(minutes=1))
        ledger.record(
            risk, "early_warning.snoozed", f"early_warning:{customer.customer_id}:7", customer_id=customer.customer_id,
            before={"state": "raised", "snoozed_until": None, "version": 1},
            after={"state": "acting", "snoozed_until": "2025-07-10", "version": 2}, note="Waits <i>",
        )  # fmt: skip
        ledger.record(ctx, "policy.set", "setting:arrears_days", before={"value": "90"}, after={"value": "60"})
        ledger.record(ctx, "import.invoices", "import_batch:1", after={"file": "june.csv", "rows": 3})
        ledger.record(ctx, "odd.happening", "thing:1")

    return opener(monkeypatch, "ledger")


def lines(app: AppTest) -> list[str]:
    """The entries' sentences, newest first."""
    parts = " ".join(one.value for one in app.get("html")).split('<div class="gl-entry-what"><div>')[1:]
    return [part.partition("</div>")[0] for part in parts]


def asked(app: AppTest, name: str) -> str | None:
    value = app.query_params.get(name)
    return value[0] if isinstance(value, list) else value


DAY = {"from": "2025-06-30", "to": "2025-06-30"}
WARNED = "Risk snoozed a warning · <b>Firm &lt;b&gt; (C-1)</b>"
SET = "The system set a setting · <b>Days past due from which arrears call for identification</b>"


def test_entries_read_as_sentences(open_ledger: Opened) -> None:
    app = open_ledger("auditor", **DAY)
    assert lines(app) == [
        WARNED, "The system: odd.happening", "The system imported Invoices · <b>june.csv</b>", SET,
    ]  # fmt: skip
    shown = " ".join(one.value for one in app.get("html"))
    assert "“Waits &lt;i&gt;”" in shown
    assert "<span>State</span><span>Awaiting acknowledgement</span><span>Being acted on</span>" in shown
    assert "<span>Snoozed until</span><span>—</span><span>Jul 10, 2025</span>" in shown
    assert "<span>Value</span><span>90 days</span><span>60 days</span>" in shown
    assert "version" not in shown.partition("gl-entry")[2]


def test_filters_stand_in_the_address(open_ledger: Opened) -> None:
    app = open_ledger("auditor", **DAY)
    app.selectbox(key="ledger-who").set_value("risk").run()
    assert (lines(app), asked(app, "who")) == ([WARNED], "risk")
    app.selectbox(key="ledger-who").set_value("").run()
    app.selectbox(key="ledger-what").set_value("policy").run()
    assert (lines(app), asked(app, "what")) == ([SET], "policy")
    app.selectbox(key="ledger-what").set_value("").run()
    app.text_input(key="ledger-customer").set_value("C-1").run()
    assert (lines(app), asked(app, "customer")) == ([WARNED], "C-1")


def test_days_are_picked(open_ledger: Opened) -> None:
    app = open_ledger("auditor")
    app.date_input(key="ledger-to").set_value(dt.date(2025, 6, 30)).run()
    app.date_input(key="ledger-from").set_value(dt.date(2025, 6, 30)).run()
    assert (len(lines(app)), asked(app, "from"), asked(app, "to")) == (4, "2025-06-30", "2025-06-30")
    app.date_input(key="ledger-to").set_value(None).run()
    assert asked(app, "to") is None


def test_nothing_for_the_filters_says_so_and_leads_back(open_ledger: Opened) -> None:
    app = open_ledger("auditor", customer="nobody")
    assert [one.value for one in app.info] == ["No entry fits these filters."]
    app.button(key="ledger-clear").click().run()
    assert asked(app, "customer") is None
    assert WARNED in lines(app)


def test_older_entries_and_back(open_ledger: Opened) -> None:
    with unit_of_work(SYSTEM, now=NOON - dt.timedelta(days=3)) as ctx:
        for place in range(60):
            ledger.record(ctx, "session.started", f"app_user:{place}")
    app = open_ledger("auditor", to="2025-06-27")
    assert (len(lines(app)), "ledger-newest" in {one.key for one in app.button}) == (50, False)
    app.button(key="ledger-older").click().run()
    assert len(lines(app)) == 10
    app.button(key="ledger-newest").click().run()
    assert (len(lines(app)), asked(app, "before")) == (50, None)
    app.button(key="ledger-older").click().run()
    # Another filter is another list: it begins at its top.
    app.selectbox(key="ledger-what").set_value("session").run()
    assert (len(lines(app)), asked(app, "before")) == (50, None)


def test_a_wrong_place_leads_back_to_the_newest(open_ledger: Opened) -> None:
    app = open_ledger("auditor", before="rubbish")
    assert [one.value for one in app.error] == ["This place in the list is no longer valid. Start again from the top."]
    app.button(key="ledger-newest").click().run()
    assert WARNED in lines(app)


def test_verification_says_what_it_read(open_ledger: Opened) -> None:
    with unit_of_work() as ctx:
        entries, chains = ctx.session.execute(
            text("SELECT count(*), count(DISTINCT customer_id) FROM ledger_entry")
        ).one()
    app = open_ledger("auditor")
    app.button(key="ledger-verify").click().run()
    assert [one.value for one in app.success] == [
        f"The ledger is whole: entries {entries}, chains {chains}, daily seals 0. Nothing was changed, removed or "
        "reordered."
    ]


def test_verification_finds_what_was_changed(open_ledger: Opened) -> None:
    with unit_of_work() as ctx:
        ctx.session.execute(text("ALTER TABLE ledger_entry DISABLE TRIGGER USER"))
        ctx.session.execute(text("UPDATE ledger_entry SET actor = 'nobody' WHERE action = 'early_warning.snoozed'"))
    app = open_ledger("auditor")
    app.button(key="ledger-verify").click().run()
    assert len(app.error) == 1
    assert app.error[0].value.startswith("The ledger is not what it was: breaks 1, ")
    assert "- Chain 1: entry 1 was changed." in [one.value for one in app.markdown]


def test_who_may_not_read_it_is_told(open_ledger: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREYLEDGER_DEVELOPMENT_LOGIN", "viewer")
    app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=60).run()
    with pytest.raises(ValueError, match="ledger"):
        app.switch_page("views/ledger.py").run()


def recorded_actions() -> Iterator[str]:
    """Actions as the code records them: second argument of record(), change(), a step or the sample's moves."""
    for path in sorted((ROOT / "services").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            place = {"record": 1, "change": 1, "Step": 1, "_add": 2, "_move": 2, "_record_end": 1}.get(name)
            if place is None or len(node.args) <= place:
                continue
            given = node.args[place]
            for part in (given.body, given.orelse) if isinstance(given, ast.IfExp) else (given,):
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and "." in part.value:
                    yield part.value
                elif isinstance(part, ast.JoinedStr) and isinstance(part.values[0], ast.Constant):
                    yield str(part.values[0].value)


def test_every_action_that_the_code_records_has_words() -> None:
    found = set(recorded_actions())
    assert {"early_warning.acknowledged", "policy.approved", "user.deactivated", "import."} <= found
    open_ended = {one for one in found if one.endswith(".")}
    assert {one for one in found - open_ended if one not in ACTIONS} == set()
    assert {one.rstrip(".") for one in open_ended} <= set(GROUP_ACTIONS)
    assert {one.partition(".")[0] for one in found} <= set(GROUPS)


@pytest.mark.parametrize("model", [EarlyWarning, Assessment, InformationRequest, SiteVisit])
def test_every_column_that_an_entry_names_has_words(model: type) -> None:
    columns = {column.name for column in model.__table__.columns} - BOOKKEEPING  # type: ignore[attr-defined]
    assert columns - set(FIELDS) == set()


def test_a_part_of_a_scorecard_is_named_with_and_without_a_place() -> None:
    with using_language("en"):
        assert field_text("turning_bad") == "What counts as turning bad"
        assert field_text("amount_trend") == "Trade of 90 days to the 90 days before"
        assert field_text("reputation.weight") == "Reputation, weight"
