"""A cheaper database for tests that never commit: one copy for all, each in a transaction rolled back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from services.context import SYSTEM, Context
from tests.conftest import copied_database
from tests.services.notice_house import House
from tests.services.receivers import Hook, Mailbox, hook_receiver, mail_receiver


@pytest.fixture(scope="session")
def engine_for_all(server_url: str, template_database: str) -> Iterator[Engine]:
    """An empty migrated database that no test leaves anything in (sequences go on, so ids differ from run to run)."""
    with copied_database(server_url, template_database, "test") as url:
        engine = create_engine(url, connect_args={"options": "-c timezone=UTC -c jit=off"})
        yield engine
        engine.dispose()


@pytest.fixture
def rolled_back(engine_for_all: Engine) -> Iterator[Context]:
    """A context like `ctx` whose transaction is rolled back. A module takes it by naming its own fixture `ctx`."""
    with engine_for_all.connect() as connection, connection.begin() as transaction:
        session = Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint")
        yield Context(session=session, actor=SYSTEM, now=dt.datetime(2025, 6, 30, 4, 0, tzinfo=dt.UTC))
        session.close()
        transaction.rollback()


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with mail_receiver() as box:
        yield box


@pytest.fixture(scope="module")
def hook() -> Iterator[Hook]:
    with hook_receiver() as one:
        yield one


@pytest.fixture
def house(database: str, mailbox: Mailbox, hook: Hook, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> House:
    monkeypatch.setenv("GREYLEDGER_HOME", str(tmp_path))
    mailbox.mails.clear()
    mailbox.answer = "250 OK"
    hook.bodies.clear()
    hook.headers.clear()
    hook.status, hook.answer = 200, {}
    return House(mailbox, hook)
