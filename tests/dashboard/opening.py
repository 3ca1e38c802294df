"""Opening a page as somebody, at an address."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

APP = str(Path(__file__).parents[2] / "dashboard" / "app.py")
Opened = Callable[..., AppTest]


def page_at(page: str, **query: str) -> AppTest:
    """A page as whoever is signed in sees it. It is drawn first and alone: what their work starts on costs as much."""
    app = AppTest.from_file(APP, default_timeout=60).switch_page(f"views/{page}.py")
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert [one.value for one in app.exception] == []
    return app


def opener(monkeypatch: pytest.MonkeyPatch, page: str) -> Opened:
    """Opens a page as a person: `opened("risk", customer="C1")`."""

    def opened(login: str = "risk", **query: str) -> AppTest:
        monkeypatch.setenv("GREYLEDGER_DEVELOPMENT_LOGIN", login)
        return page_at(page, **query)

    return opened
