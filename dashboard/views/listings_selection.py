"""What the listings page remembers: which row is open, what is written but not saved, and what is to be done.

A row is known by its place in the address: `candidate=customer_id.id`, `listing=customer_id.id`, or `customer=number`
for a customer about whom a proposal is begun. A button writes down a `Deed`; the page carries it out at its top, in one
transaction. Words that were typed stay until the deed is done: a refusal loses none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import streamlit as st

from dashboard.components import deeds
from dashboard.components.address_filters import change_address
from dashboard.components.desk import DrawnList
from dashboard.components.drafts import Drafts
from services.listings import CandidateRow, ListingRow, NewFile

Key = tuple[str, str]

CANDIDATE, LISTING, CUSTOMER = "candidate", "listing", "customer"
_NAMES = (LISTING, CANDIDATE, CUSTOMER)
DETAIL: Final = "listings-detail"
ORDER: Final = "listings.order"
DEED: Final = "listings.deed"
WORDS: Final = "listings.words"
SHOWN: Final = "listings.shown"


@dataclass(frozen=True)
class Deed:
    """One act that a person decided on. `draft` names the words that are done with once it succeeds."""

    command: str
    values: Mapping[str, Any] = field(default_factory=dict)
    draft: str = ""
    following: Key | None = None


def key_of(row: CandidateRow | ListingRow) -> Key:
    """What a row is known by."""
    return CANDIDATE if isinstance(row, CandidateRow) else LISTING, f"{row.customer_id}.{row.id}"


def ids_of(key: Key) -> tuple[int, int] | None:
    """Customer and record that a key names; None where it names none."""
    customer, _dot, record = key[1].partition(".")
    if key[0] != CUSTOMER and all(one.isascii() and one.isdigit() and len(one) < 19 for one in (customer, record)):
        return int(customer), int(record)
    return None


def chosen_key() -> Key | None:
    """The row that the address names, if it names one."""
    return next(((name, value) for name in _NAMES if (value := st.query_params.get(name, ""))), None)


def choose(key: Key | None) -> None:
    """Open a row, or none."""
    change_address(dict.fromkeys(_NAMES, "") | ({} if key is None else {key[0]: key[1]}))


def open_detail(key: Key | None) -> None:
    """Open a row and draw nothing but it: for callbacks."""
    choose(key)
    st.rerun(DETAIL)


def row_name(key: Key) -> str:
    """What a row is called among the page's widgets."""
    return "-".join((key[0], *(part if part.isalnum() else f"{ord(part)}" for part in key[1])))


_list: DrawnList[Key] = DrawnList(ORDER, SHOWN)
order, rows_shown, offer_more = _list.order, _list.rows_shown, _list.offer_more
following = _list.following
_drafts = Drafts(WORDS)
prepare, keep, written = _drafts.prepare, _drafts.keep, _drafts.written
forget = _drafts.forget


def move(offset: int) -> None:
    """Open the next or the former row of the list: for callbacks."""
    _list.move(offset, chosen_key(), choose)


def files_in(*keys: str) -> tuple[NewFile, ...]:
    """What uploaders and cameras of these keys hold."""
    found = []
    for key in keys:
        held = st.session_state.get(key)
        found += held if isinstance(held, Sequence) else [held] if held is not None else []
    return tuple(NewFile(one.name, one.getvalue()) for one in found)


# --- what is to be done


def note_deed(deed: Deed) -> None:
    """Write down what is to be done: for callbacks. The whole page runs, since the list changes too."""
    deeds.note_deed(DEED, deed)
    st.rerun()


def day_in(today: dt.date, days: int) -> dt.date:
    """A day so many days on."""
    return today + dt.timedelta(days=days)


def of_row(row: ListingRow) -> dict[str, Any]:
    """What names a listing to a command."""
    return {"customer_id": row.customer_id, "listing_id": row.id, "version": row.version}


def of_candidate(row: CandidateRow) -> dict[str, Any]:
    """What names a candidate to a command."""
    return {"customer_id": row.customer_id, "candidate_id": row.id, "version": row.version}
