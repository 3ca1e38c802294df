"""The four panels under the cards: departments, money by level, rewards and penalties, what changed."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.components.departments import DepartmentNames
from dashboard.views.overview_choice import Choice
from dashboard.views.overview_departments import departments_panel
from dashboard.views.overview_levels import levels_panel
from dashboard.views.overview_news import news_panel
from dashboard.views.overview_reads import Board
from dashboard.views.overview_tallies import tallies_panel
from services.context import Actor


def panels(actor: Actor, board: Board, choice: Choice, codes: Sequence[str], names: DepartmentNames) -> None:
    """Two rows of two; one column where there is no room (theme/overview.css)."""
    with st.container(key="overview-panels"):
        upper = st.columns(2, gap="small")
        with upper[0], st.container(key="glpanel-departments", gap=None, height="stretch"):
            departments_panel(actor, board, choice, codes, names)
        with upper[1], st.container(key="glpanel-levels", gap=None, height="stretch"):
            levels_panel(actor, board, choice)
        lower = st.columns(2, gap="small")
        with lower[0], st.container(key="glpanel-tallies", gap=None, height="stretch"):
            tallies_panel(choice)
        with lower[1], st.container(key="glpanel-news", gap=None, height="stretch"):
            policy = board.policy
            news_panel(actor, choice.department, policy.base_currency, policy.time_zone)
