"""The rows of the customer list."""

from __future__ import annotations

from decimal import Decimal
from html import escape

import streamlit as st

from dashboard.components.departments import DepartmentNames
from dashboard.components.level_badge import grade_badge, level_badge
from dashboard.components.open_row import link_row, row_head
from dashboard.components.score_breakdown import change_html, score_text
from dashboard.i18n import NO_VALUE, _, currency_symbol, format_compact, format_number, ngettext
from dashboard.navigation import file_of
from dashboard.state import DASHBOARD
from services.customers import CustomerRow


def customer_list(rows: tuple[CustomerRow, ...], *, currency: str, names: DepartmentNames) -> None:
    """Draw the rows, each a link to its customer."""
    st.html(DASHBOARD / "theme/score.css")
    symbol = {"currency": currency_symbol(currency).strip()}
    with st.container(key="customers-list", gap=None):
        row_head(
            "".join(
                f'<span class="gl-cell-{cell}">{escape(words)}</span>'
                for cell, words in (
                    ("level", _("Level")), ("who", _("Customer")), ("owner", _("Department")), ("score", _("Score")),
                    ("change", _("Change")), ("open", _("Open balance (%(currency)s)") % symbol),
                    ("overdue", _("Overdue (%(currency)s)") % symbol), ("days", _("Worst days")),
                    ("warned", _("Warnings")),
                )
            )
        )  # fmt: skip
        for row in rows:
            link_row(
                f"customer-{row.customer_id}", _cells(row, names), _("Open %(name)s") % {"name": row.name},
                file=file_of("customer"), query={"customer": row.customer_no},
            )  # fmt: skip


def _cells(row: CustomerRow, names: DepartmentNames) -> str:
    owed = row.exposure
    warned = "" if not row.open_warnings else _warned(row.open_warnings)
    return (
        f'<span class="gl-cell-level">{level_badge(row.level, short=True)}</span>'
        f'<span class="gl-cell-who"><span class="gl-strong">{escape(row.name)}</span> {grade_badge(row.grade)}'
        f'<span class="gl-line">{escape(row.customer_no)}</span></span>'
        f'<span class="gl-cell-owner">{escape(names.name(row.department))}</span>'
        f'<span class="gl-cell-score">{score_text(row.score)}</span>'
        f'<span class="gl-cell-change">{change_html(row.change) if row.change else ""}</span>'
        f'<span class="gl-cell-open">{_money(owed.open_amount, _("%(amount)s open"))}</span>'
        f'<span class="gl-cell-overdue">{_money(owed.overdue_amount, _("%(amount)s overdue"))}</span>'
        f'<span class="gl-cell-days">{_days(owed.worst_days)}</span>'
        f'<span class="gl-cell-warned">{warned}</span>'
    )


def _money(amount: Decimal, named: str) -> str:
    """The name is for phones, where the heads of the columns are gone."""
    if not amount:
        return f'<span class="gl-quiet gl-none">{NO_VALUE}</span>'
    words = format_compact(amount)
    return (
        f'<span class="gl-wide-only">{escape(words)}</span>'
        f'<span class="gl-small-only">{escape(named % {"amount": words})}</span>'
    )


def _days(days: int) -> str:
    if not days:
        return f'<span class="gl-quiet gl-none">{NO_VALUE}</span>'
    unit = ngettext("%(n)s day past due", "%(n)s days past due", days) % {"n": format_number(days)}
    return f'<span class="gl-wide-only">{format_number(days)}</span><span class="gl-small-only">{escape(unit)}</span>'


def _warned(count: int) -> str:
    words = ngettext("%(n)s warning", "%(n)s warnings", count) % {"n": format_number(count)}
    return f'<span class="gl-wide-only">{format_number(count)}</span><span class="gl-small-only">{escape(words)}</span>'
