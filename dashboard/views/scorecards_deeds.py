"""What was done on a scorecard since the last run: changes of a draft, saving it, its way into force.

Widgets only note what is to be done; it is done at the top of the next run, where refusals are said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import streamlit as st

from dashboard.components.address_filters import change_address
from dashboard.components.deeds import note_deed, pending_deed, said_in_sight
from dashboard.feedback import user_action
from dashboard.i18n import N_, _
from services import scorecards as service
from services.context import Actor, Context, unit_of_work
from services.errors import StaleError
from services.scorecards import editing

DEED: Final = "scorecards.deed"
EDITS: Final = "scorecards.edits"
_STAMP: Final = "scorecards.stamp"

_DONE = {
    "draft": N_("Draft started"),
    "save": N_("Draft saved"),
    "describe": N_("Note kept"),
    "discard": N_("Unsaved changes dropped"),
    "undo": N_("Last save undone"),
    "shadow": N_("Running in shadow from today on"),
    "reopen": N_("Back to a draft"),
    "propose": N_("Proposed: another person decides on it"),
    "approve": N_("In force from today on; all customers are being scored again"),
    "reject": N_("Turned down"),
    "withdraw": N_("Taken back"),
    "retire": N_("Scorecard given up"),
}


@dataclass(frozen=True)
class Deed:
    """One act that a person decided on, carried out at the top of the next run."""

    command: str
    card: int = 0
    version: int = 0
    reason: str = ""
    more: str = ""
    definition: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Edit:
    """One change of a draft: a function of services.scorecards.editing and what it is given after the definition.

    `reshapes`: the fields on screen change with it.
    """

    command: str
    given: tuple[Any, ...]
    reshapes: bool = False


def note(deed: Deed) -> None:
    """Write an act down for the next run."""
    note_deed(DEED, deed)


def note_edit(edit: Edit) -> None:
    """Write a change down for the next run; several fields may have been left at once."""
    st.session_state[EDITS] = [*st.session_state.get(EDITS, []), edit]


def note_value(command: str, given: tuple[Any, ...], key: str) -> None:
    """Write down what a field says now."""
    note_edit(Edit(command, (*given, st.session_state[key])))


def stamp() -> int:
    """Part of the fields' keys: another number makes them anew, with what is stored."""
    return int(st.session_state.get(_STAMP, 0))


def renew_fields() -> None:
    """Let the fields show what is stored."""
    st.session_state[_STAMP] = stamp() + 1


def carry_out(actor: Actor, card: int | None) -> None:
    """Do what was noted since the last run, if anything. A refusal changes nothing and keeps what was written."""
    edits = st.session_state.pop(EDITS, [])
    if edits and card is not None:
        _carry_out_edits(actor, card, edits)
    deed = pending_deed(DEED, Deed)
    if deed is None:
        return
    opened: int | None = None
    with said_in_sight("scorecards-said", _(_DONE[deed.command])) as outcome, unit_of_work(actor) as ctx:
        opened = _COMMANDS[deed.command](ctx, deed)
    if not outcome.succeeded:
        return
    renew_fields()
    if deed.command == "draft" and opened is not None:
        change_address({"card": str(opened), "part": "", "dimension": "", "indicator": ""})


def _carry_out_edits(actor: Actor, card: int, edits: list[Edit]) -> None:
    with st.container(key="scorecards-edited"), user_action(), unit_of_work(actor) as ctx:
        _keep(ctx, card, edits)
    if any(one.reshapes for one in edits):
        renew_fields()


def _keep(ctx: Context, card: int, edits: list[Edit]) -> None:
    detail, work = service.scorecard_by_id(ctx, card), service.work_on(ctx, card)
    definition = work.definition if work else detail.definition
    for one in edits:
        change: Callable[..., Mapping[str, Any]] = getattr(editing, one.command)
        try:
            definition = change(definition, *one.given)
        except (LookupError, StopIteration) as error:  # what it is about has gone, in another window
            raise StaleError(
                N_("Somebody changed this record while you were looking at it. Reload and decide again.")
            ) from error
    if definition == detail.definition:
        service.drop_work(ctx, card)
    else:
        service.keep_work(ctx, card, work.based_on_version if work else detail.row.version, definition)


def _draft(ctx: Context, deed: Deed) -> int:
    source: int | Mapping[str, Any] = deed.card or deed.definition
    return service.draft_from(ctx, source, deed.reason, deed.more).row.id


def _save(ctx: Context, deed: Deed) -> None:
    work = service.work_on(ctx, deed.card)
    if work is not None:
        service.change_draft(ctx, deed.card, deed.version, work.definition)


_COMMANDS: Mapping[str, Callable[[Context, Deed], Any]] = {
    "draft": _draft,
    "save": _save,
    "describe": lambda ctx, deed: service.describe(ctx, deed.card, deed.version, deed.reason),
    "discard": lambda ctx, deed: service.drop_work(ctx, deed.card),
    "undo": lambda ctx, deed: service.undo_save(ctx, deed.card, deed.version),
    "shadow": lambda ctx, deed: service.start_shadow(ctx, deed.card, deed.version),
    "reopen": lambda ctx, deed: service.stop_shadow(ctx, deed.card, deed.version),
    "propose": lambda ctx, deed: service.propose_activation(ctx, deed.card, deed.version, deed.reason, deed.more),
    "approve": lambda ctx, deed: service.approve_activation(ctx, deed.card, deed.version),
    "reject": lambda ctx, deed: service.reject_activation(ctx, deed.card, deed.version, deed.reason),
    "withdraw": lambda ctx, deed: service.withdraw_proposal(ctx, deed.card, deed.version),
    "retire": lambda ctx, deed: service.retire(ctx, deed.card, deed.version, deed.reason),
}
