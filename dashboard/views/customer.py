"""One customer: the page that all departments share (policy 1.4). Only the open tab is read and drawn."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import streamlit as st

from dashboard.components.address_filters import change_address
from dashboard.components.departments import DepartmentNames, department_names
from dashboard.components.level_badge import grade_badge, level_badge
from dashboard.components.score_breakdown import change_html, score_text
from dashboard.components.score_words import floor_text, reason_text
from dashboard.i18n import (
    N_,
    _,
    format_date,
    format_money,
    format_number,
    format_percent,
    ngettext,
    sentence,
)
from dashboard.navigation import file_of, open_page
from dashboard.state import CUSTOMERS_ADDRESS, DASHBOARD, current_actor
from dashboard.views.customer_account import account_tab, decisions_tab, register_tab
from dashboard.views.customer_assessments import assessments_tab
from dashboard.views.customer_listings import listing_banner
from dashboard.views.customer_measures import measures_tab
from dashboard.views.customer_orders import orders_tab
from dashboard.views.customer_reads import CustomerHead, customer_head
from dashboard.views.customer_related import related_tab
from dashboard.views.customer_score import score_tab
from dashboard.views.customer_timeline import timeline_tab, warnings_tab
from services.context import Actor
from services.customers import limit_use
from services.errors import NotFoundError

Tab = Callable[[Actor, CustomerHead, DepartmentNames], None]
#: Code in the address -> title and body.
TABS: dict[str, tuple[str, Tab]] = {
    "score": (N_("Score"), score_tab),
    "assessments": (N_("Assessments"), assessments_tab),
    "measures": (N_("Measures"), measures_tab),
    "orders": (N_("Orders"), orders_tab),
    "account": (N_("Account"), account_tab),
    "warnings": (N_("Warnings"), warnings_tab),
    "timeline": (N_("Timeline"), timeline_tab),
    "register": (N_("Register entry"), register_tab),
    "decisions": (N_("Listings and cases"), decisions_tab),
    "related": (N_("Resembles / related"), related_tab),
}
FIRST = "score"
TAB, TAB_KEY, TAB_SEEN = "tab", "customer-tab", "customer-tab:address"
_REASONS_SAID = 2


def _figures(head: CustomerHead) -> str:
    owed, currency = head.exposure, head.currency
    use = limit_use(owed, head.profile.credit_limit)
    limit = format_money(head.profile.credit_limit, currency, compact=True)
    former = head.score.former if head.score else None
    score = score_text(head.score.score if head.score else None)
    figures = (
        (_("Score"), f"{score} {change_html(former.change if former else None)}", _since(head)),
        (_("Open balance"), escape(format_money(owed.open_amount, currency, compact=True)), _invoices(owed.open_count)),
        (_("Overdue"), escape(format_money(owed.overdue_amount, currency, compact=True)), _worst(owed.worst_days)),
        (_("Limit used"), format_percent(use, 0), "" if use is None else _("of %(limit)s") % {"limit": limit}),
    )
    return "".join(
        f"<div><dt>{escape(name)}</dt><dd>{value}<small>{escape(more)}</small></dd></div>"
        for name, value, more in figures
    )


def _invoices(count: int) -> str:
    return ngettext("%(n)s invoice", "%(n)s invoices", count) % {"n": format_number(count)} if count else ""


def _worst(days: int) -> str:
    return ngettext("worst %(n)s day", "worst %(n)s days", days) % {"n": format_number(days)} if days else ""


def _since(head: CustomerHead) -> str:
    former = head.score.former if head.score else None
    return "" if former is None else _("since %(day)s") % {"day": format_date(former.as_of)}


def _answer(head: CustomerHead) -> str:
    """The page's answer in words: why the customer stands where it stands."""
    score = head.score
    if score is None:
        return _("This customer has not been scored yet.")
    said = [floor_text(score.floor, score.level)] if score.floor else []
    said += [reason_text(one) for one in score.reasons if one.contribution > 0][:_REASONS_SAID]
    if score.is_thin:
        said.append(_("Little is known (coverage %(share)s): collect information first") % {
            "share": format_percent(score.coverage, 0)
        })  # fmt: skip
    return " · ".join(said) or _("Nothing speaks against this customer.")


def _head(head: CustomerHead, names: DepartmentNames) -> None:
    one = head.profile
    manager = one.account_manager or _("nobody yet")
    level = level_badge(head.level)
    facts = (
        f'<span class="gl-quiet">{escape(one.customer_no)}</span>{level}'
        f"{grade_badge(head.grade)}<span>{escape(names.name(one.department))}</span>"
        f"<span>{escape(_('Account manager: %(name)s') % {'name': manager})}</span>"
    )
    st.html(
        f'<div class="gl-customer"><div><h1>{escape(one.name)}</h1><div class="gl-who">{facts}</div>'
        f'<p class="gl-answer">{escape(_answer(head))}</p></div><dl class="gl-figs">{_figures(head)}</dl></div>'
    )
    if head.exposure.unconverted:
        st.caption(
            ngettext(
                "%(n)s open invoice is left out: its currency has no rate.",
                "%(n)s open invoices are left out: their currencies have no rate.", head.exposure.unconverted,
            ) % {"n": format_number(head.exposure.unconverted)}
        )  # fmt: skip


def _note_tab() -> None:
    chosen = st.session_state[TAB_KEY]
    code = next((code for code, (title, _body) in TABS.items() if _(title) == chosen), FIRST)
    change_address({TAB: "" if code == FIRST else code})
    st.session_state[TAB_SEEN] = st.query_params.get(TAB, "")


def _tabs(actor: Actor, head: CustomerHead, names: DepartmentNames) -> None:
    """The address says which tab is open, also when it changes by the Back button."""
    given = st.query_params.get(TAB, "")
    if st.session_state.get(TAB_SEEN) != given or TAB_KEY not in st.session_state:
        st.session_state[TAB_KEY] = _(TABS.get(given, TABS[FIRST])[0])
        st.session_state[TAB_SEEN] = given
    tabs = st.tabs([_(title) for title, _body in TABS.values()], key=TAB_KEY, on_change=_note_tab)
    for tab, (_title, body) in zip(tabs, TABS.values(), strict=True):
        if tab.open:
            with tab:
                body(actor, head, names)


def _way_back() -> None:
    """To the list as it was left: its filters, its page."""
    with st.container(key="customer-back"):
        st.page_link(
            file_of("customers"), label=_("All customers"), icon=":material/arrow_back:",
            query_params=st.session_state.get(CUSTOMERS_ADDRESS, {}),
        )  # fmt: skip


def page() -> None:
    """Draw the page of the customer that the address names."""
    actor = current_actor()
    number = st.query_params.get("customer", "").strip()
    if not number:
        open_page("customers")
    for sheet in ("worklist", "customers", "score"):
        st.html(DASHBOARD / f"theme/{sheet}.css")
    _way_back()
    try:
        head = customer_head(actor, number)
    except NotFoundError as error:
        st.title(_("No such customer"))
        st.info(sentence(error), icon=":material/person_off:")
        return
    names = department_names(actor)
    _head(head, names)
    listing_banner(actor, head)
    _tabs(actor, head, names)


page()
