"""The buttons above the right half of the listings page: what this person can do with this record now."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n import _
from dashboard.views import listings_drawers as drawers
from dashboard.views.listings_reads import Opened
from dashboard.views.listings_selection import Deed, note_deed, of_candidate, of_row
from services.access import may
from services.context import Actor
from services.listings import CandidateRow, ListingFile, ListingRow


def candidate_actions(actor: Actor, found: Opened, row: CandidateRow) -> None:
    """Take on, give, put aside. The proposal itself is the form below."""
    if row.closed_on is not None or not may(actor, "listing.propose"):
        return
    with st.container(key="triage-actions", horizontal=True, gap="small"):
        if row.assignee_id != actor.user_id:
            values = of_candidate(row) | {"assignee_id": actor.user_id}
            st.button(
                _("Take on"), key="listings-take-on", type="primary", shortcut="A", on_click=note_deed,
                args=(Deed("assign", values, draft="-"),),
            )  # fmt: skip
        if may(actor, "listing.review"):
            if st.button(_("Give to…"), key="listings-give", shortcut="S"):
                drawers.give(found, row)
            if st.button(_("Put aside"), key="listings-aside", shortcut="Z"):
                drawers.put_aside(found, row)


def listing_actions(actor: Actor, found: Opened, file: ListingFile) -> None:
    """The next steps of a proposal, by role; and what can be done about a wrong listing."""
    row = file.row
    if row.state == "confirmed":
        _ending(actor, found, row)
        return
    if row.step is None:
        return
    is_own = row.proposer_id == actor.user_id
    may_review = may(actor, "listing.review") and not is_own
    may_decide = may(actor, "listing.decide") and not is_own
    if not (may_review or may_decide) or row.step == "draft":
        st.caption(_waits(row, is_own=is_own))
        return
    with st.container(key="triage-actions", horizontal=True, gap="small"):
        if may_review:
            _review(found, file)
        if may_decide:
            _decide(found, file)


def _review(found: Opened, file: ListingFile) -> None:
    row = file.row
    if row.step in {"handed_in", "asked"}:
        words = _("Take up") if row.step == "handed_in" else _("Go on without an answer")
        st.button(
            words, key="listings-take-up", type="primary" if row.step == "handed_in" else "secondary", shortcut="A",
            on_click=note_deed, args=(Deed("take_up", of_row(row), draft="-"),),
        )  # fmt: skip
        return
    if row.step == "in_review" and st.button(
        _("Submit for decision"), key="listings-ready", type="primary", shortcut="E"
    ):
        drawers.find_ready(found, file)
    if st.button(_("Ask for more"), key="listings-ask", shortcut="S"):
        drawers.ask(found, row)


def _decide(found: Opened, file: ListingFile) -> None:
    if file.row.step == "ready" and st.button(
        _("Confirm listing"), key="listings-confirm", type="primary", shortcut="E"
    ):
        drawers.confirm(found, file)
    if st.button(_("Do not list"), key="listings-reject", shortcut="Z"):
        drawers.reject(found, file.row)


def _waits(row: ListingRow, *, is_own: bool) -> str:
    if row.step == "draft":
        return _("A draft of %(name)s: it is not handed in yet.") % {"name": row.proposer or ""}
    if row.step == "handed_in":
        return _("It waits for risk management to take it up.")
    if row.step == "asked":
        return _("It waits for an answer of %(name)s.") % {"name": row.proposer or ""}
    if row.step == "in_review":
        return _("%(name)s of risk management reviews it.") % {"name": row.reviewer or _("Somebody")}
    if is_own:
        return _("You proposed it: somebody else decides.")
    return _("It waits for the decision of risk management or leadership.")


def _ending(actor: Actor, found: Opened, row: ListingRow) -> None:
    correction = row.correction
    if correction is None:
        if may(actor, "listing.correct"):
            with st.container(key="triage-actions", horizontal=True, gap="small"):
                if st.button(_("This listing is wrong"), key="listings-wrong"):
                    drawers.ask_to_end(found, row)
        return
    if not may(actor, "listing.end") or correction.asked_by_id == actor.user_id:
        words = _("%(name)s holds this listing for wrong: another person of risk management or leadership decides.")
        st.caption(words % {"name": correction.asked_by})
        return
    with st.container(key="triage-actions", horizontal=True, gap="small"):
        if st.button(_("End the listing"), key="listings-end", type="primary"):
            drawers.end_unfounded(found, row)
        if st.button(_("Keep the listing"), key="listings-keep"):
            drawers.refuse_end(found, row)


def reply_actions(actor: Actor, found: Opened, row: ListingRow) -> None:
    """Offer the right of reply, record what came of it."""
    is_own = actor.role != "business" or found.profile.department == actor.department_code
    if row.step is None or row.reply.has_reply or not may(actor, "listing.reply") or not is_own:
        return
    with st.container(key="listings-reply", horizontal=True, gap="small"):
        if row.reply.closed_on is None and st.button(
            _("Note that the customer was told") if row.reply.offered_on is None else _("Change the notice"),
            key="listings-offer",
        ):
            drawers.offer_reply(found, row)
        if row.reply.offered_on is None:
            return
        if st.button(_("Record the reply"), key="listings-record"):
            drawers.record_reply(found, row)
        if row.reply.closed_on is None and row.reply.due_on is not None and row.reply.due_on < found.today:
            st.button(
                _("No reply came"), key="listings-silence", on_click=note_deed,
                args=(Deed("record_silence", of_row(row), draft="-"),),
            )  # fmt: skip
