"""A score explained: what each indicator brings, what moved since the score before, what would lower it (SPEC 6).

Points of the score are shown with one decimal and always add up: indicators to their dimension, dimensions to the
score, movements to the change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from sqlalchemy import exists, or_, select

from db.enums import Dimension, ListingState
from db.models import Listing, Scorecard
from services.context import Context
from services.information.freshness import Freshness, freshness_of
from services.scoring.card import Bands, DimensionCard, Indicator
from services.scoring.card import Scorecard as Card
from services.scoring.card_reading import WrongCardError, parsed_card
from services.scoring.counterfactuals import Counterfactual, Direction, counterfactuals
from services.scoring.reads import ScoreRow, score_history
from services.scoring.rules import contributions
from services.scoring.texts import Quantity, Reason, own_points, quantity, reason_of, reasons, values_of

#: What nobody can change by acting on a customer: no way down is sought there.
BEYOND_REACH = frozenset({"firm_size", "firm_age_years", "tenure_years", "past_listings"})
MOST_MOVEMENTS = 6
_STEP = Decimal("0.1")
_CARRIED = Decimal("0.0001")
#: Half of a step: less than this is rounding.
_NOTICED = 0.05

# --- row types


@dataclass(frozen=True)
class IndicatorLine:
    """One indicator of the card. `reason` None: no data. `shown`: what it brings, in points of the score.

    `known_on`: the day of the newest row behind it, None where rows carry none. `is_stale`: older than allowed.
    """

    code: str
    label: Mapping[str, str]
    value: Quantity | None
    reason: Reason | None
    shown: Decimal
    known_on: dt.date | None = None
    is_stale: bool = False


@dataclass(frozen=True)
class DimensionLine:
    """One dimension. `score` None: no data. `weight`: its part of 100 after sharing. `shown`: what it brings."""

    name: str
    score: Decimal | None
    weight: Decimal
    coverage: Decimal
    shown: Decimal
    indicators: tuple[IndicatorLine, ...]


@dataclass(frozen=True)
class Movement:
    """An indicator that brings more or fewer points than before. A value is None where nothing was known."""

    indicator: str
    label: Mapping[str, str]
    before: Quantity | None
    now: Quantity | None
    change: Decimal


@dataclass(frozen=True)
class Former:
    """The score before. `movements` and `rest` add up to `change`, which is None where one of the two has no score."""

    as_of: dt.date
    score: Decimal | None
    level: str | None
    change: Decimal | None
    is_other_card: bool
    movements: tuple[Movement, ...]
    rest: Decimal


@dataclass(frozen=True)
class Step:
    """One change of a way down: the indicator gets below a limit, to at least it, or is it."""

    indicator: str
    label: Mapping[str, str]
    direction: Direction
    limit: Quantity


@dataclass(frozen=True)
class WayDown:
    """What is enough for a lower level: all `steps`, and the end of all `ended_floors`; the score and level reached."""

    steps: tuple[Step, ...]
    ended_floors: tuple[str, ...]
    score: Decimal | None
    level: str | None


@dataclass(frozen=True)
class Explanation:
    """A score with its reasons. `is_thin`: so little is known that information should be collected first.

    `bands`: the lowest score of each level above low; None where the card can't be read any more.
    """

    as_of: dt.date
    score: Decimal | None
    level: str | None
    floor: str | None
    coverage: Decimal
    is_thin: bool
    dimensions: tuple[DimensionLine, ...]
    reasons: tuple[Reason, ...]
    former: Former | None
    ways_down: tuple[WayDown, ...]
    bands: Bands | None


# --- rules


def shown_score(score: Decimal | None) -> Decimal | None:
    """A score as it is shown, with one decimal: made of the four places that the customer carries, so that a list and
    the explanation, which knows six, never differ."""
    return None if score is None else score.quantize(_CARRIED, ROUND_HALF_UP).quantize(_STEP, ROUND_HALF_UP)


def apportioned(shares: Mapping[str, float], total: Decimal) -> dict[str, Decimal]:
    """The shares with one decimal so that they add up to `total`: rounded down, the largest remainders up."""
    exact = {name: Decimal(repr(share)) for name, share in shares.items()}
    cut = {name: share.quantize(_STEP, ROUND_FLOOR) for name, share in exact.items()}
    missing = int((total - sum(cut.values(), Decimal(0))) / _STEP)
    for name in sorted(exact, key=lambda one: (cut[one] - exact[one], one))[: max(missing, 0)]:
        cut[name] += _STEP
    return cut


def shown_contributions(card: Card, row: ScoreRow) -> dict[str, Decimal]:
    """What each indicator brings to a score, as it is shown."""
    total = shown_score(row.score)
    return {} if total is None else apportioned(contributions(card, own_points(row.points)), total)


def movements(card: Card, now: ScoreRow, former_card: Card, former: ScoreRow) -> tuple[Movement, ...]:
    """The indicators that bring more or less than before, the largest movement first.

    What only rounding moved is left out; the caller shows it with the rest.
    """
    after, before = shown_contributions(card, now), shown_contributions(former_card, former)
    exact_after, exact_before = (
        contributions(one, own_points(row.points)) for one, row in ((card, now), (former_card, former))
    )
    known = {one.code: one for one in (*former_card.indicators, *card.indicators)}
    found = [
        Movement(
            code, known[code].label, _value(known[code], former), _value(known[code], now),
            after.get(code, Decimal(0)) - before.get(code, Decimal(0)),
        )
        for code in known
        if abs(exact_after.get(code, 0.0) - exact_before.get(code, 0.0)) >= _NOTICED
    ]  # fmt: skip
    return tuple(sorted((one for one in found if one.change), key=lambda one: (-abs(one.change), one.indicator)))


def _value(indicator: Indicator, row: ScoreRow) -> Quantity | None:
    value = values_of(row.points).get(indicator.code)
    return None if value is None else quantity(indicator, value)


def _way_down(card: Card, found: Counterfactual) -> WayDown:
    steps = []
    for one in found.changes:
        _, indicator = card.by_code[one.indicator]
        steps.append(Step(one.indicator, indicator.label, one.direction, quantity(indicator, one.limit)))
    return WayDown(tuple(steps), found.ended_floors, found.score, found.level)


# --- reads


def explained_score(ctx: Context, customer_id: int, as_of: dt.date | None = None) -> Explanation | None:
    """A customer's newest score (of `as_of` or before) and why it is what it is; None before the first."""
    history = [one for one in score_history(ctx, customer_id) if as_of is None or one.as_of <= as_of]
    if not history:
        return None
    now, card = history[0], _card_of(ctx, history[0].scorecard_id)
    shown = shown_contributions(card, now) if card else {}
    fresh = freshness_of(ctx, customer_id, now.as_of)
    return Explanation(
        as_of=now.as_of, score=now.score, level=now.level, floor=now.floor, coverage=now.coverage,
        is_thin=card is not None and now.coverage < Decimal(str(card.low_coverage)),
        dimensions=_dimensions(card, now, shown, fresh), reasons=reasons(card, now.points) if card else (),
        former=_former(ctx, card, now, history[1]) if len(history) > 1 else None,
        ways_down=_ways_down(ctx, customer_id, card, now) if card else (), bands=card.bands if card else None,
    )  # fmt: skip


def _card_of(ctx: Context, scorecard_id: int) -> Card | None:
    """The card of a score; None where it can't be read any more, and its score stands unexplained."""
    try:
        return parsed_card(ctx.session.get_one(Scorecard, scorecard_id).definition)
    except WrongCardError:
        return None


def _dimensions(
    card: Card | None, row: ScoreRow, shown: Mapping[str, Decimal], fresh: Mapping[str, Freshness]
) -> tuple[DimensionLine, ...]:
    by_name: dict[str, DimensionCard] = {one.name: one for one in card.dimensions} if card else {}
    found = []
    # The stored card and score are JSON objects, which keep no order.
    for name in (one.value for one in Dimension if one.value in row.dimensions):
        parts = row.dimensions[name]
        known = by_name[name].indicators if name in by_name else ()
        lines = tuple(_indicator(one, row, shown, fresh.get(one.code)) for one in known)
        found.append(
            DimensionLine(
                name, None if parts["score"] is None else Decimal(str(parts["score"])), Decimal(str(parts["weight"])),
                Decimal(str(parts["coverage"])), sum((one.shown for one in lines), Decimal(0)), lines,
            )
        )  # fmt: skip
    return tuple(found)


def _indicator(one: Indicator, row: ScoreRow, shown: Mapping[str, Decimal], fresh: Freshness | None) -> IndicatorLine:
    part, brings = row.points.get(one.code), shown.get(one.code, Decimal(0))
    reason = None if part is None else reason_of(one, part.get("value"), part["points"], float(brings))
    return IndicatorLine(
        one.code, one.label, _value(one, row), reason, brings, fresh.known_on if fresh else None,
        fresh is not None and fresh.is_stale,
    )  # fmt: skip


def _former(ctx: Context, card: Card | None, now: ScoreRow, before: ScoreRow) -> Former:
    former_card = card if before.scorecard_id == now.scorecard_id else _card_of(ctx, before.scorecard_id)
    reached, left = shown_score(now.score), shown_score(before.score)
    change = None if reached is None or left is None else reached - left
    moved = movements(card, now, former_card, before) if card and former_card and change is not None else ()
    most = moved[:MOST_MOVEMENTS]
    return Former(
        as_of=before.as_of, score=before.score, level=before.level, change=change,
        is_other_card=before.scorecard_id != now.scorecard_id, movements=most,
        rest=(change or Decimal(0)) - sum((one.change for one in most), Decimal(0)),
    )  # fmt: skip


def _ways_down(ctx: Context, customer_id: int, card: Card, row: ScoreRow) -> tuple[WayDown, ...]:
    floors = _floors_on(ctx, customer_id, card, row)
    found = counterfactuals(values_of(row.points), card, floors, BEYOND_REACH)
    return tuple(_way_down(card, one) for one in found)


def _floors_on(ctx: Context, customer_id: int, card: Card, row: ScoreRow) -> list[str]:
    """The floors that applied on the score's day. The score keeps only the one that holds the level."""
    days = values_of(row.points).get("overdue_days_now")
    applying = []
    for one in card.floors:
        if one.overdue_days is not None:
            applies = one.when == row.floor or (days is not None and float(days) >= one.overdue_days)
        else:
            applies = one.when == row.floor or _is_listed_on(ctx, customer_id, row.as_of)
        if applies:
            applying.append(one.when)
    return applying


def _is_listed_on(ctx: Context, customer_id: int, day: dt.date) -> bool:
    listing = exists().where(
        Listing.customer_id == customer_id,
        Listing.state.in_([ListingState.CONFIRMED.value, ListingState.RESTORED.value]),
        Listing.decided_on <= day,
        or_(Listing.restored_on.is_(None), Listing.restored_on > day),
    )
    return bool(ctx.session.execute(select(listing)).scalar_one())
