"""`greyledger notify`: test an address, read the log of sendings, make a secret key."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from dashboard.commands.output import Column, emit
from dashboard.components.notice_words import error_text
from dashboard.i18n import N_, _
from dashboard.notice_letters import letter
from db.enums import DeliveryState
from services.context import SYSTEM, unit_of_work
from services.errors import RefusedError
from services.notifications.deliveries import deliveries
from services.notifications.errand import send_test
from services.notifications.safekeeping import KEY_VARIABLE, new_key
from services.notifications.targets import target_by_id


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    notify = typer.Typer(help=_("Notices: test an address, read the log, make a secret key."), no_args_is_help=True)
    notify.command("test", help=_("Send a test message to an address, by its number in the log."))(try_address)
    notify.command("log", help=_("List what was sent and what went wrong, the newest first."))(log)
    notify.command("key", help=_("Make a key that addresses and passwords are encrypted with."))(key)
    app.add_typer(notify, name="notify")


def try_address(
    target: Annotated[int, typer.Argument(help=_("Number of the address."))],
    json: Annotated[bool, typer.Option("--json", help=_("Print JSON."))] = False,
) -> None:
    """Send a test message to an address, by its number in the log."""
    with unit_of_work() as ctx:
        row = target_by_id(ctx, target)
    send_test(SYSTEM, target, letter)
    if json:
        emit({"target": target, "channel": row.channel, "address": row.masked, "sent": True}, [], as_json=True)
    else:
        typer.echo(_("Sent to %(address)s. The address is in use.") % {"address": row.masked})


def log(
    state: Annotated[str, typer.Option(help=_("Only these: queued, sending, sent, failed or given_up."))] = "",
    limit: Annotated[int, typer.Option(help=_("At most so many."), min=1, max=1000)] = 50,
    json: Annotated[bool, typer.Option("--json", help=_("Print JSON."))] = False,
) -> None:
    """List what was sent and what went wrong, the newest first."""
    if state and state not in set(DeliveryState):
        raise RefusedError(N_("There is no state of a sending called %(state)s."), state=state)
    with unit_of_work() as ctx:
        found = deliveries(ctx, state=DeliveryState(state) if state else None, limit=limit)
    columns = [
        Column("id", _("Sending number")),
        Column("kind", _("Notice")),
        Column("target", _("Address number")),
        Column("channel", _("Channel")),
        Column("address", _("Address")),
        Column("state", _("State")),
        Column("attempts", _("Attempts")),
        Column("error", _("What went wrong")),
    ]
    rows = [
        vars(one)
        | {name: _instant(getattr(one, name)) for name in _INSTANTS}
        | {"error": error_text(one.error) or None}
        for one in found
    ]
    emit(rows, columns, as_json=json)


def key() -> None:
    """Make a key that addresses and passwords are encrypted with."""
    typer.echo(f"{KEY_VARIABLE}={new_key()}")


_INSTANTS = ("queued_at", "next_at", "sent_at")


def _instant(at: dt.datetime | None) -> str | None:
    return at and at.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
