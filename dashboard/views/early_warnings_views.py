"""Views of the triage desk: filters kept under a name, opened with one click, shared with the own department."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.components.address_filters import change_address
from dashboard.feedback import user_action
from dashboard.i18n import _, with_aside
from dashboard.views.early_warnings_dialogs import plain
from dashboard.views.early_warnings_selection import ADDRESS
from services.context import Actor, unit_of_work
from services.early_warnings import DeskViewRow, change_view, desk_views, keep_view, remove_view
from services.early_warnings.desk_views import LONGEST_NAME, VIEW_FILTERS

_NAME, _SHARED, _CHOSEN = "view-name", "view-shared", "view-chosen"


def kept_views(actor: Actor) -> tuple[DeskViewRow, ...]:
    """The reader's views, and those shared in the department."""
    with unit_of_work(actor) as ctx:
        return desk_views(ctx)


def view_buttons(rows: Sequence[DeskViewRow], filters: Sequence[tuple[str, str]]) -> None:
    """One button for each view: a click sets its filters and no others. The one that is open is marked."""
    if not rows:
        return
    now = _in_address()
    with st.container(key="triage-views", horizontal=True, gap="small"):
        for row in rows:
            words = plain(row.name)
            is_open = dict(row.filters) == now
            st.button(
                f"**{words}**" if is_open else words, key=f"view-open-{row.id}", on_click=_open, args=(row, filters),
                icon=":material/group:" if row.is_shared else ":material/bookmark:",
                type="secondary" if is_open else "tertiary",
                help=None if row.owner is None else _("Shared by %(name)s") % {"name": plain(row.owner)},
            )  # fmt: skip


def views_menu(actor: Actor, rows: Sequence[DeskViewRow]) -> None:
    """Keep the filters that are set; rename, share and remove what is kept."""
    with st.popover(_("Views"), key="triage-views-menu", width="content", icon=":material/bookmarks:"):
        st.text_input(_("Name of the view"), key=_NAME, max_chars=LONGEST_NAME)
        st.toggle(_("Share it with my department"), key=_SHARED)
        st.button(
            _("Keep these filters"), key="view-keep", type="primary", on_click=_keep, args=(actor,), width="stretch",
            help=_("The filters that are set now. A view of the same name is written over."),
        )  # fmt: skip
        own = [row for row in rows if row.owner is None]
        if own:
            st.divider()
            _change_form(actor, own)


def _change_form(actor: Actor, own: Sequence[DeskViewRow]) -> None:
    names = {row.id: row.name for row in own}
    ids = list(names)
    if st.session_state.get(_CHOSEN) not in ids:
        st.session_state.pop(_CHOSEN, None)
    chosen = st.selectbox(_("Kept view"), ids, format_func=lambda one: names[one], key=_CHOSEN)
    row = next(one for one in own if one.id == chosen)
    # Keys with the version: what somebody else's window changed is drawn anew.
    name, shared = f"view-rename-{row.id}-{row.version}", f"view-share-{row.id}-{row.version}"
    st.text_input(_("New name"), row.name, key=name, max_chars=LONGEST_NAME)
    st.toggle(_("Shared with my department"), row.is_shared, key=shared)
    with st.container(horizontal=True, gap="small"):
        st.button(_("Change view"), key="view-change", on_click=_change, args=(actor, row, name, shared))
        st.button(_("Remove view"), key="view-remove", type="tertiary", on_click=_remove, args=(actor, row))


def _in_address() -> dict[str, str]:
    return {name: st.query_params[name] for name in VIEW_FILTERS if st.query_params.get(name)}


def _open(row: DeskViewRow, filters: Sequence[tuple[str, str]]) -> None:
    """One step for the Back button. The widgets follow the address."""
    change_address({name: "" for name, _key in filters} | {ADDRESS: ""} | dict(row.filters))


def _keep(actor: Actor) -> None:
    state = st.session_state
    with user_action(_("View kept")) as outcome, unit_of_work(actor) as ctx:
        keep_view(ctx, str(state.get(_NAME) or ""), _in_address(), is_shared=bool(state.get(_SHARED)))
    if outcome.succeeded:
        state[_NAME], state[_SHARED] = "", False


def _change(actor: Actor, row: DeskViewRow, name: str, shared: str) -> None:
    state = st.session_state
    with user_action(_("View changed")), unit_of_work(actor) as ctx:
        change_view(ctx, row.id, row.version, str(state.get(name) or ""), is_shared=bool(state.get(shared)))


def _remove(actor: Actor, row: DeskViewRow) -> None:
    with user_action(with_aside(_("View removed"), row.name)), unit_of_work(actor) as ctx:
        remove_view(ctx, row.id, row.version)
