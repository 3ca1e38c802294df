"""What the overview is asked for: period, comparison, department and the open detail, all codes in the address.

The address alone holds it. Widgets are set from it before they are drawn, and write to it in their callbacks, so that
links, reload and the back button all mean the same. What the address says wrongly falls back to what is usual.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

import streamlit as st

from dashboard.components.address_filters import choice_filter
from dashboard.components.departments import DepartmentNames
from dashboard.components.period_words import period_words
from dashboard.i18n import N_, _, format_month
from services.errors import RefusedError
from services.metrics.figures import METRICS
from services.metrics.span import MONTH, MONTHS, QUARTER, YEAR, Span, parsed_span, span_of, usual_span

PERIOD, AGAINST, METRIC, LIST = "period", "against", "metric", "list"
KINDS: Final = {MONTH: N_("Month"), QUARTER: N_("Quarter"), YEAR: N_("Year"), MONTHS: N_("From–to")}
INCENTIVES, LEVELS = "incentives", "levels"
LISTS: Final = (INCENTIVES, LEVELS)
#: Part of a figure, or kind of a list, that the rows are narrowed to.
PART: Final = "part"


@dataclass(frozen=True)
class Choice:
    """What is shown: a period, the period it is compared with, and one department or all."""

    span: Span
    former: Span
    department: str | None


def chosen_span(today: dt.date) -> tuple[Span, str]:
    """The period in the address, or the usual one, and its kind. `2025-04_2025-06` stays a choice of months."""
    code = st.query_params.get(PERIOD, "")
    try:
        span = parsed_span(code)
    except RefusedError:
        span, code = usual_span(today), ""
    return span, span.kind if span.kind in KINDS and "_" not in code else MONTHS


def choice_bar(today: dt.date, known: tuple[dt.date, dt.date], codes: Sequence[str], names: DepartmentNames) -> Choice:
    """Draw the choices in one line, and say what is chosen."""
    span, kind = chosen_span(today)
    with st.container(key="overview-choices", horizontal=True, gap="small", vertical_alignment="center"):
        st.session_state["overview-kind"] = kind
        st.segmented_control(
            _("Kind of period"), list(KINDS), format_func=lambda code: _(KINDS[code]), key="overview-kind",
            on_change=_write_kind, args=(span,), required=True, label_visibility="collapsed",
        )  # fmt: skip
        if kind == MONTHS:
            _month_fields(span, known)
        else:
            _period_field(span, kind, known)
        against = choice_filter(
            AGAINST, ["year"], label=_("Compared with"), key="overview-against",
            words=lambda _code: _("vs year before"), everything=_("vs period before"),
        )  # fmt: skip
        department = choice_filter(
            "department", codes, label=_("Department"), everything=_("Every department"), words=names.name,
            key="overview-department",
        )  # fmt: skip
    return Choice(span, span.year_before if against else span.previous, department)


def _period_field(span: Span, kind: str, known: tuple[dt.date, dt.date]) -> None:
    found = {span.code: span}
    one = span_of(kind, known[1])
    while one.last >= known[0]:
        found[one.code] = one
        one = one.previous
    codes = sorted(found, reverse=True)
    # A key for each kind: a box whose options change altogether may answer with a word of the former ones.
    key = f"overview-period-{kind}"
    st.session_state[key] = span.code
    st.selectbox(
        _("Period"), codes, format_func=lambda code: period_words(found[code]), key=key, on_change=_write_period,
        args=(key,), label_visibility="collapsed",
    )  # fmt: skip


def _month_fields(span: Span, known: tuple[dt.date, dt.date]) -> None:
    months = Span(min(known[0], span.first), max(known[1], span.last)).each_month()[::-1]
    codes = {f"{month:%Y-%m}": month for month in months}
    for key, name, day in (
        ("overview-from", _("First month"), span.first), ("overview-to", _("Last month"), span.last),
    ):  # fmt: skip
        st.session_state[key] = f"{day:%Y-%m}"
        st.selectbox(
            name, list(codes), format_func=lambda code: format_month(codes[code]), key=key, on_change=_write_months,
            label_visibility="collapsed",
        )  # fmt: skip


def _write_kind(span: Span) -> None:
    kind = st.session_state["overview-kind"]
    if kind == MONTHS:
        st.query_params[PERIOD] = f"{span.first:%Y-%m}_{span.last:%Y-%m}"
    else:
        st.query_params[PERIOD] = span_of(kind, span.last).code


def _write_period(key: str) -> None:
    st.query_params[PERIOD] = st.session_state[key]


def _write_months() -> None:
    first, last = sorted((st.session_state["overview-from"], st.session_state["overview-to"]))
    st.query_params[PERIOD] = f"{first}_{last}"


def panel_title(words: str) -> None:
    """A panel's finding or question."""
    st.html(f'<h2 class="gl-panel-title">{escape(words)}</h2>')


# --- what is open


def open_metric() -> str | None:
    """The metric whose detail the address asks for."""
    code = st.query_params.get(METRIC, "")
    return code if code in METRICS else None


def open_list() -> str | None:
    """The list that the address asks for."""
    code = st.query_params.get(LIST, "")
    return code if code in LISTS else None


def open_detail(name: str, code: str, department: str | None = None) -> None:
    """Open a metric's detail (METRIC) or a list (LIST), perhaps of one department: for callbacks."""
    more = {"department": department} if department else {}
    _go({name: code} | more)


def close_detail() -> None:
    """Back to the overview: for callbacks."""
    _go({})


def _go(more: dict[str, str]) -> None:
    """All at once: each single change of the address would be a step of its own for the back button."""
    kept = {name: value for name, value in st.query_params.to_dict().items() if name not in (METRIC, LIST, PART)}
    st.query_params.from_dict(kept | more)


def part_choice(codes: Sequence[str], words: dict[str, str], key: str) -> str:
    """Which part of a list is shown, as tabs; the first where the address names none."""
    given = st.query_params.get(PART, "")
    part = given if given in codes else codes[0]
    st.session_state[key] = part
    st.segmented_control(
        _("Which rows"), list(codes), format_func=lambda code: _(words[code]), key=key, required=True,
        on_change=_write_part, args=(key,), label_visibility="collapsed",
    )  # fmt: skip
    return part


def _write_part(key: str) -> None:
    st.query_params[PART] = st.session_state[key]
