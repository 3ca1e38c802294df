"""`greyledger assess`: what waits to be proposed or reviewed, and a customer's assessments. It reads only: the command
line is the administrator's, who can't decide assessments (SPEC 3)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from dashboard.commands.output import Column, emit
from dashboard.i18n import N_, _
from dashboard.labels import label
from services.assessments import (
    AssessmentFile,
    AssessmentRow,
    ReviewFilter,
    TaskFilter,
    assessments_of_customer,
    level_of,
    review_queue,
    to_propose,
)
from services.context import unit_of_work
from services.errors import RefusedError

WORKLIST, REVIEW = "worklist", "review"

Department = Annotated[str, typer.Option(help=_("Only customers of this department, by its code."))]
Limit = Annotated[int, typer.Option(help=_("At most so many."), min=1, max=500)]
Json = Annotated[bool, typer.Option("--json", help=_("Print JSON."))]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(
        no_args_is_help=True,
        help=_(
            "Assessments to propose, to review, and of a customer. Reading only: people propose and decide on the "
            "pages, in their own name; the administrator can't."
        ),
    )
    group.command("list", help=_("What waits to be proposed (worklist) or decided (review)."))(listed)
    group.command("show", help=_("A customer's level in force and all its assessments, with both grades."))(shown)
    app.add_typer(group, name="assess")


def listed(
    which: Annotated[str, typer.Argument(help=_("worklist or review."))] = REVIEW,
    department: Department = "",
    limit: Limit = 50,
    json: Json = False,
) -> None:
    """What waits to be proposed (worklist) or decided (review)."""
    if which not in (WORKLIST, REVIEW):
        raise RefusedError(N_("There is no list called “%(name)s”: worklist or review."), name=which)
    with unit_of_work() as ctx:
        found: tuple[Any, ...]
        if which == WORKLIST:
            found = to_propose(ctx, TaskFilter(department=department or None), limit=limit).rows
        else:
            found = review_queue(ctx, ReviewFilter(department=department or None), limit=limit).rows
    if json:
        emit([_as_json(asdict(one)) for one in found], [], as_json=True)
    elif which == WORKLIST:
        emit([_task(one) for one in found], _tasks_columns(), as_json=False)
    else:
        emit([_review(one) for one in found], _reviews_columns(), as_json=False)


def shown(customer_no: Annotated[str, typer.Argument(help=_("The customer's number."))], json: Json = False) -> None:
    """A customer's level in force and all its assessments, with both grades."""
    with unit_of_work() as ctx:
        level, history = level_of(ctx, customer_no), assessments_of_customer(ctx, customer_no, limit=500).rows
    if json:
        content = {"level": _as_json(asdict(level)), "assessments": [_as_json(asdict(one)) for one in history]}
        emit(content, [], as_json=True)
        return
    emit([{"level": _level(level.level), "why": level.source and label("level_source", level.source),
           "since": level.since, "until": level.until, "computed_level": _level(level.computed_level),
           "due_on": level.due_on}], _level_columns(), as_json=False)  # fmt: skip
    typer.echo()
    emit([_pair(one) for one in history], _pairs_columns(), as_json=False)


def _tasks_columns() -> tuple[Column, ...]:
    return (
        Column("task", _("To do")),
        Column("customer_no", _("Customer number")),
        Column("name", _("Customer")),
        Column("department", _("Department")),
        Column("level", _("Level")),
        Column("due_on", _("Due on")),
    )


def _reviews_columns() -> tuple[Column, ...]:
    return (
        Column("customer_no", _("Customer number")),
        Column("name", _("Customer")),
        Column("department", _("Department")),
        Column("state", _("State")),
        Column("level", _("Proposed level")),
        Column("computed_level", _("Computed level")),
        Column("days", _("Days waiting")),
    )


def _level_columns() -> tuple[Column, ...]:
    return (
        Column("level", _("Level in force")),
        Column("why", _("Why")),
        Column("since", _("Since")),
        Column("until", _("Until")),
        Column("computed_level", _("Computed level")),
        Column("due_on", _("Next assessment due")),
    )


def _pairs_columns() -> tuple[Column, ...]:
    return (
        Column("since", _("Assessed on")),
        Column("state", _("State")),
        Column("level", _("Proposed level")),
        Column("final", _("Final level")),
        Column("computed_level", _("Computed level")),
        Column("until", _("Override until")),
    )


_KINDS = {
    "returned": N_("Returned"),
    "request": N_("Answer a request"),
    "visit": N_("Report a visit"),
    "draft": N_("Hand in the draft"),
    "overdue": N_("Overdue"),
    "due": N_("Due soon"),
}


def _level(code: str | None) -> str | None:
    return code and label("risk_level", code)


def _task(one: Any) -> dict[str, Any]:  # noqa: ANN401  (a TaskRow)
    return {
        "task": _(_KINDS[one.kind.value]), "customer_no": one.customer_no, "name": one.customer_name,
        "department": one.department, "level": _level(one.level), "due_on": one.due_on,
    }  # fmt: skip


def _review(one: Any) -> dict[str, Any]:  # noqa: ANN401  (a ReviewRow)
    return {
        "customer_no": one.customer_no, "name": one.customer_name, "department": one.department,
        "state": label("assessment_state", one.state), "level": _level(one.level),
        "computed_level": _level(one.computed_level), "days": one.days_waiting,
    }  # fmt: skip


def _pair(one: AssessmentFile) -> dict[str, Any]:
    newest: AssessmentRow | None = one.final or one.initial
    initial, final = one.initial, one.final
    return {} if newest is None else {
        "since": newest.assessed_on, "state": label("assessment_state", newest.state),
        "level": initial and _level(initial.level), "final": final and _level(final.level),
        "computed_level": _level(newest.computed_level), "until": final and final.expires_on,
    }  # fmt: skip


def _as_json(value: Any) -> Any:  # noqa: ANN401  (any JSON value)
    """Numbers as numbers, days and instants as ISO text."""
    if isinstance(value, dict):
        return {name: _as_json(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(one) for one in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return float(value) if hasattr(value, "as_tuple") else value
