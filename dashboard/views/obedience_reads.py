"""What the obedience page reads, remembered until measures, trade or customers change."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from dashboard.cache import cached_read
from services.context import Context
from services.metrics.span import Span
from services.obedience import (
    BreachFilter,
    BreachPage,
    BreachRow,
    Obedience,
    breach_by_id,
    breaches,
    breaches_by_demand,
    obedience,
    tested_months,
)
from services.obedience.breaches import DEPARTMENT, MONTH, Cursor
from services.policy import Policy

_TOPICS = ("controls", "listings", "trade", "customers", "imports", "policy", "gate")


@dataclass(frozen=True)
class Known:
    """From which month to which something was tested (None: nothing yet), and the policy of today."""

    months: tuple[dt.date, dt.date] | None
    policy: Policy
    today: dt.date


@dataclass(frozen=True)
class Board:
    """The figures of a period: the whole (None: nothing tested), by department, by month, by demand."""

    whole: Obedience | None
    departments: tuple[Obedience, ...]
    months: tuple[Obedience, ...]
    demands: tuple[tuple[str, int], ...]


@cached_read(*_TOPICS)
def known(ctx: Context) -> Known:
    """What there is to choose from."""
    return Known(tested_months(ctx), ctx.policy_history.on(ctx.today), ctx.today)


@cached_read(*_TOPICS)
def board(ctx: Context, span: Span, department: str | None) -> Board:
    """The figures above the rows."""
    whole = obedience(ctx, span, (), department)
    narrow = BreachFilter(first=span.first, last=span.ends_on, department=department)
    return Board(
        whole=whole[0] if whole else None,
        departments=obedience(ctx, span, (DEPARTMENT,), department),
        months=obedience(ctx, span, (MONTH,), department),
        demands=tuple((str(demand), count) for demand, count in breaches_by_demand(ctx, narrow).items()),
    )


@cached_read(*_TOPICS)
def rows(ctx: Context, narrow: BreachFilter, cursor: Cursor | None) -> BreachPage:
    """One page of breaches."""
    return breaches(ctx, narrow, cursor)


@cached_read(*_TOPICS)
def one_breach(ctx: Context, customer_id: int, breach_id: int) -> BreachRow:
    """The breach in the address."""
    return breach_by_id(ctx, customer_id, breach_id)
