"""Who uses this page, and the keys of what a page remembers. Only keys and drafts live in the session: rows do not."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import streamlit as st

from dashboard import signed_in
from dashboard.i18n import FALLBACK, SESSION_KEY, _, accepted_language, known_language, set_language
from services.context import Actor, unit_of_work
from services.users import actor_by_login

#: Names of cookies, and of what the gate in front of the pages tells them through st.user.
SESSION_COOKIE: Final = "greyledger_session"
LANGUAGE_COOKIE: Final = "greyledger_language"
APPEARANCE_COOKIE: Final = "greyledger_appearance"
USER_LOGIN: Final = "login"
USER_SESSION: Final = "session"

#: Whose page `streamlit run dashboard/app.py` shows: only where no gate stands in front of the page (docs/operations).
DEVELOPMENT_LOGIN: Final = "GREYLEDGER_DEVELOPMENT_LOGIN"

#: Every key of st.session_state that more than one file reads.
LANGUAGE_KEY: Final = SESSION_KEY
#: The address of the customer list as it was left, so that the way back leads to the same page of it.
CUSTOMERS_ADDRESS: Final = "customers.address"

DASHBOARD: Final = Path(__file__).parent


def current_actor() -> Actor:
    """The signed-in person, asked for again at every run: rights, language and revocation follow within seconds.

    For pages and for fragments, whose reruns do not pass through app.py. Stops the run with a way to sign in when the
    session is over. Uses the person's language from here on.
    """
    actor = _signed_in()
    set_language(chosen_language(actor))
    if actor is None:
        st.info(_("You are signed out. What you had not saved is still in this window until you close it."))
        st.html(f'<a class="gl-button" href="/sign-in" target="_self">{_("Sign in")}</a>')
        st.stop()
    return actor


def _signed_in() -> Actor | None:
    session = st.user.get(USER_SESSION)
    if isinstance(session, str):
        actor = signed_in.actor_of(bytes.fromhex(session))
        return actor if actor and actor.login == st.user.get(USER_LOGIN) else None
    login = os.environ.get(DEVELOPMENT_LOGIN)
    if not login:
        return None
    with unit_of_work() as ctx:
        return actor_by_login(ctx, login)


def chosen_language(actor: Actor | None) -> str:
    """The language of this page: the person's own, else the browser's cookie, else the browser's."""
    if actor and (own := known_language(actor.language)):
        return own
    return known_language(cookie(LANGUAGE_COOKIE)) or _browser_language()


def cookie(name: str) -> str:
    """A cookie as the browser sent it when the page was opened; empty where there is none."""
    value = st.context.cookies.get(name)
    return value if isinstance(value, str) else ""


def appearance() -> str:
    """`light` or `dark` as chosen in this browser, else `system`."""
    chosen = cookie(APPEARANCE_COOKIE)
    return chosen if chosen in {"light", "dark"} else "system"


def _browser_language() -> str:
    locale = st.context.locale
    return accepted_language(locale) if locale else FALLBACK


def is_dark() -> bool:
    """Whether the page is shown dark: as chosen, else as the browser says (which may be late by one run)."""
    chosen = appearance()
    return st.context.theme.type == "dark" if chosen == "system" else chosen == "dark"
