"""The page of the scorecards, with every field and button used: drafting, editing, shadow, two people, files."""

from __future__ import annotations

import copy
import json

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from services import scorecards as service
from services.context import unit_of_work
from services.jobs.kinds import KINDS
from services.scorecards import ScorecardDetail
from services.scoring import ensure_default_scorecard
from services.users import actor_by_login
from tests.dashboard.opening import Opened, opener
from tests.people import add_person, stand_still
from tests.services.makers import DAY, make_customer, make_invoice, make_report


@pytest.fixture
def open_cards(database: str, monkeypatch: pytest.MonkeyPatch) -> Opened:
    stand_still()
    for role in ("risk", "leader", "viewer"):
        add_person(role, role, language="en")
    with unit_of_work() as ctx:
        ensure_default_scorecard(ctx)
        late = make_customer(ctx, "LATE", kind="company")
        make_invoice(ctx, late, DAY.replace(day=10))
        make_report(ctx, late, DAY.replace(day=1), "D")

    return opener(monkeypatch, "scorecards")


def html(app: AppTest) -> str:
    return " ".join(one.value for one in app.get("html"))


def words(app: AppTest) -> str:
    return " ".join(one.value for one in [*app.markdown, *app.caption])


def said(app: AppTest) -> list[str]:
    assert [one.value for one in app.exception] == []
    return [one.value for one in [*app.error, *app.toast]]


def button(app: AppTest, key: str) -> AppTest:
    """Press the button whose key begins so: the rest is the number of times that the fields were made anew."""
    return next(one for one in app.button if str(one.key).startswith(key)).click().run()


def enter(app: AppTest, key: str, value: float) -> AppTest:
    return next(one for one in app.number_input if str(one.key).startswith(key)).set_value(value).run()


def card(number: int = 2) -> ScorecardDetail:
    with unit_of_work() as ctx:
        return service.scorecard_of_edition(ctx, number)


def draft(name: str = "Stricter") -> str:
    """A draft of the risk officer; its id as the address has it."""
    with unit_of_work() as ctx:
        actor = actor_by_login(ctx, "risk")
    assert actor is not None
    with unit_of_work(actor) as ctx:
        return str(service.draft_from(ctx, service.scorecard_of_edition(ctx, None).row.id, name).row.id)


def work(login: str = "risk") -> dict[str, object] | None:
    with unit_of_work() as ctx:
        found = ctx.session.execute(text("SELECT definition FROM scorecard_work")).scalar()
    return None if found is None else dict(found)


def test_what_a_draft_is_for_is_written_beside_unsaved_changes(open_cards: Opened) -> None:
    app = open_cards("risk", card=draft())
    app = enter(app, "scorecards-weight-credit", 40)
    next(one for one in app.text_area if str(one.key).startswith("scorecards-note-")).set_value(" Arrears first ")
    app = button(app, "scorecards-describe")
    assert said(app) == ["Note kept"]
    assert (card().row.note, "Arrears first" in html(app)) == ("Arrears first", True)
    assert "Somebody saved this draft while you were changing it" not in " ".join(one.value for one in app.warning)
    app = button(app, "scorecards-save")
    assert said(app) == ["Draft saved"]
    assert not any(
        str(one.key).startswith("scorecards-note-") for one in open_cards("leader", card=str(card().row.id)).text_area
    )


def test_a_draft_is_started_edited_by_dimension_saved_and_undone(open_cards: Opened) -> None:
    app = open_cards("risk")
    assert "In force is default, edition 1, since Jun 30, 2025." in words(app)
    app.selectbox(key="scorecards-new-from")
    app.text_input(key="scorecards-new-name").set_value("Stricter")
    app.text_input(key="scorecards-new-note").set_value("Arrears weigh more")
    app = button(app, "scorecards-new-start")
    assert said(app) == ["Draft started"]
    assert app.title[0].value == "Stricter, edition 2"

    app = enter(app, "scorecards-weight-credit", 40)
    assert '<td class="gl-right" data-title="Of the whole score">34.8%</td>' in html(app)
    assert "Not saved: 5 differences." in words(app)
    assert work() is not None
    # Left and come back to: what was changed is still there.
    app = open_cards("risk", card=str(card().row.id), dimension="credit", indicator="past_listings")
    assert "Not saved: 5 differences." in words(app)
    app = enter(app, "scorecards-part-weight-past_listings", 7)
    app = enter(app, "scorecards-part-missing-past_listings", 20)
    app = enter(app, "scorecards-points-past_listings-1", 90)
    app = enter(app, "scorecards-edge-past_listings-0", 2)
    app = button(app, "scorecards-split-past_listings-1")
    app = button(app, "scorecards-drop-past_listings-2")
    app = button(app, "scorecards-save")
    assert said(app) == ["Draft saved"]
    saved = card().definition["dimensions"]["credit"]
    one = next(each for each in saved["indicators"] if each["code"] == "past_listings")
    assert (saved["weight"], one["weight"], one["missing"]) == (40, 7, 20)
    assert one["bins"] == [{"upto": 2, "points": 0}, {"points": 90}]
    assert work() is None
    assert app.number_input[0].value == 7

    app = button(app, "scorecards-undo")
    assert said(app) == ["Last save undone"]
    assert card().definition["dimensions"]["credit"]["weight"] == 25


def test_what_is_wrong_is_said_at_the_place_and_keeps_from_saving(open_cards: Opened) -> None:
    number = draft()
    app = open_cards("risk", card=number, dimension="credit", indicator="overdue_days_now")
    app = enter(app, "scorecards-edge-overdue_days_now-1", 0)
    sentence = "The upper edges in Days past due, worst open invoice, bins must ascend."
    assert f'<div class="gl-fault" role="alert"><div>{sentence}</div></div>' in html(app)
    assert "Not saved: 1 thing has to be put right first." in words(app)
    assert next(one for one in app.button if one.key == "scorecards-save").disabled
    app = button(app, "scorecards-discard")
    assert (said(app), work()) == (["Unsaved changes dropped"], None)
    assert next(one for one in app.number_input if "edge-overdue_days_now-1" in str(one.key)).value == 4


def test_indicators_categories_levels_floors_and_windows(open_cards: Opened) -> None:
    number = draft()
    app = open_cards("risk", card=number)
    app.selectbox(key="scorecards-add-code").set_value("amount_trend").run()
    app = button(app, "scorecards-add")
    app = open_cards("risk", card=number, dimension="credit", indicator="credit_rating")
    app = enter(app, "scorecards-category-credit_rating-AAA-", 3)
    app = button(app, "scorecards-drop-credit_rating-D-")
    app.text_input(key="scorecards-new-category-credit_rating").set_value("E")
    app = button(app, "scorecards-add-category-credit_rating")
    app = open_cards("risk", card=number, dimension="credit", indicator="broken_promises_365")
    app = enter(app, "scorecards-part-window-broken_promises_365", 200)
    app = open_cards("risk", card=number, dimension="credit", indicator="past_listings")
    app = button(app, "scorecards-remove-past_listings")
    app = open_cards("risk", card=number, part="levels")
    app = enter(app, "scorecards-band-high", 60)
    app = enter(app, "scorecards-coverage", 40)
    app = button(app, "scorecards-floor-drop-1")
    app.number_input(key="scorecards-floor-days").set_value(60)
    app.selectbox(key="scorecards-floor-fact").set_value("overdue")
    app.selectbox(key="scorecards-floor-level").set_value("high")
    app = button(app, "scorecards-floor-add")
    app = button(app, "scorecards-save")
    assert said(app) == ["Draft saved"]
    found = card().card
    assert found is not None
    assert (found.bands.high, found.low_coverage) == (60, 0.4)
    assert [(one.when, one.level.value) for one in found.floors] == [("listed", "critical"), ("overdue_60", "high")]
    rating = found.by_code["credit_rating"][1].categories
    assert (rating["AAA"], rating["E"], "D" in rating) == (3, 50, False)
    assert found.by_code["broken_promises_365"][1].window_days == 200
    assert "amount_trend" in found.by_code
    assert "past_listings" not in found.by_code
    app = open_cards("viewer", card=number, part="changes")
    assert "High risk begins at 60 instead of 55." in html(app)
    app = open_cards("viewer", card=number, part="customer")
    app.text_input(key="scorecards-customer").set_value("LATE").run()
    assert "Oldest open invoice is 20 days past due" in html(app)
    app.text_input(key="scorecards-customer").set_value("NOBODY").run()
    assert [one.value for one in app.error] == ["No customer has the number NOBODY."]


def test_customers_fall_in_bins_for_everybody_to_see(open_cards: Opened) -> None:
    app = open_cards("viewer", card="1", dimension="credit", indicator="overdue_days_now")
    shown = html(app)
    assert '<td data-title="Value">from 15 days to below 30 days</td>' in shown
    assert "<em>100.0%</em>" in shown
    assert [one.key for one in app.number_input] == []
    assert "Customers as of Jun 30, 2025: all 1." in words(app)


def test_shadow_proposal_and_the_decision_of_another_person(open_cards: Opened) -> None:
    number = draft()
    app = open_cards("risk", card=number)
    app = button(app, "scorecards-shadow")
    assert said(app) == ["Running in shadow from today on"]
    with unit_of_work() as ctx:
        KINDS["score_customers"](ctx, {})
    app = open_cards("risk", card=number, part="shadow")
    assert "The worker has not scored by this scorecard yet. It begins within a minute." in [
        one.value for one in app.info
    ]  # fmt: skip
    with unit_of_work() as ctx:
        KINDS["summarise_shadow"](ctx, {})
    app = open_cards("risk", card=number, part="shadow")
    assert any(one.value.startswith("Compared ") for one in app.caption)
    assert "0 of 1 customers would be on another level." in words(app)
    app.selectbox(key="scorecards-moves-now").set_value("high").run()
    app.selectbox(key="scorecards-moves-then").set_value("low").run()
    assert "No customer's score would change here." in words(app)
    app = button(app, "scorecards-propose")
    assert said(app) == ["Give a reason: it is kept with the decision."]
    app.text_input(key="scorecards-propose-reason").set_value("Ran well")
    app = button(app, "scorecards-propose")
    assert said(app) == ["Proposed: another person decides on it"]
    assert "scorecards-approve" not in {one.key for one in app.button}
    app = button(app, "scorecards-withdraw")
    app.text_input(key="scorecards-propose-reason").set_value("Ran well")
    app = button(app, "scorecards-propose")

    app = open_cards("leader", card=number)
    assert "By today's scores 0 customers would be on another level." in words(app)
    app = button(app, "scorecards-reject")
    assert said(app) == ["Give a reason: it is kept with the decision."]
    app = button(app, "scorecards-approve")
    assert said(app) == ["In force from today on; all customers are being scored again"]
    assert (card(2).row.state, card(1).row.state, card(2).row.approver) == ("active", "retired", "Leader")


def test_a_proposal_is_turned_down_reopened_and_the_draft_given_up(open_cards: Opened) -> None:
    number = draft()
    app = open_cards("risk", card=number)
    app.text_input(key="scorecards-propose-reason").set_value("Small change")
    app.text_input(key="scorecards-skip-reason").set_value("Only a name")
    app = button(app, "scorecards-propose")
    app = open_cards("leader", card=number)
    assert "Never ran in shadow: “Only a name”" in html(app)
    app.text_input(key="scorecards-reject-reason").set_value("Try it first")
    app = button(app, "scorecards-reject")
    assert said(app) == ["Turned down"]
    app = open_cards("risk", card=number)
    assert [one.value for one in app.warning] == ["Turned down: “Try it first”"]
    app = button(app, "scorecards-shadow")
    app = button(app, "scorecards-reopen")
    assert said(app) == ["Back to a draft"]
    app.text_input(key="scorecards-retire-reason").set_value("Not needed")
    app = button(app, "scorecards-retire")
    assert (said(app), card().row.state) == (["Scorecard given up"], "retired")
    app = button(app, "scorecards-back")
    assert app.title[0].value == "Scorecards"


def test_of_two_editors_the_second_is_told(open_cards: Opened) -> None:
    number = draft()
    app = enter(open_cards("risk", card=number), "scorecards-weight-credit", 40)
    add_person("risk2", "risk", language="en")
    other = enter(open_cards("risk2", card=number), "scorecards-weight-credit", 50)
    button(other, "scorecards-save")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GREYLEDGER_DEVELOPMENT_LOGIN", "risk")
        app = button(app, "scorecards-save")
        assert said(app) == [
            "Somebody saved this draft while you were changing it. Your changes are kept: compare, then save again."
        ]
        assert card().definition["dimensions"]["credit"]["weight"] == 50
        assert app.warning[0].value.startswith("Somebody saved this draft while you were changing it. Drop")
        app = button(app, "scorecards-save")
    assert (said(app), card().definition["dimensions"]["credit"]["weight"]) == (["Draft saved"], 40)


def test_a_file_becomes_a_draft_or_says_all_that_is_wrong(open_cards: Opened) -> None:
    definition = copy.deepcopy(dict(card(1).definition))
    definition["dimensions"]["credit"]["weight"] = 0
    definition["bands"]["high"] = 99
    app = open_cards("risk")
    app.file_uploader(key="scorecards-upload").set_value(
        ("card.json", json.dumps(definition).encode(), "application/json")
    )
    app.run()
    assert [one.value for one in app.error] == [
        "2 things keep this file from being a scorecard. Nothing was brought in."
    ]
    assert html(app).count("<li>") == 2
    content = service.as_json(card(1))
    app.file_uploader(key="scorecards-upload").set_value(("card.json", content, "application/json")).run()
    app.text_input(key="scorecards-file-name").set_value("Borrowed")
    app.text_input(key="scorecards-file-note").set_value("From the group")
    app = button(app, "scorecards-file-start")
    assert said(app) == ["Draft started"]
    assert (card().row.name, card().row.note, card().row.state) == ("Borrowed", "From the group", "draft")
    assert card().definition == {**card(1).definition, "name": "Borrowed", "version": 2}


def test_readers_change_nothing_and_an_unknown_scorecard_is_said(open_cards: Opened) -> None:
    draft()
    app = open_cards("viewer", card="2")
    assert [str(one.key) for one in app.button if str(one.key).startswith("scorecards-")] == ["scorecards-back"]
    app = open_cards("viewer", card="77")
    assert [one.value for one in app.error] == ["There is no such scorecard."]
    assert "Stricter, edition 2" in html(app)
