"""Two scorecards on the company's own history: both scores of each customer at each month end, and what came after.

`replayed` is a temporary table of this transaction, one row a customer and day, filled set by set. A score as of a day
uses only what was known on it (services/scoring/indicators).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import func, select, text

from services.context import Context
from services.scoring.card import Scorecard
from services.scoring.comparison.statistics import Bools, Codes, Floats
from services.scoring.compile import score_query
from services.scoring.indicators.invoices import invoices, is_trading
from services.scoring.indicators.measure import AsOf, Query
from services.scoring.outcomes import Outcome, lay_out_outcomes

#: Told how many of how many days are done.
Progress = Callable[[int, int], None]
#: More matured cases than this are thinned out by customer before they come into memory; the figures say so.
MOST_CASES = 400_000
_WORK_MEM = "256MB"

_CREATE = """
CREATE TEMPORARY TABLE replayed (
    as_of date NOT NULL, customer_id bigint NOT NULL, exposure numeric NOT NULL,
    is_trading boolean NOT NULL, score_a float8, level_a text, score_b float8, level_b text, bad_on date,
    is_left_out boolean NOT NULL
) ON COMMIT DROP
"""
_ADD = """
INSERT INTO replayed
SELECT CAST(:as_of AS date), a.customer_id, coalesce(e.exposure, 0), coalesce(e.is_trading, false),
       a.score, a.level, b.score, b.level, o.bad_on, coalesce(o.is_left_out, false)
  FROM replayed_a a
  JOIN replayed_b b ON b.customer_id = a.customer_id
  LEFT JOIN replayed_exposure e ON e.customer_id = a.customer_id
  LEFT JOIN outcome_seen o ON o.customer_id = a.customer_id AND o.as_of = :as_of
 WHERE a.score IS NOT NULL OR b.score IS NOT NULL OR a.level IS NOT NULL OR b.level IS NOT NULL
"""


@dataclass(frozen=True)
class Cases:
    """Matured cases as columns, ordered by day. `thinned`: one customer in so many was taken (1: all)."""

    day: Codes
    customer: Codes
    score_a: Floats
    score_b: Floats
    bad: Bools
    thinned: int

    def of(self, kept: Bools) -> Cases:
        """Some of them."""
        return Cases(
            self.day[kept], self.customer[kept], self.score_a[kept], self.score_b[kept], self.bad[kept], self.thinned
        )


def replay(
    ctx: Context, cards: tuple[Scorecard, Scorecard], outcome: Outcome, days: Sequence[dt.date], progress: Progress
) -> None:
    """Have `replayed` hold both scores of every customer on each of these days, with what came after."""
    for table in ("replayed", "replayed_a", "replayed_b", "replayed_exposure"):
        ctx.session.execute(text(f"DROP TABLE IF EXISTS {table}"))
    ctx.session.execute(text(_CREATE))
    ctx.session.execute(text("SELECT set_config('work_mem', :size, true)"), {"size": _WORK_MEM})
    lay_out_outcomes(ctx, outcome, tuple(days))
    for done, day in enumerate(days, start=1):
        currency = ctx.policy_history.on(day).base_currency
        for name, card in zip("ab", cards, strict=True):
            scores = score_query(card, AsOf(day, currency)).subquery("scores")
            _lay_out(ctx, f"replayed_{name}", _picked(scores, "customer_id", "score", "level"))
        at = AsOf(day, currency)
        invoice = invoices(at)
        owed = at.each(invoice, func.sum(invoice.c.balance)).label("exposure")
        _lay_out(ctx, "replayed_exposure", at.query([owed, is_trading(at).label("is_trading")]))
        ctx.session.execute(text(_ADD), {"as_of": day})
        progress(done, len(days))
    ctx.session.execute(text("CREATE INDEX ON replayed (customer_id, as_of)"))
    ctx.session.execute(text("ANALYZE replayed"))


def _picked(rows: Any, *names: str) -> Query:  # noqa: ANN401  (a subquery)
    return select(*(rows.c[name] for name in names))


def _lay_out(ctx: Context, table: str, query: Query) -> None:
    """CREATE TABLE AS may use several processes, INSERT may not."""
    ctx.session.execute(text(f"DROP TABLE IF EXISTS {table}"))
    compiled = query.compile(ctx.session.connection(), compile_kwargs={"render_postcompile": True})
    ctx.session.connection().exec_driver_sql(
        f"CREATE TEMPORARY TABLE {table} ON COMMIT DROP AS {compiled.string}", compiled.params
    )


_IS_CASE = """
as_of <= :matured AND is_trading AND NOT is_left_out AND score_a IS NOT NULL AND score_b IS NOT NULL
"""
_COUNT = f"SELECT count(*) FROM replayed WHERE {_IS_CASE}"  # noqa: S608
_CASES = f"""
SELECT array_agg(as_of - DATE '2000-01-01'), array_agg(customer_id), array_agg(score_a), array_agg(score_b),
       array_agg(bad_on IS NOT NULL)
  FROM (SELECT * FROM replayed WHERE {_IS_CASE} AND customer_id % :thinned = 0 ORDER BY as_of, customer_id) AS matured
"""  # noqa: S608
EPOCH = dt.date(2000, 1, 1)


def matured_cases(ctx: Context, matured: dt.date) -> Cases:
    """Cases whose window has ended, of customers that had bought by the day, both cards could score, and were not bad.

    Who never bought can't turn bad by paying late; counting them would flatter a score, or shame it, for nothing.
    """
    count = int(ctx.session.execute(text(_COUNT), {"matured": matured}).scalar_one())
    thinned = max(1, -(-count // MOST_CASES))
    row = ctx.session.execute(text(_CASES), {"matured": matured, "thinned": thinned}).one()
    day, customer, score_a, score_b, bad = (one or [] for one in row)
    return Cases(
        np.array(day, dtype=np.int64), np.array(customer, dtype=np.int64), np.array(score_a, dtype=np.float64),
        np.array(score_b, dtype=np.float64), np.array(bad, dtype=np.bool_), thinned,
    )  # fmt: skip
