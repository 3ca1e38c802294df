"""Screening: ask a name, decide on matches, keep watch lists up to date, see who is tied to whom (policy 2.3)."""

from __future__ import annotations

import streamlit as st

from dashboard.components.address_filters import pill_filter
from dashboard.i18n import N_, _
from dashboard.navigation import page_spec
from dashboard.state import DASHBOARD, current_actor
from dashboard.views.screening_ask import ask_part
from dashboard.views.screening_deeds import carry_out
from dashboard.views.screening_lists import lists_part
from dashboard.views.screening_matches import matches_part
from dashboard.views.screening_network import network_part

PARTS = {"": N_("Ask a name"), "matches": N_("Matches"), "lists": N_("Watch lists"), "network": N_("Related parties")}
_BODIES = {"": ask_part, "matches": matches_part, "lists": lists_part, "network": network_part}


def page() -> None:
    """Draw the part that the address names."""
    actor = current_actor()
    for sheet in ("worklist", "tables", "records", "screening"):
        st.html(DASHBOARD / f"theme/{sheet}.css")
    carry_out(actor)
    st.title(_(page_spec("screening").title), anchor=False)
    part = pill_filter(
        "part", [code for code in PARTS if code], label=_("Part"), words=lambda code: _(PARTS[code]),
        key="screening-part", resets=("match",),
    )  # fmt: skip
    _BODIES[part or ""](actor)


page()
