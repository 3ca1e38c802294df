"""What risk management does: take up, return, finalise (clause 2.2). Never one's own, nor one's own department's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from services.assessments.rows import AssessmentRow, Pick
from services.context import Context


def take_up(ctx: Context, customer_id: int, assessment_id: int, version: int) -> AssessmentRow:
    """Begin the review: submitted -> in_review. Colleagues see who has it, and may still decide on it.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError: nothing was changed.
    """
    raise NotImplementedError


def return_to_business(ctx: Context, customer_id: int, assessment_id: int, version: int, reason: str) -> AssessmentRow:
    """Send it back with what is wrong: in_review -> returned. Open requests are withdrawn; visits go on.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    raise NotImplementedError


def finalise(
    ctx: Context,
    customer_id: int,
    assessment_id: int,
    version: int,
    level: str,
    reason: str = "",
    expires_on: dt.date | None = None,
    dimension_levels: Mapping[str, str] | None = None,
) -> AssessmentRow:
    """Decide: in_review -> final. Returns the final row; the initial one keeps the proposal.

    A level other than the computed one (as of this moment) is an override: it needs a reason and a last day. The level
    in force follows at once, also downwards. High and critical warn the departments concerned.

    Raises:
        NotAllowedError: the role may not, or the proposal is one's own or one's own department's.
        NotFoundError, StaleError, IllegalMoveError: nothing was changed.
        RefusedError: reason or last day missing, or a request or a visit is open.
    """
    raise NotImplementedError


def finalise_agreeing(ctx: Context, picks: Sequence[Pick]) -> tuple[AssessmentRow, ...]:
    """Finalise many, as proposed, where proposal and computed level (as of this moment) agree and nothing is open.

    Submitted ones are taken up on the way. All or none.

    Raises:
        NotAllowedError: the role may not.
        NotAgreeingError: some can't be finalised; all of them are named with the reason. Nothing was changed.
    """
    raise NotImplementedError
