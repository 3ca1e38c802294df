"""What changed since the reader looked: one line for each kind, the first customers by name, and the mark as seen.

Only the reader says what is seen (services/what_changed.py): a click on a filter, a reload or another page takes
nothing away. The mark reaches as far as what was on the screen, not to the moment of the click.
"""

from __future__ import annotations

import datetime as dt
from html import escape
from typing import Final

import streamlit as st

from dashboard.feedback import user_action
from dashboard.i18n import _, format_datetime, format_money, format_number, ngettext, several
from dashboard.navigation import address_of
from dashboard.state import current_actor
from dashboard.views.overview_reads import read_changes
from services.context import Actor, unit_of_work
from services.what_changed import (
    CLOSED,
    IMPORTED,
    LISTED,
    NEWS_DAYS,
    RESTORED,
    RISEN,
    WARNED,
    Change,
    NamedCustomer,
    WhatChanged,
    mark_overview_seen,
    overview_seen_at,
)

#: For this window only: show the last days again although they were marked as seen.
AGAIN: Final = "overview-news-again"


def news_panel(actor: Actor, department: str | None, currency: str, time_zone: str) -> None:
    """Draw the list."""
    with unit_of_work(actor) as ctx:
        seen_at = overview_seen_at(ctx)
    again = bool(st.session_state.get(AGAIN))
    news = read_changes(actor, None if again else seen_at, department)
    with st.container(key="overview-news-bar", horizontal=True, wrap=False, vertical_alignment="center"):
        st.html(f'<h2 class="gl-panel-title">{escape(news_title(news, time_zone))}</h2>', width="stretch")
        _news_button(news, seen_at, again)
    if news.changes:
        lines = "".join(_line(one, currency) for one in news.changes)
        st.html(f'<div class="gl-news gl-figures" role="list">{lines}</div>')
    else:
        st.html(f'<p class="gl-quiet gl-news-none">{escape(_("Nothing new was recorded."))}</p>')


def _news_button(news: WhatChanged, seen_at: dt.datetime | None, again: bool) -> None:
    if news.changes and not again:
        st.button(
            _("Mark as seen"), key="overview-seen", on_click=_mark, args=(news.read_at,), type="tertiary",
            icon=":material/done_all:", help=_("The list starts anew from here. Nothing else changes."),
        )  # fmt: skip
    elif seen_at is not None:
        last_days = ngettext("Show the last %(n)s day", "Show the last %(n)s days", NEWS_DAYS) % {"n": NEWS_DAYS}
        st.button(
            _("Show only what is new") if again else last_days, key="overview-again", on_click=_show_again,
            args=(not again,), type="tertiary", icon=":material/history:",
        )  # fmt: skip


def news_title(news: WhatChanged, time_zone: str) -> str:
    """Since when."""
    if news.seen_at is None:
        return ngettext(
            "What changed in the last %(n)s day", "What changed in the last %(n)s days", NEWS_DAYS
        ) % {"n": NEWS_DAYS}  # fmt: skip
    return _("What changed since you looked on %(moment)s") % {"moment": format_datetime(news.seen_at, time_zone)}


def _mark(until: dt.datetime) -> None:
    actor = current_actor()
    with user_action(_("Marked as seen")), unit_of_work(actor) as ctx:
        mark_overview_seen(ctx, until)
    st.session_state.pop(AGAIN, None)


def _show_again(wanted: bool) -> None:
    st.session_state[AGAIN] = wanted


def _line(change: Change, currency: str) -> str:
    links = several(
        f'<a href="{escape(address_of("customer", customer=one.customer_no), quote=True)}" target="_self">'
        f"{escape(who(one))}</a>"
        for one in change.customers
    )
    words = change_words(change, currency)
    if not links:
        return f'<div class="gl-news-line gl-news-alone" role="listitem"><b>{escape(words)}</b></div>'
    return (
        f'<div class="gl-news-line" role="listitem"><span class="gl-news-what">{escape(words)}</span>'
        f'<span class="gl-news-who">{links}</span></div>'
    )


def who(one: NamedCustomer) -> str:
    """A company's name; a natural person is named by number where others look on."""
    if one.name != one.customer_no:
        return one.name
    return _("Individual %(number)s") % {"number": one.customer_no}


def change_words(change: Change, currency: str) -> str:
    """What happened how often, in one phrase."""
    count, money = change.count, format_money(change.amount, currency, compact=True)
    text = {
        LISTED: ngettext("%(n)s customer listed black or grey", "%(n)s customers listed black or grey", count),
        RISEN: ngettext(
            "%(n)s customer rose to high or critical risk", "%(n)s customers rose to high or critical risk", count
        ),
        WARNED: ngettext(
            "%(n)s critical warning, %(money)s at risk", "%(n)s critical warnings, %(money)s at risk", count
        ),
        CLOSED: ngettext(
            "%(n)s case closed, debts of %(money)s", "%(n)s cases closed, debts of %(money)s", count
        ),
        RESTORED: ngettext("%(n)s customer restored", "%(n)s customers restored", count),
        IMPORTED: ngettext(
            "%(n)s file brought in, %(rows)s rows new or changed",
            "%(n)s files brought in, %(rows)s rows new or changed", count,
        ),
    }[change.kind]  # fmt: skip
    return text % {"n": format_number(count), "money": money, "rows": format_number(change.amount)}
