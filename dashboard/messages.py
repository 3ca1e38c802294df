"""Brings the catalogues up to date with the sentences in the code: `python -m dashboard.messages`.

Extracts what `_()`, `ngettext()` and `N_()` mark, adds what is new to each .po file, drops what is gone and keeps
what is translated. With `--check` nothing is written, and the exit code is 1 if a catalogue is out of date or not
complete.
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import typer
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from dashboard.catalogues import FOLDER, LANGUAGES, po_file

ROOT = Path(__file__).parent.parent
SOURCES = ("dashboard", "services", "db")
#: The functions that mark a sentence, and how many of their arguments are sentences.
KEYWORDS = {"_": 1, "N_": 1, "ngettext": 2}
TEMPLATE = FOLDER / "messages.pot"


class UnextractableError(ValueError):
    """A sentence that is put together before it is translated can't be found in a catalogue."""


def extracted() -> Catalog:
    """All sentences marked in the code, with the files they are in."""
    found = Catalog(project="Greyledger", version="1", header_comment="# Sentences of Greyledger", fuzzy=False)
    for source in SOURCES:
        for file in sorted((ROOT / source).rglob("*.py")):
            place = file.relative_to(ROOT).as_posix()
            for message in messages_in(file.read_text(encoding="utf-8"), place):
                found.add(message, locations=[(place, 0)])
    return found


def messages_in(code: str, place: str) -> list[str | tuple[str, str]]:
    """The sentences that a module marks, in their order; those with a plural as pairs.

    Read from the syntax tree: Babel's own reader overlooks what stands inside an f-string before Python 3.12.

    Raises:
        UnextractableError: a sentence is an f-string itself.
    """
    found: list[tuple[int, int, str | tuple[str, str]]] = []
    for node in ast.walk(ast.parse(code, place)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        texts = [getattr(argument, "value", None) for argument in node.args[: KEYWORDS.get(name, 0)]]
        if any(isinstance(argument, ast.JoinedStr) for argument in node.args[: KEYWORDS.get(name, 0)]):
            raise UnextractableError(f"{place}:{node.lineno}: an f-string inside {name}()")
        if texts and all(isinstance(text, str) and text for text in texts):
            message = str(texts[0]) if len(texts) == 1 else (str(texts[0]), str(texts[1]))
            found.append((node.lineno, node.col_offset, message))
    return [message for _line, _column, message in sorted(found, key=lambda one: one[:2])]


def updated(language: str, template: Catalog) -> Catalog:
    """The catalogue of a language with exactly the sentences of the template. English says what the code says."""
    file = po_file(language)
    if file.exists():
        with file.open("rb") as stream:
            catalogue = read_po(stream, locale=language)
    else:
        catalogue = Catalog(locale=language)
    catalogue.header_comment = f"# Sentences of Greyledger: {language}"
    catalogue.project, catalogue.version, catalogue.fuzzy = "Greyledger", "1", False
    # a copy: Babel puts the template's own messages into the catalogue, where the next language would find this one's
    catalogue.update(deepcopy(template), no_fuzzy_matching=True, update_header_comment=False)
    catalogue.obsolete.clear()
    if language == "en":
        for message in catalogue:
            if message.id and not (all(message.string) if isinstance(message.string, tuple) else message.string):
                message.string = message.id
    return catalogue


def written(catalogue: Catalog) -> str:
    """The text of a .po file; without dates and line numbers, which would change it when no sentence changes."""
    stream = io.BytesIO()
    write_po(stream, catalogue, width=120, include_lineno=False, sort_by_file=True, ignore_obsolete=True)
    volatile = (
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Last-Translator",
        "Language-Team",
        "Generated-By",
        "Report-Msgid",
    )
    lines = stream.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(tuple(f'"{name}' for name in volatile)))


def untranslated(catalogue: Catalog) -> Iterator[str]:
    """The sentences that have no translation yet."""
    for message in catalogue:
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and (message.fuzzy or not all(texts)):
            yield message.id[0] if isinstance(message.id, tuple) else str(message.id)


def main(check: bool = typer.Option(False, help="Write nothing; fail if a catalogue is not up to date.")) -> None:
    """Bring the catalogues up to date."""
    template = extracted()
    files = {TEMPLATE: written(template)}
    incomplete = 0
    for language in LANGUAGES:
        catalogue = updated(language, template)
        files[po_file(language)] = written(catalogue)
        missing = list(untranslated(catalogue))
        incomplete += len(missing)
        typer.echo(f"{language}: {len(catalogue)} sentences, {len(missing)} without translation")
    stale = [file for file, text in files.items() if not file.exists() or file.read_text(encoding="utf-8") != text]
    if check:
        for file in stale:
            typer.echo(f"{file.relative_to(ROOT)} is out of date: run python -m dashboard.messages")
        sys.exit(1 if stale or incomplete else 0)
    for file in stale:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(files[file], encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
