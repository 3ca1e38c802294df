"""Asking for a control by hand, changing one (a new proposal that replaces it once approved), taking one back."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from db.enums import ControlEnd, ControlState
from db.models import AppUser, Control
from services import access, data_versions, ledger
from services.context import Context
from services.controls.plan_rules.facts import facts_of
from services.controls.rows import ControlRow, NewControl
from services.controls.rules import checked_days, checked_demands, checked_force
from services.controls.steps import customer_of, ensure_own_department, locked
from services.controls.stored import control_row, demands_of
from services.controls.telling import tell_waits
from services.customer_keys import customer_id_of
from services.early_warnings.lifecycle import company_clock
from services.errors import N_, NotAllowedError, RefusedError
from services.reasons import stated


def propose(ctx: Context, customer_no: str, wanted: NewControl) -> ControlRow:
    """Ask for a control. Another person approves it; one of the kind that is in force is replaced then.

    Raises:
        NotAllowedError: the role may not, or the customer is another department's.
        NotFoundError: no such customer.
        RefusedError: it can't be like this, would change nothing, or one of the kind waits already.
    """
    access.ensure_may(ctx, "control.propose")
    customer = customer_of(ctx, customer_id_of(ctx, customer_no))
    ensure_own_department(ctx, customer)
    demands = checked_demands(wanted.kind, wanted.demands)
    force, override_role = checked_force(wanted.kind, wanted.force, wanted.override_role)
    review_on, expires_on = checked_days(wanted, ctx.today)
    words = stated(wanted.reason, N_("Say why the measure is needed: who approves it decides by that."))
    _ensure_owner(ctx, wanted.owner_id)
    row = Control(
        customer_id=customer.customer_id, kind=wanted.kind, state=ControlState.PROPOSED.value, force=force,
        override_role=override_role, **demands, level=customer.risk_level, reason=words, owner_id=wanted.owner_id,
        facts=facts_of(ctx, customer.customer_id), department_id=customer.owner_department_id,
        proposed_by_id=ctx.actor.user_id, proposed_at=company_clock(ctx),
        review_on=review_on, expires_on=expires_on, changed_at=ctx.now,
    )  # fmt: skip
    _ensure_news(ctx, row)
    try:
        with ctx.session.begin_nested(), ledger.change(ctx, "control.proposed", row, words):
            ctx.session.add(row)
    except IntegrityError as error:
        raise RefusedError(
            N_("A measure of this kind waits for approval already. Decide on it first, or take it back.")
        ) from error
    data_versions.bump(ctx, "controls")
    tell_waits(ctx, row)
    return control_row(ctx, row.customer_id, row.id)


def _ensure_owner(ctx: Context, owner_id: int | None) -> None:
    if (
        owner_id is not None
        and not ctx.session.execute(select(AppUser.id).where(AppUser.id == owner_id, AppUser.is_active)).first()
    ):
        raise RefusedError(N_("The person in charge is not known or has left. Choose another."))


def _ensure_news(ctx: Context, wanted: Control) -> None:
    """A proposal that demands what is in force already, to the same day, is refused: nothing would change."""
    held = ctx.session.execute(
        select(Control).where(
            Control.customer_id == wanted.customer_id, Control.kind == wanted.kind,
            Control.state == ControlState.ACTIVE.value,
        )
    ).scalar_one_or_none()  # fmt: skip
    same = ("force", "override_role", "expires_on", "owner_id")
    if held is None or demands_of(held) != demands_of(wanted):
        return
    if all(getattr(held, name) == getattr(wanted, name) for name in same):
        raise RefusedError(N_("This measure is in force like this already. Extend or review it instead."))


def withdraw(ctx: Context, customer_id: int, control_id: int, version: int) -> ControlRow:
    """Take back one's own proposal.

    Raises:
        NotAllowedError: somebody else, or a rule, proposed it.
        NotFoundError, StaleError, IllegalMoveError: nothing was changed.
    """
    access.ensure_may(ctx, "control.propose")
    row = locked(ctx, customer_id, control_id, version, ControlState.LIFTED)
    if row.state != ControlState.PROPOSED:
        raise RefusedError(N_("Only a proposal can be taken back. A measure in force is lifted."))
    if not ctx.is_system and row.proposed_by_id != ctx.actor.user_id:
        raise NotAllowedError(N_("Only who proposed a measure can take it back."))
    with ledger.change(ctx, "control.withdrawn", row):
        row.state, row.ended_as, row.ended_on = ControlState.LIFTED.value, ControlEnd.WITHDRAWN.value, ctx.today
        row.ended_by_id = ctx.actor.user_id
    data_versions.bump(ctx, "controls")
    return control_row(ctx, customer_id, control_id)
