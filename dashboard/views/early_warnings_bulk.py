"""One decision on many warnings: what it would do is said first, by rule and severity, and who can't and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.components.rule_words import rule_title
from dashboard.i18n import N_, _, format_number, listed, ngettext, with_value
from dashboard.labels import LABELS, label
from dashboard.views.early_warnings_deeds import refusal_text
from dashboard.views.early_warnings_dialogs import (
    MOST_NAMED,
    outcome_field,
    person_field,
    reason_field,
    save_button,
    until_field,
)
from dashboard.views.early_warnings_reads import everybody, foreseen, rules_now
from dashboard.views.early_warnings_selection import Deed, Key
from services.context import Actor
from services.early_warnings import MOST_AT_ONCE, Foresight, QueueFilter, WarningRule

_STEPS: Mapping[str, str] = {
    "acknowledge": N_("Acknowledge"),
    "act": N_("Start acting"),
    "assign": N_("Assign"),
    "snooze": N_("Snooze"),
    "resolve": N_("Resolve"),
}


def step_words(step: str) -> str:
    """The name of a step that many can take."""
    return _(_STEPS[step])


def decide_many(
    actor: Actor, step: str, filters: QueueFilter, keys: Sequence[Key] | None, following: Key | None
) -> None:  # fmt: skip
    """Take a step on the warnings `keys`, or on all that the filters leave."""

    @st.dialog(step_words(step), position="right", icon=":material/done_all:", on_dismiss="rerun")
    def drawer() -> None:
        found = foreseen(actor, step, filters, keys)
        _say(found, rules_now(actor))
        if not found.able:
            return
        people, today = everybody(actor)
        _fields(actor, step, people, today)
        reason_field(_("What was found and done") if step == "resolve" else _("Reason"))
        st.caption(_("All are changed, or none: if one was changed meanwhile, nothing happens and you are told."))
        count = len(found.able)
        save_button(
            ngettext("Change %(n)s warning", "Change %(n)s warnings", count) % {"n": format_number(count)},
            Deed(f"{step}_all", found.able, following=following),
        )

    drawer()


def _fields(actor: Actor, step: str, people: Sequence[tuple[int, str]], today: dt.date) -> None:
    if step == "assign":
        person_field(people, actor.user_id)
    elif step == "snooze":
        until_field(today)
    elif step == "resolve":
        outcome_field()


def _say(found: Foresight, known: Mapping[str, WarningRule]) -> None:
    """How many can take the step, which kinds they are; who can't, and why."""
    able = len(found.able)
    st.markdown(
        ngettext(
            "**%(able)s** of %(n)s warning can take this step.", "**%(able)s** of %(n)s warnings can take this step.",
            found.found,
        )
        % {"able": format_number(able), "n": format_number(found.found)}
    )  # fmt: skip
    if found.beyond:
        st.warning(
            ngettext(
                "At most %(most)s can be changed at once: the first of the list. %(n)s more fits and stays.",
                "At most %(most)s can be changed at once: the first of the list. %(n)s more fit and stay.",
                found.beyond,
            )
            % {"most": format_number(MOST_AT_ONCE), "n": format_number(found.beyond)},
            icon=":material/vertical_align_top:",
        )
    if able:
        levels = [code for code in list(LABELS["risk_level"])[::-1] if found.by_severity.get(code)]
        st.caption(
            listed(with_value(label("risk_level", one), format_number(found.by_severity[one])) for one in levels)
        )
        rules = sorted(found.by_rule, key=lambda code: -found.by_rule[code])
        st.caption(listed(with_value(rule_title(known[one]), format_number(found.by_rule[one])) for one in rules))
    _say_unable(found)


def _say_unable(found: Foresight) -> None:
    if not found.unable:
        return
    count = len(found.unable)
    words = ngettext("%(n)s can't, and stays as it is", "%(n)s can't, and stay as they are", count)
    with st.expander(words % {"n": format_number(count)}):
        for one in found.unable[:MOST_NAMED]:
            st.caption(refusal_text(one))
        rest = count - MOST_NAMED
        if rest > 0:
            st.caption(ngettext("and %(n)s more", "and %(n)s more", rest) % {"n": format_number(rest)})
