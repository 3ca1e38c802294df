"""The pages of a comparison and of a fit: nothing yet, asked for, under way, refused, done; each button used."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from db.models import Scorecard
from services import data_versions
from services.context import unit_of_work
from services.jobs.worker import work_one
from services.scoring import ensure_default_scorecard
from services.scoring.card import definition_of
from services.scoring.commands import chosen_card
from services.scoring.comparison.reports import newest_comparison, newest_fit
from tests.dashboard.opening import page_at
from tests.oracle.histories import random_history
from tests.people import add_person, stand_still
from tests.services.history_rows import store

Opened = Callable[..., AppTest]


@pytest.fixture
def open_page(database: str, monkeypatch: pytest.MonkeyPatch) -> Opened:
    stand_still()
    with unit_of_work() as ctx:
        store(ctx, random_history(4))
        ensure_default_scorecard(ctx)
    for role in ("risk", "viewer"):
        add_person(role, role, language="en")

    def opened(login: str, page: str) -> AppTest:
        monkeypatch.setenv("GREYLEDGER_DEVELOPMENT_LOGIN", login)
        return page_at(page)

    return opened


def _draft_strict() -> tuple[int, int]:
    with unit_of_work() as ctx:
        active = chosen_card(ctx)
        strict = definition_of(active.card) | {"bands": {"medium": 5.0, "high": 10.0, "critical": 90.0}}
        row = Scorecard(name="strict", edition=2, state="draft", definition=strict)
        ctx.session.add(row)
        ctx.session.flush()
        data_versions.bump(ctx, "scorecards")
        assert active.id is not None
        return row.id, active.id


def test_a_comparison_from_nothing_to_its_finding(open_page: Opened) -> None:
    assert "There is only one scorecard." in open_page("risk", "scorecard_comparison").info[0].value
    pair = _draft_strict()
    viewer = open_page("viewer", "scorecard_comparison")
    assert [one.key for one in viewer.button if one.key == "compare"] == []
    app = open_page("risk", "scorecard_comparison")
    assert "have not been compared yet" in app.info[0].value
    app.button(key="compare").click().run()
    with unit_of_work() as ctx:
        asked = newest_comparison(ctx, *pair)
    assert asked is not None
    assert (asked.state, asked.arguments["outcome"]) == ("queued", "bad90_180")
    while work_one():
        pass
    with unit_of_work() as ctx:
        done = newest_comparison(ctx, *pair)
    assert done is not None
    assert (done.state, done.done == done.of, done.refusal) == ("done", True, None)
    app = open_page("risk", "scorecard_comparison")
    assert [one.value for one in app.exception] == []
    assert "puts" in " ".join(one.value for one in app.markdown)
    assert app.button(key="compare").label == "Compare again"


def test_a_fit_on_too_few_says_so(open_page: Opened) -> None:
    app = open_page("risk", "challenger")
    assert "No scorecard has been fitted yet." in app.info[0].value
    app.button(key="fit").click().run()
    while work_one():
        pass
    with unit_of_work() as ctx:
        found = newest_fit(ctx)
    assert found is not None
    assert (found.state, found.result) == ("failed", None)
    app = open_page("risk", "challenger")
    assert app.warning[0].value.startswith(("Too few bad customers", "The ledger is too short"))
    assert app.button(key="fit").label == "Fit again"
    assert [one.key for one in open_page("viewer", "challenger").button if one.key == "fit"] == []
