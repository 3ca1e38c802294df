"""What a scorecard says: indicators with bins, weights, level bands, floors (policy 2.1, SPEC 6, docs/scorecard.md)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from db.enums import RiskLevel

#: From safe to risky.
LEVELS = tuple(RiskLevel)


@dataclass(frozen=True)
class Bin:
    """Values below `upto` (and not below the bin before) get `points`; the last bin has no `upto`."""

    upto: float | None
    points: float


@dataclass(frozen=True)
class Indicator:
    """One measurable fact on a card. It has bins (a number) or categories (a name), never both.

    `weight` counts inside the dimension. `missing`: points that stand in where nothing is known; None leaves it out.
    `window_days` is None where the fact has no window.
    """

    code: str
    weight: float
    bins: tuple[Bin, ...] = ()
    categories: Mapping[str, float] = field(default_factory=dict)
    missing: float | None = None
    window_days: int | None = None
    unit: str = ""
    label: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_category(self) -> bool:
        """True when the value is a name (a rating, a size class)."""
        return bool(self.categories)


@dataclass(frozen=True)
class DimensionCard:
    """One dimension's indicators and its weight among the dimensions."""

    name: str
    weight: float
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True)
class Bands:
    """The lowest score of each level above low."""

    medium: float
    high: float
    critical: float


@dataclass(frozen=True)
class Floor:
    """A fact that lifts the level (never the score): `listed`, or `overdue_N` (N or more days past due)."""

    when: str
    level: RiskLevel

    @property
    def overdue_days(self) -> int | None:
        """The N of `overdue_N`."""
        return int(self.when.removeprefix("overdue_")) if self.when.startswith("overdue_") else None


@dataclass(frozen=True)
class Scorecard:
    """A whole card. `low_coverage` (0-1): below it a score asks for information.

    `is_additive`: stand-ins count in every dimension as soon as the card knows anything of the customer, so that no
    weight is ever shared out and the score is one sum over all indicators. A fitted model is such a sum.
    """

    name: str
    version: int
    dimensions: tuple[DimensionCard, ...]
    bands: Bands
    floors: tuple[Floor, ...] = ()
    low_coverage: float = 0.5
    is_additive: bool = False

    @property
    def indicators(self) -> Iterator[Indicator]:
        """All indicators in the card's order."""
        for dimension in self.dimensions:
            yield from dimension.indicators

    def evidence_for(self, dimension: DimensionCard) -> tuple[Indicator, ...]:
        """The indicators of which one must have a value of its own before stand-ins count in the dimension."""
        return tuple(self.indicators) if self.is_additive else dimension.indicators

    @cached_property
    def by_code(self) -> Mapping[str, tuple[DimensionCard, Indicator]]:
        """Each indicator with its dimension."""
        return {one.code: (dimension, one) for dimension in self.dimensions for one in dimension.indicators}


def definition_of(card: Scorecard) -> dict[str, Any]:
    """The card as it is stored: what `parsed_card` reads back to an equal card."""
    written = {
        "name": card.name,
        "version": card.version,
        "dimensions": {
            one.name: {"weight": one.weight, "indicators": [_indicator(each) for each in one.indicators]}
            for one in card.dimensions
        },
        "bands": {"medium": card.bands.medium, "high": card.bands.high, "critical": card.bands.critical},
        "floors": [{"when": one.when, "level": one.level.value} for one in card.floors],
        "low_coverage": card.low_coverage,
    }
    return written | {"is_additive": True} if card.is_additive else written


def _indicator(one: Indicator) -> dict[str, Any]:
    written: dict[str, Any] = {"code": one.code, "weight": one.weight, "missing": one.missing}
    if one.window_days is not None:
        written["window_days"] = one.window_days
    if one.is_category:
        written["categories"] = dict(one.categories)
    else:
        written["bins"] = [
            {"points": each.points} if each.upto is None else {"upto": each.upto, "points": each.points}
            for each in one.bins
        ]
    if one.unit:
        written["unit"] = one.unit
    if one.label:
        written["label"] = dict(one.label)
    return written


def canonical_json(card: Scorecard) -> str:
    """The card as text, the same for equal cards: what is compared, hashed and exported."""
    return json.dumps(definition_of(card), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
