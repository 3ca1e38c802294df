"""Scorecards as data: all versions with their state and who stands behind them, and one of them to read or change."""

from __future__ import annotations

import streamlit as st

from dashboard.components.address_filters import change_address, pill_filter
from dashboard.components.scorecard_words import scorecard_name
from dashboard.feedback import show_error
from dashboard.i18n import N_, _
from dashboard.navigation import file_of, page_spec
from dashboard.state import DASHBOARD, current_actor
from dashboard.views.scorecards_card import changes_part, exports, head, levels_part, preview_part
from dashboard.views.scorecards_deeds import carry_out
from dashboard.views.scorecards_indicators import indicators_part
from dashboard.views.scorecards_list import list_part
from dashboard.views.scorecards_reads import Desk, desk_of
from dashboard.views.scorecards_saving import saving_bar
from dashboard.views.scorecards_shadow import shadow_part
from dashboard.views.scorecards_steps import steps_part
from services.context import Actor
from services.errors import NotFoundError

PARTS = {
    "": N_("Indicators and weights"),
    "levels": N_("Levels and floors"),
    "changes": N_("What differs"),
    "customer": N_("One customer"),
    "shadow": N_("Shadow run"),
}


def page() -> None:
    """Draw the list, or the scorecard that the address names."""
    actor = current_actor()
    for sheet in ("tables", "records", "score", "scorecards"):
        st.html(DASHBOARD / f"theme/{sheet}.css")
    title = st.empty()
    given = st.query_params.get("card", "")
    chosen = int(given) if given.isdigit() else None
    carry_out(actor, chosen)
    given = st.query_params.get("card", "")
    desk = _desk(actor, int(given)) if given.isdigit() else None
    if desk is None:
        title.title(_(page_spec("scorecards").title), anchor=False)
        list_part(actor)
        return
    title.title(scorecard_name(desk.row), anchor=False)
    _card(desk)


def _desk(actor: Actor, scorecard_id: int) -> Desk | None:
    try:
        return desk_of(actor, scorecard_id)
    except NotFoundError as error:
        show_error(error)
        return None


def _card(desk: Desk) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button(_("All scorecards"), key="scorecards-back", icon=":material/arrow_back:", on_click=_back)
        exports(desk)
        st.page_link(
            file_of("scorecard_comparison"),
            label=_("Compare on history"),
            icon=page_spec("scorecard_comparison").icon,
            query_params={"card": str(desk.row.id)},
        )
    head(desk)
    steps_part(desk)
    saving_bar(desk)
    part = pill_filter(
        "part", [code for code in PARTS if code and (code != "shadow" or desk.row.shadow_since is not None)],
        label=_("Part"), words=lambda code: _(PARTS[code]), key="scorecards-part",
    )  # fmt: skip
    if part == "levels":
        levels_part(desk)
    elif part == "changes":
        changes_part(desk)
    elif part == "customer":
        preview_part(desk)
    elif part == "shadow":
        shadow_part(desk)
    else:
        indicators_part(desk)


def _back() -> None:
    change_address({"card": "", "part": "", "dimension": "", "indicator": ""})


page()
