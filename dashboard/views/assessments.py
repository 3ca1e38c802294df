"""The assessments page: a department's worklist and the review queue, the chosen customer beside it (policy 2.2)."""

from __future__ import annotations

import streamlit as st

from dashboard.components.address_filters import choice_filter, clear_filters, pill_filter, switch_filter, text_filter
from dashboard.components.departments import DepartmentNames, department_names
from dashboard.components.desk import ticked
from dashboard.i18n import _, format_number, ngettext
from dashboard.labels import LABELS, label
from dashboard.navigation import page_spec
from dashboard.state import DASHBOARD, current_actor
from dashboard.views import assessments_drawers as drawers
from dashboard.views.assessments_deeds import carry_out
from dashboard.views.assessments_detail import detail
from dashboard.views.assessments_list import review_list, task_list
from dashboard.views.assessments_reads import Listed, queue, worklist
from dashboard.views.assessments_selection import (
    ORDER,
    REVIEW,
    TASKS,
    VIEW,
    key_of,
    offer_more,
    rows_shown,
)
from db.enums import Role
from services.access import may
from services.assessments import AssessmentCounts, ReviewFilter, ReviewRow, TaskFilter, TaskRow
from services.context import Actor

FILTERS = (
    ("kind", "assessments-kind"), ("level", "assessments-level"), ("department", "assessments-department"),
    ("agrees", "assessments-agrees"), ("ready", "assessments-ready"), ("mine", "assessments-mine"),
    ("search", "triage-search"),
)  # fmt: skip
_YES, _NO = "yes", "no"


def _view(actor: Actor) -> str:
    """Business people start with what they propose, everybody else with what is reviewed."""
    usual = TASKS if actor.role == Role.BUSINESS else REVIEW
    other = REVIEW if usual == TASKS else TASKS
    words = {"": usual, other: other}
    titles = {TASKS: _("Worklist"), REVIEW: _("Review")}
    chosen = pill_filter(
        VIEW, [other], label=_("List"), words=lambda code: titles[words[code]], key="assessments-view"
    )  # fmt: skip
    return chosen or usual


def _shared_filters(actor: Actor, names: DepartmentNames) -> tuple[str | None, str | None, str]:
    level = choice_filter(
        "level", list(LABELS["risk_level"])[::-1], label=_("Level"), everything=_("Every level"),
        words=lambda code: label("risk_level", code), key="assessments-level",
    )  # fmt: skip
    department = None
    if actor.role != Role.BUSINESS:
        department = choice_filter(
            "department", names.codes, label=_("Department"), everything=_("Every department"), words=names.name,
            key="assessments-department",
        )  # fmt: skip
    search = text_filter(
        "search", label=_("Search"), placeholder=_("Customer name or number ( / )"), key="triage-search"
    )
    return level, department, search


def _task_filters(actor: Actor, names: DepartmentNames) -> TaskFilter:
    kind = choice_filter(
        "kind", list(LABELS["task_kind"]), label=_("What to do"), everything=_("Everything to do"),
        words=lambda code: label("task_kind", code), key="assessments-kind",
    )  # fmt: skip
    level, department, search = _shared_filters(actor, names)
    mine = may(actor, "assessment.report_visit") and switch_filter("mine", label=_("Mine"), key="assessments-mine")
    return TaskFilter(department=department, kind=kind, level=level, search=search, mine=mine)


def _review_filters(actor: Actor, names: DepartmentNames) -> ReviewFilter:
    agrees = choice_filter(
        "agrees", [_YES, _NO], label=_("Agreement"), everything=_("Agreeing or not"), key="assessments-agrees",
        words=lambda code: _("As computed") if code == _YES else _("Deviating"),
    )  # fmt: skip
    ready = choice_filter(
        "ready", [_YES, _NO], label=_("Open questions"), everything=_("Ready or waiting"), key="assessments-ready",
        words=lambda code: _("Ready to decide") if code == _YES else _("Waiting for an answer or a report"),
    )  # fmt: skip
    level, department, search = _shared_filters(actor, names)
    mine = may(actor, "assessment.review") and switch_filter("mine", label=_("Mine"), key="assessments-mine")
    return ReviewFilter(
        department=department, level=level, search=search, mine=mine,
        agrees=None if agrees is None else agrees == _YES, ready=None if ready is None else ready == _YES,
    )  # fmt: skip


def _headline(view: str, counts: AssessmentCounts) -> str:
    if view == REVIEW:
        parts = (
            ngettext("**%(n)s** to take up", "**%(n)s** to take up", counts.to_review)
            % {"n": format_number(counts.to_review)},
            ngettext("**%(n)s** in review", "**%(n)s** in review", counts.in_review)
            % {"n": format_number(counts.in_review)},
        )
        return " · ".join(parts)
    parts = (
        ngettext("**%(n)s** overdue", "**%(n)s** overdue", counts.overdue) % {"n": format_number(counts.overdue)},
        ngettext("**%(n)s** returned", "**%(n)s** returned", counts.returned) % {"n": format_number(counts.returned)},
        ngettext("**%(n)s** question", "**%(n)s** questions", counts.requests)
        % {"n": format_number(counts.requests)},
        ngettext("**%(n)s** visit", "**%(n)s** visits", counts.visits) % {"n": format_number(counts.visits)},
        ngettext("**%(n)s** draft", "**%(n)s** drafts", counts.drafts) % {"n": format_number(counts.drafts)},
    )  # fmt: skip
    return " · ".join(parts)


def _empty(view: str, *, is_narrowed: bool) -> None:
    if is_narrowed:
        st.info(_("Nothing fits these filters."), icon=":material/filter_alt_off:")
        st.button(_("Show everything"), key="assessments-clear", on_click=clear_filters, args=FILTERS)
    elif view == REVIEW:
        st.success(
            _("No proposal waits for a review. New ones appear here as soon as a department hands one in."),
            icon=":material/done_all:",
        )
    else:
        st.success(
            _("Nothing is due. Customers appear here two weeks before their next assessment."),
            icon=":material/done_all:",
        )


def _bulk(actor: Actor, rows: tuple[ReviewRow, ...]) -> None:
    """Many at once: those that are ticked, else all that are listed."""
    if not rows or not may(actor, "assessment.finalise"):
        return
    chosen = ticked(rows)
    words = (
        ngettext("Finalise %(n)s selected", "Finalise %(n)s selected", len(chosen)) % {"n": format_number(len(chosen))}
        if chosen
        else _("Finalise all that agree")
    )
    if st.button(words, key="assessments-bulk", type="primary" if chosen else "secondary"):
        drawers.finalise_agreeing(chosen or rows)


def _rows(actor: Actor, view: str, shown: Listed, to_review: tuple[ReviewRow, ...], names: DepartmentNames) -> None:
    if view == REVIEW:
        review_list(to_review, names, may_tick=may(actor, "assessment.finalise"))
        return
    tasks = tuple(row for row in shown.rows if isinstance(row, TaskRow))
    task_list(tasks, names, is_own=actor.role == Role.BUSINESS)


def page() -> None:
    """Draw the page."""
    actor = current_actor()
    for sheet in ("worklist", "assessments"):
        st.html(DASHBOARD / f"theme/{sheet}.css")
    with st.container(key="triage-title", horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.title(_(page_spec("assessments").title), anchor=False)
        headline, bulk = st.empty(), st.container(key="triage-bar", width="content")
    carry_out(actor)
    names = department_names(actor)
    with st.container(key="triage-filters", horizontal=True, gap="small", vertical_alignment="center"):
        view = _view(actor)
        tasks = _task_filters(actor, names) if view == TASKS else TaskFilter()
        reviews = _review_filters(actor, names) if view == REVIEW else ReviewFilter()
    limit = rows_shown()
    shown = worklist(actor, tasks, limit) if view == TASKS else queue(actor, reviews, limit)
    st.session_state[ORDER] = tuple(dict.fromkeys(key_of(row) for row in shown.rows))
    headline.markdown(_headline(view, shown.counts))
    to_review = tuple(row for row in shown.rows if isinstance(row, ReviewRow))
    with bulk:
        _bulk(actor, to_review)
    with st.container(key="triage-desk", horizontal=True, gap="medium"):
        with st.container(key="triage-list", gap=None):
            with st.container(key="assessments-rows", gap=None):
                _rows(actor, view, shown, to_review, names)
            if not shown.rows:
                _empty(view, is_narrowed=(tasks, reviews) != (TaskFilter(), ReviewFilter()))
            if shown.has_more:
                offer_more("assessments-more")
        detail()


page()
