"""The right half of the listings page: a candidate, a proposal, a listing; and what can be done now."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.departments import DepartmentNames, department_names
from dashboard.components.desk_keys import desk_keys
from dashboard.components.level_badge import grade_badge
from dashboard.components.listing_file import (
    candidate_html,
    checks_html,
    clock_html,
    criteria_text,
    evidence_html,
    facts_html,
    file_button,
    grade_mark,
    people_html,
    reply_html,
    said_html,
    state_text,
)
from dashboard.i18n import NO_VALUE, _, format_date, format_money
from dashboard.labels import label
from dashboard.navigation import open_page
from dashboard.state import current_actor
from dashboard.views import listings_drawers as drawers
from dashboard.views.listings_actions import candidate_actions, listing_actions, reply_actions
from dashboard.views.listings_form import evidence_list, may_add, proposal_form
from dashboard.views.listings_reads import Opened, opened
from dashboard.views.listings_selection import (
    DETAIL,
    choose,
    chosen_key,
    following,
    key_of,
    move,
    order,
    row_name,
)
from services.access import may
from services.context import Actor
from services.listings import CandidateFile, EvidenceRow, ListingFile, ListingRow


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
        _steps(actor, found)
        _head(found, names, row)
        if found.listing is not None:
            listing_actions(actor, found, found.listing)
        elif found.candidate is not None:
            candidate_actions(actor, found, found.candidate.row)
    with st.container(key="triage-reasons", gap="small"), st.container(key="listings-beside", gap=None):
        with st.container(key="listings-work", gap="small"):
            _work(actor, found)
        with st.container(key="listings-file", gap="small"):
            _beside(actor, found)


def _steps(actor: Actor, found: Opened) -> None:
    with st.container(key="triage-steps", horizontal=True, gap="small"):
        st.button(_("Back to the list"), key="triage-back", icon=":material/arrow_back:", on_click=choose, args=(None,))
        st.button(_("Previous"), key="listings-previous", shortcut="K", on_click=move, args=(-1,))
        st.button(_("Next"), key="listings-next", shortcut="J", on_click=move, args=(1,))
        if found.listing is not None and may(actor, "listing.tip") and found.listing.row.step is not None:
            customer = (found.profile.customer_no, found.profile.name)
            if st.button(_("Add a tip"), key="listings-tip-here", type="tertiary"):
                drawers.tip(actor, found.today, customer)
        if st.button(_("Open customer"), key="triage-customer", icon=":material/person_search:", type="tertiary"):
            open_page("customer", customer=found.profile.customer_no, tab="decisions")


def _head(found: Opened, names: DepartmentNames, row: str) -> None:
    picked = " gl-picked" if chosen_key() is not None else ""
    mark = f".st-key-glrow-{row}{{background:var(--gl-row-current);box-shadow:inset 3px 0 0 currentColor}}"
    one, owed = found.profile, found.exposure
    money = _("open %(open)s, overdue %(overdue)s") % {
        "open": format_money(owed.open_amount, found.currency, compact=True),
        "overdue": format_money(owed.overdue_amount, found.currency, compact=True),
    }
    st.html(
        f'<div class="gl-head{picked}"><div class="gl-head-name">{escape(one.name)}</div>'
        f'<div class="gl-quiet">{escape(one.customer_no)} · {escape(names.name(one.department))} · {escape(money)} '
        f'{grade_badge(found.grade)}</div><div class="gl-head-why">{_standing(found)}</div></div>'
        f"<style>{mark}</style>"
    )


def _standing(found: Opened) -> str:
    """Where it stands, and its clock."""
    if found.listing is not None:
        row = found.listing.row
        clock = clock_html(format_date(row.trigger_on), format_date(row.deadline_on), row.days_left)
        mark = "" if row.state == "confirmed" else grade_mark(row.grade)
        chip = f'<span class="gl-chip">{escape(state_text(row))}</span>'
        ended = _ended(row)
        return f"{mark} <b>{escape(criteria_text(row.criteria))}</b> {chip}<br>{clock}{ended}"
    if found.candidate is not None:
        one = found.candidate.row
        clock = clock_html(
            format_date(one.trigger_on), format_date(one.deadline_on), None if one.closed_on else one.days_left
        )
        chip = f'<span class="gl-chip">{escape(label("candidate_state", one.state))}</span>'
        return f"<b>{escape(label('criterion', one.criterion))}</b> {chip}<br>{clock}"
    return escape(_("Not proposed"))


def _ended(row: ListingRow) -> str:
    if row.decided_on is None:
        return ""
    words = [_("decided on %(day)s") % {"day": format_date(row.decided_on)}]
    if row.restored_on is not None:
        words.append(_("ended on %(day)s") % {"day": format_date(row.restored_on)})
    return f" · {escape(' · '.join(words))}"


# --- the left half of the file: what is done


def _work(actor: Actor, found: Opened) -> None:
    if found.listing is not None:
        _listing(actor, found, found.listing)
    elif found.candidate is not None and found.candidate.row.closed_on is None:
        _candidate(actor, found, found.candidate)
    elif found.candidate is not None:
        st.html(candidate_html(found.candidate.row))
    else:
        _propose(actor, found)


def _candidate(actor: Actor, found: Opened, file: CandidateFile) -> None:
    row = file.row
    if row.is_paid:
        st.info(
            _("The invoice was paid, but after the deadline: for the metric this sign is undecided until somebody "
              "decides on it."),
            icon=":material/payments:",
        )  # fmt: skip
    if row.words:
        _section(_("Tip"))
        st.html(
            f'<div class="gl-words">{escape(row.words)}</div><div class="gl-quiet">{escape(row.reporter or "")}</div>'
        )
    if row.facts:
        _section(_("What shows it"))
        st.html(facts_html(row.facts))
    for one in file.evidence:
        _piece(actor, one)
    _section(_("Propose a listing"))
    _propose(actor, found)


def _piece(actor: Actor, one: EvidenceRow) -> None:
    with st.container(key=f"piece-{one.id}", horizontal=True, gap="small", vertical_alignment="center"):
        st.html(evidence_html(one))
        file_button(actor, one)


def _propose(actor: Actor, found: Opened) -> None:
    """The form, for those who may propose; whose turn it is, for others."""
    if found.grade is not None:
        st.caption(_("This customer is listed already."))
    elif may(actor, "listing.propose") and _is_own(actor, found):
        proposal_form(found, None)
    elif may(actor, "listing.tip"):
        st.caption(_("The customer's department, risk management, legal or finance proposes the listing."))
        if st.button(_("Hand in a tip"), key="listings-tip-about", icon=":material/campaign:"):
            drawers.tip(actor, found.today, (found.profile.customer_no, found.profile.name))
    else:
        st.caption(_("The customer's department, risk management, legal or finance proposes the listing."))


def _is_own(actor: Actor, found: Opened) -> bool:
    return actor.role != "business" or found.profile.department == actor.department_code


def _listing(actor: Actor, found: Opened, file: ListingFile) -> None:
    row = file.row
    is_writer = row.proposer_id == actor.user_id or (
        row.proposer_id is not None and row.department == actor.department_code
    )
    if row.step in {"draft", "asked"} and is_writer and may(actor, "listing.propose"):
        if row.asked_for and row.step == "asked":
            st.warning(
                _("Asked for by %(day)s: %(what)s") % {"day": format_date(row.asked_due_on), "what": row.asked_for},
                icon=":material/help:",
            )
        proposal_form(found, row, following(key_of(row)))
    else:
        st.html(said_html(row) or f'<div class="gl-quiet">{escape(_("Nothing was written about it."))}</div>')
    if row.step is not None or file.evidence:
        _section(_("Evidence on file"))
        evidence_list(actor, found, file.evidence, row, is_open=may_add(actor, row))


def _section(words: str) -> None:
    st.html(f'<h2 class="gl-section">{escape(words)}</h2>')


# --- the right half of the file: what is there


def _beside(actor: Actor, found: Opened) -> None:
    file = found.listing
    if file is not None:
        row = file.row
        if row.step is not None:
            _section(_("What this needs"))
            st.html(checks_html(file.checks))
        if row.step is not None or row.reply.offered_on is not None:
            _section(_("Right of reply"))
            st.html(reply_html(row))
            reply_actions(actor, found, row)
        if row.proposer is not None:
            _section(_("People"))
            st.html(people_html(row, found.time_zone))
        if file.candidates:
            _section(_("Signs"))
            st.html("".join(candidate_html(one) for one in file.candidates))
    others = [one for one in found.waiting if found.candidate is None or one.id != found.candidate.row.id]
    if others:
        _section(_("Other signs"))
        st.html("".join(candidate_html(one) for one in others))
    _section(_("Earlier listings"))
    st.html(_earlier(found) or f'<div class="gl-quiet">{escape(_("none"))}</div>')


def _earlier(found: Opened) -> str:
    return "".join(
        f"<div>{grade_mark(one.grade)} {escape(criteria_text(one.criteria))} "
        f'<span class="gl-quiet">{escape(state_text(one))} · '
        f"{escape(format_date(one.decided_on) if one.decided_on else NO_VALUE)}</span></div>"
        for one in found.earlier
    )
