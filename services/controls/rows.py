"""The frozen rows that leave this concept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any

from services.errors import N_, RefusedError


@dataclass(frozen=True)
class Demands:
    """What a control asks for; None asks for nothing. Money in the base currency, shares and ratios 0-1.

    `terms_days`: the longest terms of payment allowed. `coverage_ratio`: guarantees in force over what is owed.
    """

    order_limit: Decimal | None = None
    month_limit: Decimal | None = None
    exposure_limit: Decimal | None = None
    terms_days: int | None = None
    prepaid_share: Decimal | None = None
    guarantee_value: Decimal | None = None
    coverage_ratio: Decimal | None = None
    monitoring_days: int | None = None

    def given(self) -> dict[str, Any]:
        """What is asked for, by name."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in values.items() if value is not None}


class ControlTask(StrEnum):
    """What a control waits for."""

    APPROVE = "approve"
    REVIEW = "review"
    EXPIRING = "expiring"


@dataclass(frozen=True)
class ControlRow:
    """One control with its customer and its people by name.

    `state` and `ended_as` as in db.enums; `expires_on` is its last day, `ended_on` the first on which it is no longer
    in force. `plan_rule` None: a person proposed it. `facts` is what was known when it was proposed. `task` and
    `due_on`: what it waits for on the business date (`seen_on`), and by when.
    """

    customer_id: int
    id: int
    version: int
    customer_no: str
    customer_name: str
    department: str | None
    department_id: int | None
    risk_level: str | None
    kind: str
    state: str
    force: str
    override_role: str | None
    demands: Demands
    plan_rule: str | None
    plan_rule_edition: int | None
    facts: Mapping[str, Any]
    level: str | None
    reason: str
    owner_id: int | None
    owner: str | None
    proposed_by_id: int | None
    proposer: str | None
    proposed_at: dt.datetime
    proposed_on: dt.date
    approved_by_id: int | None
    approver: str | None
    approved_at: dt.datetime | None
    starts_on: dt.date | None
    review_on: dt.date | None
    expires_on: dt.date | None
    effect: str | None
    reviewed_on: dt.date | None
    reviewer: str | None
    ended_on: dt.date | None
    ended_as: str | None
    end_reason: str | None
    ended_by: str | None
    task: ControlTask | None = None
    due_on: dt.date | None = None
    seen_on: dt.date | None = None

    def is_in_force(self, day: dt.date) -> bool:
        """Whether it held on a day, whatever became of it later."""
        return (
            self.starts_on is not None
            and self.starts_on <= day
            and (self.ended_on is None or day < self.ended_on)
            and (self.expires_on is None or day <= self.expires_on)
        )


@dataclass(frozen=True)
class NewControl:
    """A control as somebody wants it. `expires_on` None: until it is lifted."""

    kind: str
    demands: Demands = field(default_factory=Demands)
    force: str = "overridable"
    override_role: str | None = "risk"
    reason: str = ""
    owner_id: int | None = None
    review_on: dt.date | None = None
    expires_on: dt.date | None = None


@dataclass(frozen=True)
class ControlFilter:
    """What of the controls is listed. `view`: `work` (what waits for somebody), `active`, or `ended`; `department` the
    code of the customer's (None: a business user's own, else all)."""

    view: str = "work"
    task: str | None = None
    kind: str | None = None
    level: str | None = None
    department: str | None = None
    search: str = ""


@dataclass(frozen=True)
class ControlPage:
    """Part of a list; `after` continues it, None at the end."""

    rows: tuple[ControlRow, ...]
    after: str | None


@dataclass(frozen=True)
class ControlCounts:
    """What waits and what holds: of one department, or of all. `customers` have a control in force."""

    to_approve: int
    to_review: int
    expiring: int
    active: int
    customers: int


@dataclass(frozen=True)
class DepartmentControls:
    """The controls in force on a department's customers, by kind, and what waits there. None: no department."""

    department: str | None
    customers: int
    kinds: Mapping[str, int]
    to_approve: int
    to_review: int
    expiring: int


@dataclass(frozen=True)
class ControlPick:
    """A control as the person saw it in a list."""

    customer_id: int
    id: int
    version: int


@dataclass(frozen=True)
class ControlRefusal:
    """Why one control can't be approved with the others: a message id and its params."""

    customer_id: int
    id: int
    customer_no: str | None
    template: str
    params: Mapping[str, object]


class NotTogetherError(RefusedError):
    """Approving many was refused as a whole; `refusals` says why, row by row. Nothing was changed."""

    def __init__(self, refusals: tuple[ControlRefusal, ...], chosen: int) -> None:
        self.refusals = refusals
        super().__init__(
            N_("Nothing was changed: %(refused)s of the %(chosen)s measures chosen can't be approved."),
            refused=len(refusals), chosen=chosen,
        )  # fmt: skip
