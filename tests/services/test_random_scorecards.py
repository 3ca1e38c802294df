"""One implementation: the score in SQL is the score in plain values, for any card that an editor can make (SPEC 3)."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

import pytest
from sqlalchemy import text

from services.context import Context
from services.scoring.card_reading import parsed_card
from services.scoring.compile import floor_name, score_query, values_query
from services.scoring.indicators.measure import AsOf
from services.scoring.rules import contributions, scored
from services.scoring.texts import own_points
from tests.oracle.histories import random_history
from tests.rules.random_cards import random_definition
from tests.services.history_rows import store

DAY = dt.date(2024, 12, 31)


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


def enrich(ctx: Context, chance: random.Random) -> None:
    """Facts that the histories lack, so that every dimension has data of some customers."""
    for (key,) in ctx.session.execute(text("SELECT customer_id FROM customer")).all():
        ctx.session.execute(
            text(
                "UPDATE customer SET size = :size, established_on = :founded, since = :founded, credit_limit = :most, "
                "credit_rating = :rating WHERE customer_id = :key"
            ),
            {
                "key": key, "size": chance.choice(("small", "large", "odd", None)), "founded": dt.date(2019, 5, 1),
                "most": chance.choice((None, 0, 5000)), "rating": chance.choice(("AAA", "D", "?", None)),
            },
        )  # fmt: skip
        if chance.random() < 0.6:
            ctx.session.execute(
                text(
                    "INSERT INTO financial_statement (customer_id, period_end, revenue, net_profit, total_assets, "
                    "total_liabilities) VALUES (:key, '2024-06-30', :revenue, 5, 100, :owed)"
                ),
                {"key": key, "revenue": chance.choice((0, 80)), "owed": chance.randrange(120)},
            )


def test_sql_and_plain_values_agree_on_random_cards_and_explanations_add_up(ctx: Context) -> None:
    chance = random.Random(11)
    store(ctx, random_history(3, customers=200, start=dt.date(2024, 6, 1), days=240))
    enrich(ctx, chance)
    ids = list(ctx.session.execute(text("SELECT customer_id FROM customer ORDER BY customer_id")).scalars())
    assert len(ids) == 200
    for _place in range(6):
        card = parsed_card(random_definition(chance))
        measured = {
            row["customer_id"]: row
            for row in ctx.session.execute(values_query(card, AsOf(DAY, "CNY"))).mappings()
        }  # fmt: skip
        rows = ctx.session.execute(score_query(card, AsOf(DAY, "CNY"))).all()
        assert len(rows) == len(ids)
        for row in rows:
            values = measured[row.customer_id]
            floors = [one.when for place, one in enumerate(card.floors) if values[floor_name(place)]]
            found = scored(card, values, floors)
            assert (row.score, row.level, row.floor, row.coverage) == (
                found.score, found.level, found.floor, found.coverage,
            )  # fmt: skip
            brought = sum(contributions(card, own_points(row.points)).values())
            assert abs(Decimal(brought) - (row.score or 0)) <= Decimal("0.000001")
