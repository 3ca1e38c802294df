"""What who proposes a listing does: draft, change, hand in, take back, answer (policy 2.3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update

from db.enums import CandidateState, ListingState, ListingStep
from db.models import Listing, ListingCandidate, ListingEvidence
from services import access, data_versions, ledger
from services.context import Context
from services.customer_keys import customer_id_of
from services.early_warnings.lifecycle import company_clock
from services.errors import N_, RefusedError
from services.listings.evidence import contract_facts, link_rows, take_over_files
from services.listings.lifecycle import WRITTEN_IN, default_grade, ensure_trigger, known_criteria, known_grade
from services.listings.rows import ListingRow
from services.listings.steps import (
    added,
    ensure_own_customer,
    ensure_unlisted,
    ensure_written_by,
    locked_listing,
    open_candidates_of,
    person_of,
    wait_for_turn,
    was_listed_before,
)
from services.listings.stored import fact_of, listing_row
from services.listings.telling import tell_handed_in
from services.reasons import stated

_MOST_WORDS = 8_000


@dataclass(frozen=True)
class Writing:
    """What a proposal says. `grade` None: the default of the criteria; `trigger_on` None: of the earliest sign."""

    criteria: tuple[str, ...]
    statement: str = ""
    grade: str | None = None
    grade_reason: str = ""
    trigger_on: dt.date | None = None


# --- commands


def draft(ctx: Context, customer_no: str, writing: Writing) -> ListingRow:
    """Begin a proposal. Open candidates on its criteria go with it, and bring their rows and files as evidence.

    Raises:
        NotAllowedError, NotFoundError, RefusedError: nothing was changed; a customer has one open proposal.
    """
    access.ensure_may(ctx, "listing.propose")
    person = person_of(ctx)
    customer_id = customer_id_of(ctx, customer_no)
    ensure_own_customer(ctx, customer_id)
    criteria = known_criteria(writing.criteria)
    wait_for_turn(ctx, customer_id)
    ensure_unlisted(ctx, customer_id)
    candidates = open_candidates_of(ctx, customer_id, criteria)
    earliest = min((one.trigger_on for one in candidates), default=ctx.today)
    row = Listing(
        customer_id=customer_id, listing_no=_next_number(ctx, customer_id), state=ListingState.PROPOSED.value,
        step=ListingStep.DRAFT.value, proposer_id=person, department_id=ctx.actor.department_id, changed_at=ctx.now,
    )  # fmt: skip
    _write(ctx, row, writing, writing.trigger_on or earliest)
    with ledger.change(ctx, "listing.drafted", row):
        added(ctx, row, N_("A listing of this customer is proposed already. Open that proposal and add to it."))
    for one in candidates:
        _take_along(ctx, row, one, person)
    _after(ctx)
    return listing_row(ctx, customer_id, row.id)


def change_draft(ctx: Context, customer_id: int, listing_id: int, version: int, writing: Writing) -> ListingRow:
    """Write on: while it is a draft, or while more is asked for.

    Raises:
        NotAllowedError, NotFoundError, StaleError, RefusedError: nothing was changed.
    """
    row, person = _written(ctx, customer_id, listing_id, version)
    with ledger.change(ctx, "listing.changed", row):
        _write(ctx, row, writing, writing.trigger_on or row.trigger_on)
    _let_go(ctx, row)
    for one in open_candidates_of(ctx, customer_id, (row.criterion, *row.also_criteria)):
        _take_along(ctx, row, one, person)
    _after(ctx)
    return listing_row(ctx, customer_id, listing_id)


def hand_in(ctx: Context, customer_id: int, listing_id: int, version: int) -> ListingRow:
    """Hand a draft in for the review. What is missing is shown to the reviewer; a statement is needed at the least.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    row, _person = _written(ctx, customer_id, listing_id, version, ListingStep.HANDED_IN)
    stated(row.statement, N_("Write a statement first: what happened, and why the customer should be listed."))
    with ledger.change(ctx, "listing.handed_in", row):
        row.step, row.handed_in_at = ListingStep.HANDED_IN.value, company_clock(ctx)
    _after(ctx)
    tell_handed_in(ctx, row)
    return listing_row(ctx, customer_id, listing_id)


def answer(ctx: Context, customer_id: int, listing_id: int, version: int, words: str) -> ListingRow:
    """Answer what the reviewer asked for: it goes on with the review.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "listing.propose")
    person_of(ctx)
    row = locked_listing(ctx, customer_id, listing_id, version, step=ListingStep.IN_REVIEW)
    if row.step != ListingStep.ASKED:
        raise RefusedError(N_("Nothing is asked for at present. Reload to see where the proposal stands."))
    ensure_written_by(ctx, row)
    said = stated(words, N_("Say what you found out: the reviewer goes on by it."))
    with ledger.change(ctx, "listing.answered", row, said):
        row.step, row.answer = ListingStep.IN_REVIEW.value, said
    _after(ctx)
    return listing_row(ctx, customer_id, listing_id)


def withdraw(ctx: Context, customer_id: int, listing_id: int, version: int) -> None:
    """Take a draft back: it and its evidence are gone, its candidates wait again. The ledger keeps that it was there.

    Raises:
        NotAllowedError, NotFoundError, StaleError, RefusedError: nothing was changed.
    """
    row, _person = _written(ctx, customer_id, listing_id, version)
    if row.step != ListingStep.DRAFT:
        raise RefusedError(N_("Only a draft can be taken back: this proposal is under review."))
    ledger.record(
        ctx, "listing.withdrawn", f"listing:{customer_id}:{listing_id}", customer_id=customer_id,
        before=ledger.values_of(row),
    )  # fmt: skip
    _free_candidates(ctx, row)
    mine = (ListingEvidence.customer_id == customer_id, ListingEvidence.listing_id == listing_id)
    ctx.session.execute(update(ListingEvidence).where(*mine, ListingEvidence.candidate_id.is_not(None)).values(
        listing_id=None))  # fmt: skip
    ctx.session.execute(delete(ListingEvidence).where(*mine))
    ctx.session.delete(row)
    ctx.session.flush()
    _after(ctx)


def _written(
    ctx: Context, customer_id: int, listing_id: int, version: int, step: str | None = None
) -> tuple[Listing, int]:
    """A proposal that this person writes, in a step in which it is written."""
    access.ensure_may(ctx, "listing.propose")
    person = person_of(ctx)
    row = locked_listing(ctx, customer_id, listing_id, version, step=step)
    ensure_written_by(ctx, row)
    if row.step not in WRITTEN_IN:
        raise RefusedError(N_("The proposal is handed in: risk management asks if more is needed."))
    return row, person


def _write(ctx: Context, row: Listing, writing: Writing, trigger_on: dt.date) -> None:
    criteria = known_criteria(writing.criteria)
    default = default_grade(criteria, was_listed=was_listed_before(ctx, row.customer_id))
    grade, reason = known_grade(writing.grade or default, default, writing.grade_reason)
    ensure_trigger(trigger_on, ctx.today)
    if len(writing.statement) > _MOST_WORDS:
        raise RefusedError(N_("A statement has at most %(most)s characters."), most=_MOST_WORDS)
    row.criterion, row.also_criteria = criteria[0], list(criteria[1:])
    row.grade, row.grade_reason, row.trigger_on = grade, reason, trigger_on
    row.statement = writing.statement.strip() or None


def _take_along(ctx: Context, row: Listing, candidate: ListingCandidate, person: int) -> None:
    """A candidate goes with a proposal: its facts are evidence, with the contracts they belong to."""
    with ledger.change(ctx, "listing_candidate.proposed", candidate):
        candidate.state, candidate.listing_id = CandidateState.PROPOSED.value, row.id
    facts = tuple(fact_of(one) for one in candidate.facts)
    link_rows(ctx, row, (*facts, *contract_facts(ctx, row.customer_id, facts)), person)
    take_over_files(ctx, row, candidate)


def _let_go(ctx: Context, row: Listing) -> None:
    """Candidates on criteria that the proposal names no longer wait again."""
    _free_candidates(ctx, row, keeps=(row.criterion, *row.also_criteria))


def _free_candidates(ctx: Context, row: Listing, keeps: Sequence[str] = ()) -> None:
    query = select(ListingCandidate).where(
        ListingCandidate.customer_id == row.customer_id, ListingCandidate.listing_id == row.id,
        ListingCandidate.state == CandidateState.PROPOSED.value, ListingCandidate.criterion.not_in(keeps),
    )  # fmt: skip
    for one in ctx.session.execute(query.order_by(ListingCandidate.id).with_for_update()).scalars():
        with ledger.change(ctx, "listing_candidate.freed", one):
            one.state, one.listing_id = CandidateState.OPEN.value, None


def _next_number(ctx: Context, customer_id: int) -> str:
    """Numbers run by customer: `L17-3`. Two at once wait for each other (wait_for_turn)."""
    count = select(func.count()).where(Listing.customer_id == customer_id)
    taken = ctx.session.execute(count.select_from(Listing)).scalar_one()
    numbers = set(
        ctx.session.execute(select(Listing.listing_no).where(Listing.customer_id == customer_id)).scalars()
    )  # fmt: skip
    while (number := f"L{customer_id}-{taken + 1}") in numbers:
        taken += 1
    return number


def _after(ctx: Context) -> None:
    data_versions.bump(ctx, "listings")
