"""What the orders page reads, each part in one transaction. Not cached: others work on the same list."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from dashboard.views.orders_selection import Key
from services.assessments import LevelRow, level_of
from services.context import Actor, unit_of_work
from services.customers import CustomerProfile, customer_by_no
from services.early_warnings.lifecycle import company_clock
from services.errors import RefusedError
from services.gate import (
    CustomerLimits,
    GateOrderRow,
    OrderCounts,
    OrderFilter,
    OrderPage,
    OverrideRow,
    held_orders,
    limits_of,
    order_by_no,
    order_counts,
    order_log,
    overrides,
)


@dataclass(frozen=True)
class Listed:
    """The left half: a page of orders, or permissions; and what waits in all."""

    page: OrderPage
    overrides: tuple[OverrideRow, ...]
    counts: OrderCounts
    currency: str
    today: dt.date
    now: dt.datetime


@dataclass(frozen=True)
class Opened:
    """The right half: an order, its customer, and where the customer stands at the gate now."""

    row: GateOrderRow
    profile: CustomerProfile
    level: LevelRow
    limits: CustomerLimits
    today: dt.date
    time_zone: str
    currency: str


def listed(actor: Actor, filters: OrderFilter, after: str | None, *, is_queue: bool, is_orders: bool) -> Listed:
    """The list that is shown. A place that an old address names and nobody knows is the beginning."""
    read = held_orders if is_queue else order_log
    with unit_of_work(actor) as ctx:
        page, permissions = OrderPage((), None), ()
        if is_orders:
            try:
                page = read(ctx, filters, after or None)
            except RefusedError:
                page = read(ctx, filters)
        else:
            permissions = overrides(ctx)
        policy = ctx.policy_history.on(ctx.today)
        return Listed(page, permissions, order_counts(ctx), policy.base_currency, ctx.today, company_clock(ctx))


def opened(actor: Actor, key: Key | None) -> Opened | None:
    """The order asked for; None where there is none."""
    if key is None:
        return None
    try:
        with unit_of_work(actor) as ctx:
            row, policy = order_by_no(ctx, *key), ctx.policy_history.on(ctx.today)
            return Opened(
                row, customer_by_no(ctx, row.customer_no), level_of(ctx, row.customer_no),
                limits_of(ctx, row.customer_no), ctx.today, policy.time_zone, policy.base_currency,
            )  # fmt: skip
    except RefusedError:
        return None
