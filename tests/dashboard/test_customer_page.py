"""The page of one customer: head, every tab, every widget."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from dashboard.components.level_in_force import two_levels
from dashboard.i18n import using_language
from dashboard.views.customer_score import history_chart
from db.models import Customer, CustomerKey, LedgerEntry
from db.session import engine_for
from services.assessments import LevelRow
from services.context import SYSTEM, unit_of_work
from services.scoring import explained_score, score_customers
from tests.conftest import copied_database, name_in
from tests.dashboard.opening import page_at
from tests.people import add_person, stand_still
from tests.services.makers import make_customer, make_department, make_early_warning, make_invoice, make_listing

NOW = dt.datetime(2025, 6, 30, 4, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def company(server_url: str, template_database: str) -> Iterator[tuple[str, int]]:
    """A database to copy. C1 of NORTH: 60 invoices, two unpaid; scored twice; listed; warned of."""
    with copied_database(server_url, template_database, "company") as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        stand_still()
        for role in ("risk", "viewer", "business"):
            add_person(role, role, language="en")
        customer_id = _first_customer()
        engine_for(url).dispose()
        yield name_in(url), customer_id


def _first_customer() -> int:
    with unit_of_work(SYSTEM, now=NOW) as ctx:
        north = make_department(ctx, "NORTH")
        one = make_customer(
            ctx, "C1", name="Company <One>", owner_department_id=north.id, account_manager="Ada", phone="13800001234",
            address="1 Long Street", credit_limit=Decimal(4000), size="small", since=dt.date(2020, 1, 1),
        )  # fmt: skip
        for number in range(60):
            due = dt.date(2025, 6, 1) - dt.timedelta(days=7 * number)
            paid = ((due + dt.timedelta(days=3), 1000),)
            make_invoice(ctx, one, due, 1000, paid=() if number in (0, 5) else paid, invoice_no=f"I{number:02d}")
        score_customers(ctx, dt.date(2025, 3, 31))
        make_listing(ctx, one, dt.date(2025, 6, 20), listed_on=dt.date(2025, 6, 20))
        make_early_warning(ctx, one, rule="overdue_30", severity="high")
        score_customers(ctx, dt.date(2025, 6, 30))
        return one.customer_id


@pytest.fixture
def customer(server_url: str, company: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The id of C1 in a copy, seen by risk."""
    monkeypatch.setenv("GREYLEDGER_DEVELOPMENT_LOGIN", "risk")
    with copied_database(server_url, company[0], "test") as url:
        monkeypatch.setenv("DATABASE_URL", url)
        yield company[1]


def opened(**query: str) -> AppTest:
    app = page_at("customer", **query)
    assert [one.value for one in app.error] == []
    return app


def html(app: AppTest) -> str:
    return "\n".join(one.proto.body for one in app.main.get("html"))


def test_the_head_says_who_it_is_where_it_stands_and_what_it_owes(customer: int) -> None:
    shown = html(opened(customer="C1"))
    assert "<h1>Company &lt;One&gt;</h1>" in shown
    assert "Account manager: Ada" in shown
    assert "Listed: Grey" in shown
    assert '<span class="gl-level gl-level-critical">Critical risk</span>' in shown
    assert "Listed black or grey: at least critical, whatever the score" in shown
    assert "<dt>Open balance</dt><dd>¥2,000<small>2 invoices</small>" in shown or "<dd>¥2K<small>2 invoices" in shown
    assert "<small>worst 64 days</small>" in shown
    assert "<dt>Limit used</dt><dd>50%<small>of ¥4" in shown


@pytest.mark.parametrize(
    ("level", "source", "until", "said"),
    [
        ("low", "override", dt.date(2025, 8, 29), "In force: low, by an override until Aug 29, 2025."),
        (
            "critical",
            "cooldown",
            dt.date(2025, 7, 12),
            "In force: critical; it may fall one step from Jul 12, 2025 on.",
        ),
        ("critical", "cooldown", None, "In force: critical, because a level falls one step at a time."),
        ("critical", "floor", None, "In force: critical, held up by a floor of the scorecard."),
        ("high", "computed", None, ""),
    ],
)
def test_both_levels_are_said_where_they_differ(level: str, source: str, until: dt.date | None, said: str) -> None:
    today = dt.date(2025, 6, 30)
    row = LevelRow(1, "C1", level, "high", Decimal(60), today, today, source, until, today, today)
    with using_language("en"):
        assert two_levels(row) == (f"Computed: high. {said}" if said else "")


def test_the_page_says_that_an_override_is_in_force_and_what_the_score_says(customer: int) -> None:
    with unit_of_work() as ctx:
        row = ctx.session.get_one(Customer, customer)
        row.risk_level, row.level_source, row.level_until = "high", "override", dt.date(2025, 8, 29)
    shown = html(opened(customer="C1"))
    assert '<span class="gl-level gl-level-high">High risk</span>' in shown
    assert "Computed: critical. In force: high, by an override until Aug 29, 2025." in shown
    assert '<span>Computed level</span><em><span class="gl-level gl-level-critical">critical</span></em>' in shown


def test_the_score_tab_adds_up_and_says_what_moved(customer: int) -> None:
    app = opened(customer="C1")
    with unit_of_work() as ctx:
        found = explained_score(ctx, customer)
    assert found is not None
    assert found.former is not None
    shown = html(app)
    for one in found.dimensions:
        assert (one.score is None) == (one.name in {"industry", "reputation"})
    assert shown.count("no data") == 2
    assert "Oldest open invoice is 64 days past due" in shown
    assert [one.value for one in app.markdown if one.value.startswith("#####")] == [
        "##### What moved it", "##### What would lower the level",
    ]  # fmt: skip
    assert f"{found.former.score:.1f} → {found.score:.1f}" in shown
    assert "The listing is lifted" in shown
    assert len(app.get("plotly_chart")) == 1


def test_an_earlier_score_is_explained_by_what_was_known_then(customer: int) -> None:
    app = opened(customer="C1")
    app.selectbox(key="customer-as-of").select("2025-03-31").run()
    assert dict(app.query_params)["as_of"] == "2025-03-31"
    assert "as of Mar 31, 2025" in html(app)
    assert [one.value for one in app.caption if one.value == "This is the first score."] == ["This is the first score."]


def test_only_the_open_tab_is_drawn_and_the_address_names_it(customer: int) -> None:
    app = opened(customer="C1")
    assert "Open invoices by age" not in " ".join(one.value for one in app.markdown)
    app.session_state["customer-tab"] = "Account"
    app.run()
    assert [one.value for one in app.markdown if one.value.startswith("#####")] == [
        "##### Open invoices by age", "##### Open invoices, oldest due first",
    ]  # fmt: skip
    shown = html(app)
    assert shown.index("I05") < shown.index("I00")
    assert "¥1,000.00" in shown
    assert "gl-breakdown" not in shown
    assert "60–89 days past due" in html(opened(customer="C1", tab="account"))


def test_the_address_opens_its_tab_also_when_it_changes_by_itself(customer: int) -> None:
    app = opened(customer="C1", tab="account")
    app.query_params["tab"] = "register"
    app.run()
    assert [one.value for one in app.markdown if one.value.startswith("#####")] == ["##### Personal data"]


def test_a_warning_opens_on_its_own_page(customer: int) -> None:
    rows = [one.proto for one in opened(customer="C1", tab="warnings").main.get("page_link")]
    warning = next(one for one in rows if one.label.startswith("Open the warning"))
    assert (warning.label, warning.page) == ("Open the warning: 30 days past due", "early_warnings")
    assert warning.query_string.startswith(f"warning={customer}.")


def test_the_timeline_is_narrowed_and_turned(customer: int) -> None:
    app = opened(customer="C1", tab="timeline")
    assert html(app).count('class="gl-event ') + html(app).count('class="gl-event"') == 50
    app.get("button_group")[0].set_value(["listing", "early_warning"]).run()
    assert dict(app.query_params)["concepts"] == "listing,early_warning"
    assert html(app).count("gl-event-what") == 2
    app.get("button_group")[0].set_value(["invoice"]).run()
    assert html(app).count("gl-event-what") == 50
    app.button(key="timeline-older").click().run()
    assert dict(app.query_params)["page"] == "2"
    assert html(app).count("gl-event-what") == 10
    assert app.button(key="timeline-older").disabled
    app.button(key="timeline-newer").click().run()
    assert "page" not in dict(app.query_params)
    app.button(key="timeline-older").click().run()
    app.get("button_group")[0].set_value(["guarantee"]).run()
    assert [one.value for one in app.info] == ["Nothing of this kind is recorded."]
    assert "page" not in dict(app.query_params)


def test_personal_data_are_shown_once_and_the_ledger_knows(customer: int) -> None:
    app = opened(customer="C1", tab="register")
    assert "1•••34" in html(app)
    assert "13800001234" not in html(app)
    app.button(key="customer-unmask").click().run()
    assert "<dt>Phone</dt><dd>13800001234</dd>" in html(app)
    with unit_of_work() as ctx:
        looked = select(LedgerEntry.actor, LedgerEntry.customer_id).where(
            LedgerEntry.action == "customer.personal_shown"
        )
        assert ctx.session.execute(looked).all() == [("risk", customer)]
    app.run()
    assert "13800001234" not in html(app)


@pytest.mark.parametrize("login", ["viewer", "business"])
def test_who_does_not_need_personal_data_is_told_so(customer: int, login: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREYLEDGER_DEVELOPMENT_LOGIN", login)
    app = opened(customer="C1", tab="register")
    assert "13800001234" not in html(app)
    assert [one.key for one in app.button if one.key == "customer-unmask"] == []
    assert [one.value for one in app.caption] == [
        "Masked: only the ends are shown. Your role, or your department, does not need them in full."
    ]


def test_listings_are_shown_with_their_grade_and_no_case_is_said(customer: int) -> None:
    app = opened(customer="C1", tab="decisions")
    assert "Jun 20, 2025" in html(app)
    assert [one.value for one in app.caption] == ["No case was ever opened on this customer."]


@pytest.mark.usefixtures("customer")
def test_an_unknown_number_is_a_sentence_and_a_way_back() -> None:
    app = opened(customer="NOPE")
    assert [one.value for one in app.info] == ["No customer has the number NOPE."]
    (back,) = [one.proto for one in app.main.get("page_link") if one.proto.page != "notifications"]
    assert (back.label, back.page) == ("All customers", "customers")


@pytest.mark.usefixtures("customer")
def test_no_number_leads_to_the_list() -> None:
    assert [one.value for one in opened().title] == ["Customers"]


@pytest.mark.usefixtures("customer")
def test_a_customer_of_whom_nothing_is_known_has_a_page_too() -> None:
    with unit_of_work(SYSTEM, now=NOW) as ctx:
        ctx.session.add(CustomerKey(customer_no="NEW", customer_id=999_999))
        ctx.session.flush()
        ctx.session.add(Customer(customer_id=999_999, customer_no="NEW", name="Newcomer"))
    for tab in ("score", "account", "warnings", "timeline", "register", "decisions"):
        app = opened(customer="NEW", tab=tab)
        assert "This customer has not been scored yet." in html(app)


def test_the_score_chart_spends_its_height_on_scores_and_edges() -> None:
    card = SimpleNamespace(bands=SimpleNamespace(medium=40, high=55, critical=65))
    known = [
        SimpleNamespace(as_of=dt.date(2025, month, 1), score=Decimal(score), level="high")
        for month, score in ((5, 56), (6, 60))
    ]
    with using_language("en"):
        chart = history_chart(known, card, dark=False)
    assert list(chart.layout.yaxis.range) == [32, 79]
    assert [one.text for one in chart.layout.annotations] == ["medium", "high", "critical"]
