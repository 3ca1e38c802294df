"""Customers: the list, and the one page that all departments share (policy 1.4, 4.2)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import and_, func, literal, or_, select, text
from sqlalchemy.sql import Select

from db.enums import RiskLevel, Role
from db.models import Customer, CustomerKey, Department, EarlyWarning, Listing
from services.access import ensure_may, may
from services.context import Context
from services.errors import N_, NotFoundError
from services.receivables.rates import RATE_RANGES, rate_join

PAGE_SIZE = 50
MASK = "•••"


@dataclass(frozen=True)
class CustomerFilter:
    """What the list is narrowed to; empty fields narrow nothing. `search` is a number or part of a name."""

    search: str = ""
    department: str | None = None
    level: str | None = None
    listed: bool = False


@dataclass(frozen=True)
class CustomerRow:
    """One line of the list. `open_warnings` counts those not resolved; `grade` is set while listed."""

    customer_id: int
    customer_no: str
    name: str
    department: str | None
    score: Decimal | None
    level: str | None
    scored_on: dt.date | None
    open_warnings: int
    grade: str | None


@dataclass(frozen=True)
class CustomerPage:
    """One page of the list; `after` asks for the next one, None at the end. `total` counts up to 10,000."""

    rows: tuple[CustomerRow, ...]
    after: tuple[Decimal, int] | None
    total: int


@dataclass(frozen=True)
class CustomerProfile:
    """The register's entry. Personal data are masked unless the reader's role needs them (SPEC 3)."""

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
    legal_representative: str | None
    phone: str | None
    address: str | None
    bank_account: str | None
    credit_rating: str | None
    credit_limit: Decimal | None
    payment_terms_days: int | None
    since: dt.date | None
    is_masked: bool


@dataclass(frozen=True)
class Exposure:
    """What a customer owes at the end of a day, in the base currency. `unconverted` invoices lack a rate."""

    open_amount: Decimal
    overdue_amount: Decimal
    worst_days: int
    open_count: int
    overdue_count: int
    unconverted: int


@dataclass(frozen=True)
class TimelineEntry:
    """Something that happened to a customer: what kind of thing, its business number, its state or result, money."""

    on: dt.date
    concept: str
    key: str
    status: str | None
    amount: Decimal | None
    currency: str | None
    note: str | None


def masked(value: str | None) -> str | None:
    """A personal value with only its ends left: enough to recognise, too little to use."""
    if not value:
        return value
    return MASK if len(value) < 5 else f"{value[:1]}{MASK}{value[-2:]}"


def _narrowed(query: Select[tuple[object, ...]], narrow: CustomerFilter) -> Select[tuple[object, ...]]:
    if narrow.search:
        word = narrow.search.strip()
        like = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        query = query.where(or_(Customer.customer_no == word, Customer.name.ilike(like), Customer.uscc == word))
    if narrow.department is not None:
        query = query.where(Department.code == narrow.department)
    if narrow.level is not None:
        query = query.where(Customer.risk_level == narrow.level)
    if narrow.listed:
        listed = select(Listing.customer_id).where(Listing.state == "confirmed")
        query = query.where(Customer.customer_id.in_(listed))
    return query


def customers(
    ctx: Context, narrow: CustomerFilter, after: tuple[Decimal, int] | None = None, limit: int = PAGE_SIZE
) -> CustomerPage:
    """The customers by score, riskiest first; those never scored last. `after` is a former page's `after`."""
    ensure_may(ctx, "customer.read")
    rank = func.coalesce(Customer.risk_score, literal(-1))
    found = _narrowed(
        select(
            Customer.customer_id, Customer.customer_no, Customer.name, Department.code, Customer.risk_score,
            Customer.risk_level, Customer.scored_on,
        ).outerjoin(Department, Department.id == Customer.owner_department_id),
        narrow,
    )  # fmt: skip
    total = ctx.session.execute(select(func.count()).select_from(found.limit(10_000).subquery())).scalar_one()
    if after is not None:
        found = found.where(or_(rank < after[0], and_(rank == after[0], Customer.customer_id > after[1])))
    rows = ctx.session.execute(found.order_by(rank.desc(), Customer.customer_id).limit(limit + 1)).all()
    shown = rows[:limit]
    ids = [row.customer_id for row in shown]
    warned = dict(
        ctx.session.execute(
            select(EarlyWarning.customer_id, func.count())
            .where(EarlyWarning.customer_id.in_(ids), EarlyWarning.state != "resolved")
            .group_by(EarlyWarning.customer_id)
        ).all()
    )
    graded = dict(
        ctx.session.execute(
            select(Listing.customer_id, func.min(Listing.grade))
            .where(Listing.customer_id.in_(ids), Listing.state == "confirmed")
            .group_by(Listing.customer_id)
        ).all()
    )
    more = len(rows) > limit
    last = shown[-1] if shown else None
    return CustomerPage(
        rows=tuple(CustomerRow(*row, warned.get(row.customer_id, 0), graded.get(row.customer_id)) for row in shown),
        after=(last.risk_score if last.risk_score is not None else Decimal(-1), last.customer_id)
        if more and last
        else None,
        total=total,
    )


def customer_by_no(ctx: Context, customer_no: str) -> CustomerProfile:
    """One customer's register entry.

    Raises:
        NotFoundError: no customer has this number.
    """
    ensure_may(ctx, "customer.read")
    row = ctx.session.execute(
        select(Customer, Department.code)
        .join(CustomerKey, CustomerKey.customer_id == Customer.customer_id)
        .outerjoin(Department, Department.id == Customer.owner_department_id)
        .where(CustomerKey.customer_no == customer_no)
    ).first()
    if row is None:
        raise NotFoundError(N_("No customer has the number %(no)s."), no=customer_no)
    one, code = row
    shown = may_see_personal(ctx, one.owner_department_id)
    personal = {
        name: getattr(one, name) if shown else masked(getattr(one, name))
        for name in ("legal_representative", "phone", "address", "bank_account")
    }
    return CustomerProfile(
        customer_id=one.customer_id, customer_no=one.customer_no, name=one.name, uscc=one.uscc, kind=one.kind,
        industry_code=one.industry_code, region=one.region, size=one.size, department=code,
        department_id=one.owner_department_id, account_manager=one.account_manager,
        registered_capital=one.registered_capital, established_on=one.established_on, credit_rating=one.credit_rating,
        credit_limit=one.credit_limit, payment_terms_days=one.payment_terms_days, since=one.since,
        is_masked=not shown, **personal,
    )  # fmt: skip


def may_see_personal(ctx: Context, department_id: int | None) -> bool:
    """Risk, legal and finance see personal data; business people those of their own department's customers."""
    if not may(ctx.actor, "customer.see_personal"):
        return False
    return ctx.actor.role != Role.BUSINESS or ctx.actor.department_id == department_id


_EXPOSURE = f"""
WITH rates AS ({RATE_RANGES}), paid AS (
    SELECT invoice_id, sum(amount) AS amount FROM payment_allocation
     WHERE customer_id = :customer_id AND paid_on <= :day GROUP BY invoice_id
), open AS (
    SELECT :day - i.due_on AS days, (i.amount - coalesce(p.amount, 0)) * r.rate AS amount
      FROM invoice i LEFT JOIN paid p ON p.invoice_id = i.id {rate_join("r", "i.currency", ":day")}
     WHERE i.customer_id = :customer_id AND i.issued_on <= :day AND i.amount > coalesce(p.amount, 0)
)
SELECT coalesce(sum(amount), 0), coalesce(sum(amount) FILTER (WHERE days > 0), 0),
       greatest(coalesce(max(days), 0), 0), count(*), count(*) FILTER (WHERE days > 0), count(*) - count(amount)
  FROM open
"""  # noqa: S608


def exposure(ctx: Context, customer_id: int, as_of: dt.date | None = None) -> Exposure:
    """What the customer owes at the end of a day (default: the business date)."""
    ensure_may(ctx, "customer.read")
    day = as_of or ctx.today
    values = {"customer_id": customer_id, "day": day, "base": ctx.policy_history.on(day).base_currency}
    return Exposure(*ctx.session.execute(text(_EXPOSURE), values).one())


_TIMELINE = """
SELECT * FROM (
    SELECT issued_on AS day, 'invoice' AS concept, invoice_no AS key, CASE WHEN is_disputed THEN 'disputed' END AS status,
           amount, currency, NULL AS note FROM invoice WHERE customer_id = :id
    UNION ALL SELECT paid_on, 'payment', payment_no, NULL, amount, currency, channel FROM payment WHERE customer_id = :id
    UNION ALL SELECT sent_on, 'dunning_notice', dunning_no, response, NULL, NULL, channel
      FROM dunning_notice WHERE customer_id = :id
    UNION ALL SELECT assessed_on, 'assessment', stage, level, NULL, NULL, assessor FROM assessment WHERE customer_id = :id
    UNION ALL SELECT raised_on, 'early_warning', rule, state, money_at_risk, NULL, NULL
      FROM early_warning WHERE customer_id = :id
    UNION ALL SELECT coalesce(decided_on, trigger_on), 'listing', listing_no, state, NULL, NULL, criterion
      FROM listing WHERE customer_id = :id
    UNION ALL SELECT restored_on, 'listing', listing_no, 'restored', NULL, NULL, criterion
      FROM listing WHERE customer_id = :id AND restored_on IS NOT NULL
    UNION ALL SELECT opened_on, 'recovery_case', case_no, 'open', NULL, NULL, NULL
      FROM recovery_case WHERE customer_id = :id
    UNION ALL SELECT closed_on, 'recovery_case', case_no, 'closed', NULL, NULL, outcome
      FROM recovery_case WHERE customer_id = :id AND closed_on IS NOT NULL
    UNION ALL SELECT received_on, 'complaint', complaint_no, cause, NULL, NULL, NULL
      FROM complaint WHERE customer_id = :id
    UNION ALL SELECT occurred_on, 'reputation_event', event_no, kind, NULL, NULL, title
      FROM reputation_event WHERE customer_id = :id
    UNION ALL SELECT occurred_on, 'contract_event', event_no, kind, NULL, NULL, note
      FROM contract_event WHERE customer_id = :id
    UNION ALL SELECT reported_on, 'credit_report', source, rating, overdue_amount, NULL, NULL
      FROM credit_report WHERE customer_id = :id
    UNION ALL SELECT period_end, 'financial_statement', '', NULL, revenue, currency, NULL
      FROM financial_statement WHERE customer_id = :id
    UNION ALL SELECT coalesce(valid_from, expires_on), 'guarantee', guarantee_no, kind, value, currency, NULL
      FROM guarantee WHERE customer_id = :id
    UNION ALL SELECT ordered_on, 'sales_order', order_no, NULL, amount, currency, NULL
      FROM sales_order WHERE customer_id = :id
) AS happened
 WHERE day IS NOT NULL AND (CAST(:concepts AS text[]) IS NULL OR concept = ANY(:concepts))
 ORDER BY day DESC, concept, key DESC LIMIT :limit OFFSET :offset
"""
CONCEPTS = (
    "invoice", "payment", "dunning_notice", "assessment", "early_warning", "listing", "recovery_case", "complaint",
    "reputation_event", "contract_event", "credit_report", "financial_statement", "guarantee", "sales_order",
)  # fmt: skip


def timeline(
    ctx: Context, customer_id: int, concepts: tuple[str, ...] = (), *, limit: int = 100, offset: int = 0
) -> list[TimelineEntry]:
    """What happened to a customer, newest first, across all concepts or only some of CONCEPTS."""
    ensure_may(ctx, "customer.read")
    values = {"id": customer_id, "concepts": list(concepts) or None, "limit": limit, "offset": offset}
    return [TimelineEntry(*row) for row in ctx.session.execute(text(_TIMELINE), values)]


def level_counts(ctx: Context) -> dict[str | None, int]:
    """How many customers stand at each risk level; None counts those never scored."""
    ensure_may(ctx, "customer.read")
    counted = dict(ctx.session.execute(select(Customer.risk_level, func.count()).group_by(Customer.risk_level)).all())
    return {level: counted.get(level, 0) for level in (*[one.value for one in RiskLevel], None)}
