"""The rows behind a metric's figure, part by part, page by page, those that hurt it first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import streamlit as st

from dashboard.components.departments import DepartmentNames
from dashboard.components.export_menu import export_menu
from dashboard.components.level_badge import level_badge
from dashboard.components.pager import Pager
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.i18n import N_, NO_VALUE, _, format_date, format_money, format_number
from dashboard.labels import label
from dashboard.navigation import address_of
from dashboard.views.overview_choice import Choice, part_choice
from dashboard.views.overview_department_chart import department_name
from dashboard.views.overview_reads import Board, read_metric_rows
from services.context import Actor, unit_of_work
from services.metrics.rows import PAGE_SIZE, PARTS, Column, all_metric_rows, columns_of

PART_WORDS = {
    "counted": N_("All counted"),
    "wrong": N_("Wrong"),
    "right": N_("Right"),
    "excluded": N_("Left out"),
    "late": N_("Late"),
    "on_time": N_("On time"),
    "unpaid": N_("Still owed"),
    "received": N_("With receipts"),
    "complaints": N_("Complaints"),
    "active": N_("Active customers"),
}
COLUMN_WORDS = {
    "customer_no": N_("Customer number"),
    "customer": N_("Customer"),
    "department": N_("Department"),
    "assessed_on": N_("Assessed on"),
    "level": N_("Level"),
    "score": N_("Score"),
    "outcome": N_("What came"),
    "trigger": N_("Sign"),
    "trigger_kind": N_("Kind of sign"),
    "trigger_on": N_("First sign on"),
    "deadline_on": N_("Deadline"),
    "decided_on": N_("Decided on"),
    "case_no": N_("Case"),
    "invoice_no": N_("Invoice"),
    "added_on": N_("Added on"),
    "opening": N_("Owed at the start"),
    "added": N_("Added"),
    "received": N_("Received"),
    "complaint_no": N_("Complaint"),
    "received_on": N_("Received on"),
    "closed_on": N_("Closed on"),
    "upheld": N_("Decision"),
    "active_by": N_("Active by"),
}
_FIGURES = frozenset({"number", "money"})
_AS_THEY_ARE = frozenset({"text", "customer_no", "date", "number", "money"})


def metric_rows_panel(actor: Actor, board: Board, choice: Choice, metric: str, names: DepartmentNames) -> None:
    """Tabs of parts, a page of rows, the way to the other pages, the file."""
    st.subheader(_("The rows behind it"))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="overview-rows-bar"):
        part = part_choice(PARTS[metric], PART_WORDS, f"overview-part-{metric}")
        columns = columns_of(metric, part)
        _export(actor, board, choice, metric, part, names)
    pager = Pager(f"overview-{metric}", (part, choice), PAGE_SIZE)
    page = read_metric_rows(actor, metric, part, choice.span, choice.department, pager.cursor)
    if not page.rows:
        st.caption(_("There are no such rows in this period."))
        return
    currency = board.policy.base_currency
    plain_table(
        [
            Head(_(COLUMN_WORDS[one.name]), is_figure=one.kind in _FIGURES, is_whole=one.name != "customer")
            for one in columns
        ],
        [[_cell(one, value, currency, names) for one, value in zip(columns, row, strict=True)] for row in page.rows],
    )
    pager.draw(len(page.rows), page.after, page.total)


def _export(actor: Actor, board: Board, choice: Choice, metric: str, part: str, names: DepartmentNames) -> None:
    columns = columns_of(metric, part)

    def rows() -> Iterable[list[object]]:
        with unit_of_work(actor) as ctx:
            for row in all_metric_rows(ctx, metric, part, choice.span, department=choice.department, as_of=board.today):
                yield [file_value(one, value, names) for one, value in zip(columns, row, strict=True)]

    export_menu(f"overview-{metric}", f"{metric}_{part}", [_(COLUMN_WORDS[one.name]) for one in columns], rows)


def file_value(column: Column, value: Any, names: DepartmentNames) -> object:  # noqa: ANN401
    """A value for a file: dates and numbers as they are, codes in words."""
    if value is None or column.kind in _AS_THEY_ARE:
        return value
    return department_name(value, names) if column.kind == "department" else label(column.kind, value)


def _cell(column: Column, value: Any, currency: str, names: DepartmentNames) -> Cell:  # noqa: ANN401
    if value is None:
        return Cell(NO_VALUE)
    if column.kind == "customer_no":
        return Cell(value, address_of("customer", customer=value))
    if column.kind == "risk_level_short":
        return Cell(value, html=level_badge(value, short=True))
    return Cell(_text(column, value, currency, names))


def _text(column: Column, value: Any, currency: str, names: DepartmentNames) -> str:  # noqa: ANN401
    if isinstance(value, dt.date):
        return format_date(value)
    if column.kind == "money":
        return format_money(value, currency)
    if isinstance(value, Decimal):
        return format_number(value, 1)
    return str(file_value(column, value, names))
