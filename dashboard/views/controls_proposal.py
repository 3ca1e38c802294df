"""The drawer in which a measure is proposed, from the measures page or the customer's; a change is a proposal too."""

from __future__ import annotations

from decimal import Decimal
from html import escape
from typing import Any

import streamlit as st

from dashboard.components.control_words import MONEY, PARAMETERS, SHARES, demands_text, force_text
from dashboard.i18n import _, format_money, with_aside
from dashboard.labels import label
from dashboard.views.controls_drawers import KINDS, day_box, text_box
from dashboard.views.controls_reads import Subject, subject
from dashboard.views.controls_selection import DEED, MISSING, Deed, day_in, keep, note_deed, prepare, written
from services.context import Actor
from services.controls import DEMANDS_OF, OVERRIDE_ROLES, Demands, NewControl

_USUAL_REVIEW, _USUAL_END = 30, 180
_HUNDRED = Decimal(100)


def propose(actor: Actor, customer_no: str = "", kind: str = "") -> None:
    """Ask for a measure on a customer. `kind`: of one in force, whose demands the form begins with."""

    @st.dialog(_("Propose a measure"), position="right", icon=":material/add_moderator:", width="medium")
    def drawer() -> None:
        draft = f"propose-{customer_no}-{kind}"
        number = customer_no
        if not number:
            key = prepare(draft, "customer_no", "")
            st.text_input(_("Customer number"), key=key, on_change=keep, args=(key,), max_chars=64)
            number = str(written(draft, "customer_no") or "").strip()
        found = subject(actor, number) if number else None
        if found is None:
            st.info(_("No customer has this number.") if number else _("Enter the number of the customer first."))
            return
        _form(draft, found, kind)

    drawer()


def _form(draft: str, found: Subject, kind: str) -> None:
    owed = format_money(found.owed.open_amount, found.currency, compact=True)
    late = format_money(found.owed.overdue_amount, found.currency, compact=True)
    st.html(
        f"<div><b>{escape(found.profile.name)}</b> · {escape(found.profile.customer_no)}<br>"
        f'<span class="gl-quiet">{escape(_("Owes %(owed)s, of it overdue %(late)s") % {"owed": owed, "late": late})}'
        "</span></div>"
    )
    key = prepare(draft, "kind", kind or "trade_limit")
    st.selectbox(
        _("Kind of measure"), KINDS, key=key, format_func=lambda code: label("control_kind", code), on_change=keep,
        args=(key,),
    )  # fmt: skip
    chosen = str(written(draft, "kind"))
    held = next((one for one in found.in_force if one.kind == chosen), None)
    if held is not None:
        words = _("In force now: %(demands)s. It is replaced when this one is approved.")
        st.caption(words % {"demands": demands_text(held.kind, held.demands, found.currency)})
    for name in DEMANDS_OF[chosen]:
        _demand(draft, name, None if held is None else getattr(held.demands, name), found.currency)
    _force(draft, chosen)
    text_box(draft, "reason", _("Why is it needed?"))
    _people_and_days(draft, found)
    st.button(_("Propose the measure"), type="primary", key="propose.save", on_click=_note, args=(draft, found))
    if st.session_state.pop(MISSING, False):
        st.error(_("Something is missing: fill in what the drawer asks for."), icon=":material/edit:")
    st.caption(_("Nothing is in force yet: another person approves it."))
    if DEED in st.session_state:
        st.rerun()


def _demand(draft: str, name: str, held: Any, currency: str) -> None:  # noqa: ANN401  (int, Decimal or None)
    """A field for one parameter; empty demands nothing. Shares are written as per cent."""
    title = _(PARAMETERS[name])
    if name in MONEY:
        title = with_aside(title, currency)
    elif name in SHARES:
        title = with_aside(title, "%")
    saved = None if held is None else float(held * _HUNDRED if name in SHARES else held)
    key = prepare(draft, name, saved)
    st.number_input(title, key=key, min_value=0.0, step=1.0 if name not in MONEY else 1000.0, format="%.0f",
                    on_change=keep, args=(key,), value=None)  # fmt: skip


def _force(draft: str, kind: str) -> None:
    if kind == "monitoring":
        st.caption(force_text(kind, "overridable", None))
        return
    roles = [one.value for one in OVERRIDE_ROLES]
    key = prepare(draft, "force", "risk")
    st.selectbox(
        _("An order against it"), [*roles, "absolute"], key=key, on_change=keep, args=(key,),
        format_func=lambda code: _("is denied") if code == "absolute"
        else _("is held for: %(role)s") % {"role": label("role", code)},
    )  # fmt: skip


def _people_and_days(draft: str, found: Subject) -> None:
    names = dict(found.people)
    key = prepare(draft, "owner_id", None)
    st.selectbox(
        _("In charge"), [None, *names], key=key, on_change=keep, args=(key,),
        format_func=lambda one: _("The customer's department") if one is None else names[one],
        placeholder=_("The customer's department"),
    )  # fmt: skip
    today = found.today
    day_box(draft, "review_on", _("First review on"), day_in(today, _USUAL_REVIEW), day_in(today, 1), today)
    key = prepare(draft, "has_end", True)
    st.toggle(_("It ends by itself"), key=key, on_change=keep, args=(key,))
    if written(draft, "has_end"):
        day_box(draft, "expires_on", _("Last day"), day_in(today, _USUAL_END), today, today)


def _note(draft: str, found: Subject) -> None:
    for name in ("kind", "force", "reason", "owner_id", "review_on", "has_end", "expires_on", *PARAMETERS):
        if f"{draft}:{name}" in st.session_state:
            keep(f"{draft}:{name}")
    kind = str(written(draft, "kind"))
    demands = demands_written(draft, kind)
    reason = str(written(draft, "reason") or "").strip()
    if not reason or (DEMANDS_OF[kind] and not demands.given()):
        st.session_state[MISSING] = True
        return
    force = str(written(draft, "force") or "risk")
    new = NewControl(
        kind=kind, demands=demands, force="absolute" if force == "absolute" else "overridable",
        override_role=None if force == "absolute" else force, reason=reason, owner_id=written(draft, "owner_id"),
        review_on=written(draft, "review_on"),
        expires_on=written(draft, "expires_on") if written(draft, "has_end") else None,
    )  # fmt: skip
    note_deed(Deed("propose", {"customer_no": found.profile.customer_no, "wanted": new}, draft=draft))


def demands_written(draft: str, kind: str) -> Demands:
    """The parameters that were filled in, per cent as shares."""
    given: dict[str, Any] = {}
    for name in DEMANDS_OF[kind]:
        value = written(draft, name)
        if value is None:
            continue
        number = Decimal(str(value))
        given[name] = number / _HUNDRED if name in SHARES else number if name in MONEY else int(number)
    return Demands(**given)
