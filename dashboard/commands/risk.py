"""`greyledger score` and `warn`."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboard.commands.output import Column, emit, parsed_day
from dashboard.i18n import _
from services.context import unit_of_work
from services.early_warnings import raise_warnings
from services.metrics.upkeep import refresh
from services.scoring import ensure_default_scorecard, score_customers, scores_as_json


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("score")(score)
    app.command("warn")(warn)


def score(
    as_of: Annotated[str, typer.Option("--as-of", help="Use only what was known on this day.")] = "",
    customer: Annotated[str, typer.Option("--customer", help="Only the customer with this number.")] = "",
    scorecard: Annotated[int, typer.Option("--scorecard", help="This edition instead of the active one.")] = 0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Compute, store nothing.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Score every customer, or one, on five dimensions."""
    with unit_of_work() as ctx:
        refresh(ctx)
        ensure_default_scorecard(ctx)
        day = parsed_day(as_of) if as_of else ctx.today
        result = score_customers(
            ctx, day, [customer] if customer else None, scorecard_edition=scorecard or None, dry_run=dry_run
        )
        rows = scores_as_json(ctx, result)
    if json:
        emit(rows, [], as_json=True)
        return
    columns = [
        Column("customer_no", _("Customer")),
        Column("score", _("Score")),
        Column("level", _("Level")),
        Column("coverage", _("Coverage")),
    ]
    emit(rows, columns, as_json=False)


def warn(
    as_of: Annotated[str, typer.Option("--as-of", help="Use only what was known on this day.")] = "",
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Raise the warnings that the rules find; further evidence joins those that are open."""
    with unit_of_work() as ctx:
        refresh(ctx)
        result = raise_warnings(ctx, parsed_day(as_of) if as_of else ctx.today)
    if json:
        emit(
            {
                "raised": result.raised,
                "joined": result.joined,
                "by_rule": {
                    code: vars(count) if hasattr(count, "__dict__") else str(count)
                    for code, count in result.by_rule.items()
                },
            },
            [],
            as_json=True,
        )
        return
    typer.echo(_("%(raised)s warnings raised, %(joined)s joined.") % {"raised": result.raised, "joined": result.joined})
