"""Controls as they are read: one select with the customer and the people by name, made into rows."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from db.enums import ControlState
from db.models import AppUser, Control, Customer, Department
from services.context import Context
from services.controls.rows import ControlRow, ControlTask, Demands
from services.controls.rules import EXPIRY_AHEAD_DAYS, REVIEW_AHEAD_DAYS
from services.early_warnings.lifecycle import company_zone
from services.errors import N_, NotFoundError


def selected() -> Select[Any]:
    """Controls with everything a row needs."""
    owner, proposer, approver, reviewer, ender = (aliased(AppUser) for _ in range(5))
    query: Any = (
        select(
            Control, Customer.customer_no, Customer.name, Customer.risk_level, Customer.owner_department_id,
            Department.code.label("department"), owner.name.label("owner"), proposer.name.label("proposer"),
            approver.name.label("approver"), reviewer.name.label("reviewer"), ender.name.label("ender"),
        )
        .join(Customer, Customer.customer_id == Control.customer_id)
        .outerjoin(Department, Department.id == Customer.owner_department_id)
        .outerjoin(owner, owner.id == Control.owner_id)
        .outerjoin(proposer, proposer.id == Control.proposed_by_id)
        .outerjoin(approver, approver.id == Control.approved_by_id)
        .outerjoin(reviewer, reviewer.id == Control.reviewed_by_id)
        .outerjoin(ender, ender.id == Control.ended_by_id)
    )  # fmt: skip
    return cast(Select[Any], query)


def control_row(ctx: Context, customer_id: int, control_id: int) -> ControlRow:
    """One control as it stands now.

    Raises:
        NotFoundError: there is none.
    """
    query = selected().where(Control.customer_id == customer_id, Control.id == control_id)
    found = ctx.session.execute(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFoundError(N_("This measure does not exist."))
    return made(ctx, found)


def made(ctx: Context, found: Any) -> ControlRow:  # noqa: ANN401  (a row of `selected`)
    """The row that leaves the concept."""
    one: Control = found.Control
    proposed_on = one.proposed_at.astimezone(company_zone(ctx)).date()
    task, due_on = task_of(one, proposed_on, ctx.today)
    return ControlRow(
        customer_id=one.customer_id, id=one.id, version=one.version, customer_no=found.customer_no,
        customer_name=found.name, department=found.department, department_id=found.owner_department_id,
        risk_level=found.risk_level, kind=one.kind, state=one.state, force=one.force, override_role=one.override_role,
        demands=demands_of(one), plan_rule=one.plan_rule, plan_rule_edition=one.plan_rule_edition,
        facts=dict(one.facts), level=one.level, reason=one.reason, owner_id=one.owner_id, owner=found.owner,
        proposed_by_id=one.proposed_by_id, proposer=found.proposer, proposed_at=one.proposed_at,
        proposed_on=proposed_on, approved_by_id=one.approved_by_id, approver=found.approver,
        approved_at=one.approved_at, starts_on=one.starts_on, review_on=one.review_on, expires_on=one.expires_on,
        effect=one.effect, reviewed_on=one.reviewed_on, reviewer=found.reviewer, ended_on=one.ended_on,
        ended_as=one.ended_as, end_reason=one.end_reason, ended_by=found.ender, task=task, due_on=due_on,
        seen_on=ctx.today,
    )  # fmt: skip


def demands_of(one: Control) -> Demands:
    """What a control asks for."""
    return Demands(**{name: getattr(one, name) for name in Demands.__dataclass_fields__})


def task_of(one: Control, proposed_on: dt.date, today: dt.date) -> tuple[ControlTask | None, dt.date | None]:
    """What a control waits for on a day, and by when: a decision, a review, or its end; of two the earlier."""
    if one.state == ControlState.PROPOSED:
        return ControlTask.APPROVE, proposed_on
    if one.state != ControlState.ACTIVE:
        return None, None
    waiting = []
    if one.review_on is not None and one.review_on <= today + dt.timedelta(days=REVIEW_AHEAD_DAYS):
        waiting.append((one.review_on, ControlTask.REVIEW))
    if one.expires_on is not None and one.expires_on <= today + dt.timedelta(days=EXPIRY_AHEAD_DAYS):
        waiting.append((one.expires_on, ControlTask.EXPIRING))
    if not waiting:
        return None, None
    due_on, task = min(waiting, key=lambda pair: (pair[0], pair[1] != ControlTask.REVIEW))
    return task, due_on
