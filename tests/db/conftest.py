"""Homes with an embedded server, for the tests of the launcher."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.embedded import discard, ensure_running
from tests.db.embedded_servers import ODD_NAME


@pytest.fixture
def own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The developer's own settings must not reach the servers made here, nor these tests the developer's server."""
    for name in ("GREYLEDGER_PG_BIN", "GREYLEDGER_HOME", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="package")
def lasting_home() -> Iterator[Path]:
    """A home that every account may enter, with a running server for the tests that leave it as it is."""
    base = Path(tempfile.mkdtemp(prefix="greyledger-test-"))
    base.chmod(0o755)
    ensure_running(base / "home")
    yield base / "home"
    discard(base / "home")
    shutil.rmtree(base)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home for one test, with every odd letter in its name.

    Run as root it lies below a folder of mode 0700, closed to the server's account.
    """
    path = tmp_path / ODD_NAME
    yield path
    discard(path)
