"""`greyledger score` and `warn`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from dashboard.commands.output import Column, emit, parsed_day
from dashboard.commands.warnings import warning_as_json
from dashboard.components.rule_words import rule_title
from dashboard.components.score_words import reason_text
from dashboard.i18n import _, format_number, format_percent, ngettext
from dashboard.labels import label
from services.context import unit_of_work
from services.early_warnings import raise_warnings, raised_in_this_transaction
from services.early_warnings.editions import rules_in_force
from services.metrics.upkeep import refresh
from services.scoring import ScoringResult, ensure_default_scorecard, score_customers, scores_as_json

#: People read the riskiest; machines take all by --json.
_MOST_PRINTED = 50

Json = Annotated[bool, typer.Option("--json", help=_("Print JSON."))]
AsOf = Annotated[str, typer.Option("--as-of", help=_("Use only what was known on this day."))]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("score", help=_("Score every customer, or one, on five dimensions."))(score)
    app.command("warn", help=_("Raise the warnings that the rules find; further evidence joins those that are open."))(
        warn
    )


def score(
    as_of: AsOf = "",
    customer: Annotated[str, typer.Option("--customer", help=_("Only the customer with this number."))] = "",
    scorecard: Annotated[int, typer.Option("--scorecard", help=_("This edition instead of the active one."))] = 0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Compute, store nothing."))] = False,
    json: Json = False,
) -> None:
    """Score every customer, or one, on five dimensions."""
    with unit_of_work() as ctx:
        refresh(ctx)
        ensure_default_scorecard(ctx)
        day = parsed_day(as_of) if as_of else ctx.today
        result = score_customers(
            ctx, day, [customer] if customer else None, scorecard_edition=scorecard or None, dry_run=dry_run
        )
        rows = scores_as_json(ctx, result, reason_text, None if json else _MOST_PRINTED)
    if json:
        emit(rows, [], as_json=True)
    elif customer:
        _print_one(rows[0])
    else:
        _print_all(rows, result)


def _print_all(rows: list[dict[str, Any]], result: ScoringResult) -> None:
    columns = [
        Column("customer_no", _("Customer")),
        Column("score", _("Score")),
        Column("level", _("Level")),
        Column("coverage", _("Coverage")),
        Column("text", _("Weightiest reason")),
    ]
    emit([_printed(row) for row in rows], columns, as_json=False)
    left = result.customers - len(rows)
    if left > 0:
        typer.echo(
            ngettext("and %(n)s customer more; --json prints all", "and %(n)s customers more; --json prints all", left)
            % {"n": format_number(left)}
        )
    levels = (
        f"{label('risk_level_short', level) if level else _('not scored')} {format_number(count)}"
        for level, count in result.levels.items()
        if count
    )
    typer.echo(" · ".join(levels))
    typer.echo(
        _("As of %(day)s, scorecard “%(card)s”, edition %(edition)s: %(customers)s scored, %(written)s written.")
        % {
            "day": result.as_of.isoformat(),
            "card": result.scorecard,
            "edition": result.edition,
            "customers": format_number(result.customers),
            "written": format_number(result.written),
        }
    )


def _printed(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "customer_no": row["customer_no"],
        "score": format_number(row["score"], 1),
        "level": label("risk_level_short", row["level"]),
        "coverage": format_percent(row["coverage"], 0),
        "text": row["reasons"][0]["text"] if row["reasons"] else None,
    }


def _print_one(row: dict[str, Any]) -> None:
    """One customer: the score, then every reason, the weightiest first."""
    words = _printed(row)
    typer.echo(f"{words['customer_no']}  {words['score']}  {words['level']}  {_('Coverage')} {words['coverage']}")
    emit(row["reasons"], [Column("points", _("Points of 100")), Column("text", _("Reason"))], as_json=False)


def warn(as_of: AsOf = "", json: Json = False) -> None:
    """Raise the warnings that the rules find; further evidence joins those that are open."""
    with unit_of_work() as ctx:
        refresh(ctx)
        result = raise_warnings(ctx, parsed_day(as_of) if as_of else ctx.today)
        currency = ctx.policy_history.on(ctx.today).base_currency
        new, rules = raised_in_this_transaction(ctx) if json else (), rules_in_force(ctx, ctx.today)
    if json:
        rows_of_new = [warning_as_json(row, currency) for row in new]
        emit(asdict(result) | {"as_of": result.as_of.isoformat(), "warnings": rows_of_new}, [], as_json=True)
        return
    rows = [
        {"name": rule_title(rules[code].rule), "raised": one.raised, "joined": one.joined, "gone": one.gone}
        for code, one in result.by_rule.items()
        if one.raised or one.joined or one.gone
    ]
    columns = [
        Column("name", _("Rule")),
        Column("raised", _("Warnings raised")),
        Column("joined", _("Further evidence")),
        Column("gone", _("Sign gone")),
    ]
    emit(rows, columns, as_json=False)
    typer.echo(
        _("%(raised)s warnings raised, %(joined)s joined.")
        % {"raised": format_number(result.raised), "joined": format_number(result.joined)}
    )
