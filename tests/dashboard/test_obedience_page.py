"""Whether measures are obeyed, on the screen: sentences, figures, narrowing, one opened and judged; and its command."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from dashboard.cli import make_app
from services.context import unit_of_work
from services.obedience import breaches, check_obedience
from tests.people import add_person, stand_still
from tests.services.makers import ago, make_customer, make_department
from tests.services.measures import make_control, make_order

APP = str(Path(__file__).parents[2] / "dashboard" / "app.py")
Opened = Callable[..., AppTest]


@pytest.fixture(scope="module")
def ledger(module_database: str) -> str:
    """Two departments, three documents under a measure, two of them against one; one document of 2023."""
    stand_still()
    add_person("risk", "risk", language="en")
    add_person("zhao", "viewer", language="en")
    with unit_of_work() as ctx:
        for code, number in (("NORTH", "C-1"), ("SOUTH", "C-2")):
            customer = make_customer(ctx, number, owner_department_id=make_department(ctx, code).id)
            make_control(ctx, customer, "trade_limit", ago(800), order_limit=100, terms_days=30)
            make_order(ctx, customer, ago(10), 90, order_no=f"O-{code}-FINE")
            if code == "NORTH":
                make_order(ctx, customer, ago(5), 500, terms_days=60, order_no="O-LARGE")
                make_order(ctx, customer, ago(700), 500, order_no="O-OLD")
        check_obedience(ctx)
    return module_database


@pytest.fixture
def opened(ledger: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    def at(login: str, **query: str) -> AppTest:
        monkeypatch.setenv("GREYLEDGER_DEVELOPMENT_LOGIN", login)
        app = AppTest.from_file(APP, default_timeout=60).run()
        app.query_params.clear()
        for name, value in query.items():
            app.query_params[name] = value
        app = app.switch_page("views/obedience.py").run()
        assert [one.value for one in [*app.exception, *app.error]] == []
        return app

    return at


def shown(app: AppTest) -> str:
    return " ".join(one.value for one in app.get("html"))


def documents(app: AppTest) -> list[str]:
    """What the rows say of their documents."""
    return [part.partition("</span>")[0] for part in shown(app).split('<span class="gl-line">')[1:]]


ORDER = "Order O-LARGE: Order of ¥500 over the limit of ¥100 an order"
TERMS = "Order O-LARGE: Terms of 60 days instead of 30 days at most"


def test_the_page_says_who_obeys(opened: Opened) -> None:
    page = shown(opened("risk"))
    assert "2 customers were under a measure or a listing; with 50.0%* of them all was obeyed." in page
    assert "1 document goes against one, worth ¥500." in page
    assert "Most of them are of NORTH: 1." in page


def test_breaches_are_narrowed(opened: Opened) -> None:
    app = opened("risk")
    assert sorted(documents(app)) == [ORDER, TERMS]
    app.selectbox(key="obedience-demand").set_value("terms").run()
    assert (documents(app), app.query_params["demand"]) == ([TERMS], "terms")
    app.selectbox(key="obedience-document").set_value("invoice").run()
    assert [one.value for one in app.info] == ["No document fits these filters."]
    app.button(key="obedience-clear").click().run()
    app.pills(key="obedience-judged").set_value("confirmed").run()
    assert [one.value for one in app.info] == ["No document fits these filters."]
    app.selectbox(key="obedience-period").set_value("2023").run()
    assert documents(app) == ["Order O-OLD: Order of ¥500 over the limit of ¥100 an order"]
    app.selectbox(key="obedience-department").set_value("SOUTH").run()
    assert "1 customer was under a measure or a listing; with 100.0%* all was obeyed." in shown(app)
    assert "No customer was under a measure or a listing" in opened("risk", period="2021").info[0].value


def test_a_breach_is_opened_and_judged(opened: Opened) -> None:
    with unit_of_work() as ctx:
        row = next(one for one in breaches(ctx).rows if one.demand == "terms")
    key = f"{row.customer_id}-{row.id}"
    app = opened("risk")
    app.button(key=f"glopen-obedience-{key}").click().run()
    assert "The order gate was never asked." in shown(app)
    app.button(key="obedience-back").click().run()
    assert ("breach" in app.query_params, "The order gate was never asked." in shown(app)) == (False, False)
    app.button(key=f"glopen-obedience-{key}").click().run()
    app.button(key=f"obedience-excuse-{key}").click().run()
    assert [one.value for one in app.error] == ["Give a reason: it is kept with the decision."]
    app.text_area(key=f"obedience-reason-{key}").set_value("Agreed by the board")
    app.button(key=f"obedience-confirm-{key}").click().run()
    assert [one.value for one in app.error] == []
    assert any("**Breach confirmed** by Risk" in one.value for one in app.markdown)
    app = opened("zhao", breach=key)
    assert ([one.key for one in app.text_area], "Agreed by the board" in app.markdown[-1].value) == ([], True)


def test_a_breach_that_is_gone_is_said(opened: Opened) -> None:
    app = opened("risk", breach="1-999999")
    assert [one.value for one in app.info] == [
        "This breach does not exist any more: the data behind it were corrected."
    ]


def test_the_command_prints_the_same(ledger: str) -> None:
    asked = ["obedience", "--from", "2025-06", "--to", "2025-06", "--by", "department", "--json"]
    north, south = json.loads(CliRunner().invoke(make_app("obedience"), asked).stdout)
    assert north == {
        "month": None, "department": "NORTH", "customers": 1, "disobeyed": 1, "documents": 2, "breached": 1,
        "excused": 0, "obeyed": 0.0, "amount": 590, "breached_amount": 500,
    }  # fmt: skip
    assert (south["department"], south["obeyed"]) == ("SOUTH", 1.0)
    wrong = CliRunner().invoke(make_app("obedience"), ["obedience", "--from", "2025-06", "--to", "2025-05"])
    assert "ends before it begins" in str(wrong.exception)
