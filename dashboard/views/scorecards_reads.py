"""What the page of the scorecards reads. Where customers fall in bins is remembered until their data change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.cache import cached_read
from services.access import may
from services.context import Actor, Context, unit_of_work
from services.scorecards import (
    Distribution,
    Preview,
    ScorecardDetail,
    ScorecardRow,
    ShadowMove,
    ShadowStanding,
    Work,
    distribution,
    preview,
    scorecard_by_id,
    scorecards,
    shadow_moves,
    shadow_standing,
    work_on,
)
from services.scorecards.editing import Labels, card_of_one, labels_of
from services.scoring.card import Scorecard
from services.scoring.card_reading import CardFault, read_card

MOST_MOVES = 15


@dataclass(frozen=True)
class Desk:
    """One scorecard as this person sees it: with what they changed and have not saved, where they may change it.

    `card` None: as it stands it is no card, for the reasons in `faults`.
    """

    actor: Actor
    detail: ScorecardDetail
    definition: Mapping[str, Any]
    card: Scorecard | None
    faults: tuple[CardFault, ...]
    work: Work | None
    time_zone: str

    @property
    def row(self) -> ScorecardRow:
        """Who drafted, proposed and approved it."""
        return self.detail.row

    @property
    def may_change(self) -> bool:
        """True where this person may change it now."""
        return self.row.may_change and may(self.actor, "scorecard.draft")

    @property
    def labels(self) -> Labels:
        """The names of all indicators."""
        return labels_of(self.definition)


@dataclass(frozen=True)
class CardList:
    """All scorecards, and the time zone that instants are shown in."""

    rows: tuple[ScorecardRow, ...]
    time_zone: str


@cached_read("scorecards", "scores", "policy")
def all_scorecards(ctx: Context) -> CardList:
    """All scorecards."""
    return CardList(scorecards(ctx), ctx.policy_history.on(ctx.today).time_zone)


def desk_of(actor: Actor, scorecard_id: int) -> Desk:
    """One scorecard, as it is this moment.

    Raises:
        NotFoundError: there is none.
    """
    with unit_of_work(actor) as ctx:
        detail = scorecard_by_id(ctx, scorecard_id)
        may_change = detail.row.may_change and may(actor, "scorecard.draft")
        work = work_on(ctx, scorecard_id) if may_change else None
        definition = work.definition if work else detail.definition
        card, faults = read_card(definition) if work else (detail.card, detail.faults)
        return Desk(actor, detail, definition, card, faults, work, ctx.policy_history.on(ctx.today).time_zone)


@cached_read("customers", "trade", "policy")
def spread_of_card(ctx: Context, definition: str, code: str) -> Distribution | None:
    """Where customers fall in the bins of one indicator of a definition; None while that indicator is wrong."""
    card = card_of_one(json.loads(definition), code)
    return distribution(ctx, card) if card else None


def spread_of(desk: Desk, code: str) -> Distribution | None:
    """Where customers fall in the bins of one indicator, remembered by what that indicator says."""
    dimensions = {
        name: {"indicators": [one for one in part.get("indicators", []) if one.get("code") == code]}
        for name, part in desk.definition["dimensions"].items()
    }
    return spread_of_card(desk.actor, json.dumps({"dimensions": dimensions}, sort_keys=True), code)


@cached_read("scorecards", "policy")
def standing_of(ctx: Context, scorecard_id: int) -> tuple[ShadowStanding, str]:
    """How a card in shadow compares with the active one, and the company's time zone."""
    return shadow_standing(ctx, scorecard_id), ctx.policy_history.on(ctx.today).time_zone


@cached_read("scorecards", "scores", "customers")
def moves_of(
    ctx: Context, scorecard_id: int, now: str | None, then: str | None, after: ShadowMove | None
) -> tuple[ShadowMove, ...]:
    """Customers whose score a card in shadow would change, one more than a page holds."""
    return shadow_moves(ctx, scorecard_id, now=now, then=then, after=after, most=MOST_MOVES + 1)


def preview_of(actor: Actor, card: Scorecard, customer_no: str) -> Preview:
    """One customer by a card.

    Raises:
        NotFoundError: no customer has this number.
    """
    with unit_of_work(actor) as ctx:
        return preview(ctx, card, customer_no)
