"""A real Postgres for every test that asks for it: one server a run, one migrated template, one copy a test."""

from __future__ import annotations

import datetime as dt
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_fixed

from db.session import engine_for
from db.upgrade import upgrade
from services.context import SYSTEM, Context, unit_of_work

REAL_DATA = Path(os.environ.get("GREYLEDGER_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> str:
    """URL of a server that tests may create databases on: given, else an embedded one for this run."""
    given = os.environ.get("GREYLEDGER_TEST_DATABASE_URL")
    if given:
        return given
    from filelock import FileLock

    from db.embedded import ensure_running

    root = tmp_path_factory.getbasetemp()
    shared = root if worker_id == "master" else root.parent
    with FileLock(shared / "server.lock"):
        return ensure_running(shared / "greyledger-home")


@pytest.fixture(scope="session", autouse=True)
def _stop_server(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[None]:
    yield
    if worker_id == "master":
        from db.embedded import discard

        home = tmp_path_factory.getbasetemp() / "greyledger-home"
        if home.exists():
            discard(home)


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


@pytest.fixture(scope="module")
def module_database(server_url: str, template_database: str) -> Iterator[str]:
    """An empty migrated database for all tests of a module, in use while they run: for what is dear to load."""
    name = f"module_{uuid.uuid4().hex[:12]}"
    as_admin(server_url, f'CREATE DATABASE "{name}" TEMPLATE "{template_database}" STRATEGY FILE_COPY')
    url = url_of(server_url, name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        yield url
    engine_for(url).dispose()
    drop_database(server_url, name)


@pytest.fixture
def database(server_url: str, template_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty migrated database of this test's own; `DATABASE_URL` points at it."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    as_admin(server_url, f'CREATE DATABASE "{name}" TEMPLATE "{template_database}" STRATEGY FILE_COPY')
    url = url_of(server_url, name)
    monkeypatch.setenv("DATABASE_URL", url)
    yield url
    engine_for(url).dispose()
    drop_database(server_url, name)


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
