"""How every command on controls opens: which person, lock the row, is what they saw fresh, is the move allowed."""

from __future__ import annotations

from sqlalchemy import select

from db.enums import ControlState, Role
from db.models import Control, Customer
from services import access
from services.context import Context
from services.controls.rules import CONTROL_TRANSITIONS, is_strict
from services.errors import N_, NotAllowedError, NotFoundError, RefusedError
from services.states import ensure_fresh, ensure_transition


def locked(ctx: Context, customer_id: int, control_id: int, version: int, wanted: str | None = None) -> Control:
    """A control, locked, as the person saw it, ready for the move to `wanted`.

    Raises:
        NotFoundError, StaleError, IllegalMoveError: it is not.
    """
    found = (
        select(Control)
        .where(Control.customer_id == customer_id, Control.id == control_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    row = ctx.session.execute(found).scalar_one_or_none()
    if row is None:
        raise NotFoundError(N_("This measure does not exist."))
    ensure_fresh(version, row.version)
    if wanted is not None:
        ensure_transition(CONTROL_TRANSITIONS, row.state, wanted)
    return row


def customer_of(ctx: Context, customer_id: int) -> Customer:
    """The customer that a control is on."""
    return ctx.session.get_one(Customer, customer_id, populate_existing=True)


def ensure_own_department(ctx: Context, customer: Customer) -> None:
    """Business users act on customers of their own department only (SPEC 3).

    Raises:
        NotAllowedError: it is another's.
    """
    if ctx.actor.role == Role.BUSINESS and customer.owner_department_id != ctx.actor.department_id:
        raise NotAllowedError(N_("This customer belongs to another department, which proposes its measures."))


def ensure_may_approve(ctx: Context, row: Control) -> None:
    """Another person than who proposed it, with the right for this force. The database refuses one's own too.

    Raises:
        NotAllowedError: neither role nor person may.
    """
    strict = is_strict(row.kind, row.force)
    access.ensure_may(ctx, "control.approve_strict" if strict else "control.approve")
    if row.proposed_by_id is not None and row.proposed_by_id == ctx.actor.user_id:
        raise NotAllowedError(N_("You proposed this measure yourself: another person approves it."))


def ensure_active(row: Control) -> None:
    """Raises RefusedError for a control that is not in force."""
    if row.state != ControlState.ACTIVE:
        raise RefusedError(N_("This measure is not in force. Reload to see where it stands."))
