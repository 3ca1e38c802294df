"""The triage desk between people and over time: what others have open, what can be taken back, one decision on many."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import text

from dashboard.views import early_warnings_reads, early_warnings_selection
from dashboard.views.early_warnings_selection import first_free, free_from, neighbour
from services.context import unit_of_work
from tests.dashboard.test_early_warnings_page import (
    UNTOUCHED,
    Opened,
    address,
    asked,
    by_risk2,
    chosen,
    entries,
    keys,
    listed,
    now,
    open_desk,
    open_with_risk2,
    shown,
    tick,
    warning_of,
)

assert open_desk
A, B, C, D = (1, 1), (2, 2), (3, 3), (4, 4)


@pytest.mark.parametrize(
    ("key", "offset", "held", "wanted"),
    [
        (A, 1, (), B), (A, 1, (B,), C), (A, 1, (B, C, D), A), (D, 1, (), D), (D, -1, (C, B), A), (A, -1, (), A),
        (None, 1, (A,), B), ((9, 9), 1, (), A),
    ],
)  # fmt: skip
def test_the_next_one_is_the_next_that_nobody_else_has(
    key: tuple[int, int] | None, offset: int, held: tuple[tuple[int, int], ...], wanted: tuple[int, int]
) -> None:
    assert neighbour((A, B, C, D), key, offset, held) == wanted


def test_where_all_are_held_the_first_is_shown_and_what_follows_is_free_where_it_can_be() -> None:
    assert (first_free((A, B), (A,)), first_free((A, B), (A, B)), first_free((), ())) == (B, A, None)
    assert (free_from((A, B, C), B, (B,)), free_from((A, B, C), C, (B, C)), free_from((A,), A, (A,))) == (C, A, A)
    assert (free_from((A, B), None, (A,)), free_from((A, B), B, (A,))) == (None, B)


# --- two people


def test_what_somebody_else_has_open_is_marked_skipped_and_can_be_taken_over(open_desk: Opened) -> None:
    open_with_risk2("N-1")
    app = open_desk("risk")
    assert shown(app) == "S-1"
    one = warning_of("N-1")
    styles = [html.value for html in app.get("html") if html.value.startswith("<style>.st-key-glrow")]
    marks = next(style for style in styles if "::after" in style)
    assert f".st-key-glrow-{one.customer_id}-{one.id} " in marks
    assert "open with Risk2 since " in marks
    app.button(key="triage-previous").click().run()
    assert shown(app) == "S-1"
    app.button(key=f"glopen-{one.customer_id}-{one.id}").click().run()
    assert any("**Risk2 has had this warning open since " in one.value for one in app.markdown)
    assert {"triage-step", "triage-assign", "triage-snooze", "triage-resolve"} & keys(app) == set()
    app.button(key="triage-next-free").click().run()
    assert shown(app) == "S-1"
    app.button(key=f"glopen-{one.customer_id}-{one.id}").click().run()
    app.button(key="triage-take-over").click().run()
    assert entries() == [("risk", "early_warning.taken_over", "N-1", None)]
    app.button(key="triage-step").click().run()
    assert now()["N-1"][:2] == ("acknowledged", "risk")


def test_after_a_decision_the_next_free_one_opens(open_desk: Opened) -> None:
    app = open_desk("risk")
    open_with_risk2("S-1")
    app.button(key="triage-step").click().run()
    assert (shown(app), chosen(app)) == ("N-2", address("N-2"))


def test_filters_for_what_is_held_free_due_and_in_a_state(open_desk: Opened) -> None:
    open_with_risk2("S-1")
    with unit_of_work() as ctx:
        ctx.session.execute(text("UPDATE early_warning SET due_at = '2025-06-30 10:00+08' WHERE severity = 'high'"))
    app = open_desk("risk")
    for key, value, name, code, rows in (
        ("triage-held", "others", "held", "others", ["S-1"]),
        ("triage-held", "free", "held", "free", ["N-1", "N-2", "S-2"]),
        ("triage-held", "", "held", None, ["S-1", "N-1", "N-2", "S-2"]),
        ("triage-state", "acting", "state", "acting", ["S-2"]),
        ("triage-state", "", "state", None, ["S-1", "N-1", "N-2", "S-2"]),
    ):
        app.selectbox(key=key).set_value(value).run()
        assert (listed(app), asked(app, name)) == (rows, code)
    app.toggle(key="triage-due").set_value(True).run()
    assert (listed(app), asked(app, "due")) == (["S-1"], "1")
    app.button(key="triage-clear-filters").click().run()
    assert (len(listed(app)), asked(app, "due")) == (4, None)


def test_each_value_of_a_filter_says_how_many_it_would_leave(open_desk: Opened) -> None:
    app = open_desk("risk", department="SOUTH")
    options = {key: app.selectbox(key=key).options for key in ("triage-severity", "triage-department", "triage-state")}
    assert options["triage-severity"] == [
        "Every severity", "Critical risk (0)", "High risk (1)", "Medium risk (1)", "Low risk (0)",
    ]  # fmt: skip
    assert options["triage-department"] == ["Every department", "NORTH (2)", "SOUTH (2)", "RISK (0)"]
    assert options["triage-state"] == [
        "Every state", "Awaiting acknowledgement (1)", "Acknowledged (0)", "Being acted on (1)",
    ]  # fmt: skip


def test_held_and_deadline_filters_say_how_many_they_would_leave(open_desk: Opened) -> None:
    open_with_risk2("S-1")
    with unit_of_work() as ctx:
        ctx.session.execute(text("UPDATE early_warning SET due_at = '2025-06-30 10:00+08' WHERE severity = 'high'"))
    app = open_desk("risk", severity="medium")
    assert app.selectbox(key="triage-held").options == [
        "Open with anybody or nobody", "Open with somebody else (0)", "Open with nobody else (2)",
    ]  # fmt: skip
    assert app.toggle(key="triage-due").label == "Deadline ends today or is over (0)"
    app = open_desk("risk", held="free")
    assert app.selectbox(key="triage-held").options[1] == "Open with somebody else (1)"
    assert app.toggle(key="triage-due").label == "Deadline ends today or is over (0)"
    assert open_desk("risk").toggle(key="triage-due").label == "Deadline ends today or is over (1)"


# --- pages


def test_the_next_key_goes_on_to_the_next_page_and_the_former_key_back(
    open_desk: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (early_warnings_selection, early_warnings_reads):
        monkeypatch.setattr(module, "PAGE_ROWS", 2)
    app = open_desk("risk")
    assert (listed(app), shown(app)) == (["N-1", "S-1"], "N-1")
    app.button(key="triage-previous").click().run()
    assert (listed(app), shown(app)) == (["N-1", "S-1"], "N-1")
    app.button(key="triage-next").click().run()
    assert (listed(app), shown(app)) == (["N-1", "S-1"], "S-1")
    app.button(key="triage-next").click().run()
    assert (listed(app), shown(app), chosen(app)) == (["N-2", "S-2"], "N-2", address("N-2"))
    app.button(key="triage-next").click().run()
    app.button(key="triage-next").click().run()
    assert (listed(app), shown(app)) == (["N-2", "S-2"], "S-2")
    app.button(key="triage-previous").click().run()
    app.button(key="triage-previous").click().run()
    assert (listed(app), shown(app), chosen(app)) == (["N-1", "S-1"], "S-1", address("S-1"))


# --- views


def test_a_view_is_kept_opened_shared_renamed_and_removed(open_desk: Opened) -> None:
    app = open_desk("risk")
    app.text_input(key="view-name").set_value("My morning")
    app.button(key="view-keep").click().run()
    assert [one.value for one in app.error] == ["No filter is set. Set one, then keep the view."]
    assert app.text_input(key="view-name").value == "My morning"
    app.selectbox(key="triage-department").set_value("SOUTH").run()
    app.toggle(key="triage-mine").set_value(False)
    app.toggle(key="view-shared").set_value(True)
    app.button(key="view-keep").click().run()
    assert ([one.value for one in app.error], app.text_input(key="view-name").value) == ([], "")
    other = open_desk("risk2", severity="critical")
    button = next(one for one in other.button if str(one.key).startswith("view-open-"))
    assert (button.label, button.help, "view-change" in keys(other)) == ("My morning", "Shared by Risk", False)
    button.click().run()
    assert (listed(other), asked(other, "department"), asked(other, "severity")) == (["S-1", "S-2"], "SOUTH", None)
    assert other.selectbox(key="triage-severity").value == ""
    other.query_params["severity"] = "critical"
    del other.query_params["department"]
    other.run()
    assert (listed(other), other.selectbox(key="triage-department").value) == (["N-1"], "")
    app = open_desk("risk")
    view = next(str(one.key).rpartition("-")[2] for one in app.button if str(one.key).startswith("view-open-"))
    app.text_input(key=f"view-rename-{view}-1").set_value("South")
    app.toggle(key=f"view-share-{view}-1").set_value(False)
    app.button(key="view-change").click().run()
    assert [one.label for one in app.button if str(one.key).startswith("view-open-")] == ["South"]
    assert not any(str(one.key).startswith("view-open-") for one in open_desk("risk2").button)
    assert not any(str(one.key).startswith("view-open-") for one in open_desk("north").button)
    app.button(key="view-remove").click().run()
    assert not any(str(one.key).startswith("view-open-") for one in app.button)
    with unit_of_work() as ctx:
        found = text("SELECT action FROM ledger_entry WHERE action LIKE 'desk_view.%' ORDER BY at")
        assert list(ctx.session.execute(found).scalars()) == [
            "desk_view.kept", "desk_view.changed", "desk_view.removed"
        ]  # fmt: skip


# --- taking back


def test_a_snooze_is_undone_and_the_ledger_keeps_both(open_desk: Opened) -> None:
    app = open_desk("risk")
    with unit_of_work() as ctx:
        due = ctx.session.execute(text("SELECT due_at FROM early_warning ORDER BY id LIMIT 1")).scalar_one()
    app.button(key="triage-snooze").click().run()
    app.date_input(key="drawer.until").set_value(dt.date(2025, 7, 10))
    app.text_area(key="drawer.reason").set_value("Waits for the bank")
    app.button(key="drawer.save").click().run()
    assert (now()["N-1"][2], shown(app)) == (dt.date(2025, 7, 10), "S-1")
    app.button(key="triage-undo").click().run()
    assert now() == UNTOUCHED | {"N-1": ("raised", None, None, None, None, 3)}
    with unit_of_work() as ctx:
        assert ctx.session.execute(text("SELECT due_at FROM early_warning ORDER BY id LIMIT 1")).scalar_one() == due
    assert [entry[1] for entry in entries()] == ["early_warning.snoozed", "early_warning.undone"]
    assert (shown(app), "triage-undo" in keys(app)) == ("N-1", False)


def test_what_somebody_changed_since_is_not_undone(open_desk: Opened) -> None:
    app = open_desk("risk")
    app.button(key="triage-assign").click().run()
    app.selectbox(key="drawer.person").select_index(0)
    app.button(key="drawer.save").click().run()
    by_risk2("N-1")
    app.button(key="triage-undo").click().run()
    assert [one.value for one in app.error] == ["Nothing was changed: 1 of the 1 warnings chosen can't take this step."]
    assert now()["N-1"] == ("acknowledged", "north", None, None, None, 3)


# --- one decision on many


def test_all_that_the_filters_leave_are_snoozed_and_come_back_with_one_undo(open_desk: Opened) -> None:
    app = open_desk("risk", department="SOUTH")
    app.menu_button(key="triage-decide-all").click("snooze").run()
    assert "**2** of 2 warnings can take this step." in [one.value for one in app.markdown]
    app.text_area(key="drawer.reason").set_value("Holiday in the south")
    app.button(key="drawer.save").click().run()
    asleep = dt.date(2025, 7, 7)
    assert [now()[number][2] for number in ("N-1", "S-1", "N-2", "S-2")] == [None, asleep, None, asleep]
    app.button(key="triage-undo").click().run()
    assert [row[2] for row in now().values()] == [None] * 4


def test_who_cannot_take_the_step_is_named_and_stays_as_it_is(open_desk: Opened) -> None:
    app = open_desk("risk")
    open_with_risk2("S-1")
    app.menu_button(key="triage-decide-all").click("acknowledge").run()
    assert "**1** of 4 warnings can take this step." in [one.value for one in app.markdown]
    said = [one.value for one in app.caption]
    assert any(one.startswith("Customer S-1: Risk2 has had this warning open since ") for one in said)
    assert (
        "Customer N-2: This record is Acknowledged and can't become Acknowledged. Reload to see where it stands."
        in said
    )
    app.text_area(key="drawer.reason").set_value("Morning round")
    app.button(key="drawer.save").click().run()
    assert now() == UNTOUCHED | {"N-1": ("acknowledged", "risk", None, None, None, 2)}


@pytest.mark.parametrize(
    ("step", "number", "wanted"),
    [
        ("act", "N-2", ("acting", "risk", None, None, None, 2)),
        ("assign", "N-1", ("raised", "risk", None, None, None, 2)),
        ("resolve", "S-2", ("resolved", None, None, "mitigated", "Because", 2)),
    ],
)
def test_each_step_can_be_taken_by_many(open_desk: Opened, step: str, number: str, wanted: tuple[object, ...]) -> None:
    app = tick(open_desk("risk"), number)
    app.menu_button(key="triage-decide-selected").click(step).run()
    if step == "resolve":
        app.radio(key="drawer.outcome").set_value("mitigated")
    app.text_area(key="drawer.reason").set_value("Because")
    app.button(key="drawer.save").click().run()
    assert now() == UNTOUCHED | {number: wanted}


# --- beside the list


def test_the_place_in_the_order_is_shown_in_figures_and_the_help_explains_it(open_desk: Opened) -> None:
    app = open_desk("risk")
    facts = " ".join(one.value for one in app.get("html"))
    assert "<dt>Place in the order</dt>" in facts
    assert "¥4,000 × 50% × " in facts
    app.button(key="triage-help").click().run()
    said = " ".join(one.value for one in app.markdown)
    assert "Risk officers with an open account: 2. Each decides on 10 warnings a working day" in said
    assert "within 5 min and while nothing else was done to the warning" in said


# --- nothing to decide


def test_nothing_at_all_says_that_nothing_waits(open_desk: Opened) -> None:
    with unit_of_work() as ctx:
        ctx.session.execute(text("DELETE FROM early_warning"))
    app = open_desk("risk")
    assert [one.value for one in app.success] == [
        "No warning is open. New ones appear here as soon as a rule finds a reason."
    ]


def test_readers_read(open_desk: Opened) -> None:
    app = open_desk("viewer")
    assert listed(app) == ["N-1", "S-1", "N-2", "S-2"]
    assert {"triage-step", "triage-assign", "triage-snooze", "triage-resolve"} & keys(app) == set()
    assert list(app.checkbox) == []
    assert "Your role reads warnings. Business, risk, legal and finance people decide on them." in [
        one.value for one in app.caption
    ]
