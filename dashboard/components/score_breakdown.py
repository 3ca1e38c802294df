"""A score and why it is what it is: at a glance beside a warning, and whole on the customer's page."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from html import escape

import streamlit as st

from dashboard.components.level_badge import level_badge
from dashboard.components.score_words import card_label, floor_end_text, floor_text, reason_text, step_text
from dashboard.i18n import NO_VALUE, _, format_date, format_number, format_percent
from dashboard.labels import label
from dashboard.state import DASHBOARD
from services.scoring import DimensionLine, Explanation, IndicatorLine, Reason, WayDown, shown_score

MOST_REASONS = 3


def score_glance(score: Explanation | None, today: dt.date) -> None:
    """Score, change, level, coverage, points by dimension, the three weightiest reasons, and what would lower it."""
    if score is None:
        st.caption(_("This customer has not been scored yet."))
        return
    st.html(DASHBOARD / "theme/score.css")
    bars = "".join(_dimension_bar(one) for one in score.dimensions)
    st.html(
        f"<div>{score_head(score, today)}{floor_line(score)}"
        f'<div class="gl-dims">{bars}</div>{reasons_html(score.reasons)}{ways_html(score.ways_down)}</div>'
    )


def score_head(score: Explanation, today: dt.date) -> str:
    """`81.3 ▲14.0 ● critical · coverage 78%`; the day, where it is not today."""
    parts = [_("coverage %(share)s") % {"share": format_percent(score.coverage, 0)}]
    if score.as_of != today:
        parts.append(_("as of %(day)s") % {"day": format_date(score.as_of)})
    change = score.former.change if score.former else None
    return (
        f'<div class="gl-score-head"><span class="gl-score-value">{score_text(score.score)}</span>'
        f"{change_html(change)}{level_badge(score.level)}"
        f'<span class="gl-quiet">{escape(" · ".join(parts))}</span></div>'
    )


def score_text(score: Decimal | None) -> str:
    """A score with one decimal."""
    return format_number(shown_score(score), 1)


def change_html(change: Decimal | None) -> str:
    """`▲14.0`, worded for screen readers; nothing where there is no score before. Rising is bad."""
    if change is None:
        return ""
    if not change:
        return f'<span class="gl-score-change gl-quiet">{escape(_("unchanged"))}</span>'
    words = (_("up by %(n)s") if change > 0 else _("down by %(n)s")) % {"n": format_number(abs(change), 1)}
    return (
        f'<span class="gl-score-change {"gl-bad" if change > 0 else "gl-good"}" title="{escape(words, quote=True)}">'
        f"{'▲' if change > 0 else '▼'}{format_number(abs(change), 1)}</span>"
    )


def floor_line(score: Explanation) -> str:
    """Why the level is higher than the score alone would make it."""
    return "" if score.floor is None else f'<p class="gl-floor">{escape(floor_text(score.floor, score.level))}</p>'


def _bar(score: Decimal | None) -> str:
    width = 0 if score is None else max(0, min(100, round(score)))
    return f'<span class="gl-bar" aria-hidden="true"><i style="width:{width}%"></i></span>'


def _dimension_bar(one: DimensionLine) -> str:
    figure = escape(_("no data")) if one.score is None else format_number(one.score)
    return f"<b>{escape(label('dimension', one.name))}</b>{_bar(one.score)}<em>{figure}</em>"


def reasons_html(reasons: tuple[Reason, ...]) -> str:
    """The weightiest reasons with the points of the score that each brings."""
    weighty = [one for one in reasons if one.contribution > 0][:MOST_REASONS]
    if not weighty:
        return ""
    lines = "".join(
        f"<li><span>{escape(reason_text(one))}</span><em>+{format_number(one.contribution, 1)}</em></li>"
        for one in weighty
    )
    return f'<div class="gl-label">{escape(_("Why, in points of the score"))}</div><ul class="gl-points">{lines}</ul>'


def ways_html(ways: tuple[WayDown, ...]) -> str:
    """What would be enough for a lower level, under its name."""
    if not ways:
        return ""
    return f'<div class="gl-label">{escape(_("What would lower the level"))}</div>{ways_list(ways)}'


def ways_list(ways: tuple[WayDown, ...]) -> str:
    """One line a way; a way that needs several changes names them under it."""
    return f'<ul class="gl-ways">{"".join(f"<li>{_way(one)}</li>" for one in ways)}</ul>'


def _way(way: WayDown) -> str:
    conditions = [*(floor_end_text(one) for one in way.ended_floors), *(step_text(one) for one in way.steps)]
    goal = {"level": label("risk_level_short", way.level), "score": score_text(way.score)}
    if len(conditions) == 1:
        return escape(_("To %(level)s (%(score)s): %(condition)s") % (goal | {"condition": conditions[0]}))
    lines = "".join(f"<li>{escape(one)}</li>" for one in conditions)
    return f"{escape(_('To %(level)s (%(score)s), if all of this happens:') % goal)}<ul>{lines}</ul>"


def breakdown(score: Explanation) -> None:
    """Dimension by dimension, indicator by indicator; what they bring adds up to the score."""
    st.html(DASHBOARD / "theme/score.css")
    head = "".join(
        f'<em{" class=gl-wide" if is_wide else ""}>{escape(words)}</em>'
        for words, is_wide in (
            (_("Score"), False), (_("Weight"), True), (_("Coverage"), True), (_("Points"), False),
        )
    )  # fmt: skip
    weighty = {one.indicator for one in score.reasons[:MOST_REASONS] if one.contribution > 0}
    dimensions = "".join(_dimension(one, weighty) for one in score.dimensions)
    st.html(
        f'<div class="gl-breakdown gl-figures"><div class="gl-dim gl-dim-head"><span>{escape(_("Dimension"))}</span>'
        f'<span class="gl-bar" style="visibility:hidden"></span>{head}</div>{dimensions}'
        f'<div class="gl-total"><span>{escape(_("Score"))}</span><em>{score_text(score.score)}</em>'
        f"<span>{escape(_('Computed level'))}</span><em>{level_badge(score.level, short=True)}</em></div></div>"
    )


def _dimension(one: DimensionLine, weighty: set[str]) -> str:
    is_open = any(line.code in weighty for line in one.indicators)
    known = [line for line in one.indicators if line.reason is not None]
    lines = "".join(_indicator(line) for line in sorted(known, key=lambda line: -line.shown))
    score = escape(_("no data")) if one.score is None else format_number(one.score, 1)
    weight = NO_VALUE if one.score is None else f"{format_number(one.weight)}%"
    points = NO_VALUE if one.score is None else format_number(one.shown, 1)
    return (
        f"<details{' open' if is_open else ''}><summary class=gl-dim><b>{escape(label('dimension', one.name))}</b>"
        f"{_bar(one.score)}<em>{score}</em><em class=gl-wide>{weight}</em>"
        f"<em class=gl-wide>{format_percent(one.coverage, 0)}</em><em>{points}</em></summary>"
        f"{lines}{_unknown(one)}</details>"
    )


def _indicator(line: IndicatorLine) -> str:
    reason = line.reason
    if reason is None:
        return ""
    quiet = "" if line.shown else " gl-quiet"
    of_hundred = escape(_("%(points)s of 100") % {"points": format_number(reason.points)})
    return (
        f'<div class="gl-ind{quiet}"><span title="{escape(card_label(line.label, line.code), quote=True)}">'
        f'{escape(reason_text(reason))} {_known(line)}</span><em class="gl-wide gl-quiet">{of_hundred}</em>'
        f"<em>{format_number(line.shown, 1)}</em></div>"
    )


def _known(line: IndicatorLine) -> str:
    """The day of the newest row behind the figure; a mark and words where that is older than allowed."""
    if line.known_on is None:
        return ""
    day = format_date(line.known_on)
    if not line.is_stale:
        return f'<span class="gl-known">{escape(_("as of %(day)s") % {"day": day})}</span>'
    return f'<span class="gl-known gl-stale">{escape(_("as of %(day)s, out of date") % {"day": day})}</span>'


def _unknown(one: DimensionLine) -> str:
    missing = [card_label(line.label, line.code) for line in one.indicators if line.reason is None]
    if not missing:
        return ""
    words = _("No data: %(indicators)s") % {"indicators": " · ".join(missing)}
    return f'<div class="gl-ind gl-quiet"><span>{escape(words)}</span></div>'
