"""What Streamlit's shortcuts can't: `/` puts the cursor into the search field, `?` opens the help, X ticks the chosen
row, and the chosen row is brought into sight and named to screen readers. Nothing here decides anything."""

from __future__ import annotations

from functools import lru_cache

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

_SCRIPT = """
let shown = null
let place = 0
let listPlace = 0
let stop = () => {}
const page = () => document.querySelector('[data-testid="stMain"]')
let row = ""
const current = () => row ? document.querySelector(".st-key-glrow-" + row) : null

function say() {
  const button = current()?.querySelector("button") ?? null
  for (const one of document.querySelectorAll('[class*="st-key-glopen-"] button[aria-current]'))
    if (one !== button) one.removeAttribute("aria-current")
  button?.setAttribute("aria-current", "true")
}

function follow(chosen) {
  if (shown === chosen) return
  const before = shown
  shown = chosen
  const list = document.querySelector(".st-key-triage-list")
  const main = page()
  if (!list || !main) return
  if (getComputedStyle(list).overflowY === "auto") {
    const row = current()
    if (!row) return
    // What sticks to the top of the list must not cover the row.
    const head = list.querySelector(".gl-row-head")
    const top = list.getBoundingClientRect().top + (head ? head.offsetHeight : 0)
    const box = row.getBoundingClientRect()
    const bottom = list.getBoundingClientRect().bottom
    if (box.top < top) list.scrollTop -= top - box.top
    else if (box.bottom > bottom) list.scrollTop += box.bottom - bottom + box.height
  } else if (before !== null) {
    // One half at a time: the chosen one from its top, the list where it was left.
    if (!before && chosen) { listPlace = place; main.scrollTop = 0 }
    else if (!chosen) main.scrollTop = listPlace
    else main.scrollTop = 0
  }
}

export default function ({ data }) {
  // Called at every run of the page, with a way out only at the end: what listens already goes first.
  stop()
  const main = page()
  const remember = () => { if (!shown) place = main.scrollTop }
  row = data.row
  say()
  follow(data.chosen)
  const typing = (target) =>
    target.closest('input:not([type="checkbox"]), textarea, select, [contenteditable="true"], [role="dialog"]')
  const listen = (event) => {
    if ((event.key === "Escape" || event.key === "Enter") && event.target.closest(".st-key-triage-search")) {
      // The search is done: the next key is a key of the desk again.
      setTimeout(() => event.target.blur(), 0)
      return
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return
    const press = (selector) => {
      const found = document.querySelector(selector)
      if (found) { event.preventDefault(); found.click() }
      return found
    }
    if (event.key === "/") {
      const field = document.querySelector(".st-key-triage-search input")
      if (field) { event.preventDefault(); field.focus(); field.select() }
    } else if (event.key === "?") {
      press(".st-key-triage-help button")
    } else if (event.key === "x" || event.key === "X") {
      if (row) press(`.st-key-glrow-${row} [class*="st-key-tick-"] input`)
    }
  }
  document.addEventListener("keydown", listen)
  main?.addEventListener("scroll", remember, { passive: true })
  const own = () => {
    document.removeEventListener("keydown", listen)
    main?.removeEventListener("scroll", remember)
  }
  stop = own
  return own
}
"""


@lru_cache(maxsize=1)
def _component() -> ComponentRenderer:
    return st.components.v2.component("greyledger_desk_keys", js=_SCRIPT)


def desk_keys(*, chosen: str, row: str) -> None:
    """Listen for the keys; `chosen` changes when another row is chosen, `row` is the name of the one that is open."""
    _component()(data={"chosen": chosen, "row": row}, key="desk-keys", height=1)
