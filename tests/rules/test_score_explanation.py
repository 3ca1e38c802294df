"""A score in words and in points that add up, from plain values: no database."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dashboard.components.score_words import floor_end_text, floor_text, quantity_text, reason_text, step_text
from dashboard.i18n import using_language
from services.scoring import Direction, Quantity, QuantityKind, ScoreRow, Step, reasons
from services.scoring.card import Indicator, Scorecard
from services.scoring.card_reading import parsed_card
from services.scoring.counterfactuals import counterfactuals
from services.scoring.explanation import apportioned, movements, shown_contributions
from services.scoring.indicators import MEASURES
from services.scoring.rules import scored
from services.scoring.texts import WORDS, reason_of

DAYS = [{"upto": 1, "points": 0}, {"upto": 30, "points": 60}, {"points": 100}]
CARD = parsed_card(
    {
        "name": "small",
        "version": 1,
        "dimensions": {
            "credit": {
                "weight": 60,
                "indicators": [
                    {"code": "overdue_days_now", "weight": 2, "bins": DAYS},
                    {"code": "credit_rating", "weight": 1, "categories": {"A": 10, "B": 90}},
                ],
            },
            "operations": {
                "weight": 40,
                "indicators": [{"code": "firm_size", "weight": 1, "categories": {"large": 10, "small": 70}}],
            },
        },
        "bands": {"medium": 30, "high": 50, "critical": 70},
        "floors": [{"when": "listed", "level": "critical"}],
    }
)
SHIPPED = json.loads((Path(__file__).parents[2] / "services" / "default_scorecard.json").read_text())


def row(card: Scorecard, values: dict[str, Any], floors: tuple[str, ...] = ()) -> ScoreRow:
    """A score as it would be stored."""
    found = scored(card, values, floors)
    by_code = {one.code: one for one in card.indicators}
    points = {}
    for code, value in values.items():
        one: Indicator = by_code[code]
        reached = one.categories[value] if one.is_category else next(
            each.points for each in one.bins if each.upto is None or value < each.upto
        )  # fmt: skip
        points[code] = {"value": value, "points": reached}
    return ScoreRow(dt.date(2025, 6, 30), found.score, found.level, found.floor, found.coverage, {}, points, 1)


@pytest.mark.parametrize(
    ("shares", "total", "expected"),
    [
        ({"a": 33.3333, "b": 33.3333, "c": 33.3334}, "100.0", {"a": "33.3", "b": "33.3", "c": "33.4"}),
        ({"a": 0.04, "b": 0.04, "c": 0.04}, "0.1", {"a": "0.1", "b": "0.0", "c": "0.0"}),
        ({"a": 10.04}, "10.0", {"a": "10.0"}),
        ({"a": 10.05}, "10.1", {"a": "10.1"}),
        ({"a": 5.0, "b": 0.0}, "5.0", {"a": "5.0", "b": "0.0"}),
        ({}, "0.0", {}),
    ],
)
def test_shares_add_up_to_the_total_after_rounding(
    shares: dict[str, float], total: str, expected: dict[str, str]
) -> None:
    found = apportioned(shares, Decimal(total))
    assert found == {name: Decimal(value) for name, value in expected.items()}
    assert sum(found.values(), Decimal("0.0")) == Decimal(total)


def test_contributions_follow_the_weights() -> None:
    # credit: (2 x 60 + 1 x 90) / 3 = 70, of which 60 %; operations: 70, of which 40 %
    now = row(CARD, {"overdue_days_now": 12.0, "credit_rating": "B", "firm_size": "small"})
    assert now.score == Decimal("70.000000")
    assert shown_contributions(CARD, now) == {
        "overdue_days_now": Decimal("24.0"), "credit_rating": Decimal("18.0"), "firm_size": Decimal("28.0"),
    }  # fmt: skip
    assert [one.indicator for one in reasons(CARD, now.points)] == ["firm_size", "overdue_days_now", "credit_rating"]


def test_what_moved_adds_up_and_names_the_values_before_and_after() -> None:
    before = row(CARD, {"overdue_days_now": 0.0, "credit_rating": "B", "firm_size": "small"})
    now = row(CARD, {"overdue_days_now": 12.0, "credit_rating": "A", "firm_size": "small"})
    found = movements(CARD, now, CARD, before)
    assert [(one.indicator, one.change) for one in found] == [
        ("overdue_days_now", Decimal("24.0")), ("credit_rating", Decimal("-16.0")),
    ]  # fmt: skip
    assert found[0].before == Quantity(QuantityKind.DAYS, 0.0)
    assert found[0].now == Quantity(QuantityKind.DAYS, 12.0)


def test_data_that_arrive_move_those_that_share_their_weight() -> None:
    before = row(CARD, {"overdue_days_now": 12.0})
    now = row(CARD, {"overdue_days_now": 12.0, "firm_size": "large"})
    assert (before.score, now.score) == (Decimal("60.000000"), Decimal("40.000000"))
    found = movements(CARD, now, CARD, before)
    assert [(one.indicator, one.before, one.change) for one in found] == [
        ("overdue_days_now", Quantity(QuantityKind.DAYS, 12.0), Decimal("-24.0")),
        ("firm_size", None, Decimal("4.0")),
    ]


def test_a_way_down_is_not_sought_where_nobody_can_act() -> None:
    values = {"overdue_days_now": 12.0, "credit_rating": "B", "firm_size": "small"}
    assert {one.changes[0].indicator for one in counterfactuals(values, CARD)} == {
        "overdue_days_now", "credit_rating", "firm_size",
    }  # fmt: skip
    found = counterfactuals(values, CARD, fixed={"firm_size"})
    assert {one.changes[0].indicator for one in found} == {"overdue_days_now", "credit_rating"}


def test_a_floor_must_end_first() -> None:
    values = {"overdue_days_now": 12.0, "credit_rating": "A", "firm_size": "large"}
    (found,) = counterfactuals(values, CARD, ("listed",))
    assert (found.changes, found.ended_floors, found.score, found.level) == (
        (), ("listed",), Decimal("30.000000"), "medium",
    )  # fmt: skip


def spoken(code: str, value: Any, window: int | None = None) -> str:
    measure = MEASURES[code]
    one = Indicator(code, 1, window_days=window or measure.window_days, unit="days", label={"en": "Its label"})
    with using_language("en"):
        return reason_text(reason_of(one, value, 50, 1.0))


@pytest.mark.parametrize(
    ("code", "value", "expected"),
    [
        ("overdue_days_now", 1, "Oldest open invoice is 1 day past due"),
        ("overdue_days_now", 47, "Oldest open invoice is 47 days past due"),
        ("overdue_days_now", 0, "No open invoice is past due"),
        ("overdue_share_now", 0.345, "34.5% of the open balance is past due"),
        ("worst_days_late_180", 31, "Worst delay within 180 days: 31 days"),
        ("broken_promises_365", 2, "Payment promises broken within 1 year: 2"),
        ("court_events_730", 0, "No court or regulator event within 2 years"),
        ("credit_rating", "BBB", "Credit rating: BBB"),
        ("firm_size", "小型", "Size of the firm: small"),
        ("firm_age_years", 3.28, "Founded 3.3 years ago"),
        ("current_ratio", 1.25, "Current assets are 1.3 times current liabilities"),
        ("current_ratio", 99.0, "There are current assets and no current liabilities"),
        ("net_margin", -0.05, "Net profit is −5.0% of revenue"),
        ("net_margin", -9.0, "A loss without any revenue"),
        ("revenue_growth", 0.12, "Revenue changed by +12% on the year before"),
        ("slower_than_habit", -3.0, "Pays no slower than is its own habit"),
        ("mean_days_late_90", 0.25, "Average delay within 90 days: 0.25 days"),
        ("mean_days_late_90", 0.5, "Average delay within 90 days: 0.5 days"),
        ("turnover_to_terms", 99.0, "Owes, but bought nothing within 90 days"),
        ("late_share_365", None, "Its label: nothing is known, so the scorecard's stand-in counts"),
    ],
)
def test_an_indicator_says_its_value(code: str, value: Any, expected: str) -> None:
    assert spoken(code, value) == expected


def test_a_cards_own_window_is_what_the_sentence_says() -> None:
    assert spoken("worst_days_late_180", 31, window=365) == "Worst delay within 1 year: 31 days"


@pytest.mark.parametrize(
    ("unit", "value", "expected"),
    [("days", 3, "Its label: 3 days"), ("ratio", 0.5, "Its label: 50%"), ("CNY", 12.5, "Its label: 12.5 CNY")],
)
def test_an_indicator_without_a_sentence_is_said_by_its_label(unit: str, value: float, expected: str) -> None:
    one = Indicator("own_idea", 1, unit=unit, label={"en": "Its label", "zh_Hans": "自定指标"})
    with using_language("en"):
        assert reason_text(reason_of(one, value, 50, 1.0)) == expected
    with using_language("zh_Hant"):
        assert reason_text(reason_of(one, value, 50, 1.0)).startswith("Its label")
    with using_language("zh_Hans"):
        assert reason_text(reason_of(one, value, 50, 1.0)).startswith("自定指标")


def test_every_sentence_can_be_filled_and_said_in_plain_english() -> None:
    """A sentence that names a window needs an indicator that has one."""
    shipped = parsed_card(SHIPPED)
    for one in shipped.indicators:
        words = WORDS.get(one.code)
        values: list[Any] = ["AA"] if one.is_category else [7.0, 0.0, *(words.special if words else ())]
        for value in values:
            reason = reason_of(one, value, 50, 1.0)
            assert "%(" not in reason_text(reason)
            assert "%(" not in reason.text()


@pytest.mark.parametrize(
    ("direction", "limit", "expected"),
    [
        (Direction.BELOW, Quantity(QuantityKind.DAYS, 11.0), "Its label: below 11 days"),
        (Direction.BELOW, Quantity(QuantityKind.COUNT, 1.0), "Its label: none"),
        (Direction.BELOW, Quantity(QuantityKind.RATIO, 0.0001), "Its label: none"),
        (Direction.BELOW, Quantity(QuantityKind.RATIO, 0.8), "Its label: below 80%"),
        (Direction.AT_LEAST, Quantity(QuantityKind.MULTIPLE, 1.5), "Its label: at least 1.5 times"),
        (Direction.IS, Quantity(QuantityKind.NAME, "AA"), "Its label: AA"),
    ],
)
def test_a_step_down_says_where_the_value_must_get(direction: Direction, limit: Quantity, expected: str) -> None:
    with using_language("en"):
        assert step_text(Step("any", {"en": "Its label"}, direction, limit)) == expected


def test_floors_say_what_holds_the_level_and_what_ends_them() -> None:
    with using_language("en"):
        assert floor_text("listed", "critical") == "Listed black or grey: at least critical, whatever the score"
        assert floor_text("overdue_90", "critical") == (
            "An invoice is 90 or more days past due: at least critical, whatever the score"
        )
        assert floor_end_text("listed") == "The listing is lifted"
        assert floor_end_text("overdue_90") == "No open invoice is 90 or more days past due"


def test_no_value_is_a_dash() -> None:
    assert quantity_text(None) == "—"
    assert quantity_text(Quantity(QuantityKind.SIZE, None)) == "—"
