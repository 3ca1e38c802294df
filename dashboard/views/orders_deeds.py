"""Carries out what was decided on the orders page: one transaction, one sentence. A refusal loses no words."""

from __future__ import annotations

from collections.abc import Callable

from dashboard.components.deeds import pending_deed
from dashboard.feedback import user_action
from dashboard.i18n import N_, _
from dashboard.views.orders_selection import DEED, Deed, choose, chosen_key, close_drawer, following, forget
from services import gate
from services.context import Actor, unit_of_work

_COMMANDS: dict[str, Callable[..., object]] = {
    "release": gate.release,
    "refuse": gate.refuse_order,
    "withdraw": gate.withdraw,
    "propose_override": gate.propose_override,
    "approve_override": gate.approve_override,
    "decline_override": gate.decline_override,
    "end_override": gate.end_override,
}
_DONE = {
    "release": N_("Released: asked again, the order is allowed"),
    "refuse": N_("Refused: asked again, the order is denied"),
    "withdraw": N_("Withdrawn: it counts against no limit any more"),
    "propose_override": N_("Asked for: another person decides on the permission"),
    "approve_override": N_("Permitted: orders pass the measure from now on"),
    "decline_override": N_("Turned down"),
    "end_override": N_("The permission has ended"),
}


def carry_out(actor: Actor) -> None:
    """Do what was decided since the last run, if anything."""
    deed = pending_deed(DEED, Deed)
    if deed is None:
        return
    with user_action(_(_DONE[deed.command])) as outcome, unit_of_work(actor) as ctx:
        _COMMANDS[deed.command](ctx, **deed.values)
    if outcome.succeeded:
        forget(deed.draft)
        close_drawer()
        key = chosen_key()
        if deed.goes_on and key is not None:
            choose(following(key))
