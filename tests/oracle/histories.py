"""Random but lifelike histories in the import formats of SPEC 7, dense where the rules have their edges.

A history is made customer by customer. Days are drawn near *anchors*: 89, 90 and 91 days after a due date, 14, 15
and 16 days after those and after dunning notices, 180 and 181 days before them, month ends, the leap day, and days on
which something else already happened to the customer. So payments on a deadline, decisions on the day of a payment
and assessments at the edge of a window are common and not a matter of luck.
"""

from __future__ import annotations

import calendar
import random
from datetime import date, timedelta
from decimal import Decimal

from tests.oracle.import_rows import COLUMNS, History, Row, write_csv
from tests.oracle.ledger import Ledger
from tests.oracle.units import Settings, known_by, trigger_units

__all__ = ["COLUMNS", "History", "Row", "random_history", "write_csv"]

DEPARTMENTS = ("Sales North", "Sales South", "Customer Service")
ARCHIVE = "Archive"  # owns only customers without any trade: complaints there have no base
CRITERIA = ("arrears", "fraud", "breach", "illegal", "harm")
MEASURES = {
    "reward": ("bonus", "certificate", "promotion", "commendation"),
    "penalty": ("criticism", "bonus_deduction", "downgrade", "dismissal"),
}


def month_end(day: date) -> date:
    """The last day of the month that ``day`` lies in."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def random_history(seed: int, customers: int = 12, start: date = date(2023, 10, 1), days: int = 540) -> History:
    """A history of ``customers`` over ``days`` from ``start``, always the same for the same arguments.

    Due dates, promises and restorations may lie after the last day; nothing else does.
    """
    return _Author(seed, start, start + timedelta(days=days - 1)).write(customers)


def telling_days(history: History, seed: int, count: int) -> list[date]:
    """``count`` as-of days of the later half on which something is just known, or just not yet.

    In turn: the deadline of a trigger that is never decided, the end of an assessment's window, a decision or a
    restoration, a payment, the end of a month; one day earlier in one case of four.
    """
    rng = random.Random(seed)
    paid = sorted(payment["paid_on"] for payment in history.payments)
    middle, last = paid[len(paid) // 2], paid[-1]
    known = known_by(history, last)
    triggers = trigger_units(known, Ledger(known), last, Settings())
    kinds = [
        [trigger.deadline for trigger in triggers if trigger.decided_on is None and trigger.withdrawn_on is None],
        [assessment["assessed_on"] + timedelta(days=180) for assessment in history.assessments],
        [listing[column] for listing in history.listings for column in ("decided_on", "restored_on")],
        paid,
        [month_end(day) for day in paid],
    ]
    later = [[day for day in days if day is not None and middle <= day <= last] or [last] for days in kinds]
    return [rng.choice(later[i % 5]) - timedelta(days=rng.choice((0, 0, 0, 1))) for i in range(count)]


class _Author:
    """Writes one history; ``anchors`` are the days worth hitting for the customer in hand."""

    def __init__(self, seed: int, start: date, end: date) -> None:
        self.rng = random.Random(seed)
        self.start, self.end = start, end
        self.history = History()
        # Numbers in no order of time, so that sorting by number differs from sorting by day.
        self.numbers = self.rng.sample(range(100_000), 20_000)
        self.anchors: list[date] = []

    def write(self, customers: int) -> History:
        for position in range(customers):
            dormant = position % 6 == 5
            customer = self._customer(position, dormant)
            self.anchors = self._calendar_edges()
            if not dormant:
                manner = self.rng.choice(("prompt", "slow", "slow", "bad", "bad", "bad"))
                self._invoices(customer, manner)
                self._loose_payments(customer)
                self._dunning(customer, manner)
                self._cases(customer)
            self._listings(customer)
            self._assessments(customer)
            self._complaints(customer)
        self._incentives()
        return self.history

    # What days and numbers are drawn from

    def _number(self, prefix: str) -> str:
        return f"{prefix}{self.numbers.pop():05d}"

    def _inside(self, day: date | None) -> bool:
        return day is not None and self.start <= day <= self.end

    def _any_day(self) -> date:
        return self.start + timedelta(days=self.rng.randrange((self.end - self.start).days + 1))

    def _day(self) -> date:
        """Mostly an anchor or the day beside it, else any day."""
        if self.anchors and self.rng.random() < 0.75:
            day = self.rng.choice(self.anchors) + timedelta(days=self.rng.choice((-1, 0, 0, 0, 1)))
            if self._inside(day):
                return day
        return self._any_day()

    def _calendar_edges(self) -> list[date]:
        edges = []
        for _ in range(3):
            last = month_end(self._any_day())
            edges += [last, last + timedelta(days=1), last - timedelta(days=15), last - timedelta(days=180)]
        leap_days = [date(year, 2, 29) for year in range(self.start.year, self.end.year + 1) if calendar.isleap(year)]
        return [day for day in edges + leap_days if self._inside(day)]

    def _anchor(self, day: date, *offsets: int) -> None:
        self.anchors += [day + timedelta(days=offset) for offset in offsets if self._inside(day + timedelta(offset))]

    # The rows, kind by kind

    def _customer(self, position: int, dormant: bool) -> Row:
        department = ARCHIVE if dormant else self.rng.choice(DEPARTMENTS)
        number = self._number("C")
        return self.history.add(
            "customers",
            customer_no=number,
            name=f"客户 {position} {number} Ltd",
            kind=self.rng.choice(("company", "company", "individual")),
            owner_department=department,
            payment_terms_days=30,
            since=self.start,
        )

    def _invoices(self, customer: Row, manner: str) -> None:
        gap = self.rng.choice((12, 30, 60, 90))
        day = self.start + timedelta(days=self.rng.randrange(30))
        while day <= self.end:
            for _ in range(self.rng.choice((1, 1, 1, 2))):
                due_on = day + timedelta(days=self.rng.choice((0, 7, 15, 15, 30)))
                if self.rng.random() < 0.2:
                    due_on = month_end(due_on)
                invoice = self.history.add(
                    "invoices",
                    invoice_no=self._number("I"),
                    customer_no=customer["customer_no"],
                    issued_on=day,
                    due_on=due_on,
                    amount=Decimal(self.rng.choice((10000, 10000, 25000, 33333, 50001, 120050))) / 100,
                    disputed=self.rng.random() < 0.1,
                )
                self._anchor(due_on, 89, 90, 90, 91, 104, 105, 106, -90, -91)
                self._paid(invoice, manner)
            day += timedelta(days=self.rng.randint(1, 2 * gap))

    def _paid(self, invoice: Row, manner: str) -> None:
        """How the customer pays one invoice, if at all: at once or in parts, too much, naming it or not."""
        if self.rng.random() > {"prompt": 0.95, "slow": 0.9, "bad": 0.7}[manner]:
            return
        paid_on = self._pay_day(invoice, manner)
        style = self.rng.choice(("settled", "settled", "full", "full", "full", "split", "split", "part", "over"))
        amount = invoice["amount"]
        half = (amount / 2).quantize(Decimal("0.01"))
        if style == "settled":
            invoice["settled_on"] = paid_on if self._inside(paid_on) else None
            if self.rng.random() < 0.15:
                self._payment(invoice, self._day(), half)
        elif style == "full":
            self._payment(invoice, paid_on, amount)
        elif style == "split":
            self._payment(invoice, paid_on, half)
            self._payment(invoice, paid_on + timedelta(days=self.rng.choice((0, 0, 1, 15))), amount - half)
        elif style == "part":
            self._payment(invoice, paid_on, half)
        else:
            self._payment(invoice, paid_on, amount + Decimal(self.rng.choice((1, 5000, 30000))) / 100)

    def _pay_day(self, invoice: Row, manner: str) -> date:
        issued_on: date = invoice["issued_on"]
        due_on: date = invoice["due_on"]
        if self.rng.random() < 0.05:
            return issued_on - timedelta(days=self.rng.randint(1, 5))
        if self.rng.random() < 0.1:
            return max(self._day(), issued_on)
        offsets = {
            "prompt": (-10, -3, 0, 0, 1, 5),
            "slow": (10, 35, 60, 88, 89, 90, 91, 100, 105),
            "bad": (60, 89, 90, 91, 95, 103, 104, 105, 105, 105, 106, 107, 120, 150),
        }[manner]
        return max(due_on + timedelta(days=self.rng.choice(offsets)), issued_on)

    def _payment(self, invoice: Row, paid_on: date, amount: Decimal) -> None:
        if not self._inside(paid_on):
            return
        named = self.rng.random() < 0.75
        self.history.add(
            "payments",
            # Before and after "settled:..." in the order of a day's payments.
            payment_no=self._number(self.rng.choice(("P", "Z"))),
            customer_no=invoice["customer_no"],
            invoice_no=invoice["invoice_no"] if named else None,
            paid_on=paid_on,
            amount=amount,
            channel="bank",
        )
        self._anchor(paid_on, 0)

    def _loose_payments(self, customer: Row) -> None:
        """Payments that name nothing: on account, in advance, several a day."""
        for _ in range(self.rng.choice((0, 1, 2))):
            day = self.start if self.rng.random() < 0.3 else self._day()
            for _ in range(self.rng.choice((1, 2))):
                self.history.add(
                    "payments",
                    payment_no=self._number("P"),
                    customer_no=customer["customer_no"],
                    paid_on=day,
                    amount=Decimal(self.rng.choice((5000, 10000, 40000))) / 100,
                )

    def _dunning(self, customer: Row, manner: str) -> None:
        for invoice in self._of(customer, "invoices"):
            if manner == "prompt" and self.rng.random() < 0.8:
                continue
            for _ in range(self.rng.choice((0, 1, 2, 3, 3))):
                offset = self.rng.choice((-1, 0, 0, 1, 1, 1, 10, 10, 30, 60, 89, 90, 91, 100))
                sent_on = invoice["due_on"] + timedelta(days=offset)
                if not self._inside(sent_on):
                    continue
                response = self.rng.choice(("none", "promise", "dispute", "refusal", None))
                self.history.add(
                    "dunning",
                    dunning_no=self._number("D"),
                    customer_no=customer["customer_no"],
                    invoice_no=invoice["invoice_no"] if self.rng.random() < 0.7 else None,
                    sent_on=sent_on,
                    response=response,
                    promised_on=sent_on + timedelta(days=10) if response == "promise" else None,
                )
                if offset >= 89:
                    self._anchor(sent_on, 0, 14, 15, 16)

    def _listings(self, customer: Row) -> None:
        clocks = self._arrears_clocks(customer)
        for _ in range(self.rng.choice((0, 2, 3, 4, 6))):
            day = self._day()
            if clocks and self.rng.random() < 0.7:
                # On the day on which arrears may trigger, near the deadline, and long after.
                aimed = self.rng.choice(clocks) + timedelta(days=self.rng.choice((0, 14, 15, 15, 16, 16, 40)))
                day = aimed if self._inside(aimed) else day
            criteria = self.rng.sample(CRITERIA, self.rng.choice((1, 1, 1, 2, 3)))
            for criterion in criteria:
                confirmed = self.rng.random() < 0.4
                restored_on = None
                if confirmed and self.rng.random() < 0.7:
                    restored_on = day + timedelta(days=self.rng.choice((1, 10, 30, 60, 120)))
                trigger_on = day - timedelta(days=self.rng.choice((0, 1, 14, 15, 15, 16, 30, 100)))
                self.history.add(
                    "listings",
                    listing_no=self._number("L"),
                    customer_no=customer["customer_no"],
                    criterion=criterion,
                    grade=self.rng.choice(("grey", "black")),
                    trigger_on=trigger_on,
                    listed_on=day if confirmed else None,
                    decision="confirmed" if confirmed else "rejected",
                    decided_on=day,
                    restored_on=restored_on,
                    department=customer["owner_department"],
                )
                self._anchor(trigger_on, -181, -180, -1, 0)
                self._anchor(restored_on or day, -1, 0, 1)

    def _arrears_clocks(self, customer: Row) -> list[date]:
        """The days on which invoices that were dunned twice and are still unpaid then are 90 days past due."""
        ledger = self._ledger(customer)
        notices = self._of(customer, "dunning")
        clocks = []
        for invoice in self._of(customer, "invoices"):
            number, due_on, day = invoice["invoice_no"], invoice["due_on"], invoice["due_on"] + timedelta(days=90)
            dunned = [n for n in notices if n["invoice_no"] in (number, None) and due_on < n["sent_on"] <= day]
            if ledger.balance(number, day) > 0 and len(dunned) >= 2:
                clocks.append(day)
        return clocks

    def _assessments(self, customer: Row) -> None:
        taken: set[tuple[date, str]] = set()
        triggers = [listing["trigger_on"] for listing in self._of(customer, "listings")]
        triggers += self._arrears_clocks(customer)
        for _ in range(self.rng.randint(2, 9)):
            final = self._day()
            if triggers and self.rng.random() < 0.4:
                # So that the window ends, or begins, at the trigger of a listing or of arrears.
                final = self.rng.choice(triggers) - timedelta(days=self.rng.choice((181, 180, 180, 90, 1, 0)))
            for stage, day in (("initial", final - timedelta(days=self.rng.choice((0, 1, 7)))), ("final", final)):
                if (day, stage) in taken or not self._inside(day):
                    continue
                taken.add((day, stage))
                score = self.rng.randint(0, 100)
                self.history.add(
                    "assessments",
                    customer_no=customer["customer_no"],
                    assessed_on=day,
                    stage=stage,
                    level=("low", "medium", "high", "critical")[min(score // 25, 3)],
                    score=Decimal(score),
                    department=customer["owner_department"] if stage == "initial" else "Risk",
                    assessor=f"{stage} assessor",
                )

    def _cases(self, customer: Row) -> None:
        """Some cases, one after the other, each with debts that were open the day before they were added."""
        earliest = self.start
        for _ in range(self.rng.choice((1, 2, 3, 4))):
            opened_on = self._day()
            if opened_on < earliest:
                continue
            closed_on = opened_on + timedelta(days=self.rng.choice((0, 20, 60, 90, 150)))
            later = [day for day in self.anchors if day >= closed_on]
            closed_on = min(later) if later else closed_on
            open_ended = closed_on > self.end or self.rng.random() < 0.2
            case = self.history.add(
                "cases",
                case_no=self._number("K"),
                customer_no=customer["customer_no"],
                opened_on=opened_on,
                closed_on=None if open_ended else closed_on,
                outcome=None if open_ended else self.rng.choice(("recovered", "partly_recovered", "written_off")),
                lead_department="Risk",
            )
            self._case_debts(customer, case)
            if open_ended:
                return
            earliest = closed_on + timedelta(days=1)

    def _case_debts(self, customer: Row, case: Row) -> None:
        invoices = self._of(customer, "invoices")
        ledger = self._ledger(customer)
        last = case["closed_on"] or self.end
        for invoice in invoices:
            added_on = case["opened_on"] + timedelta(days=self.rng.choice((0, 0, 0, 5, 30)))
            balance = ledger.balance(invoice["invoice_no"], added_on - timedelta(days=1))
            if added_on > last or balance == 0 or self.rng.random() < 0.3:
                continue
            # Sometimes only part of the balance is brought in, so that receipts exceed the debt.
            part = balance if self.rng.random() < 0.7 else (balance / 2).quantize(Decimal("0.01"))
            if part > 0:
                self.history.add(
                    "case_debts",
                    case_no=case["case_no"],
                    invoice_no=invoice["invoice_no"],
                    added_on=added_on,
                    amount=part,
                )

    def _complaints(self, customer: Row) -> None:
        for _ in range(self.rng.choice((0, 1, 2, 3))):
            received_on = self._day()
            closed = self.rng.random() < 0.6
            self.history.add(
                "complaints",
                complaint_no=self._number("Q"),
                customer_no=customer["customer_no"],
                received_on=received_on,
                cause=self.rng.choice(("blackgrey_management", "blackgrey_management", "other")),
                department=self.rng.choice(DEPARTMENTS),
                closed_on=received_on if closed else None,
                upheld=self.rng.random() < 0.5 if closed else None,
            )

    def _incentives(self) -> None:
        for _ in range(40):
            kind = self.rng.choice(("reward", "penalty"))
            measure = self.rng.choice(MEASURES[kind])
            self.history.add(
                "incentives",
                incentive_no=self._number("N"),
                kind=kind,
                measure=measure,
                department=self.rng.choice(DEPARTMENTS),
                amount=Decimal(self.rng.choice((50000, 123456))) / 100 if self.rng.random() < 0.6 else None,
                decided_on=self._any_day() if self.rng.random() < 0.7 else month_end(self.start),
                reason="from the record",
            )

    def _of(self, customer: Row, kind: str) -> list[Row]:
        return [row for row in getattr(self.history, kind) if row["customer_no"] == customer["customer_no"]]

    def _ledger(self, customer: Row) -> Ledger:
        invoices, payments = self._of(customer, "invoices"), self._of(customer, "payments")
        return Ledger(History(customers=[customer], invoices=invoices, payments=payments))
