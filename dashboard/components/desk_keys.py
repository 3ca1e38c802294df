"""What Streamlit's shortcuts can't: `/` puts the cursor into the search field, `?` opens the help, and the chosen row
is scrolled into sight when keys move on. Nothing here decides anything."""

from __future__ import annotations

from functools import lru_cache

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

_SCRIPT = """
export default function ({ data }) {
  const row = document.querySelector('[class*="st-key-glrow-current-"]')
  if (row && data.chosen && row.dataset.seen !== data.chosen) {
    row.scrollIntoView({ block: "nearest" })
  }
  const typing = (target) => target.closest('input, textarea, select, [contenteditable="true"], [role="dialog"]')
  const listen = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return
    if (event.key === "/") {
      const field = document.querySelector(".st-key-triage-search input")
      if (field) { event.preventDefault(); field.focus(); field.select() }
    } else if (event.key === "?") {
      const help = document.querySelector(".st-key-triage-help button")
      if (help) { event.preventDefault(); help.click() }
    }
  }
  document.addEventListener("keydown", listen)
  return () => document.removeEventListener("keydown", listen)
}
"""


@lru_cache(maxsize=1)
def _component() -> ComponentRenderer:
    return st.components.v2.component("greyledger_desk_keys", js=_SCRIPT)


def desk_keys(*, chosen: str) -> None:
    """Listen for the keys; `chosen` changes when another row is chosen."""
    _component()(data={"chosen": chosen}, key="desk-keys", height=1)
