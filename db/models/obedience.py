"""Documents that go against a measure or a listing of their day (clauses 3.1, 3.2)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import CUSTOMER_SCOPED, Base, CustomerScoped, Instant, Money, Versioned, one_of
from db.enums import BreachJudgement, Demand, GateDecision, TradeDocument
from db.models.customer import of_customer


class ControlBreach(CustomerScoped, Versioned):
    """Derived, then judged by a person: one document against one demand of a control or of a listing.

    `allowed` and `found` are in the base currency, for terms in days; null for a stop of trade. `withdrawn_on`: the
    data were corrected and it is none any more.
    """

    __tablename__ = "control_breach"
    __table_args__ = (
        of_customer(),
        ForeignKeyConstraint(["customer_id", "control_id"], ["control.customer_id", "control.id"], ondelete="RESTRICT"),
        ForeignKeyConstraint(["customer_id", "listing_id"], ["listing.customer_id", "listing.id"], ondelete="RESTRICT"),
        one_of("document", TradeDocument),
        one_of("demand", Demand),
        one_of("gate_decision", GateDecision, optional=True),
        one_of("judged_as", BreachJudgement, optional=True),
        CheckConstraint("(control_id IS NULL) <> (listing_id IS NULL)", name="against_one_measure"),
        CheckConstraint("(demand = 'listed') = (listing_id IS NOT NULL)", name="listed_names_listing"),
        CheckConstraint(
            "(judged_as IS NULL) = (judged_at IS NULL) "
            "AND (judged_as IS NULL OR btrim(coalesce(judged_reason, '')) <> '')",
            name="judged_with_reason",
        ),
        UniqueConstraint(
            "customer_id", "document", "document_no", "demand", "control_id", "listing_id",
            name="uq_control_breach_document", postgresql_nulls_not_distinct=True,
        ),
        Index(
            "ix_control_breach_occurred_on", "occurred_on", "customer_id", "id",
            postgresql_where=text("withdrawn_on IS NULL"),
        ),
    )  # fmt: skip

    control_id: Mapped[int | None]
    listing_id: Mapped[int | None]
    demand: Mapped[str]
    document: Mapped[str]
    document_no: Mapped[str]
    occurred_on: Mapped[dt.date]
    amount: Mapped[Money]
    allowed: Mapped[Money | None]
    found: Mapped[Money | None]
    #: What the order gate had said to it; null: it was never asked.
    gate_decision: Mapped[str | None]
    found_at: Mapped[Instant]
    withdrawn_on: Mapped[dt.date | None]
    judged_as: Mapped[str | None]
    judged_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    judged_at: Mapped[Instant | None]
    judged_reason: Mapped[str | None]


class ControlTest(Base):
    """Derived: a customer under a measure or a listing in a month, the denominator of obedience.

    `documents` are the orders and invoices of the month that were tested, `amount` what they come to: none where trade
    was stopped and nobody traded.
    """

    __tablename__ = "control_test"
    __placement__ = CUSTOMER_SCOPED
    __table_args__ = (
        of_customer(),
        CheckConstraint("documents >= 0", name="documents_counted"),
        Index("ix_control_test_month", "month"),
    )

    customer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    month: Mapped[dt.date] = mapped_column(primary_key=True)
    documents: Mapped[int]
    amount: Mapped[Money]
