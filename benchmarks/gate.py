"""How quick the order gate answers: `python -m benchmarks.gate [CUSTOMERS] [CALLS]` (default 100,000 and 10,000).

Makes a database of its own on the server of DATABASE_URL or GREYLEDGER_HOME and drops it at the end. Half of the calls
are for customers with measures. Every order is kept, with its entry in the ledger. Each answer is compared with an
oracle that reads the customer's plain rows and adds them up in Python. Beside each call one indexed SELECT goes over
the same pool, so that the ratio does not depend on the machine.
"""

from __future__ import annotations

import os
import random
import sys
import time
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlalchemy import create_engine, make_url, text

from benchmarks.gate_oracle import Oracle
from db.session import database_url, engine
from db.upgrade import upgrade
from services.context import SYSTEM, unit_of_work
from services.gate import OrderAsked, answered, ask

_LAID_DOWN = (
    "INSERT INTO customer_key (customer_no) SELECT 'B' || n FROM generate_series(1, {n}) n",
    "INSERT INTO customer (customer_id, customer_no, name, payment_terms_days) "
    "SELECT customer_id, customer_no, 'Bench ' || customer_no, 30 + 30 * (customer_id % 3) FROM customer_key",
    "INSERT INTO invoice (customer_id, invoice_no, contract_no, issued_on, due_on, amount, currency) "
    "SELECT customer_id, customer_no || '-' || i, CASE WHEN i = 3 THEN customer_no || '-O1' END, "
    "current_date - 20 * i, current_date - 20 * i + 45, 1000 + (customer_id * 7919 + i * 104729) % 90000, "
    "CASE WHEN customer_id % 10 = 3 THEN 'EUR' WHEN customer_id % 500 = 7 THEN 'XAU' END "
    "FROM customer_key, generate_series(1, 3) i",
    "INSERT INTO invoice_settlement (customer_id, invoice_id, paid_amount, paid_off_on) "
    "SELECT customer_id, id, amount, issued_on + 9 FROM invoice WHERE (customer_id + id) % 2 = 0",
    "INSERT INTO payment_allocation (customer_id, invoice_id, paid_on, amount) "
    "SELECT customer_id, id, issued_on + 9, CASE WHEN (customer_id + id) % 2 = 0 THEN amount ELSE amount / 4 END "
    "FROM invoice WHERE (customer_id + id) % 3 <> 1 OR (customer_id + id) % 2 = 0",
    "INSERT INTO sales_order (customer_id, order_no, ordered_on, amount, currency) "
    "SELECT customer_id, customer_no || '-O' || i, current_date - 15 * i, 500 + (customer_id * 31 + i * 17) % 40000, "
    "CASE WHEN customer_id % 10 = 3 THEN 'EUR' END FROM customer_key, generate_series(1, 2) i "
    "WHERE customer_id % 2 = 0",
    "INSERT INTO fx_rate VALUES ('EUR', current_date - 30, 7.5), ('EUR', current_date - 3, 8), "
    "('USD', current_date, 7)",
    "INSERT INTO listing (customer_id, listing_no, criterion, grade, state, trigger_on, decided_on) "
    "SELECT customer_id, 'L' || customer_id, 'arrears', CASE WHEN customer_id % 3 = 0 THEN 'black' ELSE 'grey' END, "
    "'confirmed', current_date - 40, current_date - 30 FROM customer_key WHERE customer_id % 100 = 1",
    "INSERT INTO control (customer_id, kind, state, force, override_role, reason, proposed_at, starts_on, expires_on, "
    "order_limit, month_limit, exposure_limit, terms_days, prepaid_share, guarantee_value, coverage_ratio) "
    "SELECT customer_id, kind, CASE WHEN (customer_id / 7) % 20 = 3 THEN 'proposed' ELSE 'active' END, "
    "CASE WHEN customer_id % 4 = 0 THEN 'absolute' ELSE 'overridable' END, CASE WHEN customer_id % 4 = 0 THEN NULL "
    "ELSE 'risk' END, 'Bench', now(), current_date - 10 + CAST(customer_id % 12 AS integer), "
    "CASE WHEN customer_id % 3 = 0 THEN current_date + 2 END, "
    "CASE WHEN kind = 'trade_limit' THEN 30000 END, "
    "CASE WHEN kind = 'trade_limit' AND customer_id % 2 = 0 THEN 60000 END, "
    "CASE WHEN kind = 'trade_limit' THEN 120000 END, "
    "CASE WHEN kind = 'prepayment' THEN 60 END, CASE WHEN kind = 'prepayment' THEN 0.3 END, "
    "CASE WHEN kind = 'guarantee' THEN 10000 END, CASE WHEN kind = 'guarantee' THEN 0.5 END "
    "FROM customer_key, unnest(ARRAY['trade_limit', 'suspension', 'guarantee', 'prepayment']) "
    "WITH ORDINALITY AS k(kind, place) WHERE customer_id % 10 < 2 AND (customer_id / 10) % 6 IN (place, 5) "
    "AND NOT (kind = 'suspension' AND (customer_id / 10) % 6 = 5)",
    "INSERT INTO guarantee (customer_id, guarantee_no, kind, value, currency, valid_from, expires_on) "
    "SELECT customer_id, 'G' || customer_id || i, 'deposit', 20000 * i, CASE WHEN customer_id % 4 = 1 THEN 'USD' END, "
    "current_date - 100, current_date + 100 * i - 200 FROM customer_key, generate_series(1, 3) i "
    "WHERE customer_id % 10 < 2",
)
_TABLES = (
    "customer_key", "customer", "invoice", "invoice_settlement", "payment_allocation", "sales_order", "listing",
    "control", "guarantee", "ledger_entry", "gate_order", "gate_override",
)  # fmt: skip
_BARE = text("SELECT name FROM customer WHERE customer_no = :no")


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    found = work()
    return (time.perf_counter() - start) * 1000, found


def _bare(customer_no: str) -> None:
    with unit_of_work() as ctx:
        ctx.session.execute(_BARE, {"no": customer_no}).one()


def _one_row() -> None:
    with unit_of_work() as ctx:
        ctx.session.execute(text("INSERT INTO bench_row VALUES (1)"))


def _ask(order: OrderAsked) -> Any:
    with unit_of_work() as ctx:
        return ask(ctx, order)


def _orders(customers: int, calls: int) -> list[OrderAsked]:
    """Orders of customers drawn by chance, half of them with measures; the draw is the same each time."""
    draw = random.Random(20250630)
    found = []
    for place in range(calls):
        number = draw.randint(1, customers)
        if place % 2:
            number = number // 10 * 10 + draw.randint(0, 1) or 1
        found.append(
            OrderAsked(
                f"B{number}", Decimal(draw.randint(100, 4_000_000)) / 100,
                currency=draw.choice((None, None, None, "CNY", "EUR", "XAU")),
                terms_days=draw.choice((None, 30, 60, 90)), order_no=f"N{place}",
                prepaid_amount=draw.choice((None, Decimal(5000))),
            )
        )  # fmt: skip
    return found


def _shown(name: str, times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    found = {
        "p50": ordered[len(ordered) // 2], "p90": ordered[int(len(ordered) * 0.9)],
        "p99": ordered[int(len(ordered) * 0.99)], "max": ordered[-1],
    }  # fmt: skip
    print(f"{name:34}" + "  ".join(f"{key} {value:7.2f}" for key, value in found.items()))
    return found


def _lay_down(customers: int) -> None:
    start = time.perf_counter()
    with engine().connect() as connection, connection.begin():
        for statement in _LAID_DOWN:
            connection.execute(text(statement.format(n=customers)))
        connection.execute(text("CREATE TABLE bench_row (n integer)"))
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"VACUUM ANALYZE {', '.join(_TABLES)}"))
    print(f"{customers:,} customers laid down in {time.perf_counter() - start:.0f} s")


def _run(customers: int, calls: int) -> int:
    orders = _orders(customers, calls)
    for order in orders[:50]:  # the first statements of a process are planned and compiled
        _bare(order.customer_no)
        with unit_of_work() as ctx:
            ask(ctx, OrderAsked(order.customer_no, Decimal(1)))
    oracle = Oracle()
    bare, rows, kept, wrong, decisions = [], [], [], 0, {"allow": 0, "hold": 0, "deny": 0}
    by_decision: dict[str, list[float]] = {one: [] for one in decisions}
    for order in orders:
        wanted = oracle.answer(order)
        bare.append(_timed(lambda order=order: _bare(order.customer_no))[0])
        rows.append(_timed(_one_row)[0])
        took, answer = _timed(lambda order=order: _ask(order))
        kept.append(took)
        decisions[answer.decision] += 1
        by_decision[answer.decision].append(took)
        found = (answer.decision.value, frozenset(one.code for one in answer.reasons), answer.limit_left)
        if found != wanted:
            wrong += 1
            print(f"WRONG {order}: {found}, the oracle says {wanted}", file=sys.stderr)
        oracle.note(order, answer.decision.value)
    questions = [
        _timed(lambda order=order: _ask(OrderAsked(order.customer_no, order.amount)))[0] for order in orders[:2000]
    ]
    whole = [
        _timed(lambda order=order: answered(SYSTEM, order))[0] for order in orders[:2000]
    ]  # fmt: skip
    print(f"{calls:,} orders kept: {decisions}; wrong answers: {wrong}; milliseconds:")
    base = _shown("one indexed SELECT", bare)
    _shown("one INSERT, on the disk", rows)
    mine = _shown("ask, order kept", kept)
    for one in decisions:
        _shown(f"    answered {one}", by_decision[one])
    _shown("ask, a question", questions)
    _shown("answered, a repeated number", whole)
    print(f"ratio of medians {mine['p50'] / base['p50']:.1f}, of p99 {mine['p99'] / base['p99']:.1f}")
    return wrong


def main() -> None:
    """Print the distributions, the ratio to one indexed SELECT, and how many answers were wrong."""
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    calls = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    server = make_url(database_url())
    name = f"bench_{uuid.uuid4().hex[:8]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    os.environ["DATABASE_URL"] = server.set(database=name).render_as_string(hide_password=False)
    try:
        upgrade(engine())
        _lay_down(customers)
        wrong = _run(customers, calls)
    finally:
        engine().dispose()
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
