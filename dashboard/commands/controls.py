"""`greyledger controls`: measures listed, shown, proposed, decided on and ended, and the plan followed.

The command line is the administrator's own (SPEC 8); it can't approve what a person proposed, for that takes another
person's name.
"""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer

from dashboard.commands.output import Column, emit, parsed_day
from dashboard.components.control_words import demands_text, reason_text
from dashboard.i18n import N_, _
from dashboard.labels import label
from services import controls as service
from services.context import Context, unit_of_work
from services.controls import DEMANDS_OF, ControlFilter, ControlRow, Demands, NewControl
from services.controls.plan_rules import follow_plan, plan_counts
from services.customer_keys import customer_id_of
from services.errors import RefusedError

Json = Annotated[bool, typer.Option("--json", help=_("Print JSON."))]
Number = Annotated[str, typer.Argument(help=_("The customer's number."))]
Control = Annotated[int, typer.Argument(help=_("The measure's id, as `controls list --json` has it."))]
Reason = Annotated[str, typer.Option(help=_("Why: the ledger keeps it."))]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(
        no_args_is_help=True, help=_("Measures against risky customers, and the plan that proposes them.")
    )
    for name, command, text in (
        ("list", listed, _("What waits (work), what holds (active) or what has ended (ended).")),
        ("show", shown, _("A customer's measures, the ended ones too.")),
        ("propose", proposed, _("Propose a measure.")),
        ("approve", approved, _("Put a measure that a rule proposed into force.")),
        ("decline", declined, _("Decline a measure that a rule proposed.")),
        ("lift", lifted, _("End a measure in force.")),
        ("review", reviewed, _("Note what a measure has done.")),
        ("plan", planned, _("Have the rules look at every customer, or at one.")),
    ):
        group.command(name, help=text)(command)
    app.add_typer(group, name="controls")


def listed(
    view: Annotated[str, typer.Argument(help=_("work, active or ended."))] = "work",
    kind: Annotated[str, typer.Option(help=_("Only measures of this kind."))] = "",
    department: Annotated[str, typer.Option(help=_("Only customers of this department, by its code."))] = "",
    limit: Annotated[int, typer.Option(help=_("At most so many."), min=1, max=500)] = 50,
    json: Json = False,
) -> None:
    """What waits (work), what holds (active) or what has ended (ended)."""
    with unit_of_work() as ctx:
        filters = ControlFilter(view=view, kind=kind or None, department=department or None)
        _print(ctx, service.open_work(ctx, filters, limit=limit).rows, as_json=json)


def shown(customer_no: Number, json: Json = False) -> None:
    """A customer's measures, the ended ones too."""
    with unit_of_work() as ctx:
        _print(ctx, service.history(ctx, customer_no), as_json=json)


def proposed(
    customer_no: Number,
    kind: Annotated[str, typer.Argument(help=_("monitoring, trade_limit, suspension, guarantee or prepayment."))],
    reason: Reason,
    review_on: Annotated[str, typer.Option(help=_("Day of the first review."))],
    demand: Annotated[
        list[str] | None, typer.Option(help=_("A parameter as name=value, shares from 0 to 1; may be repeated."))
    ] = None,
    expires_on: Annotated[str, typer.Option(help=_("Its last day; empty: until it is lifted."))] = "",
    override_role: Annotated[str, typer.Option(help=_("Who may let an order pass; empty: nobody."))] = "risk",
    json: Json = False,
) -> None:
    """Propose a measure."""
    wanted = NewControl(
        kind=kind, demands=_demands(kind, demand or []), force="overridable" if override_role else "absolute",
        override_role=override_role or None, reason=reason, review_on=parsed_day(review_on),
        expires_on=parsed_day(expires_on) if expires_on else None,
    )  # fmt: skip
    with unit_of_work() as ctx:
        _print(ctx, (service.propose(ctx, customer_no, wanted),), as_json=json)


def _demands(kind: str, written: list[str]) -> Demands:
    given: dict[str, Any] = {}
    for one in written:
        name, _sign, value = one.partition("=")
        if name not in DEMANDS_OF.get(kind, ()):
            raise RefusedError(N_("This kind of measure has no such parameter. Choose the kind that has it."))
        try:
            given[name] = int(value) if name in ("terms_days", "monitoring_days") else Decimal(value)
        except (ValueError, InvalidOperation) as error:
            raise RefusedError(N_("Give amounts and shares as numbers.")) from error
    return Demands(**given)


def approved(customer_no: Number, control: Control, json: Json = False) -> None:
    """Put a measure that a rule proposed into force."""
    with unit_of_work() as ctx:
        row = _found(ctx, customer_no, control)
        _print(ctx, (service.approve(ctx, row.customer_id, row.id, row.version),), as_json=json)


def declined(customer_no: Number, control: Control, reason: Reason, json: Json = False) -> None:
    """Decline a measure that a rule proposed."""
    with unit_of_work() as ctx:
        row = _found(ctx, customer_no, control)
        _print(ctx, (service.decline(ctx, row.customer_id, row.id, row.version, reason),), as_json=json)


def lifted(
    customer_no: Number,
    control: Control,
    reason: Reason,
    ended_as: Annotated[str, typer.Option(help=_("no_longer_needed or unfounded."))] = "no_longer_needed",
    json: Json = False,
) -> None:
    """End a measure in force."""
    with unit_of_work() as ctx:
        row = _found(ctx, customer_no, control)
        _print(ctx, (service.lift(ctx, row.customer_id, row.id, row.version, ended_as, reason),), as_json=json)


def reviewed(
    customer_no: Number,
    control: Control,
    effect: Annotated[str, typer.Option(help=_("What the measure has done."))],
    next_on: Annotated[str, typer.Option(help=_("Day of the next review."))],
    json: Json = False,
) -> None:
    """Note what a measure has done."""
    with unit_of_work() as ctx:
        row = _found(ctx, customer_no, control)
        day = parsed_day(next_on)
        _print(ctx, (service.review(ctx, row.customer_id, row.id, row.version, effect, day),), as_json=json)


def planned(
    customer: Annotated[str, typer.Option(help=_("Only this customer, by its number."))] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Say what would be proposed and keep nothing."))] = False,
    json: Json = False,
) -> None:
    """Have the rules look at every customer, or at one."""
    with unit_of_work() as ctx:
        ids = [customer_id_of(ctx, customer)] if customer else None
        counts = plan_counts(ctx, ids)
        made = 0 if dry_run else follow_plan(ctx, ids)
    if json:
        rows = [_plain(asdict(one)) for one in counts]
        emit({"is_dry_run": dry_run, "proposed": made, "rules": rows}, [], as_json=True)
        return
    rows = [
        {"rule": one.rule, "kind": label("control_kind", one.kind), "meant": one.meant, "covered": one.covered,
         "quiet": one.quiet, "proposed": one.proposed, "money": f"{one.money:.2f}"}
        for one in counts
    ]  # fmt: skip
    columns = [
        Column("rule", _("Rule")), Column("kind", _("Kind of measure")), Column("meant", _("Customers meant")),
        Column("covered", _("Covered")), Column("quiet", _("Turned down lately")),
        Column("proposed", _("Newly proposed")), Column("money", _("Money owed")),
    ]  # fmt: skip
    emit(rows, columns, as_json=False)


def _found(ctx: Context, customer_no: str, control: int) -> ControlRow:
    return service.control_by_id(ctx, customer_id_of(ctx, customer_no), control)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: format(one, "f") if isinstance(one, Decimal) else one for name, one in row.items()}


def _print(ctx: Context, rows: tuple[ControlRow, ...], *, as_json: bool) -> None:
    currency = ctx.policy_history.on(ctx.today).base_currency
    if as_json:
        emit([_plain(asdict(one)) | {"demands": _plain(one.demands.given())} for one in rows], [], as_json=True)
        return
    columns = [
        Column("id", _("Id")), Column("customer_no", _("Customer")), Column("kind", _("Kind of measure")),
        Column("state", _("State")), Column("demands", _("Demands")), Column("reason", _("Reason")),
        Column("until", _("Last day")),
    ]  # fmt: skip
    emit(
        [
            {"id": one.id, "customer_no": one.customer_no, "kind": label("control_kind", one.kind),
             "state": label("control_state", one.state), "demands": demands_text(one.kind, one.demands, currency),
             "reason": reason_text(one), "until": one.expires_on}
            for one in rows
        ],
        columns, as_json=False,
    )  # fmt: skip
