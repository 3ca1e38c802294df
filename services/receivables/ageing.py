"""Ageing of receivables as of the end of a day (SPEC 8, `greyledger aging`)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import text

from services.access import ensure_may
from services.context import Context
from services.receivables.rates import RATE_RANGES, rate_join

#: Days past due, both ends included; the first bucket is not yet due, the last has no end. They begin where the
#: policy's terms do: 30 and 60 days warn, 90 days are arrears (SPEC 5, 6).
BUCKETS: tuple[tuple[int | None, int | None], ...] = (
    (None, 0), (1, 29), (30, 59), (60, 89), (90, 179), (180, 364), (365, None),
)  # fmt: skip
UNASSIGNED = ""


@dataclass(frozen=True)
class AgeBucket:
    """Open invoices by days past due, in the base currency."""

    from_days: int | None
    to_days: int | None
    count: int
    amount: Decimal


@dataclass(frozen=True)
class Ageing:
    """Open and overdue receivables of the company or of one department; `unconverted` ones lack a rate."""

    department: str | None
    open_count: int
    open_amount: Decimal
    overdue_count: int
    overdue_amount: Decimal
    overdue_customers: int
    unconverted: int
    buckets: tuple[AgeBucket, ...]


_OPEN_INVOICES = f"""
WITH rates AS ({RATE_RANGES}), paid AS (
    SELECT customer_id, invoice_id, sum(amount) AS amount FROM payment_allocation
     WHERE paid_on <= :day GROUP BY customer_id, invoice_id
), open AS (
    SELECT i.customer_id, c.owner_department_id AS department_id, :day - i.due_on AS days,
           (i.amount - coalesce(p.amount, 0)) * r.rate AS amount
      FROM invoice i
      JOIN customer c ON c.customer_id = i.customer_id
      LEFT JOIN paid p ON p.customer_id = i.customer_id AND p.invoice_id = i.id
      {rate_join("r", "i.currency", ":day")}
     WHERE i.issued_on <= :day AND i.amount - coalesce(p.amount, 0) > 0
), cut AS MATERIALIZED (
    SELECT customer_id, CASE WHEN :by THEN department_id END AS department_id, amount,
           width_bucket(days, ARRAY[1, 30, 60, 90, 180, 365]) AS bucket
      FROM open
)
"""  # noqa: S608
_BUCKETS = (
    _OPEN_INVOICES
    + """
SELECT d.code, bucket, count(amount), coalesce(sum(amount), 0), count(*) - count(amount)
  FROM cut LEFT JOIN department d ON d.id = cut.department_id GROUP BY d.code, bucket
"""
)
_OVERDUE_CUSTOMERS = (
    _OPEN_INVOICES
    + """
SELECT d.code, count(DISTINCT customer_id)
  FROM cut LEFT JOIN department d ON d.id = cut.department_id
 WHERE bucket > 0 AND amount IS NOT NULL GROUP BY d.code
"""
)


def ageing(ctx: Context, as_of: dt.date, *, by_department: bool = False) -> list[Ageing]:
    """Receivables as of the end of a day: one row, or one a department that has open invoices.

    Overdue means due before the day with a balance above 0 at its end. Amounts are converted at the day's rates.
    """
    ensure_may(ctx, "metric.read")
    values = {"day": as_of, "by": by_department, "base": ctx.policy_history.on(as_of).base_currency}
    groups: dict[str, dict[int, tuple[int, Decimal, int]]] = {} if by_department else {UNASSIGNED: {}}
    for code, bucket, count, amount, unknown in ctx.session.execute(text(_BUCKETS), values):
        groups.setdefault(code or UNASSIGNED, {})[bucket] = (count, amount, unknown)
    customers = {code or UNASSIGNED: count for code, count in ctx.session.execute(text(_OVERDUE_CUSTOMERS), values)}
    return [
        _ageing(code if by_department else None, cells, customers.get(code, 0))
        for code, cells in sorted(groups.items())
    ]


def _ageing(department: str | None, cells: dict[int, tuple[int, Decimal, int]], customers: int) -> Ageing:
    buckets = tuple(
        AgeBucket(first, last, *cells.get(place, (0, Decimal(0), 0))[:2]) for place, (first, last) in enumerate(BUCKETS)
    )
    return Ageing(
        department=department,
        open_count=sum(one.count for one in buckets),
        open_amount=sum((one.amount for one in buckets), Decimal(0)),
        overdue_count=sum(one.count for one in buckets[1:]),
        overdue_amount=sum((one.amount for one in buckets[1:]), Decimal(0)),
        overdue_customers=customers,
        unconverted=sum(cell[2] for cell in cells.values()),
        buckets=buckets,
    )
