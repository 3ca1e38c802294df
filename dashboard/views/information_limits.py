"""What must be known and how old it may be, by level; risk management changes an age with its reason."""

from __future__ import annotations

import datetime as dt
from html import escape

import streamlit as st

from dashboard.components.information_words import duty_words, item_words
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.i18n import _, format_date, format_number, listed, ngettext
from dashboard.import_words import column_words, kind_words
from dashboard.labels import label
from dashboard.views.information_deeds import Deed, note, widget_key
from dashboard.views.information_reads import read_limits, read_today
from db.enums import RiskLevel
from services.access import may
from services.context import Actor
from services.information.catalogue import ITEMS, Item
from services.information.limits import LimitChange, LimitRow

DRAFT = ("limits", "limit")
_LEVELS = tuple(one.value for one in reversed(RiskLevel))


def limits_part(actor: Actor) -> None:
    """Draw the catalogue."""
    rows, changes = read_limits(actor)
    by_place = {(one.item, one.level): one for one in rows}
    st.markdown(
        _(
            "Each customer's level decides how old what is known of it may be. Ages in italics follow the refresh "
            "rhythm of clause 2.2; the others were chosen for what appears only now and then."
        )
    )
    plain_table(
        [
            Head(_("Kind of information")), Head(_("Where it is kept")), Head(_("Whose duty")),
            *(Head(label("risk_level", level), is_figure=True) for level in _LEVELS),
        ],
        [
            [
                Cell(item_words(one.code)), Cell(_kept(one)), Cell(duty_words(one.code)),
                *(_age(by_place[one.code, level]) for level in _LEVELS),
            ]
            for one in ITEMS
        ],
    )  # fmt: skip
    st.caption(
        _(
            "What was never known is due within the refresh rhythm of the level, counted from the day the customer "
            "joined. An item stands on the list from a quarter of its greatest age before its day, at most 14 days."
        )
    )
    if may(actor, "information.set_limit"):
        _form(actor)
    _changes(changes)


def _kept(one: Item) -> str:
    names = listed(column_words(one.kind, name) for name in one.fields)
    return _("%(kind)s: %(columns)s") % {"kind": kind_words(one.kind), "columns": names}


def _age(one: LimitRow) -> Cell:
    words = escape(_days(one.days))
    if one.is_rhythm:
        return Cell(html=f"<i>{words}</i>")
    return Cell(html=words if one.is_shipped else f"<b>{words}</b>")


def _days(days: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": format_number(days)}


def _form(actor: Actor) -> None:
    st.html(f'<h2 class="gl-section">{escape(_("Change a greatest age"))}</h2>')
    today = read_today(actor)
    with st.container(key="information-limit", border=True, gap="small"):
        left, right = st.columns(2, gap="medium")
        with left:
            st.selectbox(
                _("Kind of information"), [one.code for one in ITEMS], format_func=item_words,
                key=widget_key(DRAFT, "item"),
            )  # fmt: skip
            st.selectbox(
                _("Level"), _LEVELS, format_func=lambda code: label("risk_level", code), key=widget_key(DRAFT, "level")
            )
        with right:
            st.number_input(
                _("Greatest age in days; empty: as shipped"), value=None, step=1, key=widget_key(DRAFT, "days")
            )
            st.date_input(
                _("Applies from"), today, min_value=today, format="YYYY-MM-DD", key=widget_key(DRAFT, "since")
            )
        st.text_input(_("Why"), key=widget_key(DRAFT, "reason"), max_chars=500)
        st.button(_("Set greatest age"), key="information-set-limit", type="primary", on_click=_set)


def _set() -> None:
    """Write down what the form says: a callback, so that what was typed last is in it."""
    state = st.session_state
    days, since = state.get(widget_key(DRAFT, "days")), state.get(widget_key(DRAFT, "since"))
    note(
        Deed(
            "limit", DRAFT,
            {
                "item": str(state.get(widget_key(DRAFT, "item"))), "level": str(state.get(widget_key(DRAFT, "level"))),
                "days": None if days is None else int(days), "since": since if isinstance(since, dt.date) else None,
                "reason": str(state.get(widget_key(DRAFT, "reason")) or ""),
            },
        )
    )  # fmt: skip


def _changes(changes: tuple[LimitChange, ...]) -> None:
    if not changes:
        return
    st.html(f'<h2 class="gl-section">{escape(_("Ages that were set"))}</h2>')
    plain_table(
        [
            Head(_("Kind of information")), Head(_("Level")), Head(_("Greatest age"), is_figure=True),
            Head(_("Applies from")), Head(_("Set by")), Head(_("Why")),
        ],
        [
            [
                Cell(item_words(one.item)), Cell(label("risk_level", one.level)),
                Cell(_("as shipped") if one.days is None else _days(one.days)), Cell(format_date(one.effective_from)),
                Cell(one.name), Cell(one.reason),
            ]
            for one in changes
        ],
    )  # fmt: skip
