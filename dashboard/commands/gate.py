"""`greyledger gate`: may this order be taken? `greyledger orders`: held orders and what is decided on them (SPEC 8)."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer

from dashboard.answers import gate_answer
from dashboard.commands.output import Column, emit, parsed_day
from dashboard.components.gate_words import amount_text, demands_text, gate_reason_text, reasons_line
from dashboard.i18n import N_, _, format_datetime, format_money
from dashboard.labels import label
from services.context import SYSTEM, Context, unit_of_work
from services.errors import RefusedError
from services.events import as_json
from services.gate import (
    GateAnswer,
    GateOrderRow,
    OrderAsked,
    answered,
    freshen,
    held_orders,
    order_by_no,
    order_log,
    refuse_order,
    release,
)

Customer = Annotated[str, typer.Argument(help=_("The customer's number."))]
OrderNo = Annotated[str, typer.Argument(help=_("The order's number."))]
Why = Annotated[str, typer.Option("--reason", help=_("Why it is decided so; it stands in the ledger."))]
Json = Annotated[bool, typer.Option("--json", help=_("Print JSON."))]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("gate", help=_("Ask whether an order may be taken: allow, hold or deny, and why."))(ask_gate)
    group = typer.Typer(
        no_args_is_help=True, help=_("Orders that asked the gate: those that wait for a decision, and all others.")
    )
    group.command("list", help=_("Held orders that wait, the oldest first; with --all every order, the newest first."))(
        listed
    )
    group.command("release", help=_("Let a held order pass. Not one that the command line itself asked for."))(
        release_order
    )
    group.command("refuse", help=_("Turn a held order down."))(turn_down)
    app.add_typer(group, name="orders")


def ask_gate(
    customer_no: Customer,
    amount: Annotated[str, typer.Option("--amount", help=_("What the order is worth."))],
    currency: Annotated[str, typer.Option("--currency", help=_("Its currency; default: the base currency."))] = "",
    terms_days: Annotated[int | None, typer.Option("--terms-days", help=_("Days the customer gets to pay."))] = None,
    prepaid: Annotated[str, typer.Option("--prepaid", help=_("What was paid ahead for this order."))] = "",
    order_no: Annotated[
        str,
        typer.Option("--order-no", help=_("The order's number: the answer is kept and repeated.")),
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Keep nothing: only say what it would get."))] = False,
    json: Json = False,
) -> None:
    """Ask whether an order may be taken: allow, hold or deny, and why."""
    order = OrderAsked(
        customer_no, _money(amount), currency or None, terms_days, order_no or None, dry_run,
        _money(prepaid) if prepaid else None,
    )  # fmt: skip
    answer = answered(SYSTEM, order)
    if not answer.is_from_snapshot:
        freshen()
    if json:
        emit(gate_answer(answer), [], as_json=True)
    else:
        _print(answer)


def _money(written: str) -> Decimal:
    try:
        return Decimal(written.replace(",", ""))
    except InvalidOperation as error:
        raise RefusedError(N_("“%(value)s” is not an amount."), value=written) from error


def _print(answer: GateAnswer) -> None:
    state = "" if answer.state is None else f" · {label('held_order_state', answer.state)}"
    typer.echo(f"{label('gate_decision', answer.decision)}{state}")
    for one in answer.reasons:
        typer.echo(f"  {gate_reason_text(one, answer.base_currency)}")
    for control in answer.controls:
        words = f"{label('control_kind', control.kind)}: {demands_text(control, answer.base_currency)}"
        typer.echo(f"  {words.removesuffix(': ')}")
    if answer.limit_left is not None:
        left = format_money(answer.limit_left, answer.base_currency)
        typer.echo(_("May still be ordered now: %(left)s") % {"left": left})


def listed(
    everything: Annotated[bool, typer.Option("--all", help=_("Every order, not only those that wait."))] = False,
    limit: Annotated[int, typer.Option(help=_("At most so many."), min=1, max=500)] = 50,
    json: Json = False,
) -> None:
    """Held orders that wait, the oldest first; with --all every order, the newest first."""
    with unit_of_work() as ctx:
        rows = (order_log if everything else held_orders)(ctx, limit=limit).rows
        currency = _currency(ctx)
    if json:
        emit([order_as_json(one, currency) for one in rows], [], as_json=True)
        return
    columns = [
        Column("order_no", _("Order")), Column("customer_no", _("Customer")), Column("amount", _("Amount")),
        Column("asked", _("Asked")), Column("decision", _("Answer")), Column("state", _("State")),
        Column("text", _("Why")),
    ]  # fmt: skip
    emit([_printed(one, currency) for one in rows], columns, as_json=False)


def release_order(
    customer_no: Customer,
    order_no: OrderNo,
    reason: Why,
    until: Annotated[str, typer.Option("--until", help=_("The last day on which the release holds."))] = "",
    json: Json = False,
) -> None:
    """Let a held order pass. Not one that the command line itself asked for."""
    with unit_of_work() as ctx:
        row = order_by_no(ctx, customer_no, order_no)
        day = parsed_day(until) if until else None
        done = release(ctx, row.customer_id, row.id, row.version, reason, day)
        currency = _currency(ctx)
    _done(done, currency, json=json)


def turn_down(customer_no: Customer, order_no: OrderNo, reason: Why, json: Json = False) -> None:
    """Turn a held order down."""
    with unit_of_work() as ctx:
        row = order_by_no(ctx, customer_no, order_no)
        done = refuse_order(ctx, row.customer_id, row.id, row.version, reason)
        currency = _currency(ctx)
    _done(done, currency, json=json)


def _done(row: GateOrderRow, currency: str, *, json: bool) -> None:
    if json:
        emit(order_as_json(row, currency), [], as_json=True)
    elif row.state is not None:
        typer.echo(label("held_order_state", row.state))


def _currency(ctx: Context) -> str:
    return ctx.policy_history.on(ctx.today).base_currency


def order_as_json(row: GateOrderRow, currency: str) -> dict[str, Any]:
    """One order as machines read it: codes, and its reasons in words."""
    content = {name: as_json(value) for name, value in asdict(row).items() if name not in {"reasons", "controls"}}
    reasons = [{"code": one.code, "text": gate_reason_text(one, currency)} for one in row.reasons]
    return content | {"reasons": reasons, "base_currency": currency}


def _printed(row: GateOrderRow, currency: str) -> dict[str, Any]:
    return {
        "order_no": row.order_no, "customer_no": row.customer_no,
        "amount": amount_text(row.original_amount, row.currency, currency, row.amount),
        "asked": format_datetime(row.asked_at), "decision": label("gate_decision", row.decision),
        "state": row.state and label("held_order_state", row.state), "text": reasons_line(row.reasons, currency),
    }  # fmt: skip
