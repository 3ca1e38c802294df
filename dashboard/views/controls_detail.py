"""The right half of the measures page: the measure, why it is there, its customer, and what can be done now."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.control_words import (
    control_title,
    demands_text,
    fact_text,
    force_text,
    reason_text,
)
from dashboard.components.departments import DepartmentNames, department_names
from dashboard.components.desk_keys import desk_keys
from dashboard.components.level_badge import grade_badge, level_badge
from dashboard.i18n import NO_VALUE, _, format_date, format_money, format_percent, with_value
from dashboard.labels import label
from dashboard.navigation import open_page
from dashboard.state import current_actor
from dashboard.views import controls_drawers as drawers
from dashboard.views.controls_list import may_approve
from dashboard.views.controls_proposal import propose
from dashboard.views.controls_reads import Opened, opened
from dashboard.views.controls_selection import (
    DETAIL,
    Deed,
    choose,
    chosen_key,
    following,
    key_of,
    move,
    note_deed,
    order,
    row_name,
)
from db.enums import Role
from services.access import may
from services.context import Actor
from services.controls import ControlRow
from services.controls.plan_rules import FACTS


@st.fragment(key=DETAIL)
def detail() -> None:
    """Draw the chosen row, or the first. Opening another runs this half alone."""
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
    desk_keys(chosen=chosen_key() or "", row=row)


def _opened(actor: Actor, found: Opened, names: DepartmentNames, row: str) -> None:
    with st.container(key="triage-decide", gap="small"):
        with st.container(key="triage-steps", horizontal=True, gap="small"):
            st.button(
                _("Back to the list"), key="triage-back", icon=":material/arrow_back:", on_click=choose, args=(None,)
            )
            st.button(_("Previous"), key="controls-previous", shortcut="K", on_click=move, args=(-1,))
            st.button(_("Next"), key="controls-next", shortcut="J", on_click=move, args=(1,))
            if st.button(_("Open customer"), key="triage-customer", icon=":material/person_search:", type="tertiary"):
                open_page("customer", customer=found.profile.customer_no, tab="measures")
        _head(found, names, row)
        _actions(actor, found)
    with st.container(key="triage-reasons", gap="small"):
        _body(found)


def _head(found: Opened, names: DepartmentNames, row: str) -> None:
    picked = " gl-picked" if chosen_key() is not None else ""
    mark = f".st-key-glrow-{row}{{background:var(--gl-row-current);box-shadow:inset 3px 0 0 currentColor}}"
    one, control = found.profile, found.row
    state = label("control_state", control.state)
    st.html(
        f'<div class="gl-head{picked}"><div class="gl-head-name">{escape(one.name)}</div>'
        f'<div class="gl-quiet">{escape(one.customer_no)} · {escape(names.name(one.department))} '
        f"{grade_badge(found.grade)}</div>"
        f'<div class="gl-head-why">{level_badge(control.risk_level)}&ensp;<b>{escape(control_title(control))}</b> '
        f'<span class="gl-chip">{escape(state)}</span></div>'
        f'<div class="gl-strong gl-demands">{escape(demands_text(control.kind, control.demands, found.currency))}</div>'
        f'<div class="gl-quiet">{escape(force_text(control.kind, control.force, control.override_role))}</div></div>'
        f"<style>{mark}</style>"
    )


# --- what can be done


def _actions(actor: Actor, found: Opened) -> None:
    row = found.row
    with st.container(key="triage-actions", horizontal=True, gap="small"):
        if row.state == "proposed":
            _on_proposal(actor, found)
        elif row.state == "active":
            _on_active(actor, found)


def _on_proposal(actor: Actor, found: Opened) -> None:
    row = found.row
    if may_approve(actor, row):
        follow = following(key_of(row))
        st.button(
            _("Approve"), key="controls-approve", type="primary", shortcut="A", on_click=note_deed,
            args=(Deed("approve", drawers.of_row(row), following=follow),),
        )  # fmt: skip
        if st.button(_("Decline"), key="controls-decline", shortcut="Z"):
            drawers.decline(row)
    elif row.proposed_by_id is not None and row.proposed_by_id == actor.user_id:
        follow = following(key_of(row))
        st.button(
            _("Take the proposal back"), key="controls-withdraw", on_click=note_deed,
            args=(Deed("withdraw", drawers.of_row(row), following=follow),),
        )  # fmt: skip
        st.caption(_("You proposed it: another person approves it."))
    else:
        st.caption(_("It waits for approval."))


def _on_active(actor: Actor, found: Opened) -> None:
    row = found.row
    is_own = actor.role != Role.BUSINESS or found.profile.department == actor.department_code
    if may(actor, "control.review") and is_own and st.button(
        _("Review the measure"), key="controls-review", type="primary", shortcut="E"
    ):  # fmt: skip
        drawers.review(row, found.today)
    if may(actor, "control.propose") and is_own and st.button(_("Change the measure"), key="controls-change"):
        propose(actor, row.customer_no, row.kind)
    if row.expires_on is not None and may(actor, "control.extend") and st.button(_("Extend"), key="controls-extend"):
        drawers.extend(row, found.today)
    if may(actor, "control.lift") and st.button(_("Lift"), key="controls-lift"):
        drawers.lift(row)


# --- the measure itself


def _body(found: Opened) -> None:
    row = found.row
    if found.replaces is not None:
        words = _("It replaces the one in force: %(demands)s")
        st.info(
            words % {"demands": demands_text(row.kind, found.replaces.demands, found.currency)},
            icon=":material/swap_horiz:",
        )
    st.html(f'<h2 class="gl-section">{escape(_("Why"))}</h2><div class="gl-words">{escape(reason_text(row))}</div>')
    _facts(found)
    st.html(f'<h2 class="gl-section">{escape(_("Course"))}</h2><dl class="gl-facts gl-figures">{_course(found)}</dl>')
    _guarantees(found)
    _others(found)


def _pairs(pairs: list[tuple[str, str]]) -> str:
    return "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in pairs if value)


def _facts(found: Opened) -> None:
    """What was known when it was proposed, beside what is owed now."""
    facts = found.row.facts
    pairs = [
        (_(one.title), fact_text(code, facts[code], found.currency))
        for code, one in FACTS.items()
        if facts.get(code) not in (None, 0)
    ]
    if driver := facts.get("driver"):
        pairs.insert(0, (_("Score driven by"), label("dimension", driver)))
    now = _("%(owed)s, of it overdue %(late)s") % {
        "owed": format_money(found.owed.open_amount, found.currency, compact=True),
        "late": format_money(found.owed.overdue_amount, found.currency, compact=True),
    }  # fmt: skip
    if pairs:
        st.html(f'<div class="gl-label">{escape(_("Known when it was proposed"))}</div>')
    st.html(f'<dl class="gl-facts gl-figures">{_pairs([*pairs, (_("Owes today"), now)])}</dl>')


def _course(found: Opened) -> str:
    row = found.row
    proposer = row.proposer if row.plan_rule is None else _("Rule of the plan")
    pairs = [
        (_("Proposed on"), _by(format_date(row.proposed_on), proposer)),
        (_("Approved on"), _by(format_date(row.starts_on), row.approver) if row.starts_on else ""),
        (_("In charge"), row.owner or _("The customer's department")),
        (_("Review on"), format_date(row.review_on) if row.state in ("proposed", "active") else ""),
        (_("Holds"), drawers.until_text(row) if row.state in ("proposed", "active") else ""),
        (_("Reviewed"), _by(format_date(row.reviewed_on), row.reviewer) if row.reviewed_on else ""),
        (_("Effect seen"), row.effect or ""),
        (_("Ended on"), _by(format_date(row.ended_on), row.ended_by) if row.ended_on else ""),
        (_("Ended as"), label("control_end", row.ended_as) if row.ended_as else ""),
        (_("Reason of the end"), row.end_reason or ""),
    ]
    return _pairs(pairs)


def _by(day: str, name: str | None) -> str:
    return day if not name else f"{day} · {name}"


def _guarantees(found: Opened) -> None:
    if found.row.kind != "guarantee" and not found.guarantees:
        return
    covered = found.guarantees[0].coverage if found.guarantees else None
    secured = found.guarantees[0].secured if found.guarantees else 0
    words = _("%(secured)s in force, %(share)s of what is owed") % {
        "secured": format_money(secured, found.currency, compact=True),
        "share": NO_VALUE if covered is None else format_percent(covered, 0),
    }  # fmt: skip
    st.html(f'<h2 class="gl-section">{escape(_("Guarantees"))}</h2><div>{escape(words)}</div>')


def _others(found: Opened) -> None:
    """What else holds, waits or was there on this customer."""
    if not found.others:
        return
    lines = "".join(f"<li>{_other(one, found.currency)}</li>" for one in found.others[:12])
    title = escape(_("Other measures on this customer"))
    st.html(f'<h2 class="gl-section">{title}</h2><ul class="gl-items">{lines}</ul>')


def _other(row: ControlRow, currency: str) -> str:
    day = row.ended_on or row.starts_on or row.proposed_on
    demands = demands_text(row.kind, row.demands, currency)
    return (
        f"{escape(with_value(control_title(row), demands))} "
        f'<span class="gl-chip">{escape(label("control_state", row.state))}</span> '
        f'<span class="gl-quiet">{escape(format_date(day))}</span>'
    )
