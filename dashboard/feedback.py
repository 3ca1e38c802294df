"""What the reader is told when something was done, was refused, or went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import streamlit as st

from dashboard.i18n import _, sentence
from dashboard.logs import logged_fault
from services.errors import RefusedError


@dataclass
class Outcome:
    """Whether the action of a `user_action` block was done."""

    succeeded: bool = False


@contextmanager
def user_action(done: str | None = None) -> Iterator[Outcome]:
    """Around one command: a refusal becomes its sentence, a fault an id and a log entry, success the message `done`.

    with user_action(_("Warning acknowledged")), unit_of_work(actor) as ctx:
        acknowledge(ctx, ...)

    Nothing of `st` belongs inside: st.rerun() and st.stop() are exceptions that would roll the command back.
    """
    outcome = Outcome()
    try:
        yield outcome
    except Exception as error:  # control flow (st.rerun, st.stop) is a BaseException and passes
        show_error(error)
    else:
        outcome.succeeded = True
        if done:
            st.toast(done, icon=":material/check:")


def show_error(error: Exception) -> bool:
    """Say what a refusal says; for a fault show an id, and log the traceback under it. True: the reader was told."""
    if isinstance(error, RefusedError):
        st.error(sentence(error), icon=":material/block:")
    else:
        st.error(fault_text(logged_fault(error)), icon=":material/error:")
    return True


def fault_text(fault_id: str) -> str:
    """The sentence for a fault."""
    return _(
        "Something went wrong on our side and nothing was saved. Try again; if it stays, tell your administrator "
        "this number: %(id)s"
    ) % {"id": fault_id}


def on_script_error(error: Exception) -> bool:
    """For faults outside of any `user_action`: in a page, a fragment or a callback."""
    return show_error(error)
