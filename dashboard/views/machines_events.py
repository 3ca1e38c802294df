"""What other systems can read: the newest events, and what each kind says."""

from __future__ import annotations

import json
from html import escape

import streamlit as st

from dashboard.components.address_filters import choice_filter
from dashboard.components.pager import Pager
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.i18n import _, format_datetime, ngettext
from dashboard.navigation import address_of
from dashboard.views.machines_reads import Machines, event_log
from services.context import Actor
from services.events import EVENT_KINDS, EventRow

_SIZE = 50


def events_tab(actor: Actor, read: Machines) -> None:
    """Draw the newest events."""
    kind = choice_filter(
        "kind", list(EVENT_KINDS), label=_("Event"), words=str, everything=_("Every kind"), key="machines-kind"
    )
    if kind:
        st.caption(_(EVENT_KINDS[kind].about))
    pager = Pager("events", (actor.login, kind), _SIZE)
    rows = event_log(actor, kind, pager.cursor, _SIZE + 1)
    if not rows:
        st.info(_("Nothing happened that other systems are told of."), icon=":material/hub:")
        return
    heads = (
        Head(_("Time"), width=14), Head(_("Event"), width=26), Head(_("Customer"), width=9), Head(_("Fields")),
    )  # fmt: skip
    plain_table(heads, (_cells(row, read) for _place, row in rows[:_SIZE]))
    after = rows[_SIZE - 1][0] if len(rows) > _SIZE else None
    if pager.cursor is not None or after is not None:
        with st.container(horizontal=True):
            pager.turn(after)
    days = read.kept_days
    st.caption(ngettext("Events are kept for %(n)s day.", "Events are kept for %(n)s days.", days) % {"n": days})


def _cells(row: EventRow, read: Machines) -> tuple[Cell, ...]:
    number = row.customer_no
    fields = EVENT_KINDS[row.kind].fields if row.kind in EVENT_KINDS else tuple(row.payload)
    said = ", ".join(f"{name}: {_plain(row.payload[name])}" for name in fields if row.payload.get(name) is not None)
    return (
        Cell(format_datetime(row.at, read.time_zone)), _kind(row.kind),
        Cell(number or "—", address_of("customer", customer=number) if number else None), Cell(said),
    )  # fmt: skip


def _kind(kind: str) -> Cell:
    """The kind as machines name it, and what it means."""
    known = EVENT_KINDS.get(kind)
    about = f'<div class="gl-line">{escape(_(known.about))}</div>' if known else ""
    return Cell(html=f"<code>{escape(kind)}</code>{about}")


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
