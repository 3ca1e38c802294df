"""A company with everybody who takes part in a listing, and customers whose arrears are an open trigger."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from db.enums import DepartmentKind, Role
from db.models import Contract, Customer, Department, Invoice
from services.context import Actor, Context
from services.listings import (
    CandidateRow,
    ListingRow,
    Writing,
    candidates_of_customer,
    draft,
    find_candidates,
    find_ready,
    hand_in,
    offer_reply,
    take_up,
)
from services.metrics.upkeep import mark_dirty, refresh
from services.scoring.commands import ensure_default_scorecard
from tests.services.makers import ago, as_actor, make_customer, make_department, make_dunning, make_invoice, make_user

STATEMENT = "Three invoices are open; they promised twice and did not pay"


@dataclass(frozen=True)
class Court:
    """The people: `seller` of NORTH, `other` of EXPORT, `reviewer` and `second` of RISK, and one of each other."""

    ctx: Context
    north: Department
    risk: Department
    seller: Actor
    other: Actor
    reviewer: Actor
    second: Actor
    lawyer: Actor
    cashier: Actor
    leader: Actor

    def by(self, actor: Actor, days_later: int = 0) -> Context:
        """The transaction in a person's name, so many days later."""
        there = as_actor(self.ctx, actor)
        return replace(there, now=there.now + timedelta(days=days_later))

    def customer(self, customer_no: str = "", **values: object) -> Customer:
        values.setdefault("owner_department_id", self.north.id)
        return make_customer(self.ctx, customer_no, **values)

    def debtor(self, customer_no: str = "", overdue: int = 95) -> tuple[Customer, Invoice]:
        """A customer with an invoice so many days past due, a contract, and two notices: an open arrears trigger."""
        customer = self.customer(customer_no)
        contract = Contract(
            customer_id=customer.customer_id, contract_no=f"K-{customer.customer_no}", signed_on=ago(overdue + 60)
        )
        self.ctx.session.add(contract)
        invoice = make_invoice(self.ctx, customer, ago(overdue), contract_no=contract.contract_no)
        for days in (60, 30):
            make_dunning(self.ctx, customer, ago(days), invoice_id=invoice.id)
        self.figures(customer)
        return customer, invoice

    def figures(self, *customers: Customer) -> None:
        """The metric's contributions, as an import leaves them."""
        mark_dirty(self.ctx, [one.customer_id for one in customers])
        refresh(self.ctx)

    def candidates(self, customer: Customer) -> tuple[CandidateRow, ...]:
        find_candidates(self.ctx)
        return candidates_of_customer(self.ctx, customer.customer_no)

    def drafted(self, customer: Customer, *criteria: str, trigger_on: date | None = None) -> ListingRow:
        writing = Writing(criteria or ("arrears",), STATEMENT, trigger_on=trigger_on)
        return draft(self.by(self.seller), customer.customer_no, writing)

    def in_review(self, customer: Customer, *criteria: str) -> ListingRow:
        row = self.drafted(customer, *criteria)
        row = hand_in(self.by(self.seller), row.customer_id, row.id, row.version)
        return take_up(self.by(self.reviewer), row.customer_id, row.id, row.version)

    def ready(self, customer: Customer, *criteria: str, offered: int | None = 8) -> ListingRow:
        """Ready for the decision; the right of reply was offered so many days ago (None: not at all)."""
        row = self.in_review(customer, *criteria)
        if offered is not None:
            by = self.by(self.lawyer)
            row = offer_reply(by, row.customer_id, row.id, row.version, "letter", ago(offered))
        return find_ready(self.by(self.reviewer), row.customer_id, row.id, row.version, "List them")


def make_court(ctx: Context) -> Court:
    """The company of these tests."""
    north, export = make_department(ctx, "NORTH"), make_department(ctx, "EXPORT")
    risk = make_department(ctx, "RISK", DepartmentKind.RISK)
    legal = make_department(ctx, "LEGAL", DepartmentKind.LEGAL)
    finance = make_department(ctx, "FINANCE", DepartmentKind.FINANCE)
    board = make_department(ctx, "BOARD", DepartmentKind.LEADERSHIP)
    ensure_default_scorecard(ctx)
    return Court(
        ctx=ctx, north=north, risk=risk, seller=make_user(ctx, "seller", Role.BUSINESS, north),
        other=make_user(ctx, "other", Role.BUSINESS, export), reviewer=make_user(ctx, "reviewer", Role.RISK, risk),
        second=make_user(ctx, "second", Role.RISK, risk), lawyer=make_user(ctx, "lawyer", Role.LEGAL, legal),
        cashier=make_user(ctx, "cashier", Role.FINANCE, finance), leader=make_user(ctx, "boss", Role.LEADER, board),
    )  # fmt: skip
