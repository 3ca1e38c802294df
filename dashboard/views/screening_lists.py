"""Watch lists: what each holds, when it was loaded and what that changed; a new version is looked at, then applied."""

from __future__ import annotations

import streamlit as st

from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.feedback import show_error, user_action
from dashboard.i18n import NO_VALUE, _, format_date, format_number, ngettext, with_value
from dashboard.labels import label
from dashboard.views.screening_reads import lists
from db.enums import WatchlistScope
from services.access import may
from services.context import Actor, unit_of_work
from services.errors import RefusedError
from services.screening.watchlists import (
    CSV,
    FORMATS,
    LONGEST_SOURCE,
    OFAC,
    ListDifference,
    WatchlistFile,
    WatchlistRow,
    foresee_list,
    load_list,
    read_list,
)

_ROUND, _APPLY, _NAMED = "screening-list-round", "screening-list-asked", 12


def lists_part(actor: Actor) -> None:
    """Draw the lists, and the way in for a new version."""
    if may(actor, "watchlist.load"):
        _bring_in(actor)
    rows = lists(actor)
    if not rows:
        st.info(_("There is no watch list yet. Risk management brings one in here, or on the page of imports."),
                icon=":material/playlist_remove:")  # fmt: skip
        return
    plain_table(_heads(), [_row(one) for one in rows])


def _heads() -> tuple[Head, ...]:
    return (
        Head(_("Watch list")), Head(_("Entries"), is_figure=True), Head(_("Ended"), is_figure=True),
        Head(_("Newest entry of"), is_whole=True), Head(_("Last load"), is_whole=True), Head(_("What it changed")),
    )  # fmt: skip


def _row(one: WatchlistRow) -> tuple[Cell, ...]:
    loaded = NO_VALUE if one.loaded_on is None else format_date(one.loaded_on)
    changed = NO_VALUE
    if one.added is not None:
        changed = _("%(added)s added, %(changed)s changed, %(removed)s ended") % {
            "added": format_number(one.added), "changed": format_number(one.changed),
            "removed": format_number(one.removed),
        }  # fmt: skip
    return (
        Cell(one.source), Cell(format_number(one.entries)), Cell(format_number(one.ended)),
        Cell(format_date(one.newest_on)), Cell(loaded), Cell(changed),
    )  # fmt: skip


def _bring_in(actor: Actor) -> None:
    place = st.session_state.get(_ROUND, 0)
    with st.expander(
        _("Bring in a new version of a list"), icon=":material/upload_file:", key="screening-list-open",
        on_change="rerun",
    ) as opened:  # fmt: skip
        if not opened.open:
            return
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="screening-list-fields"):
            source = st.text_input(_("Name of the list"), key="screening-list-source", max_chars=LONGEST_SOURCE)
            kind = st.selectbox(
                _("Format"), FORMATS, format_func=lambda code: label("watchlist_format", code),
                key="screening-list-format",
            )  # fmt: skip
            scope = st.selectbox(
                _("What the file has"), [one.value for one in WatchlistScope],
                format_func=lambda code: label("watchlist_scope", code), key="screening-list-scope",
            )  # fmt: skip
        file = st.file_uploader(_("The list's file"), type=["csv", "txt"], key=f"screening-list-file-{place}")
        aliases = None
        if kind == OFAC:
            aliases = st.file_uploader(
                _("OFAC's aliases (alt.csv), if at hand"), type=["csv", "txt"], key=f"screening-list-aliases-{place}"
            )
        if file is None or not source.strip():
            st.caption(_("Give the list's name and its file: what would change is shown before anything is stored."))
            return
        _look(actor, source, kind or CSV, WatchlistScope(scope), file, aliases)


def _look(actor: Actor, source: str, kind: str, scope: WatchlistScope, file: object, aliases: object) -> None:
    """What the file would change; then, where the button was pressed, the change."""
    try:
        with unit_of_work(actor) as ctx:
            read = read_list(
                ctx, source, file.getvalue(), file_name=file.name, scope=scope, file_format=kind,  # type: ignore[attr-defined]
                aliases=aliases.getvalue() if aliases else None,  # type: ignore[attr-defined]
            )  # fmt: skip
            difference = foresee_list(ctx, read)
    except RefusedError as error:
        show_error(error)
        return
    asked = st.session_state.pop(_APPLY, None)
    if asked is not None and asked[:2] == (read.source, read.sha256) and _apply(actor, read, asked[2]):
        st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
        st.rerun()
    _say(difference)
    if difference.added or difference.changed or difference.removed:
        st.button(
            _("Apply to the list"), key="screening-list-apply", type="primary", icon=":material/done:",
            on_click=_ask_to_apply, args=(read.source, read.sha256, difference.last_load),
        )  # fmt: skip


def _ask_to_apply(source: str, sha256: str, seen_load: int | None) -> None:
    """Apply what was seen: a callback, so that the file is read again first."""
    st.session_state[_APPLY] = (source, sha256, seen_load)


def _apply(actor: Actor, read: WatchlistFile, seen_load: int | None) -> bool:
    done = _("The list is up to date; customers are being compared with it")
    with user_action(done) as outcome, unit_of_work(actor) as ctx:
        load_list(ctx, read, seen_load=seen_load)
    return outcome.succeeded


def _say(difference: ListDifference) -> None:
    since = _("the first load of this list")
    if difference.since is not None:
        since = _("against the load of %(day)s") % {"day": format_date(difference.since)}
    words = _("**%(added)s added, %(changed)s changed, %(removed)s ended**, %(unchanged)s unchanged: %(since)s.") % {
        "added": format_number(difference.added), "changed": format_number(difference.changed),
        "removed": format_number(difference.removed), "unchanged": format_number(difference.unchanged), "since": since,
    }  # fmt: skip
    st.markdown(words)
    for change in ("removed", "changed", "added"):
        found = [one for one in difference.shown if one.change == change]
        if not found:
            continue
        names = " · ".join(
            one.name if one.former_name in (None, one.name) else f"{one.former_name} → {one.name}"
            for one in found[:_NAMED]
        )
        rest = getattr(difference, change) - min(len(found), _NAMED)
        more = f" · {ngettext('and %(n)s more', 'and %(n)s more', rest) % {'n': format_number(rest)}}" if rest else ""
        st.caption(with_value(label("entry_change", change), f"{names}{more}"))
