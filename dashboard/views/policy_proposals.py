"""Changing a setting takes two people: the form to propose a value, and what waits for a decision."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Final

import streamlit as st

from dashboard.components.deeds import note_deed, pending_deed, said_in_sight
from dashboard.components.setting_words import setting_text
from dashboard.i18n import N_, _, format_date, format_datetime
from dashboard.views.policy_reads import PolicyReading, open_proposals
from services import setting_proposals as service
from services.access import may
from services.context import Actor, unit_of_work
from services.policy_settings import SettingUnit
from services.setting_proposals import PROPOSABLE, ProposalRow

DEED: Final = "policy.deed"
_DONE = {
    "propose": N_("Proposed: another person decides on it"),
    "approve": N_("Approved"),
    "reject": N_("Value turned down"),
    "withdraw": N_("Taken back"),
}


@dataclass(frozen=True)
class Deed:
    """One act that a person decided on, carried out at the top of the next run."""

    command: str
    proposal: int = 0
    version: int = 0
    key: str = ""
    text: str = ""
    since: dt.date | None = None
    reason: str = ""


def carry_out(actor: Actor) -> None:
    """Do what was decided since the last run, if anything. A refusal changes nothing and keeps what was written.

    It is said at the top of the page, and the form stands at its foot: so it is brought into sight.
    """
    deed = pending_deed(DEED, Deed)
    if deed is None:
        return
    with said_in_sight("policy-said", _(_DONE[deed.command])) as outcome, unit_of_work(actor) as ctx:
        if deed.command == "propose":
            service.propose(ctx, deed.key, deed.text, deed.since or ctx.today, deed.reason)
        elif deed.command == "approve":
            service.approve(ctx, deed.proposal, deed.version)
        elif deed.command == "reject":
            service.reject(ctx, deed.proposal, deed.version, deed.reason)
        else:
            service.withdraw(ctx, deed.proposal, deed.version)
    if outcome.succeeded and deed.command == "propose":
        for name in ("policy-value", "policy-reason"):
            st.session_state[name] = ""


def _note(deed: Deed) -> None:
    note_deed(DEED, deed)


def proposals_part(actor: Actor, read: PolicyReading) -> None:
    """Draw what waits for a decision."""
    waiting = open_proposals(actor)
    if waiting:
        st.html(f'<h2 class="gl-section">{escape(_("Waiting for a second person"))}</h2>')
        for one in waiting:
            _proposal(actor, read, one)


def _sentence(read: PolicyReading, one: ProposalRow) -> str:
    return _("%(setting)s: %(before)s becomes %(after)s from %(day)s on.") % {
        "setting": _(read.setting(one.key).text),
        "before": setting_text(one.unit, one.value_before),
        "after": setting_text(one.unit, one.value),
        "day": format_date(one.effective_from),
    }


def _proposal(actor: Actor, read: PolicyReading, one: ProposalRow) -> None:
    with st.container(key=f"proposal-{one.id}", border=True, gap="small"):
        by = _("Proposed by %(who)s on %(when)s: “%(reason)s”") % {
            "who": one.proposer, "when": format_datetime(one.proposed_at, read.time_zone), "reason": one.reason
        }  # fmt: skip
        st.html(f'<div><b>{escape(_sentence(read, one))}</b></div><div class="gl-quiet">{escape(by)}</div>')
        if one.proposed_by == actor.user_id:
            st.caption(_("You proposed it, so another person decides: risk management or leadership."))
            if may(actor, "policy.set"):
                st.button(
                    _("Take back"), key=f"proposal-withdraw-{one.id}", on_click=_note,
                    args=(Deed("withdraw", one.id, one.version),),
                )  # fmt: skip
        elif may(actor, "policy.approve"):
            _decision(one)


def _decision(one: ProposalRow) -> None:
    st.caption(_("Approving puts the value into force from its day on. Closed months keep their figures."))
    st.text_input(_("Reason, if you reject it"), key=f"proposal-reason-{one.id}", max_chars=500)
    with st.container(horizontal=True, gap="small"):
        st.button(
            _("Approve value"), key=f"proposal-approve-{one.id}", type="primary", on_click=_note,
            args=(Deed("approve", one.id, one.version),),
        )  # fmt: skip
        st.button(
            _("Reject value"), key=f"proposal-reject-{one.id}", on_click=_reject, args=(one.id, one.version)
        )  # fmt: skip


def _reject(proposal: int, version: int) -> None:
    """Write the rejection down with its reason: a callback, so that what was typed last is in it."""
    reason = str(st.session_state.get(f"proposal-reason-{proposal}") or "")
    _note(Deed("reject", proposal, version, reason=reason))


def proposal_form(read: PolicyReading) -> None:
    """Draw the form of administrators: a value, its day, why, and what will happen."""
    st.html(f'<h2 class="gl-section">{escape(_("Change a setting"))}</h2>')
    with st.container(key="policy-form", border=True, gap="small"):
        keys = sorted(PROPOSABLE, key=lambda one: read.setting(one).clause)
        key = st.selectbox(_("Setting"), keys, format_func=lambda one: _(read.setting(one).text), key="policy-key")
        row = read.setting(key)
        left, right = st.columns(2)
        left.text_input(_value_label(row.unit), key="policy-value", max_chars=60, placeholder=_written(row.value))
        since = right.date_input(
            _("Applies from"),
            read.today + dt.timedelta(days=1),
            key="policy-since",
            min_value=read.today,
            format="YYYY-MM-DD",
        )
        st.text_area(_("Why"), key="policy-reason", max_chars=500, height=80)
        st.caption(
            _(
                "Now %(value)s. The new value applies from %(day)s on; closed months keep their figures. Nothing "
                "changes until another person, of risk management or leadership, approves it."
            )
            % {"value": setting_text(row.unit, row.value), "day": format_date(since)}
        )
        st.button(_("Propose value"), key="policy-propose", type="primary", on_click=_propose)
    st.caption(
        _("On the administrator's own machine, without a second person: %(command)s")
        % {"command": f"`greyledger policy set {key} VALUE --from YYYY-MM-DD`"}
    )


def _propose() -> None:
    """Write down what the form says: a callback, so that what was typed last is in it."""
    state = st.session_state
    since = state.get("policy-since")
    _note(
        Deed(
            "propose", key=str(state.get("policy-key") or ""), text=str(state.get("policy-value") or ""),
            since=since if isinstance(since, dt.date) else None, reason=str(state.get("policy-reason") or ""),
        )
    )  # fmt: skip


def _value_label(unit: SettingUnit) -> str:
    if unit is SettingUnit.RATIO:
        return _("New value, from 0 to 1; 0.85 means 85 in a hundred")
    if unit is SettingUnit.PER_THOUSAND:
        return _("New value, per 1,000 customers")
    if unit is SettingUnit.DAYS:
        return _("New value, in days")
    return _("New value")


def _written(value: object) -> str:
    """A value as it is typed."""
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)
