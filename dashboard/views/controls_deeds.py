"""Carries out what was decided on the measures page: one transaction, one sentence. A refusal loses no words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.components.deeds import pending_deed
from dashboard.feedback import user_action
from dashboard.i18n import N_, _, sentence
from dashboard.views.controls_selection import DEED, Deed, choose, forget, key_of
from services import controls, guarantees
from services.context import Actor, Context, unit_of_work
from services.controls import ControlRefusal, ControlRow, NotTogetherError, plan_rules
from services.errors import RefusedError

_Command = Callable[[Context, Deed], object]


def _by_values(command: Callable[..., object]) -> _Command:
    def run(ctx: Context, deed: Deed) -> object:
        return command(ctx, **deed.values)

    return run


_COMMANDS: dict[str, _Command] = {
    "propose": _by_values(controls.propose),
    "withdraw": _by_values(controls.withdraw),
    "approve": _by_values(controls.approve),
    "decline": _by_values(controls.decline),
    "review": _by_values(controls.review),
    "extend": _by_values(controls.extend),
    "lift": _by_values(controls.lift),
    "approve_many": lambda ctx, deed: controls.approve_many(ctx, deed.picks),
    "add_guarantee": _by_values(guarantees.add_guarantee),
    "renew_guarantee": _by_values(guarantees.renew_guarantee),
    "release_guarantee": _by_values(guarantees.release_guarantee),
    "propose_rule": _by_values(plan_rules.propose_edition),
    "approve_rule": _by_values(plan_rules.approve_edition),
    "reject_rule": _by_values(plan_rules.reject_edition),
    "withdraw_rule": _by_values(plan_rules.withdraw_edition),
    "follow_plan": _by_values(plan_rules.follow_plan),
}
_DONE = {
    "propose": N_("Measure proposed: another person approves it"),
    "withdraw": N_("Proposal taken back"),
    "approve": N_("The measure is in force"),
    "decline": N_("Proposal declined"),
    "review": N_("Review noted"),
    "extend": N_("The measure holds longer"),
    "lift": N_("The measure is lifted"),
    "approve_many": N_("All of them are in force"),
    "add_guarantee": N_("Guarantee entered"),
    "renew_guarantee": N_("Guarantee renewed"),
    "release_guarantee": N_("Guarantee released"),
    "propose_rule": N_("Change proposed: another person approves it"),
    "approve_rule": N_("The rule is changed from its day on"),
    "reject_rule": N_("Change turned down"),
    "withdraw_rule": N_("Change taken back"),
    "follow_plan": N_("The rules have looked at every customer"),
}
#: After these the next row is opened; after the others the same one stays.
_GOES_ON = frozenset({"approve", "decline", "withdraw", "lift", "approve_many"})


def carry_out(actor: Actor, *, opens: bool = True) -> None:
    """Do what was decided since the last run, if anything; `opens`: the address says then which measure is shown."""
    deed = pending_deed(DEED, Deed)
    if deed is None:
        return
    refused: tuple[ControlRefusal, ...] = ()
    result: Any = None
    with user_action(_(_DONE[deed.command])) as outcome, unit_of_work(actor) as ctx:
        try:
            result = _COMMANDS[deed.command](ctx, deed)
        except NotTogetherError as error:
            refused = error.refusals
            raise
    for one in refused:
        words = sentence(RefusedError(one.template, **one.params))
        st.caption(_("Customer %(no)s: %(why)s") % {"no": one.customer_no or one.customer_id, "why": words})
    if outcome.succeeded:
        forget(deed.draft or deed.command)
        if opens:
            _open_next(deed, result)


def _open_next(deed: Deed, result: object) -> None:
    if deed.command in _GOES_ON:
        choose(deed.following)
    elif isinstance(result, ControlRow):
        choose(key_of(result))
