"""Currency rates by day: the newest rate not after the day; a currency without one is unknown, never 1."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import FxRate

#: Rates as ranges, for joins: `(:base)` is worth 1 for ever. Use with `rate_join`.
RATE_RANGES = """
SELECT currency, as_of AS since,
       lead(as_of, 1, DATE '9999-12-31') OVER (PARTITION BY currency ORDER BY as_of) AS until, rate
  FROM fx_rate WHERE currency <> :base
UNION ALL SELECT :base, DATE '0001-01-01', DATE '9999-12-31', 1
"""


def rate_join(alias: str, currency: str, day: str) -> str:
    """SQL that joins the range of RATE_RANGES (as CTE `rates`) for a currency expression on a day expression."""
    return (
        f"LEFT JOIN rates {alias} ON {alias}.currency = coalesce({currency}, :base) "
        f"AND {day} >= {alias}.since AND {day} < {alias}.until"
    )


class Rates:
    """All rates, for rules that run in Python."""

    def __init__(self, rows: list[tuple[str, dt.date, Fraction]], base: str) -> None:
        self.base = base
        self._days: dict[str, list[dt.date]] = {}
        self._rates: dict[str, list[Fraction]] = {}
        for currency, day, rate in sorted(rows):
            self._days.setdefault(currency, []).append(day)
            self._rates.setdefault(currency, []).append(rate)

    def on(self, currency: str | None, day: dt.date) -> Fraction | None:
        """Base units for one unit of a currency on a day, or None where it is unknown."""
        if currency is None or currency == self.base:
            return Fraction(1)
        place = bisect_right(self._days.get(currency, []), day)
        return self._rates[currency][place - 1] if place else None

    def conversion(self, of: str | None, to: str | None, day: dt.date) -> Fraction | None:
        """Units of `to` for one unit of `of` on a day, or None where either rate is unknown."""
        if (of or self.base) == (to or self.base):
            return Fraction(1)
        first, second = self.on(of, day), self.on(to, day)
        return None if first is None or second is None else first / second


def known_rates(session: Session, base: str) -> Rates:
    """All rates of this database against a base currency."""
    rows = session.execute(select(FxRate.currency, FxRate.as_of, FxRate.rate)).all()
    return Rates([(row.currency, row.as_of, Fraction(row.rate)) for row in rows], base)
