"""How far down the queue today's people get (SPEC 9.7): a line in the list, lest one believe all will be read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import and_, distinct, func, select

from db.enums import Role
from db.models import AppUser, LedgerEntry
from services.context import Context
from services.early_warnings.lifecycle import company_zone

#: What counts as having decided on a warning.
DECISIONS = (
    "early_warning.acknowledged", "early_warning.acting", "early_warning.assigned", "early_warning.snoozed",
    "early_warning.resolved",
)  # fmt: skip

#: How far back the pace is looked for, and how many working days of one person it takes to speak of one.
PACE_DAYS = 28
LEAST_PERSON_DAYS = 5


@dataclass(frozen=True)
class Pace:
    """What people got done lately: `warnings` decided on in `person_days`, days on which a person decided on any."""

    warnings: int
    person_days: int

    @property
    def a_day(self) -> int:
        """Warnings for one person and day, at least one."""
        return max(1, round(self.warnings / self.person_days))


@dataclass(frozen=True)
class Reach:
    """How many people work the queue today, and how many of its first warnings they get to at `each` a person.

    `pace` is what `each` was computed from; None where it is the setting's planning figure.
    """

    people: int
    warnings: int
    each: int
    pace: Pace | None


# --- rules


def reach_of(people: int, planned: int, pace: Pace | None = None) -> Reach:
    """What so many people get to in a day: at their recent pace where there is one, else as planned."""
    known = pace if pace is not None and pace.person_days >= LEAST_PERSON_DAYS else None
    each = known.a_day if known else planned
    return Reach(people, people * each, each, known)


# --- reads


def recent_pace(ctx: Context) -> Pace:
    """What the active risk officers decided on in the last PACE_DAYS days. A warning counts once a person and day."""
    day = func.date(func.timezone(str(company_zone(ctx)), LedgerEntry.at))
    one_day = (
        select(LedgerEntry.actor, day.label("day"), func.count(distinct(LedgerEntry.subject)).label("warnings"))
        .join(AppUser, and_(AppUser.login == LedgerEntry.actor, AppUser.role == Role.RISK, AppUser.is_active))
        .where(LedgerEntry.at > ctx.now - dt.timedelta(days=PACE_DAYS), LedgerEntry.action.in_(DECISIONS))
        .group_by(LedgerEntry.actor, day)
        .subquery("one_day")
    )
    found = ctx.session.execute(
        select(func.coalesce(func.sum(one_day.c.warnings), 0), func.count()).select_from(one_day)
    )
    warnings, person_days = found.one()
    return Pace(int(warnings), person_days)


def reach_today(ctx: Context, pace: Pace | None = None, *, mine: bool = False) -> Reach:
    """The reach of all active risk officers, or of the reader alone where the queue is narrowed to the reader's own."""
    planned = ctx.policy_history.on(ctx.today).triage_warnings_a_day
    if mine:
        return reach_of(1, planned, pace)
    officers = select(func.count()).select_from(AppUser).where(AppUser.role == Role.RISK, AppUser.is_active)
    return reach_of(ctx.session.execute(officers).scalar_one(), planned, pace)
