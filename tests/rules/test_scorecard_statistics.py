"""AUC, its interval, DeLong's test, KS, stability: against slow arithmetic and hand-counted cases."""

from __future__ import annotations

import math

import numpy as np
import pytest

from services.scoring.comparison.calibration import calibration
from services.scoring.comparison.statistics import (
    area,
    area_difference,
    furthest,
    quality,
    share_interval,
    stability,
)

CHANCE = np.random.default_rng(11)
BAD = CHANCE.random(240) < 0.25
FIRST = (CHANCE.normal(size=240) + BAD).round(1)
SECOND = (CHANCE.normal(size=240) + 0.4 * BAD).round(1)
EACH = np.arange(240)


def slow(score: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Every pair of bad and good: DeLong's structural components as he wrote them."""
    won = np.sign(score[BAD][:, None] - score[~BAD][None]) * 0.5 + 0.5
    return float(won.mean()), won.mean(axis=1), won.mean(axis=0)


def test_the_area_and_its_spread_are_delongs() -> None:
    value, bads, goods = slow(FIRST)
    found = area(FIRST, BAD, EACH)
    assert found.value == pytest.approx(value, abs=1e-12)
    error = math.sqrt(bads.var(ddof=1) / len(bads) + goods.var(ddof=1) / len(goods))
    assert found.low is not None
    assert found.high is not None
    middle = math.log(value / (1 - value))
    half = 1.959964 * error / (value * (1 - value))
    assert found.low == pytest.approx(1 / (1 + math.exp(half - middle)), abs=2e-3)
    assert found.high == pytest.approx(1 / (1 + math.exp(-half - middle)), abs=2e-3)


def test_the_difference_of_two_areas_is_paired() -> None:
    (one, bads, goods), (other, bads_other, goods_other) = slow(FIRST), slow(SECOND)
    found = area_difference(FIRST, SECOND, BAD, EACH)
    error = math.sqrt(
        (bads - bads_other).var(ddof=1) / len(bads) + (goods - goods_other).var(ddof=1) / len(goods)
    )  # fmt: skip
    assert found.value == pytest.approx(one - other, abs=1e-12)
    assert found.low is not None
    assert found.p is not None
    assert found.value - found.low == pytest.approx(1.959964 * error, rel=0.02)
    assert found.p == pytest.approx(math.erfc(abs(one - other) / error / math.sqrt(2)), abs=5e-3)


def test_a_score_does_not_differ_from_itself() -> None:
    found = area_difference(FIRST, FIRST, BAD, EACH)
    assert (found.value, found.p) == (0.0, 1.0)


def test_the_same_customer_twice_adds_no_certainty() -> None:
    once = area(FIRST, BAD, EACH)
    twice = area(np.tile(FIRST, 2), np.tile(BAD, 2), np.tile(EACH, 2))
    assert (twice.value, twice.low, twice.high) == pytest.approx((once.value, once.low, once.high))


@pytest.mark.parametrize(
    ("score", "bad", "auc", "ks"),
    [
        ([1, 2, 3, 4], [0, 0, 1, 1], 1.0, 1.0),
        ([1, 2, 3, 4], [1, 1, 0, 0], 0.0, 1.0),
        ([5, 5, 5, 5], [0, 1, 0, 1], 0.5, 0.0),
        ([1, 2, 2, 3], [0, 0, 1, 1], 0.875, 0.5),
    ],
)
def test_small_cases_by_hand(score: list[float], bad: list[int], auc: float, ks: float) -> None:
    scores, bads = np.array(score, dtype=float), np.array(bad, dtype=bool)
    found = quality(scores, bads, np.arange(4))
    assert (found.area.value, found.ks, found.gini) == (auc, ks, 2 * auc - 1)
    assert found.is_uncertain


def test_one_class_alone_has_no_figure() -> None:
    none = np.zeros(4, dtype=bool)
    assert area(np.arange(4.0), none, np.arange(4)).value is None
    assert furthest(np.arange(4.0), none) is None
    assert area_difference(np.arange(4.0), np.arange(4.0), none, np.arange(4)).p is None


def test_stability_knows_how_much_chance_alone_moves() -> None:
    same = stability([10] * 10, [10] * 10)
    assert same.value == 0.0
    assert same.limit == pytest.approx(16.918978 * (1 / 100 + 1 / 100), abs=1e-6)
    moved = stability([500, 500], [900, 100])
    assert moved.value == pytest.approx(0.4 * math.log(1.8) - 0.4 * math.log(0.2), abs=1e-12)
    assert moved.has_moved
    # A shift of the usual size among forty customers is chance.
    assert not stability([12, 8], [8, 12]).has_moved
    assert stability([5], [5]).value is None


def test_an_interval_of_a_share_stays_inside() -> None:
    assert share_interval(0, 20) == pytest.approx((0.0, 0.161125), abs=1e-5)
    assert share_interval(20, 20)[1] == 1.0


def test_likelihoods_are_fitted_on_the_past_alone() -> None:
    past_bad = np.arange(200) % 4 == 0
    past = np.where(past_bad, 60.0, 20.0)
    found = calibration(past, past_bad, np.array([20.0, 60.0, 60.0]), np.array([False, True, False]), (35, 55, 70))
    assert found is not None
    assert (found.link, found.fitted_on, found.fitted_bad) == ("logistic", 200, 50)
    assert [(one.cases, one.bad) for one in found.bands] == [(1, 0), (0, 0), (2, 1), (0, 0)]
    assert found.bands[2].expected == pytest.approx(2.0, abs=0.05)
    assert calibration(past[:80], past_bad[:80], past, past_bad, (35, 55, 70)) is None
