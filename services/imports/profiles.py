"""Saved mappings from somebody's headers to ours, so that next month's file needs no mapping again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from db.models import ImportProfile
from services import data_versions, ledger
from services.access import ensure_may
from services.context import Context
from services.errors import N_, NotFoundError, RefusedError
from services.imports.kinds import kind_by_name


@dataclass(frozen=True)
class ProfileRow:
    """A saved mapping: ours -> theirs, and ours -> the value that fills blanks."""

    kind: str
    name: str
    mapping: Mapping[str, str]
    defaults: Mapping[str, str]
    saved_by: str


def save_profile(
    ctx: Context, kind: str, name: str, mapping: Mapping[str, str], defaults: Mapping[str, str] | None = None
) -> ProfileRow:
    """Save a mapping under a name, over one of the same kind and name.

    Raises:
        NotAllowedError: the actor may not import.
        RefusedError: no name, or columns that the kind does not have.
    """
    ensure_may(ctx, "import.run")
    file_kind, name, defaults = kind_by_name(kind), name.strip(), dict(defaults or {})
    if not name:
        raise RefusedError(N_("A profile needs a name."))
    unknown = [column for column in (*mapping, *defaults) if file_kind.column(column) is None]
    if unknown:
        raise RefusedError(N_("There is no column %(unknown)s in %(kind)s."), unknown=", ".join(unknown), kind=kind)
    row = _find(ctx, kind, name) or ImportProfile(kind=kind, name=name)
    with ledger.change(ctx, "import_profile.saved", row):
        row.mapping, row.defaults, row.saved_by, row.saved_at = dict(mapping), defaults, ctx.actor.login, ctx.now
    data_versions.bump(ctx, "imports")
    return _frozen(row)


def delete_profile(ctx: Context, kind: str, name: str) -> None:
    """Forget a saved mapping.

    Raises:
        NotFoundError: there is none of that name.
    """
    ensure_may(ctx, "import.run")
    row = _find(ctx, kind, name)
    if row is None:
        raise _unknown(kind, name)
    before = {"kind": kind, "name": name, "mapping": row.mapping, "defaults": row.defaults}
    ledger.record(ctx, "import_profile.deleted", f"import_profile:{row.id}", before=before)
    ctx.session.delete(row)
    ctx.session.flush()
    data_versions.bump(ctx, "imports")


def profiles(ctx: Context, kind: str | None = None) -> list[ProfileRow]:
    """The saved mappings, of one kind or all, by name."""
    ensure_may(ctx, "import.run")
    found = select(ImportProfile).order_by(ImportProfile.kind, ImportProfile.name)
    found = found.where(ImportProfile.kind == kind) if kind else found
    return [_frozen(row) for row in ctx.session.execute(found).scalars()]


def find_profile(ctx: Context, kind: str, name: str) -> ProfileRow | None:
    """A saved mapping, or None."""
    row = _find(ctx, kind, name)
    return _frozen(row) if row else None


def profile_by_name(ctx: Context, kind: str, name: str) -> ProfileRow:
    """A saved mapping.

    Raises:
        NotFoundError: there is none of that name.
    """
    found = find_profile(ctx, kind, name)
    if found is None:
        raise _unknown(kind, name)
    return found


def _find(ctx: Context, kind: str, name: str) -> ImportProfile | None:
    wanted = select(ImportProfile).where(ImportProfile.kind == kind, ImportProfile.name == name.strip())
    return ctx.session.execute(wanted).scalar_one_or_none()


def _unknown(kind: str, name: str) -> NotFoundError:
    return NotFoundError(N_("There is no import profile “%(name)s” for %(kind)s."), name=name, kind=kind)


def _frozen(row: ImportProfile) -> ProfileRow:
    return ProfileRow(row.kind, row.name, dict(row.mapping), dict(row.defaults), row.saved_by)
