"""The figures of the obedience page: what they say in words, by department, by month."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go
import streamlit as st

from dashboard.components.departments import DepartmentNames
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.i18n import (
    NO_VALUE,
    _,
    format_money,
    format_month,
    format_number,
    format_percent,
    ngettext,
    running_on,
)
from dashboard.labels import label
from dashboard.navigation import address_of
from dashboard.state import is_dark
from dashboard.theme import CHART_CONFIG, COLORWAY, house_template
from dashboard.views.obedience_reads import Board
from services.obedience import Obedience
from services.policy import Policy

_CHART_HEIGHT = 240


def narrowed(**changes: str) -> str:
    """The address of this page with its rows narrowed in another way, at the rows."""
    kept = {name: value for name, value in st.query_params.to_dict().items() if name in {"period", "department"}}
    return address_of("obedience", **(kept | changes)) + "#rows"


def section(words: str) -> None:
    """A panel's question."""
    st.html(f'<h2 class="gl-section">{escape(words)}</h2>')


def share_text(one: Obedience, policy: Policy) -> str:
    """The share that obeyed; small numbers are marked."""
    mark = "*" if one.customers < policy.small_sample else ""
    return NO_VALUE if one.share is None else format_percent(one.share) + mark


def findings(found: Board, names: DepartmentNames, policy: Policy) -> None:
    """What the figures say, in a few sentences."""
    whole = found.whole
    if whole is None:
        return
    said = [
        ngettext(
            "%(n)s customer was under a measure or a listing; with %(share)s all was obeyed.",
            "%(n)s customers were under a measure or a listing; with %(share)s of them all was obeyed.",
            whole.customers,
        )
        % {"n": format_number(whole.customers), "share": share_text(whole, policy)}
    ]
    if not whole.breached:
        said.append(_("No order or invoice goes against one."))
    else:
        said.append(
            ngettext(
                "%(n)s document goes against one, worth %(money)s.",
                "%(n)s documents go against one, worth %(money)s.",
                whole.breached,
            )
            % {
                "n": format_number(whole.breached),
                "money": format_money(whole.breached_amount, policy.base_currency, compact=True),
            }
        )
        worst = max(found.departments, key=lambda one: one.breached, default=None)
        if worst is not None and len(found.departments) > 1 and worst.breached:
            said.append(
                _("Most of them are of %(department)s: %(n)s.")
                % {"department": names.name(worst.department), "n": format_number(worst.breached)}
            )
    st.html(f'<p class="gl-answer gl-lead">{escape(running_on(said))}</p>')


def department_panel(groups: Sequence[Obedience], names: DepartmentNames, policy: Policy) -> None:
    """Obedience by the customers' department; a number opens its rows."""
    with st.container(key="obedience-departments", gap=None):
        section(_("Which departments obey?"))
        ranked = sorted(groups, key=lambda one: (one.share is None, one.share, names.name(one.department)))
        plain_table(
            [
                Head(_("Department")), Head(_("Obeyed"), is_figure=True), Head(_("Customers"), is_figure=True),
                Head(_("Documents"), is_figure=True), Head(_("Against a measure"), is_figure=True),
                Head(_("Excused"), is_figure=True),
                Head(_("Amount against"), is_figure=True),
            ],
            [
                [
                    Cell(names.name(one.department)), Cell(share_text(one, policy)), Cell(format_number(one.customers)),
                    Cell(format_number(one.documents)),
                    Cell(
                        format_number(one.breached),
                        narrowed(department=one.department) if one.department and one.breached else None,
                    ),
                    Cell(format_number(one.excused)),
                    Cell(format_money(one.breached_amount, policy.base_currency, compact=True)),
                ]
                for one in ranked
            ],
        )  # fmt: skip
        if any(one.customers < policy.small_sample for one in groups):
            st.caption(_("\\* fewer than %(n)s customers: uncertain") % {"n": format_number(policy.small_sample)})


def demand_panel(demands: Sequence[tuple[str, int]]) -> None:
    """What was demanded and disobeyed; a number opens its rows."""
    with st.container(key="obedience-demands", gap=None):
        section(_("What is disobeyed?"))
        if not demands:
            st.caption(_("Nothing in this period."))
            return
        plain_table(
            [Head(_("Demand")), Head(_("Breaches"), is_figure=True)],
            [
                [Cell(label("demand", demand)), Cell(format_number(count), narrowed(demand=demand))]
                for demand, count in demands
            ],
        )
        st.caption(_("A document that goes against two demands counts as two breaches here, as one document above."))


def month_panel(months: Sequence[Obedience]) -> None:
    """The share that obeyed, month by month."""
    if len(months) < 2:
        return
    section(_("Does obedience rise, month by month?"))
    st.plotly_chart(_month_chart(months, dark=is_dark()), width="stretch", config=CHART_CONFIG, key="obedience-months")


def _month_chart(months: Sequence[Obedience], *, dark: bool) -> go.Figure:
    values = [None if one.share is None else float(one.share) for one in months]
    said = [
        _("%(month)s: %(share)s obeyed; %(customers)s customers under measures, disobeyed with %(disobeyed)s")
        % {
            "month": format_month(one.month), "share": format_percent(one.share),
            "customers": format_number(one.customers), "disobeyed": format_number(one.disobeyed),
        }
        for one in months
    ]  # fmt: skip
    figure = go.Figure(
        go.Scatter(
            x=[format_month(one.month) for one in months], y=values, mode="lines+markers+text",
            text=["" if place < len(months) - 1 else format_percent(months[-1].share) for place in range(len(months))],
            textposition="top center", customdata=said, hovertemplate="%{customdata}<extra></extra>",
            line={"color": COLORWAY[dark][0], "width": 2}, cliponaxis=False,
        )
    )  # fmt: skip
    figure.update_layout(template=house_template(dark), height=_CHART_HEIGHT, showlegend=False)
    figure.update_yaxes(tickformat=".0%", range=[0, 1.08])
    figure.update_xaxes(type="category")
    return figure
