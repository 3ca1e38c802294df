"""Permissions to pass one kind of measure until a day: one person asks for it, another gives it (SPEC 8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import any_, func, or_, select

from db.enums import ControlForce, ControlKind, ControlState, GateDecision, HeldOrderState, ListingState, OverrideState
from db.models import AppUser, Control, Customer, GateOrder, GateOverride, Listing
from services import access, data_versions, ledger
from services.context import Context
from services.customers import customer_by_no
from services.errors import N_, NotAllowedError, NotFoundError, RefusedError
from services.gate import telling
from services.gate.rows import OverrideRow
from services.gate.steps import OVERRIDE
from services.states import ensure_fresh, ensure_transition

LONGEST_DAYS = 366
MOST_LISTED = 200

# --- commands


def propose_override(
    ctx: Context, customer_no: str, kind: ControlKind, until: dt.date, reason: str, limit_amount: Decimal | None = None
) -> OverrideRow:
    """Ask for a permission to pass one kind of measure, up to an amount in all (base currency).

    Raises:
        NotAllowedError: the role may not, or it is another department's customer.
        RefusedError: the customer is listed; no such measure, or it is absolute; a wrong day, amount or no reason.
    """
    access.ensure_may(ctx, "gate.propose_override")
    customer = customer_by_no(ctx, customer_no)
    if ctx.actor.role == "business" and customer.department_id != ctx.actor.department_id:
        raise NotAllowedError(N_("Business departments ask for their own customers only."))
    words = _checked(ctx, until, reason, limit_amount)
    _ensure_passable(ctx, customer.customer_id, kind)
    _end_expired(ctx, customer.customer_id, kind)
    row = GateOverride(
        customer_id=customer.customer_id, kind=kind, state=OverrideState.PROPOSED, starts_on=ctx.today, until_on=until,
        limit_amount=limit_amount, reason=words, proposed_by_id=ctx.actor.user_id, proposed_at=ctx.now,
    )  # fmt: skip
    with ledger.change(ctx, "gate_override.proposed", row):
        ctx.session.add(row)
    telling.tell_override_proposed(ctx, row)
    return override_by_id(ctx, row.customer_id, row.id)


def approve_override(ctx: Context, customer_id: int, override_id: int, version: int) -> OverrideRow:
    """Give a permission that another person asked for: orders pass the measure from now on.

    Raises:
        NotAllowedError: the role may not, or it is one's own request.
        RefusedError: the customer was listed, or the measure became absolute meanwhile; the day has passed.
        StaleError, IllegalMoveError, NotFoundError.
    """
    row = _decided(ctx, customer_id, override_id, version, OverrideState.APPROVED)
    if row.until_on < ctx.today:
        raise RefusedError(N_("The day until which it was asked for has passed."))
    _ensure_passable(ctx, customer_id, ControlKind(row.kind))
    with ledger.change(ctx, "gate_override.approved", row):
        row.state, row.approved_by_id, row.approved_at = OverrideState.APPROVED, ctx.actor.user_id, ctx.now
    data_versions.bump(ctx, "gate")
    return override_by_id(ctx, customer_id, override_id)


def decline_override(ctx: Context, customer_id: int, override_id: int, version: int, reason: str) -> OverrideRow:
    """Turn a request down, with the reason.

    Raises:
        NotAllowedError, StaleError, IllegalMoveError, NotFoundError; RefusedError: no reason.
    """
    row = _decided(ctx, customer_id, override_id, version, OverrideState.DECLINED)
    return _ended(ctx, row, OverrideState.DECLINED, "gate_override.declined", _words(reason))


def end_override(ctx: Context, customer_id: int, override_id: int, version: int, reason: str) -> OverrideRow:
    """Take a permission, or a request of one's own, back before its day.

    Raises:
        NotAllowedError, StaleError, IllegalMoveError, NotFoundError; RefusedError: no reason.
    """
    row = _locked(ctx, customer_id, override_id)
    if row.proposed_by_id != ctx.actor.user_id:
        access.ensure_may(ctx, "gate.approve_override")
    ensure_fresh(version, row.version)
    ensure_transition(OVERRIDE, row.state, OverrideState.ENDED)
    return _ended(ctx, row, OverrideState.ENDED, "gate_override.ended", _words(reason))


def _locked(ctx: Context, customer_id: int, override_id: int) -> GateOverride:
    row = ctx.session.get(GateOverride, (customer_id, override_id), with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFoundError(N_("There is no such permission."))
    return row


def _decided(
    ctx: Context, customer_id: int, override_id: int, version: int, wanted: OverrideState
) -> GateOverride:  # fmt: skip
    access.ensure_may(ctx, "gate.approve_override")
    row = _locked(ctx, customer_id, override_id)
    if row.proposed_by_id is not None and row.proposed_by_id == ctx.actor.user_id:
        raise NotAllowedError(N_("You asked for this permission: somebody else decides on it."))
    ensure_fresh(version, row.version)
    ensure_transition(OVERRIDE, row.state, wanted)
    return row


def _ended(ctx: Context, row: GateOverride, state: OverrideState, action: str, why: str) -> OverrideRow:
    with ledger.change(ctx, action, row, why):
        row.state, row.ended_by_id, row.ended_reason = state, ctx.actor.user_id, why
    data_versions.bump(ctx, "gate")
    return override_by_id(ctx, row.customer_id, row.id)


def _checked(ctx: Context, until: dt.date, reason: str, limit_amount: Decimal | None) -> str:
    if not ctx.today <= until <= ctx.today + dt.timedelta(days=LONGEST_DAYS):
        raise RefusedError(
            N_("A permission holds from today for %(most)s days at most: choose a day in between."), most=LONGEST_DAYS
        )
    if limit_amount is not None and not (limit_amount.is_finite() and limit_amount > 0):
        raise RefusedError(N_("The amount of a permission must be above 0."))
    return _words(reason)


def _words(given: str) -> str:
    words = given.strip()
    if not words:
        raise RefusedError(N_("Give a reason: who reads the permission later has to understand it."))
    return words


def _ensure_passable(ctx: Context, customer_id: int, kind: ControlKind) -> None:
    listed = select(Listing.id).where(Listing.customer_id == customer_id, Listing.state == ListingState.CONFIRMED)
    if ctx.session.execute(listed.limit(1)).first():
        raise RefusedError(N_("The customer is listed: nobody can permit trade while the listing stands."))
    day = ctx.today
    active = select(Control.force).where(
        Control.customer_id == customer_id, Control.kind == kind, Control.state == ControlState.ACTIVE,
        Control.starts_on <= day, or_(Control.expires_on.is_(None), Control.expires_on >= day),
    )  # fmt: skip
    force = ctx.session.execute(active).scalar()
    if force is None:
        raise RefusedError(N_("No such measure is in force against the customer: there is nothing to pass."))
    if force == ControlForce.ABSOLUTE:
        raise RefusedError(N_("This measure is absolute: nobody can pass it. Change or lift the measure instead."))


def _end_expired(ctx: Context, customer_id: int, kind: ControlKind) -> None:
    """A permission whose day has passed makes room for the next one."""
    found = select(GateOverride).where(
        GateOverride.customer_id == customer_id, GateOverride.kind == kind,
        GateOverride.state.in_((OverrideState.PROPOSED, OverrideState.APPROVED)),
    )  # fmt: skip
    for row in ctx.session.execute(found.with_for_update()).scalars():
        if row.until_on >= ctx.today:
            raise RefusedError(
                N_("A permission to pass this measure is asked for or given already, until %(until)s."),
                until=row.until_on.isoformat(),
            )
        with ledger.change(ctx, "gate_override.ended", row):
            row.state, row.ended_reason = OverrideState.ENDED, f"until {row.until_on.isoformat()}"


# --- reads


def overrides(ctx: Context, customer_id: int | None = None) -> tuple[OverrideRow, ...]:
    """Permissions asked for or in force, those that wait first; of a customer, or of all."""
    access.ensure_may(ctx, "gate.read")
    open_states = (OverrideState.PROPOSED, OverrideState.APPROVED)
    conditions = [GateOverride.state.in_(open_states), GateOverride.until_on >= ctx.today]
    if customer_id is not None:
        conditions.append(GateOverride.customer_id == customer_id)
    return _rows(ctx, conditions)


def override_by_id(ctx: Context, customer_id: int, override_id: int) -> OverrideRow:
    """One permission.

    Raises:
        NotFoundError: there is none.
    """
    access.ensure_may(ctx, "gate.read")
    rows = _rows(ctx, [GateOverride.customer_id == customer_id, GateOverride.id == override_id])
    if not rows:
        raise NotFoundError(N_("There is no such permission."))
    return rows[0]


def _rows(ctx: Context, conditions: Sequence[Any]) -> tuple[OverrideRow, ...]:
    used = (
        select(func.coalesce(func.sum(GateOrder.amount), 0))
        .where(
            GateOrder.customer_id == GateOverride.customer_id, GateOverride.id == any_(GateOrder.override_ids),
            or_(
                GateOrder.state.is_(None) & (GateOrder.decision == GateDecision.ALLOW),
                GateOrder.state == HeldOrderState.RELEASED,
            ),
        )
        .scalar_subquery()
    )  # fmt: skip
    proposer, approver = AppUser.__table__.alias("proposer"), AppUser.__table__.alias("approver")
    found = (
        select(GateOverride, Customer.customer_no, Customer.name, used, proposer.c.name, approver.c.name)
        .join(Customer, Customer.customer_id == GateOverride.customer_id)
        .outerjoin(proposer, proposer.c.id == GateOverride.proposed_by_id)
        .outerjoin(approver, approver.c.id == GateOverride.approved_by_id)
        .where(*conditions)
        .order_by(GateOverride.state.desc(), GateOverride.until_on, GateOverride.customer_id, GateOverride.id)
        .limit(MOST_LISTED)
    )
    return tuple(_row(*one) for one in ctx.session.execute(found))


def _row(
    one: GateOverride, customer_no: str, customer: str, used: Decimal, proposer: str | None, approver: str | None
) -> OverrideRow:  # fmt: skip
    return OverrideRow(
        customer_id=one.customer_id, id=one.id, version=one.version, customer_no=customer_no, customer=customer,
        kind=ControlKind(one.kind), state=OverrideState(one.state), starts_on=one.starts_on, until_on=one.until_on,
        limit_amount=one.limit_amount, used_amount=used, reason=one.reason, proposed_by_id=one.proposed_by_id,
        proposed_by=proposer, proposed_at=one.proposed_at, approved_by=approver, ended_reason=one.ended_reason,
    )  # fmt: skip
