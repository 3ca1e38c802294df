"""Drafting a scorecard: from another or from a file, changed as a whole, each save kept so that it can be undone.

What a person has changed and not saved is kept too (`keep_work`), whole or not: a page may be left in the middle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from db.enums import ScorecardKind
from db.models import Scorecard, ScorecardSave, ScorecardWork
from services import access, data_versions, ledger
from services.context import Context
from services.errors import N_, NotAllowedError, RefusedError, StaleError
from services.scorecards.lifecycle import DRAFT, ensure_not_waiting, locked
from services.scorecards.rows import ScorecardDetail, scorecard_by_id
from services.scoring.card import Scorecard as Card
from services.scoring.card_reading import parsed_card
from services.scoring.differences import as_ledger_values, differences

_NUMBER_LOCK = 7_205_343
_LONGEST_NAME = 60


@dataclass(frozen=True)
class Work:
    """Unsaved changes of one person. `is_behind`: somebody saved the draft since."""

    definition: Mapping[str, Any]
    based_on_version: int
    is_behind: bool


# --- commands


def draft_from(
    ctx: Context, source: int | Mapping[str, Any], name: str, note: str = "", kind: str = ScorecardKind.EXPERT
) -> ScorecardDetail:
    """Start a draft from a stored scorecard (its id) or from a definition. It gets the next edition number.

    Raises:
        NotAllowedError: the actor may not draft.
        NotFoundError, WrongCardError, RefusedError: no such scorecard, no usable definition or name.
    """
    access.ensure_may(ctx, "scorecard.draft")
    based_on = scorecard_by_id(ctx, source) if isinstance(source, int) else None
    called = _named(name)
    # Editions are numbered through, whatever the name, so that a number alone says which card is meant.
    ctx.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _NUMBER_LOCK})
    edition = ctx.session.execute(select(func.coalesce(func.max(Scorecard.edition), 0) + 1)).scalar_one()
    definition = dict(based_on.definition if based_on else source)  # type: ignore[arg-type]
    definition |= {"name": called, "version": edition}
    parsed_card(definition)
    row = Scorecard(
        name=called, edition=edition, state=DRAFT, definition=definition, note=note.strip() or None,
        kind=based_on.row.kind if based_on else kind, based_on_id=based_on.row.id if based_on else None,
        drafted_by=ctx.actor.user_id, drafted_at=ctx.now, changed_at=ctx.now,
    )  # fmt: skip
    ctx.session.add(row)
    ctx.session.flush()
    after: dict[str, Any] = {"name": called, "edition": edition, "kind": row.kind}
    if based_on:
        after["based_on"] = based_on.row.edition
    ledger.record(ctx, "scorecard.drafted", f"scorecard:{row.id}", after=after, note=row.note)
    data_versions.bump(ctx, "scorecards")
    return scorecard_by_id(ctx, row.id)


def change_draft(ctx: Context, scorecard_id: int, version: int, definition: Mapping[str, Any]) -> ScorecardDetail:
    """Save a draft's whole definition; the one before is kept for an undo.

    Raises:
        NotAllowedError: the actor may not draft.
        NotFoundError, StaleError, RefusedError: gone, saved by another since, or no draft any more.
        WrongCardError: the definition is no card.
    """
    row = _open_draft(ctx, scorecard_id, version)
    wanted = {**definition, "name": row.name, "version": row.edition}
    after = parsed_card(wanted)
    if wanted == row.definition:
        _forget_work(ctx, row.id)
        return scorecard_by_id(ctx, row.id)
    _keep_save(ctx, row)
    _write(ctx, row, "scorecard.changed", wanted, after)
    _forget_work(ctx, row.id)
    return scorecard_by_id(ctx, row.id)


def undo_save(ctx: Context, scorecard_id: int, version: int) -> ScorecardDetail:
    """Bring back what the draft was before its last save. Unsaved changes of the actor are dropped.

    Raises:
        NotAllowedError, NotFoundError, StaleError, RefusedError: nothing was changed.
    """
    row = _open_draft(ctx, scorecard_id, version)
    last = ctx.session.execute(
        select(ScorecardSave)
        .where(ScorecardSave.scorecard_id == row.id)
        .order_by(ScorecardSave.version.desc())
        .limit(1)
    ).scalar_one_or_none()
    if last is None:
        raise RefusedError(N_("There is nothing to undo."))
    _write(ctx, row, "scorecard.undone", last.definition, parsed_card(last.definition))
    ctx.session.delete(last)
    ctx.session.flush()
    _forget_work(ctx, row.id)
    return scorecard_by_id(ctx, row.id)


def describe(ctx: Context, scorecard_id: int, version: int, note: str) -> ScorecardDetail:
    """Say in a note what a draft is for.

    Raises:
        NotAllowedError, NotFoundError, StaleError, RefusedError: nothing was changed.
    """
    row = _open_draft(ctx, scorecard_id, version)
    words = note.strip() or None
    if row.note == words:
        return scorecard_by_id(ctx, row.id)
    with ledger.change(ctx, "scorecard.described", row):
        row.note = words
    # Nothing of the definition changed: what people have not saved is no older for it.
    beside = update(ScorecardWork).where(
        ScorecardWork.scorecard_id == row.id, ScorecardWork.based_on_version == version
    )
    ctx.session.execute(beside.values(based_on_version=row.version))
    data_versions.bump(ctx, "scorecards")
    return scorecard_by_id(ctx, row.id)


def keep_work(ctx: Context, scorecard_id: int, version: int, definition: Mapping[str, Any]) -> None:
    """Keep what the actor has changed and not saved. It need not be a card that can be used, and no one else sees it.

    Raises:
        NotAllowedError: the actor may not draft.
        NotFoundError, RefusedError: there is no such draft.
    """
    access.ensure_may(ctx, "scorecard.draft")
    if ctx.actor.user_id is None:
        raise NotAllowedError(N_("Only a person can work on a draft."))
    if not scorecard_by_id(ctx, scorecard_id).row.may_change:
        raise RefusedError(N_("This scorecard changes no more. Draft a new one from it."))
    row = insert(ScorecardWork).values(
        scorecard_id=scorecard_id, user_id=ctx.actor.user_id, definition=dict(definition), based_on_version=version,
        changed_at=ctx.now,
    )  # fmt: skip
    ctx.session.execute(
        row.on_conflict_do_update(
            index_elements=[ScorecardWork.scorecard_id, ScorecardWork.user_id],
            set_={
                "definition": row.excluded.definition, "changed_at": row.excluded.changed_at,
                "based_on_version": row.excluded.based_on_version,
            },
        )
    )  # fmt: skip


def drop_work(ctx: Context, scorecard_id: int) -> None:
    """Forget what the actor has changed and not saved.

    Raises:
        NotAllowedError: the actor may not draft.
    """
    access.ensure_may(ctx, "scorecard.draft")
    _forget_work(ctx, scorecard_id)


# --- reads


def work_on(ctx: Context, scorecard_id: int) -> Work | None:
    """What the actor has changed on a draft and not saved; None for nothing."""
    access.ensure_may(ctx, "scorecard.read")
    found = ctx.session.execute(
        select(ScorecardWork.definition, ScorecardWork.based_on_version, Scorecard.version)
        .join(Scorecard, Scorecard.id == ScorecardWork.scorecard_id)
        .where(ScorecardWork.scorecard_id == scorecard_id, ScorecardWork.user_id == ctx.actor.user_id)
    ).one_or_none()
    if found is None:
        return None
    definition, seen, version = found
    return Work(definition, seen, seen != version)


def _named(name: str) -> str:
    called = " ".join(name.split())
    if not called or len(called) > _LONGEST_NAME:
        raise RefusedError(N_("Give the scorecard a name of at most %(n)s characters."), n=_LONGEST_NAME)
    return called


def _open_draft(ctx: Context, scorecard_id: int, version: int) -> Scorecard:
    access.ensure_may(ctx, "scorecard.draft")
    try:
        row = locked(ctx, scorecard_id, version)
    except StaleError as error:
        raise StaleError(
            N_("Somebody saved this draft while you were changing it. Your changes are kept: compare, then save again.")
        ) from error
    if row.state != DRAFT:
        raise RefusedError(N_("This scorecard changes no more. Draft a new one from it."))
    ensure_not_waiting(row)
    if ctx.actor.user_id is None:
        raise NotAllowedError(N_("Only a person can work on a draft."))
    return row


def _write(ctx: Context, row: Scorecard, action: str, definition: Mapping[str, Any], after: Card) -> None:
    old, new = as_ledger_values(differences(parsed_card(row.definition), after))
    row.definition = dict(definition)
    row.version += 1
    row.changed_at = ctx.now
    ctx.session.flush()
    ledger.record(ctx, action, f"scorecard:{row.id}", before=old, after=new)
    data_versions.bump(ctx, "scorecards")


def _keep_save(ctx: Context, row: Scorecard) -> None:
    assert ctx.actor.user_id is not None  # noqa: S101  (_open_draft has refused)
    ctx.session.add(
        ScorecardSave(
            scorecard_id=row.id, version=row.version, definition=row.definition, saved_by=ctx.actor.user_id,
            saved_at=ctx.now,
        )
    )  # fmt: skip
    ctx.session.flush()


def _forget_work(ctx: Context, scorecard_id: int) -> None:
    ctx.session.execute(
        delete(ScorecardWork).where(
            ScorecardWork.scorecard_id == scorecard_id, ScorecardWork.user_id == ctx.actor.user_id
        )
    )
