"""How old the newest row behind each figure of a score is, and whether that is older than allowed (clause 2.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import text

from services.context import Context
from services.information.catalogue import CONTRACTS, CREDIT_RATING, CREDIT_REPORT, FINANCIALS, INDUSTRY, REPUTATION
from services.information.standing import is_late, standing

INVOICES, DUNNING, LISTINGS, REGISTER = "invoices", "dunning", "listings", "register"
#: Where each indicator's newest row is: an item of the catalogue, or one of the four above, which nobody owes by a day.
SOURCE_OF: Mapping[str, str] = {
    "overdue_days_now": INVOICES, "overdue_count_now": INVOICES, "overdue_share_now": INVOICES,
    "worst_days_late_180": INVOICES, "worst_days_late_365": INVOICES, "broken_promises_365": DUNNING,
    "credit_rating": CREDIT_RATING, "report_overdue_count": CREDIT_REPORT, "report_enforcement_count": CREDIT_REPORT,
    "past_listings": LISTINGS, "firm_size": REGISTER, "firm_age_years": REGISTER, "debt_ratio": FINANCIALS,
    "current_ratio": FINANCIALS, "net_margin": FINANCIALS, "cash_flow_cover": FINANCIALS,
    "revenue_growth": FINANCIALS, "mean_days_late_90": INVOICES, "late_share_365": INVOICES,
    "late_habit_730": INVOICES, "expected_late_open": INVOICES, "expected_serious_90": INVOICES,
    "slower_than_habit": INVOICES, "open_invoices": INVOICES, "turnover_to_terms": INVOICES,
    "longest_terms_open": INVOICES,
    "amount_trend": INVOICES, "limit_use": INVOICES, "contract_breach_365": CONTRACTS, "tenure_years": REGISTER,
    "industry_outlook": INDUSTRY, "industry_trend": INDUSTRY, "industry_policy": INDUSTRY,
    "industry_default_rate": INDUSTRY, "negative_events_365": REPUTATION, "court_events_730": REPUTATION,
    "peer_complaints_365": REPUTATION,
}  # fmt: skip


@dataclass(frozen=True)
class Freshness:
    """The day of the newest row behind a figure; None where rows carry none. `is_stale`: older than allowed."""

    known_on: dt.date | None
    is_stale: bool


_TRADE = """
SELECT (SELECT max(greatest(i.issued_on, p.paid_on))
          FROM invoice i LEFT JOIN payment_allocation p
            ON p.customer_id = i.customer_id AND p.invoice_id = i.id AND p.paid_on <= :day
         WHERE i.customer_id = :customer AND i.issued_on <= :day) AS invoices,
       (SELECT max(n.sent_on) FROM dunning_notice n WHERE n.customer_id = :customer AND n.sent_on <= :day) AS dunning,
       (SELECT max(l.decided_on) FROM listing l WHERE l.customer_id = :customer AND l.decided_on <= :day) AS listings
"""

# --- reads


def freshness_of(ctx: Context, customer_id: int, day: dt.date) -> dict[str, Freshness]:
    """For each indicator: how fresh its figures were at the end of a day."""
    trade = ctx.session.execute(text(_TRADE), {"customer": customer_id, "day": day}).one()
    found = {name: Freshness(getattr(trade, name), False) for name in (INVOICES, DUNNING, LISTINGS)}
    for row in ctx.session.execute(standing(day, ctx.policy_history.on(day), [customer_id])):
        found[row.item] = Freshness(row.known_on, is_late(day, row.due_on))
    nothing = Freshness(None, False)
    return {indicator: found.get(source, nothing) for indicator, source in SOURCE_OF.items()}
