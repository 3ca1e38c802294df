"""Which stored scores are the customer's own: the one rule for every statement that reads them (policy 2.1)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_

from db.enums import ScorecardState
from db.models import Score, Scorecard

#: A score `s` by a card `k` is the customer's where the card was in force when it was computed, or had been: what a
#: card said in shadow, or said and never came into force, is an experiment (policy 2.1).
OF_RECORD = (
    "(k.state = 'active' OR (k.state = 'retired' AND k.activated_on IS NOT NULL)) "
    "AND (k.approved_at IS NULL OR s.computed_at >= k.approved_at)"
)


def was_in_force() -> ColumnElement[bool]:
    """OF_RECORD, as a condition on Score and Scorecard."""
    retired = and_(Scorecard.state == ScorecardState.RETIRED.value, Scorecard.activated_on.is_not(None))
    return and_(
        or_(Scorecard.state == ScorecardState.ACTIVE.value, retired),
        or_(Scorecard.approved_at.is_(None), Score.computed_at >= Scorecard.approved_at),
    )
