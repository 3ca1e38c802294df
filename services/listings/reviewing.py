"""What risk management does with a proposal before the decision: take up, ask, find ready, offer the right of reply."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from db.enums import EvidenceKind, ListingStep, ReplyChannel
from db.models import Listing
from services import access, data_versions, ledger
from services.context import Context
from services.early_warnings.lifecycle import company_clock
from services.errors import N_, NotAllowedError, RefusedError
from services.listings.evidence import store_files
from services.listings.files import kept_files
from services.listings.rows import ListingRow, NewFile
from services.listings.steps import ensure_own_customer, locked_listing, person_of
from services.listings.stored import listing_row
from services.listings.telling import tell_asked, tell_ready
from services.reasons import stated

_IN_REVIEW, _ASKED, _READY = ListingStep.IN_REVIEW, ListingStep.ASKED, ListingStep.READY
_REVIEWED = frozenset({_IN_REVIEW, _ASKED, _READY})


# --- commands: the review


def take_up(ctx: Context, customer_id: int, listing_id: int, version: int) -> ListingRow:
    """Begin the review, or go on with one that was ready: never of one's own proposal.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError: nothing was changed.
    """
    row, person = _reviewed(ctx, customer_id, listing_id, version, _IN_REVIEW)
    with ledger.change(ctx, "listing.taken_up", row):
        row.step, row.reviewer_id, row.reviewed_at = _IN_REVIEW.value, person, company_clock(ctx)
    return _after(ctx, row)


def ask_for_more(
    ctx: Context, customer_id: int, listing_id: int, version: int, items: str, due_on: dt.date
) -> ListingRow:
    """Ask who proposed it for more, by a day. The clock of the deadline goes on.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    row, person = _reviewed(ctx, customer_id, listing_id, version, _ASKED)
    words = stated(items, N_("Say what is needed: who proposed it works by it."))
    if due_on < ctx.today:
        raise RefusedError(N_("The answer can't be due before today."))
    with ledger.change(ctx, "listing.asked", row, words):
        row.step, row.reviewer_id, row.asked_for, row.asked_due_on = _ASKED.value, person, words, due_on
        row.answer = None
    found = _after(ctx, row)
    tell_asked(ctx, row)
    return found


def find_ready(ctx: Context, customer_id: int, listing_id: int, version: int, recommendation: str) -> ListingRow:
    """End the review with what it recommends: the proposal waits for the decision.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    row, person = _reviewed(ctx, customer_id, listing_id, version, _READY)
    words = stated(recommendation, N_("Say what you recommend and why: who decides reads it first."))
    with ledger.change(ctx, "listing.found_ready", row, words):
        row.step, row.reviewer_id, row.recommendation = _READY.value, person, words
        row.reviewed_at = company_clock(ctx)
    found = _after(ctx, row)
    tell_ready(ctx, row)
    return found


def _reviewed(ctx: Context, customer_id: int, listing_id: int, version: int, step: str) -> tuple[Listing, int]:
    access.ensure_may(ctx, "listing.review")
    person = person_of(ctx)
    row = locked_listing(ctx, customer_id, listing_id, version, step=step)
    if row.proposer_id == person:
        raise NotAllowedError(N_("You proposed this listing yourself: another person of risk management reviews it."))
    return row, person


# --- commands: the customer's right of reply


def offer_reply(
    ctx: Context, customer_id: int, listing_id: int, version: int, channel: str, offered_on: dt.date,
    due_on: dt.date | None = None,
) -> ListingRow:  # fmt: skip
    """Note that the customer was told what is held against it, how, and until when it may reply.

    `due_on` None: as many days on as the policy gives; fewer are refused.

    Raises:
        NotAllowedError, NotFoundError, StaleError, RefusedError: nothing was changed.
    """
    row = _replying(ctx, customer_id, listing_id, version)
    days = ctx.policy_history.on(offered_on).reply_days
    earliest = offered_on + dt.timedelta(days=days)
    if channel not in set(ReplyChannel):
        raise RefusedError(N_("Choose how the customer was told."))
    if offered_on > ctx.today:
        raise RefusedError(N_("The customer was told today or before: the day lies in the future."))
    if row.reply_closed_on is not None:
        raise RefusedError(N_("The reply is recorded already."))
    if due_on is not None and due_on < earliest:
        raise RefusedError(
            N_("The policy gives a customer %(days)s days to reply: until %(day)s."),
            days=days,
            day=earliest.isoformat(),
        )
    with ledger.change(ctx, "listing.reply_offered", row):
        row.reply_offered_on, row.reply_channel, row.reply_due_on = offered_on, channel, due_on or earliest
    return _after(ctx, row)


def record_reply(
    ctx: Context, customer_id: int, listing_id: int, version: int, words: str, files: Sequence[NewFile] = ()
) -> ListingRow:
    """Record what the customer replied, with what it handed in; also after its time, as long as nothing is decided.

    Raises:
        NotAllowedError, NotFoundError, StaleError, RefusedError: nothing was changed.
    """
    row = _replying(ctx, customer_id, listing_id, version)
    _ensure_offered(row)
    said = stated(words, N_("Write down what the customer replied."))
    kept = kept_files(files)
    with ledger.change(ctx, "listing.reply_recorded", row, ", ".join(one.file_name for one in kept) or None):
        row.reply_closed_on, row.has_reply, row.reply_text = ctx.today, True, said
        store_files(ctx, row, kept, EvidenceKind.REPLY.value, person_of(ctx))
    return _after(ctx, row)


def record_silence(ctx: Context, customer_id: int, listing_id: int, version: int) -> ListingRow:
    """Record that no reply came by its day.

    Raises:
        NotAllowedError, NotFoundError, StaleError, RefusedError: nothing was changed; the time is not over yet.
    """
    row = _replying(ctx, customer_id, listing_id, version)
    _ensure_offered(row)
    if row.reply_due_on is not None and row.reply_due_on >= ctx.today:
        raise RefusedError(
            N_("The customer may reply until %(day)s: that no reply came can be recorded after it."),
            day=row.reply_due_on.isoformat(),
        )
    with ledger.change(ctx, "listing.reply_missed", row):
        row.reply_closed_on, row.has_reply = ctx.today, False
    return _after(ctx, row)


def _replying(ctx: Context, customer_id: int, listing_id: int, version: int) -> Listing:
    access.ensure_may(ctx, "listing.reply")
    person_of(ctx)
    row = locked_listing(ctx, customer_id, listing_id, version)
    ensure_own_customer(ctx, customer_id)
    if row.step is None:
        raise RefusedError(N_("This listing is decided. What the customer says now is for a correction."))
    return row


def _ensure_offered(row: Listing) -> None:
    if row.reply_offered_on is None:
        raise RefusedError(N_("Note first how and when the customer was told of its right of reply."))
    if row.has_reply:
        raise RefusedError(N_("The reply is recorded already."))


def _after(ctx: Context, row: Listing) -> ListingRow:
    data_versions.bump(ctx, "listings")
    return listing_row(ctx, row.customer_id, row.id)
