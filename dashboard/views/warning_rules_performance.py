"""How well one rule does over a period: each rate with what it stands on, and its weeks as a chart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go
import streamlit as st

from dashboard.components.address_filters import choice_filter, pill_filter
from dashboard.components.departments import DepartmentNames
from dashboard.components.month_ticks import month_ticks
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.components.threshold_words import share_of
from dashboard.i18n import N_, NO_VALUE, _, format_date, format_number, format_percent, ngettext
from dashboard.state import is_dark
from dashboard.theme import BAD, CHART_CONFIG, COLORWAY, house_template
from dashboard.views.warning_rules_reads import RulesReading, rule_performance
from services.context import Actor
from services.early_warnings.outcomes import ratio, wilson_interval
from services.early_warnings.performance import RulePerformance, WeekOfWarnings

PERIODS = {"": N_("Year whose outcome is known"), "quarter": N_("Last 13 weeks"), "two": N_("Last two years")}
_CHART_HEIGHT = 300


def period_of(code: str | None, read: RulesReading) -> tuple[dt.date, dt.date]:
    """First and last day of a period."""
    if code == "quarter":
        return read.today - dt.timedelta(days=7 * 13 - 1), read.today
    if code == "two":
        return read.today - dt.timedelta(days=7 * 104 - 1), read.today
    until = read.today - dt.timedelta(days=read.window)
    return until - dt.timedelta(days=364), until


def performance_part(actor: Actor, read: RulesReading, code: str, names: DepartmentNames) -> None:
    """Draw the figures and the weeks."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        chosen = pill_filter(
            "period", [one for one in PERIODS if one], label=_("Period"), words=lambda one: _(PERIODS[one]),
            key="warning-rule-period",
        )  # fmt: skip
        with st.container(width=280):
            department = choice_filter(
                "department", names.codes, label=_("Department"), words=names.name, everything=_("Every department"),
                key="warning-rule-department",
            )  # fmt: skip
    since, until = period_of(chosen, read)
    one, weeks = rule_performance(actor, code, since, until, department)
    st.markdown(verdict_text(one, since, until))
    if one.handling.raised or one.outcomes.caught:
        chart = weeks_chart(weeks, dark=is_dark())
        title = _("Warnings by the week they were raised in")
        st.html(f'<h2 class="gl-section">{escape(title)}</h2>')
        st.caption(weeks_words(weeks))
        st.plotly_chart(chart, key="warning-rule-weeks", config=CHART_CONFIG, theme=None, alt=title)
    plain_table([Head(_("Figure")), Head(_("Value"), is_figure=True), Head(_("Out of"))], figure_rows(one, read.small))


def verdict_text(one: RulePerformance, since: dt.date, until: dt.date) -> str:
    """The answer in a sentence."""
    words = {"since": format_date(since), "until": format_date(until)}
    if not one.handling.raised:
        return _("No warning was raised from %(since)s to %(until)s.") % words
    return ngettext(
        "**%(n)s warning was raised from %(since)s to %(until)s.**",
        "**%(n)s warnings were raised from %(since)s to %(until)s.**",
        one.handling.raised,
    ) % (words | {"n": format_number(one.handling.raised)})


def figure_rows(one: RulePerformance, small: int) -> list[list[Cell]]:
    """Every figure with its denominator in words."""
    handling, outcomes = one.handling, one.outcomes
    rows = [
        (_("False-alarm rate"), _rate(handling.false_alarms, handling.resolved, small), _("resolved warnings")),
        (
            _("Precision"), _rate(outcomes.turned_bad, outcomes.matured, small),
            _("warnings whose window has ended; left out because already bad: %(n)s")
            % {"n": format_number(outcomes.already_bad)},
        ),
        (_("Precision, confidence interval"), _interval(outcomes.turned_bad, outcomes.matured), _("as above")),
        (
            _("Recall"), _rate(outcomes.caught, outcomes.bad_customers, small),
            _("customers who turned bad in the period; without a warning before: %(n)s")
            % {"n": format_number(outcomes.missed)},
        ),
        (
            _("Lead time, median"), _days(outcomes.lead_median),
            _("bad customers with a warning before: %(n)s") % {"n": format_number(outcomes.caught)},
        ),
        (_("Lead time, 90th percentile"), _days(outcomes.lead_p90), _("as above")),
        (
            _("Acknowledged in time"), _rate(handling.acknowledged_in_time, handling.acknowledged, small),
            _("acknowledged warnings; median %(hours)s hours")
            % {"hours": format_number(handling.hours_to_acknowledge, 1)},
        ),
        (
            _("Resolved in time"), _rate(handling.resolved_in_time, handling.resolved, small),
            _("resolved warnings; median %(hours)s hours") % {"hours": format_number(handling.hours_to_resolve, 1)},
        ),
    ]  # fmt: skip
    return [[Cell(name), Cell(value), Cell(out_of)] for name, value, out_of in rows]


def _rate(part: int, whole: int, small: int) -> str:
    if not whole:
        return NO_VALUE
    return share_of(part, whole, ratio(part, whole)) + ("*" if whole < small else "")


def _interval(part: int, whole: int) -> str:
    found = wilson_interval(part, whole)
    if found is None:
        return NO_VALUE
    return _("%(low)s to %(high)s") % {"low": format_percent(found[0], 0), "high": format_percent(found[1], 0)}


def _days(value: object) -> str:
    if value is None:
        return NO_VALUE
    number = round(float(str(value)))
    return ngettext("%(n)s day", "%(n)s days", number) % {"n": format_number(number)}


def weeks_words(weeks: Sequence[WeekOfWarnings]) -> str:
    """What the colours of the bars are, with their sums."""
    return _(
        "From the foot up: customer turned bad (%(bad)s), in colour; stayed good (%(good)s); outcome not known yet, or "
        "already bad (%(other)s)."
    ) % {
        "bad": format_number(sum(one.turned_bad for one in weeks)),
        "good": format_number(sum(one.stayed_good for one in weeks)),
        "other": format_number(sum(one.waiting + one.already_bad for one in weeks)),
    }  # fmt: skip


def weeks_chart(weeks: Sequence[WeekOfWarnings], *, dark: bool) -> go.Figure:
    """A bar a week: turned bad at the foot, the only one in a colour of risk."""
    days = [one.week for one in weeks]
    parts = (
        ([one.turned_bad for one in weeks], BAD, N_("turned bad")),
        ([one.stayed_good for one in weeks], COLORWAY[dark][2], N_("stayed good")),
        ([one.waiting + one.already_bad for one in weeks], COLORWAY[dark][7], N_("not known yet, or already bad")),
    )
    data = [
        {
            "type": "bar", "x": days, "y": values, "marker": {"color": colour, "line": {"width": 0}},
            "customdata": [[format_date(day), _(words)] for day in days],
            "hovertemplate": "%{customdata[0]}<br>%{y} %{customdata[1]}<extra></extra>",
        }
        for values, colour, words in parts
    ]  # fmt: skip
    layout = {
        "template": house_template(dark), "height": _CHART_HEIGHT, "barmode": "stack", "bargap": 0.15,
        "margin": {"l": 4, "r": 4, "t": 8, "b": 4}, "xaxis": month_ticks(days),
        "yaxis": {"rangemode": "tozero", "nticks": 4},
    }  # fmt: skip
    return go.Figure(data=data, layout=layout)
