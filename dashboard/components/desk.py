"""A list with the chosen row beside it: which row comes next, and which rows are ticked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

import streamlit as st

Key = TypeVar("Key")


class Versioned(Protocol):
    """A customer's record in the version that is on screen."""

    @property
    def customer_id(self) -> int: ...

    @property
    def id(self) -> int: ...

    @property
    def version(self) -> int: ...


Row = TypeVar("Row", bound=Versioned)


def following(keys: Sequence[Key], done: Sequence[Key]) -> Key | None:
    """What is opened once `done` are dealt with: the first left after them, else the last left before."""
    left = [key for key in keys if key not in done]
    last = max((keys.index(key) for key in done if key in keys), default=-1)
    return next((key for key in keys[last + 1 :] if key in left), left[-1] if left else None)


def tick_key(row: Versioned) -> str:
    """The widget key of a row's tick: another version of the row starts without one."""
    return f"tick-{row.customer_id}-{row.id}-{row.version}"


def ticked(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows that are ticked. One that somebody changed since it was ticked is not among them."""
    return tuple(row for row in rows if st.session_state.get(tick_key(row)))
