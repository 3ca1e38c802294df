"""What a person wants to be told, by which medium, when, and in which hours not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import asdict

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from db.enums import NoticeMedium, NoticeMode
from db.models import NotificationHours, NotificationPreference
from services import access, data_versions, ledger
from services.context import Context
from services.errors import N_, NotAllowedError, RefusedError
from services.notifications.kinds import NOTICE_KINDS
from services.notifications.rhythm import DEFAULT_HOURS, Hours
from services.notifications.rows import Choices

#: The kinds that are sent at all, each by each medium.
CHOOSABLE = tuple((kind.code, medium) for kind in NOTICE_KINDS.values() if kind.leaves_house for medium in NoticeMedium)

# --- commands


def choose(ctx: Context, modes: Mapping[tuple[str, str], str], hours: Hours) -> Choices:
    """Keep the acting person's choices, all at once. One that is the kind's default is not kept: it follows a change.

    Raises:
        NotAllowedError, RefusedError: not a person; an unknown kind, medium or mode; hours that make no sense.
    """
    access.ensure_may(ctx, "notification.read")
    user_id = acting_person(ctx)
    if not set(modes) <= set(CHOOSABLE) or not set(modes.values()) <= set(NoticeMode):
        raise RefusedError(N_("This choice does not exist. Reload the page and choose again."))
    ensure_hours(hours)
    before = choices_of(ctx, [user_id])[user_id]
    wanted = {**before.modes, **{key: NoticeMode(mode) for key, mode in modes.items()}}
    own = {key: mode for key, mode in wanted.items() if mode is not NOTICE_KINDS[key[0]].mode}
    ctx.session.execute(delete(NotificationPreference).where(NotificationPreference.user_id == user_id))
    ctx.session.add_all(
        NotificationPreference(user_id=user_id, kind=kind, medium=medium, mode=mode)
        for (kind, medium), mode in own.items()
    )
    row = insert(NotificationHours).values(user_id=user_id, **asdict(hours))
    ctx.session.execute(row.on_conflict_do_update(index_elements=[NotificationHours.user_id], set_=asdict(hours)))
    ctx.session.flush()
    ledger.record(
        ctx, "notification.chosen", f"app_user:{user_id}",
        before=_written(before, wanted), after=_written(Choices(wanted, hours), before.modes),
    )  # fmt: skip
    data_versions.bump(ctx, "notifications")
    return Choices(wanted, hours)


def ensure_hours(hours: Hours) -> None:
    """Refuse hours that are no hours.

    Raises:
        RefusedError: quiet hours with one end, without length, or a daily message at no hour of the day.
    """
    if (hours.quiet_from is None) != (hours.quiet_until is None):
        raise RefusedError(N_("Quiet hours need a beginning and an end, or neither."))
    if hours.quiet_from is not None and hours.quiet_from == hours.quiet_until:
        raise RefusedError(N_("Quiet hours can't begin and end at the same time."))
    if not 0 <= hours.digest_hour <= 23:
        raise RefusedError(N_("The daily message needs an hour from 0 to 23."))


def acting_person(ctx: Context) -> int:
    """The acting person's id.

    Raises:
        NotAllowedError: the command line or the worker acts.
    """
    if ctx.actor.user_id is None:
        raise NotAllowedError(N_("Only a person who is signed in has notices and addresses."))
    return ctx.actor.user_id


def _written(choices: Choices, beside: Mapping[tuple[str, str], NoticeMode]) -> dict[str, object]:
    """Choices as the ledger keeps them: only the modes that differ from what is beside them."""
    changed = {
        f"{kind}/{medium}": mode for (kind, medium), mode in choices.modes.items() if beside[kind, medium] != mode
    }
    times = {name: None if value is None else str(value) for name, value in asdict(choices.hours).items()}
    return {"modes": changed, **times}


# --- reads


def choices_of(ctx: Context, people: Collection[int]) -> dict[int, Choices]:
    """What each of these people chose, defaults filled in."""
    ids = sorted(set(people))
    modes: dict[int, dict[tuple[str, str], NoticeMode]] = {
        person: {(kind, medium): NOTICE_KINDS[kind].mode for kind, medium in CHOOSABLE} for person in ids
    }
    kept = select(NotificationPreference).where(NotificationPreference.user_id.in_(ids))
    for one in ctx.session.execute(kept).scalars() if ids else ():
        if (one.kind, one.medium) in modes[one.user_id]:
            modes[one.user_id][one.kind, one.medium] = NoticeMode(one.mode)
    hours = hours_of(ctx, ids)
    return {person: Choices(modes[person], hours[person]) for person in ids}


def hours_of(ctx: Context, people: Collection[int]) -> dict[int, Hours]:
    """The hours of each of these people, the defaults where they chose none."""
    columns = (
        NotificationHours.user_id, NotificationHours.quiet_from, NotificationHours.quiet_until,
        NotificationHours.digest_hour,
    )  # fmt: skip
    kept = select(*columns).where(NotificationHours.user_id.in_(sorted(people)))
    own: dict[int, Hours] = {person: Hours(start, end, hour) for person, start, end, hour in ctx.session.execute(kept)}
    return {person: own.get(person, DEFAULT_HOURS) for person in people}


def my_choices(ctx: Context) -> Choices:
    """The acting person's choices.

    Raises:
        NotAllowedError: not a person.
    """
    access.ensure_may(ctx, "notification.read")
    person = acting_person(ctx)
    return choices_of(ctx, [person])[person]


def parsed_time(text: str) -> dt.time | None:
    """A time of day as people write it, `22:00`; None for an empty text.

    Raises:
        RefusedError: it is no time.
    """
    if not text.strip():
        return None
    try:
        return dt.time.fromisoformat(text.strip()).replace(second=0, microsecond=0)
    except ValueError as error:
        raise RefusedError(N_("“%(value)s” is not a time. Write it as 22:00."), value=text) from error
