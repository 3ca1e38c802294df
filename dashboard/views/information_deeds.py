"""Acts on the page of information: noted by a button, carried out at the top of the next run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import streamlit as st

from dashboard.components.deeds import note_deed, pending_deed
from dashboard.feedback import user_action
from dashboard.i18n import N_, _
from db.enums import InformationFinding, RiskLevel
from services.context import Actor, Context, unit_of_work
from services.imports.messages import Message
from services.information.forms import fill_in
from services.information.limits import set_limit
from services.information.looks import confirm, withdraw

DEED: Final = "information.deed"
DRAFTS: Final = "information.drafts"
WRONG: Final = "information.wrong"
_DONE = {
    "fill": N_("Stored"),
    "confirm": N_("Noted that you looked"),
    "withdraw": N_("Look taken back"),
    "limit": N_("Greatest age set"),
}


@dataclass(frozen=True)
class Deed:
    """One act that a person decided on. `draft` names what was typed: it goes once the act is done, never before."""

    command: str
    draft: tuple[str, str] = ("", "")
    values: dict[str, Any] = field(default_factory=dict)


def note(deed: Deed) -> None:
    """Write an act down: for callbacks, so that what was typed last is in it."""
    note_deed(DEED, deed)


def wrong_of(draft: tuple[str, str]) -> dict[str, tuple[Message, ...]]:
    """What was not accepted of a draft, by column."""
    return dict(st.session_state.get(WRONG, {}).get(draft, {}))


def carry_out(actor: Actor) -> None:
    """Do what was decided since the last run, if anything. A refusal changes nothing and keeps what was written."""
    deed = pending_deed(DEED, Deed)
    if deed is None:
        return
    wrong: dict[str, tuple[Message, ...]] = {}
    with user_action() as outcome, unit_of_work(actor) as ctx:
        wrong = _COMMANDS[deed.command](ctx, deed)
    st.session_state.setdefault(WRONG, {})[deed.draft] = wrong
    if wrong:
        st.error(_("Nothing was stored: see what is wrong beside the fields. What you typed is kept."))
    elif outcome.succeeded:
        st.session_state.get(DRAFTS, {}).pop(deed.draft, None)
        forget_widgets(deed.draft)
        st.toast(_(_DONE[deed.command]), icon=":material/check:")


def forget_widgets(draft: tuple[str, str]) -> None:
    """Empty the widgets of a draft that is stored."""
    start = widget_key(draft, "")
    for key in [one for one in st.session_state if str(one).startswith(start)]:
        del st.session_state[key]


def widget_key(draft: tuple[str, str], name: str) -> str:
    """The key of a field's widget."""
    return f"inform-{draft[0]}-{draft[1]}-{name}"


def _fill(ctx: Context, deed: Deed) -> dict[str, tuple[Message, ...]]:
    customer_no, kind = deed.draft
    return dict(fill_in(ctx, kind, customer_no, deed.values).wrong)


def _confirm(ctx: Context, deed: Deed) -> dict[str, tuple[Message, ...]]:
    given = deed.values
    day = given["day"] if isinstance(given["day"], dt.date) else ctx.today
    confirm(ctx, given["item"], given["customers"], InformationFinding(given["finding"]), day, given["note"])
    return {}


def _withdraw(ctx: Context, deed: Deed) -> dict[str, tuple[Message, ...]]:
    withdraw(ctx, deed.values["customer"], deed.values["look"], deed.values["version"])
    return {}


def _limit(ctx: Context, deed: Deed) -> dict[str, tuple[Message, ...]]:
    given = deed.values
    since = given["since"] if isinstance(given["since"], dt.date) else ctx.today
    set_limit(ctx, given["item"], RiskLevel(given["level"]), given["days"], since, given["reason"])
    return {}


_COMMANDS: dict[str, Callable[[Context, Deed], dict[str, tuple[Message, ...]]]] = {
    "fill": _fill, "confirm": _confirm, "withdraw": _withdraw, "limit": _limit,
}  # fmt: skip
