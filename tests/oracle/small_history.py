"""Tiny histories for hand-computed cases: days are counted from 1 January 2024.

Worth knowing: day 30 is 31 January, 59 is 29 February (leap day), 60 is 1 March, 90 is 31 March, 91 is 1 April,
105 is 15 April, 106 is 16 April, 120 is 30 April, 121 is 1 May, 180 is 29 June.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.oracle.import_rows import History
from tests.oracle.ledger import Ledger
from tests.oracle.metrics import AGREED, by_key, metrics
from tests.oracle.units import Settings, Trigger, known_by, trigger_units

YEARS = ("2023-01", "2025-12")


def on(day: int) -> date:
    """Day 0 is 1 January 2024."""
    return date(2024, 1, 1) + timedelta(days=day)


def maybe(day: int | None) -> date | None:
    return None if day is None else on(day)


class SmallHistory(History):
    """One customer C1 of Sales to begin with; invoices of 100 issued 10 days before they are due."""

    def __init__(self) -> None:
        super().__init__()
        self.customer("C1", "Sales")

    def customer(self, number: str, department: str) -> SmallHistory:
        self.add("customers", customer_no=number, name=number, owner_department=department)
        return self

    def invoice(
        self,
        number: str,
        due: int = 0,
        amount: str = "100",
        issued: int | None = None,
        settled: int | None = None,
        disputed: bool | None = None,
        customer: str = "C1",
    ) -> SmallHistory:
        self.add(
            "invoices",
            invoice_no=number,
            customer_no=customer,
            issued_on=on(due - 10 if issued is None else issued),
            due_on=on(due),
            amount=Decimal(amount),
            disputed=disputed,
            settled_on=maybe(settled),
        )
        return self

    def pay(self, day: int, amount: str = "100", names: str | None = None, customer: str = "C1") -> SmallHistory:
        number = f"P{len(self.payments):03d}"
        paid = Decimal(amount)
        self.add("payments", payment_no=number, customer_no=customer, invoice_no=names, paid_on=on(day), amount=paid)
        return self

    def dun(self, *days: int, names: str | None = None) -> SmallHistory:
        for day in days:
            number = f"D{len(self.dunning):03d}"
            self.add("dunning", dunning_no=number, customer_no="C1", invoice_no=names, sent_on=on(day))
        return self

    def decide(
        self, day: int, decision: str = "rejected", trigger: int | None = None, restored: int | None = None
    ) -> SmallHistory:
        self.add(
            "listings",
            listing_no=f"L{len(self.listings):03d}",
            customer_no="C1",
            criterion="breach",
            grade="grey",
            trigger_on=on(day if trigger is None else trigger),
            decision=decision,
            decided_on=on(day),
            restored_on=maybe(restored),
        )
        return self

    def assess(self, day: int, level: str = "high", stage: str = "final", customer: str = "C1") -> SmallHistory:
        self.add("assessments", customer_no=customer, assessed_on=on(day), stage=stage, level=level, department="Risk")
        return self

    def case(self, number: str, opened: int, closed: int | None = None, customer: str = "C1") -> SmallHistory:
        self.add("cases", case_no=number, customer_no=customer, opened_on=on(opened), closed_on=maybe(closed))
        return self

    def debt(self, case: str, invoice: str, added: int, amount: str = "100") -> SmallHistory:
        self.add("case_debts", case_no=case, invoice_no=invoice, added_on=on(added), amount=Decimal(amount))
        return self

    def complain(self, day: int, cause: str = "blackgrey_management", customer: str = "C1") -> SmallHistory:
        number = f"Q{len(self.complaints):03d}"
        self.add("complaints", complaint_no=number, customer_no=customer, received_on=on(day), cause=cause)
        return self

    # Answers

    def balances(self, invoice: str, *days: int) -> list[int]:
        ledger = Ledger(self)
        return [int(ledger.balance(invoice, on(day))) for day in days]

    def figures(
        self,
        metric: str,
        as_of: int,
        months: tuple[str, str] = YEARS,
        by: tuple[str, ...] = (),
        settings: Settings = AGREED,
    ) -> dict[tuple[str | None, str | None], tuple[Any, Any, float | None]]:
        """{(month, department): (numerator, denominator, value)} of one metric."""
        rows = by_key(metrics(self, *months, set(by), on(as_of), settings))
        return {(month, department): figure for (name, month, department), figure in rows.items() if name == metric}

    def triggers(self, as_of: int, settings: Settings = AGREED) -> list[Trigger]:
        known = known_by(self, on(as_of))
        return trigger_units(known, Ledger(known), on(as_of), settings)
