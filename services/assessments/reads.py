"""Reading assessments: the review queue, one whole, a customer's history, the level in force and the computed one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import aliased
from sqlalchemy.types import DateTime

from db.enums import AssessmentStage, AssessmentState, InformationRequestState, SiteVisitState
from db.models import AppUser, Assessment, Customer, Department, InformationRequest, SiteVisit
from services import access
from services.assessments.lifecycle import next_due_on
from services.assessments.places import place_of, place_text
from services.assessments.rows import (
    AssessmentFile,
    AssessmentRow,
    Computed,
    HistoryPage,
    LevelRow,
    ReviewFilter,
    ReviewPage,
    ReviewRow,
)
from services.assessments.steps import computed_now
from services.assessments.stored import assessments_where, requests_of, visits_of
from services.context import Context
from services.customer_keys import customer_id_of
from services.early_warnings.lifecycle import company_zone
from services.errors import N_, NotFoundError

LONGEST_PAGE = 500
_WAITING = (AssessmentState.SUBMITTED.value, AssessmentState.IN_REVIEW.value)
_OPEN_REQUEST = and_(
    InformationRequest.customer_id == Assessment.customer_id, InformationRequest.assessment_id == Assessment.id,
    InformationRequest.state == InformationRequestState.OPEN.value,
)  # fmt: skip
_ORDERED_VISIT = and_(
    SiteVisit.customer_id == Assessment.customer_id, SiteVisit.assessment_id == Assessment.id,
    SiteVisit.state == SiteVisitState.ORDERED.value,
)  # fmt: skip


# --- reads: the review queue


def review_queue(
    ctx: Context, filters: ReviewFilter | None = None, cursor: str | None = None, limit: int = 50
) -> ReviewPage:
    """Proposals that wait for risk management (submitted, in review), the longest waiting first.

    Raises:
        NotAllowedError: the actor may not read assessments.
        RefusedError: the cursor is not one.
    """
    access.ensure_may(ctx, "assessment.read")
    limit = max(1, min(limit, LONGEST_PAGE))
    query = _narrowed(ctx, _queue(), filters or ReviewFilter())
    key = (Assessment.submitted_at, Assessment.customer_id, Assessment.id)
    if cursor:
        at, customer_id, assessment_id = place_of(cursor, str, int, int)
        last = (cast(literal(at), DateTime(timezone=True)), literal(customer_id), literal(assessment_id))
        query = query.where(tuple_(*key) > tuple_(*last))
    found = ctx.session.execute(query.order_by(*key).limit(limit + 1)).all()
    rows = tuple(_review(ctx, row) for row in found[:limit])
    if len(found) <= limit:
        return ReviewPage(rows, None)
    last_row = rows[-1]
    return ReviewPage(rows, place_text(last_row.submitted_at.isoformat(), last_row.customer_id, last_row.id))


def _queue() -> Select[Any]:
    """`OPEN_ASSESSMENT` is said in full, so that its partial index serves."""
    reviewer = aliased(AppUser)
    requests = select(func.count()).select_from(InformationRequest).where(_OPEN_REQUEST).scalar_subquery()
    visits = select(func.count()).select_from(SiteVisit).where(_ORDERED_VISIT).scalar_subquery()
    return (
        select(
            Assessment, Customer.customer_no, Customer.name, Customer.risk_level, Customer.computed_level,
            Customer.risk_score, Department.code, reviewer.name.label("reviewer"), requests.label("open_requests"),
            visits.label("open_visits"),
        )
        .join(Customer, Customer.customer_id == Assessment.customer_id)
        .join(Department, Department.id == Assessment.department_id)
        .outerjoin(reviewer, reviewer.id == Assessment.reviewer_id)
        .where(
            Assessment.stage == AssessmentStage.INITIAL.value, Assessment.state != AssessmentState.FINAL.value,
            Assessment.assessor_id.is_not(None), Assessment.state.in_(_WAITING),
        )
    )  # fmt: skip


def _narrowed(ctx: Context, query: Select[Any], filters: ReviewFilter) -> Select[Any]:
    conditions: list[ColumnElement[bool]] = []
    if filters.department is not None:
        conditions.append(Department.code == filters.department)
    if filters.state is not None:
        conditions.append(Assessment.state == filters.state)
    if filters.level is not None:
        conditions.append(Assessment.level == filters.level)
    if filters.agrees is not None:
        deviating = Assessment.level.is_distinct_from(Customer.computed_level)
        conditions.append(~deviating if filters.agrees else deviating)
    if filters.ready is not None:
        waits = or_(exists().where(_OPEN_REQUEST), exists().where(_ORDERED_VISIT))
        conditions.append(~waits if filters.ready else waits)
    if filters.mine:
        own = ctx.actor.user_id
        conditions.append(false() if own is None else Assessment.reviewer_id == own)
    search = filters.search.strip()
    if search:
        conditions.append(
            or_(
                Customer.name.icontains(search, autoescape=True),
                Customer.customer_no.istartswith(search, autoescape=True),
            )
        )
    return query.where(true(), *conditions)


def _review(ctx: Context, row: Any) -> ReviewRow:  # noqa: ANN401  (a row of _queue)
    one: Assessment = row.Assessment
    assert one.submitted_at is not None  # noqa: S101  (what waits was handed in)
    is_own = one.assessor_id == ctx.actor.user_id or one.department_id == ctx.actor.department_id
    return ReviewRow(
        customer_id=one.customer_id, id=one.id, version=one.version, customer_no=row.customer_no,
        customer_name=row.name, department=row.code, assessor=one.assessor, state=one.state, level=one.level,
        level_in_force=row.risk_level, computed_level=row.computed_level, score=row.risk_score,
        agrees=one.level == row.computed_level, reason=one.reason, reviewer_id=one.reviewer_id, reviewer=row.reviewer,
        submitted_at=one.submitted_at, days_waiting=_days_since(ctx, one.submitted_at),
        open_requests=row.open_requests, open_visits=row.open_visits,
        may_finalise=access.may(ctx.actor, "assessment.finalise") and not is_own,
    )  # fmt: skip


def _days_since(ctx: Context, instant: dt.datetime) -> int:
    return max(0, (ctx.today - instant.astimezone(company_zone(ctx)).date()).days)


# --- reads: one customer


def assessment_by_id(ctx: Context, customer_id: int, assessment_id: int) -> AssessmentFile:
    """An assessment whole, by the id of its initial or its final row.

    Raises:
        NotAllowedError: the actor may not read assessments.
        NotFoundError: there is none.
    """
    access.ensure_may(ctx, "assessment.read")
    is_it = or_(Assessment.id == assessment_id, Assessment.initial_id == assessment_id)
    found = assessments_where(ctx, Assessment.customer_id == customer_id, is_it)
    initial_of = next((one.initial_id for one in found if one.id == assessment_id and one.initial_id), None)
    if initial_of is not None:
        found += assessments_where(ctx, Assessment.customer_id == customer_id, Assessment.id == initial_of)
    if not found:
        raise NotFoundError(N_("This assessment does not exist."))
    return _files(ctx, found)[0]


def assessments_of_customer(ctx: Context, customer_no: str, cursor: str | None = None, limit: int = 50) -> HistoryPage:
    """All of a customer's assessments with both grades, requests and visits, the newest first.

    Raises:
        NotAllowedError: the actor may not read assessments.
        NotFoundError: no such customer.
        RefusedError: the cursor is not one.
    """
    access.ensure_may(ctx, "assessment.read")
    customer_id = customer_id_of(ctx, customer_no)
    limit = max(1, min(limit, LONGEST_PAGE))
    # One customer's assessments are few (one a week at most): paired first, cut then, so that no pair is torn.
    files = _files(ctx, assessments_where(ctx, Assessment.customer_id == customer_id))
    start = place_of(cursor, int)[0] if cursor else 0
    after = place_text(start + limit) if len(files) > start + limit else None
    return HistoryPage(tuple(files[start : start + limit]), after)


def _files(ctx: Context, rows: Sequence[AssessmentRow]) -> list[AssessmentFile]:
    """Both grades side by side, newest first, with what was asked and seen."""
    pairs = _paired(rows)
    keys = [(one.customer_id, one.id) for one, _ in pairs if one is not None and one.assessor_id is not None]
    requests, visits = (requests_of(ctx, keys), visits_of(ctx, keys)) if keys else ({}, {})
    return [
        AssessmentFile(
            initial, final, tuple(requests.get(_key(initial), ())), tuple(visits.get(_key(initial), ()))
        )
        for initial, final in pairs
    ]  # fmt: skip


def _key(row: AssessmentRow | None) -> tuple[int, int]:
    return (0, 0) if row is None else (row.customer_id, row.id)


def _paired(rows: Sequence[AssessmentRow]) -> list[tuple[AssessmentRow | None, AssessmentRow | None]]:
    """Initial and final rows side by side, from rows that are newest first and of one day final first.

    Rows made here say whom they belong to. In imported history an initial grade belongs to the final one that follows
    it next, if no other initial one comes between.
    """
    by_id = {one.id: one for one in rows}
    pairs: list[tuple[AssessmentRow | None, AssessmentRow | None]] = []
    taken: set[int] = {one.initial_id for one in rows if one.initial_id is not None}
    waiting: AssessmentRow | None = None
    for one in rows:
        if one.stage == AssessmentStage.FINAL:
            if waiting is not None:
                pairs.append((None, waiting))
            waiting = None if one.initial_id is not None else one
            if one.initial_id is not None:
                pairs.append((by_id.get(one.initial_id), one))
        elif one.id not in taken:
            may_belong = one.assessor_id is None
            pairs.append((one, waiting if may_belong else None))
            waiting = None if may_belong else waiting
    if waiting is not None:
        pairs.append((None, waiting))
    return sorted(pairs, key=_newest, reverse=True)


def _newest(pair: tuple[AssessmentRow | None, AssessmentRow | None]) -> tuple[dt.date, int]:
    newest = pair[1] or pair[0]
    assert newest is not None  # noqa: S101  (a pair has at least one row)
    return newest.assessed_on, newest.id


def level_of(ctx: Context, customer_no: str) -> LevelRow:
    """The level in force, why, since when, and when the next assessment is due.

    Raises:
        NotAllowedError: the actor may not read customers.
        NotFoundError: no such customer.
    """
    access.ensure_may(ctx, "customer.read")
    one = ctx.session.get_one(Customer, customer_id_of(ctx, customer_no), populate_existing=True)
    return LevelRow(
        customer_id=one.customer_id, customer_no=one.customer_no, level=one.risk_level,
        computed_level=one.computed_level, score=one.risk_score, scored_on=one.scored_on, since=one.level_since,
        source=one.level_source, until=one.level_until, assessed_on=one.assessed_on,
        due_on=next_due_on(ctx.policy_history.on(ctx.today), one.risk_level, one.assessed_on),
    )  # fmt: skip


def computed_for(ctx: Context, customer_no: str) -> Computed:
    """What the active scorecard says of a customer now, for the form: computed at this moment, stored nowhere.

    Raises:
        NotAllowedError: the actor may not read scores.
        NotFoundError: no such customer.
    """
    access.ensure_may(ctx, "scorecard.read")
    customer_id = customer_id_of(ctx, customer_no)
    return computed_now(ctx, [customer_id])[customer_id]
