"""The triage desk: every button, drawer, filter and tick is used, and the database afterwards is what was decided."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select, text
from streamlit.testing.v1 import AppTest

from db.enums import DepartmentKind, Role
from db.models import AppUser, Customer, EarlyWarning
from services.context import SYSTEM, Actor, Context, unit_of_work
from services.early_warnings import Pick, acknowledge, keep_for_reader, take_over
from tests.dashboard.opening import Opened, opener
from tests.people import stand_still
from tests.services.makers import make_customer, make_department, make_early_warning, make_user

NOW = dt.datetime(2025, 6, 30, 4, tzinfo=dt.UTC)
CHANGED = "Somebody changed this record while you were looking at it. Reload and decide again."
UNTOUCHED = {
    "N-1": ("raised", None, None, None, None, 1),
    "S-1": ("raised", None, None, None, None, 1),
    "N-2": ("acknowledged", None, None, None, None, 1),
    "S-2": ("acting", None, None, None, None, 1),
}


@pytest.fixture
def open_desk(database: str, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Opens the desk for a person; four warnings, of which N-1 counts most and S-2 least."""
    stand_still()
    with unit_of_work(SYSTEM, now=NOW) as ctx:
        north, south = make_department(ctx, "NORTH"), make_department(ctx, "SOUTH")
        risk = make_department(ctx, "RISK", DepartmentKind.RISK)
        make_user(ctx, "risk", Role.RISK, risk)
        make_user(ctx, "risk2", Role.RISK, risk)
        make_user(ctx, "north", Role.BUSINESS, north)
        make_user(ctx, "viewer", Role.VIEWER, south)
        for number, department, state, severity, money in (
            ("N-1", north, "raised", "critical", 4000), ("S-1", south, "raised", "high", 3000),
            ("N-2", north, "acknowledged", "medium", 2000), ("S-2", south, "acting", "medium", 1000),
        ):  # fmt: skip
            customer = make_customer(ctx, number, name=f"Firm {number}", owner_department_id=department.id)
            make_early_warning(ctx, customer, state=state, severity=severity, money_at_risk=money)
        ctx.session.execute(text("UPDATE app_user SET language = 'en'"))

    return opener(monkeypatch, "early_warnings")


def now() -> dict[str, tuple[object, ...]]:
    """Every warning by customer: state, owner, asleep until, outcome, note, version."""
    with unit_of_work() as ctx:
        found = text(
            "SELECT c.customer_no, w.state, u.login, w.snoozed_until, w.outcome, w.resolution_note, w.version "
            "FROM early_warning w JOIN customer c ON c.customer_id = w.customer_id "
            "LEFT JOIN app_user u ON u.id = w.assignee_id ORDER BY w.id"
        )
        return {row[0]: tuple(row[1:]) for row in ctx.session.execute(found)}


def entries() -> list[tuple[str, str, str, str | None]]:
    """What the ledger says about warnings: who, what, of which customer, with which words."""
    with unit_of_work() as ctx:
        found = text(
            "SELECT l.actor, l.action, c.customer_no, l.note FROM ledger_entry l "
            "JOIN customer c ON c.customer_id = l.customer_id WHERE l.action LIKE 'early_warning.%' "
            "ORDER BY l.at, c.customer_no"
        )
        return [tuple(row) for row in ctx.session.execute(found)]


def address(number: str) -> str:
    """The warning of a customer as the address bar names it."""
    row = warning_of(number)
    return f"{row.customer_id}.{row.id}"


def warning_of(number: str) -> Pick:
    """The warning of a customer as it stands now."""
    with unit_of_work() as ctx:
        found = (
            select(EarlyWarning)
            .join(Customer, Customer.customer_id == EarlyWarning.customer_id)
            .where(Customer.customer_no == number)
        )
        row = ctx.session.execute(found).scalar_one()
        return Pick(row.customer_id, row.id, row.version)


def listed(app: AppTest) -> list[str]:
    """The rows of the list, in order, by the firm they are about."""
    found = [one.label for one in app.button if one.key and one.key.startswith("glopen-")]
    return [label.removeprefix("Open the warning on Firm ").partition(":")[0] for label in found]


def shown(app: AppTest) -> str | None:
    """The customer in the right half."""
    return next(
        (
            one.value.partition('gl-head-name">Firm ')[2].partition("<")[0]
            for one in app.get("html")
            if "gl-head-name" in one.value
        ),
        None,
    )


def keys(app: AppTest) -> set[str]:
    return {str(one.key) for one in app.button}


def asked(app: AppTest, name: str) -> str | None:
    """What the address bar says."""
    value = app.query_params.get(name)
    return value[0] if isinstance(value, list) else value


def chosen(app: AppTest) -> str | None:
    return asked(app, "warning")


def tick(app: AppTest, *numbers: str) -> AppTest:
    for number in numbers:
        one = warning_of(number)
        app.checkbox(key=f"tick-{one.customer_id}-{one.id}-{one.version}").check()
    return app.run()


def as_risk2(ctx: Context) -> Context:
    person = ctx.session.execute(select(AppUser).where(AppUser.login == "risk2")).scalar_one()
    return Context(ctx.session, Actor(login="risk2", name=person.name, role=Role.RISK, user_id=person.id), ctx.now)


def by_risk2(number: str) -> None:
    """A second officer takes it over, where the first has it open, and acknowledges it first."""
    with unit_of_work() as ctx:
        one, other = warning_of(number), as_risk2(ctx)
        take_over(other, one.customer_id, one.id)
        acknowledge(other, one.customer_id, one.id, one.version)


def open_with_risk2(*numbers: str) -> None:
    """The second officer has the last of these open (one at a time)."""
    with unit_of_work() as ctx:
        for number in numbers:
            one = warning_of(number)
            keep_for_reader(as_risk2(ctx), one.customer_id, one.id)


def test_the_list_stands_in_the_order_to_work_it_and_the_first_is_open(open_desk: Opened) -> None:
    app = open_desk("risk")
    assert listed(app) == ["N-1", "S-1", "N-2", "S-2"]
    assert shown(app) == "N-1"
    assert app.title[0].value == "Warnings"
    assert "**4** open · **0** breach their deadline today" in app.markdown[0].value
    reached = "All of these can be reached today: 2 risk officers reach down to here today."
    assert reached in [one.value for one in app.caption]


def test_next_and_previous_walk_the_list_and_stop_at_its_ends(open_desk: Opened) -> None:
    app = open_desk("risk")
    seen = []
    for step in ("previous", "next", "next", "next", "next", "previous"):
        app.button(key=f"triage-{step}").click().run()
        seen.append(shown(app))
    assert seen == ["N-1", "S-1", "N-2", "S-2", "S-2", "N-2"]
    assert chosen(app) == address("N-2")


def test_a_click_on_a_row_opens_it_and_back_closes_it(open_desk: Opened) -> None:
    app = open_desk("risk")
    one = warning_of("S-1")
    app.button(key=f"glopen-{one.customer_id}-{one.id}").click().run()
    assert (shown(app), chosen(app)) == ("S-1", address("S-1"))
    app.button(key="triage-back").click().run()
    assert (shown(app), chosen(app)) == ("N-1", None)
    assert now() == UNTOUCHED


def test_acknowledging_takes_the_warning_on_and_opens_the_next(open_desk: Opened) -> None:
    app = open_desk("risk")
    assert app.button(key="triage-step").label == "Acknowledge"
    app.button(key="triage-step").click().run()
    assert now() == UNTOUCHED | {"N-1": ("acknowledged", "risk", None, None, None, 2)}
    assert entries() == [("risk", "early_warning.acknowledged", "N-1", None)]
    assert [one.value for one in app.toast] == ["Acknowledged"]
    assert (shown(app), chosen(app)) == ("S-1", address("S-1"))


def test_starting_to_act_on_an_acknowledged_warning(open_desk: Opened) -> None:
    app = open_desk("risk", warning=address("N-2"))
    assert app.button(key="triage-step").label == "Start acting"
    app.button(key="triage-step").click().run()
    assert now() == UNTOUCHED | {"N-2": ("acting", "risk", None, None, None, 2)}
    assert entries() == [("risk", "early_warning.acting", "N-2", None)]
    assert shown(app) == "S-2"


def test_assigning_gives_it_to_the_person_chosen(open_desk: Opened) -> None:
    app = open_desk("risk")
    app.button(key="triage-assign").click().run()
    person = app.selectbox(key="drawer.person")
    # Of business people only those of the department the warning is addressed to.
    assert person.options == ["North", "Risk", "Risk2"]
    person.select_index(0)
    app.text_area(key="drawer.reason").set_value("Knows the firm")
    app.button(key="drawer.save").click().run()
    assert now() == UNTOUCHED | {"N-1": ("raised", "north", None, None, None, 2)}
    assert entries() == [("risk", "early_warning.assigned", "N-1", "Knows the firm")]
    assert shown(app) == "S-1"


def test_snoozing_needs_a_reason_and_puts_it_out_of_the_list_until_its_day(open_desk: Opened) -> None:
    app = open_desk("risk")
    app.button(key="triage-snooze").click().run()
    app.button(key="drawer.save").click().run()
    assert (now(), entries()) == (UNTOUCHED, [])
    app.button(key="triage-snooze").click().run()
    app.date_input(key="drawer.until").set_value(dt.date(2025, 7, 10))
    app.text_area(key="drawer.reason").set_value("Waits for the bank")
    app.button(key="drawer.save").click().run()
    assert now() == UNTOUCHED | {"N-1": ("raised", None, dt.date(2025, 7, 10), None, None, 2)}
    assert entries() == [("risk", "early_warning.snoozed", "N-1", "Waits for the bank")]
    assert listed(app) == ["S-1", "N-2", "S-2"]
    app.toggle(key="triage-snoozed").set_value(True).run()
    assert (listed(app), asked(app, "snoozed")) == (["N-1"], "1")
    assert app.markdown[0].value == "1 snoozed"


def test_only_what_is_acted_on_can_be_resolved(open_desk: Opened) -> None:
    app = open_desk("risk")
    app.button(key="triage-resolve").click().run()
    assert [one.value for one in app.toast] == [
        "Only a warning that is being acted on can be resolved. Acknowledge it, then start acting: key A."
    ]
    assert (now(), entries()) == (UNTOUCHED, [])


def test_resolving_keeps_the_outcome_and_what_was_found(open_desk: Opened) -> None:
    app = open_desk("risk", warning=address("S-2"))
    assert "triage-step" not in keys(app)
    app.button(key="triage-resolve").click().run()
    app.radio(key="drawer.outcome").set_value("mitigated")
    app.text_area(key="drawer.reason").set_value("Paid on the phone")
    app.button(key="drawer.save").click().run()
    assert now() == UNTOUCHED | {"S-2": ("resolved", None, None, "mitigated", "Paid on the phone", 2)}
    assert entries() == [("risk", "early_warning.resolved", "S-2", "Paid on the phone")]
    assert listed(app) == ["N-1", "S-1", "N-2"]
    # It was the last: the one before it is opened.
    assert shown(app) == "N-2"


def test_many_are_acknowledged_with_one_reason(open_desk: Opened) -> None:
    app = tick(open_desk("risk"), "N-1", "S-1")
    assert "2 selected" in [one.value for one in app.markdown]
    app.menu_button(key="triage-decide-selected").click("acknowledge").run()
    assert "**2** of 2 warnings can take this step." in [one.value for one in app.markdown]
    said = [one.value for one in app.caption]
    assert "Critical risk: 1 and High risk: 1" in said
    assert "30 days past due: 2" in said
    app.text_area(key="drawer.reason").set_value("Morning round")
    app.button(key="drawer.save").click().run()
    done = ("acknowledged", "risk", None, None, None, 2)
    assert now() == UNTOUCHED | {"N-1": done, "S-1": done}
    assert entries() == [
        ("risk", "early_warning.acknowledged", "N-1", "Morning round"),
        ("risk", "early_warning.acknowledged", "S-1", "Morning round"),
    ]
    assert shown(app) == "N-2"
    assert "triage-untick" not in keys(app)


def test_a_selection_can_be_cleared(open_desk: Opened) -> None:
    app = tick(open_desk("risk"), "N-1", "S-1")
    app.button(key="triage-untick").click().run()
    assert "triage-untick" not in keys(app)
    assert now() == UNTOUCHED


def test_who_comes_second_is_told_and_changes_nothing(open_desk: Opened) -> None:
    app = open_desk("risk")
    by_risk2("N-1")
    app.button(key="triage-step").click().run()
    assert [one.value for one in app.error] == [CHANGED]
    assert now() == UNTOUCHED | {"N-1": ("acknowledged", "risk2", None, None, None, 2)}
    assert entries() == [
        ("risk2", "early_warning.taken_over", "N-1", None),
        ("risk2", "early_warning.acknowledged", "N-1", None),
    ]
    # The page below shows it as it stands now.
    assert (shown(app), "triage-take-over" in keys(app), "triage-step" in keys(app)) == ("N-1", True, False)


def test_one_changed_row_stops_the_whole_selection_and_is_named(open_desk: Opened) -> None:
    app = tick(open_desk("risk"), "N-1", "S-1")
    app.menu_button(key="triage-decide-selected").click("acknowledge").run()
    by_risk2("S-1")
    app.text_area(key="drawer.reason").set_value("Morning round")
    app.button(key="drawer.save").click().run()
    assert [one.value for one in app.error] == ["Nothing was changed: 1 of the 2 warnings chosen can't take this step."]
    assert app.caption[0].value == f"Customer S-1: {CHANGED}"
    assert now() == UNTOUCHED | {"S-1": ("acknowledged", "risk2", None, None, None, 2)}
    assert entries() == [("risk2", "early_warning.acknowledged", "S-1", None)]


@pytest.mark.parametrize(
    ("key", "value", "name", "code", "rows"),
    [
        ("triage-severity", "critical", "severity", "critical", ["N-1"]),
        ("triage-rule", "overdue_30", "rule", "overdue_30", ["N-1", "S-1", "N-2", "S-2"]),
        ("triage-department", "SOUTH", "department", "SOUTH", ["S-1", "S-2"]),
    ],
)
def test_a_choice_narrows_the_list_and_stands_in_the_address(
    open_desk: Opened, key: str, value: str, name: str, code: str, rows: list[str]
) -> None:
    app = open_desk("risk")
    app.selectbox(key=key).set_value(value).run()
    assert (listed(app), asked(app, name)) == (rows, code)
    assert listed(open_desk("risk", **{name: code})) == rows


def test_search_finds_by_name_and_number(open_desk: Opened) -> None:
    app = open_desk("risk")
    for words, rows in (("firm s", ["S-1", "S-2"]), ("N-2", ["N-2"])):
        app.text_input(key="triage-search").set_value(words).run()
        assert (listed(app), asked(app, "search")) == (rows, words)


def test_mine_shows_what_is_assigned_to_the_reader(open_desk: Opened) -> None:
    app = open_desk("risk")
    app.button(key="triage-step").click().run()
    app.toggle(key="triage-mine").set_value(True).run()
    assert (listed(app), asked(app, "mine")) == (["N-1"], "1")


def test_nothing_for_the_filters_says_so_and_leads_back(open_desk: Opened) -> None:
    app = open_desk("risk", severity="low")
    assert [one.value for one in app.info] == ["No open warning fits these filters."]
    app.button(key="triage-clear").click().run()
    assert listed(app) == ["N-1", "S-1", "N-2", "S-2"]
    assert "severity" not in app.query_params


def test_more_than_a_page_is_turned_and_the_line_of_reach_stands_after_the_last_reached(
    open_desk: Opened,
) -> None:
    with unit_of_work(SYSTEM, now=NOW) as ctx:
        for place in range(60):
            make_early_warning(ctx, make_customer(ctx, f"M-{place}", name=f"Firm M-{place}"), money_at_risk=100)
    app = open_desk("risk")
    assert len(listed(app)) == 50
    html = [one.value for one in app.get("html")]
    rows = [value for value in html if 'class="gl-row gl-figures"' in value or 'class="gl-reach"' in value]
    assert "2 risk officers reach down to here today" in rows[20]
    assert "Rows 1 to 50 of 64" in [one.value for one in app.caption]
    app.button(key="pager-triage-on").click().run()
    assert (len(listed(app)), listed(app)[-1]) == (14, "M-59")
    app.selectbox(key="triage-severity").set_value("critical").run()
    assert listed(app) == ["N-1"]


def test_help_names_the_keys(open_desk: Opened) -> None:
    app = open_desk("risk")
    app.button(key="triage-help").click().run()
    assert "Money at risk × likelihood of losing it × time left." in " ".join(one.value for one in app.markdown)


def test_business_people_work_their_own_departments_warnings_only(open_desk: Opened) -> None:
    app = open_desk("north", department="SOUTH", warning=address("S-1"))
    assert listed(app) == ["N-1", "N-2"]
    assert "triage-department" not in {one.key for one in app.selectbox}
    app.button(key="triage-step").click().run()
    assert [one.value for one in app.error] == ["This warning belongs to another department."]
    assert (now(), entries()) == (UNTOUCHED, [])
    one = warning_of("N-1")
    app.button(key=f"glopen-{one.customer_id}-{one.id}").click().run()
    assert {"triage-assign", "triage-snooze", "triage-resolve"} & keys(app) == set()
    app.button(key="triage-step").click().run()
    assert now() == UNTOUCHED | {"N-1": ("acknowledged", "north", None, None, None, 2)}
    assert entries() == [("north", "early_warning.acknowledged", "N-1", None)]
