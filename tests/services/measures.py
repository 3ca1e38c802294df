"""Factories for measures and for the trade that follows them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from db.models import Control, Customer, SalesOrder
from services.context import Context


def make_control(ctx: Context, customer: Customer, kind: str, starts_on: dt.date | None, **values: Any) -> Control:
    """A control in force since a day, unless the test says otherwise."""
    defaults = {
        "state": "active", "force": "overridable", "override_role": "risk", "reason": "Late again",
        "proposed_at": ctx.now, "approved_at": ctx.now,
    }  # fmt: skip
    row = Control(customer_id=customer.customer_id, kind=kind, starts_on=starts_on, **defaults | values)
    ctx.session.add(row)
    ctx.session.flush()
    return row


def make_order(ctx: Context, customer: Customer, on: dt.date, amount: int = 100, **values: Any) -> SalesOrder:
    number = values.pop("order_no", f"O-{on.isoformat()}-{amount}")
    row = SalesOrder(customer_id=customer.customer_id, order_no=number, ordered_on=on, amount=Decimal(amount), **values)
    ctx.session.add(row)
    ctx.session.flush()
    return row
