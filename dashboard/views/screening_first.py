"""What screening shows before a name is asked: what waits for a verdict, and how new the lists behind it are."""

from __future__ import annotations

import streamlit as st

from dashboard.components.address_filters import change_address
from dashboard.components.open_row import open_row
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.i18n import NO_VALUE, _, format_date, format_number, ngettext
from dashboard.views.screening_matches import match_cells, match_head, match_key, waiting_text
from dashboard.views.screening_reads import FIRST_ROWS, counts, lists, newest
from services.context import Actor


def first_look(actor: Actor) -> None:
    """Draw both side by side; a row leads to its verdict."""
    with st.container(key="screening-first", horizontal=True, gap="large", vertical_alignment="top"):
        with st.container(key="screening-first-matches"):
            _waiting(actor)
        with st.container(key="screening-first-lists"):
            _sources(actor)


def _waiting(actor: Actor) -> None:
    known = counts(actor)
    st.markdown(waiting_text(known))
    if not known.open:
        st.success(
            _("No match waits: every name is compared again when it or a list changes."), icon=":material/task_alt:"
        )
        return
    with st.container(key="screening-list", gap=None):
        match_head(_("Found on"))
        for one in newest(actor):
            open_row(
                f"match-{match_key(one)}", match_cells(one, format_date(one.found_on)),
                _("Open %(name)s") % {"name": one.customer_name}, on_click=change_address,
                args=({"part": "matches", "match": match_key(one)},),
            )  # fmt: skip
    if known.open > FIRST_ROWS:
        st.button(
            _("Show all that wait"), key="screening-all", on_click=change_address, args=({"part": "matches"},),
            icon=":material/arrow_forward:",
        )  # fmt: skip


def _sources(actor: Actor) -> None:
    known = lists(actor)
    entries = sum(one.entries for one in known)
    st.markdown(
        ngettext(
            "Names are compared with every listed customer and with %(n)s entry of watch lists.",
            "Names are compared with every listed customer and with %(n)s entries of watch lists.", entries,
        ) % {"n": format_number(entries)}
    )  # fmt: skip
    if not known:
        st.info(
            _("There is no watch list yet. Risk management brings one in here, or on the page of imports."),
            icon=":material/playlist_remove:",
        )
        return
    heads = (
        Head(_("Watch list")), Head(_("Newest entry of"), is_whole=True), Head(_("Last load"), is_whole=True),
        Head(_("Entries"), is_figure=True),
    )  # fmt: skip
    plain_table(
        heads,
        [
            (Cell(one.source), Cell(format_date(one.newest_on)),
             Cell(NO_VALUE if one.loaded_on is None else format_date(one.loaded_on)),
             Cell(format_number(one.entries)))
            for one in known
        ],
    )  # fmt: skip
