"""Carries out what was decided on the triage desk: one command, one transaction, one sentence."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.feedback import user_action
from dashboard.i18n import N_, _, sentence
from dashboard.views.early_warnings_selection import Deed, choose, pending_deed
from services import early_warnings as service
from services.context import Actor, Context, unit_of_work
from services.early_warnings import BulkRefusedError, PickRefusal
from services.errors import RefusedError

_Command = Callable[[Context, Deed], object]


def _one(deed: Deed) -> tuple[int, int, int]:
    pick = deed.picks[0]
    return pick.customer_id, pick.id, pick.version


_COMMANDS: dict[str, _Command] = {
    "acknowledge": lambda ctx, deed: service.acknowledge(ctx, *_one(deed)),
    "act": lambda ctx, deed: service.act(ctx, *_one(deed)),
    "assign": lambda ctx, deed: service.assign(ctx, *_one(deed), _person(deed), deed.reason or None),
    "snooze": lambda ctx, deed: service.snooze(ctx, *_one(deed), deed.until, deed.reason),
    "resolve": lambda ctx, deed: service.resolve(ctx, *_one(deed), deed.outcome, deed.reason),
    "acknowledge_all": lambda ctx, deed: service.acknowledge_all(ctx, deed.picks, deed.reason),
}
_DONE = {
    "acknowledge": N_("Acknowledged"),
    "act": N_("Noted: being acted on"),
    "assign": N_("Assigned"),
    "snooze": N_("Snoozed"),
    "resolve": N_("Resolved"),
    "acknowledge_all": N_("All selected warnings are acknowledged"),
}


def _person(deed: Deed) -> int:
    if deed.person is None:
        raise ValueError(deed.command)
    return deed.person


def carry_out(actor: Actor) -> None:
    """Do what was decided since the last run, if anything, and open what follows. A refusal changes nothing."""
    deed = pending_deed()
    if deed is None:
        return
    refused: tuple[PickRefusal, ...] = ()
    with user_action(_(_DONE[deed.command])) as outcome, unit_of_work(actor) as ctx:
        try:
            _COMMANDS[deed.command](ctx, deed)
        except BulkRefusedError as error:
            refused = error.refusals
            raise
    for one in refused:
        words = sentence(RefusedError(one.template, **one.params))
        st.caption(_("Customer %(no)s: %(why)s") % {"no": one.customer_no or one.customer_id, "why": words})
    if outcome.succeeded:
        choose(deed.following)
