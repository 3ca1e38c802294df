"""What the overview says in words: headline, targets, changes, periods, the line beside each figure."""

from __future__ import annotations

import datetime as dt
from base64 import b64decode
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import pytest

from dashboard.components.departments import DepartmentNames
from dashboard.components.metric_words import (
    change_text,
    effect_text,
    facts_of,
    is_small,
    meets_target,
    size_text,
    value_text,
    verdict_text,
)
from dashboard.components.period_words import period_words
from dashboard.components.plain_table import Cell, Head, table_html
from dashboard.components.sparkline import sparkline
from dashboard.i18n import using_language
from dashboard.views.overview_beside import measure
from dashboard.views.overview_cards import big_figures
from dashboard.views.overview_choice import Choice
from dashboard.views.overview_headline import headline, most_moved
from dashboard.views.overview_news import who
from dashboard.views.overview_reads import Board, by_month
from dashboard.views.overview_tally_chart import by_department, by_measure
from services.departments import DepartmentRow
from services.incentives import Tally
from services.metrics.beside import ComplaintFates
from services.metrics.figures import ACCURACY, COMPLAINTS, RECOVERY, TIMELINESS, Figure
from services.metrics.span import parsed_span
from services.policy import Policy
from services.what_changed import RISEN, Change, NamedCustomer

NAMES = ("North", "Export")
CHOICE = Choice(parsed_span("2025-Q2"), parsed_span("2025-Q1"), None)
FATES = ComplaintFates(4, 2, 1, Decimal("16.5"))


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with using_language("en"):
        yield


def names() -> DepartmentNames:
    return DepartmentNames(tuple(DepartmentRow(one.upper(), "business", one, one, one) for one in NAMES))


def figure(
    metric: str, part: int, whole: int, department: str | None = None, month: dt.date | None = None, **parts: int
) -> Figure:
    value = Decimal(part) / whole * (1000 if metric == COMPLAINTS else 1) if whole else None
    counted = {name: Decimal(one) for name, one in parts.items()}
    return Figure(metric, month, department, Decimal(part), Decimal(whole), value, counted)


def board(now: list[Figure], before: list[Figure], months: tuple[Figure, ...] = ()) -> Board:
    """A board whose totals are those without a department."""
    return Board(
        now={one.metric: one for one in now if one.department is None},
        before={one.metric: one for one in before if one.department is None},
        departments=tuple(one for one in now if one.department), months=months, tallies=(), never_decided=0,
        departments_before=tuple(one for one in before if one.department), fates=FATES, policy=Policy(),
        today=dt.date(2025, 6, 30),
    )  # fmt: skip


def split(north: tuple[int, int], export: tuple[int, int], metric: str = TIMELINESS) -> list[Figure]:
    return [
        figure(metric, north[0] + export[0], north[1] + export[1]), figure(metric, *north, department="NORTH"),
        figure(metric, *export, department="EXPORT"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (((40, 50), (40, 50)), ((40, 50), (20, 50)),
         "Identification timeliness fell by 20.0 points to 60.0%, all of it in Export."),
        (((40, 50), (40, 50)), ((45, 50), (20, 50)),
         "Identification timeliness fell by 15.0 points to 65.0%, all of it in Export; the others together rose."),
        (((40, 50), (20, 50)), ((38, 50), (40, 50)),
         "Identification timeliness rose by 18.0 points to 78.0%, all of it in Export; the others together fell."),
        (((40, 50), (40, 50)), ((35, 50), (25, 50)),
         "Identification timeliness fell by 20.0 points to 60.0%, most of it in Export."),
        (((40, 50), (40, 50)), ((30, 50), (30, 50)),
         "Identification timeliness fell by 20.0 points to 60.0% in several departments, first of all in Export."),
        (((40, 50), (40, 50)), ((40, 50), (40, 50)), "Nothing moved since Q1 2025."),
        (((0, 0), (0, 0)), ((40, 50), (40, 50)), "There is nothing to compare with in Q1 2025."),
    ],
)  # fmt: skip
def test_the_headline_says_who_did_it(
    before: tuple[tuple[int, int], tuple[int, int]], now: tuple[tuple[int, int], tuple[int, int]], expected: str
) -> None:
    assert headline(board(split(*now), split(*before)), CHOICE, names())[0] == expected


def test_several_departments_share_a_movement() -> None:
    metric = ACCURACY

    def three(*parts: int) -> list[Figure]:
        codes = ("NORTH", "EXPORT", "EAST")
        whole = figure(metric, sum(parts), 150)
        return [whole, *(figure(metric, one, 50, department=code) for one, code in zip(parts, codes, strict=True))]

    said = headline(board(three(36, 34, 35), three(42, 42, 42)), CHOICE, names())[0]
    assert said == ("Assessment accuracy fell by 14.0 points to 70.0% in several departments, first of all in Export.")


def test_of_one_department_nobody_else_is_named() -> None:
    of_one = Choice(CHOICE.span, CHOICE.former, "EXPORT")
    said = headline(board(split((0, 0), (30, 50)), split((0, 0), (40, 50))), of_one, names())[0]
    assert said == "Identification timeliness fell by 20.0 points to 60.0% in Export."


def test_a_jumpy_metric_has_to_jump_further() -> None:
    now = [figure(ACCURACY, 80, 100), figure(TIMELINESS, 60, 100)]
    before = [figure(ACCURACY, 85, 100), figure(TIMELINESS, 70, 100)]
    assert most_moved(board(now, before)) == TIMELINESS
    months = tuple(
        figure(metric, value, 100, month=dt.date(2025, place, 1))
        for metric, values in ((ACCURACY, (85, 84, 86, 85, 84, 86)), (TIMELINESS, (20, 90, 30, 95, 25, 99)))
        for place, value in enumerate(values, start=1)
    )
    assert most_moved(board(now, before, months)) == ACCURACY


def test_few_cases_make_no_headline_unless_nothing_else_moved() -> None:
    few, many = figure(TIMELINESS, 5, 10), figure(ACCURACY, 80, 100)
    assert most_moved(board([few, many], [figure(TIMELINESS, 9, 10), figure(ACCURACY, 81, 100)])) == ACCURACY
    assert most_moved(board([few, many], [figure(TIMELINESS, 9, 10), many])) == TIMELINESS


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ([], "No metric has a value in this period yet."),
        ([figure(ACCURACY, 85, 100), figure(COMPLAINTS, 4, 1000)], "Every metric meets its target."),
        ([figure(ACCURACY, 85, 100)], "Assessment accuracy meets its target."),
        ([figure(ACCURACY, 84, 100), figure(COMPLAINTS, 5, 1000)], "No metric meets its target."),
        (
            [figure(ACCURACY, 84, 100), figure(TIMELINESS, 8, 10), figure(COMPLAINTS, 5, 1000)],
            "On target: Identification timeliness. Off target: Assessment accuracy and Complaint rate.",
        ),
    ],
)
def test_the_targets_are_told_in_one_sentence(now: list[Figure], expected: str) -> None:
    assert headline(board(now, []), CHOICE, names())[1] == expected


@pytest.mark.parametrize(
    ("metric", "step", "expected"),
    [
        (TIMELINESS, Decimal("0.06"), "▲ 6.0 points, better than Q1"),
        (TIMELINESS, Decimal("-0.06"), "▼ 6.0 points, worse than Q1"),
        (COMPLAINTS, Decimal("0.5"), "▲ 0.5‰, worse than Q1"), (COMPLAINTS, Decimal("-0.5"), "▼ 0.5‰, better than Q1"),
        (RECOVERY, Decimal(0), "Same as in Q1"), (RECOVERY, None, "No figure for Q1"),
    ],
)  # fmt: skip
def test_a_change_is_good_or_bad_for_the_metric_not_up_or_down(
    metric: str, step: Decimal | None, expected: str
) -> None:
    assert change_text(metric, step, "Q1") == expected


def test_values_targets_and_effects_are_written_in_their_unit() -> None:
    assert value_text(COMPLAINTS, Decimal("3.14")) == "3.1‰"
    assert value_text(ACCURACY, Decimal("0.824")) == "82.4%"
    assert value_text(ACCURACY, None) == "—"
    assert meets_target(ACCURACY, Decimal("0.85"), Decimal("0.85"))
    assert not meets_target(COMPLAINTS, Decimal("4.1"), Decimal(4))
    assert verdict_text(COMPLAINTS, Decimal("4.1"), Decimal(4)) == "missed by 0.1‰"
    assert verdict_text(ACCURACY, Decimal("0.9"), Decimal("0.85")) == "met by 5.0 points"
    assert effect_text(ACCURACY, Decimal("-0.018")) == "−1.8"
    assert effect_text(COMPLAINTS, Decimal("12.68")) == "+12.7"
    assert effect_text(RECOVERY, Decimal(0)) == "0.0"
    assert size_text(ACCURACY, Decimal("-0.018")) == "1.8 points"


def test_each_figure_has_its_line() -> None:
    accuracy = figure(
        ACCURACY, 253, 315, true_positive=52, true_negative=201, false_positive=32, false_negative=30, excluded=329
    )
    assert facts_of(accuracy, "CNY", 0, FATES) == (
        "n = 315 · recall 63.4% · precision 61.9%", "Base rate 26.0% · calling everyone good: 74.0%",
        "329 left out: already bad",
    )  # fmt: skip
    timeliness = figure(TIMELINESS, 20, 29, on_time=20, late=9)
    assert facts_of(timeliness, "CNY", 1, FATES) == ("n = 29 · 20 on time", "9 late, 1 never decided")
    recovery = figure(RECOVERY, 5_340_000, 10_900_000, opening=4_000_000, added=6_900_000, unconverted=2)
    assert facts_of(recovery, "CNY", 0, FATES) == (
        "¥5.34M of ¥10.9M", "¥4M outstanding before, ¥6.90M added", "2 entries left out: no exchange rate",
    )  # fmt: skip
    complaints = figure(COMPLAINTS, 7, 392)
    assert facts_of(complaints, "CNY", 0, FATES) == (
        "n = 392 active customers", "Upheld 66.7% (4 of 6 decided)", "Half closed within 17 days",
    )  # fmt: skip
    assert facts_of(complaints, "CNY", 0, ComplaintFates(0, 0, 7, None))[1] == "7 not decided yet"


@pytest.mark.parametrize(("count", "expected"), [(19, True), (20, False)])
def test_a_rate_on_few_cases_is_small(count: int, expected: bool) -> None:
    assert is_small(figure(TIMELINESS, 1, count), Policy()) is expected
    assert is_small(figure(RECOVERY, 1, count), Policy()) is False


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("2025-06", "Jun 2025"), ("2025-Q2", "Q2 2025"), ("2025", "Year 2025"), ("2025-H2", "Second half of 2025"),
        ("2025-02_2025-06", "Feb 2025 to Jun 2025"),
    ],
)  # fmt: skip
def test_a_period_is_named_as_the_calendar_does(code: str, expected: str) -> None:
    assert period_words(parsed_span(code)) == expected


def test_the_line_begins_with_the_first_value_and_ends_with_the_last() -> None:
    months = tuple(
        figure(ACCURACY, 1, whole, month=dt.date(2025, place, 1)) for place, whole in ((2, 2), (3, 0), (4, 4), (5, 0))
    )
    series = by_month(board([], [], months), ACCURACY, dt.date(2025, 6, 1))
    assert [one and one.month for one in series] == [dt.date(2025, place, 1) for place in (2, 3, 4)]


def test_a_gap_in_the_line_is_a_gap_and_the_last_point_is_marked() -> None:
    drawn = sparkline([1.0, None, 3.0, 2.0], None, 'of "all"')
    assert 'aria-label="of &quot;all&quot;"' in drawn
    drawing = b64decode(drawn.split("base64,")[1].split(")")[0]).decode()
    assert drawing.count("<path") == 2
    assert 'd="M9.0 43.0M197.0 5.0L291.0 24.0"' in drawing
    assert 'd="M291.0 24.0h0.01"' in drawing
    assert sparkline([None], 0.5, "") == ""


def test_rewards_stand_against_penalties() -> None:
    tallies = (
        Tally("reward", "bonus", "NORTH", None, 3, Decimal(300), 0),
        Tally("reward", "bonus", "EXPORT", None, 1, Decimal(50), 0),
        Tally("penalty", "bonus_deduction", "EXPORT", None, 4, Decimal(40), 0),
        Tally("penalty", "criticism", "EXPORT", None, 1, Decimal(0), 0),
    )  # fmt: skip
    rows = by_measure(tallies)
    assert [(one.penalty.words, one.penalty.count, one.reward.words, one.reward.count) for one in rows] == [
        ("Bonus deduction", 4, "Bonus", 4), ("Criticism", 1, "Commendation", 0),
        ("Performance downgrade", 0, "Promotion", 0), ("Dismissal", 0, "Certificate of honour", 0),
    ]  # fmt: skip
    assert [(one.reward.words, one.penalty.amount, one.reward.amount) for one in by_department(tallies, names())] == [
        ("Export", 40, 50), ("North", 0, 300),
    ]  # fmt: skip


def test_a_natural_person_is_named_by_number_among_companies() -> None:
    change = Change(RISEN, 2, None, (NamedCustomer("C042", "C042"), NamedCustomer("C007", "Acme & Sons")))
    assert [who(one) for one in change.customers] == ["Individual C042", "Acme & Sons"]


def test_without_a_figure_the_complaints_show_one_dash() -> None:
    assert big_figures(COMPLAINTS, None) == '<span class="gl-card-value">—</span>'
    assert big_figures(COMPLAINTS, figure(COMPLAINTS, 1, 1000)) == (
        '<span class="gl-card-value">1.0‰</span><span class="gl-card-pair"><span class="gl-card-value">1</span>'
        "<small>complaint</small></span>"
    )


def test_auc_and_ks_are_written_as_measures_not_as_rates() -> None:
    assert [measure(one) for one in (Fraction(3, 4), Fraction(2, 3), None)] == ["0.750", "0.667", "—"]


def test_a_table_keeps_numbers_of_documents_whole() -> None:
    heads = [Head("Invoice", is_whole=True), Head("Amount", is_figure=True), Head("Reason")]
    assert table_html(heads, [[Cell("FP1"), Cell("2"), Cell("a<b")]]) == (
        '<div class="gl-table-room"><table class="gl-table gl-figures gl-few"><thead><tr>'
        '<th scope="col" class="gl-whole">Invoice</th><th scope="col" class="gl-right">Amount</th>'
        '<th scope="col">Reason</th></tr></thead><tbody><tr><td class="gl-whole" data-title="Invoice">FP1</td>'
        '<td class="gl-right" data-title="Amount">2</td><td data-title="Reason">a&lt;b</td></tr></tbody></table></div>'
    )
    assert 'class="gl-table gl-figures"' in table_html([Head(str(place)) for place in range(6)], [])
