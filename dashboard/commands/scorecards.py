"""`greyledger scorecard list|show|export|import|diff`. Putting one into force takes two people, in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from dashboard.commands.output import Column, emit
from dashboard.components.score_words import card_label
from dashboard.components.scorecard_words import called, difference_text, fault_text, number_text, share_text
from dashboard.i18n import N_, _
from dashboard.labels import label
from services.context import unit_of_work
from services.errors import RefusedError
from services.scorecards import as_json, as_workbook, draft_from, read_file, scorecard_of_edition, scorecards
from services.scorecards.editing import labels_of
from services.scorecards.rows import ScorecardDetail, ScorecardRow
from services.scoring.card import Scorecard
from services.scoring.card_reading import WrongCardError
from services.scoring.differences import differences, shares_of_dimensions, shares_of_indicators

Json = Annotated[bool, typer.Option("--json", help=_("Print JSON."))]
Edition = Annotated[int | None, typer.Argument(help=_("The number of the edition; the one in force if left out."))]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(
        help=_(
            "Scorecards: list, read, compare, take out and bring in. Putting one into force takes two people, in the "
            "browser."
        ),
        no_args_is_help=True,
    )
    group.command("list", help=_("All scorecards with state and people."))(list_all)
    group.command("show", help=_("What a scorecard says."))(show)
    group.command("export", help=_("Write a scorecard to a file: .json can be brought in again, .xlsx is to read."))(
        export
    )
    group.command("import", help=_("Bring a scorecard in from a JSON file as a draft. All that is wrong is listed."))(
        bring_in
    )
    group.command("diff", help=_("What differs between two scorecards."))(diff)
    app.add_typer(group, name="scorecard")


def _as_row(one: ScorecardRow) -> dict[str, Any]:
    return {
        "edition": one.edition, "name": one.name, "state": one.state, "kind": one.kind, "is_proposed": one.is_proposed,
        "drafted_by": one.drafter, "proposed_by": one.proposer, "approved_by": one.approver,
        "shadow_since": one.shadow_since, "activated_on": one.activated_on, "retired_on": one.retired_on,
        "note": one.note,
    }  # fmt: skip


def list_all(json: Json = False) -> None:
    """All scorecards with state and people."""
    with unit_of_work() as ctx:
        rows = [_as_row(one) for one in scorecards(ctx)]
    if not json:
        for row in rows:
            row |= {
                "name": called(row["name"]), "state": label("scorecard_state", row["state"]),
                "kind": label("scorecard_kind", row["kind"]),
            }  # fmt: skip
    columns = [
        Column("edition", _("Edition")), Column("name", _("Name")), Column("state", _("State")),
        Column("kind", _("Kind")), Column("drafted_by", _("Drafted by")), Column("proposed_by", _("Proposed by")),
        Column("approved_by", _("Approved by")), Column("activated_on", _("In force since")),
    ]  # fmt: skip
    emit(rows, columns, as_json=json)


def show(edition: Edition = None, json: Json = False) -> None:
    """What a scorecard says."""
    with unit_of_work() as ctx:
        found = scorecard_of_edition(ctx, edition)
    if json:
        emit(_as_row(found.row) | {"definition": found.definition}, [], as_json=True)
        return
    card = _readable(found)
    whole = shares_of_dimensions(card)
    rows = [
        {
            "dimension": label("dimension", dimension.name),
            "indicator": card_label(one.label, one.code),
            "weight": number_text(one.weight),
            "share": share_text(whole[dimension.name] * shares_of_indicators(dimension)[one.code] / 100),
            "bins": str(len(one.bins) or len(one.categories)),
        }
        for dimension in card.dimensions
        for one in dimension.indicators
    ]
    columns = [
        Column("dimension", _("Dimension")), Column("indicator", _("Indicator")), Column("weight", _("Weight")),
        Column("share", _("Of the whole score")), Column("bins", _("Bins")),
    ]  # fmt: skip
    emit(rows, columns, as_json=False)


def export(
    edition: Annotated[int, typer.Argument(help=_("The number of the edition."))],
    file: Annotated[Path, typer.Argument(help=_("The file to write."))],
    json: Json = False,
) -> None:
    """Write a scorecard to a file."""
    ending = file.suffix.lower()
    if ending not in (".json", ".xlsx"):
        raise RefusedError(N_("Give the file an ending that says how to write it: .json or .xlsx."))
    with unit_of_work() as ctx:
        found = scorecard_of_edition(ctx, edition)
        content = as_json(found) if ending == ".json" else as_workbook(_readable(found))
    file.write_bytes(content)
    if json:
        emit({"edition": edition, "file": str(file), "bytes": len(content)}, [], as_json=True)
    else:
        typer.echo(_("Edition %(edition)s is in %(file)s.") % {"edition": edition, "file": file})


def bring_in(
    file: Annotated[Path, typer.Argument(help=_("A scorecard as JSON."), exists=True, dir_okay=False)],
    name: Annotated[str, typer.Option("--name", help=_("What to call it; as in the file if left out."))] = "",
    note: Annotated[str, typer.Option("--note", help=_("What it is for."))] = "",
    json: Json = False,
) -> None:
    """Bring a scorecard in as a draft."""
    found = read_file(file.read_bytes())
    if found.card is None:
        if json:
            faults = [{"place": one.place, "text": fault_text(one, labels_of({}))} for one in found.faults]
            emit({"edition": None, "faults": faults}, [], as_json=True)
        else:
            for one in found.faults:
                typer.echo(fault_text(one, labels_of({})), err=True)
        raise typer.Exit(2)
    with unit_of_work() as ctx:
        row = draft_from(ctx, found.definition, name or found.card.name, note).row
    if json:
        emit(_as_row(row) | {"faults": []}, [], as_json=True)
    else:
        typer.echo(_("Draft of edition %(edition)s started from %(file)s.") % {"edition": row.edition, "file": file})


def diff(
    before: Annotated[int, typer.Argument(help=_("The number of the edition to compare with."))],
    after: Annotated[int, typer.Argument(help=_("The number of the other edition."))],
    json: Json = False,
) -> None:
    """What differs between two scorecards."""
    with unit_of_work() as ctx:
        cards = [_readable(scorecard_of_edition(ctx, one)) for one in (before, after)]
    found = differences(*cards)
    if json:
        rows = [
            {"kind": one.kind.value, "place": one.place, "before": one.before, "after": one.after,
             "text": difference_text(one)}
            for one in found
        ]  # fmt: skip
        emit(rows, [], as_json=True)
        return
    for one in found:
        typer.echo(difference_text(one))
    if not found:
        typer.echo(_("Nothing differs: both score every customer alike."))


def _readable(found: ScorecardDetail) -> Scorecard:
    if found.card is None:
        raise WrongCardError(found.faults[0].template, **found.faults[0].params)
    return found.card
