"""How quick screening is: `python -m benchmarks.screening_speed [CUSTOMERS] [ENTRIES]` (default 100,000 and 10,000).

Makes a register of invented names in the database of DATABASE_URL or GREYLEDGER_HOME (an empty one), then measures:
names made comparable, one name asked, one customer listed against the whole register, a whole list anew.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable

from sqlalchemy import text

from db.session import engine, open_session
from db.upgrade import upgrade
from services.context import unit_of_work
from services.screening import run_screening, screen
from services.screening.names import refresh_customer_names, refresh_entry_names

_CITIES = (
    "苏州",
    "常州",
    "无锡",
    "南京",
    "杭州",
    "宁波",
    "温州",
    "广州",
    "深圳",
    "东莞",
    "成都",
    "武汉",
    "长沙",
    "郑州",
)
_TRADES = (
    "机械设备",
    "电子科技",
    "网络科技",
    "商贸",
    "建材",
    "化工",
    "食品",
    "物流",
    "环保科技",
    "文化传媒",
    "汽车销售",
)
_SIGNS = (
    "利博优美曦淼途畅索澎裕协耀支点钛擎雅姿置顺灵动健宇先森开德庭蓝坤邦康慈鼎盛誉音影锋"
    "航远安麓丰银球骏策舟珩纵璟屿信恒力源"
)
_ROUNDS = 200


def _name(rng: random.Random) -> str:
    core = "".join(rng.choices(_SIGNS, k=rng.choice((2, 3, 3, 4))))
    return f"{rng.choice(_CITIES)}{core}{rng.choice(_TRADES)}有限公司"


def _timed(words: str, work: Callable[[], object]) -> None:
    start = time.perf_counter()
    result = work()
    print(f"{words}: {time.perf_counter() - start:.1f} s ({result})", flush=True)


def _lay_down(customers: int, entries: int) -> None:
    rng = random.Random(7)
    with open_session() as session:
        for start in range(0, customers, 50_000):
            names = [_name(rng) for _one in range(min(50_000, customers - start))]
            session.execute(
                text(
                    "WITH named AS (SELECT n, :start + place AS at FROM unnest(CAST(:names AS text[])) "
                    "WITH ORDINALITY u(n, place)), made AS (INSERT INTO customer_key (customer_no) "
                    "SELECT 'B' || at FROM named RETURNING customer_no, customer_id) "
                    "INSERT INTO customer (customer_id, customer_no, name) "
                    "SELECT m.customer_id, m.customer_no, d.n FROM made m JOIN named d ON m.customer_no = 'B' || d.at"
                ),
                {"names": names, "start": start},
            )
        session.execute(
            text(
                "INSERT INTO watchlist_entry (source, entry_no, name) SELECT 'BENCH', place, n "
                "FROM unnest(CAST(:names AS text[])) WITH ORDINALITY u(n, place)"
            ),
            {"names": [_name(rng) for _one in range(entries)]},
        )
        session.commit()
        session.execute(text("ANALYZE"))
        session.commit()


def _work(step: Callable[..., object], *values: object) -> object:
    with unit_of_work() as ctx:
        return step(ctx, *values)


def _ask(rounds: int) -> str:
    rng, took = random.Random(9), []
    for _one in range(rounds):
        name = _name(rng)
        with unit_of_work() as ctx:
            start = time.perf_counter()
            screen(ctx, name)
            took.append((time.perf_counter() - start) * 1000)
    took.sort()
    return f"median {statistics.median(took):.1f} ms, p99 {took[int(rounds * 0.99) - 1]:.1f} ms"


def main() -> None:
    """Print the figures."""
    customers, entries = (int(one) for one in (*sys.argv[1:], "100000", "10000")[:2])
    upgrade(engine())
    _lay_down(customers, entries)
    _timed("entries made comparable", lambda: _work(refresh_entry_names))
    _timed("customers made comparable", lambda: _work(refresh_customer_names))
    _timed("all against all", lambda: _work(run_screening))
    with open_session() as session:
        session.execute(text("ANALYZE"))
        session.execute(
            text(
                "INSERT INTO listing (customer_id, listing_no, criterion, grade, state, trigger_on, decided_on) "
                "SELECT min(customer_id), 'BENCH', 'fraud', 'black', 'confirmed', current_date, current_date "
                "FROM customer"
            )
        )
        session.commit()
    _timed("one customer listed, against all", lambda: _work(run_screening))
    _timed("nothing new", lambda: _work(run_screening))
    print(f"one name asked: {_ask(_ROUNDS)}")


if __name__ == "__main__":
    main()
