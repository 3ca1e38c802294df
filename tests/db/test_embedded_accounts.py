"""The account that runs the embedded server: root hands it to another one, an ordinary user keeps it."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg2
import pytest

from db.embedded import (
    EmbeddedServerError,
    discard,
    ensure_running,
    status,
    stop,
)
from db.embedded import folders as folders_module
from db.embedded import programs as programs_module
from db.embedded.accounts import Account, account_for, clean_environment
from db.embedded.processes import command_line
from tests.db.embedded_servers import IS_ROOT, REPOSITORY, START, ask

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="signals and rights of POSIX systems"),
    pytest.mark.usefixtures("own_settings"),
]


@pytest.mark.skipif(not IS_ROOT, reason="only root hands the server to another account")
def test_root_uses_another_account_and_leaves_the_rights_of_parents(home: Path) -> None:
    parents = {folder: stat.S_IMODE(folder.stat().st_mode) for folder in home.parents}
    assert 0o700 in parents.values()
    ensure_running(home)
    now = status(home)
    assert {folder: stat.S_IMODE(folder.stat().st_mode) for folder in home.parents} == parents
    assert now.data.stat().st_uid != 0
    assert Path(f"/proc/{now.pid}").stat().st_uid == now.data.stat().st_uid
    assert not now.data.is_relative_to(home)
    assert (home / "postgres" / "PG_VERSION").read_text().strip() == str(now.major)

    copy = home.with_name("copy")
    shutil.copytree(home, copy, symlinks=True)
    for use in (ensure_running, stop, discard):
        with pytest.raises(EmbeddedServerError, match="both name the same database"):
            use(copy)
    assert status(home).is_running
    place = now.data.parent
    assert discard(home) is True
    assert not place.exists()


@pytest.mark.skipif(not IS_ROOT, reason="only root hands the server to another account")
def test_data_outside_go_when_a_passing_home_has_gone(tmp_path: Path) -> None:
    for name, home in (("gone", tmp_path / "a"), ("there", tmp_path), ("elsewhere", Path("/nowhere/home"))):
        (tmp_path / f"greyledger-{name}").mkdir()
        (tmp_path / f"greyledger-{name}" / "greyledger-home").write_text(f"{home}\n")
    folders_module._sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["greyledger-elsewhere", "greyledger-there"]


@pytest.mark.skipif(not IS_ROOT, reason="only root hands the server to another account")
def test_root_keeps_data_in_a_home_that_the_account_may_enter(lasting_home: Path) -> None:
    data = status(lasting_home).data
    assert data == lasting_home.resolve() / "postgres"
    assert data.stat().st_uid != 0
    assert lasting_home.stat().st_uid == 0
    assert stat.S_IMODE(lasting_home.stat().st_mode) == 0o711


@pytest.mark.skipif(not IS_ROOT, reason="only root hands the server to another account")
def test_root_copies_programs_that_the_account_cannot_run(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = programs_module._wheel_folder()
    if wheel is None:
        pytest.skip("no wheel on this platform")
    closed = tmp_path / "site-packages"
    for part in (programs_module.WHEEL, f"{programs_module.WHEEL}.libs"):
        if (wheel.parents[2] / part).is_dir():
            shutil.copytree(wheel.parents[2] / part, closed / part, symlinks=True)
    monkeypatch.setattr(programs_module, "_wheel_folder", lambda: closed / wheel.relative_to(wheel.parents[2]))
    assert ask(ensure_running(home), "SELECT 1") == [(1,)]
    now = status(home)
    program = Path(command_line(now.pid or 0)[0])
    assert program.is_relative_to(now.data.parent / f"pg-{programs_module.find_programs().version}")
    assert program.stat().st_uid == 0
    assert stop(home) is True


def test_an_ordinary_user_has_a_server_of_their_own() -> None:
    if not IS_ROOT:
        pytest.skip("every test here already runs as an ordinary user")
    account = account_for(Path("/"), Path("/"))
    python = python_for(account)
    if python is None:
        pytest.skip(f"no Python {sys.version_info.major}.{sys.version_info.minor} here that {account.name} may run")
    base = Path(tempfile.mkdtemp(prefix="greyledger-test-"))
    os.chown(base, account.uid or 0, account.gid or 0)
    home = base / "home"
    try:
        refusal = run_python(python, account, base / "home", "open('/root/x', 'w')")
        assert "PermissionError" in refusal.stderr
        first = run_python(python, account, home, START)
        assert first.stderr == ""
        assert ask(first.stdout.splitlines()[0], "SELECT 1") == [(1,)]
        assert run_python(python, account, home, START).stdout == first.stdout
        assert {file.stat().st_uid for file in home.iterdir()} == {account.uid}
        assert not (home / "postgres").is_symlink()
        again = run_python(python, account, home, f"from db.embedded import stop; print(stop())\n{START}")
        assert again.stdout.splitlines()[:2] == ["True", first.stdout.splitlines()[0]]
        # Root finds the same server, starts it as its owner, and leaves nothing the owner cannot use.
        assert ensure_running(home) == first.stdout.splitlines()[0]
        stop(home)
        ensure_running(home)
        assert status(home).data.stat().st_uid == account.uid
        assert {file.stat().st_uid for file in home.iterdir()} == {account.uid}
    finally:
        discard(home)
        shutil.rmtree(base)


def python_for(account: Account) -> Path | None:
    """A Python of this version that `account` may run: the environment may lie where it cannot read."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (sys.executable, f"/usr/bin/{name}", f"/usr/local/bin/{name}"):
        try:
            if run_python(Path(candidate), account, Path("/"), "import db.embedded").returncode == 0:
                return Path(candidate)
        except OSError:
            continue
    return None


def run_python(python: Path, account: Account, home: Path, code: str) -> subprocess.CompletedProcess[str]:
    packages = str(Path(psycopg2.__file__).parents[1])
    environment = clean_environment() | {"GREYLEDGER_HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    environment["PYTHONPATH"] = os.pathsep.join([str(REPOSITORY), packages])
    return subprocess.run(
        [python, "-c", code],
        env=environment,
        cwd="/",
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
