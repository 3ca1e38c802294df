"""Credit 信用状况: what is overdue, ratings, reports, promises, earlier listings (docs/scorecard.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Subquery,
    and_,
    case,
    func,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import distinct_on

from db.enums import DunningResponse, ListingEnd, ListingState
from db.models import CreditReport, Customer, DunningNotice, Invoice, InvoiceSettlement, Listing
from services.scoring.card import Indicator
from services.scoring.indicators.invoices import invoices, is_trading, settles
from services.scoring.indicators.measure import AsOf, Expression, Measure, Query, ratio, window_of


def _overdue_days_now(at: AsOf, _one: Indicator) -> Expression:
    return case((is_trading(at), func.coalesce(worst_overdue_days(at), 0)))


def _overdue_count_now(at: AsOf, _one: Indicator) -> Expression:
    invoice = invoices(at)
    return case((is_trading(at), at.each(invoice, func.count(invoice.c.overdue_days))))


def _overdue_share_now(at: AsOf, _one: Indicator) -> Expression:
    invoice = invoices(at)
    is_overdue = invoice.c.overdue_days.is_not(None)
    overdue = func.coalesce(at.each(invoice, func.sum(invoice.c.balance).filter(is_overdue)), 0)
    count = at.each(invoice, func.count().filter(invoice.c.is_open))
    return case(
        (~is_trading(at), None), (count == 0, 0), else_=ratio(overdue, at.each(invoice, func.sum(invoice.c.balance)))
    )


def _worst_days_late(at: AsOf, one: Indicator) -> Expression:
    invoice = invoices(at)
    return at.each(invoice, func.max(invoice.c.days_late).filter(invoice.c.evidence_age < window_of(one)))


def worst_overdue_days(at: AsOf) -> Expression:
    """Days past due of the oldest overdue invoice; null if none is overdue. Also what the overdue floors look at."""
    invoice = invoices(at)
    return at.each(invoice, func.max(invoice.c.overdue_days))


def _promises(at: AsOf) -> Query:
    """Lapsed promises with the verdict: `age` of the promised day, `is_broken`."""
    notice = DunningNotice
    lapsed = and_(
        notice.response == DunningResponse.PROMISE.value, notice.sent_on <= at.today, notice.promised_on < at.today,
        at.concerns(notice.customer_id),
    )  # fmt: skip
    counts = and_(
        ~Invoice.is_disputed, Invoice.amount > 0, Invoice.issued_on <= at.today, at.concerns(Invoice.customer_id)
    )
    unpaid = or_(
        InvoiceSettlement.paid_off_on.is_(None),
        InvoiceSettlement.paid_off_on > func.greatest(notice.sent_on, notice.promised_on),
    )
    named_unpaid = or_(InvoiceSettlement.paid_off_on.is_(None), InvoiceSettlement.paid_off_on > notice.promised_on)
    of_notice = Invoice.customer_id == notice.customer_id
    named = (
        select(notice.customer_id, notice.promised_on, and_(Invoice.id.is_not(None), named_unpaid).label("is_broken"))
        .outerjoin(Invoice, and_(of_notice, Invoice.id == notice.invoice_id, counts))
        .outerjoin(InvoiceSettlement, settles(Invoice))
        .where(lapsed, notice.invoice_id.is_not(None))
    )
    unnamed = (
        select(notice.customer_id, notice.promised_on, func.bool_or(and_(Invoice.id.is_not(None), unpaid)))
        .outerjoin(Invoice, and_(of_notice, Invoice.due_on < notice.sent_on, counts))
        .outerjoin(InvoiceSettlement, settles(Invoice))
        .where(lapsed, notice.invoice_id.is_(None))
        .group_by(notice.customer_id, notice.id, notice.promised_on)
    )
    both = union_all(named, unnamed).subquery("lapsed")
    return select(both.c.customer_id, at.age(both.c.promised_on).label("age"), both.c.is_broken)


def _broken_promises(at: AsOf, one: Indicator) -> Expression:
    promise = at.source("promise", _promises)
    recent = promise.c.age < window_of(one)
    lapsed = at.each(promise, func.count().filter(recent))
    return case((lapsed > 0, at.each(promise, func.count().filter(and_(recent, promise.c.is_broken)))))


def _reports(at: AsOf, value: ColumnElement[Any], *first: ColumnElement[Any]) -> Query:
    """The newest report that states a value; of several of one day the one that `first` puts first."""
    return (
        select(CreditReport.customer_id, CreditReport.reported_on, value.label("stated"))
        .ext(distinct_on(CreditReport.customer_id))
        .where(CreditReport.reported_on <= at.today, value.is_not(None), at.concerns(CreditReport.customer_id))
        .order_by(CreditReport.customer_id, CreditReport.reported_on.desc(), *first)
    )


def grade_points(grade: Expression, categories: Any) -> Expression:  # noqa: ANN401  (names to points)
    """The card's points of a grade, null for one that it does not know."""
    return case(*((grade == name, points) for name, points in categories.items()))


def _credit_rating(at: AsOf, one: Indicator) -> Expression:
    """A report's grade, the riskier of two of one day; without a report the register's, which carries no date."""
    stated = func.nullif(func.upper(func.btrim(CreditReport.rating)), "")
    riskiest = grade_points(stated, one.categories).desc().nulls_last()
    report = at.joined(at.source("rating_report", lambda at: _reports(at, stated, riskiest, stated)))
    registered = func.upper(func.btrim(Customer.credit_rating))
    grade = case((report.c.reported_on > at.on(window_of(one)), report.c.stated), else_=registered)
    return case((grade.in_(list(one.categories)), grade))


def _report_count(name: str) -> Callable[[AsOf, Indicator], Expression]:
    stated = getattr(CreditReport, name)

    def expression(at: AsOf, one: Indicator) -> Expression:
        report = at.joined(at.source(f"report_{name}", lambda at: _reports(at, stated, stated.desc())))
        return case((report.c.reported_on > at.on(window_of(one)), report.c.stated))

    return expression


def _listings(at: AsOf) -> Query:
    stands = or_(Listing.restored_on.is_(None), Listing.restored_on > at.today)
    # One comparison, not a condition more: the planner takes each for a third of the rows, and loops over the rest.
    was_wrong = and_(Listing.ended_as == ListingEnd.UNFOUNDED.value, Listing.restored_on <= at.today)
    by = case((was_wrong, null()), else_=at.today)
    return select(Listing.customer_id, stands.label("stands")).where(
        Listing.state.in_([ListingState.CONFIRMED.value, ListingState.RESTORED.value]), Listing.decided_on <= by,
        at.concerns(Listing.customer_id),
    )  # fmt: skip


def listings(at: AsOf) -> Subquery:
    """Confirmed listings decided by the day: `stands` unless restored by then. One found wrong by then never was."""
    return at.source("listing_known", _listings)


def _past_listings(at: AsOf, _one: Indicator) -> Expression:
    """Null, not 0, without one: a clean sheet earns no points either way. The grouped rows have none to count."""
    return at.each(listings(at), func.count())


MEASURES = (
    Measure("overdue_days_now", _overdue_days_now),
    Measure("overdue_count_now", _overdue_count_now),
    Measure("overdue_share_now", _overdue_share_now),
    Measure("worst_days_late_180", _worst_days_late, 180),
    Measure("worst_days_late_365", _worst_days_late, 365),
    Measure("broken_promises_365", _broken_promises, 365),
    Measure("credit_rating", _credit_rating, 730, is_category=True, spelt=str.upper),
    Measure("report_overdue_count", _report_count("overdue_count"), 730),
    Measure("report_enforcement_count", _report_count("enforcement_count"), 730),
    Measure("past_listings", _past_listings),
)
