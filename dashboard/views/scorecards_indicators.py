"""The indicators of a scorecard by dimension: weights with their shares, bins with where customers fall, editing."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import streamlit as st

from dashboard.components.address_filters import choice_filter, pill_filter
from dashboard.components.indicator_words import measured_text
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.components.score_words import card_label
from dashboard.components.scorecard_words import number_text, share_text
from dashboard.i18n import NO_VALUE, _, format_number, ngettext, with_aside
from dashboard.labels import label
from dashboard.views.scorecards_bins import bins_part
from dashboard.views.scorecards_card import faults_at
from dashboard.views.scorecards_deeds import Edit, note_edit, note_value, stamp
from dashboard.views.scorecards_reads import Desk
from services.scorecards.editing import sorted_dimensions, spare_codes, usual_dimension

MOST_WEIGHT = 1_000_000.0


def weight_of(part: Mapping[str, Any]) -> float:
    """A weight as a field can hold it; the fault beside it says when it is none."""
    value = part.get("weight")
    return min(max(float(value), 0.0), MOST_WEIGHT) if isinstance(value, int | float) else 0.0


def share_of(part: Mapping[str, Any], whole: float) -> float:
    """A weight's part of 100."""
    return 100 * weight_of(part) / whole if whole else 0.0


def indicators_part(desk: Desk) -> None:
    """Draw all dimensions, or the one that the address names with its indicators."""
    dimensions = dict(sorted_dimensions(desk.definition))
    whole = sum(weight_of(one) for one in dimensions.values())

    def words(code: str) -> str:
        if not code:
            return _("All dimensions")
        return with_aside(label("dimension", code), share_text(share_of(dimensions[code], whole)))

    chosen = pill_filter(
        "dimension", list(dimensions), label=_("Dimension"), words=words, key="scorecards-dimension",
        resets=("indicator",),
    )  # fmt: skip
    if chosen is None:
        _dimensions(desk, dimensions, whole)
    else:
        _dimension(desk, chosen, dimensions[chosen], share_of(dimensions[chosen], whole))


def _dimensions(desk: Desk, dimensions: Mapping[str, Mapping[str, Any]], whole: float) -> None:
    faults_at(desk, "dimensions")
    plain_table(
        [
            Head(_("Dimension"), width=26),
            Head(_("Weight"), is_figure=True, width=12),
            Head(_("Of the whole score"), is_figure=True, width=16),
            Head(_("Share"), width=28),
            Head(_("Indicators"), is_figure=True, width=18),
        ],
        [
            [
                Cell(html=f'<span class="gl-strong">{escape(label("dimension", name))}</span>'),
                Cell(number_text(weight_of(one))),
                Cell(share_text(share_of(one, whole))),
                Cell(html=share_bar(share_of(one, whole))),
                Cell(format_number(len(one.get("indicators", [])))),
            ]
            for name, one in dimensions.items()
        ],
    )
    st.caption(
        _(
            "Weights always share out the whole of the score. A dimension without any data takes no part, and its "
            "weight is shared among the others."
        )
    )
    if desk.may_change:
        with st.container(horizontal=True, gap="small"):
            for name, one in dimensions.items():
                key = f"scorecards-weight-{name}-{stamp()}"
                st.number_input(
                    _("Weight of %(what)s") % {"what": label("dimension", name)}, 0.0, MOST_WEIGHT, weight_of(one),
                    format="%g", width=230, key=key, on_change=note_value, args=("with_dimension_weight", (name,), key),
                )  # fmt: skip
        faults_at(desk, *(f"{name}.weight" for name in dimensions))
        _adding(desk, spare_codes(desk.definition), None)


def share_bar(share: float) -> str:
    """A bar of ink as long as a part of 100."""
    return f'<span class="gl-bar" aria-hidden="true"><i style="width:{max(0, min(100, round(share)))}%"></i></span>'


def _dimension(desk: Desk, name: str, part: Mapping[str, Any], share: float) -> None:
    by_code = {str(one.get("code")): one for one in part.get("indicators", [])}
    chosen = choice_filter(
        "indicator", list(by_code), label=_("Indicator"), key="scorecards-indicator",
        words=lambda code: card_label(desk.labels.get(code, {}), code), everything=_("All indicators of the dimension"),
    )  # fmt: skip
    whole = sum(weight_of(one) for one in by_code.values())
    if chosen is None:
        _indicators(desk, by_code, whole, share)
        faults_at(desk, f"{name}.indicators", *by_code)
        if desk.may_change:
            _adding(desk, [one for one in spare_codes(desk.definition) if usual_dimension(one) == name], name)
        return
    one = by_code[chosen]
    st.markdown(measured_text(chosen))
    st.caption(_facts(one, share_of(one, whole), share))
    if desk.may_change:
        _fields(desk, chosen, one)
    bins_part(desk, chosen, one)


def _facts(one: Mapping[str, Any], inside: float, share: float) -> str:
    words = _(
        "%(inside)s of the dimension, %(whole)s of the whole score. Looks back: %(window)s. Unknown: %(missing)s."
    )
    return words % {
        "inside": share_text(inside), "whole": share_text(inside * share / 100), "window": window_text(one),
        "missing": missing_text(one),
    }  # fmt: skip


def window_text(one: Mapping[str, Any]) -> str:
    """The window in days."""
    days = one.get("window_days")
    if not isinstance(days, int):
        return NO_VALUE
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": format_number(days)}


def missing_text(one: Mapping[str, Any]) -> str:
    """What counts where nothing is known."""
    points = one.get("missing")
    if not isinstance(points, int | float):
        return _("left out")
    return _("%(n)s of 100 points") % {"n": number_text(points)}


def _indicators(desk: Desk, by_code: Mapping[str, Mapping[str, Any]], whole: float, share: float) -> None:
    plain_table(
        [
            Head(_("Indicator"), width=24),
            Head(_("What it measures"), width=34),
            Head(_("Weight"), is_figure=True, width=8),
            Head(_("Of the dimension"), is_figure=True, width=10),
            Head(_("Of the whole score"), is_figure=True, width=10),
            Head(_("Looks back"), width=8),
            Head(_("Unknown"), width=6),
        ],
        [
            [
                Cell(html=f'<span class="gl-strong">{escape(card_label(desk.labels.get(code, {}), code))}</span>'),
                Cell(measured_text(code)),
                Cell(number_text(weight_of(one))),
                Cell(share_text(share_of(one, whole))),
                Cell(share_text(share_of(one, whole) * share / 100)),
                Cell(window_text(one)),
                Cell(missing_text(one)),
            ]
            for code, one in by_code.items()
        ],
    )


def _adding(desk: Desk, codes: list[str], dimension: str | None) -> None:
    """Draw the way to one more indicator: out of all measures that are not on the card."""
    if not codes:
        st.caption(_("Every indicator that can be measured here is on the scorecard."))
        return
    with st.expander(_("Add an indicator"), icon=":material/add:", key="scorecards-adding"):
        code = st.selectbox(
            _("Indicator"), codes, key="scorecards-add-code",
            format_func=lambda one: with_aside(
                card_label(desk.labels[one], one), label("dimension", usual_dimension(one))
            ),
        )  # fmt: skip
        st.caption(measured_text(code))
        st.button(
            _("Add to the scorecard"), key="scorecards-add", on_click=note_edit,
            args=(Edit("with_indicator", (code, dimension or usual_dimension(code)), reshapes=True),),
        )  # fmt: skip


def _fields(desk: Desk, code: str, one: Mapping[str, Any]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        key = f"scorecards-part-weight-{code}-{stamp()}"
        st.number_input(
            _("Weight inside the dimension"), 0.0, MOST_WEIGHT, weight_of(one), format="%g", width=220, key=key,
            on_change=note_value, args=("with_part", (code, "weight"), key),
        )  # fmt: skip
        if isinstance(one.get("window_days"), int):
            key = f"scorecards-part-window-{code}-{stamp()}"
            st.number_input(
                _("Looks back, in days"), 1, 36_500, min(max(one["window_days"], 1), 36_500), width=180, key=key,
                on_change=note_value, args=("with_part", (code, "window_days"), key),
            )  # fmt: skip
        key = f"scorecards-part-missing-{code}-{stamp()}"
        missing = one.get("missing")
        st.number_input(
            _("Points where nothing is known (empty: left out)"), 0.0, 100.0,
            float(missing) if isinstance(missing, int | float) and 0 <= missing <= 100 else None, format="%g",
            width=340, key=key, on_change=note_value, args=("with_part", (code, "missing"), key),
        )  # fmt: skip
        st.button(
            _("Remove indicator"), key=f"scorecards-remove-{code}", icon=":material/delete:", on_click=note_edit,
            args=(Edit("without_indicator", (code,), reshapes=True),),
        )  # fmt: skip
    faults_at(desk, code, *(f"{code}.{part}" for part in ("weight", "window_days", "missing", "label", "unit")))
