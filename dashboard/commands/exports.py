"""`greyledger export`."""

from __future__ import annotations

import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, BinaryIO, cast

import typer

from dashboard.commands.output import emit, parsed_day
from dashboard.i18n import N_, _, ngettext
from services.context import Context, unit_of_work
from services.errors import RefusedError
from services.exports.dump import EVERY_KIND, Dump, export_all, into_archive, into_folder
from services.exports.files import FileFormat, format_of
from services.exports.kinds import ExportFilter
from services.exports.run import Export, export_kind

STDOUT = "-"
EXISTS = N_("%(file)s exists already; nothing was written. Give another name, or --force to overwrite it.")
NO_FOLDER = N_("There is no folder %(folder)s.")
NOT_A_FOLDER = N_("%(file)s is a file. Everything goes into a folder, or into an archive with the ending .zip.")


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command(
        "export",
        help=_("Take a kind of file out, or everything, as the import reads it: brought in again it changes nothing."),
    )(export_command)


def export_command(
    kind: Annotated[
        str,
        typer.Argument(
            help=_("What to take out: a kind of file, as `import --help` names them, or `all` for everything.")
        ),
    ],
    file: Annotated[
        str, typer.Argument(help=_("A .csv or .xlsx file, `-` for standard output; for `all` a folder or a .zip file."))
    ],
    department: Annotated[
        str, typer.Option("--department", help=_("Only this department's customers, by its code."))
    ] = "",
    customer: Annotated[str, typer.Option("--customer", help=_("Only the customer with this number."))] = "",
    since: Annotated[str, typer.Option("--from", help=_("Only from this day on."))] = "",
    until: Annotated[str, typer.Option("--to", help=_("Only up to this day."))] = "",
    file_format: Annotated[str, typer.Option("--format", help=_("csv or xlsx, where the ending does not say."))] = "",
    force: Annotated[bool, typer.Option("--force", help=_("Overwrite files that exist."))] = False,
    json: Annotated[bool, typer.Option("--json", help=_("Print JSON."))] = False,
) -> None:
    """Take a kind of file out, or everything, as the import reads it: brought in again it changes nothing."""
    narrow = ExportFilter(
        department=department or None, customer=customer or None, first=parsed_day(since) if since else None,
        last=parsed_day(until) if until else None,
    )  # fmt: skip
    if kind == EVERY_KIND:
        _report_dump(_everything(file, file_format, narrow, force=force), file, as_json=json)
        return
    if file == STDOUT:
        wanted = format_of("", file_format or FileFormat.CSV)
        with unit_of_work() as ctx:
            export = export_kind(ctx, kind, _plain_output(), wanted, narrow)
    else:
        wanted = format_of(file, file_format or None)
        export = _placed(Path(file), lambda ctx, target: export_kind(ctx, kind, target, wanted, narrow), force=force)
    _report(export, file, as_json=json)


def _plain_output() -> BinaryIO:
    return sys.stdout.buffer


def _placed(file: Path, write: Callable[[Context, BinaryIO], Any], *, force: bool) -> Any:  # noqa: ANN401
    """Write beside the file and put it in its place when it is whole: no half file is ever left.

    Raises:
        RefusedError: the file exists, or its folder does not.
    """
    _ensure_free(file, force=force)
    if not file.parent.is_dir():
        raise RefusedError(NO_FOLDER, folder=str(file.parent))
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as part:
        place = Path(part.name)
        try:
            with unit_of_work() as ctx:
                done = write(ctx, cast("BinaryIO", part))
        except BaseException:
            place.unlink()
            raise
    place.chmod(0o600)  # personal data: the owner alone, whatever the folder allows
    place.replace(file)
    return done


def _ensure_free(file: Path, *, force: bool) -> None:
    if file.exists() and not force:
        raise RefusedError(EXISTS, file=str(file))


def _everything(name: str, file_format: str, narrow: ExportFilter, *, force: bool) -> Dump:
    wanted = format_of("", file_format or FileFormat.CSV)
    target = Path(name)
    if target.suffix.lower() == ".zip":
        return cast("Dump", _placed(target, lambda ctx, out: _archived(ctx, out, wanted, narrow), force=force))
    if name == STDOUT or target.is_file():
        raise RefusedError(NOT_A_FOLDER, file=name)
    if target.is_dir() and any(target.iterdir()):
        _ensure_free(target, force=force)
    is_new = not target.exists()
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        return _foldered(target, wanted, narrow)
    except BaseException:
        if is_new:
            target.rmdir()
        raise


def _foldered(target: Path, wanted: FileFormat, narrow: ExportFilter) -> Dump:
    """All files appear in the folder when the last one is whole."""
    with tempfile.TemporaryDirectory(dir=target, prefix=".part-") as part:
        with unit_of_work() as ctx:
            dump = export_all(ctx, into_folder(Path(part)), wanted, narrow)
        for file in Path(part).iterdir():
            file.replace(target / file.name)
    return dump


def _archived(ctx: Context, out: BinaryIO, wanted: FileFormat, narrow: ExportFilter) -> Dump:
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        return export_all(ctx, into_archive(archive), wanted, narrow)


def _report(export: Export, file: str, *, as_json: bool) -> None:
    is_piped = file == STDOUT  # the rows are on standard output: what is said about them is not
    if as_json:
        content = {"kind": export.kind, "rows": export.rows, "file": file, "format": export.file_format.value}
        emit(content, [], as_json=True, to_errors=is_piped)
        return
    said = ngettext("%(rows)s row written to %(file)s", "%(rows)s rows written to %(file)s", export.rows)
    typer.echo(said % {"rows": export.rows, "file": file}, err=is_piped)


def _report_dump(dump: Dump, file: str, *, as_json: bool) -> None:
    if as_json:
        kinds = [{"kind": one.kind, "rows": one.rows} for one in dump.exports]
        emit({"kind": EVERY_KIND, "rows": dump.rows, "file": file, "kinds": kinds}, [], as_json=True)
        return
    for one in dump.exports:
        typer.echo(f"{one.rows:>12,}  {one.kind}")
    said = _("%(rows)s rows of %(kinds)s kinds written to %(file)s; manifest.json says how to bring them in again.")
    typer.echo(said % {"rows": f"{dump.rows:,}", "kinds": len(dump.exports), "file": file})
