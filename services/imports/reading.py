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
from services.imports.workbook import is_workbook, read_workbook

Source = bytes | str | Path


@dataclass(frozen=True)
class RawTable:
    """The rows of a file, every cell text as written.

    `frame` has columns c0, c1, ... for `headers`, `_line` (as an editor or spreadsheet counts, from 1) and `_row` (from 0).
    `overlong` are the rows that have more cells than there are headers: `_row` and the first cell too many.
    """

    file_name: str
    sha256: str
    headers: tuple[str, ...]
    header_line: int
    frame: pl.DataFrame
    overlong: pl.DataFrame
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
    """What a person may say where the file leaves it open."""

    encoding: str | None = None
    sheet: str | None = None


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
    if not content.strip():
        raise WrongFileError(N_("The file %(name)s is empty."), name=name)
    known = headers_of(kind) if kind else frozenset()
    named = frozenset(folded(header) for header in named_headers)
    encoding, sheet, sheets = None, None, ()
    if is_workbook(content):
        opened = read_workbook(content, options.sheet)
        grid, sheet, sheets = opened.grid, opened.name, opened.names
    else:
        text = decoded(content, known | named, options.encoding)
        grid, encoding = read_delimited(text.utf8, known | named), text.encoding
    filled = grid.frame.filter(_has_a_cell(grid.width))
    if filled.is_empty():
        raise WrongFileError(N_("The file %(name)s is empty."), name=name)
    return _table(filled, grid, known, named, RawTable(
        file_name=name, sha256=hashlib.sha256(content).hexdigest(), headers=(), header_line=0,
        frame=filled, overlong=filled, encoding=encoding, delimiter=grid.delimiter, sheet=sheet, sheets=sheets,
    ))  # fmt: skip


def _has_a_cell(width: int) -> pl.Expr:
    return pl.any_horizontal(pl.col(f"c{index}").is_not_null() for index in range(width)) if width else pl.lit(False)


def _table(
    filled: pl.DataFrame, grid: Grid, known: frozenset[str], named: frozenset[str], found: RawTable
) -> RawTable:
    """Divide the rows into headers and data."""
    cells = [f"c{index}" for index in range(grid.width)]
    head = find_header_row(filled.select(cells).head(SEARCHED_ROWS).rows(), known, named)
    header_line = 0 if head.row is None else int(filled["_line"][head.row])
    data = filled.slice(head.first_data_row).with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("_row"))
    inside, outside = cells[: len(head.headers)], cells[len(head.headers) :]
    # Remarks beside a sheet's table are common and harmless; in a text file a cell too many has shifted the others.
    overlong = data.head(0) if found.sheet or not outside else data.filter(_filled(outside))
    return RawTable(
        file_name=found.file_name, sha256=found.sha256, headers=head.headers, header_line=header_line,
        frame=data.select(*inside, "_line", "_row"),
        overlong=overlong.select("_row", pl.coalesce(outside or [pl.lit(None, pl.String)]).alias("value")),
        encoding=found.encoding, delimiter=found.delimiter, sheet=found.sheet, sheets=found.sheets,
    )  # fmt: skip


def _filled(columns: list[str]) -> pl.Expr:
    return pl.any_horizontal(pl.col(column).str.strip_chars().str.len_bytes() > 0 for column in columns).fill_null(False)
