"""`greyledger listings`: candidates, proposals and listings; and what people do with them, in their own name.

The command line is the administrator's, who can't decide listings (SPEC 3). So what changes something is done by a
person, who signs in for it: `--by LOGIN`, and the password from the input.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from dashboard.commands.output import Column, emit, parsed_day
from dashboard.components.listing_file import criteria_text, days_text, gaps_text, state_text
from dashboard.i18n import N_, _
from dashboard.labels import label
from services import listings as service
from services.context import Context, unit_of_work
from services.errors import RefusedError
from services.listings import TABS, CandidateRow, ListingFile, ListingFilter, ListingRow, NewFile, Writing
from services.users import authenticate, sign_out

Json = Annotated[bool, typer.Option("--json", help=_("Print JSON."))]
By = Annotated[str, typer.Option("--by", help=_("Who does it: signs in with the password from the input."))]
Department = Annotated[str, typer.Option(help=_("Only customers of this department, by its code."))]
Limit = Annotated[int, typer.Option(help=_("At most so many."), min=1, max=500)]
Number = Annotated[str, typer.Argument(help=_("The customer's number."))]
ListingNo = Annotated[str, typer.Argument(help=_("The listing's number."))]
Files = Annotated[
    list[Path] | None, typer.Option("--file", help=_("A file that shows it; may be given more than once."))
]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(
        no_args_is_help=True,
        help=_("Identification of grey and black customers: signs, proposals, decisions, the customer's reply."),
    )
    group.command("candidates", help=_("Signs that nobody has proposed on yet, the most pressing first."))(candidates)
    group.command("list", help=_("Proposals, listed customers, or what was decided."))(listed)
    group.command("show", help=_("One listing whole, by its number."))(shown)
    group.command("propose", help=_("Propose a customer, and hand the proposal in."))(propose)
    group.command("decide", help=_("Confirm or reject a proposal."))(decide)
    group.command("reply", help=_("Record that the customer was told, what it replied, or that no reply came."))(reply)
    group.command("tip", help=_("Hand in what was seen of a customer."))(tip)
    app.add_typer(group, name="listings")


# --- reading


def candidates(department: Department = "", limit: Limit = 50, json: Json = False) -> None:
    """Signs that nobody has proposed on yet, the most pressing first."""
    with unit_of_work() as ctx:
        rows = service.listings_page(ctx, ListingFilter(department=department or None), limit=limit).candidates
    if json:
        emit([as_json(asdict(one)) for one in rows], [], as_json=True)
    else:
        emit([_candidate(one) for one in rows], _candidate_columns(), as_json=False)


def listed(
    which: Annotated[str, typer.Argument(help=_("proposals, listed or decided."))] = "proposals",
    department: Department = "",
    limit: Limit = 50,
    json: Json = False,
) -> None:
    """Proposals, listed customers, or what was decided."""
    if which not in TABS[1:]:
        raise RefusedError(N_("There is no list called “%(name)s”."), name=which)
    with unit_of_work() as ctx:
        chosen = ListingFilter(tab=which, department=department or None)
        rows = service.listings_page(ctx, chosen, limit=limit).listings
    if json:
        emit([as_json(asdict(one)) for one in rows], [], as_json=True)
    else:
        emit([_listing(one) for one in rows], _listing_columns(), as_json=False)


def shown(listing_no: ListingNo, json: Json = False) -> None:
    """One listing whole, by its number."""
    with unit_of_work() as ctx:
        _print(service.listing_by_no(ctx, listing_no), as_json_=json)


# --- people's acts


def propose(
    customer_no: Number,
    by: By,
    statement: Annotated[str, typer.Option(help=_("What happened, and why the customer should be listed."))],
    criteria: Annotated[str, typer.Option(help=_("By comma, the leading one first."))] = "arrears",
    grade: Annotated[str, typer.Option(help=_("grey or black; by the policy where left out."))] = "",
    grade_reason: Annotated[str, typer.Option(help=_("Why another grade than by the policy."))] = "",
    trigger: Annotated[str, typer.Option(help=_("Day of the first sign; of the candidate where left out."))] = "",
    file: Files = None,
    json: Json = False,
) -> None:
    """Propose a customer, and hand the proposal in."""
    wanted = [one.strip() for one in criteria.split(",") if one.strip()]
    writing = Writing(tuple(wanted), statement, grade or None, grade_reason, parsed_day(trigger) if trigger else None)
    with _signed_in(by) as ctx:
        row = service.draft(ctx, customer_no, writing)
        if file:
            service.add_evidence(ctx, row.customer_id, row.id, row.version, files=_read(file))
            row = service.listing_by_id(ctx, row.customer_id, row.id).row
        row = service.hand_in(ctx, row.customer_id, row.id, row.version)
        found = service.listing_by_id(ctx, row.customer_id, row.id)
    _print(found, as_json_=json)


def decide(
    listing_no: ListingNo,
    decision: Annotated[str, typer.Argument(help=_("confirmed or rejected."))],
    by: By,
    reason: Annotated[str, typer.Option(help=_("Needed to reject, and to confirm with gaps."))] = "",
    grade: Annotated[str, typer.Option(help=_("grey or black; as proposed where left out."))] = "",
    json: Json = False,
) -> None:
    """Confirm or reject a proposal."""
    if decision not in {"confirmed", "rejected"}:
        raise RefusedError(N_("A listing is confirmed or rejected, not “%(name)s”."), name=decision)
    with _signed_in(by) as ctx:
        row = service.listing_by_no(ctx, listing_no).row
        key = (row.customer_id, row.id, row.version)
        if decision == "confirmed":
            service.confirm(ctx, *key, reason, grade or None)
        else:
            service.reject(ctx, *key, reason)
        found = service.listing_by_no(ctx, listing_no)
    _print(found, as_json_=json)


def reply(
    listing_no: ListingNo,
    by: By,
    offered: Annotated[str, typer.Option(help=_("The day on which the customer was told."))] = "",
    channel: Annotated[str, typer.Option(help=_("letter, email, meeting, phone or messenger."))] = "letter",
    words: Annotated[str, typer.Option(help=_("What the customer replied."))] = "",
    none: Annotated[bool, typer.Option("--none", help=_("No reply came."))] = False,
    file: Files = None,
    json: Json = False,
) -> None:
    """Record that the customer was told, what it replied, or that no reply came."""
    if not (offered or words or none):
        raise RefusedError(N_("Say what to record: --offered, --words or --none."))
    with _signed_in(by) as ctx:
        row = service.listing_by_no(ctx, listing_no).row
        if offered:
            day = parsed_day(offered)
            row = service.offer_reply(ctx, row.customer_id, row.id, row.version, channel, day)
        if words:
            service.record_reply(ctx, row.customer_id, row.id, row.version, words, _read(file or []))
        elif none:
            service.record_silence(ctx, row.customer_id, row.id, row.version)
        found = service.listing_by_no(ctx, listing_no)
    _print(found, as_json_=json)


def tip(
    customer_no: Number,
    by: By,
    words: Annotated[str, typer.Option(help=_("What was seen or heard."))],
    criterion: Annotated[str, typer.Option(help=_("arrears, fraud, breach, illegal or harm."))] = "fraud",
    seen: Annotated[str, typer.Option(help=_("The day on which it was seen; today where left out."))] = "",
    file: Files = None,
    json: Json = False,
) -> None:
    """Hand in what was seen of a customer."""
    with _signed_in(by) as ctx:
        seen_on = parsed_day(seen) if seen else ctx.today
        row = service.tip(ctx, customer_no, criterion, words, seen_on, _read(file or []))
    if json:
        emit(as_json(asdict(row)), [], as_json=True)
    else:
        emit([_candidate(row)], _candidate_columns(), as_json=False)


@contextmanager
def _signed_in(login: str) -> Iterator[Context]:
    """A transaction in a person's name, once the password from the input has proved it."""
    is_typed = sys.stdin.isatty()
    secret = typer.prompt(_("Password"), hide_input=True) if is_typed else sys.stdin.readline().rstrip("\n")
    actor, token = authenticate(login, secret, None, browser="greyledger listings")
    try:
        with unit_of_work(actor) as ctx:
            yield ctx
    finally:
        sign_out(token)


def _read(files: list[Path]) -> tuple[NewFile, ...]:
    missing = [one for one in files if not one.is_file()]
    if missing:
        raise RefusedError(N_("There is no file %(name)s."), name=missing[0])
    return tuple(NewFile(one.name, one.read_bytes()) for one in files)


# --- printing


def _candidate_columns() -> tuple[Column, ...]:
    return (
        Column("customer_no", _("Customer number")), Column("name", _("Customer")), Column("criterion", _("Criterion")),
        Column("department", _("Department")), Column("deadline_on", _("Decide by")), Column("left", _("Time left")),
        Column("who", _("Who")),
    )  # fmt: skip


def _candidate(one: CandidateRow) -> dict[str, Any]:
    return {
        "customer_no": one.customer_no, "name": one.customer_name, "criterion": label("criterion", one.criterion),
        "department": one.department, "deadline_on": one.deadline_on, "left": days_text(one.days_left),
        "who": one.assignee,
    }  # fmt: skip


def _listing_columns() -> tuple[Column, ...]:
    return (
        Column("listing_no", _("Listing")), Column("customer_no", _("Customer number")), Column("name", _("Customer")),
        Column("grade", _("Grade")), Column("criteria", _("Criterion")), Column("state", _("State")),
        Column("day", _("Decide by")), Column("decided_on", _("Decided")),
    )  # fmt: skip


def _listing(one: ListingRow) -> dict[str, Any]:
    return {
        "listing_no": one.listing_no, "customer_no": one.customer_no, "name": one.customer_name,
        "grade": label("grade", one.grade), "criteria": criteria_text(one.criteria), "state": state_text(one),
        "day": one.deadline_on, "decided_on": one.decided_on,
    }  # fmt: skip


def _print(found: ListingFile, *, as_json_: bool) -> None:
    if as_json_:
        emit(as_json(asdict(found)), [], as_json=True)
        return
    emit([_listing(found.row)], _listing_columns(), as_json=False)
    missing = [one.code for one in found.checks if not one.is_there]
    if missing:
        typer.echo(_("Missing: %(what)s") % {"what": gaps_text(missing)})


def as_json(value: Any) -> Any:  # noqa: ANN401  (any JSON value)
    """Days and instants as ISO text, the rest as it is."""
    if isinstance(value, dict):
        return {name: as_json(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
