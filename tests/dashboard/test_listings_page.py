"""The listings page: a tip, a proposal from its draft to its decision, the right of reply, a listing that was wrong."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from PIL import Image

from services.context import unit_of_work
from services.errors import RefusedError
from services.listings import (
    ask_for_more,
    ask_to_end,
    candidates_of_customer,
    confirm,
    find_candidates,
    listing_by_id,
    open_listing_of,
)
from tests.dashboard.assessing_pages import NOON, Opened, errors, keys, opener, shown
from tests.dashboard.listing_pages import address, found_court, listing_of, sitting
from tests.services.identifying import Court

TODAY = dt.date(2025, 6, 30)


@pytest.fixture(scope="module")
def court(module_database: str) -> Court:
    return found_court()


@pytest.fixture
def opened(court: Court, monkeypatch: pytest.MonkeyPatch) -> Opened:
    return opener(monkeypatch, "listings")


def photo() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (2, 2)).save(written, format="JPEG")
    return written.getvalue()


def candidate_of(number: str) -> dict[str, str]:
    """The address of a customer's newest candidate."""
    with unit_of_work(now=NOON) as ctx:
        one = candidates_of_customer(ctx, number)[0]
    return {"candidate": f"{one.customer_id}.{one.id}"}


def test_a_tip_is_handed_in_with_a_photo(court: Court, opened: Opened) -> None:
    with sitting(court) as there:
        there.customer("T-1", name="Sunrise Trading")
    app = opened("other")
    app.button(key="listings-tip").click().run()
    app.text_input(key="tip:search").set_value("sunrise").run()
    app.button(key="listings-tip").click().run()
    assert app.selectbox(key="tip:customer_no").value == "T-1"
    app.button(key="drawer.save").click().run()
    app.button(key="listings-tip").click().run()
    assert errors(app) == ["Something is missing: fill in what the drawer asks for."]
    app.toggle(key="tip-camera-on").set_value(True).run()
    app.button(key="listings-tip").click().run()
    app.selectbox(key="tip:criterion").set_value("harm")
    app.text_area(key="tip:words").set_value("Waste is burnt behind the hall")
    app.date_input(key="tip:seen_on").set_value(dt.date(2025, 6, 28))
    app.file_uploader(key="tip-files").upload("hall.jpg", photo())
    app.button(key="drawer.save").click().run()
    assert errors(app) == []
    with unit_of_work(now=NOON) as ctx:
        (one,) = candidates_of_customer(ctx, "T-1")
    assert (one.criterion, one.words, one.trigger_on, one.reporter) == (
        "harm", "Waste is burnt behind the hall", dt.date(2025, 6, 28), "Other",
    )  # fmt: skip
    assert "hall.jpg" in shown(app)


def test_a_candidate_is_taken_on_given_and_put_aside(court: Court, opened: Opened) -> None:
    with sitting(court) as there:
        there.debtor("A-1")
        find_candidates(there.ctx)
    app = opened("reviewer", **candidate_of("A-1"))
    assert "First sign on" in shown(app)
    app.button(key="listings-take-on").click().run()
    with unit_of_work(now=NOON) as ctx:
        (one,) = candidates_of_customer(ctx, "A-1")
    assert one.assignee == "Reviewer"
    app.button(key="listings-give").click().run()
    app.selectbox(key=f"give-{one.customer_id}-{one.id}:assignee_id").set_value(court.lawyer.user_id)
    app.button(key="drawer.save").click().run()
    app.button(key="listings-aside").click().run()
    draft = f"aside-{one.customer_id}-{one.id}"
    app.text_area(key=f"{draft}:reason").set_value("They pay by a plan")
    app.date_input(key=f"{draft}:again_on").set_value(dt.date(2025, 7, 20))
    app.button(key="drawer.save").click().run()
    with unit_of_work(now=NOON) as ctx:
        (one,) = candidates_of_customer(ctx, "A-1")
    assert (one.state, one.assignee, one.again_on, errors(app)) == ("put_aside", "Lawyer", dt.date(2025, 7, 20), [])


def test_a_proposal_is_written_saved_handed_in_and_taken_back(court: Court, opened: Opened) -> None:
    with sitting(court) as there:
        customer, _invoice = there.debtor("P-1")
        find_candidates(there.ctx)
    draft = f"propose-{customer.customer_id}"
    app = opened("seller", **candidate_of("P-1"))
    assert app.pills(key=f"{draft}:criteria").value == ["arrears"]
    app.segmented_control(key=f"{draft}:grade").set_value("black").run()
    app.button(key="listings-save").click().run()
    assert errors(app) == ["This grade is not the one that the policy gives by default: say why."]
    app.text_input(key=f"{draft}:grade_reason").set_value("They laughed at us").run()
    app.button(key="listings-save").click().run()
    row = listing_of("P-1")
    assert (row.step, row.grade, row.grade_reason, errors(app)) == ("draft", "black", "They laughed at us", [])
    assert app.query_params["listing"] == f"{row.customer_id}.{row.id}"
    app.button(key="listings-withdraw").click().run()
    with unit_of_work(now=NOON) as ctx:
        assert open_listing_of(ctx, "P-1") is None
    app = opened("seller", customer="P-1")
    app.pills(key=f"{draft}:criteria").set_value(["harm"]).run()
    app.date_input(key=f"{draft}:trigger_on").set_value(dt.date(2025, 6, 20)).run()
    app.button(key="listings-hand-in").click().run()
    assert errors(app) == ["Write a statement first: what happened, and why the customer should be listed."]
    app.text_area(key=f"{draft}:statement").set_value("The river turned red").run()
    app.button(key="listings-hand-in").click().run()
    row = listing_of("P-1")
    assert (row.step, row.criteria, row.trigger_on, row.statement) == (
        "handed_in", ("harm",), dt.date(2025, 6, 20), "The river turned red",
    )  # fmt: skip


def test_evidence_is_added_by_row_and_file_and_taken_out(court: Court, opened: Opened) -> None:
    with sitting(court) as there:
        customer, invoice = there.debtor("E-1")
        row = there.drafted(customer)
    app = opened("seller", **address(row))
    draft = f"evidence-{row.customer_id}-{row.id}-{row.version}"
    app.multiselect(key=f"{draft}:subjects").set_value([f"invoice:{invoice.id}"]).run()
    app.selectbox(key=f"{draft}:kind").set_value("correspondence").run()
    app.file_uploader(key=f"{draft}-files").upload("letter.pdf", b"%PDF-1.7").run()
    app.button(key="listings-evidence-add").click().run()
    with unit_of_work(now=NOON) as ctx:
        pieces = listing_by_id(ctx, row.customer_id, row.id).evidence
    assert [(one.kind, one.file_name or one.title) for one in pieces] == [
        ("correspondence", "letter.pdf"), ("transaction", invoice.invoice_no),
    ]  # fmt: skip
    app.button(key=f"evidence-remove-{pieces[0].id}").click().run()
    with unit_of_work(now=NOON) as ctx:
        assert len(listing_by_id(ctx, row.customer_id, row.id).evidence) == 1
    assert errors(app) == []


def test_risk_reviews_asks_and_submits_for_decision(court: Court, opened: Opened) -> None:
    with sitting(court) as there:
        customer, _invoice = there.debtor("R-1")
        row = there.drafted(customer)
    app = opened("seller", **address(row))
    app.button(key="listings-hand-in").click().run()
    app = opened("reviewer", **address(row))
    app.button(key="listings-take-up").click().run()
    app.button(key="listings-ask").click().run()
    draft = f"ask-{row.customer_id}-{row.id}"
    app.text_area(key=f"{draft}:items").set_value("The delivery note")
    app.date_input(key=f"{draft}:due_on").set_value(dt.date(2025, 7, 4))
    app.button(key="drawer.save").click().run()
    app = opened("seller", **address(row))
    assert "The delivery note" in app.warning[0].value
    app.text_area(key=f"propose-{row.customer_id}:words").set_value("It is in the file").run()
    app.button(key="listings-answer").click().run()
    assert (listing_of("R-1").step, listing_of("R-1").answer) == ("in_review", "It is in the file")
    app = opened("reviewer", **address(row))
    app.button(key="listings-ready").click().run()
    app.text_area(key=f"ready-{row.customer_id}-{row.id}:recommendation").set_value("List as grey")
    app.button(key="drawer.save").click().run()
    assert (listing_of("R-1").step, errors(app)) == ("ready", [])


def test_a_review_goes_on_without_an_answer(court: Court, opened: Opened) -> None:
    with sitting(court) as there:
        row = there.in_review(there.customer("R-2"), "harm")
        row = ask_for_more(there.by(there.reviewer), row.customer_id, row.id, row.version, "More", TODAY)
    app = opened("second", **address(row))
    app.button(key="listings-take-up").click().run()
    assert (listing_of("R-2").step, listing_of("R-2").reviewer) == ("in_review", "Second")


def test_the_customer_is_told_and_replies_or_not(court: Court, opened: Opened) -> None:
    with sitting(court) as there:
        told = there.in_review(there.customer("W-1"), "harm")
        silent = there.ready(there.customer("W-2"), "harm")
    app = opened("lawyer", **address(told))
    app.button(key="listings-offer").click().run()
    draft = f"offer-{told.customer_id}-{told.id}"
    app.date_input(key=f"{draft}:offered_on").set_value(dt.date(2025, 6, 27)).run()
    app.button(key="listings-offer").click().run()
    app.selectbox(key=f"{draft}:channel").set_value("meeting")
    app.date_input(key=f"{draft}:due_on").set_value(dt.date(2025, 7, 10))
    app.button(key="drawer.save").click().run()
    reply = listing_of("W-1").reply
    assert (reply.offered_on, reply.channel, reply.due_on) == (dt.date(2025, 6, 27), "meeting", dt.date(2025, 7, 10))
    assert "listings-silence" not in keys(app)
    app.button(key="listings-record").click().run()
    app.text_area(key=f"reply-{told.customer_id}-{told.id}:words").set_value("It was our neighbour")
    app.file_uploader(key=f"reply-{told.customer_id}-{told.id}-files").upload("report.pdf", b"%PDF-1.7")
    app.button(key="drawer.save").click().run()
    assert (listing_of("W-1").reply.text, errors(app)) == ("It was our neighbour", [])
    app = opened("lawyer", **address(silent))
    app.button(key="listings-silence").click().run()
    assert listing_of("W-2").reply.has_reply is False


def test_the_leader_confirms_with_a_reason_for_what_is_missing(court: Court, opened: Opened) -> None:
    with sitting(court) as there:
        row = there.ready(there.customer("D-1"), "harm", offered=None)
    app = opened("boss", **address(row))
    assert app.query_params["listing"] == f"{row.customer_id}.{row.id}"
    app.button(key="listings-confirm").click().run()
    assert [one.value for one in app.warning] == ["Something is missing: the decision needs a reason."]
    draft = f"confirm-{row.customer_id}-{row.id}"
    app.segmented_control(key=f"{draft}:grade").set_value("black").run()
    app.button(key="listings-confirm").click().run()
    app.text_area(key=f"{draft}:reason").set_value("Three villages are ill")
    app.button(key="drawer.save").click().run()
    found = listing_of("D-1")
    assert (found.state, found.grade, found.decider, found.decision_reason, errors(app)) == (
        "confirmed", "black", "Boss", "Three villages are ill", [],
    )  # fmt: skip
    assert "Listed: Black" in shown(app)


def test_the_leader_turns_one_down(court: Court, opened: Opened) -> None:
    with sitting(court) as there:
        row = there.ready(there.customer("D-2"), "harm")
    app = opened("boss", **address(row))
    app.button(key="listings-reject").click().run()
    app.text_area(key=f"reject-{row.customer_id}-{row.id}:reason").set_value("It was their neighbour")
    app.button(key="drawer.save").click().run()
    with unit_of_work(now=NOON) as ctx:
        assert listing_by_id(ctx, row.customer_id, row.id).row.decision_reason == "It was their neighbour"
    assert errors(app) == []


def test_the_second_of_two_deciders_is_told(court: Court, opened: Opened) -> None:
    with sitting(court) as there:
        row = there.ready(there.customer("D-3"), "harm")
    app = opened("boss", **address(row))
    app.button(key="listings-reject").click().run()
    with sitting(court) as there:
        confirm(there.by(there.second), row.customer_id, row.id, row.version, "Because")
    app.text_area(key=f"reject-{row.customer_id}-{row.id}:reason").set_value("No")
    app.button(key="drawer.save").click().run()
    assert errors(app) == ["Somebody changed this record while you were looking at it. Reload and decide again."]
    assert listing_of("D-3").state == "confirmed"


def test_a_wrong_listing_is_kept_or_ended_by_another(court: Court, opened: Opened) -> None:
    with sitting(court) as there:
        row = there.ready(there.customer("X-1"), "harm")
        row = confirm(there.by(there.leader), row.customer_id, row.id, row.version, "Because")
    app = opened("lawyer", tab="listed", **address(row))
    app.button(key="listings-wrong").click().run()
    app.text_area(key=f"ask_to_end-{row.customer_id}-{row.id}:reason").set_value("Another company")
    app.button(key="drawer.save").click().run()
    assert {"listings-end", "listings-keep"}.isdisjoint(keys(app))
    app = opened("boss", tab="listed", mine="1", **address(row))
    app.button(key="listings-keep").click().run()
    app.text_area(key=f"refuse_end-{row.customer_id}-{row.id}:reason").set_value("No, this one")
    app.button(key="drawer.save").click().run()
    assert listing_of("X-1").correction is None
    with sitting(court) as there:
        ask_to_end(there.by(there.lawyer), row.customer_id, row.id, listing_of("X-1").version, "It was, look")
    app = opened("boss", tab="listed", **address(row))
    app.button(key="listings-end").click().run()
    app.button(key="drawer.save").click().run()
    with unit_of_work(now=NOON) as ctx:
        found = listing_by_id(ctx, row.customer_id, row.id).row
    assert (found.state, found.ended_as, errors(app)) == ("restored", "unfounded", [])


def test_lists_and_filters_live_in_the_address(court: Court, opened: Opened) -> None:
    with sitting(court) as there:
        there.debtor("F-1", overdue=150)
        find_candidates(there.ctx)
        there.drafted(there.customer("F-2"), "breach")
    app = opened("reviewer")
    app.selectbox(key="listings-criterion").set_value("arrears").run()
    app.selectbox(key="listings-late").set_value("yes").run()
    app.text_input(key="triage-search").set_value("F-1").run()
    assert {name: app.query_params[name] for name in ("criterion", "late", "search")} == {
        "criterion": "arrears", "late": "yes", "search": "F-1",
    }  # fmt: skip
    assert [key for key in keys(app) if key.startswith("glopen-row") or key.startswith("glopen-candidate")] != []
    app.pills(key="listings-tab").set_value("proposals").run()
    assert "Nothing fits these filters." in [one.value for one in app.info]
    app.button(key="listings-clear").click().run()
    app.selectbox(key="listings-step").set_value("draft").run()
    app.selectbox(key="listings-department").set_value("NORTH").run()
    assert "Customer F-2" in shown(app)
    app.toggle(key="listings-mine").set_value(True).run()
    assert app.query_params["mine"] == "1"
    app = opened("reviewer", tab="listed")
    app.selectbox(key="listings-grade").set_value("black").run()
    app.button(key="listings-next").click().run()
    app.button(key="listings-previous").click().run()
    app.button(key="triage-back").click().run()
    assert "listing" not in app.query_params
    assert errors(app) == []


def test_a_reader_sees_and_can_do_nothing(court: Court, opened: Opened) -> None:
    with sitting(court) as there:
        row = there.ready(there.customer("V-1"), "harm")
    app = opened("cashier", **address(row))
    assert "listings-confirm" not in keys(app)
    assert "It waits for the decision of risk management or leadership." in [one.value for one in app.caption]
    with sitting(court) as there, pytest.raises(RefusedError):
        confirm(there.by(there.cashier), row.customer_id, row.id, row.version, "Because")


def test_the_customers_page_warns_and_leads_to_the_listing(
    court: Court, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sitting(court) as there:
        row = there.ready(there.customer("Y-1"), "harm")
        there.customer("Y-2")
    app = opener(monkeypatch, "customer")("boss", customer="Y-1", tab="decisions")
    assert "A listing is proposed (Serious harm): Ready for decision, 15 days left." in shown(app)
    app.toggle(key=f"listing-{row.customer_id}-{row.id}").set_value(True).run()
    assert "Recommendation of the review" in shown(app)
    app.button(key="customer-listing").click().run()
    assert app.query_params["listing"] == f"{row.customer_id}.{row.id}"
    with sitting(court) as there:
        confirm(there.by(there.leader), row.customer_id, row.id, row.version, "Because")
    app = opener(monkeypatch, "customer")("boss", customer="Y-1")
    assert "No trade with this customer: listed since Jun 30, 2025 (Serious harm)." in shown(app)
    app = opener(monkeypatch, "customer")("lawyer", customer="Y-2", tab="decisions")
    app.button(key="customer-listing").click().run()
    assert app.query_params["customer"] == "Y-2"
    app = opened("other", customer="Y-2")
    app.button(key="listings-tip-about").click().run()
    app.text_area(key="tip:words").set_value("They paint over the name")
    app.button(key="drawer.save").click().run()
    assert (list(candidate_of("Y-2")), errors(app)) == (["candidate"], [])
