"""What people do with candidates: hand in a tip, take one on, put one aside (policy 2.3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select

from db.enums import CandidateSource, CandidateState, EvidenceKind, Role
from db.models import AppUser, ListingCandidate, ListingEvidence
from services import access, data_versions, ledger
from services.context import Context
from services.customer_keys import customer_id_of
from services.early_warnings.lifecycle import company_clock
from services.errors import N_, NotAllowedError, RefusedError
from services.listings.files import KeptFile, kept_files
from services.listings.lifecycle import LONGEST_ASIDE_DAYS, deadline_of, ensure_trigger, known_criteria
from services.listings.rows import CandidateRow, NewFile
from services.listings.steps import added, ensure_unlisted, locked_candidate, person_of, wait_for_turn
from services.listings.stored import candidate_row
from services.listings.telling import tell_tip
from services.reasons import stated

_OPEN, _PUT_ASIDE = CandidateState.OPEN, CandidateState.PUT_ASIDE


# --- commands


def tip(
    ctx: Context, customer_no: str, criterion: str, words: str, seen_on: dt.date, files: Sequence[NewFile] = ()
) -> CandidateRow:
    """Say what you have seen of a customer, of whatever department, with photos or papers.

    The clock runs from the day it was seen. Where a candidate on the criterion is open, the tip joins it.

    Raises:
        NotAllowedError, NotFoundError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "listing.tip")
    person = person_of(ctx)
    customer_id = customer_id_of(ctx, customer_no)
    (chosen,) = known_criteria([criterion])
    said = stated(words, N_("Say what happened: who reads it decides by it."))
    ensure_trigger(seen_on, ctx.today)
    kept = kept_files(files)
    wait_for_turn(ctx, customer_id)
    ensure_unlisted(ctx, customer_id)
    row = _joined(ctx, customer_id, chosen, said) or _new_tip(ctx, customer_id, chosen, said, seen_on, person)
    _store(ctx, row, kept, person)
    data_versions.bump(ctx, "listings")
    tell_tip(ctx, row)
    return candidate_row(ctx, row.customer_id, row.id)


def _new_tip(
    ctx: Context, customer_id: int, criterion: str, words: str, seen_on: dt.date, person: int
) -> ListingCandidate:
    row = ListingCandidate(
        customer_id=customer_id, criterion=criterion, state=_OPEN.value, source=CandidateSource.TIP.value,
        trigger_on=seen_on, deadline_on=deadline_of(ctx.policy_history.on(seen_on), seen_on), found_on=ctx.today,
        words=words, reporter_id=person, changed_at=ctx.now, facts=[],
    )  # fmt: skip
    with ledger.change(ctx, "listing_candidate.tipped", row):
        added(ctx, row, N_("A candidate on this criterion was opened a moment ago. Reload and look at it."))
    return row


def _joined(ctx: Context, customer_id: int, criterion: str, words: str) -> ListingCandidate | None:
    """The open candidate on the criterion, with what was said now below what was said before."""
    found = (
        select(ListingCandidate)
        .where(
            ListingCandidate.customer_id == customer_id, ListingCandidate.criterion == criterion,
            ListingCandidate.closed_on.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )  # fmt: skip
    row = ctx.session.execute(found).scalar_one_or_none()
    if row is not None:
        with ledger.change(ctx, "listing_candidate.joined", row):
            row.words = f"{row.words}\n\n{ctx.actor.name}: {words}" if row.words else f"{ctx.actor.name}: {words}"
    return row


def _store(ctx: Context, row: ListingCandidate, files: Sequence[KeptFile], person: int) -> None:
    for one in files:
        ctx.session.add(
            ListingEvidence(
                customer_id=row.customer_id, candidate_id=row.id, listing_id=row.listing_id,
                kind=EvidenceKind.OTHER.value, file_name=one.file_name, media_type=one.media_type, sha256=one.sha256,
                size=len(one.content), content=one.content, added_by_id=person, added_at=company_clock(ctx),
            )
        )  # fmt: skip
        ctx.session.flush()


def assign(ctx: Context, customer_id: int, candidate_id: int, version: int, assignee_id: int) -> CandidateRow:
    """Give a candidate to somebody who may propose: oneself, or anybody if one is of risk management.

    Raises:
        NotAllowedError, NotFoundError, StaleError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "listing.propose")
    person = person_of(ctx)
    row = locked_candidate(ctx, customer_id, candidate_id, version)
    if row.closed_on is not None:
        raise RefusedError(N_("This candidate is closed. Reload to see what became of it."))
    if assignee_id != person and ctx.actor.role is not Role.RISK:
        raise NotAllowedError(N_("You can take a candidate on yourself; risk management gives it to others."))
    known = select(AppUser.id).where(
        AppUser.id == assignee_id, AppUser.is_active, AppUser.role.in_(access.MAY["listing.propose"])
    )
    if ctx.session.execute(known).scalar_one_or_none() is None:
        raise RefusedError(N_("Give it to somebody who can propose a listing."))
    with ledger.change(ctx, "listing_candidate.assigned", row):
        row.assignee_id = assignee_id
    return _after(ctx, row)


def put_aside(
    ctx: Context, customer_id: int, candidate_id: int, version: int, reason: str, again_on: dt.date | None = None
) -> CandidateRow:
    """Close a candidate without a proposal, with the reason; by risk management.

    Arrears stay an open trigger of the metric until they are decided on: they come back on a day, 90 days on at most.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "listing.review")
    person = person_of(ctx)
    row = locked_candidate(ctx, customer_id, candidate_id, version, _PUT_ASIDE)
    words = stated(reason)
    latest = ctx.today + dt.timedelta(days=LONGEST_ASIDE_DAYS)
    if row.criterion == "arrears" and row.source == CandidateSource.TEST and again_on is None:
        raise RefusedError(N_("Arrears stay on the metric's clock until they are decided on: say when to look again."))
    if again_on is not None and not ctx.today < again_on <= latest:
        raise RefusedError(
            N_("Choose a day to look again: after today, and on %(latest)s at the latest."), latest=latest.isoformat()
        )
    with ledger.change(ctx, "listing_candidate.put_aside", row, words):
        row.state, row.closed_on, row.closed_by_id = _PUT_ASIDE.value, ctx.today, person
        row.closed_reason, row.again_on = words, again_on
    return _after(ctx, row)


def _after(ctx: Context, row: ListingCandidate) -> CandidateRow:
    data_versions.bump(ctx, "listings")
    return candidate_row(ctx, row.customer_id, row.id)


# --- reads


def people_who_propose(ctx: Context) -> tuple[tuple[int, str], ...]:
    """Who a candidate can be given to: (user id, name), by name."""
    access.ensure_may(ctx, "listing.read")
    query = (
        select(AppUser.id, AppUser.name)
        .where(AppUser.is_active, AppUser.role.in_(access.MAY["listing.propose"]))
        .order_by(AppUser.name, AppUser.id)
    )
    return tuple((row.id, row.name) for row in ctx.session.execute(query))
