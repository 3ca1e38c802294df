"""The form of a proposal: criteria, first sign, grade with its default, statement; and evidence by row and by file."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.components.listing_file import evidence_html, file_button
from dashboard.i18n import _, format_date, format_number
from dashboard.labels import LABELS, label
from dashboard.views.listings_reads import Opened
from dashboard.views.listings_selection import (
    Deed,
    Key,
    files_in,
    keep,
    note_deed,
    of_row,
    prepare,
    written,
)
from services.access import may
from services.context import Actor
from services.listings import EVIDENCE_TYPES, LARGEST_FILE_MB, EvidenceRow, ListingRow, Writing, default_grade

_MOST_WORDS = 8000


def draft_of(found: Opened) -> str:
    """The name under which a customer's proposal is written."""
    return f"propose-{found.profile.customer_id}"


def proposal_form(found: Opened, row: ListingRow | None, following: Key | None = None) -> None:
    """The form, for a new proposal or one that is written on."""
    draft = draft_of(found)
    criteria = _criteria(found, row, draft)
    signs = [one.trigger_on for one in found.waiting if one.criterion in criteria]
    key = prepare(draft, "trigger_on", row.trigger_on if row else min(signs, default=found.today))
    st.date_input(
        _("First sign"), key=key, max_value=found.today, format="YYYY-MM-DD", on_change=keep, args=(key,),
        help=_("The day on which the first objective sign was there: the time for the decision runs from it."),
    )  # fmt: skip
    _grade(found, row, draft, criteria)
    key = prepare(draft, "statement", (row.statement if row else None) or "")
    st.text_area(_("Statement: what happened, and why"), key=key, max_chars=_MOST_WORDS, height=150, on_change=keep,
                 args=(key,))  # fmt: skip
    values = _of(found, row)
    if row is not None and row.step == "asked":
        _answer(draft, values)
        return
    with st.container(key="listings-form-buttons", horizontal=True, gap="small"):
        st.button(_("Hand in"), key="listings-hand-in", type="primary", on_click=_note, args=("hand_in", values, draft))
        st.button(_("Save draft"), key="listings-save", on_click=_note, args=("save", values, draft))
        if row is not None:
            st.button(
                _("Take the draft back"), key="listings-withdraw", type="tertiary", on_click=note_deed,
                args=(Deed("withdraw", of_row(row), draft=draft, following=following),),
            )  # fmt: skip


def _of(found: Opened, row: ListingRow | None) -> dict[str, Any]:
    return {"customer_no": found.profile.customer_no} if row is None else of_row(row)


def _criteria(found: Opened, row: ListingRow | None, draft: str) -> list[str]:
    usual = list(row.criteria) if row else list(dict.fromkeys(one.criterion for one in found.waiting))
    key = prepare(draft, "criteria", usual)
    st.pills(
        _("Criteria: the leading one first"), list(LABELS["criterion"]), selection_mode="multi", key=key,
        format_func=lambda code: label("criterion", code), on_change=keep, args=(key,),
    )  # fmt: skip
    return list(st.session_state[key] or [])


def _grade(found: Opened, row: ListingRow | None, draft: str, criteria: list[str]) -> None:
    default = default_grade(criteria, was_listed=found.was_listed).value
    key = prepare(draft, "grade", row.grade if row else default)
    # Other criteria may have another default: the grade follows it unless somebody chose differently.
    seen = f"{draft}:default"
    if st.session_state.get(seen, default) == st.session_state[key]:
        st.session_state[key] = default
    st.session_state[seen] = default
    st.segmented_control(
        _("Grade"), list(LABELS["grade"]), key=key, required=True, format_func=lambda code: label("grade", code),
        on_change=keep, args=(key,),
    )  # fmt: skip
    words = {"grade": label("grade", default)}
    st.caption(
        _("By the policy: %(grade)s, because this customer was listed before.") % words
        if found.was_listed
        else _("By the policy: %(grade)s. Black is for fraud, unlawful conduct or a repeated listing.") % words
    )
    if st.session_state[key] != default:
        key = prepare(draft, "grade_reason", (row.grade_reason if row else None) or "")
        st.text_input(_("Why another grade than by the policy?"), key=key, max_chars=1000, on_change=keep, args=(key,))


def _answer(draft: str, values: dict[str, Any]) -> None:
    key = prepare(draft, "words", "")
    st.text_area(_("Your answer"), key=key, max_chars=4000, height=100, on_change=keep, args=(key,))
    st.button(_("Send the answer"), key="listings-answer", type="primary", on_click=_note, args=("answer", values,
              draft))  # fmt: skip
    st.caption(_("What you changed above is saved with the answer. Risk management goes on with the review."))


def _note(command: str, values: dict[str, Any], draft: str) -> None:
    writing = Writing(
        criteria=tuple(written(draft, "criteria") or ()), statement=str(written(draft, "statement") or ""),
        grade=written(draft, "grade"), grade_reason=str(written(draft, "grade_reason") or ""),
        trigger_on=written(draft, "trigger_on"),
    )  # fmt: skip
    more = {"words": str(written(draft, "words") or "")} if command == "answer" else {}
    note_deed(Deed(command, {**values, "writing": writing, **more}, draft=draft))


# --- evidence


def evidence_list(
    actor: Actor, found: Opened, rows: tuple[EvidenceRow, ...], row: ListingRow, *, is_open: bool
) -> None:
    """All pieces; while one may add, a form to add to them."""
    if not rows:
        st.caption(_("No evidence yet."))
    for one in rows:
        with st.container(key=f"piece-{one.id}", horizontal=True, gap="small", vertical_alignment="center"):
            st.html(evidence_html(one))
            file_button(actor, one)
            if is_open:
                deed = Deed("remove_evidence", of_row(row) | {"evidence_id": one.id}, draft="-")
                st.button(
                    _("Take out"), key=f"evidence-remove-{one.id}", type="tertiary", on_click=note_deed, args=(deed,)
                )
    if is_open:
        _add(found, row)


def _add(found: Opened, row: ListingRow) -> None:
    draft = f"evidence-{row.customer_id}-{row.id}-{row.version}"
    with st.expander(_("Add evidence"), icon=":material/attach_file:"):
        words = {
            one.subject: f"{label('evidence_table', one.table)} {one.no} · {format_date(one.on)}"
            for one in found.linkable
        }
        if words:
            key = prepare(draft, "subjects", [])
            st.multiselect(
                _("Rows of this customer"), list(words), key=key, on_change=keep, args=(key,),
                placeholder=_("Invoices, notices, contracts, events"),
                format_func=lambda subject: words.get(subject, subject),
            )  # fmt: skip
        key = prepare(draft, "kind", "transaction")
        st.selectbox(
            _("What the files are"), [one for one in LABELS["evidence_kind"] if one != "reply"], key=key,
            format_func=lambda code: label("evidence_kind", code), on_change=keep, args=(key,),
        )  # fmt: skip
        st.file_uploader(
            _("Files: at most %(size)s MB each") % {"size": format_number(LARGEST_FILE_MB)}, type=list(EVIDENCE_TYPES),
            accept_multiple_files=True, key=f"{draft}-files", max_upload_size=LARGEST_FILE_MB,
        )  # fmt: skip
        st.button(_("Add to the evidence"), key="listings-evidence-add", on_click=_note_evidence, args=(row, draft))
        st.caption(_("Files are kept exactly as they are, with their checksum."))


def _note_evidence(row: ListingRow, draft: str) -> None:
    values = of_row(row) | {
        "subjects": tuple(written(draft, "subjects") or ()), "kind": str(written(draft, "kind") or "other"),
        "files": files_in(f"{draft}-files"),
    }  # fmt: skip
    note_deed(Deed("add_evidence", values, draft=draft))


def may_add(actor: Actor, row: ListingRow) -> bool:
    """Whether this person may add evidence now: the writers while they write, risk management until the decision."""
    if row.step is None or not may(actor, "listing.propose"):
        return False
    is_writer = row.proposer_id == actor.user_id or row.department == actor.department_code
    is_reviewing = may(actor, "listing.review") and row.step != "draft"
    return is_reviewing or (is_writer and row.step in {"draft", "asked"})
