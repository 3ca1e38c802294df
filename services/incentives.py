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
PAGE_SIZE = 50
Cursor = tuple[dt.date, int]
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


@dataclass(frozen=True)
class IncentivePage:
    """Some rewards and penalties, newest first; `after` asks for what follows, None at the end."""

    rows: tuple[IncentiveRow, ...]
    after: Cursor | None
    total: int


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
            "FROM incentive i JOIN department d ON d.id = i.department_id "
            f"{rate_join('r', 'i.currency', 'i.decided_on')} "
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


_COUNTED_ROWS = """
SELECT i.id, count(*) OVER (), i.incentive_no, i.kind, i.measure, i.state, d.code, i.amount, i.currency, i.decided_on,
       i.reason
  FROM incentive i JOIN department d ON d.id = i.department_id
 WHERE i.decided_on BETWEEN :first AND :last AND i.state = ANY(:counted)
   AND (CAST(:kind AS text) IS NULL OR i.kind = :kind) AND (CAST(:only AS text) IS NULL OR d.code = :only)
"""
_COUNTED_PAGE = f"""
WITH counted AS ({_COUNTED_ROWS}) SELECT * FROM counted
 WHERE CAST(:day AS date) IS NULL OR (decided_on, id) < (CAST(:day AS date), CAST(:id AS bigint))
 ORDER BY decided_on DESC, id DESC LIMIT :limit
"""  # noqa: S608


def counted_incentives(
    ctx: Context,
    first: dt.date,
    last: dt.date,
    *,
    kind: str | None = None,
    department: str | None = None,
    after: Cursor | None = None,
    limit: int | None = PAGE_SIZE,
) -> IncentivePage:
    """The rows behind a tally of the months from `first` to `last`, newest first; `limit` None for all of them."""
    ensure_may(ctx, "incentive.read")
    day, row_id = after or (None, None)
    values = {
        "first": month_of(first), "last": month_end(last), "counted": list(COUNTED), "kind": kind, "only": department,
        "day": day, "id": row_id, "limit": None if limit is None else limit + 1,
    }  # fmt: skip
    found = ctx.session.execute(text(_COUNTED_PAGE), values).all()
    shown = found[:limit]
    more = limit is not None and len(found) > limit
    return IncentivePage(
        tuple(IncentiveRow(*row[2:]) for row in shown), (shown[-1].decided_on, shown[-1].id) if more else None,
        found[0][1] if found else 0,
    )  # fmt: skip


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
