"""The settings of the policy, clause by clause: in force, to come, and every value there ever was."""

from __future__ import annotations

from html import escape
from itertools import groupby

import streamlit as st

from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.components.setting_words import CLAUSES, setter_text, setting_text, since_text
from dashboard.i18n import NO_VALUE, _, format_datetime
from dashboard.views.policy_proposals import proposal_form, proposals_part
from dashboard.views.policy_reads import PolicyReading
from services.access import may
from services.context import Actor
from services.policy_settings import SettingRow


def settings_part(actor: Actor, read: PolicyReading) -> None:
    """Draw the settings, what waits for a decision before them."""
    proposals_part(actor, read)
    for clause, rows in groupby(sorted(read.settings, key=lambda one: one.clause), key=lambda one: one.clause):
        title = _("Clause %(clause)s: %(title)s") % {"clause": clause, "title": _(CLAUSES[clause])}
        st.html(f'<h2 class="gl-section">{escape(title)}</h2>')
        plain_table(
            [
                Head(_("Setting"), width=36),
                Head(_("In force"), width=13),
                Head(_("Holds from"), width=13),
                Head(_("Set by"), width=14),
                Head(_("Shipped value"), width=11),
                Head(_("To come"), width=13),
            ],
            [_cells(one) for one in rows],
        )
    _history(read)
    if may(actor, "policy.set"):
        proposal_form(read)


def _cells(one: SettingRow) -> list[Cell]:
    value = escape(setting_text(one.unit, one.value))
    coming = "<br>".join(
        escape(_("%(value)s from %(day)s") % {"value": setting_text(one.unit, later.value), "day": since_text(later)})
        for later in one.coming
    )
    shipped = _("same") if one.is_default else setting_text(one.unit, one.default)
    return [
        Cell(html=f'{escape(_(one.text))}<br><code class="gl-quiet">{escape(one.key)}</code>'),
        Cell(html=f'<span class="gl-strong">{value}</span>'),
        Cell(since_text(one.current)),
        Cell(setter_text(one.current)),
        Cell(shipped),
        Cell(html=coming or NO_VALUE),
    ]


def _history(read: PolicyReading) -> None:
    """Every value that was set, newest first: on demand."""
    changes = sorted(
        ((value.set_at, one, value) for one in read.settings for value in one.history),
        key=lambda change: change[0],
        reverse=True,
    )
    with st.expander(_("All values that were ever set"), key="policy-history", on_change="rerun") as history:
        if not history.open:
            return
        if not changes:
            st.caption(_("Nobody has set anything yet: every setting has the value it ships with."))
            return
        plain_table(
            [Head(_("Set")), Head(_("Setting")), Head(_("Value")), Head(_("Holds from")), Head(_("Set by"))],
            [
                [
                    Cell(format_datetime(at, read.time_zone)),
                    Cell(_(one.text)),
                    Cell(setting_text(one.unit, value.value)),
                    Cell(since_text(value)),
                    Cell(setter_text(value)),
                ]
                for at, one, value in changes
            ],
        )
