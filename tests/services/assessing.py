"""A company with business departments, risk management and customers whose computed level is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from db.enums import DepartmentKind, Role
from db.models import Customer, Department
from services.assessments import AssessmentRow, draft, submit, take_up
from services.context import Actor, Context
from services.scoring.commands import ensure_default_scorecard
from tests.services.makers import ago, as_actor, make_customer, make_department, make_invoice, make_user


@dataclass(frozen=True)
class Office:
    """The people: `seller` and `colleague` of NORTH, `other` of EXPORT, `reviewer` and `second` of RISK."""

    ctx: Context
    north: Department
    risk: Department
    seller: Actor
    colleague: Actor
    other: Actor
    reviewer: Actor
    second: Actor

    def by(self, actor: Actor, days_later: int = 0) -> Context:
        """The transaction in a person's name, so many days later."""
        there = as_actor(self.ctx, actor)
        return replace(there, now=there.now + timedelta(days=days_later))

    def customer(self, *, overdue: int | None = None, **values: Any) -> Customer:
        """A customer of NORTH: paid in time (computed low), or with an invoice so many days past due."""
        values.setdefault("owner_department_id", self.north.id)
        customer = make_customer(self.ctx, **values)
        if overdue is None:
            make_invoice(self.ctx, customer, ago(40), paid=((ago(45), 100),))
        else:
            make_invoice(self.ctx, customer, ago(overdue))
        return customer

    def submitted(self, customer: Customer, level: str, reason: str = "They pay in time") -> AssessmentRow:
        row = draft(self.by(self.seller), customer.customer_no, level, reason)
        return submit(self.by(self.seller), row.customer_id, row.id, row.version)

    def in_review(self, customer: Customer, level: str, reason: str = "They pay in time") -> AssessmentRow:
        row = self.submitted(customer, level, reason)
        return take_up(self.by(self.reviewer), row.customer_id, row.id, row.version)


def make_office(ctx: Context) -> Office:
    north = make_department(ctx, "NORTH")
    export = make_department(ctx, "EXPORT")
    risk = make_department(ctx, "RISK", DepartmentKind.RISK)
    ensure_default_scorecard(ctx)
    return Office(
        ctx=ctx, north=north, risk=risk, seller=make_user(ctx, "seller", Role.BUSINESS, north),
        colleague=make_user(ctx, "colleague", Role.BUSINESS, north),
        other=make_user(ctx, "other", Role.BUSINESS, export),
        reviewer=make_user(ctx, "reviewer", Role.RISK, risk), second=make_user(ctx, "second", Role.RISK, risk),
    )  # fmt: skip
