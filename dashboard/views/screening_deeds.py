"""Acts on the screening page: noted by a button, carried out at the top of the next run. A refusal loses no words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.components.address_filters import change_address
from dashboard.feedback import user_action
from dashboard.i18n import _, format_number, ngettext
from services.context import Actor, unit_of_work
from services.screening import Chosen, clear_matches, confirm_match, reopen_match

CLEAR, CONFIRM, REOPEN = "clear", "confirm", "reopen"
_PENDING = "screening-deed"


@dataclass(frozen=True)
class Deed:
    """What was decided on which matches, as the reviewer saw them; `reason_key` is the field with the words."""

    kind: str
    chosen: tuple[Chosen, ...]
    reason: str
    reason_key: str


def note(kind: str, chosen: Sequence[Chosen], reason_key: str) -> None:
    """Keep a decision for the next run: for callbacks, so that what was typed last is in it."""
    reason = str(st.session_state.get(reason_key) or "")
    st.session_state[_PENDING] = Deed(kind, tuple(chosen), reason, reason_key)


def carry_out(actor: Actor) -> None:
    """Do what was decided. The words stay in their field until it is done."""
    deed = st.session_state.pop(_PENDING, None)
    if deed is None:
        return
    with user_action(_done(deed)) as outcome, unit_of_work(actor) as ctx:
        if deed.kind == CLEAR:
            clear_matches(ctx, deed.chosen, deed.reason)
        elif deed.kind == CONFIRM:
            confirm_match(ctx, deed.chosen[0], deed.reason)
        else:
            reopen_match(ctx, deed.chosen[0], deed.reason)
    if outcome.succeeded:
        st.session_state[deed.reason_key] = ""
        for one in deed.chosen:
            st.session_state.pop(tick_key(one), None)
        change_address({"match": ""})


def tick_key(one: Chosen) -> str:
    """The tick of a match in the list."""
    return f"tick-match-{one.customer_id}-{one.id}"


def _done(deed: Deed) -> str:
    if deed.kind == CLEAR:
        count = len(deed.chosen)
        words = ngettext("%(n)s match cleared: not the same", "%(n)s matches cleared: not the same", count)
        return words % {"n": format_number(count)}
    return _("Confirmed: the same") if deed.kind == CONFIRM else _("The match is open again")
