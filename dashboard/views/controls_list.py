"""The left half of the measures page: what waits for somebody, what holds, or what has ended."""

from __future__ import annotations

from html import escape

from dashboard.components.control_words import control_title, demands_text, reason_text
from dashboard.components.departments import DepartmentNames
from dashboard.components.desk import tick_key
from dashboard.components.level_badge import level_badge
from dashboard.components.open_row import open_row, row_head
from dashboard.i18n import _, format_date, format_number, ngettext
from dashboard.labels import label
from dashboard.views.controls_selection import key_of, open_detail, row_name
from services.access import may
from services.context import Actor
from services.controls import ControlRow, ControlTask, is_strict


def control_list(actor: Actor, rows: tuple[ControlRow, ...], names: DepartmentNames, currency: str, view: str) -> None:
    """The rows of a view."""
    what, when = {
        "work": (_("What to do"), ""), "active": (_("In force from"), _("Last day")),
        "ended": (_("Ended on"), _("Ended as")),
    }[view]  # fmt: skip
    cells = (
        ("level", _("Level")), ("who", _("Customer")), ("money", what), ("time", when), ("owner", _("Department")),
    )  # fmt: skip
    row_head("".join(f'<span class="gl-cell-{cell}">{escape(words)}</span>' for cell, words in cells))
    for row in rows:
        _row(actor, row, names, currency, view)


def may_approve(actor: Actor, row: ControlRow) -> bool:
    """Whether this person may decide on a proposal."""
    right = "control.approve_strict" if is_strict(row.kind, row.force) else "control.approve"
    return row.state == "proposed" and may(actor, right) and row.proposed_by_id != actor.user_id


def _row(actor: Actor, row: ControlRow, names: DepartmentNames, currency: str, view: str) -> None:
    title = control_title(row)
    line = " · ".join(part for part in (demands_text(row.kind, row.demands, currency), reason_text(row)) if part)
    what, when, is_late = _last_cells(row, view)
    cells = (
        f'<span class="gl-cell-level">{level_badge(row.risk_level, short=True)}</span>'
        f'<span class="gl-cell-who"><span class="gl-strong">{escape(row.customer_name)}</span> '
        f'<span class="gl-chip">{escape(title)}</span><span class="gl-line">{escape(line)}</span></span>'
        f'<span class="gl-cell-money">{escape(what)}</span>'
        f'<span class="gl-cell-time{" gl-late" if is_late else ""}">{escape(when)}</span>'
        f'<span class="gl-cell-owner">{escape(names.name(row.department))}</span>'
    )
    open_row(
        row_name(key_of(row)), cells,
        _("Open the measure on %(name)s: %(what)s") % {"name": row.customer_name, "what": title},
        on_click=open_detail, args=(key_of(row),),
        tick=tick_key(row) if view == "work" and may_approve(actor, row) else None,
        ticked=_("Select the measure on %(name)s: %(what)s") % {"name": row.customer_name, "what": title},
    )  # fmt: skip


def _last_cells(row: ControlRow, view: str) -> tuple[str, str, bool]:
    if view == "ended":
        ending = label("control_end", row.ended_as) if row.ended_as else label("control_state", row.state)
        return format_date(row.ended_on), ending, False
    if view == "active":
        until = _("until it is lifted") if row.expires_on is None else format_date(row.expires_on)
        return format_date(row.starts_on), until, False
    return label("control_task", row.task), when_text(row), row.task == ControlTask.REVIEW and _days(row) < 0


def _days(row: ControlRow) -> int:
    """Days from now until what it waits for; negative: that long ago. The business date came with the row."""
    return 0 if row.due_on is None or row.seen_on is None else (row.due_on - row.seen_on).days


def when_text(row: ControlRow) -> str:
    """`waits 3 days`, `2 days late`, `in 5 days`, `today`."""
    days = _days(row)
    if days == 0:
        return _("today")
    if row.task == ControlTask.APPROVE:
        return ngettext("waits %(n)s day", "waits %(n)s days", -days) % {"n": format_number(-days)}
    if days < 0:
        return ngettext("%(n)s day late", "%(n)s days late", -days) % {"n": format_number(-days)}
    return ngettext("%(n)s day left", "%(n)s days left", days) % {"n": format_number(days)}
