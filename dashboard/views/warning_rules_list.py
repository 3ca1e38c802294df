"""The list of the warning rules, one line each, and what is said above it."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.departments import DepartmentNames
from dashboard.components.level_badge import level_badge
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.components.rule_words import rule_title, when_text
from dashboard.components.threshold_words import share_of
from dashboard.i18n import N_, NO_VALUE, _, format_date, format_number, format_percent, listed, ngettext, running_on
from dashboard.navigation import address_of
from dashboard.views.warning_rules_reads import LIST_DAYS, RulesReading
from services.early_warnings import RULES
from services.early_warnings.editions import Addressees, RuleEdition
from services.early_warnings.performance import ALL_RULES, RulePerformance

NOT_COMPUTED = N_(
    "**Not computed yet: measure disobeyed** (an order, invoice or shipment against an active control). It needs the "
    "control measures of policy 3.1, which are not kept here yet."
)


def headline(read: RulesReading) -> str:
    """What all rules together did lately, and how it turned out."""
    lately, year = read.lately[ALL_RULES].handling, read.year[ALL_RULES].outcomes
    sentences = [
        ngettext(
            "In the last %(days)s days the rules raised %(n)s warning.",
            "In the last %(days)s days the rules raised %(n)s warnings.",
            lately.raised,
        )
        % {"days": LIST_DAYS, "n": format_number(lately.raised)},
    ]
    if lately.resolved:
        sentences.append(
            _("Of %(resolved)s resolved ones %(rate)s were false alarms.")
            % {"resolved": format_number(lately.resolved), "rate": format_percent(lately.false_alarm_rate, 0)}
        )
    if not read.year[ALL_RULES].handling.raised:
        sentences.append(_("No warning is old enough for its outcome to be known."))
    elif year.bad_customers:
        sentences.append(
            _(
                "Over the year whose outcome is known, warnings had come before for %(caught)s of %(bad)s customers "
                "who turned bad."
            )
            % {"caught": format_number(year.caught), "bad": format_number(year.bad_customers)}
        )
    off = sum(not one.is_active for one in read.editions.values())
    if off:
        sentences.append(
            ngettext("%(n)s rule is switched off.", "%(n)s rules are switched off.", off) % {"n": format_number(off)}
        )
    return running_on(sentences)


def rule_headline(read: RulesReading, edition: RuleEdition) -> str:
    """When a rule raises its warning, and since when it does."""
    sentences = [when_text(edition.rule)]
    if not edition.is_active:
        sentences.insert(0, _("**Switched off: it raises nothing.**"))
    sentences.append(since_text(edition))
    return running_on(sentences)


def since_text(edition: RuleEdition) -> str:
    """Which edition it is, since when and by whom."""
    if not edition.edition:
        return _("As it ships.")
    return _("Edition %(edition)s, since %(day)s, by %(who)s.") % {
        "edition": format_number(edition.edition), "day": format_date(edition.effective_from),
        "who": edition.changed_by or NO_VALUE,
    }  # fmt: skip


def addressed_words(addressed: Addressees, names: DepartmentNames) -> str:
    """Whom the warnings of a rule go to."""
    words = [_("The customer's department")] if addressed.owner else []
    words += [_("Risk management")] if addressed.risk else []
    return listed([*words, *(names.name(code) for code in addressed.departments)])


def rules_list(read: RulesReading, names: DepartmentNames) -> None:
    """Draw the list."""
    st.caption(
        _(
            "Precision: share of the warnings whose customer turned bad within %(days)s days after them, over the year "
            "that ended %(days)s days ago. False alarms: share of those resolved in the last %(lately)s days. Fewer "
            "than %(small)s of them are marked with *."
        )
        % {"days": read.window, "lately": LIST_DAYS, "small": read.small}
    )
    plain_table(
        [
            Head(_("Rule"), width=17),
            Head(_("Raised when"), width=31),
            Head(_("Severity from"), width=9),
            Head(_("Goes to"), width=13),
            Head(_("Warnings, %(days)s days") % {"days": LIST_DAYS}, is_figure=True, width=8),
            Head(_("Precision"), is_figure=True, width=11),
            Head(_("False alarms"), is_figure=True, width=11),
        ],
        [_cells(read, code, names) for code in RULES],
    )
    st.markdown(_(NOT_COMPUTED))


def _cells(read: RulesReading, code: str, names: DepartmentNames) -> list[Cell]:
    edition, lately, year = read.editions[code], read.lately[code], read.year[code]
    title = f'<span class="gl-strong">{escape(rule_title(edition.rule))}</span>'
    if not edition.is_active:
        title += f' <span class="gl-chip">{escape(_("off"))}</span>'
    return [
        Cell(address=address_of("warning_rules", rule=code), html=title),
        Cell(when_text(edition.rule)),
        Cell(html=level_badge(edition.rule.severity, short=True)),
        Cell(addressed_words(edition.addressed, names)),
        Cell(format_number(lately.handling.raised)),
        Cell(precision_text(year, read.small)),
        Cell(false_alarms_text(lately, read.small)),
    ]


def precision_text(one: RulePerformance, small: int) -> str:
    """Precision with its n; a star where the n is small."""
    outcomes = one.outcomes
    if not outcomes.matured:
        return NO_VALUE
    star = "*" if outcomes.matured < small else ""
    return share_of(outcomes.turned_bad, outcomes.matured, outcomes.precision) + star


def false_alarms_text(one: RulePerformance, small: int) -> str:
    """The false-alarm rate with its n."""
    handling = one.handling
    if not handling.resolved:
        return NO_VALUE
    star = "*" if handling.resolved < small else ""
    return share_of(handling.false_alarms, handling.resolved, handling.false_alarm_rate) + star
