"""Days as people and systems write them. One that reads in two ways is refused unless its column settles it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

import polars as pl

from services.errors import N_
from services.imports.cells import Parsed, Problem, blanked, narrow, put_back, unread

FIRST_YEAR, LAST_YEAR = 1800, 2199
_TIME = r"(?:[T ]\s*(?P<time>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?)?$"
_YEAR_FIRST = r"^(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*[日号號]?" + _TIME
_COMPACT = r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:\.0+)?" + _TIME
_YEAR_LAST = r"^(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<y>\d{4})" + _TIME
_NAMED_MONTH = r"(?i)^(?P<d>\d{1,2})[- /]*(?P<month>[a-z]{3})[a-z]*[-., /]*(?P<y>\d{4})" + _TIME
_MONTH_FIRST = r"(?i)^(?P<month>[a-z]{3})[a-z]*[-. /]*(?P<d>\d{1,2})[-, /]+(?P<y>\d{4})" + _TIME
#: Days since 1899-12-30, as spreadsheets count; five digits reach from 1927 to 2173.
_SERIAL = r"^[1-9]\d{4}(?:\.\d+)?$"
_MONTHS = {name: f"{number:02d}" for number, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1)}  # fmt: skip
#: One order must be this many times commoner than the other to count the other's cells as mistakes.
_CLEAR_MAJORITY = 20

NOT_A_DATE = N_("This is not a date. Write it as 2025-03-07.")
TWO_READINGS = N_("Day and month can't be told apart. Write the date as 2025-03-07.")


class DayOrder(Enum):
    """What comes first in 3/7/2025."""

    MONTH_FIRST = "month"
    DAY_FIRST = "day"
    UNDECIDED = "undecided"
    MIXED = "mixed"


@dataclass(frozen=True)
class DateCells:
    """A column half read: ISO dates are values already; `hard` are the others, at `places`."""

    cells: pl.Series
    values: pl.Series
    places: pl.Series
    hard: pl.Series

    @property
    def votes(self) -> tuple[int, int]:
        """Cells that can only be month first, and only day first."""
        pair = self.hard.str.extract_groups(_YEAR_LAST).struct
        first, second = pair.field("a").cast(pl.Int32), pair.field("b").cast(pl.Int32)
        return int(((first <= 12) & (second > 12)).sum()), int(((first > 12) & (second <= 12)).sum())


def half_read(cells: pl.Series) -> DateCells:
    """Read the ISO dates of a column."""
    values = cells.str.to_date("%Y-%m-%d", strict=False)
    years = values.dt.year()
    outside = ((years < FIRST_YEAR) | (years > LAST_YEAR)).fill_null(False)
    if outside.any():
        values = blanked(values, outside)
    places = unread(cells, values)
    return DateCells(cells, values, places, narrow(cells.gather(places)).str.strip_chars())


def order_of(columns: Iterable[DateCells]) -> DayOrder:
    """The order that the dates of one or more columns settle together."""
    month_first, day_first = (sum(votes) for votes in zip(*(column.votes for column in columns), strict=True))
    if not month_first and not day_first:
        return DayOrder.UNDECIDED
    if month_first >= _CLEAR_MAJORITY * day_first:
        return DayOrder.MONTH_FIRST
    return DayOrder.DAY_FIRST if day_first >= _CLEAR_MAJORITY * month_first else DayOrder.MIXED


def fully_read(column: DateCells, order: DayOrder) -> Parsed:
    """Read what is left of a column, dates like 3/7/2025 in the order given."""
    if not len(column.places):
        return Parsed(column.values)
    frame = pl.DataFrame({"cell": column.hard})
    patterns = [
        _read(_YEAR_FIRST),
        _read(_COMPACT),
        _serial(),
        _read(_NAMED_MONTH, month="month"),
        _read(_MONTH_FIRST, month="month"),
    ]
    if order is DayOrder.MONTH_FIRST:
        patterns.append(_read(_YEAR_LAST, month="a", day="b"))
    if order is DayOrder.DAY_FIRST:
        patterns.append(_read(_YEAR_LAST, month="b", day="a"))
    found = frame.select(pl.coalesce(patterns)).to_series()
    values = put_back(column.values, column.places, found)
    wrong = column.cells.is_not_null() & values.is_null()
    unclear = wrong & column.cells.is_in(_unclear(column, order).implode()) if wrong.any() else wrong
    problems = (Problem(wrong & ~unclear, NOT_A_DATE), Problem(unclear, TWO_READINGS))
    return Parsed(values, tuple(problem for problem in problems if problem.mask.any()))


def _unclear(column: DateCells, order: DayOrder) -> pl.Series:
    """Cells that would be a date in one of the two orders, where neither is settled."""
    if order in (DayOrder.MONTH_FIRST, DayOrder.DAY_FIRST):
        return column.cells.head(0)
    readings = [_read(_YEAR_LAST, month="a", day="b"), _read(_YEAR_LAST, month="b", day="a")]
    readable = pl.DataFrame({"cell": column.hard}).select(pl.coalesce(readings).is_not_null()).to_series()
    return column.cells.gather(column.places).filter(readable)


def _read(pattern: str, month: str = "m", day: str = "d") -> pl.Expr:
    """The date in cells that match; null for others, for impossible days, and for hours of another time zone."""
    parts = pl.col("cell").str.extract_groups(pattern).struct
    of_year = parts.field(month)
    if "(?P<month>" in pattern:
        of_year = parts.field("month").str.to_lowercase().replace_strict(_MONTHS, default=None)
    text = pl.concat_str(parts.field("y"), of_year.str.zfill(2), parts.field(day).str.zfill(2), separator="-")
    value = text.str.to_date("%Y-%m-%d", strict=False)
    midnight = parts.field("time").str.replace_all(r"[0:.]", "") == ""
    here = parts.field("zone").is_null() | midnight
    return pl.when(here & value.dt.year().is_between(FIRST_YEAR, LAST_YEAR)).then(value)


def _serial() -> pl.Expr:
    days = pl.col("cell").str.extract(r"^(\d{5})").cast(pl.Int32, strict=False)
    return pl.when(pl.col("cell").str.contains(_SERIAL)).then((days - 25_569).cast(pl.Date))
