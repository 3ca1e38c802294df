"""How well scores tell bad customers from good ones, and how sure that is. Plain numbers in and out.

A customer seen at several month ends is several cases that say much the same: intervals and tests add each
customer's cases up before they measure spread (Obuchowski 1997, Biometrics 53:567-578). Where every customer is one
case this is DeLong's variance (DeLong et al. 1988, Biometrics 44:837-845) by the ranks of Sun and Xu (2014, IEEE
Signal Processing Letters 21:1389-1393), up to the factor n / (n - 1).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int64]

#: Half the width of a 95 % interval in standard errors.
_Z = NormalDist().inv_cdf(0.975)
#: Fewer bad cases than this and a figure is called uncertain (the small-sample bound of DeLong intervals in practice).
FEW_BAD = 30
STABILITY_GROUPS = 10
#: The usual reading of a stability index: below the first nothing has moved, above the second a lot has.
STABLE, SHIFTED = 0.10, 0.25


@dataclass(frozen=True)
class Area:
    """An AUC with its 95 % interval; None where a class is empty (or has one case, for the interval)."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class AreaDifference:
    """The first AUC less the second, with 95 % interval and the two-sided p of no difference."""

    value: float | None
    low: float | None
    high: float | None
    p: float | None


@dataclass(frozen=True)
class Quality:
    """How one scorecard did on matured cases. `is_uncertain`: fewer than FEW_BAD bad cases."""

    cases: int
    bad: int
    area: Area
    gini: float | None
    ks: float | None
    is_uncertain: bool


@dataclass(frozen=True)
class Stability:
    """Population stability index; `limit` is what chance alone exceeds once in twenty at these sizes."""

    value: float | None
    limit: float | None
    before: int
    after: int

    @property
    def has_moved(self) -> bool:
        """More than chance, and more than the usual limit."""
        return self.value is not None and self.value > max(STABLE, self.limit or 0.0)


def _midranks(values: Floats) -> Floats:
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Floats = (np.cumsum(count) - (count - 1) / 2)[place]
    return ranks


def placements(score: Floats, bad: Bools) -> Floats:
    """Per case the part of the other class that it beats (bad: goods below it; good: bads above it), ties half."""
    own = np.empty(len(score))
    own[bad], own[~bad] = _midranks(score[bad]), _midranks(score[~bad])
    beaten = _midranks(score) - own
    goods, bads = int((~bad).sum()), int(bad.sum())
    return np.where(bad, beaten / max(goods, 1), 1.0 - beaten / max(bads, 1))


def _influence(score: Floats, bad: Bools, clusters: Codes) -> tuple[float, Floats]:
    """The AUC, and by how much each customer moves it."""
    placed = placements(score, bad)
    value = float(placed[bad].mean())
    moved = (placed - value) / np.where(bad, bad.sum(), (~bad).sum())
    _, cluster = np.unique(clusters, return_inverse=True)
    total: Floats = np.bincount(cluster, weights=moved).astype(np.float64)
    return value, total


def _spread(moved: Floats) -> float:
    count = len(moved)
    return math.sqrt(count / (count - 1) * float((moved**2).sum())) if count > 1 else math.nan


def area(score: Floats, bad: Bools, clusters: Codes) -> Area:
    """AUC with a cluster-aware interval, made on the log-odds scale so that it stays between 0 and 1."""
    if not bad.any() or bad.all():
        return Area(None, None, None)
    value, moved = _influence(score, bad, clusters)
    error = _spread(moved)
    if bad.sum() < 2 or (~bad).sum() < 2 or not 0 < value < 1:
        return Area(value, None, None)
    middle, half = math.log(value / (1 - value)), _Z * error / (value * (1 - value))
    return Area(value, 1 / (1 + math.exp(half - middle)), 1 / (1 + math.exp(-half - middle)))


def area_difference(first: Floats, second: Floats, bad: Bools, clusters: Codes) -> AreaDifference:
    """DeLong's paired test of two scores on the same cases."""
    if not bad.any() or bad.all():
        return AreaDifference(None, None, None, None)
    (one, moved_one), (other, moved_other) = (_influence(score, bad, clusters) for score in (first, second))
    value, error = one - other, _spread(moved_one - moved_other)
    if bad.sum() < 2 or (~bad).sum() < 2:
        return AreaDifference(value, None, None, None)
    p = 2 * (1 - NormalDist().cdf(abs(value) / error)) if error > 0 else 1.0 if value == 0 else 0.0
    return AreaDifference(value, value - _Z * error, value + _Z * error, p)


def furthest(score: Floats, bad: Bools) -> float | None:
    """Kolmogorov-Smirnov: the greatest distance between the two cumulative shares, taken after whole ties."""
    if not bad.any() or bad.all():
        return None
    levels, place = np.unique(score, return_inverse=True)
    bads = np.bincount(place, weights=bad, minlength=len(levels)).cumsum() / bad.sum()
    goods = np.bincount(place, weights=~bad, minlength=len(levels)).cumsum() / (~bad).sum()
    return float(np.abs(bads - goods).max())


def quality(score: Floats, bad: Bools, clusters: Codes) -> Quality:
    """All of the above of one scorecard."""
    found = area(score, bad, clusters)
    return Quality(
        cases=len(score), bad=int(bad.sum()), area=found, gini=None if found.value is None else 2 * found.value - 1,
        ks=furthest(score, bad), is_uncertain=int(bad.sum()) < FEW_BAD,
    )  # fmt: skip


def brier(likelihood: Floats, bad: Bools) -> float | None:
    """Mean squared distance between likelihood and what came (Brier 1950); lower is better."""
    return float(((likelihood - bad) ** 2).mean()) if len(bad) else None


def share_interval(part: int, whole: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927, JASA 22:209-212)."""
    if not whole:
        return 0.0, 1.0
    share, square = part / whole, _Z**2
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    half = _Z / (1 + square / whole) * math.sqrt(share * (1 - share) / whole + square / (4 * whole**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def stability(before: Sequence[int], after: Sequence[int]) -> Stability:
    """Population stability index of two counts by the same groups, with a limit that knows the sample sizes.

    Without any shift the index is about (1/n + 1/m) times a chi-square of (groups - 1) degrees of freedom (Yurdakul
    and Naranjo 2020, Journal of Risk Model Validation 14(4)); the limit is its 95 % point. Groups that are empty on
    both sides are left out; half a case stands in where one side is empty.
    """
    from scipy.stats import chi2

    pairs = [(one, other) for one, other in zip(before, after, strict=True) if one or other]
    n, m = sum(one for one, _ in pairs), sum(other for _, other in pairs)
    if not n or not m or len(pairs) < 2:
        return Stability(None, None, n, m)
    shares = [(max(one, 0.5) / n, max(other, 0.5) / m) for one, other in pairs]
    value = sum((one - other) * math.log(one / other) for one, other in shares)
    return Stability(value, float(chi2.ppf(0.95, len(pairs) - 1)) * (1 / n + 1 / m), n, m)
