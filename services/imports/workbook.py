"""Cells of a sheet of an Excel workbook, every one as text."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import fastexcel
import polars as pl

from services.errors import N_, WrongFileError
from services.imports.delimited import Grid
from services.imports.encoding import folded
from services.imports.exact_numbers import with_exact_numbers
from services.imports.headers import SEARCHED_ROWS

UNREADABLE = N_("The workbook can't be read; it may be damaged. Open it, save it as .xlsx again and retry.")
OLD_OR_LOCKED = N_(
    "This is an old workbook (.xls) or one with a password. "
    "Save it as .xlsx without a password or as CSV and try again."
)
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TOO_LARGE = N_("The workbook is too large to read. Save it as CSV and try again.")
_LARGEST_UNPACKED = 4 * 2**30
#: Sheets shrink to a tenth, repetitive ones to a fiftieth. What shrinks more was made to fill a memory.
_HIGHEST_RATIO, _HARMLESS = 250, 50 * 2**20
_CONTROLS = r"[\x00-\x08\x0b\x0c\x0e-\x1f]"


@dataclass(frozen=True)
class Sheet:
    """One sheet's cells, its name, and the names of all sheets."""

    grid: Grid
    name: str
    names: tuple[str, ...]


def is_workbook(content: bytes) -> bool:
    """True for a workbook of either generation, readable or not."""
    return content.startswith((ZIP, OLE))


def fitting_sheet(tops: Mapping[str, Sequence[Sequence[str | None]]], headers: Set[str]) -> str:
    """The sheet that has most of the headers in one of its first rows; the first with anything in it where none has."""

    def found(name: str) -> tuple[int, bool]:
        rows = [{folded(cell) for cell in row if cell} for row in tops[name]]
        return max((len(row & headers) for row in rows), default=0), any(rows)

    return max(tops, key=found)


def read_workbook(content: bytes, sheet: str | None = None, headers: Set[str] = frozenset()) -> Sheet:
    """Read one sheet: the one named, else the one that has most of the `headers` (folded).

    Raises:
        WrongFileError: an old or protected workbook, a damaged one, or no such sheet.
    """
    if content.startswith(OLE):
        raise WrongFileError(OLD_OR_LOCKED)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_bomb(archive)
            return _sheet(content, archive, sheet, headers)
    except (fastexcel.FastExcelError, zipfile.BadZipFile, IndexError) as error:
        raise WrongFileError(UNREADABLE) from error


def _sheet(content: bytes, archive: zipfile.ZipFile, sheet: str | None, headers: Set[str]) -> Sheet:
    book = fastexcel.read_excel(content)
    names = tuple(book.sheet_names)
    name = sheet or (names[0] if len(names) == 1 else fitting_sheet({one: _top(book, one) for one in names}, headers))
    if name not in names:
        known = ", ".join(names)
        raise WrongFileError(N_("There is no sheet “%(sheet)s”; there are: %(sheets)s."), sheet=name, sheets=known)
    # skip_rows=0 keeps leading empty rows, so that a row's number is the one the spreadsheet shows.
    frame = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars()
    frame = with_exact_numbers(archive, name, frame)
    texts = enumerate(frame.columns)
    cells = [pl.col(name).str.replace_all(_CONTROLS, "").alias(f"c{index}") for index, name in texts]
    numbered = frame.select(*cells, pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("_line"))
    return Sheet(Grid(numbered), name, names)


def _top(book: fastexcel.ExcelReader, name: str) -> list[tuple[str | None, ...]]:
    """The first rows of a sheet, where its headers may be."""
    return book.load_sheet(name, header_row=None, n_rows=SEARCHED_ROWS, dtypes="string").to_polars().rows()


def _refuse_bomb(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    swollen = (one.file_size > _HARMLESS and one.file_size > _HIGHEST_RATIO * one.compress_size for one in entries)
    if sum(one.file_size for one in entries) > _LARGEST_UNPACKED or any(swollen):
        raise WrongFileError(TOO_LARGE)
