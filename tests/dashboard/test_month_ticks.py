"""Months under a chart by weeks: in the reader's words, few enough for a phone."""

from __future__ import annotations

import datetime as dt

from dashboard.components.month_ticks import month_ticks
from dashboard.i18n import using_language


def weeks(first: dt.date, number: int) -> list[dt.date]:
    return [first + dt.timedelta(days=7 * week) for week in range(number)]


def test_every_third_month_of_a_year() -> None:
    with using_language("zh_Hans"):
        found = month_ticks(weeks(dt.date(2024, 1, 3), 52))
    assert found["tickvals"] == [dt.date(2024, month, 1) for month in (2, 5, 8, 11)]
    assert found["ticktext"] == ["2024年2月", "2024年5月", "2024年8月", "2024年11月"]


def test_a_few_weeks_of_one_month_and_none() -> None:
    with using_language("en"):
        assert month_ticks(weeks(dt.date(2025, 6, 2), 2))["ticktext"] == ["Jun 2025"]
    assert month_ticks([]) == {}
