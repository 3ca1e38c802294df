"""Files of every encoding and make become the same table; what is no table is refused with a sentence."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest

from services.errors import WrongFileError
from services.imports.cleaning import clean
from services.imports.kinds import KINDS
from services.imports.mapping import column_map
from services.imports.reading import RawTable, ReadOptions, read_table
from tests.services.workbooks import rewritten, workbook

CUSTOMERS = KINDS["customers"]
NOT_A_TABLE = "This is not a table. Save it as CSV or as an Excel workbook (.xlsx) and try again."
LONG = "1234567890123456789"


def read(content: bytes, name: str = "file.csv", options: ReadOptions | None = None) -> RawTable:
    return read_table(content, name, kind=CUSTOMERS, options=options)


def cells(table: RawTable) -> list[tuple[str | None, ...]]:
    return table.frame.drop("_row", "_line").rows()


def typed(content: bytes, kind: str = "customers") -> list[dict[str, object]]:
    table = read_table(content, "file.xlsx", kind=KINDS[kind])
    return clean(KINDS[kind], table, column_map(KINDS[kind], table.headers, None, None)).frame.drop("_row").to_dicts()


@pytest.mark.parametrize(
    ("encoding", "detected"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
    ],
)
def test_the_encoding_is_found(encoding: str, detected: str) -> None:
    table = read("客户编号,客户名称\nC1,华东机电（上海）有限公司\n".encode(encoding))
    assert (table.encoding, table.delimiter, table.header_line) == (detected, ",", 1)
    assert table.headers == ("客户编号", "客户名称")
    assert cells(table) == [("C1", "华东机电（上海）有限公司")]


def test_big5_is_told_from_gb18030_by_the_headers() -> None:
    table = read("客戶編號,客戶名稱\nC1,臺灣水泥\n".encode("big5"))
    assert (table.encoding, cells(table)) == ("big5hkscs", [("C1", "臺灣水泥")])


def test_a_person_may_say_the_encoding() -> None:
    content = "customer_no,name\nC1,Société\n".encode("latin-1")
    assert cells(read(content, options=ReadOptions(encoding="latin-1"))) == [("C1", "Société")]
    with pytest.raises(WrongFileError, match="not text in the encoding utf-8"):
        read(content, options=ReadOptions(encoding="utf-8"))
    with pytest.raises(WrongFileError, match="not text in the encoding klingon"):
        read(content, options=ReadOptions(encoding="klingon"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    table = read(f"customer_no{delimiter}name\nC1{delimiter}One\n".encode())
    assert (table.delimiter, cells(table)) == (delimiter, [("C1", "One")])


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings_of_every_system(ending: str) -> None:
    assert cells(read(ending.join(["customer_no,name", "C1,One", "C2,Two", ""]).encode())) == [
        ("C1", "One"),
        ("C2", "Two"),
    ]


def test_a_line_is_counted_as_an_editor_counts() -> None:
    table = read(b'customer_no,name\nC1,"One\nand more"\n\nC2,"said ""hello"", left"\n')
    assert table.frame["_line"].to_list() == [2, 5]
    assert cells(table) == [("C1", "One\nand more"), ("C2", 'said "hello", left')]


def test_titles_above_and_a_second_header_line_below() -> None:
    table = read("客户清单\n2025年6月,,\n客户编号,客户名称\ncustomer_no,name\n001,甲\n".encode())
    assert (table.headers, table.header_line, table.frame["_line"].to_list()) == (("客户编号", "客户名称"), 3, [5])


def test_a_workbook_with_two_header_rows() -> None:
    rows = [
        ["客户资料", None, None],
        ["客户编号", "客户名称", "信用额度"],
        ["customer_no", "name", "credit_limit"],
        ["007", "甲", 1234.5],
    ]
    table = read(workbook(rows), "a.xlsx")
    assert (table.headers, table.header_line) == (("客户编号", "客户名称", "信用额度"), 2)
    assert cells(table) == [("007", "甲", "1234.5")]


def test_a_header_merged_over_two_rows_is_read_whole() -> None:
    rows = [["customer_no", "name", None], [None, None, "credit_limit"], ["7", "A", 5]]
    assert read(workbook(rows), "a.xlsx").headers == ("customer_no", "name", "credit_limit")


@pytest.mark.parametrize(
    ("sheets", "chosen"),
    [
        ({"说明": [["本表请勿改动"]], "发票": [["发票号", "客户编号"], ["R1", "C1"]]}, "发票"),
        ({"A": [["客户编号"], ["1"]], "B": [["本月"], ["客户编号", "客户名称"], ["1", "A"]]}, "B"),
        ({"A": [["客户编号", "客户名称"], ["1", "A"]], "B": [["客户编号", "客户名称"], ["2", "B"]]}, "A"),
        ({"Empty": [], "Other": [["x", "y"], ["1", "2"]]}, "Other"),
        ({"Other": [["x", "y"], ["1", "2"]], "Empty": []}, "Other"),
    ],
)
def test_the_sheet_with_most_of_the_headers_is_read(sheets: dict[str, list[list[str]]], chosen: str) -> None:
    assert read(workbook(sheets)).sheet == chosen


def test_a_sheet_is_chosen() -> None:
    book = workbook({"Notes": [["nothing here"]], "客户": [["customer_no", "name"], ["1", "A"]]})
    assert read(book).sheets == ("Notes", "客户")
    assert cells(read(book, options=ReadOptions(sheet="客户"))) == [("1", "A")]
    with pytest.raises(WrongFileError, match=r"There is no sheet “X”; there are: Notes, 客户."):
        read(book, options=ReadOptions(sheet="X"))


@pytest.mark.parametrize("at", [(0, 0), (3, 2)])
def test_long_numbers_of_a_workbook_keep_every_digit(at: tuple[int, int]) -> None:
    """As text, and as a number that another program wrote with all its digits."""
    book = workbook([["customer_no", "name"], [LONG, "as text"], [int(LONG), "as number"], ["000123", "zeros"]], at)
    exact = rewritten(book, "xl/worksheets/sheet1.xml", b"1.234567890123457E+18", b"1234567890123456788")
    assert [row["customer_no"] for row in typed(exact)] == [LONG, "1234567890123456788", "000123"]


def test_a_number_that_excel_has_rounded_is_rejected_and_not_guessed() -> None:
    table = read(workbook([["customer_no", "name"], [int(LONG), "A"], ["C2", "B"]]))
    cleaned = clean(CUSTOMERS, table, column_map(CUSTOMERS, table.headers, None, None))
    assert cleaned.frame["customer_no"].to_list() == ["C2"]
    assert [(one.line, one.column, one.value, one.reason) for one in cleaned.log.rejected().cells] == [
        (
            2,
            "customer_no",
            "1.234567890123457E+18",
            "Excel has rounded this number and its last digits are lost. Format the column as text and enter it again.",
        )
    ]


def test_long_numbers_that_all_end_in_zeros_are_pointed_out() -> None:
    table = read(workbook([["customer_no", "name"], ["1234567890123450000", "A"], ["1234567890123460000", "B"]]))
    notes = clean(CUSTOMERS, table, column_map(CUSTOMERS, table.headers, None, None)).notes
    assert [note.text for note in notes] == [
        "The workbook keeps customer_no as numbers, so Excel has rounded the long ones. Format the column as text."
    ]


def test_days_of_a_workbook() -> None:
    rows = [
        ["customer_no", "name", "since"],
        *(
            [f"C{place}", "A", day]
            for place, day in enumerate((dt.date(2025, 3, 7), 45723, "2025/3/7", "20250307", 20250307))
        ),
    ]
    assert [row["since"] for row in typed(workbook(rows))] == [dt.date(2025, 3, 7)] * 5


def test_full_width_digits_are_the_plain_ones() -> None:
    table = typed("customer_no,name,credit_limit,payment_terms_days\n１００１,甲,￥１２，３４５．６０,３０\n".encode())
    assert [str(row[name]) for row in table for name in ("customer_no", "credit_limit", "payment_terms_days")] == [
        "1001",
        "12345.6000",
        "30",
    ]


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xef\xbb\xbf", b",,\n,,\n"])
def test_an_empty_file_says_so(content: bytes) -> None:
    with pytest.raises(WrongFileError, match=r"The file customers.csv is empty."):
        read(content, "customers.csv")


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        bytes(range(256)) * 40,
        b"\x00" * 5000,
        b"%PDF-1.7 ...",
        b"customer_no,name\n" + b"\x00\x01\x02A,B\n" * 50,
    ],
)
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(WrongFileError) as caught:
        read(content)
    assert str(caught.value) == NOT_A_TABLE


def test_a_stray_zero_byte_is_left_out() -> None:
    content = b"customer_no,name\nC1,One\x00 and a long name that makes it one byte in very many of this file\n"
    assert cells(read(content))[0][0] == "C1"


@pytest.mark.parametrize("name", ["old.xls", "locked.xlsx"])
def test_an_old_or_locked_workbook_says_what_to_do(name: str) -> None:
    """A workbook with a password is wrapped in the container of the old format."""
    with pytest.raises(WrongFileError, match=r"old workbook \(.xls\) or one with a password. Save it as .xlsx"):
        read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504, name)


def test_a_damaged_workbook_says_so() -> None:
    book = workbook([["customer_no", "name"], ["1", "A"]])
    for damaged in (
        book[:300],
        b"PK\x03\x04" + b"x" * 100,
        book[:-40],
    ):
        with pytest.raises(WrongFileError, match=r"The workbook can't be read; it may be damaged."):
            read(damaged, "a.xlsx")


def test_a_bomb_is_not_unpacked() -> None:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as part,
    ):
        for _ in range(60):
            part.write(b"\x00" * 2**20)
    assert len(out.getvalue()) < 100_000
    with pytest.raises(WrongFileError, match=r"The workbook is too large to read. Save it as CSV and try again."):
        read(out.getvalue(), "bomb.xlsx")


def test_a_file_without_headers_has_positions() -> None:
    content = b"36,AEROCARIBBEAN AIRLINES\n173,ANGLO-CARIBBEAN CO.\n"
    watchlist = KINDS["watchlist"]
    for table in (
        read_table(content, "sdn.csv", kind=watchlist, named_headers=("#1", "#2")),
        read_table(content, "sdn.csv", kind=watchlist, options=ReadOptions(has_headers=False)),
    ):
        assert (table.headers, table.header_line, table.rows) == (("#1", "#2"), 0, 2)


def test_positions_in_a_file_with_headers_leave_the_header_line_alone() -> None:
    table = read_table(b"customer_no,name\nC1,One\n", "a.csv", kind=CUSTOMERS, named_headers=("#1", "#2"))
    assert (table.headers, table.header_line, table.rows) == (("customer_no", "name"), 1, 1)


def test_a_line_with_more_cells_than_headers_is_rejected_and_others_are_not_shifted() -> None:
    table = read(b"customer_no,name\nC1,One, Ltd\nC2,Two\n")
    cleaned = clean(CUSTOMERS, table, column_map(CUSTOMERS, table.headers, None, None))
    assert cleaned.frame["customer_no"].to_list() == ["C2"]
    assert [(one.line, one.reason) for one in cleaned.log.rejected().cells] == [
        (2, "This line has more cells than there are headers: a separator inside a cell needs quotation marks.")
    ]


def test_a_stray_quotation_mark_swallows_no_lines() -> None:
    assert cells(read(b'customer_no,name\nC1,"One\nC2,Two 5" pipe\nC3,Three\n')) == [
        ("C1", "One"),
        ("C2", 'Two 5" pipe'.strip('"')),
        ("C3", "Three"),
    ]
