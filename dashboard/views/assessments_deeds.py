"""Carries out what was decided on the assessments page: one transaction, one sentence. A refusal loses no words."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.components.deeds import pending_deed
from dashboard.feedback import user_action
from dashboard.i18n import N_, _, sentence
from dashboard.views.assessments_selection import DEED, Deed, Key, assessment_key, choose, forget
from services import assessments as service
from services.assessments import AssessmentRow, NotAgreeingError, PickRefusal
from services.context import Actor, Context, unit_of_work
from services.errors import RefusedError

_Command = Callable[[Context, Deed], AssessmentRow | None]


def _drafted(ctx: Context, deed: Deed) -> AssessmentRow:
    """The draft as it is written now: a new one, or the one that is there."""
    values = deed.values
    words = (values["level"], values["reason"], values["dimension_levels"])
    if values["assessment_id"] is None:
        return service.draft(ctx, values["customer_no"], *words)
    return service.change_draft(ctx, values["customer_id"], values["assessment_id"], values["version"], *words)


def _proposed(ctx: Context, deed: Deed) -> AssessmentRow:
    row = _drafted(ctx, deed)
    return service.submit(ctx, row.customer_id, row.id, row.version)


def _quietly(command: Callable[..., object]) -> _Command:
    """A command whose row says nothing about what is to be opened next."""

    def run(ctx: Context, deed: Deed) -> None:
        command(ctx, **deed.values)

    return run


_COMMANDS: dict[str, _Command] = {
    "save_draft": _drafted,
    "propose": _proposed,
    "withdraw": _quietly(service.withdraw),
    "take_up": _quietly(service.take_up),
    "return": _quietly(service.return_to_business),
    "finalise": _quietly(service.finalise),
    "ask": _quietly(service.ask_for_more),
    "answer": _quietly(service.answer_request),
    "withdraw_request": _quietly(service.withdraw_request),
    "order_visit": _quietly(service.order_visit),
    "report_visit": _quietly(service.report_visit),
    "cancel_visit": _quietly(service.cancel_visit),
    "finalise_agreeing": lambda ctx, deed: _none(service.finalise_agreeing(ctx, deed.picks)),
}
_DONE = {
    "save_draft": N_("Draft saved"),
    "propose": N_("Handed in for review"),
    "withdraw": N_("Draft taken back"),
    "take_up": N_("Taken up: you review it"),
    "return": N_("Returned to the business department"),
    "finalise": N_("Finalised: the level is in force"),
    "ask": N_("Asked: the department sees it on its list"),
    "answer": N_("Answer sent"),
    "withdraw_request": N_("Question withdrawn"),
    "order_visit": N_("Visit ordered"),
    "report_visit": N_("Report handed in"),
    "cancel_visit": N_("Visit called off"),
    "finalise_agreeing": N_("All of them are finalised"),
}
#: After these the next row is opened; after the others the same one stays.
_GOES_ON = frozenset({"propose", "withdraw", "return", "finalise", "finalise_agreeing"})


def _none(_rows: object) -> None:
    return None


def carry_out(actor: Actor) -> None:
    """Do what was decided since the last run, if anything."""
    deed = pending_deed(DEED, Deed)
    if deed is None:
        return
    refused: tuple[PickRefusal, ...] = ()
    row: AssessmentRow | None = None
    with user_action(_(_DONE[deed.command])) as outcome, unit_of_work(actor) as ctx:
        try:
            row = _COMMANDS[deed.command](ctx, deed)
        except NotAgreeingError as error:
            refused = error.refusals
            raise
    for one in refused:
        words = sentence(RefusedError(one.template, **one.params))
        st.caption(_("Customer %(no)s: %(why)s") % {"no": one.customer_no or one.customer_id, "why": words})
    if outcome.succeeded:
        forget(deed.draft or deed.command)
        _open_next(deed, row)


def _open_next(deed: Deed, row: AssessmentRow | None) -> None:
    target: Key | None = deed.following if deed.command in _GOES_ON else None
    if target is None and row is not None:
        target = assessment_key(row.customer_id, row.id)
    if target is not None or deed.command in _GOES_ON:
        choose(target)
