"""What the overview reads, remembered until its data change."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from dashboard.cache import cached_read
from services.context import Context
from services.customers import level_counts
from services.exposure_by_level import Cursor as MovedCursor
from services.exposure_by_level import ExposureByLevel, MovedPage, exposure_by_level, moved_customers
from services.incentives import Cursor as IncentiveCursor
from services.incentives import IncentivePage, Tally, counted_incentives, tally
from services.metrics.beside import ComplaintFates, complaint_fates, never_decided
from services.metrics.discrimination import Discrimination, discrimination_in
from services.metrics.figures import Figure, departments_with_figures, figures, months_with_data
from services.metrics.movement import Movement, department_effects, movement
from services.metrics.periods import month_of, next_month
from services.metrics.rows import Cursor, RowPage, metric_rows
from services.metrics.span import Span
from services.metrics.vintages import Vintage, vintages
from services.policy import Policy
from services.receivables.ageing import Ageing, ageing
from services.what_changed import WhatChanged, what_changed

MONTHS_SHOWN = 36


@dataclass(frozen=True)
class Scope:
    """What there is: months and departments with figures, how many customers, the business date."""

    months: tuple[dt.date, dt.date] | None
    departments: tuple[str, ...]
    customers: int
    today: dt.date


@dataclass(frozen=True)
class Board:
    """The figures of a period and of the one before it, by metric; by department; by month up to its end."""

    now: dict[str, Figure]
    before: dict[str, Figure]
    departments: tuple[Figure, ...]
    departments_before: tuple[Figure, ...]
    months: tuple[Figure, ...]
    tallies: tuple[Tally, ...]
    never_decided: int
    fates: ComplaintFates
    policy: Policy
    today: dt.date

    def step(self, metric: str) -> Decimal | None:
        """The change of a metric's value; None where a period has none."""
        now, before = self.now.get(metric), self.before.get(metric)
        if now is None or before is None or now.value is None or before.value is None:
            return None
        return now.value - before.value

    def leading_department(self, metric: str) -> tuple[str, Decimal] | None:
        """The department that did most in the direction of a metric's change, and its part of it."""
        step = self.step(metric)
        if not step:
            return None
        former = {one.department: one for one in self.departments_before if one.metric == metric}
        present = {one.department: one for one in self.departments if one.metric == metric}
        codes = sorted({code or "" for code in (*former, *present)})
        effects = department_effects(
            metric, self.before.get(metric), self.now.get(metric),
            [(code, former.get(code), present.get(code)) for code in codes],
        )  # fmt: skip
        along = [one for one in effects if one.effect * (1 if step > 0 else -1) > 0]
        if not along:
            return None
        share = along[0].effect / sum(one.effect for one in effects)
        return along[0].key, Decimal(share.numerator) / Decimal(share.denominator)


@cached_read("metrics", "customers", "trade", "policy")
def read_scope(ctx: Context) -> Scope:
    """What there is to choose from."""
    return Scope(months_with_data(ctx), departments_with_figures(ctx), sum(level_counts(ctx).values()), ctx.today)


@cached_read("metrics", "policy", "incentives", "customers", "trade")
def read_board(ctx: Context, span: Span, former: Span, department: str | None) -> Board:
    """Everything that the cards, the department chart and the tallies show. Departments are never narrowed."""
    since = next_month(month_of(span.last), 1 - MONTHS_SHOWN)
    return Board(
        now={one.metric: one for one in figures(ctx, span.first, span.last, department=department)},
        before={one.metric: one for one in figures(ctx, former.first, former.last, department=department)},
        departments=tuple(figures(ctx, span.first, span.last, by={"department"})),
        departments_before=tuple(figures(ctx, former.first, former.last, by={"department"})),
        months=tuple(figures(ctx, since, span.last, by={"month"}, department=department)),
        tallies=tuple(
            tally(ctx, span.first, span.last, by={"kind", "measure", "department"}, department=department)
        ),
        never_decided=never_decided(ctx, span, ctx.today, department),
        fates=complaint_fates(ctx, span, ctx.today, department),
        policy=ctx.policy_history.on(min(span.ends_on, ctx.today)),
        today=ctx.today,
    )  # fmt: skip


@cached_read("trade", "scores", "customers", "metrics", "policy")
def read_exposure(
    ctx: Context, day: dt.date, earlier: dt.date, department: str | None
) -> tuple[ExposureByLevel, Ageing | None]:
    """Money by risk level at two days, and how old the overdue part is now."""
    aged = [one for one in ageing(ctx, day, by_department=department is not None) if one.department == department]
    return exposure_by_level(ctx, day, earlier, department=department), aged[0] if aged else None


@cached_read("customers", "scores", "early_warnings", "imports", "metrics")
def read_changes(ctx: Context, seen_at: dt.datetime | None, department: str | None) -> WhatChanged:
    """What is new since somebody looked: the instant is part of what is remembered."""
    return what_changed(ctx, seen_at, department=department)


def by_month(board: Board, metric: str, last: dt.date) -> list[Figure | None]:
    """A metric month by month up to `last`, oldest first, from the first month that has a value."""
    known = {one.month: one for one in board.months if one.metric == metric}
    months = [next_month(last, place - MONTHS_SHOWN + 1) for place in range(MONTHS_SHOWN)]
    valued = [month for month in months if month in known and known[month].value is not None]
    return [known.get(month) for month in months if valued and valued[0] <= month <= valued[-1]]


@cached_read("metrics", "customers", "policy")
def read_movement(ctx: Context, metric: str, span: Span, former: Span, department: str | None) -> Movement:
    """Why a metric moved."""
    now, before = (
        next(iter(figures(ctx, one.first, one.last, metrics=[metric], department=department)), None)
        for one in (span, former)
    )
    return movement(ctx, metric, before, now, span, former, ctx.today, department=department)


@cached_read("metrics", "customers", "policy")
def read_discrimination(ctx: Context, span: Span, department: str | None) -> Discrimination:
    """AUC and KS."""
    return discrimination_in(ctx, span, ctx.today, department)


@cached_read("metrics", "customers")
def read_vintages(ctx: Context, last: dt.date, department: str | None) -> list[Vintage]:
    """The recovery curve by month of opening."""
    return vintages(ctx, last, ctx.today, department=department)


@cached_read("metrics", "customers", "trade", "policy")
def read_metric_rows(
    ctx: Context, metric: str, part: str, span: Span, department: str | None, after: Cursor | None
) -> RowPage:
    """A page of the rows behind a figure."""
    return metric_rows(ctx, metric, part, span, department=department, after=after)


@cached_read("incentives")
def read_incentives(
    ctx: Context, span: Span, kind: str | None, department: str | None, after: IncentiveCursor | None
) -> IncentivePage:
    """A page of the rewards and penalties of a period."""
    return counted_incentives(ctx, span.first, span.last, kind=kind, department=department, after=after)


@cached_read("trade", "scores", "customers", "metrics", "policy")
def read_moved(
    ctx: Context, day: dt.date, earlier: dt.date, department: str | None, after: MovedCursor | None
) -> MovedPage:
    """A page of the customers whose level is another than on the earlier day."""
    return moved_customers(ctx, day, earlier, department=department, after=after)
