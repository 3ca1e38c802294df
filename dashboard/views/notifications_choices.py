"""What a person is sent, by which medium and when: one form, kept as a whole."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.feedback import user_action
from dashboard.i18n import _, format_number
from dashboard.labels import label
from dashboard.views.notifications_reads import own_choices
from db.enums import NoticeMedium, NoticeMode
from services.context import Actor, unit_of_work
from services.notifications import NOTICE_KINDS, NoticeKind
from services.notifications.choices import choose, parsed_time
from services.notifications.rhythm import Hours
from services.notifications.rows import Choices

_LONGEST_TIME = 5


def choices_tab(actor: Actor) -> None:
    """Draw the form."""
    own = own_choices(actor)
    st.caption(
        _(
            "Everything is in your list here. What is sent besides goes to your addresses; urgent notices are sent "
            "in the quiet hours too."
        )
    )
    with st.form("notices-choices", border=False):
        for kind in _kinds_for(actor):
            _kind(kind, own)
        st.html(f'<h2 class="gl-section">{escape(_("Hours"))}</h2>')
        with st.container(key="notices-hours"):
            _hours(own.hours)
        saved = st.form_submit_button(_("Keep my choices"), type="primary", key="notices-choices-save")
    if saved:
        _save(actor)


def _kinds_for(actor: Actor) -> list[NoticeKind]:
    """The kinds that this person can get at all."""
    return [one for one in NOTICE_KINDS.values() if one.leaves_house and (not one.roles or actor.role in one.roles)]


def _kind(kind: NoticeKind, own: Choices) -> None:
    with st.container(key=f"notices-kind-{kind.code}", gap="small"):
        words = st.columns([5, 3, 3], vertical_alignment="center")
        urgent = f' <span class="gl-chip">{escape(_("urgent"))}</span>' if kind.is_urgent else ""
        words[0].html(
            f'<div>{escape(_(kind.name))}{urgent}</div><div class="gl-quiet gl-line">{escape(_(kind.who))}</div>'
        )
        for column, medium in zip(words[1:], NoticeMedium, strict=True):
            modes = list(NoticeMode)
            column.selectbox(
                label("notice_medium", medium), modes, index=modes.index(own.modes[kind.code, medium]),
                format_func=lambda mode: label("notice_mode", mode), key=_key(kind.code, medium),
            )  # fmt: skip


def _key(kind: str, medium: str) -> str:
    return f"notices-mode-{kind}-{medium}"


def _hours(hours: Hours) -> None:
    first, second, third = st.columns(3)
    first.text_input(
        _("Quiet from"), f"{hours.quiet_from:%H:%M}" if hours.quiet_from else "", key="notices-quiet-from",
        placeholder="22:00", max_chars=_LONGEST_TIME, help=_("Leave both empty for no quiet hours."),
    )  # fmt: skip
    second.text_input(
        _("Quiet until"), f"{hours.quiet_until:%H:%M}" if hours.quiet_until else "", key="notices-quiet-until",
        placeholder="07:00", max_chars=_LONGEST_TIME,
    )  # fmt: skip
    third.selectbox(
        _("Daily message at"), range(24), index=hours.digest_hour, key="notices-digest-hour",
        format_func=digest_hour_text,
    )  # fmt: skip


def digest_hour_text(hour: int) -> str:
    """An hour as a clock shows it."""
    return f"{format_number(hour).zfill(2)}:00"


def _save(actor: Actor) -> None:
    state = st.session_state
    with user_action(_("Your choices are kept")) as outcome, unit_of_work(actor) as ctx:
        modes = {
            (kind.code, medium.value): str(state[_key(kind.code, medium)])
            for kind in _kinds_for(actor)
            for medium in NoticeMedium
        }
        hours = Hours(
            parsed_time(str(state["notices-quiet-from"])), parsed_time(str(state["notices-quiet-until"])),
            int(state["notices-digest-hour"]),
        )  # fmt: skip
        choose(ctx, modes, hours)
    if outcome.succeeded:
        st.success(_("From now on notices are sent this way. What waits already keeps its time."))
