"""The webhooks by which other systems are told: added, paused, given a new secret, removed."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.feedback import user_action
from dashboard.i18n import _, format_datetime, ngettext, several
from dashboard.views.machines_reads import Machines
from dashboard.views.machines_secret import keep_secret, show_secret
from services.access import may
from services.context import Actor, unit_of_work
from services.events import EVENT_KINDS
from services.machines import webhooks as hooks
from services.machines.webhooks import WebhookRow

_URL, _KINDS = "machines-webhook-url", "machines-webhook-kinds"


def webhooks_tab(actor: Actor, read: Machines) -> None:
    """Draw the webhooks, and the form to add one."""
    show_secret()
    may_manage = may(actor, "api.manage")
    if not read.webhooks:
        st.info(
            _("There is no webhook yet. With one, another system is told at once; without, it asks for events itself."),
            icon=":material/webhook:",
        )
    for row in read.webhooks:
        _webhook(actor, row, read, may_manage=may_manage)
    if may_manage:
        _form(actor)


def _webhook(actor: Actor, row: WebhookRow, read: Machines, *, may_manage: bool) -> None:
    with st.container(key=f"machines-one-webhook-{row.id}", gap="small"):
        st.html(
            f'<div class="gl-machine"><div><span class="gl-strong">{escape(row.url)}</span>'
            f'<div class="gl-line">{escape(several(row.kinds))}</div></div>'
            f'<div class="gl-quiet">{escape(" · ".join(_standing(row, read)))}</div></div>'
        )
        if may_manage:
            _deeds(actor, row)


def _standing(row: WebhookRow, read: Machines) -> list[str]:
    said = [_("Called") if row.is_active else _("Paused")]
    if row.last_sent_at is not None:
        said.append(_("last arrived %(when)s") % {"when": format_datetime(row.last_sent_at, read.time_zone)})
    if row.waiting:
        said.append(ngettext("%(n)s call waits", "%(n)s calls wait", row.waiting) % {"n": row.waiting})
    if row.given_up:
        said.append(ngettext("%(n)s call given up", "%(n)s calls given up", row.given_up) % {"n": row.given_up})
    if row.failures:
        said.append(
            ngettext("failed %(n)s time in a row", "failed %(n)s times in a row", row.failures) % {"n": row.failures}
        )
    return said


def _deeds(actor: Actor, row: WebhookRow) -> None:
    with st.container(horizontal=True, gap="small"):
        st.button(
            _("Pause webhook") if row.is_active else _("Resume webhook"), key=f"machines-pause-{row.id}",
            on_click=_set_active, args=(actor, row.id, row.version, not row.is_active),
        )  # fmt: skip
        with st.popover(_("Choose events"), key=f"machines-choosing-{row.id}"):
            key = f"machines-kinds-{row.id}"
            if key not in st.session_state:
                st.session_state[key] = list(row.kinds)
            _kinds_of(key)
            st.button(
                _("Set its events"), key=f"machines-set-kinds-{row.id}", type="primary", on_click=_change_kinds,
                args=(actor, row.id, row.version),
            )  # fmt: skip
        with st.popover(_("New secret"), key=f"machines-renewing-{row.id}"):
            st.markdown(
                _("Calls are signed with the new secret from now on. Receivers that check the old one refuse them.")
            )
            st.button(
                _("Sign with a new secret"), key=f"machines-renew-{row.id}", type="primary", on_click=_renew,
                args=(actor, row),
            )  # fmt: skip
        with st.popover(_("Remove webhook"), key=f"machines-removing-{row.id}"):
            st.markdown(_("It is never called again, and what waits for it is given up. This can't be undone."))
            st.button(
                _("Remove it now"), key=f"machines-remove-{row.id}", type="primary", on_click=_remove,
                args=(actor, row.id, row.version),
            )  # fmt: skip


def _kinds_of(key: str) -> None:
    st.multiselect(
        _("Events"), list(EVENT_KINDS), key=key, placeholder=_("Choose events"),
        help="  \n".join(f"`{one.kind}` {_(one.about)}" for one in EVENT_KINDS.values()),
    )  # fmt: skip


def _set_active(actor: Actor, webhook: int, version: int, is_active: bool) -> None:
    done = _("Webhook resumed") if is_active else _("Webhook paused")
    with user_action(done), unit_of_work(actor) as ctx:
        hooks.set_active(ctx, webhook, version, is_active=is_active)


def _change_kinds(actor: Actor, webhook: int, version: int) -> None:
    with user_action(_("Events set")), unit_of_work(actor) as ctx:
        hooks.change_kinds(ctx, webhook, version, [str(one) for one in st.session_state[f"machines-kinds-{webhook}"]])


def _renew(actor: Actor, row: WebhookRow) -> None:
    with user_action() as outcome, unit_of_work(actor) as ctx:
        made = hooks.renew_secret(ctx, row.id, row.version)
    if outcome.succeeded:
        _show(row.url, made.secret)


def _remove(actor: Actor, webhook: int, version: int) -> None:
    with user_action(_("Webhook removed")), unit_of_work(actor) as ctx:
        hooks.remove_webhook(ctx, webhook, version)


def _show(url: str, secret: str) -> None:
    keep_secret(_("The secret that calls of %(address)s are signed with") % {"address": url}, secret)


def _form(actor: Actor) -> None:
    st.html(f'<h2 class="gl-section">{escape(_("Add a webhook"))}</h2>')
    with st.container(key="machines-webhook-form"), st.form("machines-webhook", border=True):
        st.text_input(_("Address"), key=_URL, max_chars=500, placeholder="https://erp.example.com/greyledger")
        _kinds_of(_KINDS)
        st.form_submit_button(
            _("Add webhook"), type="primary", key="machines-webhook-add", on_click=_add, args=(actor,)
        )


def _add(actor: Actor) -> None:
    """What was written stays in the form if it is refused."""
    state = st.session_state
    url = str(state[_URL])
    with user_action() as outcome, unit_of_work(actor) as ctx:
        made = hooks.add_webhook(ctx, url, [str(one) for one in state[_KINDS] or ()])
    if outcome.succeeded:
        _show(url.strip(), made.secret)
        state[_URL], state[_KINDS] = "", []
