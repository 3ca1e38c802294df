"""A secret just made: shown this once, until its maker says that it is kept."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n import _

_KEY = "machines-secret-shown"


def keep_secret(title: str, secret: str) -> None:
    """Show a secret from the next run on."""
    st.session_state[_KEY] = (title, secret)


def show_secret() -> None:
    """Draw the secret that waits to be kept."""
    title, secret = st.session_state.get(_KEY, ("", ""))
    if not secret:
        return
    with st.container(key="machines-secret", border=True):
        st.markdown(f"**{title}**")
        st.code(secret, language=None, wrap_lines=True)
        st.caption(_("Copy it now to where it is used. It is not kept here and can't be shown again."))
        st.button(_("I have kept it"), key="machines-secret-kept", on_click=_forget, type="primary")


def _forget() -> None:
    st.session_state.pop(_KEY, None)
