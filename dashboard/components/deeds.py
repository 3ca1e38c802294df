"""What a person decided, kept from the click to the run that carries it out at the top of the page.

A button's callback notes a deed, which holds all that was typed last; the page takes it up once, in one transaction. A
refusal is said there, where what is drawn below is fresh, and loses no words.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import streamlit as st

from dashboard.components.into_sight import into_sight
from dashboard.feedback import Outcome, user_action

Deed = TypeVar("Deed")


def note_deed(key: str, deed: object) -> None:
    """Write down what is to be done: for callbacks."""
    st.session_state[key] = deed


def pending_deed(key: str, kind: type[Deed]) -> Deed | None:
    """What is to be done now, once."""
    deed = st.session_state.pop(key, None)
    return deed if isinstance(deed, kind) else None


@contextmanager
def said_in_sight(key: str, done: str | None) -> Iterator[Outcome]:
    """A `user_action` on a page that is long: what is refused is said at its top, and brought into sight."""
    with st.container(key=key), user_action(done) as outcome:
        yield outcome
    if not outcome.succeeded:
        into_sight(key, secrets.token_hex(4))
