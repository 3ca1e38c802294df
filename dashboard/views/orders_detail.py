"""The right half of the orders page: the order, why it was answered so, the customer's limits, and what can be done."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.departments import DepartmentNames
from dashboard.components.desk_keys import desk_keys
from dashboard.components.gate_words import amount_text, gate_reason_text
from dashboard.components.level_badge import grade_badge, level_badge
from dashboard.components.limit_meter import limits_html, measures_html
from dashboard.components.people_names import people_names
from dashboard.i18n import _, format_date, format_datetime, format_number
from dashboard.labels import label
from dashboard.navigation import open_page
from dashboard.views.orders_reads import Opened
from dashboard.views.orders_selection import Deed, choose, chosen_key, key_of, move, note_deed, row_name
from db.enums import GateDecision, HeldOrderState
from services.access import may
from services.context import Actor
from services.gate import GateOrderRow

_MOST_WORDS = 2000


def detail(actor: Actor, found: Opened | None, names: DepartmentNames) -> None:
    """Draw the open order."""
    if found is not None:
        with st.container(key="triage-detail", border=True, gap="small"):
            with st.container(key="triage-decide", gap="small"):
                _steps(found)
                _head(found, names)
                _decision(actor, found)
            with st.container(key="triage-reasons", gap="small"):
                _facts(actor, found)
    chosen = ".".join(chosen_key() or ())
    desk_keys(chosen=chosen, row="" if found is None else row_name(found.row))


def _steps(found: Opened) -> None:
    with st.container(key="triage-steps", horizontal=True, gap="small"):
        st.button(_("Back to the list"), key="triage-back", icon=":material/arrow_back:", on_click=choose, args=(None,))
        st.button(_("Previous"), key="orders-previous", shortcut="K", on_click=move, args=(-1,))
        st.button(_("Next"), key="orders-next", shortcut="J", on_click=move, args=(1,))
        if st.button(_("Open customer"), key="triage-customer", icon=":material/person_search:", type="tertiary"):
            open_page("customer", customer=found.profile.customer_no, tab="orders")


def _head(found: Opened, names: DepartmentNames) -> None:
    one, row = found.profile, found.row
    picked = " gl-picked" if chosen_key() is not None else ""
    name = row_name(row)
    mark = f".st-key-glrow-{name}{{background:var(--gl-row-current);box-shadow:inset 3px 0 0 currentColor}}"
    amount = amount_text(row.original_amount, row.currency, found.currency, row.amount)
    reasons = "".join(f"<li>{escape(gate_reason_text(reason, found.currency))}</li>" for reason in row.reasons)
    why = f'<ul class="gl-measures gl-head-why">{reasons}</ul>' if reasons else ""
    st.html(
        f'<div class="gl-head{picked}"><div class="gl-head-name">{escape(one.name)} · {escape(amount)}</div>'
        f'<div class="gl-quiet">{escape(row.order_no)} · {escape(one.customer_no)} · '
        f"{escape(names.name(one.department))} {level_badge(found.level.level, short=True)} "
        f"{grade_badge(found.limits.grade)}</div>{_standing(row)}{why}</div><style>{mark}</style>"
    )


def _standing(row: GateOrderRow) -> str:
    """How the order stands now; what was answered at first follows where something else came of it since."""
    now, beside = label("gate_decision", row.decision), []
    if row.state is HeldOrderState.WAITING:
        now = label("gate_decision", GateDecision.HOLD)
        if row.release_role is not None:
            beside.append(_("waiting for: %(role)s") % {"role": label("role", row.release_role)})
    elif row.state is not None:
        now = label("held_order_state", row.state)
    first = label("gate_decision", row.decision)
    if now != first:
        beside.append(_("first answer: %(answer)s") % {"answer": first})
    rest = "".join(f" · {escape(words)}" for words in beside)
    return f'<p class="gl-answer"><b>{escape(now)}</b>{rest}</p>'


# --- what can be done


def _decision(actor: Actor, found: Opened) -> None:
    row = found.row
    if row.state is HeldOrderState.WAITING:
        _waiting(actor, found)
    elif row.settled_reason:
        st.caption(
            _("%(who)s on %(day)s: %(why)s")
            % {"who": row.settled_by or _("The system"), "day": _moment(found), "why": row.settled_reason}
        )
    _withdraw(actor, row)


def _moment(found: Opened) -> str:
    return format_datetime(found.row.settled_at, found.time_zone)


def _waiting(actor: Actor, found: Opened) -> None:
    """The form of who decides; for everybody else whom it waits for."""
    row = found.row
    if not may(actor, "gate.release") or actor.role != row.release_role:
        return
    if row.asked_by == actor.login:
        st.caption(_("You asked for this order: somebody else decides on it."))
        return
    if found.limits.grade is not None:
        st.caption(_("The customer is listed by now: the order can only be refused."))
    draft = f"settle-{row.customer_id}-{row.id}-"
    st.text_area(
        _("Reason"), key=f"{draft}reason", max_chars=_MOST_WORDS, height=80,
        placeholder=_("Who reads the order later has to understand the decision"),
    )  # fmt: skip
    with st.container(key="triage-actions", horizontal=True, gap="small", vertical_alignment="bottom"):
        st.button(
            _("Release the order"), key="orders-release", type="primary", on_click=_settle,
            args=("release", row, draft), disabled=found.limits.grade is not None,
        )  # fmt: skip
        st.button(_("Refuse the order"), key="orders-refuse", on_click=_settle, args=("refuse", row, draft))
        st.date_input(
            _("Release holds until"), value=None, key=f"{draft}until", min_value=found.today, format="YYYY-MM-DD",
            help=_("Empty: until the order is invoiced."),
        )  # fmt: skip


def _settle(command: str, row: GateOrderRow, draft: str) -> None:
    values = {
        "customer_id": row.customer_id, "order_id": row.id, "version": row.version,
        "reason": st.session_state.get(f"{draft}reason") or "",
    }  # fmt: skip
    if command == "release":
        values["until"] = st.session_state.get(f"{draft}until")
    note_deed(Deed(command, values, draft, goes_on=True))


def _withdraw(actor: Actor, row: GateOrderRow) -> None:
    is_open = row.state in {HeldOrderState.WAITING, HeldOrderState.RELEASED}
    is_allowed = row.state is None and row.decision is GateDecision.ALLOW
    if row.asked_by == actor.login and (is_open or is_allowed) and may(actor, "gate.ask"):
        values = {"customer_id": row.customer_id, "order_id": row.id, "version": row.version}
        st.button(
            _("Withdraw the order"), key="orders-withdraw", type="tertiary", on_click=note_deed,
            args=(Deed("withdraw", values),), help=_("It was not placed: it counts against no limit from then on."),
        )  # fmt: skip


# --- what is known


def _facts(actor: Actor, found: Opened) -> None:
    row = found.row
    counts = row.state is HeldOrderState.WAITING
    _section(_("Limits now, with this order") if counts else _("Limits now"))
    st.html(limits_html(found.limits, found.currency, row.amount if counts else None))
    _section(_("Measures in force"))
    st.html(measures_html(found.limits, found.currency))
    _section(_("About the order"))
    facts = [
        (_("Asked"), format_datetime(row.asked_at, found.time_zone)),
        (_("Asked by"), people_names(actor, [row.asked_by]).name(row.asked_by)),
        (_("Days to pay"), None if row.terms_days is None else format_number(row.terms_days)),
        (_("Paid ahead"), row.prepaid_amount and amount_text(row.prepaid_amount, row.currency, found.currency)),
        (_("Release holds until"), row.released_until and format_date(row.released_until)),
        (_("Answer without the database"), row.away_decision and label("gate_decision", row.away_decision)),
    ]
    body = "".join(f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>" for name, value in facts if value)
    st.html(f'<dl class="gl-facts gl-figures">{body}</dl>')


def _section(words: str) -> None:
    st.html(f'<h2 class="gl-section">{escape(words)}</h2>')


def first_or_chosen(rows: tuple[GateOrderRow, ...]) -> tuple[str, str] | None:
    """The order that the address names, else the first of the list."""
    return chosen_key() or (key_of(rows[0]) if rows else None)
