"""The arithmetic of a score, in plain values (docs/scorecard.md, "How a score is made").

compile.py does the same in SQL. Both add in the card's order in double precision and round the result to six places,
half away from zero, so that they agree to the last digit and a level never hangs on a rounding error.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from db.enums import RiskLevel
from services.scoring.card import LEVELS, Bands, DimensionCard, Floor, Indicator, Scorecard

#: A measured value: a number, or a name (a rating, a size class); None where nothing is known.
Value = float | str | None

PLACES = 6
_STEP = Decimal(1).scaleb(-PLACES)


@dataclass(frozen=True)
class DimensionScore:
    """One dimension of a score. `score` None: no data. `weight`: its part of 100 after sharing. `coverage`: 0 to 1."""

    score: Decimal | None
    weight: Decimal
    coverage: Decimal


@dataclass(frozen=True)
class Scored:
    """A score from 0 to 100 (None: nothing is known) with its level; `floor`: the fact that holds the level, if any."""

    score: Decimal | None
    level: RiskLevel | None
    coverage: Decimal
    dimensions: Mapping[str, DimensionScore]
    floor: str | None


def points_for(value: Value, indicator: Indicator) -> float | None:
    """The points (0-100) of a value of its own; None where it is unknown or no category of the card."""
    if value is None:
        return None
    if indicator.is_category:
        return indicator.categories.get(str(value))
    for one in indicator.bins:
        if one.upto is None or float(value) < one.upto:
            return one.points
    return None


def with_stand_ins(
    card: Scorecard, dimension: DimensionCard, own: Mapping[str, float | None]
) -> dict[str, float | None]:
    """Points by indicator, stand-ins included. Only an additive card scores a dimension on stand-ins alone."""
    is_known = any(own.get(one.code) is not None for one in card.evidence_for(dimension))
    return {
        one.code: one.missing if is_known and own.get(one.code) is None else own.get(one.code)
        for one in dimension.indicators
    }


def level_of(score: Decimal, bands: Bands) -> RiskLevel:
    """The level that a score falls into; a band's edge belongs to the level above."""
    for level, least in (
        (RiskLevel.CRITICAL, bands.critical), (RiskLevel.HIGH, bands.high), (RiskLevel.MEDIUM, bands.medium),
    ):  # fmt: skip
        if score >= Decimal(str(least)):
            return level
    return RiskLevel.LOW


def holding_floor(level: RiskLevel | None, floors: Collection[Floor]) -> Floor | None:
    """Of the floors that apply (in the card's order) the one below which the level can't fall, if it reaches it."""
    highest: Floor | None = None
    for one in floors:
        if highest is None or LEVELS.index(one.level) > LEVELS.index(highest.level):
            highest = one
    if highest is None or (level is not None and LEVELS.index(level) > LEVELS.index(highest.level)):
        return None
    return highest


def combine(card: Scorecard, own: Mapping[str, float | None], floors: Collection[str] = ()) -> Scored:
    """The score from each indicator's own points and the names of the floors that apply."""
    raw = {one.name: _dimension_score(card, one, own) for one in card.dimensions}
    known = sum((one.weight for one in card.dimensions if raw[one.name][0] is not None), 0.0)
    reached, covered, whole = 0.0, 0.0, 0.0
    for one in card.dimensions:
        reading, coverage = raw[one.name]
        reached += 0.0 if reading is None else one.weight * reading
        covered += one.weight * coverage
        whole += one.weight
    score = rounded(reached / known) if known else None
    band = None if score is None else level_of(score, card.bands)
    floor = holding_floor(band, [one for one in card.floors if one.when in floors])
    return Scored(
        score=score,
        level=floor.level if floor else band,
        coverage=rounded(covered / whole),
        dimensions={
            one.name: DimensionScore(
                score=_rounded_or_none(raw[one.name][0]),
                weight=rounded(0.0 if raw[one.name][0] is None else 100.0 * one.weight / known),
                coverage=rounded(raw[one.name][1]),
            )
            for one in card.dimensions
        },
        floor=floor.when if floor else None,
    )


def scored(card: Scorecard, values: Mapping[str, Value], floors: Collection[str] = ()) -> Scored:
    """The score from each indicator's value and the names of the floors that apply."""
    return combine(card, {one.code: points_for(values.get(one.code), one) for one in card.indicators}, floors)


def contributions(card: Scorecard, own: Mapping[str, float | None]) -> dict[str, float]:
    """How many of the score's points each indicator brings, stand-ins included. They add up to the score."""
    shares: dict[str, float] = {}
    known = [one for one in card.dimensions if any(own.get(each.code) is not None for each in card.evidence_for(one))]
    among = sum(one.weight for one in known)
    for dimension in known:
        points = with_stand_ins(card, dimension, own)
        counted = sum(one.weight for one in dimension.indicators if points[one.code] is not None)
        for one in dimension.indicators:
            reached = points[one.code]
            if reached is not None:
                shares[one.code] = dimension.weight / among * one.weight / counted * reached
    return shares


def rounded(value: float) -> Decimal:
    """Six places, half away from zero, of the fifteen digits that Postgres keeps when it makes a number of a float."""
    return Decimal(f"{value:.15g}").quantize(_STEP, ROUND_HALF_UP)


def _rounded_or_none(value: float | None) -> Decimal | None:
    return None if value is None else rounded(value)


def _dimension_score(
    card: Scorecard, dimension: DimensionCard, own: Mapping[str, float | None]
) -> tuple[float | None, float]:
    """Unrounded score (None: no data) and coverage."""
    points = with_stand_ins(card, dimension, own)
    reached, counted, known, whole = 0.0, 0.0, 0.0, 0.0
    for one in dimension.indicators:
        each = points[one.code]
        reached += 0.0 if each is None else one.weight * each
        counted += 0.0 if each is None else one.weight
        known += 0.0 if own.get(one.code) is None else one.weight
        whole += one.weight
    return (reached / counted if counted else None), known / whole
