"""The filters of the triage desk: all of them in the address, each value with how many warnings it would leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from dashboard.components.address_filters import choice_filter, clear_filters, switch_filter, text_filter
from dashboard.components.departments import DepartmentNames
from dashboard.components.rule_words import rule_title
from dashboard.i18n import N_, _, format_number, with_aside
from dashboard.labels import LABELS, label
from dashboard.views import early_warnings_dialogs as drawers
from dashboard.views.early_warnings_reads import counted, rules_now
from dashboard.views.early_warnings_views import kept_views, view_buttons, views_menu
from db.enums import Role
from services.context import Actor
from services.early_warnings import RULES, Facets, QueueFilter
from services.early_warnings.facets import BREACHING, FREE, OTHERS

FILTERS = (
    ("mine", "triage-mine"), ("severity", "triage-severity"), ("rule", "triage-rule"),
    ("department", "triage-department"), ("state", "triage-state"), ("held", "triage-held"), ("due", "triage-due"),
    ("snoozed", "triage-snoozed"), ("search", "triage-search"),
)  # fmt: skip
#: Filters behind the button: used less often than those beside it.
_BEHIND = ("state", "held", "due", "snoozed")
_OPEN_STATES = ("raised", "acknowledged", "acting")
_HELD: Mapping[str, tuple[str, bool]] = {
    OTHERS: (N_("Open with somebody else"), True),
    FREE: (N_("Open with nobody else"), False),
}


def queue_filters(actor: Actor, names: DepartmentNames) -> QueueFilter:
    """Draw the filters; what they ask for."""
    found, rules = counted(actor, _in_address(actor, names)), rules_now(actor)
    with st.container(key="triage-filters", horizontal=True, gap="small", vertical_alignment="center"):
        mine = switch_filter("mine", label=_("Mine"), key="triage-mine")
        severity = choice_filter(
            "severity", list(LABELS["risk_level"])[::-1], label=_("Severity"), everything=_("Every severity"),
            words=_counted(found.severity, lambda code: label("risk_level", code)), key="triage-severity",
        )  # fmt: skip
        rule = choice_filter(
            "rule", list(RULES), label=_("Rule"), everything=_("Every rule"),
            words=_counted(found.rule, lambda code: rule_title(rules[code])), key="triage-rule",
        )  # fmt: skip
        department = _department(actor, names, found)
        search = text_filter(
            "search", label=_("Customer name or number"), placeholder=_("Search ( / )"), key="triage-search"
        )
        state, held, due, snoozed = _behind(found)
        views = kept_views(actor)
        views_menu(actor, views)
        if st.button("?", key="triage-help", help=_("Keys and order")):
            drawers.keys_help(actor)
    view_buttons(views, FILTERS)
    return QueueFilter(
        department=department, severity=severity, rule=rule, mine=mine, state=state, search=search, snoozed=snoozed,
        held=held, breaching=due,
    )  # fmt: skip


def _in_address(actor: Actor, names: DepartmentNames) -> QueueFilter:
    """What the address asks for, before any filter is drawn: the counts beside their values are drawn with them."""
    asked = st.query_params

    def one_of(name: str, codes: object) -> str | None:
        given = asked.get(name, "")
        return given if given and given in codes else None  # type: ignore[operator]

    held = _HELD.get(asked.get("held", ""))
    return QueueFilter(
        department=None if actor.role == Role.BUSINESS else one_of("department", names.codes),
        severity=one_of("severity", LABELS["risk_level"]), rule=one_of("rule", RULES),
        mine=asked.get("mine") == "1", state=one_of("state", _OPEN_STATES), search=asked.get("search", "")[:100],
        snoozed=asked.get("snoozed") == "1", held=None if held is None else held[1], breaching=asked.get("due") == "1",
    )  # fmt: skip


def _counted(counts: Mapping[str, int], words: Callable[[str], str]) -> Callable[[str], str]:
    """`High risk (12)`."""
    return lambda code: with_aside(words(code), format_number(counts.get(code, 0)))


def _department(actor: Actor, names: DepartmentNames, found: Facets) -> str | None:
    """Not for business people: their queue holds their own department's warnings and what is assigned to them."""
    if actor.role == Role.BUSINESS:
        return None
    return choice_filter(
        "department", names.codes, label=_("Department"), everything=_("Every department"),
        words=_counted(found.department, names.name), key="triage-department",
    )  # fmt: skip


def _behind(found: Facets) -> tuple[str | None, bool | None, bool, bool]:
    """State, who has it open, deadline and snooze, behind one button that says how many of them are in use."""
    used = sum(name in st.query_params for name in _BEHIND)
    words = with_aside(_("More filters"), format_number(used)) if used else _("More filters")
    with st.popover(words, key="triage-more-filters", width="content"):
        state = choice_filter(
            "state", _OPEN_STATES, label=_("State"), everything=_("Every state"),
            words=_counted(found.state, lambda code: label("warning_state", code)), key="triage-state",
        )  # fmt: skip
        held = choice_filter(
            "held", tuple(_HELD), label=_("Open with"), everything=_("Open with anybody or nobody"),
            words=_counted(found.held, lambda code: _(_HELD[code][0])), key="triage-held",
        )  # fmt: skip
        due = switch_filter(
            "due",
            label=with_aside(_("Deadline ends today or is over"), format_number(found.breaching.get(BREACHING, 0))),
            key="triage-due",
        )
        snoozed = switch_filter(
            "snoozed", label=_("Snoozed"), key="triage-snoozed", hint=_("Show what sleeps instead of what is awake")
        )
        st.button(
            _("Clear all filters"), key="triage-clear-filters", icon=":material/filter_alt_off:", width="stretch",
            on_click=clear_filters, args=FILTERS,
        )  # fmt: skip
    return state, None if held is None else _HELD[held][1], due, snoozed
