"""How a figure of data quality went month by month: a line of all, and a small one for each department."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

from dashboard.components.sparkline import sparkline
from dashboard.i18n import NO_VALUE, _, format_date, format_month, format_percent
from dashboard.views.information_reads import read_history, read_today
from db.enums import QualitySide
from services.context import Actor
from services.information.quality import Taken

_MONTHS_SHOWN = 13


def trend(actor: Actor, measure: str, side: QualitySide, named: Callable[[str], str], codes: Sequence[str]) -> None:
    """Draw the months of a measure, as far as they are known: of all, and of each code in the given order."""
    since = read_today(actor) - dt.timedelta(days=31 * _MONTHS_SHOWN)
    taken = read_history(actor, side, measure, since)
    days = sorted({one.day for one in taken})
    if len(days) < 2:
        st.caption(_("One day is on record so far: the course shows from the second month on."))
        return
    known = {one.figure.name for one in taken}
    lines = [_line(_("All departments"), days, taken, None)] if side is QualitySide.DEPARTMENT else []
    lines += [_line(named(code), days, taken, code) for code in codes if code in known]
    st.html(f'<div class="gl-trends gl-figures">{"".join(lines)}</div>')
    if any(one.is_reconstructed for one in taken):
        first = min((one.day for one in taken if not one.is_reconstructed), default=days[-1])
        st.caption(
            _(
                "Months before %(day)s were worked out afterwards from the days that the rows themselves carry; when a "
                "row came in is not known for them."
            )
            % {"day": format_date(first)}
        )


def _line(name: str, days: Sequence[dt.date], taken: Sequence[Taken], code: str | None) -> str:
    values = [_value(day, taken, code) for day in days]
    known = [(day, value) for day, value in zip(days, values, strict=True) if value is not None]
    if not known:
        return ""
    words = _("%(name)s: from %(before)s in %(first)s to %(now)s in %(last)s") % {
        "name": name, "before": format_percent(known[0][1], 1), "first": format_month(known[0][0]),
        "now": format_percent(known[-1][1], 1), "last": format_month(known[-1][0]),
    }  # fmt: skip
    return (
        f'<div class="gl-trend"><span class="gl-trend-name">{escape(name)}</span>'
        f"<span>{escape(format_percent(known[0][1], 1))}</span>{sparkline(values, None, words)}"
        f"<span>{escape(format_percent(values[-1], 1) if values[-1] is not None else NO_VALUE)}</span></div>"
    )


def _value(day: dt.date, taken: Sequence[Taken], code: str | None) -> float | None:
    figures = [one.figure for one in taken if one.day == day and code in (None, one.figure.name)]
    whole = sum(one.whole for one in figures)
    return sum(one.part for one in figures) / whole if whole else None
