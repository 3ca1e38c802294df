"""Filters that live in the address bar as codes, so that a link means the same in every language.

Streamlit's own binding writes the translated label into the address. Here the code is written, and a change of the
address from outside (a link, the back button) changes the widget.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

ALL = ""


def choice_filter(
    name: str, codes: Sequence[str], *, label: str, words: Callable[[str], str], everything: str, key: str,
    resets: Sequence[str] = (),
) -> str | None:  # fmt: skip
    """A select box over codes; None when all are shown. `words` says a code, `everything` says none.

    A change takes the names in `resets` out of the address: a place in the list is another list's then.
    """
    options = [ALL, *codes]
    _follow_address(name, key, lambda given: given if given in options else ALL)
    st.selectbox(
        label,
        options,
        format_func=lambda code: words(code) if code else everything,
        key=key,
        on_change=_write,
        args=(name, key, resets),
        label_visibility="collapsed",
    )
    return str(st.session_state[key]) or None


def pill_filter(
    name: str, codes: Sequence[str], *, label: str, words: Callable[[str], str], key: str, resets: Sequence[str] = ()
) -> str | None:
    """A strip of codes with one for all in front; `words` says each, "" too."""
    options = [ALL, *codes]
    _follow_address(name, key, lambda given: given if given in options else ALL)
    st.pills(
        label,
        options,
        format_func=words,
        key=key,
        required=True,
        on_change=_write,
        args=(name, key, resets),
        label_visibility="collapsed",
    )
    return str(st.session_state[key] or ALL) or None


def several_filter(
    name: str, codes: Sequence[str], *, label: str, words: Callable[[str], str], key: str, resets: Sequence[str] = ()
) -> tuple[str, ...]:
    """A strip of codes of which any number may be chosen; none means all. In the address they stand by comma."""
    _follow_address(name, key, lambda given: [one for one in given.split(",") if one in codes])
    st.pills(
        label,
        list(codes),
        selection_mode="multi",
        format_func=words,
        key=key,
        on_change=_write,
        args=(name, key, resets),
        label_visibility="collapsed",
    )
    return tuple(st.session_state[key] or ())


def text_filter(
    name: str, *, label: str, placeholder: str, key: str, most: int = 100, resets: Sequence[str] = ()
) -> str:
    """A search field; what was typed, without blanks around it."""
    _follow_address(name, key, lambda given: given[:most])
    st.text_input(
        label,
        key=key,
        placeholder=placeholder,
        max_chars=most,
        on_change=_write,
        args=(name, key, resets),
        label_visibility="collapsed",
        icon=":material/search:",
    )
    return str(st.session_state[key] or "").strip()


def switch_filter(name: str, *, label: str, key: str, hint: str | None = None, resets: Sequence[str] = ()) -> bool:
    """A switch; on is `1` in the address."""
    _follow_address(name, key, lambda given: given == "1")
    st.toggle(label, key=key, on_change=_write, args=(name, key, resets), help=hint)
    return bool(st.session_state[key])


def day_filter(name: str, *, label: str, key: str, resets: Sequence[str] = ()) -> dt.date | None:
    """A day, or none; `2025-06-30` in the address."""
    _follow_address(name, key, _day)
    st.date_input(label, key=key, on_change=_write, args=(name, key, resets), format="YYYY-MM-DD")
    day = st.session_state[key]
    return day if isinstance(day, dt.date) else None


def _day(given: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(given)
    except ValueError:
        return None


def change_address(changes: Mapping[str, str]) -> None:
    """Set names in the address, or take out those without a value, in one step: one step back for the Back button."""
    now = st.query_params.to_dict()
    wanted = {name: value for name, value in (now | changes).items() if value}
    if wanted != now:
        st.query_params.from_dict(wanted)


def clear_filters(*filters: tuple[str, str]) -> None:
    """Take filters (name, key) out of the address and empty their widgets: for callbacks."""
    for _name, key in filters:
        st.session_state.pop(key, None)
    change_address({name: "" for name, _key in filters})


def _follow_address(name: str, key: str, parsed: Callable[[str], str | bool | list[str] | dt.date | None]) -> None:
    given = st.query_params.get(name, "")
    if key not in st.session_state or st.session_state.get(_seen(key)) != given:
        st.session_state[key] = parsed(given)
        st.session_state[_seen(key)] = given


def _write(name: str, key: str, resets: Sequence[str] = ()) -> None:
    value = st.session_state[key]
    text = "1" if value is True else ",".join(value) if isinstance(value, list) else str(value or "").strip()
    change_address({name: text, **dict.fromkeys(resets, "")})
    st.session_state[_seen(key)] = text


def _seen(key: str) -> str:
    return f"{key}:address"
