"""What would lower a level: "high becomes medium if the worst delay falls below 11 days" (SPEC 6), in plain values."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from db.enums import RiskLevel
from services.scoring.card import LEVELS, Indicator, Scorecard
from services.scoring.rules import Value, combine, points_for

MOST_SHOWN = 3


class Direction(StrEnum):
    """Where the value must get to."""

    BELOW = "below"
    AT_LEAST = "at_least"
    IS = "is"


@dataclass(frozen=True)
class BinChange:
    """One indicator moved to another bin (or category): `steps` bins away, from `points_before` to `points_after`."""

    indicator: str
    direction: Direction
    limit: float | str
    points_before: float
    points_after: float
    steps: int


@dataclass(frozen=True)
class Counterfactual:
    """What is enough for a lower level: bin changes, floors that must end, and the score and level reached."""

    changes: tuple[BinChange, ...]
    ended_floors: tuple[str, ...]
    score: Decimal | None
    level: RiskLevel | None


def counterfactuals(
    values: Mapping[str, Value], card: Scorecard, floors: Collection[str] = (), fixed: Collection[str] = ()
) -> tuple[Counterfactual, ...]:
    """The nearest changes that lower the level by at least one, fewest bins first; at most three.

    One indicator alone where one is enough, else several together, the most effective first. A floor that holds the
    level must end first; where its end is enough, that is the answer. Nothing lowers the lowest level. Indicators in
    `fixed` stay as they are.
    """
    own = {one.code: points_for(values.get(one.code), one) for one in card.indicators}
    now = combine(card, own, floors)
    if now.level in (None, RiskLevel.LOW):
        return ()
    ended, remaining = _floors_to_end(card, own, floors, now.level)
    if ended:
        freed = combine(card, own, remaining)
        if _is_lower(freed.level, now.level):
            return (Counterfactual((), ended, freed.score, freed.level),)
    movable = tuple(one for one in card.indicators if one.code not in fixed)
    trial = _Trial(card, movable, own, remaining, ended, now.level)
    single = sorted(trial.singles(values), key=lambda one: (one.changes[0].steps, one.score or 0))
    return tuple(single[:MOST_SHOWN]) or trial.together(values)


def lower_bins(indicator: Indicator, value: Value) -> Iterator[BinChange]:
    """The moves of one value to bins or categories with fewer points, nearest first."""
    before = points_for(value, indicator)
    if value is None or before is None:
        return
    found = _better_categories(indicator, before) if indicator.is_category else _better_bins(indicator, value, before)
    yield from sorted(found, key=lambda one: (one.steps, one.points_after))


def _better_bins(indicator: Indicator, value: Value, before: float) -> Iterator[BinChange]:
    bins = indicator.bins
    at = next(place for place, one in enumerate(bins) if one.upto is None or float(value or 0) < one.upto)
    for place, one in enumerate(bins):
        if one.points >= before:
            continue
        edge = one.upto if place < at else bins[place - 1].upto
        if edge is not None:
            direction = Direction.BELOW if place < at else Direction.AT_LEAST
            yield BinChange(indicator.code, direction, edge, before, one.points, abs(place - at))


def _better_categories(indicator: Indicator, before: float) -> Iterator[BinChange]:
    """One category for each lower number of points, the card's first: a step is one number of points."""
    first: dict[float, str] = {}
    for name, points in indicator.categories.items():
        if points < before:
            first.setdefault(points, name)
    for steps, points in enumerate(sorted(first, reverse=True), start=1):
        yield BinChange(indicator.code, Direction.IS, first[points], before, points, steps)


def _is_lower(level: RiskLevel | None, than: RiskLevel | None) -> bool:
    return level is None or (than is not None and LEVELS.index(level) < LEVELS.index(than))


def _floors_to_end(
    card: Scorecard, own: Mapping[str, float | None], floors: Collection[str], level: RiskLevel | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Floors that alone keep a level (they must end) and those that may stay."""
    applying = [one for one in card.floors if one.when in floors]
    ended = tuple(one.when for one in applying if not _is_lower(one.level, level))
    return ended, tuple(one.when for one in applying if one.when not in ended)


@dataclass(frozen=True)
class _Trial:
    """Tries changes against one customer's points."""

    card: Scorecard
    movable: tuple[Indicator, ...]
    own: Mapping[str, float | None]
    floors: tuple[str, ...]
    ended: tuple[str, ...]
    level: RiskLevel | None

    def after(self, changes: tuple[BinChange, ...]) -> Counterfactual:
        points = {**self.own, **{one.indicator: one.points_after for one in changes}}
        result = combine(self.card, points, self.floors)
        return Counterfactual(changes, self.ended, result.score, result.level)

    def singles(self, values: Mapping[str, Value]) -> Iterator[Counterfactual]:
        """For each indicator its nearest move that is enough alone."""
        for indicator in self.movable:
            for change in lower_bins(indicator, values.get(indicator.code)):
                reached = self.after((change,))
                if _is_lower(reached.level, self.level):
                    yield reached
                    break

    def together(self, values: Mapping[str, Value]) -> tuple[Counterfactual, ...]:
        """Best moves of several indicators, most effective first, until they are enough; without those not needed."""
        best = []
        for indicator in self.movable:
            moves = list(lower_bins(indicator, values.get(indicator.code)))
            if moves:
                best.append(min(moves, key=lambda one: one.points_after))
        best.sort(key=lambda one: self.after((one,)).score or Decimal(0))
        for count in range(2, len(best) + 1):
            reached = self.after(tuple(best[:count]))
            if _is_lower(reached.level, self.level):
                return (self._softened(reached, values),)
        return ()

    def _softened(self, found: Counterfactual, values: Mapping[str, Value]) -> Counterfactual:
        """The same indicators with the least move of each that is still enough."""
        changes = list(found.changes)
        for place, one in enumerate(found.changes):
            _, indicator = self.card.by_code[one.indicator]
            for move in lower_bins(indicator, values.get(one.indicator)):
                trial = self.after((*changes[:place], move, *changes[place + 1 :]))
                if _is_lower(trial.level, self.level):
                    changes[place] = move
                    break
        return self.after(tuple(changes))
