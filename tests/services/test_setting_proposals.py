"""Four eyes for settings: who may propose and approve, what is refused, and that closed months stay (SPEC 5, 8)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from db.enums import DepartmentKind, Role
from db.models import LedgerEntry, Setting
from services import setting_proposals as service
from services.context import SYSTEM, Actor, Context
from services.errors import IllegalMoveError, NotAllowedError, NotFoundError, RefusedError, StaleError
from services.setting_proposals import ProposalRow
from tests.services.makers import as_actor, make_department, make_user

TODAY = dt.date(2025, 6, 30)
LATER = dt.date(2025, 7, 1)


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


@dataclass
class People:
    admin: Context
    admin2: Context
    leader: Context
    risk: Context
    viewer: Context


@pytest.fixture
def people(ctx: Context) -> People:
    office = make_department(ctx, "OFFICE", DepartmentKind.ADMINISTRATION)

    def person(login: str, role: Role) -> Context:
        return as_actor(ctx, make_user(ctx, login, role, office))

    return People(
        person("admin", Role.ADMIN), person("admin2", Role.ADMIN), person("leader", Role.LEADER),
        person("risk", Role.RISK), person("viewer", Role.VIEWER),
    )  # fmt: skip


def proposed(people: People, value: str = "10", since: dt.date = LATER) -> ProposalRow:
    return service.propose(people.admin, "identification_days", value, since, "Too long")


def entries(ctx: Context) -> list[tuple[object, ...]]:
    found = select(
        LedgerEntry.actor, LedgerEntry.action, LedgerEntry.subject, LedgerEntry.before, LedgerEntry.after,
        LedgerEntry.note,
    ).order_by(LedgerEntry.seq)  # fmt: skip
    return [tuple(row) for row in ctx.session.execute(found)]


def test_a_proposal_changes_nothing_until_another_person_approves_it(ctx: Context, people: People) -> None:
    row = proposed(people)
    assert (row.value, row.value_before, row.state, row.proposer, row.decider) == (10, 15, "proposed", "Admin", None)
    assert ctx.policy_history.on(LATER).identification_days == 15

    done = service.approve(people.leader, row.id, row.version)
    assert (done.state, done.decider, done.decided_at, done.version) == ("approved", "Leader", ctx.now, 2)
    history = people.leader.policy_history
    assert (history.on(TODAY).identification_days, history.on(LATER).identification_days) == (15, 10)
    assert [(one.key, one.value, one.effective_from, one.set_by) for one in ctx.session.query(Setting)] == [
        ("identification_days", {"text": "10"}, LATER, "leader")
    ]
    assert entries(ctx) == [
        (
            "admin", "policy.proposed", "setting:identification_days", {"value": "15"},
            {"proposed": "10", "from": "2025-07-01"}, "Too long",
        ),
        (
            "leader", "policy.approved", "setting:identification_days", {"value": "15"},
            {"value": "10", "from": "2025-07-01", "proposed_by": "admin"}, "Too long",
        ),
    ]  # fmt: skip


def test_nobody_approves_or_rejects_a_value_of_their_own(ctx: Context, people: People) -> None:
    row = proposed(people)
    # Somebody who proposed as administrator and works in risk management by now.
    same = Actor(login="admin", name="Admin", role=Role.RISK, user_id=people.admin.actor.user_id, department_id=None)
    for act in (
        lambda: service.approve(as_actor(ctx, same), row.id, row.version),
        lambda: service.reject(as_actor(ctx, same), row.id, row.version, "No"),
        lambda: service.approve(as_actor(ctx, Actor("system", "S", Role.RISK)), row.id, row.version),
    ):
        with pytest.raises(NotAllowedError, match="another person"):
            act()
    assert service.proposal_by_id(ctx, row.id).state == "proposed"


def test_the_database_refuses_it_too(ctx: Context, people: People) -> None:
    row = proposed(people)
    for change in (
        "state = 'approved', decided_by = proposed_by, decided_at = now()",
        "state = 'approved'",
        "state = 'rejected', decided_by = (SELECT id FROM app_user WHERE login = 'leader'), decided_at = now(), "
        "decision_note = ''",
    ):
        with pytest.raises(IntegrityError), ctx.session.begin_nested():
            ctx.session.execute(text(f"UPDATE setting_proposal SET {change} WHERE id = {row.id}"))


def test_an_open_proposal_keeps_a_second_one_for_the_same_setting_out(ctx: Context, people: People) -> None:
    proposed(people)
    with pytest.raises(RefusedError, match="waits for approval already"):
        service.propose(people.admin2, "identification_days", "20", LATER, "Other view")
    columns = "key, value, effective_from, state, reason, proposed_by, proposed_at"
    with pytest.raises(IntegrityError), ctx.session.begin_nested():
        ctx.session.execute(text(f"INSERT INTO setting_proposal ({columns}) SELECT {columns} FROM setting_proposal"))
    assert service.propose(people.admin2, "arrears_days", "60", LATER, "Shorter terms").key == "arrears_days"


def test_a_rejection_keeps_its_reason_and_the_old_value(ctx: Context, people: People) -> None:
    row = proposed(people)
    with pytest.raises(RefusedError, match="Give a reason"):
        service.reject(people.risk, row.id, row.version, "  ")
    done = service.reject(people.risk, row.id, row.version, "The courts need longer")
    assert (done.state, done.decider, done.decision_note) == ("rejected", "Risk", "The courts need longer")
    assert people.risk.policy_history.on(LATER).identification_days == 15
    assert entries(ctx)[1:] == [
        (
            "risk", "policy.rejected", "setting:identification_days", {"proposed": "10", "from": "2025-07-01"}, None,
            "The courts need longer",
        )
    ]  # fmt: skip
    assert service.proposals(ctx) == ()
    assert [one.state for one in service.proposals(ctx, only_open=False)] == ["rejected"]


def test_who_proposed_may_take_it_back_and_nobody_else(ctx: Context, people: People) -> None:
    row = proposed(people)
    with pytest.raises(NotAllowedError, match="Only who proposed"):
        service.withdraw(people.admin2, row.id, row.version)
    assert service.withdraw(people.admin, row.id, row.version).state == "withdrawn"
    assert [entry[:2] for entry in entries(ctx)] == [("admin", "policy.proposed"), ("admin", "policy.withdrawn")]


def test_what_is_decided_stays_decided(people: People) -> None:
    row = proposed(people)
    done = service.approve(people.risk, row.id, row.version)
    with pytest.raises(StaleError):
        service.reject(people.leader, row.id, row.version, "Late")
    with pytest.raises(IllegalMoveError):
        service.reject(people.leader, row.id, done.version, "Late")
    with pytest.raises(IllegalMoveError):
        service.withdraw(people.admin, row.id, done.version)


def test_the_database_keeps_what_is_decided(ctx: Context, people: People) -> None:
    row = proposed(people)
    service.approve(people.risk, row.id, row.version)
    with pytest.raises(IntegrityError, match="illegal transition"), ctx.session.begin_nested():
        ctx.session.execute(text("UPDATE setting_proposal SET state = 'proposed', decided_by = NULL"))


@pytest.mark.parametrize(
    ("key", "value", "since", "reason", "words"),
    [
        ("identification_days", "x", LATER, "Why", "not a valid value"),
        ("identification_days", "15", LATER, "Why", "has this value on that day already"),
        ("identification_days", "10", TODAY - dt.timedelta(days=1), "Why", "closed months keep their figures"),
        ("identification_days", "10", LATER, " ", "Give a reason"),
        ("business_date", "2025-07-01", LATER, "Why", "on the command line only"),
        ("nonsense", "1", LATER, "Why", "There is no setting called nonsense"),
    ],
)
def test_what_cannot_be_proposed(
    ctx: Context, people: People, key: str, value: str, since: dt.date, reason: str, words: str
) -> None:
    with pytest.raises(RefusedError, match=words):
        service.propose(people.admin, key, value, since, reason)
    assert (entries(ctx), service.proposals(ctx, only_open=False)) == ([], ())


def test_a_value_can_apply_from_today(people: People) -> None:
    row = proposed(people, since=TODAY)
    service.approve(people.leader, row.id, row.version)
    assert people.leader.policy_history.on(TODAY).identification_days == 10


def test_a_proposal_whose_day_has_passed_is_not_approved(ctx: Context, people: People) -> None:
    row = proposed(people)
    later = Context(ctx.session, people.leader.actor, ctx.now + dt.timedelta(days=3))
    with pytest.raises(RefusedError, match="2025-07-03"):
        service.approve(later, row.id, row.version)
    assert service.proposal_by_id(ctx, row.id).state == "proposed"


def test_roles(people: People) -> None:
    for other in (people.leader, people.risk, people.viewer):
        with pytest.raises(NotAllowedError):
            service.propose(other, "identification_days", "10", LATER, "Why")
    row = proposed(people)
    for other in (people.admin2, people.viewer):
        with pytest.raises(NotAllowedError):
            service.approve(other, row.id, row.version)
        with pytest.raises(NotAllowedError):
            service.reject(other, row.id, row.version, "No")


def test_only_a_person_can_propose(ctx: Context) -> None:
    with pytest.raises(NotAllowedError, match="Only a person"):
        service.propose(as_actor(ctx, SYSTEM), "identification_days", "10", LATER, "Why")


def test_unknown_proposals(people: People) -> None:
    with pytest.raises(NotFoundError):
        service.approve(people.leader, 999, 1)
    with pytest.raises(NotFoundError):
        service.proposal_by_id(people.leader, 999)
