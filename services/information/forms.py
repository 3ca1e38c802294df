"""One row by hand: a form's values go through the import machinery as a file of one row would (SPEC 7).

So a form knows no rule of its own: the same cleaning, rejects, ledger entry, figures and follow-up as for a file.
"""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from db.models import Contract, Customer, Invoice, InvoiceSettlement
from services.access import may
from services.context import Context
from services.errors import N_, NotFoundError, RefusedError
from services.imports.columns import Column, FileKind
from services.imports.kinds import kind_by_name
from services.imports.messages import Message
from services.imports.plan import importable_kinds
from services.imports.reading import ReadOptions
from services.imports.rejects import Reject
from services.imports.run import import_file
from services.information.upkeep import refresh_standing

#: The kinds that a form is offered for, in the order in which they are offered.
FORM_KINDS = (
    "customers", "financials", "credit_reports", "reputation_events", "contract_events", "contracts", "dunning",
    "complaints", "guarantees", "orders",
)  # fmt: skip
#: Columns that the form fills by itself: whose row it is, and its own number.
_GIVEN = frozenset({"customer_no"})
OWN_NUMBERS: Mapping[str, tuple[str, str]] = {
    "reputation_events": ("event_no", "R"), "contract_events": ("event_no", "V"), "dunning": ("dunning_no", "D"),
    "complaints": ("complaint_no", "T"),
}  # fmt: skip
#: The department is changed by a decision, not by filling in a form.
_LEFT_OUT: Mapping[str, frozenset[str]] = {"customers": frozenset({"owner_department", "customer_no"})}
MOST_CHOICES = 200


@dataclass(frozen=True)
class Filled:
    """How a form ended: `wrong` names the columns that were not accepted and why; nothing was stored then."""

    batch_id: int
    is_new: bool = False
    is_changed: bool = False
    wrong: Mapping[str, tuple[Message, ...]] = field(default_factory=dict)
    notes: tuple[Message, ...] = ()

    @property
    def is_stored(self) -> bool:
        """True when the row is in the database as filled in."""
        return not self.wrong


# --- rules


def form_kinds(ctx: Context) -> tuple[str, ...]:
    """The kinds that the actor may fill in for a customer."""
    allowed = importable_kinds(ctx.actor)
    return tuple(kind for kind in FORM_KINDS if kind in allowed)


def fields_of(kind: FileKind) -> tuple[Column, ...]:
    """The columns that a person fills in."""
    own, _sign = OWN_NUMBERS.get(kind.name, ("", ""))
    left = _LEFT_OUT.get(kind.name, frozenset())
    return tuple(one for one in kind.columns if one.name not in _GIVEN | {own} | left)


def one_row_file(values: Mapping[str, str]) -> bytes:
    """The values as a file of one row; line breaks in a text become blanks."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(values)
    writer.writerow(" ".join(value.split()) for value in values.values())
    return out.getvalue().encode()


# --- commands


def fill_in(ctx: Context, kind_name: str, customer_no: str, values: Mapping[str, str]) -> Filled:
    """Store one row of a kind for a customer (or, for an outlook, for the industry that the values name).

    Raises:
        NotAllowedError, NotFoundError: no right, kind or customer.
        RefusedError: the form is empty.
    """
    kind = kind_by_name(kind_name)
    written = {one.name: values.get(one.name, "").strip() for one in fields_of(kind)}
    written = {name: value for name, value in written.items() if value}
    if not written and kind.merges_blanks:
        raise RefusedError(N_("Nothing was changed. If everything is still right, note below that you looked."))
    if not written:
        raise RefusedError(N_("The form is empty: fill in what you know."))
    if kind.column("customer_no") is not None:
        written |= {"customer_no": customer_no} | _stored_keys(ctx, kind, customer_no)
    written |= _own_number(kind, customer_no)
    # A required column that was left out is one cell that is wrong, not a file that can't be read.
    written |= {name: "" for name in kind.required if name not in written}
    result = import_file(
        ctx, kind_name, one_row_file(written), file_name=f"form-{customer_no or written.get('industry_code', '')}",
        mapping={one.name: one.name if one.name in written else "" for one in kind.columns}, all_or_nothing=True,
        options=ReadOptions(encoding="utf-8", has_headers=True),
    )  # fmt: skip
    if result.is_refused:
        return Filled(result.batch_id, wrong=_by_column(result.rejects))
    customer_id = _id_of(ctx, customer_no) if customer_no else None
    refresh_standing(ctx, None if customer_id is None else [customer_id])
    return Filled(result.batch_id, bool(result.inserted), bool(result.updated), notes=result.notes)


def _by_column(rejects: Sequence[Reject]) -> dict[str, tuple[Message, ...]]:
    found: dict[str, tuple[Message, ...]] = {}
    for one in rejects:
        found[one.column] = (*found.get(one.column, ()), one.message)
    return found


def _stored_keys(ctx: Context, kind: FileKind, customer_no: str) -> dict[str, str]:
    """The register's entry is found by its number and needs its name in the row; both are there already."""
    if kind.name != "customers":
        return {}
    name = ctx.session.execute(select(Customer.name).where(Customer.customer_no == customer_no)).scalar()
    if name is None:
        raise NotFoundError(N_("No customer has the number %(no)s."), no=customer_no)
    return {"name": str(name)}


def _own_number(kind: FileKind, customer_no: str) -> dict[str, str]:
    """A number of the form's own for rows that are found again by one; nobody has to invent it."""
    column, sign = OWN_NUMBERS.get(kind.name, ("", ""))
    return {column: f"{sign}-{customer_no}-{secrets.token_hex(4)}"} if column else {}


# --- reads


def stored_values(ctx: Context, kind_name: str, customer_no: str) -> dict[str, str]:
    """What a form begins with: the register's entry as it stands, without personal data that the reader may not see."""
    if kind_name != "customers":
        return {}
    row = ctx.session.execute(select(Customer).where(Customer.customer_no == customer_no)).scalar_one_or_none()
    if row is None:
        return {}
    found = {}
    for one in fields_of(kind_by_name(kind_name)):
        value = getattr(row, one.target or one.name, None)
        if value is not None and not one.is_personal:
            found[one.name] = format(value.normalize(), "f") if hasattr(value, "normalize") else str(value)
    return found


def may_fill_in(ctx: Context, department_id: int | None) -> bool:
    """Whether the actor may fill in for customers of a department: business people for their own."""
    return may(ctx.actor, "import.run") and (ctx.is_system or _is_own(ctx, department_id))


def _is_own(ctx: Context, department_id: int | None) -> bool:
    return ctx.actor.role != "business" or ctx.actor.department_id == department_id


def contract_numbers(ctx: Context, customer_id: int) -> tuple[str, ...]:
    """A customer's contracts, the newest first."""
    found = (
        select(Contract.contract_no)
        .where(Contract.customer_id == customer_id)
        .order_by(Contract.signed_on.desc(), Contract.id.desc())
        .limit(MOST_CHOICES)
    )
    return tuple(ctx.session.execute(found).scalars())


def open_invoice_numbers(ctx: Context, customer_id: int) -> tuple[str, ...]:
    """A customer's invoices that are not paid off, the oldest first."""
    found = (
        select(Invoice.invoice_no)
        .join(
            InvoiceSettlement,
            (InvoiceSettlement.customer_id == Invoice.customer_id) & (InvoiceSettlement.invoice_id == Invoice.id),
            isouter=True,
        )
        .where(Invoice.customer_id == customer_id, InvoiceSettlement.paid_off_on.is_(None))
        .order_by(Invoice.due_on, Invoice.id)
        .limit(MOST_CHOICES)
    )
    return tuple(ctx.session.execute(found).scalars())


def _id_of(ctx: Context, customer_no: str) -> int | None:
    return ctx.session.execute(select(Customer.customer_id).where(Customer.customer_no == customer_no)).scalar()
