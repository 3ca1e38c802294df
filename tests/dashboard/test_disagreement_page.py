"""The disagreement board in a browser: sentences, figures, narrowing of the rows, who sees whom; and its command."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from dashboard.cli import make_app
from services.context import unit_of_work
from tests.dashboard.opening import Opened, opener
from tests.people import add_person, stand_still
from tests.services.makers import make_customer, make_department
from tests.services.test_disagreement import assess


@pytest.fixture(scope="module")
def ledger(module_database: str) -> str:
    """Three pairs of June, one of 2023; a risk officer and a business user called like one assessor."""
    stand_still()
    add_person("risk", "risk", language="en")
    add_person("zhao", "business", language="en")
    with unit_of_work() as ctx:
        north = ctx.session.merge(make_department(ctx, "NORTH"))
        for number, initial, final, year, assessor in (
            ("C-1", "low", "high", 2025, "Li"), ("C-2", "low", "low", 2025, "Li"),
            ("C-3", "high", "medium", 2025, "Zhao"), ("C-4", "low", "low", 2023, "Zhao"),
        ):  # fmt: skip
            customer = make_customer(ctx, number)
            assess(ctx, customer, dt.date(year, 6, 2), "initial", initial, north, assessor=assessor)
            assess(ctx, customer, dt.date(year, 6, 5), "final", final, north)
    return module_database


@pytest.fixture
def opened(ledger: str, monkeypatch: pytest.MonkeyPatch) -> Opened:
    return opener(monkeypatch, "disagreement")


def shown(app: AppTest) -> str:
    return " ".join(one.value for one in app.get("html"))


def customers(app: AppTest) -> list[str]:
    """The customers of the rows, as they stand."""
    rows = shown(app).rpartition('<table class="gl-table')[2]
    return [one.partition("</a>")[0].rpartition(">")[2] for one in rows.split("/customer?customer=")[1:]]


def test_the_board_says_what_it_finds(opened: Opened) -> None:
    app = opened("risk")
    page = shown(app)
    assert "Initial and final grade are the same in 33.3% of 3 pairs." in page
    assert "Where they differ, business judged as often softer as harder." in page
    assert "3 pairs: too few to rely on" in page
    assert customers(app) == ["C-1", "C-3", "C-2"]
    assert ("Li</span>" in page, "Zhao</span>" in page) == (True, True)


def test_rows_are_narrowed_and_opened_again(opened: Opened) -> None:
    app = opened("risk")
    app.pills(key="disagreement-direction").set_value("softer").run()
    assert (customers(app), app.query_params["direction"]) == (["C-1"], "softer")
    app.button(key="disagreement-clear").click().run()
    assert customers(app) == ["C-1", "C-3", "C-2"]
    app.selectbox(key="disagreement-initial").set_value("low").run()
    assert customers(app) == ["C-1", "C-2"]
    app.selectbox(key="disagreement-final").set_value("low").run()
    assert customers(app) == ["C-2"]
    app.button(key="disagreement-clear").click().run()
    app.selectbox(key="disagreement-dimension").set_value("unknown").run()
    assert customers(app) == ["C-1", "C-3"]
    app.selectbox(key="disagreement-came").set_value("bad").run()
    assert [one.value for one in app.info] == ["No pair fits these filters."]
    app = opened("risk", person="Zhao@NORTH")
    assert customers(app) == ["C-3"]
    app.selectbox(key="disagreement-person").set_value("").run()
    assert customers(app) == ["C-1", "C-3", "C-2"]


def test_another_period_and_department(opened: Opened) -> None:
    app = opened("risk", direction="softer")
    app.selectbox(key="disagreement-period").set_value("2023").run()
    assert (customers(app), "direction" in app.query_params) == (["C-4"], False)
    app.selectbox(key="disagreement-department").set_value("RISK").run()
    assert [one.value for one in app.info] == [
        "No final assessment of this period answers an initial one. Choose another period or department."
    ]


def test_others_see_no_names(opened: Opened) -> None:
    page = shown(opened("zhao"))
    assert ("Li</span>" in page, "Reviewer" in page, "How do your own grades compare?" in page) == (False, False, True)


def test_the_command_prints_the_same(ledger: str) -> None:
    done = CliRunner().invoke(
        make_app("disagreement"),
        ["disagreement", "--from", "2025-06", "--to", "2025-06", "--by", "department", "--json"],
    )
    (row,) = json.loads(done.stdout)
    assert (row["department"], row["pairs"], row["agreement"], row["softer"], row["harder"]) == (
        "NORTH", 3, 0.333333, 1, 1,
    )  # fmt: skip
    assert (row["matrix"]["low"], row["kappa_quadratic"]) == ({"low": 1, "medium": 0, "high": 1, "critical": 0}, 0.0)
    printed = CliRunner().invoke(make_app("disagreement"), ["disagreement", "--from", "2025-06", "--to", "2025-06"])
    assert "33" in printed.stdout
    wrong = CliRunner().invoke(make_app("disagreement"), ["disagreement", "--from", "2025-06", "--to", "2025-05"])
    assert "ends before it begins" in str(wrong.exception)


def test_without_a_final_assessment_it_says_so(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_still()
    add_person("risk", "risk", language="en")
    with unit_of_work() as ctx:
        assert ctx.session.execute(text("SELECT count(*) FROM assessment")).scalar_one() == 0
    app = opener(monkeypatch, "disagreement")("risk")
    assert [one.value for one in app.info] == [
        "Nothing was finalised in Jul 2024 to Jun 2025. Pairs appear here as soon as risk management finalises."
    ]
