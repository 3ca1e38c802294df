"""My notices: what I was told, how and when I want to be told; for the administrator how everything is sent."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.address_filters import pill_filter, switch_filter
from dashboard.components.notice_words import notice_lines, notice_sentence
from dashboard.components.open_row import open_row
from dashboard.components.pager import Pager
from dashboard.feedback import user_action
from dashboard.i18n import N_, _, format_datetime, ngettext
from dashboard.navigation import open_page
from dashboard.state import DASHBOARD, current_actor
from dashboard.views.notifications_addresses import addresses_tab
from dashboard.views.notifications_choices import choices_tab
from dashboard.views.notifications_log import log_tab
from dashboard.views.notifications_reads import Inbox, inbox
from dashboard.views.notifications_sending import sending_tab
from services.access import may
from services.context import Actor, unit_of_work
from services.notifications.inbox import MOST_COUNTED, PAGE_SIZE, mark_all_read, mark_read
from services.notifications.rows import NoticeRow

#: Codes of the address; the notices themselves have none.
_TABS = {"": N_("My notices"), "choices": N_("What is sent, and when"), "addresses": N_("My addresses")}
_ADMIN_TABS = {
    "departments": N_("Addresses of departments"), "sending": N_("Mail server"), "log": N_("Sending log"),
}  # fmt: skip


def _open(actor: Actor, notice: NoticeRow) -> None:
    """Mark a notice read, and remember where it leads: a callback may not change the page."""
    with user_action(), unit_of_work(actor) as ctx:
        mark_read(ctx, notice.id)
    st.session_state["notices-lead"] = notice.link


def _mark_all(actor: Actor, newest: int) -> None:
    with user_action(_("All marked as read")), unit_of_work(actor) as ctx:
        mark_all_read(ctx, newest)


def _follow() -> None:
    """Go where the notice leads that was opened in the last run."""
    link = str(st.session_state.pop("notices-lead", ""))
    key, _mark, query = link.partition("?")
    if key and key != "notifications":
        open_page(key, **dict(part.split("=", 1) for part in query.split("&") if "=" in part))
    if key:
        st.query_params.from_dict(dict(part.split("=", 1) for part in query.split("&") if "=" in part))


def _row(actor: Actor, notice: NoticeRow, read: Inbox) -> None:
    sentence = notice_sentence(notice)
    is_new = notice.read_at is None
    lines = "".join(f'<div class="gl-line">{escape(line)}</div>' for line in notice_lines(notice, read.currency))
    mark = f'<span class="gl-notice-new" role="img" aria-label="{escape(_("Unread"))}"></span>' if is_new else ""
    urgent = f' <span class="gl-chip">{escape(_("urgent"))}</span>' if notice.is_urgent else ""
    head = f'<span class="{"gl-strong" if is_new else ""}">{escape(sentence)}</span>{urgent}'
    when = escape(format_datetime(notice.created_at, read.time_zone))
    cells = (
        f'<span class="gl-notice-mark">{mark}</span><span class="gl-cell-who">{head}{lines}</span>'
        f'<span class="gl-notice-when gl-quiet">{when}</span>'
    )
    name = _("Open: %(sentence)s") % {"sentence": sentence}
    open_row(f"notice-{notice.id}", cells, name, on_click=_open, args=(actor, notice))


def _notices(actor: Actor) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="notices-bar"):
        only_unread = switch_filter("unread", label=_("Only unread"), key="notices-unread")
        pager = Pager("notices", (actor.login, only_unread), PAGE_SIZE)
        read = inbox(actor, only_unread, pager.cursor)
        if read.unread:
            st.button(
                _("Mark all as read"), key="notices-all-read", on_click=_mark_all, args=(actor, read.newest),
                icon=":material/done_all:",
            )  # fmt: skip
    if not read.page.rows:
        _empty(only_unread=only_unread)
        return
    with st.container(key="notices-list", gap=None):
        for notice in read.page.rows:
            _row(actor, notice, read)
    pager.draw(len(read.page.rows), read.page.after, read.total)


def _empty(*, only_unread: bool) -> None:
    if only_unread:
        st.info(_("You have read everything."), icon=":material/done_all:")
        return
    st.info(
        _("Nothing yet. You are told here of warnings, assignments and approvals that wait for you."),
        icon=":material/notifications:",
    )


def _headline(actor: Actor) -> str:
    count = inbox(actor, only_unread=False, after=None).unread
    if not count:
        return _("Nothing waits for you")
    figure = f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count)
    return ngettext("%(n)s notice waits for you", "%(n)s notices wait for you", count) % {"n": figure}


def _page(actor: Actor) -> None:
    for sheet in ("worklist", "tables", "notifications"):
        st.html(DASHBOARD / f"theme/{sheet}.css")
    _follow()
    st.title(_("Notices"))
    st.markdown(_headline(actor))
    tabs = {**_TABS, **(_ADMIN_TABS if may(actor, "notification.configure") else {})}
    tab = pill_filter(
        "tab", [code for code in tabs if code], label=_("Part of the page"), words=lambda code: _(tabs[code]),
        key="notices-tab", resets=("unread", "state"),
    )  # fmt: skip
    if tab == "choices":
        choices_tab(actor)
    elif tab == "addresses":
        addresses_tab(actor, of_departments=False)
    elif tab == "departments":
        addresses_tab(actor, of_departments=True)
    elif tab == "sending":
        sending_tab(actor)
    elif tab == "log":
        log_tab(actor)
    else:
        _notices(actor)


_page(current_actor())
