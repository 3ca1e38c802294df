"""Ask a name: who of those listed it resembles, side by side, with what each feature adds."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.address_filters import clear_filters, text_filter
from dashboard.components.level_badge import grade_badge
from dashboard.components.screening_words import features_html, marked_names
from dashboard.i18n import _, format_date, format_number, format_percent, ngettext, sentence
from dashboard.navigation import address_of
from dashboard.views.screening_first import first_look
from dashboard.views.screening_reads import answer, threshold
from services.context import Actor
from services.errors import RefusedError
from services.screening import Match
from services.screening.asking import LONGEST_NAME

_FIELDS = (("name", "screening-name"), ("uscc", "screening-uscc"))


def ask_part(actor: Actor) -> None:
    """Draw the question and its answer."""
    with st.container(key="screening-question", horizontal=True, gap="small", vertical_alignment="center"):
        name = text_filter(
            "name", label=_("Name"), placeholder=_("A name, in Chinese or Latin letters"), key="screening-name",
            most=LONGEST_NAME,
        )  # fmt: skip
        code = text_filter(
            "uscc", label=_("Credit code (USCC)"), placeholder=_("Credit code (USCC), if known"),
            key="screening-uscc", most=40,
        )  # fmt: skip
        if name or code:
            st.button(_("Clear"), key="screening-clear", on_click=clear_filters, args=_FIELDS, icon=":material/close:")
    if not name and not code:
        st.caption(
            _(
                "Traditional or Simplified, pinyin or English, the company's form, the place and the line of business "
                "are told apart from the name's own part, which counts most."
            )
        )
        first_look(actor)
        return
    try:
        found = answer(actor, name, code or None)
    except RefusedError as error:
        st.warning(sentence(error), icon=":material/block:")
        return
    _say(actor, found, name or code)
    for one in found:
        st.html(_card(one, name))


def _say(actor: Actor, found: tuple[Match, ...], asked: str) -> None:
    least = format_percent(threshold(actor), 0)
    if not found:
        words = _("Nobody listed and no watch-list entry resembles “%(name)s” by %(least)s or more.")
        st.success(words % {"name": asked, "least": least}, icon=":material/task_alt:")
        return
    words = ngettext(
        "“%(name)s” resembles %(n)s listed name by %(least)s or more.",
        "“%(name)s” resembles %(n)s listed names by %(least)s or more.", len(found),
    ) % {"name": asked, "n": format_number(len(found)), "least": least}  # fmt: skip
    st.markdown(f"**{words}**")


def _card(one: Match, asked: str) -> str:
    mine, theirs = marked_names(asked, one.name) if asked else ("", escape(one.name))
    return (
        f'<article class="gl-match"><div class="gl-likeness gl-figures"><b>{format_percent(one.score, 0)}</b>'
        f"<small>{escape(_('alike'))}</small></div>"
        f'<div class="gl-sides"><div class="gl-quiet">{mine}</div><div class="gl-strong">{theirs}</div>'
        f'<div class="gl-where">{_where(one)}</div></div>{features_html(one.features)}</article>'
    )


def _where(one: Match) -> str:
    since = _("Listed on %(date)s") % {"date": format_date(one.listed_on)} if one.listed_on else ""
    if one.customer_no:
        link = escape(address_of("customer", customer=one.customer_no), quote=True)
        number = f'<a href="{link}" target="_self">{escape(one.customer_no)}</a>'
        return f"{grade_badge(one.grade)} {number} · {escape(since)}"
    place = _("%(list)s, entry %(number)s") % {"list": one.list_source or "", "number": one.entry_no or ""}
    return escape(" · ".join(filter(None, (place, since))))
