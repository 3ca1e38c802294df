"""The left half of the listings page: candidates, proposals, who is listed, what was decided; and who is late."""

from __future__ import annotations

from html import escape

from dashboard.components.departments import DepartmentNames
from dashboard.components.listing_file import criteria_text, days_text, grade_mark, state_text
from dashboard.components.open_row import open_row, row_head
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.i18n import _, format_date, format_number
from dashboard.labels import label
from dashboard.views.listings_selection import key_of, open_detail, row_name
from services.listings import CandidateRow, LateRow, ListingRow


def _head(*cells: tuple[str, str]) -> None:
    row_head("".join(f'<span class="gl-cell-{cell}">{escape(words)}</span>' for cell, words in cells))


def candidate_list(rows: tuple[CandidateRow, ...], names: DepartmentNames, *, is_own: bool) -> None:
    """Signs that nobody has proposed on yet, the most pressing first; in one's own list no department is named."""
    _head(("level", _("Sign")), ("who", _("Customer")), ("money", _("Decide by")), ("time", ""), ("owner", _("Who")))
    for row in rows:
        department = "" if is_own else names.name(row.department)
        chip = f'<span class="gl-chip">{escape(_chip(row))}</span>'
        cells = (
            f'<span class="gl-cell-level">{escape(label("criterion", row.criterion))}</span>'
            f'<span class="gl-cell-who"><span class="gl-strong">{escape(row.customer_name)}</span> {chip}'
            f"{_candidate_lines(row, department)}</span>"
            f'<span class="gl-cell-money">{escape(format_date(row.deadline_on))}</span>'
            f"{_time(row.days_left)}"
            f'<span class="gl-cell-owner">{escape(row.assignee or _("nobody yet"))}</span>'
        )
        name = _("Open the candidate %(name)s: %(what)s") % {
            "name": row.customer_name, "what": label("criterion", row.criterion),
        }  # fmt: skip
        open_row(row_name(key_of(row)), cells, name, on_click=open_detail, args=(key_of(row),))


def _chip(row: CandidateRow) -> str:
    return _("paid since") if row.is_paid else label("candidate_source", row.source)


def _why(row: CandidateRow) -> str:
    first = row.facts[0] if row.facts else None
    return "" if first is None else f"{label('evidence_table', first.table)} {first.no}"


def _time(days: int | None) -> str:
    late = " gl-late" if days is not None and days < 0 else ""
    return f'<span class="gl-cell-time{late}">{escape(days_text(days))}</span>'


def listing_list(rows: tuple[ListingRow, ...], names: DepartmentNames, *, is_own: bool) -> None:
    """Proposals (the most pressing first), listed customers or decisions (the newest first)."""
    is_open = any(row.days_left is not None for row in rows)
    day = _("Decide by") if is_open else _("Decided")
    _head(("level", _("Grade")), ("who", _("Customer")), ("money", day), ("time", ""), ("owner", _("Who")))
    for row in rows:
        _listing(row, "" if is_own else names.name(row.customer_department))


def _listing(row: ListingRow, department: str) -> None:
    is_listed = row.state == "confirmed"
    is_wrong = is_listed and row.correction is not None
    chip = _("held for wrong") if is_wrong else state_text(row)
    # A list of listed customers need not say of each that it is listed.
    chip_html = "" if is_listed and not is_wrong else f'<span class="gl-chip">{escape(chip)}</span>'
    first = " · ".join(filter(None, (criteria_text(row.criteria), department)))
    day = row.deadline_on if row.decided_on is None else row.decided_on
    who = row.decider or row.reviewer or row.proposer or ""
    cells = (
        f'<span class="gl-cell-level">{grade_mark(row.grade)}</span>'
        f'<span class="gl-cell-who"><span class="gl-strong">{escape(row.customer_name)}</span> '
        f"{chip_html}{_lines(first, row.statement)}</span>"
        f'<span class="gl-cell-money">{escape(format_date(day))}</span>{_time(row.days_left)}'
        f'<span class="gl-cell-owner">{escape(who)}</span>'
    )
    name = _("Open the listing of %(name)s: %(what)s") % {"name": row.customer_name, "what": chip}
    open_row(row_name(key_of(row)), cells, name, on_click=open_detail, args=(key_of(row),))


def _candidate_lines(row: CandidateRow, department: str) -> str:
    """Words of a tip get a line of their own."""
    if row.words:
        return _lines(department, row.words)
    return _lines(" · ".join(filter(None, (_why(row), department))), None)


def _lines(first: str, second: str | None) -> str:
    """What stands under a name: one line each, cut where it is too long."""
    return "".join(
        f'<span class="gl-line">{escape(one)}</span>' for one in (first, (second or "").replace("\n", " ")) if one
    )


def late_table(rows: tuple[LateRow, ...], names: DepartmentNames) -> None:
    """Who has how much to decide, and how much of it too late."""
    plain_table(
        [
            Head(_("Department"), is_whole=True), Head(_("Who looks into it"), is_whole=True),
            Head(_("Undecided"), is_figure=True), Head(_("Due soon"), is_figure=True),
            Head(_("Late"), is_figure=True), Head(_("Worst, days late"), is_figure=True),
        ],
        [
            [
                Cell(names.name(row.department)), Cell(row.person or _("nobody yet")), Cell(format_number(row.open)),
                Cell(format_number(row.soon)), Cell(format_number(row.late)), Cell(format_number(row.worst_days)),
            ]
            for row in rows
        ],
    )  # fmt: skip
