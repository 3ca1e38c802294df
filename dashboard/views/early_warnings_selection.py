"""What the triage desk remembers: which warning is open, in what order the list stands, and what is to be done.

Only keys, versions and drafts live here; rows are read again at every run. A click or a key writes down a `Deed`; the
page carries it out at its top, in one transaction, and draws what is true after it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from services.early_warnings import Pick, WarningRow

Key = tuple[int, int]

#: In the address: the open warning, as `customer_id.id`. The right half is a fragment: DETAIL is its name.
ADDRESS: Final = "warning"
DETAIL: Final = "triage-detail"
ORDER: Final = "early_warnings.order"
DEED: Final = "early_warnings.deed"
SHOWN: Final = "early_warnings.shown"
PAGE_ROWS: Final = 50
MOST_ROWS: Final = 200


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


def rows_shown() -> int:
    """How many rows of the queue are listed."""
    return int(st.session_state.get(SHOWN, PAGE_ROWS))


def show_more() -> None:
    """List a page of rows more: for callbacks."""
    st.session_state[SHOWN] = min(rows_shown() + PAGE_ROWS, MOST_ROWS)


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


def neighbour(keys: Sequence[Key], key: Key | None, offset: int) -> Key | None:
    """The key `offset` places on, stopping at the ends; the first where `key` is not in the list."""
    if not keys:
        return None
    if key not in keys:
        return keys[0]
    return keys[min(max(keys.index(key) + offset, 0), len(keys) - 1)]


def following(keys: Sequence[Key], done: Sequence[Key]) -> Key | None:
    """What is opened once `done` are dealt with: the first left after them, else the last left before."""
    left = [key for key in keys if key not in done]
    if not left:
        return None
    last = max((keys.index(key) for key in done if key in keys), default=-1)
    return next((key for key in keys[last + 1 :] if key in left), left[-1])


def move(offset: int) -> None:
    """Open the next or the former warning of the list: for callbacks."""
    keys = order()
    chosen = chosen_key() or (keys[0] if keys else None)
    choose(neighbour(keys, chosen, offset))


def note_deed(deed: Deed) -> None:
    """Write down what is to be done: for callbacks. The whole page runs, since the list changes too."""
    st.session_state[DEED] = deed
    st.rerun()


def pending_deed() -> Deed | None:
    """What is to be done now, once."""
    deed = st.session_state.pop(DEED, None)
    return deed if isinstance(deed, Deed) else None


def tick_key(row: WarningRow) -> str:
    """The widget key of a row's tick: another version of the row starts without one."""
    return f"tick-{row.customer_id}-{row.id}-{row.version}"


def ticked(rows: Sequence[WarningRow]) -> tuple[WarningRow, ...]:
    """The rows that are ticked. One that somebody changed since it was ticked is not among them."""
    return tuple(row for row in rows if st.session_state.get(tick_key(row)))


def untick(keys: Sequence[str]) -> None:
    """Take ticks away: for callbacks and before the list is drawn."""
    for key in keys:
        st.session_state[key] = False
