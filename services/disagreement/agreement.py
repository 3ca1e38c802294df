"""How far two grades of the same customers agree: share, weighted kappa with its interval, direction (SPEC 9.3)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from db.enums import RiskLevel

LEVELS = tuple(level.value for level in RiskLevel)
_RANK = {level: rank for rank, level in enumerate(LEVELS)}
_STEPS = len(LEVELS) - 1
#: Of a normal distribution: 95 % lie within so many standard errors.
_NINETY_FIVE = 1.959964

#: Pairs of grades (initial, final) and how many customers have each.
Counts = Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Kappa:
    """A weighted kappa and its 95 % interval."""

    value: Fraction
    low: float
    high: float


@dataclass(frozen=True)
class Agreement:
    """Agreement of initial and final grades. `softer`: the initial grade was below the final one; `harder`: above it.

    `steps` is the sum of final minus initial in levels: above 0, the initial grades were too soft.
    """

    counts: Counts
    pairs: int
    agreeing: int
    softer: int
    harder: int
    steps: int
    quadratic: Kappa | None
    linear: Kappa | None

    @property
    def share(self) -> Fraction | None:
        """Pairs with the same grade out of all; None without pairs."""
        return Fraction(self.agreeing, self.pairs) if self.pairs else None

    @property
    def mean_steps(self) -> Fraction | None:
        """By how many levels the final grade lies above the initial one, on average."""
        return Fraction(self.steps, self.pairs) if self.pairs else None


# --- rules


def steps_between(initial: str, final: str) -> int:
    """Levels from the initial grade up to the final one; below 0 where the final one is lower."""
    return _RANK[final] - _RANK[initial]


def agreement_of(cells: Iterable[tuple[str, str, int]]) -> Agreement:
    """Everything that the counts of (initial, final, number) say."""
    counts: Counter[tuple[str, str]] = Counter()
    for initial, final, number in cells:
        counts[initial, final] += number
    distances = {pair: steps_between(*pair) for pair in counts}
    return Agreement(
        counts=dict(counts),
        pairs=counts.total(),
        agreeing=sum(number for pair, number in counts.items() if distances[pair] == 0),
        softer=sum(number for pair, number in counts.items() if distances[pair] > 0),
        harder=sum(number for pair, number in counts.items() if distances[pair] < 0),
        steps=sum(number * distances[pair] for pair, number in counts.items()),
        quadratic=weighted_kappa(counts, _quadratic),
        linear=weighted_kappa(counts, _linear),
    )


def _quadratic(first: int, second: int) -> Fraction:
    return 1 - Fraction((first - second) ** 2, _STEPS**2)


def _linear(first: int, second: int) -> Fraction:
    return 1 - Fraction(abs(first - second), _STEPS)


def weighted_kappa(counts: Counts, weight: Callable[[int, int], Fraction]) -> Kappa | None:
    """Weighted kappa (Cohen 1968, Psychological Bulletin 70:213-220): how much of what chance leaves open is agreed on.

    The interval is the large-sample one of Fleiss, Cohen and Everitt (1969, Psychological Bulletin 72:323-327).
    None where chance alone would agree wholly: all pairs lie in one grade, or there are none.
    """
    total = sum(counts.values())
    if not total:
        return None
    ranks = range(len(LEVELS))
    share = {(_RANK[one], _RANK[other]): Fraction(number, total) for (one, other), number in counts.items()}
    rows = [sum((share.get((i, j), Fraction(0)) for j in ranks), Fraction(0)) for i in ranks]
    columns = [sum((share.get((i, j), Fraction(0)) for i in ranks), Fraction(0)) for j in ranks]
    observed = sum((part * weight(i, j) for (i, j), part in share.items()), Fraction(0))
    by_chance = sum((rows[i] * columns[j] * weight(i, j) for i in ranks for j in ranks), Fraction(0))
    if by_chance == 1:
        return None
    kappa = (observed - by_chance) / (1 - by_chance)
    of_row = [sum((columns[j] * weight(i, j) for j in ranks), Fraction(0)) for i in ranks]
    of_column = [sum((rows[i] * weight(i, j) for i in ranks), Fraction(0)) for j in ranks]
    spread = sum(
        (part * (weight(i, j) - (of_row[i] + of_column[j]) * (1 - kappa)) ** 2 for (i, j), part in share.items()),
        Fraction(0),
    )
    variance = (spread - (kappa - by_chance * (1 - kappa)) ** 2) / (total * (1 - by_chance) ** 2)
    margin = _NINETY_FIVE * math.sqrt(max(variance, Fraction(0)))
    return Kappa(kappa, max(-1.0, float(kappa) - margin), min(1.0, float(kappa) + margin))
