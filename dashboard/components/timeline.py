"""What happened to a customer, newest first: one line each, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

from dashboard.components.rule_words import rule_title
from dashboard.i18n import N_, _, format_date, format_money, with_value
from dashboard.labels import label
from services.customers import TimelineEntry
from services.early_warnings import RULES

CONCEPT_WORDS: dict[str, str] = {
    "invoice": N_("Invoice"),
    "payment": N_("Payment"),
    "dunning_notice": N_("Dunning notice"),
    "assessment": N_("Assessment"),
    "early_warning": N_("Warning"),
    "listing": N_("Black/grey listing"),
    "recovery_case": N_("Case"),
    "complaint": N_("Complaint"),
    "reputation_event": N_("Report in public"),
    "contract_event": N_("Contract event"),
    "credit_report": N_("Credit report"),
    "financial_statement": N_("Financial statement"),
    "guarantee": N_("Guarantee"),
    "sales_order": N_("Order"),
}

_Words = Callable[[TimelineEntry], str]


def _coded(group: str) -> _Words:
    return lambda entry: label(group, entry.status) if entry.status else ""


def _assessment(entry: TimelineEntry) -> str:
    return with_value(label("assessment_stage", entry.key), label("risk_level", entry.status))


def _warning(entry: TimelineEntry) -> str:
    rule = RULES.get(entry.key)
    days = {"days": int(entry.note)} if entry.note else None
    return with_value(rule_title(rule, days) if rule else entry.key, label("warning_state", entry.status))


def _listing(entry: TimelineEntry) -> str:
    return with_value(label("listing_state", entry.status), label("criterion", entry.note))


def _case(entry: TimelineEntry) -> str:
    return with_value(label("case_state", entry.status), label("case_outcome", entry.note) if entry.note else "")


def _event(group: str) -> _Words:
    return lambda entry: with_value(label(group, entry.status) if entry.status else "", entry.note or "")


_SAYS: dict[str, _Words] = {
    "invoice": lambda entry: _("Disputed") if entry.status else "",
    "payment": lambda entry: label("payment_channel", entry.note) if entry.note else "",
    "dunning_notice": _coded("dunning_response"),
    "assessment": _assessment,
    "early_warning": _warning,
    "listing": _listing,
    "recovery_case": _case,
    "complaint": _coded("complaint_cause"),
    "reputation_event": _event("reputation_kind"),
    "contract_event": _event("contract_event_kind"),
    "credit_report": lambda entry: with_value(entry.key, entry.status or ""),
    "guarantee": _coded("guarantee_kind"),
}
#: Their key is not a business number but says what the words say already.
_KEY_IS_SAID = frozenset({"assessment", "early_warning", "credit_report", "financial_statement"})


def concept_words(concept: str) -> str:
    """The word for a kind of happening."""
    return _(CONCEPT_WORDS[concept])


def entry_words(entry: TimelineEntry) -> str:
    """What happened, without the day and the money."""
    says = _SAYS.get(entry.concept, lambda _entry: "")(entry)
    number = "" if entry.concept in _KEY_IS_SAID else entry.key
    return " · ".join(filter(None, (number, says)))


def timeline_list(entries: Sequence[TimelineEntry], base_currency: str) -> None:
    """Draw entries under the days they fall on. A foreign amount keeps its currency."""
    lines = []
    before = None
    for entry in entries:
        day = format_date(entry.on) if entry.on != before else ""
        before = entry.on
        money = "" if entry.amount is None else format_money(entry.amount, entry.currency or base_currency)
        what = f"<b>{escape(concept_words(entry.concept))}</b> {escape(entry_words(entry))}"
        lines.append(
            f'<div class="gl-event{" gl-event-day" if day else ""}"><span class="gl-event-on">{escape(day)}</span>'
            f'<span class="gl-event-what">{what}</span>'
            f'<span class="gl-event-money">{escape(money)}</span></div>'
        )
    st.html(f'<div class="gl-timeline gl-figures">{"".join(lines)}</div>')
