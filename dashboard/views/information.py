"""What must be known and is due: the worklist of each department, forms to fill it in, data quality, the catalogue."""

from __future__ import annotations

import streamlit as st

from dashboard.components.address_filters import pill_filter
from dashboard.i18n import N_, _
from dashboard.navigation import page_spec
from dashboard.state import DASHBOARD, current_actor
from dashboard.views.information_customer import customer_part
from dashboard.views.information_deeds import carry_out
from dashboard.views.information_limits import limits_part
from dashboard.views.information_list import CUSTOMER, worklist_part
from dashboard.views.information_quality import quality_part

PARTS = {"": N_("To collect"), "quality": N_("Data quality"), "limits": N_("What must be known")}


def page() -> None:
    """Draw the part, or the customer, that the address names."""
    actor = current_actor()
    for sheet in ("worklist", "tables", "records", "information"):
        st.html(DASHBOARD / f"theme/{sheet}.css")
    carry_out(actor)
    number = st.query_params.get(CUSTOMER, "").strip()
    if number:
        customer_part(actor, number)
        return
    st.title(_(page_spec("information").title), anchor=False)
    part = pill_filter(
        "part", [code for code in PARTS if code], label=_("Part"), words=lambda code: _(PARTS[code]),
        key="information-part",
    )  # fmt: skip
    if part == "quality":
        quality_part(actor)
    elif part == "limits":
        limits_part(actor)
    else:
        worklist_part(actor)


page()
