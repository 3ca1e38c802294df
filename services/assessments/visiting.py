"""Site visits: ordered by the reviewer, reported with photos by who was sent (clause 2.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from services.assessments.rows import NewPhoto, PhotoContent, VisitRow
from services.context import Context


def order_visit(
    ctx: Context, customer_id: int, assessment_id: int, version: int, assignee_id: int, due_on: dt.date, purpose: str
) -> VisitRow:
    """Send somebody of the proposing department or of risk management, by a day. The assessment must be in review.

    Raises:
        NotAllowedError, NotFoundError, StaleError, RefusedError: nothing was changed.
    """
    raise NotImplementedError


def report_visit(
    ctx: Context,
    customer_id: int,
    visit_id: int,
    version: int,
    visited_on: dt.date,
    findings: str,
    conclusion: str,
    photos: Sequence[NewPhoto] = (),
) -> VisitRow:
    """Report a visit: ordered -> done. Only by its assignee.

    Photos: JPEG, PNG or WebP by content, at most 10 MB each and 20 in all. Place and camera are taken out of them.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    raise NotImplementedError


def cancel_visit(ctx: Context, customer_id: int, visit_id: int, version: int, reason: str) -> VisitRow:
    """Call a visit off: ordered -> cancelled. By risk management.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    raise NotImplementedError


def people_to_send(ctx: Context, customer_id: int, assessment_id: int) -> tuple[tuple[int, str], ...]:
    """Who can be sent on a visit for an assessment: (user id, name), by name."""
    raise NotImplementedError


def photo_content(ctx: Context, customer_id: int, photo_id: int) -> PhotoContent:
    """A photo's bytes.

    Raises:
        NotAllowedError: the actor may not read assessments.
        NotFoundError: there is none.
    """
    raise NotImplementedError
