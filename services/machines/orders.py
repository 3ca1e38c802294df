"""An order that another system asks about again, by its number alone."""

from __future__ import annotations

from sqlalchemy import select

from db.models import Customer, GateOrder
from services import access
from services.context import Context
from services.errors import N_, NotFoundError
from services.gate import OrderAsked


def order_asked(ctx: Context, order_no: str) -> OrderAsked:
    """What the gate was asked under this number.

    Raises:
        NotAllowedError: the actor may not ask.
        NotFoundError: it was not asked.
    """
    access.ensure_may(ctx, "gate.ask")
    found = (
        select(
            Customer.customer_no, GateOrder.original_amount, GateOrder.currency, GateOrder.terms_days,
            GateOrder.order_no, GateOrder.prepaid_amount,
        )
        .join(Customer, Customer.customer_id == GateOrder.customer_id)
        .where(GateOrder.order_no == order_no)
        .order_by(GateOrder.id)
        .limit(1)
    )  # fmt: skip
    row = ctx.session.execute(found).first()
    if row is None:
        raise NotFoundError(N_("The gate was not asked for an order with the number %(no)s."), no=order_no)
    return OrderAsked(row[0], row[1], row[2], row[3], row[4], prepaid_amount=row[5])
