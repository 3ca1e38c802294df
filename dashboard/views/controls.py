"""The measures page: what waits and what holds with the chosen one beside it, the plan's rules, guarantees, effect."""

from __future__ import annotations

import streamlit as st

from dashboard.components.address_filters import choice_filter, clear_filters, pill_filter, text_filter
from dashboard.components.departments import DepartmentNames, department_names
from dashboard.components.desk import ticked
from dashboard.i18n import _, format_number, ngettext
from dashboard.labels import LABELS, label
from dashboard.navigation import page_spec
from dashboard.state import DASHBOARD, current_actor
from dashboard.views import controls_drawers as drawers
from dashboard.views.controls_deeds import carry_out
from dashboard.views.controls_detail import detail
from dashboard.views.controls_effect import effect_tab
from dashboard.views.controls_guarantees import guarantees_tab
from dashboard.views.controls_list import control_list, may_approve
from dashboard.views.controls_proposal import propose
from dashboard.views.controls_reads import listed
from dashboard.views.controls_rules import rules_tab
from dashboard.views.controls_selection import ORDER, TAB, key_of, offer_more, rows_shown
from db.enums import Role
from services.access import may
from services.context import Actor
from services.controls import ControlCounts, ControlFilter, ControlRow

FILTERS = (
    ("task", "controls-task"), ("kind", "controls-kind"), ("level", "controls-level"),
    ("department", "controls-department"), ("search", "triage-search"),
)  # fmt: skip
_TABS = ("rules", "guarantees", "effect")


def _tab() -> str:
    titles = {"": _("Measures"), "rules": _("Plan rules"), "guarantees": _("Guarantees"), "effect": _("Effect")}
    return pill_filter(TAB, _TABS, label=_("Part"), words=lambda code: titles[code], key="controls-tab") or ""


def _filters(actor: Actor, names: DepartmentNames) -> ControlFilter:
    titles = {"": _("To do"), "active": _("In force"), "ended": _("No longer in force")}
    view = (
        pill_filter("view", ["active", "ended"], label=_("List"), words=lambda code: titles[code], key="controls-view")
        or "work"
    )
    task = None
    if view == "work":
        task = choice_filter(
            "task", list(LABELS["control_task"]), label=_("What to do"), everything=_("Everything to do"),
            words=lambda code: label("control_task", code), key="controls-task",
        )  # fmt: skip
    kind = choice_filter(
        "kind", list(LABELS["control_kind"]), label=_("Kind of measure"), everything=_("Every kind"),
        words=lambda code: label("control_kind", code), key="controls-kind",
    )  # fmt: skip
    level = choice_filter(
        "level", list(LABELS["risk_level"])[::-1], label=_("Level"), everything=_("Every level"),
        words=lambda code: label("risk_level", code), key="controls-level",
    )  # fmt: skip
    department = None
    if actor.role != Role.BUSINESS:
        department = choice_filter(
            "department", names.codes, label=_("Department"), everything=_("Every department"), words=names.name,
            key="controls-department",
        )  # fmt: skip
    search = text_filter(
        "search", label=_("Search"), placeholder=_("Customer name or number ( / )"), key="triage-search"
    )
    return ControlFilter(view=view, task=task, kind=kind, level=level, department=department, search=search)


def _headline(counts: ControlCounts) -> str:
    parts = (
        ngettext("**%(n)s** to approve", "**%(n)s** to approve", counts.to_approve)
        % {"n": format_number(counts.to_approve)},
        ngettext("**%(n)s** to review", "**%(n)s** to review", counts.to_review)
        % {"n": format_number(counts.to_review)},
        ngettext("**%(n)s** ends soon", "**%(n)s** end soon", counts.expiring) % {"n": format_number(counts.expiring)},
        ngettext("**%(n)s** customer under measures", "**%(n)s** customers under measures", counts.customers)
        % {"n": format_number(counts.customers)},
    )
    return " · ".join(parts)


def _bar(actor: Actor, rows: tuple[ControlRow, ...], currency: str) -> None:
    """Many at once, those that are ticked; and a proposal of one's own."""
    chosen = tuple(row for row in ticked(rows) if may_approve(actor, row))
    with st.container(horizontal=True, gap="small"):
        if chosen:
            words = ngettext("Approve %(n)s selected", "Approve %(n)s selected", len(chosen))
            if st.button(words % {"n": format_number(len(chosen))}, key="controls-bulk", type="primary"):
                drawers.approve_many(chosen, currency)
        if may(actor, "control.propose") and st.button(
            _("Propose a measure"), key="controls-propose", icon=":material/add:"
        ):  # fmt: skip
            propose(actor)


def _empty(filters: ControlFilter) -> None:
    if filters != ControlFilter(view=filters.view):
        st.info(_("Nothing fits these filters."), icon=":material/filter_alt_off:")
        st.button(_("Show everything"), key="controls-clear", on_click=clear_filters, args=FILTERS)
    elif filters.view == "work":
        st.success(
            _("Nothing waits. Proposals of people and of rules, reviews and coming ends appear here."),
            icon=":material/done_all:",
        )
    elif filters.view == "active":
        st.info(_("No measure is in force."), icon=":material/front_hand:")
    else:
        st.info(_("No measure has ended yet."), icon=":material/history:")


def _measures(actor: Actor, names: DepartmentNames) -> None:
    with st.container(key="triage-title", horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.title(_(page_spec("controls").title), anchor=False)
        headline, bar = st.empty(), st.container(key="triage-bar", width="content")
    carry_out(actor)
    with st.container(key="triage-filters", horizontal=True, gap="small", vertical_alignment="center"):
        _tab()
        filters = _filters(actor, names)
    limit = rows_shown()
    shown = listed(actor, filters, limit)
    st.session_state[ORDER] = tuple(key_of(row) for row in shown.rows)
    headline.markdown(_headline(shown.counts))
    with bar:
        _bar(actor, shown.rows, shown.currency)
    with st.container(key="triage-desk", horizontal=True, gap="medium"):
        with st.container(key="triage-list", gap=None):
            with st.container(key="controls-rows", gap=None):
                control_list(actor, shown.rows, names, shown.currency, filters.view)
            if not shown.rows:
                _empty(filters)
            if shown.has_more:
                offer_more("controls-more")
        detail()


def page() -> None:
    """Draw the page. The measures fill the window as the other desks do; the other parts are read downwards."""
    actor = current_actor()
    for sheet in ("worklist", "tables", "controls"):
        st.html(DASHBOARD / f"theme/{sheet}.css")
    names = department_names(actor)
    tab = st.query_params.get(TAB, "")
    if tab not in _TABS:
        _measures(actor, names)
        return
    st.title(_(page_spec("controls").title), anchor=False)
    carry_out(actor)
    _tab()
    if tab == "rules":
        rules_tab(actor)
    elif tab == "guarantees":
        guarantees_tab(actor, names)
    else:
        effect_tab(actor, names)


page()
