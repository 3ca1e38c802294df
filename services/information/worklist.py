"""What is due, customer by customer: the gravest level first, then what is late longest (clause 2.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, tuple_

from db.enums import InformationState, Role
from db.models import Customer, Department, IndustryOutlook, InformationStanding
from services.access import ensure_may
from services.context import Context
from services.information.catalogue import ANY, BY_CODE, INDUSTRY, ITEMS, LEVELS_BY_URGENCY, OWN_ITEMS
from services.information.standing import SINCE_EVER, is_late, state_on

PAGE_SIZE = 20
#: Nobody counts on beyond this.
MOST_COUNTED = 10_000
NO_DEPARTMENT = "-"
Cursor = tuple[int, str, int]


@dataclass(frozen=True)
class DueFilter:
    """Which customers a worklist shows. `department` None: all; NO_DEPARTMENT: those that nobody owns."""

    department: str | None = None
    item: str | None = None
    level: str | None = None
    late_only: bool = False


@dataclass(frozen=True)
class ItemRow:
    """Where one item of one customer stands. `due_on` None: since ever. `days_late` below 0: days left."""

    item: str
    state: InformationState
    known_on: dt.date | None
    due_on: dt.date | None
    days_late: int | None
    is_late: bool
    missing: tuple[str, ...]

    @property
    def is_listed(self) -> bool:
        """Whether it stands on the worklist: late, or due soon."""
        return self.is_late or self.state is InformationState.DUE_SOON


@dataclass(frozen=True)
class DueRow:
    """A customer with what is due, the most urgent first."""

    customer_id: int
    customer_no: str
    name: str
    department: str | None
    level: str
    items: tuple[ItemRow, ...]


@dataclass(frozen=True)
class DuePage:
    """Some customers; `after` asks for those that follow."""

    rows: tuple[DueRow, ...]
    after: Cursor | None


@dataclass(frozen=True)
class DueCounts:
    """How many customers are due (`late` of them over their day) and how many of those late are high or critical."""

    due: int
    late: int
    grave: int


@dataclass(frozen=True)
class OutlookDue:
    """An industry whose outlook risk management owes, with the number of customers in it."""

    industry_code: str
    customers: int
    known_on: dt.date | None
    due_on: dt.date | None
    is_late: bool


# --- rules


def item_row(day: dt.date, row: Any) -> ItemRow:  # noqa: ANN401  (a row of the table or of the statement)
    """A stored row as it stands on a day."""
    never = row.due_on <= SINCE_EVER
    return ItemRow(
        row.item, state_on(day, row.known_on, row.due_on, row.soon_on), row.known_on, None if never else row.due_on,
        None if never else (day - row.due_on).days, is_late(day, row.due_on),
        tuple(row.missing.split(",")) if row.missing else (),
    )  # fmt: skip


def department_shown(ctx: Context, wanted: str | None) -> str | None:
    """Business people see their own department's list, whatever they ask for."""
    is_business = ctx.actor.role is Role.BUSINESS and not ctx.is_system
    return ctx.actor.department_code or NO_DEPARTMENT if is_business else wanted


# --- reads


def due_page(ctx: Context, narrow: DueFilter, after: Cursor | None = None, size: int = PAGE_SIZE) -> DuePage:
    """One page of the worklist."""
    ensure_may(ctx, "information.read")
    stood = InformationStanding
    found = (
        _due(ctx, narrow)
        .add_columns(Customer.customer_no, Customer.name, Department.code)
        .join(Customer, Customer.customer_id == stood.customer_id)
        .join(Department, Department.id == stood.department_id, isouter=True)
        .order_by(stood.urgency, stood.due_on, stood.customer_id)
        .limit(size + 1)
    )
    if after is not None:
        urgency, due_on, customer_id = after
        place = (urgency, dt.date.fromisoformat(due_on), customer_id)
        found = found.where(tuple_(stood.urgency, stood.due_on, stood.customer_id) > place)
    rows = ctx.session.execute(found).all()
    items = _items(ctx, [row.customer_id for row in rows[:size]])
    shown = tuple(
        DueRow(row.customer_id, row.customer_no, row.name, row.code, row.level, _listed(items, row.customer_id))
        for row in rows[:size]
    )
    last = rows[size - 1] if len(rows) > size else None
    return DuePage(shown, None if last is None else (last.urgency, last.due_on.isoformat(), last.customer_id))


def every_due(ctx: Context, narrow: DueFilter) -> Iterator[DueRow]:
    """The whole worklist, page by page."""
    after: Cursor | None = None
    while True:
        page = due_page(ctx, narrow, after, size=500)
        yield from page.rows
        if page.after is None:
            return
        after = page.after


def due_counts(ctx: Context, narrow: DueFilter) -> DueCounts:
    """How many customers the worklist has, each figure up to MOST_COUNTED."""
    ensure_may(ctx, "information.read")
    stood, late = InformationStanding, InformationStanding.due_on < ctx.today

    def counted(*more: ColumnElement[bool]) -> int:
        some = _due(ctx, narrow).where(*more).limit(MOST_COUNTED + 1).subquery()
        return int(ctx.session.execute(select(func.count()).select_from(some)).scalar_one())

    return DueCounts(counted(), counted(late), counted(late, stood.urgency <= 1))


def items_of(ctx: Context, customer_id: int) -> tuple[ItemRow, ...]:
    """All that must be known of one customer, in the order of the catalogue."""
    ensure_may(ctx, "information.read")
    rows = {one.item: one for one in _items(ctx, [customer_id]).get(customer_id, ())}
    return tuple(rows[one.code] for one in ITEMS if one.code in rows)


def due_of(ctx: Context, customer_no: str) -> DueRow | None:
    """One customer with all its items, None where the number is unknown."""
    ensure_may(ctx, "information.read")
    found = (
        select(Customer.customer_id, Customer.customer_no, Customer.name, Department.code, InformationStanding.level)
        .join(Department, Department.id == Customer.owner_department_id, isouter=True)
        .join(
            InformationStanding,
            and_(InformationStanding.customer_id == Customer.customer_id, InformationStanding.item == ANY),
            isouter=True,
        )
        .where(Customer.customer_no == customer_no)
    )
    row = ctx.session.execute(found).first()
    if row is None:
        return None
    return DueRow(
        row.customer_id, row.customer_no, row.name, row.code, row.level or "low", items_of(ctx, row.customer_id)
    )


def outlooks_due(ctx: Context) -> tuple[OutlookDue, ...]:
    """The industries of customers whose outlook is due, the most customers first."""
    ensure_may(ctx, "information.read")
    stood = InformationStanding
    found = (
        select(
            Customer.industry_code, func.count().label("customers"), func.max(stood.known_on).label("known_on"),
            func.min(stood.due_on).label("due_on"),
        )
        .join(Customer, Customer.customer_id == stood.customer_id)
        .where(stood.item == INDUSTRY, stood.soon_on <= ctx.today)
        .group_by(Customer.industry_code)
        .order_by(func.count().desc(), Customer.industry_code)
    )  # fmt: skip
    return tuple(
        OutlookDue(
            row.industry_code, row.customers, row.known_on, None if row.due_on <= SINCE_EVER else row.due_on,
            is_late(ctx.today, row.due_on),
        )
        for row in ctx.session.execute(found)
    )  # fmt: skip


def outlook_of(ctx: Context, industry_code: str) -> dt.date | None:
    """The day of an industry's newest outlook."""
    newest = select(func.max(IndustryOutlook.as_of)).where(IndustryOutlook.industry_code == industry_code)
    return ctx.session.execute(newest).scalar_one()


def _due(ctx: Context, narrow: DueFilter) -> Select[*tuple[Any, ...]]:
    stood = InformationStanding
    item = narrow.item if narrow.item in BY_CODE else ANY
    found = select(stood.customer_id, stood.level, stood.urgency, stood.due_on).where(stood.item == item)
    found = found.where(stood.due_on < ctx.today if narrow.late_only else stood.soon_on <= ctx.today)
    code = department_shown(ctx, narrow.department)
    if code == NO_DEPARTMENT:
        found = found.where(stood.department_id.is_(None))
    elif code is not None:
        owner = select(Department.id).where(Department.code == code).scalar_subquery()
        found = found.where(stood.department_id == owner)
    if narrow.level is not None:
        urgency = next((place for place, one in enumerate(LEVELS_BY_URGENCY) if one == narrow.level), -1)
        found = found.where(stood.urgency == urgency)
    return found


def _items(ctx: Context, customer_ids: Sequence[int]) -> dict[int, list[ItemRow]]:
    stood = InformationStanding
    rows = ctx.session.execute(
        select(stood.customer_id, stood.item, stood.known_on, stood.due_on, stood.soon_on, stood.missing)
        .where(stood.customer_id.in_(customer_ids), stood.item != ANY)
        .order_by(stood.customer_id, stood.due_on, stood.item)
    )
    found: dict[int, list[ItemRow]] = {}
    for row in rows:
        found.setdefault(row.customer_id, []).append(item_row(ctx.today, row))
    return found


def _listed(items: dict[int, list[ItemRow]], customer_id: int) -> tuple[ItemRow, ...]:
    return tuple(one for one in items.get(customer_id, ()) if one.is_listed and one.item in OWN_ITEMS)
