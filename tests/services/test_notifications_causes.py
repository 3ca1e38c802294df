"""What tells whom: runs of the warning rules, assignments, deadlines, proposals, imports, and faults of the machine."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text

from db.enums import DepartmentKind, Role
from db.models import AppUser, Department, Notification
from services import setting_proposals
from services.context import Context
from services.early_warnings import assign, assign_all, escalate_overdue, raise_warnings, rule_by_code
from services.early_warnings.telling import tell_due_today
from services.imports.run import import_file
from services.jobs import queue
from services.jobs.rules import MOST_ATTEMPTS
from services.notifications import notify
from services.notifications.inbox import mark_all_read, mark_read, my_notices, unread_count
from tests.services.makers import (
    DAY,
    ago,
    as_actor,
    make_customer,
    make_department,
    make_early_warning,
    make_invoice,
    make_user,
    pick,
)


class Company:
    """Two departments of business, risk management and leadership, with their people."""

    def __init__(self, ctx: Context) -> None:
        self.north = make_department(ctx, "NORTH")
        self.south = make_department(ctx, "SOUTH")
        self.risk = make_department(ctx, "RISK", DepartmentKind.RISK)
        self.top = make_department(ctx, "TOP", DepartmentKind.LEADERSHIP)
        self.nora = make_user(ctx, "nora", Role.BUSINESS, self.north)
        self.gone = make_user(ctx, "gone", Role.BUSINESS, self.north, is_active=False)
        self.viewer = make_user(ctx, "vera", Role.VIEWER, self.north)
        self.sam = make_user(ctx, "sam", Role.BUSINESS, self.south)
        self.rita = make_user(ctx, "rita", Role.RISK, self.risk)
        self.lea = make_user(ctx, "lea", Role.LEADER, self.top)
        self.adam = make_user(ctx, "adam", Role.ADMIN, self.top)


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


@pytest.fixture
def company(ctx: Context) -> Company:
    return Company(ctx)


def told(ctx: Context, kind: str) -> dict[str, dict[str, Any]]:
    """The params of the notices of a kind, by sign-in name."""
    found = (
        select(AppUser.login, Notification.params)
        .join(AppUser, AppUser.id == Notification.user_id)
        .where(Notification.kind == kind)
    )
    rows = [tuple(row) for row in ctx.session.execute(found)]
    assert len(rows) == len(dict(rows))
    return dict(rows)


def customer_of(ctx: Context, department: Department, amount: int, name: str) -> None:
    make_invoice(ctx, make_customer(ctx, name=name, owner_department_id=department.id), ago(40), amount)


def test_a_run_tells_each_department_once_with_the_count_and_the_top_three(ctx: Context, company: Company) -> None:
    for amount in (100, 400, 300, 200):
        customer_of(ctx, company.north, amount, f"N{amount}")
    customer_of(ctx, company.south, 50, "S50")
    rule = [rule_by_code("overdue_30")]
    raise_warnings(ctx, DAY, rule)
    found = told(ctx, "warnings_raised")
    assert set(found) == {"nora", "sam"}
    assert [one["customer"] for one in found["nora"]["top"]] == ["N400", "N300", "N200"]
    assert (found["nora"]["count"], Decimal(found["nora"]["money"])) == (4, Decimal(1000))
    assert (found["sam"]["count"], found["sam"]["top"][0]["rule"]) == (1, "overdue_30")
    raise_warnings(ctx, DAY, rule)
    assert ctx.session.execute(text("SELECT count(*) FROM notification")).scalar_one() == 2


@pytest.mark.parametrize(("escalation", "who"), [(0, {"nora"}), (1, {"rita"}), (2, {"lea"})])
def test_what_passed_its_deadline_goes_up_to_the_next(
    ctx: Context, company: Company, escalation: int, who: set[str]
) -> None:
    for name in ("A", "B"):
        customer = make_customer(ctx, name=name, owner_department_id=company.north.id)
        make_early_warning(ctx, customer, due_at=ctx.now - dt.timedelta(hours=1), escalation=escalation)
    assert escalate_overdue(ctx) == 2
    assert {login: params["count"] for login, params in told(ctx, "warnings_escalated").items()} == dict.fromkeys(
        who, 2
    )
    assert ctx.session.execute(select(Notification.is_urgent)).scalars().all() == [True]


def test_a_person_is_told_of_what_was_assigned_but_not_by_themselves(ctx: Context, company: Company) -> None:
    rows = [
        make_early_warning(
            ctx, make_customer(ctx, name=name, owner_department_id=company.north.id), money_at_risk=money
        )
        for name, money in (("A", 10), ("B", 20))
    ]
    rita, nora = as_actor(ctx, company.rita), company.nora.user_id or 0
    assign_all(rita, [pick(row) for row in rows], nora, "Yours")
    assert told(ctx, "warning_assigned")["nora"]["customer"] == "B"
    assert told(ctx, "warning_assigned")["nora"]["count"] == 2
    own = make_early_warning(ctx, make_customer(ctx, owner_department_id=company.north.id))
    assign(rita, own.customer_id, own.id, own.version, company.rita.user_id or 0)
    assert set(told(ctx, "warning_assigned")) == {"nora"}


def test_people_are_told_in_the_morning_what_is_due_today(ctx: Context, company: Company) -> None:
    midnight = dt.datetime(2025, 6, 30, 16, 0, tzinfo=dt.UTC)
    for due_at in (midnight - dt.timedelta(seconds=1), midnight):
        customer = make_customer(ctx, owner_department_id=company.north.id)
        make_early_warning(ctx, customer, due_at=due_at, assignee_id=company.nora.user_id)
    tell_due_today(ctx)
    assert told(ctx, "warnings_due") == {"nora": {"count": 1}}


def test_a_proposal_is_told_to_who_may_approve_and_its_end_to_who_proposed(ctx: Context, company: Company) -> None:
    admin, leader = as_actor(ctx, company.adam), as_actor(ctx, company.lea)
    row = setting_proposals.propose(admin, "identification_days", "10", ctx.today, "Too long")
    assert set(told(ctx, "setting_to_approve")) == {"rita", "lea"}
    setting_proposals.approve(leader, row.id, row.version)
    assert told(ctx, "setting_decided") == {"adam": {"setting": "identification_days", "decision": "approved"}}


def test_who_brought_a_file_in_is_told_of_rejected_rows(ctx: Context, company: Company) -> None:
    file = b"customer_no,name\nC1,One\n,Two\n"
    import_file(as_actor(ctx, company.rita), "customers", file, file_name="c.csv")
    found = told(ctx, "import_rejects")
    assert {login: (one["count"], one["file"]) for login, one in found.items()} == {"rita": (1, "c.csv")}


def test_administrators_are_told_of_work_that_was_given_up(ctx: Context, company: Company) -> None:
    queue.enqueue(ctx, "score", "x")
    ctx.session.execute(text("UPDATE job SET attempts = :most"), {"most": MOST_ATTEMPTS - 1})
    job = queue.claim(ctx, {"score"})
    assert job is not None
    queue.fail(ctx, job, "No rate for USD.")
    assert told(ctx, "job_given_up") == {"adam": {"job": "score", "reason": "No rate for USD."}}


def test_the_list_has_unread_ones_first_and_goes_on_by_key(ctx: Context, company: Company) -> None:
    for number in range(5):
        notify(ctx, "assessment_returned", "a", people=[company.nora.user_id or 0], params={"customer": str(number)})
    nora = as_actor(ctx, company.nora)
    ids = [row.id for row in my_notices(nora).rows]
    assert ids == sorted(ids, reverse=True)
    mark_read(nora, ids[0])
    mark_read(as_actor(ctx, company.sam), ids[1])
    assert unread_count(nora, "nora") == 4
    first = my_notices(nora, limit=3)
    rest = my_notices(nora, limit=3, after=first.after)
    assert [row.id for row in (*first.rows, *rest.rows)] == [*ids[1:], ids[0]]
    assert (first.after, rest.after) == ((True, ids[3]), None)
    assert mark_all_read(nora, ids[2]) == 3
    assert [row.id for row in my_notices(nora, only_unread=True).rows] == [ids[1]]


def test_a_viewer_and_a_closed_account_are_not_told_what_is_not_theirs(ctx: Context, company: Company) -> None:
    assert notify(ctx, "warnings_raised", "w", department=company.north.id, params={"count": 1}) == 1
    assert notify(ctx, "warning_assigned", "w", people=[company.gone.user_id or 0], params={}) == 0
