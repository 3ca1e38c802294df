"""The rewards and penalties that the story turns on; their reasons quote the account as it came out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from services.sample.account import Account
from services.sample.company import STAFF
from services.sample.identification import DEADLINE_DAYS
from services.sample.orders import SUSPENDED_ORDER_AFTER
from services.sample.period import Period, workday
from services.sample.recovery import INSTALMENT_ROLES
from services.sample.story import WRONGED_LISTED, by_role

FORMER_EMPLOYEE = "丁伯涛"
"""Dismissed for helping a fraud: on nobody's list of staff any more."""


@dataclass(frozen=True, slots=True)
class Incentive:
    """One reward or penalty; `yuan` 0 is one without money."""

    decided: date
    kind: str
    measure: str
    department: str
    reason: str
    person: str = ""
    yuan: int = 0


def story_incentives(accounts: list[Account], period: Period) -> list[Incentive]:
    """East's early warning, Export's blindness, North's plans, South's wrong listing, West's forbidden order."""
    return [
        *_early_warning(accounts),
        *_blindness(accounts, period),
        *_instalments(accounts, period),
        *_wrong_listing(accounts),
        *_forbidden_order(accounts),
    ]


def _group(accounts: list[Account]) -> list[Account]:
    return [account for account in accounts if account.customer.role == "group"]


def _early_warning(accounts: list[Account]) -> list[Incentive]:
    """Known once Export had decided on a member of the group for the first time."""
    affiliate = by_role(accounts, "affiliate")
    decided = [decision.decided for account in _group(accounts) for decision in account.decisions]
    if not decided or not affiliate.decisions:
        return []
    first, own = min(decided), affiliate.decisions[0]
    reason = (
        f"认定{own.number}：{own.decided}最早认定塔文霍特集团关联方{affiliate.customer.number}，"
        f"比出口事业部首次认定早{(first - own.decided).days}天"
    )
    return [
        Incentive(workday(first + timedelta(days=16)), "reward", "bonus", "EAST", reason, "", 20_000),
        Incentive(workday(first + timedelta(days=24)), "reward", "promotion", "EAST", reason, STAFF["EAST"][0]),
    ]


def _blindness(accounts: list[Account], period: Period) -> list[Incentive]:
    group = _group(accounts)
    day = workday(period.ago(19))
    late = [
        account
        for account in group
        for trigger in account.triggers
        if trigger + timedelta(days=DEADLINE_DAYS) < day
        and not any(decision.decided <= trigger + timedelta(days=DEADLINE_DAYS) for decision in account.decisions)
    ]
    told = next(news for news in group[0].news if news.kind == "media" and news.sentiment == -2)
    blind = f"{len(late)} members of the Tarvenholt group not decided on within {DEADLINE_DAYS} days of their trigger"
    lead = f"Customer {group[0].customer.number}: nobody acted on the news of {told.occurred} ({told.source})"
    return [
        Incentive(day, "penalty", "bonus_deduction", "EXPORT", blind, "", 15_000),
        Incentive(workday(period.ago(18)), "penalty", "downgrade", "EXPORT", lead, STAFF["EXPORT"][1]),
        Incentive(workday(period.ago(12)), "penalty", "criticism", "EXPORT", lead, STAFF["EXPORT"][2]),
    ]


def _instalments(accounts: list[Account], period: Period) -> list[Incentive]:
    day = workday(period.ago(76))
    cases = [case for role in INSTALMENT_ROLES for case in by_role(accounts, role).cases]
    paid = sum(
        cents
        for case in cases
        for invoice, added, _ in case.debts
        for received, cents in invoice.receipts
        if added <= received <= day
    )
    if not paid:
        return []
    numbers = "、".join(case.number for case in cases)
    reason = f"专案{numbers}按分期计划回款，截至{day}共收回{paid // 1_000_000}万元"
    return [
        Incentive(day, "reward", "bonus", "NORTH", reason, "", 12_000),
        Incentive(workday(period.ago(74)), "reward", "certificate", "NORTH", reason, STAFF["NORTH"][0]),
    ]


def _wrong_listing(accounts: list[Account]) -> list[Incentive]:
    account = by_role(accounts, "wronged")
    found = []
    for decision in account.decisions:
        if decision.restored is not None:
            reason = (
                f"认定{decision.number}：客户{account.customer.number}以欺诈误列，证据未经核验，停供{WRONGED_LISTED}天"
            )
            day = workday(decision.restored + timedelta(days=7))
            found.append(Incentive(day, "penalty", "bonus_deduction", "SOUTH", reason, STAFF["SOUTH"][1], 3_000))
    return found


def _forbidden_order(accounts: list[Account]) -> list[Incentive]:
    account = by_role(accounts, "suspended")
    found = []
    for decision in account.decisions:
        ordered = workday(decision.decided + timedelta(days=SUSPENDED_ORDER_AFTER))
        reason = f"认定{decision.number}：客户{account.customer.number}暂停交易期间于{ordered}接受订单"
        day = workday(ordered + timedelta(days=21))
        found.append(Incentive(day, "penalty", "bonus_deduction", "WEST", reason, STAFF["WEST"][1], 2_000))
    return found
