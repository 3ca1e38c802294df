"""Who acts, when, and in which transaction. Nothing in the services reaches for session, user or clock elsewhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from db.enums import Role
from db.session import open_session
from services.policy import PolicyHistory, policy_history


@dataclass(frozen=True)
class Actor:
    """The person, the machine or the system itself in whose name something is done.

    `rights`: the actions that a machine's token allows; its role then lends it nothing. None for everybody else.
    """

    login: str
    name: str
    role: Role
    user_id: int | None = None
    department_id: int | None = None
    department_code: str | None = None
    language: str | None = None
    rights: frozenset[str] | None = None


#: The worker and the command line: the command line is the administrator's own machine (SPEC 8).
SYSTEM = Actor(login="system", name="Greyledger", role=Role.ADMIN)


@dataclass
class Context:
    """One transaction of one actor. `now` is an aware instant; `today` is the company's business date."""

    session: Session
    actor: Actor
    now: dt.datetime
    after_commit: list[str] = field(default_factory=list)

    @cached_property
    def policy_history(self) -> PolicyHistory:
        """All settings with their dates, read once a transaction."""
        return policy_history(self.session)

    @property
    def today(self) -> dt.date:
        """The company's date: setting `business_date` where one is set (a sample stands still), else the calendar's."""
        calendar = self.now.date()
        fixed = self.policy_history.on(calendar).business_date
        return fixed or self.now.astimezone(ZoneInfo(self.policy_history.on(calendar).time_zone)).date()

    @property
    def is_system(self) -> bool:
        """True for the worker and the command line."""
        return self.actor.user_id is None and self.actor.login == SYSTEM.login


@contextmanager
def unit_of_work(actor: Actor = SYSTEM, now: dt.datetime | None = None) -> Iterator[Context]:
    """One transaction: committed when the block ends, rolled back when it raises."""
    session = open_session()
    try:
        yield Context(session=session, actor=actor, now=now or dt.datetime.now(dt.UTC))
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.close()
