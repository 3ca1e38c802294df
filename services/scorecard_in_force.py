"""The scorecard that scores are made by (policy 2.1): what the page of the policy says about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from db.enums import ScorecardState
from db.models import AppUser, Scorecard
from services.access import ensure_may
from services.context import Context
from services.scoring.card import Scorecard as Card
from services.scoring.card_reading import parsed_card


@dataclass(frozen=True)
class ScorecardInForce:
    """The active scorecard. `approved_by` is None for the one that ships with the product."""

    name: str
    edition: int
    activated_on: dt.date | None
    approved_by: str | None
    card: Card


def scorecard_in_force(ctx: Context) -> ScorecardInForce | None:
    """The active scorecard; None before the first scoring.

    Raises:
        NotAllowedError: the actor may not read scorecards.
    """
    ensure_may(ctx, "scorecard.read")
    found = (
        select(Scorecard, AppUser.name)
        .outerjoin(AppUser, AppUser.id == Scorecard.approved_by)
        .where(Scorecard.state == ScorecardState.ACTIVE)
    )
    row = ctx.session.execute(found).one_or_none()
    if row is None:
        return None
    one, approver = row
    return ScorecardInForce(one.name, one.edition, one.activated_on, approver, parsed_card(one.definition))
