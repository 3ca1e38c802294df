"""Bins or categories of one indicator: points, where the company's customers fall, who turned bad; and their fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import streamlit as st

from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.components.score_words import quantity_text
from dashboard.components.scorecard_words import bin_text, number_text
from dashboard.i18n import NO_VALUE, _, format_date, format_number, format_percent, ngettext, running_on
from dashboard.views.scorecards_card import faults_at
from dashboard.views.scorecards_deeds import Edit, note_edit, note_value, stamp
from dashboard.views.scorecards_reads import Desk, spread_of
from services.scorecards import Distribution, SpreadBin
from services.scorecards.editing import bins_of, card_of_one, joined_bins, split_bin
from services.scoring.card import Indicator
from services.scoring.texts import quantity

#: A share of fewer customers is marked: it may be chance.
FEW = 20


def bins_part(desk: Desk, code: str, one: Mapping[str, Any]) -> None:
    """Draw the bins with their customers; the fields beside them where this person may change them."""
    card = card_of_one(desk.definition, code)
    if not desk.may_change:
        if card is not None:
            _shown(desk, code, next(card.indicators))
        return
    left, right = st.columns([3, 2], gap="medium")
    with right:
        if "categories" in one:
            _category_fields(desk, code, one["categories"])
        else:
            _bin_fields(desk, code, bins_of(one))
    with left:
        if card is None:
            st.info(_("Where customers fall is shown once the bins are right."))
        else:
            _shown(desk, code, next(card.indicators))


def _shown(desk: Desk, code: str, indicator: Indicator) -> None:
    with st.spinner(_("Looking where customers fall")):
        found = spread_of(desk, code)
    if found is None:
        return
    spread = found.indicators[code]
    names = (
        [quantity_text(quantity(indicator, name)) for name in indicator.categories]
        if indicator.is_category
        else [bin_text(indicator, place) for place in range(len(indicator.bins))]
    )
    points = [*indicator.categories.values()] if indicator.is_category else [one.points for one in indicator.bins]
    most = max([one.customers for one in (*spread.bins, spread.unknown)], default=0)
    rows = [
        _row(name, number_text(each), one, found, most)
        for name, each, one in zip(names, points, spread.bins, strict=True)
    ]
    unknown = _("left out") if indicator.missing is None else number_text(indicator.missing)
    rows.append(_row(_("nothing known"), unknown, spread.unknown, found, most))
    plain_table(
        [
            Head(_("Value"), width=30),
            Head(_("Points from 0 to 100"), is_figure=True, width=12),
            Head(_("Customers"), is_figure=True, width=14),
            Head(_("Share"), width=22),
            Head(_("Turned bad"), is_figure=True, width=22),
        ],
        rows,
    )
    st.caption(_about(found))


def _row(name: str, points: str, one: SpreadBin, found: Distribution, most: int) -> list[Cell]:
    width = round(100 * one.customers / most) if most else 0
    share = format_percent(one.customers / found.looked_at, 1) if found.looked_at else NO_VALUE
    bar = (
        f'<span class="gl-spread"><span class="gl-bar" aria-hidden="true"><i style="width:{width}%"></i></span>'
        f"<em>{escape(share)}</em></span>"
    )
    bad = NO_VALUE
    if one.judged:
        words = _("%(share)s (%(bad)s of %(judged)s)") % {
            "share": format_percent(one.bad / one.judged, 0), "bad": format_number(one.bad),
            "judged": format_number(one.judged),
        }  # fmt: skip
        bad = _("%(figure)s, few") % {"figure": words} if one.judged < FEW else words
    return [Cell(name), Cell(points), Cell(format_number(one.customers)), Cell(html=bar), Cell(bad)]


def _about(found: Distribution) -> str:
    day = {"day": format_date(found.as_of), "n": format_number(found.looked_at)}
    if found.is_sample:
        first = _("Customers as of %(day)s: a sample of %(n)s of %(all)s, the same at every look.") % (
            day | {"all": format_number(found.customers)}
        )
    else:
        first = ngettext(
            "Customers as of %(day)s: all %(n)s.", "Customers as of %(day)s: all %(n)s.", found.looked_at
        ) % day  # fmt: skip
    if not found.judged:
        return running_on([first, _("No outcome has matured yet, so nothing is told of who turned bad.")])
    return running_on(
        [
            first,
            _("Turned bad: of %(judged)s customers placed as of %(since)s and not bad then, those bad by now.")
            % {"judged": format_number(found.judged), "since": format_date(found.judged_on)},
        ]
    )


def _bin_fields(desk: Desk, code: str, bins: Sequence[tuple[float | None, float]]) -> None:
    st.caption(_("Each bin: below which value it ends, and its points from 0 (safe) to 100 (risky)."))
    for place, (upto, points) in enumerate(bins):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            number = {"n": place + 1}
            edge_key, points_key = (f"scorecards-{part}-{code}-{place}-{stamp()}" for part in ("edge", "points"))
            if upto is None:
                st.text_input(
                    _("Bin %(n)s, below") % number, _("and above"), disabled=True, width=130,
                    key=f"scorecards-last-{code}-{stamp()}",
                )  # fmt: skip
            else:
                st.number_input(
                    _("Bin %(n)s, below") % number, value=float(upto), format="%g", width=130, key=edge_key,
                    on_change=note_value, args=("with_bin", (code, place, "upto"), edge_key),
                )  # fmt: skip
            st.number_input(
                _("Points from 0 to 100"), 0.0, 100.0, _points(points), format="%g", width=150, key=points_key,
                on_change=note_value, args=("with_bin", (code, place, "points"), points_key),
            )  # fmt: skip
            st.button(
                _("Split"), key=f"scorecards-split-{code}-{place}-{stamp()}", on_click=note_edit,
                help=_("Make two bins of bin %(n)s") % number,
                args=(Edit("with_bins", (code, split_bin(bins, place)), reshapes=True),),
            )  # fmt: skip
            st.button(
                _("Remove"), key=f"scorecards-drop-{code}-{place}-{stamp()}", on_click=note_edit,
                disabled=len(bins) == 1, help=_("Remove bin %(n)s: its values belong to the next one") % number,
                args=(Edit("with_bins", (code, joined_bins(bins, place) if len(bins) > 1 else bins), reshapes=True),),
            )  # fmt: skip
        faults_at(desk, f"{code}.bins[{place}]")
    faults_at(desk, f"{code}.bins")


def _points(value: object) -> float:
    return min(max(float(value), 0.0), 100.0) if isinstance(value, int | float) else 0.0


def _category_fields(desk: Desk, code: str, categories: Mapping[str, Any]) -> None:
    st.caption(
        _("Each category and its points from 0 (safe) to 100 (risky). A name that is not here counts as unknown.")
    )
    for name, points in categories.items():
        key = f"scorecards-category-{code}-{name}-{stamp()}"
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            st.number_input(
                name, 0.0, 100.0, _points(points), format="%g", width=160, key=key, on_change=note_value,
                args=("with_category", (code, name), key),
            )  # fmt: skip
            left = {one: each for one, each in categories.items() if one != name}
            st.button(
                _("Remove"), key=f"scorecards-drop-{code}-{name}-{stamp()}", disabled=not left, on_click=note_edit,
                args=(Edit("with_categories", (code, left), reshapes=True),),
            )  # fmt: skip
        faults_at(desk, f"{code}.categories.{name}")
    faults_at(desk, f"{code}.categories")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input(_("New category"), key=f"scorecards-new-category-{code}", max_chars=30, width=160)
        st.button(
            _("Add category"), key=f"scorecards-add-category-{code}", on_click=_add_category, args=(code, categories)
        )  # fmt: skip


def _add_category(code: str, categories: Mapping[str, Any]) -> None:
    name = str(st.session_state.get(f"scorecards-new-category-{code}") or "").strip()
    if name:
        st.session_state[f"scorecards-new-category-{code}"] = ""
        note_edit(Edit("with_categories", (code, {**categories, name: 50}), reshapes=True))
