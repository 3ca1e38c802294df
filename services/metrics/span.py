"""Periods of whole calendar months that a reader asks for, and the codes that name them in addresses.

`2025-06` a month, `2025-Q2` a quarter, `2025-H1` a half-year, `2025` a year, `2025-03_2025-07` any months.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from services.errors import N_, RefusedError
from services.metrics.periods import month_end, month_of, months_between, next_month, parsed_month

MONTH, QUARTER, HALF, YEAR, MONTHS = "month", "quarter", "half", "year", "months"
KINDS = (MONTH, QUARTER, HALF, YEAR, MONTHS)
#: Months in one period of a kind that follows the calendar.
LENGTHS = {MONTH: 1, QUARTER: 3, HALF: 6, YEAR: 12}
#: Longest period that can be asked for: ten years.
LONGEST = 120


@dataclass(frozen=True, order=True)
class Span:
    """The months from `first` to `last`, both included, each given by its first day."""

    first: dt.date
    last: dt.date

    @property
    def months(self) -> int:
        """How many months it holds."""
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    @property
    def ends_on(self) -> dt.date:
        """Its last day."""
        return month_end(self.last)

    @property
    def kind(self) -> str:
        """One of KINDS: how the calendar names it."""
        for kind, length in LENGTHS.items():
            if self.months == length and (self.first.month - 1) % length == 0:
                return kind
        return MONTHS

    @property
    def number(self) -> int:
        """Which month, quarter or half-year of its year it is, from 1."""
        return (self.first.month - 1) // LENGTHS.get(self.kind, 1) + 1

    @property
    def code(self) -> str:
        """Its name in addresses."""
        kind, year = self.kind, f"{self.first:%Y}"
        if kind == MONTHS:
            return f"{self.first:%Y-%m}_{self.last:%Y-%m}"
        return {
            MONTH: f"{self.first:%Y-%m}", QUARTER: f"{year}-Q{self.number}", HALF: f"{year}-H{self.number}", YEAR: year,
        }[kind]  # fmt: skip

    def moved(self, months: int) -> Span:
        """The span of the same length that begins so many months later (earlier, if negative)."""
        return Span(next_month(self.first, months), next_month(self.last, months))

    @property
    def previous(self) -> Span:
        """The span of the same length just before it."""
        return self.moved(-self.months)

    @property
    def year_before(self) -> Span:
        """The same months of the year before."""
        return self.moved(-12)

    def each_month(self) -> list[dt.date]:
        """The first days of its months."""
        return months_between(self.first, self.last)


def span_of(kind: str, day: dt.date) -> Span:
    """The month, quarter, half-year or year in which a day lies."""
    length = LENGTHS[kind]
    first = dt.date(day.year, (day.month - 1) // length * length + 1, 1)
    return Span(first, next_month(first, length - 1))


def usual_span(today: dt.date) -> Span:
    """What is shown unasked: the quarter of the last month that is over by the end of today."""
    month = month_of(today)
    return span_of(QUARTER, month if month_end(month) <= today else next_month(month, -1))


def parsed_span(code: str) -> Span:
    """The span that a code names.

    Raises:
        RefusedError: it names none, ends before it begins, or is longer than ten years.
    """
    wrong = RefusedError(N_("“%(value)s” is not a period. Write it as 2025, 2025-H1, 2025-Q2 or 2025-06."), value=code)
    parts = re.fullmatch(r"(\d{4})(?:-([QH])([1-4]))?", code)
    if parts:
        kind = {None: YEAR, "Q": QUARTER, "H": HALF}[parts[2]]
        year, number = int(parts[1]), int(parts[3] or 1)
        if not 1900 <= year <= 2999 or number > 12 // LENGTHS[kind]:
            raise wrong
        return span_of(kind, dt.date(year, (number - 1) * LENGTHS[kind] + 1, 1))
    months = [parsed_month(one) for one in code.split("_")]
    if len(months) > 2 or not all(1900 <= one.year <= 2999 for one in months):
        raise wrong
    span = Span(months[0], months[-1])
    if not 1 <= span.months <= LONGEST:
        raise wrong
    return span
