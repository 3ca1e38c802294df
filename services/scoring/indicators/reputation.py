"""Reputation 社会声誉: media, courts, regulators, peers (docs/scorecard.md)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Subquery, and_, case, func, select

from db.enums import ReputationKind
from db.models import ReputationEvent
from services.scoring.card import Indicator
from services.scoring.indicators.measure import AsOf, Expression, Measure, Query, window_of

_OFFICIAL = (ReputationKind.COURT.value, ReputationKind.REGULATOR.value)
_PEERS = (ReputationKind.PEER.value, ReputationKind.COMPLAINT.value)


def _events(at: AsOf) -> Query:
    event = ReputationEvent
    unsaid = case((event.kind.in_(_OFFICIAL), -1), else_=0)
    return select(
        event.customer_id, at.age(event.occurred_on).label("age"), event.kind,
        func.greatest(0, -func.coalesce(event.sentiment, unsaid)).label("harm"),
        (func.coalesce(event.sentiment, -1) < 0).label("is_negative"),
    ).where(event.occurred_on <= at.today, at.concerns(event.customer_id))  # fmt: skip


def _known(at: AsOf, expression: Expression) -> Expression:
    """Null for a customer of whom nothing was ever heard, else at least 0."""
    event = at.source("reputation", _events)
    return case((at.each(event, func.count()) > 0, func.coalesce(expression, 0)))


def _negative_events(at: AsOf, one: Indicator) -> Expression:
    event = at.source("reputation", _events)
    return _known(at, at.each(event, func.sum(event.c.harm).filter(event.c.age < window_of(one))))


def _count(at: AsOf, one: Indicator, kinds: tuple[str, ...]) -> Expression:
    event: Subquery = at.source("reputation", _events)
    counted: ColumnElement[bool] = and_(event.c.age < window_of(one), event.c.kind.in_(kinds), event.c.is_negative)
    return _known(at, at.each(event, func.count().filter(counted)))


def _court_events(at: AsOf, one: Indicator) -> Expression:
    return _count(at, one, _OFFICIAL)


def _peer_complaints(at: AsOf, one: Indicator) -> Expression:
    return _count(at, one, _PEERS)


MEASURES = (
    Measure("negative_events_365", _negative_events, 365),
    Measure("court_events_730", _court_events, 730),
    Measure("peer_complaints_365", _peer_complaints, 365),
)
