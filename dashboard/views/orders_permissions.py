"""Permissions to pass a measure: asked for by one person, given by another, in force until a day."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from html import escape

import streamlit as st

from dashboard.i18n import _, format_date, format_money
from dashboard.labels import label
from dashboard.views.orders_selection import DEED, Deed, close_drawer, note_deed
from db.enums import ControlKind, OverrideState
from services.access import may
from services.context import Actor
from services.gate import OverrideRow

_DRAFT = "permission-"
MISSING = "orders.missing"


def permission_list(actor: Actor, rows: tuple[OverrideRow, ...], currency: str) -> None:
    """One card a permission, those that wait first."""
    for row in rows:
        with st.container(key=f"permission-{row.customer_id}-{row.id}", border=True, gap="small"):
            _card(actor, row, currency)


def _card(actor: Actor, row: OverrideRow, currency: str) -> None:
    amount = _("any amount")
    if row.limit_amount is not None:
        amount = _("%(used)s of %(limit)s used") % {
            "used": format_money(row.used_amount, currency), "limit": format_money(row.limit_amount, currency),
        }  # fmt: skip
    until = _("until %(day)s") % {"day": format_date(row.until_on)}
    who = _("Asked for by %(name)s: %(why)s") % {"name": row.proposed_by or _("The system"), "why": row.reason}
    if row.approved_by:
        who = f"{who} · {_('given by %(name)s') % {'name': row.approved_by}}"
    st.html(
        f'<div><span class="gl-strong">{escape(row.customer)}</span> <span class="gl-quiet">{escape(row.customer_no)}'
        f'</span> <span class="gl-chip">{escape(label("override_state", row.state))}</span></div>'
        f"<div>{escape(label('control_kind', row.kind))} · {escape(until)} · {escape(amount)}</div>"
        f'<div class="gl-line">{escape(who)}</div>'
    )
    _decide(actor, row)


def _decide(actor: Actor, row: OverrideRow) -> None:
    decides = may(actor, "gate.approve_override")
    is_own = row.proposed_by_id == actor.user_id
    if not decides and not is_own:
        return
    name = f"{row.customer_id}-{row.id}"
    values = {"customer_id": row.customer_id, "override_id": row.id, "version": row.version}
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        if row.state is OverrideState.PROPOSED and decides and not is_own:
            st.button(
                _("Give the permission"), key=f"override-approve-{name}", type="primary", on_click=note_deed,
                args=(Deed("approve_override", values),),
            )  # fmt: skip
            _ending(_("Turn down"), "decline_override", values, name)
        else:
            _ending(_("End the permission"), "end_override", values, name)


def _ending(title: str, command: str, values: dict[str, int], name: str) -> None:
    """A button that asks why before it acts."""
    with st.popover(title):
        key = f"override-why-{name}"
        st.text_area(_("Reason"), key=key, max_chars=2000, height=80)
        st.button(title, key=f"override-end-{name}", on_click=_end, args=(command, values, key))


def _end(command: str, values: dict[str, int], key: str) -> None:
    note_deed(Deed(command, {**values, "reason": st.session_state.get(key) or ""}, draft=key))


def permission_drawer() -> None:
    """Ask for a permission."""

    @st.dialog(_("Ask for a permission"), position="right", icon=":material/key:", on_dismiss=close_drawer)
    def drawer() -> None:
        st.text_input(_("Customer number"), key=f"{_DRAFT}customer", max_chars=100)
        kinds = [one.value for one in ControlKind if one is not ControlKind.MONITORING]
        st.selectbox(
            _("Measure to pass"), kinds, key=f"{_DRAFT}kind", format_func=lambda code: label("control_kind", code)
        )  # fmt: skip
        st.date_input(_("Until"), value=None, key=f"{_DRAFT}until", format="YYYY-MM-DD")
        st.text_input(_("Up to this amount in all"), key=f"{_DRAFT}amount", max_chars=30, placeholder=_("any amount"))
        st.text_area(_("Reason"), key=f"{_DRAFT}reason", max_chars=2000, height=100)
        st.caption(
            _("Another person decides. A listing and an absolute measure can't be passed; orders that pass say so.")
        )
        st.button(_("Ask for the permission"), key="override-propose", type="primary", on_click=_propose)
        if st.session_state.pop(MISSING, False):
            st.error(_("Something is missing: fill in what the drawer asks for."), icon=":material/edit:")
        if DEED in st.session_state:  # the drawer runs alone: the page carries the deed out
            st.rerun()

    drawer()


def _propose() -> None:
    typed = {
        name: st.session_state.get(f"{_DRAFT}{name}") for name in ("customer", "kind", "until", "amount", "reason")
    }
    amount, is_amount = _amount(str(typed["amount"] or "").strip())
    if not (typed["customer"] and typed["until"] and str(typed["reason"] or "").strip() and is_amount):
        st.session_state[MISSING] = True
        return
    note_deed(
        Deed(
            "propose_override",
            {
                "customer_no": str(typed["customer"]).strip(), "kind": ControlKind(str(typed["kind"])),
                "until": typed["until"], "reason": str(typed["reason"]), "limit_amount": amount,
            },
            draft=_DRAFT,
        )
    )  # fmt: skip


def _amount(written: str) -> tuple[Decimal | None, bool]:
    if not written:
        return None, True
    try:
        return Decimal(written.replace(",", "")), True
    except InvalidOperation:
        return None, False
