"""The second and third step: how the file was read, and which of its headers is which of our columns."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.components.people_names import people_names
from dashboard.feedback import user_action
from dashboard.i18n import _, format_number, listed, ngettext, quoted
from dashboard.import_words import accepted_words, column_words, kind_words
from dashboard.views.imports_draft import (
    ENCODING,
    HEADERS,
    SHEET,
    SHOWN,
    chosen_defaults,
    chosen_mapping,
    header_codes,
    take_over,
)
from dashboard.views.imports_kind import switch_kind
from services.context import Actor, unit_of_work
from services.imports.columns import Column, FileKind
from services.imports.preview import Glance
from services.imports.profiles import ProfileRow, delete_profile, profiles, save_profile

#: Encodings that a person may say; others are found or do not occur.
ENCODINGS = {
    "utf-8": "UTF-8",
    "gb18030": "GB18030",
    "big5hkscs": "Big5",
    "utf-16": "UTF-16",
    "windows-1252": "Windows-1252",
}
_WIDTHS = (4, 5, 4)
_PROFILE, _NEW_NAME = "import_profile", "import_profile_name"


def how_it_was_read(seen: Glance, kind: FileKind) -> None:
    """What was found out about the file, and where the reader may know better."""
    facts = [ngettext("%(n)s row", "%(n)s rows", seen.rows) % {"n": format_number(seen.rows)}]
    if seen.sheet:
        facts.append(_("sheet “%(name)s”") % {"name": seen.sheet})
    if seen.encoding:
        facts.append(_("encoding %(name)s") % {"name": seen.encoding.upper()})
        facts.append(_("separated by %(mark)s") % {"mark": _mark(seen.delimiter)})
    facts.append(
        _("headers in line %(line)s") % {"line": seen.header_line} if seen.header_line else _("no header line")
    )
    st.markdown(_("Read as: %(facts)s") % {"facts": " · ".join(facts)})
    with st.expander(_("Not read correctly?"), icon=":material/tune:"):
        _overrides(seen)
    if seen.likely_kind:
        words = {"likely": kind_words(seen.likely_kind), "chosen": kind_words(kind.name)}
        st.info(_("This looks like a file of “%(likely)s”, not of “%(chosen)s”.") % words, icon=":material/help:")
        st.button(
            _("Switch to “%(likely)s”") % words, key="import_switch", on_click=switch_kind, args=(seen.likely_kind,)
        )


def _mark(delimiter: str | None) -> str:
    names = {",": _("comma"), ";": _("semicolon"), "\t": _("tab"), "|": _("vertical line")}
    return names.get(delimiter or "", delimiter or "")


def _overrides(seen: Glance) -> None:
    with st.container(horizontal=True, gap="small"):
        if len(seen.sheets) > 1:
            st.session_state.setdefault(SHEET, seen.sheet)
            st.selectbox(_("Sheet"), seen.sheets, key=SHEET)
        if seen.encoding:
            st.selectbox(
                _("Encoding"), ["", *ENCODINGS], key=ENCODING,
                format_func=lambda code: ENCODINGS.get(code) or _("as recognised"),
            )  # fmt: skip
        headers = {"": _("as recognised"), "yes": _("has a header line"), "no": _("has no header line")}
        st.selectbox(_("Header line"), list(headers), key=HEADERS, format_func=lambda code: headers[code])


def match_columns(actor: Actor, seen: Glance, kind: FileKind) -> None:
    """A row for each of our columns: its header in the file, and what fills its blanks."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.subheader(_("3. Match the columns"))
        st.space("stretch")
        with st.popover(_("Saved profiles"), icon=":material/bookmark:"):
            _profiles(actor, seen, kind)
    _offer_fitting_profile(actor, seen, kind)
    shown = set(st.session_state.get(SHOWN, ()))
    _rows([column for column in kind.columns if column.name in shown], seen, kind, "shown")
    rest = [column for column in kind.columns if column.name not in shown]
    if rest:
        title = ngettext("%(n)s more column", "%(n)s more columns", len(rest)) % {"n": len(rest)}
        with st.expander(title, icon=":material/more_horiz:"):
            st.caption(_("The file seems not to have these. Match them by hand, or give a value for all rows."))
            _rows(rest, seen, kind, "rest")


def _rows(columns: Sequence[Column], seen: Glance, kind: FileKind, name: str) -> None:
    codes = header_codes(seen)
    half = (len(columns) + 1) // 2
    parts = ("left", columns[:half]), ("right", columns[half:])
    for side, (place, part) in zip(st.columns(2, gap="large"), parts, strict=True):
        with side:
            if part:
                _head(f"{name}-{place}")
            for column in part:
                _row(column, codes, kind)


def _head(name: str) -> None:
    with st.container(key=f"match-head-{name}"):
        titles = (_("Our column"), _("Header in the file · first value"), _("Value where blank"))
        for place, title in zip(st.columns(_WIDTHS, gap="small"), titles, strict=True):
            place.caption(title)


def _row(column: Column, codes: dict[str, str], kind: FileKind) -> None:
    words = column_words(kind.name, column.name)
    name, header, fill = st.columns(_WIDTHS, vertical_alignment="center", gap="small")
    is_open = column.required and not (chosen_mapping(kind)[column.name] or column.name in chosen_defaults(kind))
    mark = ":material/error: " if is_open else ""
    name.markdown(f"{mark}**{words}** *" if column.required else words, help=accepted_words(kind.name, column))
    header.selectbox(
        _("Header of “%(column)s” in the file") % {"column": words}, ["", *codes], key=f"match_{column.name}",
        format_func=lambda code: codes.get(code) or (_("choose …") if column.required else _("not in the file")),
        label_visibility="collapsed",
    )  # fmt: skip
    fill.text_input(
        _("Value of “%(column)s” where it is blank") % {"column": words}, key=f"fill_{column.name}", max_chars=200,
        placeholder=_("where blank"), label_visibility="collapsed",
    )  # fmt: skip


# --- profiles


def _saved(actor: Actor, kind: FileKind) -> list[ProfileRow]:
    with unit_of_work(actor) as ctx:
        return profiles(ctx, kind.name)


def _offer_fitting_profile(actor: Actor, seen: Glance, kind: FileKind) -> None:
    """A profile whose headers the file all has, where the guess is not enough."""
    if set(kind.required) <= seen.proposed.keys():
        return
    codes = header_codes(seen)
    fitting = [one for one in _saved(actor, kind) if all(theirs in codes for theirs in one.mapping.values() if theirs)]
    if fitting and any(chosen_mapping(kind)[name] != theirs for name, theirs in fitting[0].mapping.items()):
        st.info(
            _("The saved profile “%(name)s” fits this file.") % {"name": fitting[0].name}, icon=":material/bookmark:"
        )
        st.button(_("Apply profile"), key="import_fitting", on_click=_apply, args=(fitting[0], seen, kind))


def _profiles(actor: Actor, seen: Glance, kind: FileKind) -> None:
    saved = {one.name: one for one in _saved(actor, kind)}
    if saved:
        st.selectbox(_("Profile"), list(saved), key=_PROFILE)
        chosen = saved.get(str(st.session_state.get(_PROFILE))) or next(iter(saved.values()))
        with st.container(horizontal=True, gap="small"):
            st.button(
                _("Apply profile"), key="import_apply", on_click=_apply, args=(chosen, seen, kind), type="primary"
            )
            st.button(_("Delete profile"), key="import_delete", on_click=_delete, args=(actor, chosen))
        who = people_names(actor, (chosen.saved_by,)).name(chosen.saved_by)
        st.caption(_("Saved by %(who)s. Deleting it changes nothing that was imported.") % {"who": who})
    else:
        st.caption(
            _("No profile of this kind is saved yet. Save the matching below under a name to use it next month.")
        )
    st.text_input(
        _("Save this matching as"), key=_NEW_NAME, max_chars=80, placeholder=_("Name, such as the system it comes from")
    )
    name = str(st.session_state.get(_NEW_NAME) or "").strip()
    if name in saved:
        st.caption(_("There is a profile of this name: saving replaces it."))
    st.button(_("Save profile"), key="import_save", on_click=_save, args=(actor, kind, seen), disabled=not name)


def _apply(profile: ProfileRow, seen: Glance, kind: FileKind) -> None:
    take_over(seen, kind, profile.mapping, profile.defaults)
    codes = header_codes(seen)
    absent = [
        theirs for theirs in profile.mapping.values() if theirs and theirs not in codes and theirs not in seen.headers
    ]
    if absent:
        st.toast(
            _("The file does not have: %(headers)s") % {"headers": listed(map(quoted, absent))}, icon=":material/info:"
        )


def _save(actor: Actor, kind: FileKind, seen: Glance) -> None:
    name = str(st.session_state.get(_NEW_NAME) or "")
    guessed = {ours for ours in seen.proposed}
    mapping = {ours: theirs for ours, theirs in chosen_mapping(kind).items() if theirs or ours in guessed}
    with user_action(_("Profile saved")), unit_of_work(actor) as ctx:
        save_profile(ctx, kind.name, name, mapping, chosen_defaults(kind))


def _delete(actor: Actor, profile: ProfileRow) -> None:
    with user_action(_("Profile deleted")), unit_of_work(actor) as ctx:
        delete_profile(ctx, profile.kind, profile.name)
    st.session_state.pop(_PROFILE, None)
