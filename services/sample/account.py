"""One customer's account while the sample is made: invoices, money, decisions; and the balance rule of SPEC 5."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from services.sample.behaviour import Behaviour, strain
from services.sample.customers import Customer


@dataclass(slots=True, eq=False)
class Invoice:
    """One invoice. `gauss`, `chance`: its own draws. `notice_days`: days after the due date on which it is dunned
    while open. `plan`: money that will come for it. `receipts`: what the allocation gave it."""

    number: str
    issued: date
    due: date
    cents: int
    contract: str
    disputed: bool
    gauss: float
    chance: float
    notice_days: tuple[int, ...] = ()
    settled: date | None = None
    plan: list[tuple[date, int]] = field(default_factory=list)
    receipts: list[tuple[date, int]] = field(default_factory=list)

    def balance(self, day: date) -> int:
        """Amount minus what was paid on it up to the end of the day."""
        return self.cents - sum(cents for paid, cents in self.receipts if paid <= day)

    def paid_off(self) -> date | None:
        """The first day on which nothing was left, or None."""
        left = self.cents
        for paid, cents in self.receipts:
            left -= cents
            if left <= 0:
                return paid
        return None


@dataclass(slots=True, eq=False)
class Payment:
    """Money received; without an invoice it pays the oldest open one first."""

    paid: date
    cents: int
    invoice: Invoice | None
    channel: str


@dataclass(slots=True, eq=False)
class Notice:
    """One dunning notice; without an invoice it speaks of all that is overdue. `stage` counts from 0.

    `promised`: the day that the story has the customer promise, instead of what its draws would answer.
    """

    sent: date
    invoice: Invoice | None
    stage: int
    chance: float
    promised: date | None = None


@dataclass(slots=True, eq=False)
class Decision:
    """A decision on a customer (a listing of SPEC 7), confirmed or rejected."""

    criterion: str
    grade: str
    trigger: date
    decided: date
    is_confirmed: bool
    department: str
    restored: date | None = None
    number: str = ""


@dataclass(slots=True, eq=False)
class RecoveryCase:
    """A case with its debts: (invoice, day added, balance then)."""

    decision: Decision
    opened: date
    lead: str
    closed: date | None = None
    outcome: str = ""
    debts: list[tuple[Invoice, date, int]] = field(default_factory=list)
    number: str = ""


@dataclass(slots=True, eq=False)
class Statement:
    """A financial statement, year to date, in whole units of the customer's currency."""

    ended: date
    revenue: int
    profit: int
    assets: int
    liabilities: int
    current_assets: int
    current_liabilities: int
    cash_flow: int


@dataclass(slots=True, eq=False)
class Report:
    """A credit report from outside; the overdue amount in hundredths."""

    reported: date
    source: str
    rating: str
    overdue_count: int
    overdue_cents: int
    enforcements: int


@dataclass(slots=True, eq=False)
class News:
    """Something said or decided about the customer in public; sentiment -2 (bad) to 2."""

    occurred: date
    source: str
    kind: str
    sentiment: int
    title: str


@dataclass(slots=True, eq=False)
class Account:
    """Everything that is told of one customer. From the day `turned` on it pays as `behaviour` says."""

    customer: Customer
    behaviour: Behaviour
    turned: date | None = None
    invoices: list[Invoice] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    cases: list[RecoveryCase] = field(default_factory=list)
    triggers: list[date] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    news: list[News] = field(default_factory=list)

    def behaviour_on(self, day: date) -> Behaviour:
        """How the customer pays on a day: a restored or rejected one has changed its ways."""
        return self.behaviour if self.turned is not None and day >= self.turned else self.customer.behaviour

    def strain_on(self, day: date) -> float:
        """How badly the business is doing on a day, 0 to 1."""
        return strain(self.behaviour_on(day), day)

    def is_listed(self, day: date) -> bool:
        """Whether a confirmed listing stands at the end of the day."""
        return any(
            decision.is_confirmed and decision.decided <= day and (decision.restored is None or decision.restored > day)
            for decision in self.decisions
        )


def allocate(account: Account) -> None:
    """Give every payment to invoices as SPEC 5 says: the named one first, then the oldest due; the rest is credit."""
    for invoice in account.invoices:
        invoice.receipts = [] if invoice.settled is None else [(invoice.settled, invoice.cents)]
    open_cents = {id(invoice): 0 if invoice.settled else invoice.cents for invoice in account.invoices}
    by_due = sorted(account.invoices, key=lambda invoice: (invoice.due, invoice.number))
    credit = 0
    for day, _, item in _happenings(account):
        if isinstance(item, Invoice):
            credit = _spend(credit, day, [item], open_cents) if credit else 0
            continue
        rest = item.cents
        if item.invoice is not None:
            rest = _spend(rest, day, [item.invoice], open_cents)
        if rest:
            issued = [invoice for invoice in by_due if invoice.issued <= day]
            credit += _spend(rest, day, issued, open_cents)


def _happenings(account: Account) -> list[tuple[date, int, Invoice | Payment]]:
    """Issues and payments in order of day; on one day the issues come first."""
    found: list[tuple[date, int, Invoice | Payment]] = [(invoice.issued, 0, invoice) for invoice in account.invoices]
    found += [(payment.paid, 1, payment) for payment in account.payments]
    found.sort(key=lambda happening: happening[:2])
    return found


def _spend(cents: int, day: date, invoices: list[Invoice], open_cents: dict[int, int]) -> int:
    """Pay the invoices in turn; returns what is left."""
    for invoice in invoices:
        part = min(cents, open_cents[id(invoice)])
        if part:
            invoice.receipts.append((day, part))
            open_cents[id(invoice)] -= part
            cents -= part
        if not cents:
            break
    return cents
