"""What every parser of cells shares: blanks, width, and the problems it may report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from services.imports.columns import ColumnType

#: What other systems write for "nothing". In free text only what no person would mean; elsewhere dashes too.
NOTHING = ("", "NULL", "null", "Null", "(null)", "N/A", "n/a", "#N/A", "NaN", "nan", "<NA>", "\\N", "-0-")
NOTHING_TYPED = (*NOTHING, "-", "--", "—", "——", "/", "None", "none", "nil", "无", "無", "NA")
#: Here "无" or "-" may mean something: the parsers of codes decide after looking it up.
_WORDS = (ColumnType.TEXT, ColumnType.ENUM, ColumnType.BOOLEAN, ColumnType.CURRENCY)
_SPACES = " \t\r\n\u00a0\u3000\u200b\ufeff"


@dataclass(frozen=True)
class Problem:
    """Cells that can't be accepted: where (a mask over the rows), and why (a message id with its values)."""

    mask: pl.Series
    template: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Parsed:
    """A column's typed values, null where blank or wrong, and its problems."""

    values: pl.Series
    problems: tuple[Problem, ...] = ()


def stripped(raw: pl.Series, kind: ColumnType) -> pl.Series:
    """Cells without surrounding blanks, null where they say "nothing"."""
    trimmed = raw.str.strip_chars()
    if not is_ascii(trimmed):
        trimmed = trimmed.str.strip_chars(_SPACES)
    is_nothing = trimmed.is_in(NOTHING if kind in _WORDS else NOTHING_TYPED)
    return blanked(trimmed, is_nothing) if is_nothing.any() else trimmed


def is_ascii(cells: pl.Series) -> bool:
    """True when no cell has a character beyond ASCII."""
    return bool(cells.str.len_bytes().sum() == cells.str.len_chars().sum())


def narrow(cells: pl.Series) -> pl.Series:
    """Full-width letters, digits and signs as the plain ones (Unicode NFKC)."""
    return cells if is_ascii(cells) else cells.str.normalize("NFKC")


def blanked(cells: pl.Series, mask: pl.Series) -> pl.Series:
    """The cells, null where the mask is true."""
    return pl.select(pl.when(~mask).then(cells)).to_series().alias(cells.name)


def put_back(values: pl.Series, places: pl.Series, found: pl.Series) -> pl.Series:
    """The values with those at the places (indexes) replaced."""
    return values.clone().scatter(places, found.cast(values.dtype))


def unread(raw: pl.Series, values: pl.Series) -> pl.Series:
    """Indexes of the cells that hold something but have no value yet."""
    if raw.null_count() == values.null_count():
        return pl.Series([], dtype=pl.UInt32)
    return (raw.is_not_null() & values.is_null()).arg_true()
