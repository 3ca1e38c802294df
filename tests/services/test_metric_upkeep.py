"""Rollups stay equal to what a full recomputation gives, whatever small change came last."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

import pytest
from sqlalchemy import select, text, update

from db.models import Customer, DirtyCustomer, Invoice, Payment
from services.context import SYSTEM, Context, unit_of_work
from services.metrics.figures import figures
from services.metrics.upkeep import lay_out, mark_all_dirty, mark_dirty, refresh
from services.policy import set_policy
from tests.oracle.histories import random_history
from tests.services.history_rows import store

CELLS = (
    "SELECT metric, measure, department_id, month, neighbour, known_on, amount FROM metric_rollup "
    "ORDER BY 1, 2, 3, 4, 5, 6"
)


def rollup(ctx: Context) -> list[tuple[object, ...]]:
    return [tuple(row) for row in ctx.session.execute(text(CELLS))]


def test_rollups_after_small_changes_equal_a_full_recomputation(ctx: Context) -> None:
    store(ctx, random_history(5, customers=18))
    rng = random.Random(5)
    invoices = ctx.session.execute(select(Invoice.customer_id, Invoice.id).order_by(Invoice.id)).all()
    for customer_id, invoice_id in rng.sample(invoices, 12):
        change = rng.choice([{"is_disputed": True}, {"due_on": dt.date(2024, 1, 5)}, {"amount": Decimal("1.5")}])
        where = (Invoice.customer_id == customer_id, Invoice.id == invoice_id)
        ctx.session.execute(update(Invoice).where(*where).values(**change))
        mark_dirty(ctx, [customer_id])
        assert refresh(ctx) == 1
    by_deltas = rollup(ctx)
    mark_all_dirty(ctx)
    assert refresh(ctx) == 18
    assert rollup(ctx) == by_deltas


def test_a_customer_who_changes_department_takes_the_history_along(ctx: Context) -> None:
    store(ctx, random_history(6))
    months = (dt.date(2023, 10, 1), dt.date(2025, 4, 1))
    whole = figures(ctx, *months)
    departments = [row[0] for row in ctx.session.execute(text("SELECT id FROM department ORDER BY id"))]
    ctx.session.execute(update(Customer).values(owner_department_id=departments[0]))
    mark_all_dirty(ctx)
    refresh(ctx)
    assert {one.department for one in figures(ctx, *months, by=["department"])} == {"Archive"}
    assert figures(ctx, *months) == whole


def test_a_customer_marked_again_while_its_figures_are_made_stays_waiting(database: str) -> None:
    with unit_of_work() as ctx:
        store(ctx, random_history(7))
    with unit_of_work() as first:
        mark_dirty(first, [1])
    with unit_of_work() as second:
        second.session.execute(text("CREATE TEMPORARY TABLE dirty AS SELECT customer_id, since FROM dirty_customer"))
        with unit_of_work() as third:
            mark_dirty(third, [1])
        second.session.execute(
            text("DELETE FROM dirty_customer q USING dirty d WHERE q.customer_id = d.customer_id AND q.since = d.since")
        )
    with unit_of_work() as ctx:
        assert ctx.session.execute(select(DirtyCustomer.customer_id)).scalars().all() == [1]


def test_nothing_waiting_costs_nothing_and_changes_no_version(ctx: Context) -> None:
    assert refresh(ctx) == 0


def test_a_changed_setting_applies_from_its_date_on(ctx: Context) -> None:
    store(ctx, random_history(8, customers=24))
    months = (dt.date(2023, 10, 1), dt.date(2025, 4, 1))
    before = {one.month: one for one in figures(ctx, *months, by=["month"], metrics=["identification_timeliness"])}
    set_policy(ctx, "identification_days", "40", dt.date(2024, 9, 1))
    refresh(ctx)
    after = {one.month: one for one in figures(ctx, *months, by=["month"], metrics=["identification_timeliness"])}
    closed = [month for month in before if month and month < dt.date(2024, 9, 1)]
    assert len(closed) > 5
    assert [after[month] for month in closed] == [before[month] for month in closed]
    assert after != before


def test_month_by_month_figures_reach_further_when_the_calendar_nears_their_end(database: str) -> None:
    with unit_of_work(SYSTEM, now=dt.datetime(2025, 6, 30, tzinfo=dt.UTC)) as ctx:
        store(ctx, random_history(9))
        last = ctx.session.execute(text("SELECT max(month) FROM metric_rollup")).scalar_one()
        assert last == dt.date(2027, 12, 1)
    with unit_of_work(SYSTEM, now=dt.datetime(2026, 1, 2, tzinfo=dt.UTC)) as ctx:
        lay_out(ctx)
        assert ctx.session.execute(text("SELECT max(month) FROM metric_rollup")).scalar_one() == dt.date(2028, 12, 1)


@pytest.mark.parametrize("amount", [Decimal("-5"), Decimal("0")])
def test_money_that_is_not_above_zero_pays_nothing(ctx: Context, amount: Decimal) -> None:
    store(ctx, random_history(10))
    owed = "SELECT sum(paid_amount) FROM invoice_settlement"
    before = ctx.session.execute(text(owed)).scalar_one()
    ctx.session.add(
        Payment(customer_id=1, id=10**9, payment_no="X", invoice_id=None, paid_on=dt.date(2024, 5, 1), amount=amount)
    )
    ctx.session.flush()
    mark_dirty(ctx, [1])
    refresh(ctx)
    assert ctx.session.execute(text(owed)).scalar_one() == before
