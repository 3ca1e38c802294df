"""The recovery curve by vintage (SPEC 5.3): of the debts of the cases opened in a month, what came in after how long.

Calendar months: "within 3" is the month of opening and the two after it. A share is known once its months are over.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import text

from services.access import ensure_may
from services.context import Context
from services.metrics.periods import month_end, month_of, next_month

#: Months after which the curve is read.
READ_AFTER = (1, 3, 6, 12)


@dataclass(frozen=True)
class Vintage:
    """Cases opened in one month: their debts, what came in so far, and by each of READ_AFTER (None: not over yet)."""

    month: dt.date
    cases: int
    debt: Decimal
    received: Decimal
    within: tuple[Decimal | None, ...]


_SUMS = """
SELECT date_trunc('month', k.opened_on)::date AS opened, m.month,
       coalesce(sum(m.amount) FILTER (WHERE m.measure = 'added'), 0),
       coalesce(sum(m.amount) FILTER (WHERE m.measure = 'received'), 0)
  FROM metric_contribution m
  JOIN case_debt b ON b.customer_id = m.customer_id AND b.id = CAST(split_part(m.subject, ':', 2) AS bigint)
  JOIN recovery_case k ON k.customer_id = b.customer_id AND k.id = b.case_id
  LEFT JOIN department d ON d.id = m.department_id
 WHERE m.metric = 'arrears_recovery_rate' AND m.measure IN ('added', 'received') AND m.known_on <= :as_of
   AND k.opened_on BETWEEN :first AND :until AND (CAST(:only AS text) IS NULL OR d.code = :only)
 GROUP BY 1, 2 ORDER BY 1, 2
"""
_CASES = """
SELECT date_trunc('month', k.opened_on)::date, count(*)
  FROM recovery_case k
  JOIN customer c ON c.customer_id = k.customer_id
  LEFT JOIN department d ON d.id = c.owner_department_id
 WHERE k.opened_on BETWEEN :first AND :until AND (CAST(:only AS text) IS NULL OR d.code = :only) GROUP BY 1
"""


def vintages(
    ctx: Context, last: dt.date, as_of: dt.date, *, months: int = 12, department: str | None = None
) -> list[Vintage]:
    """Those of the `months` months up to the month of `last` in which cases were opened, oldest first, as of a day."""
    ensure_may(ctx, "metric.read")
    first = next_month(month_of(last), 1 - months)
    values = {"first": first, "until": min(as_of, month_end(last)), "only": department}
    cases = {row[0]: row[1] for row in ctx.session.execute(text(_CASES), values)}
    money: dict[dt.date, list[tuple[dt.date, Decimal, Decimal]]] = {month: [] for month in cases}
    for opened, month, added, received in ctx.session.execute(text(_SUMS), values | {"as_of": as_of}):
        money[opened].append((month, added, received))
    over = month_of(as_of + dt.timedelta(days=1))
    return [_vintage(month, cases[month], money[month], over) for month in sorted(cases)]


def _vintage(month: dt.date, cases: int, money: list[tuple[dt.date, Decimal, Decimal]], over: dt.date) -> Vintage:
    within = tuple(
        sum((received for day, _, received in money if day < next_month(month, after)), Decimal(0))
        if next_month(month, after) <= over
        else None
        for after in READ_AFTER
    )
    debt = sum((added for _, added, _ in money), Decimal(0))
    return Vintage(month, cases, debt, sum((received for _, _, received in money), Decimal(0)), within)
