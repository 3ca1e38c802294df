"""The columns of every file kind, in SPEC 7's order and spelling. A generated row has exactly these keys."""

from __future__ import annotations

COLUMNS: dict[str, tuple[str, ...]] = {
    "fx_rates": ("currency", "as_of", "rate"),
    "industry_outlooks": ("industry_code", "as_of", "outlook", "trend", "policy", "default_rate"),
    "customers": (
        "customer_no", "name", "uscc", "kind", "industry_code", "region", "size", "owner_department",
        "account_manager", "registered_capital", "established_on", "legal_representative", "phone", "address",
        "bank_account", "credit_rating", "credit_limit", "payment_terms_days", "since",
    ),
    "contracts": ("contract_no", "customer_no", "signed_on", "ends_on", "amount", "currency"),
    "contract_events": ("event_no", "contract_no", "occurred_on", "kind", "severity", "note"),
    "invoices": (
        "invoice_no", "customer_no", "contract_no", "issued_on", "due_on", "amount", "currency", "disputed",
        "settled_on",
    ),
    "payments": ("payment_no", "customer_no", "invoice_no", "paid_on", "amount", "currency", "channel"),
    "financials": (
        "customer_no", "period_end", "revenue", "net_profit", "total_assets", "total_liabilities", "current_assets",
        "current_liabilities", "operating_cash_flow", "currency",
    ),
    "credit_reports": (
        "customer_no", "reported_on", "source", "rating", "overdue_count", "overdue_amount", "enforcement_count",
    ),
    "reputation_events": ("event_no", "customer_no", "occurred_on", "source", "kind", "sentiment", "title", "url"),
    "dunning": ("dunning_no", "customer_no", "invoice_no", "sent_on", "channel", "response", "promised_on"),
    "orders": ("order_no", "customer_no", "ordered_on", "amount", "currency", "terms_days"),
    "guarantees": ("guarantee_no", "customer_no", "kind", "value", "currency", "valid_from", "expires_on"),
    "assessments": ("customer_no", "assessed_on", "stage", "level", "score", "department", "assessor"),
    "listings": (
        "listing_no", "customer_no", "criterion", "grade", "trigger_on", "listed_on", "decision", "decided_on",
        "restored_on", "department",
    ),
    "cases": ("case_no", "customer_no", "opened_on", "closed_on", "outcome", "lead_department"),
    "case_debts": ("case_no", "invoice_no", "added_on", "amount"),
    "complaints": ("complaint_no", "customer_no", "received_on", "cause", "department", "closed_on", "upheld"),
    "watchlist": ("entry_no", "name", "aliases", "uscc", "source", "listed_on"),
    "incentives": (
        "incentive_no", "kind", "measure", "department", "person", "amount", "currency", "decided_on", "reason",
    ),
}  # fmt: skip
"""Kind -> columns. The order of the kinds is one in which they can be imported: what is referred to comes first."""

KEYS: dict[str, tuple[str, ...]] = {
    "fx_rates": ("currency", "as_of"),
    "industry_outlooks": ("industry_code", "as_of"),
    "customers": ("customer_no",),
    "contracts": ("contract_no",),
    "contract_events": ("event_no",),
    "invoices": ("invoice_no",),
    "payments": ("payment_no",),
    "financials": ("customer_no", "period_end"),
    "credit_reports": ("customer_no", "reported_on", "source"),
    "reputation_events": ("event_no",),
    "dunning": ("dunning_no",),
    "orders": ("order_no",),
    "guarantees": ("guarantee_no",),
    "assessments": ("customer_no", "assessed_on", "stage"),
    "listings": ("listing_no",),
    "cases": ("case_no",),
    "case_debts": ("case_no", "invoice_no"),
    "complaints": ("complaint_no",),
    "watchlist": ("entry_no",),
    "incentives": ("incentive_no",),
}
"""Kind -> the columns that name one row."""
