"""The right half of the assessments page: the customer, its score, its assessment, and what can be done now."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.assessment_file import grades_html, photos, request_html, visit_html
from dashboard.components.departments import DepartmentNames, department_names
from dashboard.components.desk_keys import desk_keys
from dashboard.components.level_badge import grade_badge, level_badge
from dashboard.components.level_in_force import level_line
from dashboard.components.score_breakdown import score_glance
from dashboard.i18n import _
from dashboard.labels import label
from dashboard.navigation import open_page
from dashboard.state import current_actor
from dashboard.views import assessments_drawers as drawers
from dashboard.views.assessments_proposal import proposal_form
from dashboard.views.assessments_reads import Opened, opened
from dashboard.views.assessments_report import answer_form, report_form
from dashboard.views.assessments_selection import (
    DETAIL,
    Deed,
    choose,
    chosen_key,
    move,
    note_deed,
    order,
    row_name,
)
from services.access import may
from services.assessments import AssessmentFile, AssessmentRow, RequestRow, VisitRow
from services.context import Actor


@st.fragment(key=DETAIL)
def detail() -> None:
    """Draw the chosen row, or the first. Writing in it runs this half alone: the list beside it is fifty rows."""
    actor = current_actor()
    key = chosen_key()
    found = opened(actor, key)
    if found is None:
        key = next(iter(order()), None)
        found = opened(actor, key)
    row = "" if found is None or key is None else row_name(key)
    if found is not None:
        with st.container(key="triage-detail", border=True, gap="small"):
            _opened(actor, found, department_names(actor), row)
    desk_keys(chosen=".".join(chosen_key() or ()), row=row)


def _opened(actor: Actor, found: Opened, names: DepartmentNames, row: str) -> None:
    with st.container(key="triage-decide", gap="small"):
        _steps(found)
        _head(found, names, row)
        if found.file is not None and found.file.initial is not None:
            _actions(actor, found, found.file, found.file.initial)
    with st.container(key="triage-reasons", gap="small"), st.container(key="assessments-beside", gap=None):
        with st.container(key="assessments-work", gap="small"):
            _work(actor, found, names)
        with st.container(key="assessments-score", gap="small"):
            score_glance(found.score, found.today)


def _steps(found: Opened) -> None:
    with st.container(key="triage-steps", horizontal=True, gap="small"):
        st.button(_("Back to the list"), key="triage-back", icon=":material/arrow_back:", on_click=choose, args=(None,))
        st.button(_("Previous"), key="assessments-previous", shortcut="K", on_click=move, args=(-1,))
        st.button(_("Next"), key="assessments-next", shortcut="J", on_click=move, args=(1,))
        if st.button(_("Open customer"), key="triage-customer", icon=":material/person_search:", type="tertiary"):
            open_page("customer", customer=found.profile.customer_no, tab="assessments")


def _head(found: Opened, names: DepartmentNames, row: str) -> None:
    picked = " gl-picked" if chosen_key() is not None else ""
    mark = f".st-key-glrow-{row}{{background:var(--gl-row-current);box-shadow:inset 3px 0 0 currentColor}}"
    one = found.profile
    st.html(
        f'<div class="gl-head{picked}"><div class="gl-head-name">{escape(one.name)}</div>'
        f'<div class="gl-quiet">{escape(one.customer_no)} · {escape(names.name(one.department))} '
        f"{grade_badge(found.grade)}</div>{level_line(found.level)}</div><style>{mark}</style>"
    )


# --- what can be done with a proposal that waits


def _actions(actor: Actor, found: Opened, file: AssessmentFile, row: AssessmentRow) -> None:
    if row.assessor_id is None or row.state not in {"submitted", "in_review"}:
        return
    if not may(actor, "assessment.review"):
        st.caption(_waits(row))
        return
    if row.assessor_id == actor.user_id or row.department == actor.department_code:
        st.caption(_("Proposed by yourself or your own department: somebody else reviews it."))
        return
    with st.container(key="triage-actions", horizontal=True, gap="small"):
        if row.state == "submitted":
            st.button(
                _("Take up"), key="assessments-take-up", type="primary", shortcut="A", on_click=note_deed,
                args=(Deed("take_up", drawers.of_row(row)),),
            )  # fmt: skip
            return
        _review_actions(found, file, row)


def _review_actions(found: Opened, file: AssessmentFile, row: AssessmentRow) -> None:
    waits = file.has_open_questions
    hint = _("A question or a visit is open. Wait for it, or withdraw it.") if waits else None
    if st.button(_("Finalise"), key="assessments-finalise", type="primary", shortcut="E", disabled=waits, help=hint):
        drawers.finalise(found, row)
    if st.button(_("Ask for more"), key="assessments-ask", shortcut="S"):
        drawers.ask(found, row)
    if st.button(_("Order a visit"), key="assessments-visit", shortcut="V"):
        drawers.order_visit(found, row)
    if st.button(_("Return"), key="assessments-return", shortcut="Z"):
        drawers.return_it(found, row)


def _waits(row: AssessmentRow) -> str:
    if row.state == "submitted":
        return _("It waits for risk management to take it up.")
    return _("%(name)s of risk management reviews it.") % {"name": row.reviewer or _("Somebody")}


# --- the assessment itself


def _work(actor: Actor, found: Opened, names: DepartmentNames) -> None:
    file = found.file
    if file is None or file.initial is None:
        if file is not None:
            st.html(grades_html(file, names))
        else:
            _propose(actor, found, None, names)
        return
    row = file.initial
    if row.assessor_id is not None and row.state in {"draft", "returned"}:
        if row.returned_reason:
            st.warning(_("Returned by risk management: %(why)s") % {"why": row.returned_reason}, icon=":material/undo:")
        _propose(actor, found, row, names)
    else:
        st.html(grades_html(file, names))
    _requests(actor, found, file, row)
    _visits(actor, found, file)


def _propose(actor: Actor, found: Opened, row: AssessmentRow | None, names: DepartmentNames) -> None:
    """The form, for those who may propose; what is written so far, or whose turn it is, for others."""
    owner = row.department if row else found.profile.department
    if may(actor, "assessment.propose") and owner == actor.department_code:
        proposal_form(found, row)
        return
    if row is not None:
        badge = f"{level_badge(row.level)} · {escape(label('assessment_state', row.state))}"
        st.html(f"<div>{badge} · {escape(row.assessor or '')}</div>")
    st.caption(
        _("%(department)s proposes the level of this customer.") % {"department": names.name(owner)}
        if owner
        else _("No department owns this customer, so nobody can propose its level. Name its owner in the register.")
    )


def _section(words: str) -> None:
    st.html(f'<h2 class="gl-section">{escape(words)}</h2>')


def _requests(actor: Actor, found: Opened, file: AssessmentFile, row: AssessmentRow) -> None:
    if not file.requests:
        return
    _section(_("Questions"))
    for one in file.requests:
        st.html(request_html(one, found.time_zone))
        if one.state == "open":
            _open_request(actor, row, one)


def _open_request(actor: Actor, row: AssessmentRow, one: RequestRow) -> None:
    if may(actor, "assessment.propose") and row.department == actor.department_code:
        answer_form(one)
    elif may(actor, "assessment.review"):
        values = {"customer_id": one.customer_id, "request_id": one.id, "version": one.version}
        st.button(
            _("Withdraw the question"), key=f"request-withdraw-{one.id}", type="tertiary", on_click=note_deed,
            args=(Deed("withdraw_request", values),),
        )  # fmt: skip


def _visits(actor: Actor, found: Opened, file: AssessmentFile) -> None:
    if not file.visits:
        return
    _section(_("Site visits"))
    for one in file.visits:
        st.html(visit_html(one, found.time_zone))
        photos(actor, one)
        if one.state == "ordered":
            _ordered_visit(actor, found, one)


def _ordered_visit(actor: Actor, found: Opened, one: VisitRow) -> None:
    if one.assignee_id == actor.user_id and may(actor, "assessment.report_visit"):
        report_form(one, found.today)
    if may(actor, "assessment.review") and st.button(_("Call off"), key=f"visit-cancel-{one.id}", type="tertiary"):
        drawers.cancel_visit(found, one)
