"""A card in shadow beside the active one: who would have another level, and whose score would move most.

The worker compares all customers after it has scored (a moment for some thousand, seconds for a million) and keeps what
it found; pages read that, with its time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from db.enums import ScorecardState
from db.models import Scorecard, ScorecardShadow
from services import data_versions
from services.access import ensure_may
from services.context import Context
from services.jobs.queue import enqueue

#: In the place of a level: nothing is known of the customer.
NO_LEVEL = ""
JOB = "summarise_shadow"
#: So many of the largest changes are kept of each pair of levels.
MOST_KEPT = 100
#: After some customers were scored again the whole is compared once for all that came meanwhile.
_GATHERED = dt.timedelta(minutes=5)

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
    taken_at: dt.datetime | None = None

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
_LARGEST = f"""
WITH {_NEWEST}, moved AS (
    SELECT c.customer_id, coalesce(c.risk_level, '') AS level, coalesce(n.level, '') AS shadow_level,
           c.risk_score AS score,
           n.score AS shadow_score,
           row_number() OVER (PARTITION BY coalesce(c.risk_level, ''), coalesce(n.level, '')
                              ORDER BY abs(n.score - c.risk_score) DESC, c.customer_id) AS place
      FROM customer c
      JOIN newest n ON n.customer_id = c.customer_id
     WHERE n.score <> c.risk_score
)
SELECT customer_id, level, shadow_level, score, shadow_score FROM moved WHERE place <= :most
 ORDER BY abs(shadow_score - score) DESC, customer_id
"""  # noqa: S608
_NAMES = text(
    "SELECT customer_id, customer_no, CASE WHEN kind = 'company' THEN name ELSE customer_no END AS name "
    "FROM customer WHERE customer_id = ANY(:ids)"
)

# --- commands


def summarise_soon(ctx: Context, customer_ids: Sequence[int] | None) -> None:
    """Have cards in shadow compared once this transaction has committed: at once where all were scored."""
    enqueue(ctx, JOB, run_at=ctx.now if customer_ids is None else ctx.now + _GATHERED)


def summarise_shadows(ctx: Context) -> int:
    """Compare every card in shadow with the customers' own scores and keep what was found; how many cards.

    Raises:
        NotAllowedError: the actor may not score.
    """
    ensure_may(ctx, "score.compute")
    cards = select(Scorecard.id).where(Scorecard.state == ScorecardState.SHADOW.value).order_by(Scorecard.id)
    found = list(ctx.session.execute(cards).scalars())
    for card in found:
        kept = {"taken_at": ctx.now, "summary": _summary(ctx, card)}
        row = insert(ScorecardShadow).values(scorecard_id=card, **kept)
        ctx.session.execute(row.on_conflict_do_update(index_elements=[ScorecardShadow.scorecard_id], set_=kept))
    if found:
        data_versions.bump(ctx, "scorecards")
    return len(found)


def _summary(ctx: Context, card: int) -> dict[str, Any]:
    rows = ctx.session.execute(text(_STANDING), {"card": card}).all()
    days = [row.as_of for row in rows if row.as_of is not None]
    largest = ctx.session.execute(text(_LARGEST), {"card": card, "most": MOST_KEPT}).all()
    return {
        "levels": [[row.now, row.then, row.customers] for row in rows if not row.is_waiting],
        "waiting": sum(row.customers for row in rows if row.is_waiting),
        "compared": sum(row.compared for row in rows),
        "change": str(sum((row.change for row in rows), Decimal(0))),
        "distance": str(sum((row.distance for row in rows), Decimal(0))),
        "as_of": max(days).isoformat() if days else None,
        "moves": [
            [row.customer_id, row.level, row.shadow_level, str(row.score), str(row.shadow_score)] for row in largest
        ],
    }


# --- reads


def shadow_standing(ctx: Context, scorecard_id: int) -> ShadowStanding:
    """How a card's newest scores compared with the customers' own when the worker last looked.

    Raises:
        NotAllowedError: the actor may not read scorecards.
    """
    ensure_may(ctx, "scorecard.read")
    row = ctx.session.get(ScorecardShadow, scorecard_id, populate_existing=True)
    if row is None:
        return ShadowStanding({}, 0, 0, None, None, None)
    kept, compared = row.summary, int(row.summary["compared"])
    return ShadowStanding(
        levels={(now, then): count for now, then, count in kept["levels"]},
        waiting=kept["waiting"], compared=compared,
        mean_change=Decimal(kept["change"]) / compared if compared else None,
        mean_distance=Decimal(kept["distance"]) / compared if compared else None,
        as_of=dt.date.fromisoformat(kept["as_of"]) if kept["as_of"] else None, taken_at=row.taken_at,
    )  # fmt: skip


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

    Of each cell the MOST_KEPT largest, as they were when the worker last looked.

    Raises:
        NotAllowedError: the actor may not read scorecards.
    """
    ensure_may(ctx, "scorecard.read")
    ensure_may(ctx, "customer.read")
    row = ctx.session.get(ScorecardShadow, scorecard_id, populate_existing=True)
    kept = [] if row is None else row.summary["moves"]
    chosen = [one for one in kept if now in (None, one[1]) and then in (None, one[2])]
    if after is not None:
        ids = [one[0] for one in chosen]
        chosen = chosen[ids.index(after.customer_id) + 1 :] if after.customer_id in ids else []
    names = {
        one.customer_id: one for one in ctx.session.execute(_NAMES, {"ids": [one[0] for one in chosen[:most]]}).all()
    }
    return tuple(
        ShadowMove(
            customer_id, names[customer_id].customer_no, names[customer_id].name, Decimal(score), now_level or None,
            Decimal(shadow_score), then_level or None,
        )
        for customer_id, now_level, then_level, score, shadow_score in chosen[:most]
    )  # fmt: skip
