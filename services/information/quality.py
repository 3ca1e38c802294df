"""The data-quality board: how complete, fresh, covered and consistent what the company knows is (clause 2.2).

Figures are parts of wholes by department or by source. One of each is kept a day; what dated rows allow was
reconstructed for the month ends before the first day that was taken, and says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Text, case, cast, distinct, func, literal, select, text
from sqlalchemy.dialects.postgresql import distinct_on, insert

from db.enums import QualitySide
from db.models import CreditReport, Customer, Department, FinancialStatement, QualityDay, ReputationEvent, Score
from services import data_versions
from services.access import ensure_may
from services.context import Context
from services.information.catalogue import BY_CODE, MASTER_FIELDS
from services.information.standing import standing
from services.metrics.periods import month_end, month_of, next_month

COMPLETENESS, FRESHNESS, COVERAGE = "completeness", "freshness", "coverage"
REJECTED, CORRECTED, CONFLICTS = "rejected", "corrected", "conflicts"
#: Of departments; of sources. More is better for the first three, fewer for the others.
OF_DEPARTMENTS = (COMPLETENESS, FRESHNESS, COVERAGE, CONFLICTS, REJECTED, CORRECTED)
OF_SOURCES = (REJECTED, CORRECTED)
MORE_IS_BETTER = frozenset({COMPLETENESS, FRESHNESS, COVERAGE})
#: What of it rows with a day of their own allow to say of a day in the past.
RECONSTRUCTED = (FRESHNESS, COVERAGE, REJECTED, CORRECTED)
MONTHS_BACK = 12
#: Stands for customers that nobody owns, and for files that nobody of a department brought in.
NOBODY = "-"


@dataclass(frozen=True)
class Figure:
    """A part of a whole: of a department (its code), or of a source (`item:…`, `kind:…` of file, `by:…` whom)."""

    side: QualitySide
    name: str
    measure: str
    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """The share; None of nothing."""
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True)
class Taken:
    """A figure as it stood on a day. `is_reconstructed`: worked out later from dated rows."""

    day: dt.date
    figure: Figure
    is_reconstructed: bool


@dataclass(frozen=True)
class SourceRow:
    """Where something comes from: an agency, a medium. `newest_on`: the day of its newest row."""

    kind: str
    source: str
    rows: int
    customers: int
    newest_on: dt.date | None


@dataclass(frozen=True)
class Conflict:
    """A customer whose register and newest credit report grade it classes apart."""

    customer_no: str
    name: str
    registered: str
    reported: str
    reported_on: dt.date
    source: str


# --- commands


def take_quality(ctx: Context) -> None:
    """Keep today's figures; on the first day also those of the months before, as far as dated rows allow."""
    if ctx.session.execute(select(QualityDay.id).limit(1)).first() is None:
        this = month_of(ctx.today)
        for back in range(MONTHS_BACK, 0, -1):
            day = month_end(next_month(this, -back))
            figures = [*_fresh_on(ctx, day), *_covered_on(ctx, day), *_imported(ctx, day)]
            _keep(ctx, day, figures, is_reconstructed=True)
    _keep(ctx, ctx.today, quality_now(ctx), is_reconstructed=False)
    data_versions.bump(ctx, "information")


def _keep(ctx: Context, day: dt.date, figures: Iterable[Figure], *, is_reconstructed: bool) -> None:
    rows = [
        {
            "taken_on": day, "side": one.side.value, "name": one.name, "measure": one.measure, "part": one.part,
            "whole": one.whole, "is_reconstructed": is_reconstructed,
        }
        for one in figures
    ]  # fmt: skip
    if rows:
        taken = insert(QualityDay).values(rows)
        ctx.session.execute(
            taken.on_conflict_do_update(
                index_elements=[QualityDay.taken_on, QualityDay.side, QualityDay.name, QualityDay.measure],
                set_={name: taken.excluded[name] for name in ("part", "whole", "is_reconstructed")},
            )
        )


# --- reads


def quality_now(ctx: Context) -> tuple[Figure, ...]:
    """All figures as they stand. What imports rejected and corrected is of the last 90 days."""
    ensure_may(ctx, "information.read")
    return (
        *_complete(ctx), *_fresh_on(ctx, ctx.today), *_covered_on(ctx, ctx.today), *_conflicting(ctx),
        *_imported(ctx, None),
    )  # fmt: skip


def quality_history(ctx: Context, side: QualitySide, measure: str, since: dt.date) -> tuple[Taken, ...]:
    """One measure as it stood on the last day taken of each month, by name, the oldest first."""
    ensure_may(ctx, "information.read")
    day = QualityDay
    last = (
        select(func.max(day.taken_on))
        .where(day.side == side.value, day.measure == measure, day.taken_on >= since)
        .group_by(func.date_trunc("month", day.taken_on))
    )
    rows = ctx.session.execute(
        select(day).where(day.side == side.value, day.measure == measure, day.taken_on.in_(last))
        .order_by(day.taken_on, day.name)
    ).scalars()  # fmt: skip
    return tuple(
        Taken(one.taken_on, Figure(side, one.name, one.measure, one.part, one.whole), one.is_reconstructed)
        for one in rows
    )


def sources(ctx: Context) -> tuple[SourceRow, ...]:
    """Where credit reports, reputation events and statements come from, the most rows first."""
    ensure_may(ctx, "information.read")
    parts: tuple[tuple[str, Any, Any, Any], ...] = (
        ("credit_reports", CreditReport, CreditReport.source, CreditReport.reported_on),
        ("reputation_events", ReputationEvent, ReputationEvent.source, ReputationEvent.occurred_on),
        ("financials", FinancialStatement, literal(""), FinancialStatement.period_end),
    )
    found = []
    for kind, table, source, day in parts:
        named = func.coalesce(func.nullif(func.btrim(source), ""), NOBODY).label("source")
        rows = ctx.session.execute(
            select(named, func.count(), func.count(distinct(table.customer_id)), func.max(day))
            .where(day <= ctx.today)
            .group_by(named)
            .order_by(func.count().desc(), named)
            .limit(50)
        )
        found += [SourceRow(kind, *row) for row in rows]
    return tuple(found)


def conflicts(ctx: Context, department: str | None, limit: int = 100) -> tuple[Conflict, ...]:
    """The customers behind the figure of conflicts, by number."""
    ensure_may(ctx, "information.read")
    rows = ctx.session.execute(
        text(
            f"SELECT customer_no, name, registered, reported, reported_on, source FROM ({_GRADES}) g "  # noqa: S608
            "WHERE apart >= :apart AND (CAST(:department AS text) IS NULL OR department = :department) "
            "ORDER BY customer_no LIMIT :limit"
        ),
        {"day": ctx.today, "department": department, "limit": limit, "nobody": NOBODY, "apart": CLASSES_APART},
    )
    return tuple(Conflict(*row) for row in rows)


# --- how each is measured


def _by_department(measure: str, rows: Sequence[Any]) -> list[Figure]:
    return [
        Figure(QualitySide.DEPARTMENT, name or NOBODY, measure, int(part or 0), int(whole))
        for name, part, whole in rows
    ]


def _is_filled(name: str) -> ColumnElement[int]:
    return cast(func.coalesce(func.btrim(cast(getattr(Customer, name), Text)), "") != "", Integer)


def _complete(ctx: Context) -> list[Figure]:
    """Register fields that are filled, of those that are asked of the customer's kind."""
    filled = case(
        {
            kind: sum(
                (
                    cast(func.coalesce(func.btrim(cast(getattr(Customer, name), Text)), "") != "", Integer)
                    for name in names
                ),
                start=literal(0),
            )
            for kind, names in MASTER_FIELDS.items()
        },
        value=Customer.kind,
    )
    asked = case({kind: len(names) for kind, names in MASTER_FIELDS.items()}, value=Customer.kind)
    found = (
        select(Department.code, func.sum(filled), func.sum(asked))
        .select_from(Customer)
        .join(Department, Department.id == Customer.owner_department_id, isouter=True)
        .where(Customer.customer_id > 0)
        .group_by(Department.code)
    )
    return _by_department(COMPLETENESS, ctx.session.execute(found).all())


def _fresh_on(ctx: Context, day: dt.date) -> list[Figure]:
    """Items with a day of their own that were within their greatest age, of those asked of customers there were."""
    now = standing(day, ctx.policy_history.on(day)).subquery("stood")
    dated = [one.code for one in BY_CODE.values() if one.is_dated]
    is_fresh = case((now.c.known_on.is_not(None), now.c.due_on >= day), else_=False)
    found: Select[*tuple[Any, ...]] = (
        select(Department.code, now.c.item, func.count().filter(is_fresh), func.count())
        .select_from(now)
        .join(Customer, Customer.customer_id == now.c.customer_id)
        .join(Department, Department.id == now.c.department_id, isouter=True)
        .where(now.c.item.in_(dated), func.coalesce(Customer.since, day) <= day)
        .group_by(Department.code, now.c.item)
    )
    sums: dict[tuple[QualitySide, str], list[int]] = {}
    for code, item, part, whole in ctx.session.execute(found):
        for place in ((QualitySide.DEPARTMENT, code or NOBODY), (QualitySide.SOURCE, f"item:{item}")):
            total = sums.setdefault(place, [0, 0])
            total[0], total[1] = total[0] + int(part), total[1] + int(whole)
    return [Figure(side, name, FRESHNESS, part, whole) for (side, name), (part, whole) in sorted(sums.items())]


def _covered_on(ctx: Context, day: dt.date) -> list[Figure]:
    """How much of what the scorecard asks for was known to the newest scores: per cents of as many times hundred."""
    newest = (
        select(Score.customer_id, Score.coverage)
        .ext(distinct_on(Score.customer_id))
        .where(Score.as_of <= day)
        .order_by(Score.customer_id, Score.as_of.desc(), Score.id.desc())
        .subquery("newest_score")
    )
    found = (
        select(Department.code, func.round(func.sum(newest.c.coverage) * 100), func.count() * 100)
        .select_from(newest)
        .join(Customer, Customer.customer_id == newest.c.customer_id)
        .join(Department, Department.id == Customer.owner_department_id, isouter=True)
        .group_by(Department.code)
    )
    return _by_department(COVERAGE, ctx.session.execute(found).all())


#: Classes of grades from best to worst; signs after the letters don't make another class.
_CLASSES = ("AAA", "AA", "A", "BBB", "BB", "B", "CCC", "CC", "C", "D")
#: Two sources that are so many classes apart do not speak of the same customer any more.
CLASSES_APART = 3
_CLASS = (
    "array_position(ARRAY[" + ", ".join(f"'{one}'" for one in _CLASSES) + "], "
    "regexp_replace(upper(btrim({})), '[+-]$', ''))"
)
_GRADES = f"""
SELECT DISTINCT ON (r.customer_id) c.customer_no, c.name, COALESCE(d.code, :nobody) AS department,
       btrim(c.credit_rating) AS registered, btrim(r.rating) AS reported, r.reported_on, r.source,
       abs({_CLASS.format("c.credit_rating")} - {_CLASS.format("r.rating")}) AS apart
  FROM credit_report r
  JOIN customer c ON c.customer_id = r.customer_id
  LEFT JOIN department d ON d.id = c.owner_department_id
 WHERE r.reported_on <= :day AND {_CLASS.format("r.rating")} IS NOT NULL
   AND {_CLASS.format("c.credit_rating")} IS NOT NULL
 ORDER BY r.customer_id, r.reported_on DESC, r.id DESC
"""  # noqa: S608  (our own list of grades)


def _conflicting(ctx: Context) -> list[Figure]:
    """Customers whose register and newest report grade them classes apart, of those that both grade."""
    found = text(
        f"SELECT department, count(*) FILTER (WHERE apart >= :apart), count(*) FROM ({_GRADES}) g "  # noqa: S608
        "GROUP BY department"
    )
    given = {"day": ctx.today, "nobody": NOBODY, "apart": CLASSES_APART}
    return _by_department(CONFLICTS, ctx.session.execute(found, given).all())


_IMPORTED = """
SELECT b.kind, b.imported_by, d.code,
       sum((b.counts->>'rows')::bigint) AS rows, sum((b.counts->>'rejected')::bigint) AS rejected,
       sum((b.counts->>'updated')::bigint) AS updated
  FROM import_batch b
  LEFT JOIN app_user u ON u.login = b.imported_by
  LEFT JOIN department d ON d.id = u.department_id
 WHERE b.finished_at IS NOT NULL AND b.started_at >= :since
   AND (CAST(:until AS timestamptz) IS NULL OR b.started_at < :until)
 GROUP BY b.kind, b.imported_by, d.code
"""
IMPORT_DAYS = 90


def _imported(ctx: Context, day: dt.date | None) -> list[Figure]:
    """Rows of files and forms that were rejected, and that corrected something stored, of all rows brought in.

    In the 90 days up to a day; None: up to now, also where the business date stands still.
    """
    sums: dict[tuple[QualitySide, str], list[int]] = {}
    last = day or ctx.today
    given = {
        "since": last - dt.timedelta(days=IMPORT_DAYS - 1),
        "until": None if day is None else day + dt.timedelta(days=1),
    }
    for row in ctx.session.execute(text(_IMPORTED), given):
        places = (
            (QualitySide.DEPARTMENT, row.code or NOBODY), (QualitySide.SOURCE, f"kind:{row.kind}"),
            (QualitySide.SOURCE, f"by:{row.imported_by}"),
        )  # fmt: skip
        for place in places:
            total = sums.setdefault(place, [0, 0, 0])
            for index, count in enumerate((row.rows, row.rejected, row.updated)):
                total[index] += int(count or 0)
    return [
        Figure(side, name, measure, total[index], total[0])
        for (side, name), total in sorted(sums.items())
        for measure, index in ((REJECTED, 1), (CORRECTED, 2))
    ]
