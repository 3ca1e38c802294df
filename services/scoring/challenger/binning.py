"""Monotone bins with their weight of evidence, one indicator at a time (optbinning; Navas-Palencia 2020)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.scoring.comparison.statistics import Bools, Floats

LEAST_SHARE, LEAST_BAD, MOST_FIRST_BINS = 0.02, 5, 25
#: A bin is eased towards the usual rate as if it held so many more cases of it: thin bins say little.
EASED_BY = 10.0
#: An indicator known of fewer cases than this, or telling less than this (information value), is left out.
LEAST_KNOWN, LEAST_INFORMATION = 100, 0.02


@dataclass(frozen=True)
class Bins:
    """`edges` part the values as a card does (an edge belongs to the bin above). `evidence`: each bin's log odds of
    turning bad against the usual odds, and last that of a missing value; `cases`, `bads` likewise."""

    edges: tuple[float, ...]
    evidence: tuple[float, ...]
    cases: tuple[int, ...]
    bads: tuple[int, ...]
    information: float

    def place(self, values: Floats) -> Floats:
        """The evidence of each value."""
        evidence: Floats = np.array(self.evidence)[places(values, self.edges)]
        return evidence


def places(values: Floats, edges: tuple[float, ...]) -> np.typing.NDArray[np.int64]:
    """The bin of each value; the last number stands for missing."""
    found = np.searchsorted(np.array(edges), values, side="right")
    return np.where(np.isnan(values), len(edges) + 1, found).astype(np.int64)


def binned(code: str, values: Floats, bad: Bools, rises: bool) -> Bins | None:
    """Bins whose evidence only rises (or falls); None where the indicator is hardly ever known or tells nothing."""
    known = ~np.isnan(values)
    if known.sum() < LEAST_KNOWN or not bad[known].any() or len(np.unique(values[known])) < 2:
        return None
    edges = _tidied(_edges(code, values[known], bad[known], rises), values[known])
    if not edges:
        return None
    place = places(values, edges)
    cases: Floats = np.bincount(place, minlength=len(edges) + 2).astype(np.float64)
    bads: Floats = np.bincount(place, weights=bad, minlength=len(edges) + 2).astype(np.float64)
    evidence, information = _evidence(cases, bads, rises)
    if information < LEAST_INFORMATION:
        return None
    return Bins(
        edges, tuple(evidence.tolist()), tuple(int(one) for one in cases), tuple(int(one) for one in bads), information
    )


def _edges(code: str, values: Floats, bad: Bools, rises: bool) -> list[float]:
    from optbinning import OptimalBinning

    found = OptimalBinning(
        name=code, dtype="numerical", monotonic_trend="ascending" if rises else "descending",
        min_bin_size=LEAST_SHARE, min_bin_n_event=LEAST_BAD, max_n_prebins=MOST_FIRST_BINS,
    ).fit(values, bad.astype(int))  # fmt: skip
    return [float(one) for one in found.splits]


def _tidied(edges: list[float], values: Floats) -> tuple[float, ...]:
    """The shortest number between the two values that an edge parts, as a person would write it."""
    found: list[float] = []
    for edge in edges:
        below, above = values[values < edge], values[values >= edge]
        low, high = (below.max() if len(below) else edge), (above.min() if len(above) else edge)
        tidy = next((one for one in (round(edge, digits) for digits in range(7)) if low < one <= high), edge)
        if not found or tidy > found[-1]:
            found.append(float(tidy))
    return tuple(found)


def _evidence(cases: Floats, bads: Floats, rises: bool) -> tuple[Floats, float]:
    from sklearn.isotonic import IsotonicRegression

    usual = bads.sum() / cases.sum()
    weight = cases + EASED_BY
    rate = (bads + EASED_BY * usual) / weight
    order = np.arange(len(rate) - 1)
    rate[:-1] = IsotonicRegression(increasing=rises).fit_transform(order, rate[:-1], sample_weight=weight[:-1])
    evidence = np.log(rate / (1 - rate)) - np.log(usual / (1 - usual))
    goods = cases - bads
    information = float(((bads / bads.sum() - goods / goods.sum()) * evidence).sum())
    return evidence, information
