"""Scorecards as pages and commands read them: who drafted, proposed and approved each, and what it says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased

from db.enums import ScorecardState
from db.models import AppUser, Scorecard, ScorecardSave
from services.access import ensure_may
from services.context import Context
from services.errors import N_, NotFoundError
from services.scoring.card import Scorecard as Card
from services.scoring.card_reading import CardFault, read_card

# --- row types


@dataclass(frozen=True)
class ScorecardRow:
    """One scorecard without its definition. `is_proposed`: it waits for a second person. `saves` can be undone."""

    id: int
    version: int
    name: str
    edition: int
    state: str
    kind: str
    note: str | None
    based_on_id: int | None
    drafter: str | None
    drafted_at: dt.datetime | None
    shadow_since: dt.date | None
    proposed_by: int | None
    proposer: str | None
    proposed_at: dt.datetime | None
    proposal_reason: str | None
    shadow_skipped: str | None
    rejection: str | None
    approver: str | None
    approved_at: dt.datetime | None
    activated_on: dt.date | None
    retired_on: dt.date | None
    authors: frozenset[int]
    saves: int

    @property
    def is_proposed(self) -> bool:
        """True while a second person has to decide on it."""
        return self.proposed_by is not None and self.approved_at is None and self.state in ("draft", "shadow")

    @property
    def may_change(self) -> bool:
        """True while its definition may still be changed."""
        return self.state == ScorecardState.DRAFT and not self.is_proposed


@dataclass(frozen=True)
class ScorecardDetail:
    """One scorecard with what it says. `card` None: it can't be read, for the reasons in `faults`."""

    row: ScorecardRow
    definition: Mapping[str, Any]
    card: Card | None
    faults: tuple[CardFault, ...]


# --- reads


def scorecards(ctx: Context) -> tuple[ScorecardRow, ...]:
    """All scorecards: the active one, those in shadow, drafts, and the retired ones, newest first.

    Raises:
        NotAllowedError: the actor may not read scorecards.
    """
    ensure_may(ctx, "scorecard.read")
    order = case({"active": 0, "shadow": 1, "draft": 2}, value=Scorecard.state, else_=3)
    found = ctx.session.execute(_with_names().order_by(order, Scorecard.edition.desc(), Scorecard.id.desc()))
    authors = _authors(ctx)
    return tuple(_row(one, names, authors) for one, *names in found)


def scorecard_by_id(ctx: Context, scorecard_id: int) -> ScorecardDetail:
    """One scorecard with what it says.

    Raises:
        NotAllowedError: the actor may not read scorecards.
        NotFoundError: there is none.
    """
    ensure_may(ctx, "scorecard.read")
    found = ctx.session.execute(
        _with_names().where(Scorecard.id == scorecard_id).execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFoundError(N_("There is no such scorecard."))
    one, *names = found
    card, faults = read_card(one.definition)
    return ScorecardDetail(_row(one, names, _authors(ctx, scorecard_id)), one.definition, card, faults)


def scorecard_of_edition(ctx: Context, edition: int | None) -> ScorecardDetail:
    """The scorecard of an edition, or the active one.

    Raises:
        NotAllowedError: the actor may not read scorecards.
        NotFoundError: there is none.
    """
    ensure_may(ctx, "scorecard.read")
    wanted = Scorecard.state == ScorecardState.ACTIVE if edition is None else Scorecard.edition == edition
    order = (Scorecard.state == ScorecardState.ACTIVE).desc(), Scorecard.id.desc()
    found = ctx.session.execute(select(Scorecard.id).where(wanted).order_by(*order).limit(1)).scalar()
    if found is None:
        raise NotFoundError(
            N_("No scorecard is active. Activate one before scoring.")
            if edition is None
            else N_("There is no scorecard of edition %(edition)s."),
            **({} if edition is None else {"edition": edition}),
        )
    return scorecard_by_id(ctx, found)


def _authors(ctx: Context, scorecard_id: int | None = None) -> dict[int, tuple[frozenset[int], int]]:
    """By scorecard: who saved changes of it, and how many saves there are to undo."""
    query = select(
        ScorecardSave.scorecard_id, func.array_agg(ScorecardSave.saved_by.distinct()), func.count()
    ).group_by(ScorecardSave.scorecard_id)  # fmt: skip
    if scorecard_id is not None:
        query = query.where(ScorecardSave.scorecard_id == scorecard_id)
    return {key: (frozenset(people), count) for key, people, count in ctx.session.execute(query)}


def _with_names() -> Any:  # noqa: ANN401  (a select of a row and three names)
    drafter, proposer, approver = aliased(AppUser), aliased(AppUser), aliased(AppUser)
    return (
        select(Scorecard, drafter.name, proposer.name, approver.name)
        .outerjoin(drafter, drafter.id == Scorecard.drafted_by)
        .outerjoin(proposer, proposer.id == Scorecard.proposed_by)
        .outerjoin(approver, approver.id == Scorecard.approved_by)
    )


def _row(one: Scorecard, names: list[str | None], authors: dict[int, tuple[frozenset[int], int]]) -> ScorecardRow:
    drafter, proposer, approver = names
    people, saves = authors.get(one.id, (frozenset(), 0))
    return ScorecardRow(
        id=one.id, version=one.version, name=one.name, edition=one.edition, state=one.state, kind=one.kind,
        note=one.note, based_on_id=one.based_on_id, drafter=drafter, drafted_at=one.drafted_at,
        shadow_since=one.shadow_since, proposed_by=one.proposed_by, proposer=proposer, proposed_at=one.proposed_at,
        proposal_reason=one.proposal_reason, shadow_skipped=one.shadow_skipped, rejection=one.rejection,
        approver=approver, approved_at=one.approved_at, activated_on=one.activated_on, retired_on=one.retired_on,
        authors=people | ({one.drafted_by} if one.drafted_by is not None else set()), saves=saves,
    )  # fmt: skip
