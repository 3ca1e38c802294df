"""What the measures page remembers: which row is open, what is written but not saved, and what is to be done.

A row is known by its place in the address (`control=customer_id.id`). Rows are read again at every run. A button writes
down a `Deed`; the page carries it out at its top, in one transaction. Words that were typed stay until it is done.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import streamlit as st

from dashboard.components.address_filters import change_address
from services.controls import ControlPick, ControlRow

CONTROL, TAB = "control", "tab"
DETAIL: Final = "controls-detail"
ORDER: Final = "controls.order"
DEED: Final = "controls.deed"
WORDS: Final = "controls.words"
SHOWN: Final = "controls.shown"
MISSING: Final = "controls.missing"
PAGE_ROWS: Final = 50
MOST_ROWS: Final = 200


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


def order() -> tuple[str, ...]:
    """The list as it was last drawn."""
    return st.session_state.get(ORDER, ())


def following(done: Sequence[str]) -> str | None:
    """What is opened once these are dealt with: the first left after them, else the last left before."""
    keys = order()
    left = [key for key in keys if key not in done]
    last = max((keys.index(key) for key in done if key in keys), default=-1)
    return next((key for key in keys[last + 1 :] if key in left), left[-1] if left else None)


def move(offset: int) -> None:
    """Open the next or the former row of the list: for callbacks."""
    keys = order()
    if not keys:
        return
    chosen = chosen_key() or keys[0]
    place = keys.index(chosen) + offset if chosen in keys else 0
    choose(keys[min(max(place, 0), len(keys) - 1)])


def rows_shown() -> int:
    """How many rows of the list are shown."""
    return int(st.session_state.get(SHOWN, PAGE_ROWS))


def show_more() -> None:
    """List a page of rows more: for callbacks."""
    st.session_state[SHOWN] = min(rows_shown() + PAGE_ROWS, MOST_ROWS)


# --- words that are not saved yet


def _kept() -> dict[str, Any]:
    kept: dict[str, Any] = st.session_state.setdefault(WORDS, {})
    return kept


def prepare(draft: str, name: str, saved: Any) -> str:  # noqa: ANN401  (whatever the widget holds)
    """The key of a widget whose value outlives its leaving the page; `saved` is what it holds before it is touched."""
    key = f"{draft}:{name}"
    if key not in st.session_state:
        st.session_state[key] = _kept().get(key, saved)
    return key


def keep(key: str) -> None:
    """Remember what a widget holds: for its callback."""
    _kept()[key] = st.session_state[key]


def written(draft: str, name: str) -> Any:  # noqa: ANN401  (whatever the widget holds)
    """What was typed or chosen."""
    return st.session_state.get(f"{draft}:{name}", _kept().get(f"{draft}:{name}"))


def forget(draft: str) -> None:
    """Drop what was typed: it is saved now."""
    for key in [one for one in _kept() if one.startswith(f"{draft}:")]:
        del _kept()[key]
    for key in [one for one in st.session_state if isinstance(one, str) and one.startswith(f"{draft}:")]:
        del st.session_state[key]


# --- what is to be done


def note_deed(deed: Deed) -> None:
    """Write down what is to be done: for callbacks. The whole page runs, since the list changes too."""
    st.session_state[DEED] = deed
    st.rerun()


def pending_deed() -> Deed | None:
    """What is to be done now, once."""
    deed = st.session_state.pop(DEED, None)
    return deed if isinstance(deed, Deed) else None


def tick_key(row: ControlRow) -> str:
    """The widget key of a row's tick: another version of the row starts without one."""
    return f"tick-{row.customer_id}-{row.id}-{row.version}"


def ticked(rows: Sequence[ControlRow]) -> tuple[ControlRow, ...]:
    """The rows that are ticked."""
    return tuple(row for row in rows if st.session_state.get(tick_key(row)))


def day_in(today: dt.date, days: int) -> dt.date:
    """A day so many days on."""
    return today + dt.timedelta(days=days)
