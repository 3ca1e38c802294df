"""How Qiheng's people judged a customer on a day: five dimensions from what was known then, and nothing later.

This is the company's judgement in the past, made by people before Greyledger scored anything; the product's own
scorecard is services/scoring. It follows the same five dimensions and weights (policy 2.1, SPEC 6).
"""

from __future__ import annotations

from datetime import date, timedelta

from services.sample.account import Account
from services.sample.filings import RATINGS
from services.sample.market import outlook_on
from services.sample.period import Period

LEVELS = ("low", "medium", "high", "critical")
BANDS = (30.0, 50.0, 70.0)
"""Score from which a customer is medium, high, critical."""
WEIGHTS = {"credit": 25, "operations": 20, "transactions": 30, "industry": 10, "reputation": 15}
_RATING_POINTS = (4.0, 10.0, 20.0, 34.0, 52.0, 70.0, 86.0, 98.0)
CAUTION = 0.85
"""The people's scale: they hesitate to call a customer risky, so the points of the evidence are cut by this."""
FILING_DAYS = 40
"""A statement is known this many days after the end of its period."""


def level_of(score: float) -> str:
    """The level of a score."""
    return LEVELS[sum(score >= band for band in BANDS)]


def judge(account: Account, day: date, period: Period) -> tuple[float, float]:
    """Score (0-100) from the evidence known on the day, and the floor under it (listed, or long overdue)."""
    transactions, longest = _transactions(account, day)
    points = {
        "credit": _credit(account, day),
        "operations": _operations(account, day),
        "transactions": transactions,
        "industry": _industry(account, day, period),
        "reputation": _reputation(account, day),
    }
    known = {name: value for name, value in points.items() if value is not None}
    total = sum(WEIGHTS[name] for name in known)
    mean = sum(WEIGHTS[name] * value for name, value in known.items()) / total
    worst = max(known.values())
    floor = 78.0 if longest >= 90 or account.is_listed(day) else 60.0 if longest >= 60 else 0.0
    return CAUTION * (0.75 * mean + 0.25 * worst), floor


def _credit(account: Account, day: date) -> float | None:
    known = [report for report in account.reports if report.reported <= day]
    if not known:
        return None
    last = known[-1]
    return min(100.0, _RATING_POINTS[RATINGS.index(last.rating)] + 4 * last.overdue_count + 9 * last.enforcements)


def _operations(account: Account, day: date) -> float | None:
    known = [one for one in account.statements if one.ended + timedelta(days=FILING_DAYS) <= day]
    if not known:
        return None
    last = known[-1]
    leverage = 130 * max(0.0, last.liabilities / last.assets - 0.35)
    loss = 260 * max(0.0, 0.03 - last.profit / max(1, last.revenue))
    liquidity = 45 * max(0.0, 1.3 - last.current_assets / max(1, last.current_liabilities))
    return min(100.0, leverage * 0.5 + loss + liquidity)


def _transactions(account: Account, day: date) -> tuple[float | None, int]:
    """Points for the last 180 days' due invoices, and the longest that one is overdue on the day.

    What fell due before a restoration was weighed in its review and is not held against the customer again.
    """
    turned = account.turned
    count = late = days = longest = 0
    for invoice in account.invoices:
        if invoice.due >= day or invoice.issued > day or invoice.disputed:
            continue
        if turned is not None and invoice.due < turned <= day:
            continue
        paid_off = invoice.paid_off()
        is_open = paid_off is None or paid_off > day
        lateness = (day - invoice.due).days if is_open or paid_off is None else (paid_off - invoice.due).days
        if is_open:
            longest = max(longest, lateness)
        if (day - invoice.due).days <= 180:
            count += 1
            late += lateness > 15
            days += max(0, lateness)
    if not count:
        return (None if not longest else 80.0), longest
    return min(100.0, 28 * late / count + 0.8 * days / count + 0.6 * longest), longest


def _industry(account: Account, day: date, period: Period) -> float:
    share = (day - period.start).days / max(1, (period.until - period.start).days)
    return 100 - outlook_on(account.customer.industry.code, share)


def _reputation(account: Account, day: date) -> float | None:
    first = day - timedelta(days=240)
    known = [news.sentiment for news in account.news if first < news.occurred <= day]
    if not known:
        return None
    return float(min(100, max(0, 25 - 22 * sum(known))))
