"""A backup is the whole database; a restore brings it back, all of it or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from db.session import engine
from db.upgrade import newest_revision
from services.backups import backup, restore
from services.context import unit_of_work
from services.errors import RefusedError
from services.ledger import record
from services.ledger_verification import verify
from tests.services.makers import make_customer


def customers() -> list[str]:
    with unit_of_work() as ctx:
        return list(
            ctx.session.execute(text("SELECT customer_no FROM customer WHERE customer_id > 0 ORDER BY 1")).scalars()
        )


def add(number: str) -> None:
    with unit_of_work() as ctx:
        customer = make_customer(ctx, number)
        record(ctx, "customer.added", f"customer:{number}", customer_id=customer.customer_id)


def test_a_restore_brings_back_what_was_there(database: str, tmp_path: Path) -> None:
    add("C1")
    file = tmp_path / "monday.dump"
    assert backup(file) == file.stat().st_size
    assert file.stat().st_mode & 0o777 == 0o600
    add("C2")
    assert restore(file, overwrite=True) == newest_revision()
    assert customers() == ["C1"]
    add("C3")
    assert customers() == ["C1", "C3"]
    with unit_of_work() as ctx:
        found = verify(ctx)
        assert (found.entries, found.breaks) == (2, ())
        with pytest.raises(Exception, match="only grows"):
            ctx.session.execute(text("DELETE FROM ledger_entry"))
        ctx.session.rollback()


def test_an_empty_database_takes_a_backup_without_more_ado(database: str, tmp_path: Path) -> None:
    add("C1")
    backup(tmp_path / "monday.dump")
    with engine().begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    restore(tmp_path / "monday.dump")
    assert customers() == ["C1"]


def test_data_are_never_replaced_without_being_asked_to(database: str, tmp_path: Path) -> None:
    backup(tmp_path / "empty.dump")
    add("C1")
    with pytest.raises(RefusedError, match="holds data already"):
        restore(tmp_path / "empty.dump")
    assert customers() == ["C1"]


def test_what_is_no_backup_changes_nothing(database: str, tmp_path: Path) -> None:
    add("C1")
    wrong = tmp_path / "notes.txt"
    wrong.write_text("not a backup")
    with pytest.raises(RefusedError, match="is not a backup of Greyledger"):
        restore(wrong, overwrite=True)
    with pytest.raises(RefusedError, match="There is no file"):
        restore(tmp_path / "absent.dump", overwrite=True)
    assert customers() == ["C1"]


def test_a_damaged_backup_changes_nothing(database: str, tmp_path: Path) -> None:
    add("C1")
    file = tmp_path / "monday.dump"
    backup(file)
    file.write_bytes(file.read_bytes()[: file.stat().st_size * 3 // 4])
    add("C2")
    with pytest.raises(RefusedError):
        restore(file, overwrite=True)
    assert customers() == ["C1", "C2"]


def test_a_backup_that_fails_leaves_the_older_one(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "monday.dump"
    file.write_text("the older one")
    monkeypatch.setenv("DATABASE_URL", database.rsplit("/", 1)[0] + "/absent?sslmode=disable")
    with pytest.raises(RefusedError, match="pg_dump refused"):
        backup(file)
    assert file.read_text() == "the older one"
    assert list(tmp_path.iterdir()) == [file]


def test_there_must_be_room_to_write(database: str, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="pg_dump refused: No such file or directory"):
        backup(tmp_path / "absent" / "monday.dump")
