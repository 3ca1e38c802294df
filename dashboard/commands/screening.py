"""`greyledger screen` and `watchlist`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from dashboard.answers import screening_answer
from dashboard.commands.output import Column, emit
from dashboard.components.screening_words import feature_text, found_text
from dashboard.i18n import N_, _, format_number, format_percent
from dashboard.labels import label
from db.enums import WatchlistScope
from services.context import unit_of_work
from services.errors import WrongFileError
from services.screening import Match, screen
from services.screening.watchlists import (
    OFAC,
    ListDifference,
    foresee_list,
    load_list,
    read_list,
    watchlists,
)

_MOST_SHOWN = 30
Json = Annotated[bool, typer.Option("--json", help=_("Print JSON."))]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("screen", help=_("Ask which listed customers and watch-list entries a name resembles, and why."))(ask)
    group = typer.Typer(
        no_args_is_help=True, help=_("Watch lists: what there is, and how they are brought up to date.")
    )
    group.command("update", help=_("Bring a watch list up to date with a file; --dry-run shows the difference."))(
        update
    )
    group.command("list", help=_("All watch lists with their last load."))(listed)
    app.add_typer(group, name="watchlist")


def ask(
    name: Annotated[str, typer.Argument(help=_("The name, in any script; may be empty where a code is given."))] = "",
    uscc: Annotated[str, typer.Option("--uscc", help=_("The unified social credit code."))] = "",
    limit: Annotated[int, typer.Option(help=_("At most so many."), min=1, max=200)] = 20,
    json: Json = False,
) -> None:
    """Ask which listed customers and watch-list entries a name resembles, and why."""
    with unit_of_work() as ctx:
        found = screen(ctx, name, uscc=uscc or None, limit=limit)
        threshold = ctx.policy_history.on(ctx.today).screening_threshold
    if json:
        emit(screening_answer(name, threshold, found), [], as_json=True)
        return
    if not found:
        typer.echo(_("Nobody listed, and no watch-list entry, resembles this name."))
        return
    columns = [Column("key", _("Where")), Column("name", _("Name")), Column("score", _("Likeness")),
               Column("why", _("Why"))]  # fmt: skip
    emit([_printed(one) for one in found], columns, as_json=False)


def _printed(one: Match) -> dict[str, Any]:
    return {
        "key": found_text(one.grade, one.list_source, one.customer_no or one.entry_no or ""), "name": one.name,
        "score": format_percent(one.score, 0), "why": " · ".join(feature_text(each) for each in one.features),
    }  # fmt: skip


def update(
    file: Annotated[Path, typer.Argument(help=_("The list's file."))],
    source: Annotated[str, typer.Option("--source", help=_("The list's name: entries are kept under it."))],
    format: Annotated[str, typer.Option("--format", help=_("ofac (sdn.csv) or csv (the import's headers)."))] = OFAC,  # noqa: A002
    aliases: Annotated[Path | None, typer.Option("--aliases", help=_("OFAC's second file, alt.csv."))] = None,
    additions: Annotated[
        bool, typer.Option("--additions", help=_("The file has only what came in addition; nothing is ended."))
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Show the difference, store nothing."))] = False,
    json: Json = False,
) -> None:
    """Bring a watch list up to date with a file."""
    content, others = _content(file), _content(aliases) if aliases else None
    scope = WatchlistScope.ADDITIONS if additions else WatchlistScope.WHOLE
    with unit_of_work() as ctx:
        read = read_list(
            ctx, source, content, file_name=file.name, scope=scope, file_format=format, aliases=others
        )  # fmt: skip
        difference = foresee_list(ctx, read) if dry_run else load_list(ctx, read)
    if json:
        emit(_as_json(difference, dry_run=dry_run), [], as_json=True)
        return
    shown = [
        {"state": label("entry_change", one.change), "key": one.entry_no, "name": one.name}
        for one in difference.shown[:_MOST_SHOWN]
    ]
    emit(shown, [Column("state", _("Change")), Column("key", _("Entry")), Column("name", _("Name"))], as_json=False)
    typer.echo(difference_text(difference))


def difference_text(difference: ListDifference) -> str:
    """The counts of a difference in words."""
    return _("%(source)s: %(added)s added, %(changed)s changed, %(removed)s ended, %(unchanged)s unchanged.") % {
        "source": difference.source, "added": format_number(difference.added),
        "changed": format_number(difference.changed), "removed": format_number(difference.removed),
        "unchanged": format_number(difference.unchanged),
    }  # fmt: skip


def _as_json(difference: ListDifference, *, dry_run: bool) -> dict[str, Any]:
    content = asdict(difference) | {"dry_run": dry_run, "since": difference.since and difference.since.isoformat()}
    content["shown"] = [asdict(one) for one in difference.shown]
    return content


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise WrongFileError(N_("The file “%(file)s” can't be read."), file=file.name) from error


def listed(json: Json = False) -> None:
    """All watch lists with their last load."""
    with unit_of_work() as ctx:
        rows = watchlists(ctx)
    if json:
        emit([asdict(one) for one in rows], [], as_json=True)
        return
    columns = [
        Column("name", _("Watch list")), Column("entries", _("Entries")), Column("ended", _("Ended")),
        Column("since", _("Loaded on")), Column("error", _("By")),
    ]  # fmt: skip
    emit([{"name": one.source, "entries": one.entries, "ended": one.ended, "since": one.loaded_on,
           "error": one.loaded_by} for one in rows], columns, as_json=False)  # fmt: skip
