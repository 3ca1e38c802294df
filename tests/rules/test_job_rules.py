"""When a job is tried again and when one comes by the clock, as plain values."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from services.jobs.rules import MOST_ATTEMPTS, Daily, Every, last_moment, retry_delay
from services.jobs.schedule import PERIODIC

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("attempt", "shortest", "longest"),
    [(1, 5, 10), (2, 10, 20), (3, 20, 40), (8, 640, 1280), (9, 1280, 2560), (10, 1800, 3600), (500, 1800, 3600)],
)
def test_the_waiting_time_doubles_up_to_an_hour_and_half_of_it_is_chance(
    attempt: int, shortest: int, longest: int
) -> None:
    assert retry_delay(attempt, 0.0) == dt.timedelta(seconds=shortest)
    assert retry_delay(attempt, 1.0) == dt.timedelta(seconds=longest)
    assert retry_delay(attempt, 0.5) == dt.timedelta(seconds=(shortest + longest) / 2)


def test_a_job_is_given_up_after_about_an_hour_and_a_half() -> None:
    waits = [retry_delay(attempt, 1.0) for attempt in range(1, MOST_ATTEMPTS)]
    assert sum(waits, dt.timedelta()) == dt.timedelta(seconds=5110)


@pytest.mark.parametrize(
    ("now", "moment"),
    [
        ("2025-06-30T04:00:00", "2025-06-30T04:00:00"),
        ("2025-06-30T04:04:59.999", "2025-06-30T04:00:00"),
        ("2025-06-30T04:05:00", "2025-06-30T04:05:00"),
        ("2025-06-30T23:59:00", "2025-06-30T23:55:00"),
    ],
)
def test_every_five_minutes(now: str, moment: str) -> None:
    assert last_moment(Every(5), utc(now), SHANGHAI) == utc(moment)


@pytest.mark.parametrize(
    ("now", "moment"),
    [
        ("2025-06-29T16:09:59", "2025-06-28T16:10:00"),
        ("2025-06-29T16:10:00", "2025-06-29T16:10:00"),
        ("2025-06-30T12:00:00", "2025-06-29T16:10:00"),
    ],
)
def test_daily_by_the_company_s_clock(now: str, moment: str) -> None:
    assert last_moment(Daily(dt.time(0, 10)), utc(now), SHANGHAI) == utc(moment)


def test_daily_by_the_clock_of_utc() -> None:
    rhythm = Daily(dt.time(0, 30), in_utc=True)
    assert last_moment(rhythm, utc("2025-06-30T00:29:59"), SHANGHAI) == utc("2025-06-29T00:30:00")
    assert last_moment(rhythm, utc("2025-06-30T00:30:00"), SHANGHAI) == utc("2025-06-30T00:30:00")


def test_a_day_of_a_changed_clock_has_one_moment() -> None:
    """2025-03-09, New York: two o'clock does not exist; 2025-11-02: half past one comes twice."""
    hours = [utc("2025-03-09T05:00:00") + dt.timedelta(hours=hour) for hour in range(24)]
    assert {last_moment(Daily(dt.time(2, 0)), hour, NEW_YORK) for hour in hours} == {
        utc("2025-03-08T07:00:00"), utc("2025-03-09T07:00:00"),
    }  # fmt: skip
    hours = [utc("2025-11-02T04:00:00") + dt.timedelta(hours=hour) for hour in range(24)]
    assert {last_moment(Daily(dt.time(1, 30)), hour, NEW_YORK) for hour in hours} == {
        utc("2025-11-01T05:30:00"), utc("2025-11-02T05:30:00"),
    }  # fmt: skip


def test_no_name_comes_by_the_clock_twice() -> None:
    assert sorted(one.name for one in PERIODIC) == [
        "check_figures", "clean_up", "escalate_warnings", "expire_controls", "find_candidates", "lay_out_figures",
        "plan_controls", "raise_warnings", "remind_of_deadlines", "score_due", "seal_ledger", "take_quality",
        "tell_due_today",
    ]  # fmt: skip
