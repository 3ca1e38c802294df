"""The tab that explains a customer's score: what brings points, what moved, what would lower it, and its history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go
import streamlit as st

from dashboard.components.address_filters import choice_filter
from dashboard.components.departments import DepartmentNames
from dashboard.components.level_badge import level_badge
from dashboard.components.score_breakdown import breakdown, floor_line, score_head, score_text, ways_list
from dashboard.components.score_words import card_label, quantity_text
from dashboard.i18n import _, format_date, format_number
from dashboard.labels import label
from dashboard.state import is_dark
from dashboard.theme import CHART_CONFIG, LEVEL_COLOURS, NEUTRAL, house_template
from dashboard.views.customer_reads import CustomerHead, scores
from services.context import Actor
from services.scoring import Explanation, Former, Movement, ScoreRow, shown_score


def score_tab(actor: Actor, head: CustomerHead, _names: DepartmentNames) -> None:
    """Draw the tab for the newest score, or for that of the day in the address."""
    score, history = scores(actor, head.profile.customer_id, _asked_day())
    if score is None:
        st.info(
            _("This customer has not been scored yet. The next run of the scorecard scores every customer."),
            icon=":material/hourglass_empty:",
        )
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        _day_choice(history)
        if score.as_of != history[0].as_of:
            st.html(f"{score_head(score, head.today)}{floor_line(score)}")
        breakdown(score)
        st.caption(
            _(
                "Each dimension's score counts by its weight; one without data gives its weight to the others. "
                "Coverage: how much of what the scorecard asks for is known."
            )
        )
    with right:
        _moved(score)
        _ways(score)
        _history(score, history)


def _asked_day() -> dt.date | None:
    try:
        return dt.date.fromisoformat(st.query_params.get("as_of", ""))
    except ValueError:
        return None


def _day_choice(history: Sequence[ScoreRow]) -> None:
    """Earlier scores, explained by what was known on their day."""
    earlier = [one.as_of.isoformat() for one in history[1:]]
    if not earlier:
        return
    with st.container(key="customer-day", width=260):
        choice_filter(
            "as_of", earlier, label=_("Score of"), key="customer-as-of",
            words=lambda code: _("As of %(day)s") % {"day": format_date(dt.date.fromisoformat(code))},
            everything=_("Newest score, %(day)s") % {"day": format_date(history[0].as_of)},
        )  # fmt: skip


def _moved(score: Explanation) -> None:
    st.markdown(f"##### {_('What moved it')}")
    former = score.former
    if former is None:
        st.caption(_("This is the first score."))
        return
    if former.change is None:
        st.caption(_("One of the two scores has no value, so there is no change to explain."))
        return
    since = _("Since %(day)s: %(before)s → %(now)s") % {
        "day": format_date(former.as_of), "before": score_text(former.score), "now": score_text(score.score)
    }  # fmt: skip
    levels = (
        ""
        if former.level == score.level
        else f" · {level_badge(former.level, short=True)} → {level_badge(score.level, short=True)}"
    )
    lines = "".join(_movement(one) for one in former.movements)
    st.html(f'<div>{escape(since)}{levels}</div><ul class="gl-points">{lines}{_rest(former)}</ul>')
    if not former.movements:
        st.caption(_("No indicator moved."))
    if former.is_other_card:
        st.caption(_("The scorecard was changed in between, so points moved without news of the customer too."))


def _movement(one: Movement) -> str:
    before, now = quantity_text(one.before), quantity_text(one.now)
    if before == now:
        values = _("%(value)s, weighs differently") % {"value": now}
    else:
        values = _("%(before)s → %(now)s") % {"before": before, "now": now}
    kind = "gl-bad" if one.change > 0 else "gl-good"
    name = escape(card_label(one.label, one.indicator))
    return (
        f'<li><span>{name} <span class="gl-quiet">{escape(values)}</span></span>'
        f'<em class="{kind}">{_signed(one.change)}</em></li>'
    )


def _rest(former: Former) -> str:
    if not former.rest:
        return ""
    return f'<li class="gl-quiet"><span>{escape(_("All others together"))}</span><em>{_signed(former.rest)}</em></li>'


def _signed(change: object) -> str:
    words = format_number(change, 1)  # type: ignore[arg-type]
    return words if words.startswith("−") else f"+{words}"


def _ways(score: Explanation) -> None:
    st.markdown(f"##### {_('What would lower the level')}")
    if score.level in (None, "low"):
        st.caption(_("Nothing to lower: this is the lowest level."))
    elif not score.ways_down:
        st.caption(_("Nothing that can be acted on lowers it alone or together with others."))
    else:
        st.html(ways_list(score.ways_down))


def _history(score: Explanation, history: Sequence[ScoreRow]) -> None:
    known = [one for one in reversed(history) if one.score is not None]
    if len(known) < 2:
        return
    st.plotly_chart(
        history_chart(known, score, dark=is_dark()), key="customer-history", config=CHART_CONFIG, theme=None,
        alt=_("The score over time"),
    )  # fmt: skip


def _shown_range(figures: Sequence[float], score: Explanation) -> list[float]:
    """The scores and the edges between the levels, with room for the last score's figure."""
    edges = [] if score.bands is None else [float(score.bands.medium), float(score.bands.critical)]
    marks = [*figures, *edges]
    return [max(min(marks) - 8, -2), max(marks) + 14]


def history_chart(known: Sequence[ScoreRow], score: Explanation, *, dark: bool) -> go.Figure:
    """The score over time between the edges of the levels; points say level and day."""
    figures = [float(shown_score(one.score) or 0) for one in known]
    chart = go.Figure(
        go.Scatter(
            x=[one.as_of for one in known], y=figures, mode="lines+markers+text",
            line={"color": NEUTRAL, "width": 2},
            marker={"size": 9, "color": [LEVEL_COLOURS.get(one.level or "", NEUTRAL) for one in known]},
            text=[*[""] * (len(known) - 1), format_number(figures[-1], 1)], textposition="top center",
            customdata=[[format_date(one.as_of), label("risk_level", one.level)] for one in known],
            hovertemplate="%{customdata[0]}: %{y}<br>%{customdata[1]}<extra></extra>", cliponaxis=False,
        )
    )  # fmt: skip
    if score.bands is not None:
        for level in ("medium", "high", "critical"):
            edge = getattr(score.bands, level)
            chart.add_hline(y=edge, line={"width": 1, "dash": "dot", "color": NEUTRAL})
            chart.add_annotation(
                x=1, xref="paper", y=edge, text=label("risk_level_short", level), showarrow=False, xanchor="left",
                xshift=6, font={"size": 12, "color": NEUTRAL},
            )  # fmt: skip
    chart.update_layout(
        template=house_template(dark),
        title=_("The score over time"),
        height=220,
        margin={"l": 40, "r": 70, "t": 44, "b": 8},
    )
    chart.update_xaxes(
        tickvals=[known[0].as_of, known[-1].as_of], ticktext=[format_date(known[0].as_of), format_date(known[-1].as_of)]
    )
    chart.update_yaxes(range=_shown_range(figures, score), visible=False)
    return chart
