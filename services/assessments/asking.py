"""Asking the business department for more, and its answer (clause 2.2)."""

from __future__ import annotations

import datetime as dt

from services.assessments.rows import RequestRow
from services.context import Context


def ask_for_more(
    ctx: Context, customer_id: int, assessment_id: int, version: int, items: str, due_on: dt.date
) -> RequestRow:
    """Ask for information, one item a line, by a day. The assessment must be in review; `version` is its.

    Raises:
        NotAllowedError, NotFoundError, StaleError, RefusedError: nothing was changed.
    """
    raise NotImplementedError


def answer_request(ctx: Context, customer_id: int, request_id: int, version: int, answer: str) -> RequestRow:
    """Answer it: open -> answered. By the department that proposed.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    raise NotImplementedError


def withdraw_request(ctx: Context, customer_id: int, request_id: int, version: int) -> RequestRow:
    """Do without the answer: open -> withdrawn. By risk management.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError: nothing was changed.
    """
    raise NotImplementedError
