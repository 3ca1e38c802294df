"""What the orders page remembers: which order is open, and what is to be done with it.

An order is known in the address by its customer's number and its own. A button writes down a `Deed`; the page carries
it out at its top, in one transaction. Words that were typed stay until the deed is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import streamlit as st

from dashboard.components import deeds
from dashboard.components.address_filters import change_address
from dashboard.components.desk import DrawnList
from services.gate import GateOrderRow

CUSTOMER, ORDER, VIEW, AFTER = "customer", "order", "view", "after"
HELD, LOG, PERMISSIONS = "held", "log", "permissions"
DEED: Final = "orders.deed"
KEYS: Final = "orders.keys"

#: Which drawer is open: it stays open while what is in it is worked on, whatever else the page does.
DRAWER: Final = "orders.drawer"
ASK, PERMISSION = "ask", "permission"

Key = tuple[str, str]


@dataclass(frozen=True)
class Deed:
    """One act that a person decided on. `draft` is the beginning of the keys of the words that are done with then."""

    command: str
    values: Mapping[str, Any] = field(default_factory=dict)
    draft: str = ""
    goes_on: bool = False


def key_of(row: GateOrderRow) -> Key:
    """What an order is known by."""
    return row.customer_no, row.order_no


def chosen_key() -> Key | None:
    """The order that the address names, if it names one."""
    customer, order = st.query_params.get(CUSTOMER, ""), st.query_params.get(ORDER, "")
    return (customer, order) if customer and order else None


def choose(key: Key | None) -> None:
    """Open an order, or none: for callbacks."""
    change_address({CUSTOMER: key[0] if key else "", ORDER: key[1] if key else ""})


def row_name(row: GateOrderRow) -> str:
    """What a row is called among the page's widgets."""
    return f"order-{row.customer_id}-{row.id}"


_list: DrawnList[Key] = DrawnList(KEYS)
following = _list.following


def move(offset: int) -> None:
    """Open the next or the former order of the list: for callbacks."""
    _list.move(offset, chosen_key(), choose)


def open_drawer(name: str) -> None:
    """Open a drawer: for callbacks."""
    st.session_state[DRAWER] = name


def close_drawer() -> None:
    """Close the drawer that is open: for callbacks."""
    st.session_state.pop(DRAWER, None)


def note_deed(deed: Deed) -> None:
    """Write down what is to be done: for callbacks."""
    deeds.note_deed(DEED, deed)


def forget(draft: str) -> None:
    """Drop what was typed: it is done with."""
    for key in [one for one in st.session_state if isinstance(one, str) and one.startswith(draft)]:
        del st.session_state[key]
