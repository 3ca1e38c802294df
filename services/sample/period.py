"""The stretch of time that the sample covers, and the seeded draws made inside it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

SHORTEST_MONTHS = 12
"""The story needs a year: a trigger comes 90 days after a due date, a window of the accuracy ends after 180 more."""


def add_months(first: date, months: int) -> date:
    """The first day of the month that lies `months` after the month of `first` (negative: before it)."""
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def month_end(day: date) -> date:
    """The last day of the month of `day`."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def workday(day: date) -> date:
    """`day` itself, or the Monday after it where it falls on a weekend (public holidays are not modelled)."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def money(cents: int) -> str:
    """An amount in hundredths as an import file writes it: `1234.50`."""
    return f"{cents // 100}.{cents % 100:02d}"


def written(day: date | None) -> str:
    """A date as ISO text; nothing for None."""
    return "" if day is None else day.isoformat()


def numbered(prefix: str, days: Iterable[date]) -> list[str]:
    """A number for each of the days, which are in order: prefix, year, and a count that begins anew each year."""
    counts: dict[int, int] = {}
    found = []
    for day in days:
        counts[day.year] = counts.get(day.year, 0) + 1
        found.append(f"{prefix}{day.year}-{counts[day.year]:03d}")
    return found


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` (the first of a month) to `until` (the evening on which the sample is told)."""

    seed: int
    start: date
    until: date

    @classmethod
    def ending(cls, until: date, months: int, seed: int) -> Period:
        """The period of `months` calendar months whose last one holds `until`. ValueError under a year."""
        if months < SHORTEST_MONTHS:
            raise ValueError(f"The sample needs at least {SHORTEST_MONTHS} months, not {months}.")
        return cls(seed, add_months(until.replace(day=1), 1 - months), until)

    def months(self) -> list[date]:
        """The first day of every month of the period."""
        found, first = [], self.start
        while first <= self.until:
            found.append(first)
            first = add_months(first, 1)
        return found

    def ago(self, days: int) -> date:
        """The day that lies `days` before the end of the period (negative: after it)."""
        return self.until - timedelta(days=days)

    def holds(self, day: date) -> bool:
        """Whether `day` lies inside the period, both ends included."""
        return self.start <= day <= self.until

    def random(self, *subject: object) -> Random:
        """A generator of its own for one subject, so that a change in one place moves nothing elsewhere.

        Seeded with text, which Python hashes with SHA-512: the same in every process whatever PYTHONHASHSEED is.
        """
        return Random("/".join(str(part) for part in (self.seed, *subject)))  # noqa: S311 - a sample, not a secret
