"""The right half of the triage desk: the chosen warning, its customer, and what can be decided."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.departments import DepartmentNames, department_names
from dashboard.components.desk import following
from dashboard.components.desk_keys import desk_keys
from dashboard.components.level_badge import grade_badge, level_badge
from dashboard.components.score_breakdown import score_glance
from dashboard.components.timeline import timeline_list
from dashboard.components.warning_words import escalation_text, time_left_text, title_text, why_text
from dashboard.i18n import NO_VALUE, _, format_date, format_datetime, format_money, format_time, ngettext, with_aside
from dashboard.labels import label
from dashboard.navigation import open_page
from dashboard.state import current_actor
from dashboard.views import early_warnings_dialogs as drawers
from dashboard.views.early_warnings_customer import account_facts, facts_html, other_warnings, section
from dashboard.views.early_warnings_dialogs import plain
from dashboard.views.early_warnings_list import priority_text
from dashboard.views.early_warnings_moves import move
from dashboard.views.early_warnings_reads import Opened, opened
from dashboard.views.early_warnings_selection import (
    ADDRESS,
    DETAIL,
    OPENED,
    Deed,
    choose,
    chosen_key,
    key_of,
    note_deed,
    order,
    pick_of,
    row_name,
)
from services.access import may
from services.context import Actor
from services.early_warnings import WarningRow

_ITEMS_SHOWN = 8


@st.fragment(key=DETAIL)
def detail() -> None:
    """Draw the chosen warning. The next key runs this half alone: the list beside it is fifty rows."""
    actor = current_actor()
    found = opened(actor, chosen_key(), order())
    st.session_state[OPENED] = None if found is None or found.row.held_by else key_of(found.row)
    if found is not None:
        with st.container(key="triage-detail", border=True, gap="small"):
            _warning(actor, found, department_names(actor))
    row = "" if found is None else row_name(key_of(found.row))
    desk_keys(chosen=st.query_params.get(ADDRESS, ""), row=row)


def _warning(actor: Actor, found: Opened, names: DepartmentNames) -> None:
    """One warning with everything a decision on it needs. What is decided stays in sight; the rest scrolls."""
    row = found.row
    with st.container(key="triage-decide", gap="small"):
        _steps(row)
        _head(row, found)
        if row.held_by is None or row.state == "resolved":
            _actions(actor, row, found)
        else:
            _held(actor, row, found)
    with st.container(key="triage-reasons", gap="small"):
        _facts(row, found, names)
        _evidence(row)
        account_facts(found)
        score_glance(found.score, found.today)
        other_warnings(found)
        section(_("Latest events"))
        if found.latest:
            timeline_list(found.latest, found.currency)
        else:
            st.caption(_("Nothing is recorded about this customer yet."))


def _steps(row: WarningRow) -> None:
    with st.container(key="triage-steps", horizontal=True, gap="small"):
        st.button(_("Back to the list"), key="triage-back", icon=":material/arrow_back:", on_click=choose, args=(None,))
        st.button(_("Previous"), key="triage-previous", shortcut="K", on_click=move, args=(-1,))
        st.button(_("Next"), key="triage-next", shortcut="J", on_click=move, args=(1,))
        if st.button(_("Open customer"), key="triage-customer", icon=":material/person_search:", type="tertiary"):
            open_page("customer", customer=row.customer_no)


def _held(actor: Actor, row: WarningRow, found: Opened) -> None:
    """Somebody else has it open: who, since when, and the two ways on."""
    since = format_time(row.held_since, found.time_zone)
    words = _("%(name)s has had this warning open since %(time)s.") % {"name": plain(row.held_by or ""), "time": since}
    st.markdown(f":material/lock_person: **{words}**")
    if not may(actor, "early_warning.take_over"):
        return
    with st.container(key="triage-actions", horizontal=True, gap="small"):
        st.button(_("Next free warning"), key="triage-next-free", type="primary", on_click=move, args=(1,))
        deed = Deed("take_over", (pick_of(row),), following=key_of(row))
        st.button(
            _("Take over"), key="triage-take-over", on_click=note_deed, args=(deed,),
            help=_("It is then yours, and the ledger says from whom you took it"),
        )  # fmt: skip


def _head(row: WarningRow, found: Opened) -> None:
    picked = " gl-picked" if chosen_key() is not None else ""
    st.html(
        f'<div class="gl-head{picked}"><div class="gl-head-name">{escape(row.customer_name)}</div>'
        f'<div class="gl-quiet">{escape(row.customer_no)} {grade_badge(found.grade)}</div>'
        f'<div class="gl-head-why">{level_badge(row.severity, short=True)} · '
        f"{escape(title_text(row, found.currency))}</div>"
        f"<div>{escape(why_text(row.why, found.currency))}</div></div>{_marked(row)}"
    )


def _marked(row: WarningRow) -> str:
    """Marks the row of the list, which this half may not draw: a rule for the class that Streamlit gives it."""
    name = f".st-key-glrow-{row_name(key_of(row))}"
    return f"<style>{name}{{background:var(--gl-row-current);box-shadow:inset 3px 0 0 currentColor}}</style>"


def _actions(actor: Actor, row: WarningRow, found: Opened) -> None:
    if row.state == "resolved":
        st.info(
            _("Resolved: %(outcome)s. %(note)s")
            % {"outcome": label("warning_outcome", row.outcome), "note": row.resolution_note or ""},
            icon=":material/task_alt:",
        )
    allowed = {act: may(actor, f"early_warning.{act}") for act in ("acknowledge", "act", "assign", "snooze", "resolve")}
    is_open = row.state != "resolved"
    follow = following(order(), (key_of(row),))
    with st.container(key="triage-actions", horizontal=True, gap="small"):
        if is_open:
            _next_step(row, allowed, follow)
            if allowed["assign"] and st.button(_("Assign"), key="triage-assign", shortcut="S"):
                drawers.assign(row, found.people, actor.user_id, follow)
            if allowed["snooze"] and st.button(_("Snooze"), key="triage-snooze", shortcut="Z"):
                drawers.snooze(row, found.today, follow)
            if allowed["resolve"] and st.button(_("Resolve"), key="triage-resolve", shortcut="E"):
                _open_resolve(row, follow)
    if is_open and not any(allowed.values()):
        st.caption(_("Your role reads warnings. Business, risk, legal and finance people decide on them."))


def _next_step(row: WarningRow, allowed: dict[str, bool], follow: tuple[int, int] | None) -> None:
    """One button, key A, for the step that comes next: acknowledge a new warning, act on an acknowledged one."""
    command, words = ("acknowledge", _("Acknowledge")) if row.state == "raised" else ("act", _("Start acting"))
    if row.state == "acting" or not allowed[command]:
        return
    deed = Deed(command, (pick_of(row),), following=follow)
    st.button(words, key="triage-step", type="primary", shortcut="A", on_click=note_deed, args=(deed,))


def _open_resolve(row: WarningRow, follow: tuple[int, int] | None) -> None:
    if row.state == "acting":
        drawers.resolve(row, follow)
        return
    st.toast(
        _("Only a warning that is being acted on can be resolved. Acknowledge it, then start acting: key A."),
        icon=":material/info:",
    )


def _facts(row: WarningRow, found: Opened, names: DepartmentNames) -> None:
    due = format_datetime(row.due_at, found.time_zone)
    left = time_left_text(row.hours_left)
    facts = {
        _("Money at risk"): format_money(row.money_at_risk, found.currency),
        _("Next step due"): NO_VALUE if row.state == "resolved" else with_aside(due, left),
        _("State"): " · ".join(filter(None, (label("warning_state", row.state), escalation_text(row.escalation)))),
        _("Owner"): row.assignee or _("nobody yet"),
        _("Department"): names.name(row.department),
        _("Raised"): format_date(row.raised_on),
    }
    if row.priority is not None:
        facts[_("Place in the order")] = priority_text(row.priority, found.currency)
    if row.is_snoozed:
        facts[_("Snoozed until")] = f"{format_date(row.snoozed_until)}: {row.snooze_reason}"
    if row.sign_gone_on is not None:
        facts[_("Sign no longer seen since")] = format_date(row.sign_gone_on)
    st.html(facts_html(facts))


def _evidence(row: WarningRow) -> None:
    if not row.items:
        return
    shown = " · ".join(escape(item) for item in row.items[:_ITEMS_SHOWN])
    rest = len(row.items) - _ITEMS_SHOWN
    more = "" if rest <= 0 else " " + escape(ngettext("and %(n)s more", "and %(n)s more", rest) % {"n": rest})
    section(_("Evidence"))
    st.html(f'<div class="gl-quiet">{shown}{more}</div>')
