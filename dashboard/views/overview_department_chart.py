"""Each metric by department: four small multiples with one list of names, each with its target."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go

from dashboard.components.departments import DepartmentNames
from dashboard.components.metric_words import is_small, metric_name, target_of, target_text, value_text
from dashboard.i18n import NO_VALUE, _, format_number
from dashboard.theme import COLORWAY, INK, QUIET, house_template
from dashboard.views.overview_reads import Board
from services.metrics.figures import METRICS, Figure

#: Departments beyond these are in the detail only: bars must stay readable from the third row.
MOST_DEPARTMENTS = 8
_WIDTH, _GAP = 1 / len(METRICS), 0.012
#: Room for the value, right of the longest bar or the target.
_ROOM = 1.8
_LONG_NAME = 16


def shown_departments(board: Board, codes: Sequence[str]) -> list[str]:
    """The departments of the chart: those with figures, the ones with most customers where they are many."""
    present = {one.department or "" for one in board.departments}
    known = [code for code in (*codes, "") if code in present]
    if len(known) <= MOST_DEPARTMENTS:
        return known
    size = {one.department or "": one.denominator for one in board.departments if one.metric == METRICS[-1]}
    largest = sorted(known, key=lambda code: -size.get(code, Decimal(0)))[:MOST_DEPARTMENTS]
    return [code for code in known if code in largest]


def department_name(code: str, names: DepartmentNames) -> str:
    """A department's name; customers of none have a name of their own."""
    return names.name(code) if code else _("No department")


def department_chart(
    board: Board, codes: Sequence[str], names: DepartmentNames, *, own: str | None, dark: bool, height: int
) -> go.Figure:
    """Each row is a department in its colour, each column a metric; the reader's own department is bold."""
    named = [department_name(code, names) for code in codes]
    ticks = [f"<b>{name}</b>" if code == own else name for code, name in zip(codes, named, strict=True)]
    layout: dict[str, Any] = {
        "template": house_template(dark), "height": height, "margin": {"l": 4, "r": 4, "t": 58, "b": 4}, "bargap": 0.28,
        "yaxis": {"tickmode": "array", "tickvals": list(codes), "ticktext": ticks, "autorange": "reversed",
                  "ticklen": 0, "ticklabelstandoff": 6, "showline": False,
                  "tickfont": {"size": 13, "color": INK[dark]}},
        "shapes": [], "annotations": [],
    }  # fmt: skip
    data: list[dict[str, Any]] = []
    for place, metric in enumerate(METRICS):
        data += _multiple(board, metric, place, codes, names, dark, layout)
    # Made at one go: each later change of a figure is checked against the whole of it again.
    return go.Figure(data=data, layout=layout)


def _multiple(
    board: Board,
    metric: str,
    place: int,
    codes: Sequence[str],
    names: DepartmentNames,
    dark: bool,
    layout: dict[str, Any],
) -> list[dict[str, Any]]:
    """The bars and values of one metric; its axis, target and name are put into the layout."""
    axis = f"x{place + 1}" if place else "x"
    found = {one.department or "": one for one in board.departments if one.metric == metric}
    rows = [found.get(code) for code in codes]
    values = [float(one.value) if one and one.value is not None else 0.0 for one in rows]
    target = target_of(board.policy, metric)
    end = (max([*values, float(target)]) or 1.0) * _ROOM
    left = place * _WIDTH + _GAP
    layout[f"xaxis{axis[1:]}"] = {
        "domain": [left, left + _WIDTH - 2 * _GAP], "range": [0, end], "visible": False, "fixedrange": True,
    }  # fmt: skip
    layout["shapes"].append({
        "type": "line", "xref": axis, "yref": "paper", "x0": float(target), "x1": float(target), "y0": 0, "y1": 1,
        "layer": "above", "line": {"color": QUIET[dark], "width": 1.5, "dash": "dot"},
    })  # fmt: skip
    layout["annotations"].append({
        "text": f"<b>{_wrapped(metric_name(metric))}</b><br>{target_text(metric, target)}", "xref": "paper",
        "yref": "paper", "x": left, "y": 1, "xanchor": "left", "yanchor": "bottom", "showarrow": False,
        "align": "left", "font": {"size": 12},
    })  # fmt: skip
    return [
        {"type": "bar", "y": list(codes), "x": values, "xaxis": axis, "orientation": "h",
         "customdata": _said(metric, codes, rows, names),
         "hovertemplate": "<b>%{customdata[2]}</b><br>%{customdata[3]}<extra></extra>",
         "marker": {"color": _colours(board, rows, dark), "line": {"width": 0}}},
        {"type": "scatter", "y": list(codes), "x": [end] * len(codes), "xaxis": axis, "mode": "text",
         "textposition": "middle left", "hoverinfo": "skip", "textfont": {"size": 13}, "cliponaxis": False,
         "text": [marked_value(board, metric, one) for one in rows]},
    ]  # fmt: skip


def _wrapped(name: str) -> str:
    """A long name on two lines: the multiples are narrow."""
    first, blank, rest = name.partition(" ")
    return f"{first}<br>{rest}" if blank and len(name) > _LONG_NAME else name


def marked_value(board: Board, metric: str, one: Figure | None) -> str:
    """A value, with a star where it stands on few cases."""
    if one is None or one.value is None:
        return NO_VALUE
    return value_text(metric, one.value) + ("*" if is_small(one, board.policy) else "")


def _colours(board: Board, rows: Sequence[Figure | None], dark: bool) -> list[str]:
    """A department keeps its colour in every multiple; a rate on few cases is pale."""
    shades = COLORWAY[dark]
    return [
        shades[place % len(shades)] + ("66" if one is not None and is_small(one, board.policy) else "")
        for place, one in enumerate(rows)
    ]


def _said(metric: str, codes: Sequence[str], rows: Sequence[Figure | None], names: DepartmentNames) -> list[list[str]]:
    """Metric and code for the click; name and words for the eye."""
    said = []
    for code, one in zip(codes, rows, strict=True):
        words = NO_VALUE if one is None else _("%(metric)s %(value)s: %(part)s of %(whole)s") % {
            "metric": metric_name(metric), "value": value_text(metric, one.value),
            "part": format_number(one.numerator), "whole": format_number(one.denominator),
        }  # fmt: skip
        said.append([metric, code, department_name(code, names), words])
    return said
