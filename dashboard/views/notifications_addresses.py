"""Addresses of a person or of departments: added, tested, removed. An address is never shown again in full."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.departments import DepartmentNames, department_names
from dashboard.components.notice_words import error_text
from dashboard.feedback import user_action
from dashboard.i18n import NAMES, _, format_datetime, with_value
from dashboard.labels import label
from dashboard.notice_letters import letter
from dashboard.views.notifications_departments import department_hours
from dashboard.views.notifications_reads import addresses
from db.enums import NoticeChannel
from services.access import may
from services.context import Actor, unit_of_work
from services.notifications.addresses import FIXED_HOSTS, SIGNING, example_of
from services.notifications.errand import send_test
from services.notifications.rows import TargetRow
from services.notifications.targets import add_target, remove_target


def addresses_tab(actor: Actor, *, of_departments: bool) -> None:
    """Draw the addresses, and the form to add one."""
    _carry_out(actor)
    names = department_names(actor)
    rows, time_zone = addresses(actor, of_departments=of_departments)
    if not rows:
        st.info(
            _("No department has an address yet. A group robot of DingTalk, WeCom or Feishu is a good start.")
            if of_departments
            else _("You have no address yet, so that nothing is sent: you are told here only."),
            icon=":material/alternate_email:",
        )
    for row in rows:
        _address(row, names, time_zone)
    _form(actor, names, of_departments=of_departments)
    if of_departments:
        department_hours(actor, names)


def _address(row: TargetRow, names: DepartmentNames, time_zone: str) -> None:
    owner = names.name(row.owner) if row.is_of_department else ""
    title = with_value(label("notice_channel", row.channel), row.masked)
    with st.container(key=f"address-{row.id}", border=True, gap="small"):
        about = f'<div class="gl-strong">{escape(" · ".join(filter(None, (owner, title))))}</div>'
        st.html(about + f'<div class="gl-quiet">{escape(_standing(row, time_zone))}</div>')
        if row.last_error:
            st.warning(error_text(row.last_error), icon=":material/error:")
        with st.container(horizontal=True, gap="small"):
            st.button(
                _("Send a test message"), key=f"address-test-{row.id}", icon=":material/send:", on_click=_note,
                args=("test", row.id, row.version), type="primary" if row.verified_at is None else "secondary",
            )  # fmt: skip
            st.button(
                _("Remove address"),
                key=f"address-remove-{row.id}",
                on_click=_note,
                args=("remove", row.id, row.version),
            )


def _standing(row: TargetRow, time_zone: str) -> str:
    if row.verified_at is None:
        return _("Not in use yet: send a test message. Once it arrives, notices are sent here.")
    if row.last_sent_at is None:
        return _("In use. Nothing was sent here yet.")
    return _("In use. Last sent %(when)s") % {"when": format_datetime(row.last_sent_at, time_zone)}


def _note(command: str, target: int, version: int) -> None:
    st.session_state["address-deed"] = (command, target, version)


def _carry_out(actor: Actor) -> None:
    """Do what was decided since the last run. A test message is sent outside of any transaction."""
    command, target, version = st.session_state.pop("address-deed", ("", 0, 0))
    if command == "test":
        with st.spinner(_("Sending")), user_action(_("Sent: the address is in use")):
            send_test(actor, target, letter)
    elif command == "remove":
        with user_action(_("Address removed")), unit_of_work(actor) as ctx:
            remove_target(ctx, target, version)
    elif command == "add":
        _add(actor)


def _form(actor: Actor, names: DepartmentNames, *, of_departments: bool) -> None:
    st.html(f'<h2 class="gl-section">{escape(_("Add an address"))}</h2>')
    channels = [one for one in NoticeChannel if one in FIXED_HOSTS or may(actor, "notification.configure")]
    with st.container(key="address-form", border=True, gap="small"):
        channel = st.selectbox(
            _("Kind of address"), channels, format_func=lambda one: label("notice_channel", one), key="address-channel"
        )
        if of_departments:
            st.selectbox(_("Department"), names.codes, format_func=names.name, key="address-department")
            st.selectbox(
                _("Language of the messages"), list(NAMES), format_func=lambda one: NAMES[one], key="address-language"
            )
        st.text_input(
            _("Address"), key="address-written", max_chars=500, placeholder=example_of(channel),
            type="default" if channel == NoticeChannel.EMAIL else "password", autocomplete="off",
        )  # fmt: skip
        if channel in SIGNING:
            st.text_input(
                _("Secret to sign with, if the robot has one"), key="address-signing", max_chars=200, type="password",
                autocomplete="off",
            )  # fmt: skip
        st.caption(_about(channel))
        st.button(_("Add address"), key="address-add", type="primary", on_click=_note, args=("add", 0, 0))
    st.session_state["address-of-departments"] = of_departments


def _about(channel: str) -> str:
    """Where the address comes from."""
    if channel == NoticeChannel.EMAIL:
        return _("Kept encrypted. Mails need the mail server that your administrator sets.")
    if channel in (NoticeChannel.DINGTALK, NoticeChannel.WECOM, NoticeChannel.FEISHU, NoticeChannel.LARK):
        return _(
            "In the group: add a custom robot and copy the address it shows. Where it asks for a keyword, give it "
            "“Greyledger”. The address is kept encrypted and not shown again."
        )
    if channel == NoticeChannel.WEBHOOK:
        return _("Greyledger posts JSON there. Redirects are not followed; hosts inside your network are refused.")
    return _("As Apprise writes it. The address is kept encrypted and not shown again.")


def _add(actor: Actor) -> None:
    """What was written stays in the form if it is refused."""
    state = st.session_state
    is_department = bool(state.get("address-of-departments"))
    with user_action(_("Address added: send it a test message")) as outcome, unit_of_work(actor) as ctx:
        add_target(
            ctx, str(state.get("address-channel") or ""), str(state.get("address-written") or ""),
            signing_secret=str(state.get("address-signing") or ""),
            department_code=str(state.get("address-department") or "") if is_department else None,
            language=str(state["address-language"]) if is_department and state.get("address-language") else None,
        )  # fmt: skip
    if outcome.succeeded:
        for name in ("address-written", "address-signing"):
            state[name] = ""
