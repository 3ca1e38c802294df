"""The page `customers`."""

import streamlit as st

from dashboard.i18n import _
from dashboard.navigation import page_spec
from dashboard.state import current_actor

current_actor()
st.title(_(page_spec("customers").title))
