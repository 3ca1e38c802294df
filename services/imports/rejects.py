"""The cells that an import did not accept: where, what, why; and the file that gives their rows back."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import polars as pl

from services.formulas import disarmed_cell
from services.imports.cells import Problem
from services.imports.columns import FileKind
from services.imports.mapping import ColumnMap
from services.imports.messages import Message
from services.imports.reading import RawTable
from services.imports.rejected_columns import REJECTED_COLUMNS

#: Rejected cells kept in memory as objects and stored with the batch; the counts are always of all.
KEPT_CELLS = 10_000
_ROWS_AT_ONCE = 10_000

#: From a template and its values to a sentence in the reader's language.
Translate = Callable[[str, Mapping[str, Any]], str]


def in_english(template: str, params: Mapping[str, Any]) -> str:
    """The sentence as it is written in the code."""
    return template % params if params else template


@dataclass(frozen=True)
class Reject:
    """One cell that was not accepted. `line` as a person counts, `column` ours, `header` theirs, `value` as written."""

    line: int
    column: str
    header: str | None
    value: str | None
    message: Message

    @property
    def reason(self) -> str:
        """Why, in English."""
        return self.message.text

    def as_json(self, translate: Translate = in_english) -> dict[str, Any]:
        """What the command line prints (SPEC 8)."""
        reason = translate(self.message.template, self.message.params)
        return {"line": self.line, "column": self.column, "value": self.value, "reason": reason}


@dataclass(frozen=True)
class RejectedRows:
    """All that a person needs to mend the rows: the cells with their reasons, and the rows as they were."""

    cells: tuple[Reject, ...] = ()
    headers: tuple[str, ...] = ()
    rows: Mapping[int, Sequence[str | None]] = field(default_factory=dict)


def rejects_csv(rejected: RejectedRows, translate: Translate = in_english) -> bytes:
    """One line per rejected row: line, column, value, reason, then the row as it was. UTF-8 with byte-order mark.

    Several wrong cells of one row are joined by "; ". Mended, the file can be imported as it is.
    """
    return b"".join(rejects_pieces([rejected], translate))


def rejects_pieces(pieces: Iterable[RejectedRows], translate: Translate = in_english) -> Iterator[bytes]:
    """The same file piece by piece, for rejected rows of any number."""
    is_first = True
    for piece in pieces:
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        if is_first:
            writer.writerow([*REJECTED_COLUMNS, *map(disarmed_cell, piece.headers)])
        for line, of_line in groupby(piece.cells, key=lambda cell: cell.line):
            cells = list(of_line)
            reasons = [translate(cell.message.template, cell.message.params) for cell in cells]
            written = ([cell.column for cell in cells], [cell.value or "" for cell in cells], reasons)
            row = (*map("; ".join, written), *(cell or "" for cell in piece.rows.get(line, ())))
            writer.writerow([line, *map(disarmed_cell, row)])
        yield out.getvalue().encode("utf-8-sig" if is_first else "utf-8")
        is_first = False


class RejectLog:
    """Collects what is wrong while a file goes through the checks. Rows are named by `_row`, their place in it."""

    def __init__(self, kind: FileKind, table: RawTable, columns: ColumnMap) -> None:
        self._table, self._columns = table, columns
        self._order = {column.name: index for index, column in enumerate(kind.columns)}
        self._messages: list[Message] = []
        self._found: list[pl.DataFrame] = []

    def copy(self) -> RejectLog:
        """A log that goes on from here, so that a comparison can be made again from the same start."""
        other = RejectLog.__new__(RejectLog)
        other.__dict__.update(self.__dict__, _messages=list(self._messages), _found=list(self._found))
        return other

    def add(self, rows: pl.Series, column: str, template: str, params: Mapping[str, Any] | None = None,
            details: pl.Series | None = None) -> None:  # fmt: skip
        """Reject one column's cell in these rows. `details` fills %(detail)s, cell by cell."""
        if not len(rows):
            return
        self._messages.append(Message(template, params or {}))
        detail = pl.repeat(None, len(rows), dtype=pl.String, eager=True) if details is None else details.cast(pl.String)
        self._found.append(
            pl.DataFrame({"_row": rows.cast(pl.Int64), "detail": detail}).with_columns(
                pl.lit(column).alias("column"),
                pl.lit(self._order.get(column, -1)).alias("order"),
                pl.lit(len(self._messages) - 1).alias("message"),
            )
        )

    def add_problem(self, rows: pl.Series, column: str, problem: Problem) -> None:
        """Reject the cells that a parser found wrong; `rows` has the `_row` of each cell of the column."""
        self.add(rows.filter(problem.mask), column, problem.template, problem.params)

    @property
    def rows(self) -> pl.Series:
        """Every row that has a rejected cell, once."""
        if not self._found:
            return pl.Series("_row", [], dtype=pl.Int64)
        return pl.concat(self._found)["_row"].unique()

    def without_rejected(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows of a frame that nothing is wrong with."""
        return frame.join(self.rows.to_frame(), on="_row", how="anti", maintain_order="left") if self._found else frame

    def rejected(self, limit: int = KEPT_CELLS) -> RejectedRows:
        """The first rejected cells in the order of the file, and their rows."""
        return self._given_back(self._sorted().head(limit)) if self._found else RejectedRows((), self._table.headers)

    def pieces(self) -> Iterator[RejectedRows]:
        """All rejected cells, some thousand rows at a time."""
        found = self._sorted() if self._found else pl.DataFrame()
        for rows in self.rows.sort().to_frame().iter_slices(_ROWS_AT_ONCE):
            yield self._given_back(found.join(rows, on="_row", how="semi", maintain_order="left"))

    def _sorted(self) -> pl.DataFrame:
        return pl.concat(self._found).sort("_row", "order", "message", maintain_order=True)

    def _given_back(self, found: pl.DataFrame) -> RejectedRows:
        cells = tuple(self._cell(**row) for row in found.iter_rows(named=True))
        places = found["_row"].unique().sort()
        raw = self._table.frame.select(pl.exclude("_row", "_line"))[places.to_list()]
        lines = self._table.frame["_line"].gather(places).to_list()
        return RejectedRows(cells, self._table.headers, dict(zip(lines, raw.rows(), strict=True)))

    def _cell(self, *, _row: int, detail: str | None, column: str, order: int, message: int) -> Reject:
        template = self._messages[message]
        filled = template if detail is None else Message(template.template, {**template.params, "detail": detail})
        line, header = int(self._table.frame["_line"][_row]), self._columns.headers.get(column)
        return Reject(line, column, header, self._value(_row, column), filled)

    def _value(self, row: int, column: str) -> str | None:
        position = self._columns.positions.get(column)
        written: str | None = None if position is None else self._table.frame[f"c{position}"][row]
        return self._columns.defaults.get(column) if written is None else written
