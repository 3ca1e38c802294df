"""What a customer owes at the end of a day: in all, by age, and invoice by invoice (SPEC 5, balance)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import text

from services.access import ensure_may
from services.context import Context
from services.receivables.ageing import BUCKETS, AgeBucket
from services.receivables.rates import RATE_RANGES, rate_join

# --- row types


@dataclass(frozen=True)
class Exposure:
    """What a customer owes at the end of a day, in the base currency. `unconverted` invoices lack a rate."""

    open_amount: Decimal
    overdue_amount: Decimal
    worst_days: int
    open_count: int
    overdue_count: int
    unconverted: int


@dataclass(frozen=True)
class OpenInvoice:
    """An invoice with something left to pay, in its own currency (None: the base currency). `days` past due."""

    invoice_no: str
    issued_on: dt.date
    due_on: dt.date
    amount: Decimal
    balance: Decimal
    currency: str | None
    days: int
    is_disputed: bool


@dataclass(frozen=True)
class Promises:
    """Promises to pay that a customer made in answer to dunning, and how many of those due by now it broke."""

    made: int
    broken: int
    last_broken_on: dt.date | None


# --- rules


def limit_use(owed: Exposure, limit: Decimal | None) -> Decimal | None:
    """The part of the credit limit that is used; None without a limit, or with none to use."""
    return owed.open_amount / limit if limit else None


NOTHING = Exposure(Decimal(0), Decimal(0), 0, 0, 0, 0)

# --- reads

# What is paid off by the day needs no sum of its payments, and that is nearly everything.
_OPEN = f"""
WITH rates AS ({RATE_RANGES}), standing AS MATERIALIZED (
    SELECT i.customer_id, i.id, i.invoice_no, i.issued_on, i.due_on, i.amount, i.currency, i.is_disputed
      FROM invoice i
      LEFT JOIN invoice_settlement s ON s.customer_id = i.customer_id AND s.invoice_id = i.id
     WHERE i.customer_id = ANY(:ids) AND i.issued_on <= :day AND i.amount > 0
       AND (s.paid_off_on IS NULL OR s.paid_off_on > :day)
), paid AS (
    SELECT a.customer_id, a.invoice_id, sum(a.amount) AS amount
      FROM payment_allocation a JOIN standing i ON i.customer_id = a.customer_id AND i.id = a.invoice_id
     WHERE a.customer_id = ANY(:ids) AND a.paid_on <= :day GROUP BY a.customer_id, a.invoice_id
), open AS (
    SELECT i.*, i.amount - coalesce(p.amount, 0) AS balance, :day - i.due_on AS days,
           (i.amount - coalesce(p.amount, 0)) * r.rate AS owed
      FROM standing i
      LEFT JOIN paid p ON p.customer_id = i.customer_id AND p.invoice_id = i.id
      {rate_join("r", "i.currency", ":day")}
     WHERE i.amount > coalesce(p.amount, 0)
)
"""  # noqa: S608
_EXPOSURE = (
    _OPEN
    + """
SELECT customer_id, coalesce(sum(owed), 0), coalesce(sum(owed) FILTER (WHERE days > 0), 0),
       greatest(max(days), 0), count(*), count(*) FILTER (WHERE days > 0), count(*) - count(owed)
  FROM open GROUP BY customer_id
"""
)
_BUCKETS = (
    _OPEN
    + """
SELECT width_bucket(days, ARRAY[1, 31, 61, 91, 181, 366]), count(owed), coalesce(sum(owed), 0) FROM open GROUP BY 1
"""
)
_INVOICES = (
    _OPEN
    + """
SELECT invoice_no, issued_on, due_on, amount, balance, currency, days, is_disputed
  FROM open ORDER BY due_on, invoice_no LIMIT :limit
"""
)


def _values(ctx: Context, ids: Sequence[int], as_of: dt.date | None) -> dict[str, object]:
    ensure_may(ctx, "customer.read")
    day = as_of or ctx.today
    return {"ids": list(ids), "day": day, "base": ctx.policy_history.on(day).base_currency}


def exposures(ctx: Context, customer_ids: Sequence[int], as_of: dt.date | None = None) -> dict[int, Exposure]:
    """What each of these customers owes at the end of a day (default: the business date)."""
    rows = ctx.session.execute(text(_EXPOSURE), _values(ctx, customer_ids, as_of))
    found = {row[0]: Exposure(*row[1:]) for row in rows}
    return {one: found.get(one, NOTHING) for one in customer_ids}


def exposure(ctx: Context, customer_id: int, as_of: dt.date | None = None) -> Exposure:
    """What the customer owes at the end of a day (default: the business date)."""
    return exposures(ctx, (customer_id,), as_of)[customer_id]


def ageing_of(ctx: Context, customer_id: int, as_of: dt.date | None = None) -> tuple[AgeBucket, ...]:
    """The customer's open invoices by days past due, every bucket of services/receivables/ageing.py."""
    rows = ctx.session.execute(text(_BUCKETS), _values(ctx, (customer_id,), as_of))
    cells = {row[0]: (row[1], row[2]) for row in rows}
    return tuple(
        AgeBucket(first, last, *cells.get(place, (0, Decimal(0)))) for place, (first, last) in enumerate(BUCKETS)
    )


def open_invoices(
    ctx: Context, customer_id: int, as_of: dt.date | None = None, limit: int = 50
) -> tuple[OpenInvoice, ...]:
    """The customer's invoices with something left to pay, the oldest due first; at most `limit`."""
    rows = ctx.session.execute(text(_INVOICES), _values(ctx, (customer_id,), as_of) | {"limit": limit})
    return tuple(OpenInvoice(*row) for row in rows)


# As rule `broken_promise` has it: the invoice is still open, or (none named) nothing came since the notice.
_PROMISES = f"""
{_OPEN}, promised AS (
    SELECT d.promised_on, d.promised_on < :day AND CASE
             WHEN d.invoice_id IS NOT NULL
             THEN EXISTS (SELECT 1 FROM open o WHERE o.id = d.invoice_id AND NOT o.is_disputed)
             ELSE EXISTS (SELECT 1 FROM open o WHERE o.days > 0 AND NOT o.is_disputed)
              AND NOT EXISTS (SELECT 1 FROM payment_allocation a WHERE a.customer_id = d.customer_id
                                 AND a.paid_on BETWEEN d.sent_on AND :day) END AS is_broken
      FROM dunning_notice d
     WHERE d.customer_id = ANY(:ids) AND d.response = 'promise' AND d.sent_on <= :day
)
SELECT count(*), count(*) FILTER (WHERE is_broken), max(promised_on) FILTER (WHERE is_broken) FROM promised
"""  # noqa: S608


def promises_of(ctx: Context, customer_id: int, as_of: dt.date | None = None) -> Promises:
    """What the customer promised and did not keep by the end of a day (default: the business date)."""
    return Promises(*ctx.session.execute(text(_PROMISES), _values(ctx, (customer_id,), as_of)).one())
