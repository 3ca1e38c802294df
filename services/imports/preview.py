"""A look at a file before it is brought in: how it was read, how it matches, what would happen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from services.context import Context
from services.imports.cleaning import clean
from services.imports.columns import FileKind
from services.imports.kinds import kind_by_name
from services.imports.mapping import column_map, propose_mapping
from services.imports.messages import Message
from services.imports.plan import Prepared, Request, ensure_may_import, importable_kinds, plan
from services.imports.reading import RawTable, read_table
from services.imports.recognition import likely_kind
from services.imports.rejects import RejectedRows

PREVIEW_ROWS = 20
PREVIEW_REJECTS = 1_000


@dataclass(frozen=True)
class Glance:
    """How a file was read: enough to match its headers. `proposed` are our columns that match on their own.

    `likely_kind` is another kind that the headers fit, where the chosen one does not; `first` the first row as written.
    """

    encoding: str | None
    delimiter: str | None
    sheet: str | None
    sheets: tuple[str, ...]
    header_line: int
    headers: tuple[str, ...]
    rows: int
    proposed: Mapping[str, str]
    likely_kind: str | None
    first: tuple[str | None, ...] = ()


@dataclass(frozen=True)
class Preview:
    """`cells` are the first rows as written, for the headers of the file; `cleaned` the same as understood, for ours.

    `lines` are the lines of `cells`, `cleaned_lines` those of `cleaned`: rejected ones are missing there.

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
    lines: tuple[int, ...]
    cells: tuple[tuple[str | None, ...], ...]
    cleaned_columns: tuple[str, ...] = ()
    cleaned: tuple[tuple[object, ...], ...] = ()
    cleaned_lines: tuple[int, ...] = ()
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    rejects: RejectedRows = field(default_factory=RejectedRows)
    notes: tuple[Message, ...] = ()


def glance(ctx: Context, request: Request) -> Glance:
    """Read a file and find its headers.

    Raises:
        NotAllowedError, NotFoundError, WrongFileError: as an import would.
    """
    kind = kind_by_name(request.kind)
    ensure_may_import(ctx, kind)
    table = _table(request, kind)
    likely = likely_kind(table.headers, kind.name, importable_kinds(ctx.actor))
    return Glance(
        table.encoding, table.delimiter, table.sheet, table.sheets, table.header_line, table.headers, table.rows,
        propose_mapping(kind, table.headers), likely, next(iter(table.frame.drop("_row", "_line").head(1).rows()), ()),
    )  # fmt: skip


def _table(request: Request, kind: FileKind) -> RawTable:
    named = tuple(header for header in (request.mapping or {}).values() if header)
    return read_table(request.source, request.file_name, kind=kind, named_headers=named, options=request.options)


def preview(ctx: Context, request: Request) -> Preview:
    """Read a file and say what importing it would do. Nothing is written.

    Raises:
        NotAllowedError, NotFoundError, WrongFileError: as an import would.
    """
    kind = kind_by_name(request.kind)
    ensure_may_import(ctx, kind)
    table = _table(request, kind)
    given = dict(request.mapping or {})
    proposed = {ours: theirs for ours, theirs in propose_mapping(kind, table.headers).items() if ours not in given}
    mapping = {ours: theirs for ours, theirs in {**proposed, **given}.items() if theirs}
    missing = tuple(name for name in kind.required if name not in mapping and not (request.defaults or {}).get(name))
    seen = Preview(
        table.encoding, table.delimiter, table.sheet, table.sheets, table.header_line, table.headers, mapping, missing,
        table.rows, tuple(table.frame["_line"].head(PREVIEW_ROWS)),
        tuple(table.frame.drop("_row", "_line").head(PREVIEW_ROWS).rows()),
    )  # fmt: skip
    return seen if missing else _understood(ctx, request, kind, table, seen)


def _understood(ctx: Context, request: Request, kind: FileKind, table: RawTable, seen: Preview) -> Preview:
    """Add what cleaning and comparing say. Inside a savepoint: what they stage is gone afterwards."""
    columns = column_map(kind, table.headers, request.mapping, request.defaults)
    prepared = Prepared(kind, table, columns, clean(kind, table, columns))
    savepoint = ctx.session.begin_nested()
    made = plan(ctx, prepared, create_departments=False)
    savepoint.rollback()
    first = made.log.without_rejected(prepared.cleaned.frame.filter(pl.col("_row") < PREVIEW_ROWS)).drop("_row")
    shown = first.drop("_line")
    rows, rejected = prepared.cleaned.rows, len(made.log.rows)
    inserted, updated = made.difference.inserts.height, made.difference.updates.height
    return replace(
        seen, rows=rows, cleaned_columns=tuple(shown.columns), cleaned=tuple(shown.rows()),
        cleaned_lines=tuple(first["_line"]), inserted=inserted,
        updated=updated, unchanged=rows - rejected - inserted - updated, rejected=rejected,
        rejects=made.log.rejected(PREVIEW_REJECTS), notes=made.notes,
    )  # fmt: skip
