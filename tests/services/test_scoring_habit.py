"""What a customer's own habit lets one expect: exact values, windows and edges, and what is not known."""

from __future__ import annotations

import datetime as dt
import json
import re
import warnings
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from db.models import Customer, InvoiceSettlement
from services.context import Context
from services.scoring import score_customers, scores_as_json
from services.scoring.card import Indicator, Scorecard
from services.scoring.card_reading import parsed_card
from services.scoring.compile import floor_name, values_query
from services.scoring.indicators import MEASURES
from services.scoring.indicators.measure import AsOf
from services.scoring.rules import scored
from tests.oracle.histories import random_history
from tests.services.history_rows import store
from tests.services.makers import DAY, ago, make_customer, make_invoice, make_paid_invoice


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


def shipped_card() -> Scorecard:
    return parsed_card(json.loads(files("services").joinpath("default_scorecard.json").read_text(encoding="utf-8")))


def values(ctx: Context, customer: Customer, day: dt.date = DAY) -> dict[str, Any]:
    at = AsOf(day, "CNY", [customer.customer_id])
    return dict(ctx.session.execute(values_query(shipped_card(), at)).mappings().one())


# Habit


def test_the_habit_is_the_share_late_eased_towards_one_in_ten(ctx: Context) -> None:
    customer = make_customer(ctx)
    for days_late in (5, 4, 0, -3, 30):
        make_paid_invoice(ctx, customer, ago(10), days_late)
    # Two of five (5 and 30 days) and half an invoice of five that are assumed.
    assert values(ctx, customer)["late_habit_730"] == 2.5 / 10


def test_an_open_invoice_counts_for_the_habit_once_it_is_overdue(ctx: Context) -> None:
    customer = make_customer(ctx)
    make_invoice(ctx, customer, ago(5))
    make_invoice(ctx, customer, ago(4))
    make_invoice(ctx, customer, DAY)
    assert values(ctx, customer)["late_habit_730"] == 1.5 / 7


@pytest.mark.parametrize(("paid", "expected"), [(729, 1.5 / 6), (730, None)])
def test_the_habit_looks_two_years_back(ctx: Context, paid: int, expected: float | None) -> None:
    customer = make_customer(ctx)
    make_paid_invoice(ctx, customer, ago(paid), 20)
    assert values(ctx, customer)["late_habit_730"] == expected


def test_without_evidence_the_habit_is_unknown_but_open_invoices_are_not_riskless(ctx: Context) -> None:
    customer = make_customer(ctx)
    make_invoice(ctx, customer, ago(-20), issued_on=ago(10))
    make_invoice(ctx, customer, ago(-5), issued_on=ago(89))
    found = values(ctx, customer)
    assert found["late_habit_730"] is None
    assert found["expected_late_open"] == 2 * 0.5 / 5
    assert found["expected_serious_90"] == 2 * 0.25 / 10


# What is expected


def test_open_invoices_times_the_habit(ctx: Context) -> None:
    customer = make_customer(ctx)
    for days_late in (0, 0, 6):
        make_paid_invoice(ctx, customer, ago(100), days_late)
    make_invoice(ctx, customer, ago(-20))
    make_invoice(ctx, customer, ago(-25))
    make_invoice(ctx, customer, ago(7))
    # Three open; late are the one paid after 6 days and the one 7 days overdue, of four that show anything.
    assert values(ctx, customer)["expected_late_open"] == 3 * 2.5 / 9


@pytest.mark.parametrize(("issued", "bought"), [(89, 2), (90, 1)])
def test_the_pace_of_ninety_days_times_the_serious_habit(ctx: Context, issued: int, bought: int) -> None:
    customer = make_customer(ctx)
    make_invoice(ctx, customer, ago(60), issued_on=ago(issued), paid=((ago(60), 100),))
    make_invoice(ctx, customer, ago(30), issued_on=ago(45), paid=((ago(15), 100),))
    make_invoice(ctx, customer, ago(300), paid=((ago(286), 100),))
    # One was 15 days late, one only 14, one on time.
    assert values(ctx, customer)["expected_serious_90"] == bought * 1.25 / 13


def test_disputed_invoices_are_no_evidence_and_not_expected_late(ctx: Context) -> None:
    customer = make_customer(ctx)
    make_invoice(ctx, customer, ago(40), is_disputed=True)
    found = values(ctx, customer)
    assert [found[code] for code in ("late_habit_730", "expected_late_open", "expected_serious_90")] == [None] * 3


def test_nothing_open_nothing_bought_nothing_expected(ctx: Context) -> None:
    customer = make_customer(ctx)
    make_paid_invoice(ctx, customer, ago(200), 60)
    found = values(ctx, customer)
    assert (found["expected_late_open"], found["expected_serious_90"]) == (0, 0)
    assert found["late_habit_730"] == 1.5 / 6


@pytest.mark.parametrize(("paid", "expected"), [(364, 42), (365, None)])
def test_the_worst_delay_of_a_year(ctx: Context, paid: int, expected: int | None) -> None:
    customer = make_customer(ctx)
    make_paid_invoice(ctx, customer, ago(paid), 42)
    assert values(ctx, customer)["worst_days_late_365"] == expected


def test_what_comes_later_changes_nothing(ctx: Context) -> None:
    customer = make_customer(ctx)
    unpaid = make_invoice(ctx, customer, ago(50))
    make_paid_invoice(ctx, customer, ago(45), 8)
    before = values(ctx, customer, ago(30))
    ctx.session.execute(
        insert(InvoiceSettlement).values(
            customer_id=customer.customer_id, invoice_id=unpaid.id, paid_amount=100, paid_off_on=ago(29)
        )
    )
    make_invoice(ctx, customer, ago(10), issued_on=ago(29))
    assert values(ctx, customer, ago(30)) == before
    assert values(ctx, customer, ago(29)) != before


# The card


def test_the_shipped_card_is_whole() -> None:
    card = shipped_card()
    assert {one.name: one.weight for one in card.dimensions} == {
        "credit": 25, "operations": 20, "transactions": 30, "industry": 10, "reputation": 15,
    }  # fmt: skip
    for dimension in card.dimensions:
        assert sum(one.weight for one in dimension.indicators) == 100, dimension.name
    assert all(set(one.label) == {"en", "zh_Hans", "zh_Hant"} and one.unit for one in card.indicators)


def test_points_never_fall_the_wrong_way_along_the_bins() -> None:
    definition = json.loads(files("services").joinpath("default_scorecard.json").read_text(encoding="utf-8"))
    directions = {
        one["code"]: one["good_direction"]
        for dimension in definition["dimensions"].values()
        for one in dimension["indicators"]
    }
    for one in shipped_card().indicators:
        points = [each.points for each in one.bins]
        if directions[one.code] == "category":
            assert one.is_category
            continue
        rising = points if directions[one.code] == "low" else points[::-1]
        assert rising == sorted(rising), one.code
        assert points[0] != points[-1], one.code


def test_sql_and_plain_arithmetic_agree_to_the_last_digit(ctx: Context) -> None:
    store(ctx, random_history(11))
    card = shipped_card()
    at = AsOf(dt.date(2024, 12, 31), "CNY")
    measured = {row["customer_id"]: row for row in ctx.session.execute(values_query(card, at)).mappings()}
    known = ctx.session.execute(select(Customer.customer_no, Customer.customer_id)).all()
    numbers = {row.customer_no: row.customer_id for row in known}
    rows = scores_as_json(ctx, score_customers(ctx, at.day, dry_run=True))
    assert len(rows) == 12
    for row in rows:
        one = measured[numbers[row["customer_no"]]]
        floors = [each.when for place, each in enumerate(card.floors) if one[floor_name(place)]]
        expected = scored(card, {each.code: one[each.code] for each in card.indicators}, floors)
        assert (row["score"], row["level"], row["coverage"]) == (
            None if expected.score is None else float(expected.score), expected.level, float(expected.coverage),
        )  # fmt: skip


def test_every_indicator_can_be_measured_without_a_deprecated_call(ctx: Context) -> None:
    customer = make_customer(ctx)
    at = AsOf(DAY, "CNY")
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        measured = [
            one.expression(at, Indicator(code, 1, categories={"aaa": 1}, window_days=one.window_days)).label(code)
            for code, one in MEASURES.items()
        ]
        rows = ctx.session.execute(at.query(measured)).mappings().all()
    assert [(row["customer_id"], row["late_habit_730"]) for row in rows] == [(customer.customer_id, None)]


def test_indicators_that_the_default_card_leaves_out_stay_available() -> None:
    assert [code for code in MEASURES if code not in shipped_card().by_code] == [
        "overdue_share_now", "worst_days_late_180", "mean_days_late_90", "late_share_365", "longest_terms_open",
        "turnover_to_terms", "amount_trend",
    ]  # fmt: skip


def test_the_document_tells_the_points_of_the_shipped_card() -> None:
    document = (Path(__file__).parents[2] / "docs" / "scorecard.md").read_text(encoding="utf-8")
    for one in shipped_card().indicators:
        bins = [
            f"else: {each.points:g}" if each.upto is None else f"< {each.upto}: {each.points:g}" for each in one.bins
        ]
        names = [f"{name}: {points:g}" for name, points in one.categories.items()]
        stand_in = "left out" if one.missing is None else f"{one.missing:g}"
        told = re.search(rf"^\| `{one.code}` \| (.*: .*) \| ({stand_in}) \|$", document, re.MULTILINE)
        assert told, one.code
        if one.is_category:
            assert {part.upper() for part in told[1].split(", ")} == {part.upper() for part in names}, one.code
        else:
            assert re.sub(r"(?<=\d)\.0:", ":", told[1]) == re.sub(r"(?<=\d)\.0:", ":", ", ".join(bins)), one.code
        assert f"| `{one.code}` | {one.label['zh_Hans']} | {one.weight:g} |" in document, one.code
