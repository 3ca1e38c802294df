"""The tab with a customer's measures: what holds, what waits, what there was; and its guarantees."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.control_words import control_title, demands_text, force_text, reason_text
from dashboard.components.departments import DepartmentNames
from dashboard.components.open_row import link_row
from dashboard.i18n import NO_VALUE, _, format_date, format_money, format_percent
from dashboard.labels import label
from dashboard.navigation import file_of, open_page
from dashboard.state import DASHBOARD
from dashboard.views.controls_deeds import carry_out
from dashboard.views.controls_drawers import until_text
from dashboard.views.controls_proposal import propose
from dashboard.views.customer_reads import CustomerHead
from db.enums import Role
from services.access import may
from services.context import Actor, unit_of_work
from services.controls import ControlRow, history
from services.guarantees import GuaranteeFilter, GuaranteeRow, register


def measures_tab(actor: Actor, head: CustomerHead, _names: DepartmentNames) -> None:
    """Draw the tab."""
    st.html(DASHBOARD / "theme/controls.css")
    carry_out(actor, opens=False)
    number = head.profile.customer_no
    with unit_of_work(actor) as ctx:
        rows = history(ctx, number)
        secured = register(ctx, GuaranteeFilter(customer_id=head.profile.customer_id)).rows
    is_own = actor.role != Role.BUSINESS or head.profile.department == actor.department_code
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown(_answer(rows))
        if may(actor, "control.propose") and is_own and st.button(
            _("Propose a measure"), key="customer-propose", icon=":material/add:"
        ):  # fmt: skip
            propose(actor, number)
        if st.button(_("All measures"), key="customer-controls", type="tertiary"):
            open_page("controls", search=number)
    for title, states in (
        (_("In force"), ("active",)), (_("Proposed"), ("proposed",)), (_("Earlier"), ("lifted", "expired")),
    ):  # fmt: skip
        found = [row for row in rows if row.state in states]
        if found:
            st.html(f'<h2 class="gl-section">{escape(title)}</h2>')
            for row in found:
                _measure(row, head.currency)
    _guarantees(secured, head.currency)


def _answer(rows: tuple[ControlRow, ...]) -> str:
    held = [row for row in rows if row.state == "active"]
    if any(row.kind == "suspension" for row in held):
        return _("Trade with this customer is suspended.")
    if held:
        return _("Measures are in force: orders are tested against them.")
    if any(row.state == "proposed" for row in rows):
        return _("A measure is proposed and waits for approval. None is in force.")
    return _("No measure is in force on this customer.")


def _measure(row: ControlRow, currency: str) -> None:
    """One measure in a line that opens it."""
    demands, end = demands_text(row.kind, row.demands, currency), ""
    if row.state == "active":
        end = until_text(row)
    elif row.ended_on is not None:
        ending = label("control_end", row.ended_as) if row.ended_as else label("control_state", row.state)
        end = f"{format_date(row.ended_on)} · {ending}"
    lines = " · ".join(part for part in (reason_text(row), row.effect or "", row.end_reason or "") if part)
    cells = (
        f'<span class="gl-cell-who"><span class="gl-strong">{escape(control_title(row))}</span> {escape(demands)}'
        f'<span class="gl-line">{escape(force_text(row.kind, row.force, row.override_role))}</span>'
        f'<span class="gl-line">{escape(lines)}</span></span>'
        f'<span class="gl-cell-until">{escape(end)}</span>'
    )
    view = {"active": "active", "proposed": ""}.get(row.state, "ended")
    query = {"control": f"{row.customer_id}.{row.id}"} | ({"view": view} if view else {})
    link_row(
        f"measure-{row.id}", cells, _("Open the measure: %(what)s") % {"what": control_title(row)},
        file=file_of("controls"), query=query,
    )  # fmt: skip


def _guarantees(rows: tuple[GuaranteeRow, ...], currency: str) -> None:
    if not rows:
        return
    st.html(f'<h2 class="gl-section">{escape(_("Guarantees"))}</h2>')
    covered = NO_VALUE if rows[0].coverage is None else format_percent(rows[0].coverage, 0)
    secured = format_money(rows[0].secured, currency, compact=True)
    st.markdown(_("%(secured)s in force, %(share)s of what is owed") % {"secured": secured, "share": covered})
    lines = []
    for one in rows:
        day = _("without end") if one.expires_on is None else format_date(one.expires_on)
        value = format_money(one.value, one.currency or currency)
        parts = (label("guarantee_kind", one.kind), value, day, label("guarantee_state", one.state))
        lines.append(f"<li><b>{escape(one.guarantee_no)}</b> · {escape(' · '.join(parts))}</li>")
    st.html(f'<ul class="gl-items">{"".join(lines)}</ul>')
