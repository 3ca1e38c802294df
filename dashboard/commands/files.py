"""`greyledger import`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from dashboard.commands.output import emit
from dashboard.i18n import N_, _, filled, ngettext
from services.context import unit_of_work
from services.errors import RefusedError
from services.imports.kinds import KINDS
from services.imports.mapping import parse_pairs
from services.imports.run import ImportResult, import_file

#: Rejects printed; all of them are in the rejects file.
PRINTED_REJECTS = 100


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command(
        "import",
        help=_("Bring a file in. Good rows are stored, wrong ones come back with line, column, value and reason."),
    )(import_command)


def import_command(
    kind: Annotated[str, typer.Argument(help=_("What the file holds: %(kinds)s.") % {"kinds": ", ".join(KINDS)})],
    file: Annotated[Path, typer.Argument(help=_("A CSV or XLSX file."))],
    profile: Annotated[str, typer.Option("--profile", help=_("A saved mapping of headers."))] = "",
    mapping: Annotated[
        str,
        typer.Option(
            "--map",
            help=_(
                "Headers, as ours=theirs,...; ours=#2 is the second column, ours= leaves a column out. A file whose "
                "columns are all given by position has no header line."
            ),
        ),
    ] = "",
    default: Annotated[
        str, typer.Option("--default", help=_("Values for blank cells and absent columns, as ours=value,..."))
    ] = "",
    all_or_nothing: Annotated[
        bool, typer.Option("--all-or-nothing", help=_("One wrong row refuses the file."))
    ] = False,
    rejects: Annotated[str, typer.Option("--rejects", help=_("Write the rejected rows to this CSV file."))] = "",
    json: Annotated[bool, typer.Option("--json", help=_("Print JSON."))] = False,
) -> None:
    """Bring a file in. Good rows are stored, wrong ones come back with line, column, value and reason.

    What --map and --default say goes before what the profile says. Headers that match on their own need no mapping.
    """
    if not file.is_file():
        raise RefusedError(N_("There is no file %(name)s."), name=str(file))
    _ensure_writable(rejects)
    with unit_of_work() as ctx:
        result = import_file(
            ctx, kind, file, file_name=file.name, mapping=parse_pairs(mapping) or None,
            defaults=parse_pairs(default) or None, profile=profile or None, all_or_nothing=all_or_nothing,
        )  # fmt: skip
    if rejects and result.rejected:
        with Path(rejects).open("wb") as out:
            out.writelines(result.rejects_file(filled))
    _report(result, as_json=json)
    if result.is_refused:
        raise typer.Exit(2)
    if result.rejected:
        raise typer.Exit(1)


def _ensure_writable(rejects: str) -> None:
    """Before anything is stored: afterwards the rejected rows would have nowhere to go."""
    path = Path(rejects)
    if rejects and (path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK)):
        raise RefusedError(
            N_("The file %(name)s can't be written. Name another one for the rejected rows."), name=rejects
        )


def _report(result: ImportResult, *, as_json: bool) -> None:
    if as_json:
        emit(result.as_json(PRINTED_REJECTS, filled), [], as_json=True)
        return
    if result.is_refused:
        typer.echo(
            _("Nothing was imported: %(rejected)s of %(rows)s rows are wrong.")
            % {"rejected": result.rejected, "rows": result.rows}
        )
    else:
        typer.echo(
            ngettext(
                "%(rows)s row: %(inserted)s new, %(updated)s changed, %(unchanged)s unchanged, %(rejected)s rejected",
                "%(rows)s rows: %(inserted)s new, %(updated)s changed, %(unchanged)s unchanged, %(rejected)s rejected",
                result.rows,
            )
            % {
                "rows": result.rows,
                "inserted": result.inserted,
                "updated": result.updated,
                "unchanged": result.unchanged,
                "rejected": result.rejected,
            }
        )
    for note in result.notes:
        typer.echo(filled(note.template, note.params))
    for one in result.rejects[:PRINTED_REJECTS]:
        place = {
            "line": one.line,
            "column": one.column,
            "value": one.value or "",
            "reason": filled(one.message.template, one.message.params),
        }
        typer.echo(_("Line %(line)s, %(column)s, “%(value)s”: %(reason)s") % place, err=True)
