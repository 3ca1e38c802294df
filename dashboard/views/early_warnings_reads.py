"""What the triage desk reads, each part in one transaction. Not cached: the order moves with the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.cache import cached_read
from dashboard.views.early_warnings_selection import PAGE_ROWS, Key, first_free
from services.access import may
from services.context import Actor, Context, unit_of_work
from services.customers import (
    CustomerProfile,
    Exposure,
    OpenInvoice,
    Promises,
    TimelineEntry,
    ageing_of,
    customer_by_no,
    exposure,
    open_invoices,
    promises_of,
    timeline,
)
from services.early_warnings import (
    Facets,
    Foresight,
    Hold,
    QueueCounts,
    QueueFilter,
    WarningRow,
    WarningRule,
    facets,
    foresee,
    give_back,
    held_by_others,
    keep_for_reader,
    open_warnings,
    people_for,
    queue_counts,
    renew,
    warning_by_id,
    warnings_of_customer,
)
from services.early_warnings.editions import rules_in_force
from services.errors import NotFoundError, RefusedError
from services.listings_now import grade_of
from services.receivables.ageing import AgeBucket
from services.scoring import Explanation, explained_score
from services.triage_reach import Pace, Reach, reach_today, recent_pace

_EVENTS, _INVOICES, _PAYMENTS, _OTHERS = 8, 4, 3, 20


@dataclass(frozen=True)
class Desk:
    """The left half: a page of rows, counts over all that the filters leave, how far today's people get."""

    rows: tuple[WarningRow, ...]
    after: str | None
    counts: QueueCounts
    snoozed: int
    reach: Reach
    currency: str
    undo_minutes: int


@dataclass(frozen=True)
class Account:
    """What the customer owes, what it paid and promised, and whom to call (personal data masked)."""

    profile: CustomerProfile
    exposure: Exposure
    ageing: tuple[AgeBucket, ...]
    invoices: tuple[OpenInvoice, ...]
    payments: tuple[TimelineEntry, ...]
    promises: Promises


@dataclass(frozen=True)
class Opened:
    """The right half: the warning, its customer's account, score with reasons, other warnings and latest events."""

    row: WarningRow

    account: Account
    score: Explanation | None
    grade: str | None
    others: tuple[WarningRow, ...]
    latest: tuple[TimelineEntry, ...]
    people: tuple[tuple[int, str], ...]
    currency: str
    time_zone: str
    today: dt.date


@cached_read("policy")
def _pace(ctx: Context) -> Pace:
    """The last four weeks hardly change within the half hour that this is kept for."""
    return recent_pace(ctx)


def desk(actor: Actor, filters: QueueFilter, after: str | None) -> Desk:
    """Everything the left half shows. A place in the list that is no longer one is the top."""
    pace = _pace(actor)
    with unit_of_work(actor) as ctx:
        try:
            page = open_warnings(ctx, filters, after, PAGE_ROWS)
        except RefusedError:
            page = open_warnings(ctx, filters, None, PAGE_ROWS)
        asleep = queue_counts(ctx, QueueFilter(department=filters.department, mine=filters.mine, snoozed=True))
        policy = ctx.policy_history.on(ctx.today)
        return Desk(
            rows=page.rows, after=page.after, counts=queue_counts(ctx, filters), snoozed=asleep.open,
            reach=reach_today(ctx, pace, mine=filters.mine), currency=policy.base_currency,
            undo_minutes=policy.triage_undo_minutes,
        )  # fmt: skip


@dataclass(frozen=True)
class DeskRules:
    """What the help explains."""

    reach: Reach
    hold_minutes: int
    undo_minutes: int


def rules_of_the_desk(actor: Actor) -> DeskRules:
    """How far today's people get, how long a warning is kept, and how long a decision can be taken back."""
    pace = _pace(actor)
    with unit_of_work(actor) as ctx:
        policy = ctx.policy_history.on(ctx.today)
        return DeskRules(reach_today(ctx, pace), policy.triage_hold_minutes, policy.triage_undo_minutes)


def counted(actor: Actor, filters: QueueFilter) -> Facets:
    """How many warnings each value of the filters would leave."""
    with unit_of_work(actor) as ctx:
        return facets(ctx, filters)


def rules_now(actor: Actor) -> dict[str, WarningRule]:
    """Every rule as it is in force today."""
    with unit_of_work(actor) as ctx:
        return {code: edition.rule for code, edition in rules_in_force(ctx, ctx.today).items()}


def foreseen(actor: Actor, step: str, filters: QueueFilter, keys: Sequence[Key] | None) -> Foresight:
    """What a step would do to the warnings `keys`, or to all that the filters leave."""
    with unit_of_work(actor) as ctx:
        return foresee(ctx, step, filters, keys)


def everybody(actor: Actor) -> tuple[tuple[tuple[int, str], ...], dt.date]:
    """Who warnings of any department can be given to, and the business date."""
    with unit_of_work(actor) as ctx:
        return people_for(ctx), ctx.today


def held(actor: Actor) -> dict[Key, Hold]:
    """What somebody else has open now."""
    with unit_of_work(actor) as ctx:
        return held_by_others(ctx)


def stay_on(actor: Actor, key: Key | None) -> tuple[bool, dict[Key, Hold], str]:
    """Keep the warning that is open a while longer; whether it is still the reader's, what others have open, and the
    company's time zone."""
    with unit_of_work(actor) as ctx:
        is_mine = key is None or renew(ctx, *key)
        return is_mine, held_by_others(ctx), ctx.policy_history.on(ctx.today).time_zone


def opened(actor: Actor, key: Key | None, listed: Sequence[Key]) -> Opened | None:
    """The warning asked for, also when the filters leave it out, else the first of the list that nobody else has open;
    None without either. It is kept for its reader from now on."""
    shown = _kept(actor, key, listed)
    if shown is None:
        return None
    with unit_of_work(actor) as ctx:
        row = warning_by_id(ctx, *shown)
        policy = ctx.policy_history.on(ctx.today)
        people = people_for(ctx, row.department) if may(actor, "early_warning.assign") else ()
        theirs = warnings_of_customer(ctx, row.customer_id, _OTHERS)
        return Opened(
            row=row, account=_account(ctx, row), score=explained_score(ctx, row.customer_id),
            grade=grade_of(ctx, row.customer_id),
            others=tuple(one for one in theirs if one.id != row.id and one.state != "resolved"),
            latest=tuple(timeline(ctx, row.customer_id, limit=_EVENTS)), people=people, currency=policy.base_currency,
            time_zone=policy.time_zone, today=ctx.today,
        )  # fmt: skip


def _kept(actor: Actor, key: Key | None, listed: Sequence[Key]) -> Key | None:
    """Which warning is shown. A transaction of its own: what it locks is free again before the reading begins."""
    with unit_of_work(actor) as ctx:
        shown = key if key is not None and _exists(ctx, key) else None
        if shown is None:
            shown = first_free(listed, held_by_others(ctx))
            if shown is not None and not _exists(ctx, shown):
                shown = None
        if shown is None:
            give_back(ctx)
        else:
            keep_for_reader(ctx, *shown)
        return shown


def _exists(ctx: Context, key: Key) -> bool:
    try:
        warning_by_id(ctx, *key)
    except NotFoundError:
        return False
    return True


def _account(ctx: Context, row: WarningRow) -> Account:
    one = row.customer_id
    return Account(
        profile=customer_by_no(ctx, row.customer_no), exposure=exposure(ctx, one), ageing=ageing_of(ctx, one),
        invoices=open_invoices(ctx, one, limit=_INVOICES),
        payments=tuple(timeline(ctx, one, ("payment",), limit=_PAYMENTS)), promises=promises_of(ctx, one),
    )  # fmt: skip
