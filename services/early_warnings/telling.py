"""Tells departments and people of their warnings: a run's new ones folded by department, what was given, what passed.

Sums are made by the database: a first run may raise a hundred thousand.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, tuple_

from db.enums import DepartmentKind, RiskLevel, WarningState
from db.models import Customer, Department, EarlyWarning
from services.context import Context
from services.early_warnings.lifecycle import HIGHEST_ESCALATION, company_clock, company_zone
from services.early_warnings.rows import WarningRow
from services.notifications import notify

#: So many warnings of a run are named; the rest are counted.
MOST_NAMED = 3
_RISK_LEVEL, _FIRST_LEVEL = 2, 1


def tell_raised(ctx: Context) -> None:
    """Tell each department of the warnings that this transaction raised for it: one notice a run, not one a warning."""
    raised = (
        EarlyWarning.state == WarningState.RAISED, EarlyWarning.raised_at == company_clock(ctx),
        EarlyWarning.changed_at == ctx.now, EarlyWarning.version == 1, EarlyWarning.department_id.is_not(None),
    )  # fmt: skip
    for department, params in _by_department(ctx, *raised).items():
        notify(
            ctx, "warnings_raised", "early_warning", department=department, params=params, link="early_warnings",
            is_urgent=params["critical"] > 0,
        )  # fmt: skip


def tell_escalated(ctx: Context, warnings: Sequence[tuple[int, int]]) -> None:
    """Tell those that warnings were escalated to: the department addressed, then risk management, then leadership."""
    risk, leadership = (_department_of(ctx, kind) for kind in (DepartmentKind.RISK, DepartmentKind.LEADERSHIP))
    keys = [list(pair) for pair in warnings]
    for level in range(_FIRST_LEVEL, HIGHEST_ESCALATION + 1):
        chosen = (
            EarlyWarning.customer_id.in_({customer for customer, _warning in warnings}),
            tuple_(EarlyWarning.customer_id, EarlyWarning.id).in_(keys), EarlyWarning.escalation == level,
        )  # fmt: skip
        whose = {_RISK_LEVEL: risk, HIGHEST_ESCALATION: leadership}
        found = _by_department(ctx, *chosen, together=level in whose)
        for department, params in found.items():
            to = whose.get(level, department)
            if to is not None:
                link = "early_warnings"
                notify(ctx, "warnings_escalated", "early_warning", department=to, params=params, link=link)


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


def _department_of(ctx: Context, kind: DepartmentKind) -> int | None:
    found = select(Department.id).where(Department.kind == kind).order_by(Department.id).limit(1)
    return ctx.session.execute(found).scalar_one_or_none()


def _named(row: WarningRow) -> dict[str, Any]:
    return {
        "customer": row.customer_name, "customer_no": row.customer_no, "rule": row.rule, "money": row.money_at_risk
    }  # fmt: skip


def _by_department(ctx: Context, *chosen: ColumnElement[bool], together: bool = False) -> dict[int | None, Any]:
    """How many warnings, how many of them critical, the money at risk and the first few, by department."""
    of = None if together else EarlyWarning.department_id
    sums = select(
        *([] if of is None else [of]), func.count(), func.coalesce(func.sum(EarlyWarning.money_at_risk), 0),
        func.count().filter(EarlyWarning.severity == RiskLevel.CRITICAL),
    ).where(*chosen)  # fmt: skip
    rows = ctx.session.execute(sums if of is None else sums.group_by(of).order_by(of)).all()
    top: dict[int | None, list[dict[str, Any]]] = defaultdict(list)
    for department, name, number, rule, money in ctx.session.execute(_first_few(of, *chosen)):
        top[None if together else department].append(
            {"customer": name, "customer_no": number, "rule": rule, "money": money}
        )
    found: dict[int | None, Any] = {}
    for *key, count, money, critical in rows:
        department = key[0] if key else None
        if count:
            found[department] = {"count": count, "money": money, "critical": critical, "top": top[department]}
    return found


def _first_few(of: Any, *chosen: ColumnElement[bool]) -> Select[Any]:  # noqa: ANN401  (a column or None)
    """The warnings with the highest priority, of each department or of all."""
    rank = func.row_number().over(
        partition_by=of, order_by=(EarlyWarning.priority.desc(), EarlyWarning.customer_id, EarlyWarning.id)
    )
    ranked = select(
        EarlyWarning.customer_id, EarlyWarning.department_id, EarlyWarning.rule, EarlyWarning.money_at_risk,
        rank.label("rank"),
    ).where(*chosen).subquery()  # fmt: skip
    return (
        select(
            ranked.c.department_id, Customer.name, Customer.customer_no, ranked.c.rule, ranked.c.money_at_risk
        )
        .join(Customer, Customer.customer_id == ranked.c.customer_id)
        .where(ranked.c.rank <= MOST_NAMED)
        .order_by(ranked.c.department_id, ranked.c.rank)
    )  # fmt: skip
