"""The customer list and the page that all departments share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from sqlalchemy import select, update

from db.enums import Role
from db.models import Customer, LedgerEntry, Listing
from db.session import engine_for
from services.context import SYSTEM, Actor, Context, unit_of_work
from services.customers import (
    UNSCORED,
    Cursor,
    CustomerFilter,
    PersonalData,
    ageing_of,
    cases_of,
    customer_by_no,
    customers,
    every_customer,
    exposure,
    level_counts,
    listings_of,
    masked,
    open_invoices,
    parsed_cursor,
    ranking,
    show_personal,
    timeline,
)
from services.errors import NotAllowedError, NotFoundError
from tests.conftest import copied_database, name_in
from tests.oracle.histories import random_history
from tests.oracle.ledger import Ledger
from tests.services.history_rows import store

NOW = dt.datetime(2025, 6, 30, 4, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def history(server_url: str, template_database: str) -> Iterator[str]:
    """A database to copy: 25 customers with all that happens to customers, most of them scored."""
    with copied_database(server_url, template_database, "history") as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        with unit_of_work(SYSTEM, now=NOW) as ctx:
            store(ctx, random_history(3, customers=25))
            for number in range(1, 21):
                values = {"risk_score": Decimal(number % 7) * 10, "risk_level": "high" if number % 7 > 4 else "low"}
                ctx.session.execute(update(Customer).where(Customer.customer_id == number).values(**values))
        engine_for(url).dispose()
        yield name_in(url)


@pytest.fixture
def filled(server_url: str, history: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Context]:
    """A transaction in a copy of it."""
    with copied_database(server_url, history, "test") as url:
        monkeypatch.setenv("DATABASE_URL", url)
        with unit_of_work(SYSTEM, now=NOW) as ctx:
            yield ctx


@pytest.mark.parametrize(("value", "expected"), [(None, None), ("", ""), ("1234", "•••"), ("13800001234", "1•••34")])
def test_a_masked_value_keeps_only_its_ends(value: str | None, expected: str | None) -> None:
    assert masked(value) == expected


def test_pages_follow_each_other_by_score_without_gap_or_repeat(filled: Context) -> None:
    pages = [customers(filled, CustomerFilter(), limit=4)]
    while (after := pages[-1].after) is not None:
        pages.append(customers(filled, CustomerFilter(), after, limit=4))
    assert [len(page.rows) for page in pages] == [4, 4, 4, 4, 4, 4, 1]
    assert [page.first for page in pages] == [1, 5, 9, 13, 17, 21, 25]
    assert {page.total for page in pages} == {25}
    scores = dict(filled.session.execute(select(Customer.customer_id, Customer.risk_score)).all())
    seen = [row.customer_id for page in pages for row in page.rows]
    assert seen == sorted(scores, key=lambda one: (-(scores[one] if scores[one] is not None else -1), -one))
    assert pages[0].before is None
    assert [row.customer_id for row in every_customer(filled, CustomerFilter())] == seen


def test_going_back_shows_the_pages_that_were_passed(filled: Context) -> None:
    pages = [customers(filled, CustomerFilter(), limit=4)]
    while (after := pages[-1].after) is not None:
        pages.append(customers(filled, CustomerFilter(), after, limit=4))
    for former, page in pairwise(pages):
        assert page.before is not None
        back = customers(filled, CustomerFilter(), before=page.before, limit=4)
        assert (back.rows, back.first) == (former.rows, former.first)
        assert back.after is not None
        assert customers(filled, CustomerFilter(), back.after, limit=4).rows == page.rows


def test_going_back_to_where_too_little_is_left_shows_the_first_page(filled: Context) -> None:
    first = customers(filled, CustomerFilter(), limit=4)
    second = first.rows[1]
    back = customers(filled, CustomerFilter(), before=Cursor(second.score, second.customer_id), limit=4)
    assert back == first


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("81.25~7", Cursor(Decimal("81.25"), 7)), ("100~7", Cursor(Decimal(100), 7)), ("~7", Cursor(None, 7)),
        ("", None), ("7", None), ("x~7", None), ("NaN~7", None), ("1~", None), ("1~-3", None), ("1~٣", None),
        ("1~9999999999999999999", None),
    ],
)  # fmt: skip
def test_a_place_in_the_list_is_read_from_the_address_or_not_at_all(written: str, expected: Cursor | None) -> None:
    assert parsed_cursor(written) == expected
    if expected is not None:
        assert expected.text() == written


def test_counting_stops_beyond_the_most_that_is_counted(filled: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "MOST_COUNTED", 10)
    assert customers(filled, CustomerFilter(), limit=4).total == 11
    assert customers(filled, CustomerFilter(level="high")).total == 6
    assert level_counts(filled) == {"low": 11, "medium": 0, "high": 6, "critical": 0, None: 5}


def test_counts_by_level_follow_the_other_filters_but_not_the_level(filled: Context) -> None:
    everybody = customers(filled, CustomerFilter(), limit=100).rows
    narrow = CustomerFilter(department="Sales North", level="high")
    expected = {
        level: sum(1 for row in everybody if row.department == "Sales North" and row.level == level)
        for level in ("low", "medium", "high", "critical", None)
    }
    assert level_counts(filled, narrow) == expected
    assert level_counts(filled, CustomerFilter(search="C")) == {
        level: sum(1 for row in everybody if row.level == level)
        for level in ("low", "medium", "high", "critical", None)
    }
    listed = [row.level for row in everybody if row.grade is not None]
    assert level_counts(filled, CustomerFilter(listed=True)) == {
        level: listed.count(level) for level in ("low", "medium", "high", "critical", None)
    }
    assert [row.customer_id for row in customers(filled, CustomerFilter(level=UNSCORED)).rows] == [25, 24, 23, 22, 21]


def test_a_customer_is_found_by_name_number_and_credit_code(filled: Context) -> None:
    for number, name in ((1, "华东机电设备有限公司"), (2, "Sunrise_Trading 100%")):
        filled.session.execute(
            update(Customer).where(Customer.customer_id == number).values(name=name, uscc=f"91310000MA1K{number:06d}")
        )
    numbers = dict(filled.session.execute(select(Customer.customer_id, Customer.customer_no)).all())

    def found(search: str) -> list[int]:
        return [row.customer_id for row in customers(filled, CustomerFilter(search=search), limit=100).rows]

    assert found("机电") == [1]
    assert found(" sunrise_t ") == [2]
    assert found("sunriseXt") == []
    assert found("100%") == [2]
    assert found("91310000ma1k000002") == [2]
    assert found("91310000MA1K00000") == []
    assert 1 in found(numbers[1][:2])
    assert found(numbers[1]) == [one for one in found(numbers[1]) if numbers[one].startswith(numbers[1])]


def test_the_list_is_narrowed_by_search_department_level_and_listing(filled: Context) -> None:
    everybody = customers(filled, CustomerFilter(), limit=100).rows
    one = everybody[3]
    assert [row.customer_no for row in customers(filled, CustomerFilter(search=one.customer_no)).rows] == [
        one.customer_no
    ]
    assert {row.department for row in customers(filled, CustomerFilter(department="Sales North")).rows} == {
        "Sales North"
    }
    assert len(customers(filled, CustomerFilter(level="high")).rows) == level_counts(filled)["high"]
    listed = {row.customer_id for row in customers(filled, CustomerFilter(listed=True), limit=100).rows}
    assert listed == set(
        filled.session.execute(select(Listing.customer_id).where(Listing.state == "confirmed")).scalars()
    )
    assert customers(filled, CustomerFilter(search="100%_nothing")).rows == ()


def test_exposure_agrees_with_the_day_by_day_balance(filled: Context) -> None:
    history = random_history(3, customers=25)
    ledger, day = Ledger(history), dt.date(2024, 12, 31)
    for row in customers(filled, CustomerFilter(), limit=100).rows:
        owed = [
            (ledger.balance(one["invoice_no"], day), (day - one["due_on"]).days)
            for one in history.invoices
            if one["customer_no"] == row.customer_no and one["issued_on"] <= day
        ]
        found = exposure(filled, row.customer_id, day)
        assert found.open_amount == sum(balance for balance, _ in owed)
        assert found.overdue_amount == sum(balance for balance, days in owed if days > 0)
        assert found.worst_days == max([days for balance, days in owed if balance > 0 and days > 0], default=0)
        buckets = ageing_of(filled, row.customer_id, day)
        assert sum(one.amount for one in buckets) == found.open_amount
        assert sum(one.count for one in buckets[1:]) == found.overdue_count
        invoices = open_invoices(filled, row.customer_id, day, limit=1000)
        assert sum(one.balance for one in invoices) == found.open_amount
        assert [one.days for one in invoices] == sorted((days for balance, days in owed if balance > 0), reverse=True)


def test_personal_data_are_masked_for_roles_that_do_not_need_them(filled: Context) -> None:
    filled.session.execute(update(Customer).values(phone="13800001234", owner_department_id=1))
    number = customers(filled, CustomerFilter()).rows[0].customer_no
    for role, department, shown in [
        (Role.VIEWER, 1, False), (Role.LEADER, 1, False), (Role.ADMIN, 1, False), (Role.RISK, 2, True),
        (Role.BUSINESS, 1, True), (Role.BUSINESS, 2, False),
    ]:  # fmt: skip
        reader = replace(filled, actor=Actor("x", "X", role, user_id=1, department_id=department))
        profile = customer_by_no(reader, number)
        assert (profile.personal.phone, profile.may_unmask) == ("1•••34", shown)
        if shown:
            assert show_personal(reader, number) == PersonalData(None, "13800001234", None, None)
        else:
            with pytest.raises(NotAllowedError):
                show_personal(reader, number)
    seen = filled.session.execute(select(LedgerEntry.action, LedgerEntry.actor, LedgerEntry.customer_id)).all()
    shown_to = [tuple(one) for one in seen if one.action == "customer.personal_shown"]
    customer_id = customer_by_no(filled, number).customer_id
    assert shown_to == [("customer.personal_shown", "x", customer_id)] * 2


def test_an_unknown_number_is_refused_by_name(filled: Context) -> None:
    with pytest.raises(NotFoundError, match="No customer has the number X-1"):
        customer_by_no(filled, "X-1")


def test_the_timeline_is_newest_first_and_can_be_narrowed(filled: Context) -> None:
    entries = timeline(filled, 1, limit=500)
    assert [one.on for one in entries] == sorted((one.on for one in entries), reverse=True)
    payments = timeline(filled, 1, ("payment",), limit=500)
    assert payments == [one for one in entries if one.concept == "payment"]
    assert timeline(filled, 1, limit=3, offset=2) == entries[2:5]


def test_listings_and_cases_are_those_of_the_history(filled: Context) -> None:
    history = random_history(3, customers=25)
    for row in customers(filled, CustomerFilter(), limit=100).rows:
        listed = {one["listing_no"] for one in history.listings if one["customer_no"] == row.customer_no}
        assert {one.listing_no for one in listings_of(filled, row.customer_id)} == listed
        opened = {one["case_no"] for one in history.cases if one["customer_no"] == row.customer_no}
        found = cases_of(filled, row.customer_id)
        assert {one.case_no for one in found} == opened
        for case in found:
            debts = [one["amount"] for one in history.case_debts if one["case_no"] == case.case_no]
            assert (case.debts, case.debt_amount) == (len(debts), sum(debts))
