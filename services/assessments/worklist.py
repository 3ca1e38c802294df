"""A business department's worklist: what is returned, asked, to visit, half written, overdue or due (clause 4.1)."""

from __future__ import annotations

from services.assessments.rows import AssessmentCounts, TaskFilter, TaskPage
from services.context import Context

#: A customer is on the list this many days before its assessment is due.
AHEAD_DAYS = 14


def to_propose(ctx: Context, filters: TaskFilter | None = None, cursor: str | None = None, limit: int = 50) -> TaskPage:
    """The worklist, the most pressing day first (never assessed ones before all). Business users see their own
    department's; others any.

    Raises:
        NotAllowedError: the actor may not read assessments.
        RefusedError: the cursor is not one.
    """
    raise NotImplementedError


def assessment_counts(ctx: Context, department: str | None = None) -> AssessmentCounts:
    """What waits, for badges: a business user's own department's, else of the department named or of all."""
    raise NotImplementedError
