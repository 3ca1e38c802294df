"""The drawers of a measure: decline, review, extend, lift, approve many. A drawer only collects words; its button
writes a deed down and the page carries it out. What is typed is kept until the deed has succeeded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from html import escape
from typing import Any

import streamlit as st

from dashboard.components.control_words import control_title, demands_text
from dashboard.i18n import _, format_date, ngettext
from dashboard.labels import LABELS, label
from dashboard.views.controls_selection import (
    DEED,
    MISSING,
    Deed,
    day_in,
    following,
    keep,
    key_of,
    note_deed,
    prepare,
    written,
)
from services.controls import LIFTED_AS, LONGEST_DAYS, ControlPick, ControlRow

_USUAL_REVIEW, _USUAL_EXTENSION = 30, 90
#: Names that the drawer for many lists one by one.
MOST_NAMED = 15


def of_row(row: ControlRow) -> dict[str, Any]:
    """What names a measure to a command."""
    return {"customer_id": row.customer_id, "control_id": row.id, "version": row.version}


def _subject(row: ControlRow) -> None:
    st.html(f"<div><b>{escape(row.customer_name)}</b> · {escape(control_title(row))}</div>")


def text_box(draft: str, name: str, title: str, saved: str = "") -> None:
    """A field for words that are kept."""
    key = prepare(draft, name, saved)
    st.text_area(title, key=key, max_chars=4000, height=120, on_change=keep, args=(key,))


def day_box(draft: str, name: str, title: str, usual: dt.date | None, first: dt.date, today: dt.date) -> None:
    """A field for a day up to two years ahead."""
    key = prepare(draft, name, usual)
    st.date_input(
        title, key=key, min_value=first, max_value=day_in(today, LONGEST_DAYS), format="YYYY-MM-DD", on_change=keep,
        args=(key,),
    )  # fmt: skip


def save_button(title: str, deed: Deed, names: Sequence[str], needed: Sequence[str]) -> None:
    """The button of a drawer. Without what is needed the drawer stays, and says so."""
    st.button(title, type="primary", key="drawer.save", on_click=_note, args=(deed, names, needed))
    if st.session_state.pop(MISSING, False):
        st.error(_("Something is missing: fill in what the drawer asks for."), icon=":material/edit:")
    if DEED in st.session_state:
        st.rerun()


def _note(deed: Deed, names: Sequence[str], needed: Sequence[str]) -> None:
    for name in names:
        keep(f"{deed.draft}:{name}")
    values = {name: written(deed.draft, name) for name in names}
    values = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    if any(not values[name] for name in needed):
        st.session_state[MISSING] = True
        return
    note_deed(Deed(deed.command, {**deed.values, **values}, deed.picks, deed.draft, deed.following))


def decline(row: ControlRow) -> None:
    """Turn a proposal down."""

    @st.dialog(_("Decline the measure"), position="right", icon=":material/block:")
    def drawer() -> None:
        draft = f"decline-{row.customer_id}-{row.id}"
        _subject(row)
        text_box(draft, "reason", _("Why is it not needed?"))
        st.caption(
            _("Who proposed it is told. A rule proposes it again only when the customer's facts grow worse, or after "
              "the days that the policy sets.")
        )  # fmt: skip
        deed = Deed("decline", of_row(row), draft=draft, following=following(key_of(row)))
        save_button(_("Decline the measure"), deed, ("reason",), ("reason",))

    drawer()


def review(row: ControlRow, today: dt.date) -> None:
    """Note what a measure has done."""

    @st.dialog(_("Review the measure"), position="right", icon=":material/rate_review:")
    def drawer() -> None:
        draft = f"review-{row.customer_id}-{row.id}"
        _subject(row)
        if row.effect:
            st.caption(_("At the last review: %(effect)s") % {"effect": row.effect})
        text_box(draft, "effect", _("What has the measure done?"))
        day_box(
            draft, "next_review_on", _("Look at it again on"), day_in(today, _USUAL_REVIEW), day_in(today, 1), today
        )
        names = ("effect", "next_review_on")
        save_button(_("Note the review"), Deed("review", of_row(row), draft=draft), names, names)

    drawer()


def extend(row: ControlRow, today: dt.date) -> None:
    """Let a measure hold longer."""

    @st.dialog(_("Extend the measure"), position="right", icon=":material/event_repeat:")
    def drawer() -> None:
        draft = f"extend-{row.customer_id}-{row.id}"
        _subject(row)
        first = max(day_in(row.expires_on or today, 1), today)
        day_box(draft, "expires_on", _("New last day"), day_in(first, _USUAL_EXTENSION), first, today)
        text_box(draft, "reason", _("Why is it still needed?"))
        names = ("expires_on", "reason")
        save_button(_("Extend the measure"), Deed("extend", of_row(row), draft=draft), names, names)

    drawer()


def lift(row: ControlRow) -> None:
    """End a measure."""

    @st.dialog(_("Lift the measure"), position="right", icon=":material/lock_open:")
    def drawer() -> None:
        draft = f"lift-{row.customer_id}-{row.id}"
        _subject(row)
        key = prepare(draft, "ended_as", None)
        st.radio(
            _("Why does it end?"), [one.value for one in LIFTED_AS], key=key, index=None, on_change=keep, args=(key,),
            format_func=lambda code: label("control_end", code),
        )  # fmt: skip
        text_box(draft, "reason", _("Reason"))
        st.info(
            _("Orders are no longer tested against it from now on; the customer's department is told. It can't be "
              "undone, a new measure can be proposed. An unfounded one counts the customer as wrongly restricted.")
        )  # fmt: skip
        deed = Deed("lift", of_row(row), draft=draft, following=following(key_of(row)))
        save_button(_("Lift the measure"), deed, ("ended_as", "reason"), ("ended_as", "reason"))

    drawer()


def approve_many(rows: Sequence[ControlRow], currency: str) -> None:
    """Put all chosen proposals into force; says which."""

    @st.dialog(_("Approve the measures"), position="right", icon=":material/done_all:", on_dismiss="rerun")
    def drawer() -> None:
        st.markdown(
            ngettext("%(n)s measure comes into force:", "%(n)s measures come into force:", len(rows)) % {"n": len(rows)}
        )
        lines = [
            f"<li>{escape(row.customer_name)} · {escape(control_title(row))} · "
            f"{escape(demands_text(row.kind, row.demands, currency))}</li>"
            for row in rows[:MOST_NAMED]
        ]
        rest = len(rows) - MOST_NAMED
        if rest > 0:
            lines.append(f"<li>{escape(ngettext('and %(n)s more', 'and %(n)s more', rest) % {'n': rest})}</li>")
        st.html(f'<ul class="gl-items">{"".join(lines)}</ul>')
        st.caption(
            _("They hold from today on; the departments are told. All are approved, or none: if one has changed, "
              "nothing changes and you are told which.")
        )  # fmt: skip
        picks = tuple(ControlPick(row.customer_id, row.id, row.version) for row in rows)
        deed = Deed("approve_many", picks=picks, draft="many", following=following(*(key_of(row) for row in rows)))
        save_button(_("Put them into force"), deed, (), ())

    drawer()


def until_text(row: ControlRow) -> str:
    """How long it holds."""
    if row.expires_on is None:
        return _("until it is lifted")
    return _("until %(day)s") % {"day": format_date(row.expires_on)}


KINDS = tuple(LABELS["control_kind"])
