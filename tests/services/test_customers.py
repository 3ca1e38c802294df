"""The customer list and the page that all departments share."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from db.enums import Role
from db.models import Customer, Listing
from services.context import Actor, Context
from services.customers import (
    CustomerFilter,
    customer_by_no,
    customers,
    exposure,
    level_counts,
    masked,
    timeline,
)
from services.errors import NotFoundError
from tests.oracle.histories import random_history
from tests.oracle.ledger import Ledger
from tests.services.history_rows import store


@pytest.fixture
def filled(ctx: Context) -> Context:
    store(ctx, random_history(3, customers=25))
    for number in range(1, 21):
        values = {"risk_score": Decimal(number % 7) * 10, "risk_level": "high" if number % 7 > 4 else "low"}
        ctx.session.execute(update(Customer).where(Customer.customer_id == number).values(**values))
    return ctx


@pytest.mark.parametrize(("value", "expected"), [(None, None), ("", ""), ("1234", "•••"), ("13800001234", "1•••34")])
def test_a_masked_value_keeps_only_its_ends(value: str | None, expected: str | None) -> None:
    assert masked(value) == expected


def test_pages_follow_each_other_by_score_without_gap_or_repeat(filled: Context) -> None:
    seen: list[int] = []
    after, sizes = None, []
    while True:
        page = customers(filled, CustomerFilter(), after, limit=4)
        seen += [row.customer_id for row in page.rows]
        sizes.append(len(page.rows))
        after = page.after
        if after is None:
            break
    assert sizes == [4, 4, 4, 4, 4, 4, 1]
    scores = dict(filled.session.execute(select(Customer.customer_id, Customer.risk_score)).all())
    assert seen == sorted(scores, key=lambda one: (-(scores[one] if scores[one] is not None else -1), one))


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


def test_personal_data_are_masked_for_roles_that_do_not_need_them(filled: Context) -> None:
    filled.session.execute(update(Customer).values(phone="13800001234", owner_department_id=1))
    number = customers(filled, CustomerFilter()).rows[0].customer_no
    for role, department, shown in [
        (Role.VIEWER, 1, False), (Role.LEADER, 1, False), (Role.ADMIN, 1, False), (Role.RISK, 2, True),
        (Role.BUSINESS, 1, True), (Role.BUSINESS, 2, False),
    ]:  # fmt: skip
        reader = replace(filled, actor=Actor("x", "X", role, user_id=1, department_id=department))
        profile = customer_by_no(reader, number)
        assert (profile.phone, profile.is_masked) == (("13800001234", False) if shown else ("1•••34", True))


def test_an_unknown_number_is_refused_by_name(filled: Context) -> None:
    with pytest.raises(NotFoundError, match="No customer has the number X-1"):
        customer_by_no(filled, "X-1")


def test_the_timeline_is_newest_first_and_can_be_narrowed(filled: Context) -> None:
    entries = timeline(filled, 1, limit=500)
    assert [one.on for one in entries] == sorted((one.on for one in entries), reverse=True)
    payments = timeline(filled, 1, ("payment",), limit=500)
    assert payments == [one for one in entries if one.concept == "payment"]
    assert timeline(filled, 1, limit=3, offset=2) == entries[2:5]
