"""An import that breaks off leaves nothing, and two at once do not get into each other's way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from db.session import engine
from services.context import unit_of_work
from services.imports.run import ImportResult, import_file

ROOT = Path(__file__).parents[2]
CONTENT = ("customer_no,name\n" + "".join(f"C{n},Customer {n}\n" for n in range(3_000))).encode()
TABLES = ("customer", "customer_key", "import_batch", "ledger_entry", "dirty_customer", "metric_contribution")


def stored() -> dict[str, int]:
    with engine().connect() as connection:
        return {table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in TABLES}


def bring_in(content: bytes = CONTENT) -> ImportResult:
    with unit_of_work() as ctx:
        return import_file(ctx, "customers", content, file_name="customers.csv")


@pytest.mark.parametrize(
    "step", ["Comparing with what is stored", "Writing rows", "Bringing the figures up to date", "Done"]
)
def test_a_fault_in_the_middle_leaves_nothing(database: str, step: str) -> None:
    before = stored()

    def fail(_share: float, doing: str) -> None:
        if doing == step:
            raise RuntimeError("the power went out")

    with pytest.raises(RuntimeError), unit_of_work() as ctx:
        import_file(ctx, "customers", CONTENT, file_name="customers.csv", progress=fail)
    assert stored() == before
    assert bring_in().inserted == 3_000


def test_a_process_killed_in_the_middle_leaves_nothing(database: str, tmp_path: Path) -> None:
    before = stored()
    file = tmp_path / "customers.csv"
    file.write_bytes(CONTENT)
    script = (
        "import sys, time\n"
        "from services.context import unit_of_work\n"
        "from services.imports.run import import_file\n"
        "def wait(share, step):\n"
        "    if step == 'Bringing the figures up to date':\n"
        "        print('written', flush=True)\n"
        "        time.sleep(60)\n"
        "with unit_of_work() as ctx:\n"
        f"    import_file(ctx, 'customers', {str(file)!r}, file_name='customers.csv', progress=wait)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "written\n"
    process.send_signal(signal.SIGKILL)
    assert process.wait(10) == -signal.SIGKILL
    process.stdout.close()
    assert stored() == before
    assert bring_in().inserted == 3_000


def test_the_same_file_brought_in_by_two_at_once_is_in_once(database: str) -> None:
    results: list[ImportResult] = []
    threads = [threading.Thread(target=lambda: results.append(bring_in())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted((one.inserted, one.unchanged) for one in results) == [(0, 3_000), (3_000, 0)]
    assert stored()["customer_key"] == 3_000


def test_files_that_overlap_brought_in_at_once_meet(database: str) -> None:
    results: list[ImportResult] = []
    files = [b"customer_no,name\nA,One\nB,Two\n", b"customer_no,name\nB,Deux\nC,Trois\n"]
    threads = [threading.Thread(target=lambda file=file: results.append(bring_in(file))) for file in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted((one.inserted, one.updated) for one in results) == [(1, 1), (2, 0)]
    with engine().connect() as connection:
        assert (
            connection.execute(
                text("SELECT string_agg(customer_no, '' ORDER BY customer_no) FROM customer")
            ).scalar_one()
            == "ABC"
        )
