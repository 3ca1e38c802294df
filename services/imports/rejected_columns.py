"""The columns that a file of rejected rows has in front, so that it can be brought in again once it is mended."""

from __future__ import annotations

import polars as pl

#: Line, column, value and reason (SPEC 7). "value" and "reason" are columns of some file kinds as well.
REJECTED_COLUMNS = ("line", "column", "value", "reason")


def without_rejected_columns(frame: pl.DataFrame) -> pl.DataFrame:
    """A file's cells without what we put in front of them, if it is one of rejected rows; columns from c0 on."""
    cells = [name for name in frame.columns if name != "_line"]
    count = len(REJECTED_COLUMNS)
    if len(cells) <= count or frame.is_empty() or frame.row(0)[:count] != REJECTED_COLUMNS:
        return frame
    kept = (pl.col(name).alias(f"c{index}") for index, name in enumerate(cells[count:]))
    return frame.select(*kept, "_line")
