"""A company whose notices leave the house to receivers of this machine."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import text

from services.context import Actor, unit_of_work
from services.jobs.worker import work_one
from services.notifications import choices, deliveries, notify, targets
from services.notifications.rhythm import Hours
from services.notifications.sending import Wish, set_sending
from services.users import actor_by_login
from tests.people import add_person
from tests.services.receivers import Hook, Mailbox

#: 12:00 in Shanghai, where the company's clocks are by default.
NOON = dt.datetime(2025, 6, 30, 4, 0, tzinfo=dt.UTC)
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
PASSWORD = "mail-password-1"


class House:
    """A company of two people whose notices leave the house to receivers of this machine."""

    def __init__(self, mailbox: Mailbox, hook: Hook) -> None:
        self.mailbox, self.hook = mailbox, hook
        self.rita, self.adam = self._person("rita", "risk"), self._person("adam", "admin")
        wish = Wish("127.0.0.1", mailbox.port, "none", "", "gl@example.com", "https://gl.example.com", True, PASSWORD)
        with unit_of_work(self.adam, NOON) as ctx:
            set_sending(ctx, wish, 0)

    def _person(self, login: str, role: str) -> Actor:
        add_person(login, role, language="en")
        with unit_of_work() as ctx:
            actor = actor_by_login(ctx, login)
        assert actor is not None
        return actor

    def add(self, actor: Actor, channel: str, written: str, **more: str) -> int:
        """An address in use."""
        with unit_of_work(actor, NOON) as ctx:
            target = targets.add_target(ctx, channel, written, **more)
            targets.verified(ctx, target)
        return target

    def choose(self, mode: str, hours: Hours | None = None) -> None:
        with unit_of_work(self.rita, NOON) as ctx:
            modes = dict.fromkeys(choices.CHOOSABLE, mode)
            choices.choose(ctx, modes, hours or choices.my_choices(ctx).hours)

    def tell(self, number: int = 1, *, now: dt.datetime = NOON, is_urgent: bool | None = None) -> None:
        with unit_of_work(now=now) as ctx:
            params = {"customer": f"Customer {number}", "count": 1}
            notify(ctx, "warning_assigned", "w", people=[self.rita.user_id or 0], params=params, is_urgent=is_urgent)


def work(now: dt.datetime) -> None:
    """What the workers do at a moment: look at the clock, then all messages that are due."""
    with unit_of_work(now=now) as ctx:
        deliveries.sweep(ctx)
    while work_one(now, names={"send_notices"}):
        pass


def states() -> list[tuple[Any, ...]]:
    with unit_of_work() as ctx:
        found = text("SELECT state, attempts, error->>'template' FROM notification_delivery ORDER BY id")
        return [tuple(row) for row in ctx.session.execute(found)]


def subjects(box: Mailbox) -> list[str]:
    return [str(mail["Subject"]) for mail in box.mails]
