"""A card in shadow beside the active one, today: who would have another level, and whose score would move most."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import text

from services.access import ensure_may
from services.context import Context

#: In the place of a level: nothing is known of the customer.
NO_LEVEL = ""

# --- row types


@dataclass(frozen=True)
class ShadowStanding:
    """How the newest scores of both cards compare. `levels`: customers by (level now, level by the shadow card).

    `waiting`: customers that the card in shadow has not scored. `mean_change` and `mean_distance` (of amounts, whatever
    the direction) count those who have both scores, `compared`.
    """

    levels: Mapping[tuple[str, str], int]
    waiting: int
    compared: int
    mean_change: Decimal | None
    mean_distance: Decimal | None
    as_of: dt.date | None

    @property
    def moved(self) -> int:
        """Customers whom the card would place on another level."""
        return sum(count for (now, then), count in self.levels.items() if now != then)


@dataclass(frozen=True)
class ShadowMove:
    """One customer whose score the card would change."""

    customer_id: int
    customer_no: str
    name: str
    score: Decimal
    level: str | None
    shadow_score: Decimal
    shadow_level: str | None

    @property
    def change(self) -> Decimal:
        """Points of the score that it would gain."""
        return self.shadow_score - self.score


# --- reads

# A customer carries its score with four places.
_NEWEST = """
newest AS (
    SELECT DISTINCT ON (s.customer_id) s.customer_id, s.as_of, round(s.score, 4) AS score, s.level
      FROM score s WHERE s.scorecard_id = :card
     ORDER BY s.customer_id DESC, s.as_of DESC, s.id DESC
)
"""
_STANDING = f"""
WITH {_NEWEST}
SELECT coalesce(c.risk_level, '') AS now, coalesce(n.level, '') AS then, n.customer_id IS NULL AS is_waiting,
       count(*) AS customers, count(n.score - c.risk_score) AS compared,
       coalesce(sum(n.score - c.risk_score), 0) AS change, coalesce(sum(abs(n.score - c.risk_score)), 0) AS distance,
       max(n.as_of) AS as_of
  FROM customer c
  LEFT JOIN newest n ON n.customer_id = c.customer_id
 WHERE c.scored_on IS NOT NULL
 GROUP BY 1, 2, 3
"""  # noqa: S608
_MOVES = f"""
WITH {_NEWEST}
SELECT c.customer_id, c.customer_no, CASE WHEN c.kind = 'company' THEN c.name ELSE c.customer_no END AS name,
       c.risk_score AS score, c.risk_level AS level, n.score AS shadow_score, n.level AS shadow_level
  FROM customer c
  JOIN newest n ON n.customer_id = c.customer_id
 WHERE n.score IS DISTINCT FROM c.risk_score AND n.score IS NOT NULL AND c.risk_score IS NOT NULL
   AND (CAST(:now AS text) IS NULL OR coalesce(c.risk_level, '') = :now)
   AND (CAST(:then AS text) IS NULL OR coalesce(n.level, '') = :then)
   AND (CAST(:distance AS numeric) IS NULL OR (abs(n.score - c.risk_score), -c.customer_id) < (:distance, :after))
 ORDER BY abs(n.score - c.risk_score) DESC, c.customer_id LIMIT :most
"""  # noqa: S608


def shadow_standing(ctx: Context, scorecard_id: int) -> ShadowStanding:
    """How a card's newest scores compare with the customers' own.

    Raises:
        NotAllowedError: the actor may not read scorecards.
    """
    ensure_may(ctx, "scorecard.read")
    rows = ctx.session.execute(text(_STANDING), {"card": scorecard_id}).all()
    compared = sum(row.compared for row in rows)
    days = [row.as_of for row in rows if row.as_of is not None]
    return ShadowStanding(
        levels={(row.now, row.then): row.customers for row in rows if not row.is_waiting},
        waiting=sum(row.customers for row in rows if row.is_waiting),
        compared=compared,
        mean_change=sum((row.change for row in rows), Decimal(0)) / compared if compared else None,
        mean_distance=sum((row.distance for row in rows), Decimal(0)) / compared if compared else None,
        as_of=max(days, default=None),
    )


def shadow_moves(
    ctx: Context,
    scorecard_id: int,
    *,
    now: str | None = None,
    then: str | None = None,
    after: ShadowMove | None = None,
    most: int = 25,
) -> tuple[ShadowMove, ...]:
    """Customers whose score the card would change, the largest change first, behind `after`; of one cell of the levels.

    Raises:
        NotAllowedError: the actor may not read scorecards.
    """
    ensure_may(ctx, "scorecard.read")
    ensure_may(ctx, "customer.read")
    values = {
        "card": scorecard_id, "now": now, "then": then, "most": most,
        "distance": abs(after.change) if after else None, "after": -after.customer_id if after else None,
    }  # fmt: skip
    return tuple(ShadowMove(**row) for row in ctx.session.execute(text(_MOVES), values).mappings())
