"""A reviewer's verdict on matches: the same, or not the same; remembered for the pair (policy 2.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, tuple_

from db.enums import MatchState
from db.models import ScreeningMatch
from services import access, data_versions, ledger
from services.context import Context
from services.errors import N_, NotFoundError, RefusedError
from services.screening.matches import matches_by_id
from services.screening.rows import MatchRow
from services.states import Transitions, ensure_fresh, ensure_transition

TRANSITIONS: Transitions = {
    MatchState.OPEN: {MatchState.CONFIRMED, MatchState.CLEARED, MatchState.LAPSED},
    MatchState.CONFIRMED: {MatchState.OPEN},
    MatchState.CLEARED: {MatchState.OPEN},
    MatchState.LAPSED: {MatchState.OPEN},
}
MOST_AT_ONCE = 200
_LEAST_REASON, _MOST_REASON = 5, 500


@dataclass(frozen=True)
class Chosen:
    """A match as the reviewer saw it."""

    customer_id: int
    id: int
    version: int


# --- rules


def checked_reason(reason: str) -> str:
    """The reason of a verdict.

    Raises:
        RefusedError: it says nothing, or too much.
    """
    given = reason.strip()
    if not _LEAST_REASON <= len(given) <= _MOST_REASON:
        raise RefusedError(
            N_("Give a reason of %(least)s to %(most)s characters: who reads the match later has only that."),
            least=_LEAST_REASON, most=_MOST_REASON,
        )  # fmt: skip
    return given


# --- commands


def clear_matches(ctx: Context, chosen: Sequence[Chosen], reason: str) -> tuple[MatchRow, ...]:
    """Say of pairs that they are not the same; all of them or none. They stay so until one of their sides changes.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: no right, no such match, somebody
            was faster, it is not open, or no reason.
    """
    return _decide(ctx, chosen, MatchState.CLEARED, checked_reason(reason))


def confirm_match(ctx: Context, chosen: Chosen, reason: str) -> MatchRow:
    """Say that both are the same: whoever proposes a listing has it as evidence.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: as for `clear_matches`.
    """
    return _decide(ctx, [chosen], MatchState.CONFIRMED, checked_reason(reason))[0]


def reopen_match(ctx: Context, chosen: Chosen, reason: str) -> MatchRow:
    """Take a verdict back.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: as for `clear_matches`.
    """
    return _decide(ctx, [chosen], MatchState.OPEN, checked_reason(reason))[0]


_ACTIONS = {
    MatchState.CLEARED: "screening_match.cleared", MatchState.CONFIRMED: "screening_match.confirmed",
    MatchState.OPEN: "screening_match.reopened",
}  # fmt: skip


def _decide(ctx: Context, chosen: Sequence[Chosen], state: MatchState, reason: str) -> tuple[MatchRow, ...]:
    access.ensure_may(ctx, "screening.review")
    if not chosen or len(chosen) > MOST_AT_ONCE:
        raise RefusedError(N_("Choose 1 to %(most)s matches at a time."), most=MOST_AT_ONCE)
    seen = {(one.customer_id, one.id): one.version for one in chosen}
    rows = _locked(ctx, seen)
    for row in rows:
        ensure_fresh(seen[row.customer_id, row.id], row.version)
        ensure_transition(TRANSITIONS, row.state, state)
    with ledger.change_all(ctx, _ACTIONS[state], rows, reason):
        for row in rows:
            row.state, row.reason = state.value, reason
            row.decided_by_id, row.decided_at = ctx.actor.user_id, ctx.now
    data_versions.bump(ctx, "screening")
    return matches_by_id(ctx, list(seen))


def _locked(ctx: Context, seen: dict[tuple[int, int], int]) -> list[ScreeningMatch]:
    """The matches, locked in one order: two reviewers can't wait for each other."""
    found = (
        select(ScreeningMatch)
        .where(tuple_(ScreeningMatch.customer_id, ScreeningMatch.id).in_(list(seen)))
        .order_by(ScreeningMatch.customer_id, ScreeningMatch.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    rows = list(ctx.session.execute(found).scalars())
    if len(rows) < len(seen):
        raise NotFoundError(N_("A match is there no more. Reload and look again."))
    return rows
