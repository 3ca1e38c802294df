"""Every score of the sample adds up, on the page as in the statement that made it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from services.context import unit_of_work
from services.customers import CustomerFilter, every_customer
from services.scoring import explained_score, latest_score, score_customers, scores_as_json, shown_score
from services.scoring.commands import chosen_card
from services.scoring.rules import contributions
from services.scoring.texts import own_points


@pytest.mark.usefixtures("sample_database")
def test_every_score_of_the_sample_is_the_sum_of_what_its_page_shows() -> None:
    with unit_of_work() as ctx:
        card = chosen_card(ctx).card
        rows = list(every_customer(ctx, CustomerFilter()))
        for row in rows:
            found, stored = explained_score(ctx, row.customer_id), latest_score(ctx, row.customer_id)
            assert found is not None
            assert stored is not None
            assert found.score is not None
            assert sum((one.shown for one in found.dimensions), Decimal(0)) == shown_score(row.score)
            exact = sum(contributions(card, own_points(stored.points)).values())
            assert abs(exact - float(found.score)) <= 0.000001
            assert found.former is not None
            assert row.change == found.former.change
            moved = sum((one.change for one in found.former.movements), Decimal(0))
            assert moved + found.former.rest == (found.former.change or 0)
        assert len(rows) == 420
        everybody = scores_as_json(ctx, score_customers(ctx, ctx.today, dry_run=True))
        for one in everybody[::70]:
            alone = score_customers(ctx, ctx.today, [one["customer_no"]], dry_run=True)
            assert scores_as_json(ctx, alone) == [one]
