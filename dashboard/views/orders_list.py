"""The left half of the orders page: orders that wait, or all orders that asked the gate."""

from __future__ import annotations

import datetime as dt
from html import escape

from dashboard.components.gate_words import amount_text, reasons_line
from dashboard.components.open_row import open_row, row_head
from dashboard.components.warning_words import time_left_text
from dashboard.i18n import _, format_date
from dashboard.labels import label
from dashboard.views.orders_selection import choose, key_of, row_name
from services.gate import GateOrderRow

_SECONDS_AN_HOUR = 3600


def _head(*cells: tuple[str, str]) -> None:
    row_head("".join(f'<span class="gl-cell-{cell}">{escape(words)}</span>' for cell, words in cells))


def order_list(rows: tuple[GateOrderRow, ...], currency: str, now: dt.datetime, *, is_queue: bool) -> None:
    """Rows of the queue say how long they wait and for whom; rows of the log, what was answered and what became of it.

    The measure's words stand in the row: who decides need not open each."""
    _head(
        ("level", _("Order")), ("who", _("Customer and why")), ("money", _("Amount")),
        ("time", _("Waits") if is_queue else _("Asked")), ("owner", _("Waits for") if is_queue else _("Answer")),
    )  # fmt: skip
    for row in rows:
        _row(row, currency, now, is_queue=is_queue)


def _row(row: GateOrderRow, currency: str, now: dt.datetime, *, is_queue: bool) -> None:
    why = reasons_line(row.reasons, currency)
    line = f'<span class="gl-line">{escape(why)}</span>' if why else ""
    owner = label("role", row.release_role) if is_queue and row.release_role else answer_text(row)
    cells = (
        f'<span class="gl-cell-level gl-order-no">{escape(row.order_no)}</span>'
        f'<span class="gl-cell-who"><span class="gl-strong">{escape(row.customer)}</span>{line}</span>'
        f'<span class="gl-cell-money">{escape(amount_text(row.original_amount, row.currency, currency, row.amount))}'
        f'</span><span class="gl-cell-time">{escape(_when(row, now, is_queue=is_queue))}</span>'
        f'<span class="gl-cell-owner">{escape(owner)}</span>'
    )
    open_row(
        row_name(row), cells, _("Open the order %(no)s of %(name)s") % {"no": row.order_no, "name": row.customer},
        on_click=choose, args=(key_of(row),),
    )  # fmt: skip


def _when(row: GateOrderRow, now: dt.datetime, *, is_queue: bool) -> str:
    if not is_queue or row.held_at is None:
        return format_date(row.asked_on)
    return time_left_text(max((now - row.held_at).total_seconds(), 0) / _SECONDS_AN_HOUR)


def answer_text(row: GateOrderRow) -> str:
    """What was answered first, or what became of it since."""
    return label("held_order_state", row.state) if row.state else label("gate_decision", row.decision)
