"""The fitted model: monotone bins, coefficients at least 0, and a scorecard that says exactly what the model says."""

from __future__ import annotations

import numpy as np
import pytest

from db.enums import RiskLevel
from services.scoring.card import Bands, Bin, DimensionCard, Floor, Indicator, Scorecard, definition_of
from services.scoring.card_reading import WrongCardError, parsed_card
from services.scoring.challenger.candidates import UNDATED, Candidate, candidates
from services.scoring.challenger.card_making import bands_by_shares, card_of, line_of
from services.scoring.challenger.cases import Past
from services.scoring.challenger.fitting import ADDS_NOTHING, TELLS_NOTHING, TOO_MANY, Model, fitted
from services.scoring.rules import scored

_CHANCE = np.random.default_rng(5)
_N = 3_000
_WORSE = _CHANCE.normal(size=_N)
_BETTER = _CHANCE.normal(size=_N)
_BAD = _CHANCE.random(_N) < 1 / (1 + np.exp(3.2 - 1.2 * _WORSE + 0.8 * _BETTER))


def _numbered(code: str, dimension: str, rises: bool) -> Candidate:
    return Candidate(dimension, Indicator(code, 1.0, (Bin(0, 0), Bin(None, 100))), rises)


FOUND = (
    _numbered("overdue_days_now", "credit", True),
    _numbered("current_ratio", "operations", False),
    _numbered("open_invoices", "transactions", True),
    Candidate("operations", Indicator("firm_size", 1.0, categories={"large": 10, "small": 60}), True),
)


@pytest.fixture(scope="module")
def past() -> Past:
    missing = _CHANCE.random(_N) < 0.2
    values = {
        "overdue_days_now": _WORSE,
        "current_ratio": np.where(missing, np.nan, _BETTER),
        "open_invoices": _CHANCE.normal(size=_N),
        "firm_size": np.where(_CHANCE.random(_N) < 1 / (1 + np.exp(2 * _BAD - 1)), 10.0, 60.0),
    }
    return Past(np.zeros(_N, dtype=np.int64), np.arange(_N), _BAD, values)


@pytest.fixture(scope="module")
def model(past: Past) -> Model:
    return fitted(past, FOUND)


def test_what_tells_nothing_is_left_out(model: Model) -> None:
    assert {one.candidate.indicator.code for one in model.terms} == {"overdue_days_now", "current_ratio", "firm_size"}
    assert model.left_out == {"open_invoices": TELLS_NOTHING}


def test_bins_are_monotone_and_coefficients_point_the_bad_way(model: Model) -> None:
    for one in model.terms:
        assert one.coefficient > 0
        steps = np.diff(one.bins.evidence[:-1])
        assert (steps >= 0).all() if one.candidate.rises else (steps <= 0).all()


def test_the_card_says_what_the_model_says(past: Past, model: Model) -> None:
    card = card_of(model, "fitted", 3, (Floor("overdue_90", RiskLevel.CRITICAL),), 0.5)
    card = parsed_card(definition_of(card))
    line = line_of(model)
    log_odds = model.log_odds(past.values)
    names = {10.0: "large", 60.0: "small"}
    for row in range(200):
        values = {
            code: names[float(column[row])] if code == "firm_size" else float(column[row])
            for code, column in past.values.items()
            if not np.isnan(column[row])
        }
        found = scored(card, values).score
        assert found is not None
        assert line.intercept + line.slope * float(found) == pytest.approx(log_odds[row], abs=1e-5)


def test_likelihoods_are_not_distorted_by_the_few_bad(past: Past, model: Model) -> None:
    likely = 1 / (1 + np.exp(-model.log_odds(past.values)))
    assert likely.sum() == pytest.approx(past.bad.sum(), rel=0.001)


def test_few_bad_customers_carry_few_indicators(past: Past) -> None:
    kept = np.flatnonzero(_BAD)[:19]
    few = past.of(np.isin(np.arange(_N), np.concatenate([kept, np.flatnonzero(~_BAD)])))
    found = fitted(few, FOUND)
    assert len(found.terms) == 1
    assert set(found.left_out.values()) <= {TOO_MANY, TELLS_NOTHING, ADDS_NOTHING}


def test_a_copy_of_an_indicator_never_gets_a_negative_coefficient(past: Past) -> None:
    twins = (*FOUND[:2], _numbered("overdue_count_now", "credit", True))
    copied = Past(
        past.day, past.customer, past.bad, {**past.values, "overdue_count_now": past.values["overdue_days_now"]}
    )
    assert all(one.coefficient > 0 for one in fitted(copied, twins).terms)


def test_levels_are_as_common_as_on_the_other_card() -> None:
    other = np.array([10.0] * 80 + [40.0] * 12 + [60.0] * 5 + [80.0] * 3)
    mine = np.arange(100.0)
    assert bands_by_shares(mine, other, Bands(35, 55, 70)) == Bands(80, 92, 97)
    assert bands_by_shares(mine, np.full(100, 10.0), Bands(35, 55, 70)) is None


def test_candidates_leave_out_what_the_register_does_not_date() -> None:
    card = Scorecard(
        "c", 1, (DimensionCard("credit", 1, (Indicator("limit_use", 1, (Bin(None, 0),)),)),), Bands(1, 2, 3)
    )
    assert not {one.indicator.code for one in candidates(card)} & UNDATED
    assert "longest_terms_open" in {one.indicator.code for one in candidates(card)}


def test_an_additive_card_counts_stand_ins_where_a_dimension_has_no_data() -> None:
    def indicator(code: str) -> Indicator:
        return Indicator(code, 1.0, (Bin(1, 0), Bin(None, 100)), missing=40)

    dimensions = tuple(
        DimensionCard(name, 1.0, (indicator(code),))
        for name, code in (("credit", "overdue_days_now"), ("operations", "firm_age_years"))
    )
    shared = Scorecard("c", 1, dimensions, Bands(1, 2, 3))
    additive = Scorecard("c", 1, dimensions, Bands(1, 2, 3), is_additive=True)
    assert scored(shared, {"overdue_days_now": 5}).score == 100
    assert scored(additive, {"overdue_days_now": 5}).score == 70
    assert scored(additive, {}).score is None
    assert scored(additive, {"overdue_days_now": 5}).coverage == scored(shared, {"overdue_days_now": 5}).coverage
    written = definition_of(additive)
    written["dimensions"]["credit"]["indicators"][0]["missing"] = None
    with pytest.raises(WrongCardError, match="needs points for missing values"):
        parsed_card(written)
