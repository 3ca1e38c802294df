"""What the measures page remembers: which row is open, what is written but not saved, and what is to be done.

A row is known by its place in the address (`control=customer_id.id`). Rows are read again at every run. A button writes
down a `Deed`; the page carries it out at its top, in one transaction. Words that were typed stay until it is done.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import streamlit as st

from dashboard.components import deeds
from dashboard.components.address_filters import change_address
from dashboard.components.desk import DrawnList
from dashboard.components.drafts import Drafts
from services.controls import ControlPick, ControlRow

CONTROL, TAB = "control", "tab"
DETAIL: Final = "controls-detail"
ORDER: Final = "controls.order"
DEED: Final = "controls.deed"
WORDS: Final = "controls.words"
SHOWN: Final = "controls.shown"
MISSING: Final = "controls.missing"


@dataclass(frozen=True)
class Deed:
    """One act that a person decided on. `draft` names the words that are done with once it succeeds."""

    command: str
    values: Mapping[str, Any] = field(default_factory=dict)
    picks: tuple[ControlPick, ...] = ()
    draft: str = ""
    following: str | None = None


def key_of(row: ControlRow) -> str:
    """What a row is known by."""
    return f"{row.customer_id}.{row.id}"


def ids_of(key: str) -> tuple[int, int] | None:
    """Customer and control that a key names; None where it names none."""
    customer, _dot, control = key.partition(".")
    if all(one.isascii() and one.isdigit() and len(one) < 19 for one in (customer, control)):
        return int(customer), int(control)
    return None


def chosen_key() -> str | None:
    """The row that the address names, if it names one."""
    return st.query_params.get(CONTROL, "") or None


def choose(key: str | None) -> None:
    """Open a row, or none."""
    change_address({CONTROL: key or ""})


def open_detail(key: str) -> None:
    """Open a row and draw nothing but it: for callbacks."""
    choose(key)
    st.rerun(DETAIL)


def row_name(key: str) -> str:
    """What a row is called among the page's widgets."""
    return f"control-{key.replace('.', '-')}"


_list: DrawnList[str] = DrawnList(ORDER, SHOWN)
order, rows_shown, offer_more = _list.order, _list.rows_shown, _list.offer_more
following = _list.following
_drafts = Drafts(WORDS)
prepare, keep, written = _drafts.prepare, _drafts.keep, _drafts.written
forget = _drafts.forget


def move(offset: int) -> None:
    """Open the next or the former row of the list: for callbacks."""
    _list.move(offset, chosen_key(), choose)


# --- what is to be done


def note_deed(deed: Deed) -> None:
    """Write down what is to be done: for callbacks. The whole page runs, since the list changes too."""
    deeds.note_deed(DEED, deed)
    st.rerun()


def day_in(today: dt.date, days: int) -> dt.date:
    """A day so many days on."""
    return today + dt.timedelta(days=days)
