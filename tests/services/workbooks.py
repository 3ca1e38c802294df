"""Workbooks for tests of imports, made cell by cell; strings stay strings, numbers numbers, days days."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping, Sequence

import xlsxwriter

Cell = str | int | float | bool | dt.date | None


def workbook(
    sheets: Mapping[str, Sequence[Sequence[Cell]]] | Sequence[Sequence[Cell]], at: tuple[int, int] = (0, 0)
) -> bytes:
    """A workbook of these sheets (or of one), the first cell of each at row and column `at`."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    day = book.add_format({"num_format": "yyyy/m/d"})
    for name, rows in (sheets if isinstance(sheets, Mapping) else {"Sheet1": sheets}).items():
        sheet = book.add_worksheet(name)
        for row, cells in enumerate(rows, start=at[0]):
            for column, cell in enumerate(cells, start=at[1]):
                if isinstance(cell, str):
                    sheet.write_string(row, column, cell)
                elif isinstance(cell, dt.date):
                    sheet.write_datetime(row, column, dt.datetime(cell.year, cell.month, cell.day), day)  # noqa: DTZ001
                elif cell is not None:
                    sheet.write(row, column, cell)
    book.close()
    return out.getvalue()


def rewritten(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """The workbook with one of its parts changed, as other programs write it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            written = source.read(name)
            target.writestr(name, written.replace(old, new) if name == part else written)
    return out.getvalue()
