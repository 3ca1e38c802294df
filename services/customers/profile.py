"""The register's entry of one customer, and who sees the personal data in it (SPEC 3, policy 1.4)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from db.enums import Role
from db.models import Customer, CustomerKey, Department
from services import ledger
from services.access import ensure_may, may
from services.context import Context
from services.errors import N_, NotAllowedError, NotFoundError

MASK = "•••"
_ENDS = 5

# --- row types


@dataclass(frozen=True)
class PersonalData:
    """What names or reaches a person. Masked values keep only their ends."""

    legal_representative: str | None
    phone: str | None
    address: str | None
    bank_account: str | None


@dataclass(frozen=True)
class CustomerProfile:
    """The register's entry, its personal data masked. `may_unmask`: the reader's role may ask to see them."""

    customer_id: int
    customer_no: str
    name: str
    uscc: str | None
    kind: str
    industry_code: str | None
    region: str | None
    size: str | None
    department: str | None
    department_id: int | None
    account_manager: str | None
    registered_capital: Decimal | None
    established_on: dt.date | None
    credit_rating: str | None
    credit_limit: Decimal | None
    payment_terms_days: int | None
    since: dt.date | None
    personal: PersonalData
    may_unmask: bool


# --- rules


def masked(value: str | None) -> str | None:
    """A personal value with only its ends left: enough to recognise, too little to use."""
    if not value:
        return value
    return MASK if len(value) < _ENDS else f"{value[:1]}{MASK}{value[-2:]}"


# --- commands


def show_personal(ctx: Context, customer_no: str) -> PersonalData:
    """The personal data in clear, for those who need them; the ledger keeps who asked for whose (SPEC 3).

    Raises:
        NotFoundError: no customer has this number.
        NotAllowedError: the reader's role, or department, does not need them.
    """
    ensure_may(ctx, "customer.see_personal")
    one, _code = _registered(ctx, customer_no)
    if not may_see_personal(ctx, one.owner_department_id):
        raise NotAllowedError(N_("Business users see personal data of their own department's customers only."))
    ledger.record(ctx, "customer.personal_shown", f"customer:{one.customer_id}", customer_id=one.customer_id)
    return PersonalData(one.legal_representative, one.phone, one.address, one.bank_account)


# --- reads


def customer_by_no(ctx: Context, customer_no: str) -> CustomerProfile:
    """One customer's register entry.

    Raises:
        NotFoundError: no customer has this number.
    """
    ensure_may(ctx, "customer.read")
    one, code = _registered(ctx, customer_no)
    return CustomerProfile(
        customer_id=one.customer_id, customer_no=one.customer_no, name=one.name, uscc=one.uscc, kind=one.kind,
        industry_code=one.industry_code, region=one.region, size=one.size, department=code,
        department_id=one.owner_department_id, account_manager=one.account_manager,
        registered_capital=one.registered_capital, established_on=one.established_on, credit_rating=one.credit_rating,
        credit_limit=one.credit_limit, payment_terms_days=one.payment_terms_days, since=one.since,
        personal=PersonalData(
            masked(one.legal_representative), masked(one.phone), masked(one.address), masked(one.bank_account)
        ),
        may_unmask=may_see_personal(ctx, one.owner_department_id),
    )  # fmt: skip


def _registered(ctx: Context, customer_no: str) -> tuple[Customer, str | None]:
    row = ctx.session.execute(
        select(Customer, Department.code)
        .join(CustomerKey, CustomerKey.customer_id == Customer.customer_id)
        .outerjoin(Department, Department.id == Customer.owner_department_id)
        .where(CustomerKey.customer_no == customer_no)
    ).first()
    if row is None:
        raise NotFoundError(N_("No customer has the number %(no)s."), no=customer_no)
    return row[0], row[1]


def may_see_personal(ctx: Context, department_id: int | None) -> bool:
    """Risk, legal and finance see personal data; business people those of their own department's customers."""
    if not may(ctx.actor, "customer.see_personal"):
        return False
    return ctx.actor.role != Role.BUSINESS or ctx.actor.department_id == department_id
