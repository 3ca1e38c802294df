"""A list with the chosen row beside it: which row comes next, and which rows are ticked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

import streamlit as st

from dashboard.i18n import _, format_number

Key = TypeVar("Key")


class Versioned(Protocol):
    """A customer's record in the version that is on screen."""

    @property
    def customer_id(self) -> int: ...

    @property
    def id(self) -> int: ...

    @property
    def version(self) -> int: ...


Row = TypeVar("Row", bound=Versioned)


def following(keys: Sequence[Key], done: Sequence[Key]) -> Key | None:
    """What is opened once `done` are dealt with: the first left after them, else the last left before."""
    left = [key for key in keys if key not in done]
    last = max((keys.index(key) for key in done if key in keys), default=-1)
    return next((key for key in keys[last + 1 :] if key in left), left[-1] if left else None)


class DrawnList(Generic[Key]):
    """The list as it was last drawn, by the keys of its rows: the way from row to row, and how many are shown.

    `key` and `shown` are where the session keeps the keys and the number; at most `most` rows are ever shown.
    """

    def __init__(self, key: str, shown: str = "", *, page: int = 50, most: int = 200) -> None:
        self._key, self._shown, self._page, self._most = key, shown, page, most

    def order(self) -> tuple[Key, ...]:
        """The keys in the order of the list."""
        return tuple(st.session_state.get(self._key, ()))

    def move(self, offset: int, chosen: Key | None, choose: Callable[[Key], None]) -> None:
        """Open the next or the former row; where none is chosen, the first stands open."""
        keys = self.order()
        if not keys:
            return
        place = keys.index(chosen or keys[0]) + offset if (chosen or keys[0]) in keys else 0
        choose(keys[min(max(place, 0), len(keys) - 1)])

    def following(self, *done: Key) -> Key | None:
        """What is opened once these are dealt with."""
        return following(self.order(), done)

    def rows_shown(self) -> int:
        """How many rows of the list are shown."""
        return int(st.session_state.get(self._shown, self._page))

    def show_more(self) -> None:
        """List a page of rows more: for callbacks."""
        st.session_state[self._shown] = min(self.rows_shown() + self._page, self._most)

    def offer_more(self, key: str) -> None:
        """The way to further rows, or the word that no more are listed; `key` is the button's."""
        if self.rows_shown() >= self._most:
            st.caption(
                _("Only the first %(most)s are listed: they matter most. Narrow the filters to see others.")
                % {"most": format_number(self._most)}
            )
            return
        st.button(_("Show more"), key=key, width="stretch", on_click=self.show_more)


def tick_key(row: Versioned) -> str:
    """The widget key of a row's tick: another version of the row starts without one."""
    return f"tick-{row.customer_id}-{row.id}-{row.version}"


def ticked(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows that are ticked. One that somebody changed since it was ticked is not among them."""
    return tuple(row for row in rows if st.session_state.get(tick_key(row)))
