"""What the assessments page remembers: which row is open, what is written but not saved, and what is to be done.

A row is known by its place in the address: an assessment (`assessment=customer_id.id`), or a customer that is due and
has none yet (`customer=number`). Rows are read again at every run. A button writes down a `Deed`; the page carries it
out at its top, in one transaction. Words that were typed stay until the deed is done: a refusal loses none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import streamlit as st

from dashboard.components import deeds
from dashboard.components.address_filters import change_address
from dashboard.components.desk import DrawnList
from dashboard.components.drafts import Drafts
from services.assessments import Pick, ReviewRow, TaskRow

Key = tuple[str, str]

ASSESSMENT, CUSTOMER, VIEW = "assessment", "customer", "view"
TASKS, REVIEW = "tasks", "review"
DETAIL: Final = "assessments-detail"
ORDER: Final = "assessments.order"
DEED: Final = "assessments.deed"
WORDS: Final = "assessments.words"
SHOWN: Final = "assessments.shown"


@dataclass(frozen=True)
class Deed:
    """One act that a person decided on. `draft` names the words that are done with once it succeeds."""

    command: str
    values: Mapping[str, Any] = field(default_factory=dict)
    picks: tuple[Pick, ...] = ()
    draft: str = ""
    following: Key | None = None


def key_of(row: TaskRow | ReviewRow) -> Key:
    """What a row is known by."""
    if isinstance(row, ReviewRow):
        return ASSESSMENT, f"{row.customer_id}.{row.id}"
    if row.assessment_id is None:
        return CUSTOMER, row.customer_no
    return ASSESSMENT, f"{row.customer_id}.{row.assessment_id}"


def assessment_key(customer_id: int, assessment_id: int) -> Key:
    """The key of an assessment."""
    return ASSESSMENT, f"{customer_id}.{assessment_id}"


def ids_of(key: Key) -> tuple[int, int] | None:
    """Customer and assessment that a key names; None where it names none."""
    customer, _dot, assessment = key[1].partition(".")
    if key[0] == ASSESSMENT and all(one.isascii() and one.isdigit() for one in (customer, assessment)):
        return int(customer), int(assessment)
    return None


def chosen_key() -> Key | None:
    """The row that the address names, if it names one."""
    for name in (ASSESSMENT, CUSTOMER):
        if value := st.query_params.get(name, ""):
            return name, value
    return None


def choose(key: Key | None) -> None:
    """Open a row, or none."""
    change_address({ASSESSMENT: "", CUSTOMER: ""} | ({} if key is None else {key[0]: key[1]}))


def open_detail(key: Key | None) -> None:
    """Open a row and draw nothing but it: for callbacks."""
    choose(key)
    st.rerun(DETAIL)


def row_name(key: Key) -> str:
    """What a row is called among the page's widgets."""
    return "-".join(("row", *(part if part.isalnum() else f"{ord(part)}" for part in key[1])))


_list: DrawnList[Key] = DrawnList(ORDER, SHOWN)
order, rows_shown, offer_more = _list.order, _list.rows_shown, _list.offer_more
_drafts = Drafts(WORDS)
prepare, keep, written = _drafts.prepare, _drafts.keep, _drafts.written
is_written, forget = _drafts.is_written, _drafts.forget


def move(offset: int) -> None:
    """Open the next or the former row of the list: for callbacks."""
    _list.move(offset, chosen_key(), choose)


# --- what is to be done


def note_deed(deed: Deed) -> None:
    """Write down what is to be done: for callbacks. The whole page runs, since the list changes too."""
    deeds.note_deed(DEED, deed)
    st.rerun()


def day_in(today: dt.date, days: int) -> dt.date:
    """A day so many days on."""
    return today + dt.timedelta(days=days)
