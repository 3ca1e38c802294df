"""Which row of a file holds the headers, and which rows under it repeat them in another language."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from services.imports.columns import FileKind
from services.imports.encoding import folded

#: Rows looked at: titles, units and notes above a table are fewer.
SEARCHED_ROWS = 30
_NAMED_BY_FILE = 10


@dataclass(frozen=True)
class HeaderRow:
    """The headers, the row they are in (None: the file has none) and the first row of data, both counted from 0."""

    headers: tuple[str, ...]
    row: int | None
    first_data_row: int


def headers_of(kind: FileKind) -> frozenset[str]:
    """Every folded header that a column of this kind is known by."""
    return frozenset(folded(name) for column in kind.columns for name in (column.name, *column.headers))


def bare(header: str) -> str:
    """A header without a remark in brackets: "金额（元）" -> "金额", "customer_no*" -> "customer_no"."""
    for opening, closing in ("()", "（）", "[]", "【】"):
        if opening in header and header.rstrip().endswith(closing):
            header = header[: header.index(opening)]
    return header


def matches(cell: str | None, known: Collection[str]) -> bool:
    """True when a cell is one of the known headers, with or without its remark."""
    return bool(cell) and (folded(cell or "") in known or folded(bare(cell or "")) in known)


def find_header_row(
    rows: Sequence[Sequence[str | None]],
    known: Collection[str],
    named: Collection[str],
    has_headers: bool | None = None,
) -> HeaderRow:
    """Choose the row that matches best; `named` (folded) are headers that a mapping names and weigh more.

    Where nothing matches, the fullest of the first rows is taken, so that a person can map it by hand. A mapping that
    names positions only (#1, #2) is one of a file without headers, unless the file has a row of headers that we know.
    """
    best = max(range(len(rows)), key=lambda index: (_fit(rows[index], known, named), -index))
    by_position = bool(named) and all(name.startswith("#") for name in named)
    if has_headers is False or (has_headers is None and by_position and not _is_header_row(rows[best], known, named)):
        return HeaderRow(tuple(f"#{index + 1}" for index in range(_widest(rows))), None, 0)
    if _fit(rows[best], known, named) == 0:
        best = max(range(len(rows)), key=lambda index: (_filled(rows[index]), -index))
    first = best + 1
    while first < len(rows) and _repeats_headers(rows[first], known):
        first += 1
    spare = [*rows[best + 1 : first], *[row for row in rows[max(best - 1, 0) : best] if _repeats_headers(row, known)]]
    headers = (_header(rows[best], index, spare) for index in range(_width(rows[best], spare)))
    return HeaderRow(tuple(headers), best, first)


def _is_header_row(row: Sequence[str | None], known: Collection[str], named: Collection[str]) -> bool:
    """Two headers of ours, or a position as a header: so are the rejected rows of a file without headers given back."""
    return sum(matches(cell, known) for cell in row) >= 2 or any(folded(cell or "") in named for cell in row)


def _fit(row: Sequence[str | None], known: Collection[str], named: Collection[str]) -> int:
    cells = {cell for cell in row if cell}
    return sum(matches(cell, known) for cell in cells) + _NAMED_BY_FILE * sum(folded(cell) in named for cell in cells)


def _filled(row: Sequence[str | None]) -> int:
    return sum(bool(cell and cell.strip()) for cell in row)


def _repeats_headers(row: Sequence[str | None], known: Collection[str]) -> bool:
    matched, filled = sum(matches(cell, known) for cell in row), _filled(row)
    return matched >= 1 and (matched == filled or (matched >= 2 and 2 * matched >= filled))


def _width(row: Sequence[str | None], spare: Sequence[Sequence[str | None]]) -> int:
    filled = (index + 1 for one in (row, *spare) for index, cell in enumerate(one) if cell and cell.strip())
    return max(filled, default=0)


def _widest(rows: Sequence[Sequence[str | None]]) -> int:
    return max(_width(row, ()) for row in rows)


def _header(row: Sequence[str | None], index: int, spare: Sequence[Sequence[str | None]]) -> str:
    """The header of one column; a cell merged over two header rows is filled in only one of them."""
    for one in (row, *spare):
        cell = one[index] if index < len(one) else None
        if cell and cell.strip():
            return " ".join(cell.split())
    return ""
