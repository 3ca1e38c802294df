"""The imports page: how a file is read, its headers matched, and the matching saved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import imports_under_way
from services.context import unit_of_work
from services.imports.profiles import find_profile, save_profile
from tests.dashboard.imports_pages import (
    CUSTOMERS,
    bring_in,
    keys,
    make_people,
    open_imports,
    press,
    said,
    stored,
    upload,
)
from tests.services.workbooks import workbook


@pytest.fixture
def opened(database: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Opens the page, as the risk officer if nobody else is named."""
    monkeypatch.setenv("GREYLEDGER_LANG", "en")
    monkeypatch.setattr(imports_under_way, "_imports", {})
    make_people()
    return partial(open_imports, monkeypatch)


def test_missing_headers_are_marked_and_matched_by_hand(opened: Callable[..., AppTest]) -> None:
    app = upload(opened(), b"Kunde,Bezeichnung\nX1,One\n")
    assert said(app.warning) == [
        "Still to be matched: “Customer number” and “Customer name”. Choose a header for each above, or give a "
        "value for all rows."
    ]
    assert "import_go" not in keys(app)
    assert app.selectbox(key="match_customer_no").options == ["choose …", "Kunde · X1", "Bezeichnung · One"]
    app.selectbox(key="match_customer_no").set_value("Kunde").run()
    assert "“Customer name”" in app.warning[0].value
    app.text_input(key="fill_name").set_value("Unnamed").run()
    assert said(app.warning) == []
    app.selectbox(key="match_name").set_value("Bezeichnung").run()
    bring_in(app)
    assert stored("SELECT customer_no, name FROM customer WHERE customer_id > 0") == [("X1", "One")]


def test_a_value_fills_blanks_and_a_wrong_one_is_refused_in_words(opened: Callable[..., AppTest]) -> None:
    app = upload(opened(), CUSTOMERS)
    app.text_input(key="fill_since").set_value("soon").run()
    assert said(app.error) == ["“soon” can't be the default of since: This is not a date. Write it as 2025-03-07."]
    assert "import_go" not in keys(app)
    app.text_input(key="fill_since").set_value("2020-01-05").run()
    bring_in(app)
    assert stored("SELECT DISTINCT since FROM customer WHERE customer_id > 0") == [(dt.date(2020, 1, 5),)]


def test_a_new_upload_forgets_the_old_matching_and_result(opened: Callable[..., AppTest]) -> None:
    app = upload(opened(), b"customer_no,name,short\nX1,One,O\n")
    app.selectbox(key="match_name").set_value("short").run()
    app.text_input(key="fill_region").set_value("West").run()
    bring_in(app)
    upload(app, CUSTOMERS)
    assert said(app.success) == []
    assert (app.selectbox(key="match_name").value, app.text_input(key="fill_region").value) == ("name", "")


def test_a_file_of_another_kind_is_recognised(opened: Callable[..., AppTest]) -> None:
    app = upload(opened(kind="invoices"), b"payment_no,customer_no,paid_on,amount\nP1,X1,2025-01-01,5\n")
    assert said(app.info) == ["This looks like a file of “Payments”, not of “Invoices”."]
    press(app, "import_switch")
    assert app.selectbox(key="import_kind").value == "payments"
    assert said(app.info) == []
    assert said(app.warning) == []
    assert "**No row of this file can be imported as it is.**" in said(app.markdown)
    assert app.button(key="import_go").disabled


def test_the_kind_is_chosen_by_hand_too(opened: Callable[..., AppTest]) -> None:
    app = opened()
    app.selectbox(key="import_kind").set_value("fx_rates").run()
    assert app.query_params["kind"] in ("fx_rates", ["fx_rates"])
    assert "What a unit of a foreign currency is worth in the base currency, from a day on." in said(app.markdown)
    bring_in(upload(app, b"currency,as_of,rate\nUSD,2025-01-01,7\n"))
    assert stored("SELECT currency FROM fx_rate") == [("USD",)]


def test_another_sheet_encoding_and_no_header_line_may_be_said(opened: Callable[..., AppTest]) -> None:
    book = {"Notes": [["nothing", "here"]], "Data": [["customer_no", "name"], ["007", "A"]]}
    app = upload(opened(), workbook(book), "a.xlsx")
    # The sheet with our headers is read of itself; the other one by wish.
    assert app.selectbox(key="import_sheet").value == "Data"
    app.selectbox(key="import_sheet").set_value("Notes").run()
    assert len(app.warning) == 1
    app.selectbox(key="import_sheet").set_value("Data").run()
    assert "Read as: 1 row · sheet “Data” · headers in line 1" in said(app.markdown)
    assert app.button(key="import_go").label == "Import 1 row"
    upload(app, "customer_no,name\nX1,Société\n".encode("windows-1252"))
    app.selectbox(key="import_encoding").set_value("windows-1252").run()
    assert app.dataframe[1].value["Customer name"].to_list() == ["Société"]
    app.selectbox(key="import_encoding").set_value("utf-8").run()
    assert said(app.error) == ["The file is not text in the encoding utf-8."]
    app.selectbox(key="import_kind").set_value("watchlist").run()
    upload(app, b"36,AERO\n173,ANGLO\n")
    app.selectbox(key="import_headers").set_value("no").run()
    assert app.selectbox(key="match_name").options == ["choose …", "#1 · 36", "#2 · AERO"]
    app.selectbox(key="match_entry_no").set_value("#1")
    app.selectbox(key="match_name").set_value("#2")
    app.text_input(key="fill_source").set_value("OFAC").run()
    bring_in(app)
    assert stored("SELECT entry_no, name, source FROM watchlist_entry ORDER BY 1") == [
        ("173", "ANGLO", "OFAC"),
        ("36", "AERO", "OFAC"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.csv", b"", "The file empty.csv is empty."),
        (
            "a.csv",
            b"\x89PNG\r\n\x1a\n" + bytes(99),
            "This is not a table. Save it as CSV or as an Excel workbook (.xlsx) and try again.",
        ),
        (
            "a.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99),
            "This is an old workbook (.xls) or one with a password. "
            "Save it as .xlsx without a password or as CSV and try again.",
        ),
    ],
)
def test_a_file_that_is_none_is_answered_in_a_sentence(
    opened: Callable[..., AppTest], name: str, content: bytes, sentence: str
) -> None:
    app = upload(opened(), content, name)
    assert said(app.error) == [sentence]
    assert "import_go" not in keys(app)


# --- profiles


def test_a_matching_is_saved_applied_overwritten_and_deleted(opened: Callable[..., AppTest]) -> None:
    content = b"Kunde,Name1,Name2\nX1,Old,New\n"
    app = upload(opened(), content)
    assert "import_apply" not in keys(app)
    assert app.button(key="import_save").disabled
    app.selectbox(key="match_customer_no").set_value("Kunde")
    app.selectbox(key="match_name").set_value("Name1")
    app.text_input(key="fill_region").set_value("West")
    app.text_input(key="import_profile_name").set_value("SAP").run()
    press(app, "import_save")
    with unit_of_work() as ctx:
        saved = find_profile(ctx, "customers", "SAP")
    assert saved is not None
    assert (saved.mapping, saved.defaults, saved.saved_by) == (
        {"customer_no": "Kunde", "name": "Name1"},
        {"region": "West"},
        "risk",
    )
    app.selectbox(key="match_name").set_value("Name2").run()
    assert "There is a profile of this name: saving replaces it." in said(app.caption)
    press(app, "import_save")
    upload(app, content)
    assert len(app.warning) == 1
    press(app, "import_apply")
    assert said(app.warning) == []
    assert (app.selectbox(key="match_name").value, app.text_input(key="fill_region").value) == ("Name2", "West")
    press(app, "import_delete")
    with unit_of_work() as ctx:
        assert find_profile(ctx, "customers", "SAP") is None
    assert "import_apply" not in keys(app)


def test_a_profile_that_fits_is_offered(opened: Callable[..., AppTest]) -> None:
    with unit_of_work() as ctx:
        save_profile(ctx, "customers", "SAP", {"customer_no": "Kunde", "name": "Name1"})
    app = upload(opened(), b"Kunde,Name1\nX1,One\n")
    assert said(app.info) == ["The saved profile “SAP” fits this file."]
    press(app, "import_fitting")
    assert (said(app.info), said(app.warning)) == ([], [])
    bring_in(app)
    assert stored("SELECT customer_no FROM customer WHERE customer_id > 0") == [("X1",)]
