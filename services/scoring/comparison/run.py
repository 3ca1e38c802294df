"""One comparison, from two scorecards to a finding."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from sqlalchemy import text

from db.enums import ScorecardKind
from db.models import Scorecard as StoredCard
from services.access import ensure_may
from services.context import Context
from services.errors import N_, NotFoundError, RefusedError
from services.scoring.card import Scorecard
from services.scoring.card_reading import parsed_card
from services.scoring.commands import chosen_card
from services.scoring.comparison import findings
from services.scoring.comparison.calibration import Calibration, calibration
from services.scoring.comparison.findings import Caught, Month, Move, Warnings
from services.scoring.comparison.replay import EPOCH, Cases, Progress, matured_cases, replay
from services.scoring.comparison.statistics import (
    STABILITY_GROUPS,
    AreaDifference,
    Floats,
    Quality,
    Stability,
    area_difference,
    quality,
    stability,
)
from services.scoring.outcomes import Outcome, months_known, outcome_of

#: The older part of the matured month ends, on which the link from score to likelihood is fitted.
PAST = Fraction(2, 3)
_YEAR = 365


@dataclass(frozen=True)
class ComparedCard:
    """Which scorecard; `id` None: the shipped card before it is stored."""

    id: int | None
    name: str
    edition: int
    state: str
    kind: str = ScorecardKind.EXPERT.value


@dataclass(frozen=True)
class Side:
    """What history says of one of the two. `stability`: the score's distribution, a year ago against the newest day."""

    card: ComparedCard
    warnings: Warnings
    quality: Quality
    calibration: Calibration | None
    stability: Stability


@dataclass(frozen=True)
class Comparison:
    """Everything that a comparison found. `matured`: the last day whose outcome is known; `thinned` as in Cases."""

    outcome: str
    first: dt.date
    last: dt.date
    matured: dt.date | None
    days: int
    thinned: int
    a: Side
    b: Side
    difference: AreaDifference
    now: tuple[Move, ...]
    months: tuple[Month, ...]
    caught: Caught


def compare(
    ctx: Context,
    card: int | None,
    against: int | None,
    outcome_code: str,
    first: dt.date | None = None,
    last: dt.date | None = None,
    progress: Progress = lambda _done, _of: None,
) -> Comparison:
    """Compare two scorecards (by id; None: the one in force) from one month end to another; None: all there are.

    Raises:
        NotAllowedError: the actor may not.
        NotFoundError: no such scorecard.
        RefusedError: they are the same, or no month end lies in the time asked for.
    """
    ensure_may(ctx, "scorecard.compare")
    outcome = outcome_of(ctx, outcome_code)
    (card_a, read_a), (card_b, read_b) = card_of(ctx, card), card_of(ctx, against)
    if card_a == card_b:
        raise RefusedError(N_("A scorecard can't be compared with itself. Choose another one."))
    days = _days(ctx, first, last)
    replay(ctx, (read_a, read_b), outcome, days, progress)
    return _compared(ctx, (card_a, card_b), (read_a, read_b), outcome, days)


def card_of(ctx: Context, scorecard_id: int | None) -> tuple[ComparedCard, Scorecard]:
    """A stored scorecard, or the one in force."""
    if scorecard_id is None:
        chosen = chosen_card(ctx)
        return ComparedCard(chosen.id, chosen.name, chosen.edition, chosen.state), chosen.card
    row = ctx.session.get(StoredCard, scorecard_id)
    if row is None:
        raise NotFoundError(N_("There is no such scorecard. It may have been removed."))
    return ComparedCard(row.id, row.name, row.edition, row.state, row.kind), parsed_card(row.definition)


def _days(ctx: Context, first: dt.date | None, last: dt.date | None) -> tuple[dt.date, ...]:
    """Month ends inside the time asked for, and the newest day."""
    until = min(last or ctx.today, ctx.today)
    found = [one for one in months_known(ctx, until) if first is None or one >= first]
    if not found:
        raise RefusedError(
            N_("No month end with at least four weeks of invoices before it lies in this time. Choose a longer one.")
        )
    return tuple(found if found[-1] == until else [*found, until])


def _compared(
    ctx: Context, cards: tuple[ComparedCard, ComparedCard], read: tuple[Scorecard, Scorecard], outcome: Outcome,
    days: tuple[dt.date, ...],
) -> Comparison:  # fmt: skip
    limit = ctx.today - dt.timedelta(days=outcome.window_days)
    cases = matured_cases(ctx, limit)
    raised = findings.warnings(ctx, days[0], days[-1], limit)
    groups = _groups(ctx, days)
    sides = [
        Side(
            cards[at], raised[at], quality(score, cases.bad, cases.customer), _calibrated(cases, score, read[at]), moved
        )
        for at, (score, moved) in enumerate(zip((cases.score_a, cases.score_b), groups, strict=True))
    ]
    return Comparison(
        outcome=outcome.code,
        first=days[0],
        last=days[-1],
        matured=max((one for one in days if one <= limit), default=None),
        days=len(days),
        thinned=cases.thinned,
        a=sides[0],
        b=sides[1],
        difference=area_difference(cases.score_a, cases.score_b, cases.bad, cases.customer),
        now=findings.moves_on(ctx, days[-1]),
        months=findings.months(ctx, days[0]),
        caught=findings.caught(ctx, outcome),
    )


def _calibrated(cases: Cases, score: Floats, card: Scorecard) -> Calibration | None:
    days = np.unique(cases.day)
    if len(days) < 2:
        return None
    cut = days[min(int(len(days) * PAST), len(days) - 1)]
    past = cases.day < cut
    bands = (card.bands.medium, card.bands.high, card.bands.critical)
    return calibration(score[past], cases.bad[past], score[~past], cases.bad[~past], bands)


_GROUPED = """
SELECT as_of, width_bucket(score_{side}, 0, 100.000001, :groups), count(*)
  FROM replayed WHERE as_of IN (:first, :last) AND score_{side} IS NOT NULL GROUP BY 1, 2
"""


def _groups(ctx: Context, days: tuple[dt.date, ...]) -> tuple[Stability, Stability]:
    """The newest day against one a year before it, or the first: a ledger's own first months are like no others."""
    before_on = max((one for one in days if one <= days[-1] - dt.timedelta(days=_YEAR)), default=days[0])
    found = []
    for side in "ab":
        values = {"first": before_on, "last": days[-1], "groups": STABILITY_GROUPS}
        counted = {(row[0], row[1]): row[2] for row in ctx.session.execute(text(_GROUPED.format(side=side)), values)}
        before, after = (
            [counted.get((day, group), 0) for group in range(1, STABILITY_GROUPS + 1)] for day in (before_on, days[-1])
        )
        found.append(stability(before, after))
    return found[0], found[1]


def day_of(code: int) -> dt.date:
    """The day that a case's number stands for."""
    return EPOCH + dt.timedelta(days=int(code))
