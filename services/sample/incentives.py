"""Rewards and penalties of the last 18 months (policy 5.3), each for a fact that its reason names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from services.sample.account import Account, Decision, RecoveryCase
from services.sample.customers import CNY_PER_UNIT, manager_of
from services.sample.identification import DEADLINE_DAYS
from services.sample.incentives_of_story import FORMER_EMPLOYEE, Incentive, story_incentives
from services.sample.period import Period, add_months, numbered, workday, written

INCENTIVE_DAYS = 548
"""Incentives exist for the last 18 months: before that the policy had none."""


def incentive_rows(accounts: list[Account], period: Period) -> list[dict[str, str]]:
    """The file kind `incentives`, numbered by day. A measure without money has neither amount nor currency."""
    first = period.ago(INCENTIVE_DAYS)
    found = [*_for_recoveries(accounts), *_for_lateness(accounts), *_for_restorations(accounts)]
    found += [*_for_quarters(accounts, period), *_for_fraud(accounts, first), *story_incentives(accounts, period)]
    found = [one for one in found if first < one.decided <= period.until]
    found.sort(key=lambda one: (one.decided, one.reason, one.measure))
    numbers = numbered("JC", (one.decided for one in found))
    return [
        {
            "incentive_no": number,
            "kind": one.kind,
            "measure": one.measure,
            "department": one.department,
            "person": one.person,
            "amount": f"{one.yuan}.00" if one.yuan else "",
            "currency": "CNY" if one.yuan else "",
            "decided_on": written(one.decided),
            "reason": one.reason,
        }
        for number, one in zip(numbers, found, strict=True)
    ]


def _confirmed(accounts: Iterable[Account]) -> list[tuple[Account, Decision]]:
    found = [(account, decision) for account in accounts for decision in account.decisions if decision.is_confirmed]
    return sorted(found, key=lambda pair: pair[1].number)


def _cases(accounts: Iterable[Account]) -> list[tuple[Account, RecoveryCase]]:
    found = [(account, case) for account in accounts for case in account.cases]
    return sorted(found, key=lambda pair: pair[1].number)


def _days_over(decision: Decision) -> int:
    """Days by which the decision missed its deadline (0 or less: on time)."""
    return (decision.decided - decision.trigger).days - DEADLINE_DAYS


def _for_recoveries(accounts: list[Account]) -> list[Incentive]:
    """A bonus for the account manager where all debts of a case were brought in: one per cent, 1,000 to 9,000 yuan."""
    found = []
    for account, case in _cases(accounts):
        customer = account.customer
        owed = int(sum(cents for _, _, cents in case.debts) * CNY_PER_UNIT[customer.currency] / 100)
        if case.outcome != "recovered" or case.closed is None or owed < 150_000:
            continue
        yuan = min(9_000, max(1_000, owed // 100 // 500 * 500))
        reason = f"专案{case.number}：客户{customer.number}欠款约{owed // 10_000}万元全额收回"
        if customer.department == "EXPORT":
            reason = (
                f"Case {case.number}: debt of customer {customer.number} recovered in full (about CNY {owed // 1000}k)"
            )
        day = workday(case.closed + timedelta(days=9))
        found.append(Incentive(day, "reward", "bonus", customer.department, reason, manager_of(customer), yuan))
    return found


def _for_lateness(accounts: list[Account]) -> list[Incentive]:
    """Criticism for a listing decided after the deadline; beyond 25 days over it, a part of the bonus is withheld."""
    found = []
    for account, decision in _confirmed(accounts):
        over = _days_over(decision)
        if over <= 0 or account.customer.role == "group":
            continue
        number = account.customer.number
        reason = f"认定{decision.number}：客户{number}触发日{decision.trigger}，认定超期{over}天"
        if account.customer.department == "EXPORT":
            reason = (
                f"Listing {decision.number}: customer {number}, trigger {decision.trigger}, decided {over} days late"
            )
        measure, yuan = ("bonus_deduction", 500 + over // 10 * 200) if over > 25 else ("criticism", 0)
        day = workday(decision.decided + timedelta(days=12))
        person = manager_of(account.customer)
        found.append(Incentive(day, "penalty", measure, account.customer.department, reason, person, yuan))
    return found


def _for_restorations(accounts: list[Account]) -> list[Incentive]:
    """A commendation for every second customer that was led back to normal management."""
    restored = [(account, decision) for account, decision in _confirmed(accounts) if decision.restored]
    return [
        Incentive(
            workday((decision.restored or decision.decided) + timedelta(days=14)),
            "reward",
            "commendation",
            account.customer.department,
            f"认定{decision.number}：协助客户{account.customer.number}完成信用修复",
            manager_of(account.customer),
        )
        for account, decision in restored[::2]
        if account.customer.role not in ("wronged", "relapsed")
    ]


def _for_quarters(accounts: list[Account], period: Period) -> list[Incentive]:
    """A certificate for a department that decided at least three triggers in a quarter, all of them on time."""
    found = []
    quarter = add_months(period.start, -((period.start.month - 1) % 3))
    while quarter <= period.until:
        following = add_months(quarter, 3)
        for department, on_time in sorted(_triggers_of(accounts, quarter, following).items()):
            if len(on_time) >= 3 and all(on_time):
                name = f"{quarter.year}年第{(quarter.month + 2) // 3}季度"
                reason = f"{name}{len(on_time)}项触发全部在{DEADLINE_DAYS}日内认定"
                day = workday(following + timedelta(days=11))
                found.append(Incentive(day, "reward", "certificate", department, reason))
        quarter = following
    return found


def _triggers_of(accounts: list[Account], first: date, following: date) -> dict[str, list[bool]]:
    """Department -> for each trigger with its deadline from `first` to before `following`: decided on time?"""
    found: dict[str, list[bool]] = {}
    for account in accounts:
        decided = {decision.trigger: decision for decision in account.decisions}
        for trigger in sorted({*account.triggers, *decided}):
            if first <= trigger + timedelta(days=DEADLINE_DAYS) < following:
                on_time = trigger in decided and _days_over(decided[trigger]) <= 0
                found.setdefault(account.customer.department, []).append(on_time)
    return found


def _for_fraud(accounts: list[Account], first: date) -> list[Incentive]:
    """The first fraud had help from inside; later ones found in time were stopped by people who looked twice."""
    frauds = [
        (account, decision)
        for account, decision in _confirmed(accounts)
        if decision.criterion == "fraud" and decision.decided > first and account.customer.role != "wronged"
    ]
    found = []
    for place, (account, decision) in enumerate(frauds):
        day = workday(decision.decided + timedelta(days=25))
        department, number = account.customer.department, account.customer.number
        if place == 0:
            reason = f"认定{decision.number}：协助客户{number}伪造验收单，内部审计查实"
            found.append(Incentive(day, "penalty", "dismissal", department, reason, FORMER_EMPLOYEE))
        elif _days_over(decision) <= 0:
            reason = f"认定{decision.number}：识破客户{number}虚假担保，及时停止发货"
            found.append(Incentive(day, "reward", "bonus", department, reason, manager_of(account.customer), 6_000))
    return found
