"""Leadership's first screen: what moved and where, the four metrics, money at risk, rewards, what changed (clause 5.2).

Everybody sees the company first. A business user's own department is marked, not preselected: the same address shows
the same to all who are sent it.
"""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.departments import department_names
from dashboard.i18n import _, format_date
from dashboard.navigation import open_page
from dashboard.state import DASHBOARD, current_actor
from dashboard.views.overview_cards import metric_cards
from dashboard.views.overview_choice import choice_bar, open_list, open_metric
from dashboard.views.overview_detail import metric_detail
from dashboard.views.overview_headline import headline
from dashboard.views.overview_lists import list_detail
from dashboard.views.overview_panels import panels
from dashboard.views.overview_reads import Scope, read_board, read_scope
from services.access import may
from services.context import Actor
from services.metrics.periods import month_of


def page() -> None:
    """Draw the overview, or what is open of it."""
    actor = current_actor()
    st.html(DASHBOARD / "theme/tables.css")
    st.html(DASHBOARD / "theme/overview.css")
    scope = read_scope(actor)
    if scope.months is None and not scope.customers:
        _empty(actor)
        return
    names = department_names(actor)
    metric, chosen_list = open_metric(), open_list()
    with st.container(key="overview-top", horizontal=True, gap="medium", vertical_alignment="center"):
        st.html(f'<h1 class="gl-title">{escape(_("Overview"))}</h1>', width="content")
        months = scope.months or (month_of(scope.today), month_of(scope.today))
        choice = choice_bar(scope.today, months, scope.departments, names)
    board = read_board(actor, choice.span, choice.former, choice.department)
    if metric is not None:
        metric_detail(actor, board, choice, metric, names)
        return
    if chosen_list is not None:
        list_detail(actor, board, choice, chosen_list, names)
        return
    moved, targets = headline(board, choice, names)
    st.html(
        f'<p class="gl-headline"><b>{escape(moved)}</b> {escape(targets)}{_open_end(scope, choice.span.ends_on)}</p>'
    )
    metric_cards(board, choice)
    panels(actor, board, choice, scope.departments, names)


def _open_end(scope: Scope, ends_on: object) -> str:
    """A period that is not over says so: its figures will still move."""
    if not isinstance(ends_on, type(scope.today)) or ends_on <= scope.today:
        return ""
    words = _("The period is not over; figures as of %(day)s.") % {"day": format_date(scope.today)}
    return f' <span class="gl-quiet">{escape(words)}</span>'


def _empty(actor: Actor) -> None:
    """An empty ledger: what comes first, for those who can and for those who can't."""
    st.title(_("Overview"))
    with st.container(border=True, key="overview-empty"):
        st.subheader(_("Nothing has been recorded yet"))
        st.markdown(_("The overview fills itself, in this order:"))
        st.markdown(
            "\n".join(
                f"{place}. {words}"
                for place, words in enumerate(
                    (
                        _("Customers, invoices and payments: money at risk by level, and how old it is."),
                        _("Final assessments: their accuracy, once 180 days have shown who was right."),
                        _("Listings and dunning notices: whether black and grey customers were identified in time."),
                        _("Cases with their debts: how much of the arrears comes back."),
                        _("Complaints, rewards and penalties: the rest of the picture."),
                    ),
                    start=1,
                )
            )
        )
        if may(actor, "import.run"):
            if st.button(_("Bring in files"), key="overview-import", type="primary", icon=":material/upload_file:"):
                open_page("imports")
        else:
            st.caption(_("Your role reads. Ask risk management or an administrator to bring in the first files."))


page()
