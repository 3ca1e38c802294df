"""What the measures in force have done: what their customers owed when they were proposed, and owe now."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import text

from services import access
from services.context import Context
from services.controls.plan_rules.facts import lay_out_facts


@dataclass(frozen=True)
class KindEffect:
    """The measures of one kind in force. Money (base currency) of their customers, overdue and undisputed, when each
    was proposed and now; `fell` and `rose` count customers. `orders`: held or denied by the gate because of them."""

    kind: str
    measures: int
    overdue_then: Decimal
    overdue_now: Decimal
    fell: int
    rose: int
    orders: int


_CUSTOMERS = "SELECT DISTINCT customer_id FROM control WHERE state = 'active'"
_EFFECT = """
WITH held AS (
    SELECT k.customer_id, k.id, k.kind, CAST(k.facts->>'overdue_amount' AS numeric) AS then_owed,
           f.overdue_amount AS now_owed,
           (SELECT count(*) FROM gate_order o
             WHERE o.customer_id = k.customer_id AND o.asked_on >= k.starts_on AND o.decision <> 'allow'
               AND o.reasons @> jsonb_build_array(jsonb_build_object('control_id', k.id))) AS orders
      FROM control k LEFT JOIN plan_facts f ON f.customer_id = k.customer_id
     WHERE k.state = 'active'
)
SELECT kind, count(*), coalesce(sum(then_owed), 0), coalesce(sum(now_owed) FILTER (WHERE then_owed IS NOT NULL), 0),
       count(*) FILTER (WHERE now_owed < then_owed), count(*) FILTER (WHERE now_owed > then_owed), sum(orders)
  FROM held GROUP BY kind ORDER BY kind
"""


def effect_by_kind(ctx: Context) -> tuple[KindEffect, ...]:
    """The measures in force by kind with what became of their customers' arrears.

    Raises:
        NotAllowedError: the actor may not read controls.
    """
    access.ensure_may(ctx, "control.read")
    customers = list(ctx.session.execute(text(_CUSTOMERS)).scalars())
    if not customers:
        return ()
    lay_out_facts(ctx, ctx.today, None, customers)
    return tuple(KindEffect(*row) for row in ctx.session.execute(text(_EFFECT)))
