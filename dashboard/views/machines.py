"""Other systems: the tokens that they ask with, the webhooks by which they are told, what they were told lately."""

from __future__ import annotations

import streamlit as st

from dashboard.components.address_filters import pill_filter
from dashboard.i18n import N_, _, ngettext, running_on
from dashboard.state import DASHBOARD, current_actor
from dashboard.views.machines_calls import calls_tab
from dashboard.views.machines_events import events_tab
from dashboard.views.machines_examples import examples_tab
from dashboard.views.machines_reads import Machines, machines
from dashboard.views.machines_tokens import tokens_tab
from dashboard.views.machines_webhooks import webhooks_tab
from services.context import Actor

#: Codes of the address; the tokens themselves have none.
_TABS = {
    "": N_("Tokens"), "webhooks": N_("Webhooks"), "calls": N_("Calls"), "events": N_("Events"),
    "examples": N_("How to ask"),
}  # fmt: skip

_SOON_DAYS = 14


def _headline(read: Machines) -> str:
    """What needs the administrator, before what is."""
    usable = [one for one in read.tokens if one.is_usable(read.now)]
    active = sum(one.is_active for one in read.webhooks)
    if not usable and not read.webhooks:
        return _("No other system is connected yet. Make a token, and have its owner look at “How to ask”.")
    said = []
    silent = sum(one.is_active and one.failures > 0 for one in read.webhooks)
    if silent:
        said.append(
            ngettext("%(n)s webhook does not take events.", "%(n)s webhooks do not take events.", silent)
            % {"n": silent}
        )
    said += [
        ngettext("%(n)s token is in use.", "%(n)s tokens are in use.", len(usable)) % {"n": len(usable)},
        ngettext("%(n)s webhook is called.", "%(n)s webhooks are called.", active) % {"n": active},
    ]
    soon = sum((one.expires_at - read.now).days < _SOON_DAYS for one in usable)
    if soon:
        said.append(
            ngettext("%(n)s token ends within two weeks.", "%(n)s tokens end within two weeks.", soon) % {"n": soon}
        )
    lost = sum(one.given_up for one in read.webhooks)
    if lost:
        said.append(ngettext("%(n)s call was given up.", "%(n)s calls were given up.", lost) % {"n": lost})
    return running_on(said)


def _page(actor: Actor) -> None:
    for sheet in ("worklist", "tables", "machines"):
        st.html(DASHBOARD / f"theme/{sheet}.css")
    read = machines(actor)
    st.title(_("Other systems"))
    st.markdown(_headline(read))
    tab = pill_filter(
        "tab", [code for code in _TABS if code], label=_("Part of the page"), words=lambda code: _(_TABS[code]),
        key="machines-tab", resets=("state", "webhook", "kind"),
    )  # fmt: skip
    if tab == "webhooks":
        webhooks_tab(actor, read)
    elif tab == "calls":
        calls_tab(actor, read)
    elif tab == "events":
        events_tab(actor, read)
    elif tab == "examples":
        examples_tab()
    else:
        tokens_tab(actor, read)


_page(current_actor())
