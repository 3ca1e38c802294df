"""The overview, used as a leader uses it: every widget is clicked, and the address follows."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

import pytest
from sqlalchemy import select, update
from streamlit.testing.v1 import AppTest

from db.models import AppUser, Customer, Department, ImportBatch
from db.session import engine_for
from services import data_versions
from services.context import SYSTEM, unit_of_work
from services.metrics.figures import METRICS
from services.policy import set_policy
from services.users import add_department, add_user
from tests.conftest import copied_database, name_in
from tests.dashboard.opening import page_at
from tests.oracle.histories import random_history
from tests.services.history_rows import store
from tests.services.makers import make_customer, make_score

NOW = dt.datetime(2025, 6, 30, 4, tzinfo=dt.UTC)


def enter(monkeypatch: pytest.MonkeyPatch, login: str) -> None:
    monkeypatch.setenv("GREYLEDGER_DEVELOPMENT_LOGIN", login)
    monkeypatch.setenv("GREYLEDGER_LANG", "en")


def person(ctx: object, login: str, role: str, department: str) -> None:
    add_user(
        ctx, login=login, name=login.title(), role=role, department_code=department, password="a-long-Pass-word-7",
        language="en",
    )  # fmt: skip


@pytest.fixture(scope="module")
def company(server_url: str, template_database: str) -> Iterator[str]:
    """A database to copy: 52 customers at the end of March 2025, all of them risen to high risk since December."""
    with copied_database(server_url, template_database, "company") as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        with unit_of_work(SYSTEM, now=NOW) as ctx:
            store(ctx, random_history(2, customers=52))
            set_policy(ctx, "business_date", "2025-03-31")
            person(ctx, "boss", "leader", "Risk")
            person(ctx, "seller", "business", "Sales North")
            for customer in ctx.session.execute(select(Customer)).scalars().all():
                make_score(ctx, customer, dt.date(2024, 12, 31), "low")
                make_score(ctx, customer, dt.date(2025, 3, 31), "high")
            ctx.session.execute(
                update(Customer).values(risk_level="high", risk_score=70, scored_on=dt.date(2025, 3, 31))
            )
        engine_for(url).dispose()
        yield name_in(url)


@pytest.fixture
def leader(server_url: str, company: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A copy of the company, seen by its leader."""
    enter(monkeypatch, "boss")
    with copied_database(server_url, company, "test") as url:
        monkeypatch.setenv("DATABASE_URL", url)
        yield url


def opened(**query: str) -> AppTest:
    return sound(page_at("overview", **query))


def sound(app: AppTest) -> AppTest:
    assert [one.value for one in app.exception] == []
    assert [one.value for one in app.error] == []
    return app


def query(app: AppTest) -> dict[str, str]:
    return {name: value[0] if isinstance(value, list) else value for name, value in app.query_params.items()}


def words(app: AppTest) -> str:
    return "\n".join(one.proto.body for one in app.get("html"))


def click(app: AppTest, key: str) -> AppTest:
    return sound(app.button(key=key).click().run())


def test_the_four_metrics_stand_beside_each_other(leader: str) -> None:
    app = opened()
    found = words(app)
    for name in ("Assessment accuracy", "Identification timeliness", "Arrears recovery rate", "Complaint rate"):
        assert f"<h2>{name}</h2>" in found
    assert found.count('class="gl-card-value"') == 5  # the complaints as a rate and as a count
    assert found.count('class="gl-spark"') == 4


@pytest.mark.parametrize("metric", METRICS)
def test_a_card_opens_its_rows_and_why_it_moved_and_leads_back(leader: str, metric: str) -> None:
    app = click(opened(), f"glopen-{metric}")
    assert query(app) == {"metric": metric}
    heads = [one.value for one in app.subheader]
    assert "Why it moved from Q4 2024 to Q1 2025" in heads
    assert "The rows behind it" in heads
    assert "Policy clause 5.2, definition 1" in "\n".join(one.value for one in app.caption)
    app = click(app, "overview-back")
    assert query(app) == {}
    assert "gl-headline" in words(app)


def test_the_parts_of_the_rows_are_tabs_that_live_in_the_address(leader: str) -> None:
    app = opened(metric="identification_timeliness")
    tabs = app.segmented_control(key="overview-part-identification_timeliness")
    assert tabs.options == ["All counted", "Late", "On time"]
    sound(tabs.set_value("late").run())
    assert query(app) == {"metric": "identification_timeliness", "part": "late"}
    assert ">Late</td>" in words(app)
    assert ">On time</td>" not in words(app)


def test_rows_are_turned_page_by_page(leader: str) -> None:
    app = opened(list="levels")
    assert app.button(key="pager-overview-moved-back").disabled
    first = words(app)
    app = click(app, "pager-overview-moved-on")
    assert words(app).count('href="/customer?customer=') == 2
    assert "Rows 51 to 52 of 52" in [one.value for one in app.caption]
    assert app.button(key="pager-overview-moved-on").disabled
    app = click(app, "pager-overview-moved-back")
    assert words(app) == first
    click(app, "pager-overview-moved-on")
    sound(app.selectbox(key="overview-against").set_value("year").run())
    assert app.button(key="pager-overview-moved-back").disabled  # another list begins anew


def test_the_period_is_a_month_a_quarter_a_year_or_any_months(leader: str) -> None:
    app = opened()
    sound(app.segmented_control(key="overview-kind").set_value("year").run())
    assert query(app) == {"period": "2025"}
    assert "The period is not over; figures as of Mar 31, 2025." in words(app)
    sound(app.selectbox(key="overview-period-year").set_value("2024").run())
    assert query(app) == {"period": "2024"}
    sound(app.segmented_control(key="overview-kind").set_value("month").run())
    assert query(app) == {"period": "2024-12"}
    sound(app.segmented_control(key="overview-kind").set_value("months").run())
    assert query(app) == {"period": "2024-12_2024-12"}
    sound(app.selectbox(key="overview-from").set_value("2024-10").run())
    assert query(app) == {"period": "2024-10_2024-12"}
    assert app.segmented_control(key="overview-kind").value == "months"  # although these months are a quarter
    sound(app.selectbox(key="overview-to").set_value("2024-08").run())
    assert query(app) == {"period": "2024-08_2024-10"}
    sound(app.segmented_control(key="overview-kind").set_value("quarter").run())
    assert query(app) == {"period": "2024-Q4"}


def test_the_comparison_and_the_department_are_codes_in_the_address(leader: str) -> None:
    app = opened()
    assert "Q4 2024" in words(app)
    sound(app.selectbox(key="overview-against").set_value("year").run())
    assert query(app) == {"against": "year"}
    assert "Q1 2024" in words(app)
    sound(app.selectbox(key="overview-department").set_value("Sales North").run())
    assert query(app) == {"against": "year", "department": "Sales North"}


def test_what_the_address_says_wrongly_falls_back_to_what_is_usual(leader: str) -> None:
    usual = words(opened())
    assert words(opened(period="2025-99", against="x", department="Nowhere", metric="x", list="x", part="x")) == usual
    assert words(opened(period="", part="counted")) == usual


def test_what_was_new_is_gone_once_marked_as_seen_and_can_be_shown_again(leader: str) -> None:
    app = opened()
    assert "What changed in the last 30 days" in words(app)
    assert "52 customers rose to high or critical risk" in words(app)
    app = sound(app.run())
    assert "What changed in the last 30 days" in words(app)
    app = click(app, "overview-seen")
    with unit_of_work() as ctx:
        assert (
            ctx.session.execute(select(AppUser.overview_seen_at).where(AppUser.login == "boss")).scalar_one()
            is not None
        )
    assert "What changed since you looked on" in words(app)
    assert "Nothing new was recorded." in words(app)
    assert "Nothing new was recorded." in words(opened())
    app = click(app, "overview-again")
    assert "52 customers rose to high or critical risk" in words(app)
    app = click(app, "overview-again")
    assert "Nothing new was recorded." in words(app)


def test_what_comes_after_the_mark_is_new(leader: str) -> None:
    app = click(opened(), "overview-seen")
    with unit_of_work() as ctx:
        ctx.session.add(
            ImportBatch(
                kind="customers", file_name="a.csv", file_sha256="-", state="done", started_at=ctx.now,
                finished_at=ctx.now, imported_by="x", counts={"inserted": 3, "updated": 0},
            )
        )  # fmt: skip
        data_versions.bump(ctx, "imports")
    assert "1 file brought in, 3 rows new or changed" in words(sound(app.run()))


def test_who_moved_opens_the_migration_and_its_customers(leader: str) -> None:
    app = opened()
    assert "▲ 52 customers rose" in words(app)
    app = click(app, "overview-who-moved")
    assert query(app) == {"list": "levels"}
    assert '<td class="gl-right" data-title="High risk">52 · ' in words(app)
    assert words(app).count('href="/customer?customer=') == 50
    assert query(click(app, "overview-back")) == {}


def test_rewards_and_penalties_split_and_open_their_rows(leader: str) -> None:
    app = opened(period="2023-07_2025-03")
    sound(app.segmented_control(key="overview-split").set_value("department").run())
    app = click(app, "overview-incentives")
    assert query(app) == {"period": "2023-07_2025-03", "list": "incentives"}
    sound(app.segmented_control(key="overview-incentive-kind").set_value("penalty").run())
    assert query(app)["part"] == "penalty"
    assert ">Penalty</td>" in words(app)
    assert ">Reward</td>" not in words(app)


def test_a_business_user_sees_the_company_with_the_own_department_marked(
    leader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = words(opened())
    enter(monkeypatch, "seller")
    app = opened()
    assert words(app).replace("Seller", "Boss").count("gl-card-value") == everybody.count("gl-card-value")
    assert query(app) == {}
    chart = json.loads(next(one.proto for one in app.get("plotly_chart")).spec)
    assert "<b>Sales North</b>" in chart["layout"]["yaxis"]["ticktext"]


def test_an_empty_ledger_says_what_comes_first(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(monkeypatch, "chief")
    with unit_of_work(SYSTEM, now=NOW) as ctx:
        add_department(ctx, "ADMIN", "administration")
        person(ctx, "chief", "admin", "ADMIN")
        person(ctx, "reader", "viewer", "ADMIN")
    app = opened()
    assert [one.value for one in app.subheader] == ["Nothing has been recorded yet"]
    assert app.button(key="overview-import").label == "Bring in files"
    enter(monkeypatch, "reader")
    app = opened()
    assert [one.key for one in app.button if one.key == "overview-import"] == []
    assert "Your role reads." in "\n".join(one.value for one in app.caption)


def test_customers_without_any_closed_figure_show_dashes(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(monkeypatch, "boss")
    with unit_of_work(SYSTEM, now=NOW) as ctx:
        add_department(ctx, "TOP", "leadership")
        person(ctx, "boss", "leader", "TOP")
        department = ctx.session.execute(select(Department.id)).scalar_one()
        make_customer(ctx, "C1", owner_department_id=department)
    found = words(opened())
    assert found.count('<span class="gl-card-value">—</span>') == 4
    assert "No case had debts in this period." in found
    assert "No metric has a value in this period yet." in found
