"""Tells departments and people of their warnings: a run's new ones folded by department, what was given, what passed.

Sums are made by the database: a first run may raise a hundred thousand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, case, func, select, text, tuple_

from db.enums import DepartmentKind, RiskLevel, WarningState
from db.models import Customer, EarlyWarning
from services.context import Context
from services.departments import department_of_kind
from services.early_warnings.editions import rule_history
from services.early_warnings.lifecycle import HIGHEST_ESCALATION, company_clock, company_zone
from services.early_warnings.rows import WarningRow
from services.notifications import notify

SqlValue = SQLColumnExpression[Any]

#: So many warnings of a run are named; the rest are counted.
MOST_NAMED = 3
_RISK_LEVEL = 2


def tell_raised(ctx: Context) -> None:
    """Tell each department of the warnings that this transaction raised for it: one notice a run, not one a warning."""
    raised = (
        EarlyWarning.state == WarningState.RAISED, EarlyWarning.raised_at == company_clock(ctx),
        EarlyWarning.changed_at == ctx.now, EarlyWarning.version == 1,
    )  # fmt: skip
    for department, params in _by_department(ctx, EarlyWarning.department_id, *raised).items():
        notify(
            ctx, "warnings_raised", "early_warning", department=department, params=params, link="early_warnings",
            is_urgent=params["critical"] > 0,
        )  # fmt: skip


def tell_escalated(ctx: Context, warnings: Sequence[tuple[int, int]]) -> None:
    """Tell those that warnings were escalated to: the department addressed, then risk management, then leadership."""
    whose = case(
        {
            _RISK_LEVEL: department_of_kind(ctx, DepartmentKind.RISK),
            HIGHEST_ESCALATION: department_of_kind(ctx, DepartmentKind.LEADERSHIP),
        },
        value=EarlyWarning.escalation,
        else_=EarlyWarning.department_id,
    )
    chosen = (
        EarlyWarning.customer_id.in_({customer for customer, _warning in warnings}),
        tuple_(EarlyWarning.customer_id, EarlyWarning.id).in_([list(pair) for pair in warnings]),
    )
    for department, params in _by_department(ctx, whose, *chosen).items():
        notify(
            ctx, "warnings_escalated", "early_warning", department=department, params=params, link="early_warnings"
        )  # fmt: skip


def tell_assigned(ctx: Context, user_id: int, rows: Sequence[WarningRow]) -> None:
    """Tell a person of the warnings that were given to them."""
    if not rows:
        return
    first = max(rows, key=lambda row: row.money_at_risk)
    params = {"count": len(rows), "customer": first.customer_name, "top": [_named(row) for row in rows[:MOST_NAMED]]}
    notify(ctx, "warning_assigned", "early_warning", people=[user_id], params=params, link="early_warnings?mine=1")


def tell_due_today(ctx: Context) -> None:
    """Tell everybody who has warnings whose step is due before the company's day ends."""
    end = dt.datetime.combine(ctx.today + dt.timedelta(days=1), dt.time(0), company_zone(ctx))
    due = (
        select(EarlyWarning.assignee_id, func.count())
        .where(
            EarlyWarning.state != WarningState.RESOLVED, EarlyWarning.assignee_id.is_not(None),
            EarlyWarning.due_at < end, EarlyWarning.snoozed_until.is_(None) | (EarlyWarning.snoozed_until <= ctx.today),
        )
        .group_by(EarlyWarning.assignee_id)
        .order_by(EarlyWarning.assignee_id)
    )  # fmt: skip
    for person, count in ctx.session.execute(due).all():
        if person is None:
            continue
        link = "early_warnings?mine=1"
        notify(ctx, "warnings_due", "early_warning", people=[person], params={"count": count}, link=link)


def _named(row: WarningRow) -> dict[str, Any]:
    return {
        "customer": row.customer_name, "customer_no": row.customer_no, "rule": row.rule, "money": row.money_at_risk,
        "days": row.why.facts["days"].value if "days" in row.why.facts else None,
    }  # fmt: skip


def _by_department(ctx: Context, whose: SqlValue, *chosen: ColumnElement[bool]) -> dict[int, dict[str, Any]]:
    """How many warnings, the money at risk, how many are critical, and the first few, by the department told."""
    sums: Any = (
        select(
            whose.label("told"), func.count(), func.coalesce(func.sum(EarlyWarning.money_at_risk), 0),
            func.count().filter(EarlyWarning.severity == RiskLevel.CRITICAL),
        )
        .where(*chosen)
        .group_by(text("told"))
        .order_by(text("told"))
    )  # fmt: skip
    found: dict[int, dict[str, Any]] = {
        department: {"count": count, "money": money, "critical": critical, "top": []}
        for department, count, money, critical in ctx.session.execute(sums)
        if department is not None
    }
    history = rule_history(ctx)
    for department, name, number, rule, edition, money in ctx.session.execute(_first_few(whose, *chosen)):
        if department in found:
            days = history.edition(rule, edition).rule.thresholds.get("days")
            one = {"customer": name, "customer_no": number, "rule": rule, "money": money, "days": days}
            found[department]["top"].append(one)
    return found


def _first_few(whose: SqlValue, *chosen: ColumnElement[bool]) -> Select[Any]:
    """The warnings with the highest priority of each department."""
    rank = func.row_number().over(
        partition_by=whose, order_by=(EarlyWarning.priority.desc(), EarlyWarning.customer_id, EarlyWarning.id)
    )
    ranked = select(
        EarlyWarning.customer_id, whose.label("told"), EarlyWarning.rule, EarlyWarning.rule_edition,
        EarlyWarning.money_at_risk, rank.label("rank"),
    ).where(*chosen).subquery()  # fmt: skip
    return (
        select(
            ranked.c.told, Customer.name, Customer.customer_no, ranked.c.rule, ranked.c.rule_edition,
            ranked.c.money_at_risk,
        )
        .join(Customer, Customer.customer_id == ranked.c.customer_id)
        .where(ranked.c.rank <= MOST_NAMED)
        .order_by(ranked.c.told, ranked.c.rank)
    )  # fmt: skip
