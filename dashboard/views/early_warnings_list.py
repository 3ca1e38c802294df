"""The list of the triage desk: open warnings in the order to work them, and how far today's people get."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.departments import DepartmentNames
from dashboard.components.desk import tick_key
from dashboard.components.level_badge import level_badge
from dashboard.components.open_row import open_row, row_head
from dashboard.components.warning_words import time_left_text, why_text
from dashboard.i18n import NO_VALUE, _, format_money, format_number, format_percent, ngettext
from dashboard.labels import label
from dashboard.views.early_warnings_selection import key_of, open_detail, row_name
from services.early_warnings import Priority, WarningRow
from services.triage_reach import PACE_DAYS, Reach


def warning_list(
    rows: tuple[WarningRow, ...], *, start: int, currency: str, names: DepartmentNames, reach: Reach | None,
    may_tick: bool,
) -> None:  # fmt: skip
    """Draw the rows; the line of `reach` stands after the last warning that today's people get to."""
    row_head(
        "".join(
            f'<span class="gl-cell-{cell}">{escape(words)}</span>'
            for cell, words in (
                ("level", _("Severity")), ("who", _("Customer")), ("money", _("At risk")), ("time", _("Time left")),
                ("owner", _("Owner")),
            )
        )
    )  # fmt: skip
    for place, row in enumerate(rows, start=start + 1):
        _row(row, currency, names, may_tick)
        if reach is not None and place == reach.warnings and place < start + len(rows):
            _reach_line(reach)


def _row(row: WarningRow, currency: str, names: DepartmentNames, may_tick: bool) -> None:
    late = row.hours_left is not None and row.hours_left < 0
    owner = row.assignee or names.name(row.department)
    state = "" if row.state == "raised" else f'<span class="gl-chip">{escape(label("warning_state", row.state))}</span>'
    why = why_text(row.why, currency)
    cells = (
        f'<span class="gl-cell-level">{level_badge(row.severity, short=True)}</span>'
        f'<span class="gl-cell-who"><span class="gl-strong">{escape(row.customer_name)}</span> {state}'
        f'<span class="gl-line">{escape(why)}</span></span>'
        f'<span class="gl-cell-money">{escape(format_money(row.money_at_risk, currency, compact=True))}</span>'
        f'<span class="gl-cell-time{" gl-late" if late else ""}">{escape(time_left_text(row.hours_left))}</span>'
        f'<span class="gl-cell-owner">{escape(owner or NO_VALUE)}</span>'
    )
    open_row(
        row_name(key_of(row)),
        cells,
        _("Open the warning on %(name)s: %(why)s") % {"name": row.customer_name, "why": why},
        on_click=open_detail,
        args=(key_of(row),),
        tick=tick_key(row) if may_tick else None,
        ticked=_("Select the warning on %(name)s") % {"name": row.customer_name},
    )


def reach_words(reach: Reach) -> str:
    """`2 risk officers reach down to here today`."""
    return ngettext(
        "%(n)s risk officer reaches down to here today", "%(n)s risk officers reach down to here today", reach.people
    ) % {"n": format_number(reach.people)}


def reach_hint(reach: Reach) -> str:
    """How the line is computed, in figures."""
    figures = {
        "people": format_number(reach.people), "each": format_number(reach.each), "total": format_number(reach.warnings)
    }  # fmt: skip
    if reach.pace is None:
        words = _(
            "Risk officers with an open account: %(people)s. Each decides on %(each)s warnings a working day, which is "
            "a setting of the policy: %(total)s in all. With “Mine” on, only you are counted. What is below the line "
            "waits, escalates, or is snoozed with a reason."
        )
        return words % figures
    words = _(
        "Risk officers with an open account: %(people)s. In the last %(days)s days they decided on %(done)s warnings "
        "in %(person_days)s working days of one person, so %(each)s each: %(total)s in all. With “Mine” on, only you "
        "are counted. What is below the line waits, escalates, or is snoozed with a reason."
    )
    return words % {
        **figures, "days": format_number(PACE_DAYS), "done": format_number(reach.pace.warnings),
        "person_days": format_number(reach.pace.person_days),
    }  # fmt: skip


def order_words() -> str:
    """How the order comes about."""
    return _(
        "Money at risk × likelihood of losing it × time left. A warning counts in full at its deadline, half three "
        "days before it, a quarter six days before it. Each warning shows its own figures."
    )


def priority_text(one: Priority, currency: str) -> str:
    """`¥1,240,000 × 35% × 0.87 = ¥377,580`."""
    return _("%(money)s × %(likelihood)s × %(time)s = %(value)s") % {
        "money": format_money(one.money, currency, digits=0), "likelihood": format_percent(one.likelihood, 0),
        "time": format_number(one.time_factor, 2), "value": format_money(one.value, currency, digits=0),
    }  # fmt: skip


def _reach_line(reach: Reach) -> None:
    st.html(
        f'<div class="gl-reach" role="separator" title="{escape(reach_hint(reach), quote=True)}">'
        f"<span>{escape(reach_words(reach))}</span></div>"
    )
