"""What the page of exports asks the services, and the files that it hands out."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import BinaryIO, cast

from dashboard.cache import cached_read
from dashboard.components.export_menu import actor_now
from services.context import Actor, Context, unit_of_work
from services.exports.dump import export_all, into_archive
from services.exports.files import FileFormat
from services.exports.kinds import ExportFilter, columns_of, count_of, hidden_columns
from services.exports.run import export_kind
from services.exports.taken import TakenRow, recent_exports
from services.imports.kinds import KINDS

#: A browser's download passes through the memory of the web process; the command line writes straight to disk.
MOST_ROWS = 1_000_000


@dataclass(frozen=True)
class Offer:
    """What a file of one kind will hold for this reader. `partly` are columns with blanks in others' rows."""

    kind: str
    rows: int
    columns: tuple[str, ...]
    left_out: tuple[str, ...]
    partly: tuple[str, ...]


@cached_read("customers", "trade", "metrics", "incentives", "imports")
def offer(ctx: Context, kind_name: str, narrow: ExportFilter) -> Offer:
    """Count before anything is made."""
    kind = KINDS[kind_name]
    names = tuple(column.name for column in columns_of(ctx, kind))
    hidden = hidden_columns(ctx, kind)
    return Offer(
        kind_name, count_of(ctx, kind, narrow), names, tuple(name for name in hidden if name not in names),
        tuple(name for name in hidden if name in names),
    )  # fmt: skip


@cached_read("exports")
def last_exports(ctx: Context) -> tuple[TakenRow, ...]:
    """The newest exports."""
    return recent_exports(ctx)


@dataclass(frozen=True)
class KindFile:
    """Makes the file of one kind when it is asked for."""

    actor: Actor
    kind: str
    narrow: ExportFilter
    file_format: FileFormat

    def __call__(self) -> bytes:
        out = io.BytesIO()
        with unit_of_work(actor_now(self.actor)) as ctx:
            export_kind(ctx, self.kind, cast("BinaryIO", out), self.file_format, self.narrow)
        return out.getvalue()


@dataclass(frozen=True)
class DumpFile:
    """Makes the archive of every kind when it is asked for."""

    actor: Actor
    narrow: ExportFilter
    file_format: FileFormat

    def __call__(self) -> bytes:
        out = io.BytesIO()
        with unit_of_work(actor_now(self.actor)) as ctx, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            export_all(ctx, into_archive(archive), self.file_format, self.narrow)
        return out.getvalue()
