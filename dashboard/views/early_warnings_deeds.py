"""Carries out what was decided on the triage desk: one command, one transaction, one sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import nullcontext

import streamlit as st

from dashboard.components.deeds import pending_deed
from dashboard.feedback import user_action
from dashboard.i18n import N_, _, format_number, ngettext, sentence
from dashboard.views.early_warnings_reads import held
from dashboard.views.early_warnings_selection import (
    DEED,
    UNDO,
    Deed,
    Undo,
    choose,
    free_from,
    key_of,
    order,
    pick_of,
)
from services import early_warnings as service
from services.context import Actor, Context, unit_of_work
from services.early_warnings import BulkRefusedError, PickRefusal, WarningRow
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
    "take_over": lambda ctx, deed: service.take_over(ctx, *_one(deed)[:2]),
    "undo": lambda ctx, deed: service.undo_all(ctx, deed.picks),
    "acknowledge_all": lambda ctx, deed: service.acknowledge_all(ctx, deed.picks, deed.reason),
    "act_all": lambda ctx, deed: service.act_all(ctx, deed.picks, deed.reason),
    "assign_all": lambda ctx, deed: service.assign_all(ctx, deed.picks, _person(deed), deed.reason),
    "snooze_all": lambda ctx, deed: service.snooze_all(ctx, deed.picks, deed.until, deed.reason),
    "resolve_all": lambda ctx, deed: service.resolve_all(ctx, deed.picks, deed.outcome, deed.reason),
}
_DONE = {
    "acknowledge": N_("Acknowledged"),
    "act": N_("Noted: being acted on"),
    "assign": N_("Assigned"),
    "snooze": N_("Snoozed"),
    "resolve": N_("Resolved"),
    "take_over": N_("Taken over"),
    "undo": N_("Undone"),
    "acknowledge_all": N_("All of them are acknowledged"),
    "act_all": N_("Noted: all of them are being acted on"),
    "assign_all": N_("All of them are assigned"),
    "snooze_all": N_("All of them are snoozed"),
    "resolve_all": N_("All of them are resolved"),
}
#: What can be taken back for a while, by the one who decided it.
_UNDO = {
    "assign": N_("Undo assignment"),
    "assign_all": N_("Undo assignments"),
    "snooze": N_("Undo snooze"),
    "snooze_all": N_("Undo snoozes"),
}
#: From so many warnings on, the reader is told that it takes a moment.
_MANY = 50


def _person(deed: Deed) -> int:
    if deed.person is None:
        raise ValueError(deed.command)
    return deed.person


def carry_out(actor: Actor) -> None:
    """Do what was decided since the last run, if anything, and open what follows. A refusal changes nothing."""
    deed = pending_deed(DEED, Deed)
    if deed is None:
        return
    many = st.spinner(_told(len(deed.picks))) if len(deed.picks) >= _MANY else nullcontext()
    refused: tuple[PickRefusal, ...] = ()
    changed: object = None
    with many, user_action(_(_DONE[deed.command])) as outcome, unit_of_work(actor) as ctx:
        try:
            changed = _COMMANDS[deed.command](ctx, deed)
        except BulkRefusedError as error:
            refused = error.refusals
            raise
    for one in refused:
        st.caption(refusal_text(one))
    if outcome.succeeded:
        _remember(deed, changed)
        choose(free_from(order(), deed.following, held(actor)))
    elif len(deed.picks) == 1:
        # What was refused stays in sight, also where it was open only because it came first.
        choose(key_of(deed.picks[0]))


def refusal_text(one: PickRefusal) -> str:
    """Why one of many can't be changed."""
    words = sentence(RefusedError(one.template, **one.params))
    return _("Customer %(no)s: %(why)s") % {"no": one.customer_no or one.customer_id, "why": words}


def _told(count: int) -> str:
    return ngettext("Changing %(n)s warning", "Changing %(n)s warnings", count) % {"n": format_number(count)}


def _remember(deed: Deed, changed: object) -> None:
    """In which version the deed left its warnings, lest it be taken back over somebody's head. Another deed ends it."""
    st.session_state.pop(UNDO, None)
    if deed.command not in _UNDO:
        return
    rows = changed if isinstance(changed, tuple) else (changed,)
    picks = tuple(pick_of(row) for row in rows if isinstance(row, WarningRow))
    st.session_state[UNDO] = Undo(picks, _UNDO[deed.command], dt.datetime.now(dt.UTC))
