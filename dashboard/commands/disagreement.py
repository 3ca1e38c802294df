"""`greyledger disagreement`: initial against final grades."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any

import typer

from dashboard.commands.metrics import From, Json, To
from dashboard.commands.output import Column, emit, parsed_list
from dashboard.i18n import _
from services.context import unit_of_work
from services.disagreement import LEVELS, Group, Kappa, disagreement
from services.errors import N_, RefusedError
from services.metrics.periods import parsed_month
from services.metrics.span import Span

By = Annotated[
    str, typer.Option("--by", help=_("What to group by, separated by commas: month, department, person, dimension."))
]


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command("disagreement", help=_("How far initial and final assessments agree, and which of them is softer."))(
        disagreement_command
    )


def disagreement_command(first: From, last: To, by: By = "", json: Json = False) -> None:
    """How far initial and final assessments agree, and which of them is softer."""
    span = Span(parsed_month(first), parsed_month(last))
    if span.months < 1:
        raise RefusedError(N_("The period ends before it begins."))
    with unit_of_work() as ctx:
        found = disagreement(ctx, span, parsed_list(by))
    rows = [_row(one) for one in found]
    if json:
        emit([row | {"matrix": _matrix(one)} for row, one in zip(rows, found, strict=True)], [], as_json=True)
        return
    emit(
        rows,
        [
            Column("month", _("Month")), Column("department", _("Department")), Column("person", _("Assessor")),
            Column("dimension", _("Dimension")), Column("pairs", _("Pairs")), Column("agreement", _("Agreement")),
            Column("softer", _("Initial grade softer")), Column("harder", _("Initial grade harder")),
            Column("mean_steps", _("Mean difference in levels")), Column("kappa_quadratic", _("Weighted kappa")),
        ],
        as_json=False,
    )  # fmt: skip


def _row(one: Group) -> dict[str, Any]:
    found = one.agreement
    person = None if one.person is None else one.person.rpartition("@")[0]
    department = one.department or (None if one.person is None else one.person.rpartition("@")[2])
    return {
        "month": None if one.month is None else one.month.strftime("%Y-%m"),
        "department": department,
        "person": person,
        "dimension": one.dimension or None,
        "pairs": found.pairs,
        "agreeing": found.agreeing,
        "agreement": _float(found.share),
        "softer": found.softer,
        "harder": found.harder,
        "mean_steps": _float(found.mean_steps),
        **_kappa("kappa_quadratic", found.quadratic),
        **_kappa("kappa_linear", found.linear),
    }


def _float(value: Fraction | None) -> float | None:
    return None if value is None else round(float(value), 6)


def _kappa(name: str, kappa: Kappa | None) -> dict[str, float | None]:
    if kappa is None:
        return {name: None, f"{name}_low": None, f"{name}_high": None}
    return {name: _float(kappa.value), f"{name}_low": round(kappa.low, 6), f"{name}_high": round(kappa.high, 6)}


def _matrix(one: Group) -> dict[str, dict[str, int]]:
    """Initial grade -> final grade -> pairs."""
    counts = one.agreement.counts
    return {initial: {final: counts.get((initial, final), 0) for final in LEVELS} for initial in LEVELS}
