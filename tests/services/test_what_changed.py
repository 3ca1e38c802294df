"""What is new since somebody looked at the overview."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import select

from db.enums import Role
from db.models import AppUser, CaseDebt, ImportBatch, LedgerEntry, RecoveryCase
from services.context import Context
from services.what_changed import (
    CLOSED,
    IMPORTED,
    LISTED,
    RESTORED,
    RISEN,
    WARNED,
    Change,
    NamedCustomer,
    first_day,
    mark_overview_seen,
    overview_seen_at,
    what_changed,
)
from tests.services.makers import (
    DAY,
    ago,
    as_actor,
    make_customer,
    make_department,
    make_early_warning,
    make_invoice,
    make_listing,
    make_score,
    make_user,
)

NOON = dt.datetime(2025, 6, 30, 4, 0, tzinfo=dt.UTC)


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


def kinds(ctx: Context, seen_at: dt.datetime | None, department: str | None = None) -> dict[str, Change]:
    return {one.kind: one for one in what_changed(ctx, seen_at, department=department).changes}


@pytest.mark.parametrize(
    ("seen_at", "expected"),
    [
        (None, dt.date(2025, 5, 31)),
        (dt.datetime(2025, 6, 20, 12, tzinfo=dt.UTC), dt.date(2025, 5, 21)),
        (dt.datetime(2025, 6, 19, 16, 30, tzinfo=dt.UTC), dt.date(2025, 5, 21)),
        (dt.datetime(2026, 11, 24, tzinfo=dt.UTC), dt.date(2025, 5, 31)),
    ],
)
def test_news_reaches_thirty_days_behind_the_last_look(seen_at: dt.datetime | None, expected: dt.date) -> None:
    assert first_day(seen_at, DAY, "Asia/Shanghai") == expected


def lay_out(ctx: Context) -> None:
    department = make_department(ctx, "NORTH")
    one = make_customer(ctx, "C1", name="One", owner_department_id=department.id, risk_level="critical", risk_score=90)
    two = make_customer(ctx, "C2", name="Two", kind="individual", risk_level="high", risk_score=60)
    one.scored_on = two.scored_on = DAY
    for customer, day, level in ((one, ago(40), "high"), (two, ago(30), "high"), (one, DAY, "critical")):
        make_score(ctx, customer, day, level)
    make_listing(ctx, one, ago(30), state="confirmed", changed_at=NOON - dt.timedelta(days=2))
    make_listing(ctx, two, ago(31), state="confirmed", changed_at=NOON - dt.timedelta(days=2))
    make_listing(ctx, two, ago(60), state="restored", restored_on=ago(3), changed_at=NOON - dt.timedelta(days=3))
    for rule, money in (("overdue_30", 700), ("overdue_60", 900)):
        make_early_warning(ctx, one, rule, severity="critical", money_at_risk=money)
    make_early_warning(ctx, two, severity="high", money_at_risk=5000)
    invoice = make_invoice(ctx, one, ago(200), 300)
    case = RecoveryCase(
        customer_id=one.customer_id, case_no="K1", state="closed", opened_on=ago(100), closed_on=ago(1),
        outcome="recovered", changed_at=NOON - dt.timedelta(days=1),
    )  # fmt: skip
    ctx.session.add(case)
    ctx.session.flush()
    ctx.session.add(
        CaseDebt(
            customer_id=one.customer_id, case_id=case.id, invoice_id=invoice.id, added_on=ago(90), amount=Decimal(300)
        )
    )
    ctx.session.add(
        ImportBatch(
            kind="customers", file_name="a.csv", file_sha256="-", state="done", started_at=NOON - dt.timedelta(hours=2),
            finished_at=NOON - dt.timedelta(hours=1), imported_by="x", counts={"inserted": 5, "updated": 2, "rows": 9},
        )
    )  # fmt: skip
    ctx.session.flush()


ONE, TWO = NamedCustomer("C1", "One"), NamedCustomer("C2", "C2")


def test_who_never_looked_sees_the_last_thirty_days(ctx: Context) -> None:
    lay_out(ctx)
    assert what_changed(ctx, None).changes == (
        Change(LISTED, 1, None, (ONE,)),
        Change(RISEN, 1, None, (ONE,)),
        Change(WARNED, 2, Decimal(900), (ONE,)),
        Change(CLOSED, 1, Decimal(300), (ONE,)),
        Change(RESTORED, 1, None, (TWO,)),
        Change(IMPORTED, 1, Decimal(7)),
    )


def test_after_a_look_only_what_was_recorded_later_is_new(ctx: Context) -> None:
    lay_out(ctx)
    found = kinds(ctx, NOON - dt.timedelta(days=2, hours=1))
    assert found[LISTED].count == 2  # one of them lies 31 days back, but less than 30 before the look
    assert RESTORED not in found
    assert {*kinds(ctx, NOON - dt.timedelta(hours=3))} == {WARNED, IMPORTED}
    assert kinds(ctx, NOON + dt.timedelta(seconds=1)) == {}


def test_one_departments_news_are_of_its_customers(ctx: Context) -> None:
    lay_out(ctx)
    found = kinds(ctx, None, "NORTH")
    assert {*found} == {LISTED, RISEN, WARNED, CLOSED}
    assert kinds(ctx, None, "ELSEWHERE") == {}


def test_seen_is_what_the_person_says_and_never_goes_back(ctx: Context) -> None:
    reader = as_actor(ctx, make_user(ctx, "boss", Role.LEADER, make_department(ctx, "TOP")))
    assert overview_seen_at(reader) is None
    mark_overview_seen(reader, NOON - dt.timedelta(minutes=5))
    mark_overview_seen(reader, NOON - dt.timedelta(hours=5))
    assert overview_seen_at(reader) == NOON - dt.timedelta(minutes=5)
    mark_overview_seen(reader, NOON + dt.timedelta(days=9))
    assert overview_seen_at(reader) == NOON
    told = select(LedgerEntry.action).where(LedgerEntry.actor == "boss")
    assert ctx.session.execute(told).scalars().all() == ["user.overview_seen"] * 2
    assert ctx.session.execute(select(AppUser.overview_seen_at).where(AppUser.login == "boss")).scalar_one() == NOON
