"""The disagreement board: initial against final grades, who leans which way, what drives it, who was right."""

from __future__ import annotations

import streamlit as st

from dashboard.components.address_filters import choice_filter
from dashboard.components.departments import DepartmentNames, department_names
from dashboard.components.period_choice import period_choice
from dashboard.components.period_words import period_words
from dashboard.i18n import _, format_number, ngettext
from dashboard.navigation import page_spec
from dashboard.state import DASHBOARD, current_actor
from dashboard.views.disagreement_figures import (
    department_panel,
    dimension_panel,
    findings,
    headline_figures,
    matrix_panel,
    month_panel,
    people_panel,
    verdict_panel,
)
from dashboard.views.disagreement_reads import Board, Known, board, known
from dashboard.views.disagreement_rows import rows_panel
from services.context import Actor
from services.metrics.span import Span

#: Narrowings of the rows, taken out of the address when the period changes.
NARROWINGS = ("initial", "final", "direction", "person", "dimension", "came")


def _choices(actor: Actor, shown: Known, names: DepartmentNames) -> tuple[Span, str | None]:
    months = shown.months or (shown.today.replace(day=1),) * 2
    with st.container(key="disagreement-filters", horizontal=True, gap="small", vertical_alignment="center"):
        span = period_choice(months, key="disagreement-period", resets=NARROWINGS)
        department = choice_filter(
            "department", names.codes, label=_("Department"), everything=_("Every department"), words=names.name,
            key="disagreement-department", resets=NARROWINGS,
        )  # fmt: skip
    return span, department


def _empty(found: Board, span: Span, department: str | None) -> None:
    st.info(
        _("No final assessment of this period answers an initial one. Choose another period or department.")
        if found.unpaired or department
        else _("Nothing was finalised in %(period)s. Pairs appear here as soon as risk management finalises.")
        % {"period": period_words(span)},
        icon=":material/balance:",
    )


def _left_out(found: Board) -> None:
    if found.unpaired:
        st.caption(
            ngettext(
                "%(n)s final assessment of the period answers no initial one and is in no figure.",
                "%(n)s final assessments of the period answer no initial one and are in no figure.",
                found.unpaired,
            )
            % {"n": format_number(found.unpaired)}
        )


def page() -> None:
    """Draw the board."""
    actor = current_actor()
    for sheet in ("customers", "tables", "worklist", "disagreement"):
        st.html(DASHBOARD / f"theme/{sheet}.css")
    st.title(_(page_spec("disagreement").title), anchor=False)
    names, shown = department_names(actor), known(actor)
    span, department = _choices(actor, shown, names)
    found = board(actor, span, department, actor.login)
    if found.whole is None:
        _empty(found, span, department)
        return
    findings(found, names, shown.policy)
    headline_figures(found.whole.agreement, shown.policy)
    with st.container(key="disagreement-panels", gap=None):
        matrix_panel(found.whole.agreement)
        verdict_panel(found.verdicts, shown.policy)
    month_panel(found.months, shown.policy)
    department_panel(found.departments, names, shown.policy)
    with st.container(key="disagreement-pair", gap=None):
        people_panel(actor, found.people, names, shown.policy)
        dimension_panel(found.dimensions)
    _left_out(found)
    rows_panel(actor, span, department, names)


page()
