"""The four metric cards: figure, target, change, months, and what has to stand beside it. A click opens the detail."""

from __future__ import annotations

import datetime as dt
from html import escape

import streamlit as st

from dashboard.components.metric_words import (
    change_text,
    facts_of,
    is_good,
    is_small,
    meets_target,
    metric_name,
    target_of,
    target_text,
    value_text,
    verdict_text,
)
from dashboard.components.period_words import period_words
from dashboard.components.sparkline import sparkline
from dashboard.i18n import _, format_month, format_number, ngettext
from dashboard.views.overview_choice import METRIC, Choice, open_detail
from dashboard.views.overview_reads import Board, by_month
from services.metrics.figures import COMPLAINTS, METRICS, Figure
from services.metrics.periods import month_of


def metric_cards(board: Board, choice: Choice) -> None:
    """All four beside each other; under each other on a phone."""
    with st.container(key="overview-cards"):
        for metric, column in zip(METRICS, st.columns(len(METRICS), gap="small"), strict=True):
            with column, st.container(key=f"glcard-{metric}", gap=None, height="stretch"):
                st.html(card_html(board, choice, metric))
                st.button(
                    _("Rows behind %(metric)s, and why it moved") % {"metric": metric_name(metric)},
                    key=f"glopen-{metric}", on_click=open_detail, args=(METRIC, metric), type="tertiary",
                )  # fmt: skip


def card_html(board: Board, choice: Choice, metric: str) -> str:
    """One card's words and line."""
    figure = board.now.get(metric)
    value = figure.value if figure else None
    target = target_of(board.policy, metric)
    step = board.step(metric)
    verdict = ""
    if value is not None:
        tone = _tone(meets_target(metric, value, target))
        verdict = f' <b class="{tone}">{escape(verdict_text(metric, value, target))}</b>'
    turned = "gl-quiet" if not step else _tone(is_good(metric, step))
    return (
        f'<div class="gl-card"><div class="gl-card-top"><h2>{escape(metric_name(metric))}</h2>'
        f'<span class="gl-card-why" aria-hidden="true">{escape(_("Why"))} ›</span></div>'
        f'<div class="gl-card-main">{big_figures(metric, figure)}'
        f'</div><div class="gl-card-line">{escape(target_text(metric, target))}{verdict}</div>'
        f'<div class="gl-card-line {turned}">{escape(change_text(metric, step, period_words(choice.former)))}</div>'
        f"{_months_html(board, metric, last_month(board, choice))}{_facts_html(board, metric, figure)}</div>"
    )


def big_figures(metric: str, figure: Figure | None) -> str:
    """The value; for complaints, of which the policy speaks as a count, the count as large as the rate."""
    value = f'<span class="gl-card-value">{escape(value_text(metric, figure.value if figure else None))}</span>'
    if metric != COMPLAINTS or figure is None:
        return value
    count = int(figure.numerator)
    words = ngettext("complaint", "complaints", count)
    return (
        f'{value}<span class="gl-card-pair"><span class="gl-card-value">{format_number(count)}</span>'
        f"<small>{escape(words)}</small></span>"
    )


def _tone(good: bool) -> str:
    return "gl-good" if good else "gl-bad"


def last_month(board: Board, choice: Choice) -> dt.date:
    """The last month of the line: what lies after today may have a first figure, but is no month yet."""
    return min(choice.span.last, month_of(board.today))


def _months_html(board: Board, metric: str, last: dt.date) -> str:
    series = by_month(board, metric, last)
    valued = [one for one in series if one is not None and one.value is not None]
    if not valued:
        return f'<div class="gl-card-months gl-quiet">{escape(_("No month has a value yet."))}</div>'
    newest = _("%(month)s: %(value)s") % {
        "month": format_month(valued[-1].month), "value": value_text(metric, valued[-1].value)
    }  # fmt: skip
    drawn = sparkline(
        [None if one is None or one.value is None else float(one.value) for one in series],
        float(target_of(board.policy, metric)),
        _("%(metric)s by month; %(newest)s") % {"metric": metric_name(metric), "newest": newest},
    )
    return (
        f'{drawn}<div class="gl-card-months"><span>{escape(format_month(valued[0].month))}</span>'
        f"<b>{escape(newest)}</b></div>"
    )


def _facts_html(board: Board, metric: str, figure: Figure | None) -> str:
    if figure is None:
        return f'<div class="gl-card-facts"><div>{escape(no_value_text(metric))}</div></div>'
    lines = facts_of(figure, board.policy.base_currency, board.never_decided, board.fates)
    shown = [f"<div>{escape(line)}</div>" for line in lines]
    if is_small(figure, board.policy):
        warn = _("Fewer than %(n)s cases: read with care") % {"n": board.policy.small_sample}
        shown.insert(0, f"<div><b>{escape(warn)}</b></div>")
    return f'<div class="gl-card-facts">{"".join(shown)}</div>'


def no_value_text(metric: str) -> str:
    """Why a metric has no value in a period."""
    return {
        "assessment_accuracy": _("No assessment's window ended in this period."),
        "identification_timeliness": _("No sign had to be decided in this period."),
        "arrears_recovery_rate": _("No case had debts in this period."),
        "complaint_rate": _("No customer was active in this period."),
    }[metric]
