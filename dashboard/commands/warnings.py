"""`greyledger warnings list`: the triage queue in its order, with what makes it up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import typer

from dashboard.commands.output import Column, as_number, emit
from dashboard.components.warning_words import time_left_text, why_text
from dashboard.i18n import N_, _, format_money, format_number, ngettext
from dashboard.labels import LABELS, label
from db.enums import WarningState
from services.context import Context, unit_of_work
from services.early_warnings import RULES, QueueFilter, WarningRow, open_warnings, queue_counts
from services.errors import RefusedError

#: People read the first; machines take all by --limit 0.
_MOST_PRINTED = 50
_PAGE = 500
_STATES = tuple(state.value for state in WarningState if state is not WarningState.RESOLVED)


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(help=_("The triage queue."), no_args_is_help=True)
    group.command("list", help=_("Open warnings in the order to work them, with the figures of that order."))(list_open)
    app.add_typer(group, name="warnings", help=_("The triage queue."))


def list_open(
    severity: Annotated[str, typer.Option("--severity", help=_("Only this severity."))] = "",
    rule: Annotated[str, typer.Option("--rule", help=_("Only this rule."))] = "",
    department: Annotated[str, typer.Option("--department", help=_("Only the department with this code."))] = "",
    state: Annotated[str, typer.Option("--state", help=_("Only this state."))] = "",
    search: Annotated[str, typer.Option("--search", help=_("Part of a name, or how a customer number begins."))] = "",
    due: Annotated[bool, typer.Option("--due", help=_("Only what is due today or overdue."))] = False,
    snoozed: Annotated[bool, typer.Option("--snoozed", help=_("What sleeps instead of what is awake."))] = False,
    limit: Annotated[int, typer.Option("--limit", min=0, help=_("At most so many; 0: all."))] = _MOST_PRINTED,
    json: Annotated[bool, typer.Option("--json", help=_("Print JSON."))] = False,
) -> None:
    """Open warnings in the order to work them, with the figures of that order."""
    filters = QueueFilter(
        department=department or None, severity=_known("severity", severity, LABELS["risk_level"]),
        rule=_known("rule", rule, RULES), state=_known("state", state, _STATES), search=search, snoozed=snoozed,
        breaching=due,
    )  # fmt: skip
    with unit_of_work() as ctx:
        currency = ctx.policy_history.on(ctx.today).base_currency
        rows, total = _rows(ctx, filters, limit), queue_counts(ctx, filters).open
    if json:
        emit([warning_as_json(row, currency) for row in rows], [], as_json=True)
        return
    emit([_printed(row, currency) for row in rows], _columns(), as_json=False)
    rest = total - len(rows)
    if rest > 0:
        words = ngettext(
            "and %(n)s warning more; --limit 0 prints all", "and %(n)s warnings more; --limit 0 prints all", rest
        )
        typer.echo(words % {"n": format_number(rest)})


def warning_as_json(row: WarningRow, currency: str) -> dict[str, Any]:
    """One warning as machines read it: codes, the reason in words, and the parts of its place in the queue."""
    rank = row.priority
    parts = rank and {
        "money": as_number(rank.money), "likelihood": as_number(rank.likelihood),
        "time_factor": round(rank.time_factor, 6), "value": round(rank.value, 4),
    }  # fmt: skip
    return {
        "customer_no": row.customer_no, "customer": row.customer_name, "warning": f"{row.customer_id}.{row.id}",
        "rule": row.rule, "severity": row.severity, "state": row.state, "why": why_text(row.why, currency),
        "department": row.department, "owner": row.assignee, "raised_on": row.raised_on.isoformat(),
        "due_at": row.due_at.isoformat(), "hours_left": None if row.hours_left is None else round(row.hours_left, 2),
        "snoozed_until": row.snoozed_until and row.snoozed_until.isoformat(), "open_with": row.held_by,
        "currency": currency, "priority": parts,
    }  # fmt: skip


def _rows(ctx: Context, filters: QueueFilter, limit: int) -> list[WarningRow]:
    rows: list[WarningRow] = []
    cursor = None
    while True:
        page = open_warnings(ctx, filters, cursor, _PAGE if limit == 0 else min(_PAGE, limit - len(rows)))
        rows += page.rows
        cursor = page.after
        if cursor is None or 0 < limit <= len(rows):
            return rows


def _known(option: str, given: str, codes: Iterable[str]) -> str | None:
    known = sorted(codes)
    if given and given not in known:
        raise RefusedError(
            N_("“%(value)s” is none of the values of --%(option)s: %(known)s."),
            value=given, option=option, known=", ".join(known),
        )  # fmt: skip
    return given or None


def _columns() -> list[Column]:
    return [
        Column("priority", _("Priority")), Column("level", _("Severity")), Column("customer_no", _("Customer")),
        Column("text", _("Why")), Column("money", _("At risk")), Column("left", _("Time left")),
    ]  # fmt: skip


def _printed(row: WarningRow, currency: str) -> dict[str, Any]:
    return {
        "priority": row.priority and format_money(row.priority.value, currency, compact=True),
        "level": label("risk_level_short", row.severity), "customer_no": row.customer_no,
        "text": why_text(row.why, currency), "money": format_money(row.money_at_risk, currency, compact=True),
        "left": time_left_text(row.hours_left),
    }  # fmt: skip
