"""What the assessments page reads, each part in one transaction. Not cached: others work on the same list."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from dashboard.views.assessments_selection import CUSTOMER, Key, ids_of
from services.access import may
from services.assessments import (
    AssessmentCounts,
    AssessmentFile,
    Computed,
    LevelRow,
    ReviewFilter,
    ReviewRow,
    TaskFilter,
    TaskRow,
    assessment_by_id,
    assessment_counts,
    assessments_of_customer,
    computed_for,
    level_of,
    people_to_send,
    review_queue,
    to_propose,
)
from services.context import Actor, Context, unit_of_work
from services.customers import CustomerProfile, customer_by_no
from services.errors import RefusedError
from services.listings_now import grade_of
from services.scoring import Explanation, explained_score


@dataclass(frozen=True)
class Listed:
    """The left half: rows of the worklist or of the review queue, and what waits in all."""

    rows: tuple[TaskRow, ...] | tuple[ReviewRow, ...]
    has_more: bool
    counts: AssessmentCounts


@dataclass(frozen=True)
class Opened:
    """The right half: a customer, its level, score and computed level of this moment, and its assessment, if any."""

    profile: CustomerProfile
    level: LevelRow
    computed: Computed
    score: Explanation | None
    grade: str | None
    file: AssessmentFile | None
    people: tuple[tuple[int, str], ...]
    today: dt.date
    time_zone: str
    currency: str


def worklist(actor: Actor, filters: TaskFilter, limit: int) -> Listed:
    """The worklist of a department."""
    with unit_of_work(actor) as ctx:
        page = to_propose(ctx, filters, limit=limit)
        return Listed(page.rows, page.after is not None, assessment_counts(ctx, filters.department))


def queue(actor: Actor, filters: ReviewFilter, limit: int) -> Listed:
    """The review queue."""
    with unit_of_work(actor) as ctx:
        page = review_queue(ctx, filters, limit=limit)
        return Listed(page.rows, page.after is not None, assessment_counts(ctx, filters.department))


def opened(actor: Actor, key: Key | None) -> Opened | None:
    """The row asked for; None where there is none, or it is gone."""
    if key is None:
        return None
    try:
        with unit_of_work(actor) as ctx:
            return _opened(ctx, key)
    except RefusedError:
        return None


def _opened(ctx: Context, key: Key) -> Opened | None:
    file = _file(ctx, key)
    row = None if file is None else file.initial or file.final
    if row is None and key[0] != CUSTOMER:
        return None
    profile = customer_by_no(ctx, key[1] if row is None else row.customer_no)
    policy = ctx.policy_history.on(ctx.today)
    return Opened(
        profile=profile, level=level_of(ctx, profile.customer_no), computed=computed_for(ctx, profile.customer_no),
        score=explained_score(ctx, profile.customer_id), grade=grade_of(ctx, profile.customer_id), file=file,
        people=_people(ctx, file), today=ctx.today, time_zone=policy.time_zone, currency=policy.base_currency,
    )  # fmt: skip


def _file(ctx: Context, key: Key) -> AssessmentFile | None:
    """The assessment that the key names, or the customer's open one."""
    ids = ids_of(key)
    if ids is not None:
        return assessment_by_id(ctx, *ids)
    if key[0] != CUSTOMER:
        return None
    newest = assessments_of_customer(ctx, key[1], limit=3).rows
    return next((one for one in newest if one.initial is not None and _is_open(one)), None)


def _is_open(file: AssessmentFile) -> bool:
    return file.initial is not None and file.initial.assessor_id is not None and file.final is None


def _people(ctx: Context, file: AssessmentFile | None) -> tuple[tuple[int, str], ...]:
    if file is None or file.initial is None or not may(ctx.actor, "assessment.review"):
        return ()
    return people_to_send(ctx, file.initial.customer_id, file.initial.id)
