"""Stored rows as they leave this concept, with the names of people and departments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.orm import aliased

from db.enums import InformationRequestState, SiteVisitState
from db.models import AppUser, Assessment, Customer, Department, InformationRequest, SiteVisit, SiteVisitPhoto
from services.assessments.lifecycle import deviates
from services.assessments.rows import AssessmentRow, PhotoRow, RequestRow, VisitRow
from services.context import Context
from services.errors import N_, NotFoundError

Key = tuple[int, int]


def assessments_where(ctx: Context, *conditions: ColumnElement[bool], limit: int | None = None) -> list[AssessmentRow]:
    """Assessments that meet the conditions, newest day first, of one day the final one first."""
    query = (
        _assessments()
        .where(*conditions)
        .order_by(Assessment.assessed_on.desc(), Assessment.stage, Assessment.is_superseded, Assessment.id.desc())
        .limit(limit)
    )
    return [_assessment(*found) for found in ctx.session.execute(query)]


def assessment_row(ctx: Context, customer_id: int, assessment_id: int) -> AssessmentRow:
    """One assessment.

    Raises:
        NotFoundError: there is none.
    """
    key = (Assessment.customer_id == customer_id, Assessment.id == assessment_id)
    found = assessments_where(ctx, *key)
    if not found:
        raise NotFoundError(N_("This assessment does not exist."))
    return found[0]


def _assessments() -> Select[Assessment, str, str, str, str]:
    reviewer = aliased(AppUser)
    return (
        select(Assessment, Customer.customer_no, Customer.name, Department.code, reviewer.name)
        .join(Customer, Customer.customer_id == Assessment.customer_id)
        .join(Department, Department.id == Assessment.department_id)
        .outerjoin(reviewer, reviewer.id == Assessment.reviewer_id)
    )


def _assessment(one: Assessment, customer_no: str, name: str, department: str, reviewer: str | None) -> AssessmentRow:
    was_computed = one.assessor_id is not None and one.computed_level is not None
    return AssessmentRow(
        customer_id=one.customer_id, id=one.id, version=one.version, customer_no=customer_no, customer_name=name,
        stage=one.stage, state=one.state, assessed_on=one.assessed_on, level=one.level,
        computed_level=one.computed_level,
        computed_score=one.score if one.computed_score is None else one.computed_score,
        deviates=deviates(one.level, one.computed_level) if was_computed else None,
        dimension_levels=dict(one.dimension_levels), reason=one.reason, department=department,
        assessor_id=one.assessor_id, assessor=one.assessor, reviewer_id=one.reviewer_id, reviewer=reviewer,
        initial_id=one.initial_id, is_override=one.is_override, expires_on=one.expires_on, ended_on=one.ended_on,
        submitted_at=one.submitted_at, decided_at=one.decided_at, returned_reason=one.returned_reason,
        is_superseded=one.is_superseded,
    )  # fmt: skip


def requests_of(ctx: Context, keys: Iterable[Key]) -> dict[Key, list[RequestRow]]:
    """The requests of these assessments, by customer and assessment, the oldest first."""
    about = tuple_(InformationRequest.customer_id, InformationRequest.assessment_id)
    found: dict[Key, list[RequestRow]] = {}
    for row in requests_where(ctx, *_among(InformationRequest.customer_id, about, keys)):
        found.setdefault((row.customer_id, row.assessment_id), []).append(row)
    return found


def requests_where(ctx: Context, *conditions: ColumnElement[bool]) -> list[RequestRow]:
    """Requests that meet the conditions, the oldest first."""
    asker, answerer = aliased(AppUser), aliased(AppUser)
    query = (
        select(InformationRequest, asker.name, answerer.name)
        .join(asker, asker.id == InformationRequest.asked_by)
        .outerjoin(answerer, answerer.id == InformationRequest.answered_by)
        .where(*conditions)
        .order_by(InformationRequest.asked_at, InformationRequest.id)
    )
    today = ctx.today
    return [
        RequestRow(
            customer_id=one.customer_id, id=one.id, version=one.version, assessment_id=one.assessment_id,
            state=one.state, items=tuple(one.items.splitlines()), due_on=one.due_on,
            is_late=_is_late(one.state, InformationRequestState.OPEN, one.due_on, today), asked_by=asked_by,
            asked_at=one.asked_at, answered_by=answered_by, answered_at=one.answered_at, answer=one.answer,
        )
        for one, asked_by, answered_by in ctx.session.execute(query)
    ]  # fmt: skip


def visits_of(ctx: Context, keys: Iterable[Key]) -> dict[Key, list[VisitRow]]:
    """The visits for these assessments, by customer and assessment, the oldest first."""
    about = tuple_(SiteVisit.customer_id, SiteVisit.assessment_id)
    found: dict[Key, list[VisitRow]] = {}
    for row in visits_where(ctx, *_among(SiteVisit.customer_id, about, keys)):
        found.setdefault((row.customer_id, row.assessment_id), []).append(row)
    return found


def visits_where(ctx: Context, *conditions: ColumnElement[bool]) -> list[VisitRow]:
    """Visits that meet the conditions, the oldest first, with their photos' names."""
    assignee, orderer = aliased(AppUser), aliased(AppUser)
    query = (
        select(SiteVisit, assignee.name, orderer.name)
        .join(assignee, assignee.id == SiteVisit.assignee_id)
        .join(orderer, orderer.id == SiteVisit.ordered_by)
        .where(*conditions)
        .order_by(SiteVisit.ordered_at, SiteVisit.id)
    )
    rows = ctx.session.execute(query).all()
    photos = _photos(ctx, [(one.customer_id, one.id) for one, _, _ in rows])
    today = ctx.today
    return [
        VisitRow(
            customer_id=one.customer_id, id=one.id, version=one.version, assessment_id=one.assessment_id,
            state=one.state, purpose=one.purpose, due_on=one.due_on,
            is_late=_is_late(one.state, SiteVisitState.ORDERED, one.due_on, today), assignee_id=one.assignee_id,
            assignee=sent, ordered_by=ordered_by, ordered_at=one.ordered_at, visited_on=one.visited_on,
            findings=one.findings, conclusion=one.conclusion, reported_at=one.reported_at,
            cancelled_reason=one.cancelled_reason, photos=tuple(photos.get((one.customer_id, one.id), ())),
        )
        for one, sent, ordered_by in rows
    ]  # fmt: skip


def _photos(ctx: Context, visits: Sequence[Key]) -> dict[Key, list[PhotoRow]]:
    """Photos of these visits in the order they were sent in; never their contents."""
    about = tuple_(SiteVisitPhoto.customer_id, SiteVisitPhoto.visit_id)
    query = (
        select(
            SiteVisitPhoto.customer_id, SiteVisitPhoto.id, SiteVisitPhoto.visit_id, SiteVisitPhoto.file_name,
            SiteVisitPhoto.media_type, SiteVisitPhoto.size, SiteVisitPhoto.sha256,
        )
        .where(*_among(SiteVisitPhoto.customer_id, about, visits))
        .order_by(SiteVisitPhoto.id)
    )  # fmt: skip
    found: dict[Key, list[PhotoRow]] = {}
    for row in ctx.session.execute(query):
        found.setdefault((row.customer_id, row.visit_id), []).append(PhotoRow(*row))
    return found


def _among(customer_id: Any, pair: Any, keys: Iterable[Key]) -> tuple[ColumnElement[bool], ...]:  # noqa: ANN401
    """The condition that a row belongs to one of these keys; the customers alone already narrow it to few."""
    wanted = sorted(set(keys))
    return customer_id.in_({customer for customer, _ in wanted}), pair.in_(wanted)


def _is_late(state: str, waiting: str, due_on: dt.date, today: dt.date) -> bool:
    return state == waiting and due_on < today
