"""Rows into CSV and XLSX files, one after the other: a file of a million rows never stands in memory."""

from __future__ import annotations

import csv
import datetime as dt
import io
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from pathlib import PurePath
from typing import BinaryIO, cast

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from services.errors import N_, RefusedError
from services.formulas import disarmed, disarmed_in_workbook

Row = Sequence[object]

#: A sheet's rows, its header among them.
MOST_SHEET_ROWS = 1_048_576
#: A spreadsheet keeps numbers as floats: 15 digits are exact, and four decimals beside at most 11 digits before the
#: point (readers print a float with all its noise; rounded to four decimals that is gone).
_EXACT_DIGITS, _EXACT_BEFORE_POINT = 15, 11
#: Spreadsheets count days from 1900 and take that year for a leap year: earlier days stay text.
_FIRST_DAY = dt.date(1900, 3, 1)
_LONGEST_CELL = 32_767
_MEASURED_ROWS = 500
_NARROWEST, _WIDEST = 8, 60

TOO_MANY_ROWS = N_("A workbook holds at most %(most)s rows. Narrow the filters, or take the file as CSV.")
UNKNOWN_FORMAT = N_("Files are written as CSV or XLSX. Give the file an ending that says which: .csv or .xlsx.")


class FileFormat(StrEnum):
    """How a file is written."""

    CSV = "csv"
    XLSX = "xlsx"

    @property
    def mime(self) -> str:
        """The media type that browsers know it by."""
        sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return "text/csv" if self is FileFormat.CSV else sheet


def format_of(file_name: str, wanted: str | None = None) -> FileFormat:
    """The format that somebody names, else the one that the file's ending says.

    Raises:
        RefusedError: it is neither CSV nor XLSX.
    """
    ending = (wanted or PurePath(file_name).suffix.removeprefix(".")).lower()
    if ending not in set(FileFormat):
        raise RefusedError(UNKNOWN_FORMAT)
    return FileFormat(ending)


def write_rows(
    target: BinaryIO,
    file_format: FileFormat,
    titles: Sequence[str],
    rows: Iterable[Row],
    *,
    time_zone: dt.tzinfo = dt.UTC,
) -> int:
    """Write a header and rows to an open file, which stays open; returns the number of rows.

    Raises:
        RefusedError: more rows than a workbook holds.
    """
    if file_format is FileFormat.CSV:
        return _write_csv(target, titles, rows, time_zone)
    return _Workbook(target, titles, time_zone).write(rows)


def plain_number(value: Decimal) -> str:
    """A number as the import reads it: no separators, no exponent, no zeros that say nothing."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


# --- CSV


def _write_csv(target: BinaryIO, titles: Sequence[str], rows: Iterable[Row], time_zone: dt.tzinfo) -> int:
    # The byte-order mark: without it Excel opens Chinese in the wrong encoding.
    out = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=False)
    count = 0
    try:
        writer = csv.writer(out)
        writer.writerow([disarmed(title) for title in titles])
        for row in rows:
            writer.writerow([_as_text(cell, time_zone) for cell in row])
            count += 1
    finally:
        out.flush()
        out.detach()
    return count


def _as_text(cell: object, time_zone: dt.tzinfo) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return disarmed(cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return plain_number(cell)
    if isinstance(cell, dt.datetime):
        return _local(cell, time_zone).isoformat(sep=" ", timespec="seconds")
    return cell.isoformat() if isinstance(cell, dt.date) else str(cell)


def _local(moment: dt.datetime, time_zone: dt.tzinfo) -> dt.datetime:
    return moment.astimezone(time_zone).replace(tzinfo=None) if moment.tzinfo else moment


# --- XLSX


class _Workbook:
    """One workbook with one sheet: typed cells, header frozen and filtered, columns as wide as what they hold."""

    def __init__(self, target: BinaryIO, titles: Sequence[str], time_zone: dt.tzinfo) -> None:
        self._book = xlsxwriter.Workbook(
            target,
            {
                "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )  # fmt: skip
        self._sheet: Worksheet = self._book.add_worksheet()
        self._titles, self._time_zone = titles, time_zone
        self._widths = [_width(title) + 3 for title in titles]
        self._bold: Format = self._book.add_format({"bold": True})
        self._day: Format = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment: Format = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm"})

    def write(self, rows: Iterable[Row]) -> int:
        count = 0
        try:
            for place, title in enumerate(self._titles):
                self._sheet.write_string(0, place, title, self._bold)
            for count, row in enumerate(rows, start=1):
                if count >= MOST_SHEET_ROWS:
                    raise RefusedError(TOO_MANY_ROWS, most=f"{MOST_SHEET_ROWS - 1:,}")
                self._write_row(count, row)
            self._finish(count)
        finally:
            self._book.close()
        return count

    def _write_row(self, line: int, row: Row) -> None:
        for place, cell in enumerate(row):
            if cell is not None:
                self._write_cell(line, place, cell)
        if line <= _MEASURED_ROWS:
            texts = (_as_text(cell, self._time_zone) for cell in row)
            self._widths = [max(width, _width(text)) for width, text in zip(self._widths, texts, strict=True)]

    def _write_cell(self, line: int, place: int, cell: object) -> None:
        if isinstance(cell, bool):
            self._sheet.write_boolean(line, place, cell)
        elif isinstance(cell, int | float | Decimal):
            self._write_number(line, place, cell)
        elif isinstance(cell, dt.date) and (cell.date() if isinstance(cell, dt.datetime) else cell) >= _FIRST_DAY:
            self._write_time(line, place, cell)
        else:
            self._write_text(line, place, cell if isinstance(cell, str) else _as_text(cell, self._time_zone))

    def _write_number(self, line: int, place: int, cell: float | Decimal) -> None:
        text = plain_number(cell) if isinstance(cell, Decimal) else str(cell)
        if isinstance(cell, float) or _is_exact(text):
            self._sheet.write_number(line, place, cell)
        else:
            self._write_text(line, place, text)

    def _write_time(self, line: int, place: int, cell: dt.date) -> None:
        if isinstance(cell, dt.datetime):
            self._sheet.write_datetime(line, place, _local(cell, self._time_zone), self._moment)
        else:
            self._sheet.write_datetime(line, place, dt.datetime(cell.year, cell.month, cell.day), self._day)  # noqa: DTZ001

    def _write_text(self, line: int, place: int, text: str) -> None:
        if not text:
            return
        safe = disarmed_in_workbook(text)
        self._sheet.write_string(line, place, safe if len(safe) <= _LONGEST_CELL else safe[: _LONGEST_CELL - 1] + "…")

    def _finish(self, rows: int) -> None:
        self._sheet.freeze_panes(1, 0)
        if self._titles:
            self._sheet.autofilter(0, 0, rows, len(self._titles) - 1)
        for place, width in enumerate(self._widths):
            self._sheet.set_column(place, place, min(max(width, _NARROWEST), _WIDEST))


def _is_exact(number: str) -> bool:
    """True when a float holds the number so that every reader finds it again."""
    before, _, after = number.lstrip("-").partition(".")
    return len(before) <= (_EXACT_BEFORE_POINT if after else _EXACT_DIGITS) and len(before + after) <= _EXACT_DIGITS


def _width(text: str) -> int:
    """How many narrow letters a text takes; Han characters take two."""
    longest = max(text[:200].splitlines(), key=len, default="")
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in longest) + 1


def as_bytes(
    file_format: FileFormat, titles: Sequence[str], rows: Iterable[Row], *, time_zone: dt.tzinfo = dt.UTC
) -> tuple[bytes, int]:
    """A whole small file, and its number of rows: for what a page shows."""
    out = io.BytesIO()
    count = write_rows(cast("BinaryIO", out), file_format, titles, rows, time_zone=time_zone)
    return out.getvalue(), count
