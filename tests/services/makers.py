"""Factories for rows that service tests need: each fills in what the test does not say, and says nothing else."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import count
from typing import Any, TypeVar

from db.base import Base
from db.enums import DepartmentKind, Role, WarningState
from db.models import (
    AppUser,
    Assessment,
    Contract,
    CreditReport,
    Customer,
    CustomerKey,
    Department,
    DunningNotice,
    EarlyWarning,
    FinancialStatement,
    FxRate,
    Guarantee,
    IndustryOutlook,
    Invoice,
    InvoiceSettlement,
    Listing,
    PaymentAllocation,
    ReputationEvent,
    Score,
    Scorecard,
    WatchlistEntry,
)
from services.context import Actor, Context
from services.early_warnings import Pick, WarningRow

DAY = dt.date(2025, 6, 30)
_numbers = count(1)
Row = TypeVar("Row", bound=Base)


def ago(days: int) -> dt.date:
    """The day that lies `days` before DAY (negative: after it)."""
    return DAY - dt.timedelta(days=days)


def _add(ctx: Context, row: Row) -> Row:
    ctx.session.add(row)
    ctx.session.flush()
    return row


def make_department(ctx: Context, code: str, kind: DepartmentKind = DepartmentKind.BUSINESS) -> Department:
    return _add(ctx, Department(code=code, kind=kind, name_en=code, name_zh_hans=code, name_zh_hant=code))


def make_user(ctx: Context, login: str, role: Role, department: Department, *, is_active: bool = True) -> Actor:
    """A person in the database, as the actor of a context."""
    user = _add(
        ctx,
        AppUser(
            login=login,
            name=login.title(),
            role=role,
            department_id=department.id,
            password_hash="-",
            is_active=is_active,
        ),
    )
    return Actor(
        login=login, name=user.name, role=role, user_id=user.id, department_id=department.id,
        department_code=department.code,
    )  # fmt: skip


def as_actor(ctx: Context, actor: Actor) -> Context:
    """The same transaction in another person's name."""
    return Context(session=ctx.session, actor=actor, now=ctx.now)


def make_customer(ctx: Context, customer_no: str = "", **values: Any) -> Customer:
    customer_no = customer_no or f"C{next(_numbers):06d}"
    key = _add(ctx, CustomerKey(customer_no=customer_no))
    values.setdefault("name", f"Customer {customer_no}")
    return _add(ctx, Customer(customer_id=key.customer_id, customer_no=customer_no, **values))


def make_invoice(
    ctx: Context,
    customer: Customer,
    due_on: dt.date,
    amount: Decimal | int = 100,
    *,
    paid: tuple[tuple[dt.date, int], ...] = (),
    **values: Any,
) -> Invoice:
    """An invoice and what was paid on it: allocations and settlement as services/receivables would derive them."""
    number = values.pop("invoice_no", f"I{next(_numbers):06d}")
    values.setdefault("issued_on", due_on - dt.timedelta(days=30))
    values |= {"customer_id": customer.customer_id, "invoice_no": number, "due_on": due_on}
    invoice = _add(ctx, Invoice(amount=Decimal(amount), **values))
    total, paid_off_on = Decimal(0), None
    for paid_on, part in paid:
        total += part
        _add(
            ctx,
            PaymentAllocation(
                customer_id=customer.customer_id, invoice_id=invoice.id, paid_on=paid_on, amount=Decimal(part)
            ),
        )
        if total >= invoice.amount and paid_off_on is None:
            paid_off_on = paid_on
    if paid:
        _add(
            ctx,
            InvoiceSettlement(
                customer_id=customer.customer_id, invoice_id=invoice.id, paid_amount=total, paid_off_on=paid_off_on
            ),
        )
    return invoice


def make_paid_invoice(ctx: Context, customer: Customer, paid_on: dt.date, days_late: int) -> Invoice:
    """An invoice that was paid in full on a day, so many days after it was due (negative: before)."""
    return make_invoice(ctx, customer, paid_on - dt.timedelta(days=days_late), paid=((paid_on, 100),))


def make_dunning(ctx: Context, customer: Customer, sent_on: dt.date, **values: Any) -> DunningNotice:
    number = f"D{next(_numbers):06d}"
    return _add(ctx, DunningNotice(customer_id=customer.customer_id, dunning_no=number, sent_on=sent_on, **values))


def make_report(ctx: Context, customer: Customer, on: dt.date, rating: str, source: str = "Bureau") -> CreditReport:
    return _add(ctx, CreditReport(customer_id=customer.customer_id, reported_on=on, rating=rating, source=source))


def make_statement(ctx: Context, customer: Customer, period_end: dt.date, **values: Any) -> FinancialStatement:
    return _add(ctx, FinancialStatement(customer_id=customer.customer_id, period_end=period_end, **values))


def make_news(ctx: Context, customer: Customer, on: dt.date, kind: str, sentiment: int | None, **values: Any) -> None:
    number = f"R{next(_numbers):06d}"
    _add(
        ctx,
        ReputationEvent(
            customer_id=customer.customer_id, event_no=number, occurred_on=on, kind=kind, sentiment=sentiment, **values
        ),
    )


def make_contract(ctx: Context, customer: Customer, signed_on: dt.date) -> Contract:
    number = f"K{next(_numbers):06d}"
    return _add(ctx, Contract(customer_id=customer.customer_id, contract_no=number, signed_on=signed_on))


def make_outlook(ctx: Context, industry: str, on: dt.date, outlook: int | None, trend: int | None = None) -> None:
    _add(ctx, IndustryOutlook(industry_code=industry, as_of=on, outlook=outlook, trend=trend))


def make_guarantee(ctx: Context, customer: Customer, expires_on: dt.date, value: int = 50, **values: Any) -> Guarantee:
    number = f"G{next(_numbers):06d}"
    return _add(
        ctx,
        Guarantee(
            customer_id=customer.customer_id, guarantee_no=number, kind="deposit", value=value, expires_on=expires_on,
            **values,
        ),
    )  # fmt: skip


def make_assessment(
    ctx: Context, customer: Customer, on: dt.date, level: str, *, stage: str = "final", state: str = "final"
) -> Assessment:
    department = ctx.session.query(Department).order_by(Department.id).first() or make_department(ctx, "ANY")
    return _add(
        ctx,
        Assessment(
            customer_id=customer.customer_id, assessed_on=on, level=level, stage=stage, state=state,
            department_id=department.id,
        ),
    )  # fmt: skip


def make_score(ctx: Context, customer: Customer, on: dt.date, level: str) -> Score:
    card = ctx.session.query(Scorecard).first() or _add(
        ctx, Scorecard(name="Default", edition=1, state="active", definition={})
    )
    return _add(
        ctx,
        Score(
            customer_id=customer.customer_id, scorecard_id=card.id, as_of=on, level=level, score=50, coverage=1,
            dimensions={}, points={},
        ),
    )  # fmt: skip


def make_listing(ctx: Context, customer: Customer, decided_on: dt.date, **values: Any) -> Listing:
    values.setdefault("state", "confirmed")
    return _add(
        ctx,
        Listing(
            customer_id=customer.customer_id, listing_no=f"L{next(_numbers):06d}", criterion="arrears", grade="grey",
            trigger_on=decided_on, decided_on=decided_on, **values,
        ),
    )  # fmt: skip


def make_watchlist_entry(ctx: Context, name: str, entry_no: str = "1", **values: Any) -> WatchlistEntry:
    return _add(ctx, WatchlistEntry(source="LIST", entry_no=entry_no, name=name, **values))


def make_rate(ctx: Context, currency: str, on: dt.date, rate: str) -> FxRate:
    return _add(ctx, FxRate(currency=currency, as_of=on, rate=Decimal(rate)))


def make_early_warning(ctx: Context, customer: Customer, rule: str = "overdue_30", **values: Any) -> EarlyWarning:
    """A warning in any state, as if it had gone there long ago."""
    money, likelihood = Decimal(values.pop("money_at_risk", 1000)), Decimal(values.pop("likelihood", "0.5"))
    defaults: dict[str, Any] = {
        "severity": "medium", "state": WarningState.RAISED, "raised_on": DAY, "raised_at": ctx.now,
        "due_at": ctx.now + dt.timedelta(days=7), "department_id": customer.owner_department_id,
        "priority": max(money, Decimal(1)) * likelihood, "evidence": {"items": [], "facts": {}}, "evidence_on": DAY,
    }  # fmt: skip
    return _add(
        ctx,
        EarlyWarning(
            customer_id=customer.customer_id, rule=rule, money_at_risk=money, likelihood=likelihood, **defaults | values
        ),
    )


def pick(row: EarlyWarning | WarningRow) -> Pick:
    """A warning as it is seen now."""
    return Pick(row.customer_id, row.id, row.version)
