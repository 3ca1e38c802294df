"""Carries out what was decided on the listings page: one transaction, one sentence. A refusal loses no words."""

from __future__ import annotations

from collections.abc import Callable

from dashboard.components.deeds import pending_deed
from dashboard.feedback import user_action
from dashboard.i18n import N_, _
from dashboard.views.listings_selection import DEED, Deed, Key, choose, forget, key_of
from services import listings as service
from services.context import Actor, Context, unit_of_work
from services.listings import CandidateRow, ListingRow, Writing

_Row = CandidateRow | ListingRow
_Command = Callable[[Context, Deed], _Row | None]


def _drafted(ctx: Context, deed: Deed) -> ListingRow:
    """The draft as it is written now: a new one, or the one that is there."""
    values = deed.values
    writing: Writing = values["writing"]
    if values.get("listing_id") is None:
        return service.draft(ctx, values["customer_no"], writing)
    return service.change_draft(ctx, values["customer_id"], values["listing_id"], values["version"], writing)


def _handed_in(ctx: Context, deed: Deed) -> ListingRow:
    row = _drafted(ctx, deed)
    return service.hand_in(ctx, row.customer_id, row.id, row.version)


def _answered(ctx: Context, deed: Deed) -> ListingRow:
    """What was written on is saved with the answer."""
    row = _drafted(ctx, deed)
    return service.answer(ctx, row.customer_id, row.id, row.version, deed.values["words"])


def _row_of(command: Callable[..., _Row]) -> _Command:
    return lambda ctx, deed: command(ctx, **deed.values)


def _quietly(command: Callable[..., object]) -> _Command:
    def run(ctx: Context, deed: Deed) -> None:
        command(ctx, **deed.values)

    return run


_COMMANDS: dict[str, _Command] = {
    "tip": _row_of(service.tip),
    "assign": _row_of(service.assign),
    "put_aside": _quietly(service.put_aside),
    "save": _drafted,
    "hand_in": _handed_in,
    "answer": _answered,
    "withdraw": _quietly(service.withdraw),
    "add_evidence": _quietly(service.add_evidence),
    "remove_evidence": _quietly(service.remove_evidence),
    "take_up": _row_of(service.take_up),
    "ask": _row_of(service.ask_for_more),
    "find_ready": _row_of(service.find_ready),
    "offer_reply": _row_of(service.offer_reply),
    "record_reply": _row_of(service.record_reply),
    "record_silence": _row_of(service.record_silence),
    "confirm": _row_of(service.confirm),
    "reject": _row_of(service.reject),
    "ask_to_end": _row_of(service.ask_to_end),
    "refuse_end": _row_of(service.refuse_end),
    "end_unfounded": _row_of(service.end_unfounded),
}
_DONE = {
    "tip": N_("Tip handed in: risk management looks at it"),
    "assign": N_("Given: it is on this person's list"),
    "put_aside": N_("Candidate put aside"),
    "save": N_("Draft saved"),
    "hand_in": N_("Handed in for review"),
    "answer": N_("Answer sent"),
    "withdraw": N_("Draft taken back"),
    "add_evidence": N_("Evidence added"),
    "remove_evidence": N_("Evidence taken out"),
    "take_up": N_("Taken up: you review it"),
    "ask": N_("Asked: who proposed it sees it on the list"),
    "find_ready": N_("Ready: it waits for the decision"),
    "offer_reply": N_("Right of reply noted"),
    "record_reply": N_("Reply recorded"),
    "record_silence": N_("Recorded: no reply came"),
    "confirm": N_("Listed: trade with this customer has stopped"),
    "reject": N_("Not listed: who proposed it is told"),
    "ask_to_end": N_("Asked: another person decides on the end of the listing"),
    "refuse_end": N_("The listing stays"),
    "end_unfounded": N_("The listing has ended: it was unfounded"),
}
#: After these the next row is opened; after the others the row itself stays.
_GOES_ON = frozenset({"put_aside", "withdraw", "reject"})


def carry_out(actor: Actor) -> None:
    """Do what was decided since the last run, if anything."""
    deed = pending_deed(DEED, Deed)
    if deed is None:
        return
    row: _Row | None = None
    with user_action(_(_DONE[deed.command])) as outcome, unit_of_work(actor) as ctx:
        row = _COMMANDS[deed.command](ctx, deed)
    if outcome.succeeded:
        forget(deed.draft or deed.command)
        _open_next(deed, row)


def _open_next(deed: Deed, row: _Row | None) -> None:
    target: Key | None = deed.following if deed.command in _GOES_ON else None if row is None else key_of(row)
    if target is not None or deed.command in _GOES_ON:
        choose(target)
