"""Every page opens for somebody who may, on an empty ledger and on one with data."""

from __future__ import annotations

import datetime as dt

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.navigation import PAGES
from services.context import SYSTEM, unit_of_work
from services.policy import set_policy
from services.users import add_user
from tests.dashboard.opening import page_at
from tests.oracle.histories import random_history
from tests.services.history_rows import store


@pytest.fixture
def admin(database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("GREYLEDGER_DEVELOPMENT_LOGIN", "admin")
    monkeypatch.setenv("GREYLEDGER_LANG", "en")
    with unit_of_work(SYSTEM, now=dt.datetime(2025, 6, 30, 4, tzinfo=dt.UTC)) as ctx:
        store(ctx, random_history(2))
        set_policy(ctx, "business_date", "2025-03-31")
        add_user(
            ctx, login="admin", name="Admin", role="admin", department_code="Risk", password="a-long-Pass-word-7",
            language="en",
        )  # fmt: skip
    return database


def opened(page: str) -> AppTest:
    return page_at(page)


@pytest.mark.parametrize("page", [spec.key for spec in PAGES])
def test_a_page_opens_without_a_fault(admin: str, page: str) -> None:
    app = opened(page)
    assert [one.value for one in app.exception] == []
    assert [one.value for one in app.error] == []


def test_the_overview_shows_the_four_metrics(admin: str) -> None:
    opening = "Rows behind {}, and why it moved"
    assert [one.label for one in opened("overview").button if one.key.startswith("glopen-")] == [
        opening.format(name)
        for name in ("Assessment accuracy", "Identification timeliness", "Arrears recovery rate", "Complaint rate")
    ]
