"""What the triage desk remembers: which warning is open, in what order the list stands, and what is to be done.

Only keys, versions and drafts live here; rows are read again at every run. A click or a key writes down a `Deed`; the
page carries it out at its top, in one transaction, and draws what is true after it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from dashboard.components import deeds
from services.early_warnings import Pick, WarningRow

Key = tuple[int, int]

#: In the address: the open warning, as `customer_id.id`. The right half is a fragment: DETAIL is its name.
ADDRESS: Final = "warning"
DETAIL: Final = "triage-detail"
ORDER: Final = "early_warnings.order"
OPENED: Final = "early_warnings.opened"
DEED: Final = "early_warnings.deed"
UNDO: Final = "early_warnings.undo"
PLACE: Final = "early_warnings.place"
TURN: Final = "early_warnings.turn"
PAGE_ROWS: Final = 50


@dataclass(frozen=True)
class Place:
    """Where the page of the list that is shown stands: rows before it, and the key that the next page begins after."""

    start: int = 0
    after: str | None = None


@dataclass(frozen=True)
class Deed:
    """One act that a person decided on: which command, on what, with which words; `following` is opened after it."""

    command: str
    picks: tuple[Pick, ...] = ()
    reason: str = ""
    until: dt.date | None = None
    person: int | None = None
    outcome: str = ""
    following: Key | None = None


@dataclass(frozen=True)
class Undo:
    """What was just decided and can be taken back for a while: on what, how the button is called, when."""

    picks: tuple[Pick, ...]
    words: str
    at: dt.datetime


def key_of(row: WarningRow | Pick) -> Key:
    """What a warning is known by."""
    return row.customer_id, row.id


def pick_of(row: WarningRow) -> Pick:
    """The warning in the version that is on screen."""
    return Pick(row.customer_id, row.id, row.version)


def chosen_key() -> Key | None:
    """The warning that the address names, if it names one."""
    customer, _dot, warning = st.query_params.get(ADDRESS, "").partition(".")
    if customer.isascii() and warning.isascii() and customer.isdigit() and warning.isdigit():
        return int(customer), int(warning)
    return None


def choose(key: Key | None) -> None:
    """Open a warning, or none."""
    if key is None:
        st.query_params.pop(ADDRESS, None)
    else:
        st.query_params[ADDRESS] = f"{key[0]}.{key[1]}"


def open_detail(key: Key | None) -> None:
    """Open a warning and draw nothing but it: for callbacks. The list stands as it was read."""
    choose(key)
    st.rerun(DETAIL)


def row_name(key: Key) -> str:
    """What a row of the list is called among its widgets and in the page."""
    return f"{key[0]}-{key[1]}"


def order() -> tuple[Key, ...]:
    """The list as it was last drawn."""
    return st.session_state.get(ORDER, ())


def neighbour(keys: Sequence[Key], key: Key | None, offset: int, held: Collection[Key] = ()) -> Key | None:
    """The key `offset` places on, past those that are held, stopping at the ends; the first where `key` is not listed.

    Where nobody leaves one free in that direction, the place stays the same.
    """
    if not keys:
        return None
    if key not in keys:
        return first_free(keys, held)
    place = keys.index(key) + offset
    while 0 <= place < len(keys) and keys[place] in held:
        place += 1 if offset > 0 else -1
    return keys[place] if 0 <= place < len(keys) else key


def first_free(keys: Sequence[Key], held: Collection[Key]) -> Key | None:
    """The first key that is not held; the first where all are."""
    return next((key for key in keys if key not in held), keys[0] if keys else None)


def last_free(keys: Sequence[Key], held: Collection[Key]) -> Key | None:
    """The last key that is not held; the last where all are."""
    return first_free(list(reversed(keys)), held)


def free_from(keys: Sequence[Key], key: Key | None, held: Collection[Key]) -> Key | None:
    """`key`, or where somebody else has it by now the next free one after it, or before it."""
    if key is None or key not in held or key not in keys:
        return key
    place = keys.index(key)
    return next((one for one in (*keys[place:], *keys[place::-1]) if one not in held), key)


def note_deed(deed: Deed) -> None:
    """Write down what is to be done: for callbacks. The whole page runs, since the list changes too."""
    deeds.note_deed(DEED, deed)
    st.rerun()


def pending_undo(minutes: int) -> Undo | None:
    """What can be taken back now."""
    undo = st.session_state.get(UNDO)
    if not isinstance(undo, Undo) or dt.datetime.now(dt.UTC) - undo.at >= dt.timedelta(minutes=minutes):
        return None
    return undo


def untick(keys: Sequence[str]) -> None:
    """Take ticks away: for callbacks and before the list is drawn."""
    for key in keys:
        st.session_state[key] = False
