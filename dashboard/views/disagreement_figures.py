"""The figures of the disagreement board: what it says in words, agreement, matrix, who was right, the groups."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from html import escape
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from dashboard.components.departments import DepartmentNames
from dashboard.components.level_badge import level_badge
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.i18n import NO_VALUE, _, format_month, format_number, format_percent, ngettext, running_on
from dashboard.labels import label
from dashboard.navigation import address_of
from dashboard.state import is_dark
from dashboard.theme import CHART_CONFIG, COLORWAY, QUIET, house_template
from dashboard.views.disagreement_reads import Board
from services.context import Actor
from services.disagreement import LEVELS, SOFTER, Agreement, Group, Kappa, Verdict, sees_people
from services.policy import Policy

#: Mean differences smaller than this are no leaning.
_NO_LEANING = Fraction(5, 100)
_CHART_HEIGHT = 240


def narrowed(**changes: str) -> str:
    """The address of this page with its rows narrowed in another way, at the rows."""
    kept = {name: value for name, value in st.query_params.to_dict().items() if name in {"period", "department"}}
    return address_of("disagreement", **(kept | changes)) + "#rows"


def panel_title(words: str) -> None:
    """A panel's question."""
    st.html(f'<h2 class="gl-section">{escape(words)}</h2>')


def is_small(found: Agreement, policy: Policy) -> bool:
    """Whether the figures stand on too few pairs to be read without care."""
    return found.pairs < policy.small_sample


def leaning_text(steps: Fraction | None) -> str:
    """`0.35 softer`: by how many levels, on average, the initial grade lies below or above the final one."""
    if steps is None:
        return NO_VALUE
    size = format_number(abs(float(steps)), 2)
    if not round(float(steps), 2):
        return _("no leaning")
    return (_("%(n)s softer") if steps > 0 else _("%(n)s harder")) % {"n": size}


def share_text(part: int, whole: int) -> str:
    """A share in per cent; a dash of nothing."""
    return format_percent(part / whole) if whole else NO_VALUE


def kappa_text(kappa: Kappa | None) -> str:
    """A kappa with two decimals."""
    return NO_VALUE if kappa is None else format_number(float(kappa.value), 2)


def interval_text(kappa: Kappa | None) -> str:
    """Between which values the kappa lies with 95 % certainty."""
    if kappa is None:
        return _("chance alone explains it")
    return _("95%% between %(low)s and %(high)s") % {
        "low": format_number(kappa.low, 2), "high": format_number(kappa.high, 2),
    }  # fmt: skip


def findings(found: Board, names: DepartmentNames, policy: Policy) -> None:
    """What the figures say, in a few sentences."""
    if found.whole is None:
        return
    whole = found.whole.agreement
    said = [
        ngettext(
            "Initial and final grade are the same in %(share)s of %(n)s pair.",
            "Initial and final grade are the same in %(share)s of %(n)s pairs.",
            whole.pairs,
        )
        % {"share": share_text(whole.agreeing, whole.pairs), "n": format_number(whole.pairs)},
        _direction_sentence(whole),
        *_leaning_sentences(found, names, policy),
    ]
    st.html(f'<p class="gl-answer gl-lead">{escape(running_on(filter(None, said)))}</p>')


def _direction_sentence(whole: Agreement) -> str:
    words = {"softer": format_number(whole.softer), "harder": format_number(whole.harder)}
    if whole.softer > whole.harder:
        return _("Where they differ, business judged softer more often: %(softer)s softer, %(harder)s harder.") % words
    if whole.harder > whole.softer:
        return _("Where they differ, business judged harder more often: %(harder)s harder, %(softer)s softer.") % words
    return _("Where they differ, business judged as often softer as harder.") if whole.softer else ""


def _leaning_sentences(found: Board, names: DepartmentNames, policy: Policy) -> list[str]:
    """The softest and the hardest department, of those with enough pairs."""
    ranked = sorted(
        (one for one in found.departments if one.agreement.pairs >= policy.small_sample),
        key=lambda one: one.agreement.mean_steps or Fraction(0),
    )
    if len(ranked) < 2:
        return []
    said = []
    hardest, softest = ranked[0], ranked[-1]
    if (softest.agreement.mean_steps or 0) > _NO_LEANING:
        said.append(
            _("%(department)s is the softest, on average %(n)s levels below the final grade.")
            % {
                "department": names.name(softest.department),
                "n": format_number(float(softest.agreement.mean_steps or 0), 2),
            }
        )
    if (hardest.agreement.mean_steps or 0) < -_NO_LEANING:
        said.append(
            _("%(department)s is the hardest, on average %(n)s levels above it.")
            % {
                "department": names.name(hardest.department),
                "n": format_number(-float(hardest.agreement.mean_steps or 0), 2),
            }
        )
    return said


def headline_figures(whole: Agreement, policy: Policy) -> None:
    """Agreement, both kappas, and both directions; each with what it stands on."""
    pairs = ngettext("%(n)s pair", "%(n)s pairs", whole.pairs) % {"n": format_number(whole.pairs)}
    if is_small(whole, policy):
        pairs = _("%(pairs)s: too few to rely on") % {"pairs": pairs}
    figures = (
        (_("Same grade"), share_text(whole.agreeing, whole.pairs), pairs),
        (_("Weighted kappa, squared"), kappa_text(whole.quadratic), interval_text(whole.quadratic)),
        (_("Weighted kappa, linear"), kappa_text(whole.linear), interval_text(whole.linear)),
        (_("Initial grade softer"), share_text(whole.softer, whole.pairs), format_number(whole.softer)),
        (_("Initial grade harder"), share_text(whole.harder, whole.pairs), format_number(whole.harder)),
        (_("On average, in levels"), leaning_text(whole.mean_steps), _("initial against final grade")),
    )
    cells = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}<small>{escape(aside)}</small></dd></div>"
        for name, value, aside in figures
    )
    st.html(f'<dl class="gl-figs">{cells}</dl>')
    st.caption(
        _(
            "Weighted kappa says how much of the agreement is not chance: 0 is no better than chance, 1 is always the "
            "same grade. A difference of two levels counts double (linear) or fourfold (squared)."
        )
    )


def matrix_panel(whole: Agreement) -> None:
    """Which initial grade became which final one; a number opens its rows."""
    with st.container(key="disagreement-matrix", gap=None):
        panel_title(_("Which grade became which?"))
        head = "".join(f'<th scope="col">{level_badge(level, short=True)}</th>' for level in LEVELS)
        body = "".join(_matrix_row(whole, initial) for initial in LEVELS)
        st.html(
            f'<table class="gl-matrix gl-figures"><thead><tr><td></td><th colspan="{len(LEVELS)}" scope="colgroup">'
            f"{escape(_('Final grade'))}</th></tr><tr><th>{escape(_('Initial grade'))}</th>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table>"
        )


def _matrix_row(whole: Agreement, initial: str) -> str:
    most = max(whole.counts.values())
    cells = ""
    for final in LEVELS:
        number = whole.counts.get((initial, final), 0)
        weight = 0 if not number else 8 + round(36 * number / most)
        inside = format_number(number)
        if number:
            inside = (
                f'<a href="{escape(narrowed(initial=initial, final=final), quote=True)}" target="_self">{inside}</a>'
            )
        same = " gl-same" if initial == final else ""
        cells += f'<td class="gl-matrix-cell{same}" style="--weight: {weight}%">{inside}</td>'
    return f'<tr><th scope="row">{level_badge(initial, short=True)}</th>{cells}</tr>'


def verdict_panel(verdicts: Sequence[Verdict], policy: Policy) -> None:
    """Where the grades differ and time has told: whose prediction held."""
    with st.container(key="disagreement-verdict", gap=None):
        panel_title(_("Who was right where they differed?"))
        st.markdown(_verdict_sentence(verdicts))
        heads = [
            Head(_("Initial grade")), Head(_("Known"), is_figure=True), Head(_("Final was right"), is_figure=True),
            Head(_("Initial was right"), is_figure=True), Head(_("Both, or neither"), is_figure=True),
            Head(_("Not known yet"), is_figure=True),
        ]  # fmt: skip
        plain_table(
            heads,
            [
                [
                    Cell(_("Softer") if one.direction == SOFTER else _("Harder"), narrowed(direction=one.direction)),
                    Cell(_marked(one.matured, policy)), Cell(format_number(one.final_only)),
                    Cell(format_number(one.initial_only)), Cell(format_number(one.both + one.neither)),
                    Cell(format_number(one.open)),
                ]
                for one in verdicts
            ],
        )  # fmt: skip
        excluded = sum(one.excluded for one in verdicts)
        st.caption(
            _(
                "High and critical predict a bad customer, low and medium a good one; what counts as bad is what "
                "assessment accuracy counts. Known once the window of the final assessment has ended."
            )
        )
        if excluded:
            st.caption(
                ngettext(
                    "%(n)s pair is left out: the customer was already bad.",
                    "%(n)s pairs are left out: the customers were already bad.",
                    excluded,
                )
                % {"n": format_number(excluded)}
            )


def _verdict_sentence(verdicts: Sequence[Verdict]) -> str:
    decided, final = sum(one.decided for one in verdicts), sum(one.final_only for one in verdicts)
    if not sum(one.matured for one in verdicts):
        return _("No outcome is known yet: the windows of these assessments have not ended.")
    if not decided:
        return _("Of the pairs whose outcome is known, both grades predicted the same.")
    return ngettext(
        "Of %(n)s pair where one of the two was right, it was the final grade in %(share)s.",
        "Of %(n)s pairs where one of the two was right, it was the final grade in %(share)s.",
        decided,
    ) % {"n": format_number(decided), "share": share_text(final, decided)}


def _marked(number: int, policy: Policy) -> str:
    return format_number(number) + ("*" if 0 < number < policy.small_sample else "")


def month_panel(months: Sequence[Group], policy: Policy) -> None:
    """Agreement by month, and the two directions under it."""
    if len(months) < 2:
        return
    panel_title(_("Do the grades come closer, month by month?"))
    st.plotly_chart(_month_chart(months, policy, dark=is_dark()), width="stretch", config=CHART_CONFIG, key="by-month")


def _month_chart(months: Sequence[Group], policy: Policy, *, dark: bool) -> go.Figure:
    words = [format_month(one.month) for one in months]
    found = [one.agreement for one in months]
    said = [_month_words(one.agreement) for one in months]
    shades = COLORWAY[dark]
    lines: list[dict[str, Any]] = []
    names: list[dict[str, Any]] = []
    for place, (name, values) in enumerate(
        (
            (_("Same grade"), [one.agreeing / one.pairs for one in found]),
            (_("Initial grade softer"), [one.softer / one.pairs for one in found]),
            (_("Initial grade harder"), [one.harder / one.pairs for one in found]),
        )
    ):
        colour = shades[place]
        near = values[-(len(values) // 2 + 1) :]
        names.append({
            "x": words[-1], "y": min(near) if place == 2 else max(near), "xanchor": "right", "showarrow": False,
            "yshift": -14 if place == 2 else 14, "font": {"size": 13},
            "text": f"{name} {format_percent(values[-1], 0)}",
        })  # fmt: skip
        lines.append({
            "type": "scatter", "mode": "lines+markers", "x": words, "y": values, "name": name,
            "line": {"color": colour, "width": 2 if place else 3, "dash": ("solid", "solid", "dot")[place]},
            "marker": {"color": colour, "size": 7,
                       "symbol": ["circle-open" if is_small(one, policy) else "circle" for one in found]},
            "cliponaxis": False,
            "customdata": said, "hovertemplate": "%{customdata}<extra></extra>",
        })  # fmt: skip
    layout = {
        "template": house_template(dark), "height": _CHART_HEIGHT, "margin": {"l": 4, "r": 12, "t": 24, "b": 4},
        "yaxis": {"range": [-0.1, 1.04], "tickformat": ".0%", "tickvals": [0, 0.5, 1], "linecolor": QUIET[dark]},
        "xaxis": {"type": "category", "nticks": 4}, "annotations": names,
    }  # fmt: skip
    return go.Figure(data=lines, layout=layout)


def _month_words(one: Agreement) -> str:
    return _("%(agreeing)s of %(n)s with the same grade, %(softer)s softer, %(harder)s harder, kappa %(kappa)s") % {
        "agreeing": format_number(one.agreeing), "n": format_number(one.pairs), "softer": format_number(one.softer),
        "harder": format_number(one.harder), "kappa": kappa_text(one.quadratic),
    }  # fmt: skip


def _group_heads(first: str) -> list[Head]:
    return [
        Head(first, is_whole=True), Head(_("Pairs"), is_figure=True), Head(_("Same grade"), is_figure=True),
        Head(_("Weighted kappa"), is_figure=True), Head(_("Softer"), is_figure=True), Head(_("Harder"), is_figure=True),
        Head(_("On average, in levels"), is_figure=True),
    ]  # fmt: skip


def _group_cells(name: Cell, found: Agreement, policy: Policy) -> list[Cell]:
    kappa = found.quadratic
    return [
        name, Cell(_marked(found.pairs, policy)), Cell(share_text(found.agreeing, found.pairs)),
        Cell(kappa_text(kappa), html=_kappa_html(kappa)), Cell(share_text(found.softer, found.pairs)),
        Cell(share_text(found.harder, found.pairs)), Cell(leaning_text(found.mean_steps)),
    ]  # fmt: skip


def _kappa_html(kappa: Kappa | None) -> str:
    return f'<span title="{escape(interval_text(kappa), quote=True)}">{escape(kappa_text(kappa))}</span>'


def _small_note(groups: Sequence[Group], policy: Policy) -> None:
    if any(is_small(one.agreement, policy) for one in groups):
        words = _("* Fewer than %(n)s pairs: read with care.") % {"n": format_number(policy.small_sample)}
        # a star at the beginning of a line would be a bullet
        st.caption(words.replace("*", r"\*"))


def department_panel(groups: Sequence[Group], names: DepartmentNames, policy: Policy) -> None:
    """Business departments, the softest first."""
    panel_title(_("Which departments lean which way?"))
    ranked = sorted(groups, key=lambda one: -(one.agreement.mean_steps or 0))
    plain_table(
        _group_heads(_("Department")),
        [
            _group_cells(
                Cell(names.name(one.department), narrowed(department=one.department or "")), one.agreement, policy
            )
            for one in ranked
        ],
    )
    _small_note(groups, policy)


def people_panel(actor: Actor, groups: Sequence[Group], names: DepartmentNames, policy: Policy) -> None:
    """People who assess, the softest first; who may not see others sees themselves."""
    with st.container(key="disagreement-people", gap=None):
        panel_title(_("Who leans which way?") if sees_people(actor) else _("How do your own grades compare?"))
        if not groups:
            st.caption(_("None of your own assessments was finalised in this period. Others' are not shown to you."))
            return
        ranked = sorted(groups, key=lambda one: -(one.agreement.mean_steps or 0))
        plain_table(
            _group_heads(_("Assessor")),
            [_group_cells(_person_cell(one.person or "", names), one.agreement, policy) for one in ranked],
        )
        _small_note(groups, policy)


def _person_cell(code: str, names: DepartmentNames) -> Cell:
    person, _at, department = code.rpartition("@")
    name = escape(person or _("Not named"))
    return Cell(
        person, narrowed(person=code),
        f'<span class="gl-whole">{name}</span> <small class="gl-quiet">{escape(names.name(department))}</small>',
    )  # fmt: skip


def dimension_panel(groups: Sequence[Group]) -> None:
    """Which dimension drives the disagreements."""
    with st.container(key="disagreement-dimensions", gap=None):
        panel_title(_("Which dimension drives it?"))
        if not groups:
            st.caption(_("No pair of this period disagrees."))
            return
        total = sum(one.agreement.pairs for one in groups)
        plain_table(
            [
                Head(_("Dimension"), is_whole=True), Head(_("Disagreements"), is_figure=True),
                Head(_("Share"), is_figure=True), Head(_("Softer"), is_figure=True), Head(_("Harder"), is_figure=True),
            ],
            [
                [
                    Cell(
                        label("dimension", one.dimension) if one.dimension else _("Not known"),
                        narrowed(dimension=one.dimension or "unknown"),
                    ),
                    Cell(format_number(one.agreement.pairs)), Cell(share_text(one.agreement.pairs, total)),
                    Cell(format_number(one.agreement.softer)), Cell(format_number(one.agreement.harder)),
                ]
                for one in sorted(groups, key=lambda one: -one.agreement.pairs)
            ],
        )  # fmt: skip
        st.caption(
            _(
                "The dimension on which the two grades lie furthest apart. Where no grades by dimension were given: "
                "the one with the highest score where the final grade is higher, with the lowest where it is lower."
            )
        )
