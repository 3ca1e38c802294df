"""The company's own past as columns: what was known of each customer at each month end, and what came of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import func, select, text

from db.models import Customer
from services.context import Context
from services.scoring.challenger.candidates import Candidate, measuring_card
from services.scoring.comparison.replay import EPOCH, Progress
from services.scoring.comparison.statistics import Bools, Codes, Floats
from services.scoring.compile import values_query
from services.scoring.indicators.measure import AsOf
from services.scoring.outcomes import Outcome, lay_out_outcomes

#: One case is a customer at a month end. More than this many are thinned out by customer, never by outcome.
MOST_CASES = 200_000


@dataclass(frozen=True)
class Past:
    """One case a row. A value that is not known is NaN; a name stands as its place in the candidate's order."""

    day: Codes
    customer: Codes
    bad: Bools
    values: Mapping[str, Floats]
    thinned: int = 1

    def of(self, kept: Bools) -> Past:
        """Some of the cases."""
        values = {code: column[kept] for code, column in self.values.items()}
        return Past(self.day[kept], self.customer[kept], self.bad[kept], values, self.thinned)

    @property
    def bad_customers(self) -> int:
        """Customers that turned bad after at least one of the days."""
        return len(np.unique(self.customer[self.bad]))


_TRADING = """
SELECT DISTINCT customer_id FROM invoice WHERE issued_on <= :as_of AND amount > 0 AND NOT is_disputed
"""
_SEEN = "SELECT customer_id, bad_on, is_left_out FROM outcome_seen WHERE as_of = :as_of"


def past_cases(
    ctx: Context, found: tuple[Candidate, ...], outcome: Outcome, days: Sequence[dt.date], progress: Progress
) -> Past:
    """Every customer that had bought by each day and was not bad already."""
    lay_out_outcomes(ctx, outcome, tuple(days))
    customers = ctx.session.execute(select(func.count()).select_from(Customer)).scalar_one()
    thinned = max(1, -(-customers * len(days) // MOST_CASES))
    ids = None if thinned == 1 else _every(ctx, thinned)
    card = measuring_card(found)
    parts = []
    for done, day in enumerate(days, start=1):
        at = AsOf(day, ctx.policy_history.on(day).base_currency, ids)
        trading = set(ctx.session.execute(text(_TRADING), {"as_of": day}).scalars())
        rows = [row for row in ctx.session.execute(values_query(card, at)) if row[0] in trading]
        seen = {row[0]: (row[1], row[2]) for row in ctx.session.execute(text(_SEEN), {"as_of": day})}
        parts.append(_columns(rows, found, card_codes(found), seen, day))
        progress(done, len(days))
    return _joined(parts, found, thinned)


def card_codes(found: tuple[Candidate, ...]) -> list[str]:
    """The codes in the order in which `values_query` gives them."""
    return [one.code for one in measuring_card(found).indicators]


def _every(ctx: Context, thinned: int) -> list[int]:
    query = select(Customer.customer_id).where(Customer.customer_id > 0, Customer.customer_id % thinned == 0)
    return list(ctx.session.execute(query).scalars())


def _columns(
    rows: Sequence[Sequence[object]], found: tuple[Candidate, ...], codes: list[str],
    seen: Mapping[int, tuple[dt.date | None, bool]], day: dt.date,
) -> Past:  # fmt: skip
    by_code = {one.indicator.code: one for one in found}
    kept = [row for row in rows if not _is_out(seen, row[0])]
    ids = np.array([row[0] for row in kept], dtype=np.int64)
    values = {
        code: np.array([_number(row[place], by_code[code]) for row in kept], dtype=np.float64)
        for place, code in enumerate(codes, start=1)
    }
    bad = np.array([seen.get(int(one), (None, False))[0] is not None for one in ids], dtype=np.bool_)
    return Past(np.full(len(ids), (day - EPOCH).days, dtype=np.int64), ids, bad, values)


def _is_out(seen: Mapping[int, tuple[dt.date | None, bool]], customer: object) -> bool:
    return isinstance(customer, int) and bool(seen.get(customer, (None, False))[1])


def _number(value: object, candidate: Candidate) -> float:
    if candidate.indicator.is_category:
        return candidate.order.get(str(value), float("nan"))
    return float("nan") if value is None else float(str(value))


def _joined(parts: Sequence[Past], found: tuple[Candidate, ...], thinned: int) -> Past:
    return Past(
        np.concatenate([one.day for one in parts]),
        np.concatenate([one.customer for one in parts]),
        np.concatenate([one.bad for one in parts]),
        {code: np.concatenate([one.values[code] for one in parts]) for code in card_codes(found)},
        thinned,
    )
