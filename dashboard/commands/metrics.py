"""`greyledger metrics`, `tally` and `aging`."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

import typer

from dashboard.commands.output import Column, as_number, emit, parsed_day, parsed_list
from dashboard.i18n import _
from services.context import unit_of_work
from services.incentives import tally as tally_of
from services.metrics.figures import figures
from services.metrics.periods import parsed_month
from services.receivables.ageing import Ageing, ageing

From = Annotated[str, typer.Option("--from", help=_("First month, as 2025-01."))]
To = Annotated[str, typer.Option("--to", help=_("Last month, as 2025-06."))]
By = Annotated[str, typer.Option("--by", help=_("What to group by, separated by commas: month, department."))]
AsOf = Annotated[str, typer.Option("--as-of", help=_("Only what was known at the end of this day, as 2025-06-30."))]
Json = Annotated[bool, typer.Option("--json", help=_("Print JSON."))]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("metrics", help=_("The four assessment metrics, by month, department, both or neither."))(metrics)
    app.command("tally", help=_("Rewards and penalties: how many and how much, by kind and measure."))(tally)
    app.command("aging", help=_("Open and overdue receivables at the end of a day, by days past due."))(aging)


def _month(day: dt.date | None) -> str | None:
    return None if day is None else day.strftime("%Y-%m")


def metrics(first: From, last: To, by: By = "", as_of: AsOf = "", json: Json = False) -> None:
    """The four assessment metrics, by month, department, both or neither."""
    with unit_of_work() as ctx:
        found = figures(
            ctx, parsed_month(first), parsed_month(last), by=parsed_list(by), as_of=parsed_day(as_of) if as_of else None
        )
    rows: list[dict[str, Any]] = [
        {
            "metric": one.metric,
            "month": _month(one.month),
            "department": one.department,
            "numerator": as_number(one.numerator),
            "denominator": as_number(one.denominator),
            "value": None if one.value is None else float(one.value),
        }
        for one in found
    ]
    columns = [
        Column("metric", _("Metric")),
        Column("month", _("Month")),
        Column("department", _("Department")),
        Column("numerator", _("Numerator")),
        Column("denominator", _("Denominator")),
        Column("value", _("Value")),
    ]
    emit(rows, columns, as_json=json)


def tally(first: From, last: To, by: By = "", json: Json = False) -> None:
    """Rewards and penalties: how many and how much, by kind and measure and, if asked, month and department."""
    with unit_of_work() as ctx:
        found = tally_of(ctx, parsed_month(first), parsed_month(last), by=parsed_list(by))
    rows: list[dict[str, Any]] = [
        {
            "kind": one.kind,
            "measure": one.measure,
            "department": one.department,
            "month": _month(one.month),
            "count": one.count,
            "amount": as_number(one.amount),
        }
        for one in found
    ]
    columns = [
        Column("kind", _("Kind")),
        Column("measure", _("Measure")),
        Column("department", _("Department")),
        Column("month", _("Month")),
        Column("count", _("Count")),
        Column("amount", _("Amount")),
    ]
    emit(rows, columns, as_json=json)


def aging(as_of: AsOf = "", by: By = "", json: Json = False) -> None:
    """Open and overdue receivables at the end of a day, by days past due."""
    wanted = parsed_list(by)
    if wanted - {"department"}:
        raise typer.BadParameter(_("Ageing can only be grouped by department."))
    with unit_of_work() as ctx:
        found = ageing(ctx, parsed_day(as_of) if as_of else ctx.today, by_department=bool(wanted))
    rows = [_ageing_row(one, grouped=bool(wanted)) for one in found]
    if json:
        emit(rows if wanted else rows[0], [], as_json=True)
        return
    columns = [
        Column("department", _("Department")),
        Column("open_count", _("Open invoices")),
        Column("open_amount", _("Open amount")),
        Column("overdue_count", _("Overdue invoices")),
        Column("overdue_amount", _("Overdue amount")),
        Column("overdue_customers", _("Overdue customers")),
    ]
    emit(rows, columns, as_json=False)


def _ageing_row(one: Ageing, *, grouped: bool) -> dict[str, Any]:
    row: dict[str, Any] = {"department": one.department} if grouped else {}
    return row | {
        "open_count": one.open_count,
        "open_amount": as_number(one.open_amount),
        "overdue_count": one.overdue_count,
        "overdue_amount": as_number(one.overdue_amount),
        "overdue_customers": one.overdue_customers,
        "unconverted_count": one.unconverted,
        "buckets": [
            {"from_days": b.from_days, "to_days": b.to_days, "count": b.count, "amount": as_number(b.amount)}
            for b in one.buckets
        ],
    }
