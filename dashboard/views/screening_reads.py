"""What the screening page reads, remembered until names, lists, listings or matches change."""

from __future__ import annotations

from decimal import Decimal

from dashboard.cache import cached_read
from services.context import Context
from services.screening import (
    Match,
    MatchCounts,
    MatchFilter,
    MatchPage,
    MatchRow,
    match_counts,
    match_page,
    newest_matches,
    screen,
)
from services.screening.matches import find_match
from services.screening.network import Network, network_of
from services.screening.watchlists import WatchlistRow, watchlists

_TOPICS = ("screening", "customers", "listings", "imports", "policy")
PAGE_ROWS, FIRST_ROWS = 30, 8


@cached_read(*_TOPICS)
def answer(ctx: Context, name: str, uscc: str | None) -> tuple[Match, ...]:
    """Whom a name resembles."""
    return screen(ctx, name, uscc=uscc)


@cached_read(*_TOPICS)
def threshold(ctx: Context) -> Decimal:
    """The likeness from which a name counts as a match."""
    return ctx.policy_history.on(ctx.today).screening_threshold


@cached_read(*_TOPICS)
def counts(ctx: Context) -> MatchCounts:
    """How many matches stand in which state."""
    return match_counts(ctx)


@cached_read(*_TOPICS)
def page_of_matches(ctx: Context, filters: MatchFilter, after: tuple[Decimal, int, int] | None) -> MatchPage:
    """One page of matches."""
    return match_page(ctx, filters, after, PAGE_ROWS)


@cached_read(*_TOPICS)
def newest(ctx: Context) -> tuple[MatchRow, ...]:
    """The newest matches that wait, as many as a first look takes in."""
    return newest_matches(ctx, FIRST_ROWS)


@cached_read(*_TOPICS)
def one_match(ctx: Context, customer_id: int, match_id: int) -> MatchRow | None:
    """The match that an address names."""
    return find_match(ctx, customer_id, match_id)


@cached_read(*_TOPICS)
def lists(ctx: Context) -> tuple[WatchlistRow, ...]:
    """All watch lists."""
    return watchlists(ctx)


@cached_read(*_TOPICS)
def surroundings(ctx: Context, customer_no: str) -> Network:
    """Who shares what with a customer."""
    return network_of(ctx, customer_no)
