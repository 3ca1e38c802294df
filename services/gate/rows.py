"""What the order gate is asked, what it looks at, and what it answers (SPEC 8)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from db.enums import ControlForce, ControlKind, GateDecision, Grade, HeldOrderState, OverrideState, Role

NOTHING = Decimal(0)


@dataclass(frozen=True)
class OrderAsked:
    """An order before it is placed. Amounts in `currency` (None: the base currency).

    Without `order_no` nothing is kept: it was a question, not an order. `is_dry_run`: nothing is kept either, and the
    answer is what the order would get. `prepaid_amount` is what the customer paid ahead for this very order.
    """

    customer_no: str
    amount: Decimal
    currency: str | None = None
    terms_days: int | None = None
    order_no: str | None = None
    is_dry_run: bool = False
    prepaid_amount: Decimal | None = None


@dataclass(frozen=True)
class Reason:
    """Why the gate answers so. `text` is an English message id, filled from `params` in the reader's language.

    `decision` is what this reason alone leads to; a hold names the role that may release it. In params names tell what
    a value is: `*_amount` money in the base currency, `*_on` a day, `*_days` a number of days, `*_ratio` a share.
    """

    code: str
    text: str
    params: dict[str, Any] = field(default_factory=dict)
    control_id: int | None = None
    decision: GateDecision = GateDecision.ALLOW
    role: Role | None = None


@dataclass(frozen=True)
class ControlInForce:
    """A control that the answer looked at. Its demands by name, amounts in the base currency."""

    control_id: int
    kind: ControlKind
    demands: dict[str, Any]
    review_on: dt.date | None
    expires_on: dt.date | None
    force: ControlForce = ControlForce.OVERRIDABLE
    override_role: Role | None = None


@dataclass(frozen=True)
class OverrideInForce:
    """A permission to pass one kind of measure until a day. `left_amount` of its limit is left; None: no limit."""

    override_id: int
    kind: ControlKind
    until_on: dt.date
    left_amount: Decimal | None = None


@dataclass(frozen=True)
class CustomerStanding:
    """All that an answer depends on, read in one piece. Amounts in the base currency.

    `open_amount` is owed, `ordered_amount` ordered and not invoiced yet, `month_amount` ordered in the month;
    `unconverted` of the rows behind them lack a rate. `rate` turns the asked currency into the base currency.
    """

    customer_id: int
    grade: Grade | None = None
    usual_terms_days: int | None = None
    controls: tuple[ControlInForce, ...] = ()
    overrides: tuple[OverrideInForce, ...] = ()
    open_amount: Decimal = NOTHING
    ordered_amount: Decimal = NOTHING
    month_amount: Decimal = NOTHING
    guaranteed_amount: Decimal = NOTHING
    unconverted: int = 0
    rate: Decimal | None = Decimal(1)


@dataclass(frozen=True)
class Verdict:
    """What the rule says of an order: `answer_for`."""

    decision: GateDecision
    reasons: tuple[Reason, ...]
    limit_left: Decimal | None
    amount: Decimal | None
    release_role: Role | None
    override_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class GateAnswer:
    """The gate's answer. `limit_left` in the base currency: what may still be ordered now; None: no limit is set.

    `decision` is what holds now; `first_decision` what was answered when the number was asked first. `is_repeated`:
    this order number had been answered before; `state` says what a person decided since.
    `is_from_snapshot`: the database could not be asked, and the last known state of `as_of` answered (fails closed).
    """

    decision: GateDecision
    reasons: tuple[Reason, ...]
    controls: tuple[ControlInForce, ...]
    limit_left: Decimal | None
    customer_no: str
    order_no: str | None = None
    state: HeldOrderState | None = None
    as_of: dt.datetime | None = None
    is_repeated: bool = False
    is_from_snapshot: bool = False
    first_decision: GateDecision | None = None
    release_role: Role | None = None
    base_currency: str = "CNY"


@dataclass(frozen=True)
class GateOrderRow:
    """An order as the gate answered it, and what became of it. `amount` in the base currency; None: no rate."""

    customer_id: int
    id: int
    version: int
    customer_no: str
    customer: str
    department: str | None
    order_no: str
    asked_on: dt.date
    asked_at: dt.datetime
    asked_by: str
    original_amount: Decimal
    currency: str | None
    amount: Decimal | None
    terms_days: int | None
    prepaid_amount: Decimal | None
    decision: GateDecision
    reasons: tuple[Reason, ...]
    controls: tuple[ControlInForce, ...]
    limit_left: Decimal | None
    state: HeldOrderState | None
    held_at: dt.datetime | None
    release_role: Role | None
    settled_at: dt.datetime | None
    settled_by: str | None
    settled_reason: str | None
    released_until: dt.date | None
    away_decision: GateDecision | None


@dataclass(frozen=True)
class OrderFilter:
    """What the log is narrowed to; None narrows nothing. `first` and `last` are days on which orders were asked."""

    decision: str | None = None
    state: str | None = None
    customer_no: str | None = None
    department: str | None = None
    search: str = ""
    first: dt.date | None = None
    last: dt.date | None = None


@dataclass(frozen=True)
class OrderPage:
    """Some rows, and the place after them for the next page; None: these are the last."""

    rows: tuple[GateOrderRow, ...]
    after: str | None


@dataclass(frozen=True)
class OrderCounts:
    """What waits, and how the orders of a day were answered."""

    waiting: int
    waiting_amount: Decimal
    mine: int
    allowed: int
    held: int
    denied: int


@dataclass(frozen=True)
class OverrideRow:
    """A permission to pass one kind of measure, and who gave it."""

    customer_id: int
    id: int
    version: int
    customer_no: str
    customer: str
    kind: ControlKind
    state: OverrideState
    starts_on: dt.date
    until_on: dt.date
    limit_amount: Decimal | None
    used_amount: Decimal
    reason: str
    proposed_by_id: int | None
    proposed_by: str | None
    proposed_at: dt.datetime
    approved_by: str | None
    ended_reason: str | None
