"""A real Postgres for every test that asks for it: one server a run, one migrated template, one copy a test."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from filelock import FileLock
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_fixed
from xdist.scheduler import LoadFileScheduling

from db.embedded import discard, ensure_running
from db.session import engine_for
from db.upgrade import upgrade
from services.context import SYSTEM, Context, unit_of_work
from services.sample.loading import load_sample
from services.users import passwords

SERVER_HOME = "GREYLEDGER_TEST_HOME"
ROOM_FOR_DATABASES = 4 * 1024**3
REAL_DATA = Path(os.environ.get("GREYLEDGER_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))


#: What takes longest begins first: the last to end should be short. All that needs the browser goes to one worker,
#: since the product is started for it.
BROWSER = "tests/browser/"
LONG = (
    BROWSER, "tests/real_data/test_traffic_fines.py", "tests/test_architecture.py",
    "tests/services/test_sample_states.py", "tests/services/test_metrics_against_oracle.py",
    "tests/services/test_exports_rights.py", "tests/services/test_sample_scores.py",
    "tests/dashboard/test_assessments_page.py", "tests/dashboard/test_scorecard_history_pages.py",
    "tests/services/test_scorecard_comparison.py", "tests/dashboard/test_export_command.py",
    "tests/services/test_metric_upkeep.py", "tests/services/test_random_scorecards.py",
    "tests/services/test_exports_kinds.py", "tests/services/test_assessments.py", "tests/real_data/",
    "tests/dashboard/test_customer_page.py", "tests/db/test_embedded_accounts.py",
)  # fmt: skip


class _LongFirst(LoadFileScheduling):
    """Whole files to workers, in the order of collection."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return BROWSER if file.startswith(BROWSER) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """For `--dist loadfile`, which would take the files with the most tests first."""
    if config.option.dist != "loadfile":
        return None
    config.option.loadscopereorder = False
    return _LongFirst(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first."""

    def place(item: pytest.Item) -> int:
        return next((place for place, start in enumerate(LONG) if item.nodeid.startswith(start)), len(LONG))

    items.sort(key=place)


@pytest.fixture(scope="session", autouse=True)
def _cheap_hashes() -> Iterator[None]:
    """The same kind of hash in no time: a real one takes a tenth of a second by design, and tests make hundreds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


def _folder_in_memory() -> str | None:
    """Where files cost nothing to make: each test makes and removes a database of some hundreds of them."""
    memory = Path("/dev/shm")
    has_room = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM_FOR_DATABASES
    return str(memory) if has_room else None


def pytest_configure(config: pytest.Config) -> None:
    """One home for the server of this run, whatever the number of workers."""
    if not hasattr(config, "workerinput"):
        home = Path(tempfile.mkdtemp(prefix="greyledger-tests-", dir=_folder_in_memory()))
        home.chmod(0o755)  # the account that the server runs as has to get there
        os.environ[SERVER_HOME] = str(home)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The server and its databases end with the run."""
    if not hasattr(config, "workerinput"):
        home = Path(os.environ.pop(SERVER_HOME))
        if any(home.iterdir()):
            discard(home)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def server_url() -> str:
    """URL of a server that tests may create databases on: given, else an embedded one for this run."""
    given = os.environ.get("GREYLEDGER_TEST_DATABASE_URL")
    if given:
        return given
    home = Path(os.environ[SERVER_HOME])
    with FileLock(home / "server.lock"):
        return ensure_running(home)


def as_admin(url: str, *statements: str) -> None:
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg2", database="postgres"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@retry(stop=stop_after_attempt(20), wait=wait_fixed(0.5), retry=retry_if_exception_type(ProgrammingError), reraise=True)
def drop_database(url: str, name: str) -> None:
    """Remove a database. Not while autovacuum looks at it: that belongs to another role, and is soon over."""
    as_admin(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def url_of(url: str, name: str) -> str:
    return make_url(url).set(drivername="postgresql+psycopg2", database=name).render_as_string(hide_password=False)


def name_in(url: str) -> str:
    """The database that a URL names."""
    return str(make_url(url).database)


@contextmanager
def copied_database(url: str, template: str, kind: str) -> Iterator[str]:
    """URL of a database of its own, the same as the template; removed afterwards."""
    name = f"{kind}_{uuid.uuid4().hex[:12]}"
    as_admin(url, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY WAL_LOG')
    try:
        yield url_of(url, name)
    finally:
        engine_for(url_of(url, name)).dispose()
        drop_database(url, name)


@pytest.fixture(scope="session")
def template_database(server_url: str) -> Iterator[str]:
    """A migrated empty database, copied for each test."""
    name = f"template_{uuid.uuid4().hex[:12]}"
    as_admin(server_url, f'CREATE DATABASE "{name}"')
    engine = create_engine(url_of(server_url, name))
    upgrade(engine)
    engine.dispose()
    yield name
    drop_database(server_url, name)


@pytest.fixture(scope="session")
def sample_template(
    server_url: str, template_database: str, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[str]:
    """A database with the sample portfolio, to be copied. Dear, so loaded once for all workers; the last removes it."""
    root = tmp_path_factory.getbasetemp()
    users = (root if worker_id == "master" else root.parent) / "sample-users.json"
    lock = FileLock(users.with_suffix(".lock"))
    with lock:
        name, count = json.loads(users.read_text()) if users.exists() else (None, 0)
        if name is None:
            name = f"sample_{uuid.uuid4().hex[:12]}"
            as_admin(server_url, f'CREATE DATABASE "{name}" TEMPLATE "{template_database}" STRATEGY WAL_LOG')
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("DATABASE_URL", url_of(server_url, name))
                assert load_sample()
            engine_for(url_of(server_url, name)).dispose()
        users.write_text(json.dumps([name, count + 1]))
    yield name
    with lock:
        name, count = json.loads(users.read_text())
        users.write_text(json.dumps([name if count > 1 else None, count - 1]))
        if count == 1:
            drop_database(server_url, name)


@pytest.fixture(scope="module")
def sample_database(server_url: str, sample_template: str) -> Iterator[str]:
    """The sample portfolio for all tests of a module, in use while they run."""
    with copied_database(server_url, sample_template, "module") as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        yield url


@pytest.fixture(scope="module")
def module_database(server_url: str, template_database: str) -> Iterator[str]:
    """An empty migrated database for all tests of a module, in use while they run: for what is dear to load."""
    with copied_database(server_url, template_database, "module") as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        yield url


@pytest.fixture
def database(server_url: str, template_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty migrated database of this test's own; `DATABASE_URL` points at it."""
    with copied_database(server_url, template_database, "test") as url:
        monkeypatch.setenv("DATABASE_URL", url)
        yield url


@pytest.fixture
def ctx(database: str) -> Iterator[Context]:
    """A transaction of the system at a fixed instant, rolled back with the database."""
    with unit_of_work(SYSTEM, now=dt.datetime(2025, 6, 30, 4, 0, tzinfo=dt.UTC)) as context:
        yield context


@pytest.fixture
def real_data() -> Path:
    """The folder of real data sets; tests that need it are skipped where it is absent."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"the real data sets are not at {REAL_DATA} (set GREYLEDGER_TEST_DATA)")
    return REAL_DATA
