"""Every edition of a rule: what it said, since when, who made it and why."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.departments import DepartmentNames
from dashboard.components.level_badge import level_badge
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.components.threshold_words import thresholds_text
from dashboard.i18n import N_, NO_VALUE, _, format_date, format_datetime, format_number, format_percent, with_aside
from dashboard.views.warning_rules_list import addressed_words
from dashboard.views.warning_rules_reads import RulesReading, rule_reading
from db.enums import LikelihoodSource
from services.context import Actor
from services.early_warnings.editions import RuleEdition

SOURCES = {
    LikelihoodSource.STATED: N_("stated"),
    LikelihoodSource.WARNINGS: N_("learnt from past warnings"),
    LikelihoodSource.SIMULATION: N_("learnt from simulated signs"),
}


def history_part(actor: Actor, read: RulesReading, code: str, names: DepartmentNames) -> None:
    """Draw the editions, the newest first; the last line is what ships."""
    st.caption(
        _(
            "An edition holds from its day on and is never changed. A warning keeps the edition it was raised under: "
            "nothing rewrites it."
        )
    )
    plain_table(
        [
            Head(_("Edition"), width=10),
            Head(_("Holds from"), width=11),
            Head(_("Thresholds"), width=24),
            Head(_("Severity from"), width=10),
            Head(_("Likelihood"), width=14),
            Head(_("Goes to"), width=14),
            Head(_("Made by, and why"), width=17),
        ],
        [_cells(read, one, names) for one in rule_reading(actor, code).history],
    )


def _cells(read: RulesReading, one: RuleEdition, names: DepartmentNames) -> list[Cell]:
    is_now = read.editions[one.rule.code].edition == one.edition
    name = f'<span class="gl-strong">{format_number(one.edition) if one.edition else escape(_("As it ships"))}</span>'
    chips = [_("in force")] if is_now else []
    chips += [_("to come")] if one.effective_from > read.today else []
    chips += [] if one.is_active else [_("off")]
    name += "".join(f' <span class="gl-chip">{escape(chip)}</span>' for chip in chips)
    made = NO_VALUE
    if one.changed_at is not None:
        when = with_aside(one.changed_by or NO_VALUE, format_datetime(one.changed_at, read.time_zone))
        made = f'{escape(when)}<br><span class="gl-quiet">{escape(one.reason)}</span>'
    return [
        Cell(html=name),
        Cell(format_date(one.effective_from) if one.edition else _("from the beginning")),
        Cell(thresholds_text(one.rule) or NO_VALUE),
        Cell(html=level_badge(one.rule.severity, short=True)),
        Cell(likelihood_text(one)),
        Cell(addressed_words(one.addressed, names)),
        Cell(html=made),
    ]


def likelihood_text(one: RuleEdition) -> str:
    """The likelihood, and where it comes from."""
    source = _(SOURCES[LikelihoodSource(one.likelihood_source)])
    if one.likelihood_cases is not None:
        source = _("%(source)s, n = %(n)s") % {"source": source, "n": format_number(one.likelihood_cases)}
    return with_aside(format_percent(one.rule.likelihood, 0), source)
