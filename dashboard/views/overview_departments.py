"""The departments' panel: which of them misses most targets, each metric by department, a click opens the rows."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import streamlit as st

from dashboard.components.departments import DepartmentNames
from dashboard.components.metric_words import meets_target, metric_name, target_of
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.i18n import _, format_number, ngettext
from dashboard.state import is_dark
from dashboard.theme import CHART_CONFIG
from dashboard.views.overview_choice import METRIC, Choice, open_detail, panel_title
from dashboard.views.overview_department_chart import department_chart, department_name, marked_value, shown_departments
from dashboard.views.overview_reads import Board
from db.enums import Role
from services.context import Actor
from services.metrics.figures import METRICS

CHART_HEIGHT = 250


def departments_panel(actor: Actor, board: Board, choice: Choice, codes: Sequence[str], names: DepartmentNames) -> None:
    """Draw the panel."""
    panel_title(departments_title(board, names))
    shown = shown_departments(board, codes)
    if not shown:
        st.caption(_("No department has a figure in this period."))
        return
    own = choice.department or (actor.department_code if actor.role == Role.BUSINESS else None)
    chart = department_chart(board, shown, names, own=own, dark=is_dark(), height=CHART_HEIGHT)
    with st.container(key="glwide-departments"):
        st.plotly_chart(
            chart, key="overview-departments", config=CHART_CONFIG, theme=None, on_select=_open_bar,
            selection_mode="points", alt=departments_title(board, names),
        )  # fmt: skip
    with st.container(key="glphone-departments"):
        _department_table(board, shown, names)
    notes = [_("* fewer than %(n)s cases") % {"n": board.policy.small_sample}]
    known = len({one.department for one in board.departments})
    if known > len(shown):
        notes.append(
            _("The %(n)s largest of %(all)s departments; the others are behind each metric")
            % {"n": len(shown), "all": format_number(known)}
        )
    st.html(f'<p class="gl-note">{escape(" · ".join(notes))}</p>')


def _department_table(board: Board, codes: Sequence[str], names: DepartmentNames) -> None:
    """The chart's values in words: four bars beside each other have no room on a phone (overview.css)."""
    found = {(one.metric, one.department or ""): one for one in board.departments}
    plain_table(
        [Head(_("Department")), *(Head(metric_name(metric), is_figure=True) for metric in METRICS)],
        [
            [
                Cell(department_name(code, names)),
                *(Cell(marked_value(board, metric, found.get((metric, code)))) for metric in METRICS),
            ]
            for code in codes
        ],
    )


def _open_bar() -> None:
    """A click on a bar opens its rows: this metric, this department."""
    point = _clicked("overview-departments")
    if point is not None:
        open_detail(METRIC, str(point[0]), str(point[1]))


def _clicked(key: str) -> list[Any] | None:
    """What the clicked point carries."""
    event = st.session_state.get(key)
    points = event["selection"]["points"] if event else []
    return points[0].get("customdata") if points else None


def departments_title(board: Board, names: DepartmentNames) -> str:
    """Which department misses most targets."""
    misses: dict[str, int] = {}
    for one in board.departments:
        if one.value is not None:
            missed = not meets_target(one.metric, one.value, target_of(board.policy, one.metric))
            misses[one.department or ""] = misses.get(one.department or "", 0) + missed
    worst = max(misses.values(), default=0)
    leaders = [code for code, count in misses.items() if count == worst]
    if not misses:
        return _("By department")
    if not worst:
        return _("Every department meets every target")
    if len(leaders) == 1:
        return ngettext(
            "%(department)s misses %(n)s target of %(all)s, more than any other",
            "%(department)s misses %(n)s targets of %(all)s, more than any other", worst,
        ) % {"department": department_name(leaders[0], names), "n": worst, "all": len(METRICS)}  # fmt: skip
    some = sum(1 for count in misses.values() if count)
    return ngettext(
        "%(n)s department of %(all)s misses a target", "%(n)s departments of %(all)s miss a target", some
    ) % {"n": some, "all": len(misses)}  # fmt: skip
