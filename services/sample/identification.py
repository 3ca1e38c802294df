"""Who is found grey or black, when, and by whom too late: triggers, decisions and their consequences (clause 2.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from heapq import heapify, heappop, heappush

from services.sample.account import Account, Decision, Invoice
from services.sample.behaviour import AFTER_REJECTION, AFTER_RESTORATION, Behaviour, Habit
from services.sample.dunning import nth_notice, send_notices
from services.sample.period import Period, workday
from services.sample.recovery import open_case
from services.sample.trade import plan_money, settle

ARREARS_DAYS, NOTICES, DEADLINE_DAYS = 90, 2, 15
"""The defaults of SPEC 5.2."""

LATE_SHARES: dict[str, float] = {
    "NORTH": 0.18, "SOUTH": 0.22, "EAST": 0.13, "WEST": 0.26, "EXPORT": 0.18, "SERVICE": 0.2, "OPS": 0.25,
}  # fmt: skip
"""Share of triggers that a department's customers are decided on too late, or never, in ordinary times."""
EXPORT_SLIPS = ((200, 110, 0.45), (110, -400, 0.85))
"""The story: from 200 to 110 days before the end Export misses 45 % of its triggers, after that 85 %."""
_LATE_ENDINGS = ("late", "late", "never", "late", "late", "late", "never")
_REJECTED_EVERY = 7


@dataclass(slots=True)
class Judgement:
    """A decision that rests on judgement, not on arrears: what was found, on which day, and how it ended."""

    account: Account
    criterion: str
    trigger: date
    is_confirmed: bool
    restored_after: int = 0
    wait: int | None = None


@dataclass(slots=True)
class _Desk:
    """The running quotas of the departments: errors carried forward, so that few triggers still show the share."""

    period: Period
    carry: dict[str, float] = field(default_factory=dict)
    late: dict[str, int] = field(default_factory=dict)
    decided: int = 0

    def ending(self, department: str, trigger: date) -> str:
        """on_time, late or never for the next trigger of the department."""
        share = _late_share(department, trigger, self.period)
        carry = self.carry.get(department, 0.5) + share
        if carry < 1:
            self.carry[department] = carry
            return "on_time"
        self.carry[department] = carry - 1
        count = self.late.get(department, len(department))
        self.late[department] = count + 1
        return _LATE_ENDINGS[count % len(_LATE_ENDINGS)]


def _late_share(department: str, trigger: date, period: Period) -> float:
    if department == "EXPORT":
        for first, last, share in EXPORT_SLIPS:
            if period.ago(first) <= trigger < period.ago(last):
                return share
    return LATE_SHARES[department]


def identify(accounts: list[Account], judgements: list[Judgement], period: Period) -> None:
    """Walk through all triggers in order of time and decide on each; changes the accounts."""
    desk = _Desk(period)
    queue: list[tuple[date, int, int, Judgement | None]] = []
    by_index = {account.customer.index: account for account in accounts}
    for account in accounts:
        send_notices(account, period)
        found = next_trigger(account, period.start, period, [])
        if found is not None:
            queue.append((found[0], account.customer.index, 0, None))
    queue += [(judgement.trigger, judgement.account.customer.index, 1, judgement) for judgement in judgements]
    heapify(queue)
    seen: dict[int, list[Invoice]] = {index: [] for index in by_index}
    while queue:
        day, index, _, judgement = heappop(queue)
        account = by_index[index]
        if judgement is not None:
            _judge(judgement, desk)
            continue
        found = next_trigger(account, day, period, seen[index])
        if found is None or found[0] > period.until:
            continue
        if found[0] > day:
            heappush(queue, (found[0], index, 0, None))
            continue
        seen[index].append(found[1])
        following = _decide(account, found[0], found[1], desk)
        if following is not None:
            heappush(queue, (following, index, 0, None))


def next_trigger(account: Account, after: date, period: Period, seen: list[Invoice]) -> tuple[date, Invoice] | None:
    """The first day from `after` on with an invoice 90 days past due, open, dunned twice, customer not listed."""
    best: tuple[date, date, str, Invoice] | None = None
    for invoice in account.invoices:
        if invoice.disputed or invoice in seen:
            continue
        day = max(invoice.due + timedelta(days=ARREARS_DAYS), after)
        if day > period.until or (best is not None and day > best[0]):
            continue
        paid_off = invoice.paid_off()
        if paid_off is not None and paid_off <= day:
            continue
        second = nth_notice(account, invoice, NOTICES)
        if second is None or second > period.until:
            continue
        day = max(day, second)
        if (paid_off is not None and paid_off <= day) or account.is_listed(day):
            continue
        candidate = (day, invoice.due, invoice.number, invoice)
        best = candidate if best is None or candidate[:3] < best[:3] else best
    return None if best is None else (best[0], best[3])


def _decide(account: Account, trigger: date, invoice: Invoice, desk: _Desk) -> date | None:
    """Decide on an arrears trigger, or not; returns the day from which the customer can trigger again."""
    period = desk.period
    deadline = trigger + timedelta(days=DEADLINE_DAYS)
    paid_off = invoice.paid_off()
    if paid_off is not None and paid_off <= deadline:
        return paid_off
    account.triggers.append(trigger)
    rng = period.random("decision", account.customer.index, trigger)
    ending = _ending(account, trigger, desk)
    if ending == "never":
        if trigger < period.ago(100):
            _pay_old_debts(account, deadline + timedelta(days=3), 40, AFTER_REJECTION, period)
        return None
    wait = rng.randint(4, 14) if ending == "on_time" else rng.randint(18, 58)
    decided = workday(trigger + timedelta(days=wait))
    if ending == "on_time" and decided > deadline:
        decided -= timedelta(days=3)
    if decided > period.until:
        return None
    desk.decided += 1
    confirmed = (
        bool(desk.decided % _REJECTED_EVERY) or bool(account.customer.role) or account.behaviour.habit is Habit.MENDED
    )
    repeated = any(decision.is_confirmed for decision in account.decisions)
    grade = "black" if repeated else "grey"
    decision = Decision("arrears", grade, trigger, decided, confirmed, account.customer.department)
    account.decisions.append(decision)
    if not confirmed:
        _pay_old_debts(account, decided, 11, AFTER_REJECTION, period)
        return decided + timedelta(days=1)
    return _enforce(account, decision, desk)


def _ending(account: Account, trigger: date, desk: _Desk) -> str:
    """The quota of the department decides, except where the story needs a listing."""
    role = account.customer.role
    if role and role != "group":
        return "on_time"
    ending = desk.ending(account.customer.department, trigger)
    return "late" if role == "group" and ending == "never" else ending


def _judge(judgement: Judgement, desk: _Desk) -> None:
    """A decision that ends no arrears trigger: never undecided, since only a decision makes it known."""
    account, period = judgement.account, desk.period
    rng = period.random("judgement", account.customer.index)
    ending = desk.ending(account.customer.department, judgement.trigger)
    wait = judgement.wait or (rng.randint(2, 13) if ending == "on_time" else rng.randint(17, 45))
    decided = workday(judgement.trigger + timedelta(days=wait))
    if decided > period.until or account.is_listed(decided):
        return
    black = judgement.criterion in ("fraud", "illegal") or any(decision.is_confirmed for decision in account.decisions)
    department = "LEGAL" if judgement.criterion == "illegal" else account.customer.department
    grade = "black" if black else "grey"
    decision = Decision(judgement.criterion, grade, judgement.trigger, decided, judgement.is_confirmed, department)
    account.decisions.append(decision)
    if not judgement.is_confirmed:
        return
    if judgement.restored_after:
        restored = workday(decided + timedelta(days=judgement.restored_after))
        decision.restored = restored if restored <= period.until else None
    _enforce(account, decision, desk)


def _enforce(account: Account, decision: Decision, desk: _Desk) -> date | None:
    """Trade stops on the day of listing and a case is opened; a restored customer trades again, its new way.

    Returns the day from which a restored customer can trigger again.
    """
    period = desk.period
    later = [invoice for invoice in account.invoices if invoice.issued > decision.decided]
    account.invoices = [invoice for invoice in account.invoices if invoice.issued <= decision.decided]
    settle(account, period)
    open_case(account, decision, desk.decided, period)
    restored = decision.restored
    if restored is None:
        send_notices(account, period)
        return None
    account.turned = restored
    account.behaviour = AFTER_RESTORATION
    if account.customer.role == "relapsed":
        account.behaviour = Behaviour(Habit.COLLAPSED, 0, 3, onset=restored + timedelta(days=25))
    for invoice in later:
        if invoice.issued > restored:
            plan_money(invoice, account.behaviour)
            account.invoices.append(invoice)
    settle(account, period)
    send_notices(account, period)
    return restored + timedelta(days=1)


def _pay_old_debts(account: Account, first: date, days: int, behaviour: Behaviour, period: Period) -> None:
    """The customer pays what is overdue within `days` of `first` and pays as `behaviour` says from then on."""
    account.behaviour, account.turned = behaviour, first
    for invoice in account.invoices:
        left = invoice.balance(first)
        if not left:
            continue
        if invoice.due < first:
            kept = [(paid, cents) for paid, cents in invoice.plan if paid <= first]
            paid = workday(first + timedelta(days=1 + int(invoice.chance * (days - 3))))
            invoice.plan = [*kept, (paid, left)]
        else:
            plan_money(invoice, behaviour)
    settle(account, period)
    send_notices(account, period)
