"""`greyledger db upgrade | stop | check`."""

from __future__ import annotations

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
    group.command("stop", help=_("Stop the embedded server."))(stop)
    group.command("check", help=_("Whether the database answers and has the newest schema."))(check)
    app.add_typer(group, name="db")


def upgrade() -> None:
    """Bring the schema to the newest version."""
    from db.upgrade import upgrade as run_migrations

    typer.echo(_("The schema is at version %(version)s.") % {"version": run_migrations()})


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
