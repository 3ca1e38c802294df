"""From a file to what it would change, step by step; nothing is written here but departments that it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from db.enums import Role
from services.access import ensure_may, may
from services.context import Actor, Context
from services.errors import N_, NotAllowedError
from services.imports.cleaning import Cleaned, clean
from services.imports.columns import FileKind
from services.imports.departments import resolve_departments
from services.imports.differences import Difference, compare
from services.imports.identifiers import wrong_credit_codes
from services.imports.kinds import KINDS, kind_by_name
from services.imports.mapping import ColumnMap, column_map
from services.imports.messages import Message
from services.imports.reading import RawTable, ReadOptions, Source, read_table
from services.imports.references import resolve_invoice, resolve_owner
from services.imports.rejects import RejectLog

REPEATED = N_("%(count)s rows repeat the key of a later row; the last one counts.")
WRONG_CREDIT_CODES = N_("%(count)s unified social credit codes have a wrong check digit; they were kept.")


@dataclass(frozen=True)
class Request:
    """What a person asks for: the kind, the file, and how its columns are to be read."""

    kind: str
    source: Source
    file_name: str
    mapping: Mapping[str, str] | None = None
    defaults: Mapping[str, str] | None = None
    options: ReadOptions | None = None


@dataclass(frozen=True)
class Prepared:
    """A file read and cleaned; the database has not been asked yet."""

    kind: FileKind
    table: RawTable
    columns: ColumnMap
    cleaned: Cleaned


@dataclass(frozen=True)
class Plan:
    """What a file would change, and what is worth knowing about it."""

    difference: Difference
    log: RejectLog
    notes: tuple[Message, ...]


def importable_kinds(actor: Actor) -> tuple[str, ...]:
    """The kinds that a person may bring in: decisions and shared tables are not for business departments."""
    if not may(actor, "import.run"):
        return ()
    return tuple(name for name, kind in KINDS.items() if actor.role is not Role.BUSINESS or kind.business_may)


def ensure_may_import(ctx: Context, kind: FileKind) -> None:
    """Refuse kinds that an actor may not bring in.

    Raises:
        NotAllowedError: the role does not allow it.
    """
    ensure_may(ctx, "import.run")
    if not ctx.is_system and kind.name not in importable_kinds(ctx.actor):
        raise NotAllowedError(N_("Business departments may not import files of the kind %(kind)s."), kind=kind.name)


def prepare(ctx: Context, request: Request) -> Prepared:
    """Read and clean a file.

    Raises:
        NotFoundError: no such kind or file.
        NotAllowedError: the actor may not import it.
        WrongFileError: the file can't be read or lacks a required column.
    """
    kind = kind_by_name(request.kind)
    ensure_may_import(ctx, kind)
    named = tuple(header for header in (request.mapping or {}).values() if header)
    table = read_table(request.source, request.file_name, kind=kind, named_headers=named, options=request.options)
    columns = column_map(kind, table.headers, request.mapping, request.defaults)
    return Prepared(kind, table, columns, clean(kind, table, columns))


def plan(ctx: Context, prepared: Prepared, *, create_departments: bool) -> Plan:
    """Resolve what the rows refer to and compare them with what is stored."""
    kind, log = prepared.kind, prepared.cleaned.log.copy()
    frame = prepared.cleaned.frame
    own_only = not ctx.is_system and ctx.actor.role is Role.BUSINESS and kind.merges_blanks
    create = create_departments and not own_only
    frame = resolve_owner(ctx, kind, frame, log)
    frame = resolve_invoice(ctx, kind, frame, log)
    rows = resolve_departments(ctx, kind, frame, create=create)
    fallback = resolve_departments(ctx, kind, _defaults(prepared), create=create)
    named, defaults = _in_table_names(kind, rows.frame), _in_table_names(kind, fallback.frame)
    difference = compare(ctx, kind, named, prepared.columns.filled, defaults, log)
    notes = (*prepared.columns.notes, *prepared.cleaned.notes, *rows.notes, *fallback.notes)
    return Plan(difference, log, (*notes, *_notes(prepared, difference)))


def _defaults(prepared: Prepared) -> pl.DataFrame:
    """One row of the defaults that fill what merging leaves blank; elsewhere the cells are filled already."""
    return pl.DataFrame(dict(prepared.cleaned.defaults)) if prepared.kind.merges_blanks else pl.DataFrame()


def _in_table_names(kind: FileKind, frame: pl.DataFrame) -> pl.DataFrame:
    names = {column.name: column.target for column in kind.columns if column.target and column.name in frame.columns}
    return frame.rename({name: target for name, target in names.items() if target not in frame.columns})


def _notes(prepared: Prepared, difference: Difference) -> tuple[Message, ...]:
    notes = []
    if difference.repeated:
        notes.append(Message(REPEATED, {"count": difference.repeated}))
    frame = prepared.cleaned.frame
    wrong = wrong_credit_codes(frame["uscc"].unique()) if "uscc" in frame.columns and prepared.kind.merges_blanks else 0
    if wrong:
        notes.append(Message(WRONG_CREDIT_CODES, {"count": wrong}))
    return tuple(notes)
