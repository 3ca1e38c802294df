"""Scores as they are stored: the newest, the ones before, and the JSON of SPEC 8."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, case, select, text

from db.enums import ScorecardState
from db.models import Score, Scorecard
from services.access import ensure_may
from services.context import Context
from services.scores_of_record import OF_RECORD, was_in_force
from services.scoring.commands import ScoringResult
from services.scoring.texts import Reason, reasons


@dataclass(frozen=True)
class ScoreRow:
    """One stored score: `dimensions` and `points` as the scoring statement wrote them (name -> parts)."""

    as_of: dt.date
    score: Decimal | None
    level: str | None
    floor: str | None
    coverage: Decimal
    dimensions: Mapping[str, Any]
    points: Mapping[str, Any]
    scorecard_id: int


def scores_of_record(customer_id: int) -> Select[Score]:
    """A customer's scores by cards in force then or now, newest day first; of one day the active card's, the last."""
    is_retired = case((Scorecard.state == ScorecardState.ACTIVE.value, 0), else_=1)
    return (
        select(Score)
        .join(Scorecard, Scorecard.id == Score.scorecard_id)
        .where(Score.customer_id == customer_id, was_in_force())
        .order_by(Score.as_of.desc(), is_retired, Score.id.desc())
    )


def score_history(ctx: Context, customer_id: int, limit: int = 60) -> list[ScoreRow]:
    """A customer's scores, newest first; of several of one day the last."""
    ensure_may(ctx, "customer.read")
    rows: dict[dt.date, ScoreRow] = {}
    for one in ctx.session.execute(scores_of_record(customer_id).limit(limit)).scalars():
        rows.setdefault(
            one.as_of,
            ScoreRow(
                one.as_of, one.score, one.level, one.floor, one.coverage, one.dimensions, one.points, one.scorecard_id
            ),
        )
    return list(rows.values())


def latest_score(ctx: Context, customer_id: int) -> ScoreRow | None:
    """A customer's newest score, None before the first."""
    return next(iter(score_history(ctx, customer_id, 1)), None)


_FORMER = f"""
SELECT c.customer_id, former.score
  FROM customer c
  CROSS JOIN LATERAL (
      SELECT s.score FROM score s JOIN scorecard k ON k.id = s.scorecard_id
       WHERE s.customer_id = c.customer_id AND s.as_of < c.scored_on AND {OF_RECORD}
       ORDER BY s.as_of DESC, (k.state = 'active') DESC, s.id DESC LIMIT 1
  ) former
 WHERE c.customer_id = ANY(:ids) AND former.score IS NOT NULL
"""  # noqa: S608


def former_scores(ctx: Context, customer_ids: Sequence[int]) -> dict[int, Decimal]:
    """The score before the newest day, for those of these customers who have one."""
    ensure_may(ctx, "customer.read")
    rows = ctx.session.execute(text(_FORMER), {"ids": list(customer_ids)})
    return {key: score for key, score in rows}


_SCORED = """
SELECT c.customer_no, n.score, n.level, n.coverage, n.dimensions, n.points
  FROM scored n JOIN customer c ON c.customer_id = n.customer_id
 ORDER BY n.score DESC NULLS LAST, c.customer_no LIMIT :limit
"""


def scores_as_json(
    ctx: Context, result: ScoringResult, words: Callable[[Reason], str] = Reason.text, limit: int | None = None
) -> list[dict[str, Any]]:
    """The scores of a run in the shape of SPEC 8, riskiest first. Only in the transaction that computed them.

    Reasons stand in the order of what they bring to the score; `words` says one in the reader's language.
    """
    return [
        {
            "customer_no": row.customer_no,
            "as_of": result.as_of.isoformat(),
            "score": None if row.score is None else float(row.score),
            "level": row.level,
            "coverage": float(row.coverage),
            "dimensions": row.dimensions,
            "reasons": [
                {"indicator": one.indicator, "value": one.value, "points": one.points, "text": words(one)}
                for one in reasons(result.card, row.points)
            ],
        }
        for row in ctx.session.execute(text(_SCORED), {"limit": limit})
    ]
