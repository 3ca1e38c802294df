"""Brings a part of the page into sight when something new stands in it: an answer above where the button was."""

from __future__ import annotations

from functools import lru_cache

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

_SCRIPT = """
const seen = new Map()

export default function ({ data }) {
  if (seen.get(data.key) === data.token) return
  seen.set(data.key, data.token)
  document.querySelector(".st-key-" + data.key)?.scrollIntoView({ block: "center" })
}
"""


@lru_cache(maxsize=1)
def _component() -> ComponentRenderer:
    return st.components.v2.component("greyledger_into_sight", js=_SCRIPT)


def into_sight(key: str, token: str) -> None:
    """Scroll to the container of this key whenever `token` is another one than before."""
    _component()(data={"key": key, "token": token}, key=f"into-sight-{key}", height=1)
