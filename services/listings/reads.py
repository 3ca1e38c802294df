"""Reading one listing or candidate whole, and all of a customer's."""

from __future__ import annotations

from collections.abc import Sequence

from db.enums import CandidateState, ListingState
from db.models import Listing, ListingCandidate, ListingEvidence
from services import access
from services.context import Context
from services.customer_keys import customer_id_of
from services.errors import N_, NotFoundError
from services.listings.completeness import REQUIREMENT_TEXTS, Check
from services.listings.lifecycle import default_grade
from services.listings.rows import CandidateFile, CandidateRow, ListingFile, ListingRow
from services.listings.showing import checks_for
from services.listings.steps import was_listed_before
from services.listings.stored import (
    candidate_row,
    candidates_where,
    evidence_where,
    listing_row,
    listings_of_rows,
    listings_query,
)


def listing_by_id(ctx: Context, customer_id: int, listing_id: int) -> ListingFile:
    """A listing whole. Once it is decided the checks are those of the decision: only what was missing then.

    Raises:
        NotAllowedError: the actor may not read listings.
        NotFoundError: there is none.
    """
    access.ensure_may(ctx, "listing.read")
    row = listing_row(ctx, customer_id, listing_id)
    evidence = evidence_where(ctx, ListingEvidence.customer_id == customer_id, ListingEvidence.listing_id == listing_id)
    if row.state == ListingState.PROPOSED and row.proposer_id is not None:
        checks = checks_for(ctx, ctx.session.get_one(Listing, (customer_id, listing_id)), evidence)
    else:
        checks = tuple(Check(code, REQUIREMENT_TEXTS.get(code, code), False) for code in row.gaps)
    candidates = candidates_where(
        ctx, ListingCandidate.customer_id == customer_id, ListingCandidate.listing_id == listing_id
    )
    return ListingFile(row, evidence, checks, candidates, grade_by_policy(ctx, customer_id, row.criteria))


def candidate_by_id(ctx: Context, customer_id: int, candidate_id: int) -> CandidateFile:
    """A candidate whole.

    Raises:
        NotAllowedError: the actor may not read listings.
        NotFoundError: there is none.
    """
    access.ensure_may(ctx, "listing.read")
    row = candidate_row(ctx, customer_id, candidate_id)
    evidence = evidence_where(
        ctx, ListingEvidence.customer_id == customer_id, ListingEvidence.candidate_id == candidate_id
    )
    return CandidateFile(row, evidence, grade_by_policy(ctx, customer_id, [row.criterion]))


def listings_of_customer(ctx: Context, customer_no: str) -> tuple[ListingRow, ...]:
    """All of a customer's listings, the newest trigger first.

    Raises:
        NotAllowedError: the actor may not read listings.
        NotFoundError: no such customer.
    """
    access.ensure_may(ctx, "listing.read")
    query = listings_query().where(Listing.customer_id == customer_id_of(ctx, customer_no))
    order = (Listing.trigger_on.desc(), Listing.id.desc())
    return listings_of_rows(ctx, ctx.session.execute(query.order_by(*order)).all())


def candidates_of_customer(ctx: Context, customer_no: str, *, is_open: bool = False) -> tuple[CandidateRow, ...]:
    """A customer's candidates, the newest trigger first; `is_open`: only those nobody has proposed on yet.

    Raises:
        NotAllowedError: the actor may not read listings.
        NotFoundError: no such customer.
    """
    access.ensure_may(ctx, "listing.read")
    which = [ListingCandidate.customer_id == customer_id_of(ctx, customer_no)]
    if is_open:
        which.append(ListingCandidate.state == CandidateState.OPEN.value)
    return candidates_where(ctx, *which)


def open_listing_of(ctx: Context, customer_no: str) -> ListingRow | None:
    """The customer's proposal that is not decided, else its confirmed listing, else None."""
    found = listings_of_customer(ctx, customer_no)
    for state in (ListingState.PROPOSED, ListingState.CONFIRMED):
        one = next((row for row in found if row.state == state), None)
        if one is not None:
            return one
    return None


def listing_by_no(ctx: Context, listing_no: str) -> ListingFile:
    """A listing whole, by its number.

    Raises:
        NotAllowedError: the actor may not read listings.
        NotFoundError: there is none.
    """
    access.ensure_may(ctx, "listing.read")
    query = listings_query().where(Listing.listing_no == listing_no).order_by(Listing.customer_id).limit(1)
    found = ctx.session.execute(query).one_or_none()
    if found is None:
        raise NotFoundError(N_("Listing %(no)s is not known."), no=listing_no)
    return listing_by_id(ctx, found.Listing.customer_id, found.Listing.id)


def grade_by_policy(ctx: Context, customer_id: int, criteria: Sequence[str]) -> str:
    """The grade that the policy gives a customer by default."""
    return default_grade(criteria, was_listed=was_listed_before(ctx, customer_id)).value
