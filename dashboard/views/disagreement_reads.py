"""What the disagreement board reads, remembered until assessments, customers or figures change."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from dashboard.cache import cached_read
from services.context import Context
from services.disagreement import (
    DEPARTMENT,
    DIMENSION,
    MONTH,
    PERSON,
    Group,
    PairFilter,
    Verdict,
    disagreement,
    months_with_pairs,
    pair_rows,
    unpaired,
    who_was_right,
)
from services.metrics.rows import Cursor, RowPage
from services.metrics.span import Span
from services.policy import Policy

_TOPICS = ("assessments", "customers", "metrics", "scores", "policy", "imports")


@dataclass(frozen=True)
class Known:
    """From which month to which something was finalised (None: nothing yet), and the policy of today."""

    months: tuple[dt.date, dt.date] | None
    policy: Policy
    today: dt.date


@dataclass(frozen=True)
class Board:
    """Everything above the rows: the whole, its groups, who was right, and finals that answer no initial one."""

    whole: Group | None
    departments: tuple[Group, ...]
    months: tuple[Group, ...]
    people: tuple[Group, ...]
    dimensions: tuple[Group, ...]
    verdicts: tuple[Verdict, ...]
    unpaired: int


@cached_read(*_TOPICS)
def known(ctx: Context) -> Known:
    """What there is to choose from."""
    return Known(months_with_pairs(ctx), ctx.policy_history.on(ctx.today), ctx.today)


@cached_read(*_TOPICS)
def board(ctx: Context, span: Span, department: str | None, _login: str) -> Board:
    """The figures of a period, of one department or all. By login: people see their own row."""
    narrow = PairFilter(department=department)
    whole = disagreement(ctx, span, (), narrow)
    return Board(
        whole=whole[0] if whole else None,
        departments=disagreement(ctx, span, (DEPARTMENT,), narrow),
        months=disagreement(ctx, span, (MONTH,), narrow),
        people=disagreement(ctx, span, (PERSON,), narrow),
        dimensions=disagreement(ctx, span, (DIMENSION,), narrow),
        verdicts=who_was_right(ctx, span, narrow),
        unpaired=unpaired(ctx, span),
    )


@cached_read(*_TOPICS)
def rows(ctx: Context, span: Span, narrow: PairFilter, cursor: Cursor | None, _login: str) -> RowPage:
    """One page of the pairs behind the figures."""
    return pair_rows(ctx, span, narrow, cursor)
