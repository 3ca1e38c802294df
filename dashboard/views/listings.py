"""The listings page: candidates, proposals, who is listed and what was decided, the chosen one beside (policy 2.3)."""

from __future__ import annotations

import streamlit as st

from dashboard.components.address_filters import choice_filter, clear_filters, pill_filter, switch_filter, text_filter
from dashboard.components.departments import DepartmentNames, department_names
from dashboard.i18n import N_, _, format_number, ngettext
from dashboard.labels import LABELS, label
from dashboard.navigation import page_spec
from dashboard.state import DASHBOARD, current_actor
from dashboard.views import listings_drawers as drawers
from dashboard.views.listings_deeds import carry_out
from dashboard.views.listings_detail import detail
from dashboard.views.listings_list import candidate_list, late_table, listing_list
from dashboard.views.listings_reads import Listed, listed
from dashboard.views.listings_selection import ORDER, key_of, offer_more, rows_shown
from db.enums import Role
from services.access import may
from services.context import Actor, unit_of_work
from services.listings import CandidateRow, ListingCounts, ListingFilter, ListingRow

TABS: dict[str, str] = {
    "candidates": N_("Candidates"),
    "proposals": N_("Proposals"),
    "listed": N_("Listed"),
    "decided": N_("Not confirmed or ended"),
}
FIRST = "candidates"
FILTERS = (
    ("criterion", "listings-criterion"), ("step", "listings-step"), ("grade", "listings-grade"),
    ("late", "listings-late"), ("department", "listings-department"), ("mine", "listings-mine"),
    ("search", "triage-search"),
)  # fmt: skip
_YES, _NO = "yes", "no"


def _tab() -> str:
    chosen = pill_filter(
        "tab", [code for code in TABS if code != FIRST], label=_("List"), key="listings-tab",
        words=lambda code: _(TABS[code or FIRST]), resets=("candidate", "listing", "customer"),
    )  # fmt: skip
    return chosen or FIRST


def _filters(actor: Actor, names: DepartmentNames, tab: str) -> ListingFilter:
    criterion = choice_filter(
        "criterion", list(LABELS["criterion"]), label=_("Criterion"), everything=_("Every criterion"),
        words=lambda code: label("criterion", code), key="listings-criterion",
    )  # fmt: skip
    step = grade = late = department = None
    if tab == "proposals":
        step = choice_filter(
            "step", list(LABELS["listing_step"]), label=_("Step"), everything=_("Every step"),
            words=lambda code: label("listing_step", code), key="listings-step",
        )  # fmt: skip
    if tab in {"listed", "decided"}:
        grade = choice_filter(
            "grade", list(LABELS["grade"]), label=_("Grade"), everything=_("Grey and black"),
            words=lambda code: label("grade", code), key="listings-grade",
        )  # fmt: skip
    else:
        late = choice_filter(
            "late", [_YES, _NO], label=_("In time"), everything=_("Late or in time"), key="listings-late",
            words=lambda code: _("Past the deadline") if code == _YES else _("Still in time"),
        )  # fmt: skip
    if actor.role != Role.BUSINESS:
        department = choice_filter(
            "department", names.codes, label=_("Department"), everything=_("Every department"), words=names.name,
            key="listings-department",
        )  # fmt: skip
    search = text_filter(
        "search", label=_("Search"), placeholder=_("Customer name or number ( / )"), key="triage-search"
    )
    mine = may(actor, "listing.correct") or may(actor, "listing.propose")
    mine = mine and tab != "decided" and switch_filter("mine", label=_("Mine"), key="listings-mine")
    own = actor.department_code if actor.role == Role.BUSINESS else department
    return ListingFilter(
        tab=tab, department=own, criterion=criterion, step=step, grade=grade,
        late=None if late is None else late == _YES, mine=mine, search=search,
    )  # fmt: skip


def _headline(counts: ListingCounts) -> str:
    """The page's question answered: what is late, what is due, what waits for a decision, who is listed."""
    parts = (
        ngettext("**%(n)s** late", "**%(n)s** late", counts.late) % {"n": format_number(counts.late)},
        ngettext("**%(n)s** due soon", "**%(n)s** due soon", counts.soon) % {"n": format_number(counts.soon)},
        ngettext("**%(n)s** ready for decision", "**%(n)s** ready for decision", counts.ready)
        % {"n": format_number(counts.ready)},
        ngettext("**%(n)s** black", "**%(n)s** black", counts.black) % {"n": format_number(counts.black)},
        ngettext("**%(n)s** grey", "**%(n)s** grey", counts.grey) % {"n": format_number(counts.grey)},
    )  # fmt: skip
    return " · ".join(parts)


_EMPTY = {
    "candidates": N_("No sign calls for identification. Customers appear here as soon as a test or a tip finds one."),
    "proposals": N_("No proposal is under way."),
    "listed": N_("No customer is listed."),
    "decided": N_("No listing was turned down or ended yet."),
}


def _empty(tab: str, *, is_narrowed: bool) -> None:
    if is_narrowed:
        st.info(_("Nothing fits these filters."), icon=":material/filter_alt_off:")
        st.button(_("Show everything"), key="listings-clear", on_click=clear_filters, args=FILTERS)
        return
    st.success(_(_EMPTY[tab]), icon=":material/done_all:")


def _rows(actor: Actor, shown: Listed, names: DepartmentNames) -> None:
    is_own = actor.role == Role.BUSINESS
    candidates = tuple(row for row in shown.rows if isinstance(row, CandidateRow))
    listings = tuple(row for row in shown.rows if isinstance(row, ListingRow))
    if candidates:
        candidate_list(candidates, names, is_own=is_own)
    if listings:
        listing_list(listings, names, is_own=is_own)


def _buttons(actor: Actor, shown: Listed, names: DepartmentNames) -> None:
    """Beside the title: who is late, and a tip from whoever saw something."""
    if shown.late:
        with st.popover(_("Who is late"), icon=":material/schedule:"):
            st.caption(_("What is not decided, by department and by who has it. The metric counts what is late."))
            late_table(shown.late, names)
    if may(actor, "listing.tip") and st.button(_("Hand in a tip"), key="listings-tip", icon=":material/campaign:"):
        with unit_of_work(actor) as ctx:
            today = ctx.today
        drawers.tip(actor, today)


def page() -> None:
    """Draw the page."""
    actor = current_actor()
    for sheet in ("worklist", "tables", "listings"):
        st.html(DASHBOARD / f"theme/{sheet}.css")
    with st.container(key="triage-title", horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.title(_(page_spec("listings").title), anchor=False)
        headline, buttons = st.empty(), st.container(key="listings-bar", horizontal=True, width="content", gap="small")
    carry_out(actor)
    names = department_names(actor)
    with st.container(key="triage-filters", horizontal=True, gap="small", vertical_alignment="center"):
        tab = _tab()
        filters = _filters(actor, names, tab)
    limit = rows_shown()
    shown = listed(actor, filters, limit)
    st.session_state[ORDER] = tuple(key_of(row) for row in shown.rows)
    headline.markdown(_headline(shown.counts))
    with buttons:
        _buttons(actor, shown, names)
    usual = ListingFilter(tab=tab, department=actor.department_code if actor.role == Role.BUSINESS else None)
    with st.container(key="triage-desk", horizontal=True, gap="medium"):
        with st.container(key="triage-list", gap=None):
            with st.container(key="listings-rows", gap=None):
                _rows(actor, shown, names)
            if not shown.rows:
                _empty(tab, is_narrowed=filters != usual)
            if shown.has_more:
                offer_more("listings-more")
        detail()


page()
