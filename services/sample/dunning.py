"""Dunning notices, sent while an invoice is overdue and the company has not yet decided on the customer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from services.sample.account import Account, Invoice, Notice
from services.sample.behaviour import FAILING, Habit
from services.sample.period import Period, workday, written

_CHANNELS = (("email", "wechat", "phone"), ("phone", "email", "visit"), ("letter", "visit"), ("lawyer_letter",))
_WHOLE_ACCOUNT_SHARE = 0.1
"""Share of notices that name no invoice: a reminder of everything that is overdue."""
BROKEN_NOTICE, BROKEN_PROMISE = 28, 17
"""The story: days before the end on which North reminded of the missed instalment, and for which it was promised."""


def send_notices(account: Account, period: Period) -> None:
    """Write the notices that the present state of the account calls for: open at the evening before, not listed.

    Derived from the invoices' own draws, so that calling it again after a decision changes only what comes later.
    """
    account.notices = []
    for invoice in account.invoices:
        paid_off = invoice.paid_off()
        for stage, days in enumerate(invoice.notice_days):
            sent = workday(invoice.due + timedelta(days=days))
            if sent > period.until or (paid_off is not None and paid_off <= sent) or (invoice.disputed and stage > 0):
                break
            if account.is_listed(sent):
                continue
            chance = (invoice.chance * 997 + stage * 0.37) % 1
            named = None if chance < _WHOLE_ACCOUNT_SHARE else invoice
            account.notices.append(Notice(sent, named, stage, chance))
    account.notices += _of_story(account, period)
    account.notices.sort(key=lambda notice: notice.sent)


def _of_story(account: Account, period: Period) -> list[Notice]:
    """The broken plan of North: the missed instalment was promised for a day that went by without money."""
    case = account.cases[-1] if account.cases else None
    if account.customer.role != "plan_broken" or case is None or not case.debts:
        return []
    return [Notice(workday(period.ago(BROKEN_NOTICE)), case.debts[-1][0], 1, 0.0, workday(period.ago(BROKEN_PROMISE)))]


def nth_notice(account: Account, invoice: Invoice, count: int) -> date | None:
    """The day of the n-th notice after the due date; one that names no invoice counts for all overdue ones."""
    paid_off = invoice.paid_off()
    days = [
        notice.sent
        for notice in account.notices
        if notice.sent > invoice.due
        and (notice.invoice is invoice or (notice.invoice is None and (paid_off is None or paid_off > notice.sent)))
    ]
    return days[count - 1] if len(days) >= count else None


def dunning_rows(accounts: Iterable[Account], period: Period) -> list[dict[str, str]]:
    """The file kind `dunning`, numbered by day."""
    found = [
        (notice.sent, account.customer.index, notice, account) for account in accounts for notice in account.notices
    ]
    found.sort(key=lambda entry: entry[:2])
    return [_row(place, notice, account) for place, (_, _, notice, account) in enumerate(found, start=1)]


def _row(place: int, notice: Notice, account: Account) -> dict[str, str]:
    channels = _CHANNELS[notice.stage]
    response, promised = _response(notice, account)
    return {
        "dunning_no": f"CS{notice.sent:%y%m}{place:05d}",
        "customer_no": account.customer.number,
        "invoice_no": notice.invoice.number if notice.invoice else "",
        "sent_on": notice.sent.isoformat(),
        "channel": channels[place % len(channels)],
        "response": response,
        "promised_on": written(promised),
    }


def _response(notice: Notice, account: Account) -> tuple[str, date | None]:
    """What the customer answered: who fails promises much, refuses later; a payer promises a day near the true one."""
    if notice.promised is not None:
        return "promise", notice.promised
    chance = (notice.chance * 13) % 1
    if notice.invoice is not None and notice.invoice.disputed:
        return "dispute", None
    behaviour = account.behaviour_on(notice.sent)
    failing = behaviour.onset is not None and behaviour.habit in FAILING
    if failing and behaviour.habit is Habit.FRAUD and notice.stage >= 1:
        return "refusal", None
    if failing and notice.stage >= 2 and chance < 0.25:
        return "refusal", None
    if chance < (0.3 if failing else 0.55):
        return "none", None
    planned = notice.invoice.paid_off() if notice.invoice else None
    if planned is not None and planned > notice.sent and (planned - notice.sent).days < 25 and not failing:
        return "promise", planned + timedelta(days=int(chance * 40) % 5 - 1) if chance > 0.6 else planned
    return "promise", workday(notice.sent + timedelta(days=7 + int(chance * 100) % 12))
