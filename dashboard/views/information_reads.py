"""What the page of information reads."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from dashboard.cache import cached_read
from db.enums import QualitySide
from services.context import Actor, Context, unit_of_work
from services.information.forms import (
    contract_numbers,
    form_kinds,
    may_fill_in,
    open_invoice_numbers,
    stored_values,
)
from services.information.limits import LimitChange, LimitRow, limit_changes, limits
from services.information.looks import LookRow, looks_of
from services.information.quality import (
    Conflict,
    Figure,
    SourceRow,
    Taken,
    conflicts,
    quality_history,
    quality_now,
    sources,
)
from services.information.worklist import (
    Cursor,
    DueCounts,
    DueFilter,
    DuePage,
    DueRow,
    OutlookDue,
    due_counts,
    due_of,
    due_page,
    outlooks_due,
)

_TOPICS = ("information", "customers", "scores", "policy", "trade")


@dataclass(frozen=True)
class CustomerReading:
    """One customer: what must be known, who looked, and what a form offers to choose from."""

    due: DueRow
    looks: tuple[LookRow, ...]
    kinds: tuple[str, ...]
    may_fill: bool
    stored: dict[str, str]
    contracts: tuple[str, ...]
    invoices: tuple[str, ...]
    today: dt.date


@cached_read(*_TOPICS)
def read_page(ctx: Context, narrow: DueFilter, after: Cursor | None) -> DuePage:
    """One page of the worklist."""
    return due_page(ctx, narrow, after)


@cached_read(*_TOPICS)
def read_counts(ctx: Context, narrow: DueFilter) -> DueCounts:
    """How much is due."""
    return due_counts(ctx, narrow)


@cached_read(*_TOPICS)
def read_outlooks(ctx: Context) -> tuple[OutlookDue, ...]:
    """Industries whose outlook is due."""
    return outlooks_due(ctx)


@cached_read("policy")
def read_today(ctx: Context) -> dt.date:
    """The business date."""
    return ctx.today


def read_customer(actor: Actor, customer_no: str) -> CustomerReading | None:
    """One customer, as it stands; None where the number is unknown."""
    with unit_of_work(actor) as ctx:
        due = due_of(ctx, customer_no)
        if due is None:
            return None
        may_fill = actor.role != "business" or due.department == actor.department_code
        return CustomerReading(
            due, looks_of(ctx, due.customer_id), form_kinds(ctx), may_fill and may_fill_in(ctx, actor.department_id),
            stored_values(ctx, "customers", customer_no), contract_numbers(ctx, due.customer_id),
            open_invoice_numbers(ctx, due.customer_id), ctx.today,
        )  # fmt: skip


@cached_read(*_TOPICS, "imports")
def read_quality(ctx: Context) -> tuple[Figure, ...]:
    """The figures of the board as they stand."""
    return quality_now(ctx)


@cached_read(*_TOPICS)
def read_history(ctx: Context, side: QualitySide, measure: str, since: dt.date) -> tuple[Taken, ...]:
    """A measure by month."""
    return quality_history(ctx, side, measure, since)


@cached_read(*_TOPICS)
def read_sources(ctx: Context) -> tuple[SourceRow, ...]:
    """Where things come from."""
    return sources(ctx)


@cached_read(*_TOPICS)
def read_conflicts(ctx: Context, department: str | None) -> tuple[Conflict, ...]:
    """Customers whose ratings contradict each other."""
    return conflicts(ctx, department)


@cached_read(*_TOPICS)
def read_limits(ctx: Context) -> tuple[tuple[LimitRow, ...], tuple[LimitChange, ...]]:
    """The greatest ages today, and every value that was set."""
    return limits(ctx), limit_changes(ctx)
