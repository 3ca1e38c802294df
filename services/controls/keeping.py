"""What is done with a control in force: review it, extend it, lift it; and what the clock does: it expires."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select

from db.enums import ControlState
from db.models import Control
from services import access, data_versions, ledger
from services.context import Context
from services.controls.deciding import refresh_monitored
from services.controls.rows import ControlRow
from services.controls.rules import LIFTED_AS, ensure_end, ensure_review_day
from services.controls.steps import customer_of, ensure_active, ensure_own_department, locked
from services.controls.stored import control_row
from services.controls.telling import tell_ended
from services.errors import N_, RefusedError
from services.reasons import stated


def review(
    ctx: Context, customer_id: int, control_id: int, version: int, effect: str, next_review_on: dt.date
) -> ControlRow:
    """Note what a control in force has done, and when it is looked at again.

    Raises:
        NotAllowedError: the role may not, or the customer is another department's.
        NotFoundError, StaleError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "control.review")
    row = locked(ctx, customer_id, control_id, version)
    ensure_active(row)
    ensure_own_department(ctx, customer_of(ctx, customer_id))
    words = stated(effect, N_("Say what the measure has done: it is kept with the review."))
    ensure_review_day(next_review_on, ctx.today)
    with ledger.change(ctx, "control.reviewed", row, words):
        row.effect, row.review_on = words, next_review_on
        row.reviewed_on, row.reviewed_by_id = ctx.today, ctx.actor.user_id
    data_versions.bump(ctx, "controls")
    return control_row(ctx, customer_id, control_id)


def extend(
    ctx: Context, customer_id: int, control_id: int, version: int, expires_on: dt.date | None, reason: str
) -> ControlRow:
    """Let a control hold longer; None: until it is lifted. To end it sooner it is lifted, or changed by a proposal.

    Raises:
        NotAllowedError: the role may not.
        NotFoundError, StaleError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "control.extend")
    row = locked(ctx, customer_id, control_id, version)
    ensure_active(row)
    words = stated(reason)
    if row.expires_on is None or (expires_on is not None and expires_on <= row.expires_on):
        raise RefusedError(N_("Extending needs a later last day than the one it has."))
    ensure_end(expires_on, ctx.today)
    with ledger.change(ctx, "control.extended", row, words):
        row.expires_on = expires_on
    data_versions.bump(ctx, "controls")
    return control_row(ctx, customer_id, control_id)


def lift(ctx: Context, customer_id: int, control_id: int, version: int, ended_as: str, reason: str) -> ControlRow:
    """End a control that holds: active -> lifted. `unfounded` counts as a wrongly restricted customer (clause 5.2).

    Raises:
        NotAllowedError: the role may not.
        NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "control.lift")
    row = locked(ctx, customer_id, control_id, version, ControlState.LIFTED)
    ensure_active(row)
    if ended_as not in set(LIFTED_AS):
        raise RefusedError(N_("Say whether the measure is no longer needed or was unfounded."))
    words = stated(reason)
    with ledger.change(ctx, "control.lifted", row, words):
        row.state, row.ended_as, row.ended_on = ControlState.LIFTED.value, str(ended_as), ctx.today
        row.end_reason, row.ended_by_id = words, ctx.actor.user_id
    _have_ended(ctx, [row])
    return control_row(ctx, customer_id, control_id)


def expire_overdue(ctx: Context) -> int:
    """End the controls whose last day is over: active -> expired; how many. The worker's, each night."""
    over = (
        select(Control)
        .where(Control.state == ControlState.ACTIVE.value, Control.expires_on < ctx.today)
        .order_by(Control.customer_id, Control.id)
        .with_for_update()
    )
    rows = list(ctx.session.execute(over).scalars())
    with ledger.change_all(ctx, "control.expired", rows):
        for row in rows:
            assert row.expires_on is not None  # noqa: S101  (the statement chose those that have one)
            row.state, row.ended_on = ControlState.EXPIRED.value, row.expires_on + dt.timedelta(days=1)
    if rows:
        _have_ended(ctx, rows)
    return len(rows)


def _have_ended(ctx: Context, rows: Sequence[Control]) -> None:
    data_versions.bump(ctx, "controls")
    refresh_monitored(ctx, rows)
    tell_ended(ctx, rows)
