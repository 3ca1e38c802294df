"""The drawers of the triage desk: assign, snooze, resolve, help; and the fields that the drawer for many shares.

A drawer only collects words. Its button writes a deed down (a callback, before the page runs again), the drawer closes,
and the page carries the deed out: so a refusal is said on the page, where the list below it is fresh. A drawer that the
page opened, and not its right half, runs the page when it is closed: the next run of that half would show it again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import streamlit as st

from dashboard.components.level_badge import level_badge
from dashboard.i18n import _, ngettext
from dashboard.labels import LABELS, label
from dashboard.views.early_warnings_list import order_words, reach_hint
from dashboard.views.early_warnings_reads import rules_of_the_desk
from dashboard.views.early_warnings_selection import DEED, Deed, Key, note_deed, pick_of
from services.context import Actor
from services.early_warnings import LONGEST_SNOOZE_DAYS, WarningRow

#: Names that the drawer for many lists one by one.
MOST_NAMED = 12
KEYS = ("J", "K", "A", "S", "Z", "E", "U", "X", "/", "?")


def _written(name: str) -> str:
    return str(st.session_state.get(f"drawer.{name}") or "").strip()


def reason_field(text: str) -> None:
    """The words that are kept with the decision."""
    st.text_area(text, key="drawer.reason", max_chars=2000, height=120)


def save_button(text: str, deed: Deed) -> None:
    """The button of a drawer. Without a reason it stays, and says that one is needed."""
    st.button(text, type="primary", key="drawer.save", on_click=_save, args=(deed,))
    if st.session_state.pop("drawer.missing", False):
        st.error(_("Give a reason: it is kept with the decision."), icon=":material/edit:")
    if DEED in st.session_state:
        st.rerun()


def _save(deed: Deed) -> None:
    if deed.command != "assign" and not _written("reason"):
        st.session_state["drawer.missing"] = True
        return
    until, person = st.session_state.get("drawer.until"), st.session_state.get("drawer.person")
    note_deed(
        Deed(
            deed.command, deed.picks, _written("reason"), until if isinstance(until, dt.date) else None,
            person if isinstance(person, int) else None, _written("outcome"), deed.following,
        )
    )  # fmt: skip


def _subject(row: WarningRow) -> None:
    st.html(f"<div>{level_badge(row.severity)}</div>")
    st.markdown(f"**{plain(row.customer_name)}** · {row.customer_no}")


def plain(text: str) -> str:
    """A name without what Markdown would read as markup."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()#+-.!|<>$:~" else sign for sign in text)


def person_field(people: Sequence[tuple[int, str]], wanted: int | None) -> None:
    """Whom to give it to."""
    names = dict(people)
    ids = list(names)
    st.selectbox(
        _("To whom"), ids, format_func=lambda one: names[one], key="drawer.person",
        index=ids.index(wanted) if wanted in ids else 0,
    )  # fmt: skip


def until_field(today: dt.date) -> None:
    """Until when to sleep."""
    st.caption(
        ngettext(
            "It comes back on the morning of that day, at the latest in %(n)s day. Its deadline moves along.",
            "It comes back on the morning of that day, at the latest in %(n)s days. Its deadline moves along.",
            LONGEST_SNOOZE_DAYS,
        )
        % {"n": LONGEST_SNOOZE_DAYS}
    )
    st.date_input(
        _("Comes back on"), today + dt.timedelta(days=7), key="drawer.until", format="YYYY-MM-DD",
        min_value=today + dt.timedelta(days=1), max_value=today + dt.timedelta(days=LONGEST_SNOOZE_DAYS),
    )  # fmt: skip


def outcome_field() -> None:
    """How it ended."""
    st.radio(
        _("How did it end?"), list(LABELS["warning_outcome"]), key="drawer.outcome",
        format_func=lambda code: label("warning_outcome", code),
    )  # fmt: skip


def assign(row: WarningRow, people: Sequence[tuple[int, str]], me: int | None, following: Key | None) -> None:
    """Give the warning to a person."""

    @st.dialog(_("Assign"), position="right", icon=":material/person_add:")
    def drawer() -> None:
        _subject(row)
        person_field(people, row.assignee_id if row.assignee_id in dict(people) else me)
        reason_field(_("Note (optional)"))
        save_button(_("Assign warning"), Deed("assign", (pick_of(row),), following=following))

    if not people:
        st.warning(_("There is nobody this warning can be given to. An administrator can add people."))
        return
    drawer()


def snooze(row: WarningRow, today: dt.date, following: Key | None) -> None:
    """Put the warning to sleep until a day."""

    @st.dialog(_("Snooze"), position="right", icon=":material/snooze:")
    def drawer() -> None:
        _subject(row)
        until_field(today)
        reason_field(_("Reason"))
        save_button(_("Snooze warning"), Deed("snooze", (pick_of(row),), following=following))

    drawer()


def resolve(row: WarningRow, following: Key | None) -> None:
    """Close the warning with how it ended."""

    @st.dialog(_("Resolve"), position="right", icon=":material/task_alt:")
    def drawer() -> None:
        _subject(row)
        outcome_field()
        reason_field(_("What was found and done"))
        st.caption(_("A resolved warning can't be opened again. New evidence raises a new one."))
        save_button(_("Resolve warning"), Deed("resolve", (pick_of(row),), following=following))

    drawer()


def keys_help(actor: Actor) -> None:
    """What each key does, how the order comes about, how far today's people get, what can be undone."""

    @st.dialog(_("Keys and order"), position="right", icon=":material/keyboard:", on_dismiss="rerun")
    def drawer() -> None:
        does = (
            _("next warning that nobody else has open"), _("previous warning"), _("acknowledge, then start acting"),
            _("assign"), _("snooze"), _("resolve"), _("undo an assignment or a snooze"),
            _("select, to decide on many at once"), _("search"), _("this help"),
        )  # fmt: skip
        with st.container(key="triage-keys"):
            st.table(
                {f"`{key}`": words for key, words in zip(KEYS, does, strict=True)}, border="horizontal", width="content"
            )
        about = rules_of_the_desk(actor)
        _explained(_("The order"), order_words())
        _explained(_("What today's people reach"), reach_hint(about.reach))
        _explained(
            _("Who works what"),
            _(
                "An open warning is kept for whoever reads it and may decide on it, for %(n)s min and as long as the "
                "page stays open, an hour at most. Others skip it, or take it over with a click; the ledger notes that."
            )
            % {"n": about.hold_minutes},
        )
        _explained(
            _("What can be undone"),
            _(
                "An assignment or a snooze, by whoever decided it, within %(n)s min and while nothing else was done to "
                "the warning. Acknowledging, acting and resolving are statements on the record: there is no way back."
            )
            % {"n": about.undo_minutes},
        )

    drawer()


def _explained(title: str, words: str) -> None:
    st.markdown(f"**{title}**")
    st.markdown(words)
