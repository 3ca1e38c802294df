"""When the addresses of a department are sent to: the administrator's choice for each department."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.departments import DepartmentNames
from dashboard.feedback import user_action
from dashboard.i18n import _
from dashboard.labels import label
from dashboard.views.notifications_choices import digest_hour_text
from dashboard.views.notifications_reads import for_departments
from db.enums import NoticeMode
from services.context import Actor, unit_of_work
from services.notifications.choices import parsed_time
from services.notifications.department_choices import BY_KIND, choose_for_department
from services.notifications.rhythm import Hours

_BY_KIND = ""
_LONGEST_TIME = 5


def department_hours(actor: Actor, names: DepartmentNames) -> None:
    """Draw the form for one department at a time."""
    st.html(f'<h2 class="gl-section">{escape(_("When a department is sent its messages"))}</h2>')
    with st.container(key="department-hours", border=True, gap="small"):
        code = st.selectbox(_("Department"), names.codes, format_func=names.name, key="hours-department")
        if code is None:
            st.caption(_("There are no departments yet."))
            return
        own = for_departments(actor).get(code, BY_KIND)
        modes = [_BY_KIND, *NoticeMode]
        with st.form(f"department-hours-{code}", border=False):
            columns = st.columns([2, 1, 1, 1])
            columns[0].selectbox(
                _("When it is sent"), modes, index=modes.index(own.mode or _BY_KIND), format_func=_mode_text,
                key=f"hours-mode-{code}", help=_("Urgent notices are sent at once, in the quiet hours too."),
            )  # fmt: skip
            columns[1].text_input(
                _("Quiet from"), f"{own.hours.quiet_from:%H:%M}" if own.hours.quiet_from else "",
                key=f"hours-from-{code}", placeholder="22:00", max_chars=_LONGEST_TIME,
                help=_("Leave both empty for no quiet hours."),
            )  # fmt: skip
            columns[2].text_input(
                _("Quiet until"), f"{own.hours.quiet_until:%H:%M}" if own.hours.quiet_until else "",
                key=f"hours-until-{code}", placeholder="07:00", max_chars=_LONGEST_TIME,
            )  # fmt: skip
            columns[3].selectbox(
                _("Daily message at"), range(24), index=own.hours.digest_hour, key=f"hours-digest-{code}",
                format_func=digest_hour_text,
            )  # fmt: skip
            saved = st.form_submit_button(_("Keep for this department"), key=f"hours-save-{code}")
    if saved:
        _save(actor, code)


def _mode_text(mode: str) -> str:
    return label("notice_mode", mode) if mode else _("As each kind of notice says")


def _save(actor: Actor, code: str) -> None:
    state = st.session_state
    with user_action(_("Kept for the department")), unit_of_work(actor) as ctx:
        hours = Hours(
            parsed_time(str(state[f"hours-from-{code}"])), parsed_time(str(state[f"hours-until-{code}"])),
            int(state[f"hours-digest-{code}"]),
        )  # fmt: skip
        choose_for_department(ctx, code, str(state[f"hours-mode-{code}"]) or None, hours)
