"""The four metrics for any period of whole months by department or not, as of any day (policy 5.2, SPEC 5)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from sqlalchemy import text

from services.access import ensure_may
from services.context import Context
from services.errors import N_, RefusedError
from services.metrics.periods import month_end, month_of, months_between

ACCURACY, TIMELINESS = "assessment_accuracy", "identification_timeliness"
RECOVERY, COMPLAINTS = "arrears_recovery_rate", "complaint_rate"
METRICS = (ACCURACY, TIMELINESS, RECOVERY, COMPLAINTS)
#: Version of the definitions below; goes up when a figure would come out differently from the same data.
DEFINITION_VERSION = 1
GROUPINGS = frozenset({"month", "department"})


@dataclass(frozen=True)
class Figure:
    """One metric of one period and group. `value` is None where the denominator is 0; complaint_rate is per 1,000.

    `parts` are the measures it is made of: true_positive, on_time, opening, added, excluded, unconverted, ...
    """

    metric: str
    month: dt.date | None
    department: str | None
    numerator: Decimal
    denominator: Decimal
    value: Decimal | None
    parts: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the rollup: an amount of one measure, by department (if asked for), month and neighbour month."""

    metric: str
    measure: str
    department: str | None
    month: dt.date
    neighbour: dt.date | None
    known_on: dt.date
    amount: Decimal


# Known by the day, or (customers who owed at a month's start) with the month of their next event; one after the day is
# as good as none. The rule asks only whether that lies after a month's end or after the day, so its month is enough.
_NEXT_EVENT = """CASE WHEN r.metric = 'complaint_rate' AND r.measure = 'opening' THEN
           CASE WHEN r.known_on > :as_of THEN DATE '9999-12-31' ELSE date_trunc('month', r.known_on)::date END END"""
_CELLS = f"""
SELECT r.metric, r.measure, CASE WHEN :by THEN coalesce(d.code, '') END, r.month, r.neighbour,
       coalesce({_NEXT_EVENT}, min(r.known_on)), sum(r.amount)
  FROM metric_rollup r LEFT JOIN department d ON d.id = r.department_id
 WHERE r.month BETWEEN :first AND :last AND r.metric = ANY(:metrics)
   AND (r.known_on <= :as_of OR r.metric = 'complaint_rate' AND r.measure = 'opening')
   AND (CAST(:only AS text) IS NULL OR d.code = :only)
 GROUP BY r.metric, r.measure, CASE WHEN :by THEN coalesce(d.code, '') END, r.month, r.neighbour,
       {_NEXT_EVENT}
"""  # noqa: S608


def figures(
    ctx: Context,
    first: dt.date,
    last: dt.date,
    *,
    by: Iterable[str] = (),
    as_of: dt.date | None = None,
    metrics: Iterable[str] = METRICS,
    department: str | None = None,
) -> list[Figure]:
    """The metrics over the months from `first` to `last`, both included.

    Args:
        by: "month" for each month on its own, "department" for each owner department, or both.
        as_of: uses what had happened by the end of this day; default the business date.
        department: only customers of the department with this code.

    Returns:
        Every group with data, and nothing else. A period is computed over itself, never averaged from months.

    Raises:
        RefusedError: the period ends before it begins, or an unknown grouping.
    """
    ensure_may(ctx, "metric.read")
    grouping = frozenset(by)
    if month_of(last) < month_of(first):
        raise RefusedError(N_("The period ends before it begins."))
    if unknown := grouping - GROUPINGS:
        raise RefusedError(N_("Metrics can't be grouped by %(name)s."), name=", ".join(sorted(unknown)))
    day = as_of or ctx.today
    groups: dict[tuple[str, str | None], list[Cell]] = defaultdict(list)
    for cell in cells(
        ctx, first, last, as_of=day, metrics=metrics, by_department="department" in grouping, department=department
    ):
        groups[cell.metric, cell.department].append(cell)
    if "month" in grouping:
        periods = [(month, month) for month in months_between(first, last)]
    else:
        periods = [(month_of(first), month_of(last))]
    order = {name: place for place, name in enumerate(METRICS)}
    grouped = [
        figure
        for (metric, code), found in sorted(groups.items(), key=lambda item: (order[item[0][0]], item[0][1] or ""))
        for figure in _of_periods(metric, code, found, periods, day, by_month="month" in grouping)
    ]
    return [one for one in grouped if one.numerator or one.denominator]


def cells(
    ctx: Context,
    first: dt.date,
    last: dt.date,
    *,
    as_of: dt.date,
    metrics: Iterable[str] = METRICS,
    by_department: bool = False,
    department: str | None = None,
) -> list[Cell]:
    """The rollup's cells of some months, for several periods at once. Department "" stands for customers of none."""
    values = {
        "first": month_of(first), "last": month_of(last), "as_of": as_of, "metrics": list(metrics),
        "by": by_department, "only": department,
    }  # fmt: skip
    return [Cell(*row) for row in ctx.session.execute(text(_CELLS), values)]


def figure_of(
    metric: str, inside: Iterable[Cell], first: dt.date, last: dt.date, day: dt.date, department: str | None = None
) -> Figure:
    """The figure of one period from the cells of its months, as of a day."""
    numerator, denominator, parts = _RULES[metric](inside, first, last, day)
    value = None if denominator == 0 else numerator / denominator
    if metric == COMPLAINTS and value is not None:
        value *= 1000
    return Figure(metric, None, department, numerator, denominator, value, parts)


def _of_periods(
    metric: str,
    department: str | None,
    found: list[Cell],
    periods: list[tuple[dt.date, dt.date]],
    day: dt.date,
    *,
    by_month: bool,
) -> Iterable[Figure]:
    by_cell_month: dict[dt.date, list[Cell]] = defaultdict(list)
    for cell in found:
        by_cell_month[cell.month].append(cell)
    for first, last in periods:
        inside = by_cell_month[first] if by_month else found
        yield replace(figure_of(metric, inside, first, last, day, department), month=first if by_month else None)


_Result = tuple[Decimal, Decimal, dict[str, Decimal]]


def _sums(cells: Iterable[Cell]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for cell in cells:
        sums[cell.measure] += cell.amount
    return sums


def accuracy(cells: Iterable[Cell], first: dt.date, last: dt.date, day: dt.date) -> _Result:
    """Assessment accuracy 风险评估准确率 (SPEC 5.1): final assessments that agreed with what came / all counted."""
    parts = _sums(cells)
    right = parts["true_positive"] + parts["true_negative"]
    return right, right + parts["false_positive"] + parts["false_negative"], dict(parts)


def timeliness(cells: Iterable[Cell], first: dt.date, last: dt.date, day: dt.date) -> _Result:
    """Identification timeliness 黑灰客户识别及时率 (SPEC 5.2): triggers decided by their deadline / all counted."""
    parts = _sums(cells)
    return parts["on_time"], parts["on_time"] + parts["late"], dict(parts)


def recovery(cells: Iterable[Cell], first: dt.date, last: dt.date, day: dt.date) -> _Result:
    """Arrears recovery rate 欠款回收率 (SPEC 5.3): received on case debts / owed at the period's start + added."""
    parts = _sums(cell for cell in cells if cell.measure != "opening" or cell.month == first)
    return parts["received"], parts["opening"] + parts["added"], dict(parts)


def complaint_rate(cells: Iterable[Cell], first: dt.date, last: dt.date, day: dt.date) -> _Result:
    """Complaint rate 客户投诉率 (SPEC 5.4): complaints about black/grey management per 1,000 active customers.

    Active: a first event of the period (its neighbour, the former event month, lies before it), or a balance at its
    start and no event by its end or by the day asked for.
    """
    end = min(month_end(last), day)
    complaints = active = Decimal(0)
    for cell in cells:
        if cell.measure == "complaints":
            complaints += cell.amount
        elif cell.measure == "event":
            active += cell.amount if cell.neighbour is None or cell.neighbour < first else 0
        elif cell.month == first and first <= day and cell.known_on > end:
            active += cell.amount
    return complaints, active, {"complaints": complaints, "active": active}


_RULES = {ACCURACY: accuracy, TIMELINESS: timeliness, RECOVERY: recovery, COMPLAINTS: complaint_rate}


def months_with_data(ctx: Context) -> tuple[dt.date, dt.date] | None:
    """The first and the last month, up to the business date's, with data of some metric; None in an empty ledger."""
    row = ctx.session.execute(
        text("SELECT min(month), max(month) FROM metric_rollup WHERE known_on <= :day"), {"day": ctx.today}
    ).one()
    return None if row[0] is None else (row[0], min(row[1], month_of(ctx.today)))


def departments_with_figures(ctx: Context) -> tuple[str, ...]:
    """The codes of the departments that own customers behind some figure, in the order the departments were made."""
    ensure_may(ctx, "metric.read")
    rows = ctx.session.execute(
        text("SELECT code FROM department WHERE id IN (SELECT DISTINCT department_id FROM metric_rollup) ORDER BY id")
    )
    return tuple(row[0] for row in rows)
