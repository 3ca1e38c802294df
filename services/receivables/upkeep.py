"""Keeps `payment_allocation` and `invoice_settlement` right for the customers in the temporary table `dirty`.

Most customers' payments name their invoice and stay within it: those are allocated by one statement. The rest (money
that names no invoice, overpays, or comes in another currency) is replayed by the rule, customer by customer.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from db.copying import copy
from services.receivables.allocation import Allocation, OwedInvoice, ReceivedPayment, allocate
from services.receivables.rates import Rates, known_rates

_UNITS = 10_000

_INTRICATE = """
CREATE TEMPORARY TABLE intricate ON COMMIT DROP AS
WITH money AS (
    SELECT p.customer_id, p.invoice_id, p.amount, p.currency
      FROM payment p JOIN dirty d ON d.customer_id = p.customer_id
    UNION ALL
    SELECT i.customer_id, i.id, i.amount, i.currency
      FROM invoice i JOIN dirty d ON d.customer_id = i.customer_id
     WHERE i.settled_on IS NOT NULL AND i.amount > 0
), paid AS (
    SELECT customer_id, invoice_id, sum(amount) AS amount, count(DISTINCT coalesce(currency, :base)) AS currencies,
           max(coalesce(currency, :base)) AS currency
      FROM money GROUP BY customer_id, invoice_id
)
SELECT DISTINCT paid.customer_id
  FROM paid LEFT JOIN invoice i ON i.customer_id = paid.customer_id AND i.id = paid.invoice_id
 WHERE i.id IS NULL OR paid.amount > i.amount OR paid.currencies > 1 OR paid.currency <> coalesce(i.currency, :base)
"""
_PLAIN_ALLOCATIONS = """
INSERT INTO payment_allocation (customer_id, invoice_id, payment_id, paid_on, amount)
SELECT p.customer_id, p.invoice_id, p.id, p.paid_on, p.amount
  FROM payment p JOIN dirty d ON d.customer_id = p.customer_id
  LEFT JOIN intricate x ON x.customer_id = p.customer_id
 WHERE x.customer_id IS NULL AND p.amount > 0
UNION ALL
SELECT i.customer_id, i.id, NULL, i.settled_on, i.amount
  FROM invoice i JOIN dirty d ON d.customer_id = i.customer_id
  LEFT JOIN intricate x ON x.customer_id = i.customer_id
 WHERE x.customer_id IS NULL AND i.settled_on IS NOT NULL AND i.amount > 0
"""
_SETTLEMENTS = """
INSERT INTO invoice_settlement (customer_id, invoice_id, paid_amount, paid_off_on)
SELECT a.customer_id, a.invoice_id, sum(a.amount),
       CASE WHEN sum(a.amount) >= i.amount THEN max(a.paid_on) END
  FROM payment_allocation a
  JOIN dirty d ON d.customer_id = a.customer_id
  JOIN invoice i ON i.customer_id = a.customer_id AND i.id = a.invoice_id
 GROUP BY a.customer_id, a.invoice_id, i.amount
"""
_INVOICES = f"""
SELECT i.customer_id, i.id, i.invoice_no, i.issued_on, i.due_on, (i.amount * {_UNITS})::bigint, i.currency, i.settled_on
  FROM invoice i JOIN intricate x ON x.customer_id = i.customer_id ORDER BY i.customer_id
"""  # noqa: S608
_PAYMENTS = f"""
SELECT p.customer_id, p.id, p.payment_no, p.paid_on, (p.amount * {_UNITS})::bigint, p.currency, p.invoice_id
  FROM payment p JOIN intricate x ON x.customer_id = p.customer_id WHERE p.amount > 0 ORDER BY p.customer_id
"""  # noqa: S608


def refresh_settlements(session: Session, base: str) -> None:
    """Make allocations and settlements of the customers in `dirty` again."""
    for table in ("invoice_settlement", "payment_allocation"):
        session.execute(text(f"DELETE FROM {table} t USING dirty d WHERE t.customer_id = d.customer_id"))  # noqa: S608
    session.execute(text("DROP TABLE IF EXISTS intricate"))
    session.execute(text(_INTRICATE), {"base": base})
    session.execute(text(_PLAIN_ALLOCATIONS))
    _replay_intricate(session, known_rates(session, base))
    session.execute(text(_SETTLEMENTS))


def _replay_intricate(session: Session, rates: Rates) -> None:
    payments = _grouped(session, _PAYMENTS)
    waiting = next(payments, None)
    lines = io.StringIO()
    for customer_id, invoice_rows in _grouped(session, _INVOICES):
        while waiting is not None and waiting[0] < customer_id:
            waiting = next(payments, None)
        received = [ReceivedPayment(*row) for row in waiting[1]] if waiting and waiting[0] == customer_id else []
        owed = [OwedInvoice(*row) for row in invoice_rows]
        for one in allocate(owed, received, rates.conversion):
            lines.write(_line(customer_id, one))
    lines.seek(0)
    copy(session, "COPY payment_allocation (customer_id, invoice_id, payment_id, paid_on, amount) FROM STDIN", lines)


def _line(customer_id: int, one: Allocation) -> str:
    payment = "\\N" if one.payment_id is None else str(one.payment_id)
    whole, part = divmod(one.amount, _UNITS)
    return f"{customer_id}\t{one.invoice_id}\t{payment}\t{one.paid_on}\t{whole}.{part:04d}\n"


def _grouped(session: Session, query: str) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
    """Rows by customer, streamed, without the leading customer id."""
    rows = session.execute(text(query), execution_options={"stream_results": True, "yield_per": 20_000})
    for customer_id, group in groupby(rows, key=lambda row: int(row[0])):
        yield customer_id, [tuple(row[1:]) for row in group]
