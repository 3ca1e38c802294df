"""What the listings page reads, each part in one transaction. Not cached: others work on the same list."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from dashboard.views.listings_selection import CANDIDATE, CUSTOMER, Key, ids_of
from services.access import may
from services.context import Actor, Context, unit_of_work
from services.customers import CustomerFilter, CustomerProfile, Exposure, customer_by_no, customers, exposure
from services.errors import RefusedError
from services.listings import (
    CandidateFile,
    CandidateRow,
    FactRow,
    LateRow,
    ListingCounts,
    ListingFile,
    ListingFilter,
    ListingRow,
    candidate_by_id,
    candidates_of_customer,
    grade_by_policy,
    linkable_rows,
    listing_by_id,
    listing_counts,
    listings_of_customer,
    listings_page,
    open_listing_of,
    people_who_propose,
    who_is_late,
)
from services.listings_now import grade_of

_MOST_FOUND = 20


@dataclass(frozen=True)
class Listed:
    """The left half: rows of a list, what there is in all, and who is late."""

    rows: tuple[CandidateRow, ...] | tuple[ListingRow, ...]
    has_more: bool
    counts: ListingCounts
    late: tuple[LateRow, ...]


@dataclass(frozen=True)
class Opened:
    """The right half: a customer, with one of a candidate, a listing, or a proposal to be begun.

    `earlier` are the customer's other listings; `linkable` the rows that can be linked while one writes.
    """

    profile: CustomerProfile
    exposure: Exposure
    grade: str | None
    candidate: CandidateFile | None
    listing: ListingFile | None
    waiting: tuple[CandidateRow, ...]
    earlier: tuple[ListingRow, ...]
    linkable: tuple[FactRow, ...]
    people: tuple[tuple[int, str], ...]
    was_listed: bool
    today: dt.date
    time_zone: str
    currency: str
    reply_days: int


def listed(actor: Actor, filters: ListingFilter, limit: int) -> Listed:
    """One list."""
    with unit_of_work(actor) as ctx:
        page = listings_page(ctx, filters, limit=limit)
        counts, late = listing_counts(ctx, filters.department), who_is_late(ctx, filters.department)
        return Listed(page.candidates or page.listings, page.after is not None, counts, late)


def opened(actor: Actor, key: Key | None) -> Opened | None:
    """The row asked for; None where there is none, or it is gone."""
    if key is None:
        return None
    try:
        with unit_of_work(actor) as ctx:
            return _opened(ctx, key)
    except RefusedError:
        return None


def _opened(ctx: Context, key: Key) -> Opened | None:
    candidate, listing = _record(ctx, key)
    if candidate is None and listing is None and key[0] != CUSTOMER:
        return None
    number = candidate.row.customer_no if candidate else listing.row.customer_no if listing else key[1]
    profile = customer_by_no(ctx, number)
    policy = ctx.policy_history.on(ctx.today)
    return Opened(
        profile=profile, exposure=exposure(ctx, profile.customer_id), grade=grade_of(ctx, profile.customer_id),
        candidate=candidate, listing=listing, waiting=candidates_of_customer(ctx, number, is_open=True),
        earlier=tuple(
            one for one in listings_of_customer(ctx, number) if listing is None or one.id != listing.row.id
        ),
        linkable=_linkable(ctx, profile.customer_id, listing),
        people=people_who_propose(ctx) if candidate and may(ctx.actor, "listing.review") else (),
        was_listed=grade_by_policy(ctx, profile.customer_id, ["arrears"]) == "black",
        today=ctx.today, time_zone=policy.time_zone, currency=policy.base_currency, reply_days=policy.reply_days,
    )  # fmt: skip


def _record(ctx: Context, key: Key) -> tuple[CandidateFile | None, ListingFile | None]:
    """What the key names. A candidate that somebody proposed on leads to the proposal; a customer to its open one."""
    ids = ids_of(key)
    if key[0] == CUSTOMER:
        found = open_listing_of(ctx, key[1])
        return None, None if found is None else listing_by_id(ctx, found.customer_id, found.id)
    if ids is None:
        return None, None
    if key[0] == CANDIDATE:
        return candidate_by_id(ctx, *ids), None
    return None, listing_by_id(ctx, *ids)


def _linkable(ctx: Context, customer_id: int, listing: ListingFile | None) -> tuple[FactRow, ...]:
    if listing is None or listing.row.step is None:
        return ()
    there = {one.subject for one in listing.evidence}
    return tuple(one for one in linkable_rows(ctx, customer_id) if one.subject not in there)


def found_customers(actor: Actor, words: str) -> tuple[tuple[str, str], ...]:
    """Customers whose name or number fits: (number, name)."""
    if not words.strip():
        return ()
    with unit_of_work(actor) as ctx:
        page = customers(ctx, CustomerFilter(search=words.strip()), limit=_MOST_FOUND)
        return tuple((row.customer_no, row.name) for row in page.rows)
