"""How far down the queue today's people get (SPEC 9.7): a line in the list, lest one believe all will be read."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from db.enums import Role
from db.models import AppUser
from services.context import Context

#: Warnings that one person decides on in a working day, with the calls and letters of each. A planning figure.
WARNINGS_PER_PERSON_AND_DAY = 10


@dataclass(frozen=True)
class Reach:
    """How many people work the queue today, and how many of its first warnings they get to."""

    people: int
    warnings: int


# --- rules


def reach_of(people: int) -> Reach:
    """What so many people get to in a day."""
    return Reach(people, people * WARNINGS_PER_PERSON_AND_DAY)


# --- reads


def reach_today(ctx: Context, *, mine: bool = False) -> Reach:
    """The reach of all active risk officers, or of the reader alone where the queue is narrowed to the reader's own."""
    if mine:
        return reach_of(1)
    officers = select(func.count()).select_from(AppUser).where(AppUser.role == Role.RISK, AppUser.is_active)
    return reach_of(ctx.session.execute(officers).scalar_one())
