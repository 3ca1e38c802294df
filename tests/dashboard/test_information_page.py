"""The page of information to collect: worklist, forms, looks, limits and the board, with every button used."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from dashboard.cli import make_app
from services.context import unit_of_work
from services.imports.run import import_file
from services.information.quality import take_quality
from services.information.upkeep import refresh_standing
from tests.dashboard.opening import Opened, opener
from tests.people import add_person, stand_still

CUSTOMERS = (
    b"customer_no,name,kind,region,phone,owner_department,since,industry_code\n"
    b"N1,Ann,individual,R,1,BUSINESS,2020-01-01,C34\nN2,Bob,individual,R,,BUSINESS,2020-01-01,C34\n"
    b"S1,Cid,individual,R,1,LEGAL,2020-01-01,C35\n"
)
EVENTS = b"event_no,customer_no,occurred_on\nE1,N1,2025-06-20\nE2,N2,2025-06-20\nE3,S1,2025-06-20\n"
REPORTS = b"customer_no,reported_on,source,rating\nN1,2025-06-01,Bureau,A\nN2,2025-06-01,Bureau,A\n"


@pytest.fixture
def open_page(database: str, monkeypatch: pytest.MonkeyPatch) -> Opened:
    stand_still()
    for role in ("business", "risk", "viewer", "legal"):
        add_person(role, role, language="en")
    with unit_of_work() as ctx:
        for kind, content in (("customers", CUSTOMERS), ("reputation_events", EVENTS), ("credit_reports", REPORTS)):
            import_file(ctx, kind, content, file_name=kind, defers_figures=True)
        refresh_standing(ctx)

    return opener(monkeypatch, "information")


def sound(app: AppTest) -> AppTest:
    assert [one.value for one in app.exception] == []
    return app


def press(app: AppTest, key: str) -> AppTest:
    return sound(app.button(key=key).click().run())


def html(app: AppTest) -> str:
    return " ".join(one.value for one in app.get("html"))


def said(app: AppTest) -> str:
    return " ".join(one.value for one in (*app.markdown, *app.error, *app.info, *app.caption, *app.success))


def keys(app: AppTest) -> set[str]:
    return {str(one.key) for one in app.button}


def stored(query: str) -> list[tuple[object, ...]]:
    with unit_of_work() as ctx:
        return [tuple(row) for row in ctx.session.execute(text(query))]


def test_a_department_works_its_list_from_a_row_to_a_stored_form(open_page: Opened) -> None:
    app = open_page("business")
    assert "2 customers have information to be brought in. 2 are late, 0 of them at high or critical risk." in said(app)
    assert "Cid" not in html(app)
    press(app, next(str(one.key) for one in app.button if str(one.key).startswith("glopen-due-")))
    assert app.query_params["customer"] == "N1"
    assert "Contracts and their events: never brought in" in html(app)
    press(app, "information-next")
    assert app.query_params["customer"] == "N2"
    press(app, "information-back")
    assert "customer" not in app.query_params


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(open_page: Opened) -> None:
    app = open_page("business", customer="N1", form="credit_reports")
    app.text_input(key="inform-N1-credit_reports-overdue_count").set_value("-3")
    app.text_input(key="inform-N1-credit_reports-rating").set_value("AA")
    press(app, "information-store-credit_reports")
    assert "Nothing was stored" in said(app)
    assert "This must not be blank." in said(app)
    assert app.text_input(key="inform-N1-credit_reports-rating").value == "AA"
    app.query_params["form"] = "financials"
    sound(app.run())
    app.query_params["form"] = "credit_reports"
    sound(app.run())
    assert app.text_input(key="inform-N1-credit_reports-rating").value == "AA"
    app.text_input(key="inform-N1-credit_reports-overdue_count").set_value("3")
    app.date_input(key="inform-N1-credit_reports-reported_on").set_value(dt.date(2025, 6, 29))
    press(app, "information-store-credit_reports")
    assert "Nothing was stored" not in said(app)
    assert not app.text_input(key="inform-N1-credit_reports-rating").value
    assert stored("SELECT rating, overdue_count FROM credit_report WHERE reported_on = '2025-06-29'") == [("AA", 3)]
    assert stored("SELECT action FROM ledger_entry WHERE actor = 'business' AND action LIKE 'import.%'") == [
        ("import.credit_reports",)
    ]


def test_the_register_begins_with_what_is_stored_and_sends_only_what_differs(open_page: Opened) -> None:
    app = open_page("business", customer="N2", form="customers")
    assert app.text_input(key="inform-N2-customers-region").value == "R"
    with unit_of_work() as ctx:
        ctx.session.execute(text("UPDATE customer SET region = 'Elsewhere' WHERE customer_no = 'N2'"))
    app.text_input(key="inform-N2-customers-phone").set_value("13800138000")
    press(app, "information-store-customers")
    assert stored("SELECT region, phone FROM customer WHERE customer_no = 'N2'") == [("Elsewhere", "13800138000")]


def test_a_look_without_a_finding_is_noted_and_taken_back(open_page: Opened) -> None:
    app = open_page("business", customer="N1")
    app.selectbox(key="inform-N1-look-item").set_value("contracts")
    app.selectbox(key="inform-N1-look-found").set_value("not_available")
    press(app, "information-confirm")
    assert "Write why it is not to be had" in said(app)
    app.text_input(key="inform-N1-look-note").set_value("Trade by order")
    press(app, "information-confirm")
    assert stored("SELECT item, finding, note, checked_by FROM information_check") == [
        ("contracts", "not_available", "Trade by order", "business")
    ]
    assert "Everything that must be known of this customer is up to date." in said(app)
    press(app, next(key for key in keys(app) if key.startswith("information-withdraw-")))
    assert stored("SELECT withdrawn_by FROM information_check") == [("business",)]
    assert "Contracts and their events: never brought in" in html(app)


def test_one_sitting_looks_at_all_customers_that_are_ticked(open_page: Opened) -> None:
    app = open_page("business", item="contracts")
    for one in [str(box.key) for box in app.checkbox if str(box.key).startswith("tick-due-")]:
        app.checkbox(key=one).check()
    sound(app.run())
    app.text_input(key="inform-sitting-look-note").set_value("Order book")
    press(app, "information-confirm-ticked")
    assert (
        stored("SELECT item, finding, note FROM information_check") == [("contracts", "nothing_new", "Order book")] * 2
    )
    assert "Nothing is due that fits these filters." in said(app)
    assert "information-confirm-ticked" not in keys(open_page("viewer", item="reputation"))


def test_readers_and_other_departments_read_only(open_page: Opened) -> None:
    app = open_page("viewer")
    assert "3 customers have information" in said(app)
    for one in (open_page("viewer", customer="N1"), open_page("business", customer="S1")):
        assert "nothing to fill in here" in said(one)
        assert not any(key.startswith(("information-store", "information-confirm")) for key in keys(one))
    assert "No customer has the number X9." in said(open_page("viewer", customer="X9"))


def test_filters_live_in_the_address(open_page: Opened) -> None:
    app = open_page("risk", department="LEGAL", late="1")
    assert "Cid" in html(app)
    assert "Ann" not in html(app)
    app.selectbox(key="information-item").set_value("financials").run()
    assert app.query_params["item"] == "financials"
    assert "Nothing is due that fits these filters." in said(app)
    press(app, "information-clear")
    assert "item" not in app.query_params
    assert "Ann" in html(app)


def test_risk_management_brings_in_an_outlook(open_page: Opened) -> None:
    app = open_page("risk")
    app.session_state["information-outlooks"] = True
    sound(app.run())
    assert app.text_input(key="inform--industry_outlooks-industry_code").value == "C34"
    app.date_input(key="inform--industry_outlooks-as_of").set_value(dt.date(2025, 6, 30))
    app.text_input(key="inform--industry_outlooks-outlook").set_value("55")
    press(app, "information-store-industry_outlooks")
    assert stored("SELECT industry_code, outlook::int FROM industry_outlook") == [("C34", 55)]


def test_risk_management_sets_an_age_with_its_reason(open_page: Opened) -> None:
    app = open_page("risk", part="limits")
    app.selectbox(key="inform-limits-limit-item").set_value("credit_report")
    app.selectbox(key="inform-limits-limit-level").set_value("low")
    app.number_input(key="inform-limits-limit-days").set_value(200)
    press(app, "information-set-limit")
    assert "Write why: the ledger keeps the reason." in said(app)
    app.text_input(key="inform-limits-limit-reason").set_value("The bank asks for it")
    press(app, "information-set-limit")
    assert stored("SELECT item, level, days, set_by FROM information_limit") == [("credit_report", "low", 200, "risk")]
    assert "<b>200 days</b>" in html(app)
    assert "information-set-limit" not in keys(open_page("business", part="limits"))


def test_the_board_says_who_is_behind_and_opens_the_rows(open_page: Opened) -> None:
    with unit_of_work() as ctx:
        take_quality(ctx)
    app = open_page("viewer", part="quality")
    assert "of what must be known is up to date." in said(app)
    assert "Furthest behind: LEGAL with" in said(app)
    assert "/information?department=LEGAL&amp;late=1" in html(app)
    assert "Months before Jun 30, 2025 were worked out afterwards" in said(app)
    with unit_of_work() as ctx:
        import_file(ctx, "customers", b"customer_no,name,since\nX1,One,never\n", file_name="wrong.csv")
    with unit_of_work() as ctx:
        take_quality(ctx)
    linked = html(open_page("risk", part="quality", measure="rejected"))
    assert "/imports?of=customers&amp;wrong=1" in linked
    assert "/imports?by=system&amp;wrong=1" in linked
    assert '/imports?of=customers"' in linked
    assert "No ratings contradict each other." in said(open_page("viewer", part="quality", measure="conflicts"))


def test_the_commands_print_what_the_page_shows(open_page: Opened) -> None:
    done = CliRunner().invoke(make_app("information"), ["information", "--department", "LEGAL", "--json"])
    assert [(row["customer_no"], row["item"], row["state"], row["days_late"]) for row in json.loads(done.stdout)] == [
        ("S1", "contracts", "never", 1827), ("S1", "credit_report", "never", 1827),
    ]  # fmt: skip
    found = json.loads(CliRunner().invoke(make_app("quality"), ["quality", "--json"]).stdout)
    assert {
        "side": "department",
        "name": "BUSINESS",
        "measure": "completeness",
        "part": 3,
        "whole": 4,
        "value": 0.75,
    } in (found)
