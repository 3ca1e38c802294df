"""Invoices as of a day: the source of all that is said of balances and payment habit (docs/scorecard.md, Terms)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Subquery, and_, case, func, or_, select

from db.models import Invoice, InvoiceSettlement, PaymentAllocation
from services.scoring.indicators.measure import AsOf, Expression, Query, days_between


def invoices(at: AsOf) -> Subquery:
    """All invoices issued by the day with an amount above 0. Everything but `owed` is null for a disputed one.

    `issue_age` days since issue; `terms_days`; `amount` and `balance` in base currency (null where the rate is unknown,
    balance also unless open); `is_open`; `overdue_days` (null unless overdue); `evidence_age`, `days_late` (null
    without evidence of payment habit); `is_owing`, `owed` as is_open and balance, disputed invoices included.
    """
    return at.source("invoice_state", _state)


def is_trading(at: AsOf) -> Expression:
    """True for a customer with at least one undisputed invoice."""
    invoice = invoices(at)
    return func.coalesce(at.each(invoice, func.count(invoice.c.issue_age)), 0) > 0


def paid_off_by(at: AsOf) -> Expression:
    """True where the (outer joined) settlement says that nothing is left on the day."""
    return func.coalesce(InvoiceSettlement.paid_off_on <= at.today, False)


def settles(invoice: Any) -> Expression:  # noqa: ANN401  (a mapped class or alias)
    """The join of an invoice with its settlement."""
    return and_(
        InvoiceSettlement.customer_id == invoice.customer_id, InvoiceSettlement.invoice_id == invoice.id,
    )  # fmt: skip


def _part_paid(at: AsOf) -> Subquery:
    """What had been paid by the day on invoices that were not paid off then. The others need no sum."""
    return (
        select(
            PaymentAllocation.customer_id,
            PaymentAllocation.invoice_id,
            func.sum(PaymentAllocation.amount).label("amount"),
        )
        .join(
            InvoiceSettlement,
            and_(
                InvoiceSettlement.customer_id == PaymentAllocation.customer_id,
                InvoiceSettlement.invoice_id == PaymentAllocation.invoice_id,
            ),
        )
        .where(
            PaymentAllocation.paid_on <= at.today,
            or_(InvoiceSettlement.paid_off_on.is_(None), InvoiceSettlement.paid_off_on > at.today),
            at.concerns(PaymentAllocation.customer_id),
            at.concerns(InvoiceSettlement.customer_id),
        )
        .group_by(PaymentAllocation.customer_id, PaymentAllocation.invoice_id)
        .subquery("part_paid")
    )


def _balances(at: AsOf) -> Subquery:
    paid, rates = _part_paid(at), at.rates
    is_paid_off = paid_off_by(at)
    left = case((is_paid_off, 0), else_=Invoice.amount - func.coalesce(paid.c.amount, 0))
    return (
        select(
            Invoice.customer_id, Invoice.issued_on, Invoice.due_on, Invoice.is_disputed.label("is_disputed"),
            Invoice.amount, left.label("left"), at.factor(Invoice.currency, rates).label("factor"),
            case((is_paid_off, InvoiceSettlement.paid_off_on)).label("paid_off_on"),
        )
        .outerjoin(InvoiceSettlement, settles(Invoice))
        .outerjoin(paid, and_(paid.c.customer_id == Invoice.customer_id, paid.c.invoice_id == Invoice.id))
        .outerjoin(rates, rates.c.currency == Invoice.currency)
        .where(Invoice.issued_on <= at.today, Invoice.amount > 0, at.concerns(Invoice.customer_id))
        .offset(0)
        .subquery("balance")
    )  # fmt: skip


def _state(at: AsOf) -> Query:
    """OFFSET 0 keeps Postgres from working a balance out again for every figure that uses it."""
    one = _balances(at).c
    counts = ~one.is_disputed
    is_owing = one.left > 0
    is_open = and_(counts, is_owing)
    is_overdue = and_(is_open, one.due_on < at.today)
    evidence_on = case((is_overdue, at.today), (counts, one.paid_off_on))
    return select(
        one.customer_id,
        case((counts, at.age(one.issued_on))).label("issue_age"),
        case((counts, days_between(one.issued_on, one.due_on))).label("terms_days"),
        case((counts, one.amount * one.factor)).label("amount"),
        is_open.label("is_open"),
        case((is_open, one.left * one.factor)).label("balance"),
        case((is_overdue, at.age(one.due_on))).label("overdue_days"),
        at.age(evidence_on).label("evidence_age"),
        func.greatest(0, days_between(one.due_on, evidence_on)).label("days_late"),
        is_owing.label("is_owing"),
        case((is_owing, one.left * one.factor)).label("owed"),
    ).offset(0)
