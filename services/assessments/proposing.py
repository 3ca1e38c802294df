"""What the business department does: draft, change, hand in, take back (clause 2.2)."""

from __future__ import annotations

from collections.abc import Mapping

from services.assessments.rows import AssessmentRow
from services.context import Context


def draft(
    ctx: Context, customer_no: str, level: str, reason: str = "", dimension_levels: Mapping[str, str] | None = None
) -> AssessmentRow:
    """Begin an assessment of a customer of one's own department. The reason may still be missing.

    Raises:
        NotAllowedError: the role may not, or the customer belongs to another department.
        NotFoundError, RefusedError: unknown customer or level, or an assessment of the customer is open already.
    """
    raise NotImplementedError


def change_draft(
    ctx: Context,
    customer_id: int,
    assessment_id: int,
    version: int,
    level: str,
    reason: str = "",
    dimension_levels: Mapping[str, str] | None = None,
) -> AssessmentRow:
    """Write a draft anew; a returned assessment becomes a draft again by it. Who changes it becomes its assessor.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    raise NotImplementedError


def submit(ctx: Context, customer_id: int, assessment_id: int, version: int) -> AssessmentRow:
    """Hand a draft in for review: draft -> submitted. The computed score of this moment is kept beside it.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError: nothing was changed.
        RefusedError: it deviates from the computed level and gives no reason.
    """
    raise NotImplementedError


def withdraw(ctx: Context, customer_id: int, assessment_id: int, version: int) -> None:
    """Take one's own draft back: it is removed, the ledger keeps it. Only what was never handed in can be.

    Raises:
        NotAllowedError, NotFoundError, StaleError, RefusedError: nothing was changed.
    """
    raise NotImplementedError
