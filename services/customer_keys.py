"""From the number that people call a customer by to the id that its rows are kept under."""

from __future__ import annotations

from sqlalchemy import select

from db.models import CustomerKey
from services.context import Context
from services.errors import N_, NotFoundError


def customer_id_of(ctx: Context, customer_no: str) -> int:
    """The id of a customer.

    Raises:
        NotFoundError: there is none.
    """
    found = select(CustomerKey.customer_id).where(CustomerKey.customer_no == customer_no)
    customer_id = ctx.session.execute(found).scalar_one_or_none()
    if customer_id is None:
        raise NotFoundError(N_("Customer %(no)s is not known."), no=customer_no)
    return customer_id
