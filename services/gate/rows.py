"""What the order gate is asked and what it answers (SPEC 8)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from db.enums import ControlKind, GateDecision, HeldOrderState


@dataclass(frozen=True)
class OrderAsked:
    """An order before it is placed. `amount` in `currency` (None: the base currency).

    Without `order_no` nothing is kept: it was a question, not an order. `is_dry_run`: nothing is kept either, and the
    answer is what the order would get.
    """

    customer_no: str
    amount: Decimal
    currency: str | None = None
    terms_days: int | None = None
    order_no: str | None = None
    is_dry_run: bool = False


@dataclass(frozen=True)
class Reason:
    """Why the gate answers so. `text` is an English message id, filled from `params` in the reader's language."""

    code: str
    text: str
    params: dict[str, Any] = field(default_factory=dict)
    control_id: int | None = None


@dataclass(frozen=True)
class ControlInForce:
    """A control that the answer looked at. Its demands by name, amounts in the base currency."""

    control_id: int
    kind: ControlKind
    demands: dict[str, Any]
    review_on: dt.date | None
    expires_on: dt.date | None


@dataclass(frozen=True)
class GateAnswer:
    """The gate's answer. `limit_left` in the base currency: what may still be ordered now; None: no limit is set.

    `is_from_snapshot`: the database could not be asked, and the last known state answered (fails closed).
    `is_repeated`: this order number had been answered before; `state` says what a person decided since.
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
