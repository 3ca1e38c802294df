"""Where the company's customers fall in a card's bins today, and how many of each bin turned out bad.

Values come from the same measures as scoring. Of many customers a sample is read, the same at every look, and the
answer says so: a page waits for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Integer, Subquery, Text, case, cast, func, literal, literal_column, select, text
from sqlalchemy import values as value_rows
from sqlalchemy.sql import column

from services.access import ensure_may
from services.context import Context
from services.scoring.card import Indicator, Scorecard
from services.scoring.compile import values_query
from services.scoring.indicators.measure import AsOf

#: So many customers are read at most. A share of one half then is right to 0.7 points.
SAMPLE = 20_000
#: The place of customers of whom the fact is not known, or whose category the card does not name.
UNKNOWN = -1

# --- row types


@dataclass(frozen=True)
class SpreadBin:
    """Customers in one bin or category. `judged` of an earlier day are known to have turned `bad` or not."""

    customers: int
    judged: int
    bad: int


@dataclass(frozen=True)
class IndicatorSpread:
    """Customers by bin or category in the card's order, and those of whom nothing is known."""

    bins: tuple[SpreadBin, ...]
    unknown: SpreadBin


@dataclass(frozen=True)
class Distribution:
    """Of `customers` in all `looked_at` were read. Outcomes are those of the window that began on `judged_on`."""

    as_of: dt.date
    customers: int
    looked_at: int
    judged_on: dt.date
    judged: int
    bad: int
    indicators: dict[str, IndicatorSpread]

    @property
    def is_sample(self) -> bool:
        """True where not all customers were read."""
        return self.looked_at < self.customers


# --- reads

_CHOSEN = """
SELECT customer_id FROM customer WHERE customer_id > 0 ORDER BY hashint8(customer_id), customer_id LIMIT :most
"""
# SPEC 5.1, as of one day: customers bad already are left out, and so is whoever was not traded with yet.
_OUTCOMES = """
WITH due AS (
    SELECT i.customer_id,
           bool_or(i.due_on + :bad_after > :day AND i.due_on + :bad_after <= :until
                   AND (s.paid_off_on IS NULL OR s.paid_off_on > i.due_on + :bad_after)) AS turns_bad,
           bool_or(i.due_on + :bad_after <= :day AND (s.paid_off_on IS NULL OR s.paid_off_on > :day)) AS is_bad
      FROM invoice i
      LEFT JOIN invoice_settlement s ON s.customer_id = i.customer_id AND s.invoice_id = i.id
     WHERE NOT i.is_disputed AND i.amount > 0 AND i.due_on + :bad_after <= :until AND i.customer_id = ANY(:ids)
     GROUP BY i.customer_id
), listed AS (
    SELECT l.customer_id, bool_or(l.trigger_on > :day AND l.trigger_on <= :until) AS turns_bad,
           bool_or(l.decided_on <= :day AND (l.restored_on IS NULL OR l.restored_on > :day)) AS is_bad
      FROM listing l WHERE l.state IN ('confirmed', 'restored') AND l.customer_id = ANY(:ids)
     GROUP BY l.customer_id
)
SELECT c.customer_id, coalesce(d.turns_bad, false) OR coalesce(l.turns_bad, false) AS is_bad
  FROM customer c
  LEFT JOIN due d ON d.customer_id = c.customer_id
  LEFT JOIN listed l ON l.customer_id = c.customer_id
 WHERE c.customer_id = ANY(:ids) AND NOT coalesce(d.is_bad, false) AND NOT coalesce(l.is_bad, false)
   AND EXISTS (SELECT FROM invoice i WHERE i.customer_id = c.customer_id AND i.issued_on <= :day)
"""


def distribution(ctx: Context, card: Scorecard) -> Distribution:
    """Customers by bin for every indicator of a card, as of the business date.

    Raises:
        NotAllowedError: the actor may not read scorecards.
    """
    ensure_may(ctx, "scorecard.read")
    policy = ctx.policy_history.on(ctx.today)
    customers = ctx.session.execute(text("SELECT count(*) FROM customer WHERE customer_id > 0")).scalar_one()
    ids = list(ctx.session.execute(text(_CHOSEN), {"most": SAMPLE}).scalars())
    judged_on = ctx.today - dt.timedelta(days=policy.accuracy_window_days)
    outcomes = ctx.session.execute(
        text(_OUTCOMES), {"day": judged_on, "until": ctx.today, "bad_after": policy.bad_after_days, "ids": ids}
    ).all()
    good = [row.customer_id for row in outcomes if not row.is_bad]
    bad = [row.customer_id for row in outcomes if row.is_bad]
    now = _places(ctx, card, AsOf(ctx.today, policy.base_currency, ids)) if ids else {}
    then = [_places(ctx, card, AsOf(judged_on, policy.base_currency, some)) if some else {} for some in (good, bad)]
    return Distribution(
        as_of=ctx.today, customers=customers, looked_at=len(ids), judged_on=judged_on, judged=len(outcomes),
        bad=len(bad), indicators={one.code: _spread(one, now, then[0], then[1]) for one in card.indicators},
    )  # fmt: skip


Places = dict[tuple[str, int], int]


def _spread(one: Indicator, now: Places, good: Places, bad: Places) -> IndicatorSpread:
    def at(place: int) -> SpreadBin:
        key = (one.code, place)
        return SpreadBin(now.get(key, 0), good.get(key, 0) + bad.get(key, 0), bad.get(key, 0))

    return IndicatorSpread(tuple(at(place) for place in range(len(one.bins) or len(one.categories))), at(UNKNOWN))


def _places(ctx: Context, card: Scorecard, at: AsOf) -> Places:
    """Customers by indicator and place of the bin: one pass over the values, whatever the number of indicators."""
    measured = values_query(card, at).offset(literal_column("0")).subquery("value")
    indicators = list(card.indicators)
    rows = (
        value_rows(column("code", Text()), column("place", Integer()), name="placed")
        .data([(literal(one.code, Text()), _place(one, measured)) for one in indicators])
        .lateral()
    )
    query = (
        select(rows.c.code, rows.c.place, func.count())
        .select_from(measured.join(rows, literal_column("true")))
        .group_by(rows.c.code, rows.c.place)
    )
    return {(code, place): count for code, place, count in ctx.session.execute(query)}


def _place(one: Indicator, measured: Subquery) -> ColumnElement[int]:
    value = measured.c[one.code]
    if one.is_category:
        whens = [(value == name, place) for place, name in enumerate(one.categories)]
        return cast(case(*whens, else_=UNKNOWN), Integer)
    edges: Sequence[tuple[int, float | None]] = [(place, each.upto) for place, each in enumerate(one.bins)]
    whens = [(value.is_(None), UNKNOWN), *((value < edge, place) for place, edge in edges if edge is not None)]
    return cast(case(*whens, else_=len(one.bins) - 1), Integer)
