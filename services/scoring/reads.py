"""What a score means: the newest one with its breakdown, its history, and the JSON of SPEC 8."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text

from db.models import Score
from services.access import ensure_may
from services.context import Context
from services.scoring.commands import ScoringResult


@dataclass(frozen=True)
class ScoreRow:
    """One stored score: `dimensions` and `points` as the scoring statement wrote them (name -> parts)."""

    as_of: dt.date
    score: float | None
    level: str | None
    floor: str | None
    coverage: float
    dimensions: Mapping[str, Any]
    points: Mapping[str, Any]


def _row(one: Score) -> ScoreRow:
    return ScoreRow(
        one.as_of, None if one.score is None else float(one.score), one.level, one.floor, float(one.coverage),
        one.dimensions, one.points,
    )  # fmt: skip


def score_history(ctx: Context, customer_id: int, limit: int = 60) -> list[ScoreRow]:
    """A customer's scores, newest first; of several of one day the last."""
    ensure_may(ctx, "customer.read")
    found = select(Score).where(Score.customer_id == customer_id).order_by(Score.as_of.desc(), Score.id.desc())
    rows: dict[dt.date, ScoreRow] = {}
    for one in ctx.session.execute(found.limit(limit)).scalars():
        rows.setdefault(one.as_of, _row(one))
    return list(rows.values())


def latest_score(ctx: Context, customer_id: int) -> ScoreRow | None:
    """A customer's newest score, None before the first."""
    return next(iter(score_history(ctx, customer_id, 1)), None)


def reasons(points: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The indicators that have points, most points first: indicator, value, points, text."""
    found = [
        {
            "indicator": name,
            "value": part.get("value"),
            "points": part["points"],
            "text": f"{name} = {part.get('value')}: {part['points']} of 100 points",
        }
        for name, part in points.items()
        if isinstance(part, dict) and part.get("points") is not None
    ]
    return sorted(found, key=lambda one: (-one["points"], one["indicator"]))


def scores_as_json(ctx: Context, result: ScoringResult) -> list[dict[str, Any]]:
    """The scores of a run in the shape of SPEC 8, riskiest first. Only in the transaction that computed them."""
    rows = ctx.session.execute(
        text(
            "SELECT c.customer_no, n.score, n.level, n.coverage, n.dimensions, n.points FROM scored n "
            "JOIN customer c ON c.customer_id = n.customer_id ORDER BY n.score DESC NULLS LAST, c.customer_no"
        )
    )
    return [
        {
            "customer_no": row.customer_no,
            "as_of": result.as_of.isoformat(),
            "score": None if row.score is None else float(row.score),
            "level": row.level,
            "coverage": float(row.coverage),
            "dimensions": row.dimensions,
            "reasons": reasons(row.points),
        }
        for row in rows
    ]
