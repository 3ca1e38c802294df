"""`greyledger obedience`: whether orders and invoices obeyed the measures of their day."""

from __future__ import annotations

from typing import Any

import typer

from dashboard.commands.metrics import By, From, Json, To
from dashboard.commands.output import Column, as_number, emit, parsed_list
from dashboard.i18n import _
from services.context import unit_of_work
from services.errors import N_, RefusedError
from services.metrics.periods import parsed_month
from services.metrics.span import Span
from services.obedience import Obedience, obedience


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command(
        "obedience",
        help=_("Customers under a measure or a listing, and the orders and invoices that went against one."),
    )(obedience_command)


def obedience_command(first: From, last: To, by: By = "", json: Json = False) -> None:
    """Customers under a measure or a listing, and the orders and invoices that went against one."""
    span = Span(parsed_month(first), parsed_month(last))
    if span.months < 1:
        raise RefusedError(N_("The period ends before it begins."))
    with unit_of_work() as ctx:
        rows = [_row(one) for one in obedience(ctx, span, parsed_list(by))]
    columns = [
        Column("month", _("Month")), Column("department", _("Department")), Column("customers", _("Customers")),
        Column("disobeyed", _("Disobeyed with")), Column("documents", _("Documents")),
        Column("breached", _("Against a measure")), Column("excused", _("Excused")), Column("obeyed", _("Obeyed")),
        Column("breached_amount", _("Amount against")),
    ]  # fmt: skip
    emit(rows, columns, as_json=json)


def _row(one: Obedience) -> dict[str, Any]:
    return {
        "month": None if one.month is None else one.month.strftime("%Y-%m"),
        "department": one.department,
        "customers": one.customers,
        "disobeyed": one.disobeyed,
        "documents": one.documents,
        "breached": one.breached,
        "excused": one.excused,
        "obeyed": None if one.share is None else round(float(one.share), 6),
        "amount": as_number(one.amount),
        "breached_amount": as_number(one.breached_amount),
    }
