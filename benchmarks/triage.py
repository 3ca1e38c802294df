"""How quick the triage desk is with many open warnings: `python -m benchmarks.triage [WARNINGS]` (default 10,000).

Server time of what the desk reads against bare SQL: the whole page against the two shortest statements that find the
same rows and counts, one step to the next warning against its own statements on a bare cursor. In the database of
DATABASE_URL or GREYLEDGER_HOME. What it lays down is removed again at the end.
"""

from __future__ import annotations

import datetime as dt
import statistics
import sys
import time
from collections.abc import Callable

from sqlalchemy import event, text

from db.enums import Role
from db.session import engine, open_session
from db.upgrade import upgrade
from services.context import Actor, Context, unit_of_work
from services.customers import ageing_of, customer_by_no, exposure, open_invoices, promises_of, timeline
from services.early_warnings import (
    MOST_AT_ONCE,
    QueueFilter,
    acknowledge_all,
    facets,
    foresee,
    held_by_others,
    keep_for_reader,
    open_warnings,
    people_for,
    queue_counts,
    warning_by_id,
    warnings_of_customer,
)
from services.listings_now import grade_of
from services.scoring import explained_score
from services.triage_reach import reach_today, recent_pace

_ROUNDS = 15
_LAID_DOWN = (
    "INSERT INTO department (code, kind, name_en, name_zh_hans, name_zh_hant) "
    "VALUES ('BENCHRISK', 'risk', 'Bench', 'Bench', 'Bench')",
    "INSERT INTO app_user (login, name, role, department_id, password_hash, is_active) "
    "SELECT 'bench', 'Bench', 'risk', id, '-', true FROM department WHERE code = 'BENCHRISK'",
    "INSERT INTO customer_key (customer_no) SELECT 'BENCH' || n FROM generate_series(1, :n) n",
    "INSERT INTO customer (customer_id, customer_no, name, owner_department_id) "
    "SELECT k.customer_id, k.customer_no, 'Bench ' || k.customer_no, d.id "
    "FROM customer_key k, department d WHERE k.customer_no LIKE 'BENCH%' AND d.code = 'BENCHRISK'",
    "INSERT INTO invoice (customer_id, invoice_no, issued_on, due_on, amount, currency) "
    "SELECT customer_id, customer_no || '-' || n, current_date - 200, current_date - 60 - n, 1000 + n, 'CNY' "
    "FROM customer_key, generate_series(1, 3) n WHERE customer_no LIKE 'BENCH%'",
    "INSERT INTO early_warning (customer_id, rule, severity, state, raised_on, raised_at, due_at, department_id, "
    "money_at_risk, likelihood, priority, evidence, evidence_on) "
    "SELECT c.customer_id, 'overdue_30', (ARRAY['low','medium','high','critical'])[1 + c.customer_id % 4], 'raised', "
    "current_date, now(), now() + (c.customer_id % 300) * interval '1 hour', c.owner_department_id, m, 0.3, m * 0.3, "
    """'{"facts": {"days": 30, "count": 3, "oldest_days": 63}}', current_date """
    "FROM customer c, LATERAL (SELECT (1 + c.customer_id * 7919 % 100000) * 10.0 AS m) x "
    "WHERE c.customer_no LIKE 'BENCH%'",
    "ANALYZE early_warning", "ANALYZE customer", "ANALYZE invoice",
)  # fmt: skip
_TAKEN_AWAY = (
    "DELETE FROM early_warning_hold WHERE user_id IN (SELECT id FROM app_user WHERE login = 'bench')",
    "DELETE FROM early_warning w USING customer c WHERE c.customer_id = w.customer_id AND c.customer_no LIKE 'BENCH%'",
    "DELETE FROM invoice i USING customer c WHERE c.customer_id = i.customer_id AND c.customer_no LIKE 'BENCH%'",
    "DELETE FROM customer WHERE customer_no LIKE 'BENCH%'", "DELETE FROM customer_key WHERE customer_no LIKE 'BENCH%'",
    "DELETE FROM app_user WHERE login = 'bench'", "DELETE FROM department WHERE code = 'BENCHRISK'",
)  # fmt: skip
_BARE_PAGE = """
SELECT w.*, c.customer_no, c.name, d.code, u.name FROM (
    SELECT customer_id, id, CAST(priority AS float8)
           * power(2.0::float8, -greatest(extract(epoch FROM due_at - now())::float8 / 3600, 0) / 72) AS rank
      FROM early_warning WHERE state <> 'resolved' AND coalesce(snoozed_until <= current_date, true)
     ORDER BY rank DESC, customer_id, id LIMIT 50) k
  JOIN early_warning w ON w.customer_id = k.customer_id AND w.id = k.id
  JOIN customer c ON c.customer_id = w.customer_id
  LEFT JOIN department d ON d.id = w.department_id LEFT JOIN app_user u ON u.id = w.assignee_id ORDER BY k.rank DESC
"""
_BARE_COUNTS = """
SELECT severity, count(*), count(*) FILTER (WHERE due_at < now()), sum(money_at_risk)
  FROM early_warning WHERE state <> 'resolved' AND coalesce(snoozed_until <= current_date, true) GROUP BY 1
"""


def _median(work: Callable[[], object]) -> float:
    times = []
    for _ in range(_ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def _person() -> Actor:
    with unit_of_work() as ctx:
        row = ctx.session.execute(text("SELECT id, department_id FROM app_user WHERE login = 'bench'")).one()
        return Actor(login="bench", name="Bench", role=Role.RISK, user_id=row[0], department_id=row[1])


def _run(*statements: str, **values: object) -> None:
    with unit_of_work() as ctx:
        for statement in statements:
            ctx.session.execute(text(statement), values)


def _bare(*statements: str) -> None:
    session = open_session()
    for statement in statements:
        session.execute(text(statement)).all()
    session.close()


def _whole_page(actor: Actor) -> None:
    every = QueueFilter()
    with unit_of_work(actor) as ctx:
        facets(ctx, every)
    with unit_of_work(actor) as ctx:
        open_warnings(ctx, every)
        queue_counts(ctx, every)
        queue_counts(ctx, QueueFilter(snoozed=True))
        reach_today(ctx)


def _next_one(actor: Actor, key: tuple[int, int]) -> None:
    with unit_of_work(actor) as ctx:
        held_by_others(ctx)
        keep_for_reader(ctx, *key)
    with unit_of_work(actor) as ctx:
        row = warning_by_id(ctx, *key)
        _facts(ctx, row.customer_id, row.customer_no)
        people_for(ctx, row.department)


def _facts(ctx: Context, customer_id: int, customer_no: str) -> None:
    customer_by_no(ctx, customer_no)
    for read in (exposure, ageing_of, promises_of, explained_score, grade_of):
        read(ctx, customer_id)
    open_invoices(ctx, customer_id, limit=4)
    timeline(ctx, customer_id, ("payment",), limit=3)
    timeline(ctx, customer_id, limit=8)
    warnings_of_customer(ctx, customer_id, 20)


def _recorded(work: Callable[[], None]) -> list[tuple[str, object]]:
    """The statements that some work sends."""
    sent: list[tuple[str, object]] = []

    def note(_conn: object, _cursor: object, statement: str, values: object, _context: object, _many: bool) -> None:
        sent.append((statement, values))

    event.listen(engine(), "before_cursor_execute", note)
    work()
    event.remove(engine(), "before_cursor_execute", note)
    return sent


def _replay(sent: list[tuple[str, object]]) -> None:
    connection = engine().raw_connection()
    cursor = connection.cursor()
    for statement, values in sent:
        cursor.execute(statement, values)
        if cursor.description:
            cursor.fetchall()
    connection.commit()
    connection.close()


def main() -> None:
    """Print milliseconds of the page and of one step, their ratio to the bare SQL, and of a bulk decision."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    upgrade(engine())
    _run(*_LAID_DOWN, n=count)
    try:
        actor = _person()
        bare = _median(lambda: _bare(_BARE_PAGE, _BARE_COUNTS))
        page = _median(lambda: _whole_page(actor))
        with unit_of_work(actor) as ctx:
            keys = [(row.customer_id, row.id) for row in open_warnings(ctx).rows]
        turn = iter(keys * _ROUNDS)
        step = _median(lambda: _next_one(actor, next(turn)))
        sent = _recorded(lambda: _next_one(actor, keys[0]))
        bare_step = _median(lambda: _replay(sent))
        with unit_of_work(actor) as ctx:
            start = time.perf_counter()
            recent_pace(ctx)
            pace = time.perf_counter() - start
        print(f"{count:,} open warnings; medians of {_ROUNDS}, milliseconds of the server")
        print(f"bare SQL of the list and its counts: {bare:.1f}")
        print(f"the whole page's reads: {page:.1f}, ratio {page / bare:.2f}")
        print(
            f"one step to the next warning (J): {step:.1f}; its {len(sent)} statements alone: {bare_step:.1f}, "
            f"ratio {step / bare_step:.2f}"
        )
        print(f"the pace of the last weeks, once in half an hour: {pace * 1000:.1f}")
        _bulk(actor)
    finally:
        _run(*_TAKEN_AWAY)


def _bulk(actor: Actor) -> None:
    """A decision on as many as can be changed at once; it is not kept."""
    session = open_session()
    ctx = Context(session=session, actor=actor, now=dt.datetime.now(dt.UTC))
    start = time.perf_counter()
    found = foresee(ctx, "acknowledge", QueueFilter())
    seen = time.perf_counter()
    acknowledge_all(ctx, found.able, "Bench")
    done = time.perf_counter()
    session.rollback()
    session.close()
    print(f"a decision on {MOST_AT_ONCE}: foreseen in {(seen - start) * 1000:.0f}, done in {(done - seen) * 1000:.0f}")


if __name__ == "__main__":
    main()
