"""The drawers of the listings page: a tip, put aside, ask, find ready, right of reply, decide, end a wrong listing.

A drawer only collects words; its button writes a deed down and the page carries it out. What is typed is kept until the
deed has succeeded, so that a refusal loses none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from html import escape

import streamlit as st

from dashboard.components.listing_file import checks_html, criteria_text, grade_mark
from dashboard.i18n import _, format_date
from dashboard.labels import LABELS, label
from dashboard.views.listings_reads import Opened, found_customers
from dashboard.views.listings_selection import (
    DEED,
    Deed,
    day_in,
    files_in,
    following,
    keep,
    key_of,
    note_deed,
    of_candidate,
    of_row,
    prepare,
    written,
)
from services.context import Actor
from services.listings import (
    EVIDENCE_TYPES,
    LARGEST_FILE_MB,
    LONGEST_ASIDE_DAYS,
    CandidateRow,
    ListingFile,
    ListingRow,
    is_reply_over,
)

MISSING = "listings.missing"
_USUAL_ANSWER_DAYS, _USUAL_ASIDE_DAYS = 3, 30


def _subject(name: str, number: str) -> None:
    st.html(f"<div><b>{escape(name)}</b> · {escape(number)}</div>")


def _text(draft: str, name: str, title: str, hint: str | None = None, height: int = 120) -> None:
    key = prepare(draft, name, "")
    st.text_area(title, key=key, max_chars=4000, height=height, help=hint, on_change=keep, args=(key,))


def _day(draft: str, name: str, title: str, usual: dt.date, first: dt.date, last: dt.date | None) -> None:
    key = prepare(draft, name, usual)
    st.date_input(title, key=key, min_value=first, max_value=last, format="YYYY-MM-DD", on_change=keep, args=(key,))


def _save(title: str, deed: Deed, names: Sequence[str] = (), needed: Sequence[str] = (), files: str = "") -> None:
    """The button of a drawer. Without what is needed the drawer stays, and says so."""
    st.button(title, type="primary", key="drawer.save", on_click=_note, args=(deed, names, needed, files))
    if st.session_state.pop(MISSING, False):
        st.error(_("Something is missing: fill in what the drawer asks for."), icon=":material/edit:")
    if DEED in st.session_state:
        st.rerun()


def _note(deed: Deed, names: Sequence[str], needed: Sequence[str], files: str) -> None:
    for name in names:
        keep(f"{deed.draft}:{name}")
    values = {name: written(deed.draft, name) for name in names}
    values = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    if any(not values[name] for name in needed):
        st.session_state[MISSING] = True
        return
    handed_in = {"files": files_in(f"{files}-files", f"{files}-camera")} if files else {}
    note_deed(replace(deed, values={**deed.values, **values, **handed_in}))


# --- candidates


def tip(actor: Actor, today: dt.date, customer: tuple[str, str] | None = None) -> None:
    """What somebody has seen, with photos: made for a phone."""

    @st.dialog(_("Hand in a tip"), position="right", icon=":material/campaign:")
    def drawer() -> None:
        draft = "tip"
        _chosen_customer(actor, draft, customer)
        key = prepare(draft, "criterion", "fraud")
        st.selectbox(
            _("What it points to"), list(LABELS["criterion"]), key=key, on_change=keep, args=(key,),
            format_func=lambda code: label("criterion", code),
        )  # fmt: skip
        _text(draft, "words", _("What you have seen or heard"))
        _day(draft, "seen_on", _("Seen on"), today, dt.date(2000, 1, 1), today)
        st.file_uploader(
            _("Photos or papers"),
            type=list(EVIDENCE_TYPES),
            accept_multiple_files=True,
            max_upload_size=LARGEST_FILE_MB,
            key=f"{draft}-files",
        )
        if st.toggle(_("Take a photo with the camera"), key="tip-camera-on"):
            st.camera_input(_("Photo"), key=f"{draft}-camera", label_visibility="collapsed")
        st.caption(
            _("Risk management and the customer's department see it, with your name. The time for a decision runs "
              "from the day it was seen.")
        )  # fmt: skip
        needed = ("customer_no", "criterion", "words", "seen_on")
        _save(_("Hand in the tip"), Deed("tip", draft=draft), needed, needed, draft)

    drawer()


def _chosen_customer(actor: Actor, draft: str, customer: tuple[str, str] | None) -> None:
    if customer is not None:
        prepare(draft, "customer_no", customer[0])
        st.session_state[f"{draft}:customer_no"] = customer[0]
        _subject(customer[1], customer[0])
        return
    key = prepare(draft, "search", "")
    st.text_input(_("Customer: part of the name, or the number"), key=key, on_change=keep, args=(key,))
    found = dict(found_customers(actor, str(st.session_state[key])))
    if not found:
        st.session_state[prepare(draft, "customer_no", None)] = None
        if st.session_state[key]:
            st.caption(_("No customer fits. Try part of the name, or the first digits of the number."))
        return
    key = prepare(draft, "customer_no", next(iter(found)))
    if st.session_state[key] not in found:
        st.session_state[key] = next(iter(found))
    st.selectbox(
        _("Customer"), list(found), key=key, on_change=keep, args=(key,),
        format_func=lambda number: f"{found[number]} · {number}" if number in found else number,
    )  # fmt: skip


def put_aside(found: Opened, row: CandidateRow) -> None:
    """Close a candidate without a proposal."""

    @st.dialog(_("Put aside"), position="right", icon=":material/inventory_2:")
    def drawer() -> None:
        draft = f"aside-{row.customer_id}-{row.id}"
        _subject(found.profile.name, found.profile.customer_no)
        _text(draft, "reason", _("Why this customer is not proposed"))
        names = ["reason"]
        if row.criterion == "arrears" and row.source == "test":
            last = day_in(found.today, LONGEST_ASIDE_DAYS)
            usual = day_in(found.today, _USUAL_ASIDE_DAYS)
            _day(draft, "again_on", _("Look again on"), usual, day_in(found.today, 1), last)
            st.caption(
                _("For the metric these arrears stay undecided: only a confirmed or rejected listing ends them, or "
                  "payment in time.")
            )  # fmt: skip
            names.append("again_on")
        deed = Deed("put_aside", of_candidate(row), draft=draft, following=following(key_of(row)))
        _save(_("Put the candidate aside"), deed, names, names)

    drawer()


def give(found: Opened, row: CandidateRow) -> None:
    """Give a candidate to somebody."""

    @st.dialog(_("Give to"), position="right", icon=":material/person_add:")
    def drawer() -> None:
        draft = f"give-{row.customer_id}-{row.id}"
        _subject(found.profile.name, found.profile.customer_no)
        people = dict(found.people)
        key = prepare(draft, "assignee_id", row.assignee_id if row.assignee_id in people else next(iter(people), None))
        st.selectbox(
            _("Who looks into it"), list(people), key=key, format_func=lambda one: people[one], on_change=keep,
            args=(key,),
        )  # fmt: skip
        names = ("assignee_id",)
        _save(_("Give the candidate"), Deed("assign", of_candidate(row), draft=draft), names, names)

    drawer()


# --- the review


def ask(found: Opened, row: ListingRow) -> None:
    """Ask who proposed it for more."""

    @st.dialog(_("Ask for more"), position="right", icon=":material/help:")
    def drawer() -> None:
        draft = f"ask-{row.customer_id}-{row.id}"
        _subject(found.profile.name, found.profile.customer_no)
        _text(draft, "items", _("What is needed"))
        usual = day_in(found.today, _USUAL_ANSWER_DAYS)
        _day(draft, "due_on", _("Answer by"), usual, found.today, None)
        st.caption(_("The time for the decision goes on: by %(day)s.") % {"day": format_date(row.deadline_on)})
        names = ("items", "due_on")
        _save(_("Ask for more"), Deed("ask", of_row(row), draft=draft), names, names)

    drawer()


def find_ready(found: Opened, file: ListingFile) -> None:
    """End the review with a recommendation."""

    @st.dialog(_("Ready for the decision"), position="right", icon=":material/task_alt:")
    def drawer() -> None:
        draft = f"ready-{file.row.customer_id}-{file.row.id}"
        _subject(found.profile.name, found.profile.customer_no)
        st.html(checks_html(file.checks))
        _text(draft, "recommendation", _("What you recommend, and why"))
        st.caption(_("Risk management and leadership are told. Another person than who proposed it decides."))
        names = ("recommendation",)
        _save(_("Submit for decision"), Deed("find_ready", of_row(file.row), draft=draft), names, names)

    drawer()


# --- the right of reply


def offer_reply(found: Opened, row: ListingRow) -> None:
    """Note that the customer was told."""

    @st.dialog(_("Right of reply"), position="right", icon=":material/forward_to_inbox:")
    def drawer() -> None:
        draft = f"offer-{row.customer_id}-{row.id}"
        _subject(found.profile.name, found.profile.customer_no)
        _day(draft, "offered_on", _("The customer was told on"), found.today, dt.date(2000, 1, 1), found.today)
        key = prepare(draft, "channel", "letter")
        st.selectbox(
            _("How"), list(LABELS["reply_channel"]), key=key, on_change=keep, args=(key,),
            format_func=lambda code: label("reply_channel", code),
        )  # fmt: skip
        first = day_in(st.session_state[f"{draft}:offered_on"], found.reply_days)
        key = prepare(draft, "due_on", first)
        if st.session_state[key] < first:
            st.session_state[key] = first
        _day(draft, "due_on", _("Reply by"), first, first, None)
        names = ("offered_on", "channel", "due_on")
        _save(_("Note it"), Deed("offer_reply", of_row(row), draft=draft), names, names)

    drawer()


def record_reply(found: Opened, row: ListingRow) -> None:
    """What the customer replied."""

    @st.dialog(_("The customer's reply"), position="right", icon=":material/mark_email_read:")
    def drawer() -> None:
        draft = f"reply-{row.customer_id}-{row.id}"
        _subject(found.profile.name, found.profile.customer_no)
        _text(draft, "words", _("What the customer says"))
        st.file_uploader(
            _("What the customer handed in"), type=list(EVIDENCE_TYPES), accept_multiple_files=True,
            max_upload_size=LARGEST_FILE_MB, key=f"{draft}-files",
        )  # fmt: skip
        _save(_("Record the reply"), Deed("record_reply", of_row(row), draft=draft), ("words",), ("words",), draft)

    drawer()


# --- the decision


def confirm(found: Opened, file: ListingFile) -> None:
    """List the customer."""

    @st.dialog(_("Confirm the listing"), position="right", icon=":material/gavel:", width="medium")
    def drawer() -> None:
        row = file.row
        draft = f"confirm-{row.customer_id}-{row.id}"
        _subject(found.profile.name, found.profile.customer_no)
        st.html(f"<div>{grade_mark(row.grade)} {escape(criteria_text(row.criteria))}</div>{checks_html(file.checks)}")
        key = prepare(draft, "grade", row.grade)
        st.segmented_control(
            _("Grade"), list(LABELS["grade"]), key=key, required=True, on_change=keep, args=(key,),
            format_func=lambda code: label("grade", code),
        )  # fmt: skip
        why = _reason_wanted(found, file, str(st.session_state[key]))
        if why:
            st.warning(why, icon=":material/rule:")
        _text(draft, "reason", _("Reason") if why else _("Remarks (optional)"))
        st.info(
            _("Trade with %(customer)s stops at once: new orders are denied, open ones are held, the level rises to "
              "critical. Its department, finance, legal, risk management and leadership are told.")
            % {"customer": found.profile.name},
            icon=":material/info:",
        )  # fmt: skip
        needed = ("grade", "reason") if why else ("grade",)
        _save(_("Confirm listing"), Deed("confirm", of_row(row), draft=draft), ("grade", "reason"), needed)

    drawer()


def _reason_wanted(found: Opened, file: ListingFile, grade: str) -> str:
    """Why the decision needs a reason; empty where it needs none."""
    row = file.row
    if any(not one.is_there for one in file.checks):
        return _("Something is missing: the decision needs a reason.")
    if not is_reply_over(row.reply.closed_on, row.reply.due_on, found.today):
        return _("The customer may still reply until %(day)s: the decision needs a reason.") % {
            "day": format_date(row.reply.due_on)
        }
    return _("This is not the grade that was proposed: the decision needs a reason.") if grade != row.grade else ""


def reject(found: Opened, row: ListingRow) -> None:
    """Do not list the customer."""

    @st.dialog(_("Do not list"), position="right", icon=":material/block:")
    def drawer() -> None:
        draft = f"reject-{row.customer_id}-{row.id}"
        _subject(found.profile.name, found.profile.customer_no)
        _text(draft, "reason", _("Why the customer is not listed"))
        st.caption(_("Who proposed it is told. It can't be undone; a different sign may lead to a new proposal."))
        deed = Deed("reject", of_row(row), draft=draft, following=following(key_of(row)))
        _save(_("Do not list this customer"), deed, ("reason",), ("reason",))

    drawer()


# --- a wrong listing


def ask_to_end(found: Opened, row: ListingRow) -> None:
    """Say that a listing is unfounded."""
    _with_reason(
        found, row, "ask_to_end", _("This listing is wrong"), _("Why it is unfounded"), _("Ask for its end"),
        _("Another person of risk management or leadership decides. Until then the listing stays in force."),
    )  # fmt: skip


def refuse_end(found: Opened, row: ListingRow) -> None:
    """Keep a listing that somebody holds for wrong."""
    _with_reason(
        found, row, "refuse_end", _("Keep the listing"), _("Why it stands"), _("Keep the listing"),
        _("Nothing changes for the customer."),
    )  # fmt: skip


def _with_reason(
    found: Opened, row: ListingRow, command: str, title: str, question: str, button: str, hint: str
) -> None:
    @st.dialog(title, position="right", icon=":material/undo:")
    def drawer() -> None:
        draft = f"{command}-{row.customer_id}-{row.id}"
        _subject(found.profile.name, found.profile.customer_no)
        _text(draft, "reason", question)
        st.caption(hint)
        _save(button, Deed(command, of_row(row), draft=draft), ("reason",), ("reason",))

    drawer()


def end_unfounded(found: Opened, row: ListingRow) -> None:
    """End a wrong listing."""

    @st.dialog(_("End the listing"), position="right", icon=":material/lock_open:")
    def drawer() -> None:
        _subject(found.profile.name, found.profile.customer_no)
        st.info(
            _("The listing ends as unfounded: the customer counts as wrongly restricted, its level follows its score "
              "again, and its department is told. It can't be undone."),
            icon=":material/info:",
        )  # fmt: skip
        _save(_("End the listing as unfounded"), Deed("end_unfounded", of_row(row), draft=f"end-{row.id}"))

    drawer()
