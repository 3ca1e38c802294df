"""Invoices and payments: what each customer buys over the months and how the money comes in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

from services.sample.account import Account, Invoice, Payment, allocate
from services.sample.behaviour import Behaviour, Habit, days_late, keeps_ordering
from services.sample.contracts import contract_number
from services.sample.customers import Customer
from services.sample.period import Period, money, workday, written

SEASON = (0.95, 0.62, 1.1, 1.05, 1.0, 1.12, 0.9, 0.94, 1.1, 0.88, 1.08, 1.26)
"""Trade by calendar month: thin at the Spring Festival, strong before the year ends."""
LUMP_DAY = 25
"""The day of the month on which customers that pay in lumps pay everything that is due."""


def open_account(customer: Customer, period: Period) -> Account:
    """The account with all invoices that the customer would be given if nothing stopped the trade, and their money."""
    account = Account(customer, customer.behaviour)
    if customer.is_register_only:
        return account
    rng = period.random("trade", customer.index)
    for place, month in enumerate(period.months()):
        if month < customer.since.replace(day=1):
            continue
        wanted = customer.volume * SEASON[month.month - 1] * (1 + 0.003 * place)
        count = int(wanted + rng.random())
        for number in range(1, count + 1):
            invoice = _invoice(customer, month, number, rng)
            wanted_still = keeps_ordering(customer.behaviour, invoice.issued, rng.random())
            if wanted_still and max(period.start, customer.since) <= invoice.issued <= period.until:
                account.invoices.append(invoice)
    account.invoices.sort(key=lambda invoice: (invoice.issued, invoice.number))
    for invoice in account.invoices:
        plan_money(invoice, customer.behaviour)
    settle(account, period)
    return account


def _invoice(customer: Customer, month: date, number: int, rng: Random) -> Invoice:
    issued = workday(month + timedelta(days=rng.randrange(27)))
    cents = int(customer.ticket * rng.lognormvariate(-0.12, 0.5))
    cents -= cents % (100 if rng.random() < 0.3 else 1)
    habit = customer.behaviour.habit
    disputed = rng.random() < (0.11 if habit is Habit.DISPUTER else 0.004)
    big = 2.6 if habit is Habit.FRAUD and customer.behaviour.onset and issued > customer.behaviour.onset else 1
    return Invoice(
        number=f"FP{month:%y%m}{customer.index:04d}{number}",
        issued=issued,
        due=issued + timedelta(days=customer.terms),
        cents=max(30_000, int(cents * big)),
        contract=contract_number(customer, issued) if rng.random() < 0.87 else "",
        disputed=disputed,
        gauss=rng.gauss(0, 1),
        chance=rng.random(),
        notice_days=_notice_days(rng),
    )


def _notice_days(rng: Random) -> tuple[int, ...]:
    """Days past due of the reminders: usually four before the 90th day, sometimes one and the next too late."""
    if rng.random() < 0.05:
        return (rng.randint(15, 30), rng.randint(92, 118))
    return (rng.randint(8, 13), rng.randint(29, 38), rng.randint(58, 68), rng.randint(83, 89))


def plan_money(invoice: Invoice, behaviour: Behaviour) -> None:
    """When and in which parts an invoice will be paid under a behaviour; an empty plan is one that will not be."""
    if invoice.disputed:
        days: int | None = 70 + int(invoice.chance * 120)
        invoice.plan = [] if invoice.chance > 0.6 else [(invoice.due + timedelta(days=days or 0), invoice.cents)]
        return
    days = days_late(behaviour, invoice.due, invoice.gauss, invoice.chance)
    if days is None:
        invoice.plan = []
        return
    paid = workday(max(invoice.issued + timedelta(days=1), invoice.due + timedelta(days=days)))
    # The third and fourth decimals of the draw decide the form: independent enough of those that decide the day.
    form = int(invoice.chance * 10_000) % 100
    if form < 4 and days < 60:
        first = invoice.cents * (40 + form * 10) // 100
        invoice.plan = [(paid, first), (workday(paid + timedelta(days=9 + form * 4)), invoice.cents - first)]
    elif form == 4:
        invoice.plan = [(paid, (invoice.cents // 100_000 + 1) * 100_000)]
    else:
        invoice.plan = [(paid, invoice.cents)]


def settle(account: Account, period: Period) -> None:
    """Turn the plans into payments up to the end of the period and allocate them."""
    customer = account.customer
    account.payments = []
    lumps: dict[date, int] = {}
    shorthand = customer.department in ("OPS", "SERVICE") and customer.behaviour.habit is Habit.PROMPT
    for invoice in account.invoices:
        whole = len(invoice.plan) == 1 and invoice.plan[0][1] == invoice.cents
        if shorthand and whole and not customer.pays_in_lumps and invoice.chance < 0.6:
            invoice.settled = invoice.plan[0][0] if invoice.plan[0][0] <= period.until else None
            continue
        invoice.settled = None
        for paid, cents in invoice.plan:
            if customer.pays_in_lumps and not invoice.disputed:
                day = _lump_day(paid)
                lumps[day] = lumps.get(day, 0) + cents
            else:
                account.payments.append(Payment(paid, cents, invoice, channel_of(customer, invoice.chance)))
    account.payments += [Payment(day, cents, None, "bank_transfer") for day, cents in sorted(lumps.items())]
    account.payments = [payment for payment in account.payments if payment.paid <= period.until]
    account.payments.sort(key=lambda payment: payment.paid)
    allocate(account)


def _lump_day(planned: date) -> date:
    month = planned if planned.day <= LUMP_DAY else (planned.replace(day=1) + timedelta(days=32))
    return workday(month.replace(day=LUMP_DAY))


def channel_of(customer: Customer, chance: float) -> str:
    """How a payment comes in: letters of credit abroad, bank acceptances at home, wallets from persons."""
    if customer.origin == "abroad":
        return "letter_of_credit" if chance < 0.25 else "wire_transfer"
    if customer.kind == "individual":
        return "mobile_wallet" if chance < 0.6 else "cash" if chance < 0.7 else "bank_transfer"
    return "bank_acceptance" if 0.3 < chance < 0.45 else "bank_transfer"


def invoice_rows(accounts: Iterable[Account]) -> list[dict[str, str]]:
    """The file kind `invoices`, in order of issue."""
    found = [
        (invoice.issued, invoice.number, invoice, account.customer)
        for account in accounts
        for invoice in account.invoices
    ]
    found.sort(key=lambda entry: entry[:2])
    return [
        {
            "invoice_no": invoice.number,
            "customer_no": customer.number,
            "contract_no": invoice.contract,
            "issued_on": invoice.issued.isoformat(),
            "due_on": invoice.due.isoformat(),
            "amount": money(invoice.cents),
            "currency": customer.currency,
            "disputed": "true" if invoice.disputed else "false",
            "settled_on": written(invoice.settled),
        }
        for _, _, invoice, customer in found
    ]


def payment_rows(accounts: Iterable[Account]) -> list[dict[str, str]]:
    """The file kind `payments`, numbered in order of the day they came in."""
    found = [
        (payment.paid, account.customer.index, payment, account.customer)
        for account in accounts
        for payment in account.payments
    ]
    found.sort(key=lambda entry: entry[:2])
    return [
        {
            "payment_no": f"HK{payment.paid:%y%m}{place:06d}",
            "customer_no": customer.number,
            "invoice_no": payment.invoice.number if payment.invoice else "",
            "paid_on": payment.paid.isoformat(),
            "amount": money(payment.cents),
            "currency": customer.currency,
            "channel": payment.channel,
        }
        for place, (_, _, payment, customer) in enumerate(found, start=1)
    ]
