"""The imports page, used as an officer uses it from the upload to the result, and what was imported before."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import imports_under_way
from dashboard.import_words import COLUMN_WORDS, KIND_ABOUT, accepted_words, column_words
from dashboard.views.imports_preview import _go as press_go
from services.context import Context, unit_of_work
from services.imports.kinds import KINDS
from services.imports.plan import Request
from services.imports.run import import_file
from tests.dashboard.imports_pages import (
    CUSTOMERS,
    bring_in,
    keys,
    make_people,
    open_imports,
    person,
    press,
    said,
    stored,
    upload,
)
from tests.dashboard.opening import APP


@pytest.fixture
def opened(database: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Opens the page, as the risk officer if nobody else is named."""
    monkeypatch.setenv("GREYLEDGER_LANG", "en")
    monkeypatch.setattr(imports_under_way, "_imports", {})
    make_people()
    return partial(open_imports, monkeypatch)


def test_every_kind_and_column_has_words() -> None:
    assert KIND_ABOUT.keys() == KINDS.keys()
    used = {column.name for kind in KINDS.values() for column in kind.columns}
    assert used - COLUMN_WORDS.keys() == {"kind"}
    assert COLUMN_WORDS.keys() <= used
    for kind in KINDS.values():
        words = [column_words(kind.name, column.name) for column in kind.columns]
        assert len(set(words)) == len(words)
        assert all(accepted_words(kind.name, column) for column in kind.columns)


def test_a_file_is_brought_in_and_the_same_again_changes_nothing(opened: Callable[..., AppTest]) -> None:
    app = upload(opened(), CUSTOMERS, "a.csv")
    assert "**Every row is understood. Importing adds 2 and changes 0.**" in said(app.markdown)
    assert app.button(key="import_go").label == "Import 2 rows"
    bring_in(app)
    assert said(app.success) == ["2 rows: 2 new, 0 changed, 0 unchanged, 0 rejected"]
    upload(app, CUSTOMERS, "a.csv")
    assert said(app.success) == []
    assert "**Everything that could be imported is stored already: importing this file changes nothing.**" in said(
        app.markdown
    )
    bring_in(app)
    assert said(app.success) == ["2 rows: 0 new, 0 changed, 2 unchanged, 0 rejected"]
    assert "Everything in this file was stored already, so nothing changed." in said(app.markdown)


def test_rejected_rows_are_told_before_and_given_back_after(opened: Callable[..., AppTest]) -> None:
    app = upload(opened(), b"customer_no,name,since\nX1,One,2025-01-01\nX2,Two,never\n")
    assert "**Importing adds 1 and changes 0; 1 row is rejected.**" in said(app.markdown)
    assert [(one.label, one.value) for one in app.metric] == [
        ("Added", "1"),
        ("Changed", "0"),
        ("Unchanged", "0"),
        ("Rejected rows", "1"),
    ]
    rejected = app.dataframe[-1].value
    assert rejected.to_dict("records") == [
        {
            "Line": 3,
            "Column": "Customer since",
            "Value": "never",
            "Reason": "This is not a date. Write it as 2025-03-07.",
        }
    ]
    bring_in(app)
    assert said(app.success) == ["2 rows: 1 new, 0 changed, 0 unchanged, 1 rejected"]
    assert "1 row was not imported. Download it, mend it, and import that file." in said(app.markdown)
    assert app.dataframe[-1].value.to_dict("records") == rejected.to_dict("records")
    download = next(one for one in app.get("download_button") if one.key == "download_result")
    assert download.label == "Download rejected rows"


def test_the_first_rows_stand_as_written_beside_as_understood(opened: Callable[..., AppTest]) -> None:
    app = upload(
        opened(), "客户编号,客户名称,信用额度,成立日期\n007,甲,￥1.5万,2025/3/7\n008,乙,x,20250307\n".encode("gb18030")
    )
    written, understood = (one.value for one in app.dataframe[:2])
    assert written.to_dict("records") == [
        {"Line": 2, "客户编号": "007", "客户名称": "甲", "成立日期": "2025/3/7", "信用额度": "￥1.5万"},
        {"Line": 3, "客户编号": "008", "客户名称": "乙", "成立日期": "20250307", "信用额度": "x"},
    ]
    assert understood.to_dict("records") == [
        {
            "Line": 2,
            "Customer number": "007",
            "Customer name": "甲",
            "Established on": "Mar 7, 2025",
            "Credit limit": "15,000",
        },
        {"Line": 3, "Customer number": "rejected", "Customer name": "—", "Established on": "—", "Credit limit": "—"},
    ]
    assert "Read as: 2 rows · encoding GB18030 · separated by comma · headers in line 1" in said(app.markdown)


def test_a_second_click_does_not_import_twice(opened: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch) -> None:
    """Both clicks of a double click reach the button that was drawn before the first."""
    calls = []

    def counted(ctx: Context, *args: Any, **kwargs: Any) -> Any:
        calls.append(args)
        return import_file(ctx, *args, **kwargs)

    monkeypatch.setattr(imports_under_way, "import_file", counted)
    actor, request = person("risk"), Request("customers", CUSTOMERS, "a.csv")
    for _click in range(2):
        press_go(actor, request, "the same", False)
    begun = imports_under_way.under_way("risk")
    assert begun is not None
    assert begun.done.wait(60)
    assert len(calls) == 1
    assert stored("SELECT count(*) FROM import_batch") == [(1,)]


def test_a_long_import_shows_how_far_it_is_and_goes_on_without_its_page(
    opened: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def slow(ctx: Context, *args: Any, **kwargs: Any) -> Any:
        kwargs["progress"](0.4, "Writing rows")
        assert go_on.wait(60)
        return import_file(ctx, *args, **kwargs)

    monkeypatch.setattr(imports_under_way, "import_file", slow)
    app = press(upload(opened(), CUSTOMERS, "long.csv"), "import_go")
    shown = app.get("progress")[0].proto
    assert (shown.value, shown.text) == (40, "Writing rows")
    assert "**long.csv** is being imported as “Customers”." in said(app.markdown)
    assert "import_go" not in keys(app)
    other = opened()  # another window, and the same as after a reload
    assert "**long.csv** is being imported as “Customers”." in said(other.markdown)
    go_on.set()
    assert imports_under_way.under_way("risk").done.wait(60)  # type: ignore[union-attr]
    other.run()
    assert said(other.success) == ["2 rows: 2 new, 0 changed, 0 unchanged, 0 rejected"]
    assert stored("SELECT count(*) FROM customer WHERE customer_id > 0") == [(2,)]


def test_another_import_waits_for_the_one_under_way(
    opened: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def slow(ctx: Context, *args: Any, **kwargs: Any) -> Any:
        assert go_on.wait(60)
        return import_file(ctx, *args, **kwargs)

    monkeypatch.setattr(imports_under_way, "import_file", slow)
    actor = person("risk")
    request = Request("customers", CUSTOMERS, "a.csv")
    first = imports_under_way.start(actor, request, token="a", all_or_nothing=False)
    assert imports_under_way.start(actor, request, token="a", all_or_nothing=False) is first
    assert imports_under_way.start(actor, request, token="b", all_or_nothing=False) is None
    go_on.set()
    assert first is not None
    assert first.done.wait(60)
    imports_under_way.take_note("risk")
    assert imports_under_way.under_way("risk") is None


def test_a_fault_leaves_nothing_and_says_its_number(
    opened: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(ctx: Context, *args: Any, **kwargs: Any) -> Any:
        import_file(ctx, *args, **kwargs)
        raise RuntimeError("the power went out")

    monkeypatch.setattr(imports_under_way, "import_file", broken)
    app = bring_in(upload(opened(), CUSTOMERS))
    assert len(app.error) == 1
    assert app.error[0].value.startswith("Something went wrong on our side and nothing was saved. Try again;")
    assert stored("SELECT count(*) FROM customer WHERE customer_id > 0") == [(0,)]
    assert app.button(key="import_go").label == "Import 2 rows"


def test_the_result_is_found_again_by_its_address(opened: Callable[..., AppTest]) -> None:
    app = bring_in(upload(opened(), CUSTOMERS, "a.csv"))
    (batch,) = stored("SELECT id FROM import_batch")[0]
    assert app.query_params["import"] in (str(batch), [str(batch)])
    again = opened(**{"import": str(batch)})
    assert said(again.success) == ["2 rows: 2 new, 0 changed, 0 unchanged, 0 rejected"]
    assert "a.csv · Customers" in said(again.subheader)
    press(again, "import_again")
    assert said(again.success) == []
    wrong = opened(**{"import": "999"})
    assert said(wrong.error) == ["There is no import number 999."]


def test_all_or_nothing_keeps_a_file_with_a_wrong_row_out(opened: Callable[..., AppTest]) -> None:
    app = upload(opened(), b"customer_no,name,since\nX1,One,2025-01-01\nX2,Two,never\n")
    app.toggle(key="import_whole").set_value(True).run()
    assert app.button(key="import_go").disabled
    assert "All or nothing: 1 wrong row keeps the file out. Mend it, or switch this off." in said(app.caption)
    app.toggle(key="import_whole").set_value(False).run()
    assert not app.button(key="import_go").disabled


def test_business_users_see_what_they_may_bring_in(opened: Callable[..., AppTest]) -> None:
    app = opened("north")
    assert app.selectbox(key="import_kind").options == [
        "Customers",
        "Contracts",
        "Contract events",
        "Invoices",
        "Payments",
        "Financial statements",
        "Credit reports",
        "Reputation events",
        "Dunning notices",
        "Orders",
        "Guarantees",
        "Complaints",
    ]
    assert any(one.startswith("You bring in customers of your own department") for one in said(app.caption))
    bring_in(upload(app, CUSTOMERS))
    assert stored("SELECT DISTINCT d.code FROM customer JOIN department d ON d.id = owner_department_id") == [
        ("NORTH",)
    ]


def test_a_reader_is_told_that_the_page_is_not_for_them(
    opened: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GREYLEDGER_DEVELOPMENT_LOGIN", "viewer")
    app = AppTest.from_file(APP, default_timeout=60).run()
    with pytest.raises(ValueError, match="imports"):
        app.switch_page("views/imports.py").run()


def test_recent_imports_are_empty_filtered_turned_and_opened(opened: Callable[..., AppTest]) -> None:
    app = opened()
    assert said(app.info) == ["Nothing has been imported yet. Start with customers, then invoices and payments."]
    with unit_of_work() as ctx:
        for number in range(17):
            import_file(
                ctx,
                "fx_rates",
                f"currency,as_of,rate\nUSD,2025-01-{number + 1:02d},7\n".encode(),
                file_name=f"{number}.csv",
            )
        wrong = import_file(ctx, "customers", b"customer_no,name,since\nX1,One,never\n", file_name="wrong.csv")
    app.run()

    def rows() -> list[str]:
        return [one.label for one in app.button if one.key and one.key.startswith("glopen-import-")]

    names = [f"Open the import of {name}.csv" for name in ("wrong", *range(16, -1, -1))]
    assert rows() == names[:15]
    assert 'gl-cell-owner">The system</span>' in "".join(one.value for one in app.get("html"))
    press(app, "recent-older")
    assert rows() == names[15:]
    press(app, "recent-newest")
    app.toggle(key="recent-wrong").set_value(True).run()
    assert rows() == names[:1]
    app.toggle(key="recent-mine").set_value(True).run()
    assert said(app.info) == ["No import fits these filters."]
    press(app, "recent-clear")
    app.selectbox(key="recent-kind").set_value("customers").run()
    press(app, f"glopen-import-{wrong.batch_id}")
    assert app.dataframe[-1].value["Reason"].to_list() == ["This is not a date. Write it as 2025-03-07."]


def test_a_figure_of_the_quality_board_opens_the_imports_behind_it(opened: Callable[..., AppTest]) -> None:
    with unit_of_work() as ctx:
        import_file(ctx, "customers", b"customer_no,name,since\nX1,One,never\n", file_name="wrong.csv")
        import_file(ctx, "fx_rates", b"currency,as_of,rate\nUSD,2025-01-01,7\n", file_name="rates.csv")

    def rows(app: AppTest) -> list[str]:
        return [one.label for one in app.button if one.key and one.key.startswith("glopen-import-")]

    assert rows(opened(of="customers", wrong="1")) == ["Open the import of wrong.csv"]
    app = opened(by="system")
    assert (rows(app), app.selectbox(key="recent-by").value) == (
        ["Open the import of rates.csv", "Open the import of wrong.csv"], "system"
    )  # fmt: skip
    assert rows(opened(by="nobody")) == []
    app.selectbox(key="recent-by").set_value("").run()
    assert "by" not in app.query_params


def test_the_rejected_rows_of_others_are_not_for_every_role(opened: Callable[..., AppTest]) -> None:
    with unit_of_work() as ctx:
        wrong = import_file(ctx, "customers", b"customer_no,name,since\nX1,One,never\n", file_name="wrong.csv")
    app = opened("hr", **{"import": str(wrong.batch_id)})
    assert "Your role does not see the rejected rows of others: they hold personal data." in said(app.caption)
    assert len(app.dataframe) == 0


def test_templates_are_offered(opened: Callable[..., AppTest]) -> None:
    app = opened()
    assert [one.label for one in app.get("download_button")] == ["Template as XLSX", "Template as CSV"]
    shown = app.table[0].value
    assert (
        shown.loc["Customer number *", "What stands in it"] == "A number or code; leading zeros and all digits are kept"
    )
    assert shown.loc["Customer type", "What stands in it"] == "One of: company or individual"
