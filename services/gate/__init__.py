"""The order gate: allow, hold or deny (SPEC 8; docs/gate.md).

`rule` says what an order gets, `standing` reads what that depends on, `asking` answers and keeps it, `settling` is
what people decide on held orders, `overrides` who may pass a measure, `orders` the lists, `away` what is answered
while the database is away.

Doors for machines and people call `answered(actor, order)`: it opens its own transaction and fails closed. `ask` is
for callers that have a transaction already.
"""

from services.gate.asking import ask
from services.gate.away import answered, freshen
from services.gate.limits import CustomerLimits, LimitUse, limits_of
from services.gate.orders import held_orders, order_by_id, order_by_no, order_counts, order_log, orders_of
from services.gate.overrides import (
    approve_override,
    decline_override,
    end_override,
    override_by_id,
    overrides,
    propose_override,
)
from services.gate.rows import (
    ControlInForce,
    GateAnswer,
    GateOrderRow,
    OrderAsked,
    OrderCounts,
    OrderFilter,
    OrderPage,
    OverrideRow,
    Reason,
)
from services.gate.settling import hold_open_orders, refuse_order, release, withdraw

__all__ = [
    "ControlInForce", "CustomerLimits", "GateAnswer", "GateOrderRow", "LimitUse", "OrderAsked", "OrderCounts",
    "OrderFilter", "OrderPage", "OverrideRow", "Reason", "answered", "approve_override", "ask", "decline_override",
    "end_override", "freshen", "held_orders", "hold_open_orders", "limits_of", "order_by_id", "order_by_no",
    "order_counts", "order_log", "orders_of", "override_by_id", "overrides", "propose_override", "refuse_order",
    "release", "withdraw",
]  # fmt: skip
