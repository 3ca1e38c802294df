"""A row of a list that is wholly clickable, drawn as cells of one grid.

The row's key holds the record's id, never its place: a list that changes while it is read can't hit another record.
A real button lies over the cells, so that rows work by keyboard and screen reader, and on a phone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st


def open_row(
    key: str,
    cells: str,
    name: str,
    *,
    on_click: Callable[..., None] | None = None,
    args: Sequence[Any] = (),
    tick: str | None = None,
    ticked: str | None = None,
) -> bool:
    """Draw a row; True when it was clicked in this run.

    `cells` is HTML of the row's cells (`<span class="gl-cell-…">`), `name` what a screen reader calls the row. With
    `tick` (a widget key) the row can be ticked too, named `ticked`.
    """
    with st.container(key=f"glrow-{key}", gap=None):
        if tick is not None:
            st.checkbox(ticked or name, key=tick, label_visibility="collapsed")
        st.html(f'<div class="gl-row gl-figures">{cells}</div>')
        return st.button(name, key=f"glopen-{key}", on_click=on_click, args=tuple(args), type="tertiary")


def link_row(key: str, cells: str, name: str, *, file: str, query: Mapping[str, str]) -> None:
    """Draw a row that is a link to another page: it opens in a tab of its own too, and Back leads to this very list."""
    with st.container(key=f"glrow-{key}", gap=None):
        st.html(f'<div class="gl-row gl-figures">{cells}</div>')
        with st.container(key=f"gllink-{key}", gap=None):
            st.page_link(file, label=name, query_params=query)


def row_head(cells: str) -> None:
    """The names of the columns above rows; hidden where rows become cards."""
    st.html(f'<div class="gl-row gl-row-head" aria-hidden="true">{cells}</div>')
