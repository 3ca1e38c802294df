"""What a fitted scorecard may be made of: indicators whose past values are known, and which way each one is bad."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.scoring.card import Bands, DimensionCard, Indicator, Scorecard
from services.scoring.spare import spare_indicators

#: Their values on a past day are not in the data: the register carries no dates (docs/scorecard.md, "What is weak").
UNDATED = frozenset({"credit_rating", "limit_use"})


@dataclass(frozen=True)
class Candidate:
    """An indicator that may be taken in. `rises`: a greater value is worse; of a name, a greater `order` is worse."""

    dimension: str
    indicator: Indicator
    rises: bool

    @property
    def order(self) -> Mapping[str, float]:
        """Names from safe to risky, by the points that experts gave them."""
        return self.indicator.categories


#: Whether a fall of trade is a bad sign depends on the season: that is for people to set.
_LEFT_OUT = frozenset({"amount_trend"})


def _extra(dimension: str, one: Mapping[str, Any]) -> Candidate:
    indicator = Indicator(one["code"], 1.0, window_days=one.get("window_days"), unit=one["unit"], label=one["label"])
    return Candidate(dimension, indicator, rises=one["good_direction"] == "low")


#: Measured, but not on the shipped card.
EXTRA = tuple(_extra(dimension, one) for dimension, one in spare_indicators() if one["code"] not in _LEFT_OUT)


def candidates(card: Scorecard) -> tuple[Candidate, ...]:
    """A card's own indicators with the direction that its points rise in, and those above."""
    found = {
        one.code: Candidate(dimension.name, one, _rises(one))
        for dimension in card.dimensions
        for one in dimension.indicators
        if one.code not in UNDATED
    }
    return (*found.values(), *(one for one in EXTRA if one.indicator.code not in found))


def _rises(one: Indicator) -> bool:
    return one.is_category or one.bins[-1].points >= one.bins[0].points


def measuring_card(found: tuple[Candidate, ...]) -> Scorecard:
    """A card that measures all of them: it is never scored with."""
    names = dict.fromkeys(one.dimension for one in found)
    return Scorecard(
        "measuring", 1,
        tuple(
            DimensionCard(name, 1.0, tuple(one.indicator for one in found if one.dimension == name)) for name in names
        ),
        Bands(35, 55, 70),
    )  # fmt: skip
