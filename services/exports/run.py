"""Takes one kind of file out: the door's one call, and its entry in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO
from zoneinfo import ZoneInfo

from services.access import ensure_may
from services.context import Context
from services.errors import RefusedError
from services.exports.files import MOST_SHEET_ROWS, TOO_MANY_ROWS, FileFormat, write_rows
from services.exports.kinds import EVERYTHING, ExportFilter, columns_of, count_of, hidden_columns, rows_of
from services.exports.taken import record_taken
from services.imports.columns import FileKind
from services.imports.kinds import kind_by_name


@dataclass(frozen=True)
class Export:
    """A file that was written. `left_out` are columns of which the reader may not see every row."""

    kind: str
    rows: int
    file_format: FileFormat
    left_out: tuple[str, ...] = ()


def export_kind(
    ctx: Context, kind_name: str, target: BinaryIO, file_format: FileFormat, narrow: ExportFilter = EVERYTHING
) -> Export:
    """Write one kind to an open file in the import's own format.

    Raises:
        NotAllowedError: the role may not take files out.
        NotFoundError: no such kind, department or customer.
        RefusedError: the kind can't be narrowed so, or has more rows than a workbook holds.
    """
    ensure_may(ctx, "export.run")
    export = written(ctx, kind_by_name(kind_name), target, file_format, narrow)
    record_taken(
        ctx, export.kind, rows=export.rows, file_format=file_format, filters=narrow.codes, left_out=export.left_out
    )
    return export


def written(
    ctx: Context, kind: FileKind, target: BinaryIO, file_format: FileFormat, narrow: ExportFilter = EVERYTHING
) -> Export:
    """Write one kind to an open file; the caller keeps the record.

    Raises:
        RefusedError: as `export_kind`.
    """
    if file_format is FileFormat.XLSX and count_of(ctx, kind, narrow) >= MOST_SHEET_ROWS:
        raise RefusedError(TOO_MANY_ROWS, most=f"{MOST_SHEET_ROWS - 1:,}")  # before an hour is spent on it
    titles = [column.name for column in columns_of(ctx, kind)]
    time_zone = ZoneInfo(ctx.policy_history.newest.time_zone)
    rows = write_rows(target, file_format, titles, rows_of(ctx, kind, narrow), time_zone=time_zone)
    return Export(kind.name, rows, file_format, hidden_columns(ctx, kind))
