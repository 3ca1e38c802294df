"""Changing a rule: the form of risk management, with the simulator beside it, and what the past says of likelihood."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from html import escape

import streamlit as st

from dashboard.components.departments import DepartmentNames
from dashboard.components.threshold_words import share_of, threshold_name
from dashboard.i18n import N_, _, format_date, format_number, format_percent
from dashboard.labels import label
from dashboard.views.warning_rules_deeds import DRAFT, Deed, note
from dashboard.views.warning_rules_reads import RulesReading, rule_reading
from dashboard.views.warning_rules_simulator import simulator_part
from db.enums import LikelihoodSource, RiskLevel, WarningState
from services.access import may
from services.context import Actor
from services.early_warnings.editions import Addressees, RuleChange, RuleEdition
from services.early_warnings.lifecycle import LONGEST_STEP_HOURS, NO_HOURS, step_hours
from services.early_warnings.performance import LearntLikelihood
from services.early_warnings.threshold_limits import ThresholdUnit, threshold_limit

OWNER, RISK = "owner", "risk"
STEPS = {
    WarningState.RAISED: N_("Hours to acknowledge"),
    WarningState.ACKNOWLEDGED: N_("Hours to start acting"),
    WarningState.ACTING: N_("Hours to resolve"),
}


def change_part(actor: Actor, read: RulesReading, edition: RuleEdition, names: DepartmentNames) -> None:
    """Draw the form where the reader may change rules, and the simulator."""
    if not may(actor, "warning_rule.change"):
        st.info(_("Risk management changes rules. You see what was tried out."), icon=":material/lock:")
        simulator_part(actor, read, edition, None)
        return
    newest = rule_reading(actor, edition.rule.code).history[0]
    left, right = st.columns(2, gap="large")
    with left:
        _form(actor, read, edition, newest, names)
    with right:
        simulator_part(actor, read, edition, _drafted(edition))


def _key(edition: RuleEdition, name: str) -> str:
    return f"{DRAFT}{edition.rule.code}-{name}"


def _form(actor: Actor, read: RulesReading, edition: RuleEdition, newest: RuleEdition, names: DepartmentNames) -> None:
    st.html(f'<h2 class="gl-section">{escape(_("Change the rule"))}</h2>')
    with st.container(key="warning-rule-form", border=True, gap="small"):
        if edition.rule.findings is not None:
            _given(edition, "active", edition.is_active)
            st.toggle(_("Switched on"), key=_key(edition, "active"))
        _threshold_fields(edition)
        _given(edition, "severity", edition.rule.severity.value)
        st.selectbox(
            _("Least severity"), [one.value for one in RiskLevel],
            format_func=lambda one: label("risk_level_short", one), key=_key(edition, "severity"),
        )  # fmt: skip
        _likelihood_field(actor, read, edition)
        _given(edition, "to", _addressed_codes(edition.addressed))
        st.multiselect(
            _("Goes to (the first one works it)"), [OWNER, RISK, *(f"@{code}" for code in names.codes)],
            format_func=lambda one: _addressee(one, names), key=_key(edition, "to"),
        )  # fmt: skip
        _hour_fields(edition)
        st.date_input(
            _("Applies from"), read.today, key=_key(edition, "since"), min_value=read.today, format="YYYY-MM-DD"
        )
        st.text_area(_("Why"), key=_key(edition, "reason"), max_chars=500, height=80)
        st.caption(
            _(
                "The change applies from its day on, to what is found then. Open warnings keep their severity, "
                "likelihood, department and evidence."
            )
        )
        if newest.effective_from > read.today:
            st.caption(
                _("Edition %(edition)s is to come on %(day)s; a change from an earlier day ends that day.")
                % {"edition": format_number(newest.edition), "day": format_date(newest.effective_from)}
            )
        st.button(
            _("Save edition"), key="warning-rule-save", type="primary", on_click=_save, args=(edition, newest.edition)
        )


def _given(edition: RuleEdition, name: str, value: object) -> None:
    """Begin a field with the value in force; what was typed stays."""
    st.session_state.setdefault(_key(edition, name), value)


def _threshold_fields(edition: RuleEdition) -> None:
    for name, value in edition.rule.thresholds.items():
        limit = threshold_limit(edition.rule, name)
        is_ratio = limit.unit is ThresholdUnit.RATIO
        scale = 100 if is_ratio else 1
        _given(edition, name, round(value * scale))
        words = threshold_name(edition.rule, name)
        words = _("%(name)s, in per cent") % {"name": words} if is_ratio else words
        st.number_input(
            words, min_value=int(limit.least * scale), max_value=int(limit.most * scale), step=1,
            key=_key(edition, name),
        )  # fmt: skip


def _likelihood_field(actor: Actor, read: RulesReading, edition: RuleEdition) -> None:
    _given(edition, "likelihood", float(edition.rule.likelihood * 100))
    st.number_input(
        _("Likelihood that money is lost, in per cent"), min_value=0.0, max_value=100.0, step=1.0, format="%.1f",
        key=_key(edition, "likelihood"),
    )  # fmt: skip
    reading = rule_reading(actor, edition.rule.code)
    for source, learnt in (
        (LikelihoodSource.WARNINGS, reading.learnt), (LikelihoodSource.SIMULATION, reading.simulated),
    ):  # fmt: skip
        if learnt.value is None:
            continue
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.caption(learnt_text(source, learnt, read), width="stretch")
            st.button(
                _("Use this value"),
                key=f"warning-rule-learnt-{source}",
                on_click=_adopt,
                args=(edition, source, learnt),
            )
    if reading.learnt.value is None:
        st.caption(_("No past warning of this rule has an outcome yet: nothing can be learnt from them."))


def learnt_text(source: str, learnt: LearntLikelihood, read: RulesReading) -> str:
    """A learnt likelihood with n and interval."""
    words = {
        "share": share_of(learnt.turned_bad, learnt.matured, learnt.value),
        "low": format_percent(learnt.low, 0), "high": format_percent(learnt.high, 0),
    }  # fmt: skip
    text = (
        _("Past warnings: %(share)s turned bad; 95 %% interval %(low)s to %(high)s.")
        if source == LikelihoodSource.WARNINGS
        else _("Simulated signs: %(share)s turned bad; 95 %% interval %(low)s to %(high)s.")
    ) % words
    return text + ("*" if learnt.matured < read.small else "")


def _adopt(edition: RuleEdition, source: str, learnt: LearntLikelihood) -> None:
    """Put a learnt likelihood into the form, with what it rests on: it is saved like any other change."""
    value = round((learnt.value or Decimal(0)) * 100, 1)
    st.session_state[_key(edition, "likelihood")] = float(value)
    st.session_state[_key(edition, "learnt")] = (source, learnt.matured, float(value))


def _addressed_codes(addressed: Addressees) -> list[str]:
    parts = ([OWNER] if addressed.owner else []) + ([RISK] if addressed.risk else [])
    return parts + [f"@{code}" for code in addressed.departments]


def _addressed(chosen: Sequence[str]) -> Addressees:
    return Addressees(OWNER in chosen, RISK in chosen, tuple(one[1:] for one in chosen if one[0] == "@"))


def _addressee(code: str, names: DepartmentNames) -> str:
    if code == OWNER:
        return _("The customer's department")
    return _("Risk management") if code == RISK else names.name(code[1:])


def _hour_fields(edition: RuleEdition) -> None:
    with st.expander(_("Deadlines by severity, in hours"), key="warning-rule-hours"):
        for severity in reversed(RiskLevel):
            st.markdown(f"**{label('risk_level_short', severity)}**")
            columns = st.columns(3)
            for column, (state, words) in zip(columns, STEPS.items(), strict=True):
                name = f"hours-{severity}-{state}"
                _given(edition, name, step_hours(edition.deadline_hours, severity, state))
                column.number_input(
                    _(words), min_value=1, max_value=LONGEST_STEP_HOURS, step=1, key=_key(edition, name)
                )


def _drafted(edition: RuleEdition) -> dict[str, object]:
    """The thresholds as they stand in the form."""
    found: dict[str, object] = {}
    for name in edition.rule.thresholds:
        written = st.session_state.get(_key(edition, name))
        if written is None:
            continue
        is_ratio = threshold_limit(edition.rule, name).unit is ThresholdUnit.RATIO
        found[name] = Decimal(int(written)) / 100 if is_ratio else int(written)
    return found


def _drafted_hours(edition: RuleEdition) -> dict[str, dict[str, int]]:
    """Hours that differ from those that ship."""
    hours: dict[str, dict[str, int]] = {}
    for severity in RiskLevel:
        for state in STEPS:
            written = st.session_state.get(_key(edition, f"hours-{severity}-{state}"))
            if written is not None and int(written) != step_hours(NO_HOURS, severity, state):
                hours.setdefault(severity.value, {})[state.value] = int(written)
    return hours


def _save(edition: RuleEdition, seen_edition: int) -> None:
    """Write the change down as it stands in the form: a callback, so that what was typed last is in it."""
    state = st.session_state
    chosen = list(state.get(_key(edition, "to")) or [])
    likelihood = Decimal(str(state.get(_key(edition, "likelihood")) or 0)) / 100
    source, cases, value = state.get(_key(edition, "learnt")) or (LikelihoodSource.STATED, None, None)
    if value is None or Decimal(str(value)) / 100 != likelihood:
        source, cases = LikelihoodSource.STATED, None
    since = state.get(_key(edition, "since"))
    note(
        Deed(
            "change", edition.rule.code,
            RuleChange(
                thresholds=_drafted(edition), is_active=state.get(_key(edition, "active")),
                severity=state.get(_key(edition, "severity")), likelihood=likelihood, likelihood_source=source,
                likelihood_cases=cases,
                addressed=_addressed(chosen),
                deadline_hours=_drafted_hours(edition),
            ),
            reason=str(state.get(_key(edition, "reason")) or ""),
            since=since if isinstance(since, dt.date) else None, seen_edition=seen_edition,
        )
    )  # fmt: skip
