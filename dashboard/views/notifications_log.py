"""For the administrator: what was sent to whom, what went wrong, and having it tried again."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.address_filters import choice_filter
from dashboard.components.departments import department_names
from dashboard.components.notice_words import error_text
from dashboard.components.pager import Pager
from dashboard.feedback import user_action
from dashboard.i18n import _, format_datetime, ngettext, with_aside
from dashboard.labels import label
from dashboard.views.notifications_reads import log
from db.enums import DeliveryState
from services.context import Actor, unit_of_work
from services.notifications import NOTICE_KINDS
from services.notifications.deliveries import try_again
from services.notifications.rows import DeliveryRow

_SIZE = 25


def log_tab(actor: Actor) -> None:
    """Draw the log, the newest first."""
    state = choice_filter(
        "state", list(DeliveryState), label=_("State"), words=lambda code: label("delivery_state", code),
        everything=_("Every state"), key="log-state",
    )  # fmt: skip
    pager = Pager("sendings", (actor.login, state), _SIZE)
    rows, time_zone = log(actor, state, pager.cursor, _SIZE + 1)
    if not rows:
        st.info(_("Nothing was sent yet."), icon=":material/send:")
        return
    owners = department_names(actor)
    for row in rows[:_SIZE]:
        _sending(actor, row, owners.name(row.owner), time_zone)
    after = rows[_SIZE - 1].id if len(rows) > _SIZE else None
    with st.container(horizontal=True):
        if pager.cursor is not None or after is not None:
            pager.turn(after)


def _sending(actor: Actor, row: DeliveryRow, owner: str, time_zone: str) -> None:
    with st.container(key=f"sending-{row.id}", gap="small"):
        to = with_aside(owner, f"{label('notice_channel', row.channel)} {row.address}")
        tried = ngettext("tried once", "tried %(n)s times", row.attempts) % {"n": row.attempts} if row.attempts else ""
        facts = (label("delivery_state", row.state), _when(row, time_zone), tried)
        wrong = f"<div>{escape(error_text(row.error))}</div>" if row.error else ""
        st.html(
            f'<div class="gl-sending"><div><span class="gl-strong">{escape(_(NOTICE_KINDS[row.kind].name))}</span>'
            f'<div class="gl-line">{escape(to)}</div>{wrong}</div>'
            f'<div class="gl-quiet">{escape(" · ".join(filter(None, facts)))}</div></div>'
        )
        if row.state == DeliveryState.GIVEN_UP:
            st.button(_("Try again"), key=f"sending-again-{row.id}", on_click=_again, args=(actor, row.id))


def _when(row: DeliveryRow, time_zone: str) -> str:
    if row.state in (DeliveryState.QUEUED, DeliveryState.FAILED):
        return _("next %(when)s") % {"when": format_datetime(row.next_at, time_zone)}
    return format_datetime(row.sent_at or row.queued_at, time_zone)


def _again(actor: Actor, delivery: int) -> None:
    with user_action(_("It is tried again now")), unit_of_work(actor) as ctx:
        try_again(ctx, delivery)
