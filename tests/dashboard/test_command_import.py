"""`greyledger import`: what it prints, writes and exits with (SPEC 8)."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from dashboard.cli import main
from db.session import engine
from services.context import unit_of_work
from services.imports.profiles import save_profile
from tests.services.workbooks import workbook

ROOT = Path(__file__).parents[2]
INVOICES = "invoice_no,customer_no,issued_on,due_on,amount\n"


@pytest.fixture
def folder(database: str, tmp_path: Path) -> Path:
    (tmp_path / "customers.csv").write_text("customer_no,name\nC1,One\nC2,Two\n")
    return tmp_path


@dataclass(frozen=True)
class Done:
    """What a command printed and ended with."""

    returncode: int
    stdout: str
    stderr: str


def run(folder: Path, *arguments: str) -> Done:
    """The command in this process, as a shell in `folder` would start it."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.chdir(folder)
        for name, value in surroundings(folder).items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["greyledger", *arguments])
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
    return Done(code, out.getvalue(), err.getvalue())


def run_as_process(folder: Path, *arguments: str) -> Done:
    done = subprocess.run(
        [sys.executable, "-c", "from dashboard.cli import main; main()", *arguments],
        cwd=folder, env=os.environ | surroundings(folder), capture_output=True, text=True, check=False,
    )  # fmt: skip
    return Done(done.returncode, done.stdout, done.stderr)


def surroundings(folder: Path) -> dict[str, str]:
    return {
        "PYTHONPATH": str(ROOT), "GREYLEDGER_LANG": "en", "GREYLEDGER_HOME": str(folder / "home"), "COLUMNS": "200",
    }  # fmt: skip


def answer(done: Done) -> dict[str, object]:
    found = json.loads(done.stdout)
    return {key: found[key] for key in found if key not in {"batch_id", "notes"}}


def count(table: str) -> int:
    with engine().connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_a_good_file_ends_with_0_and_once_more_with_nothing_changed(folder: Path) -> None:
    expected = {"rows": 2, "inserted": 2, "updated": 0, "unchanged": 0, "rejected": 0, "rejects": [], "refused": False}
    done = run_as_process(folder, "import", "customers", "customers.csv", "--json")
    assert (done.returncode, answer(done), done.stderr) == (0, expected, "")
    done = run_as_process(folder, "import", "customers", "customers.csv")
    assert (done.returncode, done.stdout, done.stderr) == (0, "2 rows: 0 new, 0 changed, 2 unchanged, 0 rejected\n", "")


def test_wrong_rows_end_with_1_and_come_back_in_a_file(folder: Path) -> None:
    run(folder, "import", "customers", "customers.csv")
    (folder / "i.csv").write_text(INVOICES + "A,C1,2025-01-01,2025-02-01,5\nB,C1,2025-01-01,never,x\n")
    done = run(folder, "import", "invoices", "i.csv", "--rejects", "back.csv", "--json")
    assert (done.returncode, done.stderr) == (1, "")
    assert answer(done) == {
        "rows": 2,
        "inserted": 1,
        "updated": 0,
        "unchanged": 0,
        "rejected": 1,
        "refused": False,
        "rejects": [
            {"line": 3, "column": "due_on", "value": "never", "reason": "This is not a date. Write it as 2025-03-07."},
            {"line": 3, "column": "amount", "value": "x", "reason": "This is not a number."},
        ],
    }
    with (folder / "back.csv").open(encoding="utf-8-sig", newline="") as back:
        assert list(csv.reader(back)) == [
            ["line", "column", "value", "reason", *INVOICES.strip().split(",")],
            [
                "3",
                "due_on; amount",
                "never; x",
                "This is not a date. Write it as 2025-03-07.; This is not a number.",
                "B",
                "C1",
                "2025-01-01",
                "never",
                "x",
            ],
        ]


def test_without_json_the_wrong_rows_are_sentences(folder: Path) -> None:
    (folder / "i.csv").write_text(INVOICES + "A,C7,2025-01-01,2025-02-01,5\n")
    done = run(folder, "import", "invoices", "i.csv")
    assert (done.returncode, done.stdout) == (1, "1 row: 0 new, 0 changed, 0 unchanged, 1 rejected\n")
    assert done.stderr == "Line 2, customer_no, “C7”: This customer is not known. Import customers first.\n"


def test_at_most_a_hundred_wrong_rows_are_printed(folder: Path) -> None:
    (folder / "i.csv").write_text(INVOICES + "".join(f"I{n},C7,2025-01-01,2025-02-01,5\n" for n in range(150)))
    done = run(folder, "import", "invoices", "i.csv", "--json", "--rejects", "back.csv")
    found = json.loads(done.stdout)
    assert (found["rejected"], len(found["rejects"]), found["rejects"][99]["line"]) == (150, 100, 101)
    assert len((folder / "back.csv").read_text().splitlines()) == 151


def test_all_or_nothing_refuses_with_2(folder: Path) -> None:
    (folder / "bad.csv").write_text("customer_no,name,since\nC1,One,2025-01-01\nC2,Two,never\n")
    done = run(folder, "import", "customers", "bad.csv", "--all-or-nothing", "--json")
    assert (done.returncode, answer(done)["refused"], answer(done)["inserted"], answer(done)["rejected"]) == (
        2,
        True,
        0,
        1,
    )
    assert count("customer_key") == 0
    done = run(folder, "import", "customers", "bad.csv", "--all-or-nothing")
    assert (done.returncode, done.stdout) == (2, "Nothing was imported: 1 of 2 rows are wrong.\n")


def test_mapping_default_and_profile(folder: Path) -> None:
    with unit_of_work() as ctx:
        save_profile(ctx, "customers", "SAP", {"customer_no": "Kunde", "name": "Alt"}, {"region": "West"})
    (folder / "k.csv").write_text("Kunde;Alt;Neu\n001;Old;New\n")
    done = run(
        folder,
        "import",
        "customers",
        "k.csv",
        "--profile",
        "SAP",
        "--map",
        "name=Neu",
        "--default",
        "size=small",
        "--json",
    )
    assert (done.returncode, answer(done)["inserted"]) == (0, 1)
    with engine().connect() as connection:
        row = connection.execute(
            text("SELECT customer_no, name, region, size FROM customer WHERE customer_id > 0")
        ).one()
    assert tuple(row) == ("001", "New", "West", "small")


def test_a_file_without_headers_is_mapped_by_position(folder: Path) -> None:
    (folder / "list.csv").write_text('36,"AERO, LTD",-0- \n173,ANGLO,-0- \n')
    done = run(
        folder, "import", "watchlist", "list.csv", "--map", "entry_no=#1,name=#2", "--default", "source=OFAC", "--json"
    )
    assert (done.returncode, answer(done)["rows"], answer(done)["inserted"]) == (0, 2, 2)
    with engine().connect() as connection:
        names = connection.execute(text("SELECT entry_no, name, source FROM watchlist_entry ORDER BY 1")).all()
    assert [tuple(one) for one in names] == [("173", "ANGLO", "OFAC"), ("36", "AERO, LTD", "OFAC")]


def test_a_workbook_is_taken_as_a_csv_file_is(folder: Path) -> None:
    (folder / "c.xlsx").write_bytes(workbook([["客户编号", "客户名称"], ["1234567890123456789", "甲"]]))
    done = run(folder, "import", "customers", "c.xlsx", "--json")
    assert (done.returncode, answer(done)["inserted"]) == (0, 1)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("customers", "none.csv"), "There is no file none.csv."),
        (("customers", "empty.csv"), "The file empty.csv is empty."),
        (
            ("customers", "picture.csv"),
            "This is not a table. Save it as CSV or as an Excel workbook (.xlsx) and try again.",
        ),
        (
            ("invoices", "customers.csv"),
            "The columns invoice_no, issued_on, due_on, amount are missing. The file has: "
            "customer_no, name. Name the matching headers and try again.",
        ),
        (("customers", "customers.csv", "--map", "name"), "“name” is not of the form ours=theirs."),
        (
            ("customers", "customers.csv", "--map", "name=nom"),
            "The file has no column “nom”. It has: customer_no, name.",
        ),
        (("customers", "customers.csv", "--default", "sinse=2025-01-01"), "There is no column sinse in customers. "),
        (
            ("customers", "customers.csv", "--default", "since=soon"),
            "“soon” can't be the default of since: This is not a date.",
        ),
        (("customers", "customers.csv", "--profile", "SAP"), "There is no import profile “SAP” for customers."),
        (
            ("customers", "customers.csv", "--rejects", "nowhere/back.csv"),
            "The file nowhere/back.csv can't be written. Name another one for the rejected rows.",
        ),
        (("bills", "customers.csv"), "There is no file kind “bills”. Known kinds: fx_rates, "),
    ],
)
def test_what_is_refused_ends_with_2_and_a_sentence(folder: Path, arguments: tuple[str, ...], sentence: str) -> None:
    (folder / "empty.csv").write_bytes(b"")
    (folder / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    done = run(folder, "import", *arguments, "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(sentence)
    assert count("customer_key") == 0


def test_wrong_use_ends_with_2(folder: Path) -> None:
    assert run(folder, "import", "customers").returncode == 2
    assert run(folder, "import", "customers", "customers.csv", "--what").returncode == 2


def test_the_help_tells_of_positions_and_kinds(folder: Path) -> None:
    words = " ".join(run(folder, "import", "--help").stdout.replace("│", " ").split())
    for said in (
        "ours=#2 is the second column",
        "fx_rates",
        "incentives",
        "--all-or-nothing",
        "--rejects",
        "--profile",
    ):
        assert said in words
