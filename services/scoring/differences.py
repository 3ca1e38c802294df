"""What differs between two scorecards, part by part: for people (words), for the ledger (places and values)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from services.scoring.card import Bin, DimensionCard, Indicator, Scorecard


class DifferenceKind(StrEnum):
    """What is different."""

    DIMENSION_ADDED = "dimension_added"
    DIMENSION_REMOVED = "dimension_removed"
    DIMENSION_WEIGHT = "dimension_weight"
    INDICATOR_ADDED = "indicator_added"
    INDICATOR_REMOVED = "indicator_removed"
    INDICATOR_MOVED = "indicator_moved"
    INDICATOR_WEIGHT = "indicator_weight"
    BINS = "bins"
    CATEGORIES = "categories"
    MISSING = "missing"
    WINDOW = "window"
    WORDING = "wording"
    BAND = "band"
    FLOOR_ADDED = "floor_added"
    FLOOR_REMOVED = "floor_removed"
    FLOOR_LEVEL = "floor_level"
    LOW_COVERAGE = "low_coverage"


@dataclass(frozen=True)
class Difference:
    """One part that differs. `place` as in card_reading; values are plain JSON, None where there is no such part.

    Weights of dimensions are told as their share of 100. `indicator` is the one in question, as the later card has it
    (the earlier one's where it was removed).
    """

    kind: DifferenceKind
    place: str
    before: Any
    after: Any
    dimension: str = ""
    indicator: Indicator | None = None
    label: Mapping[str, str] = field(default_factory=dict)


_K = DifferenceKind


def differences(before: Scorecard, after: Scorecard) -> tuple[Difference, ...]:
    """Everything in which the later card differs from the earlier one, names and versions left aside."""
    return (
        *_dimensions(before, after),
        *_indicators(before, after),
        *_bands(before, after),
        *_floors(before, after),
        *_pair(_K.LOW_COVERAGE, "low_coverage", before.low_coverage, after.low_coverage),
    )


def shares_of_dimensions(card: Scorecard) -> dict[str, float]:
    """Each dimension's weight as its part of 100."""
    whole = sum(one.weight for one in card.dimensions)
    return {one.name: round(100 * one.weight / whole, 4) for one in card.dimensions}


def shares_of_indicators(dimension: DimensionCard) -> dict[str, float]:
    """Each indicator's weight as its part of 100 inside the dimension."""
    whole = sum(one.weight for one in dimension.indicators)
    return {one.code: round(100 * one.weight / whole, 4) for one in dimension.indicators}


def as_ledger_values(found: Sequence[Difference]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The differences as the ledger keeps them: old and new values by place."""
    return {one.place: one.before for one in found}, {one.place: one.after for one in found}


def _pair(kind: DifferenceKind, place: str, before: Any, after: Any, **rest: Any) -> Iterator[Difference]:  # noqa: ANN401
    if before != after:
        yield Difference(kind, place, before, after, **rest)


def _dimensions(before: Scorecard, after: Scorecard) -> Iterator[Difference]:
    old, new = shares_of_dimensions(before), shares_of_dimensions(after)
    for name in {**old, **new}:
        kind = _K.DIMENSION_ADDED if name not in old else _K.DIMENSION_REMOVED if name not in new else None
        yield from _pair(
            kind or _K.DIMENSION_WEIGHT, f"{name}.weight", old.get(name), new.get(name), dimension=name
        )  # fmt: skip


def _indicators(before: Scorecard, after: Scorecard) -> Iterator[Difference]:
    for code in {**before.by_code, **after.by_code}:
        old, new = before.by_code.get(code), after.by_code.get(code)
        if old is None and new is not None:
            weight = shares_of_indicators(new[0])[code]
            yield Difference(_K.INDICATOR_ADDED, code, None, weight, new[0].name, new[1], new[1].label)
        elif new is None and old is not None:
            weight = shares_of_indicators(old[0])[code]
            yield Difference(_K.INDICATOR_REMOVED, code, weight, None, old[0].name, old[1], old[1].label)
        elif old is not None and new is not None:
            yield from _indicator(old, new)


def _indicator(old: tuple[DimensionCard, Indicator], new: tuple[DimensionCard, Indicator]) -> Iterator[Difference]:
    (old_dimension, before), (dimension, after) = old, new
    code = after.code
    said: dict[str, Any] = {"dimension": dimension.name, "indicator": after, "label": after.label}
    yield from _pair(_K.INDICATOR_MOVED, f"{code}.dimension", old_dimension.name, dimension.name, **said)
    yield from _pair(_K.INDICATOR_WEIGHT, f"{code}.weight", before.weight, after.weight, **said)
    yield from _pair(_K.BINS, f"{code}.bins", _bins(before.bins), _bins(after.bins), **said)
    yield from _pair(
        _K.CATEGORIES, f"{code}.categories", dict(before.categories), dict(after.categories), **said
    )  # fmt: skip
    yield from _pair(_K.MISSING, f"{code}.missing", before.missing, after.missing, **said)
    yield from _pair(_K.WINDOW, f"{code}.window_days", before.window_days, after.window_days, **said)
    yield from _pair(
        _K.WORDING, f"{code}.label", {"unit": before.unit, **before.label}, {"unit": after.unit, **after.label}, **said
    )


def _bins(bins: Sequence[Bin]) -> list[list[float | None]]:
    return [[one.upto, one.points] for one in bins]


def _bands(before: Scorecard, after: Scorecard) -> Iterator[Difference]:
    for level in ("medium", "high", "critical"):
        yield from _pair(_K.BAND, f"bands.{level}", getattr(before.bands, level), getattr(after.bands, level))


def _floors(before: Scorecard, after: Scorecard) -> Iterator[Difference]:
    old, new = ({one.when: one.level.value for one in card.floors} for card in (before, after))
    for when in {**old, **new}:
        kind = _K.FLOOR_ADDED if when not in old else _K.FLOOR_REMOVED if when not in new else _K.FLOOR_LEVEL
        yield from _pair(kind, f"floors.{when}", old.get(when), new.get(when))
