"""Tells people what an assessment wants of them: a review, an answer, a visit, another look (clause 4.2)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from db.models import Assessment, Customer
from services.context import Context
from services.notifications import notify

#: So much of a longer text goes into a notice; the page has all of it.
_MOST_WORDS = 200


def tell_waits_for_review(ctx: Context, row: Assessment) -> None:
    """Risk management: a proposal was handed in."""
    notify(
        ctx, "assessment_to_review", f"assessment:{row.id}", params={"customer": _name(ctx, row.customer_id)},
        link="assessments",
    )  # fmt: skip


def tell_returned(ctx: Context, row: Assessment, reason: str) -> None:
    """Who proposed it: it was sent back."""
    if row.assessor_id is not None:
        params = {"customer": _name(ctx, row.customer_id), "reason": _short(reason)}
        notify(
            ctx, "assessment_returned", f"assessment:{row.id}", people=[row.assessor_id], params=params,
            link="assessments",
        )  # fmt: skip


def tell_asked(ctx: Context, subject: str, customer_id: int, person: int | None, what: str, due_on: dt.date) -> None:
    """Who has to answer or to go there, and until when."""
    if person is not None:
        params = {"customer": _name(ctx, customer_id), "day": due_on, "reason": _short(what)}
        notify(ctx, "assessment_requested", subject, people=[person], params=params, link="assessments")


def _name(ctx: Context, customer_id: int) -> str:
    return ctx.session.execute(select(Customer.name).where(Customer.customer_id == customer_id)).scalar_one()


def _short(words: str) -> str:
    line = " · ".join(words.splitlines())
    return line if len(line) <= _MOST_WORDS else f"{line[: _MOST_WORDS - 1]}…"
