"""The simulator beside the form: asking for a replay, its progress, and what it found with old and new thresholds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from html import escape
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from dashboard.components.month_ticks import month_ticks
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.components.threshold_words import share_of, threshold_name, threshold_value
from dashboard.i18n import NO_VALUE, _, format_date, format_money, format_number, listed, ngettext
from dashboard.navigation import address_of
from dashboard.state import is_dark
from dashboard.theme import CHART_CONFIG, COLORWAY, house_template
from dashboard.views.warning_rules_deeds import Deed, note
from dashboard.views.warning_rules_reads import RulesReading, simulated_changes, simulations
from db.enums import SimulationState
from services.access import may
from services.context import SYSTEM, Actor
from services.early_warnings.editions import RuleEdition
from services.early_warnings.simulating import MOST_WEEKS, SimulationRow

_UNDER_WAY = (SimulationState.QUEUED, SimulationState.RUNNING)
_LOOK_AGAIN = "2s"


def simulator_part(
    actor: Actor, read: RulesReading, edition: RuleEdition, drafted: Mapping[str, object] | None
) -> None:
    """Draw the simulator; `drafted` are the thresholds of the form, None for those who only read."""
    st.html(f'<h2 class="gl-section">{escape(_("Simulator"))}</h2>')
    if edition.rule.findings is None or not edition.rule.thresholds:
        st.caption(_("This rule has no thresholds that could be simulated."))
        return
    if drafted is not None:
        _asking(read, edition, drafted)
    rows = simulations(actor, edition.rule.code)
    if not rows:
        st.caption(_("Nothing was simulated yet. A simulation replays the rule week by week on your own history."))
        return
    if rows[0].state in _UNDER_WAY:
        st.fragment(_progress, run_every=_LOOK_AGAIN)(actor, edition.rule.code)
    done = next((one for one in rows if one.state == SimulationState.DONE), None)
    if done is not None:
        _found(actor, read, edition, done)
    elif rows[0].state == SimulationState.CANCELLED:
        st.caption(_("The last simulation was cancelled."))


def _asking(read: RulesReading, edition: RuleEdition, drafted: Mapping[str, object]) -> None:
    changed = {name: value for name, value in drafted.items() if value != edition.rule.thresholds[name]}
    with st.container(key="warning-rule-ask", border=True, gap="small"):
        st.markdown(_asked_words(edition, changed))
        left, right = st.columns(2)
        since = left.date_input(
            _("From"), read.today - dt.timedelta(days=364), key="warning-rule-from", format="YYYY-MM-DD",
            min_value=read.today - dt.timedelta(days=7 * MOST_WEEKS - 1), max_value=read.today,
        )  # fmt: skip
        until = right.date_input(
            _("Up to"), read.today, key="warning-rule-until", max_value=read.today, format="YYYY-MM-DD",
            min_value=read.today - dt.timedelta(days=7 * MOST_WEEKS - 1),
        )  # fmt: skip
        st.button(
            _("Simulate on history"), key="warning-rule-simulate", on_click=note,
            args=(Deed("simulate", edition.rule.code, thresholds=dict(drafted), since=since, until=until),),
            disabled=not changed,
        )  # fmt: skip


def _asked_words(edition: RuleEdition, changed: Mapping[str, Any]) -> str:
    if not changed:
        return _("Change a threshold in the form to try it out here before you save it.")
    rule = edition.rule
    return _("Tried out: %(changes)s.") % {
        "changes": listed(
            _("%(name)s %(new)s instead of %(now)s")
            % {
                "name": threshold_name(rule, name), "new": threshold_value(rule, name, value),
                "now": threshold_value(rule, name, rule.thresholds[name]),
            }
            for name, value in changed.items()
        )
    }  # fmt: skip


def _progress(actor: Actor, code: str) -> None:
    """How far it is; when it is over the whole page is drawn again."""
    rows = simulations(actor, code)
    if not rows or rows[0].state not in _UNDER_WAY:
        st.rerun()
    row = rows[0]
    st.progress(
        row.weeks_done / row.weeks,
        text=_("Week %(done)s of %(weeks)s replayed")
        % {"done": format_number(row.weeks_done), "weeks": format_number(row.weeks)},
    )
    if may(actor, "warning_rule.change"):
        st.button(
            _("Cancel simulation"), key=f"warning-rule-cancel-{row.id}", on_click=note,
            args=(Deed("cancel", code, simulation=row.id),),
        )  # fmt: skip


def _found(actor: Actor, read: RulesReading, edition: RuleEdition, row: SimulationRow) -> None:
    result: Mapping[str, Any] = row.result or {}
    st.markdown(finding_text(row))
    st.caption(
        _("%(since)s to %(until)s, asked for by %(who)s. Thresholds: %(changes)s.")
        % {
            "since": format_date(row.since), "until": format_date(row.until),
            "who": _("The system") if row.asked_by == SYSTEM.login else row.asked_by,
            "changes": _changes_text(edition, row),
        }
    )  # fmt: skip
    plain_table(
        [Head(_("Figure"), width=46), Head(_("As then"), is_figure=True, width=27),
         Head(_("With the new ones"), is_figure=True, width=27)],
        [[Cell(name), Cell(now), Cell(new)] for name, now, new in comparison(result, read)],
    )  # fmt: skip
    chart = simulated_weeks(row, dark=is_dark())
    st.plotly_chart(chart, key=f"warning-rule-simulated-{row.id}", config=CHART_CONFIG, theme=None)
    come, gone = simulated_changes(actor, row.id)
    _customers(read, ngettext(
        "%(n)s customer comes in", "%(n)s customers come in", result["changed"]["come"]
    ) % {"n": format_number(result["changed"]["come"])}, come)  # fmt: skip
    _customers(read, ngettext(
        "%(n)s customer falls out", "%(n)s customers fall out", result["changed"]["gone"]
    ) % {"n": format_number(result["changed"]["gone"])}, gone)  # fmt: skip


def finding_text(row: SimulationRow) -> str:
    """The answer in a sentence: how many warnings more or fewer, and at what price in bad customers."""
    result: Mapping[str, Any] = row.result or {}
    now, new = result["now"], result["new"]
    step = new["warnings"] - now["warnings"]
    if step > 0:
        warnings = ngettext("**%(n)s warning more**", "**%(n)s warnings more**", step) % {"n": format_number(step)}
    elif step < 0:
        warnings = ngettext("**%(n)s warning fewer**", "**%(n)s warnings fewer**", -step) % {"n": format_number(-step)}
    else:
        warnings = _("**As many warnings as before**")
    caught = new["caught"] - now["caught"]
    if caught > 0:
        bad = ngettext("%(n)s bad customer more is caught", "%(n)s bad customers more are caught", caught)
    elif caught < 0:
        bad = ngettext("%(n)s bad customer more is missed", "%(n)s bad customers more are missed", -caught)
    else:
        bad = _("the same number of bad customers is caught")
    return _("%(warnings)s; %(bad)s.") % {"warnings": warnings, "bad": bad % {"n": format_number(abs(caught))}}


def _changes_text(edition: RuleEdition, row: SimulationRow) -> str:
    return listed(
        _("%(name)s %(now)s, then %(new)s")
        % {
            "name": threshold_name(edition.rule, name),
            "now": threshold_value(edition.rule, name, row.thresholds_now[name]),
            "new": threshold_value(edition.rule, name, value),
        }
        for name, value in row.thresholds_new.items()
        if value != row.thresholds_now[name]
    )  # fmt: skip


def comparison(result: Mapping[str, Any], read: RulesReading) -> list[tuple[str, str, str]]:
    """The figures of both, each with what it stands on."""

    def both(name: str, words: str) -> tuple[str, str, str]:
        return words, format_number(result["now"][name]), format_number(result["new"][name])

    def each(words: str, say: Any) -> tuple[str, str, str]:  # noqa: ANN401  (a function of one side)
        return words, say(result["now"]), say(result["new"])

    return [
        both("warnings", _("Warnings")),
        each(
            _("Warnings a week, over %(weeks)s weeks") % {"weeks": format_number(result["whole_weeks"])},
            lambda one: _number(one["warnings_per_week"], 2),
        ),
        both("standing_at_start", _("Signs that stood on the first day")),
        both("customers", _("Customers concerned")),
        both("departments", _("Departments concerned")),
        each(_("Exposure touched"), lambda one: format_money(Decimal(one["exposure"]), read.currency, compact=True)),
        each(_("Precision"), lambda one: _rate(one["turned_bad"], one["matured"], read.small)),
        each(_("Bad customers caught before"), lambda one: _rate(one["caught"], one["bad_customers"], read.small)),
        both("missed", _("Bad customers missed")),
        each(_("Days before the bad day, median"), lambda one: _number(one["lead_median"], 0)),
        each(_("Days before the bad day, 90th percentile"), lambda one: _number(one["lead_p90"], 0)),
    ]


def _number(value: str | None, digits: int) -> str:
    return NO_VALUE if value is None else format_number(Decimal(value), digits)


def _rate(part: int, whole: int, small: int) -> str:
    if not whole:
        return NO_VALUE
    return share_of(part, whole, Decimal(part) / whole) + ("*" if whole < small else "")


def simulated_weeks(row: SimulationRow, *, dark: bool) -> go.Figure:
    """New signs a week: a line for each set of thresholds, named at its end."""
    result: Mapping[str, Any] = row.result or {}
    days = [row.since + dt.timedelta(days=7 * week) for week in range(1, row.weeks)]
    sides = (("now", COLORWAY[dark][2], "dot", _("as then")), ("new", COLORWAY[dark][0], "solid", _("new")))
    data = [
        {
            "type": "scatter", "mode": "lines", "x": days, "name": words,
            "y": [result["weeks"][side].get(day.isoformat(), 0) for day in days],
            "line": {"color": colour, "dash": dash, "width": 2, "shape": "hvh"},
            "customdata": [format_date(day) for day in days],
            "hovertemplate": "%{customdata}<br>%{y} " + words + "<extra></extra>",
        }
        for side, colour, dash, words in sides
    ]  # fmt: skip
    layout = {
        "template": house_template(dark), "height": 220, "showlegend": True,
        "margin": {"l": 4, "r": 4, "t": 44, "b": 4},
        "title": {"text": _("Warnings by week")}, "yaxis": {"rangemode": "tozero", "nticks": 4},
        "xaxis": month_ticks(days),
        "legend": {"orientation": "h", "x": 1, "xanchor": "right", "y": 1, "yanchor": "bottom"},
    }  # fmt: skip
    return go.Figure(data=data, layout=layout)


def _customers(read: RulesReading, title: str, rows: Sequence[Any]) -> None:
    if not rows:
        return
    st.html(f'<h3 class="gl-strong">{escape(title)}</h3>')
    plain_table(
        [Head(_("Customer"), width=50), Head(_("Money at risk"), is_figure=True, width=25),
         Head(_("First found on"), width=25)],
        [
            [
                Cell(one.name, address_of("customer", customer=one.customer_no)),
                Cell(format_money(one.money, read.currency, compact=True)),
                Cell(format_date(one.first_on)),
            ]
            for one in rows
        ],
    )  # fmt: skip
