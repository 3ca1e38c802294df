"""Lists of orders that asked the gate: the queue of held ones, the log, one order, a customer's latest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_

from db.enums import GateDecision, HeldOrderState, Role
from db.models import AppUser, Customer, Department, GateOrder
from services import access
from services.assessments.places import place_of, place_text
from services.context import Context
from services.errors import N_, NotFoundError
from services.gate.rows import GateOrderRow, OrderCounts, OrderFilter, OrderPage
from services.gate.steps import controls_kept, reasons_kept

LONGEST_PAGE = 500

# --- reads


def held_orders(
    ctx: Context, filters: OrderFilter | None = None, cursor: str | None = None, limit: int = 50
) -> OrderPage:  # fmt: skip
    """Orders that wait for a decision, the oldest first.

    Raises:
        NotAllowedError: the actor may not read orders.
        RefusedError: the cursor is not one.
    """
    access.ensure_may(ctx, "gate.read")
    wanted = _rows().where(GateOrder.state == HeldOrderState.WAITING, *_narrowed(filters or OrderFilter()))
    key = tuple_(GateOrder.held_at, GateOrder.customer_id, GateOrder.id)
    if cursor:
        at, customer_id, order_id = place_of(cursor, str, int, int)
        wanted = wanted.where(key > tuple_(_instant(at), customer_id, order_id))
    wanted = wanted.order_by(GateOrder.held_at, GateOrder.customer_id, GateOrder.id)
    return _page(ctx, wanted, limit, is_queue=True)


def order_log(
    ctx: Context, filters: OrderFilter | None = None, cursor: str | None = None, limit: int = 50
) -> OrderPage:  # fmt: skip
    """All orders that asked the gate, the newest first.

    Raises:
        NotAllowedError: the actor may not read orders.
        RefusedError: the cursor is not one.
    """
    access.ensure_may(ctx, "gate.read")
    wanted = _rows().where(*_narrowed(filters or OrderFilter()))
    key = tuple_(GateOrder.asked_at, GateOrder.customer_id, GateOrder.id)
    if cursor:
        at, customer_id, order_id = place_of(cursor, str, int, int)
        wanted = wanted.where(key < tuple_(_instant(at), customer_id, order_id))
    wanted = wanted.order_by(GateOrder.asked_at.desc(), GateOrder.customer_id.desc(), GateOrder.id.desc())
    return _page(ctx, wanted, limit, is_queue=False)


def orders_of(ctx: Context, customer_id: int, limit: int = 10) -> tuple[GateOrderRow, ...]:
    """A customer's latest orders at the gate, the newest first."""
    access.ensure_may(ctx, "gate.read")
    wanted = _rows().where(GateOrder.customer_id == customer_id)
    found = ctx.session.execute(wanted.order_by(GateOrder.asked_at.desc(), GateOrder.id.desc()).limit(limit))
    return tuple(_row(one) for one in found)


def order_by_id(ctx: Context, customer_id: int, order_id: int) -> GateOrderRow:
    """One order.

    Raises:
        NotFoundError: there is no such order.
    """
    access.ensure_may(ctx, "gate.read")
    return _one(ctx, GateOrder.customer_id == customer_id, GateOrder.id == order_id)


def order_by_no(ctx: Context, customer_no: str, order_no: str) -> GateOrderRow:
    """One order by its own number and its customer's.

    Raises:
        NotFoundError: there is no such order.
    """
    access.ensure_may(ctx, "gate.read")
    return _one(ctx, Customer.customer_no == customer_no, GateOrder.order_no == order_no)


def order_counts(ctx: Context) -> OrderCounts:
    """What waits in all and for the actor's role, and how the orders of today were answered."""
    access.ensure_may(ctx, "gate.read")
    waiting = select(
        func.count(), func.coalesce(func.sum(GateOrder.amount), 0),
        func.count().filter(GateOrder.release_role == ctx.actor.role, GateOrder.asked_by != ctx.actor.login),
    ).where(GateOrder.state == HeldOrderState.WAITING)  # fmt: skip
    today = select(*(func.count().filter(GateOrder.decision == one) for one in GateDecision)).where(
        GateOrder.asked_at >= dt.datetime.combine(ctx.today - dt.timedelta(days=1), dt.time(0), dt.UTC),
        GateOrder.asked_on == ctx.today,
    )
    count, amount, mine = ctx.session.execute(waiting).one()
    allowed, held, denied = tuple(ctx.session.execute(today).one())
    return OrderCounts(count, Decimal(amount or 0), mine, allowed, held, denied)


def _one(ctx: Context, *conditions: ColumnElement[bool]) -> GateOrderRow:
    found = ctx.session.execute(_rows().where(*conditions)).first()
    if found is None:
        raise NotFoundError(N_("There is no such order."))
    return _row(found)


def _rows() -> Select[Any, Any, Any, Any, Any]:
    return (
        select(GateOrder, Customer.customer_no, Customer.name, Department.code, AppUser.name)
        .join(Customer, Customer.customer_id == GateOrder.customer_id)
        .outerjoin(Department, Department.id == Customer.owner_department_id)
        .outerjoin(AppUser, AppUser.id == GateOrder.settled_by_id)
    )


def _narrowed(filters: OrderFilter) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.decision:
        found.append(GateOrder.decision == filters.decision)
    if filters.state:
        found.append(GateOrder.state == filters.state)
    if filters.customer_no:
        found.append(Customer.customer_no == filters.customer_no)
    if filters.department:
        found.append(Department.code == filters.department)
    if filters.first:
        found.append(GateOrder.asked_on >= filters.first)
    if filters.last:
        found.append(GateOrder.asked_on <= filters.last)
    words = filters.search.strip()
    if words:
        found.append(
            or_(
                Customer.name.icontains(words, autoescape=True),
                Customer.customer_no.istartswith(words, autoescape=True),
                GateOrder.order_no.istartswith(words, autoescape=True),
            )
        )
    return found


def _page(ctx: Context, wanted: Select[Any, Any, Any, Any, Any], limit: int, *, is_queue: bool) -> OrderPage:
    limit = max(1, min(limit, LONGEST_PAGE))
    found = ctx.session.execute(wanted.limit(limit + 1)).all()
    rows = tuple(_row(one) for one in found[:limit])
    if len(found) <= limit:
        return OrderPage(rows, None)
    last = rows[-1]
    at = (last.held_at or last.asked_at) if is_queue else last.asked_at
    return OrderPage(rows, place_text(at.isoformat(), last.customer_id, last.id))


def _instant(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def _row(found: Sequence[Any]) -> GateOrderRow:
    order, customer_no, name, department, settled_by = found
    return GateOrderRow(
        customer_id=order.customer_id, id=order.id, version=order.version, customer_no=customer_no, customer=name,
        department=department, order_no=order.order_no, asked_on=order.asked_on, asked_at=order.asked_at,
        asked_by=order.asked_by, original_amount=order.original_amount, currency=order.currency, amount=order.amount,
        terms_days=order.terms_days, prepaid_amount=order.prepaid_amount, decision=GateDecision(order.decision),
        reasons=reasons_kept(order.reasons), controls=controls_kept(order.controls), limit_left=order.limit_left,
        state=order.state and HeldOrderState(order.state), held_at=order.held_at,
        release_role=order.release_role and Role(order.release_role), settled_at=order.settled_at,
        settled_by=settled_by, settled_reason=order.settled_reason, released_until=order.released_until,
        away_decision=order.away_decision and GateDecision(order.away_decision),
    )  # fmt: skip
