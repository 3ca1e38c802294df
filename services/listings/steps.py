"""How every command on listings opens: which person, lock the row, is what they saw fresh, is the move allowed."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from db.enums import CandidateState, ListingEnd, ListingState, Role
from db.models import Customer, Listing, ListingCandidate
from services.assessments.steps import person_of
from services.context import Context
from services.errors import N_, IllegalMoveError, NotAllowedError, NotFoundError, RefusedError
from services.listings.lifecycle import CANDIDATE_TRANSITIONS, LISTING_TRANSITIONS, STEP_TRANSITIONS
from services.states import ensure_fresh, ensure_transition

__all__ = [
    "ensure_own_customer", "ensure_unlisted", "ensure_written_by", "locked_candidate",
    "locked_listing", "person_of", "wait_for_turn", "was_listed_before",
]  # fmt: skip

_ONE_PROPOSAL_AT_A_TIME = 7_205_363
Row = TypeVar("Row", Listing, ListingCandidate)


def wait_for_turn(ctx: Context, customer_id: int) -> None:
    """Two proposals, or two decisions, on one customer at one moment wait for each other here."""
    lock = text("SELECT pg_advisory_xact_lock(:key, :customer)")
    ctx.session.execute(lock, {"key": _ONE_PROPOSAL_AT_A_TIME, "customer": customer_id % 2**31})


def locked_listing(
    ctx: Context, customer_id: int, listing_id: int, version: int, *, step: str | None = None, state: str | None = None
) -> Listing:
    """A listing, locked, as the person saw it, ready for the move to a step or a state.

    Raises:
        NotFoundError, StaleError, IllegalMoveError: it is not.
    """
    row = _locked(ctx, Listing, customer_id, listing_id)
    if row is None:
        raise NotFoundError(N_("This listing does not exist."))
    ensure_fresh(version, row.version)
    if state is not None:
        ensure_transition(LISTING_TRANSITIONS, row.state, state)
    if step is not None:
        if row.step is None:
            raise IllegalMoveError(N_("This listing is decided. Reload to see where it stands."))
        ensure_transition(STEP_TRANSITIONS, row.step, step)
    return row


def locked_candidate(
    ctx: Context, customer_id: int, candidate_id: int, version: int, wanted: str | None = None
) -> ListingCandidate:
    """A candidate, locked, as the person saw it, ready for the move to `wanted`.

    Raises:
        NotFoundError, StaleError, IllegalMoveError: it is not.
    """
    row = _locked(ctx, ListingCandidate, customer_id, candidate_id)
    if row is None:
        raise NotFoundError(N_("This candidate does not exist."))
    ensure_fresh(version, row.version)
    if wanted is not None:
        ensure_transition(CANDIDATE_TRANSITIONS, row.state, wanted)
    return row


def _locked(ctx: Context, table: type[Row], customer_id: int, row_id: int) -> Row | None:
    found = (
        select(table)
        .where(table.customer_id == customer_id, table.id == row_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return ctx.session.execute(found).scalar_one_or_none()


def ensure_own_customer(ctx: Context, customer_id: int) -> None:
    """Business users propose for customers of their own department only (SPEC 3); a tip may be about any.

    Raises:
        NotAllowedError: it is another's.
    """
    if ctx.actor.role is not Role.BUSINESS:
        return
    owner = select(Customer.owner_department_id).where(Customer.customer_id == customer_id)
    if ctx.session.execute(owner).scalar_one() != ctx.actor.department_id:
        raise NotAllowedError(
            N_("This customer belongs to another department, which proposes its listing. You can hand in a tip.")
        )


def ensure_written_by(ctx: Context, row: Listing) -> None:
    """A draft is changed by who wrote it or by their department; what is asked for too.

    Raises:
        NotAllowedError: by neither.
    """
    if row.proposer_id != ctx.actor.user_id and row.department_id != ctx.actor.department_id:
        raise NotAllowedError(N_("Only who proposed it, or a colleague of the same department, changes this proposal."))


def ensure_unlisted(ctx: Context, customer_id: int) -> None:
    """Raises RefusedError for a customer that is listed already."""
    listed = select(Listing.id).where(Listing.customer_id == customer_id, Listing.state == ListingState.CONFIRMED.value)
    if ctx.session.execute(listed.limit(1)).first() is not None:
        raise RefusedError(N_("This customer is listed already."))


def was_listed_before(ctx: Context, customer_id: int) -> bool:
    """Whether an earlier listing was confirmed and did not prove wrong: the next one is a repeated one."""
    earlier = select(Listing.id).where(
        Listing.customer_id == customer_id,
        Listing.state.in_((ListingState.CONFIRMED.value, ListingState.RESTORED.value)),
        Listing.ended_as.is_distinct_from(ListingEnd.UNFOUNDED.value),
    )
    return ctx.session.execute(earlier.limit(1)).first() is not None


def open_candidates_of(ctx: Context, customer_id: int, criteria: Collection[str]) -> list[ListingCandidate]:
    """A customer's candidates on these criteria that nobody has proposed on yet, locked."""
    found = (
        select(ListingCandidate)
        .where(
            ListingCandidate.customer_id == customer_id, ListingCandidate.state == CandidateState.OPEN.value,
            ListingCandidate.criterion.in_(sorted(criteria)),
        )
        .order_by(ListingCandidate.id)
        .with_for_update()
    )  # fmt: skip
    return list(ctx.session.execute(found).scalars())


def added(ctx: Context, row: Row, refusal: str) -> None:
    """Add a row of which there can be one: where another is there, say so instead of breaking.

    Raises:
        RefusedError: there is one already.
    """
    try:
        with ctx.session.begin_nested():
            ctx.session.add(row)
            ctx.session.flush()
    except IntegrityError as error:
        raise RefusedError(refusal) from error
