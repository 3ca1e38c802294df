"""The pairs behind the figures of the disagreement board: narrowed, page by page, as a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import streamlit as st

from dashboard.components.address_filters import choice_filter, clear_filters, pill_filter
from dashboard.components.departments import DepartmentNames
from dashboard.components.export_menu import export_menu
from dashboard.components.level_badge import level_badge
from dashboard.components.pager import Pager
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.i18n import N_, NO_VALUE, _, format_date, format_number
from dashboard.labels import LABELS, label
from dashboard.navigation import address_of
from dashboard.views.disagreement_figures import panel_title
from dashboard.views.disagreement_reads import rows
from services.context import Actor, unit_of_work
from services.disagreement import DIRECTIONS, LEVELS, PAGE_SIZE, PairFilter, all_pair_rows, pair_columns
from services.metrics.rows import Column
from services.metrics.span import Span

UNKNOWN = "unknown"
FILTERS = (
    ("direction", "disagreement-direction"), ("initial", "disagreement-initial"), ("final", "disagreement-final"),
    ("dimension", "disagreement-dimension"), ("came", "disagreement-came"), ("person", "disagreement-person"),
)  # fmt: skip
COLUMN_WORDS = {
    "customer_no": N_("Customer number"),
    "customer": N_("Customer"),
    "department": N_("Department"),
    "initial_on": N_("Initial on"),
    "person": N_("Assessor"),
    "initial_level": N_("Initial grade"),
    "final_on": N_("Final on"),
    "reviewed_by": N_("Reviewer"),
    "final_level": N_("Final grade"),
    "steps": N_("Difference in levels"),
    "dimension": N_("Driven by"),
    "came": N_("What came"),
}
_AS_THEY_ARE = frozenset({"text", "customer_no", "date", "steps"})


def rows_panel(actor: Actor, span: Span, department: str | None, names: DepartmentNames) -> None:
    """The narrowings, a page of pairs, the way to the others, the file."""
    st.html('<span id="rows"></span>')
    panel_title(_("The pairs behind it"))
    narrow = _narrowings(department, names)
    columns = pair_columns(actor)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="disagreement-rows-bar"):
        if any(st.query_params.get(name) for name, _key in FILTERS):
            st.button(
                _("Show all pairs"), key="disagreement-clear", on_click=clear_filters, args=FILTERS, type="tertiary"
            )
        export_menu(
            "disagreement", "disagreement", [_(COLUMN_WORDS[one.name]) for one in columns],
            lambda: _file_rows(actor, span, narrow, columns, names),
        )  # fmt: skip
    pager = Pager("disagreement", (span, narrow), PAGE_SIZE)
    page = rows(actor, span, narrow, pager.cursor, actor.login)
    if not page.rows:
        st.info(_("No pair fits these filters."), icon=":material/filter_alt_off:")
        return
    plain_table(
        [
            Head(_(COLUMN_WORDS[one.name]), is_figure=one.kind == "steps", is_whole=one.name != "customer")
            for one in page.columns
        ],
        [[_cell(one, value, names) for one, value in zip(page.columns, row, strict=True)] for row in page.rows],
    )
    pager.draw(len(page.rows), page.after, page.total)


def _narrowings(department: str | None, names: DepartmentNames) -> PairFilter:
    dimensions = [*LABELS["dimension"], UNKNOWN]
    asked = st.query_params.get("person", "")
    with st.container(key="disagreement-narrow", horizontal=True, gap="small", vertical_alignment="center"):
        direction = pill_filter(
            "direction", DIRECTIONS, label=_("Direction"), key="disagreement-direction",
            words=lambda code: label("grade_direction", code) if code else _("All"),
        )  # fmt: skip
        initial = _level_filter("initial", _("Initial grade"), _("Every initial grade"))
        final = _level_filter("final", _("Final grade"), _("Every final grade"))
        dimension = choice_filter(
            "dimension", dimensions, label=_("Driven by"), everything=_("Every dimension"),
            words=lambda code: _("Not known") if code == UNKNOWN else label("dimension", code),
            key="disagreement-dimension",
        )  # fmt: skip
        came = choice_filter(
            "came", list(LABELS["pair_outcome"]), label=_("What came"), everything=_("Every outcome"),
            words=lambda code: label("pair_outcome", code), key="disagreement-came",
        )  # fmt: skip
        person = None
        if asked:
            person = choice_filter(
                "person", [asked], label=_("Assessor"), everything=_("Every assessor"),
                words=lambda code: code.rpartition("@")[0] or _("Not named"), key="disagreement-person",
            )  # fmt: skip
    return PairFilter(
        department=department, direction=direction, initial=initial, final=final, person=person, came=came,
        dimension="" if dimension == UNKNOWN else dimension,
    )  # fmt: skip


def _level_filter(name: str, title: str, everything: str) -> str | None:
    return choice_filter(
        name, LEVELS, label=title, everything=everything, words=lambda code: label("risk_level", code),
        key=f"disagreement-{name}",
    )  # fmt: skip


def _file_rows(
    actor: Actor, span: Span, narrow: PairFilter, columns: tuple[Column, ...], names: DepartmentNames
) -> Iterable[list[object]]:
    with unit_of_work(actor) as ctx:
        for row in all_pair_rows(ctx, span, narrow):
            yield [_file_value(one, value, names) for one, value in zip(columns, row, strict=True)]


def _file_value(column: Column, value: Any, names: DepartmentNames) -> object:  # noqa: ANN401
    if value is None or column.kind in _AS_THEY_ARE:
        return value
    return names.name(value) if column.kind == "department" else label(column.kind, value)


def _cell(column: Column, value: Any, names: DepartmentNames) -> Cell:  # noqa: ANN401
    if value is None:
        return Cell(NO_VALUE)
    if column.kind == "customer_no":
        return Cell(value, address_of("customer", customer=value))
    if column.kind == "risk_level_short":
        return Cell(value, html=level_badge(value, short=True))
    if column.kind == "steps":
        return Cell(format_number(value) if value <= 0 else f"+{format_number(value)}")
    if isinstance(value, dt.date):
        return Cell(format_date(value))
    return Cell(str(_file_value(column, value, names)))
