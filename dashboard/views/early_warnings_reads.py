"""What the triage desk reads, each part in one transaction. Not cached: the order moves with the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.views.early_warnings_selection import MOST_ROWS, Key
from services.access import may
from services.context import Actor, Context, unit_of_work
from services.customers import TimelineEntry, timeline
from services.early_warnings import (
    QueueCounts,
    QueueFilter,
    WarningRow,
    open_warnings,
    people_for,
    queue_counts,
    warning_by_id,
)
from services.errors import NotFoundError
from services.listings_now import grade_of
from services.scoring import Explanation, explained_score
from services.triage_reach import Reach, reach_today

_EVENTS = 8


@dataclass(frozen=True)
class Desk:
    """The left half: rows, counts over all that the filters leave, how far today's people get."""

    rows: tuple[WarningRow, ...]
    has_more: bool
    counts: QueueCounts
    snoozed: int
    reach: Reach
    currency: str


@dataclass(frozen=True)
class Opened:
    """The right half: the warning, its customer's score with reasons and latest events, who could take the warning."""

    row: WarningRow

    score: Explanation | None
    grade: str | None
    latest: tuple[TimelineEntry, ...]
    people: tuple[tuple[int, str], ...]
    currency: str
    time_zone: str
    today: dt.date


def desk(actor: Actor, filters: QueueFilter, limit: int) -> Desk:
    """Everything the left half shows."""
    with unit_of_work(actor) as ctx:
        page = open_warnings(ctx, filters, limit=min(limit, MOST_ROWS))
        asleep = queue_counts(ctx, QueueFilter(department=filters.department, mine=filters.mine, snoozed=True))
        return Desk(
            rows=page.rows, has_more=page.after is not None, counts=queue_counts(ctx, filters), snoozed=asleep.open,
            reach=reach_today(ctx, mine=filters.mine), currency=ctx.policy_history.on(ctx.today).base_currency,
        )  # fmt: skip


def opened(actor: Actor, key: Key | None, listed: Sequence[Key]) -> Opened | None:
    """The warning asked for, also when the filters leave it out, else the first of the list; None without either."""
    with unit_of_work(actor) as ctx:
        row = _row(ctx, key) or _row(ctx, next(iter(listed), None))
        if row is None:
            return None
        policy = ctx.policy_history.on(ctx.today)
        people = people_for(ctx, row.department) if may(actor, "early_warning.assign") else ()
        return Opened(
            row=row, score=explained_score(ctx, row.customer_id), grade=grade_of(ctx, row.customer_id),
            latest=tuple(timeline(ctx, row.customer_id, limit=_EVENTS)), people=people, currency=policy.base_currency,
            time_zone=policy.time_zone, today=ctx.today,
        )  # fmt: skip


def _row(ctx: Context, key: Key | None) -> WarningRow | None:
    if key is None:
        return None
    try:
        return warning_by_id(ctx, *key)
    except NotFoundError:
        return None
