"""Whose score is due by the refresh rhythm of its level (policy 2.2, SPEC 6)."""

from __future__ import annotations

from sqlalchemy import Date, Integer, and_, case, cast, func, literal, select

from db.enums import ControlKind, ControlState, RiskLevel
from db.models import Control, Customer
from services.context import Context


def customers_due(ctx: Context) -> list[int]:
    """Customers never scored, or last scored a whole rhythm ago or longer on the business date, by id.

    A customer of whom nothing was known had no level: it has the rhythm of a low one. A monitoring in force (clause
    3.1) shortens the rhythm of its customer.
    """
    policy = ctx.policy_history.on(ctx.today)
    rhythm = case(
        {
            RiskLevel.CRITICAL.value: policy.refresh_days_critical,
            RiskLevel.HIGH.value: policy.refresh_days_high,
            RiskLevel.MEDIUM.value: policy.refresh_days_medium,
        },
        value=Customer.risk_level,
        else_=policy.refresh_days_low,
    )
    monitored = and_(
        Control.customer_id == Customer.customer_id, Control.kind == ControlKind.MONITORING.value,
        Control.state == ControlState.ACTIVE.value,
    )  # fmt: skip
    last = func.coalesce(Customer.scored_on, cast(literal("-infinity"), Date))
    days = cast(func.least(rhythm, Control.monitoring_days), Integer)
    due = (
        select(Customer.customer_id)
        .outerjoin(Control, monitored)
        .where(Customer.customer_id > 0, last <= cast(literal(ctx.today), Date) - days)
    )
    return list(ctx.session.execute(due.order_by(Customer.customer_id)).scalars())
