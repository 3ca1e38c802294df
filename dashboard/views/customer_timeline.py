"""Two tabs of the customer page: its warnings, and all that happened."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.address_filters import change_address, several_filter
from dashboard.components.departments import DepartmentNames
from dashboard.components.level_badge import level_badge
from dashboard.components.open_row import link_row, row_head
from dashboard.components.timeline import concept_words, timeline_list
from dashboard.components.warning_words import time_left_text, title_text, why_text
from dashboard.i18n import NO_VALUE, _, format_date, format_money, format_number, with_value
from dashboard.labels import label
from dashboard.navigation import file_of
from dashboard.views.customer_reads import EVENTS, CustomerHead, events, warnings
from db.enums import RiskLevel
from services.context import Actor
from services.customers import CONCEPTS
from services.early_warnings import WarningRow

PAGE = "page"


def warnings_tab(actor: Actor, head: CustomerHead, names: DepartmentNames) -> None:
    """Open warnings first; a row opens the warning on its own page."""
    rows = sorted(warnings(actor, head.profile.customer_id), key=_urgency)
    if not rows:
        st.info(_("No warning was ever raised on this customer."), icon=":material/notifications_off:")
        return
    with st.container(key="customer-warnings", gap=None):
        row_head(
            "".join(
                f'<span class="gl-cell-{cell}">{escape(words)}</span>'
                for cell, words in (
                    ("level", _("Severity")), ("who", _("Warning")), ("state", _("State")), ("money", _("At risk")),
                    ("time", _("Time left")), ("owner", _("Owner")),
                )
            )
        )  # fmt: skip
        for row in rows:
            name = _("Open the warning: %(title)s") % {"title": title_text(row, head.currency)}
            link_row(
                f"warning-{row.id}", _warning_cells(row, head, names), name, file=file_of("early_warnings"),
                query={"warning": f"{row.customer_id}.{row.id}"},
            )  # fmt: skip


def _urgency(row: WarningRow) -> tuple[bool, int]:
    """Open ones first, the most severe of them on top; the rest stay newest first."""
    is_open = row.hours_left is not None
    return not is_open, -list(RiskLevel).index(RiskLevel(row.severity)) if is_open else 0


def _warning_cells(row: WarningRow, head: CustomerHead, names: DepartmentNames) -> str:
    state = label("warning_state", row.state)
    if row.outcome is not None:
        state = with_value(state, label("warning_outcome", row.outcome))
    raised = _("raised %(day)s") % {"day": format_date(row.raised_on)}
    late = row.hours_left is not None and row.hours_left < 0
    return (
        f'<span class="gl-cell-level">{level_badge(row.severity, short=True)}</span>'
        f'<span class="gl-cell-who"><span class="gl-strong">{escape(title_text(row, head.currency))}</span>'
        f'<span class="gl-line">{escape(why_text(row.why, head.currency))} · {escape(raised)}</span></span>'
        f'<span class="gl-cell-state">{escape(state)}</span>'
        f'<span class="gl-cell-money">{escape(format_money(row.money_at_risk, head.currency, compact=True))}</span>'
        f'<span class="gl-cell-time{" gl-late" if late else ""}">{escape(time_left_text(row.hours_left))}</span>'
        f'<span class="gl-cell-owner">{escape(row.assignee or names.name(row.department) or NO_VALUE)}</span>'
    )


def _page_number() -> int:
    asked = st.query_params.get(PAGE, "")
    return (
        int(asked) - 1 if asked.isascii() and asked.isdigit() and 0 < int(asked[:6]) < 10_000 and len(asked) < 6 else 0
    )


def _turn(page: int) -> None:
    change_address({PAGE: str(page + 1) if page > 0 else ""})


def timeline_tab(actor: Actor, head: CustomerHead, _names: DepartmentNames) -> None:
    """Everything that happened, or some kinds of it, newest first."""
    chosen = several_filter(
        "concepts", CONCEPTS, label=_("Kinds of events"), words=concept_words, key="customer-concepts", resets=(PAGE,)
    )
    page = _page_number()
    rows, has_more = events(actor, head.profile.customer_id, chosen, page)
    if not rows:
        narrowed = _("Nothing of this kind is recorded.")
        nothing = narrowed if chosen or page else _("Nothing is recorded about this customer yet.")
        st.info(nothing, icon=":material/history_toggle_off:")
    else:
        timeline_list(rows, head.currency)
    if not page and not has_more:
        return
    with st.container(key="timeline-paging", horizontal=True, gap="small", vertical_alignment="center"):
        st.button(
            _("Newer"), key="timeline-newer", icon=":material/chevron_left:", on_click=_turn, args=(page - 1,),
            disabled=not page,
        )  # fmt: skip
        st.button(
            _("Older"), key="timeline-older", icon=":material/chevron_right:", icon_position="right", on_click=_turn,
            args=(page + 1,), disabled=not has_more,
        )  # fmt: skip
        if rows:
            first = page * EVENTS + 1
            st.caption(
                _("Events %(first)s–%(last)s") % {
                    "first": format_number(first), "last": format_number(first + len(rows) - 1)
                }
            )  # fmt: skip
