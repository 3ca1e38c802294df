"""What the triage desk reads, each part in one transaction. Not cached: the order moves with the clock."""

from __future__ import annotations

import datetime as dt
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
    """The left half: rows, counts over all that the filters leave, how far today's people get, what is chosen."""

    rows: tuple[WarningRow, ...]
    has_more: bool
    counts: QueueCounts
    snoozed: int
    reach: Reach
    currency: str
    today: dt.date
    chosen: WarningRow | None


@dataclass(frozen=True)
class CustomerGlance:
    """The right half, beside the warning: score with reasons, latest events, who could take the warning."""

    score: Explanation | None
    grade: str | None
    latest: tuple[TimelineEntry, ...]
    people: tuple[tuple[int, str], ...]
    currency: str
    time_zone: str
    today: dt.date


def desk(actor: Actor, filters: QueueFilter, limit: int, chosen: Key | None) -> Desk:
    """Everything the left half shows."""
    with unit_of_work(actor) as ctx:
        page = open_warnings(ctx, filters, limit=min(limit, MOST_ROWS))
        keys = {(row.customer_id, row.id): row for row in page.rows}
        asleep = queue_counts(ctx, QueueFilter(department=filters.department, mine=filters.mine, snoozed=True))
        return Desk(
            rows=page.rows, has_more=page.after is not None, counts=queue_counts(ctx, filters), snoozed=asleep.open,
            reach=reach_today(ctx, mine=filters.mine), currency=ctx.policy_history.on(ctx.today).base_currency,
            today=ctx.today, chosen=_chosen(ctx, chosen, keys),
        )  # fmt: skip


def _chosen(ctx: Context, key: Key | None, listed: dict[Key, WarningRow]) -> WarningRow | None:
    """The warning asked for, also when the filters leave it out; else the first of the list."""
    if key is not None and key not in listed:
        try:
            return warning_by_id(ctx, *key)
        except NotFoundError:
            key = None
    return listed[key] if key is not None else next(iter(listed.values()), None)


def customer_glance(actor: Actor, row: WarningRow) -> CustomerGlance:
    """Everything the right half shows beside the warning itself."""
    with unit_of_work(actor) as ctx:
        policy = ctx.policy_history.on(ctx.today)
        people = people_for(ctx, row.department) if may(actor, "early_warning.assign") else ()
        return CustomerGlance(
            score=explained_score(ctx, row.customer_id), grade=grade_of(ctx, row.customer_id),
            latest=tuple(timeline(ctx, row.customer_id, limit=_EVENTS)), people=people, currency=policy.base_currency,
            time_zone=policy.time_zone, today=ctx.today,
        )  # fmt: skip
