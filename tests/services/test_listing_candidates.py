"""The register of candidates: each objective test at its boundaries, what closes one, and tips."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from sqlalchemy import select

from db.models import Contract, ContractEvent, Customer, LedgerEntry, Listing
from services.context import Context
from services.errors import NotAllowedError, RefusedError, StaleError
from services.jobs.kinds import KINDS
from services.listings import (
    FoundCandidates,
    ListingFilter,
    NewFile,
    assign,
    candidate_by_id,
    candidates_of_customer,
    evidence_content,
    find_candidates,
    listings_page,
    put_aside,
    reject,
    tip,
)
from services.policy import set_policy
from tests.oracle import histories
from tests.oracle.ledger import Ledger
from tests.oracle.units import Settings, known_by, trigger_units
from tests.services.history_rows import store
from tests.services.identifying import Court, make_court
from tests.services.makers import DAY, ago, make_customer, make_dunning, make_invoice, make_news


def _png() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (2, 2), (10, 20, 30)).save(written, format="PNG")
    return written.getvalue()


PNG = _png()


@pytest.fixture
def court(ctx: Context) -> Court:
    return make_court(ctx)


def events(court: Court, *days_and_severities: tuple[int, int | None], kind: str = "quality") -> Customer:
    """A customer with breaches of one contract."""
    customer, _invoice = court.debtor(overdue=1)
    contracts = select(Contract.id).where(Contract.customer_id == customer.customer_id)
    contract = court.ctx.session.execute(contracts).scalar_one()
    for place, (days, severity) in enumerate(days_and_severities):
        court.ctx.session.add(
            ContractEvent(
                customer_id=customer.customer_id, contract_id=contract, event_no=f"E-{customer.customer_id}-{place}",
                occurred_on=ago(days), kind=kind, severity=severity,
            )
        )  # fmt: skip
    court.ctx.session.flush()
    return customer


@pytest.mark.parametrize("seed", [3, 8])
def test_arrears_candidates_are_the_open_triggers_of_the_metric(ctx: Context, seed: int) -> None:
    history = known_by(histories.random_history(seed, customers=12), DAY)
    store(ctx, history)
    set_policy(ctx, "business_date", DAY.isoformat())
    find_candidates(ctx)
    expected = {
        (one.customer_no, one.trigger_on, one.deadline)
        for one in trigger_units(history, Ledger(history), DAY, Settings())
        if one.kind == "A" and one.is_open and one.trigger_on <= DAY
    }
    page = listings_page(ctx, ListingFilter(criterion="arrears"), limit=500)
    assert {(one.customer_no, one.trigger_on, one.deadline_on) for one in page.candidates} == expected
    assert find_candidates(ctx) == FoundCandidates(0, 0, 0)


def test_a_candidate_brings_the_invoice_and_its_notices(court: Court) -> None:
    customer, invoice = court.debtor()
    (one,) = court.candidates(customer)
    assert (one.criterion, one.source, one.state, one.trigger_on, one.deadline_on, one.days_left) == (
        "arrears", "test", "open", ago(5), ago(-10), 10,
    )  # fmt: skip
    assert [(fact.table, fact.on) for fact in one.facts] == [
        ("invoice", ago(95)), ("dunning_notice", ago(60)), ("dunning_notice", ago(30)),
    ]  # fmt: skip
    assert one.facts[0].subject == f"invoice:{invoice.id}"
    assert one.department == "NORTH"


def test_arrears_paid_in_time_withdraw_their_candidate(court: Court) -> None:
    customer, invoice = court.debtor()
    court.candidates(customer)
    invoice.settled_on = ago(1)
    court.figures(customer)
    assert find_candidates(court.ctx, [customer.customer_id]) == FoundCandidates(0, 1, 0)
    (one,) = candidates_of_customer(court.ctx, customer.customer_no)
    assert (one.state, one.closed_on) == ("withdrawn", DAY)


def test_arrears_paid_after_the_deadline_stay_and_say_so(court: Court) -> None:
    customer, invoice = court.debtor(overdue=120)
    invoice.settled_on = ago(2)
    court.figures(customer)
    (one,) = court.candidates(customer)
    assert (one.state, one.is_paid, one.days_left) == ("open", True, -15)


def test_a_decision_ends_the_arrears_candidate(court: Court) -> None:
    customer, _invoice = court.debtor()
    court.candidates(customer)
    listing = Listing(
        customer_id=customer.customer_id, listing_no="L-1", criterion="harm", grade="grey", state="rejected",
        trigger_on=ago(3), decided_on=DAY,
    )  # fmt: skip
    court.ctx.session.add(listing)
    court.figures(customer)
    assert find_candidates(court.ctx) == FoundCandidates(0, 0, 1)


#: Breaches as (days ago, severity), and the day of the trigger they make.
BREACHES = (
    (((10, 3), (20, 3)), ago(10)), (((10, 3),), None), (((10, 3), (20, 2)), None), (((10, 3), (20, None)), None),
    (((10, 5), (375, 5)), ago(10)), (((10, 5), (376, 5)), None), (((10, 5), (20, 5), (30, 4)), ago(20)),
    (((365, 5), (366, 5)), None),
)  # fmt: skip


def test_breaches_count_by_number_severity_and_window(court: Court) -> None:
    customers = [events(court, *rows) for rows, _expected in BREACHES]
    fulfilled = events(court, (10, 5), (20, 5), kind="fulfilled")
    find_candidates(court.ctx)
    found = [candidates_of_customer(court.ctx, one.customer_no) for one in [*customers, fulfilled]]
    days = [[(one.criterion, one.facts[-1].table, one.trigger_on) for one in rows] for rows in found]
    expected = [[] if day is None else [("breach", "contract_event", day)] for _rows, day in BREACHES]
    assert days == [*expected, []]


def test_a_setting_of_no_events_switches_a_test_off(court: Court) -> None:
    broken = events(court, (10, 5), (20, 5))
    set_policy(court.ctx, "breach_events", "0")
    assert court.candidates(broken) == ()


#: News as (kind, sentiment, days ago), and the criteria they are signs of.
NEWS = (
    ((("court", -2, 5),), ["illegal"]), ((("regulator", -2, 179),), ["illegal"]), ((("court", -2, 180),), []),
    ((("court", -1, 5),), []), ((("media", -2, 5),), []), ((("media", -2, 5), ("peer", -2, 100)), ["harm"]),
    ((("media", -2, 5), ("court", -2, 6)), ["illegal"]), ((("media", -2, 5), ("complaint", -2, 186)), []),
)  # fmt: skip


def test_courts_and_authorities_are_illegal_others_harm(court: Court) -> None:
    customers = []
    for rows, _expected in NEWS:
        customers.append(court.customer())
        for kind, sentiment, days in rows:
            make_news(court.ctx, customers[-1], ago(days), kind, sentiment)
    find_candidates(court.ctx)
    found = [candidates_of_customer(court.ctx, one.customer_no) for one in customers]
    assert [[one.criterion for one in rows] for rows in found] == [expected for _rows, expected in NEWS]


def test_events_before_the_last_decision_do_not_come_up_again(court: Court) -> None:
    customer = court.customer()
    make_news(court.ctx, customer, ago(5), "court", -2)
    court.ctx.session.add(
        Listing(
            customer_id=customer.customer_id, listing_no="L-2", criterion="illegal", grade="black", state="rejected",
            trigger_on=ago(5), decided_on=ago(2),
        )
    )  # fmt: skip
    assert court.candidates(customer) == ()
    make_news(court.ctx, customer, ago(1), "regulator", -2)
    (one,) = court.candidates(customer)
    assert one.trigger_on == ago(1)


def test_a_listed_customers_identifier_under_another_number_is_a_sign_of_fraud(court: Court) -> None:
    names = ("uscc", "phone", "bank_account")
    pairs = [[court.customer(**{name: f"91310000-{name}7"}) for _ in range(2)] for name in names]
    court.customer(uscc="91310000-uscc8")
    for listed, _other in pairs:
        court.ctx.session.add(
            Listing(
                customer_id=listed.customer_id, listing_no=f"L-{listed.customer_no}", criterion="arrears", grade="grey",
                state="confirmed", trigger_on=ago(30), listed_on=ago(20), decided_on=ago(20),
            )
        )  # fmt: skip
    assert find_candidates(court.ctx).found == 3
    for listed, other in pairs:
        found = [(one.criterion, one.trigger_on, one.facts[0].no) for one in court.candidates(other)]
        assert found == [("fraud", DAY, listed.customer_no)]
        assert court.candidates(listed) == ()


def test_the_worker_finds_them_and_the_ledger_has_one_entry_a_run(court: Court) -> None:
    customer, _invoice = court.debtor()
    KINDS["find_candidates"](court.ctx, {"customers": [customer.customer_id]})
    KINDS["find_candidates"](court.ctx, {})
    entries = court.ctx.session.execute(
        select(LedgerEntry.after).where(LedgerEntry.action == "listing_candidate.found")
    ).scalars()
    assert list(entries) == [
        {
            "as_of": DAY.isoformat(), "found": 1, "withdrawn": 0, "decided": 0,
            "customer_ids": [customer.customer_id], "withdrawn_ids": [],
        }
    ]  # fmt: skip


def test_put_aside_arrears_come_back_on_their_day_and_not_before(court: Court) -> None:
    customer, _invoice = court.debtor()
    (one,) = court.candidates(customer)
    key = (one.customer_id, one.id, one.version)
    with pytest.raises(RefusedError, match="say when to look again"):
        put_aside(court.by(court.reviewer), *key, "They pay next week")
    with pytest.raises(RefusedError, match="2025-09-28 at the latest"):
        put_aside(court.by(court.reviewer), *key, "They pay next week", ago(-91))
    with pytest.raises(NotAllowedError):
        put_aside(court.by(court.seller), *key, "They pay next week", ago(-7))
    aside = put_aside(court.by(court.reviewer), *key, "They pay next week", ago(-7))
    assert (aside.state, aside.closed_reason, aside.closed_by) == ("put_aside", "They pay next week", "Reviewer")
    with pytest.raises(StaleError):
        put_aside(court.by(court.second), *key, "Me too", ago(-7))
    assert find_candidates(court.by(court.reviewer, 6)).found == 0
    assert find_candidates(court.by(court.reviewer, 7)).found == 1


def test_anybody_may_give_a_tip_with_a_photo_and_a_second_one_joins_it(court: Court) -> None:
    customer = court.customer()
    photo = NewFile("C:\\photos\\gate.png", PNG)
    one = tip(court.by(court.other), customer.customer_no, "fraud", "The seal is a copy", ago(3), [photo, photo])
    assert (one.source, one.reporter, one.trigger_on, one.deadline_on) == ("tip", "Other", ago(3), ago(-12))
    again = tip(court.by(court.cashier), customer.customer_no, "fraud", "The bank says so too", ago(1))
    assert (again.id, again.trigger_on, again.words) == (
        one.id, ago(3), "The seal is a copy\n\nCashier: The bank says so too",
    )  # fmt: skip
    (piece,) = candidate_by_id(court.ctx, one.customer_id, one.id).evidence
    content = evidence_content(court.by(court.lawyer), one.customer_id, piece.id)
    assert (piece.file_name, content.media_type, content.content) == ("gate.png", "image/png", PNG)


#: Files that are no evidence, and what is said of them.
REFUSED = (
    ("virus.exe", b"MZ", "can't be kept as evidence"),
    ("photo.png", b"%PDF-1.7", "not what its name says"),
    ("paper.pdf", PNG, "not what its name says"),
    ("notes.txt", b"a\x00b", "not what its name says"),
    ("paper.pdf", b"", "is empty"),
    ("paper.pdf", b"%PDF" + b"0" * (20 * 1024 * 1024 - 3), "larger than 20 MB"),
)


def test_files_that_are_no_evidence_are_refused_and_nothing_is_kept(court: Court) -> None:
    customer = court.customer()
    for name, content, refusal in REFUSED:
        with pytest.raises(RefusedError, match=refusal):
            tip(court.by(court.seller), customer.customer_no, "harm", "Look", DAY, [NewFile(name, content)])
    assert candidates_of_customer(court.ctx, customer.customer_no) == ()


def test_a_tip_needs_words_a_day_that_was_and_an_unlisted_customer(court: Court) -> None:
    customer = make_customer(court.ctx)
    number = customer.customer_no
    with pytest.raises(RefusedError, match="Say what happened"):
        tip(court.by(court.seller), number, "harm", "  ", DAY)
    with pytest.raises(RefusedError, match="can't lie in the future"):
        tip(court.by(court.seller), number, "harm", "Look", ago(-1))
    court.ctx.session.add(
        Listing(
            customer_id=customer.customer_id, listing_no="L-4", criterion="arrears", grade="grey", state="confirmed",
            trigger_on=ago(30), listed_on=ago(20), decided_on=ago(20),
        )
    )  # fmt: skip
    with pytest.raises(RefusedError, match="listed already"):
        tip(court.by(court.seller), number, "harm", "Look", DAY)


def test_a_candidate_is_taken_on_or_given_by_risk_management(court: Court) -> None:
    customer, _invoice = court.debtor()
    (one,) = court.candidates(customer)
    seller, lawyer = court.seller.user_id or 0, court.lawyer.user_id or 0
    with pytest.raises(NotAllowedError, match="risk management gives it to others"):
        assign(court.by(court.seller), one.customer_id, one.id, one.version, lawyer)
    taken = assign(court.by(court.seller), one.customer_id, one.id, one.version, seller)
    given = assign(court.by(court.reviewer), one.customer_id, one.id, taken.version, lawyer)
    assert (taken.assignee, given.assignee) == ("Seller", "Lawyer")
    with pytest.raises(RefusedError, match="who can propose"):
        assign(court.by(court.reviewer), one.customer_id, one.id, given.version, court.leader.user_id or 0)


def test_a_rejected_proposal_ends_its_candidate_and_only_another_invoice_triggers_again(court: Court) -> None:
    customer, _invoice = court.debtor()
    court.candidates(customer)
    row = court.ready(customer)
    reject(court.by(court.leader), row.customer_id, row.id, row.version, "They dispute it with reason")
    assert find_candidates(court.ctx) == FoundCandidates(0, 0, 0)
    (one,) = candidates_of_customer(court.ctx, customer.customer_no)
    assert (one.state, one.listing_id, one.closed_on) == ("decided", row.id, DAY)
    second = make_invoice(court.ctx, customer, ago(94))
    for days in (60, 30):
        make_dunning(court.ctx, customer, ago(days), invoice_id=second.id)
    court.figures(customer)
    assert find_candidates(court.ctx) == FoundCandidates(1, 0, 0)
