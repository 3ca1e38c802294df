"""Reminders of identifications that are due or late, by notice: who has it, then risk management, then leadership.

A candidate or proposal is reminded of three times at most: some days before its deadline (its department, and who has
it), on the day after it (risk management too), and as many days late again as it had in all (leadership too).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, text

from db.enums import DepartmentKind
from db.models import Department
from services import data_versions, ledger
from services.context import Context
from services.notifications import notify

_STAGE = """
UPDATE listing_candidate c SET reminded = due.stage
  FROM (
      SELECT k.customer_id, k.id,
             CASE WHEN CAST(:today AS date) > k.deadline_on + (k.deadline_on - k.trigger_on) THEN 3
                  WHEN k.deadline_on < :today THEN 2 ELSE 1 END AS stage
        FROM listing_candidate k
       WHERE k.state IN ('open', 'proposed') AND k.deadline_on <= CAST(:today AS date) + :soon
  ) due
 WHERE c.customer_id = due.customer_id AND c.id = due.id AND c.reminded < due.stage
RETURNING c.customer_id, c.id, c.reminded, c.assignee_id
"""
#: Whose customers they are, for the notices.
_OWNERS = "SELECT customer_id, owner_department_id FROM customer WHERE customer_id = ANY(:ids)"


# --- commands


def remind_of_deadlines(ctx: Context) -> int:
    """Remind of what is due soon or late and was not reminded of yet at this stage; how many. For the worker, daily."""
    soon = ctx.policy_history.on(ctx.today).identification_reminder_days
    rows = ctx.session.execute(text(_STAGE), {"today": ctx.today, "soon": soon}).all()
    if not rows:
        return 0
    by_stage = {stage: sum(row.reminded == stage for row in rows) for stage in (1, 2, 3)}
    ledger.record(ctx, "listing_candidate.reminded", "listing_candidate", after={
        "as_of": ctx.today, "count": len(rows), "levels": by_stage})  # fmt: skip
    data_versions.bump(ctx, "listings")
    _tell(ctx, rows)
    return len(rows)


def _tell(ctx: Context, rows: Any) -> None:  # noqa: ANN401  (rows of _STAGE)
    found = ctx.session.execute(text(_OWNERS), {"ids": [row.customer_id for row in rows]})
    owners: dict[int, int | None] = {customer_id: department for customer_id, department in found}
    risk, leadership = _department(ctx, DepartmentKind.RISK), _department(ctx, DepartmentKind.LEADERSHIP)
    by_department: dict[int, int] = {}
    by_person: dict[int, int] = {}
    for row in rows:
        told = {owners.get(row.customer_id)}
        told |= {risk} if row.reminded >= 2 else set()
        told |= {leadership} if row.reminded >= 3 else set()
        for department in told:
            if department is not None:
                by_department[department] = by_department.get(department, 0) + 1
        if row.assignee_id is not None:
            by_person[row.assignee_id] = by_person.get(row.assignee_id, 0) + 1
    _notify(ctx, by_department, by_person)


def _notify(ctx: Context, by_department: Mapping[int, int], by_person: Mapping[int, int]) -> None:
    for department, count in sorted(by_department.items()):
        notify(
            ctx, "listing_deadlines", "listing_candidate", department=department, params={"count": count},
            link="listings",
        )  # fmt: skip
    for person, count in sorted(by_person.items()):
        notify(
            ctx, "listing_deadlines", "listing_candidate", people=[person], params={"count": count},
            link="listings?mine=1",
        )  # fmt: skip


def _department(ctx: Context, kind: DepartmentKind) -> int | None:
    found = select(Department.id).where(Department.kind == kind).order_by(Department.id).limit(1)
    return ctx.session.execute(found).scalar_one_or_none()
