"""Whether measures are obeyed: the figures by department and month, and every document that goes against one."""

from __future__ import annotations

import streamlit as st

from dashboard.components.address_filters import choice_filter
from dashboard.components.departments import DepartmentNames, department_names
from dashboard.components.period_choice import period_choice
from dashboard.i18n import _
from dashboard.navigation import page_spec
from dashboard.state import DASHBOARD, current_actor
from dashboard.views.obedience_figures import demand_panel, department_panel, findings, month_panel
from dashboard.views.obedience_reads import Known, board, known
from dashboard.views.obedience_rows import rows_panel
from services.metrics.span import Span

#: Narrowings of the rows, taken out of the address when the period changes.
NARROWINGS = ("judged", "demand", "document", "breach")


def _choices(shown: Known, names: DepartmentNames) -> tuple[Span, str | None]:
    months = shown.months or (shown.today.replace(day=1),) * 2
    with st.container(key="obedience-filters", horizontal=True, gap="small", vertical_alignment="center"):
        span = period_choice(months, key="obedience-period", resets=NARROWINGS)
        department = choice_filter(
            "department", names.codes, label=_("Department"), everything=_("Every department"), words=names.name,
            key="obedience-department", resets=NARROWINGS,
        )  # fmt: skip
    return span, department


def page() -> None:
    """Draw the page."""
    actor = current_actor()
    for sheet in ("customers", "tables", "worklist", "obedience"):
        st.html(DASHBOARD / f"theme/{sheet}.css")
    st.title(_(page_spec("obedience").title), anchor=False)
    names, shown = department_names(actor), known(actor)
    span, department = _choices(shown, names)
    found = board(actor, span, department)
    if found.whole is None:
        st.info(
            _(
                "No customer was under a measure or a listing in this period. Orders and invoices are tested as soon "
                "as they are imported."
            ),
            icon=":material/rule:",
        )
        return
    findings(found, names, shown.policy)
    with st.container(key="obedience-panels", gap=None):
        department_panel(found.departments, names, shown.policy)
        demand_panel(found.demands)
    month_panel(found.months)
    rows_panel(actor, span, department, names, shown)


page()
