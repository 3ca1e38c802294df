"""What a review asks for: information, and visits with their photos (clause 2.2)."""

from __future__ import annotations

import io
from hashlib import sha256

import pytest
from PIL import Image
from sqlalchemy import select

from db.models import LedgerEntry
from services.assessments import (
    MOST_PHOTOS,
    AssessmentRow,
    NewPhoto,
    VisitRow,
    answer_request,
    ask_for_more,
    assessment_by_id,
    cancel_visit,
    finalise,
    order_visit,
    people_to_send,
    photo_content,
    report_visit,
    return_to_business,
    withdraw_request,
)
from services.context import Context
from services.errors import IllegalMoveError, NotAllowedError, NotFoundError, RefusedError, StaleError
from tests.services.assessing import Office, make_office
from tests.services.makers import DAY, ago


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


@pytest.fixture
def office(ctx: Context) -> Office:
    return make_office(ctx)


def key(row: AssessmentRow | VisitRow) -> tuple[int, int, int]:
    return row.customer_id, row.id, row.version


def picture(form: str = "JPEG", *, is_placed: bool = False) -> bytes:
    """A small picture; `is_placed` as a phone takes it: on its side, with the place in its notes."""
    written = io.BytesIO()
    notes = Image.Exif()
    if is_placed:
        notes[0x0112] = 6
        notes.get_ifd(0x8825).update({1: "N", 2: (39.0, 54.0, 20.0), 3: "E", 4: (116.0, 23.0, 29.0)})
        notes[0x0110] = "A phone"
    Image.new("RGB", (6, 4), (120, 80, 40)).save(written, format=form, exif=notes if is_placed else b"")
    return written.getvalue()


def test_a_request_is_asked_answered_and_no_longer_in_the_way(office: Office) -> None:
    taken = office.in_review(office.customer(), "low")
    reviewer = office.by(office.reviewer)
    asked = ask_for_more(reviewer, *key(taken), " Last year's statements \n\n Who guarantees?", ago(-3))
    assert (asked.state, asked.items, asked.asked_by) == (
        "open",
        ("Last year's statements", "Who guarantees?"),
        "Reviewer",
    )
    with pytest.raises(RefusedError, match="A request for more information is open"):
        finalise(reviewer, *key(taken), "low")
    with pytest.raises(NotAllowedError, match="another department"):
        answer_request(office.by(office.other), asked.customer_id, asked.id, asked.version, "None")
    with pytest.raises(RefusedError, match="Write the answer"):
        answer_request(office.by(office.seller), asked.customer_id, asked.id, asked.version, " ")
    answered = answer_request(office.by(office.colleague, 4), asked.customer_id, asked.id, asked.version, "Attached")
    assert (answered.state, answered.answered_by, answered.answer, answered.is_late) == (
        "answered",
        "Colleague",
        "Attached",
        False,
    )
    with pytest.raises(IllegalMoveError):
        withdraw_request(reviewer, asked.customer_id, asked.id, answered.version)
    assert assessment_by_id(office.ctx, taken.customer_id, taken.id).requests == (answered,)
    assert finalise(reviewer, *key(taken), "low").state == "final"


def test_requests_need_a_review_words_and_a_day_to_come(office: Office) -> None:
    reviewer = office.by(office.reviewer)
    waiting = office.submitted(office.customer(), "low")
    with pytest.raises(RefusedError, match="Take it up first"):
        ask_for_more(reviewer, *key(waiting), "Anything", DAY)
    taken = office.in_review(office.customer(), "low")
    with pytest.raises(RefusedError, match="one item a line"):
        ask_for_more(reviewer, *key(taken), " \n ", DAY)
    with pytest.raises(RefusedError, match="before today"):
        ask_for_more(reviewer, *key(taken), "Anything", ago(1))
    with pytest.raises(StaleError):
        ask_for_more(reviewer, taken.customer_id, taken.id, taken.version - 1, "Anything", DAY)
    with pytest.raises(NotFoundError):
        withdraw_request(reviewer, taken.customer_id, 1, 1)
    asked = ask_for_more(reviewer, *key(taken), "Anything", DAY)
    assert assessment_by_id(office.by(office.reviewer, 1), taken.customer_id, taken.id).requests[0].is_late
    assert withdraw_request(reviewer, asked.customer_id, asked.id, asked.version).state == "withdrawn"


def test_returning_withdraws_what_was_asked(office: Office) -> None:
    taken = office.in_review(office.customer(), "low")
    ask_for_more(office.by(office.reviewer), *key(taken), "Anything", DAY)
    return_to_business(office.by(office.reviewer), *key(taken), "Write it anew")
    assert [one.state for one in assessment_by_id(office.ctx, taken.customer_id, taken.id).requests] == ["withdrawn"]


def ordered(office: Office) -> VisitRow:
    taken = office.in_review(office.customer(), "low")
    return order_visit(
        office.by(office.reviewer), *key(taken), office.seller.user_id or 0, ago(-7), "See the warehouse"
    )


def test_a_visit_is_reported_by_who_was_sent_with_photos(office: Office) -> None:
    visit = ordered(office)
    assert [name for _, name in people_to_send(office.ctx, visit.customer_id, visit.assessment_id)] == [
        "Colleague", "Reviewer", "Second", "Seller",
    ]  # fmt: skip
    content = picture("PNG")
    photos = [
        NewPhoto("C:\\phone\\gate.png", content),
        NewPhoto("again.png", content),
        NewPhoto("w.webp", picture("WEBP")),
    ]
    with pytest.raises(NotAllowedError, match="Only who was sent"):
        report_visit(office.by(office.colleague), *key(visit), DAY, "All fine", "no_concern", photos)
    done = report_visit(office.by(office.seller), *key(visit), ago(1), "Half the shelves are empty", "concern", photos)
    assert (done.state, done.visited_on, done.findings, done.conclusion) == (
        "done", ago(1), "Half the shelves are empty", "concern",
    )  # fmt: skip
    assert [(one.file_name, one.media_type) for one in done.photos] == [
        ("gate.png", "image/png"),
        ("w.webp", "image/webp"),
    ]
    kept = photo_content(office.ctx, visit.customer_id, done.photos[0].id)
    assert (kept.file_name, kept.media_type, kept.content) == ("gate.png", "image/png", content)
    entry = office.ctx.session.execute(
        select(LedgerEntry).where(LedgerEntry.action == "site_visit.reported")
    ).scalar_one()
    assert entry.after is not None
    assert entry.after["photo_names"][sha256(content).hexdigest()] == "gate.png"
    assert assessment_by_id(office.ctx, visit.customer_id, visit.assessment_id).visits == (done,)
    with pytest.raises(IllegalMoveError):
        cancel_visit(office.by(office.reviewer), *key(done), "Too late")
    with pytest.raises(NotFoundError):
        photo_content(office.ctx, visit.customer_id, done.photos[0].id + 1_000)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_place_and_camera_are_taken_out_of_a_photo_and_it_stands_upright(office: Office, form: str) -> None:
    visit = ordered(office)
    sent = picture(form, is_placed=True)
    with Image.open(io.BytesIO(sent)) as image:
        assert image.getexif().get_ifd(0x8825)[1] == "N"
    done = report_visit(office.by(office.seller), *key(visit), DAY, "Seen", "no_concern", [NewPhoto("a", sent)])
    with Image.open(io.BytesIO(photo_content(office.ctx, visit.customer_id, done.photos[0].id).content)) as image:
        assert (image.format, image.size, dict(image.getexif())) == (form, (4, 6), {})


def test_what_is_no_photo_or_too_much_is_refused_and_the_visit_stays_open(office: Office) -> None:
    visit = ordered(office)
    seller = office.by(office.seller)
    gif = io.BytesIO()
    Image.new("RGB", (2, 2)).save(gif, format="GIF")
    cases = (
        ([NewPhoto("a.jpg", b"MZ not a photo")], "“a.jpg” is not a JPEG, PNG or WebP photo"),
        ([NewPhoto("a.jpg", gif.getvalue())], "is not a JPEG, PNG or WebP photo"),
        ([NewPhoto("a.jpg", picture()[:-20])], "is not a JPEG, PNG or WebP photo"),
        ([NewPhoto("big.jpg", picture() + b"\0" * 10 * 1024**2)], "“big.jpg” is larger than 10 MB"),
        ([NewPhoto(f"{n}.jpg", picture()) for n in range(MOST_PHOTOS + 1)], "At most 20 photos"),
    )
    for photos, sentence in cases:
        with pytest.raises(RefusedError, match=sentence):
            report_visit(seller, *key(visit), DAY, "Seen", "no_concern", photos)
    for values, sentence in (
        ((ago(-1), "Seen", "no_concern"), "lies in the future"),
        ((DAY, " ", "no_concern"), "Write down what you found"),
        ((DAY, "Seen", "splendid"), "splendid"),
    ):  # fmt: skip
        with pytest.raises(RefusedError, match=sentence):
            report_visit(seller, *key(visit), *values)
    cancelled = cancel_visit(office.by(office.reviewer), *key(visit), "The customer moved")
    assert (cancelled.state, cancelled.cancelled_reason, cancelled.photos) == ("cancelled", "The customer moved", ())


def test_a_visit_needs_a_purpose_a_day_to_come_and_somebody_who_may_go(office: Office) -> None:
    taken = office.in_review(office.customer(), "low")
    reviewer, sent = office.by(office.reviewer), office.second.user_id or 0
    for values, sentence in (
        ((sent, DAY, " "), "what the visit is to find out"), ((sent, ago(1), "Look"), "before today"),
        ((office.other.user_id or 0, DAY, "Look"), "of the proposing department or of risk management"),
    ):  # fmt: skip
        with pytest.raises(RefusedError, match=sentence):
            order_visit(reviewer, *key(taken), *values)
