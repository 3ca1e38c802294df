"""Reminders of what is past its day: told once to whose work it is, and once more to who stands above (clause 4.1).

| what | first | then |
| --- | --- | --- |
| a request for information | the department asked | risk management |
| a site visit | who was sent | risk management |
| information on customers, one line | the owner department | risk management |
| an assessment that waits for its review | risk management | leadership |

One statement for each: it writes down what is told and counts it, so that nothing is told that was told before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Date, Select, and_, cast, delete, func, literal, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert

from db.enums import (
    AssessmentStage,
    AssessmentState,
    DepartmentKind,
    InformationRequestState,
    ReminderSubject,
    SiteVisitState,
)
from db.models import Assessment, Customer, InformationRequest, InformationStanding, Reminder, SiteVisit
from services.context import Context
from services.departments import department_of_kind
from services.information.catalogue import ANY
from services.notifications import notify

FIRST, SECOND = 1, 2
#: What was told so long ago and is no longer open is forgotten.
KEPT = dt.timedelta(days=400)

_RISK, _LEADERSHIP = DepartmentKind.RISK, DepartmentKind.LEADERSHIP
Open = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class _Matter:
    """A kind of deadline: the notice, the page, who stands above, and the statement of what is past its day.

    The statement's columns: `customer_id`, `subject_id`, `due_on`, `department_id`, `person_id`.
    """

    subject: ReminderSubject
    notice: str
    link: str
    above: DepartmentKind
    overdue: Callable[[Context], Open]


# --- commands


def remind(ctx: Context) -> int:
    """Tell people of what is past its day and not told yet; how many deadlines were told of.

    The second step comes `reminder_escalation_days` after the first, not after the deadline: when the worker was away,
    nobody hears from above before they heard of it themselves. What nobody owns is told above at once, and only once.
    """
    return sum(_tell(ctx, matter, step) for matter in _MATTERS for step in (SECOND, FIRST))


def forget_past_reminders(ctx: Context) -> None:
    """Forget what was told long ago, where its deadline is not open any more."""
    for matter in _MATTERS:
        still = matter.overdue(ctx).subquery()
        is_open = select(still.c.customer_id).where(
            still.c.customer_id == Reminder.customer_id, still.c.subject_id == Reminder.subject_id,
            still.c.due_on == Reminder.due_on,
        )  # fmt: skip
        old = and_(Reminder.subject == matter.subject.value, Reminder.told_on < ctx.today - KEPT)
        ctx.session.execute(delete(Reminder).where(old, ~is_open.exists()))


def _tell(ctx: Context, matter: _Matter, step: int) -> int:
    above = department_of_kind(ctx, matter.above)
    total = 0
    for row in ctx.session.execute(_told_now(ctx, matter, step)).all():
        person = row.person_id if step == FIRST else None
        department = (row.department_id if step == FIRST else None) or above
        if person is None and department is None:
            continue
        notify(
            ctx, matter.notice, f"reminder:{matter.subject}", people=() if person is None else (person,),
            department=None if person is not None else department,
            params={"count": row.told, "customer": row.customer}, link=matter.link,
        )  # fmt: skip
        total += row.told
    return total


def _told_now(ctx: Context, matter: _Matter, step: int) -> Any:  # noqa: ANN401  (a statement)
    """Writes down what is told now, and counts it by whom it is told to: one row each."""
    due = matter.overdue(ctx).cte("due")
    told = select(
        due.c.customer_id, literal(matter.subject.value), due.c.subject_id, due.c.due_on, literal(step),
        cast(literal(ctx.today), Date), literal(ctx.now),
    )  # fmt: skip
    if step == SECOND:
        before = ctx.today - dt.timedelta(days=ctx.policy_history.on(ctx.today).reminder_escalation_days)
        told = told.join(Reminder, _is_of(due, matter, FIRST)).where(
            Reminder.told_on <= before, Reminder.told_on < ctx.today,
            or_(due.c.person_id.is_not(None), due.c.department_id.is_not(None)),
        )  # fmt: skip
    names = ["customer_id", "subject", "subject_id", "due_on", "step", "told_on", "told_at"]
    added = insert(Reminder).from_select(names, told).on_conflict_do_nothing()
    new = added.returning(Reminder.customer_id, Reminder.subject_id, Reminder.due_on).cte("new")
    # Above, one line holds all departments.
    person, department = (due.c.person_id, due.c.department_id) if step == FIRST else (literal(None), literal(None))
    first = func.array_agg(aggregate_order_by(Customer.name, due.c.due_on, due.c.customer_id))
    return (
        select(
            person.label("person_id"), department.label("department_id"), func.count().label("told"),
            first[1].label("customer"),
        )
        .select_from(new)
        .join(due, and_(due.c.customer_id == new.c.customer_id, due.c.subject_id == new.c.subject_id))
        .join(Customer, Customer.customer_id == new.c.customer_id)
        .group_by("person_id", "department_id")
        .order_by("person_id", "department_id")
    )  # fmt: skip


def _is_of(due: Any, matter: _Matter, step: int) -> Any:  # noqa: ANN401  (columns)
    return and_(
        Reminder.customer_id == due.c.customer_id, Reminder.subject == matter.subject.value,
        Reminder.subject_id == due.c.subject_id, Reminder.due_on == due.c.due_on, Reminder.step == step,
    )  # fmt: skip


# --- what is past its day


def _requests(ctx: Context) -> Open:
    return (
        select(
            InformationRequest.customer_id, InformationRequest.id.label("subject_id"), InformationRequest.due_on,
            Assessment.department_id, literal(None).label("person_id"),
        )
        .join(Assessment, _about(InformationRequest))
        .where(InformationRequest.state == InformationRequestState.OPEN, InformationRequest.due_on < ctx.today)
    )  # fmt: skip


def _visits(ctx: Context) -> Open:
    return select(
        SiteVisit.customer_id, SiteVisit.id.label("subject_id"), SiteVisit.due_on,
        literal(None).label("department_id"), SiteVisit.assignee_id.label("person_id"),
    ).where(SiteVisit.state == SiteVisitState.ORDERED, SiteVisit.due_on < ctx.today)  # fmt: skip


def _information(ctx: Context) -> Open:
    stood = InformationStanding
    return select(
        stood.customer_id, literal(0).label("subject_id"), stood.due_on, stood.department_id,
        literal(None).label("person_id"),
    ).where(stood.item == ANY, stood.due_on < ctx.today)  # fmt: skip


def _reviews(ctx: Context) -> Open:
    """Counted from the hand-in, or from the last answer or report: until then it was not risk management's turn."""
    policy = ctx.policy_history.on(ctx.today)
    answered = _last(InformationRequest, InformationRequest.answered_at)
    reported = _last(SiteVisit, SiteVisit.reported_at)
    since = func.greatest(Assessment.submitted_at, answered, reported)
    due_on = cast(func.timezone(policy.time_zone, since), Date) + policy.review_days
    waits = and_(
        ~_one_of(InformationRequest, InformationRequest.state == InformationRequestState.OPEN).exists(),
        ~_one_of(SiteVisit, SiteVisit.state == SiteVisitState.ORDERED).exists(),
    )
    return select(
        Assessment.customer_id, Assessment.id.label("subject_id"), cast(due_on, Date).label("due_on"),
        literal(department_of_kind(ctx, _RISK)).label("department_id"), literal(None).label("person_id"),
    ).where(
        Assessment.stage == AssessmentStage.INITIAL, Assessment.assessor_id.is_not(None),
        or_(Assessment.state == AssessmentState.SUBMITTED, Assessment.state == AssessmentState.IN_REVIEW),
        waits, due_on < ctx.today,
    )  # fmt: skip


def _about(table: Any) -> Any:  # noqa: ANN401  (tables and columns)
    return and_(Assessment.customer_id == table.customer_id, Assessment.id == table.assessment_id)


def _one_of(table: Any, *which: Any) -> Any:  # noqa: ANN401
    return select(table.id).where(_about(table), *which).correlate(Assessment)


def _last(table: Any, moment: Any) -> Any:  # noqa: ANN401
    return select(func.max(moment)).where(_about(table)).correlate(Assessment).scalar_subquery()


_MATTERS = (
    _Matter(ReminderSubject.INFORMATION_REQUEST, "request_overdue", "assessments", _RISK, _requests),
    _Matter(ReminderSubject.SITE_VISIT, "visit_overdue", "assessments", _RISK, _visits),
    _Matter(ReminderSubject.INFORMATION, "information_overdue", "information?late=1", _RISK, _information),
    _Matter(ReminderSubject.REVIEW, "review_overdue", "assessments", _LEADERSHIP, _reviews),
)
