"""Wrongly restricted customers (SPEC 5.4): measures lifted as unfounded, the days they held and the trade they cost."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import text

from services import access
from services.context import Context


@dataclass(frozen=True)
class WronglyRestricted:
    """One measure lifted as unfounded. `orders` of the customer were denied, or held and refused, because of it;
    `trade_lost` is what they came to in the base currency."""

    customer_id: int
    control_id: int
    customer_no: str
    customer_name: str
    department: str | None
    kind: str
    starts_on: dt.date
    ended_on: dt.date
    days: int
    orders: int
    trade_lost: Decimal
    reason: str


@dataclass(frozen=True)
class WrongTotals:
    """Over a period: customers, not measures; days of all measures; orders and money."""

    customers: int
    measures: int
    days: int
    orders: int
    trade_lost: Decimal


# A measure is blamed for an order where the gate's reasons name it. Both sides carry the customer.
_FOUND = """
SELECT k.customer_id, k.id, c.customer_no, c.name, d.code, k.kind, k.starts_on, k.ended_on, k.ended_on - k.starts_on,
       coalesce(lost.orders, 0), coalesce(lost.amount, 0), k.end_reason
  FROM control k JOIN customer c ON c.customer_id = k.customer_id
  LEFT JOIN department d ON d.id = c.owner_department_id
  LEFT JOIN LATERAL (
      SELECT count(*) AS orders, sum(o.amount) AS amount
        FROM gate_order o
       WHERE o.customer_id = k.customer_id AND o.asked_on BETWEEN k.starts_on AND k.ended_on
         AND (o.decision = 'deny' OR (o.decision = 'hold' AND o.state = 'refused'))
         AND o.reasons @> jsonb_build_array(jsonb_build_object('control_id', k.id))
  ) lost ON true
 WHERE k.state = 'lifted' AND k.ended_as = 'unfounded' AND k.ended_on BETWEEN :first AND :last
   AND (:department IS NULL OR d.code = :department)
 ORDER BY k.ended_on DESC, k.customer_id, k.id
"""


def wrongly_restricted(
    ctx: Context, first: dt.date, last: dt.date, department: str | None = None
) -> tuple[WronglyRestricted, ...]:
    """Measures lifted as unfounded within a period (both days included), the newest first.

    Raises:
        NotAllowedError: the actor may not read controls.
    """
    access.ensure_may(ctx, "control.read")
    found = ctx.session.execute(text(_FOUND), {"first": first, "last": last, "department": department})
    return tuple(WronglyRestricted(*row) for row in found)


def totals(rows: tuple[WronglyRestricted, ...]) -> WrongTotals:
    """What they come to. A customer with two such measures is one customer."""
    return WrongTotals(
        customers=len({row.customer_id for row in rows}), measures=len(rows), days=sum(row.days for row in rows),
        orders=sum(row.orders for row in rows), trade_lost=sum((row.trade_lost for row in rows), Decimal(0)),
    )  # fmt: skip
