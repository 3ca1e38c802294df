"""How figures look: the colours of risk, the house template for Plotly, and the one style sheet (LOOK).

Colour means risk and nothing else. The four levels start from the colour-blind safe palette of Okabe and Ito (2008,
"Color Universal Design"); `critical` is its reddish purple, darkened until it weighs more than `high`. They are the
same in light and dark, and a word or a mark always stands beside them.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

import plotly.graph_objects as go

STYLE_SHEET: Final = Path(__file__).parent / "style.css"

LEVEL_COLOURS: Final = {"low": "#009E73", "medium": "#E69F00", "high": "#D55E00", "critical": "#B5397F"}
#: Shapes that say the level without colour: the fuller, the worse.
LEVEL_MARKS: Final = {"low": "○", "medium": "◔", "high": "◕", "critical": "●"}
GRADE_COLOURS: Final = {"grey": "#6B7280", "black": "#111827"}
GOOD: Final = LEVEL_COLOURS["low"]
BAD: Final = LEVEL_COLOURS["high"]
#: For what is neither good nor bad.
NEUTRAL: Final = "#7F8896"
FONT: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Greyledger Han', sans-serif"

#: Series that are not risk: blues and greys, in the order of their weight.
COLORWAY: Final = {
    False: ("#0B5C94", "#6FA8D6", "#4B5563", "#A3ABB8", "#1F3A5F", "#8AA4C1", "#7F8896", "#C3CAD5"),
    True: ("#7CB7E8", "#3F7FB5", "#B6BDC9", "#6B7484", "#A9C3E0", "#56789C", "#8B94A3", "#4B5563"),
}
#: Text, and text that stands back, for what a chart draws itself.
INK: Final = {False: "#1F2933", True: "#E6E9EE"}
QUIET: Final = {False: "#5B6572", True: "#A3ADBA"}
_LINE = {False: "#D5DAE1", True: "#333A44"}
_PAPER = {False: "#FFFFFF", True: "#1D2127"}


@lru_cache(maxsize=4)
def house_template(dark: bool, *, font_size: int = 14) -> go.layout.Template:
    """The template of every chart: quiet axes, no grid that is not read, room for direct labels. Do not change it."""
    axis = {
        "showgrid": False,
        "zeroline": False,
        "linecolor": _LINE[dark],
        "tickcolor": _LINE[dark],
        "tickfont": {"color": QUIET[dark]},
        "title": {"font": {"color": QUIET[dark]}, "standoff": 8},
        "automargin": True,
        "fixedrange": True,
    }
    layout = go.Layout(
        colorway=COLORWAY[dark],
        font={"family": FONT, "size": font_size, "color": INK[dark]},
        title={"x": 0, "xanchor": "left", "xref": "container", "font": {"size": font_size + 2, "color": INK[dark]}},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        margin={"l": 8, "r": 8, "t": 40, "b": 8},
        xaxis=axis,
        yaxis={**axis, "rangemode": "tozero"},
        bargap=0.35,
        showlegend=False,
        legend={"orientation": "h", "yanchor": "bottom", "y": 1, "xanchor": "left", "x": 0},
        hoverlabel={"bgcolor": _PAPER[dark], "bordercolor": _LINE[dark], "font": {"color": INK[dark], "family": FONT}},
        hovermode="closest",
        dragmode=False,
        separators=".,",
    )
    return go.layout.Template(layout=layout)


#: What every `st.plotly_chart` of the house is given beside the figure.
CHART_CONFIG: Final = {"displayModeBar": False, "displaylogo": False, "responsive": True}
