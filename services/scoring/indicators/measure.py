"""What an indicator is, and what is known of customers on the evening of a day, read set by set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Select,
    Subquery,
    case,
    cast,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
    true,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.types import BigInteger

from db.models import Customer, FxRate
from services.scoring.card import Indicator

#: A column or an expression, one value a customer.
Expression = ColumnElement[Any]
Query = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Measure:
    """How an indicator is measured. `window_days` None: no window. `spelt` brings names into the card's spelling."""

    code: str
    expression: Callable[[AsOf, Indicator], Expression]
    window_days: int | None = None
    is_category: bool = False
    spelt: Callable[[str], str] = str


@dataclass
class AsOf:
    """What is known on the evening of `day`, of some customers (`customer_ids`) or of all (None).

    Indicators ask for what they need: `each` aggregates the rows of a source by customer, `joined` takes a source of
    at most one row a customer as it is. However many ask, each source is read once; what nobody asks for is not read.
    """

    day: dt.date
    base_currency: str
    customer_ids: Sequence[int] | None = None
    sources: dict[str, Subquery] = field(default_factory=dict)
    _asked: dict[str, list[Expression]] = field(default_factory=dict)
    _joined: dict[str, tuple[FromClause, Expression]] = field(default_factory=dict)

    @cached_property
    def today(self) -> Expression:
        """The day as SQL."""
        return literal(self.day, Date)

    def on(self, days_before: int) -> Expression:
        """The day that many days before, as SQL."""
        return literal(self.day - dt.timedelta(days=min(days_before, (self.day - dt.date.min).days)), Date)

    def age(self, day: Any) -> Expression:  # noqa: ANN401
        """Days from a date column to the evening in question: 0 is today. (day - n, day] holds ages below n."""
        return days_between(day, self.today)

    def concerns(self, customer_id: Any) -> ColumnElement[bool]:  # noqa: ANN401
        """True for rows of the customers in question."""
        if self.customer_ids is None:
            return true()
        wanted: ColumnElement[bool] = customer_id == func.any(cast(list(self.customer_ids), ARRAY(BigInteger)))
        return wanted

    def source(self, name: str, make: Callable[[AsOf], Query]) -> Subquery:
        """The source of this name, made at most once."""
        if name not in self.sources:
            self.sources[name] = make(self).subquery(name)
        return self.sources[name]

    def each(self, rows: Subquery, aggregate: Expression) -> Expression:
        """An aggregate of a source's rows by customer; null for a customer without a row."""
        asked = self._asked.setdefault(rows.name, [])
        place = next((place for place, one in enumerate(asked) if one.compare(aggregate)), len(asked))
        if place == len(asked):
            asked.append(aggregate)
        return literal_column(f"{rows.name}_figures.m{place + 1}", aggregate.type)

    def joined(self, rows: Subquery, on: Expression | None = None) -> Subquery:
        """A source of at most one row a customer, joined by customer_id or by another condition."""
        self._joined[rows.name] = (rows, rows.c.customer_id == Customer.customer_id if on is None else on)
        return rows

    def query(self, columns: Sequence[Expression]) -> Query:
        """One row a customer with these columns. Ask for everything first."""
        query = select(Customer.customer_id, *columns)
        home: FromClause = Customer.__table__
        for name, asked in self._asked.items():
            rows = self.sources[name]
            labelled = [one.label(f"m{place}") for place, one in enumerate(asked, start=1)]
            figures = select(rows.c.customer_id, *labelled).group_by(rows.c.customer_id).cte(f"{name}_figures")
            query = query.add_cte(figures)
            named = table(f"{name}_figures", column("customer_id", BigInteger))
            home = home.outerjoin(named, named.c.customer_id == Customer.customer_id)
        for joined, condition in self._joined.values():
            home = home.outerjoin(joined, condition)
        return query.select_from(home).where(Customer.customer_id > 0, self.concerns(Customer.customer_id))

    @property
    def rates(self) -> Subquery:
        """Each currency's newest rate on the day: `currency`, `rate` (base units per unit)."""
        return (
            select(FxRate.currency, FxRate.rate)
            .ext(distinct_on(FxRate.currency))
            .where(FxRate.as_of <= self.today, FxRate.currency != self.base_currency)
            .order_by(FxRate.currency, FxRate.as_of.desc())
            .subquery("rate_now")
        )

    def factor(self, currency: Any, rates: Subquery) -> Expression:  # noqa: ANN401
        """Base units for one unit: 1 for the base currency (null means base), null where the rate is unknown."""
        return case((or_(currency.is_(None), currency == self.base_currency), 1), else_=rates.c.rate)


def days_between(earlier: Any, later: Any) -> Expression:  # noqa: ANN401
    """Whole days from one date to another. (Postgres subtracts dates to an integer.)"""
    return type_coerce(later - earlier, Integer)


def window_of(indicator: Indicator) -> int:
    """The indicator's window in days; only for indicators that have one."""
    assert indicator.window_days is not None  # noqa: S101
    return indicator.window_days


def ratio(part: Expression, whole: Expression) -> Expression:
    """A quotient; null where the divisor is 0 or a part is unknown."""
    return part / func.nullif(whole, 0)
