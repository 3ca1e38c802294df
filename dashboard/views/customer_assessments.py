"""The tab with a customer's assessments: the level in force and why, both grades of each, questions, visits."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.assessment_file import grades_html, photos, request_html, visit_html
from dashboard.components.departments import DepartmentNames
from dashboard.components.level_badge import level_badge
from dashboard.components.level_in_force import level_line
from dashboard.components.pager import Pager
from dashboard.i18n import _, format_date
from dashboard.labels import label
from dashboard.navigation import open_page
from dashboard.state import DASHBOARD
from dashboard.views.customer_reads import CustomerHead
from services.access import may
from services.assessments import AssessmentFile, HistoryPage, LevelRow, assessments_of_customer, level_of
from services.context import Actor, unit_of_work

PAGE_ROWS = 12


def assessments_tab(actor: Actor, head: CustomerHead, names: DepartmentNames) -> None:
    """Draw the tab."""
    st.html(DASHBOARD / "theme/assessments.css")
    number = head.profile.customer_no
    pager = Pager("customer-assessments", number, PAGE_ROWS)
    level, page = _read(actor, number, pager.cursor)
    st.html(level_line(level))
    _way_to_work(actor, head, page)
    if not page.rows:
        st.info(
            _("This customer was never assessed. Its department proposes a level; risk management decides."),
            icon=":material/fact_check:",
        )
        return
    for place, file in enumerate(page.rows):
        _file(actor, head, file, names, is_open=place == 0 and pager.cursor is None)
    _turn(pager, page)


def _read(actor: Actor, number: str, cursor: str | None) -> tuple[LevelRow, HistoryPage]:
    with unit_of_work(actor) as ctx:
        return level_of(ctx, number), assessments_of_customer(ctx, number, cursor, PAGE_ROWS)


def _way_to_work(actor: Actor, head: CustomerHead, page: HistoryPage) -> None:
    """To the open assessment, or to a new one, for those who may work on it."""
    is_open = any(one.final is None and one.initial is not None and one.initial.assessor_id for one in page.rows)
    may_begin = may(actor, "assessment.propose") and head.profile.department == actor.department_code
    if not is_open and not may_begin:
        return
    words = _("Open the assessment under way") if is_open else _("Propose a level")
    if st.button(words, key="customer-assess", icon=":material/fact_check:"):
        open_page("assessments", customer=head.profile.customer_no)


def _file(actor: Actor, head: CustomerHead, file: AssessmentFile, names: DepartmentNames, *, is_open: bool) -> None:
    """One assessment: its day and both grades in a line, the whole of it inside."""
    row = file.final or file.initial
    if row is None:
        return
    has_more = bool(file.requests or file.visits or row.reason or row.dimension_levels)
    st.html(f'<div class="gl-history-line">{_summary(file)}</div>')
    key = f"assessment-{row.customer_id}-{row.id}"
    if not st.toggle(_("Show all of it"), value=is_open and has_more, key=key):
        return
    st.html(grades_html(file, names))
    for request in file.requests:
        st.html(request_html(request, head.time_zone))
    for visit in file.visits:
        st.html(visit_html(visit, head.time_zone))
        photos(actor, visit)


def _summary(file: AssessmentFile) -> str:
    row = file.final or file.initial
    if row is None:
        return ""
    initial = level_badge(file.initial.level if file.initial else None, short=True)
    if file.final is None:
        state = label("assessment_state", row.state) if row.assessor_id else _("not finalised")
        grades = f'{initial} <span class="gl-chip">{escape(state)}</span>'
    else:
        grades = f"{initial} → {level_badge(file.final.level, short=True)}"
        if file.final.is_override:
            grades += f' <span class="gl-chip">{escape(_("override"))}</span>'
        if file.final.is_superseded:
            grades += f' <span class="gl-chip">{escape(_("corrected on the same day"))}</span>'
    who = " / ".join(one.assessor for one in (file.initial, file.final) if one is not None and one.assessor)
    return (
        f"<b>{escape(format_date(row.assessed_on))}</b> <span>{grades}</span> "
        f'<span class="gl-quiet">{escape(who)}</span>'
    )


def _turn(pager: Pager, page: HistoryPage) -> None:
    if page.after is None and pager.cursor is None:
        return
    with st.container(horizontal=True, gap="small"):
        pager.turn(page.after)
