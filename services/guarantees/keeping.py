"""What people do with guarantees: enter, renew, release."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from db.enums import Role
from db.models import Customer, CustomerKey, Guarantee
from services import access, data_versions, ledger
from services.context import Context
from services.errors import N_, NotAllowedError, NotFoundError, RefusedError
from services.guarantees.reads import guarantee_by_id
from services.guarantees.rows import GuaranteeRow, NewGuarantee, checked, ensure_value
from services.jobs.following import follow
from services.reasons import stated
from services.states import ensure_fresh

# --- commands


def add_guarantee(ctx: Context, customer_no: str, new: NewGuarantee) -> GuaranteeRow:
    """Enter a guarantee.

    Raises:
        NotAllowedError: the role may not, or the customer is another department's.
        NotFoundError: no such customer.
        RefusedError: it can't be like this, or its number is taken.
    """
    access.ensure_may(ctx, "guarantee.keep")
    found = select(CustomerKey.customer_id).where(CustomerKey.customer_no == customer_no)
    customer_id = ctx.session.execute(found).scalar_one_or_none()
    if customer_id is None:
        raise NotFoundError(N_("Customer %(no)s is not known."), no=customer_no)
    _ensure_own_department(ctx, customer_id)
    made = checked(new)
    row = Guarantee(
        customer_id=customer_id, guarantee_no=made.guarantee_no, kind=made.kind, value=made.value,
        currency=made.currency, valid_from=made.valid_from, expires_on=made.expires_on, changed_at=ctx.now,
    )  # fmt: skip
    try:
        with ctx.session.begin_nested(), ledger.change(ctx, "guarantee.added", row):
            ctx.session.add(row)
    except IntegrityError as error:
        raise RefusedError(N_("This customer has a guarantee with this number already. Renew that one.")) from error
    _have_followed(ctx, customer_id)
    return guarantee_by_id(ctx, customer_id, row.id)


def renew_guarantee(
    ctx: Context,
    customer_id: int,
    guarantee_id: int,
    version: int,
    expires_on: dt.date,
    value: Decimal | None = None,
    note: str = "",
) -> GuaranteeRow:
    """Let a guarantee run to a later day, with another value where one is given.

    Raises:
        NotAllowedError: the role may not, or the customer is another department's.
        NotFoundError, StaleError, RefusedError: nothing was changed.
    """
    row = _locked(ctx, customer_id, guarantee_id, version)
    if row.released_on is not None:
        raise RefusedError(N_("This guarantee was released. Enter a new one."))
    if expires_on <= max(ctx.today, row.expires_on or dt.date.min):
        raise RefusedError(N_("Renewing needs a last day after today and after the present one."))
    if value is not None:
        ensure_value(value)
    with ledger.change(ctx, "guarantee.renewed", row, note.strip() or None):
        row.expires_on = expires_on
        row.value = row.value if value is None else value
    _have_followed(ctx, customer_id)
    return guarantee_by_id(ctx, customer_id, guarantee_id)


def release_guarantee(ctx: Context, customer_id: int, guarantee_id: int, version: int, reason: str) -> GuaranteeRow:
    """Give a guarantee back: from today on it secures nothing.

    Raises:
        NotAllowedError: the role may not, or the customer is another department's.
        NotFoundError, StaleError, RefusedError: nothing was changed.
    """
    row = _locked(ctx, customer_id, guarantee_id, version)
    words = stated(reason)
    if row.released_on is not None:
        raise RefusedError(N_("This guarantee was released. Enter a new one."))
    with ledger.change(ctx, "guarantee.released", row, words):
        row.released_on, row.release_reason = ctx.today, words
    _have_followed(ctx, customer_id)
    return guarantee_by_id(ctx, customer_id, guarantee_id)


def _locked(ctx: Context, customer_id: int, guarantee_id: int, version: int) -> Guarantee:
    access.ensure_may(ctx, "guarantee.keep")
    found = (
        select(Guarantee)
        .where(Guarantee.customer_id == customer_id, Guarantee.id == guarantee_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    row = ctx.session.execute(found).scalar_one_or_none()
    if row is None:
        raise NotFoundError(N_("This guarantee does not exist."))
    ensure_fresh(version, row.version)
    _ensure_own_department(ctx, customer_id)
    return row


def _ensure_own_department(ctx: Context, customer_id: int) -> None:
    owner = ctx.session.get_one(Customer, customer_id).owner_department_id
    if ctx.actor.role == Role.BUSINESS and owner != ctx.actor.department_id:
        raise NotAllowedError(N_("This customer belongs to another department, which keeps its guarantees."))


def _have_followed(ctx: Context, customer_id: int) -> None:
    """Warnings and the plan look at the customer again."""
    data_versions.bump(ctx, "trade", "controls")
    follow(ctx, [customer_id])
