"""`greyledger ledger verify`."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboard.commands.output import emit
from dashboard.i18n import _
from services.context import unit_of_work
from services.ledger_verification import verify


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(help=_("The audit log: who changed what, in hash chains."), no_args_is_help=True)
    group.command("verify", help=_("Check every chain and seal again; report what was edited, removed or inserted."))(
        verify_command
    )
    # A group with one command would swallow its name without a callback.
    group.callback()(lambda: None)
    app.add_typer(group, name="ledger")


def verify_command(json: Annotated[bool, typer.Option("--json", help=_("Print JSON."))] = False) -> None:
    """Hash every chain and seal again and report what was edited, removed, inserted or reordered."""
    with unit_of_work() as ctx:
        found = verify(ctx)
    breaks = [_(one.template) % one.params for one in found.breaks]
    if json:
        emit(
            {"entries": found.entries, "chains": found.chains, "seals": found.seals, "breaks": breaks}, [], as_json=True
        )
    else:
        typer.echo(
            _("%(entries)s entries in %(chains)s chains, %(seals)s seals: %(breaks)s breaks")
            % {"entries": found.entries, "chains": found.chains, "seals": found.seals, "breaks": len(breaks)}
        )
        for line in breaks:
            typer.echo(line, err=True)
    if breaks:
        raise typer.Exit(2)
