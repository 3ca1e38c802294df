"""The orders page: held orders left, the open one beside it; the log of all answers; permissions; ask the gate."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from dashboard.components.address_filters import (
    change_address,
    choice_filter,
    clear_filters,
    day_filter,
    pill_filter,
    text_filter,
)
from dashboard.components.departments import DepartmentNames, department_names
from dashboard.i18n import _, format_money, format_number, ngettext
from dashboard.labels import LABELS, label
from dashboard.navigation import page_spec
from dashboard.state import DASHBOARD, current_actor
from dashboard.views.orders_ask import ANSWER, ask_drawer
from dashboard.views.orders_deeds import carry_out
from dashboard.views.orders_detail import detail, first_or_chosen
from dashboard.views.orders_list import order_list
from dashboard.views.orders_permissions import permission_drawer, permission_list
from dashboard.views.orders_reads import Listed, listed, opened
from dashboard.views.orders_selection import (
    AFTER,
    ASK,
    CUSTOMER,
    DRAWER,
    HELD,
    KEYS,
    LOG,
    ORDER,
    PERMISSION,
    PERMISSIONS,
    VIEW,
    key_of,
    open_drawer,
)
from services.access import may
from services.context import Actor
from services.gate import OrderCounts, OrderFilter

FILTERS = (
    ("decision", "orders-decision"), ("state", "orders-state"), ("department", "orders-department"),
    ("from", "orders-from"), ("to", "orders-to"), ("search", "triage-search"),
)  # fmt: skip
#: A place in the list, and the order open in it, are another list's once a filter changes.
_RESETS = (AFTER, CUSTOMER, ORDER)


def _view() -> str:
    titles = {"": _("Held orders"), LOG: _("All orders"), PERMISSIONS: _("Permissions")}
    chosen = pill_filter(
        VIEW, [LOG, PERMISSIONS], label=_("List"), words=lambda code: titles[code], key="orders-view", resets=_RESETS
    )  # fmt: skip
    return chosen or HELD


def _filters(view: str, names: DepartmentNames) -> OrderFilter:
    decision = state = first = last = None
    if view == LOG:
        decision = choice_filter(
            "decision", list(LABELS["gate_decision"]), label=_("Answer"), everything=_("Every answer"),
            words=lambda code: label("gate_decision", code), key="orders-decision", resets=_RESETS,
        )  # fmt: skip
        state = choice_filter(
            "state", list(LABELS["held_order_state"]), label=_("State"), everything=_("Every state"),
            words=lambda code: label("held_order_state", code), key="orders-state", resets=_RESETS,
        )  # fmt: skip
    department = choice_filter(
        "department", names.codes, label=_("Department"), everything=_("Every department"), words=names.name,
        key="orders-department", resets=_RESETS,
    )  # fmt: skip
    if view == LOG:
        first = day_filter("from", label=_("Asked from"), key="orders-from", resets=_RESETS)
        last = day_filter("to", label=_("Asked until"), key="orders-to", resets=_RESETS)
    search = text_filter(
        "search", label=_("Search"), placeholder=_("Customer, customer number or order number ( / )"),
        key="triage-search", resets=_RESETS,
    )  # fmt: skip
    return OrderFilter(
        decision=decision, state=state, department=department, search=search, first=first, last=last
    )  # fmt: skip


def _headline(counts: OrderCounts, currency: str) -> str:
    parts = [
        ngettext("**%(n)s** order waits", "**%(n)s** orders wait", counts.waiting)
        % {"n": format_number(counts.waiting)},
        format_money(counts.waiting_amount, currency, compact=True),
        ngettext("**%(n)s** for you", "**%(n)s** for you", counts.mine) % {"n": format_number(counts.mine)},
        _("today %(allowed)s allowed, %(held)s held, %(denied)s denied")
        % {
            "allowed": format_number(counts.allowed), "held": format_number(counts.held),
            "denied": format_number(counts.denied),
        },
    ]  # fmt: skip
    if not counts.waiting:
        del parts[1:3]
    return " · ".join(parts)


def _empty(view: str, *, is_narrowed: bool) -> None:
    if is_narrowed:
        st.info(_("Nothing fits these filters."), icon=":material/filter_alt_off:")
        st.button(_("Show everything"), key="orders-clear", on_click=clear_filters, args=FILTERS)
    elif view == PERMISSIONS:
        st.info(_("Nobody may pass a measure at present. A permission is asked for above."), icon=":material/key:")
    elif view == LOG:
        st.info(
            _("No order has asked the gate yet. An ERP asks for every order; you can try one above."),
            icon=":material/gavel:",
        )
    else:
        st.success(
            _("No order waits for a decision. Held ones appear here the moment the gate holds them."),
            icon=":material/done_all:",
        )


def _turn(found: Listed) -> None:
    """The way on and back to the top; the browser's Back button leads to the page before."""
    after = st.query_params.get(AFTER, "")
    with st.container(key="orders-turn", horizontal=True, gap="small"):
        if after:
            st.button(
                _("Back to the top"), key="orders-top", icon=":material/first_page:", on_click=change_address,
                args=({AFTER: "", CUSTOMER: "", ORDER: ""},),
            )  # fmt: skip
        if found.page.after is not None:
            st.button(
                _("Next page"), key="orders-on", icon=":material/chevron_right:", on_click=change_address,
                args=({AFTER: found.page.after, CUSTOMER: "", ORDER: ""},),
            )  # fmt: skip


def _bar(actor: Actor, view: str) -> None:
    if view == PERMISSIONS:
        if may(actor, "gate.propose_override"):
            st.button(_("Ask for a permission"), key="orders-permission", on_click=open_drawer, args=(PERMISSION,))
    elif may(actor, "gate.ask"):
        st.button(_("Ask the gate"), key="orders-ask", icon=":material/gavel:", on_click=_open_asking)


def _open_asking() -> None:
    st.session_state.pop(ANSWER, None)
    open_drawer(ASK)


def _drawer(actor: Actor) -> None:
    name = st.session_state.get(DRAWER)
    if name == ASK and may(actor, "gate.ask"):
        ask_drawer(actor)
    elif name == PERMISSION and may(actor, "gate.propose_override"):
        permission_drawer()


def page() -> None:
    """Draw the page."""
    actor = current_actor()
    for sheet in ("worklist", "customers", "orders"):
        st.html(DASHBOARD / f"theme/{sheet}.css")
    with st.container(key="triage-title", horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.title(_(page_spec("orders").title), anchor=False)
        headline, bar = st.empty(), st.container(key="triage-bar", width="content")
    carry_out(actor)
    names = department_names(actor)
    # The two days of the log have their names above them.
    stand: Literal["bottom", "center"] = "bottom" if st.query_params.get(VIEW) == LOG else "center"
    with st.container(key="triage-filters", horizontal=True, gap="small", vertical_alignment=stand):
        view = _view()
        filters = OrderFilter() if view == PERMISSIONS else _filters(view, names)
    found = listed(
        actor, filters, st.query_params.get(AFTER), is_queue=view == HELD, is_orders=view != PERMISSIONS
    )  # fmt: skip
    rows = found.page.rows
    st.session_state[KEYS] = tuple(key_of(row) for row in rows)
    headline.markdown(_headline(found.counts, found.currency))
    with bar:
        _bar(actor, view)
    _drawer(actor)
    with st.container(key="triage-desk", horizontal=True, gap="medium"):
        with st.container(key="triage-list", gap=None):
            with st.container(key="orders-rows", gap=None):
                if rows:
                    order_list(rows, found.currency, found.now, is_queue=view == HELD)
                permission_list(actor, found.overrides, found.currency)
            if not rows and not found.overrides:
                _empty(view, is_narrowed=filters != OrderFilter())
            _turn(found)
        if view != PERMISSIONS:
            detail(actor, opened(actor, first_or_chosen(rows)), names)


page()
