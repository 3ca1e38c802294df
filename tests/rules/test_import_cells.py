"""Cells as people and systems write them become the values they mean, or a reason why they are none."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import polars as pl
import pytest
from stdnum.cn import uscc

from services.imports.amounts import parse_number
from services.imports.cells import Parsed, stripped
from services.imports.choices import parse_boolean, parse_choice, parse_currency
from services.imports.columns import ColumnType, amount, date, integer, ratio
from services.imports.dates import fully_read, half_read, order_of
from services.imports.identifiers import wrong_credit_codes
from services.imports.kinds import KINDS

DAY = dt.date(2025, 3, 7)
AMOUNT = amount("amount")


def read_dates(*cells: str) -> Parsed:
    column = half_read(stripped(pl.Series(cells), ColumnType.DATE))
    return fully_read(column, order_of([column]))


def reasons(parsed: Parsed) -> list[str | None]:
    """The reason of each cell, None where it was accepted."""
    found: list[str | None] = [None] * len(parsed.values)
    for problem in parsed.problems:
        for place in problem.mask.arg_true():
            found[place] = problem.template % problem.params if problem.params else problem.template
    return found


@pytest.mark.parametrize(
    "written",
    [
        "2025-03-07",
        "2025/3/7",
        "2025/03/07",
        "2025.3.7",
        "2025年3月7日",
        "2025年03月07号",
        "20250307",
        "45723",
        "45723.0",
        "45723.75",
        "２０２５-０３-０７",
        "２０２５／３／７",
        "２０２５０３０７",
        " 2025-03-07 ",
        "2025-03-07 00:00:00",
        "2025-03-07T18:30:00",
        "7 Mar 2025",
        "7-Mar-2025",
        "March 7, 2025",
        "Mar 7, 2025",
        "2025-03-07T00:00:00Z",
    ],
)
def test_a_day_is_read_in_every_spelling(written: str) -> None:
    parsed = read_dates(written)
    assert parsed.values.to_list() == [DAY]
    assert parsed.problems == ()


@pytest.mark.parametrize(
    "written", ["2025-02-30", "2025/13/1", "20251301", "soon", "1234", "0007-03-01", "2025-03", "3000-01-01", "12:30"]
)
def test_what_is_no_day_is_refused(written: str) -> None:
    assert reasons(read_dates(written)) == ["This is not a date. Write it as 2025-03-07."]


@pytest.mark.parametrize("written", ["", "-", "NULL", "—", "无", "N/A", "\u3000"])
def test_what_says_nothing_is_a_blank_day(written: str) -> None:
    parsed = read_dates(written)
    assert (parsed.values.to_list(), parsed.problems) == ([None], ())


def test_day_and_month_are_told_apart_by_the_column() -> None:
    assert read_dates("3/7/2025", "3/25/2025").values.to_list() == [DAY, dt.date(2025, 3, 25)]
    assert read_dates("7/3/2025", "25/3/2025").values.to_list() == [DAY, dt.date(2025, 3, 25)]


def test_day_and_month_that_nothing_tells_apart_are_refused() -> None:
    text = "Day and month can't be told apart. Write the date as 2025-03-07."
    assert reasons(read_dates("3/7/2025", "2025-03-07")) == [text, None]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1234.56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1,234,567", "1234567"),
        ("１２３４．５６", "1234.56"),
        ("１，２３４．５６", "1234.56"),
        ("¥1,234.56", "1234.56"),
        ("￥1,234.56", "1234.56"),
        ("CNY 1,234.56", "1234.56"),
        ("$1,234.56", "1234.56"),
        ("US$1,234.56", "1234.56"),
        ("1,234.56元", "1234.56"),
        ("人民币1,234.56元", "1234.56"),
        ("€1 234.56", "1234.56"),
        ("1'234.56", "1234.56"),
        ("-1,234.56", "-1234.56"),
        ("(1,234.56)", "-1234.56"),
        ("（1,234.56）", "-1234.56"),
        ("1,234.56-", "-1234.56"),
        ("−5", "-5"),
        ("¥-5", "-5"),
        ("+5", "5"),
        (".5", "0.5"),
        ("1.2万", "12000"),
        ("3亿", "300000000"),
        ("1,2345,6789", "123456789"),
        ("1.5E+3", "1500"),
        ("0", "0"),
        ("9999999999999999.9999", "9999999999999999.9999"),
    ],
)
def test_an_amount_is_read_in_every_spelling(written: str, value: str) -> None:
    parsed = parse_number(stripped(pl.Series([written]), ColumnType.AMOUNT), AMOUNT)
    assert parsed.values.to_list() == [Decimal(value).quantize(Decimal("0.0001"))]
    assert parsed.problems == ()


@pytest.mark.parametrize("written", ["abc", "1.2.3", "1,23", "12a", "1,234,56", "--5", "(5", "5)", "=1+1", "1/2"])
def test_what_is_no_amount_is_refused(written: str) -> None:
    parsed = parse_number(pl.Series([written, "1.25"]), AMOUNT)
    assert parsed.values.to_list() == [None, Decimal("1.2500")]
    assert reasons(parsed)[0] in {
        "This is not a number.",
        "The column writes decimals both with a comma and with a point; this one can't be told.",
    }


def test_a_column_with_decimal_commas_is_read_as_one() -> None:
    parsed = parse_number(pl.Series(["1.234,50", "99,5", "1.234"]), AMOUNT)
    assert parsed.values.to_list() == [Decimal("1234.5000"), Decimal("99.5000"), Decimal("1234.0000")]


def test_an_amount_beyond_what_is_stored_is_refused() -> None:
    parsed = parse_number(pl.Series(["10000000000000000"]), AMOUNT)
    assert reasons(parsed) == ["This must lie between -9,999,999,999,999,999.9999 and 9,999,999,999,999,999.9999."]


@pytest.mark.parametrize(
    ("written", "value", "reason"),
    [
        ("5", 5, None),
        ("５", 5, None),
        ("5.0", 5, None),
        ("5.5", None, "This must be a whole number."),
        ("0", None, "This must lie between 1 and 5."),
        ("1", 1, None),
        ("6", None, "This must lie between 1 and 5."),
    ],
)
def test_a_whole_number_keeps_to_its_range(written: str, value: int | None, reason: str | None) -> None:
    parsed = parse_number(pl.Series([written]), integer("severity", minimum=1, maximum=5))
    assert (parsed.values.to_list(), reasons(parsed)) == ([value], [reason])


def test_per_cent_is_a_share_where_a_share_is_meant() -> None:
    rate = ratio("default_rate", minimum="0", maximum="1")
    assert parse_number(pl.Series(["2.5%", "0.025", "２．５％"]), rate).values.to_list() == [Decimal("0.025000")] * 3


def test_the_unit_of_a_header_multiplies_its_column() -> None:
    assert parse_number(pl.Series(["1.5"]), AMOUNT, Decimal(10_000)).values.to_list() == [Decimal("15000.0000")]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("是", True),
        ("Yes", True),
        ("TRUE", True),
        ("1", True),
        ("√", True),
        ("否", False),
        ("no", False),
        ("0", False),
        ("无", False),
    ],
)
def test_yes_and_no(written: str, value: bool) -> None:
    assert parse_boolean(pl.Series([written])).values.to_list() == [value]
    assert reasons(parse_boolean(pl.Series(["maybe"]))) == ["This must be yes or no."]


@pytest.mark.parametrize(
    ("written", "code"),
    [("CNY", "CNY"), ("cny", "CNY"), ("人民币", "CNY"), ("ＵＳＤ", "USD"), ("港幣", "HKD"), ("RMB", "CNY")],
)
def test_a_currency_by_code_or_name(written: str, code: str) -> None:
    assert parse_currency(pl.Series([written])).values.to_list() == [code]
    wrong = "This is not a currency code of three letters, such as CNY."
    assert reasons(parse_currency(pl.Series(["dollars"]))) == [wrong]


@pytest.mark.parametrize(
    ("kind", "column", "written", "code"),
    [
        ("assessments", "level", "极高", "critical"),
        ("assessments", "level", "高風險", "high"),
        ("assessments", "stage", "初评", "initial"),
        ("listings", "criterion", "恶意拖欠", "arrears"),
        ("listings", "grade", "黑名单", "black"),
        ("listings", "decision", "认定", "confirmed"),
        ("cases", "outcome", "部分追回", "partly_recovered"),
        ("guarantees", "kind", "質押", "pledge"),
        ("incentives", "measure", "扣发奖金", "bonus_deduction"),
        ("dunning", "response", "无", "none"),
        ("dunning", "response", "承诺付款", "promise"),
        ("contract_events", "kind", "Quality", "quality"),
        ("complaints", "cause", "黑灰客户管理", "blackgrey_management"),
        ("customers", "kind", "个人", "individual"),
    ],
)
def test_a_choice_in_the_words_of_the_policy(kind: str, column: str, written: str, code: str) -> None:
    found = KINDS[kind].column(column)
    assert found is not None
    assert parse_choice(pl.Series([written]), found).values.to_list() == [code]


def test_an_unknown_choice_lists_what_is_accepted() -> None:
    level = KINDS["assessments"].column("level")
    assert level is not None
    assert reasons(parse_choice(pl.Series(["purple"]), level)) == ["This is not one of: low, medium, high, critical."]


def test_check_digits_of_credit_codes_agree_with_stdnum() -> None:
    codes = [
        "91110000600037341L",
        "91310000MA1FL0KX9A",
        "91440300708461136T",
        "914403007084611360",
        "12345",
        "91110000600037341l",
    ]
    wrong = sum(not uscc.is_valid(code) for code in codes)
    assert wrong_credit_codes(pl.Series(codes)) == wrong


def test_a_date_column_is_of_that_type() -> None:
    assert date("since").type is ColumnType.DATE
