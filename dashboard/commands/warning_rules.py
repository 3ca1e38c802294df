"""`greyledger warn-simulate`."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

import typer

from dashboard.commands.output import Column, as_number, emit, parsed_day
from dashboard.i18n import N_, _, format_number, format_percent
from services.context import unit_of_work
from services.early_warnings.simulating import changed_customers, simulate_now
from services.errors import RefusedError

#: Figures that are counted or measured, in the order they are printed.
_FIGURES = {
    "warnings": N_("Warnings"),
    "warnings_per_week": N_("Warnings a week"),
    "customers": N_("Customers concerned"),
    "exposure": N_("Exposure touched"),
    "matured": N_("Warnings whose outcome is known"),
    "turned_bad": N_("Of them turned bad"),
    "precision": N_("Precision"),
    "bad_customers": N_("Bad customers"),
    "caught": N_("Of them caught before"),
    "recall": N_("Recall"),
    "lead_median": N_("Days before the bad day, median"),
}
_RATES = ("precision", "recall")
_MOST_NAMED = 1_000


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command(
        "warn-simulate", help=_("Replay a warning rule on history with other thresholds, beside those in force.")
    )(warn_simulate)


def warn_simulate(
    rule: Annotated[str, typer.Argument(help=_("The code of the rule."))],
    set_: Annotated[list[str], typer.Option("--set", help=_("A threshold and its value: NAME=VALUE."))],
    since: Annotated[str, typer.Option("--from", help=_("First day; default a year before the last."))] = "",
    until: Annotated[str, typer.Option("--to", help=_("Last day; default today."))] = "",
    json: Annotated[bool, typer.Option("--json", help=_("Print JSON."))] = False,
) -> None:
    """Replay a warning rule on history with other thresholds, beside those in force."""
    thresholds = dict(_assigned(one) for one in set_)
    with unit_of_work() as ctx:
        last = parsed_day(until) if until else ctx.today
        first = parsed_day(since) if since else last - dt.timedelta(days=364)
        row = simulate_now(ctx, rule, thresholds, first, last)
        come, gone = (changed_customers(ctx, row.id, come=side, limit=_MOST_NAMED) for side in (True, False))
    result: dict[str, Any] = dict(row.result or {})
    if json:
        emit(
            {
                "rule": row.rule, "from": row.since.isoformat(), "to": row.until.isoformat(),
                "thresholds_now": _numbers(dict(row.thresholds_now)),
                "thresholds_new": _numbers(dict(row.thresholds_new)),
                **{side: _numbers(result[side]) for side in ("now", "new")},
                "weeks": result["weeks"], "changed": result["changed"],
                "come": [one.customer_no for one in come], "gone": [one.customer_no for one in gone],
            },
            [], as_json=True,
        )  # fmt: skip
        return
    rows = [
        {"figure": _(words), "now": _text(name, result["now"][name]), "new": _text(name, result["new"][name])}
        for name, words in _FIGURES.items()
    ]
    emit(
        rows,
        [Column("figure", _("Figure")), Column("now", _("In force")), Column("new", _("With the new ones"))],
        as_json=False,
    )


def _assigned(written: str) -> tuple[str, str]:
    name, sign, value = written.partition("=")
    if not sign or not name.strip():
        raise RefusedError(N_("“%(value)s” is no threshold. Write it as NAME=VALUE."), value=written)
    return name.strip(), value.strip()


def _numbers(values: dict[str, Any]) -> dict[str, Any]:
    """Exact decimals that were kept as text, as JSON numbers."""
    return {
        name: as_number(Decimal(value)) if isinstance(value, str | Decimal) else value for name, value in values.items()
    }


def _text(name: str, value: Any) -> str:  # noqa: ANN401  (a count, an exact decimal as text, or none)
    number = None if value is None else Decimal(value)
    return (
        format_percent(number, 1) if name in _RATES else format_number(number, 2 if name == "warnings_per_week" else 0)
    )
