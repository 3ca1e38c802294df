"""Complaints: of the policy's own measures, and of everything else (delivery, quality, invoices)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

from services.sample.account import Account
from services.sample.period import Period, month_end, written

OTHER_A_MONTH = 9
MEASURES_BY_MONTH = (1, 1, 2, 1, 2, 1)
"""Complaints about measures against black or grey customers in ordinary months, in turn."""
STORY_MONTHS = {2: 3, 1: 3}
"""The story: months before the last one -> complaints, after a sound customer had been listed."""

_Complaint = tuple[date, int, str, str, date | None, str]
"""Day, customer's index, cause, department, day closed, upheld."""


def complaint_rows(accounts: Iterable[Account], period: Period) -> list[dict[str, str]]:
    """The file kind `complaints`, numbered by day."""
    trading = [account for account in accounts if account.invoices]
    numbers = {account.customer.index: account.customer.number for account in trading}
    rng = period.random("complaints")
    found: list[_Complaint] = []
    months = period.months()
    for place, month in enumerate(months):
        wanted = STORY_MONTHS.get(len(months) - 1 - place, MEASURES_BY_MONTH[place % len(MEASURES_BY_MONTH)])
        wronged = len(months) - 1 - place in STORY_MONTHS
        for _ in range(OTHER_A_MONTH + rng.randint(-3, 3)):
            found.append(_other(rng.choice(trading), _day_in(month, rng, period), rng, period))
        for _ in range(wanted):
            found.append(_about_measures(trading, _day_in(month, rng, period), wronged, rng, period))
    found.sort(key=lambda entry: entry[:4])
    return [
        {
            "complaint_no": f"TS{received:%y%m}{place:04d}",
            "customer_no": numbers[index],
            "received_on": written(received),
            "cause": cause,
            "department": department,
            "closed_on": written(closed),
            "upheld": upheld,
        }
        for place, (received, index, cause, department, closed, upheld) in enumerate(found, start=1)
    ]


def _day_in(month: date, rng: Random, period: Period) -> date:
    return month + timedelta(days=rng.randint(0, (min(month_end(month), period.until) - month).days))


def _closing(received: date, days: int, upheld: bool, period: Period) -> tuple[date | None, str]:
    closed = received + timedelta(days=days)
    if closed > period.until:
        return None, ""
    return closed, "true" if upheld else "false"


def _other(account: Account, received: date, rng: Random, period: Period) -> _Complaint:
    customer = account.customer
    closed, upheld = _closing(received, rng.randint(2, 24), rng.random() < 0.5, period)
    department = rng.choice((customer.department, customer.department, "SERVICE", "OPS", "FINANCE"))
    return received, customer.index, "other", department, closed, upheld


def _about_measures(trading: list[Account], received: date, wronged: bool, rng: Random, period: Period) -> _Complaint:
    """From the wronged customer and its neighbours in the two months of the story, else from listed or warned ones."""
    if wronged:
        circle = [account for account in trading if account.customer.role == "wronged"] * 2
        circle += [a for a in trading if a.customer.department == "SOUTH" and a.customer.kind == "company"][:6]
    else:
        circle = [account for account in trading if account.is_listed(received)]
        circle += [account for account in trading if _was_rejected(account, received)] * 2
    account = rng.choice(circle or trading)
    sound = wronged or _was_rejected(account, received)
    closed, upheld = _closing(received, rng.randint(6, 38), rng.random() < (0.75 if sound else 0.12), period)
    department = "RISK" if rng.random() < 0.35 else account.customer.department
    return received, account.customer.index, "blackgrey_management", department, closed, upheld


def _was_rejected(account: Account, day: date) -> bool:
    return any(
        not decision.is_confirmed
        and decision.decided - timedelta(days=10) <= day <= decision.decided + timedelta(days=60)
        for decision in account.decisions
    )
