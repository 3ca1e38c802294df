"""The words of imports: what each kind of file is for, what its columns are called and what may stand in them.

The names in services/imports are for machines and headers; here they are said once in English, and translated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.i18n import N_, _, format_number, one_of, with_aside
from dashboard.labels import LABELS, label, state_label
from services.imports.columns import Column, ColumnType, FileKind, Reference
from services.imports.kinds import KINDS

KIND_ABOUT: dict[str, str] = {
    "fx_rates": N_("What a unit of a foreign currency is worth in the base currency, from a day on."),
    "industry_outlooks": N_("How an industry is doing: part of the score of every customer in it."),
    "customers": N_(
        "Whom the company trades with. Everything else refers to a customer number, so bring these in first."
    ),
    "contracts": N_("What was agreed with a customer, from when until when."),
    "contract_events": N_("How contracts were kept or broken: fulfilled, changed, quality problems."),
    "invoices": N_("What customers owe and when it is due: the base of arrears and of most warnings."),
    "payments": N_("What customers paid. Without an invoice number the oldest open invoice is paid first."),
    "financials": N_("Figures from customers' financial statements, for the score of their business."),
    "credit_reports": N_("Ratings and overdue records from credit agencies."),
    "reputation_events": N_("News, court rulings, penalties and complaints about a customer."),
    "dunning": N_("Reminders sent to customers and what they answered: the clock of identification runs from them."),
    "orders": N_("Orders of customers: shows whether measures against them are obeyed."),
    "guarantees": N_("Deposits, mortgages, pledges and sureties, with what they are worth and when they expire."),
    "assessments": N_("Earlier assessments, initial and final: assessment accuracy is measured on them."),
    "listings": N_("Earlier decisions on black and grey customers, with the day of the trigger."),
    "cases": N_("Earlier recovery cases, open and closed."),
    "case_debts": N_("The invoices that were brought into a case, for the balance they had that day."),
    "complaints": N_("Complaints of customers and their causes: the complaint rate counts them."),
    "watchlist": N_("Names on sanctions lists and other black lists, to compare customers with."),
    "incentives": N_("Rewards and penalties that were decided earlier."),
}

COLUMN_WORDS: dict[str, str] = {
    "account_manager": N_("Account manager"), "added_on": N_("Added on"), "address": N_("Address"),
    "aliases": N_("Aliases"), "amount": N_("Amount"), "as_of": N_("As of"), "assessed_on": N_("Assessed on"),
    "assessor": N_("Assessor"), "bank_account": N_("Bank account"), "case_no": N_("Case number"), "cause": N_("Cause"),
    "channel": N_("Channel"), "closed_on": N_("Closed on"), "complaint_no": N_("Complaint number"),
    "contract_no": N_("Contract number"), "credit_limit": N_("Credit limit"), "credit_rating": N_("Credit rating"),
    "criterion": N_("Criterion"), "currency": N_("Currency"), "current_assets": N_("Current assets"),
    "current_liabilities": N_("Current liabilities"), "customer_no": N_("Customer number"),
    "decided_on": N_("Decided on"), "decision": N_("Decision"), "default_rate": N_("Default rate"),
    "department": N_("Department"), "disputed": N_("Disputed"), "due_on": N_("Due on"),
    "dunning_no": N_("Dunning number"), "ends_on": N_("Ends on"), "enforcement_count": N_("Enforcement count"),
    "entry_no": N_("Entry number"), "established_on": N_("Established on"), "event_no": N_("Event number"),
    "expires_on": N_("Expires on"), "grade": N_("Grade"), "guarantee_no": N_("Guarantee number"),
    "incentive_no": N_("Incentive number"), "industry_code": N_("Industry code"), "invoice_no": N_("Invoice number"),
    "issued_on": N_("Issued on"), "lead_department": N_("Lead department"),
    "legal_representative": N_("Legal representative"), "level": N_("Risk level"), "listed_on": N_("Listed on"),
    "listing_no": N_("Listing number"), "measure": N_("Measure"), "name": N_("Name"), "net_profit": N_("Net profit"),
    "note": N_("Note"), "occurred_on": N_("Occurred on"), "opened_on": N_("Opened on"),
    "operating_cash_flow": N_("Operating cash flow"), "order_no": N_("Order number"), "ordered_on": N_("Ordered on"),
    "outcome": N_("Outcome"), "outlook": N_("Outlook"), "overdue_amount": N_("Overdue amount"),
    "overdue_count": N_("Overdue count"), "owner_department": N_("Owner department"), "paid_on": N_("Paid on"),
    "payment_no": N_("Payment number"), "payment_terms_days": N_("Payment terms (days)"),
    "period_end": N_("Period end"), "person": N_("Person"), "phone": N_("Phone"), "policy": N_("Policy effect"),
    "promised_on": N_("Promised on"), "rate": N_("Exchange rate"), "rating": N_("Rating"), "reason": N_("Reason"),
    "received_on": N_("Received on"), "region": N_("Region"), "registered_capital": N_("Registered capital"),
    "reported_on": N_("Reported on"), "response": N_("Response"), "restored_on": N_("Restored on"),
    "revenue": N_("Revenue"), "score": N_("Score"), "sent_on": N_("Sent on"), "sentiment": N_("Sentiment"),
    "settled_on": N_("Settled on"), "severity": N_("Severity"), "signed_on": N_("Signed on"),
    "since": N_("Customer since"), "size": N_("Company size"), "source": N_("Source"), "stage": N_("Stage"),
    "terms_days": N_("Payment terms (days)"), "title": N_("Headline"), "total_assets": N_("Total assets"),
    "total_liabilities": N_("Total liabilities"), "trend": N_("Trend"), "trigger_on": N_("Trigger date"),
    "upheld": N_("Complaint upheld"), "url": N_("Link"), "uscc": N_("Unified social credit code"),
    "valid_from": N_("Valid from"), "value": N_("Value"),
}  # fmt: skip
_OF_KIND: dict[tuple[str, str], str] = {
    ("customers", "kind"): N_("Customer type"), ("customers", "name"): N_("Customer name"),
    ("contract_events", "kind"): N_("Event type"), ("reputation_events", "kind"): N_("Event type"),
    ("guarantees", "kind"): N_("Guarantee type"), ("incentives", "kind"): N_("Reward or penalty"),
}  # fmt: skip
#: The words of labels.py for the choices of a column.
CHOICE_WORDS: dict[tuple[str, str], str] = {
    ("customers", "kind"): "customer_kind", ("contract_events", "kind"): "contract_event_kind",
    ("reputation_events", "kind"): "reputation_kind", ("dunning", "response"): "dunning_response",
    ("complaints", "cause"): "complaint_cause", ("assessments", "stage"): "assessment_stage",
    ("assessments", "level"): "risk_level", ("listings", "criterion"): "criterion", ("listings", "grade"): "grade",
    ("listings", "decision"): "listing_state", ("cases", "outcome"): "case_outcome",
    ("guarantees", "kind"): "guarantee_kind", ("incentives", "kind"): "incentive_kind",
    ("incentives", "measure"): "incentive_measure",
}  # fmt: skip
_OF_TYPE: dict[ColumnType, str] = {
    ColumnType.TEXT: N_("Text"),
    ColumnType.NUMBER_TEXT: N_("A number or code; leading zeros and all digits are kept"),
    ColumnType.DATE: N_("A day, such as 2025-03-07, 2025/3/7 or 20250307"),
    ColumnType.AMOUNT: N_("An amount; thousands separators and currency signs may stand in it"),
    ColumnType.BOOLEAN: N_("Yes or no"),
    ColumnType.CURRENCY: N_("A currency code such as CNY; blank means the base currency"),
}
_OF_REFERENCE: dict[Reference, str] = {
    Reference.CUSTOMER: N_("The number of a customer who is known already"),
    Reference.CONTRACT: N_("The number of a contract that is known already"),
    Reference.CASE: N_("The number of a case that is known already"),
    Reference.INVOICE: N_("The number of an invoice that is known already"),
    Reference.DEPARTMENT: N_("A department, by its code or any of its names"),
}


def kind_words(kind: str) -> str:
    """What a kind of file is called; its code where it is not known."""
    return _(KINDS[kind].label) if kind in KINDS else kind


def column_words(kind: str, column: str) -> str:
    """What a column of ours is called."""
    words = _OF_KIND.get((kind, column)) or COLUMN_WORDS.get(column)
    return _(words) if words else column


def all_column_words(kind: FileKind) -> dict[str, str]:
    """What all columns of a kind are called."""
    return {column.name: column_words(kind.name, column.name) for column in kind.columns}


def accepted_words(kind: str, column: Column) -> str:
    """What may stand in a column."""
    if column.reference is not None:
        return _(_OF_REFERENCE[column.reference])
    if column.type is ColumnType.ENUM:
        group = CHOICE_WORDS[kind, column.name]
        return _("One of: %(choices)s") % {"choices": one_of(_choice(group, code) for code in column.choices)}
    if column.type in (ColumnType.INTEGER, ColumnType.RATIO):
        least, most = (format_number(bound, 0) for bound in (column.minimum, column.maximum))
        if column.name == "rate":
            return _("Units of the base currency for one unit")
        text = N_("A whole number from %(least)s to %(most)s") if column.type is ColumnType.INTEGER else N_(
            "A number from %(least)s to %(most)s"
        )  # fmt: skip
        return _(text) % {"least": least, "most": most}
    return _(_OF_TYPE[column.type])


def _choice(group: str, code: str) -> str:
    """The code that a file holds, with its word where the word says something else."""
    word = label(group, code) if code in LABELS[group] else code
    return code if word.casefold().replace(" ", "_") == code else with_aside(code, word)


def reason_text(template: str, params: Mapping[str, Any]) -> str:
    """A reason or a note in the reader's words: states and choices that it names are said in words too."""
    words = dict(params)
    for name in {"detail", "wanted"} & words.keys():
        words[name] = state_label(str(words[name]))
    if words.get("detail") in LABELS["incentive_kind"]:
        words["detail"] = label("incentive_kind", str(words["detail"]))
    return _(template) % words if words else _(template)
