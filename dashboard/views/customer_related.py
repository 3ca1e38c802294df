"""The tab with those whom a customer resembles, and those it is tied to."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.departments import DepartmentNames
from dashboard.components.level_badge import grade_badge
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.components.screening_words import feature_text
from dashboard.i18n import _, format_percent, with_value
from dashboard.labels import label
from dashboard.navigation import address_of
from dashboard.state import DASHBOARD
from dashboard.views.customer_reads import CustomerHead
from dashboard.views.screening_network import draw_network
from dashboard.views.screening_reads import surroundings
from services.context import Actor, unit_of_work
from services.screening import MatchRow, MatchSource, matches_of_customer


def related_tab(actor: Actor, head: CustomerHead, _names: DepartmentNames) -> None:
    """Draw the tab."""
    for sheet in ("tables", "screening"):
        st.html(DASHBOARD / f"theme/{sheet}.css")
    with unit_of_work(actor) as ctx:
        rows = matches_of_customer(ctx, head.profile.customer_id)
    st.markdown(f"##### {_('Resembles')}")
    if rows:
        heads = (
            Head(_("Likeness"), is_figure=True),
            Head(_("Name")),
            Head(_("Where")),
            Head(_("Why")),
            Head(_("State")),
        )
        plain_table(heads, [_row(one, head.profile.customer_id) for one in rows])
    else:
        st.caption(_("Nobody listed and no watch-list entry resembles this customer."))
    st.markdown(f"##### {_('Tied to')}")
    draw_network(surroundings(actor, head.profile.customer_no))


def _row(one: MatchRow, customer_id: int) -> tuple[Cell, ...]:
    is_mine = one.customer_id == customer_id
    name = one.other_name if is_mine else one.customer_name
    state = label("match_state", one.state)
    said = with_value(state, one.reason) if one.reason and one.decided_by else state
    return (
        Cell(format_percent(one.score, 0)), Cell(name), _where(one, is_mine=is_mine),
        Cell(" · ".join(feature_text(each) for each in one.features if each.share > 0)),
        Cell(said, address_of("screening", part="matches", match=f"{one.customer_id}-{one.id}")),
    )  # fmt: skip


def _where(one: MatchRow, *, is_mine: bool) -> Cell:
    if is_mine and one.source is MatchSource.WATCHLIST:
        return Cell(_("%(list)s, entry %(number)s") % {"list": one.list_source or "", "number": one.other_no})
    number = one.other_no if is_mine else one.customer_no
    link = escape(address_of("customer", customer=number), quote=True)
    badge = grade_badge(one.grade) if is_mine else ""
    return Cell(html=f'<a href="{link}" target="_self">{escape(number)}</a> {badge}')
