"""The units that the metrics of SPEC 5 count: final assessments, triggers, and receipts on case debts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tests.oracle.import_rows import History, Row
from tests.oracle.ledger import NOTHING, Ledger, every_day, oldest_first


@dataclass(frozen=True)
class Settings:
    """The numbers of SPEC 5, in days and notices, at their defaults."""

    accuracy_window_days: int = 180
    arrears_days: int = 90
    arrears_dunning_notices: int = 2
    decision_days: int = 15


def known_by(history: History, as_of: date) -> History:
    """What had happened up to the end of ``as_of``.

    Invoices are all kept: a payment may name one that is issued later, and nothing is owed on it until then.
    """

    def until(rows: list[Row], column: str) -> list[Row]:
        return [row for row in rows if row[column] <= as_of]

    def without_future(rows: list[Row], column: str) -> list[Row]:
        return [{**row, column: None} if row[column] is not None and row[column] > as_of else row for row in rows]

    return History(
        customers=history.customers,
        invoices=without_future(history.invoices, "settled_on"),
        payments=until(history.payments, "paid_on"),
        dunning=until(history.dunning, "sent_on"),
        complaints=until(history.complaints, "received_on"),
        assessments=until(history.assessments, "assessed_on"),
        listings=without_future(until(history.listings, "decided_on"), "restored_on"),
        cases=without_future(until(history.cases, "opened_on"), "closed_on"),
        case_debts=until(history.case_debts, "added_on"),
        incentives=until(history.incentives, "decided_on"),
    )


def is_listed(listings: list[Row], day: date) -> bool:
    """Whether one of a customer's listings is confirmed by, and not restored by, the end of ``day``."""
    return any(
        listing["decision"] == "confirmed"
        and listing["decided_on"] <= day
        and not (listing["restored_on"] is not None and listing["restored_on"] <= day)
        for listing in listings
    )


# 1. Assessment accuracy


@dataclass(frozen=True)
class AssessmentUnit:
    """A final assessment whose window has ended; counted unless the customer was already bad."""

    customer_no: str
    assessed_on: date
    matures_on: date
    score: Decimal | None
    predicted_bad: bool
    actually_bad: bool
    already_bad: bool


def assessment_units(known: History, ledger: Ledger, as_of: date, settings: Settings) -> list[AssessmentUnit]:
    """Every final assessment made on day a whose window (a, a+180] has ended: a+180 <= as-of day."""
    units = []
    for assessment in known.assessments:
        matures_on = assessment["assessed_on"] + timedelta(days=settings.accuracy_window_days)
        if assessment["stage"] != "final" or matures_on > as_of:
            continue
        number = assessment["customer_no"]
        invoices = [i for i in known.invoices if i["customer_no"] == number and not i["disputed"]]
        listings = [listing for listing in known.listings if listing["customer_no"] == number]
        units.append(
            AssessmentUnit(
                customer_no=number,
                assessed_on=assessment["assessed_on"],
                matures_on=matures_on,
                score=assessment["score"],
                predicted_bad=assessment["level"] in ("high", "critical"),
                actually_bad=_becomes_bad(invoices, listings, ledger, assessment["assessed_on"], matures_on, settings),
                already_bad=_is_bad_already(invoices, listings, ledger, assessment["assessed_on"], settings),
            )
        )
    return units


def _becomes_bad(
    invoices: list[Row], listings: list[Row], ledger: Ledger, assessed_on: date, matures_on: date, settings: Settings
) -> bool:
    """Some invoice has due_on+90 in the window and is open on that day, or a confirmed listing triggered in it.

    Reading: the listing may be decided after the window, up to the as-of day.
    """
    for invoice in invoices:
        day = invoice["due_on"] + timedelta(days=settings.arrears_days)
        if assessed_on < day <= matures_on and ledger.balance(invoice["invoice_no"], day) > 0:
            return True
    return any(
        listing["decision"] == "confirmed" and assessed_on < listing["trigger_on"] <= matures_on for listing in listings
    )


def _is_bad_already(
    invoices: list[Row], listings: list[Row], ledger: Ledger, assessed_on: date, settings: Settings
) -> bool:
    """An invoice with due_on+90 <= a is open on day a, or a listing confirmed by a is not restored by a."""
    for invoice in invoices:
        day = invoice["due_on"] + timedelta(days=settings.arrears_days)
        if day <= assessed_on and ledger.balance(invoice["invoice_no"], assessed_on) > 0:
            return True
    return is_listed(listings, assessed_on)


# 2. Identification timeliness


@dataclass
class Trigger:
    """A trigger of kind A (arrears, with its invoice) or B (written by a decision), and how it ended, if it did."""

    kind: str
    customer_no: str
    invoice_no: str | None
    trigger_on: date
    deadline: date
    decided_on: date | None = None
    listing_no: str | None = None
    withdrawn_on: date | None = None

    @property
    def is_open(self) -> bool:
        return self.decided_on is None and self.withdrawn_on is None

    @property
    def is_on_time(self) -> bool:
        """Decided on or before the deadline. Late, or never decided, is not on time."""
        return self.decided_on is not None and self.decided_on <= self.deadline

    def is_counted(self, as_of: date) -> bool:
        """Once the deadline has passed or a decision is in; a withdrawn trigger never."""
        return self.withdrawn_on is None and (self.deadline <= as_of or self.decided_on is not None)

    def end_by(self, decision: Row) -> None:
        self.decided_on, self.listing_no = decision["decided_on"], decision["listing_no"]


def trigger_units(known: History, ledger: Ledger, as_of: date, settings: Settings) -> list[Trigger]:
    """All triggers of all customers, the withdrawn ones too."""
    units: list[Trigger] = []
    for customer in known.customers:
        number = customer["customer_no"]
        invoices = [i for i in known.invoices if i["customer_no"] == number and not i["disputed"]]
        listings = [listing for listing in known.listings if listing["customer_no"] == number]
        notices = [notice for notice in known.dunning if notice["customer_no"] == number]
        units += _Watch(number, invoices, listings, notices, ledger, settings).until(as_of)
    return units


class _Watch:
    """Watches one customer day by day: at most one open arrears trigger, each invoice triggers at most once."""

    def __init__(
        self,
        customer_no: str,
        invoices: list[Row],
        listings: list[Row],
        notices: list[Row],
        ledger: Ledger,
        settings: Settings,
    ) -> None:
        self.customer_no = customer_no
        self.invoices = sorted(invoices, key=oldest_first)
        self.listings = sorted(listings, key=lambda listing: listing["listing_no"])
        self.notices = notices
        self.ledger = ledger
        self.settings = settings
        self.triggers: list[Trigger] = []
        self.open: Trigger | None = None

    def until(self, as_of: date) -> list[Trigger]:
        days = [invoice["due_on"] for invoice in self.invoices]
        days += [listing["decided_on"] for listing in self.listings]
        for day in every_day(min(days, default=as_of), as_of):
            self._one_day(day)
        return self.triggers

    def _one_day(self, day: date) -> None:
        decisions = [listing for listing in self.listings if listing["decided_on"] == day]

        # (1) An open trigger ends by a decision of that day, else it is withdrawn if its invoice is paid in time.
        if self.open and decisions:
            self._end_open_by(decisions.pop(0))
        elif self.open and day <= self.open.deadline and self.ledger.balance(str(self.open.invoice_no), day) == 0:
            self.open.withdrawn_on = day
            self.open = None

        # (2) If none is open and the customer is not listed, one may open from an invoice that never triggered.
        if self.open is None and not is_listed(self.listings, day):
            for invoice in self.invoices:
                if self._triggers(invoice, day):
                    self.open = self._new("A", invoice["invoice_no"], day)
                    break

        # (3) A decision of that day that has ended nothing ends a trigger opened that same day.
        if self.open and self.open.trigger_on == day and decisions:
            self._end_open_by(decisions.pop(0))

        # Kind B: every decision that ends no arrears trigger, at its written trigger date.
        for decision in decisions:
            self._new("B", None, decision["trigger_on"]).end_by(decision)

    def _triggers(self, invoice: Row, day: date) -> bool:
        """90 or more days past due, a balance above 0, the n-th notice sent, and never triggered before."""
        return (
            (day - invoice["due_on"]).days >= self.settings.arrears_days
            and self.ledger.balance(invoice["invoice_no"], day) > 0
            and self._notices_sent(invoice, day) >= self.settings.arrears_dunning_notices
            and invoice["invoice_no"] not in [trigger.invoice_no for trigger in self.triggers]
        )

    def _notices_sent(self, invoice: Row, day: date) -> int:
        """The notices after its due date, up to the end of ``day``, that name it, or name none while it was overdue."""
        count = 0
        for notice in self.notices:
            sent_on = notice["sent_on"]
            if not invoice["due_on"] < sent_on <= day:
                continue
            names_it = notice["invoice_no"] == invoice["invoice_no"]
            names_none = notice["invoice_no"] is None
            if names_it or (names_none and self.ledger.balance(invoice["invoice_no"], sent_on) > 0):
                count += 1
        return count

    def _new(self, kind: str, invoice_no: str | None, trigger_on: date) -> Trigger:
        deadline = trigger_on + timedelta(days=self.settings.decision_days)
        trigger = Trigger(kind, self.customer_no, invoice_no, trigger_on, deadline)
        self.triggers.append(trigger)
        return trigger

    def _end_open_by(self, decision: Row) -> None:
        assert self.open is not None
        self.open.end_by(decision)
        self.open = None


# 3. Arrears recovery rate


def received_on_debt(debt: Row, case: Row, ledger: Ledger, day: date) -> Decimal:
    """Money the invoice received from the day it was added until its case closed, up to ``day`` and up to the debt."""
    last = day if case["closed_on"] is None else min(day, case["closed_on"])
    received = ledger.received[debt["invoice_no"]]
    money = sum((amount for paid_on, amount in received.items() if debt["added_on"] <= paid_on <= last), NOTHING)
    up_to_the_debt: Decimal = min(money, debt["amount"])
    return up_to_the_debt
