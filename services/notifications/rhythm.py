"""When a notice leaves: quiet hours, the daily message, and the waits between attempts. Plain values, no clock."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

#: After so many attempts a sending is given up: about four hours after the first.
MOST_ATTEMPTS = 8
_FIRST_WAIT = dt.timedelta(minutes=1)
_LONGEST_WAIT = dt.timedelta(hours=2)

#: A sending that is not over after this time has lost its worker. No sending may take as long (`carrying`).
LOST_AFTER = dt.timedelta(minutes=5)


@dataclass(frozen=True)
class Hours:
    """A person's quiet hours (both None: none) and the hour of the daily message, on the company's clocks."""

    quiet_from: dt.time | None = dt.time(22, 0)
    quiet_until: dt.time | None = dt.time(7, 0)
    digest_hour: int = 8


DEFAULT_HOURS = Hours()


def is_quiet(hours: Hours, at: dt.time) -> bool:
    """Whether a time of day lies in the quiet hours: from their beginning up to, not including, their end."""
    start, end = hours.quiet_from, hours.quiet_until
    if start is None or end is None:
        return False
    return start <= at < end if start < end else at >= start or at < end


def after_quiet(hours: Hours, moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The moment itself, or the end of the quiet hours that it lies in."""
    local = moment.astimezone(zone)
    if hours.quiet_until is None or not is_quiet(hours, local.time()):
        return moment
    return _next(local, hours.quiet_until)


def next_digest(hours: Hours, moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The next daily message after a moment; one that falls into the quiet hours comes at their end."""
    return after_quiet(hours, _next(moment.astimezone(zone), dt.time(hours.digest_hour)), zone)


def _next(local: dt.datetime, at: dt.time) -> dt.datetime:
    """The next time that the clock shows `at`, after `local`."""
    day = local.date() if at > local.time() else local.date() + dt.timedelta(days=1)
    return dt.datetime.combine(day, at, local.tzinfo).astimezone(dt.UTC)


def wait_after(attempts: int) -> dt.timedelta:
    """How long to wait after so many failed attempts: doubled each time, up to two hours."""
    return min(_LONGEST_WAIT, _FIRST_WAIT * (1 << min(max(attempts, 1) - 1, 20)))
