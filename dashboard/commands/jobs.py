"""`greyledger jobs`: what the workers have to do, do, and could not do."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from dashboard.commands.output import Column, emit
from dashboard.i18n import N_, _
from db.enums import JobState
from services.context import unit_of_work
from services.errors import RefusedError
from services.jobs.queue import jobs as newest_jobs


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command("jobs", help=_("List the workers' jobs: failed ones first, then the newest."))(jobs)


def jobs(
    state: Annotated[str, typer.Option(help=_("Only these: queued, running, done or failed."))] = "",
    limit: Annotated[int, typer.Option(help=_("At most so many."), min=1, max=1000)] = 50,
    json: Annotated[bool, typer.Option("--json", help=_("Print JSON."))] = False,
) -> None:
    """List the workers' jobs: failed ones first, then the newest."""
    if state and state not in set(JobState):
        raise RefusedError(N_("There is no job state called %(state)s."), state=state)
    with unit_of_work() as ctx:
        found = newest_jobs(ctx, JobState(state) if state else None, limit)
    columns = [
        Column("id", _("Job")),
        Column("name", _("Work")),
        Column("key", _("For")),
        Column("state", _("State")),
        Column("run_at", _("Runs at")),
        Column("attempts", _("Attempts")),
        Column("error", _("What went wrong")),
    ]
    rows = [vars(one) | {name: _instant(getattr(one, name)) for name in _INSTANTS} for one in found]
    emit(rows, columns, as_json=json)


_INSTANTS = ("run_at", "started_at", "finished_at")


def _instant(at: dt.datetime | None) -> str | None:
    return at and at.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
