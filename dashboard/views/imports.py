"""The page `imports`."""

import streamlit as st

from dashboard.i18n import _
from dashboard.navigation import page_spec
from dashboard.state import current_actor

current_actor()
st.title(_(page_spec("imports").title))
