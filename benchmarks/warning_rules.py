"""What a run of the rules costs by how many customers changed: `python -m benchmarks.warning_rules [CUSTOMERS]`.

Default 50,000 customers with ten invoices each. Reads with the statements of all rules, for some customers and for all,
inside one transaction that is rolled back, in the database of DATABASE_URL or GREYLEDGER_HOME.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections.abc import Sequence

from sqlalchemy import text

from db.session import engine, open_session
from db.upgrade import upgrade
from services.context import SYSTEM, Context
from services.early_warnings import COMPUTED_RULES
from services.early_warnings.rules import findings

_DAY = dt.date(2025, 6, 30)
_CUSTOMERS = (
    "INSERT INTO customer_key (customer_no) SELECT 'BENCH' || n FROM generate_series(1, {customers}) n",
    "INSERT INTO customer (customer_id, customer_no, name, credit_limit, since) "
    "SELECT customer_id, customer_no, customer_no, 5000, date '2020-01-01' + (customer_id % 1900)::int "
    "FROM customer_key WHERE customer_no LIKE 'BENCH%'",
    "INSERT INTO invoice (customer_id, invoice_no, issued_on, due_on, amount, currency) "
    "SELECT customer_id, customer_no || '-' || n, day, day + 30, 100 + n, 'CNY' FROM customer_key, "
    "generate_series(1, 10) n, LATERAL (SELECT date '2024-05-01' + (n * 40 + customer_id % 30)::int AS day) d "
    "WHERE customer_no LIKE 'BENCH%'",
    "INSERT INTO invoice_settlement (customer_id, invoice_id, paid_amount, paid_off_on) "
    "SELECT customer_id, id, amount, due_on + (id % 20)::int FROM invoice "
    "WHERE invoice_no LIKE 'BENCH%' AND id % 8 > 0",
    "INSERT INTO payment_allocation (customer_id, invoice_id, paid_on, amount) "
    "SELECT i.customer_id, i.id, s.paid_off_on, i.amount FROM invoice i JOIN invoice_settlement s "
    "ON s.customer_id = i.customer_id AND s.invoice_id = i.id WHERE i.invoice_no LIKE 'BENCH%'",
    "ANALYZE customer, invoice, invoice_settlement, payment_allocation",
)


def main() -> None:
    """Print seconds for 1, 100 and 1,000 customers and for all, and each as a share of all."""
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    upgrade(engine())
    session = open_session()
    ctx = Context(session=session, actor=SYSTEM, now=dt.datetime(2025, 6, 30, 4, tzinfo=dt.UTC))
    for statement in _CUSTOMERS:
        session.execute(text(statement.format(customers=customers)))
    ids = list(session.execute(text("SELECT customer_id FROM customer ORDER BY customer_id")).scalars())
    every = _seconds(ctx, None)
    print(f"all {len(ids):,} customers: {every:.2f} s")
    for count in (1, 100, 1_000):
        took = _seconds(ctx, ids[:: max(1, len(ids) // count)][:count])
        print(f"{count:,} customers: {took:.3f} s, {took / every:.1%} of all")
    session.rollback()


def _seconds(ctx: Context, customers: Sequence[int] | None) -> float:
    start = time.perf_counter()
    for rule in COMPUTED_RULES:
        findings(ctx, rule, _DAY, None if customers is None else tuple(customers))
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
