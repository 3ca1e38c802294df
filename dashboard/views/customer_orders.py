"""The tab with a customer's orders at the gate: what may still be ordered, and the latest answers."""

from __future__ import annotations

import streamlit as st

from dashboard.components.departments import DepartmentNames
from dashboard.components.gate_words import amount_text, reasons_line
from dashboard.components.limit_meter import limits_html
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.i18n import _, format_date
from dashboard.labels import label
from dashboard.navigation import address_of
from dashboard.state import DASHBOARD
from dashboard.views.customer_reads import CustomerHead
from services.context import Actor, unit_of_work
from services.gate import GateOrderRow, limits_of, orders_of

_MOST = 20


def orders_tab(actor: Actor, head: CustomerHead, _names: DepartmentNames) -> None:
    """Draw the tab."""
    for sheet in ("tables", "orders"):
        st.html(DASHBOARD / f"theme/{sheet}.css")
    with unit_of_work(actor) as ctx:
        limits = limits_of(ctx, head.profile.customer_no)
        rows = orders_of(ctx, head.profile.customer_id, _MOST)
    st.html(limits_html(limits, head.currency))
    if not rows:
        st.info(_("No order of this customer has asked the gate yet."), icon=":material/gavel:")
        return
    heads = (
        Head(_("Asked"), is_whole=True), Head(_("Order"), is_whole=True), Head(_("Amount"), is_figure=True),
        Head(_("Answer")), Head(_("Why")),
    )  # fmt: skip
    plain_table(heads, [_cells(row, head.currency) for row in rows])


def _cells(row: GateOrderRow, currency: str) -> tuple[Cell, ...]:
    answer = label("held_order_state", row.state) if row.state else label("gate_decision", row.decision)
    return (
        Cell(format_date(row.asked_on)),
        Cell(row.order_no, address=address_of("orders", view="log", customer=row.customer_no, order=row.order_no)),
        Cell(amount_text(row.original_amount, row.currency, currency, row.amount)),
        Cell(answer), Cell(reasons_line(row.reasons, currency)),
    )  # fmt: skip
