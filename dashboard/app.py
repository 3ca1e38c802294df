"""The entry of every page: who is it, in which language, with which menu. Then the page itself."""

from __future__ import annotations

import streamlit as st

from dashboard.account_box import account_box, header
from dashboard.navigation import menu
from dashboard.state import DASHBOARD, current_actor
from dashboard.theme import STYLE_SHEET

# A local icon: Streamlit would fetch the icon of the page from a server abroad.
st.set_page_config(page_title="Greyledger", page_icon=DASHBOARD / "web/favicon.png", layout="wide")
st.html(STYLE_SHEET)
actor = current_actor()
page = st.navigation(menu(actor), expanded=True)
st.logo(DASHBOARD / "web/wordmark.svg", icon_image=DASHBOARD / "web/favicon.png", size="large")
account_box(actor)
header(actor)
page.run()
