"""A day in the address bar, written as ISO whatever the language of the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import streamlit as st


def date_filter(name: str, *, label: str, key: str, resets: Sequence[str] = ()) -> dt.date | None:
    """A day to pick, or none. A change takes the names in `resets` out of the address."""
    given, seen = st.query_params.get(name, ""), f"{key}:address"
    if key not in st.session_state or st.session_state.get(seen) != given:
        st.session_state[key] = _parsed(given)
        st.session_state[seen] = given
    st.date_input(label, key=key, format="YYYY-MM-DD", on_change=_write, args=(name, key, resets))
    value = st.session_state[key]
    return value if isinstance(value, dt.date) else None


def _parsed(given: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(given) if given else None
    except ValueError:
        return None


def _write(name: str, key: str, resets: Sequence[str]) -> None:
    value = st.session_state[key]
    for other in resets:
        st.query_params.pop(other, None)
    if isinstance(value, dt.date):
        st.query_params[name] = value.isoformat()
    else:
        st.query_params.pop(name, None)
    st.session_state[f"{key}:address"] = st.query_params.get(name, "")
