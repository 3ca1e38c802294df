"""A fitted model as a scorecard of the ordinary engine, so that everything that works on scorecards works on it.

The score is a straight line of the log odds: 0 where every indicator is in its safest bin, 100 in its riskiest.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from services.scoring.card import Bands, Bin, DimensionCard, Floor, Indicator, Scorecard
from services.scoring.challenger.fitting import Model, Term
from services.scoring.comparison.statistics import Floats

_DIGITS = 6
#: Where the bands lie if the active card's shares can't say: likelihoods of turning bad.
MEDIUM, HIGH, CRITICAL = 0.05, 0.15, 0.35


@dataclass(frozen=True)
class Line:
    """Log odds = `intercept` + `slope` x score."""

    intercept: float
    slope: float

    def score(self, likelihood: float) -> float:
        """The score that a likelihood of turning bad stands at."""
        return (float(np.log(likelihood / (1 - likelihood))) - self.intercept) / self.slope

    def likelihood(self, score: float) -> float:
        """What a score says."""
        return float(1 / (1 + np.exp(-self.intercept - self.slope * score)))


def line_of(model: Model) -> Line:
    """How the model's card reads."""
    safest = model.intercept + sum(min(one.contributions) for one in model.terms)
    return Line(safest, sum(one.span for one in model.terms) / 100.0)


def card_of(model: Model, name: str, version: int, floors: tuple[Floor, ...], low_coverage: float) -> Scorecard:
    """The card; its bands are those of `bands_by_likelihood` until others are set."""
    names = dict.fromkeys(one.candidate.dimension for one in model.terms)
    dimensions = []
    for dimension in names:
        terms = [one for one in model.terms if one.candidate.dimension == dimension]
        indicators = tuple(_indicator(one) for one in terms)
        dimensions.append(DimensionCard(dimension, sum(one.weight for one in indicators), indicators))
    bands = bands_by_likelihood(line_of(model))
    return Scorecard(name, version, tuple(dimensions), bands, floors, low_coverage, is_additive=True)


def _indicator(term: Term) -> Indicator:
    """Weights are the spans in log odds: what the indicator can move."""
    low, span = min(term.contributions), term.span
    points = [round(100 * (one - low) / span, _DIGITS) for one in term.contributions]
    found = replace(term.candidate.indicator, weight=round(span, _DIGITS), missing=points[-1])
    edges = term.bins.edges
    if found.is_category:
        places = {name: int(np.searchsorted(edges, at, side="right")) for name, at in found.categories.items()}
        return replace(found, categories={name: points[place] for name, place in places.items()})
    uptos: list[float | None] = [*edges, None]
    return replace(found, bins=_merged([Bin(upto, each) for upto, each in zip(uptos, points[:-1], strict=True)]))


def _merged(bins: list[Bin]) -> tuple[Bin, ...]:
    """Neighbours of the same points are one bin."""
    found: list[Bin] = []
    for one in bins:
        if found and found[-1].points == one.points:
            found.pop()
        found.append(one)
    return tuple(found)


def bands_by_likelihood(line: Line) -> Bands:
    """Levels from 5, 15 and 35 % likelihood of turning bad."""
    return _ascending([line.score(one) for one in (MEDIUM, HIGH, CRITICAL)])


def bands_by_shares(fitted_scores: Floats, other_scores: Floats, other: Bands) -> Bands | None:
    """Bands that put as many cases into each level as another card does; None where it leaves a level empty."""
    found = []
    for edge in (other.medium, other.high, other.critical):
        share = float((other_scores >= edge).mean())
        if not 0 < share < 1:
            return None
        found.append(float(np.quantile(fitted_scores, 1 - share, method="higher")))
    return _ascending(found)


def _ascending(edges: list[float]) -> Bands:
    """Two decimals, between 0 and 100, each above the one before."""
    low, high, top = (round(one, 2) for one in edges)
    low = min(max(low, 0.01), 99.97)
    high = min(max(high, low + 0.01), 99.98)
    top = min(max(top, high + 0.01), 99.99)
    return Bands(round(low, 2), round(high, 2), round(top, 2))
