"""The greatest age of each kind of information at each level: as shipped, or as risk management set it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from db.enums import RiskLevel
from db.models import AppUser, InformationLimit
from services import data_versions, ledger
from services.access import ensure_may
from services.context import Context
from services.errors import N_, RefusedError
from services.information.catalogue import ITEMS, item_by_code
from services.information.standing import rhythm_days
from services.jobs.following import follow
from services.jobs.queue import enqueue

#: Ten years: older is not known at all.
MOST_DAYS = 3_650
#: The job that brings the table of all customers up to date.
REFRESH = "refresh_information"


@dataclass(frozen=True)
class LimitRow:
    """One limit on one day. `is_shipped`: nobody set it, or it was set back; `is_rhythm`: it follows the rhythm."""

    item: str
    level: str
    days: int
    shipped: int
    is_shipped: bool
    is_rhythm: bool


@dataclass(frozen=True)
class LimitChange:
    """One value that somebody set. `days` None: back to what ships."""

    item: str
    level: str
    days: int | None
    effective_from: dt.date
    reason: str
    name: str
    set_at: dt.datetime


# --- commands


def set_limit(
    ctx: Context, item: str, level: RiskLevel, days: int | None, effective_from: dt.date, reason: str
) -> None:
    """Set the greatest age of an item at a level from a day on; None: as shipped again.

    Raises:
        NotAllowedError: the actor may not.
        NotFoundError, RefusedError: no such item, a number of days that makes no sense, a past day, or no reason.
    """
    ensure_may(ctx, "information.set_limit")
    item_by_code(item)
    words = " ".join(reason.split())
    if days is not None and not 0 < days <= MOST_DAYS:
        raise RefusedError(N_("Give the greatest age as a number of days from 1 to %(most)s."), most=MOST_DAYS)
    if effective_from < ctx.today:
        raise RefusedError(N_("A limit holds from today (%(today)s) on at the earliest."), today=ctx.today)
    if not words:
        raise RefusedError(N_("Write why: the ledger keeps the reason."))
    before = next(one for one in limits(ctx, effective_from) if (one.item, one.level) == (item, level.value))
    row = InformationLimit(
        item=item, level=level.value, days=days, effective_from=effective_from, reason=words, set_by=ctx.actor.login,
        set_at=ctx.now,
    )  # fmt: skip
    ctx.session.add(row)
    ctx.session.flush()
    ledger.record(
        ctx, "information.limit_set", f"information:{item}", before={"level": level.value, "days": before.days},
        after={"level": level.value, "days": days, "from": effective_from}, note=words,
    )  # fmt: skip
    data_versions.bump(ctx, "information")
    enqueue(ctx, REFRESH)
    follow(ctx, [])


# --- reads


def limits(ctx: Context, day: dt.date | None = None) -> tuple[LimitRow, ...]:
    """All limits on a day (default: the business date), in the order of the catalogue, the gravest level first."""
    ensure_may(ctx, "information.read")
    day = day or ctx.today
    policy = ctx.policy_history.on(day)
    rows = ctx.session.execute(
        select(InformationLimit.item, InformationLimit.level, InformationLimit.days)
        .where(InformationLimit.effective_from <= day)
        .order_by(InformationLimit.effective_from, InformationLimit.id)
    )
    chosen = {(item, level): days for item, level, days in rows}
    found = []
    for one in ITEMS:
        for level in reversed(RiskLevel):
            shipped = one.days[level] if one.days else rhythm_days(policy, level)
            days = chosen.get((one.code, level.value))
            found.append(
                LimitRow(
                    one.code, level.value, shipped if days is None else days, shipped, days is None,
                    days is None and one.days is None,
                )
            )  # fmt: skip
    return tuple(found)


def limit_changes(ctx: Context, limit: int = 50) -> tuple[LimitChange, ...]:
    """Every value that was set, the newest first."""
    ensure_may(ctx, "information.read")
    row = InformationLimit
    found = (
        select(row, AppUser.name)
        .outerjoin(AppUser, AppUser.login == row.set_by)
        .order_by(row.set_at.desc(), row.id.desc())
        .limit(limit)
    )
    return tuple(
        LimitChange(one.item, one.level, one.days, one.effective_from, one.reason, name or one.set_by, one.set_at)
        for one, name in ctx.session.execute(found)
    )
