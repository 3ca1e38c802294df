"""How well a score tells bad customers from good ones (policy 5.2: shown beside assessment accuracy)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import text

from services.access import ensure_may
from services.context import Context
from services.metrics.span import Span


@dataclass(frozen=True)
class Discrimination:
    """`auc` and `ks` lie between 0 and 1 and are None unless there are both bad and good; `unscored` had no score."""

    bad: int
    good: int
    unscored: int
    auc: Fraction | None
    ks: Fraction | None


@dataclass(frozen=True)
class ScoreGroup:
    """Assessments of one score (0-100, higher = riskier), by what came of them. No score: those that had none."""

    score: Decimal | None
    bad: int
    good: int


def discrimination(groups: Iterable[ScoreGroup]) -> Discrimination:
    """AUC and KS over score groups.

    AUC is the chance that a bad one was scored above a good one, a tie counting half (Hanley and McNeil 1982,
    Radiology 143:29-36). KS is the greatest distance between the two cumulative shares (Kolmogorov-Smirnov), taken
    after each whole group, so that ties cannot add to it.
    """
    all_groups = list(groups)
    scored = [(one.score, one) for one in all_groups if one.score is not None]
    unscored = sum(one.bad + one.good for one in all_groups if one.score is None)
    bad = sum(one.bad for _, one in scored)
    good = sum(one.good for _, one in scored)
    if not bad or not good:
        return Discrimination(bad, good, unscored, None, None)
    won = Fraction(0)
    furthest = Fraction(0)
    bad_so_far = good_so_far = 0
    for _, one in sorted(scored, key=lambda pair: pair[0]):
        won += one.bad * (good_so_far + Fraction(one.good, 2))
        bad_so_far += one.bad
        good_so_far += one.good
        furthest = max(furthest, abs(Fraction(good_so_far, good) - Fraction(bad_so_far, bad)))
    return Discrimination(bad, good, unscored, won / (bad * good), furthest)


# One unit's facts as known by the day sum to 1 in exactly one measure, late corrections included.
_GROUPS = """
WITH unit AS (
    SELECT m.customer_id, m.subject, max(m.score) AS score,
           sum(m.amount) FILTER (WHERE m.measure IN ('true_positive', 'false_negative')) AS bad
      FROM metric_contribution m LEFT JOIN department d ON d.id = m.department_id
     WHERE m.metric = 'assessment_accuracy' AND m.measure <> 'excluded' AND m.month BETWEEN :first AND :last
       AND m.known_on <= :as_of AND (CAST(:only AS text) IS NULL OR d.code = :only)
     GROUP BY m.customer_id, m.subject
)
SELECT score, count(*) FILTER (WHERE bad = 1), count(*) FILTER (WHERE bad IS DISTINCT FROM 1) FROM unit GROUP BY score
"""


def discrimination_in(ctx: Context, span: Span, as_of: dt.date, department: str | None = None) -> Discrimination:
    """AUC and KS of the scores behind the assessments that count in a period, as known by the end of a day."""
    ensure_may(ctx, "metric.read")
    rows = ctx.session.execute(
        text(_GROUPS), {"first": span.first, "last": span.last, "as_of": as_of, "only": department}
    )
    return discrimination(ScoreGroup(*row) for row in rows)
