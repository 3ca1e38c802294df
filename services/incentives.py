"""Rewards and penalties (policy 5.3): what was decided, and its tallies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import text

from db.enums import IncentiveState
from services.access import ensure_may
from services.context import Context
from services.errors import N_, RefusedError
from services.metrics.periods import month_end, month_of
from services.receivables.rates import RATE_RANGES, rate_join
from services.states import Transitions

INCENTIVE_TRANSITIONS: Transitions = {
    IncentiveState.PROPOSED: {IncentiveState.APPROVED, IncentiveState.REJECTED},
    IncentiveState.APPROVED: {IncentiveState.EXECUTED, IncentiveState.APPEALED},
    IncentiveState.EXECUTED: {IncentiveState.APPEALED},
    IncentiveState.APPEALED: {IncentiveState.UPHELD, IncentiveState.REVOKED},
}
#: What counts in tallies: decided, and not taken back.
COUNTED = (IncentiveState.APPROVED, IncentiveState.EXECUTED, IncentiveState.APPEALED, IncentiveState.UPHELD)
GROUPINGS = ("kind", "measure", "department", "month")


@dataclass(frozen=True)
class Tally:
    """A count and a sum in the base currency; a group not asked for is None. `unconverted` amounts lack a rate."""

    kind: str | None
    measure: str | None
    department: str | None
    month: dt.date | None
    count: int
    amount: Decimal
    unconverted: int


@dataclass(frozen=True)
class IncentiveRow:
    """One reward or penalty. The person is given only to those who may see it (services/access.py)."""

    incentive_no: str
    kind: str
    measure: str
    state: str
    department: str
    amount: Decimal | None
    currency: str | None
    decided_on: dt.date
    reason: str


def tally(
    ctx: Context, first: dt.date, last: dt.date, *, by: Iterable[str] = (), department: str | None = None
) -> list[Tally]:
    """Rewards and penalties decided in the months from `first` to `last`, by kind and measure, and what `by` adds.

    Naming kind or measure in `by` groups by just what is named.
    """
    ensure_may(ctx, "incentive.read")
    asked = set(by)
    if unknown := asked - set(GROUPINGS):
        raise RefusedError(N_("Rewards and penalties can't be grouped by %(name)s."), name=", ".join(sorted(unknown)))
    if month_of(last) < month_of(first):
        raise RefusedError(N_("The period ends before it begins."))
    groups = asked if asked & {"kind", "measure"} else asked | {"kind", "measure"}
    columns = {
        "kind": "i.kind", "measure": "i.measure", "department": "d.code",
        "month": "date_trunc('month', i.decided_on)::date",
    }  # fmt: skip
    chosen = [columns[name] if name in groups else "NULL" for name in GROUPINGS]
    rows = ctx.session.execute(
        text(
            f"WITH rates AS ({RATE_RANGES}) "  # noqa: S608  (column names from the table above)
            f"SELECT {', '.join(chosen)}, count(*), coalesce(sum(i.amount * r.rate), 0), "
            "count(i.amount) - count(i.amount * r.rate) "
            f"FROM incentive i JOIN department d ON d.id = i.department_id {rate_join('r', 'i.currency', 'i.decided_on')} "
            "WHERE i.decided_on BETWEEN :first AND :last AND i.state = ANY(:counted) "
            "AND (CAST(:only AS text) IS NULL OR d.code = :only) "
            f"GROUP BY {', '.join(columns[name] for name in GROUPINGS if name in groups)} ORDER BY 1 DESC, 2, 3, 4"
        ),
        {
            "first": month_of(first), "last": month_end(last), "counted": list(COUNTED), "only": department,
            "base": ctx.policy_history.newest.base_currency,
        },
    )  # fmt: skip
    return [Tally(*row) for row in rows]


def incentives_between(
    ctx: Context, first: dt.date, last: dt.date, *, department: str | None = None, limit: int = 200
) -> list[IncentiveRow]:
    """The newest rewards and penalties decided in a period of days, at most `limit`."""
    ensure_may(ctx, "incentive.read")
    rows = ctx.session.execute(
        text(
            "SELECT i.incentive_no, i.kind, i.measure, i.state, d.code, i.amount, i.currency, i.decided_on, i.reason "
            "FROM incentive i JOIN department d ON d.id = i.department_id "
            "WHERE i.decided_on BETWEEN :first AND :last AND (CAST(:only AS text) IS NULL OR d.code = :only) "
            "ORDER BY i.decided_on DESC, i.id DESC LIMIT :limit"
        ),
        {"first": first, "last": last, "only": department, "limit": limit},
    )
    return [IncentiveRow(*row) for row in rows]
