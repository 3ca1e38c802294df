"""The sending of notices: queued -> sending -> sent, or failed and tried again, or given up. Each once.

A worker takes what is due in a short transaction (`take`: the rows become `sending`, which nobody else takes), sends
outside of any, and notes the end in another (`note`). So no slow receiver holds a transaction. Where a message can be
doubled, docs/notifications.md says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import delete, func, or_, select

from db.enums import DeliveryState
from db.models import AppUser, Department, Notification, NotificationDelivery, NotificationTarget
from services import access, data_versions, ledger
from services.context import Context
from services.errors import N_, NotFoundError, RefusedError
from services.notifications.choices import hours_of
from services.notifications.department_choices import choice_of_department
from services.notifications.noticing import ask_for_sending, company_zone, notify
from services.notifications.parcels import parcel_for
from services.notifications.rhythm import LOST_AFTER, MOST_ATTEMPTS, after_quiet, wait_after
from services.notifications.rows import DeliveryRow, Parcel
from services.states import Transitions, ensure_transition

QUEUED, SENDING, SENT = DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.SENT
FAILED, GIVEN_UP = DeliveryState.FAILED, DeliveryState.GIVEN_UP
DELIVERY_TRANSITIONS: Transitions = {
    QUEUED: frozenset({SENDING, GIVEN_UP}),
    SENDING: frozenset({SENT, FAILED, GIVEN_UP}),
    SENT: frozenset(),
    FAILED: frozenset({SENDING, GIVEN_UP}),
    GIVEN_UP: frozenset({QUEUED}),
}

#: One message holds at most so many notices; the rest comes in the next.
MOST_FOLDED = 50
#: How long what is over stays in the log, and read notices in the list.
KEPT = dt.timedelta(days=90)
_SWEPT_AT_ONCE = 500
_REMOVED = N_("The address was removed before the message was sent.")
_LOST = N_("The worker ended while this was being sent, so that it is not known whether it arrived.")


@dataclass(frozen=True)
class Wrong:
    """Why a message was not sent; `is_final`: trying again can't help."""

    template: str
    params: Mapping[str, Any]
    is_final: bool = False


# --- commands of the worker


def take(ctx: Context, target_id: int, deliveries: Sequence[int]) -> Parcel | None:
    """Take sendings that are due for one address, as one message; None where nothing is left to send.

    Whoever comes second waits for the row, finds it `sending`, and takes nothing.
    """
    due = (
        select(NotificationDelivery)
        .where(
            NotificationDelivery.id.in_(list(deliveries)), NotificationDelivery.target_id == target_id,
            NotificationDelivery.state.in_((QUEUED, FAILED)), NotificationDelivery.next_at <= ctx.now,
        )
        .order_by(NotificationDelivery.id)
        .with_for_update()
    )  # fmt: skip
    rows = list(ctx.session.execute(due).scalars())
    target = ctx.session.get(NotificationTarget, target_id)
    if not rows or target is None:
        return None
    if target.removed_at is not None:
        _end(ctx, rows, Wrong(_REMOVED, {}, is_final=True))
        return None
    rows = _awake(ctx, target, rows)
    if not rows:
        return None
    for row in rows:
        row.state, row.attempts, row.next_at = SENDING, row.attempts + 1, ctx.now + LOST_AFTER
    ctx.session.flush()
    try:
        return parcel_for(ctx, target, [row.id for row in rows], [row.notification_id for row in rows])
    except RefusedError as refusal:
        _end(ctx, rows, Wrong(refusal.template, refusal.params))
        return None


def _awake(ctx: Context, target: NotificationTarget, rows: list[NotificationDelivery]) -> list[NotificationDelivery]:
    """Those that may be sent now; the others wait for the end of the quiet hours, and come as one message then.

    Looked at here again: a retry, or a worker that was away, can bring a message into the night.
    """
    if target.user_id is not None:
        hours = hours_of(ctx, [target.user_id])[target.user_id]
    else:
        hours = choice_of_department(ctx, target.department_id or 0).hours
    awake_at = after_quiet(hours, ctx.now, company_zone(ctx))
    if awake_at <= ctx.now:
        return rows
    urgent = select(Notification.id).where(
        Notification.id.in_([row.notification_id for row in rows]), Notification.is_urgent
    )
    pressing = set(ctx.session.execute(urgent).scalars())
    for row in rows:
        if row.notification_id not in pressing:
            row.next_at, row.is_folded = awake_at, True
    ctx.session.flush()
    return [row for row in rows if row.notification_id in pressing]


def note(ctx: Context, parcel: Parcel, wrong: Wrong | None) -> None:
    """Note how the sending of a parcel ended. Where somebody else has noted it meanwhile, nothing changes."""
    held = (
        select(NotificationDelivery)
        .where(NotificationDelivery.id.in_(parcel.deliveries), NotificationDelivery.state == SENDING)
        .order_by(NotificationDelivery.id)
        .with_for_update()
    )
    rows = list(ctx.session.execute(held).scalars())
    if wrong is not None:
        _end(ctx, rows, wrong)
        return
    for row in rows:
        row.state, row.sent_at, row.error = SENT, ctx.now, None
    ctx.session.flush()


def _end(ctx: Context, rows: Sequence[NotificationDelivery], wrong: Wrong) -> None:
    """Have sendings that went wrong tried again later, or give them up and say so to whose address it is."""
    error = {"template": wrong.template, "params": ledger.plain(dict(wrong.params))}
    lost = []
    for row in rows:
        row.error = error
        if wrong.is_final or row.attempts >= MOST_ATTEMPTS:
            row.state = GIVEN_UP
            lost.append(row)
        else:
            row.state, row.next_at = FAILED, ctx.now + wait_after(row.attempts)
    ctx.session.flush()
    if lost:
        _tell_given_up(ctx, lost[0], error)


def _tell_given_up(ctx: Context, row: NotificationDelivery, error: Mapping[str, Any]) -> None:
    target = ctx.session.get_one(NotificationTarget, row.target_id)
    if target.removed_at is None:
        params = {"address": target.masked, "reason": error}
        people = () if target.user_id is None else (target.user_id,)
        notify(
            ctx, "delivery_given_up", f"notification_target:{target.id}", people=people, params=params,
            link="notifications?tab=" + ("sending" if target.user_id is None else "addresses"),
        )  # fmt: skip


def sweep(ctx: Context) -> int:
    """Ask for the sending of what has come due, and send back what was lost with its worker; how many messages.

    Folded notices of one address go as one message. Any worker may sweep at any time.
    """
    _free_lost(ctx)
    due = (
        select(NotificationDelivery.target_id, NotificationDelivery.is_folded, NotificationDelivery.id)
        .where(NotificationDelivery.state.in_((QUEUED, FAILED)), NotificationDelivery.next_at <= ctx.now)
        .order_by(NotificationDelivery.target_id, NotificationDelivery.is_folded, NotificationDelivery.id)
        .limit(_SWEPT_AT_ONCE)
    )
    messages: list[tuple[int, list[int]]] = []
    for (target, is_folded), group in groupby(ctx.session.execute(due).all(), key=lambda row: (row[0], row[1])):
        ids = [row.id for row in group]
        size = MOST_FOLDED if is_folded else 1
        messages += [(target, ids[start : start + size]) for start in range(0, len(ids), size)]
    for target, ids in messages:
        ask_for_sending(ctx, target, ids)
    return len(messages)


def _free_lost(ctx: Context) -> None:
    lost = (
        select(NotificationDelivery)
        .where(NotificationDelivery.state == SENDING, NotificationDelivery.next_at <= ctx.now)
        .order_by(NotificationDelivery.id)
        .limit(_SWEPT_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    rows = list(ctx.session.execute(lost).scalars())
    if rows:
        _end(ctx, rows, Wrong(_LOST, {}))


def prune_notices(ctx: Context) -> None:
    """Forget notices that were read, and sendings that were over, long ago."""
    long_ago = ctx.now - KEPT
    over = NotificationDelivery.state.in_((SENT, GIVEN_UP))
    ctx.session.execute(delete(NotificationDelivery).where(over, NotificationDelivery.queued_at < long_ago))
    waiting = select(NotificationDelivery.id).where(NotificationDelivery.notification_id == Notification.id).exists()
    is_read = or_(Notification.read_at.is_not(None), Notification.user_id.is_(None))
    ctx.session.execute(delete(Notification).where(is_read, Notification.created_at < long_ago, ~waiting))


# --- commands of the administrator


def try_again(ctx: Context, delivery_id: int) -> None:
    """Have a sending that was given up tried again from now on.

    Raises:
        NotAllowedError, NotFoundError, IllegalMoveError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "notification.configure")
    found = select(NotificationDelivery).where(NotificationDelivery.id == delivery_id).with_for_update()
    row = ctx.session.execute(found.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None:
        raise NotFoundError(N_("This sending does not exist."))
    ensure_transition(DELIVERY_TRANSITIONS, row.state, QUEUED)
    target = ctx.session.get(NotificationTarget, row.target_id)
    if target is None or target.removed_at is not None:
        raise RefusedError(N_("The address was removed. Nothing can be sent to it any more."))
    row.state, row.attempts, row.next_at, row.error = QUEUED, 0, ctx.now, None
    ctx.session.flush()
    ledger.record(ctx, "notification.tried_again", f"notification_delivery:{row.id}", after={"address": target.masked})
    data_versions.bump(ctx, "notifications")
    ask_for_sending(ctx, row.target_id, [row.id])


# --- reads


def deliveries(
    ctx: Context, *, state: DeliveryState | None = None, before: int | None = None, limit: int = 50
) -> tuple[DeliveryRow, ...]:
    """The log of sendings, the newest first; those before one, to go on.

    Raises:
        NotAllowedError: the actor may not see it.
    """
    access.ensure_may(ctx, "notification.configure")
    one = NotificationDelivery
    found = (
        select(
            one.id, Notification.kind, one.target_id.label("target"), NotificationTarget.channel,
            NotificationTarget.masked.label("address"),
            func.coalesce(AppUser.name, Department.code, "").label("owner"), one.state, one.attempts, one.queued_at,
            one.next_at, one.sent_at, one.error,
        )
        .join(Notification, Notification.id == one.notification_id)
        .join(NotificationTarget, NotificationTarget.id == one.target_id)
        .outerjoin(AppUser, AppUser.id == NotificationTarget.user_id)
        .outerjoin(Department, Department.id == NotificationTarget.department_id)
        .order_by(one.id.desc())
        .limit(limit)
    )  # fmt: skip
    if state is not None:
        found = found.where(one.state == state)
    if before is not None:
        found = found.where(one.id < before)
    return tuple(DeliveryRow(**row._mapping) for row in ctx.session.execute(found))
