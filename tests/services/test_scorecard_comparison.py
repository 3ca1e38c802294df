"""Two scorecards on a history: who turned bad, who was warned of, and a fitted card that SQL scores exactly."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import text

from db.models import Scorecard
from services.context import Context
from services.errors import NotAllowedError, RefusedError
from services.scoring.card import definition_of
from services.scoring.challenger.run import TooFewBadError, fit, split
from services.scoring.commands import chosen_card, ensure_default_scorecard
from services.scoring.comparison.reports import ask_comparison, ask_fit, finding_as_json, report_by_id
from services.scoring.comparison.run import compare
from services.scoring.outcomes import BAD_90, LATE_5_OPEN, LATE_30, lay_out_outcomes, month_ends, outcome_of
from tests.oracle.histories import random_history
from tests.services.history_rows import store
from tests.services.makers import make_customer, make_invoice, make_listing


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


D = dt.date(2025, 1, 31)


def seen(ctx: Context, code: str, *days: dt.date) -> list[tuple[object, ...]]:
    lay_out_outcomes(ctx, outcome_of(ctx, code), days or (D,))
    return [tuple(row) for row in ctx.session.execute(text("SELECT as_of, bad_on, is_left_out FROM outcome_seen"))]


@pytest.mark.parametrize(("paid_after", "is_bad"), [(29, False), (30, True), (31, True), (None, True)])
def test_thirty_days_late_is_bad_from_the_thirtieth(ctx: Context, paid_after: int | None, is_bad: bool) -> None:
    due = dt.date(2025, 1, 20)
    paid = None if paid_after is None else due + dt.timedelta(days=paid_after)
    make_invoice(ctx, make_customer(ctx), due, paid=((paid, 100),) if paid else ())
    assert seen(ctx, LATE_30) == ([(D, dt.date(2025, 2, 19), False)] if is_bad else [])


@pytest.mark.parametrize(("paid_after", "is_bad"), [(89, False), (90, False), (91, True)])
def test_actually_bad_asks_for_a_balance_at_the_end_of_the_ninetieth_day(
    ctx: Context, paid_after: int, is_bad: bool
) -> None:
    due = dt.date(2025, 1, 20)
    make_invoice(ctx, make_customer(ctx), due, paid=((due + dt.timedelta(days=paid_after), 100),))
    assert seen(ctx, BAD_90) == ([(D, due + dt.timedelta(days=90), False)] if is_bad else [])


def test_month_ends_and_what_is_kept_back(ctx: Context) -> None:
    days = month_ends(dt.date(2024, 1, 15), dt.date(2025, 1, 30))
    assert (days[0], days[-1], len(days)) == (dt.date(2024, 1, 31), dt.date(2024, 12, 31), 12)
    train, test = split(days, outcome_of(ctx, LATE_30))
    assert test == days[-3:]
    assert train[-1] == dt.date(2024, 8, 31)
    with pytest.raises(TooFewBadError):
        split(days[:3], outcome_of(ctx, LATE_30))


def test_a_comparison_counts_every_customer_once(ctx: Context) -> None:
    store(ctx, random_history(4))
    ensure_default_scorecard(ctx)
    active = chosen_card(ctx)
    strict = definition_of(active.card) | {"bands": {"medium": 5.0, "high": 10.0, "critical": 90.0}}
    other = Scorecard(name="strict", edition=2, state="draft", definition=strict)
    ctx.session.add(other)
    ctx.session.flush()
    steps: list[tuple[int, int]] = []
    found = compare(ctx, other.id, active.id, BAD_90, progress=lambda done, of: steps.append((done, of)))
    assert steps[-1] == (found.days, found.days)
    assert sum(one.customers for one in found.now) == found.months[-1].customers
    assert found.months[-1].lower == 0
    assert found.difference.value in (None, 0.0)
    assert found.a.quality == found.b.quality
    caught = found.caught
    assert caught.both + caught.only_first + caught.only_second + caught.neither == caught.bad
    assert caught.only_second == 0
    assert finding_as_json(found)["a"]["card"]["edition"] == 2
    with pytest.raises(RefusedError):
        compare(ctx, active.id, active.id, BAD_90)


def test_too_few_bad_customers_are_refused_with_numbers(ctx: Context) -> None:
    store(ctx, random_history(4))
    ensure_default_scorecard(ctx)
    with pytest.raises(TooFewBadError):
        fit(ctx, LATE_30)


def _trade(ctx: Context) -> None:
    """400 customers over a year: those that were late before are late again, the others hardly ever."""
    ctx.session.execute(
        text(
            "INSERT INTO customer_key (customer_no) SELECT 'F' || n FROM generate_series(1, 400) n;"
            "INSERT INTO customer (customer_id, customer_no, name) SELECT customer_id, customer_no, customer_no "
            "FROM customer_key WHERE customer_no LIKE 'F%';"
            "INSERT INTO invoice (customer_id, invoice_no, issued_on, due_on, amount) "
            "SELECT c.customer_id, c.customer_no || '-' || m, date '2024-06-10' + m * 30, date '2024-06-30' + m * 30, "
            "100 FROM customer c, generate_series(0, 11) m WHERE c.customer_no LIKE 'F%';"
            "INSERT INTO invoice_settlement (customer_id, invoice_id, paid_amount, paid_off_on) "
            "SELECT i.customer_id, i.id, 100, i.due_on + CASE WHEN substr(c.customer_no, 2)::int % 5 = 0 "
            "AND (i.id * 7919 + i.customer_id) % 3 > 0 THEN 40 WHEN (i.id * 7919) % 40 = 0 THEN 35 ELSE 2 END "
            "FROM invoice i JOIN customer c USING (customer_id) WHERE c.customer_no LIKE 'F%'"
        )
    )


def test_the_fitted_card_is_scored_by_sql_as_by_the_model(ctx: Context) -> None:
    _trade(ctx)
    ensure_default_scorecard(ctx)
    found = fit(ctx, LATE_30)
    row = ctx.session.get(Scorecard, found.scorecard_id)
    assert row is not None
    assert (row.state, row.kind, row.edition) == ("draft", "statistical", 2)
    assert found.train.last + dt.timedelta(days=60) <= found.test.first
    assert found.quality.area.value is not None
    assert found.quality.area.value > 0.8
    assert abs(sum(one.part for one in found.indicators) - 1) < 1e-9
    assert found.train.bad_customers >= 10 * len(found.indicators)
    # Each score of the replay, recomputed from the bins that the fit reports.
    offsets = {one.code: min(each.log_odds for each in one.bins) for one in found.indicators}
    span = sum(max(each.log_odds for each in one.bins) - offsets[one.code] for one in found.indicators)
    assert abs(found.slope * 100 - span) < 1e-9
    chosen = chosen_card(ctx, found.edition)
    from services.scoring import score_customers

    score_customers(ctx, dt.date(2025, 3, 31), scorecard_edition=found.edition)
    scores = ctx.session.execute(
        text("SELECT score, points FROM score WHERE scorecard_id = :card AND score IS NOT NULL"), {"card": row.id}
    ).all()
    assert len(scores) == 400
    weights = {one.code: one.weight for one in chosen.card.indicators}
    for score, points in scores:
        assert set(points) == set(weights)
        linear = sum(weights[code] * part["points"] for code, part in points.items()) / sum(weights.values())
        assert abs(float(score) - linear) <= 0.000001


def test_open_invoices_alone_count_where_the_outcome_says_so(ctx: Context) -> None:
    customer = make_customer(ctx)
    make_invoice(ctx, customer, dt.date(2025, 3, 1), paid=((dt.date(2025, 3, 20), 100),))
    assert seen(ctx, LATE_5_OPEN, dt.date(2024, 12, 31)) == []


def test_a_listing_makes_bad_and_one_before_leaves_out(ctx: Context) -> None:
    customer = make_customer(ctx)
    listing = make_listing(ctx, customer, dt.date(2025, 2, 10))
    listing.trigger_on = dt.date(2025, 2, 3)
    ctx.session.flush()
    later = dt.date(2025, 2, 28)
    assert sorted(seen(ctx, BAD_90, D, later)) == [(D, dt.date(2025, 2, 3), False), (later, None, True)]
    assert seen(ctx, LATE_30) == []


def test_asking_twice_is_one_report(ctx: Context) -> None:
    ensure_default_scorecard(ctx)
    active = chosen_card(ctx)
    assert active.id is not None
    other = Scorecard(name="other", edition=2, state="draft", definition=definition_of(active.card))
    ctx.session.add(other)
    ctx.session.flush()
    first = ask_comparison(ctx, other.id, active.id, BAD_90)
    assert ask_comparison(ctx, other.id, active.id, BAD_90) == first
    found = report_by_id(ctx, first)
    assert found is not None
    assert (found.state, found.is_under_way, found.result) == ("queued", True, None)
    assert ask_fit(ctx, LATE_30) == ask_fit(ctx, LATE_30)
    with pytest.raises(RefusedError):
        ask_comparison(ctx, active.id, active.id, BAD_90)
    assert Decimal(found.of) == 0


def test_readers_may_not_ask(ctx: Context) -> None:
    from db.enums import Role
    from services.context import Actor

    reader = Context(ctx.session, Actor("v", "V", Role.VIEWER, user_id=1), ctx.now)
    with pytest.raises(NotAllowedError):
        ask_comparison(reader, 1, 2, BAD_90)
    with pytest.raises(NotAllowedError):
        ask_fit(reader, LATE_30)
