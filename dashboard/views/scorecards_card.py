"""One scorecard: its head with exports, level bands and floors, what differs from another, one customer by it."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.level_badge import level_badge
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.components.score_breakdown import score_text
from dashboard.components.score_words import card_label, floor_text, reason_text
from dashboard.components.scorecard_words import (
    difference_text,
    fault_text,
    floor_fact_text,
    number_text,
    scorecard_name,
)
from dashboard.feedback import user_action
from dashboard.i18n import _, format_date, format_number, format_percent, ngettext
from dashboard.labels import label
from dashboard.views.scorecards_deeds import Edit, note_edit, note_value, stamp
from dashboard.views.scorecards_list import state_html
from dashboard.views.scorecards_reads import Desk, all_scorecards, desk_of, preview_of
from db.enums import RiskLevel
from services.access import may
from services.scorecards import Preview, as_json, as_workbook
from services.scoring.differences import differences

LISTED = "listed"
_BANDS = ("medium", "high", "critical")


def head(desk: Desk) -> None:
    """Draw state, people, note and level bands."""
    row = desk.row
    words = [row.note] if row.note else []
    if row.drafter:
        words.append(_("Drafted by %(who)s.") % {"who": row.drafter})
    elif row.drafted_at is None:
        words.append(_("It ships with the product."))
    if row.approver:
        words.append(_("Approved by %(who)s.") % {"who": row.approver})
    st.html(f'<div>{state_html(row)} <span class="gl-quiet">{escape(" · ".join(words))}</span></div>')
    card = desk.card
    if card is not None:
        st.markdown(
            _(
                "Scores run from 0 to 100, higher is riskier: low below %(medium)s, medium from %(medium)s, high from "
                "%(high)s, critical from %(critical)s."
            )
            % {name: number_text(getattr(card.bands, name)) for name in _BANDS}
        )


def exports(desk: Desk) -> None:
    """Draw the ways out: the file that can be brought in again, and one to read."""
    if desk.detail.card is None or not may(desk.actor, "export.run"):
        return
    name = f"scorecard-{desk.row.edition}"
    st.download_button(
        _("Export as JSON"), as_json(desk.detail), f"{name}.json", "application/json", key="scorecards-json",
        icon=":material/download:", on_click="ignore",
    )  # fmt: skip
    st.download_button(
        _("Export as XLSX"), as_workbook(desk.detail.card), f"{name}.xlsx", key="scorecards-xlsx",
        icon=":material/table_view:", on_click="ignore",
    )  # fmt: skip


def faults_at(desk: Desk, *places: str) -> None:
    """Say what is wrong at a place, where the field stands."""
    found = [one for one in desk.faults if any(one.place == place for place in places)]
    if found:
        told = "".join(f"<div>{escape(fault_text(one, desk.labels))}</div>" for one in found)
        st.html(f'<div class="gl-fault" role="alert">{told}</div>')


def levels_part(desk: Desk) -> None:
    """Draw level bands, floors and the coverage that asks for information."""
    bands = desk.definition.get("bands", {})
    st.caption(_("A band's edge belongs to the level above."))
    if desk.may_change:
        with st.container(horizontal=True, gap="small"):
            for level in _BANDS:
                key = f"scorecards-band-{level}-{stamp()}"
                st.number_input(
                    _("%(level)s from") % {"level": label("risk_level", level)}, 0.0, 100.0,
                    _within(bands.get(level), 0, 100), format="%g", width=150, key=key, on_change=note_value,
                    args=("with_band", (level,), key),
                )  # fmt: skip
        faults_at(desk, "bands")
    else:
        plain_table(
            [Head(_("Level"), width=50), Head(_("From score"), is_figure=True, width=50)],
            [[Cell(html=level_badge(one)), Cell(number_text(bands[one]))] for one in _BANDS],
        )
    st.html(f'<h2 class="gl-section">{escape(_("Floors"))}</h2>')
    st.caption(_("A fact that holds the level at least there, whatever the score."))
    _floors(desk)
    st.html(f'<h2 class="gl-section">{escape(_("Coverage that asks for information"))}</h2>')
    low = float(desk.definition.get("low_coverage", 0.5))
    if desk.may_change:
        key = f"scorecards-coverage-{stamp()}"
        st.number_input(
            _("Below so many per cent of coverage"), 0.0, 100.0, _within(100 * low, 0, 100), format="%g", width=250,
            key=key, on_change=_note_coverage, args=(key,),
        )  # fmt: skip
        faults_at(desk, "low_coverage")
    else:
        st.markdown(_("Below %(share)s of coverage a score asks for information.") % {"share": format_percent(low, 0)})


def _within(value: object, least: float, most: float) -> float:
    """A stored number as a field can hold it; the fault beside it says when it was another."""
    number = float(value) if isinstance(value, int | float) else least
    return min(max(number, least), most)


def _note_coverage(key: str) -> None:
    note_edit(Edit("with_low_coverage", (round(float(st.session_state[key]) / 100, 4),)))


def _floors(desk: Desk) -> None:
    floors = [(str(one.get("when")), str(one.get("level"))) for one in desk.definition.get("floors", [])]
    if not floors:
        st.caption(_("No floor: the level always follows the score."))
    for place, (when, level) in enumerate(floors):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.html(f"<div>{escape(floor_fact_text(when))} → {level_badge(level)}</div>", width="content")
            if desk.may_change:
                left = [*floors[:place], *floors[place + 1 :]]
                st.button(
                    _("Remove floor"), key=f"scorecards-floor-drop-{place}-{stamp()}", on_click=note_edit,
                    args=(Edit("with_floors", (left,), reshapes=True),), icon=":material/close:",
                )  # fmt: skip
        faults_at(desk, f"floors[{place}]")
    if desk.may_change:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            st.selectbox(
                _("Fact"), ("overdue", LISTED), key="scorecards-floor-fact", width=260,
                format_func=lambda one: _("Listed black or grey") if one == LISTED else _("Days past due"),
            )  # fmt: skip
            st.number_input(_("Days"), 1, 9999, 90, key="scorecards-floor-days", width=130)
            levels = [one.value for one in RiskLevel if one != RiskLevel.LOW]
            st.selectbox(
                _("At least"), levels, index=len(levels) - 1, key="scorecards-floor-level", width=180,
                format_func=lambda one: label("risk_level", one),
            )  # fmt: skip
            st.button(_("Add floor"), key="scorecards-floor-add", on_click=_add_floor, args=(floors,))


def _add_floor(floors: list[tuple[str, str]]) -> None:
    state = st.session_state
    fact = state["scorecards-floor-fact"]
    when = LISTED if fact == LISTED else f"overdue_{int(state['scorecards-floor-days'])}"
    kept = [one for one in floors if one[0] != when]
    note_edit(Edit("with_floors", ([*kept, (when, str(state["scorecards-floor-level"]))],), reshapes=True))


def changes_part(desk: Desk) -> None:
    """Draw what differs from the card it is based on, or from another that is chosen."""
    others = {one.id: one for one in all_scorecards(desk.actor).rows if one.id != desk.row.id}
    if not others:
        st.caption(_("There is no other scorecard to compare with."))
        return
    first = desk.row.based_on_id if desk.row.based_on_id in others else next(iter(others))
    chosen = st.selectbox(
        _("Set against"), list(others), index=list(others).index(first), key="scorecards-against",
        format_func=lambda one: scorecard_name(others[one]),
    )  # fmt: skip
    other = desk_of(desk.actor, chosen).detail.card
    if desk.card is None or other is None:
        st.info(_("What differs is shown once everything that is wrong has been put right."))
        return
    found = differences(other, desk.card)
    if not found:
        st.markdown(_("Nothing differs: both score every customer alike."))
        return
    words = ngettext("%(n)s difference.", "%(n)s differences.", len(found)) % {"n": format_number(len(found))}
    st.markdown(words)
    told = "".join(f"<li>{escape(difference_text(one))}</li>" for one in found)
    st.html(f'<ul class="gl-points gl-differences">{told}</ul>')


def preview_part(desk: Desk) -> None:
    """Draw one customer's score by this card beside the one it has."""
    number = st.text_input(
        _("Customer number"), key="scorecards-customer", max_chars=60,
        placeholder=_("The number of a customer, to see what this scorecard says of it"),
    )  # fmt: skip
    if desk.card is None:
        st.info(_("A score is shown once everything that is wrong has been put right."))
    elif number.strip():
        found: Preview | None = None
        with user_action():
            found = preview_of(desk.actor, desk.card, number)
        if found is not None:
            _preview(desk, found)


def _preview(desk: Desk, found: Preview) -> None:
    now = _("now %(score)s") % {"score": score_text(found.score_now)}
    quiet = _("coverage %(share)s") % {"share": format_percent(found.coverage, 0)}
    floor = f'<p class="gl-floor">{escape(floor_text(found.floor, found.level))}</p>' if found.floor else ""
    st.html(
        f"<div><b>{escape(found.name)}</b></div>"
        f'<div class="gl-score-head"><span class="gl-score-value">{score_text(found.score)}</span>'
        f'{level_badge(found.level)}<span class="gl-quiet">{escape(quiet)}</span>'
        f'<span class="gl-quiet">{escape(now)}</span>{level_badge(found.level_now)}</div>{floor}'
    )
    if not found.reasons:
        st.caption(_("Nothing is known of this customer that the scorecard asks for."))
        return
    plain_table(
        [Head(_("Indicator"), width=38), Head(_("What is known"), width=44),
         Head(_("Points of the score"), is_figure=True, width=18)],
        [
            [
                Cell(card_label(one.label, one.indicator)), Cell(reason_text(one)),
                Cell(format_number(found.shown.get(one.indicator), 1)),
            ]
            for one in found.reasons
        ],
    )  # fmt: skip
    st.caption(_("The points add up to the score, as of %(day)s.") % {"day": format_date(found.as_of)})
