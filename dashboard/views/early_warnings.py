"""The triage desk: open warnings in the order to work them, the chosen one beside them, decisions by one key."""

from __future__ import annotations

import streamlit as st

from dashboard.components.address_filters import choice_filter, clear_filters, switch_filter, text_filter
from dashboard.components.departments import DepartmentNames, department_names
from dashboard.i18n import _, format_money, format_number, ngettext
from dashboard.labels import LABELS, label
from dashboard.navigation import page_spec
from dashboard.state import DASHBOARD, current_actor
from dashboard.views import early_warnings_dialogs as drawers
from dashboard.views.early_warnings_deeds import carry_out
from dashboard.views.early_warnings_detail import detail
from dashboard.views.early_warnings_list import reach_hint, reach_words, warning_list
from dashboard.views.early_warnings_reads import Desk, desk
from dashboard.views.early_warnings_selection import (
    MOST_ROWS,
    ORDER,
    following,
    key_of,
    rows_shown,
    show_more,
    tick_key,
    ticked,
    untick,
)
from db.enums import Role
from services.access import may
from services.context import Actor
from services.early_warnings import RULES, QueueFilter

FILTERS = (
    ("mine", "triage-mine"), ("severity", "triage-severity"), ("rule", "triage-rule"),
    ("department", "triage-department"), ("snoozed", "triage-snoozed"), ("search", "triage-search"),
)  # fmt: skip


def _department_filter(actor: Actor, names: DepartmentNames) -> str | None:
    """Not for business people: their queue holds their own department's warnings and what is assigned to them."""
    if actor.role == Role.BUSINESS:
        return None
    return choice_filter(
        "department", names.codes, label=_("Department"), everything=_("Every department"), words=names.name,
        key="triage-department",
    )  # fmt: skip


def _filters(actor: Actor, names: DepartmentNames) -> QueueFilter:
    with st.container(key="triage-filters", horizontal=True, gap="small", vertical_alignment="center"):
        mine = switch_filter("mine", label=_("Mine"), key="triage-mine")
        severity = choice_filter(
            "severity", list(LABELS["risk_level"])[::-1], label=_("Severity"), everything=_("Every severity"),
            words=lambda code: label("risk_level", code), key="triage-severity",
        )  # fmt: skip
        rule = choice_filter(
            "rule", list(RULES), label=_("Rule"), everything=_("Every rule"), words=lambda code: _(RULES[code].title),
            key="triage-rule",
        )  # fmt: skip
        department = _department_filter(actor, names)
        search = text_filter(
            "search", label=_("Search"), placeholder=_("Customer name or number ( / )"), key="triage-search"
        )
        snoozed = switch_filter(
            "snoozed", label=_("Snoozed"), key="triage-snoozed", hint=_("Show what sleeps instead of what is awake")
        )
        if st.button("?", key="triage-help", help=_("Keys and order")):
            drawers.keys_help()
    return QueueFilter(department=department, severity=severity, rule=rule, mine=mine, search=search, snoozed=snoozed)


def _headline(shown: Desk, filters: QueueFilter) -> str:
    counts = shown.counts
    if filters.snoozed:
        return ngettext("%(n)s snoozed", "%(n)s snoozed", counts.open) % {"n": format_number(counts.open)}
    parts = (
        ngettext("**%(n)s** open", "**%(n)s** open", counts.open) % {"n": format_number(counts.open)},
        ngettext(
            "**%(n)s** breaches its deadline today", "**%(n)s** breach their deadline today", counts.breaching_today
        ) % {"n": format_number(counts.breaching_today)},
        _("**%(money)s** at risk") % {"money": format_money(counts.money_at_risk, shown.currency, compact=True)},
        ngettext("%(n)s snoozed", "%(n)s snoozed", shown.snoozed) % {"n": format_number(shown.snoozed)},
    )  # fmt: skip
    return " · ".join(parts).replace("$", "\\$")


def _empty(filters: QueueFilter) -> None:
    if filters == QueueFilter():
        st.success(
            _("No warning is open. New ones appear here as soon as a rule finds a reason."), icon=":material/done_all:"
        )
        return
    st.info(_("No open warning fits these filters."), icon=":material/filter_alt_off:")
    st.button(_("Show all warnings"), key="triage-clear", on_click=clear_filters, args=FILTERS)


def _selected_bar(shown: Desk) -> None:
    """What can be done with the ticked rows. It stands beside the title: the list does not move under the cursor."""
    chosen = ticked(shown.rows)
    if not chosen:
        return
    keys = [tick_key(row) for row in shown.rows]
    with st.container(
        key="triage-selected", horizontal=True, vertical_alignment="center", gap="small", width="content"
    ):
        st.markdown(
            ngettext("%(n)s selected", "%(n)s selected", len(chosen)) % {"n": format_number(len(chosen))},
            width="content",
        )
        if st.button(_("Acknowledge selected"), key="triage-acknowledge-all", type="primary"):
            order = [key_of(row) for row in shown.rows]
            drawers.acknowledge_all(chosen, following(order, [key_of(row) for row in chosen]))
        st.button(_("Clear selection"), key="triage-untick", on_click=untick, args=(keys,), type="tertiary")


def _more(shown: Desk, limit: int) -> None:
    if not shown.has_more:
        return
    if limit >= MOST_ROWS:
        st.caption(
            _("Only the first %(most)s are listed: they matter most. Narrow the filters to see others.")
            % {"most": format_number(MOST_ROWS)}
        )
        return
    st.button(_("Show more"), key="triage-more", width="stretch", on_click=show_more)


def _list(actor: Actor, shown: Desk, filters: QueueFilter, names: DepartmentNames, limit: int) -> None:
    if not shown.rows:
        _empty(filters)
        return
    reach = None if actor.role == Role.BUSINESS or filters.snoozed else shown.reach
    if reach is not None and shown.counts.open <= reach.warnings:
        st.caption(_("All of these can be reached today: %(who)s.") % {"who": reach_words(reach)}, help=reach_hint())
    warning_list(
        shown.rows, currency=shown.currency, names=names, reach=reach,
        may_tick=may(actor, "early_warning.acknowledge"),
    )  # fmt: skip
    _more(shown, limit)


def page() -> None:
    """Draw the desk."""
    actor = current_actor()
    st.html(DASHBOARD / "theme/worklist.css")
    with st.container(key="triage-title", horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.title(_(page_spec("early_warnings").title), anchor=False)
        headline, selected = st.empty(), st.container(key="triage-bar", width="content")
    carry_out(actor)
    names = department_names(actor)
    filters = _filters(actor, names)
    limit = rows_shown()
    shown = desk(actor, filters, limit)
    st.session_state[ORDER] = tuple(key_of(row) for row in shown.rows)
    headline.markdown(_headline(shown, filters))
    with selected:
        _selected_bar(shown)
    with st.container(key="triage-desk", horizontal=True, gap="medium"):
        with st.container(key="triage-list", gap=None):
            _list(actor, shown, filters, names, limit)
        detail()


page()
