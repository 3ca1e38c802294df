"""One fit, from the company's past to a drafted scorecard and what it did on months it has not seen."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from sqlalchemy import update

from db.enums import ScorecardKind
from db.models import Scorecard as StoredCard
from services.access import ensure_may
from services.context import Context
from services.errors import N_, RefusedError
from services.scorecards.drafting import draft_from
from services.scoring.card import Scorecard, definition_of
from services.scoring.challenger.candidates import candidates
from services.scoring.challenger.card_making import (
    bands_by_likelihood,
    bands_by_shares,
    card_of,
    line_of,
)
from services.scoring.challenger.cases import Past, past_cases
from services.scoring.challenger.fitting import Model, Term, fitted
from services.scoring.commands import ChosenCard, chosen_card
from services.scoring.comparison.calibration import Calibration, calibration
from services.scoring.comparison.replay import EPOCH, Cases, Progress, matured_cases, replay
from services.scoring.comparison.statistics import AreaDifference, Quality, area_difference, quality
from services.scoring.outcomes import Outcome, months_known, outcome_of

#: Fewer bad customers than these and no card is fitted: ten for each of three indicators (Peduzzi et al. 1996), and
#: ten on the months kept back, below which an AUC's interval is wider than what is to be told apart.
LEAST_BAD_TO_FIT, LEAST_BAD_TO_TEST = 30, 10
#: The newest month ends are kept back: at least two, a quarter of them.
LEAST_TEST_MONTHS, TEST_SHARE = 2, 4


class TooFewBadError(RefusedError):
    """There are too few bad customers to fit a scorecard, or to say whether it is any good."""


@dataclass(frozen=True)
class Part:
    """The months fitted on, or those kept back."""

    first: dt.date
    last: dt.date
    month_ends: int
    cases: int
    bad_cases: int
    bad_customers: int


@dataclass(frozen=True)
class FittedBin:
    """`upto` None: the last bin, or (`is_missing`) what is not known. `log_odds` against the usual odds."""

    upto: float | None
    cases: int
    bad: int
    log_odds: float
    is_missing: bool = False


@dataclass(frozen=True)
class FittedIndicator:
    """One line of the fitted card. `part` (0-1): of all that the score can move."""

    code: str
    dimension: str
    coefficient: float
    information: float
    part: float
    bins: tuple[FittedBin, ...]


@dataclass(frozen=True)
class Fit:
    """A drafted scorecard (`scorecard_id`; None: a trial that stored nothing) and how it did beside the one in force.

    `quality`, `active_quality`, `difference`: on the months kept back. `bands_by`: `shares` of the card in force, or
    `likelihood`. Log odds = `intercept` + `slope` x score.
    """

    outcome: str
    scorecard_id: int | None
    name: str
    edition: int | None
    against_name: str
    against_edition: int
    train: Part
    test: Part
    thinned: int
    penalty: float
    intercept: float
    slope: float
    bands_by: str
    indicators: tuple[FittedIndicator, ...]
    left_out: dict[str, str]
    quality: Quality
    active_quality: Quality
    difference: AreaDifference
    calibration: Calibration | None
    definition: dict[str, object]


def fit(
    ctx: Context,
    outcome_code: str,
    until: dt.date | None = None,
    *,
    stores: bool = True,
    drafted_by: int | None = None,
    progress: Progress = lambda _done, _of: None,
) -> Fit:
    """Fit a scorecard to what became of customers by a day (None: today) and draft it. It is never active by itself.

    Raises:
        NotAllowedError: the actor may not.
        TooFewBadError: not enough bad customers to fit on, or to test on.
    """
    ensure_may(ctx, "challenger.fit")
    outcome = outcome_of(ctx, outcome_code)
    active = chosen_card(ctx)
    found = candidates(active.card)
    train_days, test_days = split(months_known(ctx, _matured(ctx, outcome, until)), outcome)
    past = past_cases(ctx, found, outcome, (*train_days, *test_days), progress)
    is_test = past.day >= (test_days[0] - EPOCH).days
    train, test = past.of(~is_test), past.of(is_test)
    _ensure_enough(train, test)
    model = fitted(train, found)
    if not model.terms:
        raise TooFewBadError(
            N_("No indicator tells bad customers from good ones on these months, so there is nothing to fit.")
        )
    card = card_of(model, active.name, active.card.version + 1, active.card.floors, active.card.low_coverage)
    replay(ctx, (card, active.card), outcome, (*train_days, *test_days), lambda _done, _of: None)
    cases = matured_cases(ctx, test_days[-1])
    card, bands_by = _banded(card, model, cases, active, test_days[0])
    drafted = _drafted(ctx, card, active.name, drafted_by) if stores else None
    days = (train_days, test_days)
    return _told(ctx, outcome, active, model, card, cases, (train, test), days, bands_by, drafted)


def _matured(ctx: Context, outcome: Outcome, until: dt.date | None) -> dt.date:
    return min(until or ctx.today, ctx.today) - dt.timedelta(days=outcome.window_days)


def split(days: tuple[dt.date, ...], outcome: Outcome) -> tuple[tuple[dt.date, ...], tuple[dt.date, ...]]:
    """Month ends to fit on and, kept back, later ones. A month is fitted on only if its window ended before those.

    Raises:
        TooFewBadError: no month is left to fit on.
    """
    kept_back = max(LEAST_TEST_MONTHS, len(days) // TEST_SHARE)
    test = days[-kept_back:]
    window = dt.timedelta(days=outcome.window_days)
    train = tuple(one for one in days[:-kept_back] if one + window <= test[0])
    if not train:
        raise TooFewBadError(
            N_(
                "The history is too short: of %(months)s month ends whose outcome is known, none is left to fit on "
                "once the newest are kept back for testing. Bring in older invoices, or wait."
            ),
            months=len(days),
        )
    return train, test


def _ensure_enough(train: Past, test: Past) -> None:
    if train.bad_customers < LEAST_BAD_TO_FIT or test.bad_customers < LEAST_BAD_TO_TEST:
        raise TooFewBadError(
            N_(
                "Too few bad customers: %(train)s to fit on (at least %(least_train)s are needed: ten for each of "
                "three indicators) and %(test)s in the months kept back for testing (at least %(least_test)s). A card "
                "fitted on so few would be chance; the expert card stays the better one."
            ),
            train=train.bad_customers, least_train=LEAST_BAD_TO_FIT, test=test.bad_customers,
            least_test=LEAST_BAD_TO_TEST,
        )  # fmt: skip


def _banded(
    card: Scorecard, model: Model, cases: Cases, active: ChosenCard, first_test: dt.date
) -> tuple[Scorecard, str]:
    """Levels as common as the active card's on the months fitted on, so that the two can be compared."""
    past = cases.day < (first_test - EPOCH).days
    bands = bands_by_shares(cases.score_a[past], cases.score_b[past], active.card.bands)
    if bands is not None:
        return replace(card, bands=bands), "shares"
    return replace(card, bands=bands_by_likelihood(line_of(model))), "likelihood"


def _drafted(ctx: Context, card: Scorecard, name: str, drafted_by: int | None) -> tuple[int, int]:
    """A worker drafts for the person who asked: nobody may approve what they had fitted."""
    detail = draft_from(ctx, definition_of(card), name, kind=ScorecardKind.STATISTICAL)
    if drafted_by is not None:
        ctx.session.execute(update(StoredCard).where(StoredCard.id == detail.row.id).values(drafted_by=drafted_by))
    return detail.row.id, detail.row.edition


def _told(
    ctx: Context, outcome: Outcome, active: ChosenCard, model: Model, card: Scorecard, cases: Cases,
    parts: tuple[Past, Past], days: tuple[tuple[dt.date, ...], tuple[dt.date, ...]], bands_by: str,
    drafted: tuple[int, int] | None,
) -> Fit:  # fmt: skip
    is_test = cases.day >= (days[1][0] - EPOCH).days
    past, test = cases.of(~is_test), cases.of(is_test)
    line = line_of(model)
    edges = (card.bands.medium, card.bands.high, card.bands.critical)
    return Fit(
        outcome=outcome.code, scorecard_id=drafted and drafted[0], name=active.name, edition=drafted and drafted[1],
        against_name=active.name, against_edition=active.edition,
        train=_part(parts[0], days[0]), test=_part(parts[1], days[1]), thinned=parts[0].thinned,
        penalty=model.penalty, intercept=line.intercept, slope=line.slope, bands_by=bands_by,
        indicators=_indicators(model), left_out=dict(model.left_out),
        quality=quality(test.score_a, test.bad, test.customer),
        active_quality=quality(test.score_b, test.bad, test.customer),
        difference=area_difference(test.score_a, test.score_b, test.bad, test.customer),
        calibration=calibration(past.score_a, past.bad, test.score_a, test.bad, edges),
        definition=definition_of(card),
    )  # fmt: skip


def _part(past: Past, days: tuple[dt.date, ...]) -> Part:
    return Part(days[0], days[-1], len(days), len(past.bad), int(past.bad.sum()), past.bad_customers)


def _indicators(model: Model) -> tuple[FittedIndicator, ...]:
    whole = sum(one.span for one in model.terms)
    ordered = sorted(model.terms, key=lambda one: -one.span)
    return tuple(
        FittedIndicator(
            one.candidate.indicator.code, one.candidate.dimension, one.coefficient, one.bins.information,
            one.span / whole, _bins(one),
        )
        for one in ordered
    )  # fmt: skip


def _bins(term: Term) -> tuple[FittedBin, ...]:
    bins = term.bins
    uptos: list[float | None] = [*bins.edges, None, None]
    return tuple(
        FittedBin(upto, bins.cases[at], bins.bads[at], term.contributions[at], is_missing=at == len(uptos) - 1)
        for at, upto in enumerate(uptos)
    )
