"""Screening in a browser: asking, verdicts, lists, related parties; and its commands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from dashboard.cli import make_app
from services.context import unit_of_work
from services.screening import run_screening
from tests.people import add_person, stand_still
from tests.services.makers import ago, make_customer, make_department, make_listing, make_watchlist_entry

APP = str(Path(__file__).parents[2] / "dashboard" / "app.py")
Opened = Callable[..., AppTest]
SDN = b'1,"NORTHERN STAR SHIPPING CO., LTD.",-0- ,"X",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n'


@pytest.fixture(scope="module")
def register(module_database: str) -> str:
    """A listed customer, an entry, three customers that resemble them, a hub and two that share a phone."""
    stand_still()
    for login, role in (("risk", "risk"), ("viewer", "viewer")):
        add_person(login, role, language="en")
    with unit_of_work() as ctx:
        make_department(ctx, "NORTH")
        listed = make_customer(ctx, "L1", name="苏州利博优美网络服务有限公司", phone="0512-66668888")
        make_listing(ctx, listed, ago(10))
        make_watchlist_entry(ctx, "Sunrise Trading Ltd", "7")
        make_customer(ctx, "C1", name="蘇州利博優美網絡服務有限公司")
        make_customer(ctx, "C2", name="Sunrise Trading Company")
        make_customer(ctx, "C3", name="Sunrise Tradding Ltd")
        make_customer(ctx, "C4", name="Tied By Phone", phone="051266668888", address="中山北路一百号三楼")
        for place in range(14):
            make_customer(ctx, f"H{place}", name=f"Tower tenant {place}", address="中山北路一百号三楼")
        run_screening(ctx)
    return module_database


@pytest.fixture
def opened(register: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    def at(login: str, page: str = "screening", **query: str) -> AppTest:
        monkeypatch.setenv("GREYLEDGER_DEVELOPMENT_LOGIN", login)
        app = AppTest.from_file(APP, default_timeout=60).run()
        app.query_params.clear()
        for name, value in query.items():
            app.query_params[name] = value
        app = app.switch_page(f"views/{page}.py").run()
        assert [one.value for one in [*app.exception, *app.error]] == []
        return app

    return at


def shown(app: AppTest) -> str:
    return " ".join(one.value for one in [*app.get("html"), *app.markdown, *app.caption])


def stored(query: str) -> list[tuple[object, ...]]:
    with unit_of_work() as ctx:
        return [tuple(row) for row in ctx.session.execute(text(query))]


def test_a_name_is_answered_with_reasons_and_cleared_again(opened: Opened) -> None:
    app = opened("viewer")
    app.text_input(key="screening-name").set_value("利博优美（苏州）网络服务").run()
    assert app.query_params["name"] == "利博优美（苏州）网络服务"
    assert "resembles 1 listed name by 80% or more" in shown(app)
    assert "L1</a>" in shown(app)
    assert "The name&#x27;s own part is the same" in shown(app)
    app.text_input(key="screening-uscc").set_value("91350211M000100Y43").run()
    assert ["is no valid unified social credit code" in one.value for one in app.warning] == [True]
    app.button(key="screening-clear").click().run()
    assert (app.text_input(key="screening-name").value, app.query_params.get("uscc")) == ("", None)
    app.text_input(key="screening-name").set_value("Nobody Of This Name").run()
    assert ["Nobody listed and no watch-list entry" in one.value for one in app.success] == [True]


def test_what_waits_and_the_lists_stand_below_the_question(opened: Opened) -> None:
    app = opened("viewer")
    assert "**4 matches wait for a verdict.**" in shown(app)
    assert "with 1 entry of watch lists." in shown(app)
    assert "<td>LIST</td>" in shown(app).replace(' data-title="Watch list"', "")
    newest = "found_on DESC, score DESC, customer_id DESC, id DESC"
    key = stored(f"SELECT customer_id || '-' || id FROM screening_match ORDER BY {newest}")[0][0]
    first = next(one for one in app.button if str(one.key).startswith("glopen-match-"))
    assert first.key == f"glopen-match-{key}"
    first.click().run()
    assert (app.query_params["part"], app.query_params["match"]) == ("matches", key)
    assert "found on" in shown(app)


def test_the_worklist_opens_both_sides_and_takes_a_verdict(opened: Opened) -> None:
    app = opened("risk", part="matches")
    assert "**4 matches wait for a verdict.**" in shown(app)
    key = stored("SELECT customer_id || '-' || id FROM screening_match WHERE name LIKE 'Sunrise%' AND score = 1")[0][0]
    app.button(key=f"glopen-match-{key}").click().run()
    assert app.query_params["match"] == key
    app.button(key="screening-same").click().run()
    assert ["Give a reason" in one.value for one in app.error] == [True]
    app.text_input(key="screening-one-reason").set_value("the same owner in the registry")
    app.button(key="screening-same").click().run()
    assert stored("SELECT state, reason FROM screening_match WHERE state <> 'open'") == [
        ("confirmed", "the same owner in the registry")
    ]
    app.selectbox(key="screening-state").set_value("confirmed").run()
    app.button(key=f"glopen-match-{key}").click().run()
    app.text_input(key="screening-one-reason").set_value("was a mistake of mine")
    app.button(key="screening-reopen").click().run()
    assert stored("SELECT count(*) FROM screening_match WHERE state <> 'open'") == [(0,)]


def test_several_are_cleared_with_one_reason(opened: Opened) -> None:
    app = opened("risk", part="matches", source="watchlist")
    ticks = [one for one in app.checkbox if one.key and one.key.startswith("tick-match-")]
    assert len(ticks) == 2
    for one in ticks:
        one.check()
    app.run()
    app.text_input(key="screening-reason").set_value("other firms of that name")
    app.button(key="screening-clear-ticked").click().run()
    assert stored("SELECT state, count(*) FROM screening_match GROUP BY 1 ORDER BY 1") == [("cleared", 2), ("open", 2)]
    assert ["No match fits these filters." in one.value for one in app.info] == [True]
    app.button(key="screening-clear-filters").click().run()
    assert "C1" in shown(app)
    app.text_input(key="screening-search").set_value("C4").run()
    assert "C1" not in shown(app)
    app.selectbox(key="screening-department").set_value("NORTH").run()
    assert len(app.info) == 1


def test_a_reader_sees_matches_but_gives_no_verdict(opened: Opened) -> None:
    app = opened("viewer", part="matches")
    assert [one.key for one in app.checkbox if one.key and one.key.startswith("tick-match-")] == []
    app = opened("viewer", part="lists")
    assert len(app.expander) == 0


def test_a_list_is_seen_before_it_is_applied(opened: Opened) -> None:
    app = opened("risk", part="lists")
    app.pills(key="screening-part").set_value("lists").run()
    app.session_state["screening-list-open"] = True
    app.run()
    app.text_input(key="screening-list-source").set_value("OFAC SDN").run()
    app.file_uploader(key="screening-list-file-0").upload("sdn.csv", SDN, "text/csv").run()
    assert "**1 added, 0 changed, 0 ended**, 0 unchanged: the first load of this list." in shown(app)
    app.selectbox(key="screening-list-format").set_value("csv").run()
    assert [one.value[:20] for one in app.error] != []
    app.selectbox(key="screening-list-format").set_value("ofac").run()
    app.selectbox(key="screening-list-scope").set_value("additions").run()
    app.button(key="screening-list-apply").click().run()
    assert stored("SELECT entry_no, ended_on FROM watchlist_entry WHERE source = 'OFAC SDN'") == [("1", None)]
    assert stored("SELECT scope, added FROM watchlist_load") == [("additions", 1)]


def test_related_parties_name_ties_and_count_hubs(opened: Opened) -> None:
    app = opened("viewer", part="network", customer="C4")
    assert "Tied By Phone is tied to 1 customer within two steps** · 1 of them is listed" in shown(app)
    assert "Address: shared by 15 customers, too many to tie anybody; it is not drawn." in shown(app)
    assert '<td data-title="Shares">Phone</td>' in shown(app)
    app.text_input(key="screening-customer").set_value("none").run()
    assert ["No customer has the number none." in one.value for one in app.warning] == [True]
    app = opened("viewer", "customer", customer="C4", tab="related")
    assert "Tied By Phone is tied to 1 customer within two steps" in shown(app)


def test_commands_ask_and_load(register: str, tmp_path: Path) -> None:
    run = CliRunner().invoke
    made = run(make_app("screen"), ["screen", "Sunrise Trading", "--json"])
    answer = json.loads(made.stdout)
    assert [(one["list_source"], one["entry_no"], one["score"]) for one in answer["matches"]] == [("LIST", "7", 1)]
    assert round(sum(one["share"] for one in answer["matches"][0]["features"]), 4) == 1
    file = tmp_path / "sdn.csv"
    file.write_bytes(SDN)
    update = ["watchlist", "update", str(file), "--source", "OTHER"]
    dry = run(make_app("watchlist"), [*update, "--dry-run", "--json"])
    done = run(make_app("watchlist"), [*update, "--json"])
    again = run(make_app("watchlist"), [*update, "--json"])
    results = [json.loads(one.stdout) for one in (dry, done, again)]
    assert [(one["added"], one["unchanged"], one["dry_run"]) for one in results] == [
        (1, 0, True), (1, 0, False), (0, 1, False),
    ]  # fmt: skip
    assert "Northern Star" in run(make_app("screen"), ["screen", "Northern Star Shipping"]).stdout.title()
    assert "OTHER" in run(make_app("watchlist"), ["watchlist", "list"]).stdout
