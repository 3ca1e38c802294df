"""A nightly check of the figures against the data they are made of: what disagrees is made again and put on record.

Two questions, each of a part that changes every night: do the sums of one month agree with what the customers
contributed, and does a slice of the customers come out as it is stored when it is computed anew?
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select, text

from db.models import Customer
from services import data_versions, ledger
from services.context import Context
from services.metrics.periods import month_of, next_month
from services.metrics.upkeep import CELLS, mark_dirty, refresh

#: One of so many slices of the customers is computed anew each night, at most MOST_CUSTOMERS of it.
SLICES = 28
MOST_CUSTOMERS = 2_000

_CONTENT = "customer_id, metric, measure, department_id, month, neighbour, known_on, amount, subject, score"


@dataclass(frozen=True)
class SelfCheck:
    """What was compared, and how much of it disagreed."""

    month: dt.date
    customers: int
    wrong_sums: int
    wrong_contributions: int

    @property
    def is_sound(self) -> bool:
        """True when everything agreed."""
        return not (self.wrong_sums or self.wrong_contributions)


def check_figures(ctx: Context, turn: int) -> SelfCheck:
    """Compare the month and the customers whose turn it is (any whole number, one more each night).

    What disagrees is corrected, with one entry in the ledger. What is only waiting to be computed is computed first.
    """
    refresh(ctx)
    month = next_month(month_of(ctx.today), -(turn % SLICES))
    wrong_sums = _mend_sums(ctx, month)
    customers, wrong_contributions = _mend_contributions(ctx, turn % SLICES)
    found = SelfCheck(month, customers, wrong_sums, wrong_contributions)
    if not found.is_sound:
        data_versions.bump(ctx, "metrics")
        ledger.record(
            ctx, "metrics.corrected", "metric_rollup",
            after={"month": month, "customers": customers, "sums": wrong_sums, "contributions": wrong_contributions},
        )  # fmt: skip
    return found


def _mend_sums(ctx: Context, month: dt.date) -> int:
    """Compare a month's sums with the contributions; how many differ. They are then laid out anew."""
    parts = f"""
        SELECT {CELLS}, sum(amount) AS amount FROM metric_contribution
         WHERE metric = ANY(:metrics) AND month = :month GROUP BY {CELLS}
        UNION ALL SELECT {CELLS}, -amount FROM metric_rollup WHERE month = :month
    """  # noqa: S608  (our own columns)
    metrics = ["assessment_accuracy", "identification_timeliness", "arrears_recovery_rate", "complaint_rate"]
    values = {"month": month, "metrics": metrics}
    differing = text(
        f"SELECT count(*) FROM (SELECT 1 FROM ({parts}) p GROUP BY {CELLS} HAVING sum(amount) <> 0) d"  # noqa: S608
    )
    wrong: int = ctx.session.execute(differing, values).scalar_one()
    if wrong:
        ctx.session.execute(text("DELETE FROM metric_rollup WHERE month = :month"), {"month": month})
        ctx.session.execute(
            text(
                f"INSERT INTO metric_rollup ({CELLS}, amount) SELECT {CELLS}, sum(amount) FROM metric_contribution "  # noqa: S608
                f"WHERE metric = ANY(:metrics) AND month = :month GROUP BY {CELLS} HAVING sum(amount) <> 0"
            ),
            values,
        )
    return wrong


def _mend_contributions(ctx: Context, place: int) -> tuple[int, int]:
    """Compute a slice of the customers anew: how many, and how many contributions were missing, wrong or too many.

    When all is well the computation is taken back, so that a sound night changes nothing.
    """
    ids = ctx.session.execute(
        select(Customer.customer_id)
        .where(Customer.customer_id > 0, Customer.customer_id % SLICES == place)
        .order_by(Customer.customer_id)
        .limit(MOST_CUSTOMERS)
    ).scalars().all()  # fmt: skip
    if not ids:
        return 0, 0
    mine = f"SELECT {_CONTENT} FROM metric_contribution WHERE customer_id = ANY(:ids)"  # noqa: S608
    ctx.session.execute(text("DROP TABLE IF EXISTS stored_before"))
    ctx.session.execute(text(f"CREATE TEMPORARY TABLE stored_before ON COMMIT DROP AS {mine}"), {"ids": list(ids)})
    savepoint = ctx.session.begin_nested()
    mark_dirty(ctx, ids)
    refresh(ctx)
    before = f"SELECT {_CONTENT} FROM stored_before"  # noqa: S608
    differing = text(f"SELECT count(*) FROM (({mine} EXCEPT ALL {before}) UNION ALL ({before} EXCEPT ALL {mine})) d")  # noqa: S608
    wrong: int = ctx.session.execute(differing, {"ids": list(ids)}).scalar_one()
    if wrong:
        savepoint.commit()
    else:
        savepoint.rollback()
    return len(ids), wrong
