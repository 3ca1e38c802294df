"""One customer of the worklist: all that must be known of it, a form to fill in, and a look without a finding."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.address_filters import pill_filter
from dashboard.components.departments import department_names
from dashboard.components.information_words import (
    FINDINGS,
    STATES,
    due_text,
    duty_words,
    form_words,
    item_words,
    known_text,
    lateness_text,
)
from dashboard.components.level_badge import level_badge
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.i18n import NO_VALUE, _, format_date
from dashboard.navigation import file_of
from dashboard.views.information_deeds import Deed, note, widget_key
from dashboard.views.information_forms import Offered, row_form
from dashboard.views.information_list import FORM, close_customer, open_customer
from dashboard.views.information_reads import CustomerReading, read_customer, read_page
from db.enums import InformationState
from services.access import may
from services.context import Actor
from services.information.catalogue import BY_CODE, OWN_ITEMS
from services.information.looks import LookRow
from services.information.worklist import DueFilter, ItemRow


def customer_part(actor: Actor, customer_no: str) -> None:
    """Draw the customer that the address names."""
    with st.container(horizontal=True, key="information-way", vertical_alignment="center"):
        st.button(
            _("Back to the list"), key="information-back", on_click=close_customer, type="tertiary",
            icon=":material/arrow_back:",
        )  # fmt: skip
        read = read_customer(actor, customer_no)
        _next(actor, customer_no)
    if read is None:
        st.info(_("No customer has the number %(no)s.") % {"no": customer_no}, icon=":material/person_off:")
        return
    _head(actor, read)
    _due(read)
    if not read.may_fill:
        st.caption(_("This customer belongs to another department, or your role only reads: nothing to fill in here."))
    else:
        _fill(actor, read)
    if read.may_fill and may(actor, "information.confirm"):
        _look(read)
    _items(read)
    _looks(read)


def _next(actor: Actor, customer_no: str) -> None:
    """The most urgent other customer of the list, as filtered."""
    given = st.query_params
    narrow = DueFilter(
        given.get("department") or None, given.get("item") or None, given.get("level") or None, given.get("late") == "1"
    )
    rows = read_page(actor, narrow, None).rows
    places = [place for place, one in enumerate(rows) if one.customer_no == customer_no]
    following = rows[places[0] + 1 :] if places else rows
    if following:
        st.button(
            _("Next: %(name)s") % {"name": following[0].name}, key="information-next", type="tertiary",
            on_click=open_customer, args=(following[0].customer_no,), icon=":material/arrow_forward:",
        )  # fmt: skip


def _head(actor: Actor, read: CustomerReading) -> None:
    one, names = read.due, department_names(actor)
    st.html(
        f'<div class="gl-inform-head"><h1>{escape(one.name)}</h1>'
        f'<span class="gl-quiet">{escape(one.customer_no)}</span>'
        f"{level_badge(one.level)}<span>{escape(names.name(one.department))}</span></div>"
    )
    st.page_link(
        file_of("customer"), label=_("Open customer"), icon=":material/person_search:",
        query_params={"customer": one.customer_no},
    )  # fmt: skip


def _due(read: CustomerReading) -> None:
    """What is due, in words: the forms stand right below it, on a phone too."""
    due = [one for one in sorted(read.due.items, key=_urgency) if one.is_listed and one.item in OWN_ITEMS]
    if not due:
        st.success(_("Everything that must be known of this customer is up to date."), icon=":material/task_alt:")
        return
    said = "".join(
        f'<span class="gl-due{" gl-strong" if one.is_late else " gl-quiet"}">{escape(due_text(one))}</span>'
        for one in due
    )
    st.html(f'<div class="gl-cell-due">{said}</div>')


def _items(read: CustomerReading) -> None:
    st.html(f'<h2 class="gl-section">{escape(_("All that must be known"))}</h2>')
    plain_table(
        [
            Head(_("Kind of information")), Head(_("Known as of")), Head(_("Due on")), Head(_("Standing")),
            Head(_("Whose duty")),
        ],
        [_item(one) for one in read.due.items],
    )  # fmt: skip


def _item(one: ItemRow) -> list[Cell]:
    state = _(STATES[one.state])
    said = state
    if one.state is InformationState.OVERDUE:
        said = _("%(state)s, %(lateness)s") % {"state": state, "lateness": lateness_text(one)}
    shown = f'<span class="{"gl-strong" if one.is_late else ""}">{escape(said)}</span>'
    due = NO_VALUE if one.due_on is None else format_date(one.due_on)
    return [Cell(item_words(one.item)), Cell(known_text(one)), Cell(due), Cell(html=shown), Cell(duty_words(one.item))]


def _fill(actor: Actor, read: CustomerReading) -> None:
    st.html(f'<h2 class="gl-section">{escape(_("Fill in"))}</h2>')
    due = [BY_CODE[one.item].kind for one in sorted(read.due.items, key=_urgency) if one.is_listed]
    kinds = sorted(read.kinds, key=lambda kind: due.index(kind) if kind in due else len(due))
    first, others = kinds[0], kinds[1:]
    kind = pill_filter(
        FORM, others, label=_("What you fill in"), words=lambda code: form_words(code or first),
        key=f"information-form-{read.due.customer_no}-{first}",
    ) or first  # fmt: skip
    offered = Offered(
        read.stored if kind == "customers" else {},
        {"contract_no": read.contracts if kind == "contract_events" else (), "invoice_no": read.invoices},
    )
    if kind == "contract_events" and not read.contracts:
        st.caption(_("This customer has no contract yet: fill in the contract first."))
    row_form(actor, kind, read.due.customer_no, offered)


def _urgency(one: ItemRow) -> tuple[bool, int]:
    return (not one.is_late, -(one.days_late if one.days_late is not None else 100_000))


def _look(read: CustomerReading) -> None:
    """Nothing to enter is a finding too: who looked when, or why it is not to be had."""
    draft = (read.due.customer_no, "look")
    st.html(f'<h2 class="gl-section">{escape(_("Looked, and nothing to enter"))}</h2>')
    with st.container(key="information-look", border=True, gap="small"):
        left, right = st.columns(2, gap="medium")
        items = [one.item for one in sorted(read.due.items, key=_urgency) if one.item in OWN_ITEMS]
        with left:
            st.selectbox(_("Kind of information"), items, format_func=item_words, key=widget_key(draft, "item"))
            st.selectbox(
                _("Finding"), list(FINDINGS), format_func=lambda code: _(FINDINGS[code]), key=widget_key(draft, "found")
            )
        with right:
            st.date_input(
                _("Looked on"), read.today, max_value=read.today, format="YYYY-MM-DD", key=widget_key(draft, "day")
            )
            st.text_input(
                _("Where you looked, or why it is not to be had"), key=widget_key(draft, "note"), max_chars=500
            )
        st.button(
            _("Note that I looked"), key="information-confirm", on_click=_confirm, args=(draft, read.due.customer_id)
        )


def _confirm(draft: tuple[str, str], customer_id: int) -> None:
    """Write the look down: a callback, so that what was typed last is in it."""
    state = st.session_state
    note(
        Deed(
            "confirm", draft,
            {
                "item": state.get(widget_key(draft, "item")), "customers": [customer_id],
                "finding": state.get(widget_key(draft, "found")), "day": state.get(widget_key(draft, "day")),
                "note": str(state.get(widget_key(draft, "note")) or ""),
            },
        )
    )  # fmt: skip


def _looks(read: CustomerReading) -> None:
    if not read.looks:
        return
    st.html(f'<h2 class="gl-section">{escape(_("Who looked"))}</h2>')
    for one in read.looks:
        with st.container(horizontal=True, vertical_alignment="center", key=f"information-look-{one.id}"):
            st.markdown(_look_text(one))
            if one.may_withdraw and read.may_fill:
                st.button(
                    _("Take back"), key=f"information-withdraw-{one.id}", type="tertiary", on_click=note,
                    args=(
                        Deed(
                            "withdraw",
                            values={"customer": one.customer_id, "look": one.id, "version": one.version},
                        ),
                    ),
                )  # fmt: skip


def _look_text(one: LookRow) -> str:
    words = _("%(day)s, %(who)s: %(item)s, %(finding)s") % {
        "day": format_date(one.checked_on), "who": one.name, "item": item_words(one.item),
        "finding": _(FINDINGS[one.finding]),
    }  # fmt: skip
    return f"{words} · {one.note}" if one.note else words
