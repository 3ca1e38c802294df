"""What tests of the imports page share: people, the page opened as one of them, and what they do on it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from dashboard import imports_under_way
from db.session import engine
from services.context import SYSTEM, Actor, unit_of_work
from services.users import actor_by_login, add_department, add_user
from tests.dashboard.opening import page_at

CUSTOMERS = b"customer_no,name\nX1,One\nX2,Two\n"
NOW = dt.datetime(2025, 6, 30, 4, tzinfo=dt.UTC)
PEOPLE = (
    ("risk", "risk", "RISK", "risk"),
    ("north", "business", "NORTH", "business"),
    ("viewer", "viewer", "RISK", "risk"),
    ("hr", "hr", "HR", "hr"),
)


def make_people() -> None:
    with unit_of_work(SYSTEM, now=NOW) as ctx:
        for login, role, department, kind in PEOPLE:
            add_department(ctx, department, kind)
            add_user(
                ctx, login=login, name=login.title(), role=role, department_code=department,
                password="a-long-Pass-word-7", language="en",
            )  # fmt: skip


def open_imports(monkeypatch: pytest.MonkeyPatch, login: str = "risk", **query: str) -> AppTest:
    monkeypatch.setenv("GREYLEDGER_DEVELOPMENT_LOGIN", login)
    return page_at("imports", **query)


def upload(app: AppTest, content: bytes, name: str = "file.csv") -> AppTest:
    app.file_uploader[0].upload(name, content)
    app.run()
    assert [one.value for one in app.exception] == []
    return app


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert [one.value for one in app.exception] == []
    return app


def bring_in(app: AppTest) -> AppTest:
    """Press the button, and look again until the import has ended."""
    press(app, "import_go")
    while (begun := next(iter(imports_under_way._imports.values()), None)) is not None:
        assert begun.done.wait(60)
        app.run()
    return app


def person(login: str) -> Actor:
    with unit_of_work() as ctx:
        found = actor_by_login(ctx, login)
    assert found is not None
    return found


def said(elements: Any) -> list[str]:
    return [one.value for one in elements]


def keys(app: AppTest) -> set[str]:
    return {one.key for one in app.button if one.key}


def stored(query: str) -> list[tuple[Any, ...]]:
    with engine().connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]
