"""Departments named in files: found by code or by any of their names, created when nobody knows them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import polars as pl
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from db.enums import DepartmentKind
from db.models import Department
from services.context import Context
from services.errors import N_
from services.imports.columns import FileKind, Reference
from services.imports.messages import Message


@dataclass(frozen=True)
class ResolvedDepartments:
    """The frame with department ids instead of names, and what was created."""

    frame: pl.DataFrame
    notes: tuple[Message, ...] = ()


def resolve_departments(ctx: Context, kind: FileKind, frame: pl.DataFrame, *, create: bool) -> ResolvedDepartments:
    """Replace department names by ids. Unknown ones become business departments under that name.

    With `create` false nothing is written: unknown departments get ids below 0 that stand for new ones.
    """
    named = [column for column in kind.columns if column.reference is Reference.DEPARTMENT]
    columns = [column for column in named if column.name in frame.columns]
    written = {text for column in columns for text in frame[column.name].drop_nulls().unique().to_list()}
    if not columns:
        return ResolvedDepartments(frame)
    known = department_ids(ctx)
    unknown: dict[str, str] = {}
    for text in sorted(written):
        if _same(text) not in known:
            unknown.setdefault(_same(text), text)
    created = _create(ctx, list(unknown.values())) if create else {}
    known |= {name: created.get(text, -index) for index, (name, text) in enumerate(unknown.items(), start=1)}
    ids = {text: known[_same(text)] for text in written}
    for column in columns:
        texts = frame[column.name]
        found = texts.replace_strict(ids, default=None, return_dtype=pl.Int64()) if ids else texts.cast(pl.Int64)
        frame = frame.drop(column.name).with_columns(found.alias(column.target))
    note = Message(N_("New departments: %(names)s."), {"names": ", ".join(unknown.values())})
    return ResolvedDepartments(frame, (note,) if unknown else ())


def department_ids(ctx: Context) -> dict[str, int]:
    """Ids by every spelling a department is known under; a code goes before another department's name."""
    rows = ctx.session.execute(
        select(Department.id, Department.code, Department.name_en, Department.name_zh_hans, Department.name_zh_hant)
        .order_by(Department.id.desc())
    ).all()  # fmt: skip
    ids = {_same(name): row.id for row in rows for name in row[2:]}
    return ids | {_same(row.code): row.id for row in rows}


def _same(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _create(ctx: Context, texts: list[str]) -> dict[str, int]:
    if not texts:
        return {}
    names = ("code", "name_en", "name_zh_hans", "name_zh_hant")
    rows = [{"kind": DepartmentKind.BUSINESS.value, **dict.fromkeys(names, text)} for text in texts]
    ctx.session.execute(insert(Department).values(rows).on_conflict_do_nothing(index_elements=[Department.code]))
    created = ctx.session.execute(select(Department.code, Department.id).where(Department.code.in_(texts)))
    return {code: department_id for code, department_id in created}
