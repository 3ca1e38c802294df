"""Balances by hand: what is paid by which payment, on which day (SPEC 5)."""

from __future__ import annotations

from tests.oracle.small_history import SmallHistory


def test_a_balance_is_the_amount_less_what_was_paid_up_to_the_end_of_the_day() -> None:
    history = SmallHistory().invoice("I1", due=10).pay(12, "30", names="I1").pay(12, "20", names="I1")
    assert history.balances("I1", 11, 12, 13) == [100, 50, 50]


def test_nothing_is_owed_before_the_day_of_issue() -> None:
    assert SmallHistory().invoice("I1", due=10, issued=3).balances("I1", 2, 3) == [0, 100]


def test_a_payment_without_a_name_pays_the_oldest_due_date_and_then_the_lowest_number() -> None:
    history = SmallHistory().invoice("I3", due=5).invoice("I2", due=9).invoice("I1", due=9).pay(20, "150")
    assert [history.balances(number, 20) for number in ("I3", "I1", "I2")] == [[0], [50], [100]]


def test_what_is_over_flows_from_the_named_invoice_to_the_oldest_open_one() -> None:
    history = SmallHistory().invoice("I1", due=1).invoice("I2", due=2).invoice("I3", due=3).pay(20, "130", names="I3")
    assert [history.balances(number, 20) for number in ("I1", "I2", "I3")] == [[70], [100], [0]]


def test_a_named_invoice_that_is_already_paid_passes_the_whole_payment_on() -> None:
    history = SmallHistory().invoice("I1", due=1).invoice("I2", due=2).pay(20, names="I2").pay(21, names="I2")
    assert history.balances("I1", 20, 21) == [100, 0]


def test_credit_pays_a_later_invoice_on_the_day_it_is_issued() -> None:
    history = SmallHistory().invoice("I1", due=10).pay(15, "160").invoice("I2", due=40, issued=30)
    assert history.balances("I2", 29, 30) == [0, 40]
    assert history.balances("I1", 15) == [0]


def test_credit_left_after_one_later_invoice_waits_for_the_next() -> None:
    history = SmallHistory().pay(0, "250")
    for number, issued in (("I1", 10), ("I2", 20), ("I3", 30)):
        history.invoice(number, due=issued + 10, issued=issued)
    assert [history.balances(number, 30) for number in ("I1", "I2", "I3")] == [[0], [0], [50]]


def test_of_two_invoices_issued_on_one_day_credit_pays_the_one_due_first() -> None:
    history = SmallHistory().pay(0, "120").invoice("I1", due=40, issued=30).invoice("I2", due=35, issued=30)
    assert [history.balances(number, 30) for number in ("I1", "I2")] == [[80], [0]]


def test_a_payment_without_a_name_does_not_reach_an_invoice_issued_later_before_its_day() -> None:
    # Due first but issued last: on day 12 only I2 is there to be paid.
    history = SmallHistory().invoice("I1", due=14, issued=13).invoice("I2", due=30, issued=1).pay(12, "100")
    assert history.balances("I2", 12) == [0]
    assert history.balances("I1", 13) == [100]


def test_a_named_invoice_is_paid_even_before_it_is_issued() -> None:
    history = SmallHistory().invoice("I1", due=1).invoice("I2", due=30, issued=20).pay(5, "60", names="I2")
    assert history.balances("I1", 5) == [100]
    assert history.balances("I2", 5, 20) == [0, 40]


def test_settled_on_is_one_full_payment_of_the_amount_whatever_was_paid_before() -> None:
    history = SmallHistory().invoice("I1", due=1, settled=20).invoice("I2", due=2).pay(10, "40", names="I1")
    assert history.balances("I1", 10, 19, 20) == [60, 60, 0]
    # 40 were over, and pay the other invoice.
    assert history.balances("I2", 19, 20) == [100, 60]


def test_a_disputed_invoice_is_paid_in_its_turn() -> None:
    history = SmallHistory().invoice("I1", due=1, disputed=True).invoice("I2", due=2).pay(10, "120")
    assert [history.balances(number, 10) for number in ("I1", "I2")] == [[0], [80]]


def test_money_of_one_customer_never_pays_another_ones_invoice() -> None:
    history = SmallHistory().customer("C2", "Sales").invoice("I1", due=1).invoice("I2", due=2, customer="C2")
    history.pay(10, "500")
    assert [history.balances(number, 10) for number in ("I1", "I2")] == [[0], [100]]
