"""`greyledger db upgrade | backup | restore | stop | check`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from dashboard.commands.output import Column, emit
from dashboard.i18n import N_, _
from services.errors import RefusedError


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(help=_("The database: its schema, and the embedded server."), no_args_is_help=True)
    group.command("upgrade", help=_("Bring the schema to the newest version."))(upgrade)
    group.command("backup", help=_("Write the whole database into a file."))(backup)
    group.command("restore", help=_("Bring a backup back."))(restore)
    group.command("stop", help=_("Stop the embedded server."))(stop)
    group.command("check", help=_("Whether the database answers and has the newest schema."))(check)
    app.add_typer(group, name="db")


def upgrade() -> None:
    """Bring the schema to the newest version."""
    from db.upgrade import upgrade as run_migrations

    typer.echo(_("The schema is at version %(version)s.") % {"version": run_migrations()})


def backup(file: Annotated[Path, typer.Argument(help=_("The file to write."))]) -> None:
    """Write the whole database into a file."""
    from services.backups import backup as write_backup

    size = write_backup(file)
    typer.echo(_("%(file)s holds the database as it was when the command began: %(size)s MB.") % {
        "file": file, "size": f"{size / 1e6:,.1f}"
    })  # fmt: skip


def restore(
    file: Annotated[Path, typer.Argument(help=_("A file that `db backup` wrote."))],
    overwrite: Annotated[bool, typer.Option("--overwrite", help=_("Replace the data that are there."))] = False,
) -> None:
    """Bring a backup back."""
    from services.backups import restore as bring_back

    version = bring_back(file, overwrite=overwrite)
    typer.echo(_("The database is as it was when %(file)s was written; its schema is at version %(version)s.") % {
        "file": file, "version": version
    })  # fmt: skip


def stop() -> None:
    """Stop the embedded server."""
    from db.embedded import stop as stop_server

    typer.echo(
        _("The embedded database has stopped.") if stop_server() else _("The embedded database was not running.")
    )


def check(json: Annotated[bool, typer.Option("--json", help=_("Print JSON."))] = False) -> None:
    """Whether the database answers and has the newest schema."""
    from db.session import database_url
    from db.upgrade import current_revision, newest_revision

    place = urlsplit(database_url())
    found, newest = current_revision(), newest_revision()
    row = {
        "database": f"{place.hostname}:{place.port or 5432}{place.path}",
        "schema": found,
        "newest": newest,
        "is_current": found == newest,
    }
    columns = [
        Column("database", _("Database")),
        Column("schema", _("Schema")),
        Column("newest", _("Newest schema")),
    ]
    emit(row if json else [row], columns, as_json=json)
    if found != newest:
        raise RefusedError(N_("The schema is not the newest. Run: greyledger db upgrade"))
