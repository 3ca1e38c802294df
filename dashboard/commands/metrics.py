"""`greyledger metrics`, `tally` and `aging`."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboard.answers import ageing_answer, ageing_row, metric_rows, tally_rows
from dashboard.commands.output import Column, emit, parsed_day, parsed_list
from dashboard.i18n import _
from services.context import unit_of_work
from services.incentives import tally as tally_of
from services.metrics.figures import figures
from services.metrics.periods import parsed_month
from services.receivables.ageing import ageing

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


def metrics(first: From, last: To, by: By = "", as_of: AsOf = "", json: Json = False) -> None:
    """The four assessment metrics, by month, department, both or neither."""
    with unit_of_work() as ctx:
        found = figures(
            ctx, parsed_month(first), parsed_month(last), by=parsed_list(by), as_of=parsed_day(as_of) if as_of else None
        )
    rows = metric_rows(found)
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
    rows = tally_rows(found)
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
    if json:
        emit(ageing_answer(found, is_grouped=bool(wanted)), [], as_json=True)
        return
    rows = [ageing_row(one, is_grouped=bool(wanted)) for one in found]
    columns = [
        Column("department", _("Department")),
        Column("open_count", _("Open invoices")),
        Column("open_amount", _("Open amount")),
        Column("overdue_count", _("Overdue invoices")),
        Column("overdue_amount", _("Overdue amount")),
        Column("overdue_customers", _("Overdue customers")),
    ]
    emit(rows, columns, as_json=False)
