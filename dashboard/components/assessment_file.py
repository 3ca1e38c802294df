"""An assessment as it lies in the file: both grades side by side, what was asked, what was seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard.components.departments import DepartmentNames
from dashboard.components.level_badge import level_badge
from dashboard.i18n import NO_VALUE, _, format_date, format_datetime, format_number, ngettext, quoted
from dashboard.labels import LABELS, label
from services.assessments import AssessmentFile, AssessmentRow, RequestRow, VisitRow, photo_content
from services.context import Actor, unit_of_work

_PHOTO_WIDTH = 260


def grades_html(file: AssessmentFile, names: DepartmentNames) -> str:
    """Initial and final grade side by side, with what the scorecard said, who, when and why; by dimension below."""
    columns = [one for one in (file.initial, file.final) if one is not None]
    cells = "".join(f'<div class="gl-grade-card">{_grade(one, names)}</div>' for one in columns)
    return f'<div class="gl-grades">{cells}</div>{_dimensions(columns)}'


def _grade(row: AssessmentRow, names: DepartmentNames) -> str:
    who = " · ".join(filter(None, (row.assessor, names.name(row.department), format_date(row.assessed_on))))
    lines = [
        f'<div class="gl-label">{escape(label("assessment_stage", row.stage))}</div>',
        f"<div>{level_badge(row.level)} {_chip(row)}</div>",
        f'<div class="gl-quiet">{escape(who)}</div>',
    ]
    if row.computed_level is not None or row.computed_score is not None:
        lines.append(f"<div>{escape(_computed(row))}</div>")
    if row.is_override and row.expires_on is not None:
        ended = _("Override, ended on %(day)s") if row.ended_on else _("Override until %(day)s")
        lines.append(f"<div>{escape(ended % {'day': format_date(row.ended_on or row.expires_on)})}</div>")
    lines += [f'<div class="gl-words">{escape(quoted(words))}</div>' for words in (row.reason,) if words]
    if row.returned_reason:
        lines.append(f"<div>{escape(_('Returned: %(why)s') % {'why': row.returned_reason})}</div>")
    return "".join(lines)


def _chip(row: AssessmentRow) -> str:
    if row.stage == "final" or row.assessor_id is None:
        return ""
    return f'<span class="gl-chip">{escape(label("assessment_state", row.state))}</span>'


def _computed(row: AssessmentRow) -> str:
    words = {
        "level": label("risk_level_short", row.computed_level),
        "score": NO_VALUE if row.computed_score is None else format_number(row.computed_score, 1),
    }  # fmt: skip
    if row.deviates:
        return _("Deviates: the scorecard said %(level)s (%(score)s)") % words
    return _("As the scorecard said: %(level)s (%(score)s)") % words


def _dimensions(columns: Sequence[AssessmentRow]) -> str:
    named = [one for one in LABELS["dimension"] if any(one in row.dimension_levels for row in columns)]
    if not named:
        return ""
    head = "".join(f"<th>{escape(label('assessment_stage', row.stage))}</th>" for row in columns)
    body = "".join(
        f"<tr><th>{escape(label('dimension', name))}</th>"
        + "".join(f"<td>{level_badge(row.dimension_levels.get(name), short=True)}</td>" for row in columns)
        + "</tr>"
        for name in named
    )
    return f'<table class="gl-dimension-grades"><thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>'


def request_html(row: RequestRow, time_zone: str) -> str:
    """One question with its answer."""
    items = "".join(f"<li>{escape(one)}</li>" for one in row.items)
    due = "" if row.state != "open" else f" · {_due(row.due_on, is_late=row.is_late)}"
    asked = escape(_("%(who)s asked on %(at)s")) % {
        "who": _name(row.asked_by), "at": escape(format_datetime(row.asked_at, time_zone)),
    }  # fmt: skip
    answer = ""
    if row.answer is not None:
        told = escape(_("%(who)s answered on %(at)s")) % {
            "who": _name(row.answered_by), "at": escape(format_datetime(row.answered_at, time_zone)),
        }  # fmt: skip
        answer = f'<div class="gl-quiet">{told}</div><div class="gl-words">{escape(row.answer)}</div>'
    state = escape(label("information_request_state", row.state))
    return f'<div class="gl-quiet">{asked} · {state}{due}</div><ul class="gl-items">{items}</ul>{answer}'


def _name(person: str | None) -> str:
    """A person's name, which is of no language."""
    return f'<span translate="no">{escape(person or NO_VALUE)}</span>'


def visit_html(row: VisitRow, time_zone: str) -> str:
    """One visit: what for, who and until when; once it is reported, what was found."""
    ordered = escape(_("%(who)s sends %(whom)s")) % {"who": _name(row.ordered_by), "whom": _name(row.assignee)}
    state = escape(label("site_visit_state", row.state))
    due = f" · {_due(row.due_on, is_late=row.is_late)}" if row.state == "ordered" else ""
    found = ""
    if row.state == "done":
        told = _("Visited on %(day)s, reported on %(at)s") % {
            "day": format_date(row.visited_on), "at": format_datetime(row.reported_at, time_zone),
        }  # fmt: skip
        found = (
            f'<div class="gl-quiet">{escape(told)}</div>'
            f"<div><b>{escape(label('site_visit_conclusion', row.conclusion))}</b></div>"
            f'<div class="gl-words">{escape(row.findings or "")}</div>'
        )
    if row.cancelled_reason:
        found = f'<div class="gl-words">{escape(quoted(row.cancelled_reason))}</div>'
    return (
        f'<div class="gl-quiet">{ordered} · {state}{due}</div><div class="gl-words">{escape(row.purpose)}</div>{found}'
    )


def _due(day: dt.date, *, is_late: bool) -> str:
    words = escape((_("was due on %(day)s") if is_late else _("due on %(day)s")) % {"day": format_date(day)})
    return f'<span class="gl-late">{words}</span>' if is_late else words


def photos(actor: Actor, visit: VisitRow) -> None:
    """The photos of a visit; read only when they are asked for."""
    if not visit.photos:
        return
    count = len(visit.photos)
    words = ngettext("Show %(n)s photo", "Show %(n)s photos", count) % {"n": format_number(count)}
    if not st.toggle(words, key=f"photos-{visit.customer_id}-{visit.id}"):
        return
    with unit_of_work(actor) as ctx:
        found = [photo_content(ctx, one.customer_id, one.id) for one in visit.photos]
    with st.container(horizontal=True, gap="small"):
        for one in found:
            st.image(one.content, caption=one.file_name, width=_PHOTO_WIDTH)
