"""What a warning rule is: data with thresholds, and one set-based statement over all customers (SPEC 6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    SQLColumnExpression,
    Text,
    cast,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from db.enums import RiskLevel
from services.policy import Policy

if TYPE_CHECKING:
    from services.context import Context

#: Evidence names at most this many things, newest first; beyond it the count alone grows.
MOST_ITEMS = 500


class FactKind(StrEnum):
    """How a door writes a fact. `days_since` is stored as a date: evidence does not change by itself each day."""

    COUNT = "count"
    MONEY = "money"
    RATIO = "ratio"
    DATE = "date"
    DAYS_SINCE = "days_since"
    TEXT = "text"


class Addressed(StrEnum):
    """The department that a warning is addressed to."""

    OWNER = "owner"
    RISK = "risk"


@dataclass(frozen=True)
class Frame:
    """The day a rule looks at, and the policy in force on it. A rule sees only rows dated on or before `day`.

    Undated columns (dispute flag, credit limit, owner department, industry) are taken as they stand now. With
    `customers` the statement reads and finds these alone, so that its cost follows them and not the company's size.
    """

    day: dt.date
    policy: Policy
    customers: tuple[int, ...] | None = None

    def only(self, customer_id: Any) -> ColumnElement[bool]:  # noqa: ANN401  (a column, or a model's attribute)
        """The condition that a row belongs to one of `customers`; true where none are named."""
        if self.customers is None:
            return true()
        named: ColumnElement[bool] = customer_id == func.any(cast(list(self.customers), ARRAY(BigInteger)))
        return named

    def days_ago(self, days: int | Decimal) -> dt.date:
        """The day that lies `days` before."""
        return self.day - dt.timedelta(days=int(days))


SqlValue = SQLColumnExpression[Any]
Thresholds = Mapping[str, int | Decimal]
FindingsQuery = Callable[[Frame, Thresholds], Select[Any]]
Scope = Callable[["Context", tuple[int, ...]], tuple[int, ...] | None]


@dataclass(frozen=True)
class WarningRule:
    """One rule.

    `severity` is the least that a finding has; the statement may raise it by what it finds. `why` is a message id whose
    %(names)s are facts, thresholds and `money` (the money at risk); those of `title` are thresholds. `likelihood` (0-1)
    that money is lost when the sign shows: a starting value, ordered by how late the sign comes in the usual decline.
    `findings` gives one row a customer: customer_id, money (base currency), severity, evidence; None for what only
    people raise. `scope` says whose findings can change when the named customers do, None for everybody's; without it,
    their own.
    """

    code: str
    severity: RiskLevel
    title: str
    why: str
    likelihood: Decimal
    addressed: Addressed
    facts: Mapping[str, FactKind]
    thresholds: Thresholds
    findings: FindingsQuery | None
    scope: Scope | None = None


@dataclass(frozen=True)
class Finding:
    """What a rule found at one customer. `evidence`: `items` (what it is about, newest first) and `facts`."""

    customer_id: int
    money: Decimal
    severity: str
    evidence: Mapping[str, Any]


def found(
    customer_id: SqlValue,
    *,
    money: SqlValue,
    severity: SqlValue | str,
    items: SqlValue | None = None,
    facts: Mapping[str, SqlValue],
) -> Select[Any]:
    """The columns of a finding, for a rule to add its FROM, WHERE and GROUP BY to."""
    pairs = [part for name, value in facts.items() for part in (literal(name, Text), value)]
    listed = func.jsonb_build_array() if items is None else items
    return select(
        customer_id.label("customer_id"),
        func.round(func.coalesce(money, 0), 4).label("money"),
        (literal(str(severity)) if isinstance(severity, str) else severity).label("severity"),
        func.jsonb_build_object(
            literal("items", Text), listed, literal("facts", Text), func.jsonb_build_object(*pairs)
        ).label("evidence"),
    )


def newest_items(item: SqlValue, *order: SqlValue) -> ColumnElement[Any]:
    """The items of a group in an order, cut to MOST_ITEMS. Names are compared as text later, so they must be stable."""
    listed = func.array_agg(aggregate_order_by(cast(item, Text), *order), type_=ARRAY(Text))
    return func.to_jsonb(listed[1:MOST_ITEMS])


def first_of(value: SqlValue, *order: SqlValue) -> ColumnElement[Any]:
    """The value of a group's first row in an order."""
    return func.array_agg(aggregate_order_by(cast(value, Text), *order), type_=ARRAY(Text))[1]


def whole(value: SqlValue) -> ColumnElement[Any]:
    """A number of days as evidence keeps it."""
    return cast(func.round(value), Text)


def money_text(value: SqlValue) -> ColumnElement[Any]:
    """An amount as evidence keeps it: exact decimal text, two places."""
    return cast(func.round(value, 2), Text)


def ratio_text(value: SqlValue) -> ColumnElement[Any]:
    """A ratio as evidence keeps it: whole percents, so that evidence changes only when it says something new."""
    return cast(func.round(value, 2), Text)
