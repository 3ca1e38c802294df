"""Reminders: each deadline once to whose work it is, once above, never twice (clauses 2.2, 4.1)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from db.enums import DepartmentKind, Role
from db.models import AppUser, Customer, InformationStanding, Notification
from services.assessments import answer_request, ask_for_more, order_visit
from services.context import Context
from services.reminders import forget_past_reminders, remind
from tests.services.assessing import Office, make_office
from tests.services.makers import DAY, ago, make_customer, make_department, make_user


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


@pytest.fixture
def office(ctx: Context) -> Office:
    made = make_office(ctx)
    make_user(ctx, "lea", Role.LEADER, make_department(ctx, "TOP", DepartmentKind.LEADERSHIP))
    return made


def on(ctx: Context, days_later: int) -> Context:
    return replace(ctx, now=ctx.now + dt.timedelta(days=days_later))


def heard(ctx: Context, kind: str) -> list[tuple[str, int, str]]:
    """Who was told of how many, with the first customer, in the order it was told; and no more of it from here on."""
    found: Any = (
        select(AppUser.login, Notification.params["count"].as_integer(), Notification.params["customer"].astext)
        .join(AppUser, AppUser.id == Notification.user_id)
        .where(Notification.kind == kind)
        .order_by(Notification.id)
    )
    rows = [tuple(row) for row in ctx.session.execute(found)]
    ctx.session.execute(text("DELETE FROM notification"))
    return rows


def standing(ctx: Context, customer: Customer, due_on: dt.date) -> None:
    ctx.session.execute(text("DELETE FROM information_standing WHERE customer_id = :id"), {"id": customer.customer_id})
    ctx.session.add(
        InformationStanding(
            customer_id=customer.customer_id, item="any", department_id=customer.owner_department_id, level="low",
            urgency=3, known_on=None, due_on=due_on, soon_on=due_on, missing=None,
        )
    )  # fmt: skip
    ctx.session.flush()


def test_an_answer_that_is_overdue_is_told_to_the_department_once_and_then_to_risk_management(
    ctx: Context, office: Office
) -> None:
    taken = office.in_review(office.customer(name="Sunrise"), "low")
    asked = ask_for_more(office.by(office.reviewer), taken.customer_id, taken.id, taken.version, "Balance", ago(-2))
    assert remind(on(ctx, 2)) == 0
    heard(ctx, "request_overdue")
    assert remind(on(ctx, 3)) == 1
    assert heard(ctx, "request_overdue") == [("seller", 1, "Sunrise"), ("colleague", 1, "Sunrise")]
    assert [remind(on(ctx, days)) for days in (3, 4, 5)] == [0, 0, 0]
    assert remind(on(ctx, 6)) == 1
    assert heard(ctx, "request_overdue") == [("reviewer", 1, "Sunrise"), ("second", 1, "Sunrise")]
    assert remind(on(ctx, 30)) == 0
    answer_request(office.by(office.seller, 30), asked.customer_id, asked.id, asked.version, "Here")
    assert remind(on(ctx, 31)) == 0


def test_after_days_without_a_worker_nobody_hears_from_above_first(ctx: Context, office: Office) -> None:
    taken = office.in_review(office.customer(), "low")
    seller = office.seller.user_id or 0
    order_visit(office.by(office.reviewer), taken.customer_id, taken.id, taken.version, seller, DAY, "See the plant")
    heard(ctx, "visit_overdue")
    assert remind(on(ctx, 20)) == 1
    assert [login for login, _count, _name in heard(ctx, "visit_overdue")] == ["seller"]
    assert (remind(on(ctx, 22)), remind(on(ctx, 23))) == (0, 1)
    assert [login for login, _count, _name in heard(ctx, "visit_overdue")] == ["reviewer", "second"]


def test_due_information_is_one_line_a_department_and_a_new_deadline_is_a_new_one(ctx: Context, office: Office) -> None:
    first, second = office.customer(name="A"), office.customer(name="B")
    nobodys = make_customer(ctx, name="C")
    for customer, days in ((first, 3), (second, 9), (nobodys, 1)):
        standing(ctx, customer, ago(days))
    assert remind(ctx) == 3
    assert heard(ctx, "information_overdue") == [
        ("seller", 2, "B"), ("colleague", 2, "B"), ("reviewer", 1, "C"), ("second", 1, "C"),
    ]  # fmt: skip
    assert remind(ctx) == 0
    standing(ctx, first, ago(1))
    assert remind(on(ctx, 1)) == 1
    assert heard(ctx, "information_overdue") == [("seller", 1, "A"), ("colleague", 1, "A")]
    assert remind(on(ctx, 3)) == 1  # B goes up; what nobody owns was told above already
    assert heard(ctx, "information_overdue") == [("reviewer", 1, "B"), ("second", 1, "B")]


def test_a_review_waits_from_the_last_answer_and_goes_up_to_leadership(ctx: Context, office: Office) -> None:
    taken = office.in_review(office.customer(name="Sunrise"), "low")
    other = office.submitted(office.customer(name="Moon"), "low")
    asked = ask_for_more(office.by(office.reviewer), taken.customer_id, taken.id, taken.version, "Balance", ago(-40))
    heard(ctx, "review_overdue")
    assert (remind(on(ctx, 5)), remind(on(ctx, 6))) == (0, 1)
    assert heard(ctx, "review_overdue") == [("reviewer", 1, "Moon"), ("second", 1, "Moon")]
    answer_request(office.by(office.seller, 7), asked.customer_id, asked.id, asked.version, "Here")
    assert (remind(on(ctx, 9)), heard(ctx, "review_overdue")) == (1, [("lea", 1, "Moon")])
    assert (remind(on(ctx, 12)), remind(on(ctx, 13))) == (0, 1)
    assert heard(ctx, "review_overdue")[0] == ("reviewer", 1, "Sunrise")
    assert other.state == "submitted"


def test_what_was_told_long_ago_is_forgotten_only_where_it_is_over(ctx: Context, office: Office) -> None:
    open_one, done = office.customer(), office.customer()
    standing(ctx, open_one, ago(3))
    standing(ctx, done, ago(3))
    remind(ctx)
    standing(ctx, done, ago(-600))
    forget_past_reminders(on(ctx, 400))
    count = text("SELECT count(*) FROM reminder")
    assert ctx.session.execute(count).scalar_one() == 2
    forget_past_reminders(on(ctx, 401))
    assert ctx.session.execute(count).scalar_one() == 1


def test_the_database_refuses_a_second_reminder_of_one_deadline(ctx: Context, office: Office) -> None:
    standing(ctx, office.customer(), ago(3))
    remind(ctx)
    with pytest.raises(IntegrityError):
        ctx.session.execute(text("INSERT INTO reminder SELECT * FROM reminder"))
