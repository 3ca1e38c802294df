"""A business department's worklist: what is returned, asked, to visit, half written, overdue or due (clause 4.1)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select, text

from db.enums import Role
from db.models import Department
from services import access
from services.assessments.places import place_of, place_text
from services.assessments.rows import AssessmentCounts, TaskFilter, TaskKind, TaskPage, TaskRow
from services.context import Context
from services.early_warnings.lifecycle import company_zone

#: A customer is on the list this many days before its assessment is due.
AHEAD_DAYS = 14
LONGEST_PAGE = 500

_RANKS = {kind: rank for rank, kind in enumerate(TaskKind)}
_OPEN = "a.stage = 'initial' AND a.state <> 'final' AND a.assessor_id IS NOT NULL"
#: `lifecycle.next_due_on` in SQL.
_DUE_ON = """(c.assessed_on + (CASE c.risk_level WHEN 'critical' THEN :critical WHEN 'high' THEN :high
    WHEN 'medium' THEN :medium ELSE :low END))"""
_NONE_OPEN = f"NOT EXISTS (SELECT 1 FROM assessment a WHERE a.customer_id = c.customer_id AND {_OPEN})"  # noqa: S608
_IS_DUE = f"""c.customer_id > 0 AND (c.assessed_on IS NULL OR {_DUE_ON} <= CAST(:today AS date) + {AHEAD_DAYS})
    AND {_NONE_OPEN}"""
_IS_OVERDUE = f"""c.customer_id > 0 AND (c.assessed_on IS NULL OR {_DUE_ON} < CAST(:today AS date))
    AND {_NONE_OPEN}"""
_NO = "CAST(NULL AS bigint)"
_COLUMNS = "kind, customer_id, due_on, assessment_id, request_id, visit_id, version, assignee, words"
#: One branch a kind (overdue and due are one), each with _COLUMNS.
_BRANCHES: dict[TaskKind, str] = {
    TaskKind.RETURNED: f"""
SELECT :returned_rank, a.customer_id, CAST(a.decided_at AT TIME ZONE :zone AS date), a.id, {_NO}, {_NO}, a.version,
       a.assessor, a.returned_reason
  FROM assessment a JOIN customer c ON c.customer_id = a.customer_id
 WHERE {_OPEN} AND a.state = 'returned' AND (a.department_id = :department OR :is_all)
   AND (NOT :is_mine OR a.assessor_id = :me)""",  # noqa: S608
    TaskKind.REQUEST: f"""
SELECT :request_rank, r.customer_id, r.due_on, r.assessment_id, r.id, {_NO}, r.version, a.assessor, r.items
  FROM information_request r JOIN customer c ON c.customer_id = r.customer_id
  JOIN assessment a ON a.customer_id = r.customer_id AND a.id = r.assessment_id
 WHERE r.state = 'open' AND (a.department_id = :department OR :is_all) AND (NOT :is_mine OR a.assessor_id = :me)""",  # noqa: S608
    TaskKind.VISIT: f"""
SELECT :visit_rank, v.customer_id, v.due_on, v.assessment_id, {_NO}, v.id, v.version, u.name, v.purpose
  FROM site_visit v JOIN customer c ON c.customer_id = v.customer_id JOIN app_user u ON u.id = v.assignee_id
 WHERE v.state = 'ordered' AND (u.department_id = :department OR :is_all) AND (NOT :is_mine OR v.assignee_id = :me)""",  # noqa: S608
    TaskKind.DRAFT: f"""
SELECT :draft_rank, a.customer_id, {_DUE_ON}, a.id, {_NO}, {_NO}, a.version, a.assessor, a.reason
  FROM assessment a JOIN customer c ON c.customer_id = a.customer_id
 WHERE {_OPEN} AND a.state = 'draft' AND (a.department_id = :department OR :is_all)
   AND (NOT :is_mine OR a.assessor_id = :me)""",  # noqa: S608
    TaskKind.OVERDUE: f"""
SELECT CASE WHEN {_DUE_ON} >= :today THEN :due_rank ELSE :overdue_rank END, c.customer_id, {_DUE_ON},
       {_NO}, {_NO}, {_NO}, {_NO}, CAST(NULL AS text), CAST(NULL AS text)
  FROM customer c
 WHERE (c.owner_department_id = :department OR :is_all) AND NOT :is_mine AND {_IS_DUE}""",  # noqa: S608
}
_CHOSEN = """ AND (:level IS NULL OR c.risk_level = :level)
   AND (:search IS NULL OR c.name ILIKE :inside OR c.customer_no ILIKE :beginning)"""
_NEVER = "DATE '0001-01-01'"
_KEY = f"""coalesce(t.due_on, {_NEVER}), t.kind, t.customer_id,
       coalesce(t.request_id, t.visit_id, t.assessment_id, 0)"""
_PAGE = """
SELECT t.*, c.customer_no, c.name, d.code AS department, c.risk_level, c.computed_level, c.risk_score, c.assessed_on
  FROM (
      SELECT t.*, row_number() OVER () AS place FROM (
          SELECT * FROM ({branches}) t({columns})
           WHERE (:kind IS NULL OR t.kind = :kind) {after} ORDER BY {key} LIMIT :limit
      ) t
  ) t
  JOIN customer c ON c.customer_id = t.customer_id LEFT JOIN department d ON d.id = c.owner_department_id
 ORDER BY t.place
"""


# --- reads


def to_propose(ctx: Context, filters: TaskFilter | None = None, cursor: str | None = None, limit: int = 50) -> TaskPage:
    """The worklist, the most pressing day first (never assessed ones before all). Business users see their own
    department's; others any.

    Raises:
        NotAllowedError: the actor may not read assessments.
        RefusedError: the cursor is not one.
    """
    access.ensure_may(ctx, "assessment.read")
    chosen = filters or TaskFilter()
    limit = max(1, min(limit, LONGEST_PAGE))
    values = _values(ctx, chosen) | {"limit": limit + 1}
    after = ""
    if cursor:
        day, kind, customer_id, record = place_of(cursor, str, int, int, int)
        values |= {"last_day": day, "last_kind": kind, "last_customer": customer_id, "last_record": record}
        after = f"AND ({_KEY}) > (CAST(:last_day AS date), :last_kind, :last_customer, :last_record)"
    branches = " UNION ALL ".join(branch + _CHOSEN for branch in _branches(chosen.kind))
    statement = _PAGE.format(branches=branches, columns=_COLUMNS, after=after, key=_KEY)
    found = ctx.session.execute(text(statement), values).all()
    rows = tuple(_task(row, ctx.today) for row in found[:limit])
    return TaskPage(rows, _place(rows[-1]) if len(found) > limit else None)


def _branches(kind: str | None) -> list[str]:
    """The branches that can hold a kind; all of them where none is asked for."""
    if kind is None:
        return list(_BRANCHES.values())
    wanted = TaskKind.OVERDUE if kind == TaskKind.DUE else kind
    return [branch for name, branch in _BRANCHES.items() if name == wanted] or list(_BRANCHES.values())


def _values(ctx: Context, filters: TaskFilter) -> dict[str, Any]:
    policy = ctx.policy_history.on(ctx.today)
    search = filters.search.strip()
    escaped = search.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return {
        **{f"{kind.value}_rank": rank for kind, rank in _RANKS.items()},
        **_whose(ctx, filters.department),
        "critical": policy.refresh_days_critical, "high": policy.refresh_days_high,
        "medium": policy.refresh_days_medium, "low": policy.refresh_days_low, "today": ctx.today,
        "is_mine": filters.mine, "me": ctx.actor.user_id,
        "zone": company_zone(ctx).key, "level": filters.level, "search": search or None, "inside": f"%{escaped}%",
        "beginning": f"{escaped}%",
        "kind": None if filters.kind is None else _RANKS.get(filters.kind, -1),  # type: ignore[call-overload]
    }  # fmt: skip


def _whose(ctx: Context, code: str | None) -> dict[str, Any]:
    """Business users see what is their department's to do; who belongs to none of them has to name one, or sees all."""
    if ctx.actor.role is Role.BUSINESS:
        return {"department": ctx.actor.department_id, "is_all": False}
    if code is None:
        return {"department": None, "is_all": True}
    found = select(Department.id).where(Department.code == code)
    return {"department": ctx.session.execute(found).scalar_one_or_none(), "is_all": False}


def _task(row: Any, today: dt.date) -> TaskRow:  # noqa: ANN401  (a row of _PAGE)
    return TaskRow(
        kind=list(TaskKind)[row.kind], customer_id=row.customer_id, customer_no=row.customer_no, customer_name=row.name,
        department=row.department, level=row.risk_level, computed_level=row.computed_level, score=row.risk_score,
        due_on=row.due_on, days_left=None if row.due_on is None else (row.due_on - today).days,
        assessed_on=row.assessed_on, assessment_id=row.assessment_id, request_id=row.request_id, visit_id=row.visit_id,
        version=row.version, assignee=row.assignee, words=row.words,
    )  # fmt: skip


def _place(row: TaskRow) -> str:
    day = "0001-01-01" if row.due_on is None else row.due_on.isoformat()
    record = row.request_id or row.visit_id or row.assessment_id or 0
    return place_text(day, _RANKS[row.kind], row.customer_id, record)


_COUNTS = f"""
SELECT count(*) FILTER (WHERE a.state = 'draft') AS drafts,
       count(*) FILTER (WHERE a.state = 'returned') AS returned,
       (SELECT count(*) FROM information_request r
          JOIN assessment b ON b.customer_id = r.customer_id AND b.id = r.assessment_id
         WHERE r.state = 'open' AND (b.department_id = :department OR :is_all)) AS requests,
       (SELECT count(*) FROM site_visit v JOIN app_user u ON u.id = v.assignee_id
         WHERE v.state = 'ordered' AND (u.department_id = :department OR :is_all)) AS visits,
       (SELECT count(*) FROM customer c
         WHERE (c.owner_department_id = :department OR :is_all) AND {_IS_OVERDUE}) AS overdue,
       count(*) FILTER (WHERE a.state = 'submitted') AS to_review,
       count(*) FILTER (WHERE a.state = 'in_review') AS in_review
  FROM assessment a
 WHERE {_OPEN} AND (a.department_id = :department OR :is_all)
"""  # noqa: S608  (constants of this file)


def assessment_counts(ctx: Context, department: str | None = None) -> AssessmentCounts:
    """What waits, for badges: a business user's own department's, else of the department named or of all."""
    access.ensure_may(ctx, "assessment.read")
    values = _values(ctx, TaskFilter(department=department))
    counted = ctx.session.execute(text(_COUNTS), {name: values[name] for name in values if f":{name}" in _COUNTS})
    return AssessmentCounts(*counted.one())
