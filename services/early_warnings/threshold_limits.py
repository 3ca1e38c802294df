"""What each threshold of the warning rules may be: unit, least, most, and which of two may not exceed the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from services.early_warnings.rule import WarningRule
from services.early_warnings.threshold_names import name_of_threshold
from services.errors import N_, NotFoundError, RefusedError


class ThresholdUnit(StrEnum):
    """How a door writes a threshold."""

    DAYS = "days"
    COUNT = "count"
    RATIO = "ratio"
    STEPS = "steps"
    POINTS = "points"
    SENTIMENT = "sentiment"


@dataclass(frozen=True)
class ThresholdLimit:
    """The range of one threshold; all but ratios are whole numbers."""

    unit: ThresholdUnit
    least: Decimal
    most: Decimal


def _limit(unit: ThresholdUnit, least: str, most: str) -> ThresholdLimit:
    return ThresholdLimit(unit, Decimal(least), Decimal(most))


_BY_NAME: dict[str, ThresholdLimit] = {
    "days": _limit(ThresholdUnit.DAYS, "1", "365"),
    "days_high": _limit(ThresholdUnit.DAYS, "0", "365"),
    "days_after": _limit(ThresholdUnit.DAYS, "0", "365"),
    "recent_days": _limit(ThresholdUnit.DAYS, "14", "365"),
    "habit_days": _limit(ThresholdUnit.DAYS, "90", "1095"),
    "slower_days": _limit(ThresholdUnit.DAYS, "1", "180"),
    "slower_days_high": _limit(ThresholdUnit.DAYS, "1", "365"),
    "newer_than_days": _limit(ThresholdUnit.DAYS, "7", "1095"),
    "window_days": _limit(ThresholdUnit.DAYS, "30", "730"),
    "new_days": _limit(ThresholdUnit.DAYS, "1", "730"),
    "probation_days": _limit(ThresholdUnit.DAYS, "30", "1095"),
    "limitation_days": _limit(ThresholdUnit.DAYS, "365", "7300"),
    "least_invoices": _limit(ThresholdUnit.COUNT, "1", "100"),
    "least_recent": _limit(ThresholdUnit.COUNT, "1", "100"),
    "least_habit": _limit(ThresholdUnit.COUNT, "1", "100"),
    "count_high": _limit(ThresholdUnit.COUNT, "1", "100"),
    "count_medium": _limit(ThresholdUnit.COUNT, "1", "100"),
    "share": _limit(ThresholdUnit.RATIO, "0.01", "1"),
    "share_high": _limit(ThresholdUnit.RATIO, "0.01", "5"),
    "share_critical": _limit(ThresholdUnit.RATIO, "0.01", "10"),
    "leverage": _limit(ThresholdUnit.RATIO, "0.1", "5"),
    "leverage_high": _limit(ThresholdUnit.RATIO, "0.1", "5"),
    "leverage_critical": _limit(ThresholdUnit.RATIO, "0.1", "10"),
    "similarity": _limit(ThresholdUnit.RATIO, "0.3", "1"),
    "steps": _limit(ThresholdUnit.STEPS, "1", "20"),
    "steps_high": _limit(ThresholdUnit.STEPS, "1", "22"),
    "points": _limit(ThresholdUnit.POINTS, "1", "100"),
    "points_high": _limit(ThresholdUnit.POINTS, "1", "100"),
    "sentiment_high": _limit(ThresholdUnit.SENTIMENT, "-2", "-1"),
}
#: Ranges of one rule that differ: the two rules of days past due may not change places.
_OF_RULE: dict[tuple[str, str], ThresholdLimit] = {
    ("overdue_30", "days"): _limit(ThresholdUnit.DAYS, "1", "59"),
    ("overdue_60", "days"): _limit(ThresholdUnit.DAYS, "31", "89"),
    ("industry_cut", "steps"): _limit(ThresholdUnit.STEPS, "1", "4"),
    ("limit_use", "share"): _limit(ThresholdUnit.RATIO, "0.01", "5"),
}
#: The first may not exceed the second, in rules that have both.
_ORDERED = (
    ("share", "share_high"), ("share_high", "share_critical"), ("slower_days", "slower_days_high"),
    ("steps", "steps_high"), ("leverage", "leverage_high"), ("leverage_high", "leverage_critical"),
    ("points", "points_high"), ("days_high", "days"),
)  # fmt: skip


def threshold_limit(rule: WarningRule, name: str) -> ThresholdLimit:
    """The range of a rule's threshold.

    Raises:
        NotFoundError: the rule has no such threshold.
    """
    if name not in rule.thresholds:
        raise NotFoundError(N_("The rule has no threshold called %(name)s."), name=name)
    return _OF_RULE.get((rule.code, name)) or _BY_NAME[name]


def checked_thresholds(rule: WarningRule, given: Mapping[str, object]) -> dict[str, int | Decimal]:
    """All thresholds of a rule: those given, typed and checked, and the rule's own where none is given.

    Raises:
        NotFoundError: the rule has no such threshold.
        RefusedError: a value is none, lies outside its range, or two contradict each other.
    """
    values = dict(rule.thresholds) | {name: _checked(rule, name, value) for name, value in given.items()}
    for lower, upper in _ORDERED:
        if lower in values and upper in values and values[lower] > values[upper]:
            raise RefusedError(
                N_("“%(lower)s” (%(low)s) may not exceed “%(upper)s” (%(high)s)."),
                lower=name_of_threshold(rule, lower), low=values[lower], upper=name_of_threshold(rule, upper),
                high=values[upper],
            )  # fmt: skip
    return values


def typed_thresholds(rule: WarningRule, stored: Mapping[str, object]) -> dict[str, int | Decimal]:
    """Thresholds as they were stored, with the rule's own where one is missing (a threshold that came later)."""
    return {name: own if name not in stored else _typed(own, stored[name]) for name, own in rule.thresholds.items()}


def _typed(own: int | Decimal, value: object) -> int | Decimal:
    return Decimal(str(value)) if isinstance(own, Decimal) else int(str(value))


def _checked(rule: WarningRule, name: str, given: object) -> int | Decimal:
    limit = threshold_limit(rule, name)
    try:
        value = Decimal(str(given).strip())
    except InvalidOperation as error:
        raise RefusedError(N_("“%(value)s” is not a number."), value=given) from error
    is_whole = limit.unit is not ThresholdUnit.RATIO
    if not value.is_finite() or not limit.least <= value <= limit.most or (is_whole and value != value.to_integral()):
        raise RefusedError(
            N_("“%(threshold)s” must lie between %(least)s and %(most)s."),
            threshold=name_of_threshold(rule, name), least=limit.least, most=limit.most,
        )  # fmt: skip
    # Stored as four places at most, so that what was asked for is what is kept.
    return int(value) if is_whole else value.quantize(Decimal("0.0001")).normalize()
