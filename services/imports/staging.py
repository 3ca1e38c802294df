"""Frames into tables and tables into frames, by COPY: the only row-free way in and out of Postgres."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence

import polars as pl
from sqlalchemy import BigInteger, Boolean, Column, Date, Numeric, Table, text
from sqlalchemy.orm import Session

from db.base import Base
from db.copying import copy

_SLICE_ROWS = 100_000
#: A whole table is fetched when it has at most this many times the rows that are asked for; else only those.
_WHOLE_TABLE_FACTOR = 3

Progress = Callable[[float], None]


def table_of(name: str) -> Table:
    """The table of this name."""
    return Base.metadata.tables[name]


def column_type(column: Column[object]) -> pl.DataType:
    """The type a column has in a frame."""
    if isinstance(column.type, Numeric):
        return pl.Decimal(column.type.precision or 38, column.type.scale or 0)
    if isinstance(column.type, BigInteger):
        return pl.Int64()
    if isinstance(column.type, Date):
        return pl.Date()
    return pl.Boolean() if isinstance(column.type, Boolean) else pl.String()


class _CsvStream(io.RawIOBase):
    """A frame as CSV, made slice by slice while COPY reads it."""

    def __init__(self, frame: pl.DataFrame, progress: Progress | None) -> None:
        self._slices = self._pieces(frame, progress)
        self._rest = b""

    @staticmethod
    def _pieces(frame: pl.DataFrame, progress: Progress | None) -> Iterator[bytes]:
        for start in range(0, frame.height, _SLICE_ROWS):
            buffer = io.BytesIO()
            frame.slice(start, _SLICE_ROWS).write_csv(buffer, include_header=False)
            if progress:
                progress(start / frame.height)
            yield buffer.getvalue()

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._rest) < size:
            piece = next(self._slices, None)
            if piece is None:
                break
            self._rest += piece
        size = len(self._rest) if size < 0 else size
        given, self._rest = self._rest[:size], self._rest[size:]
        return given


def copy_in(session: Session, table: str, frame: pl.DataFrame, progress: Progress | None = None) -> None:
    """COPY a frame into a table; the frame's columns are the table's. Null is an unquoted blank."""
    names = ", ".join(f'"{name}"' for name in frame.columns)
    copy(session, f'COPY "{table}" ({names}) FROM STDIN (FORMAT csv)', _CsvStream(frame, progress))


def copy_out(session: Session, query: str, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """The rows of a query, whose columns are the schema's, in order."""
    buffer = io.BytesIO()
    copy(session, f"COPY ({query}) TO STDOUT (FORMAT csv)", buffer)
    booleans = [name for name, kind in schema.items() if kind == pl.Boolean()]
    read_as = {name: pl.String() if name in booleans else kind for name, kind in schema.items()}
    if not buffer.tell():
        return pl.DataFrame(schema=schema)
    frame = pl.read_csv(buffer.getvalue(), has_header=False, schema=read_as)
    return frame.with_columns(pl.col(name) == "t" for name in booleans)


def stage(session: Session, name: str, frame: pl.DataFrame, like: Table) -> None:
    """A temporary table with the frame's rows. Columns take the types of `like`; others are text."""
    columns = ", ".join(
        f'"{column}" {like.c[column].type.compile(session.get_bind().dialect) if column in like.c else "text"}'
        for column in frame.columns
    )
    session.execute(text(f'DROP TABLE IF EXISTS "{name}"'))
    session.execute(text(f'CREATE TEMPORARY TABLE "{name}" ({columns}) ON COMMIT DROP'))
    copy_in(session, name, frame)
    session.execute(text(f'ANALYZE "{name}"'))


def stored_rows(
    session: Session, table: Table, keys: pl.DataFrame, columns: Sequence[str], standing: str = ""
) -> pl.DataFrame:
    """The stored rows that have one of the keys (or all rows of a small table): the key columns, then `columns`."""
    which = f" WHERE {standing.format(t='t.')}" if standing else ""
    names = [*keys.columns, *(column for column in columns if column not in keys.columns)]
    schema = {name: column_type(table.c[name]) for name in names}
    wanted = ", ".join(f't."{name}"' for name in names)
    limit = max(_WHOLE_TABLE_FACTOR * keys.height, 1_000)
    some = f'SELECT 1 FROM "{table.name}" LIMIT {limit + 1}'  # noqa: S608  (names of our own tables)
    known = session.execute(text(f"SELECT count(*) FROM ({some}) s")).scalar_one()  # noqa: S608
    if not known or not keys.height:
        return pl.DataFrame(schema=schema)
    if known <= limit:
        return copy_out(session, f'SELECT {wanted} FROM "{table.name}" t{which}', schema)  # noqa: S608
    stage(session, "import_key", keys.unique(), table)
    same = " AND ".join(f't."{name}" = k."{name}"' for name in keys.columns)
    return copy_out(session, f'SELECT {wanted} FROM import_key k JOIN "{table.name}" t ON {same}{which}', schema)  # noqa: S608
