"""A look at a file before it is brought in: how it was read, how it matches, what would happen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from services.context import Context
from services.imports.cleaning import clean
from services.imports.columns import FileKind
from services.imports.kinds import kind_by_name
from services.imports.mapping import column_map, propose_mapping
from services.imports.messages import Message
from services.imports.plan import Prepared, Request, ensure_may_import, plan
from services.imports.reading import RawTable, read_table
from services.imports.rejects import RejectedRows

PREVIEW_ROWS = 20
PREVIEW_REJECTS = 100


@dataclass(frozen=True)
class Preview:
    """`cells` are the first rows as written, for the headers of the file; `cleaned` the same as understood, for ours.

    `missing` names required columns without header or default: while there are any, nothing is cleaned or counted.
    """

    encoding: str | None
    delimiter: str | None
    sheet: str | None
    sheets: tuple[str, ...]
    header_line: int
    headers: tuple[str, ...]
    mapping: Mapping[str, str]
    missing: tuple[str, ...]
    rows: int
    cells: tuple[tuple[str | None, ...], ...]
    cleaned_columns: tuple[str, ...] = ()
    cleaned: tuple[tuple[object, ...], ...] = ()
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    rejects: RejectedRows = field(default_factory=RejectedRows)
    notes: tuple[Message, ...] = ()


def preview(ctx: Context, request: Request) -> Preview:
    """Read a file and say what importing it would do. Nothing is written.

    Raises:
        NotAllowedError, NotFoundError, WrongFileError: as an import would.
    """
    kind = kind_by_name(request.kind)
    ensure_may_import(ctx, kind)
    named = tuple(header for header in (request.mapping or {}).values() if header)
    table = read_table(request.source, request.file_name, kind=kind, named_headers=named, options=request.options)
    given = dict(request.mapping or {})
    proposed = {ours: theirs for ours, theirs in propose_mapping(kind, table.headers).items() if ours not in given}
    mapping = {ours: theirs for ours, theirs in {**proposed, **given}.items() if theirs}
    missing = tuple(name for name in kind.required if name not in mapping and not (request.defaults or {}).get(name))
    seen = Preview(
        table.encoding, table.delimiter, table.sheet, table.sheets, table.header_line, table.headers, mapping, missing,
        table.rows, tuple(table.frame.drop("_row", "_line").head(PREVIEW_ROWS).rows()),
    )  # fmt: skip
    return seen if missing else _understood(ctx, request, kind, table, seen)


def _understood(ctx: Context, request: Request, kind: FileKind, table: RawTable, seen: Preview) -> Preview:
    """Add what cleaning and comparing say. Inside a savepoint: what they stage is gone afterwards."""
    columns = column_map(kind, table.headers, request.mapping, request.defaults)
    prepared = Prepared(kind, table, columns, clean(kind, table, columns))
    savepoint = ctx.session.begin_nested()
    made = plan(ctx, prepared, create_departments=False)
    savepoint.rollback()
    first = prepared.cleaned.frame.head(PREVIEW_ROWS).drop("_row", "_line")
    rows, rejected = prepared.cleaned.rows, len(made.log.rows)
    inserted, updated = made.difference.inserts.height, made.difference.updates.height
    return replace(
        seen, rows=rows, cleaned_columns=tuple(first.columns), cleaned=tuple(first.rows()), inserted=inserted,
        updated=updated, unchanged=rows - rejected - inserted - updated, rejected=rejected,
        rejects=made.log.rejected(PREVIEW_REJECTS), notes=made.notes,
    )  # fmt: skip
