"""Customers and everything a company's ledger says of their trade (SPEC 7)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import CUSTOMER_SCOPED, Base, CustomerScoped, Money, Versioned, one_of
from db.enums import ContractEventKind, CustomerKind, DunningResponse, GuaranteeKind, LevelSource, RiskLevel


def of_customer() -> ForeignKeyConstraint:
    """The foreign key that ties a customer-scoped row to its customer."""
    return ForeignKeyConstraint(["customer_id"], ["customer.customer_id"], ondelete="RESTRICT")


class Customer(Base, Versioned):
    """A legal or natural person that the company trades with."""

    __tablename__ = "customer"
    __placement__ = CUSTOMER_SCOPED
    __table_args__ = (
        one_of("kind", CustomerKind),
        one_of("risk_level", RiskLevel, optional=True),
        one_of("computed_level", RiskLevel, optional=True),
        one_of("level_source", LevelSource, optional=True),
        Index("ix_customer_customer_no", "customer_no"),
        Index("ix_customer_owner_department_id_customer_no", "owner_department_id", "customer_no"),
        Index("ix_customer_risk_score_customer_id", "risk_score", "customer_id"),
        Index("ix_customer_level_until", "level_until", postgresql_where=text("level_until IS NOT NULL")),
        Index("ix_customer_name_trgm", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}),
    )

    customer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    customer_no: Mapped[str]
    name: Mapped[str]
    uscc: Mapped[str | None]
    kind: Mapped[str] = mapped_column(server_default="company", default="company")
    industry_code: Mapped[str | None]
    region: Mapped[str | None]
    size: Mapped[str | None]
    owner_department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id", ondelete="RESTRICT"))
    account_manager: Mapped[str | None]
    registered_capital: Mapped[Money | None]
    established_on: Mapped[dt.date | None]
    legal_representative: Mapped[str | None]
    phone: Mapped[str | None]
    address: Mapped[str | None]
    bank_account: Mapped[str | None]
    credit_rating: Mapped[str | None]
    credit_limit: Mapped[Money | None]
    payment_terms_days: Mapped[int | None]
    since: Mapped[dt.date | None]
    # The newest score, copied here by the scoring command so that lists sort by it through an index.
    risk_score: Mapped[Money | None]
    computed_level: Mapped[str | None]
    scored_on: Mapped[dt.date | None]
    # The level in force and why it is so (services/levels.py).
    risk_level: Mapped[str | None]
    level_since: Mapped[dt.date | None]
    level_source: Mapped[str | None]
    level_until: Mapped[dt.date | None]
    # The newest final assessment: the refresh rhythm runs from it.
    assessed_on: Mapped[dt.date | None]


class Contract(CustomerScoped):
    __tablename__ = "contract"
    __table_args__ = (
        of_customer(),
        UniqueConstraint("customer_id", "contract_no"),
        Index("ix_contract_contract_no", "contract_no"),
    )

    contract_no: Mapped[str]
    signed_on: Mapped[dt.date]
    ends_on: Mapped[dt.date | None]
    amount: Mapped[Money | None]
    currency: Mapped[str | None]


class ContractEvent(CustomerScoped):
    """Fulfilment or breach of a contract (clause 2.3, breach)."""

    __tablename__ = "contract_event"
    __table_args__ = (
        ForeignKeyConstraint(
            ["customer_id", "contract_id"], ["contract.customer_id", "contract.id"], ondelete="RESTRICT"
        ),
        one_of("kind", ContractEventKind),
        CheckConstraint("severity BETWEEN 1 AND 5", name="severity_range"),
        UniqueConstraint("customer_id", "event_no"),
        Index("ix_contract_event_event_no", "event_no"),
    )

    contract_id: Mapped[int]
    event_no: Mapped[str]
    occurred_on: Mapped[dt.date]
    kind: Mapped[str]
    severity: Mapped[int | None]
    note: Mapped[str | None]


class Invoice(CustomerScoped):
    """An invoice. `settled_on` is the file's shorthand for one full payment that day (services/receivables)."""

    __tablename__ = "invoice"
    __table_args__ = (
        of_customer(),
        UniqueConstraint("customer_id", "invoice_no"),
        Index("ix_invoice_invoice_no", "invoice_no"),
        Index("ix_invoice_due_on", "due_on"),
    )

    invoice_no: Mapped[str]
    contract_no: Mapped[str | None]
    issued_on: Mapped[dt.date]
    due_on: Mapped[dt.date]
    amount: Mapped[Money]
    currency: Mapped[str | None]
    is_disputed: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    settled_on: Mapped[dt.date | None]


class Payment(CustomerScoped):
    """Money received. Without an invoice it pays the oldest open one first (SPEC 5)."""

    __tablename__ = "payment"
    __table_args__ = (
        of_customer(),
        ForeignKeyConstraint(["customer_id", "invoice_id"], ["invoice.customer_id", "invoice.id"], ondelete="RESTRICT"),
        UniqueConstraint("customer_id", "payment_no"),
        Index("ix_payment_payment_no", "payment_no"),
        Index("ix_payment_customer_id_invoice_id", "customer_id", "invoice_id"),
    )

    payment_no: Mapped[str]
    invoice_id: Mapped[int | None]
    paid_on: Mapped[dt.date]
    amount: Mapped[Money]
    currency: Mapped[str | None]
    channel: Mapped[str | None]


class FinancialStatement(CustomerScoped):
    __tablename__ = "financial_statement"
    __table_args__ = (of_customer(), UniqueConstraint("customer_id", "period_end"))

    period_end: Mapped[dt.date]
    revenue: Mapped[Money | None]
    net_profit: Mapped[Money | None]
    total_assets: Mapped[Money | None]
    total_liabilities: Mapped[Money | None]
    current_assets: Mapped[Money | None]
    current_liabilities: Mapped[Money | None]
    operating_cash_flow: Mapped[Money | None]
    currency: Mapped[str | None]


class CreditReport(CustomerScoped):
    __tablename__ = "credit_report"
    __table_args__ = (of_customer(), UniqueConstraint("customer_id", "reported_on", "source"))

    reported_on: Mapped[dt.date]
    source: Mapped[str] = mapped_column(server_default="", default="")
    rating: Mapped[str | None]
    overdue_count: Mapped[int | None]
    overdue_amount: Mapped[Money | None]
    enforcement_count: Mapped[int | None]


class ReputationEvent(CustomerScoped):
    __tablename__ = "reputation_event"
    __table_args__ = (
        of_customer(),
        CheckConstraint("sentiment BETWEEN -2 AND 2", name="sentiment_range"),
        UniqueConstraint("customer_id", "event_no"),
        Index("ix_reputation_event_event_no", "event_no"),
    )

    event_no: Mapped[str]
    occurred_on: Mapped[dt.date]
    source: Mapped[str | None]
    kind: Mapped[str | None]
    sentiment: Mapped[int | None]
    title: Mapped[str | None]
    url: Mapped[str | None]


class DunningNotice(CustomerScoped):
    __tablename__ = "dunning_notice"
    __table_args__ = (
        of_customer(),
        ForeignKeyConstraint(["customer_id", "invoice_id"], ["invoice.customer_id", "invoice.id"], ondelete="RESTRICT"),
        one_of("response", DunningResponse, optional=True),
        UniqueConstraint("customer_id", "dunning_no"),
        Index("ix_dunning_notice_dunning_no", "dunning_no"),
    )

    dunning_no: Mapped[str]
    invoice_id: Mapped[int | None]
    sent_on: Mapped[dt.date]
    channel: Mapped[str | None]
    response: Mapped[str | None]
    promised_on: Mapped[dt.date | None]


class Guarantee(CustomerScoped, Versioned):
    """What secures a customer's debts. `released_on`: the first day on which it secures nothing any more."""

    __tablename__ = "guarantee"
    __table_args__ = (
        of_customer(),
        one_of("kind", GuaranteeKind),
        CheckConstraint("(released_on IS NULL) = (release_reason IS NULL)", name="released_with_reason"),
        UniqueConstraint("customer_id", "guarantee_no"),
        Index("ix_guarantee_guarantee_no", "guarantee_no"),
        Index("ix_guarantee_expires_on", "expires_on"),
    )

    guarantee_no: Mapped[str]
    kind: Mapped[str]
    value: Mapped[Money]
    currency: Mapped[str | None]
    valid_from: Mapped[dt.date | None]
    expires_on: Mapped[dt.date | None]
    released_on: Mapped[dt.date | None]
    release_reason: Mapped[str | None]


class SalesOrder(CustomerScoped):
    """An order; tests whether measures are obeyed."""

    __tablename__ = "sales_order"
    __table_args__ = (
        of_customer(),
        UniqueConstraint("customer_id", "order_no"),
        Index("ix_sales_order_order_no", "order_no"),
    )

    order_no: Mapped[str]
    ordered_on: Mapped[dt.date]
    amount: Mapped[Money]
    currency: Mapped[str | None]
    terms_days: Mapped[int | None]


class PaymentAllocation(CustomerScoped):
    """Derived: which money paid which invoice on which day (SPEC 5, balance). `payment_id` null: `settled_on`."""

    __tablename__ = "payment_allocation"
    __table_args__ = (
        of_customer(),
        ForeignKeyConstraint(["customer_id", "invoice_id"], ["invoice.customer_id", "invoice.id"], ondelete="CASCADE"),
        Index("ix_payment_allocation_customer_id_invoice_id", "customer_id", "invoice_id"),
    )

    invoice_id: Mapped[int]
    payment_id: Mapped[int | None]
    paid_on: Mapped[dt.date]
    amount: Mapped[Money]


class InvoiceSettlement(Base):
    """Derived: what has been paid on an invoice in all, and the first day on which nothing was left."""

    __tablename__ = "invoice_settlement"
    __placement__ = CUSTOMER_SCOPED
    __table_args__ = (
        ForeignKeyConstraint(["customer_id", "invoice_id"], ["invoice.customer_id", "invoice.id"], ondelete="CASCADE"),
    )

    customer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    invoice_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    paid_amount: Mapped[Money]
    paid_off_on: Mapped[dt.date | None]
