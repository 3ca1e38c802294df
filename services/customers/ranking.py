"""The list of customers, riskiest first: filters, pages, and how many stand at each level (SPEC 6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, tuple_

from db.enums import ListingState, RiskLevel, WarningState
from db.models import Customer, Department, EarlyWarning, Listing
from services.access import ensure_may
from services.context import Context
from services.customers.money import Exposure, exposures
from services.scoring import former_scores, shown_score

PAGE_SIZE = 50
#: Counting stops here: beyond it a count says "more than".
MOST_COUNTED = 10_000
#: The filter's code for customers without a level.
UNSCORED = "unscored"
_USCC_LENGTH = 18
_EXPORTED_AT_ONCE = 1_000
_Query = Select[*tuple[Any, ...]]

# --- row types


@dataclass(frozen=True)
class CustomerFilter:
    """What the list is narrowed to; empty fields narrow nothing.

    `search`: part of a name, the beginning of a customer number, or a whole unified social credit code. `level`: a risk
    level or UNSCORED.
    """

    search: str = ""
    department: str | None = None
    level: str | None = None
    listed: bool = False


@dataclass(frozen=True)
class Cursor:
    """A place in the list: just behind (or before) the customer with this score and id."""

    score: Decimal | None
    customer_id: int

    def text(self) -> str:
        """The place as an address carries it."""
        score = "" if self.score is None else f"{self.score.normalize():f}"
        return f"{score}~{self.customer_id}"


@dataclass(frozen=True)
class CustomerRow:
    """One line of the list. `open_warnings` counts those not resolved; `grade` is set while listed.

    `change`: points since the former score; None before the second.
    """

    customer_id: int
    customer_no: str
    name: str
    department: str | None
    score: Decimal | None
    level: str | None
    scored_on: dt.date | None
    change: Decimal | None
    open_warnings: int
    grade: str | None
    exposure: Exposure


@dataclass(frozen=True)
class CustomerPage:
    """One page of the list. `after` and `before` ask for the next and the former page, None at the ends.

    `first` is the place of the first row and `total` the count of all; both stop one above MOST_COUNTED.
    """

    rows: tuple[CustomerRow, ...]
    after: Cursor | None
    before: Cursor | None
    first: int
    total: int


# --- rules


def parsed_cursor(written: str) -> Cursor | None:
    """The place that an address carries; None for anything else, which starts the list anew."""
    score, tilde, customer_id = written.partition("~")
    if not tilde or not customer_id.isascii() or not customer_id.isdigit() or len(customer_id) > _USCC_LENGTH:
        return None
    try:
        reached = Decimal(score) if score else None
    except InvalidOperation:
        return None
    return None if reached is not None and not reached.is_finite() else Cursor(reached, int(customer_id))


# --- reads


def customers(
    ctx: Context,
    narrow: CustomerFilter,
    after: Cursor | None = None,
    before: Cursor | None = None,
    limit: int = PAGE_SIZE,
) -> CustomerPage:
    """The customers by score, riskiest first; those never scored last; of equal ones the newest number first.

    `after` and `before` are those of a page that was read; at most one is given. A page before which too little is left
    becomes the first page.
    """
    ensure_may(ctx, "customer.read")
    if before is not None:
        rows = list(_ranked(ctx, narrow, before, limit + 1, upwards=True))
        if len(rows) <= limit:
            return customers(ctx, narrow, limit=limit)
        shown, has_more = rows[:limit][::-1], True
    else:
        rows = list(_ranked(ctx, narrow, after, limit + 1))
        shown, has_more = rows[:limit], len(rows) > limit
    ends = [Cursor(one.risk_score, one.customer_id) for one in shown]
    is_first = before is None and after is None
    return CustomerPage(
        rows=_with_facts(ctx, shown),
        after=ends[-1] if has_more else None,
        before=None if is_first or not ends else ends[0],
        first=1 if is_first or not ends else _ahead_of(ctx, narrow, ends[0]) + 1,
        total=_counted(ctx, select(literal(1)).select_from(Customer).where(*_conditions(narrow))),
    )


def every_customer(ctx: Context, narrow: CustomerFilter) -> Iterator[CustomerRow]:
    """All customers that the filter leaves, in the list's order: for files."""
    place: Cursor | None = None
    while True:
        page = customers(ctx, narrow, place, limit=_EXPORTED_AT_ONCE)
        yield from page.rows
        if page.after is None:
            return
        place = page.after


def level_counts(ctx: Context, narrow: CustomerFilter | None = None) -> dict[str | None, int]:
    """How many customers stand at each risk level, None for those never scored; each stops one above MOST_COUNTED.

    The filter's own level does not narrow: the counts say what choosing another one would show.
    """
    ensure_may(ctx, "customer.read")
    found = replace(narrow or CustomerFilter(), level=None)
    if found.search or found.listed:
        return _counted_at_once(ctx, found)
    codes = [*(one.value for one in RiskLevel), UNSCORED]
    counts = [
        select(func.count())
        .select_from(
            select(literal(1))
            .select_from(Customer)
            .where(*_conditions(replace(found, level=code)))
            .limit(MOST_COUNTED + 1)
            .subquery()
        )
        .scalar_subquery()
        for code in codes
    ]
    row = ctx.session.execute(select(*counts)).one()
    return {None if code == UNSCORED else code: count for code, count in zip(codes, row, strict=True)}


def _counted_at_once(ctx: Context, narrow: CustomerFilter) -> dict[str | None, int]:
    """What a word matches may need a scan to find: once, not once a level."""
    query = select(Customer.risk_level, func.count()).where(*_conditions(narrow)).group_by(Customer.risk_level)
    found = {level: count for level, count in ctx.session.execute(query)}
    return {level: min(found.get(level, 0), MOST_COUNTED + 1) for level in (*[one.value for one in RiskLevel], None)}


def _conditions(narrow: CustomerFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Customer.customer_id > 0]
    if word := narrow.search.strip():
        conditions.append(_matches(word))
    if narrow.department is not None:
        department = select(Department.id).where(Department.code == narrow.department).scalar_subquery()
        conditions.append(Customer.owner_department_id == department)
    if narrow.level is not None:
        is_unscored = narrow.level == UNSCORED
        conditions.append(Customer.risk_level.is_(None) if is_unscored else Customer.risk_level == narrow.level)
    if narrow.listed:
        listed = select(Listing.customer_id).where(Listing.state == ListingState.CONFIRMED.value)
        conditions.append(Customer.customer_id.in_(listed))
    return conditions


def _matches(word: str) -> ColumnElement[bool]:
    """A credit code is compared whole: it has no index, so it is not asked for where a name may be meant."""
    if len(word) == _USCC_LENGTH and word.isascii() and word.isalnum():
        return or_(Customer.uscc == word.upper(), Customer.customer_no.startswith(word, autoescape=True))
    has_case = word.lower() != word.upper()
    in_name = (
        Customer.name.icontains(word, autoescape=True) if has_case else Customer.name.contains(word, autoescape=True)
    )
    return or_(in_name, Customer.customer_no.startswith(word, autoescape=True))


def _segments(narrow: CustomerFilter, place: Cursor | None, *, upwards: bool) -> list[_Query]:
    """The scored and the unscored behind (or, upwards, before) a place, nearest first: each follows an index.

    One order with NULLS LAST would not: the index holds them at its other end.
    """
    chosen: list[_Query] = []
    for is_scored in (False, True) if upwards else (True, False):
        is_reached = place is None or is_scored == (place.score is not None)
        if (not is_reached and is_scored is not upwards) or (is_scored and narrow.level == UNSCORED):
            continue
        query: _Query = select(Customer.customer_id, Customer.risk_score).where(
            *_conditions(narrow),
            Customer.risk_score.is_not(None) if is_scored else Customer.risk_score.is_(None),
        )
        if place is not None and is_reached:
            query = query.where(_behind(place, upwards=upwards))
        chosen.append(query.order_by(*_order(upwards=upwards)))
    return chosen


def _behind(place: Cursor, *, upwards: bool) -> ColumnElement[bool]:
    if place.score is None:
        return Customer.customer_id > place.customer_id if upwards else Customer.customer_id < place.customer_id
    here = tuple_(literal(place.score), literal(place.customer_id))
    own = tuple_(Customer.risk_score, Customer.customer_id)
    return own > here if upwards else own < here


def _order(*, upwards: bool) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    columns = (Customer.risk_score, Customer.customer_id)
    return (columns[0].asc(), columns[1].asc()) if upwards else (columns[0].desc(), columns[1].desc())


def _ranked(
    ctx: Context, narrow: CustomerFilter, place: Cursor | None, limit: int, *, upwards: bool = False
) -> Iterator[Any]:
    left = limit
    for query in _segments(narrow, place, upwards=upwards):
        if left > 0:
            rows = ctx.session.execute(query.limit(left)).all()
            left -= len(rows)
            yield from rows


def _ahead_of(ctx: Context, narrow: CustomerFilter, place: Cursor) -> int:
    queries = [query.order_by(None) for query in _segments(narrow, place, upwards=True)]
    return min(sum(_counted(ctx, query) for query in queries), MOST_COUNTED)


def _counted(ctx: Context, query: _Query) -> int:
    found = query.limit(MOST_COUNTED + 1).subquery()
    return int(ctx.session.execute(select(func.count()).select_from(found)).scalar_one())


def _with_facts(ctx: Context, ranked: Sequence[Any]) -> tuple[CustomerRow, ...]:
    """The rows of a page with everything that stands beside the name, each fact read once for the whole page."""
    ids = [one.customer_id for one in ranked]
    query = (
        select(
            Customer.customer_id, Customer.customer_no, Customer.name, Department.code, Customer.risk_score,
            Customer.risk_level, Customer.scored_on,
        )
        .outerjoin(Department, Department.id == Customer.owner_department_id)
        .where(Customer.customer_id.in_(ids))
    )  # fmt: skip
    found = {row.customer_id: row for row in ctx.session.execute(query)}
    warned, graded, owed, former = _warned(ctx, ids), _graded(ctx, ids), exposures(ctx, ids), former_scores(ctx, ids)
    return tuple(
        CustomerRow(
            customer_id=key, customer_no=one.customer_no, name=one.name, department=one.code, score=one.risk_score,
            level=one.risk_level, scored_on=one.scored_on, change=_step(one.risk_score, former.get(key)),
            open_warnings=warned.get(key, 0), grade=graded.get(key), exposure=owed[key],
        )
        for key, one in ((key, found[key]) for key in ids)
    )  # fmt: skip


def _step(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """As shown: what stands in the list is the difference of what stands on the customer's page."""
    reached, left = shown_score(now), shown_score(before)
    return None if reached is None or left is None else reached - left


def _warned(ctx: Context, ids: Sequence[int]) -> dict[int, int]:
    query = (
        select(EarlyWarning.customer_id, func.count())
        .where(EarlyWarning.customer_id.in_(ids), EarlyWarning.state != WarningState.RESOLVED.value)
        .group_by(EarlyWarning.customer_id)
    )
    return {key: count for key, count in ctx.session.execute(query)}


def _graded(ctx: Context, ids: Sequence[int]) -> dict[int, str]:
    """Black goes before grey."""
    query = (
        select(Listing.customer_id, func.min(Listing.grade))
        .where(and_(Listing.customer_id.in_(ids), Listing.state == ListingState.CONFIRMED.value))
        .group_by(Listing.customer_id)
    )
    return {key: grade for key, grade in ctx.session.execute(query)}
