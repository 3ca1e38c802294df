"""Money at risk by risk level, now and on an earlier day, and who moved between the levels (policy 5.2, SPEC 5).

Each side stands at its own day: the level of the newest score as of that day, the balances at its end, its rates. Owner
departments are today's on both sides, so that a customer who changes hands does not look like money that moved.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from db.enums import RiskLevel
from services.access import ensure_may
from services.context import Context
from services.receivables.rates import RATE_RANGES, rate_join
from services.scores_of_record import OF_RECORD

PAGE_SIZE = 50
#: From safe to risky; None are customers without a score by the day.
LEVELS: tuple[str | None, ...] = (None, *[one.value for one in RiskLevel])
ROSE, FELL, FIRST_SCORED, STAYED = "rose", "fell", "first_scored", "stayed"
Cursor = tuple[Decimal, int]


@dataclass(frozen=True)
class Standing:
    """What the customers of one level owe at the end of a day, in the base currency."""

    customers: int = 0
    open_amount: Decimal = Decimal(0)
    overdue_amount: Decimal = Decimal(0)


@dataclass(frozen=True)
class LevelMove:
    """The customers who stood at one level then and at one (perhaps the same) now, with what they owe now."""

    before: str | None
    now: str | None
    customers: int
    open_amount: Decimal
    overdue_amount: Decimal

    @property
    def direction(self) -> str:
        """ROSE to more risk, FELL to less, FIRST_SCORED since then, STAYED."""
        return direction(self.before, self.now)


@dataclass(frozen=True)
class ExposureByLevel:
    """`now` and `before` by level, the moves between them, and the invoices left out for want of a rate now."""

    day: dt.date
    earlier: dt.date
    now: dict[str | None, Standing]
    before: dict[str | None, Standing]
    moves: tuple[LevelMove, ...]
    unconverted: int

    @property
    def is_comparable(self) -> bool:
        """Whether anybody had a score by the earlier day; if not, no level can have changed."""
        return any(one.customers for level, one in self.before.items() if level is not None)

    def moved(self, which: str) -> tuple[int, Decimal]:
        """How many customers moved in a direction, and what they owe now."""
        found = [one for one in self.moves if one.direction == which]
        return sum(one.customers for one in found), sum((one.open_amount for one in found), Decimal(0))


@dataclass(frozen=True)
class MovedCustomer:
    """One customer whose level changed. Private persons appear by their number only."""

    customer_no: str
    name: str
    department: str | None
    before: str | None
    now: str | None
    open_amount: Decimal
    overdue_amount: Decimal


@dataclass(frozen=True)
class MovedPage:
    """Some of them, most money overdue first; `after` asks for what follows, None at the end."""

    rows: tuple[MovedCustomer, ...]
    after: Cursor | None
    total: int


# --- rules


def direction(before: str | None, now: str | None) -> str:
    """Which way a customer went who stood at `before` then and stands at `now`."""
    if before == now or now is None:
        return STAYED
    if before is None:
        return FIRST_SCORED
    return ROSE if LEVELS.index(now) > LEVELS.index(before) else FELL


def summed(standings: Iterable[tuple[str | None, Standing]]) -> dict[str | None, Standing]:
    """By level, every level named."""
    sums = dict.fromkeys(LEVELS, Standing())
    for level, one in standings:
        former = sums[level]
        sums[level] = Standing(
            former.customers + one.customers, former.open_amount + one.open_amount,
            former.overdue_amount + one.overdue_amount,
        )  # fmt: skip
    return sums


# --- reads

# Scores of a card that never was in force (a draft, a shadow run) are an experiment, not a level.
_STANDING = f"""
WITH rates AS ({RATE_RANGES}), at AS (
    SELECT * FROM (VALUES ('before', CAST(:earlier AS date)), ('now', CAST(:day AS date))) AS v(side, day)
), scored AS (
    SELECT DISTINCT ON (a.side, s.customer_id) a.side, s.customer_id, s.level
      FROM score s
      JOIN at a ON a.day >= s.as_of
      JOIN scorecard k ON k.id = s.scorecard_id AND {OF_RECORD}
     ORDER BY a.side, s.customer_id, s.as_of DESC, s.id DESC
), balance AS MATERIALIZED (
    SELECT a.side, a.day, i.customer_id, i.due_on, i.currency, i.amount - coalesce((
               SELECT sum(p.amount) FROM payment_allocation p
                WHERE p.customer_id = i.customer_id AND p.invoice_id = i.id AND p.paid_on <= a.day), 0) AS amount
      FROM invoice i
      JOIN at a ON a.day >= i.issued_on
      LEFT JOIN invoice_settlement s ON s.customer_id = i.customer_id AND s.invoice_id = i.id
     WHERE s.paid_off_on IS NULL OR s.paid_off_on > a.day
), owed AS (
    SELECT b.side, b.customer_id, coalesce(sum(b.amount * r.rate), 0) AS open_amount,
           coalesce(sum(b.amount * r.rate) FILTER (WHERE b.due_on < b.day), 0) AS overdue_amount,
           count(*) - count(r.rate) AS unconverted
      FROM balance b {rate_join("r", "b.currency", "b.day")}
     WHERE b.amount > 0 GROUP BY b.side, b.customer_id
), standing AS (
    SELECT c.customer_id, c.customer_no, CASE WHEN c.kind = 'company' THEN c.name ELSE c.customer_no END AS name,
           d.code AS department, sb.level AS before, sn.level AS now,
           coalesce(ob.open_amount, 0) AS open_before, coalesce(ob.overdue_amount, 0) AS overdue_before,
           coalesce(o.open_amount, 0) AS open_amount, coalesce(o.overdue_amount, 0) AS overdue_amount,
           coalesce(o.unconverted, 0) AS unconverted
      FROM customer c
      LEFT JOIN department d ON d.id = c.owner_department_id
      LEFT JOIN scored sb ON sb.customer_id = c.customer_id AND sb.side = 'before'
      LEFT JOIN scored sn ON sn.customer_id = c.customer_id AND sn.side = 'now'
      LEFT JOIN owed ob ON ob.customer_id = c.customer_id AND ob.side = 'before'
      LEFT JOIN owed o ON o.customer_id = c.customer_id AND o.side = 'now'
     WHERE CAST(:only AS text) IS NULL OR d.code = :only
)
"""  # noqa: S608
_BY_LEVELS = f"""{_STANDING}
SELECT before, now, count(*), sum(open_before), sum(overdue_before), sum(open_amount), sum(overdue_amount),
       sum(unconverted)
  FROM standing GROUP BY before, now
"""  # noqa: S608
_MOVED = f"""{_STANDING}
, moved AS (
    SELECT *, count(*) OVER () AS total FROM standing WHERE before IS DISTINCT FROM now AND now IS NOT NULL
)
SELECT customer_no, name, department, before, now, open_amount, overdue_amount, customer_id, total FROM moved
 WHERE CAST(:overdue AS numeric) IS NULL OR overdue_amount < :overdue
    OR overdue_amount = :overdue AND customer_id > :customer_id
 ORDER BY overdue_amount DESC, customer_id LIMIT :limit
"""  # noqa: S608


def exposure_by_level(
    ctx: Context, day: dt.date, earlier: dt.date, *, department: str | None = None
) -> ExposureByLevel:
    """Open and overdue money by risk level at the end of two days, of all customers or of one department's."""
    ensure_may(ctx, "metric.read")
    rows = ctx.session.execute(text(_BY_LEVELS), _values(ctx, day, earlier, department)).all()
    moves = [LevelMove(row[0], row[1], row[2], row[5], row[6]) for row in rows]
    return ExposureByLevel(
        day=day,
        earlier=earlier,
        now=summed((row[1], Standing(row[2], row[5], row[6])) for row in rows),
        before=summed((row[0], Standing(row[2], row[3], row[4])) for row in rows),
        moves=tuple(sorted(moves, key=lambda one: (LEVELS.index(one.before), LEVELS.index(one.now)))),
        unconverted=int(sum(row[7] for row in rows)),
    )


def moved_customers(
    ctx: Context,
    day: dt.date,
    earlier: dt.date,
    *,
    department: str | None = None,
    after: Cursor | None = None,
    limit: int = PAGE_SIZE,
) -> MovedPage:
    """The customers whose level is another than on the earlier day, those with most money overdue first."""
    ensure_may(ctx, "customer.read")
    overdue, customer_id = after or (None, None)
    values = _values(ctx, day, earlier, department) | {
        "overdue": overdue, "customer_id": customer_id, "limit": limit + 1,
    }  # fmt: skip
    found = ctx.session.execute(text(_MOVED), values).all()
    shown = found[:limit]
    return MovedPage(
        tuple(MovedCustomer(*row[:7]) for row in shown),
        (shown[-1].overdue_amount, shown[-1].customer_id) if len(found) > limit else None,
        found[0].total if found else 0,
    )


def _values(ctx: Context, day: dt.date, earlier: dt.date, department: str | None) -> dict[str, Any]:
    base = ctx.policy_history.on(day).base_currency
    return {"day": day, "earlier": earlier, "base": base, "only": department}
