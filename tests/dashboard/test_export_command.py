"""`greyledger export`, run as a user runs it: its output, its files, its exit codes."""

from __future__ import annotations

import json
import stat
import sys
import zipfile
from pathlib import Path

import pytest

from dashboard import cli
from services.context import SYSTEM, unit_of_work
from services.exports.taken import recent_exports
from services.imports.kinds import KINDS
from services.imports.run import import_file
from tests.services.every_kind import FILES, as_exported


@pytest.fixture(autouse=True)
def _ledger(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREYLEDGER_LANG", "en")
    with unit_of_work(SYSTEM) as ctx:
        for kind, content in FILES.items():
            import_file(ctx, kind, as_exported(content), file_name=f"{kind}.csv")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> object:
    """Run the command line; returns exit code, standard output, standard error."""

    def command(*words: object) -> tuple[int, bytes, str]:
        monkeypatch.setattr(sys, "argv", ["greyledger", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        sys.stdout.flush()
        out, errors = capfdbinary.readouterr()
        return int(ended.value.code or 0), out, errors.decode()

    return command


def taken() -> list[tuple[str, int]]:
    with unit_of_work(SYSTEM) as ctx:
        return [(one.name, one.rows) for one in recent_exports(ctx)]


def test_a_kind_goes_into_a_file_that_only_its_owner_reads(run, tmp_path: Path) -> None:
    file = tmp_path / "invoices.csv"
    assert run("export", "invoices", file) == (0, f"2 rows written to {file}\n".encode(), "")
    assert file.read_bytes() == as_exported(FILES["invoices"])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]
    assert taken() == [("invoices", 2)]


def test_json_says_kind_rows_and_file(run, tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    code, out, _ = run("export", "listings", file, "--from", "2024-05-12", "--to", "2024-08-02", "--json")
    assert (code, json.loads(out)) == (0, {"kind": "listings", "rows": 1, "file": str(file), "format": "xlsx"})
    assert file.read_bytes()[:2] == b"PK"


def test_standard_output_carries_the_file_and_nothing_else(run) -> None:
    code, out, errors = run("export", "orders", "-", "--customer", "17", "--json")
    assert (code, out) == (0, as_exported(FILES["orders"]))
    assert json.loads(errors) == {"kind": "orders", "rows": 1, "file": "-", "format": "csv"}


def test_a_file_is_never_overwritten_unasked(run, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("mine")
    code, out, errors = run("export", "orders", file)
    assert (code, out) == (2, b"")
    assert errors == f"{file} exists already; nothing was written. Give another name, or --force to overwrite it.\n"
    assert file.read_text() == "mine"
    assert run("export", "orders", file, "--force")[0] == 0
    assert file.read_bytes() == as_exported(FILES["orders"])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("orderz", "x.csv"), "There is no file kind “orderz”"),
        (("orders", "x.txt"), "Files are written as CSV or XLSX"),
        (("orders", "no/x.csv"), "There is no folder"),
        (("orders", "x.csv", "--customer", "nobody"), "No customer has the number nobody."),
        (("orders", "x.csv", "--department", "X"), "There is no department “X”."),
        (("orders", "x.csv", "--from", "soon"), "“soon” is not a date"),
        (("customers", "x.csv", "--from", "2024-01-01"), "have no day"),
        (("all", "dump", "--from", "2024-01-01"), "has no period"),
        (("all", "-"), "- is a file. Everything goes into a folder"),
    ],
)
def test_a_refusal_is_a_sentence_and_leaves_nothing_behind(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, errors = run("export", *words)
    assert (code, out) == (2, b"")
    assert sentence in errors
    assert list(tmp_path.iterdir()) == []
    assert taken() == []


def test_everything_goes_into_a_folder(run, tmp_path: Path) -> None:
    folder = tmp_path / "dump"
    code, out, _ = run("export", "all", folder)
    assert code == 0
    assert out.decode().splitlines()[0] == "           3  fx_rates"
    assert out.decode().splitlines()[-1] == (
        f"40 rows of 20 kinds written to {folder}; manifest.json says how to bring them in again."
    )
    names = [f"{place:02d}-{kind}.csv" for place, kind in enumerate(KINDS, start=1)]
    assert sorted(path.name for path in folder.iterdir()) == [*names, "manifest.json"]
    assert (folder / names[5]).read_bytes() == as_exported(FILES["invoices"])
    assert run("export", "all", folder)[0] == 2
    assert run("export", "all", folder, "--force")[0] == 0


def test_everything_goes_into_an_archive(run, tmp_path: Path) -> None:
    file = tmp_path / "all.zip"
    code, out, _ = run("export", "all", file, "--format", "xlsx", "--json")
    said = json.loads(out)
    assert (code, said["kind"], said["rows"], said["file"]) == (0, "all", 40, str(file))
    assert [one["kind"] for one in said["kinds"]] == list(KINDS)
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[-2:] == ["20-incentives.xlsx", "manifest.json"]


def test_help_names_the_kinds_and_the_options(run) -> None:
    code, out, _ = run("export", "--help")
    assert code == 0
    said = " ".join(out.decode().replace("│", " ").split())
    for words in ("as `import --help` names them", "--department", "--customer", "--from", "--to", "--force"):
        assert words in said
