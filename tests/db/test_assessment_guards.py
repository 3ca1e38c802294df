"""What the database refuses about assessments, whatever the code does (clause 2.2)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from db.models import Assessment, InformationRequest, SiteVisit, SiteVisitPhoto
from services.context import Context
from tests.services.assessing import Office, make_office
from tests.services.makers import DAY, ago, make_customer


@pytest.fixture
def office(ctx: Context) -> Office:
    return make_office(ctx)


@pytest.fixture
def initial(office: Office) -> Assessment:
    """A proposal of the seller's, final as far as the business department goes."""
    customer = make_customer(office.ctx)
    row = Assessment(
        customer_id=customer.customer_id, assessed_on=DAY, stage="initial", state="final", level="low",
        computed_level="low", department_id=office.north.id, assessor_id=office.seller.user_id,
    )  # fmt: skip
    office.ctx.session.add(row)
    office.ctx.session.flush()
    return row


def final_row(office: Office, initial: Assessment, **other: Any) -> Assessment:
    """A final row that the database takes, but for what `other` says."""
    values = {
        "customer_id": initial.customer_id, "assessed_on": DAY, "stage": "final", "state": "final", "level": "low",
        "computed_level": "low", "department_id": office.risk.id, "assessor_id": office.reviewer.user_id,
        "initial_id": initial.id, "initial_assessor_id": initial.assessor_id,
        "initial_department_id": initial.department_id,
    }  # fmt: skip
    return Assessment(**(values | other))


def refusal(ctx: Context, row: object) -> str:
    def stored() -> None:
        with ctx.session.begin_nested():
            ctx.session.add(row)

    with pytest.raises(IntegrityError) as caught:
        stored()
    return str(caught.value.orig)


def test_neither_the_initial_assessor_nor_their_department_finalises(office: Office, initial: Assessment) -> None:
    ctx, seller, north = office.ctx, office.seller.user_id, office.north.id
    assert "final_by_another_person" in refusal(ctx, final_row(office, initial, assessor_id=seller))
    assert "final_by_another_department" in refusal(ctx, final_row(office, initial, department_id=north))
    disguised = final_row(office, initial, assessor_id=seller, initial_assessor_id=office.colleague.user_id)
    assert "fk_assessment_initial" in refusal(ctx, disguised)
    moved = final_row(office, initial, department_id=north, initial_department_id=office.other.department_id)
    assert "fk_assessment_initial" in refusal(ctx, moved)
    assert "final_names_initial" in refusal(ctx, final_row(office, initial, initial_assessor_id=None))
    unnamed = dict.fromkeys(("initial_id", "initial_assessor_id", "initial_department_id"))
    assert "final_names_initial" in refusal(ctx, final_row(office, initial, **unnamed))
    ctx.session.add(final_row(office, initial))
    ctx.session.flush()
    with pytest.raises(IntegrityError, match="fk_assessment_initial"), ctx.session.begin_nested():
        ctx.session.execute(text("UPDATE assessment SET assessor_id = :other WHERE id = :id"),
                            {"other": office.colleague.user_id, "id": initial.id})  # fmt: skip
    again = final_row(office, initial, assessed_on=ago(-1))
    assert "uq_assessment_initial" in refusal(ctx, again)


def test_a_deviation_has_a_reason_and_an_override_an_end(office: Office, initial: Assessment) -> None:
    ctx = office.ctx
    override = {"level": "high", "is_override": True, "expires_on": ago(-30), "reason": "Heard of a lawsuit"}
    for wrong, name in (
        ({"reason": " "}, "deviation_has_reason"),
        ({"is_override": False, "expires_on": None}, "override_is_deviation"),
        ({"expires_on": None}, "override_expires"), ({"expires_on": DAY}, "override_expires_later"),
        ({"level": "low"}, "override_is_deviation"), ({"state": "in_review"}, "final_is_final"),
    ):  # fmt: skip
        assert name in refusal(ctx, final_row(office, initial, **(override | wrong)))
    ours = {"assessed_on": ago(5), "initial_id": None, "initial_assessor_id": None, "initial_department_id": None}
    proposal = final_row(office, initial, stage="initial", state="submitted", level="high", **ours)
    assert "deviation_has_reason" in refusal(ctx, proposal)
    returned = final_row(office, initial, stage="initial", state="returned", **ours)
    assert "returned_with_reason" in refusal(ctx, returned)


def test_one_assessment_of_a_customer_is_open_at_a_time_but_history_is_left_alone(
    office: Office, initial: Assessment
) -> None:
    def opened(days: int, **other: Any) -> Assessment:
        ours = {"initial_id": None, "initial_assessor_id": None, "initial_department_id": None}
        return final_row(office, initial, stage="initial", state="draft", assessed_on=ago(days), **(ours | other))

    office.ctx.session.add(opened(1))
    office.ctx.session.flush()
    assert "uq_assessment_open" in refusal(office.ctx, opened(2))
    office.ctx.session.add(opened(3, assessor_id=None))
    office.ctx.session.flush()


def test_requests_and_visits_move_as_their_lifecycles_say(office: Office, initial: Assessment) -> None:
    ctx, reviewer = office.ctx, office.reviewer.user_id or 0
    about = {"customer_id": initial.customer_id, "assessment_id": initial.id, "due_on": DAY}
    answered = {"answered_by": office.seller.user_id, "answered_at": ctx.now, "answer": "Yes"}
    request = InformationRequest(
        **about, state="answered", items="What?", asked_by=reviewer, asked_at=ctx.now, **answered
    )
    visit = SiteVisit(
        **about, state="done", purpose="Look", assignee_id=office.seller.user_id, ordered_by=reviewer,
        ordered_at=ctx.now, visited_on=DAY, findings="Fine", conclusion="no_concern",
        reported_by=office.seller.user_id, reported_at=ctx.now,
    )  # fmt: skip
    ctx.session.add_all([request, visit])
    ctx.session.flush()
    for statement, name in (
        ("UPDATE information_request SET state = 'open'", "illegal transition"),
        ("UPDATE information_request SET answer = NULL", "answered_by_somebody"),
        ("UPDATE site_visit SET state = 'ordered'", "illegal transition"),
        (f"UPDATE site_visit SET reported_by = {reviewer}", "reported_by_assignee"),
        ("UPDATE site_visit SET findings = NULL", "reported_when_done"),
        ("DELETE FROM assessment", "violates RESTRICT"),
    ):
        with pytest.raises(IntegrityError, match=name), ctx.session.begin_nested():
            ctx.session.execute(text(statement))


def test_a_photo_is_what_it_says_and_stays(office: Office, initial: Assessment) -> None:
    ctx = office.ctx
    visit = SiteVisit(
        customer_id=initial.customer_id, assessment_id=initial.id, due_on=DAY, state="ordered", purpose="Look",
        assignee_id=office.seller.user_id, ordered_by=office.reviewer.user_id, ordered_at=ctx.now,
    )  # fmt: skip
    ctx.session.add(visit)
    ctx.session.flush()
    photo = {"customer_id": visit.customer_id, "visit_id": visit.id, "file_name": "a", "sha256": "1", "content": b"12"}
    assert "size_range" in refusal(ctx, SiteVisitPhoto(**photo, media_type="image/png", size=3))
    assert "media_type_known" in refusal(ctx, SiteVisitPhoto(**photo, media_type="image/gif", size=2))
    ctx.session.add(SiteVisitPhoto(**photo, media_type="image/png", size=2))
    ctx.session.flush()
    for statement in ("UPDATE site_visit_photo SET file_name = 'b'", "DELETE FROM site_visit_photo"):
        with pytest.raises(Exception, match="only grows"), ctx.session.begin_nested():
            ctx.session.execute(text(statement))
    assert ctx.session.execute(select(SiteVisitPhoto.file_name)).scalars().all() == ["a"]
