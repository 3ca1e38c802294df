"""Keeps the table that worklists read in step with the statement: for customers whose data changed, and for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, literal, select, text, union_all

from services import data_versions
from services.context import Context
from services.information.catalogue import ANY, OWN_ITEMS
from services.information.standing import standing

#: Two runs at once would wait for each other's rows in different orders.
_ONE_AT_A_TIME = 7_205_360
_KEYS = ("customer_id", "item")
_VALUES = ("department_id", "level", "urgency", "known_on", "due_on", "soon_on", "missing")


def refresh_standing(ctx: Context, customer_ids: Sequence[int] | None = None) -> int:
    """Bring the table up to date for customers (None: all); how many of its rows changed."""
    ctx.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ONE_AT_A_TIME})
    ctx.session.execute(text("DROP TABLE IF EXISTS standing_now"))
    made = _with_most_urgent(ctx, customer_ids).compile(
        ctx.session.connection(), compile_kwargs={"render_postcompile": True}
    )
    ctx.session.connection().exec_driver_sql(
        f"CREATE TEMPORARY TABLE standing_now ON COMMIT DROP AS {made.string}", made.params
    )
    changed = _remove(ctx, customer_ids) + _merge(ctx)
    if changed:
        data_versions.bump(ctx, "information")
    return changed


def _with_most_urgent(ctx: Context, customer_ids: Sequence[int] | None) -> Any:  # noqa: ANN401  (a compound select)
    """The statement, and for each customer a line for all that its department owes."""
    now = standing(ctx.today, ctx.policy_history.on(ctx.today), customer_ids).cte("standing_of_items")
    most = select(
        now.c.customer_id, literal(ANY).label("item"), now.c.department_id, now.c.level, now.c.urgency,
        func.max(now.c.known_on), func.min(now.c.due_on), func.min(now.c.soon_on), literal(None).label("missing"),
    ).where(now.c.item.in_(OWN_ITEMS))  # fmt: skip
    return union_all(select(now), most.group_by(now.c.customer_id, now.c.department_id, now.c.level, now.c.urgency))


def _remove(ctx: Context, customer_ids: Sequence[int] | None) -> int:
    """Items that are asked no more: an industry that was taken away, a company that turned out to be a person."""
    kept = text("SELECT 1 FROM standing_now n WHERE n.customer_id = s.customer_id AND n.item = s.item")
    some = "" if customer_ids is None else "AND s.customer_id = ANY(:ids)"
    gone = text(f"DELETE FROM information_standing s WHERE NOT EXISTS ({kept.text}) {some}")  # noqa: S608
    given = {} if customer_ids is None else {"ids": list(customer_ids)}
    return int(ctx.session.execute(gone, given).rowcount)  # type: ignore[attr-defined]


def _merge(ctx: Context) -> int:
    names = ", ".join((*_KEYS, *_VALUES))
    new, old = (", ".join(f"{side}.{name}" for name in _VALUES) for side in ("excluded", "s"))
    settings = ", ".join(f"{name} = excluded.{name}" for name in _VALUES)
    merged = text(
        f"INSERT INTO information_standing AS s ({names}) SELECT {names} FROM standing_now "  # noqa: S608
        f"ON CONFLICT (customer_id, item) DO UPDATE SET {settings} WHERE ({old}) IS DISTINCT FROM ({new})"
    )
    return int(ctx.session.execute(merged).rowcount)  # type: ignore[attr-defined]
