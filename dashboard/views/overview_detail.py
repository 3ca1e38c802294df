"""One metric explained: what it means, what it is made of, why it moved, and the rows behind it (SPEC 5, 9.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from html import escape

import plotly.graph_objects as go
import streamlit as st

from dashboard.components.departments import DepartmentNames
from dashboard.components.metric_words import (
    change_text,
    effect_text,
    facts_of,
    is_good,
    meets_target,
    metric_name,
    size_text,
    target_of,
    target_text,
    value_text,
    verdict_text,
)
from dashboard.components.period_words import period_words
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.i18n import N_, NO_VALUE, _, format_money, format_month, format_number, ngettext
from dashboard.navigation import address_of
from dashboard.state import is_dark
from dashboard.theme import BAD, CHART_CONFIG, COLORWAY, GOOD, INK, QUIET, house_template
from dashboard.views.overview_beside import beside
from dashboard.views.overview_cards import big_figures, last_month, no_value_text
from dashboard.views.overview_choice import Choice, close_detail
from dashboard.views.overview_department_chart import department_name
from dashboard.views.overview_metric_rows import metric_rows_panel
from dashboard.views.overview_reads import Board, by_month, read_movement
from services.context import Actor
from services.metrics.definitions import METRIC_DEFINITIONS
from services.metrics.figures import ACCURACY, COMPLAINTS, DEFINITION_VERSION, RECOVERY, Figure
from services.metrics.movement import Effect, Movement
from services.policy import DEFINITIONS

STATUSES = {
    "entered": N_("Entered: counted now, not then"),
    "left": N_("Left: counted then, not now"),
    "changed": N_("In both periods"),
}


def metric_detail(actor: Actor, board: Board, choice: Choice, metric: str, names: DepartmentNames) -> None:
    """Draw the detail in place of the overview."""
    detail_head(metric_name(metric))
    left, right = st.columns([2, 3], gap="medium")
    with left:
        _figure(board, choice, metric)
        _definition(board, choice, metric)
    with right:
        _trend(board, choice, metric)
    moved = read_movement(actor, metric, choice.span, choice.former, choice.department)
    _movement(metric, moved, board, choice, names)
    beside(actor, board, choice, metric)
    metric_rows_panel(actor, board, choice, metric, names)


def detail_head(title: str) -> None:
    """The way back, and what this is."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="overview-detail-head"):
        st.button(
            _("Back to the overview"), key="overview-back", on_click=close_detail, icon=":material/arrow_back:",
            type="tertiary",
        )  # fmt: skip
        st.html(f'<h2 class="gl-title">{escape(title)}</h2>')


def _figure(board: Board, choice: Choice, metric: str) -> None:
    figure = board.now.get(metric)
    value = figure.value if figure else None
    target, step = target_of(board.policy, metric), board.step(metric)
    verdict = ""
    if value is not None:
        tone = "gl-good" if meets_target(metric, value, target) else "gl-bad"
        verdict = f' <b class="{tone}">{escape(verdict_text(metric, value, target))}</b>'
    turned = "gl-quiet" if not step else "gl-good" if is_good(metric, step) else "gl-bad"
    facts = (
        facts_of(figure, board.policy.base_currency, board.never_decided, board.fates)
        if figure
        else (no_value_text(metric),)
    )
    st.html(
        f'<div class="gl-card gl-figures"><div class="gl-card-main">{big_figures(metric, figure)}</div>'
        f'<div class="gl-card-line"><b>{escape(period_words(choice.span))}</b> '
        f"{escape(target_text(metric, target))}{verdict}</div>"
        f'<div class="gl-card-line {turned}">{escape(change_text(metric, step, period_words(choice.former)))}</div>'
        f'<div class="gl-card-facts">{"".join(f"<div>{escape(one)}</div>" for one in facts)}</div></div>'
    )


def _definition(board: Board, choice: Choice, metric: str) -> None:
    meaning = METRIC_DEFINITIONS[metric]
    figure = board.now.get(metric)
    st.markdown(_(meaning.text))

    def amount(value: Decimal | None) -> str:
        return format_money(value, board.policy.base_currency) if metric == RECOVERY else format_number(value)

    plain_table(
        [Head(_("Made of")), Head(period_words(choice.span), is_figure=True)],
        [
            [Cell(_(meaning.numerator)), Cell(amount(figure.numerator if figure else None))],
            [Cell(_(meaning.denominator)), Cell(amount(figure.denominator if figure else None))],
            [Cell(_("Not counted: %(what)s") % {"what": _(meaning.left_out)}), Cell(_left_out(board, metric))],
        ],
    )
    said = {one.key: _(one.text) for one in DEFINITIONS}
    lines = [
        _("%(setting)s: %(value)s") % {"setting": said[key], "value": getattr(board.policy, key)}
        for key in meaning.settings
    ]
    lines.append(
        _("Policy clause %(clause)s, definition %(version)s")
        % {"clause": meaning.clause, "version": DEFINITION_VERSION}
    )
    st.caption("  \n".join(lines))


def _left_out(board: Board, metric: str) -> str:
    figure = board.now.get(metric)
    if figure is None:
        return NO_VALUE
    part = {ACCURACY: "excluded", RECOVERY: "unconverted"}.get(metric)
    return format_number(figure.parts.get(part, 0)) if part else NO_VALUE


def _trend(board: Board, choice: Choice, metric: str) -> None:
    series = [one for one in by_month(board, metric, last_month(board, choice)) if one is not None]
    if not series:
        st.caption(_("No month has a value yet."))
        return
    chart = _trend_chart(series, metric, target_of(board.policy, metric))
    st.plotly_chart(chart, key=f"overview-trend-{metric}", config=CHART_CONFIG, theme=None)


def _trend_chart(series: Sequence[Figure], metric: str, target: Decimal) -> go.Figure:
    dark, scale = is_dark(), 1 if metric == COMPLAINTS else 100
    chart = go.Figure(
        go.Scatter(
            x=[one.month for one in series],
            y=[None if one.value is None else float(one.value) * scale for one in series],
            customdata=[_month_words(metric, one) for one in series], hovertemplate="%{customdata}<extra></extra>",
            mode="lines+markers", line={"width": 2.5, "color": COLORWAY[dark][0]},
            marker={"size": [5] * (len(series) - 1) + [11]},
        )
    )  # fmt: skip
    chart.add_hline(
        y=float(target) * scale, line={"dash": "dot", "width": 1.5, "color": QUIET[dark]},
        annotation={"text": target_text(metric, target), "font": {"color": QUIET[dark], "size": 12}, "xshift": 4},
        annotation_position="right",
    )  # fmt: skip
    last = series[-1]
    if last.value is not None:
        chart.add_annotation(
            x=last.month, y=float(last.value) * scale, text=f"<b>{value_text(metric, last.value)}</b>", showarrow=False,
            yshift=18, font={"color": INK[dark]},
        )  # fmt: skip
    months = sorted({series[0].month, series[len(series) // 2].month, last.month})
    chart.update_layout(
        template=house_template(dark), height=330, title=_("%(metric)s by month") % {"metric": metric_name(metric)},
        margin={"l": 8, "r": 84, "t": 40, "b": 8},
        xaxis={
            "tickvals": months, "ticktext": list(map(format_month, months)), "tickangle": 0, "ticklabelstandoff": 10,
        },
        yaxis={"ticksuffix": "‰" if scale == 1 else "%"},
    )  # fmt: skip
    return chart


def _month_words(metric: str, one: Figure) -> str:
    return _("%(month)s: %(value)s, %(part)s of %(whole)s") % {
        "month": format_month(one.month), "value": value_text(metric, one.value),
        "part": format_number(one.numerator), "whole": format_number(one.denominator),
    }  # fmt: skip


def _movement(metric: str, moved: Movement, board: Board, choice: Choice, names: DepartmentNames) -> None:
    words = {"now": period_words(choice.span), "then": period_words(choice.former)}
    st.subheader(_("Why it moved from %(then)s to %(now)s") % words)
    if moved.change is None:
        st.caption(_("One of the two periods has no value, so there is no movement to explain."))
        return
    st.markdown(_movement_sentence(metric, moved))
    left, right = st.columns(2, gap="medium")
    with left:
        _effect_chart(metric, moved.departments, names)
        plain_table(
            [Head(_("Customers")), Head(_("Count"), is_figure=True), Head(_effect_head(metric), is_figure=True)],
            [
                [Cell(_(STATUSES[one.key])), Cell(format_number(one.customers)), Cell(effect_text(metric, one.effect))]
                for one in moved.statuses
            ],
        )
    with right:
        _customer_effects(metric, moved, board, names)
    st.caption(
        _(
            "Each part is what it adds above the middle of the two values now, less what it added then; the parts sum "
            "exactly to the change."
        )
    )


def _movement_sentence(metric: str, moved: Movement) -> str:
    change = moved.change or Fraction(0)
    if not change:
        return _("The value is the same; what its parts did cancels out.")
    words = {"change": size_text(metric, change)}
    if change > 0:
        return _("It rose by %(change)s. These parts sum to it:") % words
    return _("It fell by %(change)s. These parts sum to it:") % words


def _effect_head(metric: str) -> str:
    return _("Effect, per 1,000") if metric == COMPLAINTS else _("Effect, points")


def _effect_title(metric: str) -> str:
    return _("By department, per 1,000") if metric == COMPLAINTS else _("By department, in points")


def _effect_chart(metric: str, effects: Sequence[Effect], names: DepartmentNames) -> None:
    dark, scale = is_dark(), 1 if metric == COMPLAINTS else 100
    values = [float(one.effect) * scale for one in effects]
    chart = go.Figure(
        go.Bar(
            y=[one.key for one in effects], x=values, orientation="h", textposition="outside", cliponaxis=False,
            text=[effect_text(metric, one.effect) for one in effects],
            marker_color=[_effect_colour(metric, one, dark) for one in effects],
            customdata=[_stake_words(metric, one, department_name(one.key, names)) for one in effects],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )  # fmt: skip
    widest = max([abs(value) for value in values] or [1.0]) or 1.0
    chart.add_vline(x=0, line_width=1, line_color=QUIET[dark])
    chart.update_layout(
        template=house_template(dark), height=60 + 30 * len(effects), title=_effect_title(metric),
        xaxis={"visible": False, "range": [-widest * 1.6, widest * 1.6]},
        yaxis={"autorange": "reversed", "tickvals": [one.key for one in effects], "showline": False, "ticklen": 0,
               "ticktext": [department_name(one.key, names) for one in effects]},
    )  # fmt: skip
    st.plotly_chart(chart, key=f"overview-effects-{metric}", config=CHART_CONFIG, theme=None)


def _effect_colour(metric: str, one: Effect, dark: bool) -> str:
    if not one.effect:
        return QUIET[dark]
    return GOOD if is_good(metric, one.effect) else BAD


def _stake_words(metric: str, one: Effect, name: str) -> str:
    stake = one.stake
    return _("<b>%(name)s</b><br>then %(n0)s of %(d0)s, now %(n1)s of %(d1)s") % {
        "name": name, "n0": format_number(stake.numerator_before), "d0": format_number(stake.denominator_before),
        "n1": format_number(stake.numerator), "d1": format_number(stake.denominator),
    }  # fmt: skip


def _customer_effects(metric: str, moved: Movement, board: Board, names: DepartmentNames) -> None:
    rows: list[Iterable[Cell]] = [
        [
            Cell(one.name, address_of("customer", customer=one.key)),
            Cell(department_name(one.department or "", names)), Cell(_then_now(metric, one, board)),
            Cell(effect_text(metric, one.effect)),
        ]
        for one in moved.customers
    ]  # fmt: skip
    if moved.others_count > 0:
        others = ngettext("%(n)s other customer", "%(n)s other customers", moved.others_count)
        rows.append(
            [
                Cell(others % {"n": format_number(moved.others_count)}), Cell(""), Cell(""),
                Cell(effect_text(metric, moved.others)),
            ]
        )  # fmt: skip
    heads = [
        Head(_("Customers who moved it most")), Head(_("Department"), is_whole=True),
        Head(_("Then → now"), is_whole=True),
        Head(_effect_head(metric), is_figure=True),
    ]  # fmt: skip
    plain_table(heads, [list(row) for row in rows])


def _then_now(metric: str, one: Effect, board: Board) -> str:
    def written(value: Decimal) -> str:
        if metric == RECOVERY:
            return format_money(value, board.policy.base_currency, compact=True)
        return format_number(value)

    def part(numerator: Decimal, denominator: Decimal) -> str:
        return f"{written(numerator)}/{written(denominator)}" if numerator or denominator else NO_VALUE

    stake = one.stake
    then = part(stake.numerator_before, stake.denominator_before)
    return f"{then} → {part(stake.numerator, stake.denominator)}"
