"""Numbers in a file that name stored rows: whose row it is, and which invoice it is about."""

from __future__ import annotations

import polars as pl

from db.enums import Role
from services.context import Context
from services.errors import N_
from services.imports.columns import Column, FileKind, Reference
from services.imports.rejects import RejectLog
from services.imports.staging import stored_rows, table_of

#: Reference -> table, the column of its number, the column of its id.
_OWNERS = {
    Reference.CUSTOMER: ("customer_key", "customer_no", "customer_id"),
    Reference.CONTRACT: ("contract", "contract_no", "id"),
    Reference.CASE: ("recovery_case", "case_no", "id"),
}
_UNKNOWN = {
    Reference.CUSTOMER: N_("This customer is not known. Import customers first."),
    Reference.CONTRACT: N_("This contract is not known. Import contracts first."),
    Reference.CASE: N_("This case is not known. Import cases first."),
}
UNKNOWN_INVOICE = N_("This invoice is not known. Import invoices first.")
INVOICE_OF_ANOTHER = N_("This invoice belongs to another customer.")
NOT_YOUR_CUSTOMER = N_("This customer belongs to another department; you may change those of your own.")


def resolve_owner(ctx: Context, kind: FileKind, frame: pl.DataFrame, log: RejectLog) -> pl.DataFrame:
    """Add `customer_id` (and the id of the contract or case) to every row; rows of unknown ones are rejected."""
    owner = kind.owner
    if owner is None or owner.reference is None:
        return frame
    table, number, own_id = _OWNERS[owner.reference]
    keys = frame.select(pl.col(owner.name).alias(number)).unique()
    columns = list(dict.fromkeys(("customer_id", own_id)))
    found = stored_rows(ctx.session, table_of(table), keys, columns).unique(subset=number, keep="first")
    names = {number: owner.name, **({} if own_id == "customer_id" else {own_id: owner.target})}
    joined = frame.join(found.rename(names), on=owner.name, how="left", maintain_order="left")
    unknown = joined.filter(pl.col("customer_id").is_null())
    log.add(unknown["_row"], owner.name, _UNKNOWN[owner.reference])
    joined = joined.filter(pl.col("customer_id").is_not_null()) if unknown.height else joined
    return _of_own_department(ctx, joined.drop(owner.name), owner, log)


def resolve_invoice(ctx: Context, kind: FileKind, frame: pl.DataFrame, log: RejectLog) -> pl.DataFrame:
    """Replace `invoice_no` by `invoice_id`, where it names an invoice instead of being one's own number."""
    column = next((one for one in kind.columns if one.reference is Reference.INVOICE), None)
    if column is None or column.name not in frame.columns:
        return frame
    keys = frame.select("invoice_no").drop_nulls().unique()
    stored = stored_rows(ctx.session, table_of("invoice"), keys, ("customer_id", "id")).rename({"id": "invoice_id"})
    joined = frame.join(stored, on=["customer_id", "invoice_no"], how="left", maintain_order="left")
    unknown = joined.filter(pl.col("invoice_no").is_not_null() & pl.col("invoice_id").is_null())
    if unknown.height:
        elsewhere = pl.col("invoice_no").is_in(stored["invoice_no"].implode())
        log.add(unknown.filter(~elsewhere)["_row"], column.name, UNKNOWN_INVOICE)
        log.add(unknown.filter(elsewhere)["_row"], column.name, INVOICE_OF_ANOTHER)
        joined = joined.join(unknown.select("_row"), on="_row", how="anti", maintain_order="left")
    return joined.drop("invoice_no")


def _of_own_department(ctx: Context, frame: pl.DataFrame, owner: Column, log: RejectLog) -> pl.DataFrame:
    """Business users change only their own department's customers (SPEC 3)."""
    if ctx.is_system or ctx.actor.role is not Role.BUSINESS:
        return frame
    keys = frame.select("customer_id").unique()
    owners = stored_rows(ctx.session, table_of("customer"), keys, ("owner_department_id",))
    joined = frame.join(owners, on="customer_id", how="left", maintain_order="left")
    own = (pl.col("owner_department_id") == (ctx.actor.department_id or 0)).fill_null(False)
    log.add(joined.filter(~own)["_row"], owner.name, NOT_YOUR_CUSTOMER)
    return joined.filter(own).drop("owner_department_id")
