"""What happened to a customer, newest first, and what was decided about it (policy 1.4, 2.3, 3.2)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select, text

from db.models import Department, Listing
from services.access import ensure_may
from services.context import Context
from services.receivables.rates import RATE_RANGES, rate_join

# --- row types


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


@dataclass(frozen=True)
class ListingRow:
    """One black/grey identification of a customer, whatever became of it."""

    listing_no: str
    criterion: str
    grade: str
    state: str
    trigger_on: dt.date
    decided_on: dt.date | None
    restored_on: dt.date | None
    department: str | None


@dataclass(frozen=True)
class CaseRow:
    """One case on a customer. `debts` invoices of `debt_amount` (base currency, at the day's rate) were brought in."""

    case_no: str
    state: str
    opened_on: dt.date
    closed_on: dt.date | None
    outcome: str | None
    department: str | None
    debts: int
    debt_amount: Decimal


# --- reads

_TIMELINE = """
SELECT * FROM (
    SELECT issued_on AS day, 'invoice' AS concept, invoice_no AS key,
           CASE WHEN is_disputed THEN 'disputed' END AS status, amount, currency, NULL AS note
      FROM invoice WHERE customer_id = :id
    UNION ALL SELECT paid_on, 'payment', payment_no, NULL, amount, currency, channel
      FROM payment WHERE customer_id = :id
    UNION ALL SELECT sent_on, 'dunning_notice', dunning_no, response, NULL, NULL, channel
      FROM dunning_notice WHERE customer_id = :id
    UNION ALL SELECT assessed_on, 'assessment', stage, level, NULL, NULL, assessor
      FROM assessment WHERE customer_id = :id
    UNION ALL SELECT raised_on, 'early_warning', w.rule, state, money_at_risk, NULL, e.thresholds->>'days'
      FROM early_warning w
      LEFT JOIN warning_rule_edition e ON e.rule = w.rule AND e.edition = w.rule_edition
     WHERE customer_id = :id
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


def listings_of(ctx: Context, customer_id: int) -> tuple[ListingRow, ...]:
    """A customer's listings, the newest trigger first."""
    ensure_may(ctx, "customer.read")
    found = (
        select(
            Listing.listing_no, Listing.criterion, Listing.grade, Listing.state, Listing.trigger_on, Listing.decided_on,
            Listing.restored_on, Department.code,
        )
        .outerjoin(Department, Department.id == Listing.department_id)
        .where(Listing.customer_id == customer_id)
        .order_by(Listing.trigger_on.desc(), Listing.listing_no)
    )  # fmt: skip
    return tuple(ListingRow(*row) for row in ctx.session.execute(found))


_CASES = f"""
WITH rates AS ({RATE_RANGES}), debts AS (
    SELECT d.case_id, count(*) AS count, coalesce(sum(d.amount * r.rate), 0) AS amount
      FROM case_debt d
      JOIN invoice i ON i.customer_id = d.customer_id AND i.id = d.invoice_id
      {rate_join("r", "i.currency", "d.added_on")}
     WHERE d.customer_id = :id GROUP BY d.case_id
)
SELECT c.case_no, c.state, c.opened_on, c.closed_on, c.outcome, l.code, coalesce(d.count, 0), coalesce(d.amount, 0)
  FROM recovery_case c
  LEFT JOIN department l ON l.id = c.lead_department_id
  LEFT JOIN debts d ON d.case_id = c.id
 WHERE c.customer_id = :id ORDER BY c.opened_on DESC, c.case_no
"""  # noqa: S608


def cases_of(ctx: Context, customer_id: int) -> tuple[CaseRow, ...]:
    """A customer's cases, the newest first."""
    ensure_may(ctx, "customer.read")
    values = {"id": customer_id, "base": ctx.policy_history.on(ctx.today).base_currency}
    return tuple(CaseRow(*row) for row in ctx.session.execute(text(_CASES), values))
