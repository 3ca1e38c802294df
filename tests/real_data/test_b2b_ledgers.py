"""Two more real ledgers come in whole: numbers of 19 digits, accents, disputes, American dates."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import text

from services.context import Context
from services.imports.run import ImportResult, import_file
from services.policy import set_policy

pytestmark = pytest.mark.real_data


def bring_in(ctx: Context, kind: str, content: bytes, mapping: dict[str, str], **defaults: str) -> ImportResult:
    return import_file(
        ctx, kind, content, file_name=f"{kind}.csv", mapping=mapping, defaults=defaults, defers_figures=True
    )


def values(ctx: Context, query: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in ctx.session.execute(text(query))]


REGISTER = {
    "customer_no": "ID_CLIENTE", "industry_code": "SEGMENTO_INDUSTRIAL", "size": "PORTE", "region": "CEP_2_DIG",
    "since": "DATA_CADASTRO",
}  # fmt: skip
CHARGES = {
    "invoice_no": "orig_row", "customer_no": "ID_CLIENTE", "issued_on": "issue_date", "due_on": "due_date",
    "amount": "VALOR_A_PAGAR",
}  # fmt: skip


def test_datarisk_keeps_every_digit_of_its_customers(ctx: Context, real_data: Path) -> None:
    """1,315 customers and 62,058 charges; the 17 that were due before they were issued come back with their reason."""
    folder = real_data / "datarisk_b2b"
    set_policy(ctx, "base_currency", "BRL")
    register = (folder / "base_cadastral.csv").read_bytes()
    # The register gives no names; the number has to do.
    named = {**REGISTER, "name": "ID_CLIENTE"}
    customers = bring_in(ctx, "customers", register, named)
    assert (customers.inserted, customers.rejected) == (1_315, 0)
    told = pl.read_csv(register, separator=";", infer_schema=False)
    stored = values(ctx, "SELECT customer_no, industry_code, size FROM customer WHERE customer_id > 0 ORDER BY 1")
    assert stored == sorted(told.select("ID_CLIENTE", "SEGMENTO_INDUSTRIAL", "PORTE").rows())
    assert max(len(number) for number in told["ID_CLIENTE"]) == 19
    charges = (folder / "charges_until_2021-02.csv").read_bytes()
    invoices = bring_in(ctx, "invoices", charges, CHARGES, currency="BRL")
    assert (invoices.rows, invoices.inserted, invoices.rejected) == (62_058, 62_041, 17)
    assert {reject.column for reject in invoices.rejects} == {"due_on"}
    rows = pl.read_csv(charges, infer_schema=False).with_columns(pl.col("VALOR_A_PAGAR").cast(pl.Decimal(18, 4)))
    kept = rows.filter(pl.col("due_date") >= pl.col("issue_date"))
    assert kept.height == 62_041
    total = values(ctx, "SELECT count(*), count(DISTINCT customer_id), sum(amount) FROM invoice")
    assert total == [(62_041, kept["ID_CLIENTE"].n_unique(), kept["VALOR_A_PAGAR"].sum())]
    again = bring_in(ctx, "invoices", charges, CHARGES, currency="BRL")
    assert (again.inserted, again.updated, again.unchanged, again.rejected) == (0, 0, 62_041, 17)


def test_ibm_with_its_disputes_and_american_dates(ctx: Context, real_data: Path) -> None:
    set_policy(ctx, "base_currency", "USD")
    ledger = (real_data / "ibm_ar" / "accounts_receivable.csv").read_bytes()
    customers = bring_in(ctx, "customers", ledger, {"customer_no": "customerID", "name": "customerID"})
    mapping = {
        "invoice_no": "invoiceNumber", "customer_no": "customerID", "issued_on": "InvoiceDate", "due_on": "DueDate",
        "amount": "InvoiceAmount", "disputed": "Disputed", "settled_on": "SettledDate",
    }  # fmt: skip
    invoices = bring_in(ctx, "invoices", ledger, mapping, currency="USD")
    assert (invoices.rows, invoices.inserted, invoices.rejected) == (2_466, 2_466, 0)
    told = pl.read_csv(ledger, infer_schema=False).with_columns(
        pl.col("InvoiceAmount").cast(pl.Decimal(18, 4)),
        *[pl.col(name).str.to_date("%m/%d/%Y") for name in ("InvoiceDate", "DueDate", "SettledDate")],
    )
    stored = values(
        ctx,
        "SELECT i.invoice_no, c.customer_no, i.issued_on, i.due_on, i.amount, i.is_disputed, i.settled_on "
        "FROM invoice i JOIN customer c ON c.customer_id = i.customer_id ORDER BY 1",
    )
    columns = ("invoiceNumber", "customerID", "InvoiceDate", "DueDate", "InvoiceAmount", "Disputed", "SettledDate")
    assert stored == [
        (*row[:5], row[5] == "Yes", row[6]) for row in sorted(told.select(columns).rows())
    ]  # fmt: skip
    assert sum(row[5] for row in stored) == 561
    assert customers.inserted == 100
    assert values(ctx, "SELECT count(*) FROM customer WHERE customer_id > 0") == [(100,)]
