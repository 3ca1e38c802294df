"""Calendar months, and the settings as ranges of days that SQL can join to."""

from __future__ import annotations

import datetime as dt
import re

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.errors import N_, RefusedError
from services.policy import PolicyHistory

FOREVER = dt.date(9999, 12, 31)


def month_of(day: dt.date) -> dt.date:
    """The first day of a day's month."""
    return day.replace(day=1)


def next_month(month: dt.date, months: int = 1) -> dt.date:
    """The first day of the month that is `months` later."""
    count = month.year * 12 + month.month - 1 + months
    return dt.date(count // 12, count % 12 + 1, 1)


def month_end(month: dt.date) -> dt.date:
    """The last day of a month."""
    return next_month(month) - dt.timedelta(days=1)


def months_between(first: dt.date, last: dt.date) -> list[dt.date]:
    """All months from the first to the last, both included."""
    months = [month_of(first)]
    while months[-1] < month_of(last):
        months.append(next_month(months[-1]))
    return months


def parsed_month(written: str) -> dt.date:
    """The month that "2025-03" names.

    Raises:
        RefusedError: it names none.
    """
    match = re.fullmatch(r"(\d{4})-(\d{1,2})", written.strip())
    if not match or not 1 <= int(match[2]) <= 12 or int(match[1]) < 1:
        raise RefusedError(N_("“%(value)s” is not a month. Write it as 2025-03."), value=written)
    return dt.date(int(match[1]), int(match[2]), 1)


def horizon(today: dt.date) -> dt.date:
    """The month up to which month-by-month figures are laid out: December of the year after next."""
    return dt.date(today.year + 2, 12, 1)


def write_policy_ranges(session: Session, history: PolicyHistory) -> None:
    """Lay the dated settings out as the temporary table `policy_range` (since, until, values)."""
    session.execute(text("DROP TABLE IF EXISTS policy_range"))
    session.execute(
        text(
            "CREATE TEMPORARY TABLE policy_range "
            "(since date, until date, accuracy_window_days int, bad_after_days int) "
            "ON COMMIT DROP"
        )
    )
    starts = [dt.date(1, 1, 1), *history.change_days]
    for since, until in zip(starts, [*starts[1:], FOREVER], strict=True):
        policy = history.on(since)
        session.execute(
            text("INSERT INTO policy_range VALUES (:since, :until, :window, :bad)"),
            {"since": since, "until": until, "window": policy.accuracy_window_days, "bad": policy.bad_after_days},
        )
