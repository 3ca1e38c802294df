"""What customers owe on a day, as FROM clauses for the rules. Every join carries customer_id (SCALE: SQL)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from db.models import Customer, FxRate, Invoice, InvoiceSettlement, PaymentAllocation
from services.early_warnings.rule import Frame


def rates_on(frame: Frame, name: str = "rate") -> Subquery:
    """Each currency's newest rate on the day: `currency`, `rate` (base units per unit)."""
    return (
        select(FxRate.currency, FxRate.rate)
        .ext(distinct_on(FxRate.currency))
        .where(FxRate.as_of <= frame.day)
        .order_by(FxRate.currency, FxRate.as_of.desc())
        .subquery(name)
    )


def in_base(amount: Any, currency: Any, rates: Subquery, frame: Frame) -> ColumnElement[Any]:  # noqa: ANN401
    """An amount in the base currency; NULL where the rate is unknown (it is never taken as 1)."""
    plain = or_(currency.is_(None), currency == frame.policy.base_currency)
    return case((plain, amount), else_=amount * rates.c.rate)


def open_invoices(frame: Frame, name: str = "open_invoice") -> Subquery:
    """Invoices with a balance above 0 at the end of the day: `customer_id, invoice_id, invoice_no, due_on, is_disputed,
    balance` (base currency, NULL where the rate is unknown)."""
    paid = func.coalesce(func.sum(PaymentAllocation.amount), 0)
    due = (
        select(
            Invoice.customer_id, Invoice.id.label("invoice_id"), Invoice.invoice_no, Invoice.due_on,
            Invoice.is_disputed, Invoice.currency, (Invoice.amount - paid).label("balance"),
        )
        .outerjoin(
            InvoiceSettlement,
            and_(
                InvoiceSettlement.customer_id == Invoice.customer_id, InvoiceSettlement.invoice_id == Invoice.id,
                InvoiceSettlement.paid_off_on <= frame.day,
            ),
        )
        .outerjoin(
            PaymentAllocation,
            and_(
                PaymentAllocation.customer_id == Invoice.customer_id, PaymentAllocation.invoice_id == Invoice.id,
                PaymentAllocation.paid_on <= frame.day,
            ),
        )
        .where(Invoice.issued_on <= frame.day, InvoiceSettlement.invoice_id.is_(None), frame.only(Invoice.customer_id))
        .group_by(Invoice.customer_id, Invoice.id)
        .having(Invoice.amount - paid > 0)
        .subquery(f"{name}_due")
    )  # fmt: skip
    rates = rates_on(frame, f"{name}_rate")
    return (
        select(
            due.c.customer_id, due.c.invoice_id, due.c.invoice_no, due.c.due_on, due.c.is_disputed,
            in_base(due.c.balance, due.c.currency, rates, frame).label("balance"),
        )
        .outerjoin(rates, rates.c.currency == due.c.currency)
        .subquery(name)
    )  # fmt: skip


def exposure(frame: Frame, name: str = "exposure") -> Subquery:
    """Customers with an open invoice, disputed ones included: `customer_id`, `money` (base currency)."""
    invoice = open_invoices(frame, f"{name}_invoice")
    return (
        select(invoice.c.customer_id, func.coalesce(func.sum(invoice.c.balance), 0).label("money"))
        .group_by(invoice.c.customer_id)
        .subquery(name)
    )


def arrears(frame: Frame, name: str = "arrears") -> Subquery:
    """Customers with an undisputed invoice past due: `customer_id`, `money` (base currency)."""
    invoice = open_invoices(frame, f"{name}_invoice")
    return (
        select(invoice.c.customer_id, func.coalesce(func.sum(invoice.c.balance), 0).label("money"))
        .where(invoice.c.is_disputed.is_(False), invoice.c.due_on < frame.day)
        .group_by(invoice.c.customer_id)
        .subquery(name)
    )


def with_credit_limit(frame: Frame) -> Subquery:
    """Customers with a credit limit that owe something: `customer_id`, `credit_limit`, `money` (base currency)."""
    owed = exposure(frame)
    return (
        select(Customer.customer_id, Customer.credit_limit, owed.c.money)
        .join(owed, owed.c.customer_id == Customer.customer_id)
        .where(Customer.credit_limit.is_not(None), owed.c.money > 0, frame.only(Customer.customer_id))
        .subquery("limited")
    )
