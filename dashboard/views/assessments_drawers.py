"""The drawers of a review: ask for more, order a visit, call one off, return, finalise one or many.

A drawer only collects words; its button writes a deed down and the page carries it out. What is typed is kept until the
deed has succeeded, so that a refusal loses none.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import streamlit as st

from dashboard.components.desk import following
from dashboard.components.level_badge import level_badge
from dashboard.i18n import _, ngettext
from dashboard.labels import label
from dashboard.views.assessments_proposal import (
    chosen_dimensions,
    computed_html,
    dimension_choices,
    level_choice,
)
from dashboard.views.assessments_reads import Opened
from dashboard.views.assessments_selection import (
    DEED,
    Deed,
    assessment_key,
    day_in,
    keep,
    key_of,
    note_deed,
    order,
    prepare,
    written,
)
from services.assessments import LONGEST_OVERRIDE_DAYS, AssessmentRow, Pick, ReviewRow, VisitRow

_USUAL_DAYS, _USUAL_OVERRIDE = 7, 90
MISSING = "assessments.missing"
#: Names that the drawer for many lists one by one.
MOST_NAMED = 15


def of_row(row: AssessmentRow) -> dict[str, Any]:
    """What names an assessment to a command."""
    return {"customer_id": row.customer_id, "assessment_id": row.id, "version": row.version}


def _subject(found: Opened) -> None:
    st.html(f"<div><b>{escape(found.profile.name)}</b> · {escape(found.profile.customer_no)}</div>")


def _text(draft: str, name: str, title: str, hint: str | None = None) -> None:
    key = prepare(draft, name, "")
    st.text_area(title, key=key, max_chars=4000, height=130, help=hint, on_change=keep, args=(key,))


def _day(draft: str, name: str, title: str, found: Opened, usual: int, most: int = LONGEST_OVERRIDE_DAYS) -> None:
    key = prepare(draft, name, day_in(found.today, usual))
    st.date_input(
        title, key=key, min_value=day_in(found.today, 1), max_value=day_in(found.today, most), format="YYYY-MM-DD",
        on_change=keep, args=(key,),
    )  # fmt: skip


def _save(title: str, deed: Deed, names: Sequence[str], needed: Sequence[str]) -> None:
    """The button of a drawer. Without what is needed the drawer stays, and says so."""
    st.button(title, type="primary", key="drawer.save", on_click=_note, args=(deed, names, needed))
    if st.session_state.pop(MISSING, False):
        st.error(_("Something is missing: fill in what the drawer asks for."), icon=":material/edit:")
    if DEED in st.session_state:
        st.rerun()


def _note(deed: Deed, names: Sequence[str], needed: Sequence[str]) -> None:
    for name in names:
        keep(f"{deed.draft}:{name}")
    values = {name: written(deed.draft, name) for name in names}
    values = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    if any(not values[name] for name in needed):
        st.session_state[MISSING] = True
        return
    note_deed(Deed(deed.command, {**deed.values, **values}, deed.picks, deed.draft, deed.following))


def ask(found: Opened, row: AssessmentRow) -> None:
    """Ask the business department for more."""

    @st.dialog(_("Ask for more"), position="right", icon=":material/help:")
    def drawer() -> None:
        draft = f"ask-{row.customer_id}-{row.id}"
        _subject(found)
        _text(draft, "items", _("What is needed, one item a line"))
        _day(draft, "due_on", _("Answer by"), found, _USUAL_DAYS)
        st.caption(_("The department that proposed sees it on its list. Nothing is finalised before it is answered."))
        _save(_("Ask for more"), Deed("ask", of_row(row), draft=draft), ("items", "due_on"), ("items", "due_on"))

    drawer()


def order_visit(found: Opened, row: AssessmentRow) -> None:
    """Send somebody to the customer."""

    @st.dialog(_("Order a site visit"), position="right", icon=":material/directions_walk:")
    def drawer() -> None:
        draft = f"visit-{row.customer_id}-{row.id}"
        _subject(found)
        names = dict(found.people)
        key = prepare(draft, "assignee_id", next(iter(names), None))
        st.selectbox(
            _("Who goes"), list(names), format_func=lambda one: names[one], key=key, on_change=keep, args=(key,)
        )
        _day(draft, "due_on", _("Report by"), found, 2 * _USUAL_DAYS)
        _text(draft, "purpose", _("What to look at"))
        st.caption(
            _("It is on this person's list at once; the report, with photos, can be written on a phone. Nothing is "
              "finalised before it is in.")
        )  # fmt: skip
        names_of = ("assignee_id", "due_on", "purpose")
        _save(_("Order the visit"), Deed("order_visit", of_row(row), draft=draft), names_of, names_of)

    if not found.people:
        st.toast(_("There is nobody who can be sent. An administrator can add people."), icon=":material/info:")
        return
    drawer()


def cancel_visit(found: Opened, visit: VisitRow) -> None:
    """Call a visit off."""

    @st.dialog(_("Call the visit off"), position="right", icon=":material/event_busy:")
    def drawer() -> None:
        draft = f"cancel-{visit.customer_id}-{visit.id}"
        _subject(found)
        _text(draft, "reason", _("Reason"))
        st.caption(_("It leaves the list of %(who)s. It can't be taken up again.") % {"who": visit.assignee})
        values = {"customer_id": visit.customer_id, "visit_id": visit.id, "version": visit.version}
        _save(_("Call the visit off"), Deed("cancel_visit", values, draft=draft), ("reason",), ("reason",))

    drawer()


def return_it(found: Opened, row: AssessmentRow) -> None:
    """Send a proposal back."""

    @st.dialog(_("Return to the department"), position="right", icon=":material/undo:")
    def drawer() -> None:
        draft = f"return-{row.customer_id}-{row.id}"
        _subject(found)
        _text(draft, "reason", _("What has to be changed"))
        st.caption(_("The department can change it and hand it in again. Open questions are withdrawn."))
        follow = following(order(), (assessment_key(row.customer_id, row.id),))
        deed = Deed("return", of_row(row), draft=draft, following=follow)
        _save(_("Return the assessment"), deed, ("reason",), ("reason",))

    drawer()


def finalise(found: Opened, row: AssessmentRow) -> None:
    """Decide on the level."""

    @st.dialog(_("Finalise"), position="right", icon=":material/gavel:", width="medium")
    def drawer() -> None:
        draft = f"finalise-{row.customer_id}-{row.id}"
        _subject(found)
        st.html(computed_html(found.computed))
        st.html(f'<div><span class="gl-quiet">{escape(_("Proposed level"))}</span> {level_badge(row.level)}</div>')
        level = level_choice(draft, row.level, _("Final level"))
        names, needed = ["level", "reason"], ["level"]
        is_override = level != found.computed.level
        _text(
            draft, "reason", _("Why another level than the computed one?") if is_override else _("Remarks (optional)")
        )
        if is_override:
            _day(draft, "expires_on", _("The override holds until"), found, _USUAL_OVERRIDE)
            names.append("expires_on")
            needed += ["reason", "expires_on"]
        dimension_choices(draft, dict(row.dimension_levels))
        st.info(_what_happens(found, level), icon=":material/info:")
        follow = following(order(), (assessment_key(row.customer_id, row.id),))
        values = of_row(row) | {"dimension_levels": chosen_dimensions(draft)}
        _save(_("Finalise the assessment"), Deed("finalise", values, draft=draft, following=follow), names, needed)

    drawer()


def _what_happens(found: Opened, level: str) -> str:
    words = {
        "level": label("risk_level_short", level), "customer": found.profile.name,
        "today": label("risk_level_short", found.level.level),
    }  # fmt: skip
    if level in {"high", "critical"}:
        return (
            _(
                "The level of %(customer)s becomes %(level)s at once (now: %(today)s), unless a floor of the scorecard "
                "holds it higher. The departments concerned are warned. This can't be undone; a new assessment can."
            )
            % words
        )
    return (
        _(
            "The level of %(customer)s becomes %(level)s at once (now: %(today)s), unless a floor of the scorecard "
            "holds it higher. This can't be undone; a new assessment can."
        )
        % words
    )


def left_out_reason(row: ReviewRow) -> str | None:
    """Why a proposal can't be finalised with others; None where it can."""
    if not row.may_finalise:
        return _("proposed by yourself or your own department")
    if row.open_requests or row.open_visits:
        return _("waits for an answer or a report")
    if not row.agrees:
        return _("deviates from the computed level")
    return None


def finalise_agreeing(rows: Sequence[ReviewRow]) -> None:
    """Finalise all chosen proposals that agree with the computed level; says which ones are left out, and why."""
    ready = [row for row in rows if left_out_reason(row) is None]
    others = [row for row in rows if left_out_reason(row) is not None]

    @st.dialog(_("Finalise as proposed"), position="right", icon=":material/done_all:", on_dismiss="rerun")
    def drawer() -> None:
        st.markdown(
            ngettext(
                "%(n)s proposal agrees with the computed level and is finalised:",
                "%(n)s proposals agree with the computed level and are finalised:", len(ready),
            ) % {"n": len(ready)}
        )  # fmt: skip
        _named([(row, label("risk_level_short", row.level)) for row in ready])
        if others:
            st.markdown(
                ngettext("%(n)s proposal is left out:", "%(n)s proposals are left out:", len(others))
                % {"n": len(others)}
            )
            _named([(row, left_out_reason(row) or "") for row in others])
        st.caption(
            _("The levels are in force at once; high and critical warn the departments concerned. All are finalised, "
              "or none: if the score of one has changed, nothing changes and you are told which.")
        )  # fmt: skip
        picks = tuple(Pick(row.customer_id, row.id, row.version) for row in ready)
        follow = following(order(), [key_of(row) for row in ready])
        deed = Deed("finalise_agreeing", picks=picks, draft="agreeing", following=follow)
        if ready:
            _save(_("Finalise all as proposed"), deed, (), ())

    drawer()


def _named(rows: Sequence[tuple[ReviewRow, str]]) -> None:
    lines = [f"<li>{escape(row.customer_name)} · {escape(words)}</li>" for row, words in rows[:MOST_NAMED]]
    rest = len(rows) - MOST_NAMED
    if rest > 0:
        lines.append(f"<li>{escape(ngettext('and %(n)s more', 'and %(n)s more', rest) % {'n': rest})}</li>")
    st.html(f'<ul class="gl-items">{"".join(lines)}</ul>')
