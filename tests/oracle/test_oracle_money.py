"""Metrics 3 and 4, aging and tally by hand (SPEC 5 and 8; days as in small_history)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.oracle.metrics import aging, metrics, tally
from tests.oracle.small_history import SmallHistory, on

RECOVERY, COMPLAINTS = "arrears_recovery_rate", "complaint_rate"
FEBRUARY, MARCH = ("2024-02", "2024-02"), ("2024-03", "2024-03")
TOTAL = (None, None)


def in_case(closed: int | None = None) -> SmallHistory:
    """An invoice of 100 brought into a case on day 40 (10 February)."""
    return SmallHistory().invoice("I1", due=0).case("K1", opened=40, closed=closed).debt("K1", "I1", added=40)


def recovery(history: SmallHistory, months: tuple[str, str], as_of: int = 400) -> tuple[int, int] | None:
    figure = history.figures(RECOVERY, as_of, months).get(TOTAL)
    return figure and (int(figure[0]), int(figure[1]))


# 3. Arrears recovery rate


@pytest.mark.parametrize(("paid", "expected"), [(39, (0, 100)), (40, (30, 100)), (59, (30, 100)), (60, (0, 100))])
def test_receipts_count_from_the_day_the_debt_was_added_to_the_end_of_the_month(
    paid: int, expected: tuple[int, int]
) -> None:
    assert recovery(in_case().pay(paid, "30", names="I1"), FEBRUARY) == expected


@pytest.mark.parametrize(("paid", "expected"), [(70, (30, 100)), (71, (0, 100))])
def test_receipts_count_up_to_the_day_the_case_closed(paid: int, expected: tuple[int, int]) -> None:
    assert recovery(in_case(closed=70).pay(paid, "30", names="I1"), MARCH) == expected


@pytest.mark.parametrize(("closed", "expected"), [(59, None), (60, (0, 100)), (None, (0, 100))])
def test_a_case_closed_before_the_period_is_no_longer_owed(closed: int | None, expected: tuple[int, int]) -> None:
    assert recovery(in_case(closed), MARCH) == expected


def test_what_was_received_earlier_is_not_outstanding_at_the_start() -> None:
    history = in_case().pay(59, "30", names="I1").pay(60, "20", names="I1")
    assert recovery(history, FEBRUARY) == (30, 100)
    assert recovery(history, MARCH) == (20, 70)
    # Over both months it is one period: the debt was added in it, and 50 came in.
    assert history.figures(RECOVERY, 400, ("2024-02", "2024-03")) == {TOTAL: (50, 100, 0.5)}
    # April begins with 50 outstanding; January has no data and no row.
    assert sorted(history.figures(RECOVERY, 100, ("2024-01", "2024-04"), by=("month",)).items()) == [
        (("2024-02", None), (30, 100, 0.3)),
        (("2024-03", None), (20, 70, 20 / 70)),
        (("2024-04", None), (0, 50, 0.0)),
    ]


def test_a_debt_added_later_to_an_open_case_counts_in_the_month_it_was_added() -> None:
    history = in_case().invoice("I2", due=10, amount="40").debt("K1", "I2", added=65, amount="40")
    assert recovery(history, MARCH) == (0, 140)
    assert recovery(history, MARCH, as_of=64) == (0, 100)


def test_receipts_are_capped_at_the_debt_over_its_whole_life() -> None:
    history = SmallHistory().invoice("I1", due=0).case("K1", opened=40).debt("K1", "I1", added=40, amount="50")
    history.pay(45, "40", names="I1").pay(60, "40", names="I1")
    assert recovery(history, FEBRUARY) == (40, 50)
    assert recovery(history, MARCH) == (10, 10)
    assert recovery(history, ("2024-04", "2024-04")) is None


def test_an_unnamed_or_overpaying_receipt_reaches_the_debt_by_allocation() -> None:
    history = in_case().invoice("I2", due=20).pay(45, "130", names="I2").pay(46, "10")
    assert recovery(history, FEBRUARY) == (40, 100)


def test_recovery_knows_only_payments_up_to_the_as_of_day_and_no_month_that_has_not_begun() -> None:
    history = in_case().pay(50, "30", names="I1")
    assert recovery(history, FEBRUARY, as_of=49) == (0, 100)
    assert recovery(history, FEBRUARY, as_of=50) == (30, 100)
    assert recovery(history, MARCH, as_of=59) is None
    assert recovery(history, MARCH, as_of=60) == (0, 70)


def test_recovery_belongs_to_the_owner_department_of_the_customer_of_the_case() -> None:
    history = in_case().customer("C2", "Service").invoice("I2", due=0, customer="C2")
    history.case("K2", opened=50, customer="C2").debt("K2", "I2", added=50).pay(55, customer="C2")
    assert history.figures(RECOVERY, 400, FEBRUARY, by=("department",)) == {
        (None, "Sales"): (0, 100, 0.0),
        (None, "Service"): (100, 100, 1.0),
    }


# 4. Complaint rate


def complaints(history: SmallHistory, as_of: int = 400) -> tuple[int, int, float | None] | None:
    return history.figures(COMPLAINTS, as_of, MARCH).get(TOTAL)


@pytest.mark.parametrize(
    ("history", "active"),
    [
        (SmallHistory().invoice("I1", due=70, issued=60), 1),  # issued on 1 March
        (SmallHistory().invoice("I1", due=100, issued=90), 1),  # issued on 31 March
        (SmallHistory().invoice("I1", due=100, issued=91), 0),
        (SmallHistory().invoice("I1", due=0), 1),  # owed at the end of February
        (SmallHistory().invoice("I1", due=0, disputed=True), 1),  # disputed, but owed
        (SmallHistory().invoice("I1", due=0, settled=59), 0),  # paid by then
        (SmallHistory().invoice("I1", due=0, settled=60), 1),
        (SmallHistory().invoice("I1", due=110, issued=100, settled=75), 1),  # paid in advance
        (SmallHistory().pay(60), 1),
        (SmallHistory().pay(90), 1),
        (SmallHistory().pay(59), 0),
        (SmallHistory().pay(91), 0),
    ],
)
def test_a_customer_is_active_by_an_invoice_a_payment_or_a_balance_at_the_start(
    history: SmallHistory, active: int
) -> None:
    value = 1000.0 if active else None
    assert complaints(history.complain(75)) == (1, active, value)


def test_complaints_count_in_their_month_and_by_cause() -> None:
    history = SmallHistory().pay(75)
    for day in (59, 60, 90, 91):
        history.complain(day).complain(day, cause="other")
    assert complaints(history) == (2, 1, 2000.0)


def test_without_complaints_the_rate_is_zero_and_without_anybody_there_is_no_row() -> None:
    assert complaints(SmallHistory().pay(75)) == (0, 1, 0.0)
    assert complaints(SmallHistory()) is None


def test_the_rate_is_per_thousand_active_customers_of_the_department() -> None:
    history = SmallHistory().customer("C2", "Sales").customer("C3", "Service").customer("C4", "Archive")
    history.pay(75).pay(75, customer="C2").pay(75, customer="C3").complain(80).complain(80, customer="C4")
    assert history.figures(COMPLAINTS, 400, MARCH, by=("month", "department")) == {
        ("2024-03", "Sales"): (1, 2, 500.0),
        ("2024-03", "Service"): (0, 1, 0.0),
        ("2024-03", "Archive"): (1, 0, None),
    }
    assert complaints(history) == (2, 3, float(2000 / 3))


def test_complaints_and_activity_after_the_as_of_day_are_not_known() -> None:
    history = SmallHistory().invoice("I1", due=85, issued=75).complain(76).complain(77)
    assert complaints(history, as_of=74) is None
    assert complaints(history, as_of=75) == (0, 1, 0.0)
    assert complaints(history, as_of=76) == (1, 1, 1000.0)


def test_a_period_is_computed_over_itself_and_not_averaged_from_its_months() -> None:
    history = SmallHistory().customer("C2", "Sales").pay(45).pay(75).pay(75, customer="C2").complain(45)
    assert history.figures(COMPLAINTS, 400, ("2024-02", "2024-03"), by=("month",)) == {
        ("2024-02", None): (1, 1, 1000.0),
        ("2024-03", None): (0, 2, 0.0),
    }
    assert history.figures(COMPLAINTS, 400, ("2024-02", "2024-03")) == {TOTAL: (1, 2, 500.0)}


# Aging and tally


def test_aging_by_days_past_due() -> None:
    history = SmallHistory().customer("C2", "Service").invoice("I1", due=101).invoice("I2", due=100)
    history.invoice("I3", due=99).invoice("I4", due=70, amount="30").invoice("I5", due=69).pay(80, "60", names="I5")
    history.invoice("I6", due=40, customer="C2").invoice("I7", due=130, issued=101).invoice("I8", due=0, settled=100)
    (row,) = aging(history, on(100), bucket_ends=(30, 60))
    assert row == {
        "department": None,
        "open_count": 6,
        "open_amount": Decimal(470),
        "overdue_count": 4,
        "overdue_amount": Decimal(270),
        "overdue_customers": 2,
        "buckets": [
            {"from_days": None, "to_days": 0, "count": 2, "amount": Decimal(200)},
            {"from_days": 1, "to_days": 30, "count": 2, "amount": Decimal(130)},
            {"from_days": 31, "to_days": 60, "count": 2, "amount": Decimal(140)},
            {"from_days": 61, "to_days": None, "count": 0, "amount": Decimal(0)},
        ],
    }
    rows = aging(history, on(100), by_department=True)
    assert [(row["department"], row["open_count"], row["overdue_amount"]) for row in rows] == [
        ("Sales", 5, Decimal(170)),
        ("Service", 1, Decimal(100)),
    ]


def test_tally_by_kind_and_measure_and_what_is_asked_for() -> None:
    history = SmallHistory()
    decided = [("Sales", 31, "100"), ("Risk", 59, "50.5"), ("Risk", 60, "7"), ("Risk", 61, None)]
    for number, (department, day, amount) in enumerate(decided):
        history.add(
            "incentives",
            incentive_no=f"N{number}",
            kind="reward",
            measure="bonus",
            department=department,
            amount=None if amount is None else Decimal(amount),
            decided_on=on(day),
        )
    reward = {"kind": "reward", "measure": "bonus"}
    assert tally(history, "2024-02", "2024-02", set()) == [
        {**reward, "department": None, "month": None, "count": 2, "amount": Decimal("150.5")}
    ]
    assert tally(history, "2024-02", "2024-03", {"month", "department"}) == [
        {**reward, "department": "Sales", "month": "2024-02", "count": 1, "amount": Decimal(100)},
        {**reward, "department": "Risk", "month": "2024-02", "count": 1, "amount": Decimal("50.5")},
        {**reward, "department": "Risk", "month": "2024-03", "count": 2, "amount": Decimal(7)},
    ]


def test_an_empty_history_has_no_rows_and_an_unknown_grouping_is_refused() -> None:
    assert metrics(SmallHistory(), "2024-01", "2024-12", {"month", "department"}, on(400)) == []
    with pytest.raises(ValueError, match="region"):
        metrics(SmallHistory(), "2024-01", "2024-12", {"region"}, on(400))
