"""The product's metrics, ageing and tallies against the naive day-by-day computation, on random histories."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import product

import pytest

from services.context import Context
from services.incentives import tally
from services.metrics.figures import figures
from services.metrics.periods import parsed_month
from services.receivables.ageing import ageing
from tests.oracle import histories, metrics
from tests.services.history_rows import store

FIRST, LAST = "2023-10", "2025-04"
DAYS = (dt.date(2024, 2, 29), dt.date(2024, 9, 30), dt.date(2024, 11, 17), dt.date(2025, 3, 23), dt.date(2025, 12, 31))
GROUPINGS = (set[str](), {"month"}, {"department"}, {"month", "department"})


def our_figures(
    ctx: Context, by: set[str], as_of: dt.date, first: str = FIRST, last: str = LAST
) -> dict[object, object]:
    found = figures(ctx, parsed_month(first), parsed_month(last), by=by, as_of=as_of)
    return {
        (one.metric, one.month and one.month.strftime("%Y-%m"), one.department): (
            one.numerator, one.denominator, None if one.value is None else round(float(one.value), 9),
        )
        for one in found
    }  # fmt: skip


def oracle_figures(
    history: object, by: set[str], as_of: dt.date, first: str = FIRST, last: str = LAST
) -> dict[object, object]:
    rows = metrics.by_key(metrics.metrics(history, first, last, by, as_of))
    return {key: (Decimal(a), Decimal(b), None if c is None else round(c, 9)) for key, (a, b, c) in rows.items()}


@pytest.mark.parametrize("seed", range(6))
def test_metrics_agree_with_the_day_by_day_computation(ctx: Context, seed: int) -> None:
    history = histories.random_history(seed)
    store(ctx, history)
    for by, as_of in product(GROUPINGS, DAYS):
        assert our_figures(ctx, by, as_of) == oracle_figures(history, by, as_of), (by, as_of)
    quarter = oracle_figures(history, {"department"}, DAYS[-1], "2024-04", "2024-06")
    assert our_figures(ctx, {"department"}, DAYS[-1], "2024-04", "2024-06") == quarter


@pytest.mark.parametrize("seed", [11, 12])
def test_ageing_agrees_with_the_day_by_day_computation(ctx: Context, seed: int) -> None:
    history = histories.random_history(seed)
    store(ctx, history)
    for as_of in DAYS[:4]:
        (theirs,) = metrics.aging(history, as_of, by_department=False)
        (ours,) = ageing(ctx, as_of)
        assert (ours.open_count, ours.open_amount) == (theirs["open_count"], theirs["open_amount"])
        assert (ours.overdue_count, ours.overdue_amount) == (theirs["overdue_count"], theirs["overdue_amount"])
        assert ours.overdue_customers == theirs["overdue_customers"]
        assert [(one.from_days, one.count, one.amount) for one in ours.buckets] == [
            (one["from_days"], one["count"], one["amount"]) for one in theirs["buckets"]
        ]


def test_tallies_agree_with_the_naive_count(ctx: Context) -> None:
    history = histories.random_history(21)
    store(ctx, history)
    for by in ({"month"}, {"department"}, set[str]()):
        ours = {
            (one.kind, one.measure, one.department, one.month and one.month.strftime("%Y-%m")): (one.count, one.amount)
            for one in tally(ctx, parsed_month(FIRST), parsed_month(LAST), by=by)
        }
        theirs = {
            (row["kind"], row["measure"], row["department"], row["month"]): (row["count"], row["amount"])
            for row in metrics.tally(history, FIRST, LAST, by)
        }
        assert ours == theirs
