"""Words that are not saved yet: what was typed outlives a widget's leaving the page, and goes once it is saved."""

from __future__ import annotations

from typing import Any

import streamlit as st


class Drafts:
    """What is typed on one page, by draft and field; `key` is where the session keeps it."""

    def __init__(self, key: str) -> None:
        self._key = key

    @property
    def _kept(self) -> dict[str, Any]:
        kept: dict[str, Any] = st.session_state.setdefault(self._key, {})
        return kept

    def prepare(self, draft: str, name: str, saved: Any) -> str:  # noqa: ANN401  (whatever the widget holds)
        """The key of a widget that keeps its value; `saved` is what it holds before it is touched."""
        key = f"{draft}:{name}"
        if key not in st.session_state:
            st.session_state[key] = self._kept.get(key, saved)
        return key

    def keep(self, key: str) -> None:
        """Remember what a widget holds: for its callback."""
        self._kept[key] = st.session_state[key]

    def written(self, draft: str, name: str) -> Any:  # noqa: ANN401  (whatever the widget holds)
        """What was typed or chosen."""
        return st.session_state.get(f"{draft}:{name}", self._kept.get(f"{draft}:{name}"))

    def is_written(self, draft: str) -> bool:
        """Whether something is typed that is not saved."""
        return any(key.startswith(f"{draft}:") for key in self._kept)

    def forget(self, draft: str) -> None:
        """Drop what was typed: it is saved now."""
        for key in [one for one in self._kept if one.startswith(f"{draft}:")]:
            del self._kept[key]
        for key in [one for one in st.session_state if isinstance(one, str) and one.startswith(f"{draft}:")]:
            del st.session_state[key]
