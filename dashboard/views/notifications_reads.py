"""What the page of notices asks the services: each part in one transaction."""

from __future__ import annotations

from dataclasses import dataclass

from db.enums import DeliveryState
from services.context import Actor, unit_of_work
from services.notifications.choices import my_choices
from services.notifications.deliveries import deliveries
from services.notifications.department_choices import department_choices
from services.notifications.inbox import my_notices, notice_count, unread_count
from services.notifications.rows import Choices, DeliveryRow, DepartmentChoice, NoticePage, SendingRow, TargetRow
from services.notifications.sending import sending
from services.notifications.targets import department_targets, my_targets


@dataclass(frozen=True)
class Inbox:
    """Part of the list, and what stands around it. `newest` is the newest notice on the first page."""

    page: NoticePage
    unread: int
    total: int
    newest: int
    currency: str
    time_zone: str


def inbox(actor: Actor, only_unread: bool, after: tuple[bool, int] | None) -> Inbox:
    """The acting person's notices from a place on."""
    with unit_of_work(actor) as ctx:
        page = my_notices(ctx, only_unread=only_unread, after=after)
        policy = ctx.policy_history.on(ctx.now.date())
        unread = unread_count(ctx, actor.login)
        newest = max((row.id for row in page.rows), default=0)
        total = notice_count(ctx, only_unread=only_unread)
        return Inbox(page, unread, total, newest, policy.base_currency, policy.time_zone)


def own_choices(actor: Actor) -> Choices:
    """What the acting person chose."""
    with unit_of_work(actor) as ctx:
        return my_choices(ctx)


def addresses(actor: Actor, *, of_departments: bool) -> tuple[tuple[TargetRow, ...], str]:
    """The acting person's addresses, or those of departments; and the company's time zone."""
    with unit_of_work(actor) as ctx:
        rows = department_targets(ctx) if of_departments else my_targets(ctx)
        return rows, ctx.policy_history.on(ctx.now.date()).time_zone


def for_departments(actor: Actor) -> dict[str, DepartmentChoice]:
    """When each department is sent its messages, by its code."""
    with unit_of_work(actor) as ctx:
        return department_choices(ctx)


def how_sent(actor: Actor) -> SendingRow:
    """How notices leave the house."""
    with unit_of_work(actor) as ctx:
        return sending(ctx)


def log(actor: Actor, state: str | None, before: int | None, limit: int) -> tuple[tuple[DeliveryRow, ...], str]:
    """Part of the log of sendings, and the company's time zone."""
    with unit_of_work(actor) as ctx:
        rows = deliveries(ctx, state=DeliveryState(state) if state else None, before=before, limit=limit)
        return rows, ctx.policy_history.on(ctx.now.date()).time_zone
