"""Deadlines and the order of the queue, as plain values."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from db.enums import RiskLevel, WarningOutcome, WarningState
from services.early_warnings.lifecycle import (
    EARLY_WARNING_TRANSITIONS,
    MEMORY_DAYS,
    STEP_DAYS,
    queue_priority,
    severity_rank,
    step_deadline,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = dt.datetime(2025, 6, 30, 4, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(("severity", "days"), [("critical", 1), ("high", 3), ("medium", 7), ("low", 14)])
def test_each_severity_has_its_days(severity: str, days: int) -> None:
    assert step_deadline(severity, NOON, SHANGHAI) == NOON + dt.timedelta(days=days)


def test_every_severity_and_outcome_is_covered() -> None:
    assert set(STEP_DAYS) == set(RiskLevel)
    assert set(MEMORY_DAYS) == set(WarningOutcome)
    assert [severity_rank(level) for level in ("low", "medium", "high", "critical")] == [0, 1, 2, 3]


def test_a_calendar_day_may_have_25_hours() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start = dt.datetime(2025, 10, 25, 12, 0, tzinfo=berlin)
    due = step_deadline("critical", start, berlin)
    assert due == dt.datetime(2025, 10, 26, 12, 0, tzinfo=berlin)
    assert (due - start.astimezone(dt.UTC)).total_seconds() == 25 * 3600


def test_lifecycle_allows_exactly_three_moves() -> None:
    allowed = {(old, new) for old, new in product(WarningState, repeat=2) if new in EARLY_WARNING_TRANSITIONS[old]}
    assert allowed == {("raised", "acknowledged"), ("acknowledged", "acting"), ("acting", "resolved")}


@pytest.mark.parametrize(
    ("money", "likelihood", "hours_left", "expected"),
    [
        ("1000", "0.5", 0, 500.0), ("1000", "0.5", -500, 500.0), ("1000", "0.5", 72, 250.0),
        ("1000", "0.5", 144, 125.0), ("0", "0.5", 0, 0.5), ("1", "0.5", 0, 0.5), ("2", "0.5", 0, 1.0),
        ("1000", "0", 0, 0.0),
    ],
)  # fmt: skip
def test_queue_priority(money: str, likelihood: str, hours_left: float, expected: float) -> None:
    assert queue_priority(Decimal(money), Decimal(likelihood), hours_left) == expected


def test_three_days_less_weigh_like_twice_the_money() -> None:
    soon = queue_priority(Decimal(100), Decimal("0.3"), 10)
    later = queue_priority(Decimal(200), Decimal("0.3"), 82)
    assert soon == pytest.approx(later)
    assert queue_priority(Decimal(100), Decimal("0.3"), 9.9) > later
