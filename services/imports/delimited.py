"""Cells of a delimited text file, every one as text, with the line each row starts on as an editor counts."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import polars as pl

from services.errors import WrongFileError
from services.imports.encoding import NOT_A_TABLE, folded

DELIMITERS = (",", ";", "\t", "|")
#: Room beyond the widest row of the sample: cells that no header names are noticed instead of dropped.
_SPARE = 3
_SAMPLE_BYTES = 200_000
_SAMPLE_ROWS = 60


@dataclass(frozen=True)
class Grid:
    """All rows of a file: columns c0, c1, ... of text, and `_line`, the line (or spreadsheet row) each starts on."""

    frame: pl.DataFrame
    delimiter: str | None = None

    @property
    def width(self) -> int:
        """Number of cell columns."""
        return self.frame.width - 1


def read_delimited(utf8: bytes, known_headers: Collection[str]) -> Grid:
    """Split a text into cells. The delimiter is found by the headers it uncovers, else by the columns it gives.

    Raises:
        WrongFileError: the text can't be split.
    """
    sample = utf8[:_SAMPLE_BYTES].decode(errors="ignore")
    delimiter = sniffed(sample, known_headers)
    width = max((len(row) for row in _sample_rows(sample, delimiter)), default=0) + _SPARE
    if _is_regular(utf8, delimiter):
        return Grid(_numbered(_fast(utf8, delimiter, width), utf8), delimiter)
    return Grid(_tolerant(utf8, delimiter, width), delimiter)


def sniffed(sample: str, known_headers: Collection[str]) -> str:
    """The delimiter of a sample."""
    return max(DELIMITERS, key=lambda delimiter: _delimiter_fit(_sample_rows(sample, delimiter), known_headers))


def _delimiter_fit(rows: list[list[str]], known_headers: Collection[str]) -> tuple[int, int, int]:
    """Headers matched, rows of the commonest width if that is over one, that width."""
    known = set(known_headers)
    matched = max((sum(folded(cell) in known for cell in row) for row in rows), default=0)
    widths = [len(row) for row in rows if row]
    common = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
    return matched, widths.count(common) if common > 1 else 0, common


def _sample_rows(sample: str, delimiter: str) -> list[list[str]]:
    rows = []
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            rows.append(row)
            if len(rows) >= _SAMPLE_ROWS:
                break
    except csv.Error:
        rows = [line.split(delimiter) for line in sample.splitlines()[:_SAMPLE_ROWS]]
    return rows


def _is_regular(utf8: bytes, delimiter: str) -> bool:
    """True when every quotation mark opens, closes or doubles as in RFC 4180; the fast reader misreads other files."""
    if b'"' not in utf8:
        return True
    codes = np.frombuffer(utf8, dtype=np.uint8)
    marks = np.flatnonzero(codes == ord('"'))
    if len(marks) % 2:
        return False
    beside = np.array([ord(delimiter), 10, 13, ord('"')], dtype=np.uint8)
    opening, closing = marks[0::2], marks[1::2]
    opening = opening[opening > 0]
    closing = closing[closing < len(codes) - 1]
    return bool(np.isin(codes[opening - 1], beside).all() and np.isin(codes[closing + 1], beside).all())


def _fast(utf8: bytes, delimiter: str, width: int) -> pl.DataFrame:
    # A header line of our own: the reader then takes exactly this many columns and fills short rows up.
    names = delimiter.join(f"c{index}" for index in range(width)) + "\n"
    try:
        return pl.read_csv(
            names.encode() + utf8, separator=delimiter, quote_char='"' if b'"' in utf8 else None,
            infer_schema=False, truncate_ragged_lines=True,
        )  # fmt: skip
    except (pl.exceptions.ComputeError, pl.exceptions.NoDataError) as error:
        raise WrongFileError(NOT_A_TABLE) from error


def _numbered(frame: pl.DataFrame, utf8: bytes) -> pl.DataFrame:
    """Add the line that each row starts on; quoted line breaks inside cells push later rows down."""
    if utf8.count(b"\n") <= frame.height:
        return frame.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("_line"))
    breaks = pl.sum_horizontal(pl.all().str.count_matches("\n", literal=True)).fill_null(0).cast(pl.Int64)
    return frame.with_columns(
        (pl.int_range(1, pl.len() + 1, dtype=pl.Int64) + breaks.cum_sum() - breaks).alias("_line")
    )


def _tolerant(utf8: bytes, delimiter: str, width: int) -> pl.DataFrame:
    """Read a file with stray quotation marks: a mark inside a cell is a character; an unclosed one quotes nothing."""
    text = utf8.decode()
    try:
        rows = _parsed(text, delimiter, csv.QUOTE_MINIMAL)
    except csv.Error:
        rows = _parsed(text, delimiter, csv.QUOTE_NONE)
    cells = [(line, *(cell or None for cell in row[:width]), *[None] * (width - len(row))) for line, row in rows]
    schema = {"_line": pl.Int64, **{f"c{index}": pl.String for index in range(width)}}
    frame = pl.DataFrame(cells, schema=schema, orient="row")
    return frame.select(*(f"c{index}" for index in range(width)), "_line")


def _parsed(text: str, delimiter: str, quoting: int) -> list[tuple[int, list[str]]]:
    source = io.StringIO(text, newline="")
    reader = csv.reader(source, delimiter=delimiter, quoting=quoting, skipinitialspace=True)  # type: ignore[arg-type]
    rows, start = [], 1
    for row in reader:
        if reader.line_num > start and quoting != csv.QUOTE_NONE:
            # A stray mark has swallowed a line break. Rows that come apart are rejected; swallowed ones would be lost.
            raise csv.Error("a quotation mark is never closed")
        rows.append((start, [cell.strip('"') for cell in row] if quoting == csv.QUOTE_NONE else row))
        start = reader.line_num + 1
    return rows
