"""What risk management decided about a rule since the last run: carried out at the top of the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import streamlit as st

from dashboard.components.deeds import note_deed, pending_deed, said_in_sight
from dashboard.i18n import N_, _
from services.context import Actor, unit_of_work
from services.early_warnings.editions import RuleChange, change_rule
from services.early_warnings.simulating import cancel_simulation, simulate

DEED: Final = "warning_rule.deed"
#: Widgets of the form begin so: after a saved change they start again from the new edition.
DRAFT: Final = "rule-draft-"
_DONE = {
    "change": N_("Saved: a new edition of the rule"),
    "simulate": N_("Simulation asked for"),
    "cancel": N_("Simulation cancelled"),
}


@dataclass(frozen=True)
class Deed:
    """One act, carried out at the top of the next run."""

    command: str
    rule: str = ""
    change: RuleChange = field(default_factory=RuleChange)
    reason: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    seen_edition: int = 0
    thresholds: Mapping[str, object] = field(default_factory=dict)
    simulation: int = 0


def note(deed: Deed) -> None:
    """Have an act carried out in the next run."""
    note_deed(DEED, deed)


def carry_out(actor: Actor) -> None:
    """Do what was decided, if anything. A refusal changes nothing and keeps what was written."""
    deed = pending_deed(DEED, Deed)
    if deed is None:
        return
    with said_in_sight("warning-rule-said", _(_DONE[deed.command])) as outcome, unit_of_work(actor) as ctx:
        if deed.command == "change":
            change_rule(ctx, deed.rule, deed.change, deed.reason, deed.since, deed.seen_edition)
        elif deed.command == "simulate":
            simulate(ctx, deed.rule, deed.thresholds, deed.since or ctx.today, deed.until or ctx.today)
        else:
            cancel_simulation(ctx, deed.simulation)
    if outcome.succeeded and deed.command == "change":
        for name in [str(one) for one in st.session_state if str(one).startswith(DRAFT)]:
            del st.session_state[name]
