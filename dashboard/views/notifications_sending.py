"""For the administrator: the mail server, the address of Greyledger in messages, and hosts inside the network."""

from __future__ import annotations

import streamlit as st

from dashboard.feedback import user_action
from dashboard.i18n import _
from dashboard.labels import label
from dashboard.views.notifications_reads import how_sent
from db.enums import MailSecurity
from services.context import Actor, unit_of_work
from services.notifications.rows import SendingRow
from services.notifications.sending import Wish, set_sending

_LAST_PORT = 65_535


def sending_tab(actor: Actor) -> None:
    """Draw the form."""
    row = how_sent(actor)
    if not row.smtp_host:
        st.info(_("No mail server is set: mails wait, and are given up after some hours."), icon=":material/mail:")
    with st.container(key="sending-form"), st.form("sending", border=True):
        _mail(row)
        st.text_input(
            _("Address of Greyledger"), row.public_url, key="sending-url", placeholder="https://greyledger.example.com",
            max_chars=200, help=_("Messages link to pages below it. Empty: messages hold no links."),
        )  # fmt: skip
        st.checkbox(
            _("Webhooks may go to hosts inside the network, and mail may go without encryption"),
            row.allows_private,
            key="sending-private",
        )
        saved = st.form_submit_button(_("Set how notices are sent"), type="primary", key="sending-save")
    if saved:
        _save(actor, row)


def _mail(row: SendingRow) -> None:
    host, port, security = st.columns([3, 1, 2])
    host.text_input(_("Mail server"), row.smtp_host, key="sending-host", placeholder="smtp.example.com", max_chars=200)
    port.number_input(_("Port"), 1, _LAST_PORT, row.smtp_port, key="sending-port")
    kinds = list(MailSecurity)
    security.selectbox(
        _("Encryption"), kinds, index=kinds.index(MailSecurity(row.smtp_security)), key="sending-security",
        format_func=lambda one: label("mail_security", one),
    )  # fmt: skip
    user, password = st.columns(2)
    user.text_input(_("User name"), row.smtp_user, key="sending-user", max_chars=200, autocomplete="off")
    password.text_input(
        _("Password"), key="sending-password", type="password", max_chars=200, autocomplete="new-password",
        placeholder=_("kept; write a new one to change it") if row.has_password else "",
    )  # fmt: skip
    st.text_input(_("From address"), row.mail_from, key="sending-from", placeholder="greyledger@example.com")


def _save(actor: Actor, row: SendingRow) -> None:
    state = st.session_state
    user = str(state["sending-user"])
    written = str(state["sending-password"] or "")
    with user_action(_("Set. Send yourself a test message to see whether it works")), unit_of_work(actor) as ctx:
        wish = Wish(
            str(state["sending-host"]), int(state["sending-port"]), str(state["sending-security"]), user,
            str(state["sending-from"]), str(state["sending-url"]), bool(state["sending-private"]),
            written or (None if user else ""),
        )  # fmt: skip
        set_sending(ctx, wish, row.version)
