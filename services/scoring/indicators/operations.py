"""Operations 经营情况: size, age and the ratios of the newest financial statement (docs/scorecard.md)."""

from __future__ import annotations

from sqlalchemy import Subquery, and_, case, func, literal, select
from sqlalchemy.dialects.postgresql import distinct_on

from db.models import Customer, FinancialStatement
from services.scoring.card import Indicator
from services.scoring.indicators.measure import AsOf, Expression, Measure, Query, window_of

#: The statement of the year before lies this many days before the newest, ends included.
YEAR_BEFORE = (300, 430)
#: Current ratio without any current liability; margin of a loss without revenue.
BEYOND, ALL_LOST = 99.0, -9.0


def _firm_size(_at: AsOf, one: Indicator) -> Expression:
    size = func.lower(func.btrim(Customer.size))
    return case((size.in_(list(one.categories)), size))


def _firm_age_years(at: AsOf, _one: Indicator) -> Expression:
    return case((Customer.established_on <= at.today, at.age(Customer.established_on) / literal(365.25)))


def _newest(at: AsOf) -> Query:
    return (
        select(FinancialStatement)
        .ext(distinct_on(FinancialStatement.customer_id))
        .where(FinancialStatement.period_end <= at.today, at.concerns(FinancialStatement.customer_id))
        .order_by(FinancialStatement.customer_id, FinancialStatement.period_end.desc())
    )


def _year_before(at: AsOf) -> Query:
    newest = _newest(at).subquery("newest_statement")
    earlier = FinancialStatement
    least, most = YEAR_BEFORE
    return (
        select(earlier.customer_id, earlier.revenue, earlier.currency)
        .ext(distinct_on(earlier.customer_id))
        .join(
            newest,
            and_(
                newest.c.customer_id == earlier.customer_id,
                earlier.period_end.between(newest.c.period_end - most, newest.c.period_end - least),
            ),
        )
        .where(at.concerns(earlier.customer_id))
        .order_by(earlier.customer_id, earlier.period_end.desc())
    )


def _statement(at: AsOf) -> Subquery:
    return at.joined(at.source("statement", _newest))


def _recent(at: AsOf, one: Indicator, expression: Expression) -> Expression:
    """The expression where the newest statement is within the window, else null: an older one is out of date too."""
    return case((_statement(at).c.period_end > at.on(window_of(one)), expression))


def _debt_ratio(at: AsOf, one: Indicator) -> Expression:
    f = _statement(at).c
    return _recent(at, one, case((f.total_assets > 0, f.total_liabilities / f.total_assets)))


def _current_ratio(at: AsOf, one: Indicator) -> Expression:
    f = _statement(at).c
    return _recent(
        at, one,
        case(
            (and_(f.current_liabilities == 0, f.current_assets > 0), BEYOND),
            (f.current_liabilities != 0, f.current_assets / f.current_liabilities),
        ),
    )  # fmt: skip


def _net_margin(at: AsOf, one: Indicator) -> Expression:
    f = _statement(at).c
    return _recent(
        at, one,
        case((f.revenue > 0, f.net_profit / f.revenue), (and_(f.revenue <= 0, f.net_profit < 0), ALL_LOST)),
    )  # fmt: skip


def _cash_flow_cover(at: AsOf, one: Indicator) -> Expression:
    f = _statement(at).c
    return _recent(at, one, case((f.current_liabilities > 0, f.operating_cash_flow / f.current_liabilities)))


def _revenue_growth(at: AsOf, one: Indicator) -> Expression:
    f = _statement(at).c
    g = at.joined(at.source("statement_before", _year_before)).c
    same = func.coalesce(f.currency, at.base_currency) == func.coalesce(g.currency, at.base_currency)
    return _recent(at, one, case((and_(same, g.revenue > 0), f.revenue / g.revenue - 1)))


MEASURES = (
    Measure("firm_size", _firm_size, is_category=True, spelt=str.lower),
    Measure("firm_age_years", _firm_age_years),
    Measure("debt_ratio", _debt_ratio, 730),
    Measure("current_ratio", _current_ratio, 730),
    Measure("net_margin", _net_margin, 730),
    Measure("cash_flow_cover", _cash_flow_cover, 730),
    Measure("revenue_growth", _revenue_growth, 730),
)
