"""A listing from its draft to its end: the lifecycle, four eyes, the right of reply, and what a decision sets off."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from db.models import Customer, Job, LedgerEntry, Listing, MachineEvent, MetricContribution, Notification
from services.context import Context
from services.errors import IllegalMoveError, NotAllowedError, RefusedError, StaleError
from services.gate import OrderAsked, ask
from services.listings import (
    ListingRow,
    NewFile,
    Writing,
    add_evidence,
    answer,
    ask_for_more,
    ask_to_end,
    candidates_of_customer,
    change_draft,
    confirm,
    draft,
    end_unfounded,
    find_ready,
    hand_in,
    linkable_rows,
    listing_by_id,
    offer_reply,
    record_reply,
    record_silence,
    refuse_end,
    reject,
    remove_evidence,
    take_up,
    withdraw,
)
from services.listings.steps import added
from services.listings_now import grade_of
from services.policy import set_policy
from tests.services.identifying import STATEMENT, Court, make_court
from tests.services.makers import DAY, ago, make_news

PDF = NewFile("Delivery note.pdf", b"%PDF-1.7 signed")


@pytest.fixture
def court(ctx: Context) -> Court:
    return make_court(ctx)


def key(row: ListingRow) -> tuple[int, int, int]:
    """What names a listing to a command."""
    return row.customer_id, row.id, row.version


def now(court: Court, row: ListingRow) -> ListingRow:
    return listing_by_id(court.ctx, row.customer_id, row.id).row


def missing(court: Court, row: ListingRow) -> list[str]:
    return [one.code for one in listing_by_id(court.ctx, row.customer_id, row.id).checks if not one.is_there]


# The proposal


def test_a_proposal_takes_the_candidate_its_rows_and_the_contract_along(court: Court) -> None:
    customer, _invoice = court.debtor()
    court.candidates(customer)
    row = court.drafted(customer)
    found = listing_by_id(court.ctx, row.customer_id, row.id)
    assert (row.state, row.step, row.grade, row.trigger_on, row.deadline_on, row.days_left) == (
        "proposed", "draft", "grey", ago(5), ago(-10), 10,
    )  # fmt: skip
    assert sorted((one.kind, str(one.subject).split(":")[0]) for one in found.evidence) == [
        ("contract", "contract"), ("dunning", "dunning_notice"), ("dunning", "dunning_notice"),
        ("transaction", "invoice"),
    ]  # fmt: skip
    assert [(one.state, one.listing_id) for one in found.candidates] == [("proposed", row.id)]
    assert [(one.code, one.is_there) for one in found.checks] == [
        ("statement", True), ("invoice_overdue", True), ("dunning", True), ("contract_or_delivery", True),
        ("reply", False),
    ]  # fmt: skip


def test_two_cannot_propose_the_same_customer(court: Court) -> None:
    customer, _invoice = court.debtor()
    court.drafted(customer)
    with pytest.raises(RefusedError, match="proposed already"):
        draft(court.by(court.lawyer), customer.customer_no, Writing(("harm",)))


def test_business_proposes_its_own_customers_others_any(court: Court) -> None:
    customer = court.customer()
    with pytest.raises(NotAllowedError, match="hand in a tip"):
        draft(court.by(court.other), customer.customer_no, Writing(("harm",)))
    with pytest.raises(NotAllowedError):
        draft(court.by(court.leader), customer.customer_no, Writing(("harm",)))
    assert draft(court.by(court.cashier), customer.customer_no, Writing(("harm", "fraud"))).grade == "black"


def test_another_grade_needs_a_reason(court: Court) -> None:
    customer = court.customer()
    with pytest.raises(RefusedError, match="say why"):
        draft(court.by(court.seller), customer.customer_no, Writing(("fraud",), grade="grey"))
    row = draft(court.by(court.seller), customer.customer_no, Writing(("fraud",), grade="grey", grade_reason="A boy"))
    changed = change_draft(court.by(court.seller), *key(row), Writing(("harm",), "Look", trigger_on=ago(2)))
    assert (changed.criteria, changed.grade, changed.grade_reason, changed.trigger_on, changed.deadline_on) == (
        ("harm",), "grey", None, ago(2), ago(-13),
    )  # fmt: skip


def test_a_repeated_listing_is_black_unless_the_first_was_unfounded(court: Court) -> None:
    customer = court.customer()
    earlier = Listing(
        customer_id=customer.customer_id, listing_no="L-1", criterion="arrears", grade="grey", state="restored",
        trigger_on=ago(300), listed_on=ago(290), decided_on=ago(290), restored_on=ago(100),
    )  # fmt: skip
    court.ctx.session.add(earlier)
    court.ctx.session.flush()
    assert court.drafted(customer).grade == "black"


def test_only_a_draft_is_taken_back_and_its_candidate_waits_again(court: Court) -> None:
    customer, _invoice = court.debtor()
    court.candidates(customer)
    row = court.drafted(customer)
    with pytest.raises(NotAllowedError, match="colleague of the same department"):
        withdraw(court.by(court.lawyer), *key(row))
    withdraw(court.by(court.seller), *key(row))
    assert [one.state for one in candidates_of_customer(court.ctx, customer.customer_no)] == ["open"]
    row = court.in_review(customer)
    with pytest.raises(RefusedError, match="handed in"):
        withdraw(court.by(court.seller), *key(row))


def test_candidates_follow_the_criteria_of_the_draft(court: Court) -> None:
    customer, _invoice = court.debtor()
    make_news(court.ctx, customer, ago(2), "court", -2)
    court.candidates(customer)
    row = court.drafted(customer)
    change_draft(court.by(court.seller), *key(row), Writing(("illegal",), STATEMENT))
    found = candidates_of_customer(court.ctx, customer.customer_no)
    assert {one.criterion: one.state for one in found} == {"arrears": "open", "illegal": "proposed"}


def test_evidence_is_linked_kept_once_and_taken_out_by_its_own(court: Court) -> None:
    customer, invoice = court.debtor()
    row = court.drafted(customer)
    by = court.by(court.seller)
    assert missing(court, row) == ["invoice_overdue", "dunning", "contract_or_delivery", "reply"]
    subjects = [one.subject for one in linkable_rows(court.ctx, customer.customer_id) if one.table == "invoice"]
    assert subjects == [f"invoice:{invoice.id}"]
    add_evidence(by, *key(row), subjects, [PDF, PDF], "transaction")
    row = now(court, row)
    assert missing(court, row) == ["reply"]
    with pytest.raises(RefusedError, match="Choose a row or a file"):
        add_evidence(by, *key(row))
    with pytest.raises(RefusedError, match="can't be linked any more"):
        add_evidence(by, *key(row), ["invoice:0"])
    pieces = listing_by_id(court.ctx, row.customer_id, row.id).evidence
    assert [one.file_name or one.title for one in pieces] == [invoice.invoice_no, "Delivery note.pdf"]
    with pytest.raises(NotAllowedError):
        remove_evidence(court.by(court.lawyer), *key(row), pieces[1].id)
    remove_evidence(by, *key(row), pieces[1].id)
    assert missing(court, row) == ["contract_or_delivery", "reply"]


# The review and the right of reply


def test_the_review_asks_is_answered_and_finds_ready(court: Court) -> None:
    customer, _invoice = court.debtor()
    row = court.drafted(customer)
    row = hand_in(court.by(court.seller), *key(row))
    with pytest.raises(RefusedError, match="handed in"):
        change_draft(court.by(court.seller), *key(row), Writing(("harm",)))
    with pytest.raises(IllegalMoveError):
        find_ready(court.by(court.reviewer), *key(row), "List them")
    row = take_up(court.by(court.reviewer), *key(row))
    row = ask_for_more(court.by(court.reviewer), *key(row), "The delivery note", ago(-3))
    add_evidence(court.by(court.seller), *key(row), (), [PDF], "transaction")
    row = answer(court.by(court.seller), *key(now(court, row)), "It is there")
    assert (row.step, row.answer, row.asked_for, row.reviewer) == ("in_review", "It is there", "The delivery note",
                                                                   "Reviewer")  # fmt: skip
    row = find_ready(court.by(court.reviewer), *key(row), "List them")
    assert (row.step, row.recommendation) == ("ready", "List them")
    told = court.ctx.session.execute(select(Notification.kind).order_by(Notification.id)).scalars()
    assert [kind for kind in dict.fromkeys(told) if kind.startswith("listing")] == [
        "listing_to_review", "listing_asked", "listing_to_decide",
    ]  # fmt: skip


def test_nobody_reviews_their_own(court: Court) -> None:
    customer = court.customer()
    row = draft(court.by(court.reviewer), customer.customer_no, Writing(("harm",), STATEMENT))
    row = hand_in(court.by(court.reviewer), *key(row))
    with pytest.raises(NotAllowedError, match="yourself"):
        take_up(court.by(court.reviewer), *key(row))
    assert take_up(court.by(court.second), *key(row)).step == "in_review"


def test_the_right_of_reply_has_its_days(court: Court) -> None:
    customer, _invoice = court.debtor()
    row = court.in_review(customer)
    by = court.by(court.lawyer)
    with pytest.raises(RefusedError, match="Note first"):
        record_reply(by, *key(row), "It is all paid")
    with pytest.raises(RefusedError, match="7 days to reply: until 2025-07-07"):
        offer_reply(by, *key(row), "letter", DAY, ago(-6))
    row = offer_reply(by, *key(row), "letter", DAY)
    assert (row.reply.offered_on, row.reply.channel, row.reply.due_on) == (DAY, "letter", ago(-7))
    with pytest.raises(RefusedError, match="may reply until 2025-07-07"):
        record_silence(court.by(court.lawyer, 7), *key(row))
    silent = record_silence(court.by(court.lawyer, 8), *key(row))
    assert (silent.reply.has_reply, silent.reply.closed_on) == (False, ago(-8))
    late = record_reply(court.by(court.seller, 9), *key(silent), "It is all paid", [PDF])
    assert (late.reply.has_reply, late.reply.text) == (True, "It is all paid")
    assert [one.kind for one in listing_by_id(court.ctx, row.customer_id, row.id).evidence] == ["reply"]


# The decision


def test_a_confirmation_does_everything_at_once(court: Court) -> None:
    customer, _invoice = court.debtor()
    court.candidates(customer)
    ready = court.ready(customer)
    order = OrderAsked(customer.customer_no, Decimal(10), order_no="O-1")
    assert ask(court.ctx, order).decision == "allow"
    row = confirm(court.by(court.leader), *key(ready))
    assert (ask(court.ctx, order).state, ask(court.ctx, replace(order, order_no="O-2")).decision) == ("waiting", "deny")
    assert court.ctx.session.execute(
        select(MachineEvent.kind).where(MachineEvent.kind.startswith("listing"))
    ).all() == [("listing.confirmed",)]
    assert (row.state, row.step, row.decided_on, row.decider, row.gaps) == ("confirmed", None, DAY, "Boss", ())
    assert grade_of(court.ctx, customer.customer_id) == "grey"
    court.ctx.session.expire_all()
    found = court.ctx.session.get_one(Customer, customer.customer_id)
    assert (found.risk_level, found.level_source) == ("critical", "floor")
    units = select(MetricContribution.measure, MetricContribution.known_on).where(
        MetricContribution.customer_id == customer.customer_id,
        MetricContribution.metric == "identification_timeliness",
    )  # fmt: skip
    assert court.ctx.session.execute(units).all() == [("on_time", DAY)]
    assert [one.state for one in candidates_of_customer(court.ctx, customer.customer_no)] == ["decided"]
    told = select(Notification.user_id).where(Notification.kind == "listing_confirmed")
    people = {court.seller, court.reviewer, court.second, court.lawyer, court.cashier}
    assert set(court.ctx.session.execute(told).scalars()) == {one.user_id for one in people}
    assert "score_customers" in set(court.ctx.session.execute(select(Job.name)).scalars())
    last = select(LedgerEntry.actor, LedgerEntry.after).where(LedgerEntry.action == "listing.confirmed")
    actor, after = court.ctx.session.execute(last).one()
    assert (actor, after["state"], after["decided_on"]) == ("boss", "confirmed", DAY.isoformat())


def test_gaps_and_an_early_decision_need_a_reason(court: Court) -> None:
    early, _invoice = court.debtor()
    court.candidates(early)
    row = court.ready(early, offered=3)
    with pytest.raises(RefusedError, match="may still reply"):
        confirm(court.by(court.leader), *key(row))
    assert confirm(court.by(court.leader), *key(row), "They fled").decision_reason == "They fled"
    bare = court.customer()
    row = court.ready(bare, "harm", offered=None)
    with pytest.raises(RefusedError, match="gaps needs a reason"):
        confirm(court.by(court.leader), *key(row), " ")
    assert confirm(court.by(court.leader), *key(row), "It was on the news").gaps == ("public_harm", "reply")


def test_nobody_decides_their_own_and_three_people_where_the_policy_wants_it(court: Court) -> None:
    customer = court.customer()
    row = draft(court.by(court.second), customer.customer_no, Writing(("harm",), STATEMENT))
    row = hand_in(court.by(court.second), *key(row))
    row = take_up(court.by(court.reviewer), *key(row))
    row = find_ready(court.by(court.reviewer), *key(row), "List them")
    with pytest.raises(NotAllowedError, match="yourself"):
        confirm(court.by(court.second), *key(row), "Because")
    with pytest.raises(NotAllowedError):
        confirm(court.by(court.seller), *key(row), "Because")
    set_policy(court.ctx, "listing_people", "3")
    with pytest.raises(NotAllowedError, match="third person"):
        confirm(court.by(court.reviewer), *key(row), "Because")
    set_policy(court.ctx, "listing_people", "2", DAY)
    assert confirm(court.by(court.reviewer), *key(row), "Because").state == "confirmed"


def test_a_decision_waits_for_the_review_and_is_made_once(court: Court) -> None:
    customer, _invoice = court.debtor()
    row = court.in_review(customer)
    with pytest.raises(RefusedError, match="not found this proposal ready"):
        confirm(court.by(court.leader), *key(row), "Now")
    with pytest.raises(RefusedError, match="Say why"):
        reject(court.by(court.leader), *key(row), "")
    done = reject(court.by(court.leader), *key(row), "They paid")
    assert (done.state, done.decided_on, done.decision_reason) == ("rejected", DAY, "They paid")
    with pytest.raises(StaleError):
        confirm(court.by(court.second), *key(row), "Now")
    with pytest.raises(IllegalMoveError):
        confirm(court.by(court.second), *key(done), "Now")


def test_an_unfounded_listing_ends_by_two_people_and_the_level_follows_the_score(court: Court) -> None:
    customer = court.customer()
    row = confirm(court.by(court.leader), *key(court.ready(customer, "harm")), "It was on the news")
    with pytest.raises(RefusedError, match="Nobody has asked"):
        end_unfounded(court.by(court.leader), *key(row))
    row = ask_to_end(court.by(court.lawyer), *key(row), "It was another company")
    row = refuse_end(court.by(court.leader), *key(row), "It was not")
    row = ask_to_end(court.by(court.second), *key(row), "It was, see the register")
    with pytest.raises(NotAllowedError, match="yourself"):
        end_unfounded(court.by(court.second), *key(row))
    row = end_unfounded(court.by(court.leader), *key(row))
    assert (row.state, row.ended_as, row.restored_on) == ("restored", "unfounded", DAY)
    assert row.correction is not None
    assert (row.correction.asked_by, row.correction.ended_by) == ("Second", "Boss")
    assert grade_of(court.ctx, customer.customer_id) is None
    court.ctx.session.expire_all()
    assert court.ctx.session.get_one(Customer, customer.customer_id).risk_level != "critical"
    assert court.drafted(customer).grade == "grey"


# The database holds it too


#: What is written past the services, and which rule of the database refuses it.
BROKEN = (
    ({"decider_id": "proposer"}, "decided_by_another"),
    ({"reviewer_id": "proposer"}, "reviewed_by_another"),
    ({"step": None}, "step_while_proposed"),
    ({"step": "ready"}, "illegal step of a listing from draft to ready"),
    ({"reply_offered_on": DAY}, "reply_offered_whole"),
    ({"has_reply": True}, "reply_closed_whole"),
    ({"correction_reason": "Because"}, "correction_whole"),
    ({"state": "confirmed", "step": None, "decided_on": DAY}, "not ready to be confirmed"),
)


def test_the_database_refuses_it_too(court: Court) -> None:
    row = court.drafted(court.customer(), "harm")
    session = court.ctx.session
    for change, broken in BROKEN:
        values = {name: row.proposer_id if value == "proposer" else value for name, value in change.items()}
        with pytest.raises(IntegrityError, match=broken), session.begin_nested():
            session.execute(update(Listing).where(Listing.id == row.id).values(values))
    twin = _copy(session.get_one(Listing, (row.customer_id, row.id)))
    with pytest.raises(RefusedError, match="twice"):
        added(court.ctx, twin, "twice")


def _copy(row: Listing) -> Listing:
    return Listing(
        customer_id=row.customer_id, listing_no="L-TWIN", criterion="harm", grade="grey", state="proposed",
        step="draft", proposer_id=row.proposer_id, trigger_on=DAY,
    )  # fmt: skip
