"""Approving and declining: always another person than who proposed (clause 3.1). One, or many at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select

from db.enums import ControlEnd, ControlKind, ControlState
from db.models import Control, CustomerKey
from services import data_versions, ledger
from services.context import Context
from services.controls.rows import ControlPick, ControlRefusal, ControlRow, NotTogetherError
from services.controls.steps import ensure_may_approve, locked
from services.controls.stored import control_row
from services.controls.telling import tell_decided, tell_ended, tell_in_force
from services.early_warnings.lifecycle import company_zone
from services.errors import N_, NotAllowedError, RefusedError
from services.gate.settling import hold_open_orders
from services.information.upkeep import refresh_standing
from services.reasons import stated

#: More than anybody has looked at one by one are not approved.
MOST_AT_ONCE = 200
_NO_PERSON = N_("Only a person can do this: sign in on the page.")
_ENDS_TOO_SOON = N_("The measure would end on %(day)s, which is over. Propose it again with a later last day.")


def approve(ctx: Context, customer_id: int, control_id: int, version: int) -> ControlRow:
    """Put a proposal into force from today: proposed -> active. One of the kind in force ends as replaced with it.

    Raises:
        NotAllowedError: the role may not, or it is one's own proposal.
        NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    row = locked(ctx, customer_id, control_id, version, ControlState.ACTIVE)
    ensure_may_approve(ctx, row)
    _put_into_force(ctx, row)
    _have_followed(ctx, [row])
    return control_row(ctx, customer_id, control_id)


def approve_many(ctx: Context, picks: Sequence[ControlPick]) -> tuple[ControlRow, ...]:
    """Approve many, all or none.

    Raises:
        NotTogetherError: some can't be approved; all of them are named with the reason. Nothing was changed.
        RefusedError: they are too many.
    """
    chosen = sorted(set(picks), key=lambda pick: (pick.customer_id, pick.id, pick.version))
    if len(chosen) > MOST_AT_ONCE:
        raise RefusedError(N_("At most %(most)s measures can be approved at once."), most=MOST_AT_ONCE)
    rows: list[Control] = []
    refusals: list[ControlRefusal] = []
    for pick in chosen:
        try:
            row = locked(ctx, pick.customer_id, pick.id, pick.version, ControlState.ACTIVE)
            ensure_may_approve(ctx, row)
            _days_from(ctx, row)
            rows.append(row)
        except RefusedError as refusal:
            refusals.append(_refusal(ctx, pick, refusal))
    if refusals:
        raise NotTogetherError(tuple(refusals), len(chosen))
    for row in rows:
        _put_into_force(ctx, row)
    _have_followed(ctx, rows)
    return tuple(control_row(ctx, row.customer_id, row.id) for row in rows)


def _refusal(ctx: Context, pick: ControlPick, refusal: RefusedError) -> ControlRefusal:
    number = select(CustomerKey.customer_no).where(CustomerKey.customer_id == pick.customer_id)
    customer_no = ctx.session.execute(number).scalar_one_or_none()
    return ControlRefusal(pick.customer_id, pick.id, customer_no, refusal.template, refusal.params)


def _days_from(ctx: Context, row: Control) -> tuple[dt.date | None, dt.date | None]:
    """Review and last day counted from today. A rule's days are so many from its approval, however long it waited."""
    review_on, expires_on = row.review_on, row.expires_on
    if row.proposed_by_id is None:
        waited = ctx.today - row.proposed_at.astimezone(company_zone(ctx)).date()
        waited = max(waited, dt.timedelta(0))
        review_on = None if review_on is None else review_on + waited
        expires_on = None if expires_on is None else expires_on + waited
    if expires_on is not None and expires_on < ctx.today:
        raise RefusedError(_ENDS_TOO_SOON, day=expires_on)
    return None if review_on is None else max(review_on, ctx.today), expires_on


def _put_into_force(ctx: Context, row: Control) -> None:
    review_on, expires_on = _days_from(ctx, row)
    if ctx.actor.user_id is None and row.proposed_by_id is not None:
        raise NotAllowedError(_NO_PERSON)
    _end_former(ctx, row)
    with ledger.change(ctx, "control.approved", row):
        row.state, row.starts_on = ControlState.ACTIVE.value, ctx.today
        row.review_on, row.expires_on = review_on, expires_on
        row.approved_by_id, row.approved_at = ctx.actor.user_id, ctx.now


def _end_former(ctx: Context, row: Control) -> None:
    """The control of the kind that holds until now. In one transaction with its successor: no order slips between."""
    found = (
        select(Control)
        .where(
            Control.customer_id == row.customer_id, Control.kind == row.kind,
            Control.state == ControlState.ACTIVE.value,
        )
        .with_for_update()
    )  # fmt: skip
    former = ctx.session.execute(found).scalar_one_or_none()
    if former is None:
        return
    with ledger.change(ctx, "control.replaced", former):
        former.state, former.ended_as, former.ended_on = (
            ControlState.LIFTED.value, ControlEnd.REPLACED.value, ctx.today,
        )  # fmt: skip
        former.ended_by_id = ctx.actor.user_id
    tell_ended(ctx, [former])


def _have_followed(ctx: Context, rows: Sequence[Control]) -> None:
    data_versions.bump(ctx, "controls")
    refresh_monitored(ctx, rows)
    tell_in_force(ctx, rows)
    for row in rows:
        if row.kind == ControlKind.SUSPENSION:
            hold_open_orders(ctx, row.customer_id, "suspended")
        tell_decided(ctx, row, "approved")


def refresh_monitored(ctx: Context, rows: Sequence[Control]) -> None:
    """Monitoring shortens the greatest age of what must be known: the worklist of information says so at once."""
    monitored = sorted({row.customer_id for row in rows if row.kind == ControlKind.MONITORING})
    if monitored:
        refresh_standing(ctx, monitored)


def decline(ctx: Context, customer_id: int, control_id: int, version: int, reason: str) -> ControlRow:
    """Turn a proposal down, with the reason: proposed -> lifted as declined. Its rule is quiet for a while then.

    Raises:
        NotAllowedError: the role may not, or it is one's own proposal.
        NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    row = locked(ctx, customer_id, control_id, version, ControlState.LIFTED)
    if row.state != ControlState.PROPOSED:
        raise RefusedError(N_("Only a proposal can be declined. A measure in force is lifted."))
    ensure_may_approve(ctx, row)
    words = stated(reason)
    with ledger.change(ctx, "control.declined", row, words):
        row.state, row.ended_as, row.ended_on = ControlState.LIFTED.value, ControlEnd.DECLINED.value, ctx.today
        row.end_reason, row.ended_by_id = words, ctx.actor.user_id
    data_versions.bump(ctx, "controls")
    tell_decided(ctx, row, "rejected")
    return control_row(ctx, customer_id, control_id)
