"""The tokens that other systems ask with: in use first; made and revoked by administrators."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.departments import DepartmentNames, department_names
from dashboard.feedback import user_action
from dashboard.i18n import _, format_date, format_datetime, format_number, ngettext, several, with_aside
from dashboard.labels import label
from dashboard.views.machines_reads import Machines
from dashboard.views.machines_secret import keep_secret, show_secret
from db.enums import ApiScope
from services.access import may
from services.context import Actor, unit_of_work
from services.machines.tokens import (
    DEFAULT_DAYS,
    DEFAULT_PER_MINUTE,
    MOST_PER_MINUTE,
    TokenRow,
    make_token,
    revoke_token,
)

_NAME, _SCOPES, _DAYS, _DEPARTMENT, _RATE = (
    "machines-token-name", "machines-token-scopes", "machines-token-days", "machines-token-department",
    "machines-token-rate",
)  # fmt: skip


def tokens_tab(actor: Actor, read: Machines) -> None:
    """Draw the tokens, and the form to make one."""
    show_secret()
    names = department_names(actor)
    may_manage = may(actor, "api.manage")
    if not read.tokens:
        st.info(_("There is no token yet: other systems are not answered."), icon=":material/key:")
    for row in read.tokens:
        _token(actor, row, read, names, may_manage=may_manage)
    if may_manage:
        _form(actor, read, names)


def _token(actor: Actor, row: TokenRow, read: Machines, names: DepartmentNames, *, may_manage: bool) -> None:
    with st.container(key=f"machines-one-token-{row.id}", gap="small"):
        scopes = several(label("api_scope", one) for one in row.scopes)
        whose = _("customers of %(department)s") % {"department": names.name(row.department)} if row.department else ""
        rate = ngettext("%(n)s call a minute at most", "%(n)s calls a minute at most", row.per_minute) % {
            "n": format_number(row.per_minute)
        }
        about = " · ".join(filter(None, (scopes, whose, rate)))
        beside = may_manage and row.is_usable(read.now)
        facts, deed = st.columns([6, 1], vertical_alignment="center") if beside else (st.container(), None)
        facts.html(
            f'<div class="gl-machine"><div><span class="gl-strong">{escape(row.name)}</span> '
            f'<code class="gl-quiet">{escape(row.hint)}</code><div class="gl-line">{escape(about)}</div></div>'
            f'<div class="gl-quiet">{escape(_standing(row, read))}</div></div>'
        )
        if deed is not None:
            with deed:
                _revoking(actor, row)


def _standing(row: TokenRow, read: Machines) -> str:
    if row.revoked_at is not None:
        when = format_datetime(row.revoked_at, read.time_zone)
        return _("Revoked %(when)s by %(who)s") % {"when": when, "who": row.revoked_by or ""}
    if not row.is_usable(read.now):
        return _("Ended on %(day)s") % {"day": format_date(row.expires_at.date())}
    used = (
        _("last used %(when)s") % {"when": format_datetime(row.last_used_at, read.time_zone)}
        if row.last_used_at
        else _("not used yet")
    )
    return with_aside(_("Ends on %(day)s") % {"day": format_date(row.expires_at.date())}, used)


def _revoking(actor: Actor, row: TokenRow) -> None:
    with st.popover(_("Revoke"), key=f"machines-revoking-{row.id}"):
        st.markdown(
            _(
                "Whoever asks with %(name)s is refused within seconds. This can't be undone; a new token needs a "
                "new name."
            )
            % {"name": row.name}
        )
        st.button(
            _("Revoke %(name)s now") % {"name": row.name}, key=f"machines-revoke-{row.id}", type="primary",
            on_click=_revoke, args=(actor, row.id, row.version),
        )  # fmt: skip


def _revoke(actor: Actor, token: int, version: int) -> None:
    with user_action(_("Token revoked")), unit_of_work(actor) as ctx:
        revoke_token(ctx, token, version)


def _form(actor: Actor, read: Machines, names: DepartmentNames) -> None:
    st.html(f'<h2 class="gl-section">{escape(_("Make a token"))}</h2>')
    with st.container(key="machines-token-form"), st.form("machines-token", border=True):
        st.text_input(_("Name"), key=_NAME, max_chars=40, placeholder="erp-orders")
        st.pills(
            _("May be used for"), list(ApiScope), selection_mode="multi", key=_SCOPES,
            format_func=lambda one: label("api_scope", one),
        )  # fmt: skip
        days, rate = st.columns(2)
        longest = read.longest_days
        days.number_input(_("Days until it ends"), 1, longest, min(DEFAULT_DAYS, longest), key=_DAYS)
        rate.number_input(_("Calls a minute at most"), 1, MOST_PER_MINUTE, DEFAULT_PER_MINUTE, key=_RATE)
        st.selectbox(
            _("Whose customers"), ["", *names.codes], key=_DEPARTMENT,
            format_func=lambda code: names.name(code) if code else _("Of all departments"),
            help=_("Narrows customer status and events. The order gate and screening always look at everybody."),
        )  # fmt: skip
        st.form_submit_button(_("Make token"), type="primary", key="machines-token-make", on_click=_make, args=(actor,))


def _make(actor: Actor) -> None:
    """What was written stays in the form if it is refused."""
    state = st.session_state
    with user_action() as outcome, unit_of_work(actor) as ctx:
        made = make_token(
            ctx, str(state[_NAME]), [str(one) for one in state[_SCOPES] or ()], days=int(state[_DAYS]),
            department=str(state[_DEPARTMENT] or "") or None, per_minute=int(state[_RATE]),
        )  # fmt: skip
    if outcome.succeeded:
        keep_secret(_("The token %(name)s") % {"name": made.row.name}, made.secret)
        state[_NAME], state[_SCOPES], state[_DEPARTMENT] = "", [], ""
