"""Transactions 交易历史: how the customer pays, how much stands out, how contracts are kept (docs/scorecard.md)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, case, func, literal, select

from db.models import Contract, ContractEvent, Customer
from services.scoring.card import Indicator
from services.scoring.indicators.invoices import invoices, is_trading
from services.scoring.indicators.measure import AsOf, Expression, Measure, Query, ratio, window_of

#: Days late from which an invoice counts as late in `late_share`: five days of grace.
GRACE_DAYS = 5
#: The stretch before the window that `slower_than_habit` takes for the habit, and how many invoices each must hold.
HABIT_DAYS, HABIT_INVOICES = 365, 3
#: The habit of paying late is looked for this far back.
USUAL_DAYS = 730
#: The stretch over which the agreed terms are averaged.
TERMS_DAYS = 365
#: Stands for "more than any number": something is owed, and nothing was sold or no limit given.
BEYOND = 99.0


@dataclass(frozen=True)
class Lateness:
    """What counts as late, and what is assumed of a customer before its own invoices speak.

    The assumption weighs as much as `seen` invoices of which `late` were late: a customer with two invoices is not
    judged by them alone, one with two hundred is (docs/scorecard.md, "Habit").
    """

    days: int
    late: float
    seen: int


#: One invoice in ten; one in forty. About what the ledgers of docs/scorecard.md hold.
LATE = Lateness(days=5, late=0.5, seen=5)
SERIOUSLY_LATE = Lateness(days=15, late=0.25, seen=10)


def _mean_days_late(at: AsOf, one: Indicator) -> Expression:
    invoice = invoices(at)
    return at.each(invoice, func.avg(invoice.c.days_late).filter(invoice.c.evidence_age < window_of(one)))


def _late_share(at: AsOf, one: Indicator) -> Expression:
    invoice = invoices(at)
    recent = invoice.c.evidence_age < window_of(one)
    late = at.each(invoice, func.count().filter(and_(recent, invoice.c.days_late >= GRACE_DAYS)))
    return ratio(late * literal(1.0), at.each(invoice, func.count().filter(recent)))


def _by_habit(at: AsOf, what: Lateness, days: int, invoices_now: Expression | int = 1) -> Expression:
    """So many invoices times the habit: the share of the customer's own that were late, eased towards the usual."""
    invoice = invoices(at)
    recent = invoice.c.evidence_age < days
    late = at.each(invoice, func.count().filter(and_(recent, invoice.c.days_late >= what.days)))
    # Multiplied before it is divided, so that one rounding decides the bin.
    return invoices_now * (late + literal(what.late)) / (at.each(invoice, func.count().filter(recent)) + what.seen)


def _late_habit(at: AsOf, one: Indicator) -> Expression:
    """Null, not the assumption, where the customer has shown nothing yet."""
    invoice = invoices(at)
    seen = at.each(invoice, func.count().filter(invoice.c.evidence_age < window_of(one)))
    return case((seen > 0, _by_habit(at, LATE, window_of(one))))


def _expected_late_open(at: AsOf, one: Indicator) -> Expression:
    invoice = invoices(at)
    unpaid = at.each(invoice, func.count().filter(invoice.c.is_open))
    return case((is_trading(at), _by_habit(at, LATE, window_of(one), unpaid)))


def _expected_serious(at: AsOf, one: Indicator) -> Expression:
    """The window is the pace, the habit is older: a quarter's invoices are too few to show what is rare."""
    invoice = invoices(at)
    bought = at.each(invoice, func.count().filter(invoice.c.issue_age < window_of(one)))
    return case((is_trading(at), _by_habit(at, SERIOUSLY_LATE, USUAL_DAYS, bought)))


def _slower_than_habit(at: AsOf, one: Indicator) -> Expression:
    invoice = invoices(at)
    window = window_of(one)
    now = invoice.c.evidence_age < window
    before = and_(invoice.c.evidence_age >= window, invoice.c.evidence_age < window + HABIT_DAYS)
    late_now, late_before = (at.each(invoice, func.avg(invoice.c.days_late).filter(part)) for part in (now, before))
    seen_now, seen_before = (at.each(invoice, func.count().filter(part)) for part in (now, before))
    return case((and_(seen_now >= HABIT_INVOICES, seen_before >= HABIT_INVOICES), late_now - late_before))


def _open_invoices(at: AsOf, _one: Indicator) -> Expression:
    invoice = invoices(at)
    return case((is_trading(at), at.each(invoice, func.count().filter(invoice.c.is_open))))


def _longest_terms_open(at: AsOf, _one: Indicator) -> Expression:
    """Nothing open has no terms: 0, the safest end."""
    invoice = invoices(at)
    longest = at.each(invoice, func.max(invoice.c.terms_days).filter(invoice.c.is_open))
    return case((is_trading(at), func.greatest(0, func.coalesce(longest, 0))))


def _turnover_to_terms(at: AsOf, one: Indicator) -> Expression:
    invoice = invoices(at)
    window = window_of(one)
    recent = invoice.c.issue_age < window
    stands_out = at.each(invoice, func.count().filter(invoice.c.is_open))
    sold = at.each(invoice, func.count().filter(recent))
    balance = at.each(invoice, func.sum(invoice.c.balance))
    amount = at.each(invoice, func.sum(invoice.c.amount).filter(recent))
    terms = at.each(invoice, func.avg(invoice.c.terms_days).filter(invoice.c.issue_age < TERMS_DAYS))
    return case(
        (~is_trading(at), None),
        (stands_out == 0, 0),
        (sold == 0, BEYOND),
        else_=ratio(balance * window, amount) / func.greatest(1, terms),
    )


def _amount_trend(at: AsOf, one: Indicator) -> Expression:
    invoice = invoices(at)
    window = window_of(one)
    age = invoice.c.issue_age
    now, before = age < window, and_(age >= window, age < 2 * window)
    sold = at.each(invoice, func.count().filter(now))
    amount_now = case((sold == 0, 0), else_=at.each(invoice, func.sum(invoice.c.amount).filter(now)))
    is_known_longer = at.each(invoice, func.count().filter(age >= 2 * window)) > 0
    return case((is_known_longer, ratio(amount_now, at.each(invoice, func.sum(invoice.c.amount).filter(before)))))


def _limit_use(at: AsOf, _one: Indicator) -> Expression:
    """Disputed invoices count here: they use the limit whether or not they are arrears."""
    invoice = invoices(at)
    owing = func.coalesce(at.each(invoice, func.count().filter(invoice.c.is_owing)), 0)
    owed = case((owing == 0, 0), else_=at.each(invoice, func.sum(invoice.c.owed)))
    return case(
        (Customer.credit_limit > 0, owed / Customer.credit_limit),
        (and_(Customer.credit_limit == 0, owing > 0), BEYOND),
    )


def _contracts(at: AsOf) -> Query:
    return (
        select(Contract.customer_id).where(Contract.signed_on <= at.today, at.concerns(Contract.customer_id)).distinct()
    )


def _breaches(at: AsOf) -> Query:
    return select(
        ContractEvent.customer_id, at.age(ContractEvent.occurred_on).label("age"),
        func.coalesce(ContractEvent.severity, 3).label("severity"),
    ).where(
        ContractEvent.occurred_on <= at.today, ContractEvent.kind != "fulfilled", at.concerns(ContractEvent.customer_id)
    )  # fmt: skip


def _contract_breach(at: AsOf, one: Indicator) -> Expression:
    contract = at.joined(at.source("contract_known", _contracts))
    breach = at.source("breach", _breaches)
    severity = at.each(breach, func.sum(breach.c.severity).filter(breach.c.age < window_of(one)))
    return case((contract.c.customer_id.is_not(None), func.coalesce(severity, 0)))


def _tenure_years(at: AsOf, _one: Indicator) -> Expression:
    return case((Customer.since <= at.today, at.age(Customer.since) / literal(365.25)))


MEASURES = (
    Measure("mean_days_late_90", _mean_days_late, 90),
    Measure("late_share_365", _late_share, 365),
    Measure("late_habit_730", _late_habit, USUAL_DAYS),
    Measure("expected_late_open", _expected_late_open, USUAL_DAYS),
    Measure("expected_serious_90", _expected_serious, 90),
    Measure("slower_than_habit", _slower_than_habit, 90),
    Measure("open_invoices", _open_invoices),
    Measure("longest_terms_open", _longest_terms_open),
    Measure("turnover_to_terms", _turnover_to_terms, 90),
    Measure("amount_trend", _amount_trend, 90),
    Measure("limit_use", _limit_use),
    Measure("contract_breach_365", _contract_breach, 365),
    Measure("tenure_years", _tenure_years),
)
