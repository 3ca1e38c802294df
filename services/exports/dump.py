"""Everything out, so that nobody is locked in: each kind in the import's format, in the order to bring them in."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from shlex import quote
from typing import BinaryIO, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Setting
from services.access import ensure_may
from services.context import Context
from services.departments import departments
from services.errors import N_, RefusedError
from services.exports.files import FileFormat
from services.exports.kinds import EVERYTHING, ExportFilter, has_department
from services.exports.run import Export, written
from services.exports.taken import record_taken
from services.imports.columns import FileKind
from services.imports.kinds import KINDS

#: What a dump is called beside the kinds.
EVERY_KIND = "all"
MANIFEST = "manifest.json"

#: Opens one file of a dump for writing.
Opened = Callable[[str], AbstractContextManager[BinaryIO]]

NO_PERIOD = N_("A dump of everything has no period: what is paid in it may refer to invoices before it.")


@dataclass(frozen=True)
class Dump:
    """What was written, in the order in which the files can be brought in."""

    exports: tuple[Export, ...]

    @property
    def rows(self) -> int:
        """Rows of all files."""
        return sum(one.rows for one in self.exports)

    @property
    def left_out(self) -> tuple[str, ...]:
        """Columns that the reader may not see, as `customers.phone`."""
        return tuple(f"{one.kind}.{name}" for one in self.exports for name in one.left_out)


def file_of(place: int, kind: str, file_format: FileFormat) -> str:
    """`03-customers.csv`: sorted by name, the files are in the order in which they can be brought in."""
    return f"{place:02d}-{kind}.{file_format}"


def export_all(
    ctx: Context, opened: Opened, file_format: FileFormat = FileFormat.CSV, narrow: ExportFilter = EVERYTHING
) -> Dump:
    """Write every kind and a manifest, all as of one instant. A department or customer narrows what belongs to one.

    Raises:
        NotAllowedError: the role may not take files out.
        NotFoundError: no such department or customer.
        RefusedError: a period was asked for, or a kind has more rows than a workbook holds.
    """
    ensure_may(ctx, "export.run")
    if narrow.first or narrow.last:
        raise RefusedError(NO_PERIOD)
    exports = []
    with _one_instant(ctx) as seen:
        for place, kind in enumerate(KINDS.values(), start=1):
            with opened(file_of(place, kind.name, file_format)) as target:
                exports.append(written(seen, kind, target, file_format, _of_kind(kind, narrow)))
        dump = Dump(tuple(exports))
        with opened(MANIFEST) as target:
            target.write(_manifest(seen, dump, file_format, narrow))
    record_taken(ctx, EVERY_KIND, rows=dump.rows, file_format=file_format, filters=narrow.codes, left_out=dump.left_out)
    return dump


def _of_kind(kind: FileKind, narrow: ExportFilter) -> ExportFilter:
    """What can't be narrowed so is given whole: rates and outlooks belong to everybody."""
    return ExportFilter(
        department=narrow.department if has_department(kind) else None,
        customer=narrow.customer if kind.is_of_customer else None,
    )


@contextmanager
def _one_instant(ctx: Context) -> Iterator[Context]:
    """A second transaction, which sees one instant only. The ledger is written in the caller's, at its chain's end."""
    engine = ctx.session.get_bind().engine
    with (
        engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection,
        Session(connection) as one,
    ):
        yield replace(ctx, session=one)


def _manifest(ctx: Context, dump: Dump, file_format: FileFormat, narrow: ExportFilter) -> bytes:
    """What the files can't say: how to bring them in, the settings, the departments' kinds and names."""
    files = [
        {"kind": one.kind, "file": file_of(place, one.kind, file_format), "rows": one.rows, "left_out": one.left_out}
        for place, one in enumerate(dump.exports, start=1)
    ]
    settings = [
        {"key": key, "value": value["text"], "from": str(since)}
        for key, value, since in ctx.session.execute(
            select(Setting.key, Setting.value, Setting.effective_from).order_by(Setting.set_at, Setting.id)
        )
    ]
    steps = [f"greyledger policy set {one['key']} {quote(one['value'])} --from {one['from']}" for one in settings]
    content = {
        "product": "Greyledger", "taken_at": ctx.now.isoformat(timespec="seconds"), "business_date": str(ctx.today),
        "filters": narrow.codes, "files": files, "settings": settings,
        "departments": [asdict(one) for one in departments(ctx)],
        "bring_in": [*steps, *(f"greyledger import {one['kind']} {one['file']}" for one in files)],
    }  # fmt: skip
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


# --- where to


def into_folder(folder: Path) -> Opened:
    """Files of a folder, which exists."""

    def opened(name: str) -> AbstractContextManager[BinaryIO]:
        return (folder / name).open("wb")

    return opened


def into_archive(archive: zipfile.ZipFile) -> Opened:
    """Files of an archive that is open for writing."""

    def opened(name: str) -> AbstractContextManager[BinaryIO]:
        return cast("AbstractContextManager[BinaryIO]", archive.open(name, "w", force_zip64=True))

    return opened
