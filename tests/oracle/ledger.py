"""What is owed on every invoice on every day (SPEC 5, "Balance of an invoice on day d"), paid day by day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from tests.oracle.import_rows import History, Row

NOTHING = Decimal(0)


def every_day(first: date, last: date) -> Iterator[date]:
    """Each day from ``first`` to ``last``, both included; none when ``last`` is earlier."""
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)


def oldest_first(invoice: Row) -> tuple[date, str]:
    """The order in which invoices are paid and trigger: by due_on, then invoice_no."""
    return invoice["due_on"], invoice["invoice_no"]


def all_payments(history: History) -> list[Row]:
    """The payments, and for each invoice with a settled_on one payment of its whole amount that day that names it.

    The latter bears the number ``settled:`` + invoice_no, which decides its place among the payments of its day.
    """
    payments = list(history.payments)
    for invoice in history.invoices:
        if invoice["settled_on"] is not None:
            payments.append(
                {
                    "payment_no": "settled:" + invoice["invoice_no"],
                    "customer_no": invoice["customer_no"],
                    "invoice_no": invoice["invoice_no"],
                    "paid_on": invoice["settled_on"],
                    "amount": invoice["amount"],
                }
            )
    return sorted(payments, key=lambda payment: (payment["paid_on"], payment["payment_no"]))


class Ledger:
    """Every invoice with what it received on each day, found by going through the days once per customer.

    Reading: disputed invoices are paid like any other; the dispute only keeps them from being arrears.
    """

    def __init__(self, history: History) -> None:
        self.invoices: dict[str, Row] = {invoice["invoice_no"]: invoice for invoice in history.invoices}
        self.received: dict[str, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        payments = all_payments(history)
        for customer in history.customers:
            number = customer["customer_no"]
            self._go_through_the_days(
                sorted((i for i in history.invoices if i["customer_no"] == number), key=oldest_first),
                [payment for payment in payments if payment["customer_no"] == number],
            )

    def balance(self, invoice_no: str, day: date) -> Decimal:
        """Amount minus what was paid on it up to the end of ``day``.

        Reading: nothing is owed on an invoice before the day it is issued.
        """
        invoice = self.invoices[invoice_no]
        if day < invoice["issued_on"]:
            return NOTHING
        paid = sum((money for paid_on, money in self.received[invoice_no].items() if paid_on <= day), NOTHING)
        amount: Decimal = invoice["amount"]
        return amount - paid

    def _go_through_the_days(self, invoices: list[Row], payments: list[Row]) -> None:
        days = [invoice["issued_on"] for invoice in invoices] + [payment["paid_on"] for payment in payments]
        if not days:
            return
        credit = NOTHING
        for day in every_day(min(days), max(days)):
            issued = [invoice for invoice in invoices if invoice["issued_on"] <= day]
            # What was left over on earlier days pays what is issued today.
            credit = self._pay_oldest(issued, day, credit)
            for payment in payments:
                if payment["paid_on"] != day:
                    continue
                left = payment["amount"]
                if payment["invoice_no"] is not None:
                    # The named invoice comes first, even when it is issued only later.
                    left = self._pay(self.invoices[payment["invoice_no"]], day, left)
                credit += self._pay_oldest(issued, day, left)

    def _pay_oldest(self, issued: list[Row], day: date, money: Decimal) -> Decimal:
        """Pays the issued invoices in their order with ``money`` and returns what is left."""
        for invoice in issued:
            money = self._pay(invoice, day, money)
        return money

    def _pay(self, invoice: Row, day: date, money: Decimal) -> Decimal:
        """Pays one invoice up to what is still unpaid of it and returns what is left of ``money``."""
        received = self.received[invoice["invoice_no"]]
        unpaid: Decimal = invoice["amount"] - sum(received.values(), NOTHING)
        part = min(money, unpaid)
        if part > 0:
            received[day] += part
        return money - part
