"""From text to typed rows: every cell parsed in columns, wrong ones named with their reason (SPEC 7)."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import polars as pl

from services.errors import N_, RefusedError
from services.formulas import DISARMED
from services.imports.amounts import parse_number
from services.imports.cells import Parsed, Problem, narrow, stripped
from services.imports.choices import parse_boolean, parse_choice, parse_currency
from services.imports.columns import LONGEST_NUMBER, LONGEST_TEXT, Column, ColumnType, FileKind
from services.imports.dates import DateCells, DayOrder, fully_read, half_read, order_of
from services.imports.mapping import ColumnMap
from services.imports.messages import Message
from services.imports.reading import RawTable
from services.imports.rejects import RejectLog

_NUMBERS = (ColumnType.AMOUNT, ColumnType.INTEGER, ColumnType.RATIO)
#: The parsers leave Python while they work, so columns are read side by side.
_THREADS = 4
#: A long business number as a spreadsheet shows and saves it: the digits after the 15th, or the 6th, are gone.
_ROUNDED_NUMBER = r"^\d(?:\.\d+)?[eE]\+\d{2}$"

MUST_NOT_BE_BLANK = N_("This must not be blank.")
TOO_LONG = N_("This is longer than %(longest)s characters.")
WRONG_DEFAULT = N_("“%(value)s” can't be the default of %(column)s: %(reason)s")
ROUNDED = N_("The workbook keeps %(column)s as numbers, so Excel has rounded the long ones. Format the column as text.")
ROUNDED_NUMBER = N_(
    "Excel has rounded this number and its last digits are lost. Format the column as text and enter it again."
)
TOO_MANY_CELLS = N_("This line has more cells than there are headers: a separator inside a cell needs quotation marks.")


@dataclass(frozen=True)
class Cleaned:
    """Typed rows: our columns by name, with `_row` and `_line`; rows with a wrong cell are gone and in `log`."""

    frame: pl.DataFrame
    log: RejectLog
    rows: int
    defaults: Mapping[str, pl.Series]
    notes: tuple[Message, ...] = ()


def clean(kind: FileKind, table: RawTable, columns: ColumnMap) -> Cleaned:
    """Parse and check all rows of a table. Rows without a single mapped cell are not rows at all.

    Raises:
        RefusedError: a default is no value of its column.
    """
    defaults = _defaults(kind, columns)
    log = RejectLog(kind, table, columns)
    log.add(table.overlong, "", TOO_MANY_CELLS)
    cells = _cells(kind, table, columns)
    blank = _is_blank(cells, columns)
    parsed = _parsed(kind, cells, columns)
    frame = table.frame.select("_row", "_line").with_columns(one.values.alias(name) for name, one in parsed.items())
    rows = frame["_row"]
    for name, one in parsed.items():
        for problem in (*one.problems, *_missing(kind, name, one, blank)):
            log.add_problem(rows, name, problem)
    if blank is not None:
        frame = frame.filter(~blank)
    _check_rows(kind, frame, log)
    notes = _rounded_numbers(kind, table, cells)
    return Cleaned(log.without_rejected(frame), log, frame.height, defaults, notes)


def _cells(kind: FileKind, table: RawTable, columns: ColumnMap) -> dict[str, pl.Series]:
    """The stripped text of each of our columns; defaults fill blanks, except where blanks are merged away first."""

    def cells_of(column: Column) -> pl.Series:
        position, default = columns.positions.get(column.name), columns.defaults.get(column.name)
        text = pl.repeat(None, table.rows, dtype=pl.String, eager=True)
        if position is not None:
            text = stripped(table.frame[f"c{position}"], column.type)
        merged_later = kind.merges_blanks and column.target not in kind.identity
        return text.fill_null(default) if default and not merged_later else text

    used = [column for column in kind.columns if column.name in columns.filled]
    with ThreadPoolExecutor(_THREADS) as pool:
        return {column.name: cells for column, cells in zip(used, pool.map(cells_of, used), strict=True)}


def _defaults(kind: FileKind, columns: ColumnMap) -> dict[str, pl.Series]:
    """The typed value of every default.

    Raises:
        RefusedError: a default is no value of its column.
    """
    found = {}
    for name, default in columns.defaults.items():
        text = pl.Series(name, [default])
        dates = half_read(text) if _type(kind, name) is ColumnType.DATE else None
        parsed = _parse(kind.column(name), text, replace(columns, factors={}), dates, DayOrder.UNDECIDED)
        for problem in parsed.problems:
            reason = problem.template % problem.params if problem.params else problem.template
            raise RefusedError(WRONG_DEFAULT, value=default, column=name, reason=reason)
        found[name] = parsed.values
    return found


def _is_blank(cells: dict[str, pl.Series], columns: ColumnMap) -> pl.Series | None:
    """Rows of which only cells that we do not read, or defaults, hold anything; None when there are none."""
    mapped = [cells[name] for name in columns.positions if name not in columns.defaults]
    if any(series.null_count() == 0 for series in mapped) or not mapped:
        return None
    blank = pl.select(pl.all_horizontal(series.is_null() for series in mapped)).to_series()
    return blank if blank.any() else None


def _parsed(kind: FileKind, cells: dict[str, pl.Series], columns: ColumnMap) -> dict[str, Parsed]:
    """All columns typed."""
    dates = {name: half_read(text) for name, text in cells.items() if _type(kind, name) is ColumnType.DATE}
    common = order_of(dates.values()) if dates else DayOrder.UNDECIDED
    parsers = {
        name: partial(_parse, kind.column(name), text, columns, dates.get(name), common) for name, text in cells.items()
    }
    with ThreadPoolExecutor(_THREADS) as pool:
        return dict(zip(parsers, pool.map(lambda parse: parse(), parsers.values()), strict=True))


def _type(kind: FileKind, name: str) -> ColumnType | None:
    column = kind.column(name)
    return column.type if column else None


def _parse(
    column: Column | None, text: pl.Series, columns: ColumnMap, dates: DateCells | None, common: DayOrder
) -> Parsed:
    assert column is not None  # noqa: S101  (the names come from the kind)
    if dates is not None:
        own = order_of([dates])
        return fully_read(dates, common if own is DayOrder.UNDECIDED else own)
    if column.type in _NUMBERS:
        return parse_number(text, column, columns.factors.get(column.name))
    if column.type is ColumnType.ENUM:
        return parse_choice(text, column)
    if column.type is ColumnType.BOOLEAN:
        return parse_boolean(text)
    return parse_currency(text) if column.type is ColumnType.CURRENCY else _parse_text(text, column)


def _parse_text(text: pl.Series, column: Column) -> Parsed:
    """Text as written; numbers in plain width, so that "１００１" and "1001" are one customer."""
    if text.str.starts_with("'").any():
        text = text.str.replace(DISARMED, "$1")
    is_number = column.type is ColumnType.NUMBER_TEXT or column.reference is not None
    longest = LONGEST_NUMBER if is_number else LONGEST_TEXT
    values = narrow(text) if is_number else text
    problems = [Problem((values.str.len_chars() > longest).fill_null(False), TOO_LONG, {"longest": longest})]
    if is_number:
        problems.append(Problem(values.str.contains(_ROUNDED_NUMBER).fill_null(False), ROUNDED_NUMBER))
    return Parsed(values, tuple(one for one in problems if one.mask.any()))


def _missing(kind: FileKind, name: str, parsed: Parsed, blank: pl.Series | None) -> tuple[Problem, ...]:
    """Blank cells of a required column. Where blanks are merged away, only the key must be there in every row."""
    column = kind.column(name)
    if column is None or not column.required or (kind.merges_blanks and column.target not in kind.identity):
        return ()
    empty = parsed.values.is_null()
    for mask in (*(problem.mask for problem in parsed.problems), *([] if blank is None else [blank])):
        empty = empty & ~mask
    return (Problem(empty, MUST_NOT_BE_BLANK),) if empty.any() else ()


def _check_rows(kind: FileKind, frame: pl.DataFrame, log: RejectLog) -> None:
    """The rules between columns of one row."""
    for check in kind.checks:
        if not check.needs <= set(frame.columns):
            continue
        broken = frame.filter(check.is_broken.fill_null(False))
        if broken.height:
            details = broken[check.detail] if check.detail else None
            log.add(broken["_row"], check.column, check.template, details=details)


def _rounded_numbers(kind: FileKind, table: RawTable, cells: dict[str, pl.Series]) -> tuple[Message, ...]:
    """A warning where all long numbers of a workbook end in zeros: Excel sets the digits after the 15th to 0."""
    notes = []
    for column in kind.columns if table.sheet else ():
        if column.type is not ColumnType.NUMBER_TEXT or column.name not in cells:
            continue
        long = cells[column.name].filter(cells[column.name].str.contains(r"^[1-9]\d{15,18}$").fill_null(False)).unique()
        if len(long) > 1 and long.str.contains(r"^\d{15}0+$").all():
            notes.append(Message(ROUNDED, {"column": column.name}))
    return tuple(notes)
