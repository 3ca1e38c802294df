"""Reads of the obedience check: the breaches and the figures they make (SPEC 9.6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import text

from db.enums import BreachJudgement, ControlKind, Demand, GateDecision, TradeDocument
from services.access import ensure_may
from services.context import Context
from services.errors import N_, NotFoundError, RefusedError
from services.metrics.span import Span
from services.obedience.rows import OPEN, BreachFilter, BreachPage, BreachRow, Obedience

MONTH, DEPARTMENT = "month", "department"
GROUPINGS = (MONTH, DEPARTMENT)
PAGE_SIZE = 50
Cursor = tuple[dt.date, int, int]

# Every name below is one of this file's own; values are bound.
_FROM: Final = """
  FROM control_breach b
  JOIN customer c ON c.customer_id = b.customer_id
  LEFT JOIN department d ON d.id = c.owner_department_id
  LEFT JOIN control m ON m.customer_id = b.customer_id AND m.id = b.control_id
  LEFT JOIN listing l ON l.customer_id = b.customer_id AND l.id = b.listing_id
  LEFT JOIN app_user u ON u.id = b.judged_by_id
 WHERE b.withdrawn_on IS NULL"""
_SHOWN: Final = """
SELECT b.customer_id, b.id, b.version, c.customer_no, c.name AS customer, d.code AS department, b.control_id,
       b.listing_id, l.listing_no, m.kind, b.demand, b.document, b.document_no, b.occurred_on, b.amount, b.allowed,
       b.found, b.gate_decision, coalesce(m.starts_on, l.decided_on) AS measure_since, m.reason AS measure_reason,
       b.judged_as, u.name AS judged_by, b.judged_at, b.judged_reason"""
_CONDITIONS: Final = {
    "first": "b.occurred_on >= :first",
    "last": "b.occurred_on <= :last",
    "department": "d.code = :department",
    "demand": "b.demand = :demand",
    "document": "b.document = :document",
    "customer_no": "c.customer_no = :customer_no",
}
_KEYS: Final = {MONTH: "CAST(date_trunc('month', {day}) AS date)", DEPARTMENT: "d.code"}


# --- reads


def breaches(
    ctx: Context, narrow: BreachFilter | None = None, after: Cursor | None = None, limit: int = PAGE_SIZE
) -> BreachPage:
    """One page of breaches, the newest first."""
    ensure_may(ctx, "control.read")
    where, values = _where(narrow or BreachFilter())
    total = ctx.session.execute(text(f"SELECT count(*){_FROM}{where}"), values).scalar_one()
    if after is not None:
        where += " AND (b.occurred_on, b.customer_id, b.id) < (:day, :customer, :id)"
        values |= {"day": after[0], "customer": after[1], "id": after[2]}
    found = ctx.session.execute(
        text(
            f"{_SHOWN}{_FROM}{where} ORDER BY b.occurred_on DESC, b.customer_id DESC, b.id DESC LIMIT {int(limit) + 1}"
        ),
        values,
    ).mappings()
    rows = [_row(one) for one in found]
    more = rows[limit - 1] if len(rows) > limit else None
    return BreachPage(
        tuple(rows[:limit]), None if more is None else (more.occurred_on, more.customer_id, more.id), int(total)
    )


def breach_by_id(ctx: Context, customer_id: int, breach_id: int) -> BreachRow:
    """One breach.

    Raises:
        NotFoundError: there is none, or it was withdrawn because the data were corrected.
    """
    ensure_may(ctx, "control.read")
    found = ctx.session.execute(
        text(f"{_SHOWN}{_FROM} AND b.customer_id = :customer AND b.id = :id"),
        {"customer": customer_id, "id": breach_id},
    ).mappings()
    row = found.first()
    if row is None:
        raise NotFoundError(N_("This breach does not exist any more: the data behind it were corrected."))
    return _row(row)


def obedience(ctx: Context, span: Span, by: Iterable[str] = (), department: str | None = None) -> tuple[Obedience, ...]:
    """Customers under a measure, those with whom one was disobeyed, and the documents, by month and department.

    A customer and a document count once in a group, however many measures there are. Department is the customer's
    owner.

    Raises:
        RefusedError: an unknown grouping.
    """
    ensure_may(ctx, "control.read")
    wanted = frozenset(by)
    if unknown := wanted - set(GROUPINGS):
        raise RefusedError(
            N_("Obedience can't be grouped by %(name)s. Choose among month and department."),
            name=", ".join(sorted(unknown)),
        )
    keys = {
        side: ", ".join(_KEYS[name].format(day=day) if name in wanted else "NULL" for name in GROUPINGS)
        for side, day in (("tested", "t.month"), ("breached", "b.occurred_on"))
    }
    found = ctx.session.execute(
        text(_FIGURES.format(tested=keys["tested"], breached=keys["breached"])),
        {"first": span.first, "until": span.ends_on, "only": department},
    )
    return tuple(Obedience(*row) for row in found)


_FIGURES: Final = """
WITH tested AS (
    SELECT {tested}, count(DISTINCT t.customer_id), sum(t.documents), sum(t.amount)
      FROM control_test t JOIN customer c ON c.customer_id = t.customer_id
      LEFT JOIN department d ON d.id = c.owner_department_id
     WHERE t.month BETWEEN :first AND :until AND (CAST(:only AS text) IS NULL OR d.code = :only) GROUP BY 1, 2
), document AS (
    SELECT b.customer_id, b.document, b.document_no, min(b.occurred_on) AS occurred_on, max(b.amount) AS amount,
           bool_and(b.judged_as IS NOT DISTINCT FROM 'excused') AS is_excused
      FROM control_breach b
     WHERE b.withdrawn_on IS NULL AND b.occurred_on BETWEEN :first AND :until GROUP BY 1, 2, 3
), breached AS (
    SELECT {breached}, count(DISTINCT b.customer_id) FILTER (WHERE NOT b.is_excused),
           count(*) FILTER (WHERE NOT b.is_excused), count(*) FILTER (WHERE b.is_excused),
           sum(b.amount) FILTER (WHERE NOT b.is_excused)
      FROM document b JOIN customer c ON c.customer_id = b.customer_id
      LEFT JOIN department d ON d.id = c.owner_department_id
     WHERE CAST(:only AS text) IS NULL OR d.code = :only GROUP BY 1, 2
)
SELECT t.month, t.department, t.customers, coalesce(b.customers, 0), CAST(t.documents AS bigint),
       coalesce(b.documents, 0), coalesce(b.excused, 0), t.amount, coalesce(b.amount, 0)
  FROM tested AS t (month, department, customers, documents, amount)
  LEFT JOIN breached AS b (month, department, customers, documents, excused, amount)
    ON b.month IS NOT DISTINCT FROM t.month AND b.department IS NOT DISTINCT FROM t.department
 ORDER BY 1, 2"""


def tested_months(ctx: Context) -> tuple[dt.date, dt.date] | None:
    """The first and the last month in which a document fell under a measure; None before the first."""
    ensure_may(ctx, "control.read")
    row = ctx.session.execute(text("SELECT min(month), max(month) FROM control_test")).one()
    return None if row[0] is None else (row[0], row[1])


def breaches_by_demand(ctx: Context, narrow: BreachFilter) -> dict[Demand, int]:
    """How many breaches there are of each demand."""
    ensure_may(ctx, "control.read")
    where, values = _where(narrow)
    found = ctx.session.execute(text(f"SELECT b.demand, count(*){_FROM}{where} GROUP BY 1 ORDER BY 2 DESC, 1"), values)
    return {Demand(demand): count for demand, count in found}


def _where(narrow: BreachFilter) -> tuple[str, dict[str, Any]]:
    given = {name: getattr(narrow, name) for name in _CONDITIONS}
    values = {name: value for name, value in given.items() if value is not None}
    where = "".join(f" AND {_CONDITIONS[name]}" for name in values)
    if narrow.judged == OPEN:
        where += " AND b.judged_as IS NULL"
    elif narrow.judged is not None:
        where, values = where + " AND b.judged_as = :judged", values | {"judged": narrow.judged}
    return where, values


def _row(found: Any) -> BreachRow:  # noqa: ANN401  (a row mapping)
    kinds: dict[str, Any] = {
        "kind": ControlKind, "demand": Demand, "document": TradeDocument, "gate_decision": GateDecision,
        "judged_as": BreachJudgement,
    }  # fmt: skip
    values = dict(found)
    for name, kind in kinds.items():
        values[name] = None if values[name] is None else kind(values[name])
    return BreachRow(**values)
