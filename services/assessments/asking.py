"""Asking the business department for more, and its answer (clause 2.2)."""

from __future__ import annotations

import datetime as dt

from db.enums import InformationRequestState
from db.models import Assessment, InformationRequest
from services import access, data_versions, ledger
from services.assessments.rows import RequestRow
from services.assessments.steps import (
    ensure_another,
    ensure_in_review,
    ensure_own_department,
    locked_beside,
    locked_initial,
    person_of,
)
from services.assessments.stored import requests_where
from services.assessments.telling import tell_asked
from services.context import Context
from services.early_warnings.lifecycle import company_clock
from services.errors import N_, RefusedError
from services.reasons import stated

_OPEN, _ANSWERED = InformationRequestState.OPEN, InformationRequestState.ANSWERED
_WITHDRAWN = InformationRequestState.WITHDRAWN
_UNKNOWN = N_("This request does not exist.")


# --- commands


def ask_for_more(
    ctx: Context, customer_id: int, assessment_id: int, version: int, items: str, due_on: dt.date
) -> RequestRow:
    """Ask for information, one item a line, by a day. The assessment must be in review; `version` is its.

    Raises:
        NotAllowedError, NotFoundError, StaleError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "assessment.review")
    person = person_of(ctx)
    about = locked_initial(ctx, customer_id, assessment_id, version)
    ensure_another(ctx, about)
    ensure_in_review(about)
    asked = "\n".join(line.strip() for line in items.splitlines() if line.strip())
    stated(asked, N_("Say what you need to know, one item a line."))
    if due_on < ctx.today:
        raise RefusedError(N_("The answer can't be due before today."))
    row = InformationRequest(
        customer_id=customer_id, assessment_id=assessment_id, state=_OPEN.value, items=asked, due_on=due_on,
        asked_by=person, asked_at=company_clock(ctx), changed_at=ctx.now,
    )  # fmt: skip
    with ledger.change(ctx, "information_request.asked", row):
        ctx.session.add(row)
    tell_asked(ctx, f"information_request:{row.id}", customer_id, about.assessor_id, asked, due_on)
    return _after(ctx, row)


def answer_request(ctx: Context, customer_id: int, request_id: int, version: int, answer: str) -> RequestRow:
    """Answer it: open -> answered. By the department that proposed.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "assessment.propose")
    person = person_of(ctx)
    row = locked_beside(ctx, InformationRequest, (customer_id, request_id), version, _ANSWERED, _UNKNOWN)
    ensure_own_department(ctx, _assessment(ctx, row).department_id)
    words = stated(answer, N_("Write the answer: the reviewer decides by it."))
    instant = company_clock(ctx)
    with ledger.change(ctx, "information_request.answered", row), ctx.session.no_autoflush:
        row.state, row.answer = _ANSWERED.value, words
        row.answered_by, row.answered_at = person, instant
    return _after(ctx, row)


def withdraw_request(ctx: Context, customer_id: int, request_id: int, version: int) -> RequestRow:
    """Do without the answer: open -> withdrawn. By risk management.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError: nothing was changed.
    """
    access.ensure_may(ctx, "assessment.review")
    person_of(ctx)
    row = locked_beside(ctx, InformationRequest, (customer_id, request_id), version, _WITHDRAWN, _UNKNOWN)
    ensure_another(ctx, _assessment(ctx, row))
    with ledger.change(ctx, "information_request.withdrawn", row):
        row.state = _WITHDRAWN.value
    return _after(ctx, row)


def _assessment(ctx: Context, row: InformationRequest) -> Assessment:
    return ctx.session.get_one(Assessment, (row.customer_id, row.assessment_id))


def _after(ctx: Context, row: InformationRequest) -> RequestRow:
    data_versions.bump(ctx, "assessments")
    key = (InformationRequest.customer_id == row.customer_id, InformationRequest.id == row.id)
    return requests_where(ctx, *key)[0]
