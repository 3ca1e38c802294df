"""The rows of a history in the import formats of SPEC 7, and as CSV files."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

Row = dict[str, Any]

# Columns of SPEC 7, in an order in which the files can be imported one after the other.
COLUMNS: dict[str, tuple[str, ...]] = {
    "customers": (
        "customer_no", "name", "uscc", "kind", "industry_code", "region", "size", "owner_department",
        "account_manager", "registered_capital", "established_on", "legal_representative", "phone", "address",
        "bank_account", "credit_rating", "credit_limit", "payment_terms_days", "since",
    ),
    "invoices": (
        "invoice_no", "customer_no", "contract_no", "issued_on", "due_on", "amount", "currency", "disputed",
        "settled_on",
    ),
    "payments": ("payment_no", "customer_no", "invoice_no", "paid_on", "amount", "currency", "channel"),
    "dunning": ("dunning_no", "customer_no", "invoice_no", "sent_on", "channel", "response", "promised_on"),
    "complaints": ("complaint_no", "customer_no", "received_on", "cause", "department", "closed_on", "upheld"),
    "assessments": ("customer_no", "assessed_on", "stage", "level", "score", "department", "assessor"),
    "listings": (
        "listing_no", "customer_no", "criterion", "grade", "trigger_on", "listed_on", "decision", "decided_on",
        "restored_on", "department",
    ),
    "cases": ("case_no", "customer_no", "opened_on", "closed_on", "outcome", "lead_department"),
    "case_debts": ("case_no", "invoice_no", "added_on", "amount"),
    "incentives": (
        "incentive_no", "kind", "measure", "department", "person", "amount", "currency", "decided_on", "reason",
    ),
}  # fmt: skip


@dataclass
class History:
    """Rows by kind of file; each row has all columns of its kind, None where nothing is known."""

    customers: list[Row] = field(default_factory=list)
    invoices: list[Row] = field(default_factory=list)
    payments: list[Row] = field(default_factory=list)
    dunning: list[Row] = field(default_factory=list)
    complaints: list[Row] = field(default_factory=list)
    assessments: list[Row] = field(default_factory=list)
    listings: list[Row] = field(default_factory=list)
    cases: list[Row] = field(default_factory=list)
    case_debts: list[Row] = field(default_factory=list)
    incentives: list[Row] = field(default_factory=list)

    def add(self, kind: str, /, **values: Any) -> Row:
        """Appends a row of ``kind`` and returns it; a column that SPEC 7 does not name is a KeyError."""
        unknown = set(values) - set(COLUMNS[kind])
        if unknown:
            raise KeyError(f"{kind} has no column {sorted(unknown)}")
        row = {column: values.get(column) for column in COLUMNS[kind]}
        getattr(self, kind).append(row)
        return row


def write_csv(history: History, folder: Path) -> dict[str, Path]:
    """Writes ``<kind>.csv`` for every kind (UTF-8, header of SPEC 7, ISO dates, blank for None); paths by kind."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {}
    for kind, columns in COLUMNS.items():
        paths[kind] = folder / f"{kind}.csv"
        with paths[kind].open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows([_as_text(row[column]) for column in columns] for row in getattr(history, kind))
    return paths


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)
