"""`greyledger scorecard-compare` and `challenger fit`: scorecards on the company's own history."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dashboard.commands.output import emit, parsed_day
from dashboard.components.comparison_words import comparison_sentences, fit_sentences
from dashboard.i18n import _
from services.context import unit_of_work
from services.metrics.upkeep import refresh
from services.scorecards import scorecard_of_edition
from services.scoring import ensure_default_scorecard
from services.scoring.challenger.run import fit as fit_scorecard
from services.scoring.comparison.reports import finding_as_json
from services.scoring.comparison.run import compare as compare_scorecards
from services.scoring.outcomes import BAD_90, LATE_30

Json = Annotated[bool, typer.Option("--json", help=_("Print JSON."))]
OutcomeCode = Annotated[
    str, typer.Option("--outcome", help=_("What counts as turning bad: late30_60, late5_60 or bad90_180."))
]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("scorecard-compare", help=_("Compare two editions of the scorecard on the company's own history."))(
        scorecard_compare
    )
    challenger = typer.Typer(
        help=_("A scorecard fitted to what became of the company's own customers."), no_args_is_help=True
    )
    challenger.callback()(_about)
    challenger.command("fit", help=_("Fit a scorecard on older months, test it on newer ones, and draft it."))(fit)
    app.add_typer(challenger, name="challenger")


def _about() -> None:
    """A group of commands, even while there is only one."""


def scorecard_compare(
    card: Annotated[int, typer.Argument(help=_("The edition to be judged."))],
    against: Annotated[int, typer.Argument(help=_("The edition it is set against."))],
    first: Annotated[str, typer.Option("--from", help=_("First day, as 2025-01-01."))] = "",
    last: Annotated[str, typer.Option("--to", help=_("Last day, as 2025-06-30."))] = "",
    outcome: OutcomeCode = BAD_90,
    json: Json = False,
) -> None:
    """Compare two editions of the scorecard on the company's own history."""
    with unit_of_work() as ctx:
        refresh(ctx)
        ensure_default_scorecard(ctx)
        found = compare_scorecards(
            ctx,
            scorecard_of_edition(ctx, card).row.id,
            scorecard_of_edition(ctx, against).row.id,
            outcome,
            parsed_day(first) if first else None,
            parsed_day(last) if last else None,
        )
    _print(finding_as_json(found), comparison_sentences, as_json=json)


def fit(
    until: Annotated[str, typer.Option("--until", help=_("Use only what was known on this day."))] = "",
    outcome: OutcomeCode = LATE_30,
    json: Json = False,
) -> None:
    """Fit a scorecard on older months, test it on newer ones, and draft it."""
    with unit_of_work() as ctx:
        refresh(ctx)
        ensure_default_scorecard(ctx)
        found = fit_scorecard(ctx, outcome, parsed_day(until) if until else None)
    _print(finding_as_json(found), fit_sentences, as_json=json)


def _print(result: dict[str, Any], words: Any, *, as_json: bool) -> None:  # noqa: ANN401  (a function of the result)
    if as_json:
        emit(result, [], as_json=True)
        return
    for line in words(result):
        typer.echo(line)
