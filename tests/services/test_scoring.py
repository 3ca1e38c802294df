"""The default scorecard on histories: five dimensions, point in time, written once."""

from __future__ import annotations

import datetime as dt
import json

from sqlalchemy import func, select, text

from db.models import Customer, Score
from services.context import Context
from services.scoring import latest_score, score_customers, scores_as_json
from services.scoring.commands import chosen_card
from tests.oracle.histories import random_history
from tests.services.history_rows import store

DAY = dt.date(2024, 12, 31)


def test_the_default_card_covers_five_dimensions(ctx: Context) -> None:
    found = json.loads(json.dumps([name for name in chosen_card(ctx).card.dimensions], default=str))
    assert len(found) == 5


def test_a_second_run_of_the_same_day_adds_nothing(ctx: Context) -> None:
    store(ctx, random_history(4))
    assert score_customers(ctx, DAY).written == 12
    assert score_customers(ctx, DAY).written == 0
    assert ctx.session.execute(select(func.count()).select_from(Score)).scalar_one() == 12


def test_a_ledger_alone_leaves_three_dimensions_without_data(ctx: Context) -> None:
    store(ctx, random_history(4))
    rows = scores_as_json(ctx, score_customers(ctx, DAY, dry_run=True))
    assert len(rows) == 12
    assert ctx.session.execute(select(func.count()).select_from(Score)).scalar_one() == 0
    for row in rows:
        assert set(row["dimensions"]) == {"credit", "operations", "transactions", "industry", "reputation"}
        assert [row["dimensions"][name]["score"] for name in ("operations", "industry", "reputation")] == [None] * 3


def test_a_score_uses_only_what_was_known_on_its_day(ctx: Context) -> None:
    history = random_history(4)
    store(ctx, history)
    before = scores_as_json(ctx, score_customers(ctx, DAY, dry_run=True))
    ctx.session.execute(text("UPDATE payment SET amount = amount * 2 WHERE paid_on > :day"), {"day": DAY})
    ctx.session.execute(text("UPDATE invoice SET amount = amount * 3 WHERE issued_on > :day"), {"day": DAY})
    assert scores_as_json(ctx, score_customers(ctx, DAY, dry_run=True)) == before


def test_the_customer_carries_the_newest_score(ctx: Context) -> None:
    store(ctx, random_history(4))
    score_customers(ctx, dt.date(2024, 6, 30))
    score_customers(ctx, DAY)
    customer_id = ctx.session.execute(select(func.min(Customer.customer_id))).scalar_one()
    found = latest_score(ctx, customer_id)
    assert found is not None
    assert found.as_of == DAY
    stored = ctx.session.execute(
        select(Customer.scored_on, Customer.risk_level).where(Customer.customer_id == customer_id)
    ).one()
    assert tuple(stored) == (DAY, found.level)
