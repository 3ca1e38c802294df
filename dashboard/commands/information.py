"""`greyledger information` and `quality`: what is due to be brought in, and how good what is known is."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dashboard.commands.output import Column, emit
from dashboard.i18n import _
from services.context import Context, unit_of_work
from services.departments import departments
from services.errors import N_, NotFoundError
from services.information.catalogue import item_by_code
from services.information.quality import quality_now
from services.information.upkeep import refresh_standing
from services.information.worklist import DueFilter, DueRow, ItemRow, every_due

Department = Annotated[str, typer.Option("--department", help=_("Only customers of this department, by its code."))]
ItemCode = Annotated[str, typer.Option("--item", help=_("Only this kind of information, such as credit_report."))]
Json = Annotated[bool, typer.Option("--json", help=_("Print JSON."))]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("information", help=_("What must be known of customers and is due, the gravest and latest first."))(
        information
    )
    app.command("quality", help=_("Data quality by department and source: parts, wholes and shares."))(quality)


def information(department: Department = "", item: ItemCode = "", json: Json = False) -> None:
    """What must be known of customers and is due, the gravest and latest first."""
    with unit_of_work() as ctx:
        _ensure_department(ctx, department)
        if item:
            item_by_code(item)
        refresh_standing(ctx)
        rows = [
            _row(one, each)
            for one in every_due(ctx, DueFilter(department or None, item or None))
            for each in one.items
            if not item or each.item == item
        ]
    columns = [
        Column("customer_no", _("Customer number")), Column("name", _("Name")), Column("level", _("Level")),
        Column("department", _("Department")), Column("item", _("Kind of information")), Column("state", _("State")),
        Column("known_on", _("Known as of")), Column("due_on", _("Due on")), Column("days_late", _("Days late")),
    ]  # fmt: skip
    emit(rows, columns, as_json=json)


def _ensure_department(ctx: Context, code: str) -> None:
    if code and code not in {one.code for one in departments(ctx)}:
        raise NotFoundError(N_("There is no department with the code “%(code)s”."), code=code)


def _row(one: DueRow, each: ItemRow) -> dict[str, Any]:
    return {
        "customer_no": one.customer_no, "name": one.name, "level": one.level, "department": one.department,
        "item": each.item, "state": each.state.value, "known_on": each.known_on, "due_on": each.due_on,
        "days_late": each.days_late, "missing": list(each.missing),
    }  # fmt: skip


def quality(json: Json = False) -> None:
    """Data quality by department and source: parts, wholes and shares."""
    with unit_of_work() as ctx:
        found = quality_now(ctx)
    rows = [
        {
            "side": one.side.value, "name": one.name, "measure": one.measure, "part": one.part, "whole": one.whole,
            "value": one.value,
        }
        for one in found
    ]  # fmt: skip
    columns = [
        Column("name", _("Name")), Column("measure", _("Figure")), Column("part", _("Part")),
        Column("whole", _("Whole")), Column("value", _("Value")),
    ]  # fmt: skip
    emit(rows, columns, as_json=json)
