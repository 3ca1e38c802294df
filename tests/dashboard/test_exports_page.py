"""The page of exports and the menu beside lists: what is offered, what comes out, what the ledger keeps."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterator

import pytest
import streamlit as st
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from dashboard.components.export_menu import SIGNED_OUT
from dashboard.navigation import pages_of
from dashboard.views import exports_reads
from db.enums import Role
from db.models import AppUser
from db.session import engine_for
from services.context import SYSTEM, Actor, unit_of_work
from services.errors import NotAllowedError
from services.exports import files
from services.exports.taken import TakenRow, recent_exports
from services.imports.run import import_file
from services.policy import set_policy
from services.users import set_active
from tests.conftest import copied_database, name_in
from tests.dashboard.opening import page_at
from tests.people import add_person
from tests.services.every_kind import FILES, as_exported

Offered = dict[str, tuple[str, Callable[[], bytes]]]


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Offered:
    """What the download buttons of a page would hand out: key -> file name, maker."""
    found: Offered = {}
    original = st.download_button

    def noted(label: str, data: Callable[[], bytes], file_name: str, *args: object, **options: object) -> bool:
        assert callable(data)
        assert options["on_click"] == "ignore"
        if not options.get("disabled"):
            found[str(options["key"])] = (file_name, data)
        return original(label, data, file_name, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(st, "download_button", noted)
    return found


@pytest.fixture(scope="module")
def filled(server_url: str, template_database: str) -> Iterator[str]:
    """A database to copy: every kind of file brought in, and people of some roles."""
    with copied_database(server_url, template_database, "filled") as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        with unit_of_work(SYSTEM) as ctx:
            for kind, content in FILES.items():
                import_file(ctx, kind, as_exported(content), file_name=f"{kind}.csv")
            set_policy(ctx, "business_date", "2025-03-31")
        for role in ("risk", "viewer", "leader", "business"):
            add_person(role, role, language="en")
        engine_for(url).dispose()
        yield name_in(url)


@pytest.fixture
def ledger(server_url: str, filled: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A copy of it."""
    monkeypatch.setenv("GREYLEDGER_LANG", "en")
    with copied_database(server_url, filled, "test") as url:
        monkeypatch.setenv("DATABASE_URL", url)
        yield


def opened(login: str, monkeypatch: pytest.MonkeyPatch, **address: str) -> AppTest:
    monkeypatch.setenv("GREYLEDGER_DEVELOPMENT_LOGIN", login)
    return page_at("exports", **{"from" if name == "first" else name: value for name, value in address.items()})


def texts(app: AppTest) -> list[str]:
    return [one.value for one in [*app.markdown, *app.info, *app.error, *app.warning]]


def taken() -> tuple[TakenRow, ...]:
    with unit_of_work(SYSTEM) as ctx:
        return recent_exports(ctx)


@pytest.mark.usefixtures("ledger")
def test_a_kind_is_chosen_counted_narrowed_and_taken(offered: Offered, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened("risk", monkeypatch)
    app.selectbox(key="exports-kind").set_value("invoices").run()
    columns = "invoice_no customer_no contract_no issued_on due_on amount currency disputed settled_on"
    assert ["**2** rows", columns.replace(" ", " · ")] == [texts(app)[-1], app.caption[1].value]
    app.text_input(key="exports-customer").set_value("00017").run()
    app.date_input(key="exports-from").set_value(dt.date(2024, 1, 5)).run()
    assert texts(app)[-1] == "**1** row"
    assert taken() == ()
    name, make = offered["exports-csv"]
    assert name == "invoices-2025-03-31.csv"
    header, row, end = make().decode("utf-8-sig").split("\r\n")
    assert (header.split(","), row, end) == (
        columns.split(), "0001,00017,K1,2024-01-05,2024-02-04,1000.01,,false,", "",
    )  # fmt: skip
    (entry,) = taken()
    assert (entry.actor, entry.name, entry.rows, entry.file_format) == ("risk", "invoices", 1, "csv")
    assert entry.filters == {"customer": "00017", "first": "2024-01-05"}
    app.run()
    (line,) = [one.proto.body for one in app.get("html") if 'class="gl-taken"' in one.proto.body]
    assert '<span class="gl-taken-how">00017 · from Jan 5, 2024</span>' in line
    assert '<span class="gl-taken-rows">1 row</span><span class="gl-taken-format">CSV</span>' in line


@pytest.mark.usefixtures("ledger")
def test_the_address_says_what_is_taken(offered: Offered, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened("risk", monkeypatch, kind="listings", first="2024-05-12", to="2024-08-02", department="SOUTH")
    assert texts(app)[-1] == "**1** row"
    assert offered["exports-xlsx"][0] == "listings-2025-03-31.xlsx"
    assert offered["exports-xlsx"][1]()[:2] == b"PK"
    app.date_input(key="exports-to").set_value(None).run()
    assert texts(app)[-1] == "**2** rows"


@pytest.mark.usefixtures("ledger")
def test_everything_is_an_archive_in_which_the_role_misses_what_it_may_not_see(
    offered: Offered, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened("leader", monkeypatch)
    assert "**40** rows in 20 files" in texts(app)
    personal = ["legal_representative", "phone", "address", "bank_account"]
    left_out = "Customers: Legal representative, Phone, Address, and Bank account"
    assert app.caption[1].value == (
        f"Your role does not see these columns, so the file leaves them out: {left_out}. Brought in again, it takes "
        "nothing away."
    )
    name, make = offered["exports-csv"]
    assert name == "greyledger-2025-03-31-csv.zip"
    with zipfile.ZipFile(io.BytesIO(make())) as archive:
        header = archive.read("03-customers.csv").decode("utf-8-sig").split("\r\n")[0]
        assert len(archive.namelist()) == 21
    assert [one for one in personal if one in header] == []
    assert [(one.name, one.rows) for one in taken()] == [("all", 40)]


@pytest.mark.usefixtures("ledger")
def test_business_people_are_told_what_is_blank_and_do_not_see_the_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened("business", monkeypatch, kind="customers")
    assert app.caption[2].value.startswith("Blank for customers of other departments: Legal representative, Phone")
    assert [one.value for one in app.subheader] == []


@pytest.mark.usefixtures("ledger")
def test_an_unknown_customer_and_an_empty_file_are_said(offered: Offered, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened("risk", monkeypatch, kind="orders", customer="X")
    assert texts(app)[-1] == "No customer has the number X."
    app.text_input(key="exports-customer").set_value("A-9").run()
    assert texts(app)[-1] == "Nothing fits these filters."
    assert offered == {}


@pytest.mark.usefixtures("ledger")
def test_too_many_rows_lead_to_the_command_line(offered: Offered, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_SHEET_ROWS", 2)
    opened("risk", monkeypatch, kind="invoices")
    assert sorted(offered) == ["exports-csv"]
    offered.clear()
    monkeypatch.setattr(exports_reads, "MOST_ROWS", 1)
    app = opened("risk", monkeypatch, kind="invoices")
    assert offered == {}
    assert texts(app)[-1] == (
        "More than 1 rows are too many for a browser. Narrow the filters, or ask your administrator for the command "
        "line: `greyledger export invoices FILE.csv`"
    )


def test_the_viewer_does_not_get_the_page() -> None:
    viewer = Actor("v", "V", Role.VIEWER)
    assert "exports" not in [spec.key for spec in pages_of(viewer)]


# --- the menu


def listing() -> None:
    import datetime as day
    from decimal import Decimal as Number

    from dashboard.components.export_menu import export_menu

    def rows() -> list[tuple[object, ...]]:
        return [("=A1", Number("12.50"), day.date(2025, 3, 7)), ("华东", None, None)]

    export_menu("here", "early_warnings", ["Customer", "At risk", "Due"], rows)


def menu(login: str, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("GREYLEDGER_DEVELOPMENT_LOGIN", login)
    app = AppTest.from_function(listing)
    app.query_params["severity"] = "high"
    return app.run()


@pytest.mark.usefixtures("ledger")
def test_the_menu_hands_out_what_the_list_shows_and_the_ledger_says_so(
    offered: Offered, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = menu("risk", monkeypatch)
    assert [one.value for one in app.exception] == []
    assert {key: name for key, (name, _) in offered.items()} == {
        "here-export-csv": "early_warnings-2025-03-31.csv", "here-export-xlsx": "early_warnings-2025-03-31.xlsx",
    }  # fmt: skip
    assert taken() == ()
    content = offered["here-export-csv"][1]()
    assert content == "\ufeffCustomer,At risk,Due\r\n'=A1,12.5,2025-03-07\r\n华东,,\r\n".encode()
    (entry,) = taken()
    assert (entry.actor, entry.name, entry.rows, entry.file_format) == ("risk", "early_warnings", 2, "csv")
    assert entry.filters == {"severity": "high"}


@pytest.mark.usefixtures("ledger")
def test_the_menu_is_hidden_from_those_who_may_not_take_files_out(
    offered: Offered, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = menu("viewer", monkeypatch)
    assert (offered, [one.value for one in app.exception]) == ({}, [])


@pytest.mark.usefixtures("ledger")
def test_rights_that_were_taken_after_the_page_was_drawn_count(
    offered: Offered, monkeypatch: pytest.MonkeyPatch
) -> None:
    menu("risk", monkeypatch)
    make = offered["here-export-csv"][1]
    with unit_of_work(SYSTEM) as ctx:
        ctx.session.execute(update(AppUser).where(AppUser.login == "risk").values(role="viewer"))
    with pytest.raises(NotAllowedError, match="Your role does not allow this"):
        make()
    with unit_of_work(SYSTEM) as ctx:
        set_active(ctx, "risk", False)
    with pytest.raises(NotAllowedError, match=SIGNED_OUT):
        make()
    assert taken() == ()
