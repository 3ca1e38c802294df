"""What stands around every page: who is signed in, language, appearance, the way out; and that a sample is a sample.

Language, appearance and signing out change cookies, which only the server can: they are small forms that go to
dashboard/web/ and come back to the page they were sent from.
"""

from __future__ import annotations

import datetime as dt
from html import escape

import streamlit as st

from dashboard.cache import cached_read
from dashboard.i18n import NAMES, TAGS, _, format_date, language, ngettext
from dashboard.labels import label
from dashboard.navigation import file_of
from dashboard.state import appearance
from services.context import Actor, Context
from services.notifications.inbox import MOST_COUNTED, unread_count
from services.users import department_name, sample_as_of


def account_box(actor: Actor) -> None:
    """The foot of the menu."""
    department = _department(actor, actor.department_code or "", language())
    role = " · ".join(dict.fromkeys(filter(None, (label("role", actor.role), department))))
    st.sidebar.html(
        f'<div class="gl-account"><div class="gl-name">{escape(actor.name)}</div>'
        f'<div class="gl-role">{escape(role)}</div>'
        + _switch("/language", _("Language"), NAMES, language(), TAGS)
        + _switch("/appearance", _("Appearance"), _appearances(), appearance(), {})
        + f'<form method="post" action="/sign-out"><button type="submit">{escape(_("Sign out"))}</button></form></div>'
    )


def _appearances() -> dict[str, str]:
    return {"system": _("Auto"), "light": _("Light"), "dark": _("Dark")}


def _switch(address: str, name: str, choices: dict[str, str], chosen: str, tags: dict[str, str]) -> str:
    """A form with a button for each choice; the one in use is marked for eyes and for screen readers."""
    buttons = "".join(
        f'<button type="submit" name="choice" value="{code}" aria-pressed="{str(code == chosen).lower()}"'
        + (f' lang="{tags[code]}"' if code in tags else "")
        + f">{escape(words)}</button>"
        for code, words in choices.items()
    )
    return f'<form method="post" action="{address}" aria-label="{escape(name)}">{buttons}</form>'


@cached_read("policy")
def _sample_day(ctx: Context) -> dt.date | None:
    return sample_as_of(ctx)


@cached_read()
def _department(ctx: Context, code: str, language: str) -> str:
    return department_name(ctx, code, language)


@cached_read("notifications")
def _unread(ctx: Context, login: str) -> int:
    return unread_count(ctx, login)


def header(actor: Actor) -> None:
    """What stands in the header of every page: the bell, and that a sample is a sample."""
    with st.container(key="header", horizontal=True, vertical_alignment="center", gap="small"):
        _bell(actor)
        _sample_notice(actor)


def _bell(actor: Actor) -> None:
    """The way to one's notices, with how many wait."""
    count = _unread(actor, actor.login)
    figure = f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count)
    name = ngettext("%(n)s unread notice", "%(n)s unread notices", count) % {"n": figure} if count else _("Notices")
    with st.container(key="bell_waiting" if count else "bell"):
        words = figure if count else _("Notices")
        st.page_link(file_of("notifications"), label=words, icon=":material/notifications:", help=name)


def _sample_notice(actor: Actor) -> None:
    """That the figures are invented, and the day at which they stand still."""
    day = _sample_day(actor)
    if day is not None:
        text = _("Sample data · as of %(day)s") % {"day": format_date(day)}
        st.html(f'<span class="gl-sample" role="note">{escape(text)}</span>')
