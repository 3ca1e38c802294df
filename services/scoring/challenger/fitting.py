"""The model: logistic regression on weights of evidence, every coefficient at least 0.

Evidence already points the bad way, so a coefficient below 0 would mean that what is bad alone is good in company: a
sign of two indicators saying the same. Holding coefficients at 0 or more drops such indicators instead (their
coefficient becomes 0). An L2 penalty, chosen by cross-validation over whole customers, shares weight among the rest.
Cases are not reweighted: the few bad cases keep their true share, so likelihoods need no correction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from services.scoring.challenger.binning import Bins, binned
from services.scoring.challenger.candidates import Candidate
from services.scoring.challenger.cases import Past
from services.scoring.comparison.statistics import Bools, Codes, Floats

PENALTIES = (1.0, 3.0, 10.0, 30.0, 100.0)
FOLDS = 5
#: Bad customers for each indicator taken in (Peduzzi et al. 1996, J. Clinical Epidemiology 49:1373-1379).
EVENTS_PER_INDICATOR = 10
MOST_INDICATORS = 14
#: An indicator that moves the score by less than this part of its whole range is not worth a line on the card.
LEAST_PART = 0.015


@dataclass(frozen=True)
class Term:
    """One indicator of the model: log odds of a case rise by `coefficient` times the evidence of its bin."""

    candidate: Candidate
    bins: Bins
    coefficient: float

    @property
    def contributions(self) -> tuple[float, ...]:
        """Log odds by bin, missing last."""
        return tuple(self.coefficient * one for one in self.bins.evidence)

    @property
    def span(self) -> float:
        """From its safest to its riskiest bin."""
        return max(self.contributions) - min(self.contributions)


@dataclass(frozen=True)
class Model:
    """Log odds = `intercept` + the terms' contributions. `left_out`: code -> why."""

    intercept: float
    terms: tuple[Term, ...]
    penalty: float
    left_out: Mapping[str, str]

    def log_odds(self, values: Mapping[str, Floats]) -> Floats:
        """Of each case."""
        first = next(iter(values.values()))
        total = np.full(len(first), self.intercept)
        for one in self.terms:
            total += one.coefficient * one.bins.place(values[one.candidate.indicator.code])
        return total


TELLS_NOTHING, ADDS_NOTHING, TOO_MANY = "tells_nothing", "adds_nothing", "too_many"


def fitted(past: Past, found: Sequence[Candidate]) -> Model:
    """The model of these cases. The caller has seen to it that there are enough bad ones."""
    bins = {
        one.indicator.code: binned(one.indicator.code, past.values[one.indicator.code], past.bad, one.rises)
        for one in found
    }
    left_out = {code: TELLS_NOTHING for code, one in bins.items() if one is None}
    usable = [(one, each) for one in found if (each := bins[one.indicator.code]) is not None]
    if not usable:
        return Model(_usual(past.bad), (), 0.0, left_out)
    columns = np.column_stack([each.place(past.values[one.indicator.code]) for one, each in usable])
    penalty = _chosen_penalty(columns, past.bad, past.customer)
    kept = list(range(len(usable)))
    room = max(1, min(MOST_INDICATORS, past.bad_customers // EVENTS_PER_INDICATOR))
    while True:
        weights, intercept = _solved(columns[:, kept], past.bad, penalty)
        spans = np.array([weights[at] * np.ptp(usable[one][1].evidence) for at, one in enumerate(kept)])
        worst = int(spans.argmin())
        is_idle = spans[worst] < LEAST_PART * spans.sum()
        if len(kept) == 1 or not (is_idle or len(kept) > room):
            break
        left_out[usable[kept[worst]][0].indicator.code] = ADDS_NOTHING if is_idle else TOO_MANY
        del kept[worst]
    terms = tuple(Term(*usable[one], float(weights[at])) for at, one in enumerate(kept))
    return Model(intercept, terms, penalty, left_out)


def _usual(bad: Bools) -> float:
    share = float(bad.mean())
    return float(np.log(share / (1 - share)))


def _chosen_penalty(columns: Floats, bad: Bools, customers: Codes) -> float:
    """The penalty with the least log loss on customers that took no part in the fit."""
    _, order = np.unique(customers, return_inverse=True)
    # A fixed shuffle: the same cases give the same card.
    fold = np.random.default_rng(7).permutation(order.max() + 1)[order] % FOLDS
    losses = []
    for penalty in PENALTIES:
        loss = 0.0
        for one in range(FOLDS):
            train, test = fold != one, fold == one
            if bad[train].any() and test.any():
                weights, intercept = _solved(columns[train], bad[train], penalty)
                loss += _loss(columns[test] @ weights + intercept, bad[test])
        losses.append(loss)
    return PENALTIES[int(np.argmin(losses))]


def _loss(log_odds: Floats, bad: Bools) -> float:
    return float((np.logaddexp(0.0, log_odds) - bad * log_odds).sum())


def _solved(columns: Floats, bad: Bools, penalty: float) -> tuple[Floats, float]:
    """Coefficients at least 0, and the intercept, which is not penalised."""
    from scipy.optimize import minimize

    count = columns.shape[1]

    def objective(at: Floats) -> tuple[float, Floats]:
        log_odds = columns @ at[:count] + at[count]
        miss = 1 / (1 + np.exp(-log_odds)) - bad
        slope = np.append(columns.T @ miss + penalty * at[:count], miss.sum())
        return _loss(log_odds, bad) + penalty / 2 * float(at[:count] @ at[:count]), slope

    start = np.append(np.full(count, 1.0 / count), _usual(bad))
    bounds = [(0.0, None)] * count + [(None, None)]
    found = minimize(objective, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x[:count], dtype=np.float64), float(found.x[count])
