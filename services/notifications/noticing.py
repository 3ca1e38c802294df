"""`notify`: the one way in which the other concepts tell people something, inside their own transaction.

The notices, what is to be sent, and the wish for the worker to send it are rows of that transaction: all of them are
there once it has committed, none of them if it is rolled back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, insert, or_, select

from db.enums import DeliveryState, NoticeMode
from db.models import AppUser, Notification, NotificationDelivery, NotificationTarget
from services import data_versions, ledger
from services.context import Context
from services.jobs.queue import enqueue
from services.notifications.addresses import medium_of
from services.notifications.choices import choices_of
from services.notifications.department_choices import BY_KIND, choice_of_department
from services.notifications.kinds import NOTICE_KINDS, NoticeKind
from services.notifications.rhythm import Hours, after_quiet, next_digest
from services.notifications.rows import Choices, DepartmentChoice

SEND = "send_notices"


@dataclass(frozen=True)
class _Target:
    id: int
    channel: str
    user_id: int | None
    department_id: int | None


def notify(
    ctx: Context,
    kind: str,
    subject: str,
    *,
    people: Collection[int] = (),
    department: int | None = None,
    params: Mapping[str, Any] | None = None,
    link: str = "",
    is_urgent: bool | None = None,
) -> int:
    """Tell people, or those of a department whom the kind concerns; how many were told. Call it last (`enqueue`).

    With neither people nor a department, everybody in the company who has one of the kind's roles is told. `params`
    fill the kind's sentence; `link` is a page and its query. Urgent notices pass quiet hours by.
    """
    one = NOTICE_KINDS[kind]
    told = _people(ctx, one, people, department)
    groups = _targets(ctx, told, department) if one.leaves_house else []
    recipients: list[dict[str, Any]] = [{"user_id": user_id, "department_id": None} for user_id in told]
    if any(target.department_id is not None for target in groups):
        recipients.append({"user_id": None, "department_id": department})
    if not recipients:
        return 0
    shared = {
        "kind": kind, "subject": subject, "params": ledger.plain(dict(params or {})), "link": link,
        "is_urgent": one.is_urgent if is_urgent is None else is_urgent, "created_at": ctx.now,
    }  # fmt: skip
    added = insert(Notification).returning(Notification.id, Notification.user_id, sort_by_parameter_order=True)
    rows = ctx.session.execute(added, [{**shared, **recipient} for recipient in recipients]).all()
    _queue(ctx, one, bool(shared["is_urgent"]), {row.user_id: row.id for row in rows}, groups)
    data_versions.bump(ctx, "notifications")
    return len(told)


def _people(ctx: Context, kind: NoticeKind, people: Collection[int], department: int | None) -> list[int]:
    """Who is told: active people only, and not who did it, who knows."""
    found = select(AppUser.id).where(AppUser.is_active).order_by(AppUser.id)
    if people:
        found = found.where(AppUser.id.in_(sorted(people)))
    else:
        found = found.where(AppUser.role.in_(sorted(kind.roles)))
        if department is not None:
            found = found.where(AppUser.department_id == department)
    if ctx.actor.user_id is not None and not kind.tells_actor:
        found = found.where(AppUser.id != ctx.actor.user_id)
    return list(ctx.session.execute(found).scalars())


def _targets(ctx: Context, told: Sequence[int], department: int | None) -> list[_Target]:
    """The addresses in use of these people, and of the department."""
    columns = (
        NotificationTarget.id, NotificationTarget.channel, NotificationTarget.user_id,
        NotificationTarget.department_id,
    )  # fmt: skip
    whose: ColumnElement[bool] = NotificationTarget.user_id.in_(told)
    if department is not None:
        whose = or_(whose, NotificationTarget.department_id == department)
    in_use = (NotificationTarget.removed_at.is_(None), NotificationTarget.verified_at.is_not(None))
    found = select(*columns).where(whose, *in_use)
    return [_Target(*row) for row in ctx.session.execute(found.order_by(NotificationTarget.id))]


def _queue(
    ctx: Context, kind: NoticeKind, is_urgent: bool, notices: Mapping[int | None, int], targets: Sequence[_Target]
) -> None:
    """Have the notices sent: at once, at the end of the quiet hours, or with the daily message."""
    zone = company_zone(ctx)
    chosen = choices_of(ctx, [target.user_id for target in targets if target.user_id is not None])
    waiting = []
    of_department = next((target.department_id for target in targets if target.department_id is not None), None)
    group = BY_KIND if of_department is None else choice_of_department(ctx, of_department)
    for target in targets:
        mode, hours = _wish(kind, target, chosen, group)
        if mode is NoticeMode.OFF:
            continue
        next_at = _moment(ctx.now, mode, hours, zone, is_urgent)
        waiting.append(
            {
                "notification_id": notices[target.user_id], "target_id": target.id, "state": DeliveryState.QUEUED,
                "is_folded": next_at > ctx.now, "queued_at": ctx.now, "next_at": next_at,
            }
        )  # fmt: skip
    if not waiting:
        return
    added = insert(NotificationDelivery).returning(
        NotificationDelivery.id, NotificationDelivery.target_id, NotificationDelivery.is_folded,
        sort_by_parameter_order=True,
    )  # fmt: skip
    for row in ctx.session.execute(added, waiting).all():
        if not row.is_folded:
            ask_for_sending(ctx, row.target_id, [row.id])


def ask_for_sending(ctx: Context, target_id: int, deliveries: Sequence[int]) -> None:
    """Wish for one message with these notices. What comes due later is found by the worker's look at the clock."""
    enqueue(ctx, SEND, f"{target_id}:{deliveries[0]}", {"target": target_id, "deliveries": list(deliveries)})


def _wish(
    kind: NoticeKind, target: _Target, chosen: Mapping[int, Choices], group: DepartmentChoice
) -> tuple[NoticeMode, Hours]:
    """A person's address is sent to as the person chose, a department's as the administrator chose for it."""
    if target.user_id is None:
        return group.mode or kind.mode, group.hours
    own = chosen[target.user_id]
    return own.modes[kind.code, medium_of(target.channel)], own.hours


def _moment(now: dt.datetime, mode: NoticeMode, hours: Hours, zone: ZoneInfo, is_urgent: bool) -> dt.datetime:
    if is_urgent:
        return now
    return next_digest(hours, now, zone) if mode is NoticeMode.DIGEST else after_quiet(hours, now, zone)


def company_zone(ctx: Context) -> ZoneInfo:
    """The clocks that quiet hours and daily messages go by."""
    return ZoneInfo(ctx.policy_history.on(ctx.now.date()).time_zone)
