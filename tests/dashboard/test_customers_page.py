"""The list of customers: every filter, every button, every state."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from db.models import Customer, Listing
from services.context import SYSTEM, unit_of_work
from services.customers import Cursor, CustomerFilter, customers
from tests.dashboard.opening import page_at
from tests.people import add_person, stand_still
from tests.services.makers import make_customer, make_department, make_early_warning, make_invoice

NOW = dt.datetime(2025, 6, 30, 4, tzinfo=dt.UTC)


@pytest.fixture
def signed_in(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREYLEDGER_DEVELOPMENT_LOGIN", "risk")
    stand_still()
    add_person("risk", language="en")


@pytest.fixture
def portfolio(signed_in: None) -> None:
    """120 customers, C001 the riskiest; two departments; C003 listed; C002 owes and is warned of; C120 not scored."""
    with unit_of_work(SYSTEM, now=NOW) as ctx:
        north, south = make_department(ctx, "NORTH"), make_department(ctx, "SOUTH")
        for number in range(1, 121):
            score = None if number == 120 else Decimal(100 - number) / 2 + Decimal(40)
            level = None if score is None else "critical" if score >= 70 else "high"
            make_customer(
                ctx, f"C{number:03d}", name=f"Company {number:03d}", risk_score=score, risk_level=level,
                scored_on=None if score is None else dt.date(2025, 6, 30),
                owner_department_id=north.id if number % 2 else south.id,
            )  # fmt: skip
        second = ctx.session.query(Customer).filter_by(customer_no="C002").one()
        make_invoice(ctx, second, dt.date(2025, 6, 10), 1500)
        make_early_warning(ctx, second)
        third = ctx.session.query(Customer).filter_by(customer_no="C003").one()
        ctx.session.add(
            Listing(
                customer_id=third.customer_id, listing_no="L1", criterion="fraud", grade="black", state="confirmed",
                trigger_on=dt.date(2025, 6, 1), decided_on=dt.date(2025, 6, 9),
            )
        )  # fmt: skip


def opened(**query: str) -> AppTest:
    app = page_at("customers", **query)
    assert [one.value for one in app.error] == []
    return app


def shown(app: AppTest) -> list[str]:
    """The names on the rows, in their order."""
    return [link.label.removeprefix("Open ") for link in links(app) if link.label.startswith("Open ")]


def links(app: AppTest) -> list[Any]:
    return [one.proto for one in app.main.get("page_link") if one.proto.page != "notifications"]


def row_html(app: AppTest, name: str) -> str:
    return next(one.proto.body for one in app.get("html") if f">{name}<" in one.proto.body)


def place(app: AppTest) -> str:
    return app.main.caption[0].value


def names(*numbers: int) -> list[str]:
    return [f"Company {number:03d}" for number in numbers]


@pytest.mark.usefixtures("portfolio")
def test_the_riskiest_stand_first_with_their_facts() -> None:
    app = opened()
    assert shown(app) == names(*range(1, 51))
    assert place(app) == "1–50 of 120 customers, riskiest first"
    second = row_html(app, "Company 002")
    assert '<span class="gl-level gl-level-critical">critical</span>' in second
    assert '<span class="gl-cell-score">89.0</span>' in second
    assert '<span class="gl-wide-only">1,500</span>' in second or '<span class="gl-wide-only">1.50K</span>' in second
    assert '<span class="gl-wide-only">20</span>' in second
    assert '<span class="gl-small-only">1 warning</span>' in second
    assert "Listed: Black" in row_html(app, "Company 003")


@pytest.mark.usefixtures("portfolio")
def test_next_and_previous_keep_their_place_in_the_address() -> None:
    app = opened()
    assert app.button(key="customers-previous").disabled
    app.button(key="customers-next").click().run()
    assert (shown(app), place(app)) == (names(*range(51, 101)), "51–100 of 120 customers, riskiest first")
    with unit_of_work() as ctx:
        last = customers(ctx, CustomerFilter(search="C050")).rows[0]
    assert dict(app.query_params) == {"after": Cursor(last.score, last.customer_id).text()}
    app.button(key="customers-next").click().run()
    assert (shown(app), place(app)) == (names(*range(101, 121)), "101–120 of 120 customers, riskiest first")
    assert app.button(key="customers-next").disabled
    app.button(key="customers-previous").click().run()
    assert shown(app) == names(*range(51, 101))
    app.button(key="customers-first").click().run()
    assert (shown(app), dict(app.query_params)) == (names(*range(1, 51)), {})


@pytest.mark.usefixtures("portfolio")
def test_an_address_opens_the_same_page_of_the_same_list() -> None:
    app = opened()
    app.button(key="customers-next").click().run()
    address = dict(app.query_params)
    assert shown(opened(**address)) == names(*range(51, 101))
    assert shown(opened(after="nonsense")) == names(*range(1, 51))


@pytest.mark.usefixtures("portfolio")
def test_the_strip_counts_levels_and_narrows_to_one() -> None:
    app = opened()
    strip = app.get("button_group")[0]
    assert strip.options == [
        "All **120**", ":violet[●] critical **40**", ":red[◕] high **79**", ":orange[◔] medium **0**",
        ":green[○] low **0**", "Not scored **1**",
    ]  # fmt: skip
    app.button(key="customers-next").click().run()
    strip = app.get("button_group")[0]
    strip.set_value("high").run()
    assert shown(app)[:2] == names(41, 42)
    assert dict(app.query_params) == {"level": "high"}
    app.get("button_group")[0].set_value("unscored").run()
    assert (shown(app), place(app)) == (names(120), "1 customer")


@pytest.mark.usefixtures("portfolio")
def test_search_department_and_listed_narrow_and_are_in_the_address() -> None:
    app = opened()
    app.text_input(key="customers-search").set_value("company 00").run()
    assert shown(app) == names(*range(1, 10))
    app.selectbox(key="customers-department").select("SOUTH").run()
    assert shown(app) == names(2, 4, 6, 8)
    assert dict(app.query_params) == {"search": "company 00", "department": "SOUTH"}
    app.selectbox(key="customers-department").select("").run()
    app.toggle(key="customers-listed").set_value(True).run()
    assert shown(app) == names(3)
    assert dict(app.query_params) == {"search": "company 00", "listed": "1"}


@pytest.mark.usefixtures("portfolio")
def test_nothing_found_says_so_and_shows_all_again() -> None:
    app = opened(search="nobody of this name", level="low")
    assert [one.value for one in app.info] == ["No customer fits these filters."]
    app.button(key="customers-clear").click().run()
    assert (shown(app), dict(app.query_params)) == (names(*range(1, 51)), {})


@pytest.mark.usefixtures("portfolio")
def test_a_row_opens_the_customer_and_the_way_back_leads_to_the_same_page() -> None:
    app = opened(level="high")
    row = next(one for one in links(app) if one.label == "Open Company 042")
    assert (row.page, row.query_string) == ("customer", "customer=C042")
    app.query_params.clear()
    app.query_params["customer"] = "C042"
    app = app.switch_page("views/customer.py").run()
    (back,) = links(app)
    assert (back.label, back.page, back.query_string) == ("All customers", "customers", "level=high")


@pytest.mark.usefixtures("portfolio")
def test_more_than_can_be_counted_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("services.customers.ranking", "services.customers"):
        monkeypatch.setattr(f"{module}.MOST_COUNTED", 100)
    app = opened()
    assert place(app) == "1–50 of more than 100 customers, riskiest first. Search or filter to see others."
    assert app.get("button_group")[0].options[0] == "All **100+**"


@pytest.mark.usefixtures("signed_in")
def test_an_empty_ledger_leads_to_the_imports() -> None:
    app = opened()
    assert [one.value for one in app.info] == ["There are no customers yet. Bring in the file of customers first."]
    assert [len(app.get(kind)) for kind in ("button_group", "text_input", "selectbox", "toggle")] == [0, 0, 0, 0]
    app.button(key="customers-imports").click().run()
    assert [one.value for one in app.exception] == []
    assert shown(app) == []


@pytest.mark.usefixtures("portfolio")
def test_a_change_in_the_ledger_is_seen_at_the_next_look() -> None:
    from services import data_versions

    app = opened()
    with unit_of_work() as ctx:
        ctx.session.execute(update(Customer).where(Customer.customer_no == "C001").values(name="Renamed Ltd"))
        data_versions.bump(ctx, "customers")
    assert shown(app.run())[0] == "Renamed Ltd"
