"""What goes on at the triage desk while somebody reads: the open warning stays theirs, and the list shows what others
have open. It runs by itself and draws nothing but marks, so that neither list nor drawer moves under the reader."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n import _, format_time
from dashboard.state import current_actor
from dashboard.views.early_warnings_reads import stay_on
from dashboard.views.early_warnings_selection import OPENED, order, row_name
from services.early_warnings import Hold

_EVERY_SECONDS = 20


@st.fragment(run_every=_EVERY_SECONDS, key="triage-pulse")
def pulse() -> None:
    """Keep what is open, and mark what somebody else has open."""
    actor = current_actor()
    key = st.session_state.get(OPENED)
    is_mine, held, zone = stay_on(actor, key)
    if not is_mine and key in held:
        st.toast(_("%(name)s has taken this warning over.") % {"name": held[key].name}, icon=":material/person_alert:")
        st.session_state[OPENED] = None
    marks = "".join(_mark(row_name(one), held[one], zone) for one in order() if one in held)
    with st.container(key="triage-pulse"):
        st.html(f"<style>{marks}</style>")


def _mark(row: str, hold: Hold, zone: str) -> str:
    """A row of the list that may not be drawn anew: its name goes on with who has it open."""
    since = format_time(hold.since, zone)
    words = _escaped(_("open with %(name)s since %(time)s") % {"name": hold.name, "time": since})
    return (
        f".st-key-glrow-{row} .gl-row{{color:color-mix(in srgb,currentColor 72%,transparent)}}"
        f'.st-key-glrow-{row} .gl-cell-who .gl-strong::after{{content:" · {words}";font-weight:400;font-style:italic}}'
    )


def _escaped(words: str) -> str:
    """Words inside a CSS string: nothing in them can end it, or the style."""
    return "".join(one if (one.isalnum() and one.isascii()) or one == " " else f"\\{ord(one):06X}" for one in words)
