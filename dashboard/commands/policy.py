"""`greyledger policy show` and `policy set`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from dashboard.commands.output import Column, emit, parsed_day
from dashboard.i18n import _
from services.context import unit_of_work
from services.data_versions import bump
from services.metrics.upkeep import refresh
from services.policy import DEFINITIONS, set_policy


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(
        help=_("The policy's settings, each with its clause and the days it holds for."), no_args_is_help=True
    )
    group.command("show", help=_("All settings in force."))(show)
    group.command("set", help=_("Give a setting a value from a day on. Closed months keep the value they had."))(
        set_value
    )
    app.add_typer(group, name="policy")


def show(
    on: Annotated[str, typer.Option("--on", help=_("The settings in force on this day."))] = "",
    json: Annotated[bool, typer.Option("--json", help=_("Print JSON."))] = False,
) -> None:
    """All settings in force."""
    with unit_of_work() as ctx:
        policy = asdict(ctx.policy_history.on(parsed_day(on) if on else ctx.today))
    rows = [
        {
            "key": one.key,
            "value": policy[one.key],
            "value_text": str(policy[one.key]),
            "clause": one.clause,
            "text": _(one.text),
        }
        for one in DEFINITIONS
    ]
    if json:
        emit([{key: value for key, value in row.items() if key != "value_text"} for row in rows], [], as_json=True)
        return
    columns = [
        Column("key", _("Setting")),
        Column("value_text", _("Value")),
        Column("clause", _("Clause")),
        Column("text", _("Meaning")),
    ]
    emit(rows, columns, as_json=False)


def set_value(
    key: Annotated[str, typer.Argument(help=_("The setting, as shown by `policy show`."))],
    value: Annotated[str, typer.Argument(help=_("Its new value."))],
    since: Annotated[str, typer.Option("--from", help=_("The day it applies from."))] = "",
) -> None:
    """Give a setting a value from a day on. Closed months keep the value they had."""
    with unit_of_work() as ctx:
        set_policy(ctx, key, value, parsed_day(since) if since else None)
        refresh(ctx)
        bump(ctx, "policy")
    typer.echo(_("%(key)s is now %(value)s.") % {"key": key, "value": value})
