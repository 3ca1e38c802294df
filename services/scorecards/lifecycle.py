"""A scorecard's way: draft -> shadow -> active -> retired (policy 2.1, SPEC 4). Activation takes two people.

A draft or a card in shadow is proposed by one person and approved by another, who is none of its authors. Then it
comes into force at once, the one before is retired in the same transaction, and every customer is scored again.
"""

from __future__ import annotations

from sqlalchemy import select

from db.enums import ScorecardState
from db.models import Scorecard
from services import access, data_versions, ledger
from services.context import Context
from services.errors import N_, NotAllowedError, NotFoundError, RefusedError
from services.jobs.following import follow
from services.notifications import notify
from services.reasons import stated
from services.scorecards.rows import ScorecardRow, scorecard_by_id
from services.scoring.card_reading import parsed_card
from services.states import Transitions, ensure_fresh, ensure_transition

DRAFT, SHADOW = ScorecardState.DRAFT, ScorecardState.SHADOW
ACTIVE, RETIRED = ScorecardState.ACTIVE, ScorecardState.RETIRED
SCORECARD_TRANSITIONS: Transitions = {
    DRAFT: frozenset({SHADOW, ACTIVE, RETIRED}),
    SHADOW: frozenset({DRAFT, ACTIVE, RETIRED}),
    ACTIVE: frozenset({RETIRED}),
    RETIRED: frozenset(),
}

# --- rules


def is_waiting(row: Scorecard) -> bool:
    """True while a second person has to decide on it."""
    return row.proposed_by is not None and row.approved_by is None


def ensure_not_waiting(row: Scorecard) -> None:
    """Refuse to touch what waits for a second person.

    Raises:
        RefusedError: it waits.
    """
    if is_waiting(row):
        raise RefusedError(N_("This scorecard waits for a second person. Take the proposal back first."))


# --- commands


def start_shadow(ctx: Context, scorecard_id: int, version: int) -> ScorecardRow:
    """Let a draft score beside the active card from now on. Its definition changes no more meanwhile.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "scorecard.draft")
    row = locked(ctx, scorecard_id, version)
    ensure_transition(SCORECARD_TRANSITIONS, row.state, SHADOW)
    ensure_not_waiting(row)
    parsed_card(row.definition)
    with ledger.change(ctx, "scorecard.shadowed", row):
        row.state, row.shadow_since = SHADOW, ctx.today
    follow(ctx, None)
    return _done(ctx, row)


def stop_shadow(ctx: Context, scorecard_id: int, version: int) -> ScorecardRow:
    """Take a card out of shadow, to change it. What it scored so far stays.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "scorecard.draft")
    row = locked(ctx, scorecard_id, version)
    ensure_transition(SCORECARD_TRANSITIONS, row.state, DRAFT)
    ensure_not_waiting(row)
    with ledger.change(ctx, "scorecard.reopened", row):
        row.state, row.shadow_since = DRAFT, None
    return _done(ctx, row)


def propose_activation(
    ctx: Context, scorecard_id: int, version: int, reason: str, shadow_skipped: str = ""
) -> ScorecardRow:
    """Ask that a card come into force. A draft that never ran in shadow needs a word why it may skip that.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "scorecard.draft")
    row = locked(ctx, scorecard_id, version)
    ensure_transition(SCORECARD_TRANSITIONS, row.state, ACTIVE)
    ensure_not_waiting(row)
    words, skipped = stated(reason), shadow_skipped.strip()
    parsed_card(row.definition)
    if row.state == DRAFT and not skipped:
        raise RefusedError(N_("This scorecard has not run in shadow. Let it, or give the reason why it may skip that."))
    if ctx.actor.user_id is None:
        raise NotAllowedError(N_("Putting a scorecard into force takes two people, in the browser."))
    with ledger.change(ctx, "scorecard.proposed", row, words):
        row.proposed_by, row.proposed_at, row.proposal_reason = ctx.actor.user_id, ctx.now, words
        row.shadow_skipped = skipped if row.state == DRAFT else None
        row.rejection = None
    notify(
        ctx, "scorecard_to_approve", f"scorecard:{row.id}", params={"scorecard": f"{row.name} {row.edition}"},
        link=f"scorecards?card={row.id}",
    )  # fmt: skip
    return _done(ctx, row)


def approve_activation(ctx: Context, scorecard_id: int, version: int) -> ScorecardRow:
    """Put a proposed card into force from today on; the one before is retired, and all customers are scored again.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "scorecard.approve")
    row = _proposed(ctx, scorecard_id, version, ACTIVE)
    parsed_card(row.definition)
    former = ctx.session.execute(
        select(Scorecard).where(Scorecard.state == ACTIVE).with_for_update()
    ).scalar_one_or_none()  # fmt: skip
    if former is not None:
        with ledger.change(ctx, "scorecard.retired", former):
            former.state, former.retired_on = RETIRED, ctx.today
    with ledger.change(ctx, "scorecard.activated", row, row.proposal_reason):
        row.state, row.activated_on = ACTIVE, ctx.today
        row.approved_by, row.approved_at = ctx.actor.user_id, ctx.now
    data_versions.bump(ctx, "scores")
    done = _done(ctx, row)
    follow(ctx, None)
    return done


def reject_activation(ctx: Context, scorecard_id: int, version: int, reason: str) -> ScorecardRow:
    """Turn a proposed card down, with the reason. It stays what it was: a draft, or in shadow.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "scorecard.approve")
    row = _proposed(ctx, scorecard_id, version, ACTIVE)
    words = stated(reason)
    with ledger.change(ctx, "scorecard.rejected", row, words):
        _end_proposal(row)
        row.rejection = words
    return _done(ctx, row)


def withdraw_proposal(ctx: Context, scorecard_id: int, version: int) -> ScorecardRow:
    """Take an own proposal back.

    Raises:
        NotAllowedError, NotFoundError, StaleError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "scorecard.draft")
    row = locked(ctx, scorecard_id, version)
    if not is_waiting(row):
        raise RefusedError(N_("Nobody has proposed this scorecard."))
    if row.proposed_by != ctx.actor.user_id:
        raise NotAllowedError(N_("Only who proposed a value can take it back."))
    with ledger.change(ctx, "scorecard.withdrawn", row):
        _end_proposal(row)
    return _done(ctx, row)


def retire(ctx: Context, scorecard_id: int, version: int, reason: str) -> ScorecardRow:
    """Give a draft or a card in shadow up. The active one goes when another comes into force.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "scorecard.draft")
    row = locked(ctx, scorecard_id, version)
    ensure_transition(SCORECARD_TRANSITIONS, row.state, RETIRED)
    ensure_not_waiting(row)
    if row.state == ACTIVE:
        raise RefusedError(N_("The active scorecard is retired when another comes into force."))
    with ledger.change(ctx, "scorecard.retired", row, stated(reason)):
        row.state, row.retired_on = RETIRED, ctx.today
    return _done(ctx, row)


def locked(ctx: Context, scorecard_id: int, version: int) -> Scorecard:
    """The scorecard, locked, if it is as it was seen.

    Raises:
        NotFoundError, StaleError: it is not.
    """
    found = select(Scorecard).where(Scorecard.id == scorecard_id).with_for_update()
    row = ctx.session.execute(found.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None:
        raise NotFoundError(N_("There is no such scorecard."))
    ensure_fresh(version, row.version)
    return row


def _proposed(ctx: Context, scorecard_id: int, version: int, wanted: str) -> Scorecard:
    """A card that waits, locked, for somebody who may decide on it."""
    row = locked(ctx, scorecard_id, version)
    ensure_transition(SCORECARD_TRANSITIONS, row.state, wanted)
    if not is_waiting(row):
        raise RefusedError(N_("Nobody has proposed this scorecard."))
    authors = scorecard_by_id(ctx, row.id).row.authors | {row.proposed_by}
    if ctx.actor.user_id is None or ctx.actor.user_id in authors:
        raise NotAllowedError(
            N_("Nobody decides on a scorecard that they drafted, changed or proposed: another person has to.")
        )
    return row


def _end_proposal(row: Scorecard) -> None:
    row.proposed_by = row.proposed_at = row.proposal_reason = row.shadow_skipped = None


def _done(ctx: Context, row: Scorecard) -> ScorecardRow:
    data_versions.bump(ctx, "scorecards")
    return scorecard_by_id(ctx, row.id).row
