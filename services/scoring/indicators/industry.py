"""Industry background 行业背景: the newest outlook of the customer's industry (docs/scorecard.md)."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import case, select
from sqlalchemy.dialects.postgresql import distinct_on

from db.models import Customer, IndustryOutlook
from services.scoring.card import Indicator
from services.scoring.indicators.measure import AsOf, Expression, Measure, Query, window_of


def _outlooks(at: AsOf) -> Query:
    return (
        select(IndustryOutlook)
        .ext(distinct_on(IndustryOutlook.industry_code))
        .where(IndustryOutlook.as_of <= at.today)
        .order_by(IndustryOutlook.industry_code, IndustryOutlook.as_of.desc())
    )


def _column(name: str) -> Callable[[AsOf, Indicator], Expression]:
    def expression(at: AsOf, one: Indicator) -> Expression:
        newest = at.source("outlook_now", _outlooks)
        at.joined(newest, newest.c.industry_code == Customer.industry_code)
        return case((newest.c.as_of > at.on(window_of(one)), newest.c[name]))

    return expression


MEASURES = (
    Measure("industry_outlook", _column("outlook"), 365),
    Measure("industry_trend", _column("trend"), 365),
    Measure("industry_policy", _column("policy"), 365),
    Measure("industry_default_rate", _column("default_rate"), 365),
)
