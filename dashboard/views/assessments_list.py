"""The left half of the assessments page: a department's worklist, or the review queue."""

from __future__ import annotations

from html import escape

from dashboard.components.departments import DepartmentNames
from dashboard.components.desk import tick_key
from dashboard.components.level_badge import level_badge
from dashboard.components.open_row import open_row, row_head
from dashboard.i18n import _, format_date, format_number, ngettext
from dashboard.labels import label
from dashboard.views.assessments_selection import key_of, open_detail, row_name
from services.assessments import ReviewRow, TaskRow


def _head(*cells: tuple[str, str]) -> None:
    row_head("".join(f'<span class="gl-cell-{cell}">{escape(words)}</span>' for cell, words in cells))


def task_list(rows: tuple[TaskRow, ...], names: DepartmentNames, *, is_own: bool) -> None:
    """What a department has to do, the most pressing day first; in one's own list it is not named in every row."""
    _head(("level", _("Level")), ("who", _("Customer")), ("money", _("Due")), ("time", ""), ("owner", _("Who")))
    seen: dict[str, int] = {}
    for row in rows:
        name = row_name(key_of(row))
        seen[name] = seen.get(name, 0) + 1
        who = row.assignee or ("" if is_own else names.name(row.department))
        _task(row, who, name if seen[name] == 1 else f"{name}-again{seen[name]}")


def _task(row: TaskRow, who: str, name: str) -> None:
    late = row.days_left is not None and row.days_left < 0
    kind = label("task_kind", row.kind)
    words = f'<span class="gl-line">{escape(row.words.replace(chr(10), " · "))}</span>' if row.words else ""
    cells = (
        f'<span class="gl-cell-level">{level_badge(row.level, short=True)}</span>'
        f'<span class="gl-cell-who"><span class="gl-strong">{escape(row.customer_name)}</span> '
        f'<span class="gl-chip">{escape(kind)}</span>{words}</span>'
        f'<span class="gl-cell-money">{escape(_due_day(row))}</span>'
        f'<span class="gl-cell-time{" gl-late" if late else ""}">{escape(days_left_text(row.days_left))}</span>'
        f'<span class="gl-cell-owner">{escape(who)}</span>'
    )
    open_row(
        name, cells, _("Open %(name)s: %(what)s") % {"name": row.customer_name, "what": kind},
        on_click=open_detail, args=(key_of(row),),
    )  # fmt: skip


def _due_day(row: TaskRow) -> str:
    return _("now") if row.due_on is None else format_date(row.due_on)


def days_left_text(days: int | None) -> str:
    """`3 days left`, `2 days late`, `due today`."""
    if days is None:
        return _("never assessed")
    if days == 0:
        return _("due today")
    if days < 0:
        return ngettext("%(n)s day late", "%(n)s days late", -days) % {"n": format_number(-days)}
    return ngettext("%(n)s day left", "%(n)s days left", days) % {"n": format_number(days)}


def review_list(rows: tuple[ReviewRow, ...], names: DepartmentNames, *, may_tick: bool) -> None:
    """Proposals that wait, the longest waiting first."""
    _head(
        ("level", _("Proposal")), ("who", _("Customer")), ("money", _("Computed")), ("time", _("Waits")),
        ("owner", _("Reviewer")),
    )  # fmt: skip
    for row in rows:
        _review(row, names, may_tick)


def _review(row: ReviewRow, names: DepartmentNames, may_tick: bool) -> None:
    agrees = _("as computed") if row.agrees else _("deviates")
    waiting = [
        ngettext("%(n)s question open", "%(n)s questions open", row.open_requests) % {"n": row.open_requests}
        if row.open_requests else "",
        ngettext("%(n)s visit open", "%(n)s visits open", row.open_visits) % {"n": row.open_visits}
        if row.open_visits else "",
    ]  # fmt: skip
    line = " · ".join(filter(None, (names.name(row.department), row.assessor, *waiting, row.reason)))
    waits = ngettext("%(n)s day", "%(n)s days", row.days_waiting) % {"n": format_number(row.days_waiting)}
    cells = (
        f'<span class="gl-cell-level">{level_badge(row.level, short=True)}</span>'
        f'<span class="gl-cell-who"><span class="gl-strong">{escape(row.customer_name)}</span> '
        f'<span class="gl-chip">{escape(agrees)}</span><span class="gl-line">{escape(line)}</span></span>'
        f'<span class="gl-cell-money">{level_badge(row.computed_level, short=True)}</span>'
        f'<span class="gl-cell-time">{escape(waits)}</span>'
        f'<span class="gl-cell-owner">{escape(row.reviewer or _("nobody yet"))}</span>'
    )
    open_row(
        row_name(key_of(row)), cells,
        _("Open the proposal for %(name)s: %(level)s, %(agrees)s")
        % {"name": row.customer_name, "level": label("risk_level_short", row.level), "agrees": agrees},
        on_click=open_detail, args=(key_of(row),), tick=tick_key(row) if may_tick and row.may_finalise else None,
        ticked=_("Select the proposal for %(name)s") % {"name": row.customer_name},
    )  # fmt: skip
