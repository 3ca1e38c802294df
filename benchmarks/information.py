"""What information, warning rules, reminders and a shadow card cost over all customers.

    DATABASE_URL=postgresql://... python -m benchmarks.information [CUSTOMERS]

Default 200,000 customers with five invoices each, a credit report and a statement for most; the product is to bear
1,000,000, about five times as long. Everything is one transaction that is rolled back. Prints seconds, and microseconds
a customer.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections.abc import Callable

from sqlalchemy import text

from db.session import engine, open_session
from db.upgrade import upgrade
from services.context import SYSTEM, Context
from services.early_warnings import COMPUTED_RULES
from services.early_warnings.rules import findings
from services.information.quality import take_quality
from services.information.upkeep import refresh_standing
from services.information.worklist import DueFilter, due_counts, due_page
from services.reminders import remind

_DAY = dt.date(2025, 6, 30)
_ROWS = (
    "INSERT INTO department (code, kind, name_en, name_zh_hans, name_zh_hant) "
    "SELECT 'BENCH' || n, 'business', 'B', 'B', 'B' FROM generate_series(1, 10) n",
    "INSERT INTO customer_key (customer_no) SELECT 'BENCH' || n FROM generate_series(1, {customers}) n",
    "INSERT INTO customer (customer_id, customer_no, name, kind, industry_code, credit_rating, credit_limit, since, "
    "owner_department_id) SELECT k.customer_id, k.customer_no, k.customer_no, 'company', 'I' || k.customer_id % 40, "
    "CASE WHEN k.customer_id % 3 > 0 THEN 'BBB' END, 5000, date '2020-01-01' + (k.customer_id % 1900)::int, d.id "
    "FROM customer_key k JOIN department d ON d.code = 'BENCH' || 1 + k.customer_id % 10 "
    "WHERE k.customer_no LIKE 'BENCH%'",
    "INSERT INTO invoice (customer_id, invoice_no, issued_on, due_on, amount, currency) "
    "SELECT customer_id, customer_no || '-' || n, day, day + 30, 100 + n, 'CNY' FROM customer_key, "
    "generate_series(1, 5) n, LATERAL (SELECT date '2024-06-01' + (n * 70 + customer_id % 30)::int AS day) d "
    "WHERE customer_no LIKE 'BENCH%'",
    "INSERT INTO invoice_settlement (customer_id, invoice_id, paid_amount, paid_off_on) "
    "SELECT customer_id, id, amount, due_on + (id % 20)::int FROM invoice "
    "WHERE invoice_no LIKE 'BENCH%' AND id % 8 > 0",
    "INSERT INTO credit_report (customer_id, reported_on, source, rating, overdue_count) "
    "SELECT customer_id, date '2024-09-01' + (customer_id % 300)::int, 'Bureau', 'BBB', 0 FROM customer_key "
    "WHERE customer_no LIKE 'BENCH%' AND customer_id % 5 > 0",
    "INSERT INTO financial_statement (customer_id, period_end, revenue, net_profit, total_assets, total_liabilities, "
    "currency) SELECT customer_id, date '2024-12-31', 1000, customer_id % 50 - 5, 2000, 900, 'CNY' FROM customer_key "
    "WHERE customer_no LIKE 'BENCH%' AND customer_id % 4 > 0",
    "ANALYZE",
)


def main() -> None:
    """Lay the rows out, then time each run over all customers, and a page of the worklist."""
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    upgrade(engine())
    session = open_session()
    ctx = Context(session=session, actor=SYSTEM, now=dt.datetime(2025, 6, 30, 4, tzinfo=dt.UTC))
    start = time.perf_counter()
    for statement in _ROWS:
        session.execute(text(statement.format(customers=customers)))
    print(f"{customers:,} customers laid out in {time.perf_counter() - start:.1f} s")
    runs: tuple[tuple[str, Callable[[], object]], ...] = (
        ("standing of all information", lambda: refresh_standing(ctx)),
        ("the same again, nothing changed", lambda: refresh_standing(ctx)),
        ("data quality of the day", lambda: take_quality(ctx)),
        ("reminders, the first time", lambda: remind(ctx)),
        ("reminders, nothing new", lambda: remind(ctx)),
    )
    for name, run in runs:
        _timed(name, run, customers)
        if name.startswith("standing"):
            session.execute(text("ANALYZE information_standing"))
    _timed("a page of the worklist", lambda: due_page(ctx, DueFilter()), 0)
    _timed("its counts", lambda: due_counts(ctx, DueFilter()), 0)
    every = 0.0
    for rule in COMPUTED_RULES:
        every += _timed(f"rule {rule.code}", lambda rule=rule: findings(ctx, rule, _DAY), customers)  # type: ignore[misc]
    print(f"{'all warning rules':34}{every:8.2f} s")
    session.rollback()


def _timed(name: str, run: Callable[[], object], customers: int) -> float:
    start = time.perf_counter()
    run()
    took = time.perf_counter() - start
    each = f"{took / customers * 1e6:8.1f} µs a customer" if customers else ""
    print(f"{name:34}{took:8.2f} s{each}", flush=True)
    return took


if __name__ == "__main__":
    main()
