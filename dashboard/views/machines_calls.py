"""The log of calls: what each webhook was told, how it answered, and having it sent again."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.address_filters import choice_filter
from dashboard.components.notice_words import error_text
from dashboard.components.pager import Pager
from dashboard.feedback import user_action
from dashboard.i18n import _, format_datetime, format_number, ngettext
from dashboard.labels import label
from dashboard.views.machines_reads import Machines, call_log
from db.enums import DeliveryState
from services.access import may
from services.context import Actor, unit_of_work
from services.machines.webhooks import CallRow, send_again

_SIZE = 25
_OVER = (DeliveryState.SENT, DeliveryState.GIVEN_UP)


def calls_tab(actor: Actor, read: Machines) -> None:
    """Draw the log, the newest first."""
    addresses = {str(one.id): one.url for one in read.webhooks}
    with st.container(horizontal=True, key="machines-calls-bar"):
        state = choice_filter(
            "state", list(DeliveryState), label=_("State"), words=lambda code: label("delivery_state", code),
            everything=_("Every state"), key="machines-state",
        )  # fmt: skip
        webhook = choice_filter(
            "webhook", list(addresses), label=_("Webhook"), words=lambda code: addresses[code],
            everything=_("Every webhook"), key="machines-webhook",
        )  # fmt: skip
    pager = Pager("calls", (actor.login, state, webhook), _SIZE)
    rows = call_log(actor, int(webhook) if webhook else None, state, pager.cursor, _SIZE + 1)
    if not rows:
        st.info(_("No such call was made."), icon=":material/webhook:")
    may_manage = may(actor, "api.manage")
    for row in rows[:_SIZE]:
        _call(actor, row, read, may_manage=may_manage)
    after = rows[_SIZE - 1].id if len(rows) > _SIZE else None
    if pager.cursor is not None or after is not None:
        with st.container(horizontal=True):
            pager.turn(after)


def _call(actor: Actor, row: CallRow, read: Machines, *, may_manage: bool) -> None:
    with st.container(key=f"machines-one-call-{row.id}", gap="small"):
        wrong = f"<div>{escape(error_text(row.error))}</div>" if row.error else ""
        about = " · ".join(filter(None, (row.customer_no, row.url)))
        st.html(
            f'<div class="gl-machine"><div><span class="gl-strong">{escape(row.kind)}</span>'
            f'<div class="gl-line">{escape(about)}</div>{wrong}</div>'
            f'<div class="gl-quiet">{escape(" · ".join(_facts(row, read)))}</div></div>'
        )
        if may_manage and row.state in _OVER:
            st.button(_("Send again"), key=f"machines-again-{row.id}", on_click=_again, args=(actor, row.id))


def _facts(row: CallRow, read: Machines) -> list[str]:
    said = [label("delivery_state", row.state)]
    if row.state in (DeliveryState.QUEUED, DeliveryState.FAILED):
        said.append(_("next %(when)s") % {"when": format_datetime(row.next_at, read.time_zone)})
    else:
        said.append(format_datetime(row.sent_at or row.queued_at, read.time_zone))
    if row.attempts:
        said.append(ngettext("tried once", "tried %(n)s times", row.attempts) % {"n": row.attempts})
    if row.status_code is not None:
        said.append(_("answer %(code)s in %(n)s ms") % {"code": row.status_code, "n": format_number(row.took_ms)})
    return said


def _again(actor: Actor, call: int) -> None:
    with user_action(_("It is sent again now")), unit_of_work(actor) as ctx:
        send_again(ctx, call)
