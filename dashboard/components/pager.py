"""Turning the pages of a list that is read by key: the way back is the keys of the pages before."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import streamlit as st

from dashboard.i18n import _, format_number


class Pager:
    """Where the pages of one list (`key`) in one selection (`scope`) begin. Another selection starts anew."""

    def __init__(self, key: str, scope: Hashable, size: int) -> None:
        self._key, self._size = f"pager-{key}", size
        kept = st.session_state.get(self._key)
        if kept is None or kept[0] != scope:
            st.session_state[self._key] = (scope, ())
        self._scope = scope

    @property
    def _before(self) -> tuple[Any, ...]:
        return tuple(st.session_state[self._key][1])

    @property
    def cursor(self) -> Any:  # noqa: ANN401  (whatever the read calls its key)
        """The key after which this page begins; None for the first."""
        return self._before[-1] if self._before else None

    @property
    def start(self) -> int:
        """How many rows stand on the pages before."""
        return len(self._before) * self._size

    def go_on(self, after: Any) -> None:  # noqa: ANN401
        """Turn to the page after a key, before this one is read."""
        self._turn((*self._before, after))

    def go_back(self) -> None:
        """Turn to the page before, before this one is read."""
        self._turn(self._before[:-1])

    def _turn(self, before: tuple[Any, ...]) -> None:
        st.session_state[self._key] = (self._scope, before)

    def turn(self, after: Any) -> None:  # noqa: ANN401  (whatever the read calls its key)
        """The way on and back, for lists that don't count their rows."""
        st.button(
            _("Previous page"), key=f"{self._key}-back", disabled=not self._before, on_click=self._turn,
            args=(self._before[:-1],), icon=":material/chevron_left:",
        )  # fmt: skip
        st.button(
            _("Next page"), key=f"{self._key}-on", disabled=after is None, on_click=self._turn,
            args=((*self._before, after),), icon=":material/chevron_right:",
        )  # fmt: skip

    def draw(self, shown: int, after: Any, total: int) -> None:  # noqa: ANN401
        """Which rows these are, and the way on and back. Nothing where all fit on one page."""
        start = self.start
        if not self._before and after is None:
            return
        with st.container(horizontal=True, vertical_alignment="center", key=f"{self._key}-bar"):
            self.turn(after)
            st.caption(
                _("Rows %(first)s to %(last)s of %(total)s")
                % {
                    "first": format_number(start + 1), "last": format_number(start + shown),
                    "total": format_number(total),
                }
            )  # fmt: skip
