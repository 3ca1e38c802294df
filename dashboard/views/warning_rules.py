"""The warning rules: what each finds, how well it does, and changing one after trying the change out on history."""

from __future__ import annotations

import streamlit as st

from dashboard.components.address_filters import pill_filter
from dashboard.components.departments import department_names
from dashboard.components.rule_words import rule_title
from dashboard.i18n import N_, _
from dashboard.navigation import file_of, page_spec
from dashboard.state import DASHBOARD, current_actor
from dashboard.views.warning_rules_change import change_part
from dashboard.views.warning_rules_deeds import carry_out
from dashboard.views.warning_rules_history import history_part
from dashboard.views.warning_rules_list import headline, rule_headline, rules_list
from dashboard.views.warning_rules_performance import performance_part
from dashboard.views.warning_rules_reads import rules_reading
from services.early_warnings import RULES

PARTS = {"": N_("How well it does"), "change": N_("Change and simulate"), "history": N_("Editions")}


def page() -> None:
    """Draw the list, or the rule that the address names."""
    actor = current_actor()
    for sheet in ("tables", "records"):
        st.html(DASHBOARD / f"theme/{sheet}.css")
    carry_out(actor)
    read, names = rules_reading(actor), department_names(actor)
    code = st.query_params.get("rule", "")
    if code not in RULES:
        st.title(_(page_spec("warning_rules").title), anchor=False)
        if code:
            st.info(_("There is no such rule. These are the rules there are."))
        st.markdown(headline(read))
        rules_list(read, names)
        return
    with st.container(key="warning-rule-back"):
        st.page_link(file_of("warning_rules"), label=_("All warning rules"), icon=":material/arrow_back:")
    edition = read.editions[code]
    st.title(rule_title(edition.rule), anchor=False)
    st.markdown(rule_headline(read, edition))
    part = pill_filter(
        "part", [one for one in PARTS if one], label=_("Part"), words=lambda one: _(PARTS[one]), key="warning-rule-part"
    )
    if part == "change":
        change_part(actor, read, edition, names)
    elif part == "history":
        history_part(actor, read, code, names)
    else:
        performance_part(actor, read, code, names)


page()
