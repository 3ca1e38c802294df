"""Files as they are written: what spreadsheets make of them, and that the import reads every cell back as it was."""

from __future__ import annotations

import datetime as dt
import io
import random
import zipfile
from decimal import Decimal

import fastexcel
import polars as pl
import pytest

from services.errors import RefusedError
from services.exports import files
from services.exports.files import FileFormat, as_bytes, format_of
from services.imports.amounts import parse_number
from services.imports.cells import stripped
from services.imports.cleaning import _parse_text
from services.imports.columns import ColumnType, amount, text

TEXTS = [
    "=1+1", "'=1+1", "''=1+1", "+86 138 0000", "-5", "@SUM(A1)", "'quoted", "plain", "1-2", "张三", "a,b", 'a"b',
    "two\nlines", "00123", "1234567890123456789", "_x0041_", "'", "'1",
]  # fmt: skip


def understood(cells: list[str | None]) -> list[str | None]:
    return _parse_text(stripped(pl.Series(cells, dtype=pl.String), ColumnType.TEXT), text("note")).values.to_list()


def csv_cells(content: bytes) -> list[str | None]:
    return pl.read_csv(content, infer_schema=False)["note"].to_list()


def sheet(content: bytes) -> pl.DataFrame:
    return fastexcel.read_excel(content).load_sheet(0, header_row=None, dtypes="string").to_polars()


def test_every_text_comes_back_as_it_was_from_csv() -> None:
    content, count = as_bytes(FileFormat.CSV, ["note"], [[one] for one in TEXTS])
    assert count == len(TEXTS)
    assert understood(csv_cells(content)) == TEXTS


def test_every_text_comes_back_as_it_was_from_a_workbook() -> None:
    content, count = as_bytes(FileFormat.XLSX, ["note"], [[one] for one in TEXTS])
    assert count == len(TEXTS)
    assert understood(sheet(content).to_series().to_list()[1:]) == TEXTS


def test_no_cell_of_a_csv_begins_like_a_formula_but_numbers_stay_numbers() -> None:
    rows = [["=1+1", Decimal("-12.5000")], ["\t=x", -3], ["@x", 0]]
    content, _ = as_bytes(FileFormat.CSV, ["note", "amount"], rows)
    assert content == "\ufeffnote,amount\r\n'=1+1,-12.5\r\n'\t=x,-3\r\n'@x,0\r\n".encode()


def test_csv_is_plain_and_opens_in_chinese() -> None:
    row = [
        "客户", None, True, False, dt.date(2025, 3, 7), Decimal("1234567890123456.7800"), Decimal("1E+3"), 12,
        dt.datetime(2025, 3, 7, 20, 30, tzinfo=dt.UTC),
    ]  # fmt: skip
    content, _ = as_bytes(
        FileFormat.CSV, list("abcdefghi"), [row], time_zone=dt.timezone(dt.timedelta(hours=8), "Shanghai")
    )
    assert content.startswith(b"\xef\xbb\xbfa,b,c")
    line = content.decode("utf-8-sig").splitlines()[1]
    assert line == "客户,,true,false,2025-03-07,1234567890123456.78,1000,12,2025-03-08 04:30:00"


def xml_of(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("xl/worksheets/sheet1.xml").decode()


def test_a_workbook_has_typed_cells() -> None:
    row = [
        Decimal("12.5000"), 123456789012345, Decimal("1234567890123456.78"), "6222021234567890123", "00123",
        dt.date(2025, 3, 7), dt.date(1880, 1, 1), True,
    ]  # fmt: skip
    xml = xml_of(as_bytes(FileFormat.XLSX, list("abcdefgh"), [row])[0])
    assert '<c r="A2"><v>12.5000</v></c>' in xml
    assert '<c r="B2"><v>123456789012345</v></c>' in xml
    for place, text_cell in (
        ("C2", "1234567890123456.78"), ("D2", "6222021234567890123"), ("E2", "00123"), ("G2", "1880-01-01"),
    ):  # fmt: skip
        assert f'<c r="{place}" t="inlineStr"><is><t>{text_cell}</t></is></c>' in xml
    assert '<c r="F2" s="2"><v>45723</v></c>' in xml
    assert '<c r="H2" t="b"><v>1</v></c>' in xml


def test_amounts_of_every_size_come_back_from_a_workbook() -> None:
    """Readers print floats with their noise: 8139841879410.35 comes as 8139841879410.349609375."""
    dice = random.Random(7)
    amounts = [Decimal(dice.randrange(10 ** dice.randrange(1, 20))) / 10**4 for _ in range(20_000)]
    content, _ = as_bytes(FileFormat.XLSX, ["amount"], [[one] for one in amounts])
    parsed = parse_number(sheet(content).to_series()[1:], amount("amount"))
    assert (parsed.values.to_list(), parsed.problems) == (amounts, ())
    assert '<c r="A2"><v>' in xml_of(content)


def test_a_workbook_has_no_formula_a_frozen_filtered_header_and_widths_by_content() -> None:
    xml = xml_of(as_bytes(FileFormat.XLSX, ["name", "n"], [["=HYPERLINK(1)", 1], ["华东机电有限公司" * 2, 2]])[0])
    assert "<f>" not in xml
    assert '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' in xml
    assert '<autoFilter ref="A1:B3"/>' in xml
    assert 'min="1" max="1" width="33.7109375"' in xml
    assert 'min="2" max="2" width="8.7109375"' in xml


def test_a_workbook_that_would_be_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_SHEET_ROWS", 4)
    assert as_bytes(FileFormat.XLSX, ["n"], [[1], [2], [3]])[1] == 3
    with pytest.raises(RefusedError, match="A workbook holds at most 3 rows"):
        as_bytes(FileFormat.XLSX, ["n"], [[1], [2], [3], [4]])


@pytest.mark.parametrize(
    ("name", "wanted", "expected"), [("a.csv", None, "csv"), ("b.XLSX", None, "xlsx"), ("x", "csv", "csv")]
)
def test_the_ending_says_the_format(name: str, wanted: str | None, expected: str) -> None:
    assert format_of(name, wanted) == expected


@pytest.mark.parametrize("name", ["a.xls", "csv.txt", "none", "csv", ""])
def test_other_endings_are_refused(name: str) -> None:
    with pytest.raises(RefusedError, match="CSV or XLSX"):
        format_of(name)
