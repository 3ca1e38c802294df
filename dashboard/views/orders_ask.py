"""The drawer of the orders page: try an order at the gate, or ask for it with its number."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from html import escape
from typing import Final

import streamlit as st

from dashboard.components.gate_words import gate_reason_text
from dashboard.feedback import show_error
from dashboard.i18n import N_, _, format_money
from dashboard.labels import label
from dashboard.views.orders_selection import close_drawer
from services.context import Actor
from services.errors import RefusedError
from services.gate import GateAnswer, OrderAsked, answered

ANSWER: Final = "orders.answer"
_DRAFT = "ask-order-"


def ask_drawer(actor: Actor) -> None:
    """Ask the gate. Without an order number it is a question and nothing is kept."""

    @st.dialog(_("Ask the gate"), position="right", icon=":material/gavel:", on_dismiss=close_drawer)
    def drawer() -> None:
        st.text_input(_("Customer number"), key=f"{_DRAFT}customer", max_chars=100)
        st.text_input(_("Amount of the order"), key=f"{_DRAFT}amount", max_chars=30)
        with st.container(horizontal=True, gap="small"):
            st.text_input(_("Currency"), key=f"{_DRAFT}currency", max_chars=3, placeholder=_("base currency"))
            st.number_input(_("Days to pay"), key=f"{_DRAFT}terms", value=None, min_value=0, max_value=3650, step=1)
        st.text_input(_("Paid ahead"), key=f"{_DRAFT}prepaid", max_chars=30)
        st.text_input(
            _("Order number"), key=f"{_DRAFT}order", max_chars=100,
            help=_("With a number the order is kept and, where it is held, waits for a decision. Without: a question."),
        )  # fmt: skip
        st.button(_("Ask"), key="orders-ask-now", type="primary", on_click=_ask, args=(actor,))
        _answer()

    drawer()


def _ask(actor: Actor) -> None:
    """What the gate says, or why it can't be asked like this."""
    try:
        st.session_state[ANSWER] = answered(actor, _order())
    except RefusedError as refusal:
        st.session_state[ANSWER] = refusal


def _order() -> OrderAsked:
    """What was typed.

    Raises:
        RefusedError: an amount is none.
    """
    typed = {
        name: str(st.session_state.get(f"{_DRAFT}{name}") or "").strip()
        for name in ("customer", "amount", "currency", "prepaid", "order")
    }
    if not typed["customer"]:
        raise RefusedError(N_("Name the customer by its number."))
    terms = st.session_state.get(f"{_DRAFT}terms")
    return OrderAsked(
        typed["customer"], _money(typed["amount"]), typed["currency"] or None, None if terms is None else int(terms),
        typed["order"] or None, prepaid_amount=_money(typed["prepaid"]) if typed["prepaid"] else None,
    )  # fmt: skip


def _money(written: str) -> Decimal:
    try:
        return Decimal(written.replace(",", "").replace("，", ""))
    except InvalidOperation as error:
        raise RefusedError(N_("“%(value)s” is not an amount."), value=written) from error


def _answer() -> None:
    answer = st.session_state.get(ANSWER)
    if isinstance(answer, RefusedError):
        show_error(answer)
    if not isinstance(answer, GateAnswer):
        return
    reasons = "".join(f"<li>{escape(gate_reason_text(one, answer.base_currency))}</li>" for one in answer.reasons)
    left = "" if answer.limit_left is None else _("May still be ordered now: %(left)s") % {
        "left": format_money(answer.limit_left, answer.base_currency)
    }  # fmt: skip
    st.html(
        f'<div class="gl-gate-answer"><div class="gl-head-name">{escape(label("gate_decision", answer.decision))}</div>'
        f'<ul class="gl-measures">{reasons}</ul><p class="gl-quiet">{escape(left)}</p></div>'
    )
