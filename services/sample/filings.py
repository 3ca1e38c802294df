"""Statements and credit reports: what customers file and what others report about their credit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

from services.sample.account import Account, Report, Statement
from services.sample.customers import CNY_PER_UNIT
from services.sample.period import Period, add_months, money, workday, written

RATINGS = ("AAA", "AA", "A", "BBB", "BB", "B", "CCC", "D")
_CLEARLY_ANOTHER = 1.1
_SOURCES = ("企业征信报告", "开户行资信证明", "行业协会信用评价")
_SOURCES_ABROAD = ("出口信用保险机构", "境外银行资信证明")


def file_accounts(account: Account, period: Period) -> None:
    """Fill in the statements and reports of one customer; many foreign ones and all persons file less."""
    customer = account.customer
    if customer.is_register_only or customer.kind == "individual":
        return
    rng = period.random("filed", customer.index)
    strength = rng.gauss(0, 1)
    if customer.role or rng.random() < (0.6 if customer.origin == "abroad" else 0.86):
        account.statements = _statements(account, strength, rng, period)
    if customer.role or rng.random() < (0.6 if customer.origin == "abroad" else 0.82):
        account.reports = _reports(account, strength, rng, period)


def _statements(account: Account, strength: float, rng: Random, period: Period) -> list[Statement]:
    customer = account.customer
    yearly = max(
        2_000_000 / CNY_PER_UNIT[customer.currency], customer.volume * customer.ticket / 100 * 12 * rng.uniform(7, 35)
    )
    quarterly = rng.random() < 0.62
    weight = rng.uniform(0.55, 1.1)
    found = []
    first = date(period.start.year - 1, 12, 31)
    for step in range(40):
        ended = add_months(first.replace(day=1), 3 * step + 1) - timedelta(days=1)
        if ended + timedelta(days=40) > period.until:
            break
        if ended.month == 12 or quarterly:
            found.append(_statement(account, ended, yearly, strength, weight, rng))
    return found


def _statement(account: Account, ended: date, yearly: float, strength: float, weight: float, rng: Random) -> Statement:
    strain = account.strain_on(ended)
    revenue = yearly * ended.month / 12 * (1 - 0.35 * strain) * rng.uniform(0.93, 1.07)
    margin = 0.055 + 0.02 * strength - 0.15 * strain * weight + rng.gauss(0, 0.014)
    assets = yearly * 0.9 * rng.uniform(0.95, 1.05)
    leverage = min(1.15, max(0.12, 0.5 - 0.07 * strength + 0.34 * strain * weight + rng.gauss(0, 0.03)))
    current = 0.58
    ratio = max(0.35, 1.55 + 0.2 * strength - 0.85 * strain * weight + rng.gauss(0, 0.08))
    liabilities = assets * leverage
    current_assets = assets * current
    return Statement(
        ended=ended,
        revenue=int(revenue),
        profit=int(revenue * margin),
        assets=int(assets),
        liabilities=int(liabilities),
        current_assets=int(current_assets),
        current_liabilities=int(min(liabilities * 0.98, current_assets / ratio)),
        cash_flow=int(revenue * (margin + 0.01 - 0.06 * strain + rng.gauss(0, 0.02))),
    )


def _reports(account: Account, strength: float, rng: Random, period: Period) -> list[Report]:
    abroad = account.customer.origin == "abroad"
    source = rng.choice(_SOURCES_ABROAD if abroad else _SOURCES)
    every = rng.choice((90, 180, 180, 365))
    day = period.start + timedelta(days=rng.randrange(every))
    found: list[Report] = []
    grade: float | None = None
    while day <= period.until:
        strain = account.strain_on(day - timedelta(days=15))
        grade = _steady(grade, 2.2 - 0.8 * strength + 4.2 * strain + rng.gauss(0, 0.5))
        rating = RATINGS[max(0, min(7, round(grade)))]
        overdue = int(max(0, strain * 6 + rng.gauss(-0.8, 1)))
        found.append(
            Report(
                reported=day,
                source=source,
                rating=rating,
                overdue_count=overdue,
                overdue_cents=overdue * int(account.customer.ticket * rng.uniform(0.8, 3)),
                enforcements=int(max(0, rng.gauss(2.5 * strain - 1.6, 0.5))),
            )
        )
        day = workday(day + timedelta(days=every + rng.randint(-12, 12)))
    return found


def _steady(given: float | None, seen: float) -> float:
    """The grade that is given now: agencies leave a rating where it is until what they see is clearly another one."""
    return seen if given is None or abs(seen - given) > _CLEARLY_ANOTHER else given


def statement_rows(accounts: Iterable[Account]) -> list[dict[str, str]]:
    """The file kind `financials`."""
    return [
        {
            "customer_no": account.customer.number,
            "period_end": written(one.ended),
            "revenue": str(one.revenue),
            "net_profit": str(one.profit),
            "total_assets": str(one.assets),
            "total_liabilities": str(one.liabilities),
            "current_assets": str(one.current_assets),
            "current_liabilities": str(one.current_liabilities),
            "operating_cash_flow": str(one.cash_flow),
            "currency": account.customer.currency,
        }
        for account in accounts
        for one in account.statements
    ]


def report_rows(accounts: Iterable[Account]) -> list[dict[str, str]]:
    """The file kind `credit_reports`."""
    return [
        {
            "customer_no": account.customer.number,
            "reported_on": written(one.reported),
            "source": one.source,
            "rating": one.rating,
            "overdue_count": str(one.overdue_count),
            "overdue_amount": money(one.overdue_cents),
            "enforcement_count": str(one.enforcements),
        }
        for account in accounts
        for one in account.reports
    ]
