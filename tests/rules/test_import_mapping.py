"""Headers find our columns by name, in Chinese, by position; what a file gives back can be brought in again."""

from __future__ import annotations

import csv
import io

import fastexcel
import pytest

from services.errors import RefusedError, WrongFileError
from services.formulas import disarmed_cell
from services.imports.cleaning import clean
from services.imports.kinds import KINDS
from services.imports.mapping import column_map, parse_pairs, propose_mapping
from services.imports.messages import Message
from services.imports.reading import read_table
from services.imports.recognition import likely_kind
from services.imports.rejects import Reject, RejectedRows, rejects_csv
from services.imports.templates import template_csv, template_headers, template_workbook


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_our_own_headers_match_in_any_dress(kind: object) -> None:
    names = [column.name for column in kind.columns]  # type: ignore[attr-defined]
    for dress in (str, str.upper, lambda name: name.replace("_", " ").title(), lambda name: f" {name}* "):
        headers = [dress(name) for name in names]
        assert propose_mapping(kind, headers) == dict(zip(names, headers, strict=True))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_the_first_chinese_headers_of_a_kind_match_together(kind: object) -> None:
    headers = {column.name: column.headers[0] for column in kind.columns if column.headers}  # type: ignore[attr-defined]
    assert propose_mapping(kind, list(headers.values())) == headers  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "ours", "header"),
    [
        ("customers", "customer_no", "客户编号"),
        ("customers", "name", "客户名称"),
        ("customers", "uscc", "统一社会信用代码"),
        ("customers", "owner_department", "归属部门"),
        ("invoices", "invoice_no", "发票号"),
        ("payments", "payment_no", "回款单号"),
        ("invoices", "customer_no", "客戶編號"),
        ("invoices", "amount", "金额（元）"),
        ("invoices", "due_on", "Payment Due Date"),
    ],
)
def test_headers_of_the_specification(kind: str, ours: str, header: str) -> None:
    assert propose_mapping(KINDS[kind], [header]) == {ours: header}


def test_a_renamed_column_is_named_as_missing() -> None:
    with pytest.raises(WrongFileError) as caught:
        column_map(KINDS["invoices"], ["invoice_no", "customer_no", "issued_on", "frist", "amount"], None, None)
    assert str(caught.value) == (
        "The columns due_on are missing. The file has: invoice_no, customer_no, issued_on, frist, amount. "
        "Name the matching headers and try again."
    )


def test_a_given_mapping_goes_before_the_guess_and_a_blank_one_leaves_out() -> None:
    headers = ["customer_no", "name", "short name", "region"]
    mapped = column_map(
        KINDS["customers"], headers, {"name": "short name", "region": ""}, {"size": "large", "kind": ""}
    )
    assert mapped.positions == {"customer_no": 0, "name": 2}
    assert mapped.defaults == {"size": "large"}


@pytest.mark.parametrize(
    ("mapping", "reason"),
    [
        ({"nam": "name"}, "There is no column nam in fx_rates. Its columns are: currency, as_of, rate."),
        ({"rate": "kurs"}, "The file has no column “kurs”. It has: currency, as_of, rate."),
        ({"rate": "#4"}, "The file has no column “#4”. It has: currency, as_of, rate."),
    ],
)
def test_a_wrong_mapping_says_what_there_is(mapping: dict[str, str], reason: str) -> None:
    with pytest.raises(WrongFileError) as caught:
        column_map(KINDS["fx_rates"], ["currency", "as_of", "rate"], mapping, None)
    assert str(caught.value) == reason


def test_positions_and_repeated_headers() -> None:
    mapped = column_map(KINDS["fx_rates"], ["currency", "date", "rate", "rate"], {"rate": "#3"}, None)
    assert (mapped.positions, mapped.notes) == ({"rate": 2, "currency": 0, "as_of": 1}, (mapped.notes))
    last = column_map(KINDS["fx_rates"], ["currency", "date", "rate", "rate"], None, None)
    assert last.positions["rate"] == 3
    assert [note.text for note in last.notes] == ["The header “rate” occurs more than once; the last of them was read."]


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("", {}),
        ("a=b", {"a": "b"}),
        ("a = b , c=#2", {"a": "b", "c": "#2"}),
        ("a=", {"a": ""}),
        ("a=b=c", {"a": "b=c"}),
        ('"a=b, c",d=e', {"a": "b, c", "d": "e"}),
        ("name=客户名称", {"name": "客户名称"}),
    ],
)
def test_pairs_of_the_command_line(text: str, pairs: dict[str, str]) -> None:
    assert parse_pairs(text) == pairs


@pytest.mark.parametrize("text", ["a", "=b", "a=b,c"])
def test_what_is_no_pair_is_refused(text: str) -> None:
    with pytest.raises(RefusedError, match="is not of the form ours=theirs"):
        parse_pairs(text)


@pytest.mark.parametrize(
    ("chosen", "headers", "likely"),
    [
        ("customers", ["payment_no", "customer_no", "paid_on", "amount"], "payments"),
        ("invoices", ["回款单号", "客户编号", "回款日期", "回款金额"], "payments"),
        ("payments", ["payment_no", "customer_no", "paid_on", "amount"], None),
        ("customers", ["a", "b"], None),
        ("invoices", ["customer_no", "name"], "customers"),
        ("customers", ["case_no", "invoice_no", "added_on", "amount"], "case_debts"),
    ],
)
def test_another_kind_is_recognised_by_its_headers(chosen: str, headers: list[str], likely: str | None) -> None:
    assert likely_kind(headers, chosen) == likely


def test_a_kind_that_one_may_not_bring_in_is_not_suggested() -> None:
    headers = ["case_no", "invoice_no", "added_on", "amount"]
    assert likely_kind(headers, "customers", ("customers", "invoices")) is None


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_a_template_is_understood_when_it_comes_back(kind: object) -> None:
    words = {column.name: (column.headers or ("?",))[0] for column in kind.columns}  # type: ignore[attr-defined]
    for given in ({}, words, dict.fromkeys(words, "Gibberish")):
        headers = next(csv.reader(io.StringIO(template_csv(kind, given).decode("utf-8-sig"))))  # type: ignore[arg-type]
        proposed = propose_mapping(kind, headers)  # type: ignore[arg-type]
        assert list(proposed) == [column.name for column in kind.columns]  # type: ignore[attr-defined]
        assert list(proposed.values()) == headers
        book = template_workbook(kind, given, ("Fill in", "Columns"), [["Column"], ["x"]])  # type: ignore[arg-type]
        assert fastexcel.read_excel(book).sheet_names == ["Fill in", "Columns"]
        table = read_table(book, "t.xlsx", kind=kind)  # type: ignore[arg-type]
        assert list(propose_mapping(kind, table.headers)) == list(proposed)  # type: ignore[arg-type]
        assert table.rows == 0


def test_a_word_that_an_import_would_not_know_is_left_out_of_a_template() -> None:
    words = {"currency": "币种", "as_of": "Tag", "rate": "汇率"}
    assert template_headers(KINDS["fx_rates"], words) == {"currency": "币种", "as_of": "as_of", "rate": "汇率"}


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=cmd|'/c calc'!A0", "'=cmd|'/c calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+49 (0)30 A", "'+49 (0)30 A"),
        ("-A1", "'-A1"),
        ("\tx", "'\tx"),
        ("-5", "-5"),
        ("-1,234.50", "-1,234.50"),
        ("+8613800000000", "+8613800000000"),
        ("-0-", "-0-"),
        ("plain", "plain"),
        ("", ""),
        ("甲", "甲"),
    ],
)
def test_no_cell_that_is_given_back_is_a_formula(cell: str, safe: str) -> None:
    assert disarmed_cell(cell) == safe


def test_rejected_rows_are_given_back_with_their_reasons_and_can_be_brought_in_again() -> None:
    kind = KINDS["guarantees"]
    headers = ("guarantee_no", "customer_no", "kind", "value", "reason")
    wrong = Message("This is not one of: %(accepted)s.", {"accepted": "deposit"})
    rejected = RejectedRows(
        (Reject(3, "kind", "kind", "=1+1", wrong), Reject(3, "value", "value", "x", Message("This is not a number."))),
        headers,
        {3: ("=A1", "C1", "=1+1", "x", None)},
    )
    content = rejects_csv(rejected)
    assert content.decode("utf-8-sig").splitlines() == [
        "line,column,value,reason,guarantee_no,customer_no,kind,value,reason",
        "3,kind; value,'=1+1; x,This is not one of: deposit.; This is not a number.,'=A1,C1,'=1+1,x,",
    ]
    mended = content.replace(b"'=1+1,x,", b"deposit,5,").replace(b"'=1+1; x", b"")
    table = read_table(mended, "rejected.csv", kind=kind)
    assert table.headers == headers
    cleaned = clean(kind, table, column_map(kind, table.headers, None, None))
    assert cleaned.frame.select("guarantee_no", "customer_no", "kind").rows() == [("=A1", "C1", "deposit")]


def test_rejected_rows_of_a_file_without_headers_can_be_brought_in_again() -> None:
    rejected = RejectedRows((Reject(1, "name", "#2", None, Message("no")),), ("#1", "#2"), {1: ("36", None)})
    mended = rejects_csv(rejected).replace(b"36,", b"36,AERO")
    table = read_table(mended, "rejected.csv", kind=KINDS["watchlist"], named_headers=("#1", "#2"))
    assert (table.headers, table.frame.select("c0", "c1").rows()) == (("#1", "#2"), [("36", "AERO")])
