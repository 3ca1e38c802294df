"""When a job is tried again, and at which moments one comes by the clock. Plain values."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

#: A job that went wrong this often is given up and shown as failed; about an hour and a half after its first attempt.
MOST_ATTEMPTS = 10
_FIRST_DELAY = dt.timedelta(seconds=10)
_LONGEST_DELAY = dt.timedelta(hours=1)

#: A started job whose row nobody holds after this time has lost its worker.
ABANDONED_AFTER = dt.timedelta(seconds=15)

#: How long what is over stays readable.
KEEP_DONE = dt.timedelta(days=2)
KEEP_FAILED = dt.timedelta(days=30)


def retry_delay(attempt: int, chance: float) -> dt.timedelta:
    """How long to wait after the `attempt`-th failure: doubled each time, up to an hour.

    Half of it is by `chance` (0 to 1), so that what failed together does not come back together.
    """
    longest = min(_LONGEST_DELAY, _FIRST_DELAY * (1 << min(attempt - 1, 30)))
    return longest * (0.5 + 0.5 * chance)


@dataclass(frozen=True)
class Every:
    """A moment every so many minutes, counted from the full hour. The hour must be a multiple."""

    minutes: int


@dataclass(frozen=True)
class Daily:
    """A moment each day: a time of day in the company's time zone, or in UTC."""

    at: dt.time
    in_utc: bool = False


def last_moment(rhythm: Every | Daily, now: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The newest moment of a rhythm that is not after `now`, in UTC."""
    if isinstance(rhythm, Every):
        spare = dt.timedelta(minutes=now.minute % rhythm.minutes, seconds=now.second, microseconds=now.microsecond)
        return (now - spare).astimezone(dt.UTC)
    calendar = dt.UTC if rhythm.in_utc else zone
    day = now.astimezone(calendar).date()
    moment = dt.datetime.combine(day, rhythm.at, calendar)
    if moment > now:
        moment = dt.datetime.combine(day - dt.timedelta(days=1), rhythm.at, calendar)
    return moment.astimezone(dt.UTC)
