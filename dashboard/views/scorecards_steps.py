"""A scorecard's next step: shadow, a proposal, the decision of a second person. Each says what will happen."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.i18n import _, format_datetime, format_number, ngettext
from dashboard.views.scorecards_deeds import Deed, note
from dashboard.views.scorecards_reads import Desk, standing_of
from services.access import may


def steps_part(desk: Desk) -> None:
    """Draw what waits for a decision, or what its authors may do next."""
    row = desk.row
    if row.rejection and not row.is_proposed:
        st.warning(_("Turned down: “%(reason)s”") % {"reason": row.rejection}, icon=":material/undo:")
    if row.is_proposed:
        _waiting(desk)
    elif row.state in ("draft", "shadow") and may(desk.actor, "scorecard.draft"):
        _next(desk)


def _waiting(desk: Desk) -> None:
    row = desk.row
    with st.container(key="scorecards-waiting", border=True, gap="small"):
        by = _("Proposed by %(who)s on %(when)s: “%(reason)s”") % {
            "who": row.proposer, "when": format_datetime(row.proposed_at, desk.time_zone),
            "reason": row.proposal_reason,
        }  # fmt: skip
        told = f"<div><b>{escape(_('Waiting for a second person'))}</b></div><div>{escape(by)}</div>"
        if row.shadow_skipped:
            skipped = _("Never ran in shadow: “%(reason)s”") % {"reason": row.shadow_skipped}
            told += f"<div>{escape(skipped)}</div>"
        st.html(told)
        if row.proposed_by == desk.actor.user_id:
            st.caption(_("You proposed it, so another person decides: risk management or leadership."))
            st.button(
                _("Take back"), key="scorecards-withdraw", on_click=note, args=(Deed("withdraw", row.id, row.version),)
            )  # fmt: skip
        elif desk.actor.user_id in row.authors:
            st.caption(_("You worked on it, so another person decides: risk management or leadership."))
        elif may(desk.actor, "scorecard.approve"):
            _decision(desk)


def _decision(desk: Desk) -> None:
    row = desk.row
    st.caption(
        _(
            "Approving puts this scorecard into force today, retires the one before and scores every customer again. "
            "It cannot be undone, only followed by another scorecard."
        )
    )
    standing = standing_of(desk.actor, row.id)[0] if row.state == "shadow" else None
    if standing is not None and standing.taken_at is not None:
        moved = standing.moved
        st.caption(
            ngettext(
                "By today's scores %(n)s customer would be on another level.",
                "By today's scores %(n)s customers would be on another level.",
                moved,
            )
            % {"n": format_number(moved)}
        )
    st.text_input(_("Reason, if you reject it"), key="scorecards-reject-reason", max_chars=500)
    with st.container(horizontal=True, gap="small"):
        st.button(
            _("Put into force"), key="scorecards-approve", type="primary", on_click=note,
            args=(Deed("approve", row.id, row.version),),
        )  # fmt: skip
        st.button(
            _("Reject scorecard"), key="scorecards-reject", on_click=_with_reason,
            args=(Deed("reject", row.id, row.version), "scorecards-reject-reason"),
        )  # fmt: skip


def _with_reason(deed: Deed, key: str, more_key: str = "") -> None:
    """Write an act down with what was typed: a callback, so that what was typed last is in it."""
    reason, more = (str(st.session_state.get(name) or "") if name else "" for name in (key, more_key))
    note(Deed(deed.command, deed.card, deed.version, reason, more))


def _next(desk: Desk) -> None:
    row = desk.row
    with st.expander(_("Next step"), key="scorecards-next", icon=":material/flag:"):
        if row.state == "draft":
            st.caption(
                _(
                    "In shadow it scores every customer beside the one in force, from today on and whenever data "
                    "change. Nobody's level follows it. It cannot be changed meanwhile."
                )
            )
            st.button(
                _("Run in shadow"), key="scorecards-shadow", on_click=note, args=(Deed("shadow", row.id, row.version),),
                disabled=desk.work is not None,
            )  # fmt: skip
        else:
            st.caption(_("Back to a draft it can be changed; it scores nobody until it runs in shadow again."))
            st.button(
                _("Back to a draft"), key="scorecards-reopen", on_click=note,
                args=(Deed("reopen", row.id, row.version),),
            )  # fmt: skip
        _propose(desk)
        st.text_input(_("Why it is given up"), key="scorecards-retire-reason", max_chars=500)
        st.button(
            _("Give scorecard up"), key="scorecards-retire", on_click=_with_reason,
            args=(Deed("retire", row.id, row.version), "scorecards-retire-reason"),
        )  # fmt: skip


def _propose(desk: Desk) -> None:
    row = desk.row
    st.text_input(_("Why it should come into force"), key="scorecards-propose-reason", max_chars=500)
    if row.state == "draft":
        st.text_input(_("Why it may skip the shadow run"), key="scorecards-skip-reason", max_chars=500)
    st.button(
        _("Propose putting it into force"), key="scorecards-propose", type="primary", on_click=_with_reason,
        args=(Deed("propose", row.id, row.version), "scorecards-propose-reason", "scorecards-skip-reason"),
        disabled=desk.work is not None,
    )  # fmt: skip
    if desk.work is not None:
        st.caption(_("Save or drop your changes first."))
