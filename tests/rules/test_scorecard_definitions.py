"""A scorecard's definition: read with all faults at once, edited, told apart from another, out and in as a file."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest

from dashboard.components.indicator_words import MEASURED
from dashboard.components.scorecard_words import bin_text, difference_text, fault_text, place_text
from dashboard.i18n import using_language
from services.errors import WrongFileError
from services.scorecards.editing import (
    bins_of,
    card_of_one,
    joined_bins,
    labels_of,
    spare_codes,
    split_bin,
    template,
    usual_dimension,
    with_band,
    with_bin,
    with_bins,
    with_category,
    with_dimension_weight,
    with_floors,
    with_indicator,
    with_low_coverage,
    with_part,
    without_indicator,
)
from services.scorecards.files import as_workbook, read_file
from services.scoring.card import canonical_json
from services.scoring.card_reading import parsed_card, read_card
from services.scoring.counterfactuals import Direction, counterfactuals
from services.scoring.differences import DifferenceKind, differences
from services.scoring.indicators import MEASURES
from services.scoring.rules import contributions, points_for, scored
from tests.rules.random_cards import SHIPPED, random_definition

CARD = parsed_card(SHIPPED)
LABELS = labels_of(SHIPPED)


def told(definition: dict[str, Any]) -> list[str]:
    with using_language("en"):
        return [difference_text(one) for one in differences(CARD, parsed_card(definition))]


def test_all_faults_are_named_at_once_each_with_its_place() -> None:
    definition = copy.deepcopy(SHIPPED)
    credit = definition["dimensions"]["credit"]
    credit["weight"] = 0
    credit["indicators"][0]["bins"][2]["upto"] = 2
    credit["indicators"][0]["bins"][3]["points"] = 101
    credit["indicators"][1]["weight"] = "much"
    credit["indicators"][4]["categories"]["AAA"] = -1
    credit["indicators"].append({"code": "shoe_size", "weight": 1, "bins": [{"points": 1}]})
    definition["bands"]["high"] = 90
    definition["floors"].append({"when": "monday", "level": "high"})
    definition["low_coverage"] = 2
    card, faults = read_card(definition)
    assert card is None
    assert [one.place for one in faults] == [
        "credit.weight", "overdue_days_now.bins[2]", "overdue_days_now.bins[3]", "overdue_count_now.weight",
        "credit_rating.categories.AAA", "credit.indicators[8]", "bands", "floors[2]", "low_coverage",
    ]  # fmt: skip
    with using_language("en"):
        words = [fault_text(one, LABELS) for one in faults]
    assert words[0] == "Credit, weight of the scorecard can't be “0”."
    assert words[1] == "The upper edges in Days past due, worst open invoice, bins must ascend."
    assert words[2] == "Days past due, worst open invoice, bin 4, points of the scorecard can't be “101”."
    assert words[5] == "There is no indicator called “shoe_size”."


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no scorecard"),
        (b"[1, 2]", "no scorecard"),
        (b"\xff\xfe{", "no scorecard"),
        (b'{"name": NaN}', "no scorecard"),
        (b"name,weight\n1,2", "no scorecard"),
        (b" " * 2_000_001, "too large"),
    ],
)
def test_what_is_no_file_of_a_scorecard(content: bytes, words: str) -> None:
    with pytest.raises(WrongFileError, match=words):
        read_file(content)


def test_a_file_without_anything_says_all_that_it_lacks() -> None:
    assert [one.place for one in read_file(b"{}").faults] == ["dimensions", "name", "version", "bands"]


def test_a_file_reads_back_to_the_same_card() -> None:
    found = read_file((json.dumps(SHIPPED, ensure_ascii=False, indent=2)).encode("utf-8-sig"))
    assert found.faults == ()
    assert found.card is not None
    assert canonical_json(found.card) == canonical_json(CARD)
    assert found.definition == SHIPPED
    assert as_workbook(found.card)[:2] == b"PK"


def test_every_measure_has_words_a_name_in_three_languages_and_a_template_that_is_a_card() -> None:
    assert set(MEASURED) == set(MEASURES)
    for code in MEASURES:
        assert set(template(code)["label"]) == {"en", "zh_Hans", "zh_Hant"}
    definition = SHIPPED
    for code in spare_codes(SHIPPED):
        definition = with_indicator(definition, code, usual_dimension(code))
    assert {one.code for one in parsed_card(definition).indicators} == set(MEASURES)
    assert spare_codes(definition) == []


def test_edits_leave_what_they_were_given() -> None:
    before = json.dumps(SHIPPED)
    weight = with_dimension_weight(SHIPPED, "credit", 40.0)
    assert weight["dimensions"]["credit"]["weight"] == 40
    assert (
        with_part(SHIPPED, "credit_rating", "missing", 50.0)["dimensions"]["credit"]["indicators"][4]["missing"] == 50
    )
    assert with_part(SHIPPED, "credit_rating", "missing", None) == SHIPPED
    assert with_band(SHIPPED, "high", 60.0)["bands"]["high"] == 60
    assert with_low_coverage(SHIPPED, 0.4)["low_coverage"] == 0.4
    assert with_floors(SHIPPED, [("listed", "high")])["floors"] == [{"when": "listed", "level": "high"}]
    alone = without_indicator(SHIPPED, "industry_outlook")
    for code in ("industry_trend", "industry_policy", "industry_default_rate"):
        alone = without_indicator(alone, code)
    assert "industry" not in alone["dimensions"]
    assert with_indicator(alone, "industry_trend", "industry")["dimensions"]["industry"]["weight"] == 10
    assert json.dumps(SHIPPED) == before


@pytest.mark.parametrize(
    ("bins", "place", "split", "joined"),
    [
        ([(1, 0), (5, 50), (None, 100)], 0, [(0, 0), (1, 0), (5, 50), (None, 100)], [(5, 50), (None, 100)]),
        ([(1, 0), (5, 50), (None, 100)], 1, [(1, 0), (3, 50), (5, 50), (None, 100)], [(1, 0), (None, 100)]),
        ([(1, 0), (5, 50), (None, 100)], 2, [(1, 0), (5, 50), (6, 100), (None, 100)], [(1, 0), (None, 50)]),
        ([(1, 0), (None, 100)], 1, [(1, 0), (2, 100), (None, 100)], [(None, 0)]),
    ],
)
def test_a_bin_is_split_and_removed(bins: Any, place: int, split: Any, joined: Any) -> None:
    assert split_bin(bins, place) == split
    assert joined_bins(bins, place) == joined


def test_what_differs_is_said_in_words() -> None:
    assert told(SHIPPED) == []
    assert told(with_dimension_weight(SHIPPED, "reputation", 15.5)) == [
        "Credit has 24.9% of the whole score instead of 25%.",
        "Business performance has 19.9% of the whole score instead of 20%.",
        "Transactions has 29.9% of the whole score instead of 30%.",
        "Industry background has 10% of the whole score instead of 10%.",
        "Reputation has 15.4% of the whole score instead of 15%.",
    ]
    changed = with_part(SHIPPED, "credit_rating", "weight", 12)
    changed = with_part(with_category(changed, "credit_rating", "AAA", 3), "credit_rating", "window_days", 365)
    changed = with_part(changed, "credit_rating", "missing", 50)
    changed = with_bins(changed, "past_listings", [(2, 0), (None, 90)])
    changed = with_indicator(without_indicator(changed, "tenure_years"), "amount_trend", "transactions")
    changed = with_floors(with_low_coverage(with_band(changed, "high", 50), 0.4), [("listed", "high")])
    assert told(changed) == [
        "Credit rating weighs 12 instead of 10 inside Credit.",
        "Credit rating has other points by category: AAA 0 → 3.",
        "Credit rating, where nothing is known: 50 instead of left out.",
        "Credit rating looks back 365 days instead of 730 days.",
        "Earlier black or grey listings has other points by bin: 0 (below 2), 90 (2 or more). Before: 0 (below 1), "
        "100 (1 or more).",
        "Length of the relationship is gone from Transactions; it had 4% of the dimension.",
        "Trade of 90 days to the 90 days before is new in Transactions, with 12.7% of the dimension.",
        "High risk begins at 50 instead of 55.",
        "Listed black or grey: at least high instead of critical.",
        "An invoice 90 days past due or more: no longer at least critical.",
        "A score asks for information below 40% of coverage instead of 50%.",
    ]


def test_the_first_card_with_fewer_dimensions_and_an_indicator_elsewhere() -> None:
    moved = without_indicator(SHIPPED, "tenure_years")
    moved["dimensions"]["operations"]["indicators"].append(template("tenure_years"))
    assert told(moved) == ["Length of the relationship moved from Transactions to Business performance."]
    kinds = [one.kind for one in differences(CARD, parsed_card({**SHIPPED, "dimensions": {
        name: part for name, part in SHIPPED["dimensions"].items() if name != "industry"
    }}))]  # fmt: skip
    assert kinds.count(DifferenceKind.DIMENSION_REMOVED) == 1
    assert kinds.count(DifferenceKind.INDICATOR_REMOVED) == 4


def test_bins_and_places_in_words() -> None:
    _dimension, one = CARD.by_code["overdue_days_now"]
    with using_language("en"):
        assert [bin_text(one, place) for place in (0, 1, 7)] == [
            "below 1 day", "from 1 day to below 4 days", "90 days or more",
        ]  # fmt: skip
        assert place_text("credit_rating.categories.AA", LABELS) == "Credit rating, category AA"
        assert place_text("floors[1].level", LABELS) == "floors 2, level"


def test_a_wrong_indicator_keeps_no_other_from_being_looked_at() -> None:
    wrong = with_bin(SHIPPED, "overdue_days_now", 1, "upto", 0)
    assert card_of_one(wrong, "overdue_days_now") is None
    alone = card_of_one(wrong, "overdue_count_now")
    assert alone is not None
    assert [one.code for one in alone.indicators] == ["overdue_count_now"]
    assert bins_of(SHIPPED["dimensions"]["credit"]["indicators"][7]) == [(1, 0), (None, 100)]


def _random_values(chance: random.Random, card: Any) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for one in card.indicators:
        if chance.random() < 0.3:
            continue
        if one.is_category:
            values[one.code] = chance.choice(list(one.categories))
        else:
            edges = [each.upto for each in one.bins if each.upto is not None]
            values[one.code] = chance.choice(edges or [0]) + chance.choice((-0.5, 0, 0.5))
    return values


def test_changing_the_named_facts_as_told_changes_the_level_as_told_for_a_thousand_customers() -> None:
    chance, told_ways = random.Random(2025), 0
    cards = [CARD, *(parsed_card(random_definition(chance)) for _place in range(39))]
    for place in range(1000):
        card = cards[place % len(cards)]
        values = _random_values(chance, card)
        floors = [one.when for one in card.floors if chance.random() < 0.1]
        for way in counterfactuals(values, card, floors):
            changed = dict(values)
            for one in way.changes:
                step = {Direction.BELOW: -1e-9, Direction.AT_LEAST: 0.0}.get(one.direction)
                changed[one.indicator] = one.limit if step is None else float(one.limit) + step
                assert points_for(changed[one.indicator], card.by_code[one.indicator][1]) == one.points_after
            left = [one for one in floors if one not in way.ended_floors]
            now, then = scored(card, values, floors), scored(card, changed, left)
            assert (then.score, then.level) == (way.score, way.level)
            assert then.level is None or list(type(then.level)).index(then.level) < list(type(then.level)).index(
                now.level  # type: ignore[arg-type]
            )
            told_ways += 1
    assert told_ways > 500


def test_what_indicators_bring_adds_up_to_the_score_of_any_card() -> None:
    chance = random.Random(7)
    cards = [parsed_card(random_definition(chance)) for _place in range(30)]
    for place in range(300):
        card = cards[place % len(cards)]
        values = _random_values(chance, card)
        own = {one.code: points_for(values.get(one.code), one) for one in card.indicators}
        score = scored(card, values).score
        assert abs(sum(contributions(card, own).values()) - float(score or 0)) <= 0.000001
