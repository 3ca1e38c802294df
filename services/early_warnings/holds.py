"""Who has which warning open: two people never work the same one (SPEC 9.7).

Opening a warning keeps it for its reader for some minutes (setting `triage_hold_minutes`); going on to another gives it
back, and it ends by itself. Looking leaves nothing in the ledger, taking over from somebody does. Looking waits for
nobody: a warning that is being changed at this moment is not kept. A command never waits for a look for longer than the
look's own short transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from db.enums import Role, WarningState
from db.models import AppUser, EarlyWarning, EarlyWarningHold
from services import access, ledger
from services.context import Context
from services.early_warnings.lifecycle import company_zone
from services.errors import N_, HeldError, IllegalMoveError, NotAllowedError, NotFoundError

Key = tuple[int, int]

#: A page that stands open on an empty chair gives its warning back after this time, however often it asks for more.
LONGEST_HOLD = dt.timedelta(hours=1)

_KEY = (EarlyWarningHold.customer_id, EarlyWarningHold.early_warning_id)


@dataclass(frozen=True)
class Hold:
    """Somebody has a warning open, since when."""

    user_id: int
    name: str
    since: dt.datetime


# --- rules


def hold_until(since: dt.datetime, now: dt.datetime, minutes: int) -> dt.datetime:
    """When a hold that is asked for now ends: some minutes on, but never later than LONGEST_HOLD after it began."""
    return min(now + dt.timedelta(minutes=minutes), since + LONGEST_HOLD)


# --- commands


def keep_for_reader(ctx: Context, customer_id: int, warning_id: int) -> None:
    """Keep an open warning for the reader who may act on it, and give back what the reader had open before.

    Nothing happens where somebody else has it, where it is being changed at this moment, or where it is resolved.
    """
    minutes = _minutes(ctx)
    if not _may_hold(ctx) or minutes <= 0:
        return
    key = (customer_id, warning_id)
    _lock_own(ctx, key)
    _give_back(ctx, except_for=key)
    if _is_workable(ctx, key):
        _write(ctx, key, minutes, or_(_is_mine(ctx), EarlyWarningHold.until <= ctx.now))


def renew(ctx: Context, customer_id: int, warning_id: int) -> bool:
    """Keep the warning for some minutes more while its page stays open. False: somebody else has it by now."""
    minutes, key = _minutes(ctx), (customer_id, warning_id)
    if not _may_hold(ctx) or minutes <= 0:
        return True
    mine = tuple_(*_KEY) == tuple_(*key)
    held = ctx.session.execute(
        select(EarlyWarningHold).where(mine).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if held is not None and held.user_id == ctx.actor.user_id:
        held.until = max(held.until, hold_until(held.since, ctx.now, minutes))
        ctx.session.flush()
    return held is None or held.user_id == ctx.actor.user_id or held.until <= ctx.now


def give_back(ctx: Context) -> None:
    """Let go of what the reader had open."""
    if ctx.actor.user_id is not None:
        _give_back(ctx, except_for=None)


def take_over(ctx: Context, customer_id: int, warning_id: int) -> None:
    """Take a warning from whoever has it open; the ledger keeps from whom.

    Raises:
        NotAllowedError, NotFoundError, IllegalMoveError: nothing was changed.
    """
    access.ensure_may(ctx, "early_warning.take_over")
    key = (customer_id, warning_id)
    row = ctx.session.execute(
        select(EarlyWarning.state, EarlyWarning.department_id, EarlyWarning.assignee_id).where(
            EarlyWarning.customer_id == customer_id, EarlyWarning.id == warning_id
        )
    ).one_or_none()
    if row is None:
        raise NotFoundError(N_("This warning does not exist."))
    if row.state == WarningState.RESOLVED:
        raise IllegalMoveError(N_("This warning is resolved. Nothing about it changes any more."))
    if not _is_of_reader(ctx, row.department_id, row.assignee_id):
        raise NotAllowedError(N_("This warning belongs to another department."))
    _lock_own(ctx, key)
    holder = held_by_others(ctx, [key]).get(key)
    _give_back(ctx, except_for=key)
    _write(ctx, key, max(_minutes(ctx), 1), None)
    if holder is not None:
        ledger.record(
            ctx, "early_warning.taken_over", f"early_warning:{customer_id}:{warning_id}", customer_id=customer_id,
            before={"open_with": holder.name}, after={"open_with": ctx.actor.name},
        )  # fmt: skip


def forget_past_holds(ctx: Context) -> int:
    """Remove holds that ended: nightly, so that the table holds people and not history."""
    return len(
        ctx.session.execute(
            delete(EarlyWarningHold).where(EarlyWarningHold.until <= ctx.now).returning(EarlyWarningHold.customer_id)
        ).all()
    )


# --- reads


def held_by_others(ctx: Context, keys: Collection[Key] | None = None) -> dict[Key, Hold]:
    """Which warnings (of `keys`, or of all) somebody else than the reader has open now."""
    query = (
        select(*_KEY, EarlyWarningHold.user_id, AppUser.name, EarlyWarningHold.since)
        .join(AppUser, AppUser.id == EarlyWarningHold.user_id)
        .where(is_held_by_another(ctx))
    )
    if keys is not None:
        query = query.where(
            EarlyWarningHold.customer_id.in_({customer_id for customer_id, _ in keys}), tuple_(*_KEY).in_(list(keys))
        )
    return {(row[0], row[1]): Hold(row[2], row[3], row[4]) for row in ctx.session.execute(query)}


def is_held_by_another(ctx: Context) -> ColumnElement[bool]:
    """Of rows of early_warning_hold: those that hold now, for somebody else than the reader."""
    live = EarlyWarningHold.until > ctx.now
    return live if ctx.actor.user_id is None else and_(live, EarlyWarningHold.user_id != ctx.actor.user_id)


def ensure_free(ctx: Context, hold: Hold | None) -> None:
    """Refuse an act on a warning that somebody else has open.

    Raises:
        HeldError: somebody has.
    """
    if hold is None or ctx.is_system:
        return
    raise HeldError(
        N_("%(name)s has had this warning open since %(time)s. Go on to the next one, or take it over first."),
        name=hold.name, time=clock_time(ctx, hold.since),
    )  # fmt: skip


def clock_time(ctx: Context, moment: dt.datetime) -> str:
    """The hour and minute of an instant on the company's clocks."""
    return f"{moment.astimezone(company_zone(ctx)):%H:%M}"


def _minutes(ctx: Context) -> int:
    return ctx.policy_history.on(ctx.today).triage_hold_minutes


def _may_hold(ctx: Context) -> bool:
    return ctx.actor.user_id is not None and access.may(ctx.actor, "early_warning.acknowledge")


def _is_mine(ctx: Context) -> ColumnElement[bool]:
    return EarlyWarningHold.user_id == ctx.actor.user_id


def _is_of_reader(ctx: Context, department_id: int | None, assignee_id: int | None) -> bool:
    if ctx.actor.role is not Role.BUSINESS:
        return True
    return (department_id is not None and department_id == ctx.actor.department_id) or (
        assignee_id is not None and assignee_id == ctx.actor.user_id
    )


def _lock_own(ctx: Context, key: Key) -> None:
    """The reader's holds and the one on `key`, locked in one order: two people who swap can't wait for each other."""
    ctx.session.execute(
        select(EarlyWarningHold.customer_id)
        .where(or_(_is_mine(ctx), tuple_(*_KEY) == tuple_(*key)))
        .order_by(*_KEY)
        .with_for_update()
    ).all()


def _give_back(ctx: Context, *, except_for: Key | None) -> None:
    others = delete(EarlyWarningHold).where(_is_mine(ctx))
    if except_for is not None:
        others = others.where(tuple_(*_KEY) != tuple_(*except_for))
    ctx.session.execute(others)


def _is_workable(ctx: Context, key: Key) -> bool:
    """An open warning of the reader's that nobody is changing at this moment: the foreign key would wait for them."""
    row = ctx.session.execute(
        select(EarlyWarning.state, EarlyWarning.department_id, EarlyWarning.assignee_id)
        .where(EarlyWarning.customer_id == key[0], EarlyWarning.id == key[1])
        .with_for_update(key_share=True, read=True, skip_locked=True)
    ).one_or_none()
    return row is not None and row.state != WarningState.RESOLVED and _is_of_reader(ctx, row[1], row[2])


def _write(ctx: Context, key: Key, minutes: int, where: ColumnElement[bool] | None) -> None:
    """The hold of the reader on `key`; `where` says over which row it may be written."""
    values: dict[str, Any] = {
        "customer_id": key[0], "early_warning_id": key[1], "user_id": ctx.actor.user_id, "since": ctx.now,
        "until": hold_until(ctx.now, ctx.now, minutes),
    }  # fmt: skip
    row = insert(EarlyWarningHold).values(**values)
    goes_on = and_(_is_mine(ctx), EarlyWarningHold.until > ctx.now)
    ctx.session.execute(
        row.on_conflict_do_update(
            index_elements=list(_KEY),
            set_={
                "user_id": row.excluded.user_id,
                "since": case((goes_on, EarlyWarningHold.since), else_=row.excluded.since),
                "until": row.excluded.until,
            },
            where=where,
        )
    )
