"""What the business side sends back: the answer to a question, and the report of a visit, written on a phone too."""

from __future__ import annotations

import datetime as dt
from typing import Any

import streamlit as st

from dashboard.i18n import _
from dashboard.labels import LABELS, label
from dashboard.views.assessments_selection import Deed, keep, note_deed, prepare, written
from services.assessments import LARGEST_PHOTO_BYTES, MOST_PHOTOS, NewPhoto, RequestRow, VisitRow

PHOTO_TYPES = ["jpg", "jpeg", "png", "webp"]
_MEGABYTE = 1024 * 1024


def answer_form(request: RequestRow) -> None:
    """The answer to a question."""
    draft = f"answer-{request.customer_id}-{request.id}"
    key = prepare(draft, "answer", "")
    st.text_area(_("Your answer"), key=key, max_chars=4000, height=120, on_change=keep, args=(key,))
    values = {"customer_id": request.customer_id, "request_id": request.id, "version": request.version}
    st.button(
        _("Send the answer"), key=f"answer-send-{request.id}", type="primary", on_click=_answer, args=(values, draft)
    )
    st.caption(_("Risk management goes on with the review. A sent answer can't be changed."))


def _answer(values: dict[str, Any], draft: str) -> None:
    keep(f"{draft}:answer")
    note_deed(Deed("answer", values | {"answer": str(written(draft, "answer") or "")}, draft=draft))


def report_form(visit: VisitRow, today: dt.date) -> None:
    """The report of a visit: when, what was seen, what it amounts to, photos from the camera or from files."""
    draft = f"report-{visit.customer_id}-{visit.id}"
    st.html(f"<b>{_('Your report')}</b>")
    key = prepare(draft, "visited_on", today)
    st.date_input(_("Visited on"), key=key, max_value=today, format="YYYY-MM-DD", on_change=keep, args=(key,))
    key = prepare(draft, "findings", "")
    st.text_area(_("What you saw"), key=key, max_chars=8000, height=140, on_change=keep, args=(key,))
    key = prepare(draft, "conclusion", None)
    st.radio(
        _("What it amounts to"), list(LABELS["site_visit_conclusion"]), key=key, index=None, on_change=keep,
        args=(key,), format_func=lambda code: label("site_visit_conclusion", code),
    )  # fmt: skip
    st.file_uploader(
        _("Photos: at most %(most)s, %(size)s MB each")
        % {"most": MOST_PHOTOS, "size": LARGEST_PHOTO_BYTES // _MEGABYTE},
        type=PHOTO_TYPES, accept_multiple_files=True, key=f"report-files-{visit.id}",
    )  # fmt: skip
    if st.toggle(_("Take a photo with the camera"), key=f"report-camera-on-{visit.id}"):
        st.camera_input(_("Photo of the visit"), key=f"report-camera-{visit.id}", label_visibility="collapsed")
    st.button(_("Hand in the report"), key=f"report-send-{visit.id}", type="primary", on_click=_report, args=(visit,
              draft))  # fmt: skip
    st.caption(
        _("The report goes to risk management and can't be changed. Where and with which camera a photo was taken is "
          "removed from it.")
    )  # fmt: skip


def _report(visit: VisitRow, draft: str) -> None:
    values = {"customer_id": visit.customer_id, "visit_id": visit.id, "version": visit.version}
    for name in ("visited_on", "findings", "conclusion"):
        keep(f"{draft}:{name}")
        values[name] = written(draft, name) or (None if name == "visited_on" else "")  # type: ignore[assignment]
    files = list(st.session_state.get(f"report-files-{visit.id}") or [])
    if shot := st.session_state.get(f"report-camera-{visit.id}"):
        files.append(shot)
    photos = tuple(NewPhoto(one.name, one.getvalue()) for one in files)
    note_deed(Deed("report_visit", values | {"photos": photos}, draft=draft))
