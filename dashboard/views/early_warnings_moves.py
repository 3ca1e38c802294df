"""Moving through the triage desk: the next warning is the next that nobody else has open, on the next page too."""

from __future__ import annotations

import streamlit as st

from dashboard.components.pager import Pager
from dashboard.state import current_actor
from dashboard.views.early_warnings_reads import held
from dashboard.views.early_warnings_selection import (
    PLACE,
    TURN,
    Key,
    Place,
    choose,
    chosen_key,
    first_free,
    last_free,
    neighbour,
    order,
)


def move(offset: int) -> None:
    """Open the next or the former warning of the list that nobody else has open: for callbacks.

    At the end of a page the whole desk runs, since another page is read; elsewhere the right half alone.
    """
    keys, taken = order(), held(current_actor())
    here = chosen_key() or first_free(keys, taken)
    wanted = neighbour(keys, here, offset, taken)
    place: Place = st.session_state.get(PLACE, Place())
    if wanted == here and (place.after is not None if offset > 0 else place.start > 0):
        st.session_state[TURN] = offset
        choose(None)
        st.rerun()
    choose(wanted)


def turn(pager: Pager) -> int:
    """Turn the page as a key asked for, before the list is read; which way, 0 for none."""
    offset = int(st.session_state.pop(TURN, 0))
    if offset > 0:
        pager.go_on(st.session_state.get(PLACE, Place()).after)
    elif offset < 0:
        pager.go_back()
    return offset


def arrive(offset: int, keys: tuple[Key, ...]) -> None:
    """Open the first warning of the page that was turned to, or the last where one came from behind."""
    if offset and keys:
        taken = held(current_actor())
        choose(first_free(keys, taken) if offset > 0 else last_free(keys, taken))
