"""The embedded server, with real servers: made, found, crashed, stopped."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from db.embedded import (
    EmbeddedServer,
    EmbeddedServerError,
    discard,
    ensure_running,
    status,
    stop,
)
from db.embedded import server as server_module
from db.embedded.folders import Layout
from db.embedded.processes import free_port, kept_port, pid_file, serves
from tests.db.embedded_servers import IS_ROOT, ODD_NAME, REPOSITORY, START, ask, connect, listener

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="signals and rights of POSIX systems"),
    pytest.mark.usefixtures("own_settings"),
]


def kill_server(home: Path) -> int:
    now = status(home)
    assert now.pid is not None
    os.kill(now.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while serves(now.pid, now.data) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not serves(now.pid, now.data)
    return now.pid


def lets_in(url: str) -> bool:
    try:
        connect(url).close()
    except psycopg2.OperationalError:
        return False
    return True


@pytest.fixture(scope="module")
def tried_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home for tests that stop and kill its server; each leaves it running."""
    home = tmp_path_factory.mktemp("tried") / ODD_NAME
    yield home
    discard(home)


# A running server


def test_one_url_for_every_call(lasting_home: Path) -> None:
    first = ensure_running(lasting_home)
    port = status(lasting_home).port
    assert first.startswith("postgresql+psycopg2://greyledger:")
    assert first.endswith(f"@127.0.0.1:{port}/greyledger?sslmode=disable")
    server_module._answered.clear()
    assert ensure_running(lasting_home) == first
    assert EmbeddedServer(lasting_home).ensure_running() == first


def test_repeated_calls_take_no_lock_and_open_no_connection(
    lasting_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = ensure_running(lasting_home)
    for name in ("FileLock", "await_answer"):
        monkeypatch.setattr(server_module, name, lambda *_, **__: pytest.fail("not from memory"))
    assert ensure_running(lasting_home) == url


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("data_checksums", "on"),
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("jit", "off"),
        ("TimeZone", "UTC"),
        ("max_connections", "100"),
        ("listen_addresses", "127.0.0.1"),
        ("password_encryption", "scram-sha-256"),
        ("server_encoding", "UTF8"),
    ],
)
def test_settings(lasting_home: Path, setting: str, value: str) -> None:
    assert ask(ensure_running(lasting_home), f"SHOW {setting}") == [(value,)]


def test_texts_sort_by_code_point_and_fold_beyond_ascii(lasting_home: Path) -> None:
    url = ensure_running(lasting_home)
    assert ask(url, "SELECT x FROM unnest(ARRAY['é', 'a', 'B', '中']) AS x ORDER BY x") == [
        ("B",),
        ("a",),
        ("é",),
        ("中",),
    ]
    assert ask(url, "SELECT lower('ÉÀ')") == [("éà",)]


def test_the_application_is_no_superuser_but_may_make_what_it_needs(lasting_home: Path) -> None:
    url = ensure_running(lasting_home)
    assert ask(url, "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user") == [
        (False, True, False)
    ]
    ask(url, "CREATE EXTENSION IF NOT EXISTS pg_trgm")
    ask(url, "CREATE EXTENSION IF NOT EXISTS btree_gin")
    ask(url, "CREATE DATABASE another")
    ask(url, "DROP DATABASE another")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(url, "COPY (SELECT 1) TO PROGRAM 'true'")


@pytest.mark.parametrize("role", ["greyledger", "postgres"])
@pytest.mark.parametrize("word", ["", "guess"])
def test_nobody_comes_in_without_the_password(
    lasting_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: str, word: str
) -> None:
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "none"))
    port = status(lasting_home).port
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(host="127.0.0.1", port=port, dbname="greyledger", user=role, password=word)


def test_password_file_is_private_and_works_with_psql(lasting_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = Layout(lasting_home).password_file
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(Layout(lasting_home).data.stat().st_mode) == 0o700
    monkeypatch.setenv("PGPASSFILE", str(file))
    port = status(lasting_home).port
    for role in ("greyledger", "postgres"):
        psycopg2.connect(host="127.0.0.1", port=port, dbname="greyledger", user=role).close()


def test_no_values_of_rows_in_the_log(lasting_home: Path) -> None:
    url = ensure_running(lasting_home)
    ask(url, "CREATE TABLE person (phone text PRIMARY KEY)")
    ask(url, "INSERT INTO person VALUES ('13900001111')")
    with pytest.raises(psycopg2.errors.UniqueViolation):
        ask(url, "INSERT INTO person VALUES ('13900001111')")
    ask(url, "DROP TABLE person")
    log = "".join(file.read_text() for file in status(lasting_home).logs.glob("*.log"))
    assert 'duplicate key value violates unique constraint "person_pkey"' in log
    assert "13900001111" not in log
    assert "INSERT" not in log


def test_a_client_setting_that_asks_for_tls_does_not_lock_out(
    lasting_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGSSLMODE", "require")
    server_module._answered.clear()
    assert ask(ensure_running(lasting_home), "SELECT 1") == [(1,)]


# Starting, stopping, crashing


def test_four_starters_give_one_server_that_outlives_them_and_crashes(home: Path) -> None:
    environment = {**os.environ, "GREYLEDGER_HOME": str(home), "PYTHONPATH": str(REPOSITORY)}
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", f"{START}\nimport time; time.sleep(60)"],
            env=environment,
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            text=True,
        )
        for _ in range(4)
    ]
    said = [(one.stdout.readline(), one.stdout.readline()) for one in starters if one.stdout]
    for one in starters:  # what Ctrl-C does: everything in the terminal's session
        os.killpg(one.pid, signal.SIGINT)
    for one in starters:
        one.communicate(timeout=20)
    before = status(home)
    assert set(said) == {(f"{ensure_running(home)}\n", f"{before.pid} {before.port}\n")}
    assert before.is_running
    assert list(Layout(home).data.parent.glob("postgres-setup-*")) == []

    url = ensure_running(home)
    ask(url, "CREATE TABLE kept (x int)")
    ask(url, "INSERT INTO kept VALUES (1)")
    open_work = connect(url)
    open_work.autocommit = False
    open_work.cursor().execute("INSERT INTO kept VALUES (2)")
    killed = kill_server(home)
    assert ensure_running(home) == url
    assert ask(url, "SELECT x FROM kept") == [(1,)]
    assert status(home).pid != killed


def test_a_long_query_left_by_a_crash_does_not_keep_the_server_away(
    tried_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tried_home
    monkeypatch.setattr(server_module, "_PATIENCE", 0.2)
    url = ensure_running(home)
    endless = f"import psycopg2; psycopg2.connect({url.replace('+psycopg2', '')!r}).cursor().execute("
    endless += "'DO $$ BEGIN LOOP PERFORM 1; END LOOP; END $$')"
    client = subprocess.Popen([sys.executable, "-c", endless], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 10
    active = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'DO %%' AND state = 'active'"
    while ask(url, active) != [(1,)] and time.monotonic() < deadline:
        time.sleep(0.02)
    kill_server(home)
    started = time.monotonic()
    assert ensure_running(home) == url
    assert time.monotonic() - started < 15
    assert client.wait(timeout=20) != 0


def test_a_server_that_is_just_going_down_is_awaited_and_started_again(tried_home: Path) -> None:
    home = tried_home
    url = ensure_running(home)
    before = status(home)
    assert before.pid is not None
    client = connect(url)
    os.kill(before.pid, signal.SIGTERM)  # waits for its clients, and lets nobody else in meanwhile
    deadline = time.monotonic() + 10
    while lets_in(url) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not lets_in(url)
    server_module._answered.clear()
    threading.Timer(0.5, client.close).start()
    assert ensure_running(home) == url
    assert status(home).pid != before.pid


def test_stop_start_and_a_port_taken_by_someone_else(tried_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tried_home
    url = ensure_running(home)
    ask(url, "CREATE TABLE kept_ports AS SELECT 7 AS x")
    assert stop(home) is True
    assert stop(home) is False
    off = status(home)
    assert (off.is_made, off.is_running, off.pid, off.port) == (True, False, None, None)
    assert ensure_running(home) == url  # same port

    stop(home)
    old_port = int(Layout(home).port_file.read_text())
    with listener(old_port):
        elsewhere = ensure_running(home)
        assert status(home).port != old_port
    assert ask(elsewhere, "SELECT x FROM kept_ports") == [(7,)]
    assert int(Layout(home).port_file.read_text()) == status(home).port

    stop(home)
    with listener(free_port()) as taken:  # the port is lost between its choice and the start
        lost = taken.getsockname()[1]
        choices = [lost]
        monkeypatch.setattr(server_module, "kept_port", lambda file: choices.pop() if choices else kept_port(file))
        assert ask(ensure_running(home), "SELECT x FROM kept_ports") == [(7,)]
        assert choices == []
        assert status(home).port != lost


def test_what_crashes_leave_is_cleared_and_lost_parts_come_back(tried_home: Path) -> None:
    home = tried_home
    url = ensure_running(home)
    ask(url, "CREATE TABLE kept_parts AS SELECT 7 AS x")
    layout = Layout(home)
    stop(home)
    owner = layout.data.stat()
    switch = {"user": owner.st_uid, "group": owner.st_gid} if IS_ROOT else {}
    sleeper = subprocess.Popen(["sleep", "60"], **switch)  # type: ignore[call-overload]
    try:  # after a restart of the machine the number of the old server is another program's
        pid_file(layout.data).write_text(f"{sleeper.pid}\n{layout.data}\n1\n5432\n\n127.0.0.1\n 1 1\nready\n")
        os.chown(pid_file(layout.data), owner.st_uid, owner.st_gid)
        assert status(home).is_running is False
        assert stop(home) is False
        assert ensure_running(home) == url
        assert sleeper.poll() is None
    finally:
        sleeper.kill()
        sleeper.wait()

    layout.password_file.unlink()
    server_module._answered.clear()
    with pytest.raises(EmbeddedServerError, match=r"password file .* is missing or damaged"):
        ensure_running(home)
    assert stop(home) is True
    renewed = ensure_running(home)
    assert renewed != url
    assert ask(renewed, "SELECT x FROM kept_parts") == [(7,)]
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        connect(url)


def test_status_and_stop_of_a_home_that_was_never_used_create_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    before = status(home)
    assert (before.is_made, before.is_running, before.major, before.pid) == (False, False, None, None)
    assert stop(home) is False
    assert discard(home) is False
    assert not home.exists()
