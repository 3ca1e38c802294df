"""Orders: most lead to invoices some days later; some break the measures that stood against the customer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from services.sample.account import Account
from services.sample.customers import CNY_PER_UNIT
from services.sample.period import Period, money, workday

_Order = tuple[date, int, int, str, int]
"""Day, customer's index, hundredths, currency, terms."""
SUSPENDED_ORDER_AFTER = 24
"""The story: days from the listing of West's customer to the order that should not have been taken."""


def order_rows(accounts: Iterable[Account], period: Period) -> list[dict[str, str]]:
    """The file kind `orders`: one order per customer and month of trade, and the ones against measures."""
    numbers: dict[int, str] = {}
    found: list[_Order] = []
    for account in accounts:
        numbers[account.customer.index] = account.customer.number
        found += _monthly(account, period)
        found += _against_measures(account, period)
    found.sort()
    return [
        {
            "order_no": f"DD{day:%y%m}{place:05d}",
            "customer_no": numbers[index],
            "ordered_on": day.isoformat(),
            "amount": money(cents),
            "currency": currency,
            "terms_days": str(terms),
        }
        for place, (day, index, cents, currency, terms) in enumerate(found, start=1)
    ]


def _monthly(account: Account, period: Period) -> list[_Order]:
    customer = account.customer
    rng = period.random("orders", customer.index)
    months: dict[tuple[int, int], list[tuple[date, int]]] = {}
    for invoice in account.invoices:
        months.setdefault((invoice.issued.year, invoice.issued.month), []).append((invoice.issued, invoice.cents))
    found: list[_Order] = []
    for invoices in months.values():
        ordered = max(
            period.start, customer.since, workday(min(day for day, _ in invoices) - timedelta(days=rng.randint(4, 16)))
        )
        if any(
            decision.is_confirmed and decision.restored and ordered < decision.restored
            for decision in account.decisions
        ):
            ordered = max(ordered, _free_from(account, ordered))
        found.append((ordered, customer.index, sum(cents for _, cents in invoices), customer.currency, customer.terms))
    return found


def _free_from(account: Account, day: date) -> date:
    """The day itself, or the day on which the listing that stands on it was lifted."""
    for decision in account.decisions:
        if decision.is_confirmed and decision.restored and decision.decided <= day < decision.restored:
            return decision.restored
    return day


def _against_measures(account: Account, period: Period) -> list[_Order]:
    """Orders of listed customers, orders above the credit limit, orders on terms that nobody granted."""
    customer = account.customer
    rng = period.random("orders against measures", customer.index)
    listed = [decision for decision in account.decisions if decision.is_confirmed]
    found: list[_Order] = []
    if listed and (customer.role == "suspended" or (not customer.role and rng.random() < 0.06)):
        days = SUSPENDED_ORDER_AFTER if customer.role == "suspended" else rng.randint(6, 40)
        day = workday(listed[-1].decided + timedelta(days=days))
        cents = int(customer.ticket * rng.uniform(0.8, 1.6))
        if period.holds(day) and account.is_listed(day):
            found.append((day, customer.index, cents, customer.currency, customer.terms))
    recent = [invoice for invoice in account.invoices if invoice.issued > period.ago(150)]
    if recent and not listed and rng.random() < 0.02:
        over = int(customer.limit / CNY_PER_UNIT[customer.currency] * rng.uniform(1.1, 1.5))
        found.append((recent[-1].issued, customer.index, over, customer.currency, customer.terms))
    if recent and not listed and rng.random() < 0.02:
        longer = customer.terms + rng.choice((45, 60))
        found.append((recent[-1].issued, customer.index, customer.ticket, customer.currency, longer))
    return found
