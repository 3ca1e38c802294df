"""What other systems are told of warnings (services/events.py)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from db.models import EarlyWarning
from services import events
from services.context import Context

_RAISED = text("""
    INSERT INTO machine_event (at, kind, customer_id, payload)
    SELECT :now, 'warning.raised', w.customer_id, jsonb_build_object(
               'warning_id', w.id, 'rule', w.rule, 'severity', w.severity, 'raised_on', w.raised_on,
               'due_at', to_char(w.due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
               'department', d.code, 'money_at_risk', round(w.money_at_risk, 2))
      FROM unnest(CAST(:customers AS bigint[]), CAST(:ids AS bigint[])) AS k(customer_id, id)
      JOIN early_warning w ON w.customer_id = k.customer_id AND w.id = k.id
      LEFT JOIN department d ON d.id = w.department_id
     ORDER BY w.customer_id, w.id
""")


def publish_raised(ctx: Context, keys: Sequence[str]) -> None:
    """Tell of warnings just raised, by their keys in the ledger; one statement however many."""
    if keys:
        pairs = [key.split(":") for key in keys]
        values = {"customers": [int(one) for one, _ in pairs], "ids": [int(one) for _, one in pairs], "now": ctx.now}
        ctx.session.execute(_RAISED, values)


def publish_resolved(ctx: Context, rows: Sequence[EarlyWarning]) -> None:
    """Tell of warnings just resolved."""
    events.publish_all(
        ctx,
        "warning.resolved",
        [
            (
                row.customer_id,
                {"warning_id": row.id, "rule": row.rule, "severity": row.severity, "outcome": row.outcome},
            )
            for row in rows
        ],
    )
