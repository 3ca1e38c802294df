"""The default scorecard on histories: five dimensions, point in time, written once."""

from __future__ import annotations

import datetime as dt
import json

from sqlalchemy import func, select, text

from db.models import Customer, Score, Scorecard
from services.context import Context
from services.scoring import (
    explained_score,
    former_scores,
    latest_score,
    score_customers,
    score_history,
    scores_as_json,
)
from services.scoring.card import definition_of
from services.scoring.commands import chosen_card
from services.scoring.rules import contributions
from services.scoring.texts import own_points
from tests.oracle.histories import random_history
from tests.services.history_rows import store
from tests.services.makers import make_customer, make_score

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


def test_a_card_in_shadow_does_not_speak_for_the_customer(ctx: Context) -> None:
    store(ctx, random_history(4))
    score_customers(ctx, dt.date(2024, 6, 30))
    score_customers(ctx, DAY)
    shadow = Scorecard(
        name="trial", edition=2, state="shadow", shadow_since=DAY, definition=definition_of(chosen_card(ctx).card)
    )
    ctx.session.add(shadow)
    ctx.session.flush()
    score_customers(ctx, dt.date(2025, 1, 31), scorecard_edition=2)
    ids = list(ctx.session.execute(select(Customer.customer_id)).scalars())
    for customer_id in ids:
        assert [one.as_of for one in score_history(ctx, customer_id)] == [DAY, dt.date(2024, 6, 30)]
    expected = {one: history[1].score for one in ids if (history := score_history(ctx, one))[1].score is not None}
    assert former_scores(ctx, ids) == expected


def test_reasons_stand_in_the_order_of_what_they_bring(ctx: Context) -> None:
    store(ctx, random_history(4))
    result = score_customers(ctx, DAY, dry_run=True)
    rows = scores_as_json(ctx, result)
    assert [set(one) for one in rows[0]["reasons"]] == [{"indicator", "value", "points", "text"}] * len(
        rows[0]["reasons"]
    )
    for row in rows:
        points = {one["indicator"]: {"value": one["value"], "points": one["points"]} for one in row["reasons"]}
        shares = contributions(result.card, own_points(points))
        brought = [shares[one["indicator"]] for one in row["reasons"]]
        assert brought == sorted(brought, reverse=True)
        assert abs(sum(brought) - (row["score"] or 0)) <= 0.000001
    assert scores_as_json(ctx, result, limit=3) == rows[:3]


def test_a_score_whose_card_cannot_be_read_stands_unexplained(ctx: Context) -> None:
    customer = make_customer(ctx)
    make_score(ctx, customer, DAY, "high")
    found = explained_score(ctx, customer.customer_id)
    assert found is not None
    assert (found.score, found.level, found.dimensions, found.reasons, found.ways_down, found.bands) == (
        50, "high", (), (), (), None,
    )  # fmt: skip
    assert explained_score(ctx, customer.customer_id, DAY - dt.timedelta(days=1)) is None
