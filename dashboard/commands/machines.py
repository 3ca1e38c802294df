"""`greyledger token add | list | revoke`: what other systems ask the HTTP API with."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dashboard.commands.output import Column, emit, parsed_list
from dashboard.i18n import _
from db.enums import ApiScope
from services.context import unit_of_work
from services.events import as_json
from services.machines import tokens as made
from services.machines.tokens import TokenRow

Json = Annotated[bool, typer.Option("--json", help=_("Print JSON."))]
Name = Annotated[str, typer.Argument(help=_("The token's name, such as erp-orders."))]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(help=_("The tokens that other systems ask the HTTP API with."), no_args_is_help=True)
    group.command("add", help=_("Make a token; it is printed this once."))(add)
    group.command("list", help=_("All tokens with what they may be used for and until when."))(list_tokens)
    group.command("revoke", help=_("End a token now."))(revoke)
    app.add_typer(group, name="token")


def add(
    name: Name,
    scope: Annotated[
        str, typer.Option(help=_("What it may be used for, by comma: %(scopes)s.") % {"scopes": ", ".join(ApiScope)})
    ],
    days: Annotated[int, typer.Option(help=_("Days until it ends."))] = made.DEFAULT_DAYS,
    department: Annotated[
        str, typer.Option(help=_("Only this department's customers in status and events, by its code."))
    ] = "",
    per_minute: Annotated[int, typer.Option(help=_("Calls a minute at most."))] = made.DEFAULT_PER_MINUTE,
    json: Json = False,
) -> None:
    """Make a token; it is printed this once."""
    with unit_of_work() as ctx:
        new = made.make_token(
            ctx, name, sorted(parsed_list(scope)), days=days, department=department or None, per_minute=per_minute
        )
    if json:
        emit(_row(new.row) | {"token": new.secret}, [], as_json=True)
        return
    typer.echo(new.secret)
    day = new.row.expires_at.date()
    typer.echo(_("Keep it now: it is not shown again. It ends on %(day)s.") % {"day": day}, err=True)


def list_tokens(json: Json = False) -> None:
    """All tokens with what they may be used for and until when."""
    with unit_of_work() as ctx:
        rows = [_row(row) for row in made.tokens(ctx)]
    if not json:
        rows = [row | {"scopes": ", ".join(row["scopes"])} for row in rows]
    columns = [
        Column("name", _("Name")),
        Column("hint", _("Begins with")),
        Column("scopes", _("May be used for")),
        Column("department", _("Department")),
        Column("expires_at", _("Ends")),
        Column("last_used_at", _("Last used")),
        Column("revoked_at", _("Revoked")),
    ]
    emit(rows, columns, as_json=json)


def revoke(name: Name) -> None:
    """End a token now."""
    with unit_of_work() as ctx:
        made.revoke_token(ctx, made.token_by_name(ctx, name).id)
    typer.echo(_("The token %(name)s opens nothing any more.") % {"name": name})


def _row(row: TokenRow) -> dict[str, Any]:
    content = {
        "name": row.name, "hint": row.hint, "scopes": [one.value for one in row.scopes], "department": row.department,
        "per_minute": row.per_minute, "made_by": row.made_by, "made_at": row.made_at, "expires_at": row.expires_at,
        "last_used_at": row.last_used_at, "revoked_at": row.revoked_at, "revoked_by": row.revoked_by,
    }  # fmt: skip
    return {name: as_json(value) for name, value in content.items()}
