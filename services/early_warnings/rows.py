"""The frozen rows that leave this concept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from services.early_warnings.lifecycle import LEAST_MONEY, queue_priority, time_factor
from services.early_warnings.rule import FactKind


@dataclass(frozen=True)
class Fact:
    """One figure of a warning's reason. `kind` says how a door writes it; None has no value ("—").

    Values: int (count, days_since: days up to today), Decimal (money in the base currency, ratio 0-1), date, str.
    """

    kind: FactKind
    value: int | Decimal | dt.date | str | None


@dataclass(frozen=True)
class Why:
    """Why a customer is in the queue: a message id and what its %(names)s stand for."""

    template: str
    facts: Mapping[str, Fact]

    def text(self) -> str:
        """The sentence in plain English, for logs and machines."""
        return self.template % {name: "—" if fact.value is None else fact.value for name, fact in self.facts.items()}


@dataclass(frozen=True)
class Priority:
    """Why a warning stands where it stands: `money` x `likelihood` x `time_factor` = `value` (SPEC 6)."""

    money: Decimal
    likelihood: Decimal
    time_factor: float
    value: float


@dataclass(frozen=True)
class WarningRow:
    """One warning with its customer. `title` is a message id; `level` and `score` are the customer's newest.

    `hours_left` runs until the deadline of the next step, negative after it; None for a resolved one. `held_by` is
    somebody else than the reader who has it open now, `held_since` since when.
    """

    customer_id: int
    id: int
    version: int
    customer_no: str
    customer_name: str
    rule: str
    title: str
    severity: str
    state: str
    outcome: str | None
    department: str | None
    assignee_id: int | None
    assignee: str | None
    level: str | None
    score: Decimal | None
    money_at_risk: Decimal
    likelihood: Decimal
    why: Why
    items: tuple[str, ...]
    raised_on: dt.date
    raised_at: dt.datetime
    due_at: dt.datetime
    hours_left: float | None
    escalation: int
    is_snoozed: bool
    snoozed_until: dt.date | None
    snooze_reason: str | None
    evidence_on: dt.date
    sign_gone_on: dt.date | None
    resolution_note: str | None
    resolved_at: dt.datetime | None
    held_by: str | None
    held_since: dt.datetime | None

    @property
    def priority(self) -> Priority | None:
        """Its place in the queue in figures; None once it is resolved."""
        if self.hours_left is None:
            return None
        return Priority(
            max(self.money_at_risk, LEAST_MONEY), self.likelihood, time_factor(self.hours_left),
            queue_priority(self.money_at_risk, self.likelihood, self.hours_left),
        )  # fmt: skip


@dataclass(frozen=True)
class Page:
    """Part of a list in its order; `after` continues it, None at the end."""

    rows: tuple[WarningRow, ...]
    after: str | None


@dataclass(frozen=True)
class QueueFilter:
    """What of the queue is shown. Codes, never words; None shows all.

    `department` a department's code; `mine` only what is assigned to the reader; `snoozed` False: awake, True: asleep,
    None: both; `search` part of a customer's name or the beginning of its number; `held` True: open with somebody else
    now, False: with nobody else; `breaching` only what is due before the company's day ends.
    """

    department: str | None = None
    severity: str | None = None
    rule: str | None = None
    mine: bool = False
    state: str | None = None
    search: str = ""
    snoozed: bool | None = False
    held: bool | None = None
    breaching: bool = False


@dataclass(frozen=True)
class QueueCounts:
    """How much is in the queue. `breaching_today`: due before the company's day ends, `overdue` ones included."""

    open: int
    breaching_today: int
    overdue: int
    money_at_risk: Decimal
    by_severity: Mapping[str, int]
