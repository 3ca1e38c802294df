"""The policy as it is applied: settings by clause, what the text leaves open, scorecard, warning rules, metrics."""

from __future__ import annotations

import streamlit as st

from dashboard.components.address_filters import pill_filter
from dashboard.i18n import N_, _, format_date, format_number, ngettext, running_on
from dashboard.navigation import page_spec
from dashboard.state import DASHBOARD, current_actor
from dashboard.views.policy_proposals import carry_out
from dashboard.views.policy_reads import PolicyReading, policy_reading
from dashboard.views.policy_rules import metrics_part, open_part, rules_part, scorecard_part
from dashboard.views.policy_settings import settings_part

PARTS = {
    "": N_("Settings"),
    "open": N_("What the text leaves open"),
    "scorecard": N_("Scorecard"),
    "rules": N_("Warning rules"),
    "metrics": N_("Metrics"),
}


def _headline(read: PolicyReading) -> str:
    changed = sum(not one.is_default for one in read.settings)
    coming = sum(len(one.coming) for one in read.settings)
    sentences = [
        ngettext("%(n)s setting is in force on %(day)s.", "%(n)s settings are in force on %(day)s.", len(read.settings))
        % {"n": format_number(len(read.settings)), "day": format_date(read.today)},
        ngettext("%(n)s differs from what ships.", "%(n)s differ from what ships.", changed)
        % {"n": format_number(changed)},
    ]
    if coming:
        words = ngettext("%(n)s value is still to come.", "%(n)s values are still to come.", coming)
        sentences.append(words % {"n": format_number(coming)})
    return running_on(sentences)


def page() -> None:
    """Draw the part that the address names."""
    actor = current_actor()
    st.html(DASHBOARD / "theme/tables.css")
    st.html(DASHBOARD / "theme/records.css")
    st.title(_(page_spec("policy").title), anchor=False)
    carry_out(actor)
    read = policy_reading(actor)
    st.markdown(_headline(read))
    part = pill_filter(
        "part", [code for code in PARTS if code], label=_("Part"), words=lambda code: _(PARTS[code]), key="policy-part"
    )
    if part == "open":
        open_part(read)
    elif part == "scorecard":
        scorecard_part(read)
    elif part == "rules":
        rules_part()
    elif part == "metrics":
        metrics_part(read)
    else:
        settings_part(actor, read)


page()
