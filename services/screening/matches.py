"""Matches as lists show them: what waits for a reviewer, what was decided, and those of one customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from db.enums import ListingState, MatchSource, MatchState
from db.models import AppUser, Customer, Department, Listing, ScreeningMatch
from services import access
from services.context import Context
from services.screening.rows import Feature, MatchRow

LONGEST_PAGE = 200
_MOST_OF_ONE = 50


@dataclass(frozen=True)
class MatchFilter:
    """Which matches a list shows. `search` is part of a customer's name or the beginning of its number."""

    state: MatchState = MatchState.OPEN
    source: MatchSource | None = None
    department: str | None = None
    search: str = ""


@dataclass(frozen=True)
class MatchPage:
    """Matches, the likeliest first, and the place after which the next page begins."""

    rows: tuple[MatchRow, ...]
    after: tuple[Decimal, int, int] | None


@dataclass(frozen=True)
class MatchCounts:
    """How many matches stand in which state."""

    open: int = 0
    confirmed: int = 0
    cleared: int = 0
    lapsed: int = 0


# --- reads


def match_page(
    ctx: Context, filters: MatchFilter, after: tuple[Decimal, int, int] | None = None, limit: int = 50
) -> MatchPage:
    """Matches of a state, the likeliest first.

    Raises:
        NotAllowedError: the actor may not screen.
    """
    access.ensure_may(ctx, "screening.ask")
    limit = max(1, min(limit, LONGEST_PAGE))
    key = (ScreeningMatch.score, ScreeningMatch.customer_id, ScreeningMatch.id)
    conditions = _conditions(filters)
    if after is not None:
        conditions.append(tuple_(*key) < after)
    rows = _rows(ctx, _selected(*conditions).order_by(*(one.desc() for one in key)).limit(limit + 1))
    last = rows[limit - 1] if len(rows) > limit else None
    return MatchPage(rows[:limit], None if last is None else (last.score, last.customer_id, last.id))


def newest_matches(ctx: Context, limit: int = 8) -> tuple[MatchRow, ...]:
    """What waits for a verdict, the newest first; those found on one day the likeliest first.

    Raises:
        NotAllowedError: the actor may not screen.
    """
    access.ensure_may(ctx, "screening.ask")
    match = ScreeningMatch
    order = (match.found_on.desc(), match.score.desc(), match.customer_id.desc(), match.id.desc())
    waiting = _selected(match.state == MatchState.OPEN.value)
    return _rows(ctx, waiting.order_by(*order).limit(max(1, min(limit, LONGEST_PAGE))))


def match_counts(ctx: Context) -> MatchCounts:
    """How many matches there are, by state.

    Raises:
        NotAllowedError: the actor may not screen.
    """
    access.ensure_may(ctx, "screening.ask")
    by_state = select(ScreeningMatch.state, func.count()).group_by(ScreeningMatch.state)
    return MatchCounts(**{str(state): int(count) for state, count in ctx.session.execute(by_state)})


def matches_of_customer(ctx: Context, customer_id: int) -> tuple[MatchRow, ...]:
    """Whom a customer resembles, and who resembles it where it is listed itself; what has lapsed is left out.

    Raises:
        NotAllowedError: the actor may not read customers.
    """
    access.ensure_may(ctx, "customer.read")
    match = ScreeningMatch
    mine = or_(match.customer_id == customer_id, match.pair_key == f"L:{customer_id}")
    order = (match.state != MatchState.OPEN.value, match.score.desc(), match.customer_id, match.id)
    return _rows(ctx, _selected(mine, match.state != MatchState.LAPSED.value).order_by(*order).limit(_MOST_OF_ONE))


def find_match(ctx: Context, customer_id: int, match_id: int) -> MatchRow | None:
    """One match, whatever its state.

    Raises:
        NotAllowedError: the actor may not screen.
    """
    access.ensure_may(ctx, "screening.ask")
    return next(iter(matches_by_id(ctx, [(customer_id, match_id)])), None)


def matches_by_id(ctx: Context, keys: Sequence[tuple[int, int]]) -> tuple[MatchRow, ...]:
    """These matches (customer_id, id), in the order of their keys."""
    key = tuple_(ScreeningMatch.customer_id, ScreeningMatch.id)
    return _rows(ctx, _selected(key.in_(list(keys))).order_by(ScreeningMatch.customer_id, ScreeningMatch.id))


def features_of(stored: dict[str, Any]) -> tuple[Feature, ...]:
    """The features of a match as they were stored."""
    return tuple(
        Feature(one["code"], one["text"], {name: Decimal(value) for name, value in one["params"].items()},
                Decimal(one["share"]))
        for one in stored.get("features", ())
    )  # fmt: skip


def _conditions(filters: MatchFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [ScreeningMatch.state == filters.state.value]
    if filters.source:
        found.append(ScreeningMatch.source == filters.source.value)
    if filters.department:
        found.append(Department.code == filters.department)
    if search := filters.search.strip():
        found.append(
            or_(
                Customer.name.icontains(search, autoescape=True),
                Customer.customer_no.startswith(search, autoescape=True),
            )
        )
    return found


def _selected(*conditions: ColumnElement[bool]) -> Select[Any]:
    match, other = ScreeningMatch, aliased(Customer)
    grade = (
        select(func.min(Listing.grade))
        .where(Listing.customer_id == match.other_customer_id, Listing.state == ListingState.CONFIRMED)
        .scalar_subquery()
    )
    return (
        select(
            match, Customer.customer_no, Customer.name.label("customer_name"), Department.code.label("department"),
            other.customer_no.label("other_no"), AppUser.name.label("decided_by"), grade.label("grade"),
        )
        .join(Customer, Customer.customer_id == match.customer_id)
        .outerjoin(Department, Department.id == Customer.owner_department_id)
        .outerjoin(other, other.customer_id == match.other_customer_id)
        .outerjoin(AppUser, AppUser.id == match.decided_by_id)
        .where(*conditions)
    )  # fmt: skip


def _rows(ctx: Context, found: Select[Any]) -> tuple[MatchRow, ...]:
    return tuple(_row(*row) for row in ctx.session.execute(found, execution_options={"populate_existing": True}))


def _row(
    match: ScreeningMatch, customer_no: str, customer_name: str, department: str | None, other_no: str | None,
    decided_by: str | None, grade: str | None,
) -> MatchRow:  # fmt: skip
    return MatchRow(
        customer_id=match.customer_id, id=match.id, version=match.version, customer_no=customer_no,
        customer_name=customer_name, department=department, source=MatchSource(match.source),
        other_no=other_no or match.entry_no or "", other_name=match.name, list_source=match.list_source,
        score=match.score, features=features_of(match.features), state=MatchState(match.state),
        found_on=match.found_on, decided_by=decided_by, decided_at=match.decided_at, reason=match.reason, grade=grade,
    )  # fmt: skip
