"""Which payment paid which invoice (SPEC 5, "Balance of an invoice on day d"): the rule, in plain values.

A payment that names an invoice pays that invoice up to its balance. What is over, and payments that name none, pay the
customer's oldest open invoice first (by due date, then number) among those issued by that day, payments in the order
(paid_on, payment_no). What is left is credit for invoices issued later, used on the day they are issued, before money
that arrives that day. Amounts are whole ten-thousandths of a currency unit, so that sums are exact.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

#: Units of currency `to` for one unit of currency `of` on a day; None where a rate is unknown.
Conversion = Callable[[str | None, str | None, dt.date], Fraction | None]


@dataclass(frozen=True, slots=True)
class OwedInvoice:
    """An invoice as the rule sees it; `settled_on` stands for one full payment that day that names it."""

    id: int
    invoice_no: str
    issued_on: dt.date
    due_on: dt.date
    amount: int
    currency: str | None
    settled_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class ReceivedPayment:
    """Money received; `id` None for the one that `settled_on` stands for."""

    id: int | None
    payment_no: str
    paid_on: dt.date
    amount: int
    currency: str | None
    invoice_id: int | None = None


@dataclass(frozen=True, slots=True)
class Allocation:
    """Part of a payment that paid part of an invoice, in the invoice's currency."""

    invoice_id: int
    payment_id: int | None
    paid_on: dt.date
    amount: int


def one_currency(of: str | None, to: str | None, day: dt.date) -> Fraction | None:
    """The conversion when no rates are known: only like pays like."""
    return Fraction(1) if of == to else None


def payments_with_settlements(
    invoices: Iterable[OwedInvoice], payments: Iterable[ReceivedPayment]
) -> list[ReceivedPayment]:
    """All money in the order in which it counts, full settlements included."""
    settled = [
        ReceivedPayment(None, f"settled:{one.invoice_no}", one.settled_on, one.amount, one.currency, one.id)
        for one in invoices
        if one.settled_on is not None and one.amount > 0
    ]
    return sorted([*payments, *settled], key=lambda one: (one.paid_on, one.payment_no))


def allocate(
    invoices: Sequence[OwedInvoice], payments: Sequence[ReceivedPayment], conversion: Conversion = one_currency
) -> list[Allocation]:
    """Allocate one customer's payments to its invoices, through all time."""
    return _Replay(invoices, conversion).run(payments_with_settlements(invoices, payments))


@dataclass(slots=True)
class _Credit:
    """What is left of a payment."""

    payment: ReceivedPayment
    left: int


class _Replay:
    """One customer's history, replayed forward; state is balances, what is issued, and what is left as credit."""

    def __init__(self, invoices: Sequence[OwedInvoice], conversion: Conversion) -> None:
        self.conversion = conversion
        self.by_id = {one.id: one for one in invoices}
        self.balance = {one.id: max(one.amount, 0) for one in invoices}
        self.unissued = sorted(invoices, key=lambda one: (one.issued_on, one.due_on, one.invoice_no), reverse=True)
        self.issued: list[OwedInvoice] = []
        self.credits: list[_Credit] = []
        self.allocations: list[Allocation] = []

    def run(self, payments: Sequence[ReceivedPayment]) -> list[Allocation]:
        for payment in payments:
            self._issue_until(payment.paid_on)
            credit = _Credit(payment, payment.amount)
            if payment.invoice_id in self.by_id:
                self._pay(credit, self.by_id[payment.invoice_id], payment.paid_on)
            self._pay_oldest(credit, self._open_invoices(), payment.paid_on)
            if credit.left > 0:
                self.credits.append(credit)
        self._issue_until(dt.date.max)
        return self.allocations

    def _open_invoices(self) -> list[OwedInvoice]:
        self.issued = [one for one in self.issued if self.balance[one.id] > 0]
        return self.issued

    def _issue_until(self, day: dt.date) -> None:
        """Issue invoices up to a day; credit that is left pays those of one day by due date and number."""
        while self.unissued and self.unissued[-1].issued_on <= day:
            today = self.unissued[-1].issued_on
            new: list[OwedInvoice] = []
            while self.unissued and self.unissued[-1].issued_on == today:
                new.append(self.unissued.pop())
            for credit in self.credits:
                self._pay_oldest(credit, new, today)
            self.credits = [credit for credit in self.credits if credit.left > 0]
            self.issued = sorted([*self._open_invoices(), *new], key=lambda one: (one.due_on, one.invoice_no))

    def _pay_oldest(self, credit: _Credit, invoices: Iterable[OwedInvoice], day: dt.date) -> None:
        for invoice in invoices:
            if credit.left <= 0:
                return
            self._pay(credit, invoice, day)

    def _pay(self, credit: _Credit, invoice: OwedInvoice, day: dt.date) -> None:
        """Pay as much of one invoice as the money and its balance allow."""
        balance = self.balance[invoice.id]
        if credit.left <= 0 or balance <= 0:
            return
        cost, paid = self._cost(credit, invoice, balance)
        if paid <= 0:
            return
        credit.left -= cost
        self.balance[invoice.id] -= paid
        self.allocations.append(Allocation(invoice.id, credit.payment.id, max(day, credit.payment.paid_on), paid))

    def _cost(self, credit: _Credit, invoice: OwedInvoice, balance: int) -> tuple[int, int]:
        """What the payment gives, in its own currency, and what the invoice gets, in its own."""
        if invoice.currency == credit.payment.currency:
            paid = min(credit.left, balance)
            return paid, paid
        rate = self.conversion(invoice.currency, credit.payment.currency, credit.payment.paid_on)
        if rate is None:
            return 0, 0
        whole = -(-balance * rate.numerator // rate.denominator)
        if credit.left >= whole:
            return whole, balance
        return credit.left, int(credit.left / rate)
