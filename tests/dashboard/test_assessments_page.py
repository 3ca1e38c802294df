"""The assessments page: propose, review, ask, answer, visit, report, return, finalise, one and many."""

from __future__ import annotations

import datetime as dt

import pytest
from streamlit.testing.v1 import AppTest

from services.assessments import (
    ask_for_more,
    level_of,
)
from services.context import unit_of_work
from tests.dashboard.assessing_pages import (
    Opened,
    at_work,
    errors,
    found_company,
    initial,
    is_final,
    keys,
    newest,
    opener,
    shown,
    waiting,
)
from tests.services.assessing import Office
from tests.services.makers import make_customer

NEXT_WEEK = dt.date(2025, 7, 7)


@pytest.fixture(scope="module")
def company(module_database: str) -> Office:
    return found_company()


@pytest.fixture
def opened(company: Office, monkeypatch: pytest.MonkeyPatch) -> Opened:
    return opener(monkeypatch)


# --- business proposes


def test_business_saves_a_draft_and_hands_it_in(company: Office, opened: Opened) -> None:
    with at_work(company) as there:
        there.customer(customer_no="P-1")
    app = opened("seller", customer="P-1")
    assert "Never assessed: due now." in shown(app)
    app.segmented_control(key=f"propose-{customer_id(app)}:level").set_value("high").run()
    assert [one.value for one in app.warning] == [
        "This level deviates from the computed one. It can be saved, but not handed in without a reason."
    ]
    app.selectbox(key=f"propose-{customer_id(app)}:dimension-credit").set_value("critical").run()
    app.button(key="assessments-save").click().run()
    draft = initial("P-1")
    assert (draft.state, draft.level, draft.dimension_levels, errors(app)) == (
        "draft",
        "high",
        {"credit": "critical"},
        [],
    )
    assert app.query_params["assessment"] == f"{draft.customer_id}.{draft.id}"
    # Without a reason it is refused, and what was typed stays.
    app.button(key="assessments-submit").click().run()
    assert errors(app) == ["The proposed level is not the computed one: say why before you hand it in."]
    key = f"propose-{draft.customer_id}"
    assert app.segmented_control(key=f"{key}:level").value == "high"
    app.text_area(key=f"{key}:reason").set_value("Two courts seized its accounts").run()
    app.button(key="assessments-submit").click().run()
    assert (initial("P-1").state, initial("P-1").reason) == ("submitted", "Two courts seized its accounts")


def customer_id(app: AppTest) -> str:
    """The customer whose form is open."""
    (key,) = [str(one.key) for one in app.segmented_control if str(one.key).endswith(":level")]
    return key.partition("-")[2].partition(":")[0]


def test_what_was_typed_stays_while_another_row_is_open(company: Office, opened: Opened) -> None:
    with at_work(company) as there:
        one, other = there.customer(customer_no="P-2"), there.customer(customer_no="P-3")
    app = opened("seller", customer="P-2")
    key = f"propose-{one.customer_id}:reason"
    app.text_area(key=key).set_value("Half a thought").run()
    app.query_params["customer"] = "P-3"
    app.run()
    assert app.text_area(key=f"propose-{other.customer_id}:reason").value == ""
    app.query_params["customer"] = "P-2"
    app.run()
    assert app.text_area(key=key).value == "Half a thought"
    app.button(key="assessments-drop").click().run()
    assert app.text_area(key=key).value == ""


def test_a_draft_is_taken_back(company: Office, opened: Opened) -> None:
    with at_work(company) as there:
        there.customer(customer_no="P-4")
    app = opened("seller", customer="P-4")
    app.button(key="assessments-save").click().run()
    app.button(key="assessments-withdraw").click().run()
    assert (newest("P-4"), errors(app)) == (None, [])


def test_two_people_in_one_draft_the_second_is_told(company: Office, opened: Opened) -> None:
    with at_work(company) as there:
        there.customer(customer_no="P-5")
    mine = opened("seller", customer="P-5")
    mine.button(key="assessments-save").click().run()
    draft = initial("P-5")
    key = f"propose-{draft.customer_id}"
    theirs = opened("colleague", customer="P-5")
    theirs.text_area(key=f"{key}:reason").set_value("Theirs").run()
    mine.text_area(key=f"{key}:reason").set_value("Mine").run()
    mine.button(key="assessments-save").click().run()
    theirs.button(key="assessments-save").click().run()
    assert (initial("P-5").reason, len(errors(theirs))) == ("Mine", 1)
    assert theirs.text_area(key=f"{key}:reason").value == "Theirs"


def test_another_department_and_readers_see_no_form(company: Office, opened: Opened) -> None:
    with at_work(company) as there:
        there.customer(customer_no="P-6")
    for login in ("other", "reviewer"):
        app = opened(login, customer="P-6")
        assert "assessments-submit" not in keys(app)
        assert "NORTH proposes the level of this customer." in [one.value for one in app.caption]


# --- risk management reviews


def test_risk_takes_up_and_finalises_as_computed(company: Office, opened: Opened) -> None:
    address = waiting(company, "R-1", in_review=False)
    app = opened("reviewer", **address)
    app.button(key="assessments-take-up").click().run()
    assert initial("R-1").state == "in_review"
    app.button(key="assessments-finalise").click().run()
    app.button(key="drawer.save").click().run()
    found = newest("R-1")
    assert found is not None
    assert found.final is not None
    assert (found.final.level, found.final.is_override, found.final.assessor, errors(app)) == (
        "low",
        False,
        "Reviewer",
        [],
    )


def test_an_override_needs_reason_and_end(company: Office, opened: Opened) -> None:
    address = waiting(company, "R-2")
    app = opened("reviewer", **address)
    app.button(key="assessments-finalise").click().run()
    row = initial("R-2")
    draft = f"finalise-{row.customer_id}-{row.id}"
    # Every change closes a drawer in these tests: what was chosen is there when it is opened again.
    app.segmented_control(key=f"{draft}:level").set_value("critical").run()
    app.button(key="assessments-finalise").click().run()
    assert "The departments concerned are warned." in " ".join(one.value for one in app.info)
    app.button(key="drawer.save").click().run()
    app.button(key="assessments-finalise").click().run()
    assert errors(app) == ["Something is missing: fill in what the drawer asks for."]
    app.selectbox(key=f"{draft}:dimension-operations").set_value("critical").run()
    app.button(key="assessments-finalise").click().run()
    app.text_area(key=f"{draft}:reason").set_value("Its plant burnt down")
    app.date_input(key=f"{draft}:expires_on").set_value(dt.date(2025, 9, 30))
    app.button(key="drawer.save").click().run()
    found = newest("R-2")
    assert found is not None
    assert found.final is not None
    assert (found.final.level, found.final.expires_on, found.final.dimension_levels, found.final.reason) == (
        "critical", dt.date(2025, 9, 30), {"operations": "critical"}, "Its plant burnt down",
    )  # fmt: skip
    with unit_of_work() as ctx:
        assert level_of(ctx, "R-2").level == "critical"


def test_a_proposal_goes_back_with_what_is_wrong(company: Office, opened: Opened) -> None:
    address = waiting(company, "R-3")
    app = opened("reviewer", **address)
    row = initial("R-3")
    app.button(key="assessments-return").click().run()
    app.text_area(key=f"return-{row.customer_id}-{row.id}:reason").set_value("The financials are missing")
    app.button(key="drawer.save").click().run()
    assert (initial("R-3").state, initial("R-3").returned_reason) == ("returned", "The financials are missing")
    app = opened("seller", **address)
    assert [one.value for one in app.warning] == ["Returned by risk management: The financials are missing"]
    app.button(key="assessments-submit").click().run()
    assert initial("R-3").state == "submitted"


def test_more_is_asked_for_and_answered(company: Office, opened: Opened) -> None:
    address = waiting(company, "R-4")
    app = opened("reviewer", **address)
    row = initial("R-4")
    draft = f"ask-{row.customer_id}-{row.id}"
    app.button(key="assessments-ask").click().run()
    app.text_area(key=f"{draft}:items").set_value("Balance sheet\nOrder book")
    app.date_input(key=f"{draft}:due_on").set_value(NEXT_WEEK)
    app.button(key="drawer.save").click().run()
    assert "<li>Balance sheet</li><li>Order book</li>" in shown(app)
    assert app.button(key="assessments-finalise").disabled
    found = newest("R-4")
    assert found is not None
    (asked,) = found.requests
    app = opened("seller", **address)
    app.text_area(key=f"answer-{row.customer_id}-{asked.id}:answer").set_value("Both attached by mail").run()
    app.button(key=f"answer-send-{asked.id}").click().run()
    found = newest("R-4")
    assert found is not None
    assert (found.requests[0].state, found.requests[0].answer) == ("answered", "Both attached by mail")


def test_a_question_is_withdrawn(company: Office, opened: Opened) -> None:
    address = waiting(company, "R-5")
    row = initial("R-5")
    with at_work(company) as there:
        asked = ask_for_more(
            there.by(there.reviewer), row.customer_id, row.id, row.version, "Order book", NEXT_WEEK
        )  # fmt: skip
    app = opened("reviewer", **address)
    app.button(key=f"request-withdraw-{asked.id}").click().run()
    found = newest("R-5")
    assert found is not None
    assert found.requests[0].state == "withdrawn"


# --- the lists


def test_many_are_finalised_and_the_others_named(company: Office, opened: Opened) -> None:
    for number, level in (("B-1", "low"), ("B-2", "low"), ("B-3", "high")):
        waiting(company, number, level, in_review=False)
    app = opened("reviewer", search="B-")
    app.button(key="assessments-bulk").click().run()
    said = [one.value for one in app.markdown]
    assert "2 proposals agree with the computed level and are finalised:" in said
    assert "1 proposal is left out:" in said
    assert "Customer B-3 · deviates from the computed level" in shown(app)
    app.button(key="drawer.save").click().run()
    assert [is_final(number) for number in ("B-1", "B-2", "B-3")] == [True, True, False]


def test_only_the_ticked_ones_are_finalised(company: Office, opened: Opened) -> None:
    for number in ("T-1", "T-2"):
        waiting(company, number, in_review=False)
    app = opened("reviewer", search="T-")
    row = initial("T-2")
    app.checkbox(key=f"tick-{row.customer_id}-{row.id}-{row.version}").check().run()
    assert app.button(key="assessments-bulk").label == "Finalise 1 selected"
    app.button(key="assessments-bulk").click().run()
    app.button(key="drawer.save").click().run()
    assert [is_final(number) for number in ("T-1", "T-2")] == [False, True]


def listed(app: AppTest) -> list[str]:
    """The customers of the list."""
    parts = shown(app).split('<span class="gl-strong">')[1:]
    return [part.partition("</span>")[0].removeprefix("Customer ") for part in parts]


def test_the_review_queue_is_narrowed(company: Office, opened: Opened) -> None:
    waiting(company, "F-1", in_review=False)
    waiting(company, "F-2", "high")
    app = opened("reviewer", search="F-")
    assert listed(app) == ["F-1", "F-2"]
    app.selectbox(key="assessments-agrees").set_value("no").run()
    assert (listed(app), app.query_params["agrees"]) == (["F-2"], "no")
    app.selectbox(key="assessments-agrees").set_value("").run()
    app.selectbox(key="assessments-level").set_value("low").run()
    assert listed(app) == ["F-1"]
    app.toggle(key="assessments-mine").set_value(True).run()
    assert [one.value for one in app.info] == ["Nothing fits these filters."]
    app.button(key="assessments-clear").click().run()
    assert ("mine" in app.query_params, {"F-1", "F-2"} <= set(listed(app))) == (False, True)
    app.text_input(key="triage-search").set_value("F-").run()
    app.selectbox(key="assessments-ready").set_value("no").run()
    assert listed(app) == []
    app.selectbox(key="assessments-ready").set_value("").run()
    app.selectbox(key="assessments-department").set_value("EXPORT").run()
    assert listed(app) == []


def test_a_row_is_opened_and_the_next_and_the_list_again(company: Office, opened: Opened) -> None:
    waiting(company, "N-1", in_review=False)
    waiting(company, "N-2", in_review=False)
    app = opened("reviewer", search="N-")
    first, second = initial("N-1"), initial("N-2")
    app.button(key=row_key(app, 1)).click().run()
    assert app.query_params["assessment"] == f"{second.customer_id}.{second.id}"
    app.button(key="assessments-previous").click().run()
    assert app.query_params["assessment"] == f"{first.customer_id}.{first.id}"
    app.button(key="assessments-next").click().run()
    assert app.query_params["assessment"] == f"{second.customer_id}.{second.id}"
    app.button(key="triage-back").click().run()
    assert "assessment" not in app.query_params


def row_key(app: AppTest, place: int) -> str:
    return [str(one.key) for one in app.button if str(one.key).startswith("glopen-")][place]


def test_the_worklist_says_what_is_due_and_is_narrowed(company: Office, opened: Opened) -> None:
    with at_work(company) as there:
        for place in range(55):
            make_customer(there.ctx, f"W-{place:02}", owner_department_id=there.north.id, name=f"Customer W-{place:02}")
    app = opened("seller", search="W-")
    assert (len(listed(app)), "never assessed" in shown(app)) == (50, True)
    app.button(key="assessments-more").click().run()
    assert len(listed(app)) == 55
    app.toggle(key="assessments-mine").set_value(True).run()
    assert listed(app) == []
    app.toggle(key="assessments-mine").set_value(False).run()
    app.selectbox(key="assessments-kind").set_value("returned").run()
    assert [one.value for one in app.info] == ["Nothing fits these filters."]
    app.pills(key="assessments-view").set_value("review").run()
    assert app.query_params["view"] == "review"
    app = opened("other")
    assert [one.value for one in app.success] == [
        "Nothing is due. Customers appear here two weeks before their next assessment."
    ]


# --- the customer's page


def test_the_customer_page_tells_the_history(company: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting(company, "H-1", "high")
    row = initial("H-1")
    app = opener(monkeypatch, "customer")("seller", customer="H-1", tab="assessments")
    page = shown(app)
    assert ("Level in force" in page, "In review" in page, "“They pay in time”" in page) == (True, True, True)
    toggle = app.toggle(key=f"assessment-{row.customer_id}-{row.id}")
    toggle.set_value(False).run()
    assert "“They pay in time”" not in shown(app)
    app.button(key="customer-assess").click().run()
    assert app.query_params["customer"] == "H-1"
