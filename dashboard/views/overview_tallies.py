"""The panel of rewards and penalties: counts and amounts, by measure or by department; its rows are one click away."""

from __future__ import annotations

from decimal import Decimal
from html import escape

import streamlit as st

from dashboard.components.departments import department_names
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.i18n import _, format_money, format_number, ngettext
from dashboard.state import current_actor, is_dark
from dashboard.theme import CHART_CONFIG
from dashboard.views.overview_choice import INCENTIVES, LIST, Choice, open_detail, panel_title
from dashboard.views.overview_reads import Board, read_board
from dashboard.views.overview_tally_chart import by_department, by_measure, side_words, tally_chart

CHART_HEIGHT = 164


@st.fragment
def tallies_panel(choice: Choice) -> None:
    """A fragment: turning the split over redraws this panel alone."""
    actor = current_actor()
    board = read_board(actor, choice.span, choice.former, choice.department)
    currency = board.policy.base_currency
    if not board.tallies:
        panel_title(_("Rewards and penalties"))
        st.caption(_("No reward and no penalty was decided in this period."))
        return
    with st.container(key="overview-tally-bar", horizontal=True, gap="small", vertical_alignment="center"):
        st.html(f'<h2 class="gl-panel-title gl-figures">{escape(tallies_title(board, currency))}</h2>', width="stretch")
        split = st.segmented_control(
            _("Split by"), ["measure", "department"], key="overview-split", default="measure", required=True,
            format_func=lambda code: {"measure": _("Measure"), "department": _("Department")}[code],
            label_visibility="collapsed",
        )  # fmt: skip
        if st.button(_("List them"), key="overview-incentives", type="tertiary"):
            open_detail(LIST, INCENTIVES)
            st.rerun()
    names = department_names(actor)
    rows = by_department(board.tallies, names) if split == "department" else by_measure(board.tallies)
    chart = tally_chart(rows, currency, dark=is_dark(), height=CHART_HEIGHT)
    with st.container(key="glwide-tallies"):
        st.plotly_chart(chart, key=f"overview-tallies-{split}", config=CHART_CONFIG, theme=None)
    with st.container(key="glphone-tallies"):
        plain_table(
            [Head(_("Penalties")), Head(_("Rewards"), is_figure=True)],
            [[Cell(side_words(row.penalty, currency)), Cell(side_words(row.reward, currency))] for row in rows],
        )


def tallies_title(board: Board, currency: str) -> str:
    """Counts and amounts of both sides, and what no sum contains."""
    words: dict[str, object] = {}
    for kind in ("penalty", "reward"):
        chosen = [one for one in board.tallies if one.kind == kind]
        amount = sum((one.amount for one in chosen), Decimal(0))
        words[kind] = format_number(sum(one.count for one in chosen))
        words[f"{kind}_money"] = format_money(amount, currency, digits=0)
    unknown = sum(one.unconverted for one in board.tallies)
    text = _("Penalties %(penalty)s · %(penalty_money)s | Rewards %(reward)s · %(reward_money)s") % words
    return f"{text} | {left_out_amounts(unknown)}" if unknown else text


def left_out_amounts(count: int) -> str:
    """Rewards and penalties whose amount no sum contains."""
    return ngettext(
        "%(n)s amount left out: no exchange rate", "%(n)s amounts left out: no exchange rate", count
    ) % {"n": format_number(count)}  # fmt: skip
