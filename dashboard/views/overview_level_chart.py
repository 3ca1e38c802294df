"""Money at risk by risk level, and what was overdue at each on an earlier day."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import plotly.graph_objects as go

from dashboard.i18n import _, format_date, format_money, format_number, ngettext
from dashboard.labels import label
from dashboard.theme import INK, LEVEL_COLOURS, LEVEL_MARKS, NEUTRAL, house_template
from services.exposure_by_level import LEVELS, ExposureByLevel

#: Room for the words, right of the longest bar.
_ROOM = 2.1


def level_chart(exposure: ExposureByLevel, currency: str, *, dark: bool, height: int) -> go.Figure:
    """Overdue money in full colour, what is not yet due pale, riskiest level first, a mark at the earlier overdue."""
    levels = shown_levels(exposure)
    now = [exposure.now[level] for level in levels]
    colours = [LEVEL_COLOURS.get(level or "", NEUTRAL) for level in levels]
    every = {
        "y": [level or "none" for level in levels],
        "customdata": [_hover(exposure, level, currency) for level in levels],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    overdue = [float(one.overdue_amount) for one in now]
    data: list[dict[str, Any]] = [
        every | {"type": "bar", "orientation": "h", "x": overdue, "marker": {"color": colours}},
        every | {
            "type": "bar", "orientation": "h", "x": [float(one.open_amount - one.overdue_amount) for one in now],
            "marker": {"color": colours, "opacity": 0.28}, "textposition": "outside", "cliponaxis": False,
            "text": [level_facts(exposure, level, currency) for level in levels], "textfont": {"size": 13},
        },
    ]  # fmt: skip
    if exposure.is_comparable:
        mark = {"symbol": "line-ns", "size": 20, "line": {"width": 2.5, "color": INK[dark]}}
        former = [float(exposure.before[level].overdue_amount) for level in levels]
        data.append(every | {"type": "scatter", "mode": "markers", "x": former, "marker": mark})
    widest = float(max((one.open_amount for one in now), default=Decimal(0))) or 1.0
    layout = {
        "template": house_template(dark), "barmode": "stack", "height": height, "bargap": 0.35,
        "margin": {"l": 4, "r": 4, "t": 4, "b": 4}, "xaxis": {"visible": False, "range": [0, widest * _ROOM]},
        "yaxis": {"autorange": "reversed", "tickmode": "array", "tickvals": every["y"], "ticklen": 0, "showline": False,
                  "ticktext": [f"{LEVEL_MARKS.get(level or '', '·')} {level_words(level)} " for level in levels],
                  "tickfont": {"size": 14, "color": INK[dark]}},
    }  # fmt: skip
    return go.Figure(data=data, layout=layout)


def shown_levels(exposure: ExposureByLevel) -> list[str | None]:
    """Riskiest first; those without a score only where there are some."""
    return [level for level in reversed(LEVELS) if level or exposure.now[None].customers]


def level_words(level: str | None) -> str:
    """A level; those without a score have words of their own."""
    return label("risk_level", level) if level else _("Not scored")


def level_facts(exposure: ExposureByLevel, level: str | None, currency: str) -> str:
    """Overdue of open, and how many customers, more or fewer than then."""
    one, then = exposure.now[level], exposure.before[level]
    words = {
        "overdue": format_money(one.overdue_amount, currency, compact=True),
        "open": format_money(one.open_amount, currency, compact=True), "customers": format_number(one.customers),
        "change": _signed(one.customers - then.customers),
    }  # fmt: skip
    if not exposure.is_comparable:
        text = ngettext(
            "%(overdue)s of %(open)s · %(customers)s customer", "%(overdue)s of %(open)s · %(customers)s customers",
            one.customers,
        )  # fmt: skip
    else:
        text = ngettext(
            "%(overdue)s of %(open)s · %(customers)s customer (%(change)s)",
            "%(overdue)s of %(open)s · %(customers)s customers (%(change)s)", one.customers,
        )  # fmt: skip
    return text % words


def _hover(exposure: ExposureByLevel, level: str | None, currency: str) -> str:
    one, then = exposure.now[level], exposure.before[level]
    return _("<b>%(level)s</b><br>overdue %(now)s, on %(day)s %(then)s<br>open %(open)s") % {
        "level": level_words(level), "now": format_money(one.overdue_amount, currency),
        "day": format_date(exposure.earlier), "then": format_money(then.overdue_amount, currency),
        "open": format_money(one.open_amount, currency),
    }  # fmt: skip


def _signed(count: int) -> str:
    if not count:
        return "±0"
    return f"▲{format_number(count)}" if count > 0 else f"▼{format_number(-count)}"
