"""What the obedience check tells: breaches one by one, and how many documents they are among (SPEC 9.6)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from db.enums import BreachJudgement, ControlKind, Demand, GateDecision, TradeDocument

#: What `judged` of a filter may ask for besides the judgements: not judged yet.
OPEN = "open"


@dataclass(frozen=True)
class BreachRow:
    """A document against one demand. `allowed` and `found`: base currency, for terms days; None for a stop of trade.

    `kind` is the control's, None for a listing. `gate_decision`: what the order gate had said, None if never asked.
    """

    customer_id: int
    id: int
    version: int
    customer_no: str
    customer: str
    department: str | None
    control_id: int | None
    listing_id: int | None
    listing_no: str | None
    kind: ControlKind | None
    demand: Demand
    document: TradeDocument
    document_no: str
    occurred_on: dt.date
    amount: Decimal
    allowed: Decimal | None
    found: Decimal | None
    gate_decision: GateDecision | None
    measure_since: dt.date | None
    measure_reason: str | None
    judged_as: BreachJudgement | None
    judged_by: str | None
    judged_at: dt.datetime | None
    judged_reason: str | None

    @property
    def is_defiant(self) -> bool:
        """True where trade was stopped, or the gate had said no or wait: nobody can have overlooked it."""
        stopped = self.demand in {Demand.LISTED, Demand.SUSPENSION}
        return stopped or self.gate_decision in {GateDecision.DENY, GateDecision.HOLD}


@dataclass(frozen=True)
class BreachFilter:
    """Which breaches: None leaves a field open. Days are included. `judged`: a judgement, or OPEN."""

    first: dt.date | None = None
    last: dt.date | None = None
    department: str | None = None
    demand: str | None = None
    document: str | None = None
    judged: str | None = None
    customer_no: str | None = None


@dataclass(frozen=True)
class BreachPage:
    """Some breaches, the newest first. `after` asks for what follows, None at the end; `total` counts all of them."""

    rows: tuple[BreachRow, ...]
    after: tuple[dt.date, int, int] | None
    total: int


@dataclass(frozen=True)
class Obedience:
    """The customers of one group that were under a measure or a listing in the period, and what was traded with them.

    `disobeyed` are customers with a document against a measure that nobody excused; `documents` the orders and invoices
    that were tested, `breached` and `excused` those against a measure. A key that was not grouped by is None.
    """

    month: dt.date | None
    department: str | None
    customers: int
    disobeyed: int
    documents: int
    breached: int
    excused: int
    amount: Decimal
    breached_amount: Decimal

    @property
    def share(self) -> Decimal | None:
        """Customers with whom every measure was obeyed, 0-1; None where nobody was under one."""
        return Decimal(self.customers - self.disobeyed) / self.customers if self.customers else None
