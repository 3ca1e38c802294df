"""A customer's listing on its page: the banner below the head, and what is in hand on the tab of listings and cases."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.listing_file import (
    candidate_html,
    criteria_text,
    days_text,
    grade_mark,
    reply_html,
    said_html,
    state_text,
)
from dashboard.i18n import _, format_date
from dashboard.navigation import open_page
from dashboard.state import DASHBOARD
from dashboard.views.customer_reads import CustomerHead
from services.access import may
from services.context import Actor, unit_of_work
from services.listings import CandidateRow, ListingRow, candidates_of_customer, listings_of_customer


def listing_banner(actor: Actor, head: CustomerHead) -> None:
    """What everybody must know at once: trade has stopped, or a listing is proposed."""
    with unit_of_work(actor) as ctx:
        rows = listings_of_customer(ctx, head.profile.customer_no)
    listed = next((one for one in rows if one.state == "confirmed"), None)
    proposed = next((one for one in rows if one.state == "proposed"), None)
    if listed is not None:
        words = _("No trade with this customer: listed since %(day)s (%(criteria)s).") % {
            "day": format_date(listed.decided_on), "criteria": criteria_text(listed.criteria),
        }  # fmt: skip
        st.html(f'<div class="gl-banner">{grade_mark(listed.grade)} <b>{escape(words)}</b></div>')
    elif proposed is not None:
        words = _("A listing is proposed (%(criteria)s): %(state)s, %(left)s.") % {
            "criteria": criteria_text(proposed.criteria), "state": state_text(proposed),
            "left": days_text(proposed.days_left),
        }  # fmt: skip
        st.html(f'<div class="gl-banner">{grade_mark(proposed.grade)} {escape(words)}</div>')


def listings_in_hand(actor: Actor, head: CustomerHead) -> None:
    """Signs that wait, the proposal under way or the newest decision with its reasons, and the way to work on them."""
    st.html(DASHBOARD / "theme/listings.css")
    number = head.profile.customer_no
    with unit_of_work(actor) as ctx:
        rows, signs = listings_of_customer(ctx, number), candidates_of_customer(ctx, number)
    _ways(actor, head, rows, signs)
    if signs:
        st.html("".join(candidate_html(one) for one in signs[:10]))
    newest = next((one for one in rows if one.proposer_id is not None), None)
    if newest is not None:
        _newest(newest)


def _ways(actor: Actor, head: CustomerHead, rows: tuple[ListingRow, ...], signs: tuple[CandidateRow, ...]) -> None:
    """To the open proposal or listing, to a sign that waits, or to a new proposal or tip."""
    in_hand = next((one for state in ("proposed", "confirmed") for one in rows if one.state == state), None)
    waiting = next((one for one in signs if one.state == "open"), None)
    if in_hand is not None:
        tab = "proposals" if in_hand.state == "proposed" else "listed"
        address = {"tab": tab, "listing": f"{in_hand.customer_id}.{in_hand.id}"}
        words = _("Open the proposal") if in_hand.state == "proposed" else _("Open the listing")
    elif waiting is not None:
        address, words = {"candidate": f"{waiting.customer_id}.{waiting.id}"}, _("Open the candidate")
    elif may(actor, "listing.tip"):
        address, words = {"customer": head.profile.customer_no}, _("Propose a listing or hand in a tip")
    else:
        return
    if st.button(words, key="customer-listing", icon=":material/gavel:"):
        open_page("listings", **address)


def _newest(row: ListingRow) -> None:
    chip = f'<span class="gl-chip">{escape(state_text(row))}</span>'
    who = " · ".join(filter(None, (row.proposer, row.reviewer, row.decider)))
    st.html(
        f"<div>{grade_mark(row.grade)} <b>{escape(criteria_text(row.criteria))}</b> {chip} "
        f'<span class="gl-quiet" translate="no">{escape(who)}</span></div>'
    )
    if st.toggle(_("Show all of it"), key=f"listing-{row.customer_id}-{row.id}"):
        st.html(said_html(row))
        st.html(f'<h2 class="gl-section">{escape(_("Right of reply"))}</h2>{reply_html(row)}')
