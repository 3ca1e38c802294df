"""Cases against listed customers: debts, money brought in, how each ends, and the way back (clauses 3.2, 3.3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

from services.sample.account import Account, Decision, Invoice, RecoveryCase
from services.sample.behaviour import Habit
from services.sample.period import Period, money, numbered, workday, written
from services.sample.trade import settle

INSTALMENT_ROLES = ("plan_a", "plan_b", "plan_broken")
"""The three cases of North that pay by instalments; the last stops."""
_LEADS = ("RISK", "LEGAL", "RISK", "OWNER", "LEGAL", "FINANCE")
_ENDINGS = (
    "recovered", "written_off", "recovered", "recovered", "partly_recovered", "recovered",
    "written_off", "recovered", "partly_recovered", "recovered", "recovered", "partly_recovered",
)  # fmt: skip
"""How ordinary cases end, in turn, so that every quarter has its share of each."""


def open_case(account: Account, decision: Decision, turn: int, period: Period) -> None:
    """Open the case of a confirmed listing, bring in the debts, plan the money; may set the day of restoration.

    `turn` counts the decisions so far: it picks how an ordinary case will end.
    """
    rng = period.random("case", account.customer.index, decision.decided)
    if decision.criterion in ("breach", "illegal", "harm") and rng.random() < 0.3:
        return
    opened = workday(decision.decided + timedelta(days=rng.randint(1, 5)))
    if opened > period.until:
        return
    lead = rng.choice(_LEADS)
    case = RecoveryCase(decision, opened, account.customer.department if lead == "OWNER" else lead)
    account.cases.append(case)
    if decision.criterion == "fraud" and account.behaviour.habit is not Habit.FRAUD:
        _close_unfounded(case, decision, period)
        return
    if decision.criterion in ("breach", "illegal", "harm"):
        _close(case, "recovered", workday(opened + timedelta(days=rng.randint(50, 110))), period)
        return
    _bring_in_debts(account, case, rng, period)
    ending = _ending(account, turn, rng)
    if account.customer.role in INSTALMENT_ROLES:
        _pay_monthly(account, case, period)
    else:
        _pay_as_it_ends(account, case, ending, rng, period)
    settle(account, period)
    if case.closed and case.outcome == "recovered":
        _restore(account, case, decision, rng, period)


def _ending(account: Account, turn: int, rng: Random) -> str:
    if account.behaviour.habit is Habit.FRAUD:
        return rng.choice(("written_off", "partly_recovered"))
    if account.behaviour.habit is Habit.MENDED or account.customer.role in ("mended", "relapsed"):
        return "recovered"
    if account.customer.role == "group":
        return "partly_recovered"
    return _ENDINGS[turn % len(_ENDINGS)]


def _close_unfounded(case: RecoveryCase, decision: Decision, period: Period) -> None:
    """The suspicion did not hold: the case closes the day before the customer is restored."""
    if decision.restored is not None:
        _close(case, "unfounded", decision.restored - timedelta(days=1), period)


def _close(case: RecoveryCase, outcome: str, closed: date, period: Period) -> None:
    if closed <= period.until:
        case.closed, case.outcome = closed, outcome


def _bring_in_debts(account: Account, case: RecoveryCase, rng: Random, period: Period) -> None:
    """What is overdue on the day of opening, at once; what falls due later, some days after that day if still open.

    Money that had been planned for after the listing will not come by itself.
    """
    listed = case.decision.decided
    for invoice in account.invoices:
        if invoice.disputed or not invoice.balance(listed):
            continue
        invoice.plan = [(paid, cents) for paid, cents in invoice.plan if paid <= listed]
    settle(account, period)
    for invoice in account.invoices:
        if invoice.disputed or not invoice.balance(case.opened):
            continue
        added = case.opened
        if invoice.due >= case.opened:
            added = workday(invoice.due + timedelta(days=rng.randint(4, 20)))
        if added <= period.until:
            case.debts.append((invoice, added, invoice.balance(added)))
    case.debts.sort(key=lambda debt: (debt[1], debt[0].due, debt[0].number))


def _pay_as_it_ends(account: Account, case: RecoveryCase, ending: str, rng: Random, period: Period) -> None:
    """Plan the money of an ordinary case and its closing day by how it will end."""
    share, days, closing = {
        "recovered": (1.0, rng.randint(30, 110), rng.randint(6, 16)),
        "partly_recovered": (rng.uniform(0.4, 0.8), rng.randint(30, 90), rng.randint(25, 60)),
        "written_off": (rng.choice((0.0, 0.0, rng.uniform(0.03, 0.15))), 60, rng.randint(50, 110)),
    }[ending]
    count = rng.randint(2, 5)
    weights = [rng.uniform(0.6, 1.4) * (1.5 if place == 0 else 1) for place in range(count)]
    total = sum(weights)
    last = case.opened
    for place, weight in enumerate(weights):
        day = workday(case.opened + timedelta(days=8 + int((days - 8) * place / max(1, count - 1))))
        _receive(case, day, share * weight / total)
        last = max(last, day)
    if ending == "recovered":
        last = max(last, _clear_rest(case, last, rng))
    _close(case, ending, workday(last + timedelta(days=closing)), period)


def _receive(case: RecoveryCase, day: date, share: float) -> None:
    """One instalment: that share of all debts, laid on the oldest ones that are in the case on the day."""
    left = int(sum(cents for _, _, cents in case.debts) * share)
    for invoice, added, cents in case.debts:
        if added >= day or left <= 0:
            continue
        part = min(left, _unplanned(invoice, case, cents))
        if part > 0:
            invoice.plan.append((day, part))
            left -= part


def _unplanned(invoice: Invoice, case: RecoveryCase, cents: int) -> int:
    """What of a debt no instalment has been planned for."""
    return cents - sum(part for paid, part in invoice.plan if paid > case.decision.decided)


def _clear_rest(case: RecoveryCase, last: date, rng: Random) -> date:
    """The payments with which a recovered case ends; returns the last day."""
    for invoice, added, cents in case.debts:
        rest = _unplanned(invoice, case, cents)
        if rest > 0:
            day = workday(max(last, added + timedelta(days=rng.randint(3, 25))))
            invoice.plan.append((day, rest))
            last = max(last, day)
    return last


def _pay_monthly(account: Account, case: RecoveryCase, period: Period) -> None:
    """The plans of North: a fifth at the start, then about a tenth each month; the broken one stops before the end."""
    broken = account.customer.role == "plan_broken"
    first = period.ago(168)
    for month in range(7):
        day = workday(max(first, case.opened + timedelta(days=5)) + timedelta(days=27 * month))
        if broken and day > period.ago(35):
            break
        _receive(case, day, 0.2 if month == 0 else 0.11)


def _restore(account: Account, case: RecoveryCase, decision: Decision, rng: Random, period: Period) -> None:
    """Some of those who paid everything apply and are restored after the observation time."""
    if case.closed is None:
        return
    if decision.grade == "black":
        return
    wanted = account.behaviour.habit is Habit.MENDED or account.customer.role in ("mended", "relapsed")
    wait = 45 if account.customer.role == "relapsed" else rng.randint(70, 150)
    restored = workday(case.closed + timedelta(days=wait))
    if restored <= period.until and (wanted or rng.random() < 0.5):
        decision.restored = restored


def number_decisions(accounts: Iterable[Account]) -> None:
    """Give listings and cases their numbers, in order of decision and of opening."""
    listed = [
        (decision.decided, account.customer.index, decision) for account in accounts for decision in account.decisions
    ]
    listed.sort(key=lambda entry: entry[:2])
    for number, (_, _, decision) in zip(numbered("RD", (entry[0] for entry in listed)), listed, strict=True):
        decision.number = number
    cases = [(case.opened, account.customer.index, case) for account in accounts for case in account.cases]
    cases.sort(key=lambda entry: entry[:2])
    for number, (_, _, case) in zip(numbered("ZA", (entry[0] for entry in cases)), cases, strict=True):
        case.number = number


def listing_rows(accounts: Iterable[Account]) -> list[dict[str, str]]:
    """The file kind `listings`."""
    found = [
        {
            "listing_no": decision.number,
            "customer_no": account.customer.number,
            "criterion": decision.criterion,
            "grade": decision.grade,
            "trigger_on": written(decision.trigger),
            "listed_on": written(decision.decided if decision.is_confirmed else None),
            "decision": "confirmed" if decision.is_confirmed else "rejected",
            "decided_on": written(decision.decided),
            "restored_on": written(decision.restored),
            "department": decision.department,
        }
        for account in accounts
        for decision in account.decisions
    ]
    return sorted(found, key=lambda row: row["listing_no"])


def case_rows(accounts: Iterable[Account]) -> list[dict[str, str]]:
    """The file kind `cases`."""
    found = [
        {
            "case_no": case.number,
            "customer_no": account.customer.number,
            "opened_on": written(case.opened),
            "closed_on": written(case.closed),
            "outcome": case.outcome,
            "lead_department": case.lead,
        }
        for account in accounts
        for case in account.cases
    ]
    return sorted(found, key=lambda row: row["case_no"])


def case_debt_rows(accounts: Iterable[Account]) -> list[dict[str, str]]:
    """The file kind `case_debts`; a debt of a case that closed before it fell due is not brought in."""
    found = [
        {
            "case_no": case.number,
            "invoice_no": invoice.number,
            "added_on": written(added),
            "amount": money(cents),
        }
        for account in accounts
        for case in account.cases
        for invoice, added, cents in case.debts
        if case.closed is None or added <= case.closed
    ]
    return sorted(found, key=lambda row: (row["case_no"], row["added_on"], row["invoice_no"]))
