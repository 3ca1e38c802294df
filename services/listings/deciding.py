"""The decision on a listing, and the end of a wrong one: with everything that follows, in one transaction (clause 3.2).

On confirmation trade stops: the order gate reads the listing itself, waiting orders are held, the level in force rises
to the floor of a listed customer, the figures follow, departments are told, machines hear of it.
"""

from __future__ import annotations

from sqlalchemy import select

from db.enums import CandidateState, ListingEnd, ListingState
from db.models import Listing, ListingCandidate
from services import access, data_versions, ledger
from services.assessments.steps import computed_now
from services.context import Context
from services.early_warnings.lifecycle import company_clock
from services.errors import N_, NotAllowedError, RefusedError
from services.jobs.following import follow
from services.levels import settle_levels
from services.listings.aftermath import hold_orders, make_known
from services.listings.completeness import gaps_of
from services.listings.lifecycle import People, default_grade, ensure_may_decide, is_reply_over, known_grade
from services.listings.rows import ListingRow
from services.listings.showing import checks_for
from services.listings.steps import locked_listing, person_of, wait_for_turn, was_listed_before
from services.listings.stored import listing_row
from services.listings.telling import tell_confirmed, tell_ended, tell_rejected, tell_to_end
from services.metrics.upkeep import mark_dirty, refresh
from services.reasons import stated

_CONFIRMED, _REJECTED, _RESTORED = ListingState.CONFIRMED, ListingState.REJECTED, ListingState.RESTORED


# --- commands: the decision


def confirm(
    ctx: Context, customer_id: int, listing_id: int, version: int, reason: str = "", grade: str | None = None
) -> ListingRow:
    """List the customer. With gaps in what is shown, before the reply is over, or with a grade other than proposed, the
    reason is needed; else it may be given.

    Raises:
        NotAllowedError: the role may not, or it takes another person.
        NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    wait_for_turn(ctx, customer_id)
    row, person = _decided(ctx, customer_id, listing_id, version, _CONFIRMED)
    if row.step != "ready":
        raise RefusedError(N_("The review has not found this proposal ready yet: it is not decided before."))
    gaps = gaps_of(checks_for(ctx, row))
    words = _reason(ctx, row, reason, gaps)
    chosen = grade or row.grade
    _ensure_grade(ctx, row, chosen, words)
    with ledger.change(ctx, "listing.confirmed", row, words):
        row.state, row.step, row.grade = _CONFIRMED.value, None, chosen
        row.listed_on = row.decided_on = ctx.today
        row.decider_id, row.decided_at = person, company_clock(ctx)
        row.decision_reason, row.gaps = words, list(gaps)
    _end_candidates(ctx, row, is_confirmed=True)
    hold_orders(ctx, row)
    _after(ctx, row)
    tell_confirmed(ctx, row)
    make_known(ctx, row)
    return listing_row(ctx, customer_id, listing_id)


def reject(ctx: Context, customer_id: int, listing_id: int, version: int, reason: str) -> ListingRow:
    """Do not list the customer: the sign is decided on, and a different one may call for identification again.

    Raises:
        NotAllowedError: the role may not, or it takes another person.
        NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    wait_for_turn(ctx, customer_id)
    row, person = _decided(ctx, customer_id, listing_id, version, _REJECTED)
    if row.step == "draft":
        raise RefusedError(N_("This proposal is a draft: it is not handed in yet."))
    words = stated(reason, N_("Say why the customer is not listed: who proposed it is told."))
    with ledger.change(ctx, "listing.rejected", row, words):
        row.state, row.step, row.decided_on = _REJECTED.value, None, ctx.today
        row.decider_id, row.decided_at, row.decision_reason = person, company_clock(ctx), words
    _end_candidates(ctx, row, is_confirmed=False)
    _after(ctx, row)
    tell_rejected(ctx, row)
    make_known(ctx, row)
    return listing_row(ctx, customer_id, listing_id)


def _decided(ctx: Context, customer_id: int, listing_id: int, version: int, state: str) -> tuple[Listing, int]:
    access.ensure_may(ctx, "listing.decide")
    person = person_of(ctx)
    row = locked_listing(ctx, customer_id, listing_id, version, state=state)
    people = People(row.proposer_id, row.reviewer_id, person)
    ensure_may_decide(people, ctx.policy_history.on(ctx.today))
    return row, person


def _reason(ctx: Context, row: Listing, reason: str, gaps: tuple[str, ...]) -> str | None:
    """The reason, where there has to be one.

    Raises:
        RefusedError: it is missing.
    """
    if gaps:
        return stated(reason, N_("Something that this criterion needs is missing: deciding with gaps needs a reason."))
    if not is_reply_over(row.reply_closed_on, row.reply_due_on, ctx.today):
        return stated(reason, N_("The customer may still reply: a decision before that needs a reason."))
    return reason.strip() or None


def _ensure_grade(ctx: Context, row: Listing, grade: str, words: str | None) -> None:
    """The decision may take another grade than proposed, with its reason."""
    default = default_grade(
        (row.criterion, *row.also_criteria), was_listed=was_listed_before(ctx, row.customer_id)
    ).value
    if grade != row.grade:
        known_grade(grade, "", words)
    elif grade != default:
        known_grade(grade, default, row.grade_reason)


def _end_candidates(ctx: Context, row: Listing, *, is_confirmed: bool) -> None:
    """The decision ends the candidates it was made on, and the metric's arrears trigger, whatever the criterion; a
    confirmation ends all."""
    query = select(ListingCandidate).where(
        ListingCandidate.customer_id == row.customer_id, ListingCandidate.closed_on.is_(None)
    )
    for one in ctx.session.execute(query.order_by(ListingCandidate.id).with_for_update()).scalars():
        is_its_own = one.listing_id == row.id or (one.criterion == "arrears" and one.source == "test")
        if is_confirmed or is_its_own:
            with ledger.change(ctx, "listing_candidate.decided", one):
                one.state, one.closed_on = CandidateState.DECIDED.value, ctx.today
                one.listing_id = row.id if is_its_own else one.listing_id


# --- commands: a listing that was wrong


def ask_to_end(ctx: Context, customer_id: int, listing_id: int, version: int, reason: str) -> ListingRow:
    """Say that a listing is unfounded. Another person ends it.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "listing.correct")
    person = person_of(ctx)
    row = locked_listing(ctx, customer_id, listing_id, version, state=_RESTORED)
    if row.correction_by_id is not None:
        raise RefusedError(N_("Somebody asked for the end of this listing already."))
    words = stated(reason, N_("Say why the listing was wrong: who ends it decides by it."))
    with ledger.change(ctx, "listing.end_asked", row, words):
        row.correction_by_id, row.correction_at, row.correction_reason = person, company_clock(ctx), words
    data_versions.bump(ctx, "listings")
    tell_to_end(ctx, row)
    return listing_row(ctx, customer_id, listing_id)


def refuse_end(ctx: Context, customer_id: int, listing_id: int, version: int, reason: str) -> ListingRow:
    """Keep a listing that somebody holds for wrong.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    row, _person = _ended(ctx, customer_id, listing_id, version)
    words = stated(reason)
    with ledger.change(ctx, "listing.end_refused", row, words):
        row.correction_by_id, row.correction_at, row.correction_reason = None, None, None
    data_versions.bump(ctx, "listings")
    return listing_row(ctx, customer_id, listing_id)


def end_unfounded(ctx: Context, customer_id: int, listing_id: int, version: int) -> ListingRow:
    """End a wrong listing: the customer counts as wrongly restricted, its level follows its score again.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    wait_for_turn(ctx, customer_id)
    row, person = _ended(ctx, customer_id, listing_id, version)
    with ledger.change(ctx, "listing.ended", row, row.correction_reason):
        row.state, row.restored_on = _RESTORED.value, ctx.today
        row.ended_as, row.corrected_by_id = ListingEnd.UNFOUNDED.value, person
    _after(ctx, row, is_reviewed=True)
    tell_ended(ctx, row)
    make_known(ctx, row)
    return listing_row(ctx, customer_id, listing_id)


def _ended(ctx: Context, customer_id: int, listing_id: int, version: int) -> tuple[Listing, int]:
    access.ensure_may(ctx, "listing.end")
    person = person_of(ctx)
    row = locked_listing(ctx, customer_id, listing_id, version, state=_RESTORED)
    if row.correction_by_id is None:
        raise RefusedError(N_("Nobody has asked for the end of this listing. Say first why it was wrong."))
    if row.correction_by_id == person:
        raise NotAllowedError(N_("You asked for the end of this listing yourself: another person decides."))
    return row, person


def _after(ctx: Context, row: Listing, *, is_reviewed: bool = False) -> None:
    """The customer's level and figures as they are now, at once and not by the worker."""
    mark_dirty(ctx, [row.customer_id])
    refresh(ctx)
    computed_now(ctx, [row.customer_id])
    settle_levels(ctx, ctx.today, is_reviewed=is_reviewed)
    data_versions.bump(ctx, "listings", "customers", "scores", "gate")
    follow(ctx, [row.customer_id])
