"""Empty files to fill in: the headers of a kind, as CSV and as a workbook that explains its columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

import xlsxwriter

from services.imports.columns import Column, ColumnType, FileKind
from services.imports.mapping import propose_mapping

_ROWS_TO_FILL = 10_000
_FORMATS = {
    ColumnType.DATE: "yyyy-mm-dd",
    ColumnType.AMOUNT: "#,##0.00",
    ColumnType.INTEGER: "0",
    ColumnType.RATIO: "0.######",
}
#: Excel takes a list of choices up to this length.
_LONGEST_LIST = 255


def template_headers(kind: FileKind, words: Mapping[str, str]) -> dict[str, str]:
    """A header for every column: the reader's word where an import knows it again, else a name of SPEC 7."""
    headers = {column.name: words.get(column.name) or column.name for column in kind.columns}
    found = propose_mapping(kind, list(headers.values()))
    for column in kind.columns:
        if found.get(column.name) != headers[column.name]:
            is_chinese = not headers[column.name].isascii() and column.headers
            headers[column.name] = column.headers[0] if is_chinese else column.name
    is_sure = propose_mapping(kind, list(headers.values())) == headers
    return headers if is_sure else {column.name: column.name for column in kind.columns}


def template_csv(kind: FileKind, words: Mapping[str, str]) -> bytes:
    """The headers alone. With a byte-order mark, without which Excel spoils Chinese."""
    out = io.StringIO(newline="")
    csv.writer(out).writerow(template_headers(kind, words).values())
    return out.getvalue().encode("utf-8-sig")


def template_workbook(
    kind: FileKind, words: Mapping[str, str], sheets: tuple[str, str], explained: Sequence[Sequence[str]]
) -> bytes:
    """A sheet to fill in, formatted so that long numbers and leading zeros survive, and one that explains it.

    `sheets` names the two; `explained` are the rows of the second, its headers first.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    _sheet_to_fill(book, kind, template_headers(kind, words), sheets[0])
    sheet = book.add_worksheet(sheets[1])
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 1, 24, wrapped)
    sheet.set_column(2, 2, 90, wrapped)
    for place, row in enumerate(explained):
        sheet.write_row(place, 0, row, book.add_format({"bold": True}) if place == 0 else wrapped)
    book.close()
    return out.getvalue()


def _sheet_to_fill(book: xlsxwriter.Workbook, kind: FileKind, headers: Mapping[str, str], name: str) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    formats = {
        one: book.add_format({"num_format": _FORMATS.get(one, "@")}) for one in {column.type for column in kind.columns}
    }
    bold, plain = book.add_format({"bold": True}), book.add_format()
    for place, column in enumerate(kind.columns):
        header = headers[column.name] + (" *" if column.required else "")
        sheet.set_column(place, place, max(14, 2 * len(header)), formats[column.type])
        sheet.write_string(0, place, header, bold if column.required else plain)
        _offer_choices(sheet, place, column)


def _offer_choices(sheet: xlsxwriter.worksheet.Worksheet, place: int, column: Column) -> None:
    choices = list(column.choices)
    if choices and len(",".join(choices)) <= _LONGEST_LIST:
        sheet.data_validation(1, place, _ROWS_TO_FILL, place, {"validate": "list", "source": choices})
