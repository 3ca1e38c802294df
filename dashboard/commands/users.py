"""`greyledger user add | list | password | deactivate`: the administrator's own machine needs no sign-in."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Annotated

import typer

from dashboard.commands.output import Column, emit
from dashboard.i18n import _
from services import users as people
from services.context import unit_of_work

Json = Annotated[bool, typer.Option("--json", help=_("Print JSON."))]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(help=_("The people who may sign in."), no_args_is_help=True)
    group.command("add", help=_("Let a person sign in. Asks for the password, or reads it from the input."))(add)
    group.command("list", help=_("Everybody who may or might sign in."))(list_users)
    group.command("password", help=_("Give a person a new password; ends their sessions."))(password)
    group.command("deactivate", help=_("Take the right to sign in from a person; ends their sessions."))(deactivate)
    app.add_typer(group, name="user")


def add(
    login: Annotated[str, typer.Argument(help=_("The name to sign in with."))],
    role: Annotated[str, typer.Option(help=_("viewer, business, risk, legal, finance, auditor, leader, hr or admin."))],
    department: Annotated[str, typer.Option(help=_("The code of the person's department."))],
    name: Annotated[str, typer.Option(help=_("The person's name."))] = "",
    language: Annotated[str, typer.Option(help=_("zh_Hans, zh_Hant or en; as the browser asks where left out."))] = "",
    email: Annotated[str, typer.Option(help=_("The person's e-mail address."))] = "",
    department_kind: Annotated[
        str, typer.Option(help=_("Kind of department: makes the department if there is none with this code."))
    ] = "",
    json: Json = False,
) -> None:
    """Let a person sign in. Asks for the password, or reads it from the input."""
    secret = _asked_password()
    with unit_of_work() as ctx:
        if department_kind:
            people.add_department(ctx, department, department_kind)
        row = people.add_user(
            ctx,
            login=login,
            name=name or login,
            role=role,
            department_code=department,
            password=secret,
            language=language or None,
            email=email or None,
        )
    if json:
        emit(asdict(row), [], as_json=True)
    else:
        typer.echo(_("%(login)s may sign in now.") % {"login": row.login})


def list_users(json: Json = False) -> None:
    """Everybody who may or might sign in."""
    with unit_of_work() as ctx:
        rows = [asdict(row) for row in people.users(ctx)]
    columns = [
        Column("login", _("Sign-in name")),
        Column("name", _("Person's name")),
        Column("role", _("Role")),
        Column("department_code", _("Department")),
        Column("is_active", _("May sign in")),
    ]
    emit(rows, columns, as_json=json)


def password(login: Annotated[str, typer.Argument(help=_("Whose password."))]) -> None:
    """Give a person a new password; ends their sessions."""
    secret = _asked_password()
    with unit_of_work() as ctx:
        people.set_password(ctx, login, secret)
    typer.echo(_("%(login)s has a new password and is signed out everywhere.") % {"login": login})


def deactivate(login: Annotated[str, typer.Argument(help=_("Whose account."))]) -> None:
    """Take the right to sign in from a person; ends their sessions."""
    with unit_of_work() as ctx:
        people.set_active(ctx, login, False)
    typer.echo(_("%(login)s may not sign in any more and is signed out everywhere.") % {"login": login})


def _asked_password() -> str:
    """Asked for twice at a terminal; a script's first line of input. Never an argument: others could see it."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt(_("Password"), hide_input=True, confirmation_prompt=True))
