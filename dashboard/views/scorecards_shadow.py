"""A card in shadow beside the one in force: who would change level, and the customers whose score would move most."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.level_badge import level_badge
from dashboard.components.pager import Pager
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.components.score_breakdown import change_html, score_text
from dashboard.i18n import NO_VALUE, _, format_date, format_datetime, format_number, ngettext, running_on
from dashboard.labels import label
from dashboard.navigation import address_of
from dashboard.views.scorecards_reads import MOST_MOVES, Desk, moves_of, standing_of
from db.enums import RiskLevel
from services.scorecards import ShadowStanding
from services.scorecards.shadow import MOST_KEPT, NO_LEVEL
from services.scoring import shown_score

LEVELS = [one.value for one in RiskLevel]
_ANY = "any"


def shadow_part(desk: Desk) -> None:
    """Draw how the newest scores of both cards compare."""
    standing, time_zone = standing_of(desk.actor, desk.row.id)
    if standing.as_of is None or standing.taken_at is None:
        st.info(_("The worker has not scored by this scorecard yet. It begins within a minute."))
        return
    st.markdown(_headline(standing))
    st.caption(
        _("Compared %(when)s by the worker; it compares again after each scoring.")
        % {"when": format_datetime(standing.taken_at, time_zone)}
    )
    _matrix(standing)
    _moves(desk)


def _headline(standing: ShadowStanding) -> str:
    counted = sum(standing.levels.values())
    sentences = [
        ngettext(
            "%(n)s of %(all)s customers would be on another level.",
            "%(n)s of %(all)s customers would be on another level.",
            standing.moved,
        )
        % {"n": format_number(standing.moved), "all": format_number(counted)}
    ]
    if standing.mean_change is not None and standing.mean_distance is not None:
        sentences.append(
            _("Scores would be %(distance)s points apart on average, and %(change)s points higher.")
            % {"distance": format_number(standing.mean_distance, 1), "change": format_number(standing.mean_change, 1)}
            if standing.mean_change >= 0
            else _("Scores would be %(distance)s points apart on average, and %(change)s points lower.")
            % {"distance": format_number(standing.mean_distance, 1), "change": format_number(-standing.mean_change, 1)}
        )
    sentences.append(_("Newest scores: %(day)s.") % {"day": format_date(standing.as_of)})
    if standing.waiting:
        words = ngettext(
            "%(n)s customer has not been scored by it yet.", "%(n)s customers have not been scored by it yet.",
            standing.waiting,
        )  # fmt: skip
        sentences.append(words % {"n": format_number(standing.waiting)})
    return running_on(sentences)


def _matrix(standing: ShadowStanding) -> None:
    levels = [*LEVELS, *([NO_LEVEL] if any(NO_LEVEL in pair for pair in standing.levels) else [])]
    st.html(f'<h2 class="gl-section">{escape(_("Level now, and by this scorecard"))}</h2>')

    def cell(now: str, then: str) -> Cell:
        count = standing.levels.get((now, then), 0)
        words = format_number(count) if count else "·"
        looks = "gl-same" if now == then else "gl-strong" if count else "gl-quiet"
        return Cell(html=f'<span class="{looks}">{escape(words)}</span>')

    plain_table(
        [Head(_("Now")), *(Head(_level(one), is_figure=True) for one in levels), Head(_("All"), is_figure=True)],
        [
            [
                Cell(html=level_badge(now, short=True) if now else escape(_level(now))),
                *(cell(now, then) for then in levels),
                Cell(format_number(sum(standing.levels.get((now, then), 0) for then in levels))),
            ]
            for now in levels
        ],
    )


def _level(level: str) -> str:
    return label("risk_level_short", level) if level else _("no score")


def _moves(desk: Desk) -> None:
    st.html(f'<h2 class="gl-section">{escape(_("Largest changes of the score"))}</h2>')
    with st.container(horizontal=True, gap="small"):
        now, then = (_level_choice(name) for name in ("now", "then"))
    pager = Pager("scorecard-moves", (desk.row.id, now, then), MOST_MOVES)
    found = moves_of(desk.actor, desk.row.id, now, then, pager.cursor)
    rows = found[:MOST_MOVES]
    if not rows:
        st.caption(_("No customer's score would change here."))
        return
    plain_table(
        [
            Head(_("Customer")),
            Head(_("Score now"), is_figure=True),
            Head(_("Level now")),
            Head(_("By this scorecard"), is_figure=True),
            Head(_("Level then")),
            Head(_("Change"), is_figure=True),
        ],
        [
            [
                Cell(one.name, address_of("customer", customer=one.customer_no)),
                Cell(score_text(one.score)),
                Cell(html=level_badge(one.level, short=True)),
                Cell(score_text(one.shadow_score)),
                Cell(html=level_badge(one.shadow_level, short=True)),
                Cell(html=change_html(shown_score(one.change)) or NO_VALUE),
            ]
            for one in rows
        ],
    )
    after = rows[-1] if len(found) > MOST_MOVES else None
    if after is not None or pager.cursor is not None:
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            pager.turn(after)
            st.caption(
                _("The %(n)s largest changes of each pair of levels are kept.") % {"n": format_number(MOST_KEPT)}
            )


def _level_choice(name: str) -> str | None:
    words = {"now": _("Any level now"), "then": _("Any level by this scorecard")}[name]
    chosen = st.selectbox(
        words, [_ANY, *LEVELS], format_func=lambda one: words if one == _ANY else label("risk_level", one), width=260,
        key=f"scorecards-moves-{name}", label_visibility="collapsed",
    )  # fmt: skip
    return None if chosen == _ANY else str(chosen)
