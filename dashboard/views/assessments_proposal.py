"""The form of a proposal: a level, its reason, grades by dimension; what is typed stays until it is saved."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.components.desk import following
from dashboard.components.level_badge import level_badge
from dashboard.i18n import NO_VALUE, _, format_number, format_percent
from dashboard.labels import LABELS, label
from dashboard.views.assessments_reads import Opened
from dashboard.views.assessments_selection import (
    Deed,
    forget,
    is_written,
    keep,
    note_deed,
    order,
    prepare,
    written,
)
from services.assessments import AssessmentRow, Computed

LEVELS = list(LABELS["risk_level_short"])
NOT_GRADED = ""


def level_choice(draft: str, saved: str, title: str) -> str:
    """A level, chosen from four."""
    key = prepare(draft, "level", saved)
    st.segmented_control(
        title, LEVELS, format_func=lambda code: label("risk_level_short", code), key=key, required=True,
        on_change=keep, args=(key,),
    )  # fmt: skip
    return str(written(draft, "level"))


def dimension_choices(draft: str, saved: dict[str, str]) -> None:
    """A level for each dimension, or none."""
    with st.expander(_("Grade each dimension (optional)"), expanded=bool(saved)):
        for name in LABELS["dimension"]:
            key = prepare(draft, f"dimension-{name}", saved.get(name, NOT_GRADED))
            st.selectbox(
                label("dimension", name), [NOT_GRADED, *LEVELS], key=key, on_change=keep, args=(key,),
                format_func=lambda code: label("risk_level_short", code) if code else _("not graded"),
            )  # fmt: skip


def chosen_dimensions(draft: str) -> dict[str, str]:
    """What was chosen in `dimension_choices`."""
    found = {name: written(draft, f"dimension-{name}") for name in LABELS["dimension"]}
    return {name: str(level) for name, level in found.items() if level}


def computed_html(computed: Computed) -> str:
    """`The scorecard computes ◕ high (61.3), coverage 78%`, as of this moment."""
    score = NO_VALUE if computed.score is None else format_number(computed.score, 1)
    words = _("%(score)s points, coverage %(coverage)s") % {
        "score": score, "coverage": format_percent(computed.coverage, 0),
    }  # fmt: skip
    badge = level_badge(computed.level) if computed.level else _("no level: nothing is known")
    return f'<div><span class="gl-quiet">{_("The scorecard computes")}</span> {badge} · {words}</div>'


def reason_field(draft: str, saved: str, *, is_needed: bool) -> None:
    """The reason; where the level deviates it is asked for at once."""
    key = prepare(draft, "reason", saved)
    st.text_area(
        _("Why another level than the computed one?") if is_needed else _("Remarks (optional)"), key=key,
        max_chars=4000, height=110, on_change=keep, args=(key,),
    )  # fmt: skip
    if is_needed and not str(written(draft, "reason") or "").strip():
        st.warning(
            _("This level deviates from the computed one. It can be saved, but not handed in without a reason."),
            icon=":material/edit:",
        )


def proposal_form(found: Opened, row: AssessmentRow | None) -> None:
    """Write a proposal, save it as a draft, or hand it in."""
    draft = f"propose-{found.profile.customer_id}"
    st.html(computed_html(found.computed))
    saved = row.level if row else found.computed.level or found.level.level or "medium"
    level = level_choice(draft, saved, _("Proposed level"))
    reason_field(draft, (row.reason if row else None) or "", is_needed=level != found.computed.level)
    dimension_choices(draft, dict(row.dimension_levels) if row else {})
    values = _values(found, row, draft)
    with st.container(horizontal=True, gap="small", key="assessments-propose"):
        st.button(
            _("Hand in for review"), key="assessments-submit", type="primary", on_click=_note, args=("propose", values,
            draft),
        )  # fmt: skip
        st.button(_("Save draft"), key="assessments-save", on_click=_note, args=("save_draft", values, draft))
        if row is not None and row.state == "draft" and row.submitted_at is None:
            _withdraw(row, draft)
        if is_written(draft):
            st.button(_("Drop what I typed"), key="assessments-drop", type="tertiary", on_click=forget, args=(draft,))
    st.caption(
        _("Risk management decides on it: somebody of another department. Once handed in, it changes only if returned.")
    )


def _values(found: Opened, row: AssessmentRow | None, draft: str) -> dict[str, Any]:
    """Whom it is about. The version is the one that was on the screen when the first word was typed."""
    version_key = f"{draft}:version"
    current = row.version if row else None
    if not is_written(draft) or version_key not in st.session_state:
        st.session_state[version_key] = current
    return {
        "customer_no": found.profile.customer_no, "customer_id": found.profile.customer_id,
        "assessment_id": row.id if row else None, "version": st.session_state[version_key],
    }  # fmt: skip


def _note(command: str, values: dict[str, Any], draft: str) -> None:
    """Read the form when its button is pressed: the last typed word belongs to it."""
    words = {
        "level": written(draft, "level"), "reason": str(written(draft, "reason") or ""),
        "dimension_levels": chosen_dimensions(draft),
    }  # fmt: skip
    for name in ("level", "reason"):
        keep(f"{draft}:{name}")
    key = ("assessment", f"{values['customer_id']}.{values['assessment_id']}")
    done = (key, ("customer", str(values["customer_no"])))
    note_deed(Deed(command, values | words, draft=draft, following=following(order(), done)))


def _withdraw(row: AssessmentRow, draft: str) -> None:
    with st.popover(_("Take back"), key="assessments-withdraw-box"):
        st.markdown(_("The draft is removed; the ledger keeps it. The customer stays on the list."))
        values = {"customer_id": row.customer_id, "assessment_id": row.id, "version": row.version}
        key = ("assessment", f"{row.customer_id}.{row.id}")
        st.button(
            _("Take the draft back"), key="assessments-withdraw", on_click=note_deed,
            args=(Deed("withdraw", values, draft=draft, following=following(order(), (key,))),),
        )  # fmt: skip
