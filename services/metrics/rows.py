"""The rows behind a figure: which assessments, triggers, case debts, complaints and customers it counts (SPEC 5).

A part of a figure is read page by page by a key (rank, customer, item), the rows that hurt the figure first, or as a
stream for a file. Private persons appear by their customer number only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from services.access import ensure_may
from services.context import Context
from services.errors import N_, RefusedError
from services.metrics.figures import ACCURACY, COMPLAINTS, RECOVERY, TIMELINESS
from services.metrics.span import Span
from services.metrics.trigger_days import TriggerDays, trigger_days

PAGE_SIZE = 50
_BATCH = 1_000
Cursor = tuple[str, int, int]


@dataclass(frozen=True)
class Column:
    """A column of the rows. `kind`: text, customer_no, department, date, number, money, or a group of labels."""

    name: str
    kind: str


@dataclass(frozen=True)
class RowPage:
    """Some rows, their values in the order of `columns`. `after` asks for what follows, None at the end."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    after: Cursor | None
    total: int


#: What can be asked for: the whole first, then its parts.
PARTS: dict[str, tuple[str, ...]] = {
    ACCURACY: ("counted", "wrong", "right", "excluded"),
    TIMELINESS: ("counted", "late", "on_time"),
    RECOVERY: ("counted", "unpaid", "received", "excluded"),
    COMPLAINTS: ("complaints", "active"),
}
_CUSTOMER = (Column("customer_no", "customer_no"), Column("customer", "text"), Column("department", "department"))
_COLUMNS: dict[tuple[str, str], tuple[Column, ...]] = {
    (ACCURACY, ""): (
        *_CUSTOMER, Column("assessed_on", "date"), Column("level", "risk_level_short"), Column("score", "number"),
        Column("outcome", "accuracy_outcome"),
    ),
    (TIMELINESS, ""): (
        *_CUSTOMER, Column("trigger", "text"), Column("trigger_kind", "trigger_kind"), Column("trigger_on", "date"),
        Column("deadline_on", "date"), Column("decided_on", "date"), Column("outcome", "timeliness_outcome"),
    ),
    (RECOVERY, ""): (
        *_CUSTOMER, Column("case_no", "text"), Column("invoice_no", "text"), Column("added_on", "date"),
        Column("opening", "money"), Column("added", "money"), Column("received", "money"),
    ),
    (COMPLAINTS, "complaints"): (
        *_CUSTOMER, Column("complaint_no", "text"), Column("received_on", "date"), Column("closed_on", "date"),
        Column("upheld", "upheld"),
    ),
    (COMPLAINTS, "active"): (*_CUSTOMER, Column("active_by", "active_by")),
}  # fmt: skip

_KNOWN = """metric_contribution m LEFT JOIN department d ON d.id = m.department_id
     WHERE m.metric = :metric AND m.month BETWEEN :first AND :last
       AND (CAST(:only AS text) IS NULL OR d.code = :only)"""
_ITEM = "CAST(split_part(m.subject, ':', 2) AS bigint)"
_FACTS = f"""
WITH unit AS (
    SELECT m.customer_id, split_part(m.subject, ':', 1) AS concept, {_ITEM} AS item, m.measure AS outcome
      FROM {_KNOWN} AND m.known_on <= :as_of
     GROUP BY m.customer_id, m.subject, m.measure HAVING sum(m.amount) > 0
)"""
_WHO = """c.customer_no, CASE WHEN c.kind = 'company' THEN c.name ELSE c.customer_no END AS customer,
           coalesce(o.code, '') AS department"""
_OWNER = """JOIN customer c ON c.customer_id = u.customer_id
      LEFT JOIN department o ON o.id = c.owner_department_id"""

# Every name below is one of this file's own; values are bound.
# ruff: noqa: S608
_ROWS: dict[tuple[str, str], str] = {
    (ACCURACY, ""): f"""{_FACTS}, row AS (
    SELECT array_position(ARRAY['false_negative', 'false_positive', 'true_positive', 'true_negative', 'excluded'],
                          u.outcome) AS rank, u.customer_id, u.item, {_WHO}, a.assessed_on, a.level, a.score, u.outcome
      FROM unit u JOIN assessment a ON a.customer_id = u.customer_id AND a.id = u.item {_OWNER}
)""",
    (TIMELINESS, ""): f"""{_FACTS}, row AS (
    SELECT CASE u.outcome WHEN 'late' THEN 0 ELSE 1 END AS rank, u.customer_id, u.item, {_WHO},
           coalesce(i.invoice_no, l.listing_no) AS trigger, u.concept AS trigger_kind, NULL::date AS trigger_on,
           NULL::date AS deadline_on, NULL::date AS decided_on, u.outcome
      FROM unit u
      LEFT JOIN invoice i ON i.customer_id = u.customer_id AND i.id = u.item AND u.concept = 'invoice'
      LEFT JOIN listing l ON l.customer_id = u.customer_id AND l.id = u.item AND u.concept = 'listing' {_OWNER}
)""",
    (RECOVERY, ""): f"""
WITH unit AS (
    SELECT m.customer_id, {_ITEM} AS item, bool_or(m.measure = 'unconverted') AS unconverted,
           coalesce(sum(m.amount) FILTER (WHERE m.measure = 'opening' AND m.month = :first), 0) AS opening,
           coalesce(sum(m.amount) FILTER (WHERE m.measure = 'added'), 0) AS added,
           coalesce(sum(m.amount) FILTER (WHERE m.measure = 'received'), 0) AS received
      FROM {_KNOWN} AND m.known_on <= :as_of GROUP BY m.customer_id, m.subject
), row AS (
    SELECT u.received - u.opening - u.added AS rank, u.customer_id, u.item, {_WHO}, k.case_no, i.invoice_no, b.added_on,
           u.opening, u.added, u.received, CASE WHEN u.unconverted THEN 'excluded' ELSE 'counted' END AS outcome
      FROM unit u
      JOIN case_debt b ON b.customer_id = u.customer_id AND b.id = u.item
      JOIN recovery_case k ON k.customer_id = b.customer_id AND k.id = b.case_id
      JOIN invoice i ON i.customer_id = b.customer_id AND i.id = b.invoice_id {_OWNER}
     WHERE u.unconverted OR u.opening <> 0 OR u.added <> 0 OR u.received <> 0
)""",
    (COMPLAINTS, "complaints"): f"""{_FACTS}, row AS (
    SELECT DATE '9999-12-31' - k.received_on AS rank, u.customer_id, u.item, {_WHO}, k.complaint_no, k.received_on,
           k.closed_on, u.outcome,
           CASE WHEN k.is_upheld THEN 'upheld' WHEN NOT k.is_upheld THEN 'not_upheld' ELSE 'open' END AS upheld
      FROM unit u
      JOIN complaint k ON k.customer_id = u.customer_id AND k.id = u.item AND u.concept = 'complaint' {_OWNER}
)""",
    (COMPLAINTS, "active"): f"""
WITH unit AS (
    SELECT m.customer_id, min(m.measure) AS outcome
      FROM {_KNOWN} AND :first <= :as_of
       AND (m.measure = 'event' AND m.known_on <= :as_of AND coalesce(m.neighbour < :first, true)
            OR m.measure = 'opening' AND m.month = :first AND m.known_on > :ends_on)
     GROUP BY m.customer_id
), row AS (
    SELECT 0 AS rank, u.customer_id, 0 AS item, {_WHO}, u.outcome AS active_by, u.outcome FROM unit u {_OWNER}
)""",
}
_WHICH: dict[tuple[str, str], str] = {
    (ACCURACY, "counted"): "outcome <> 'excluded'",
    (ACCURACY, "wrong"): "outcome IN ('false_negative', 'false_positive')",
    (ACCURACY, "right"): "outcome IN ('true_negative', 'true_positive')",
    (ACCURACY, "excluded"): "outcome = 'excluded'",
    (TIMELINESS, "counted"): "true",
    (TIMELINESS, "late"): "outcome = 'late'",
    (TIMELINESS, "on_time"): "outcome = 'on_time'",
    (RECOVERY, "counted"): "opening <> 0 OR added <> 0 OR received <> 0",
    (RECOVERY, "unpaid"): "opening + added > received",
    (RECOVERY, "received"): "received > 0",
    (RECOVERY, "excluded"): "outcome = 'excluded'",
    (COMPLAINTS, "complaints"): "outcome = 'complaints'",
    (COMPLAINTS, "active"): "true",
}


def columns_of(metric: str, part: str) -> tuple[Column, ...]:
    """The columns of a part's rows.

    Raises:
        RefusedError: the metric has no such part.
    """
    if part not in PARTS.get(metric, ()):
        raise RefusedError(N_("“%(part)s” is not a part of this figure."), part=part)
    return _COLUMNS[metric, part if (metric, part) in _COLUMNS else ""]


def metric_rows(
    ctx: Context,
    metric: str,
    part: str,
    span: Span,
    *,
    department: str | None = None,
    as_of: dt.date | None = None,
    after: Cursor | None = None,
    limit: int = PAGE_SIZE,
) -> RowPage:
    """One page of the rows behind a part (PARTS) of a figure, as known by a day (default: the business date)."""
    ensure_may(ctx, "metric.read")
    columns = columns_of(metric, part)
    day = as_of or ctx.today
    found = _selected(ctx, metric, part, span, day, department, after, limit + 1)
    shown = found[:limit]
    last = shown[-1] if shown else None
    return RowPage(
        columns,
        tuple(_with_days(ctx, metric, columns, shown, day)),
        (str(last.rank), last.customer_id, last.item) if last and len(found) > limit else None,
        found[0].total if found else 0,
    )


def all_metric_rows(
    ctx: Context,
    metric: str,
    part: str,
    span: Span,
    *,
    department: str | None = None,
    as_of: dt.date | None = None,
) -> Iterator[tuple[Any, ...]]:
    """All rows of a part, streamed in batches, for a file.

    Raises:
        NotAllowedError: the role may not take data out.
    """
    ensure_may(ctx, "metric.read")
    ensure_may(ctx, "export.run")
    columns = columns_of(metric, part)
    day = as_of or ctx.today
    for batch in _selection(ctx, metric, part, span, day, department, None, None).partitions(_BATCH):
        yield from _with_days(ctx, metric, columns, list(batch), day)


def _selected(ctx: Context, *wanted: Any) -> list[Any]:  # noqa: ANN401
    return list(_selection(ctx, *wanted))


def _selection(
    ctx: Context,
    metric: str,
    part: str,
    span: Span,
    day: dt.date,
    department: str | None,
    after: Cursor | None,
    limit: int | None,
) -> Any:  # noqa: ANN401  (a result of rows)
    rows = _ROWS.get((metric, part)) or _ROWS[metric, ""]
    columns = ", ".join(f'"{one.name}"' for one in columns_of(metric, part))
    rank, customer_id, item = after or (None, None, None)
    values = {
        "metric": metric, "first": span.first, "last": span.last, "ends_on": min(span.ends_on, day), "as_of": day,
        "only": department, "rank": rank, "customer_id": customer_id, "item": item, "limit": limit,
    }  # fmt: skip
    statement = (
        f"{rows}, chosen AS (SELECT *, count(*) OVER () AS total FROM row WHERE {_WHICH[metric, part]}) "
        f"SELECT rank, customer_id, item, total, {columns} FROM chosen "
        "WHERE CAST(:rank AS numeric) IS NULL OR (rank::numeric, customer_id, item) > "
        "(CAST(:rank AS numeric), CAST(:customer_id AS bigint), CAST(:item AS bigint)) "
        "ORDER BY rank::numeric, customer_id, item LIMIT :limit"
    )
    names = {name: value for name, value in values.items() if f":{name}" in statement}
    return ctx.session.execute(text(statement), names)


def _with_days(
    ctx: Context, metric: str, columns: tuple[Column, ...], rows: list[Any], day: dt.date
) -> Iterator[tuple[Any, ...]]:
    """The values of the columns; a trigger's days are replayed by the rule, for these customers only."""
    if metric != TIMELINESS:
        yield from (tuple(row[4:]) for row in rows)
        return
    names = [one.name for one in columns]
    days = trigger_days(ctx, {row.customer_id for row in rows}, day)
    for row in rows:
        values = dict(zip(names, row[4:], strict=True))
        found = days.get((row.customer_id, f"{row.trigger_kind}:{row.item}"), TriggerDays(None, None, None))
        values |= {"trigger_on": found.trigger_on, "deadline_on": found.deadline_on, "decided_on": found.decided_on}
        yield tuple(values[name] for name in names)
