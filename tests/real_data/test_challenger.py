"""The fitted card, the expert card and one-line rules on a real ledger, on month ends that no fit has seen."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from benchmarks.challenge import highradius, one_line_rules
from services.context import Context
from services.metrics.upkeep import refresh
from services.policy import set_policy
from services.scoring import ensure_default_scorecard
from services.scoring.challenger.run import fit
from services.scoring.outcomes import LATE_30

pytestmark = pytest.mark.real_data


def test_late_payers_are_ranked_better_than_by_the_best_one_line_rule(ctx: Context, real_data: Path) -> None:
    """30 or more days late within 60 days, 2,255 cases of five month ends fitted on, 1,658 of two newer ones ranked."""
    today = replace(ctx, now=dt.datetime(2019, 9, 30, 12, tzinfo=dt.UTC))
    set_policy(today, "base_currency", "USD")
    highradius(today, real_data)
    today.session.execute(text("ANALYZE"))
    refresh(today)
    ensure_default_scorecard(today)
    found = fit(today, LATE_30, stores=False)
    assert found.train.last is not None
    assert found.train.last < found.test.first
    assert (found.test.cases, found.test.bad_cases) == (1658, 69)
    best = max(one_line_rules(today, found.test.first).values())
    challenger, expert = found.quality.area.value, found.active_quality.area.value
    assert challenger is not None
    assert expert is not None
    assert best == pytest.approx(0.8372, abs=0.0005)
    assert expert >= best
    assert challenger >= max(best, expert)
