"""Guarantees: deposits, mortgages, pledges and sureties, some of which expire soon after the end of the period."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

from services.sample.account import Account
from services.sample.customers import CNY_PER_UNIT, Customer
from services.sample.period import Period, money, numbered, written

_KINDS = ("deposit", "mortgage", "pledge", "surety")
_SOON = (6, 13, 21, 27, 34, 45, 52)
"""Days after the end of the period on which the guarantees of the first holders run out."""


def guarantee_rows(accounts: Iterable[Account], period: Period) -> list[dict[str, str]]:
    """The file kind `guarantees`: from listed customers, late payers, large and foreign ones."""
    found: list[tuple[date, int, Customer, str, int, date | None]] = []
    soon = list(_SOON)
    for account in accounts:
        rng = period.random("guarantees", account.customer.index)
        if not account.invoices or rng.random() > _chance(account):
            continue
        kind = _KINDS[(len(found) + rng.randrange(2)) % 4]
        first = period.start + timedelta(days=rng.randrange((period.until - period.start).days - 20))
        expires = (
            None
            if kind == "deposit" and rng.random() < 0.4
            else first + timedelta(days=rng.choice((365, 365, 730, 1095)))
        )
        if soon and kind != "deposit" and first < period.ago(120):
            expires = period.until + timedelta(days=soon.pop(0))
        found.append((first, account.customer.index, account.customer, kind, _value(account.customer, rng), expires))
    found.sort(key=lambda entry: entry[:2])
    numbers = numbered("DB", (entry[0] for entry in found))
    return [
        {
            "guarantee_no": number,
            "customer_no": customer.number,
            "kind": kind,
            "value": money(cents),
            "currency": "CNY",
            "valid_from": written(first),
            "expires_on": written(expires),
        }
        for number, (first, _, customer, kind, cents, expires) in zip(numbers, found, strict=True)
    ]


def _chance(account: Account) -> float:
    if any(decision.is_confirmed for decision in account.decisions):
        return 0.32
    return 0.2 if account.customer.origin == "abroad" or account.customer.volume > 4 else 0.07


def _value(customer: Customer, rng: Random) -> int:
    """Two to six usual invoices in fen, in round figures of 10,000 yuan."""
    cents = int(customer.ticket * CNY_PER_UNIT[customer.currency] * rng.uniform(2, 6))
    return max(1_000_000, cents - cents % 1_000_000)
