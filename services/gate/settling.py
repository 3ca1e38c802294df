"""What people decide on held orders: release, refuse, withdraw; and what a listing does to orders on their way."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, and_, exists, or_, select, text

from db.enums import ControlForce, ControlKind, ControlState, GateDecision, HeldOrderState, ListingState, Role
from db.models import Control, GateOrder, Invoice, Listing
from services import access, ledger
from services.context import Context
from services.errors import N_, NotAllowedError, NotFoundError, RefusedError
from services.gate import telling
from services.gate.rows import GateOrderRow
from services.gate.rule import USUAL_ROLE, may_be_released_by, reason
from services.gate.steps import HELD_ORDER, reasons_as_kept
from services.states import ensure_fresh, ensure_transition

#: What stops orders on their way, by the code of the reason that they get.
LISTED, SUSPENDED = "held_by_listing", "held_by_suspension"
CAUSES = {"listed": LISTED, "suspended": SUSPENDED}

# --- commands


def release(
    ctx: Context, customer_id: int, order_id: int, version: int, reason: str, until: dt.date | None = None
) -> GateOrderRow:
    """Let a held order pass, until the end of a day if one is given.

    Raises:
        NotAllowedError: the order waits for another role, or the actor asked for it.
        RefusedError: the customer is listed or suspended by now; no reason; the day has passed.
        StaleError, IllegalMoveError, NotFoundError.
    """
    row = _opened(ctx, customer_id, order_id, version, HeldOrderState.RELEASED)
    _ensure_decides(ctx, row)
    if until is not None and until < ctx.today:
        raise RefusedError(N_("A release can't end before today."))
    _ensure_not_blocked(ctx, customer_id)
    return _settled(ctx, row, HeldOrderState.RELEASED, "gate.released", _words(reason), until)


def refuse_order(ctx: Context, customer_id: int, order_id: int, version: int, reason: str) -> GateOrderRow:
    """Turn a held order down.

    Raises:
        NotAllowedError: the order waits for another role, or the actor asked for it.
        RefusedError: no reason. StaleError, IllegalMoveError, NotFoundError.
    """
    row = _opened(ctx, customer_id, order_id, version, HeldOrderState.REFUSED)
    _ensure_decides(ctx, row)
    return _settled(ctx, row, HeldOrderState.REFUSED, "gate.refused", _words(reason), None)


def withdraw(ctx: Context, customer_id: int, order_id: int, version: int) -> GateOrderRow:
    """Take an order back that was not placed: it counts against no limit from then on.

    Raises:
        NotAllowedError: somebody else asked for it.
        RefusedError: it was denied. StaleError, IllegalMoveError, NotFoundError.
    """
    access.ensure_may(ctx, "gate.ask")
    row = _locked(ctx, customer_id, order_id)
    if not ctx.is_system and row.asked_by != ctx.actor.login:
        raise NotAllowedError(N_("Only who asked for the order can withdraw it."))
    ensure_fresh(version, row.version)
    if row.state is not None:
        ensure_transition(HELD_ORDER, row.state, HeldOrderState.WITHDRAWN)
    elif row.decision == GateDecision.DENY:
        raise RefusedError(N_("The order was denied: there is nothing to withdraw."))
    return _settled(ctx, row, HeldOrderState.WITHDRAWN, "gate.withdrawn", None, None)


def hold_open_orders(ctx: Context, customer_id: int, cause: str) -> int:
    """Hold what was allowed or released and is not invoiced yet, because the customer is `listed` or `suspended` now.

    For the command that lists or suspends, inside its transaction. Orders that wait go on waiting: nobody can release
    them while the listing stands. Returns how many orders were stopped.
    """
    code = CAUSES[cause]
    since = ctx.today - dt.timedelta(days=ctx.policy_history.on(ctx.today).gate_order_days)
    found = (
        select(GateOrder)
        .where(GateOrder.customer_id == customer_id, GateOrder.asked_on >= since, _is_on_its_way(ctx.today))
        .where(~_is_invoiced())
        .order_by(GateOrder.id)
        .with_for_update()
    )
    _wait_for_the_gate(ctx, customer_id)
    rows = ctx.session.execute(found.execution_options(populate_existing=True)).scalars().all()
    if not rows:
        return 0
    with ledger.change_all(ctx, "gate.held", rows, note=None):
        for row in rows:
            why = reason(code, GateDecision.HOLD, role=USUAL_ROLE)
            row.state, row.held_at, row.release_role = HeldOrderState.WAITING, ctx.now, row.release_role or USUAL_ROLE
            row.settled_at, row.settled_by_id, row.settled_reason, row.released_until = None, None, None, None
            row.reasons = [*reasons_as_kept([why]), *row.reasons]
    telling.tell_held_again(ctx, rows, customer_id, code)
    return len(rows)


def _wait_for_the_gate(ctx: Context, customer_id: int) -> None:
    """An order being answered right now is waited for, and seen; later ones wait for this transaction."""
    ctx.session.execute(
        text("SELECT pg_advisory_xact_lock(:lock, :chain)"),
        {"lock": ledger.CHAIN_LOCK, "chain": customer_id % 2**31},
    )


def _is_on_its_way(today: dt.date) -> ColumnElement[bool]:
    return or_(
        and_(GateOrder.state.is_(None), GateOrder.decision == GateDecision.ALLOW),
        and_(
            GateOrder.state == HeldOrderState.RELEASED,
            or_(GateOrder.released_until.is_(None), GateOrder.released_until >= today),
        ),
    )


def _is_invoiced() -> ColumnElement[bool]:
    return exists().where(
        Invoice.customer_id == GateOrder.customer_id,
        or_(Invoice.invoice_no == GateOrder.order_no, Invoice.contract_no == GateOrder.order_no),
    )


def _locked(ctx: Context, customer_id: int, order_id: int) -> GateOrder:
    """The order, after waiting for whoever decides on the same customer."""
    _wait_for_the_gate(ctx, customer_id)
    row = ctx.session.get(GateOrder, (customer_id, order_id), with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFoundError(N_("There is no such order."))
    return row


def _opened(ctx: Context, customer_id: int, order_id: int, version: int, wanted: HeldOrderState) -> GateOrder:
    access.ensure_may(ctx, "gate.release")
    row = _locked(ctx, customer_id, order_id)
    ensure_fresh(version, row.version)
    ensure_transition(HELD_ORDER, row.state or row.decision, wanted)
    return row


def _ensure_decides(ctx: Context, row: GateOrder) -> None:
    if row.asked_by == ctx.actor.login:
        raise NotAllowedError(N_("You asked for this order: somebody else decides on it."))
    if not ctx.is_system and not may_be_released_by(ctx.actor.role, Role(row.release_role or USUAL_ROLE)):
        raise NotAllowedError(N_("This order waits for another role. The order says which."))


def _ensure_not_blocked(ctx: Context, customer_id: int) -> None:
    listed = select(Listing.id).where(Listing.customer_id == customer_id, Listing.state == ListingState.CONFIRMED)
    if ctx.session.execute(listed.limit(1)).first():
        raise RefusedError(N_("The customer is listed by now: no order is released while the listing stands."))
    day = ctx.today
    absolute = select(Control.id).where(
        Control.customer_id == customer_id, Control.state == ControlState.ACTIVE,
        Control.kind == ControlKind.SUSPENSION, Control.force == ControlForce.ABSOLUTE, Control.starts_on <= day,
        or_(Control.expires_on.is_(None), Control.expires_on >= day),
    )  # fmt: skip
    if ctx.session.execute(absolute.limit(1)).first():
        raise RefusedError(N_("Trade with the customer is suspended by now: lift the suspension first."))


def _words(given: str) -> str:
    words = given.strip()
    if not words:
        raise RefusedError(N_("Give a reason: who reads the order later has to understand the decision."))
    return words


def _settled(
    ctx: Context, row: GateOrder, state: HeldOrderState, action: str, why: str | None, until: dt.date | None
) -> GateOrderRow:
    from services.gate.orders import order_by_id

    with ledger.change(ctx, action, row, why):
        row.state, row.settled_at, row.settled_by_id = state, ctx.now, ctx.actor.user_id
        row.settled_reason, row.released_until = why, until
    telling.tell_settled(ctx, row)
    return order_by_id(ctx, row.customer_id, row.id)
