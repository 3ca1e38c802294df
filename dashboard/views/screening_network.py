"""Related parties: who shares what with whom, two steps from a customer. A drawing and, on a phone alone, a table."""

from __future__ import annotations

from html import escape

import networkx as nx
import plotly.graph_objects as go
import streamlit as st

from dashboard.components.address_filters import text_filter
from dashboard.components.level_badge import grade_badge, level_badge
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.i18n import _, format_number, listed, ngettext, sentence
from dashboard.labels import label
from dashboard.navigation import address_of
from dashboard.theme import CHART_CONFIG, GRADE_COLOURS, INK, NEUTRAL, QUIET, house_template
from dashboard.views.screening_reads import surroundings
from services.context import Actor
from services.errors import RefusedError
from services.screening.network import MOST_NODES, Network, RelatedNode

_SEED = 7
_SHORT = 24


def network_part(actor: Actor) -> None:
    """Draw the question and the surroundings of the customer that the address names."""
    number = text_filter(
        "customer", label=_("Customer number"), placeholder=_("Customer number"), key="screening-customer", most=60
    )
    if not number:
        st.info(_("Give a customer's number: who shares a phone, an account, an address, a legal representative or a "
                  "credit code with it, and with those again, is shown."), icon=":material/hub:")  # fmt: skip
        return
    try:
        found = surroundings(actor, number)
    except RefusedError as error:
        st.warning(sentence(error), icon=":material/person_off:")
        return
    draw_network(found)


def draw_network(found: Network) -> None:
    """The answer in words, hubs, the drawing, and every tie as a row."""
    by_id = {one.customer_id: one for one in found.nodes}
    center = by_id[found.center]
    _say(found, center)
    if not found.edges:
        return
    with st.container(key="screening-drawing"):
        dark = st.context.theme.type == "dark"
        st.plotly_chart(network_chart(found, dark=dark), config=CHART_CONFIG, key="screening-network-chart")
    rows = sorted(found.edges, key=lambda one: (by_id[one.one].step + by_id[one.other].step, one.one, one.other))
    plain_table(
        (Head(_("Customer")), Head(_("Shares")), Head(_("With"))),
        [
            (_node_cell(by_id[one.one]), Cell(kinds_text(one.kinds)), _node_cell(by_id[one.other]))
            for one in rows
        ],
    )  # fmt: skip


def kinds_text(kinds: tuple[str, ...]) -> str:
    """What two share, in words."""
    return listed(label("shared_kind", one) for one in kinds)


def _say(found: Network, center: RelatedNode) -> None:
    others = len(found.nodes) - 1
    black = sum(one.grade is not None for one in found.nodes if one.customer_id != found.center)
    if not others:
        st.success(
            _("%(name)s shares neither phone, account, address, legal representative nor credit code with anybody.")
            % {"name": center.name}, icon=":material/task_alt:",
        )  # fmt: skip
    else:
        words = ngettext(
            "%(name)s is tied to %(n)s customer within two steps",
            "%(name)s is tied to %(n)s customers within two steps", others,
        ) % {"name": center.name, "n": format_number(others)}  # fmt: skip
        beside = ngettext("%(n)s of them is listed", "%(n)s of them are listed", black) % {"n": format_number(black)}
        st.markdown(f"**{words}** · {beside}")
    for hub in found.hubs:
        st.caption(
            ngettext(
                "%(kind)s: shared by %(n)s customer, too many to tie anybody; it is not drawn.",
                "%(kind)s: shared by %(n)s customers, too many to tie anybody; it is not drawn.", hub.customers,
            ) % {"kind": label("shared_kind", hub.kind), "n": format_number(hub.customers)}
        )  # fmt: skip
    if found.is_cut:
        st.caption(_("Only the nearest %(n)s customers are shown.") % {"n": format_number(MOST_NODES)})


def _node_cell(one: RelatedNode) -> Cell:
    link = escape(address_of("screening", part="network", customer=one.customer_no), quote=True)
    badges = grade_badge(one.grade) or (level_badge(one.level, short=True) if one.level else "")
    return Cell(html=f'<a href="{link}" target="_self">{escape(one.name)}</a> '
                     f'<span class="gl-quiet">{escape(one.customer_no)}</span> {badges}')  # fmt: skip


def network_chart(found: Network, *, dark: bool) -> go.Figure:
    """The customers as points, listed ones as squares in their colour, and a line for each tie."""
    graph = nx.Graph()
    graph.add_nodes_from(one.customer_id for one in found.nodes)
    graph.add_edges_from((one.one, one.other) for one in found.edges)
    places = nx.spring_layout(graph, seed=_SEED, k=1.6 / max(1, len(found.nodes)) ** 0.5)
    lines_x: list[float | None] = []
    lines_y: list[float | None] = []
    middles: tuple[list[float], list[float], list[str]] = ([], [], [])
    by_id = {one.customer_id: one for one in found.nodes}
    for edge in found.edges:
        (x1, y1), (x2, y2) = places[edge.one], places[edge.other]
        lines_x += [x1, x2, None]
        lines_y += [y1, y2, None]
        middles[0].append((x1 + x2) / 2)
        middles[1].append((y1 + y2) / 2)
        middles[2].append(
            f"{escape(by_id[edge.one].name)} – {escape(by_id[edge.other].name)}<br>{kinds_text(edge.kinds)}"
        )
    nodes = [
        {"x": [float(places[one.customer_id][0])], "y": [float(places[one.customer_id][1])], "type": "scatter",
         "mode": "markers+text", "text": [_short(one)], "textposition": "top center", "cliponaxis": False,
         "textfont": {"color": INK[dark], "size": 14 if one.step == 0 else 12}, "hovertext": [_hover(one)],
         "hoverinfo": "text", "marker": _marker(one, dark=dark)}
        for one in found.nodes
    ]  # fmt: skip
    data = [
        {"type": "scatter", "x": lines_x, "y": lines_y, "mode": "lines", "line": {"color": NEUTRAL, "width": 1.5},
         "hoverinfo": "skip"},
        {"type": "scatter", "x": middles[0], "y": middles[1], "mode": "markers", "hovertext": middles[2],
         "hoverinfo": "text", "marker": {"size": 14, "color": "rgba(0,0,0,0)"}},
        *nodes,
    ]  # fmt: skip
    axis = {"visible": False, "rangemode": "normal"}
    layout = {"template": house_template(dark), "height": 460, "xaxis": axis, "yaxis": axis,
              "margin": {"l": 110, "r": 110, "t": 32, "b": 8}}  # fmt: skip
    return go.Figure(data=data, layout=layout)


def _marker(one: RelatedNode, *, dark: bool) -> dict[str, object]:
    colour = GRADE_COLOURS[one.grade] if one.grade else QUIET[dark]
    line = {"color": INK[dark], "width": 3 if one.step == 0 else 1.5 if one.grade else 0}
    return {"symbol": "square" if one.grade else "circle", "size": 20 if one.step == 0 else 14, "color": colour,
            "line": line}  # fmt: skip


def _short(one: RelatedNode) -> str:
    name = one.name if len(one.name) <= _SHORT else f"{one.name[: _SHORT - 1]}…"
    return escape(name)


def _hover(one: RelatedNode) -> str:
    graded = f"<br>{_('Listed: %(grade)s') % {'grade': label('grade', one.grade)}}" if one.grade else ""
    return f"{escape(one.name)}<br>{escape(one.customer_no)}{graded}"
