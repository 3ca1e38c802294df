"""A file as a table of text: encoding, delimiter or sheet, header row, and the line of every row (SPEC 7)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from services.errors import N_, NotFoundError, WrongFileError
from services.imports.columns import FileKind
from services.imports.delimited import Grid, read_delimited
from services.imports.encoding import decoded, folded
from services.imports.headers import SEARCHED_ROWS, find_header_row, headers_of
from services.imports.rejected_columns import without_rejected_columns
from services.imports.workbook import is_workbook, read_workbook

Source = bytes | str | Path


@dataclass(frozen=True)
class RawTable:
    """The rows of a file, every cell text as written.

    `frame` has columns c0, c1, ... for `headers`, `_line` (as an editor or a spreadsheet counts) and `_row` (from 0).
    `overlong` holds the `_row` of rows that have more cells than there are headers.
    """

    file_name: str
    sha256: str
    headers: tuple[str, ...]
    header_line: int
    frame: pl.DataFrame
    overlong: pl.Series
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Number of rows of data."""
        return self.frame.height


@dataclass(frozen=True)
class ReadOptions:
    """What a person may say where the file leaves it open. Without a word on headers the mapping and the file tell."""

    encoding: str | None = None
    sheet: str | None = None
    has_headers: bool | None = None


def content_of(source: Source) -> bytes:
    """The bytes of a file, given as bytes or by its path.

    Raises:
        NotFoundError: there is no such file.
    """
    if isinstance(source, bytes):
        return source
    try:
        return Path(source).read_bytes()
    except OSError as error:
        raise NotFoundError(N_("The file %(path)s can't be opened."), path=str(source)) from error


def read_table(
    source: Source,
    name: str,
    *,
    kind: FileKind | None = None,
    named_headers: tuple[str, ...] = (),
    options: ReadOptions | None = None,
) -> RawTable:
    """Read a CSV file or a workbook. `kind` and `named_headers` (those a mapping names) help to find the header row.

    Raises:
        WrongFileError: it is empty, no table, protected or damaged.
    """
    content, options = content_of(source), options or ReadOptions()
    if not content or content.isspace():
        raise WrongFileError(N_("The file %(name)s is empty."), name=name)
    known = headers_of(kind) if kind else frozenset()
    named = frozenset(folded(header) for header in named_headers)
    opened = _open(content, known | named, options)
    frame = without_rejected_columns(opened.grid.frame)
    cells = [column for column in frame.columns if column != "_line"]
    rows = frame.filter(_has_a_cell(cells))
    if rows.is_empty():
        raise WrongFileError(N_("The file %(name)s is empty."), name=name)
    head = find_header_row(rows.select(cells).head(SEARCHED_ROWS).rows(), known, named, options.has_headers)
    data = rows.slice(head.first_data_row).with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("_row"))
    inside, outside = cells[: len(head.headers)], cells[len(head.headers) :]
    # Remarks beside a sheet's table are common and harmless; in a text file a cell too many has shifted the others.
    is_overlong = pl.lit(False) if opened.sheet else _filled(outside)
    return RawTable(
        file_name=name, sha256=hashlib.sha256(content).hexdigest(), headers=head.headers,
        header_line=0 if head.row is None else int(rows["_line"][head.row]),
        frame=data.select(*inside, "_line", "_row"), overlong=data.filter(is_overlong)["_row"],
        encoding=opened.encoding, delimiter=opened.grid.delimiter, sheet=opened.sheet, sheets=opened.sheets,
    )  # fmt: skip


@dataclass(frozen=True)
class _Opened:
    """A file's cells, and how they were found."""

    grid: Grid
    encoding: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()


def _open(content: bytes, headers: frozenset[str], options: ReadOptions) -> _Opened:
    if is_workbook(content):
        opened = read_workbook(content, options.sheet, headers)
        return _Opened(opened.grid, sheet=opened.name, sheets=opened.names)
    text = decoded(content, headers, options.encoding)
    return _Opened(read_delimited(text.utf8, headers), encoding=text.encoding)


def _has_a_cell(columns: list[str]) -> pl.Expr:
    return pl.any_horizontal(pl.col(column).is_not_null() for column in columns) if columns else pl.lit(False)


def _filled(columns: list[str]) -> pl.Expr:
    if not columns:
        return pl.lit(False)
    lengths = (pl.col(column).str.strip_chars().str.len_bytes() for column in columns)
    return pl.any_horizontal(length > 0 for length in lengths).fill_null(False)
