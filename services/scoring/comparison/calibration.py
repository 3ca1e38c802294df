"""Whether a score's likelihoods come true: the link is fitted on the past only, and read on what came later."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from services.scoring.comparison.statistics import FEW_BAD, Bools, Floats, brier, share_interval

#: A logistic curve stands on fewer cases than steps that isotonic regression may draw anywhere.
ENOUGH_FOR_ISOTONIC = 200


@dataclass(frozen=True)
class Band:
    """One band of the score on later cases: how many were expected to turn bad and how many did, with its interval."""

    low: float
    high: float
    cases: int
    bad: int
    expected: float
    observed_low: float
    observed_high: float


@dataclass(frozen=True)
class Calibration:
    """`link`: how scores were turned into likelihoods; `fitted_on` cases of the past, `fitted_bad` of them bad."""

    link: str
    fitted_on: int
    fitted_bad: int
    brier: float | None
    brier_of_base_rate: float | None
    bands: tuple[Band, ...]


def calibration(
    past_score: Floats, past_bad: Bools, score: Floats, bad: Bools, edges: tuple[float, ...]
) -> Calibration | None:
    """Likelihoods of later cases by a link fitted on earlier ones; None where either part lacks a class or cases.

    Isotonic regression where the past holds many bad cases, else a logistic curve (Niculescu-Mizil and Caruana 2005).
    """
    if past_bad.sum() < FEW_BAD or past_bad.all() or not len(bad):
        return None
    is_isotonic = int(past_bad.sum()) >= ENOUGH_FOR_ISOTONIC
    likely = (_isotonic if is_isotonic else _logistic)(past_score, past_bad, score)
    base = np.full(len(bad), past_bad.mean())
    return Calibration(
        link="isotonic" if is_isotonic else "logistic",
        fitted_on=len(past_bad),
        fitted_bad=int(past_bad.sum()),
        brier=brier(likely, bad),
        brier_of_base_rate=brier(base, bad),
        bands=_bands(score, bad, likely, (0.0, *edges, 100.0)),
    )


def _isotonic(past_score: Floats, past_bad: Bools, score: Floats) -> Floats:
    from sklearn.isotonic import IsotonicRegression

    link = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(past_score, past_bad.astype(float))
    return np.asarray(link.predict(score), dtype=np.float64)


def _logistic(past_score: Floats, past_bad: Bools, score: Floats) -> Floats:
    from sklearn.linear_model import LogisticRegression

    link = LogisticRegression(C=1e6).fit(past_score[:, None] / 10.0, past_bad.astype(int))
    return np.asarray(link.predict_proba(score[:, None] / 10.0)[:, 1], dtype=np.float64)


def _bands(score: Floats, bad: Bools, likely: Floats, edges: tuple[float, ...]) -> tuple[Band, ...]:
    found = []
    for low, high in pairwise(edges):
        here = (score >= low) & ((score < high) if high < edges[-1] else (score <= high))
        cases, bads = int(here.sum()), int(bad[here].sum())
        observed = share_interval(bads, cases)
        found.append(Band(low, high, cases, bads, float(likely[here].sum()), *observed))
    return tuple(found)
