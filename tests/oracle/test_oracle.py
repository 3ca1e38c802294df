"""Metrics 1 and 2 by hand, both sides of every boundary (SPEC 5; days as in small_history)."""

from __future__ import annotations

import pytest

from tests.oracle.small_history import SmallHistory, on
from tests.oracle.units import Settings

ACCURACY, TIMELINESS = "assessment_accuracy", "identification_timeliness"
TOTAL = (None, None)


def accuracy(history: SmallHistory, as_of: int = 400) -> tuple[int, int] | None:
    figure = history.figures(ACCURACY, as_of).get(TOTAL)
    return figure and figure[:2]


def timeliness(history: SmallHistory, as_of: int = 400) -> tuple[int, int] | None:
    figure = history.figures(TIMELINESS, as_of).get(TOTAL)
    return figure and figure[:2]


def dunned() -> SmallHistory:
    """One invoice of 100 due on day 0, two notices: it triggers on day 90, the deadline is day 105."""
    return SmallHistory().invoice("I1", due=0).dun(5, 20)


# 1. Assessment accuracy: assessed on day 100, so the window is days 101 to 280


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (10, None),  # 90 days past due on day 100 and open: already bad, left out
        (11, (1, 1)),  # day 101 is the window's first day: bad, as predicted
        (190, (1, 1)),  # day 280 is the window's last day
        (191, (0, 1)),  # day 281 is outside: good, against the prediction
    ],
)
def test_an_invoice_makes_bad_on_its_ninetieth_day_inside_the_window(due: int, expected: tuple[int, int]) -> None:
    assert accuracy(SmallHistory().invoice("I1", due=due).assess(100)) == expected


@pytest.mark.parametrize(("paid", "expected"), [(110, (0, 1)), (111, (1, 1))])
def test_paid_on_the_ninetieth_day_is_good_and_a_day_later_is_bad(paid: int, expected: tuple[int, int]) -> None:
    assert accuracy(SmallHistory().invoice("I1", due=20).pay(paid, names="I1").assess(100)) == expected


@pytest.mark.parametrize(("paid", "expected"), [(100, (1, 1)), (101, None)])
def test_old_arrears_paid_by_the_day_of_assessment_leave_nobody_out(paid: int, expected: tuple[int, int]) -> None:
    assert accuracy(SmallHistory().invoice("I1", due=0).pay(paid, names="I1").assess(100, "low")) == expected


@pytest.mark.parametrize(
    ("decision", "decided", "trigger", "restored", "expected"),
    [
        ("confirmed", 100, 90, None, None),  # listed on the day of assessment: already bad
        ("confirmed", 101, 100, None, (0, 1)),  # decided later, but triggered before the window
        ("confirmed", 101, 101, None, (1, 1)),
        ("confirmed", 290, 280, None, (1, 1)),  # triggered on the last day, decided after the window
        ("confirmed", 290, 281, None, (0, 1)),
        ("rejected", 120, 110, None, (0, 1)),
        ("confirmed", 50, 40, 100, (0, 1)),  # restored by the day of assessment: back among the counted
        ("confirmed", 50, 40, 101, None),
    ],
)
def test_listings_make_bad_by_trigger_date_and_leave_out_while_listed(
    decision: str, decided: int, trigger: int, restored: int | None, expected: tuple[int, int] | None
) -> None:
    assert accuracy(SmallHistory().decide(decided, decision, trigger, restored).assess(100)) == expected


@pytest.mark.parametrize(("as_of", "expected"), [(289, (0, 1)), (290, (1, 1))])
def test_a_decision_after_the_as_of_day_is_not_known(as_of: int, expected: tuple[int, int]) -> None:
    assert accuracy(SmallHistory().decide(290, "confirmed", 150).assess(100), as_of) == expected


@pytest.mark.parametrize(("as_of", "expected"), [(279, None), (280, (1, 1))])
def test_an_assessment_counts_from_the_day_its_window_has_ended(as_of: int, expected: tuple[int, int]) -> None:
    assert accuracy(SmallHistory().assess(100, "low"), as_of) == expected


@pytest.mark.parametrize(("level", "expected"), [("low", 0), ("medium", 0), ("high", 1), ("critical", 1)])
def test_high_and_critical_predict_bad(level: str, expected: int) -> None:
    assert accuracy(SmallHistory().invoice("I1", due=50).assess(100, level)) == (expected, 1)


def test_disputed_invoices_never_make_bad_and_initial_assessments_are_not_counted() -> None:
    history = SmallHistory().invoice("I1", due=0, disputed=True).invoice("I2", due=50, disputed=True)
    assert accuracy(history.assess(100, "low").assess(101, "high", stage="initial")) == (1, 1)


def test_accuracy_counts_in_the_month_and_department_of_the_window_end_and_the_owner() -> None:
    # 180 days after days -121, -120 and 120 are 29 February (leap day), 1 March and 27 October.
    history = SmallHistory().customer("C2", "Service").assess(-121, "low").assess(-120, "high")
    history.assess(120, "low", customer="C2").assess(120, "low")
    assert history.figures(ACCURACY, 400, by=("month", "department")) == {
        ("2024-02", "Sales"): (1, 1, 1.0),
        ("2024-03", "Sales"): (0, 1, 0.0),
        ("2024-10", "Sales"): (1, 1, 1.0),
        ("2024-10", "Service"): (1, 1, 1.0),
    }
    assert history.figures(ACCURACY, 400) == {TOTAL: (3, 4, 0.75)}
    assert history.figures(ACCURACY, 400, ("2024-03", "2024-09")) == {TOTAL: (0, 1, 0.0)}


# 2. Identification timeliness


@pytest.mark.parametrize(("as_of", "expected"), [(89, []), (90, [on(90)])])
def test_arrears_trigger_on_the_ninetieth_day(as_of: int, expected: list[object]) -> None:
    assert [trigger.trigger_on for trigger in dunned().triggers(as_of)] == expected


def test_paid_on_the_ninetieth_day_never_triggers() -> None:
    assert dunned().pay(90, names="I1").triggers(400) == []


@pytest.mark.parametrize(("as_of", "expected"), [(104, None), (105, (0, 1))])
def test_never_decided_counts_as_late_from_the_deadline(as_of: int, expected: tuple[int, int]) -> None:
    assert timeliness(dunned(), as_of) == expected


@pytest.mark.parametrize(
    ("decided", "as_of", "expected"),
    [
        (105, 400, (1, 1)),  # on the deadline
        (106, 400, (0, 1)),  # a day late
        (92, 92, (1, 1)),  # counts once it is in, before the deadline has passed
        (92, 91, None),  # not yet known
        (90, 400, (1, 1)),  # a rejection on the day of the trigger ends it
    ],
)
def test_a_decision_is_on_time_up_to_the_deadline(decided: int, as_of: int, expected: tuple[int, int]) -> None:
    assert timeliness(dunned().decide(decided), as_of) == expected


@pytest.mark.parametrize(("paid", "expected"), [(91, None), (105, None), (106, (0, 1))])
def test_paid_in_full_up_to_the_deadline_withdraws_the_trigger(paid: int, expected: tuple[int, int]) -> None:
    assert timeliness(dunned().pay(paid, names="I1")) == expected


def test_a_part_payment_withdraws_nothing() -> None:
    assert timeliness(dunned().pay(100, "99", names="I1")) == (0, 1)


def test_a_decision_goes_before_a_payment_of_the_same_day() -> None:
    (trigger,) = dunned().pay(105, names="I1").decide(105).triggers(400)
    assert (trigger.kind, trigger.decided_on, trigger.withdrawn_on) == ("A", on(105), None)


def test_a_decision_after_the_withdrawal_counts_by_its_written_date() -> None:
    first, second = dunned().pay(95, names="I1").decide(96, trigger=70).triggers(400)
    assert (first.kind, first.withdrawn_on) == ("A", on(95))
    assert (second.kind, second.trigger_on, second.is_on_time) == ("B", on(70), False)


@pytest.mark.parametrize(
    ("notices", "named", "expected"),
    [
        ((5,), "I1", []),  # one is not enough
        ((0, 5), "I1", []),  # sent on the due date is not after it
        ((1, 5), "I1", [on(90)]),
        ((5, 90), "I1", [on(90)]),
        ((5, 91), None, [on(91)]),  # the second notice comes late and names none
        ((5, 20), "I2", []),  # about another invoice
    ],
)
def test_the_second_notice_after_the_due_date_must_be_out(
    notices: tuple[int, ...], named: str | None, expected: list[object]
) -> None:
    history = SmallHistory().invoice("I1", due=0).invoice("I2", due=300).dun(*notices, names=named)
    assert [trigger.trigger_on for trigger in history.triggers(200)] == expected


def test_a_notice_without_a_name_counts_only_for_what_is_overdue_that_day() -> None:
    history = SmallHistory().invoice("I1", due=0).invoice("I2", due=5).dun(5, 6, 7).pay(89, names="I1")
    assert [(trigger.invoice_no, trigger.trigger_on) for trigger in history.triggers(200)] == [("I2", on(95))]
    # For the second invoice the notice of day 5 was too early: with one fewer, none triggers.
    history.dunning.pop()
    assert history.triggers(200) == []


def test_without_required_notices_arrears_trigger_by_themselves() -> None:
    history = SmallHistory().invoice("I1", due=0)
    assert history.triggers(200) == []
    assert [t.trigger_on for t in history.triggers(200, Settings(arrears_dunning_notices=0))] == [on(90)]


def test_of_two_invoices_the_earlier_due_then_the_lower_number_triggers_and_the_other_waits() -> None:
    history = SmallHistory().invoice("I3", due=0).invoice("I2", due=1).invoice("I1", due=1).dun(5, 6)
    assert [trigger.invoice_no for trigger in history.triggers(300)] == ["I3"]
    history.decide(100).decide(110)
    assert [(t.invoice_no, t.trigger_on, t.decided_on) for t in history.triggers(300)] == [
        ("I3", on(90), on(100)),
        ("I1", on(100), on(110)),
        ("I2", on(110), None),
    ]
    assert timeliness(history, 124) == (2, 2)
    assert timeliness(history, 125) == (2, 3)


def test_the_next_invoice_triggers_on_the_day_the_first_is_withdrawn() -> None:
    history = SmallHistory().invoice("I1", due=0).invoice("I2", due=1).dun(5, 6).pay(97, names="I1")
    assert [(t.invoice_no, t.trigger_on) for t in history.triggers(300)] == [("I1", on(90)), ("I2", on(97))]


def test_an_invoice_triggers_once_even_if_it_stays_open_after_a_rejection() -> None:
    assert len(dunned().decide(100).triggers(600)) == 1


def test_an_overdue_trigger_stays_open_after_late_payment_until_a_decision() -> None:
    history = SmallHistory().invoice("I1", due=0).invoice("I2", due=50).dun(55, 56).pay(106, names="I1")
    assert [trigger.invoice_no for trigger in history.triggers(300)] == ["I1"]
    assert [(t.invoice_no, t.trigger_on) for t in history.decide(200).triggers(300)] == [
        ("I1", on(90)),
        ("I2", on(200)),
    ]


def test_two_decisions_of_a_day_end_one_trigger_and_the_one_that_opens_then() -> None:
    one_invoice = dunned().decide(100).decide(100, trigger=80)
    assert [(t.kind, t.listing_no) for t in one_invoice.triggers(300)] == [("A", "L000"), ("B", "L001")]
    assert timeliness(one_invoice) == (1, 2)
    two_invoices = dunned().invoice("I2", due=1).decide(100).decide(100)
    assert [(t.kind, t.invoice_no, t.listing_no, t.trigger_on) for t in two_invoices.triggers(300)] == [
        ("A", "I1", "L000", on(90)),
        ("A", "I2", "L001", on(100)),
    ]


def test_a_confirmation_on_the_ninetieth_day_leaves_a_listed_customer_who_does_not_trigger() -> None:
    (trigger,) = dunned().decide(90, "confirmed", trigger=74).triggers(400)
    assert (trigger.kind, trigger.trigger_on, trigger.is_on_time) == ("B", on(74), False)


def test_a_listed_customer_triggers_on_the_day_of_restoration() -> None:
    history = dunned().decide(50, "confirmed", trigger=40, restored=120)
    assert [(t.kind, t.trigger_on) for t in history.triggers(119)] == [("B", on(40))]
    assert [(t.kind, t.trigger_on) for t in history.triggers(120)] == [("B", on(40)), ("A", on(120))]
    assert timeliness(history, 135) == (1, 2)


def test_restored_and_triggered_again_by_a_different_invoice() -> None:
    history = dunned().invoice("I2", due=30).dun(40, 41).decide(95, "confirmed", restored=150)
    assert [(t.invoice_no, t.trigger_on) for t in history.triggers(400)] == [("I1", on(90)), ("I2", on(150))]


def test_disputed_invoices_never_trigger() -> None:
    assert SmallHistory().invoice("I1", due=0, disputed=True).dun(5, 20).triggers(400) == []


@pytest.mark.parametrize(("trigger", "decided", "on_time"), [(10, 25, 1), (10, 26, 0)])
def test_a_decision_without_arrears_counts_from_its_written_trigger(trigger: int, decided: int, on_time: int) -> None:
    assert timeliness(SmallHistory().decide(decided, "confirmed", trigger)) == (on_time, 1)


def test_triggers_count_in_the_month_of_the_deadline_even_one_to_come() -> None:
    # Written triggers of days 15 and 16 have their deadlines on days 30 and 31: 31 January and 1 February.
    history = SmallHistory().decide(20, "rejected", 15).decide(21, "confirmed", 16)
    assert history.figures(TIMELINESS, 21, by=("month",)) == {
        ("2024-01", None): (1, 1, 1.0),
        ("2024-02", None): (1, 1, 1.0),
    }
