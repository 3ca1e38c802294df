"""The triage desk: open warnings in the order to work them, the chosen one beside them, decisions by one key."""

from __future__ import annotations

import streamlit as st

from dashboard.components.address_filters import clear_filters
from dashboard.components.departments import DepartmentNames, department_names
from dashboard.components.desk import following, tick_key, ticked
from dashboard.components.pager import Pager
from dashboard.i18n import _, format_money, format_number, ngettext
from dashboard.navigation import page_spec
from dashboard.state import DASHBOARD, current_actor
from dashboard.views.early_warnings_bulk import decide_many, step_words
from dashboard.views.early_warnings_deeds import carry_out
from dashboard.views.early_warnings_detail import detail
from dashboard.views.early_warnings_filters import FILTERS, queue_filters
from dashboard.views.early_warnings_list import reach_hint, reach_words, warning_list
from dashboard.views.early_warnings_moves import arrive, turn
from dashboard.views.early_warnings_pulse import pulse
from dashboard.views.early_warnings_reads import Desk, desk
from dashboard.views.early_warnings_selection import (
    ORDER,
    PAGE_ROWS,
    PLACE,
    Deed,
    Place,
    key_of,
    note_deed,
    pending_undo,
    untick,
)
from db.enums import Role
from services.access import may
from services.context import Actor
from services.early_warnings import BULK_STEPS, QueueFilter

PAGER = "triage"


def _headline(shown: Desk, filters: QueueFilter) -> str:
    counts = shown.counts
    if filters.snoozed:
        return ngettext("%(n)s snoozed", "%(n)s snoozed", counts.open) % {"n": format_number(counts.open)}
    parts = (
        ngettext("**%(n)s** open", "**%(n)s** open", counts.open) % {"n": format_number(counts.open)},
        ngettext(
            "**%(n)s** breaches its deadline today", "**%(n)s** breach their deadline today", counts.breaching_today
        )
        % {"n": format_number(counts.breaching_today)},
        _("**%(money)s** at risk") % {"money": format_money(counts.money_at_risk, shown.currency, compact=True)},
        ngettext("%(n)s snoozed", "%(n)s snoozed", shown.snoozed) % {"n": format_number(shown.snoozed)},
    )
    return " · ".join(parts).replace("$", "\\$")


def _empty(filters: QueueFilter) -> None:
    if filters == QueueFilter():
        st.success(
            _("No warning is open. New ones appear here as soon as a rule finds a reason."), icon=":material/done_all:"
        )
        return
    st.info(_("No open warning fits these filters."), icon=":material/filter_alt_off:")
    st.button(_("Show all warnings"), key="triage-clear", on_click=clear_filters, args=FILTERS)


def _bar(actor: Actor, shown: Desk, filters: QueueFilter) -> None:
    """What can be done with many, and what can be taken back. It stands beside the title: the list does not move."""
    undo = pending_undo(shown.undo_minutes)
    if undo is not None and may(actor, "early_warning.undo"):
        deed = Deed("undo", undo.picks, following=key_of(undo.picks[0]))
        st.button(
            _(undo.words), key="triage-undo", icon=":material/undo:", shortcut="U", on_click=note_deed, args=(deed,),
            help=_("Possible for %(n)s min, while nothing else is done to it. The ledger keeps both.")
            % {"n": shown.undo_minutes},
        )  # fmt: skip
    if may(actor, "early_warning.acknowledge") and shown.counts.open:
        _decide(actor, shown, filters)


def _decide(actor: Actor, shown: Desk, filters: QueueFilter) -> None:
    """One decision on what is ticked, or on all that the filters leave."""
    steps = [step for step in BULK_STEPS if may(actor, f"early_warning.{step}")]
    keys = [key_of(row) for row in ticked(shown.rows)]
    if not keys:
        words = ngettext("Decide on all %(n)s", "Decide on all %(n)s", shown.counts.open)
        step = st.menu_button(
            words % {"n": format_number(shown.counts.open)}, steps, format_func=step_words, key="triage-decide-all",
            help=_("One decision on every warning that the filters leave. You see first what it would do."),
        )  # fmt: skip
        if step is not None:
            decide_many(actor, step, filters, None, None)
        return
    st.markdown(
        ngettext("%(n)s selected", "%(n)s selected", len(keys)) % {"n": format_number(len(keys))}, width="content"
    )
    step = st.menu_button(
        _("Decide on selected"), steps, format_func=step_words, key="triage-decide-selected", type="primary"
    )
    if step is not None:
        decide_many(actor, step, filters, keys, following([key_of(row) for row in shown.rows], keys))
    st.button(
        _("Clear selection"), key="triage-untick", on_click=untick, args=([tick_key(row) for row in shown.rows],),
        type="tertiary",
    )  # fmt: skip


def _list(actor: Actor, shown: Desk, filters: QueueFilter, names: DepartmentNames, pager: Pager) -> None:
    if not shown.rows:
        _empty(filters)
        return
    reach = None if actor.role == Role.BUSINESS or filters.snoozed else shown.reach
    if reach is not None and shown.counts.open <= reach.warnings:
        st.caption(
            _("All of these can be reached today: %(who)s.") % {"who": reach_words(reach)}, help=reach_hint(reach)
        )
    warning_list(
        shown.rows, start=pager.start, currency=shown.currency, names=names, reach=reach,
        may_tick=may(actor, "early_warning.acknowledge"),
    )  # fmt: skip
    pager.draw(len(shown.rows), shown.after, shown.counts.open)


def page() -> None:
    """Draw the desk."""
    actor = current_actor()
    st.html(DASHBOARD / "theme/worklist.css")
    with st.container(key="triage-title", horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.title(_(page_spec("early_warnings").title), anchor=False)
        headline = st.empty()
        bar = st.container(
            key="triage-selected", horizontal=True, vertical_alignment="center", gap="small", width="content"
        )
    carry_out(actor)
    names = department_names(actor)
    filters = queue_filters(actor, names)
    pager = Pager(PAGER, filters, PAGE_ROWS)
    turned = turn(pager)
    shown = desk(actor, filters, pager.cursor)
    st.session_state[ORDER] = keys = tuple(key_of(row) for row in shown.rows)
    st.session_state[PLACE] = Place(pager.start, shown.after)
    arrive(turned, keys)
    headline.markdown(_headline(shown, filters))
    with bar:
        _bar(actor, shown, filters)
    with st.container(key="triage-desk", horizontal=True, gap="medium"):
        with st.container(key="triage-list", gap=None):
            _list(actor, shown, filters, names, pager)
        detail()
    pulse()


page()
