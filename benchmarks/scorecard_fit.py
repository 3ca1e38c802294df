"""The scorecard of docs/scorecard.md in numpy: score cases with a card, or fit its points and weights afresh.

The product scores in SQL; this second reading shares nothing with it but the card and the document.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]


# The card


def fed_indicators(card: dict[str, Any], columns: list[str]) -> dict[str, list[dict[str, Any]]]:
    """By dimension, the card's indicators that the data at hand can feed; dimensions without any are left out."""
    fed = {
        name: [item for item in dimension["indicators"] if item["code"] in columns]
        for name, dimension in card["dimensions"].items()
    }
    return {name: items for name, items in fed.items() if items}


def points_of(item: dict[str, Any], values: Floats) -> Floats:
    """Points of one numeric indicator; NaN where there is no value (its `missing` is the scorer's business)."""
    edges = np.array([one["upto"] for one in item["bins"][:-1]])
    points = np.array([one["points"] for one in item["bins"]], dtype=float)
    return np.where(np.isnan(values), np.nan, points[np.searchsorted(edges, values, side="right")])


def values_of(cases: pl.DataFrame, code: str) -> Floats:
    """A column as floats, NaN for null."""
    return cases[code].cast(pl.Float64).fill_null(float("nan")).to_numpy()


def shared_mean(points: Floats, weights: Floats) -> Floats:
    """Weighted mean of each row over what is there; NaN where nothing is."""
    there = ~np.isnan(points)
    total = (there * weights).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, (np.nan_to_num(points) * weights).sum(axis=1) / total, np.nan)


def dimension_points(items: list[dict[str, Any]], cases: pl.DataFrame) -> Floats:
    """Points of one dimension's indicators, a column each; `missing` fills in only beside real evidence."""
    points = np.column_stack([points_of(item, values_of(cases, item["code"])) for item in items])
    evidence = ~np.isnan(points).all(axis=1)
    for column, item in enumerate(items):
        if item["missing"] is not None:
            gap = np.isnan(points[:, column]) & evidence
            points[gap, column] = item["missing"]
    return points


def card_scores(card: dict[str, Any], cases: pl.DataFrame) -> Floats:
    """Scores 0-100 by the rules of SPEC 6: weights shared inside a dimension, then among dimensions."""
    fed = fed_indicators(card, cases.columns)
    parts = [
        shared_mean(dimension_points(items, cases), np.array([item["weight"] for item in items], dtype=float))
        for items in fed.values()
    ]
    weights = np.array([card["dimensions"][name]["weight"] for name in fed], dtype=float)
    return shared_mean(np.column_stack(parts), weights)


# Fitting afresh


def isotonic(rates: Floats, sizes: Floats) -> Floats:
    """The nearest non-decreasing sequence (pool adjacent violators)."""
    pools: list[tuple[float, float, int]] = []
    for rate, size in zip(rates, sizes, strict=True):
        pools.append((float(rate), float(size), 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, n, i), (b, m, j) = pools[-2:]
            pools[-2:] = [((a * n + b * m) / (n + m), n + m, i + j)]
    return np.repeat([pool[0] for pool in pools], [pool[2] for pool in pools])


def fitted_points(item: dict[str, Any], values: Floats, target: Floats) -> list[float]:
    """Points from smoothed, monotone log-odds of the bad rate per bin, lowest bin 0, highest 100."""
    edges = np.array([one["upto"] for one in item["bins"][:-1]])
    places = np.where(np.isnan(values), -1, np.searchsorted(edges, values, side="right"))
    falling = item["good_direction"] == "high"
    sizes = np.array([(places == place).sum() + 10.0 for place in range(len(edges) + 1)])
    rates = np.array([target[places == place].sum() for place in range(len(edges) + 1)]) + 10 * target.mean()
    order = slice(None, None, -1) if falling else slice(None)
    smooth = isotonic((rates / sizes)[order], sizes[order])[order]
    odds = np.log(smooth / (1 - smooth))
    spread = odds.max() - odds.min()
    return [float(5 * round(20 * (one - odds.min()) / spread)) if spread else 0.0 for one in odds]


def _gradient(parts: list[tuple[Floats, float]], raw: Floats) -> tuple[Floats, Floats]:
    """Score of every case, and how it moves with the logarithm of each weight."""
    whole = sum(weight for _, weight in parts)
    score, slopes, start = np.zeros(len(parts[0][0])), [], 0
    for points, weight in parts:
        own = raw[start : start + points.shape[1]] * ~np.isnan(points)
        start += points.shape[1]
        total = np.maximum(own.sum(axis=1, keepdims=True), 1e-9)
        mean = (np.nan_to_num(points) * own).sum(axis=1, keepdims=True) / total
        score += weight / whole * mean[:, 0]
        slopes.append(weight / whole * (np.nan_to_num(points) - mean) * own / total)
    return score, np.column_stack(slopes)


def fitted_weights(
    parts: list[tuple[Floats, float]], outcomes: Floats, mix: Floats, steps: int = 300, pull: float = 0.02
) -> list[Floats]:
    """Weights inside each dimension, summing to 100: one logistic curve over the score per outcome, losses mixed.

    A soft pull towards equal weights keeps indicators that say the same from driving each other out. (Adam.)
    """
    count, kinds = sum(points.shape[1] for points, _ in parts), outcomes.shape[1]
    theta = np.concatenate([np.zeros(count), np.full(kinds, -3.0), np.full(kinds, 4.0)])
    mean, square = np.zeros_like(theta), np.zeros_like(theta)
    for step in range(1, steps + 1):
        level, steep = theta[count : count + kinds], theta[count + kinds :]
        score, slopes = _gradient(parts, np.exp(theta[:count]))
        score = score[:, None] / 50
        miss = (1 / (1 + np.exp(-(level + steep * score))) - outcomes) * mix / len(outcomes)
        own = slopes.T @ (miss * steep).sum(axis=1) / 50 + 2 * pull * theta[:count] / count * mix.mean()
        slope = np.concatenate([own, miss.sum(axis=0), (miss * score).sum(axis=0)])
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope**2
        theta = theta - 0.05 * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-9)
    found, start = [], 0
    for points, _ in parts:
        raw = np.exp(theta[start : start + points.shape[1]])
        found.append(100 * raw / raw.sum())
        start += points.shape[1]
    return found


def refitted(card: dict[str, Any], cases: pl.DataFrame, mix: dict[str, float]) -> dict[str, Any]:
    """The same card with points and weights of the fed indicators fitted on `cases` to a mixture of outcomes."""
    fresh: dict[str, Any] = json.loads(json.dumps(card))
    fed = fed_indicators(fresh, cases.columns)
    outcomes = cases.select([pl.col(name).cast(pl.Float64) for name in mix]).to_numpy()
    shares = np.array(list(mix.values()))
    for items in fed.values():
        for item in items:
            found = fitted_points(item, values_of(cases, item["code"]), outcomes @ shares)
            item["bins"] = [{**one, "points": points} for one, points in zip(item["bins"], found, strict=True)]
    parts = [(dimension_points(items, cases), card["dimensions"][name]["weight"]) for name, items in fed.items()]
    for items, weights in zip(fed.values(), fitted_weights(parts, outcomes, shares), strict=True):
        for item, weight in zip(items, weights, strict=True):
            item["weight"] = float(weight)
    return fresh
