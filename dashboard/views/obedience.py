"""Whether measures are obeyed: the figures by department and month, and every document that goes against one."""

from __future__ import annotations

import contextlib
import datetime as dt

import streamlit as st

from dashboard.components.address_filters import choice_filter
from dashboard.components.departments import DepartmentNames, department_names
from dashboard.components.period_words import period_words
from dashboard.i18n import _
from dashboard.navigation import page_spec
from dashboard.state import DASHBOARD, current_actor
from dashboard.views.obedience_figures import demand_panel, department_panel, findings, month_panel
from dashboard.views.obedience_reads import Known, board, known
from dashboard.views.obedience_rows import rows_panel
from services.errors import RefusedError
from services.metrics.periods import next_month
from services.metrics.span import QUARTER, YEAR, Span, parsed_span, span_of

#: Narrowings of the rows, taken out of the address when the period changes.
NARROWINGS = ("judged", "demand", "document", "breach")
_USUAL_MONTHS = 12


def _periods(months: tuple[dt.date, dt.date]) -> dict[str, Span]:
    """All years and quarters with tested documents, and what the address asks for, the newest first."""
    found: dict[str, Span] = {}
    for kind in (YEAR, QUARTER):
        one = span_of(kind, months[1])
        while one.last >= months[0]:
            found[one.code] = one
            one = one.previous
    asked = st.query_params.get("period", "")
    with contextlib.suppress(RefusedError):
        found.setdefault(asked, parsed_span(asked))
    return found


def _choices(shown: Known, names: DepartmentNames) -> tuple[Span, str | None]:
    months = shown.months or (shown.today.replace(day=1),) * 2
    usual, periods = Span(next_month(months[1], 1 - _USUAL_MONTHS), months[1]), _periods(months)
    with st.container(key="obedience-filters", horizontal=True, gap="small", vertical_alignment="center"):
        period = choice_filter(
            "period", list(periods), label=_("Period"), everything=period_words(usual),
            words=lambda code: period_words(periods[code]), key="obedience-period", resets=NARROWINGS,
        )  # fmt: skip
        department = choice_filter(
            "department", names.codes, label=_("Department"), everything=_("Every department"), words=names.name,
            key="obedience-department", resets=NARROWINGS,
        )  # fmt: skip
    return (periods[period] if period else usual), department


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
