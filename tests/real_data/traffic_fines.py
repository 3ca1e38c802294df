"""The traffic fines as import files: each fine a customer with one case, its parts the debts.

The log gives events. What is owed grows: the fine, the costs of sending it, and a penalty (its event names the new
total). Each part is an invoice of its own, a debt in the case from its day on. Payments name no invoice.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import polars as pl

OFFICE, COLLECTION = "OFFICE", "COLLECTION"
PAYMENT_TERM = "60d"
#: The log writes ten times what was paid.
PAYMENT_FACTOR = 10


def event_log(folder: Path) -> pl.DataFrame:
    """The log with its numbers as numbers, in its own order."""
    (path,) = (folder / "traffic_fines").glob("*.csv")
    numbers = [
        pl.col(name).cast(pl.Decimal(18, 4)) for name in ("amount", "expense", "paymentamount", "totalpaymentamount")
    ]
    log = pl.read_csv(path, infer_schema=False)
    return log.with_columns(*numbers, pl.col("timestamp").str.to_date(), pl.col("order").cast(pl.Int64)).sort("order")


def import_files(log: pl.DataFrame) -> Mapping[str, bytes]:
    """Each file kind as CSV, in the order in which they are brought in."""
    of = {name: log.filter(pl.col("activity") == name) for name in log["activity"].unique()}
    handed_over = of["Send for Credit Collection"].select("case_id", department=pl.lit(COLLECTION))
    fines = of["Create Fine"].join(handed_over, on="case_id", how="left")
    fines = fines.with_columns(pl.col("department").fill_null(OFFICE))
    notices, owed = of["Insert Fine Notification"], _owed(of)
    kind = pl.lit("individual")
    customers = fines.select(
        customer_no="case_id", name=pl.format("Fine {}", "case_id"), kind=kind, owner_department="department"
    )
    due_on = pl.col("timestamp").dt.offset_by(PAYMENT_TERM)
    invoices = owed.select(
        "invoice_no", "amount", customer_no="case_id", issued_on="timestamp", due_on=due_on, currency=pl.lit("EUR")
    )
    dunning = notices.select(
        dunning_no=pl.format("N{}", "order"), customer_no="case_id", sent_on="timestamp", channel=pl.lit("post")
    )
    cases = fines.select(case_no="case_id", customer_no="case_id", opened_on="timestamp", lead_department="department")
    debts = owed.select("invoice_no", "amount", case_no="case_id", added_on="timestamp")
    frames = {
        "customers": customers, "invoices": invoices, "payments": payments(log), "dunning": dunning, "cases": cases,
        "case_debts": debts,
    }  # fmt: skip
    return {name: as_csv(frame) for name, frame in frames.items()}


def payments(log: pl.DataFrame, *, by_running_total: bool = False) -> pl.DataFrame:
    """The file of payments: a tenth of `paymentamount`, or the growth of `totalpaymentamount`."""
    before = pl.col("totalpaymentamount").shift(1).over("case_id").fill_null(0)
    paid = pl.col("totalpaymentamount") - before if by_running_total else pl.col("paymentamount") / PAYMENT_FACTOR
    events = log.filter(pl.col("activity") == "Payment")
    return events.select(
        payment_no=pl.format("P{}", "order"), customer_no="case_id", paid_on="timestamp", amount=paid.round(4),
        currency=pl.lit("EUR"),
    )  # fmt: skip


def as_csv(frame: pl.DataFrame) -> bytes:
    """A frame as an import file."""
    table = io.BytesIO()
    frame.write_csv(table)
    return table.getvalue()


def _owed(of: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """What is owed: case_id, timestamp, amount, invoice_no."""
    fine = of["Create Fine"].select("case_id", fine="amount")
    penalty = of["Add penalty"].join(fine, on="case_id").with_columns(amount=pl.col("amount") - pl.col("fine"))
    parts = {
        "F": of["Create Fine"].select("case_id", "timestamp", "amount"),
        "C": of["Send Fine"].select("case_id", "timestamp", amount="expense"),
        "P": penalty.select("case_id", "timestamp", "amount"),
    }
    named = [frame.with_columns(invoice_no=pl.format(f"{{}}-{part}", "case_id")) for part, frame in parts.items()]
    return pl.concat(named).filter(pl.col("amount") > 0)
