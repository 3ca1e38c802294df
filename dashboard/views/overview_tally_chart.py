"""Rewards against penalties, mirrored: by measure, each beside its counterpart, or by department."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import plotly.graph_objects as go

from dashboard.components.departments import DepartmentNames
from dashboard.i18n import _, format_money, format_number, ngettext
from dashboard.labels import label
from dashboard.theme import COLORWAY, QUIET, house_template
from dashboard.views.overview_department_chart import MOST_DEPARTMENTS, department_name
from services.incentives import Tally

#: Rewards and the penalties that stand against them: money, words, career, the rest.
PAIRS = (
    ("bonus", "bonus_deduction"), ("commendation", "criticism"), ("promotion", "downgrade"),
    ("certificate", "dismissal"),
)  # fmt: skip
#: Room for the words, beyond the longest bar on either side.
_ROOM = 2.3


@dataclass(frozen=True)
class Side:
    """One end of a row: whose it is, how many, how much."""

    words: str
    count: int
    amount: Decimal


@dataclass(frozen=True)
class TallyRow:
    """A row of the chart."""

    key: str
    penalty: Side
    reward: Side


def by_measure(tallies: Sequence[Tally]) -> list[TallyRow]:
    """The PAIRS, both ends named."""
    return [
        TallyRow(
            reward,
            _side(label("incentive_measure", penalty), (one for one in tallies if one.measure == penalty)),
            _side(label("incentive_measure", reward), (one for one in tallies if one.measure == reward)),
        )
        for reward, penalty in PAIRS
    ]


def by_department(tallies: Sequence[Tally], names: DepartmentNames) -> list[TallyRow]:
    """The departments that got any, most decisions first, at most MOST_DEPARTMENTS."""
    counts: dict[str, int] = {}
    for one in tallies:
        counts[one.department or ""] = counts.get(one.department or "", 0) + one.count
    codes = sorted(counts, key=lambda code: (-counts[code], code))[:MOST_DEPARTMENTS]
    return [
        TallyRow(code, *(
            _side(
                department_name(code, names),
                (one for one in tallies if one.kind == kind and (one.department or "") == code),
            )
            for kind in ("penalty", "reward")
        ))
        for code in codes
    ]  # fmt: skip


def _side(words: str, tallies: Iterable[Tally]) -> Side:
    found = list(tallies)
    return Side(words, sum(one.count for one in found), sum((one.amount for one in found), Decimal(0)))


def tally_chart(rows: Sequence[TallyRow], currency: str, *, dark: bool, height: int) -> go.Figure:
    """Penalties to the left, rewards to the right, on one scale of decisions."""
    most = max((max(one.penalty.count, one.reward.count) for one in rows), default=0) or 1
    data = [
        {"type": "bar", "orientation": "h", "y": [one.key for one in rows], "x": [sign * one.count for one in sides],
         "marker": {"color": colour}, "customdata": [_hover(one, currency) for one in sides],
         "hovertemplate": "%{customdata}<extra></extra>", "textposition": "outside", "cliponaxis": False,
         "text": [side_words(one, currency) if one.count else "" for one in sides], "textfont": {"size": 13}}
        for sign, colour, sides in (
            (-1, COLORWAY[dark][2], [one.penalty for one in rows]),
            (1, COLORWAY[dark][0], [one.reward for one in rows]),
        )
    ]  # fmt: skip
    middle = {
        "type": "line",
        "x0": 0,
        "x1": 0,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": {"width": 1, "color": QUIET[dark]},
    }
    layout = {
        "template": house_template(dark), "barmode": "relative", "height": height, "bargap": 0.3, "shapes": [middle],
        "margin": {"l": 4, "r": 4, "t": 4, "b": 4}, "xaxis": {"visible": False, "range": [-most * _ROOM, most * _ROOM]},
        "yaxis": {"visible": False, "autorange": "reversed"},
    }  # fmt: skip
    return go.Figure(data=data, layout=layout)


def side_words(side: Side, currency: str) -> str:
    """Whose, how many, how much: at the bar's end."""
    words = {"who": side.words, "n": format_number(side.count)}
    if not side.amount:
        return _("%(who)s %(n)s") % words
    return _("%(who)s %(n)s · %(money)s") % (words | {"money": format_money(side.amount, currency, compact=True)})


def _hover(side: Side, currency: str) -> str:
    return ngettext(
        "<b>%(who)s</b><br>%(n)s decision, %(money)s", "<b>%(who)s</b><br>%(n)s decisions, %(money)s", side.count
    ) % {"who": side.words, "n": format_number(side.count), "money": format_money(side.amount, currency)}  # fmt: skip
