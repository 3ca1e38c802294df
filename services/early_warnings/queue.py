"""Reading warnings: the triage queue in the order to work it, its counts, and a customer's warnings."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    Row,
    Select,
    and_,
    any_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import aliased

from db.enums import RiskLevel, Role, WarningState
from db.models import AppUser, Customer, Department, EarlyWarning, EarlyWarningHold
from services import access
from services.context import Context
from services.early_warnings.editions import rule_history
from services.early_warnings.holds import is_held_by_another
from services.early_warnings.lifecycle import HALVING_HOURS, company_clock, company_zone
from services.early_warnings.rows import Fact, Page, QueueCounts, QueueFilter, WarningRow, Why
from services.early_warnings.rule import FactKind, WarningRule
from services.early_warnings.rules import rule_by_code
from services.early_warnings.verdict import SIGN_GONE_ON
from services.errors import N_, NotFoundError, RefusedError

LONGEST_PAGE = 500
_IS_OPEN = EarlyWarning.state != WarningState.RESOLVED


@dataclass(frozen=True)
class _Cursor:
    """The last row of a page. `at` is the instant the whole list is ordered for: rows don't jump between pages."""

    at: dt.datetime
    rank: float
    customer_id: int
    id: int

    def text(self) -> str:
        plain = json.dumps([self.at.isoformat(), self.rank, self.customer_id, self.id])
        return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> _Cursor:
        """Raises RefusedError for anything that `text` did not write: it comes from an address bar."""
        try:
            at, rank, customer_id, warning_id = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            instant = dt.datetime.fromisoformat(at)
            if instant.tzinfo is None:
                raise ValueError(at)
            return cls(instant, float(rank), int(customer_id), int(warning_id))
        except (ValueError, TypeError, binascii.Error) as error:
            raise RefusedError(N_("This place in the list is no longer valid. Start again from the top.")) from error


def rank_at(instant: dt.datetime) -> ColumnElement[float]:
    """`lifecycle.queue_priority` in SQL, for the columns of early_warning at an instant.

    Time left moves, so no index can hold this order. What narrows the work is the partial index over open warnings, ten
    thousand in a bad case; their ranks are computed and the page's rows picked by a bounded heap. Only then are
    customers, departments and people joined, for the rows of the page.
    """
    hours = cast(func.extract("epoch", EarlyWarning.due_at - literal(instant)), Float) / 3600.0
    return cast(EarlyWarning.priority, Float) * func.power(
        literal(2.0, Float), -func.greatest(hours, 0.0) / literal(HALVING_HOURS, Float)
    )


def visible_to(ctx: Context) -> ColumnElement[bool]:
    """Whose warnings a queue holds: business users work their own department's and what is assigned to them."""
    if ctx.actor.role is not Role.BUSINESS:
        return literal(True)
    if ctx.actor.department_id is None:
        return _assigned_to(ctx)
    return or_(_addressed_to(ctx.actor.department_id), _assigned_to(ctx))


def _addressed_to(department_id: Any) -> ColumnElement[bool]:  # noqa: ANN401  (an id, or a query that finds one)
    """The department that works it, or one that it goes to as well."""
    return or_(EarlyWarning.department_id == department_id, any_(EarlyWarning.also_department_ids) == department_id)


def _assigned_to(ctx: Context) -> ColumnElement[bool]:
    """Nothing is assigned to who is no person: comparing with NULL would ask for what has no owner."""
    return false() if ctx.actor.user_id is None else EarlyWarning.assignee_id == ctx.actor.user_id


def narrowed(ctx: Context, filters: QueueFilter) -> Select[*tuple[Any, ...]]:
    """Keys of the open warnings that the filters leave, with the columns that order and count them."""
    query: Select[*tuple[Any, ...]] = select(
        EarlyWarning.customer_id, EarlyWarning.id, EarlyWarning.severity, EarlyWarning.due_at,
        EarlyWarning.money_at_risk, EarlyWarning.rule, EarlyWarning.department_id, EarlyWarning.state,
        EarlyWarning.version,
    ).where(_IS_OPEN, visible_to(ctx))  # fmt: skip
    is_asleep = func.coalesce(EarlyWarning.snoozed_until > ctx.today, false())
    if filters.snoozed is not None:
        query = query.where(is_asleep if filters.snoozed else ~is_asleep)
    if filters.severity is not None:
        query = query.where(EarlyWarning.severity == filters.severity)
    if filters.rule is not None:
        query = query.where(EarlyWarning.rule == filters.rule)
    if filters.state is not None:
        query = query.where(EarlyWarning.state == filters.state)
    if filters.mine:
        query = query.where(_assigned_to(ctx))
    if filters.department is not None:
        department = select(Department.id).where(Department.code == filters.department).scalar_subquery()
        query = query.where(_addressed_to(department))
    if filters.breaching:
        query = query.where(breaches_today(ctx))
    if filters.held is not None:
        held = open_with_another(ctx)
        query = query.where(held if filters.held else ~held)
    return _searched(query, filters.search.strip())


def breaches_today(ctx: Context) -> ColumnElement[bool]:
    """Of rows of early_warning: those whose step is due before the company's day ends."""
    return EarlyWarning.due_at < _day_end(ctx)


def open_with_another(ctx: Context) -> ColumnElement[bool]:
    """Of rows of early_warning: those that somebody else than the reader has open now."""
    return exists().where(_holds_this(), is_held_by_another(ctx))


def _holds_this() -> ColumnElement[bool]:
    return and_(
        EarlyWarningHold.customer_id == EarlyWarning.customer_id, EarlyWarningHold.early_warning_id == EarlyWarning.id
    )


def _day_end(ctx: Context) -> dt.datetime:
    """The midnight that ends the company's day."""
    local = company_clock(ctx).astimezone(company_zone(ctx))
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + dt.timedelta(days=1)


def _searched(query: Select[*tuple[Any, ...]], search: str) -> Select[*tuple[Any, ...]]:
    if not search:
        return query
    return query.join(Customer, Customer.customer_id == EarlyWarning.customer_id).where(
        or_(Customer.name.icontains(search, autoescape=True), Customer.customer_no.istartswith(search, autoescape=True))
    )


def open_warnings(ctx: Context, filters: QueueFilter | None = None, cursor: str | None = None, limit: int = 50) -> Page:
    """Open warnings in the order to work them: money at risk x likelihood x time left, the heaviest first.

    `cursor` is `Page.after` of the page before. Ties go by customer and warning id.

    Raises:
        NotAllowedError: the actor may not read warnings.
        RefusedError: the cursor is not one.
    """
    access.ensure_may(ctx, "early_warning.read")
    start = _Cursor.parse(cursor) if cursor else None
    at = start.at if start else company_clock(ctx)
    limit = max(1, min(limit, LONGEST_PAGE))
    # Descending by rank, ascending by key: one direction for all, so that one row comparison continues the list.
    weight = -rank_at(at)
    chosen = narrowed(ctx, filters or QueueFilter()).add_columns(weight.label("weight"))
    if start is not None:
        last = (literal(-start.rank, Float), literal(start.customer_id), literal(start.id))
        chosen = chosen.where(tuple_(weight, EarlyWarning.customer_id, EarlyWarning.id) > tuple_(*last))
    keys = chosen.order_by("weight", EarlyWarning.customer_id, EarlyWarning.id).limit(limit + 1).subquery("chosen")
    query = (
        _with_names(ctx)
        .add_columns(keys.c.weight)
        .join(keys, and_(keys.c.customer_id == EarlyWarning.customer_id, keys.c.id == EarlyWarning.id))
    )
    found = ctx.session.execute(query.order_by(keys.c.weight, keys.c.customer_id, keys.c.id)).all()
    rows = tuple(_row(ctx, row) for row in found[:limit])
    if len(found) <= limit:
        return Page(rows, None)
    last_row = found[limit - 1]
    return Page(rows, _Cursor(at, -last_row.weight, rows[-1].customer_id, rows[-1].id).text())


def queue_counts(ctx: Context, filters: QueueFilter | None = None) -> QueueCounts:
    """Counts over everything that the filters leave.

    Raises:
        NotAllowedError: the actor may not read warnings.
    """
    access.ensure_may(ctx, "early_warning.read")
    chosen = narrowed(ctx, filters or QueueFilter()).subquery("chosen")
    clock = company_clock(ctx)
    rows = ctx.session.execute(
        select(
            chosen.c.severity,
            func.count(),
            func.count().filter(chosen.c.due_at < _day_end(ctx)),
            func.count().filter(chosen.c.due_at <= clock),
            func.sum(chosen.c.money_at_risk),
        ).group_by(chosen.c.severity)
    ).all()
    counts = {row[0]: row[1] for row in rows}
    return QueueCounts(
        open=sum(counts.values()),
        breaching_today=sum(row[2] for row in rows),
        overdue=sum(row[3] for row in rows),
        money_at_risk=sum((row[4] for row in rows), Decimal(0)),
        by_severity={level.value: counts.get(level, 0) for level in RiskLevel},
    )


def warning_by_id(ctx: Context, customer_id: int, warning_id: int) -> WarningRow:
    """One warning. Everybody who reads warnings may: a customer's page is shared by all departments (clause 1.4).

    Raises:
        NotAllowedError: the actor may not read warnings.
        NotFoundError: there is none.
    """
    access.ensure_may(ctx, "early_warning.read")
    query = _with_names(ctx).where(EarlyWarning.customer_id == customer_id, EarlyWarning.id == warning_id)
    row = ctx.session.execute(query).one_or_none()
    if row is None:
        raise NotFoundError(N_("This warning does not exist."))
    return _row(ctx, row)


def warnings_of_customer(ctx: Context, customer_id: int, limit: int = 100) -> tuple[WarningRow, ...]:
    """A customer's warnings: open ones first, then the newest. At most `limit`.

    Raises:
        NotAllowedError: the actor may not read warnings.
    """
    access.ensure_may(ctx, "early_warning.read")
    query = (
        _with_names(ctx)
        .where(EarlyWarning.customer_id == customer_id)
        .order_by(case((_IS_OPEN, 0), else_=1), EarlyWarning.raised_at.desc(), EarlyWarning.id.desc())
        .limit(limit)
    )
    return tuple(_row(ctx, row) for row in ctx.session.execute(query))


def raised_in_this_transaction(ctx: Context) -> tuple[WarningRow, ...]:
    """Warnings that rules raised in the transaction at hand, in the order to work them."""
    at = company_clock(ctx)
    query = (
        _with_names(ctx)
        .where(EarlyWarning.changed_at == ctx.now, EarlyWarning.version == 1, _IS_OPEN)
        .order_by(rank_at(at).desc(), EarlyWarning.customer_id, EarlyWarning.id)
    )
    return tuple(_row(ctx, row) for row in ctx.session.execute(query))


def _with_names(ctx: Context) -> Select[Any]:
    holder = aliased(AppUser)
    return (
        select(
            *(column for column in EarlyWarning.__table__.c),
            Customer.customer_no, Customer.name.label("customer_name"), Customer.risk_level, Customer.risk_score,
            Department.code.label("department"), AppUser.name.label("assignee"), holder.name.label("held_by"),
            EarlyWarningHold.since.label("held_since"),
        )
        .select_from(EarlyWarning)
        .join(Customer, Customer.customer_id == EarlyWarning.customer_id)
        .outerjoin(Department, Department.id == EarlyWarning.department_id)
        .outerjoin(AppUser, AppUser.id == EarlyWarning.assignee_id)
        .outerjoin(EarlyWarningHold, and_(_holds_this(), is_held_by_another(ctx)))
        .outerjoin(holder, holder.id == EarlyWarningHold.user_id)
    )  # fmt: skip


def _row(ctx: Context, row: Row[Any]) -> WarningRow:
    rule, clock = rule_by_code(row.rule), company_clock(ctx)
    gone_on = row.evidence.get(SIGN_GONE_ON)
    return WarningRow(
        customer_id=row.customer_id, id=row.id, version=row.version, customer_no=row.customer_no,
        customer_name=row.customer_name, rule=row.rule, title=rule.title, severity=row.severity, state=row.state,
        outcome=row.outcome, department=row.department, assignee_id=row.assignee_id, assignee=row.assignee,
        level=row.risk_level, score=row.risk_score, money_at_risk=row.money_at_risk, likelihood=row.likelihood,
        why=_why(
            rule_history(ctx).edition(row.rule, row.rule_edition).rule, row.evidence.get("facts", {}),
            row.money_at_risk, ctx.today,
        ),
        items=tuple(str(item) for item in row.evidence.get("items", ()) if item is not None),
        raised_on=row.raised_on, raised_at=row.raised_at, due_at=row.due_at,
        hours_left=None if row.state == WarningState.RESOLVED else (row.due_at - clock).total_seconds() / 3600,
        escalation=row.escalation, is_snoozed=row.snoozed_until is not None and row.snoozed_until > ctx.today,
        snoozed_until=row.snoozed_until, snooze_reason=row.snooze_reason, evidence_on=row.evidence_on,
        sign_gone_on=dt.date.fromisoformat(gone_on) if gone_on else None, resolution_note=row.resolution_note,
        resolved_at=row.resolved_at, held_by=row.held_by, held_since=row.held_since,
    )  # fmt: skip


def _why(rule: WarningRule, facts: dict[str, Any], money: Decimal, today: dt.date) -> Why:
    """The rule's sentence with the facts of the evidence, the thresholds and the money at risk."""
    limits = {
        name: Fact(FactKind.COUNT if isinstance(value, int) else FactKind.RATIO, value)
        for name, value in rule.thresholds.items()
    }
    stated = {name: Fact(kind, _typed(kind, facts.get(name), today)) for name, kind in rule.facts.items()}
    return Why(rule.why, {**limits, **stated, "money": Fact(FactKind.MONEY, money)})


def _typed(kind: FactKind, value: Any, today: dt.date) -> int | Decimal | dt.date | str | None:  # noqa: ANN401  (JSON)
    if value is None:
        return None
    if kind is FactKind.COUNT:
        return int(value)
    if kind in (FactKind.MONEY, FactKind.RATIO):
        return Decimal(str(value))
    if kind is FactKind.DATE:
        return dt.date.fromisoformat(value)
    if kind is FactKind.DAYS_SINCE:
        return (today - dt.date.fromisoformat(value)).days
    return str(value)


def rows_by_key(ctx: Context, keys: Sequence[tuple[int, int]]) -> tuple[WarningRow, ...]:
    """Warnings by (customer_id, id), in the order asked for."""
    query = _with_names(ctx).where(tuple_(EarlyWarning.customer_id, EarlyWarning.id).in_(keys))
    found = {(row.customer_id, row.id): row for row in ctx.session.execute(query)}
    return tuple(_row(ctx, found[key]) for key in keys)
