"""Reading assessments: the review queue, one whole, a customer's history, the level in force and the computed one."""

from __future__ import annotations

from services.assessments.rows import AssessmentFile, Computed, HistoryPage, LevelRow, ReviewFilter, ReviewPage
from services.context import Context


def review_queue(
    ctx: Context, filters: ReviewFilter | None = None, cursor: str | None = None, limit: int = 50
) -> ReviewPage:
    """Proposals that wait for risk management (submitted, in review), the longest waiting first.

    Raises:
        NotAllowedError: the actor may not read assessments.
        RefusedError: the cursor is not one.
    """
    raise NotImplementedError


def assessment_by_id(ctx: Context, customer_id: int, assessment_id: int) -> AssessmentFile:
    """An assessment whole, by the id of its initial or its final row.

    Raises:
        NotAllowedError: the actor may not read assessments.
        NotFoundError: there is none.
    """
    raise NotImplementedError


def assessments_of_customer(ctx: Context, customer_no: str, cursor: str | None = None, limit: int = 50) -> HistoryPage:
    """All of a customer's assessments with both grades, requests and visits, the newest first.

    Raises:
        NotAllowedError: the actor may not read assessments.
        NotFoundError: no such customer.
    """
    raise NotImplementedError


def level_of(ctx: Context, customer_no: str) -> LevelRow:
    """The level in force, why, since when, and when the next assessment is due.

    Raises:
        NotAllowedError: the actor may not read customers.
        NotFoundError: no such customer.
    """
    raise NotImplementedError


def computed_for(ctx: Context, customer_no: str) -> Computed:
    """What the active scorecard says of a customer now, for the form: computed at this moment, stored nowhere.

    Raises:
        NotAllowedError: the actor may not read scores.
        NotFoundError: no such customer.
    """
    raise NotImplementedError
