"""A running product with the sample portfolio and a real browser in front of it: one of each for a test worker."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.browser.setup_browser import installed_browser
from tests.browser.visit import PATIENCE_MS, WIDE, Visitor, new_desk
from tests.conftest import copied_database

ROOT = Path(__file__).parents[2]
START_SECONDS = 180


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_health(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise RuntimeError(f"the product did not start: {log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def product_database(server_url: str, sample_template: str) -> Iterator[str]:
    """URL of the database of this worker's product, with the sample portfolio."""
    with copied_database(server_url, sample_template, "browser") as url:
        yield url


@pytest.fixture(scope="session")
def address(product_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a product of this worker's own, with the sample portfolio loaded."""
    if not installed_browser():
        pytest.skip("no Chromium is installed and none could be installed")
    yield from _product(product_database, tmp_path_factory.mktemp("browser"))


def _product(database: str, folder: Path) -> Iterator[str]:
    """Starts the product as `make run` does, on a database of its own; ends it afterwards."""
    port = _free_port()
    log = folder / "product.log"
    environment = os.environ | {
        "DATABASE_URL": database, "GREYLEDGER_HOME": str(folder), "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    command = (sys.executable, "-c", "from dashboard.cli import main; main()", "up", "--sample", "--port", str(port))
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _await_health(f"http://127.0.0.1:{port}", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """One browser process for all tests of a worker."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)

    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed_browser(), args=quiet)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def desks(chromium: Any) -> dict[str, list[object]]:
    """Places in the browser where nobody sits, by language. The pages' scripts, which are large, stay loaded there."""
    return defaultdict(list)


@contextmanager
def _windows(address: str, chromium: Any, desks: dict[str, list[object]]) -> Iterator[Callable[..., Visitor]]:
    """Opens windows, and closes them at the end."""
    opened: list[tuple[str, Visitor]] = []

    def sit_down(
        login: str | None, *, language: str = "en", size: tuple[int, int] = WIDE, dark: bool = False
    ) -> Visitor:
        desk = desks[language].pop() if desks[language] else new_desk(chromium, language)
        visitor = Visitor(desk, address, login, language=language, size=size, dark=dark)
        opened.append((language, visitor))
        return visitor

    yield sit_down
    for language, visitor in opened:
        visitor.leave()
        desks[language].append(visitor.context)


@pytest.fixture
def visit(address: str, chromium: object, desks: dict[str, list[object]]) -> Iterator[Callable[..., Visitor]]:
    """Opens a browser window of somebody: `visit("risk", language="zh_Hans", size=PHONE, dark=True)`. In
    that of `visit(None)` nobody is signed in."""
    with _windows(address, chromium, desks) as sit_down:
        yield sit_down


@pytest.fixture(scope="module")
def colleague(address: str, chromium: object, desks: dict[str, list[object]]) -> Iterator[Callable[[str], Visitor]]:
    """Somebody's window for all tests of a file: signed in once, and the pages' scripts are loaded once."""
    with _windows(address, chromium, desks) as sit_down:
        yield cache(sit_down)
