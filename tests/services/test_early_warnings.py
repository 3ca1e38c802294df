"""What officers do with warnings: every command, who may use it, and what it refuses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from threading import Barrier, Thread

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from db.enums import Role, WarningOutcome, WarningState
from db.models import Customer, Department, EarlyWarning, LedgerEntry
from services.context import SYSTEM, Actor, Context, unit_of_work
from services.early_warnings import (
    EARLY_WARNING_TRANSITIONS,
    BulkRefusedError,
    Pick,
    WarningRow,
    acknowledge,
    acknowledge_all,
    act,
    act_all,
    assign,
    assign_all,
    people_for,
    resolve,
    resolve_all,
    snooze,
    snooze_all,
)
from services.errors import IllegalMoveError, NotAllowedError, NotFoundError, RefusedError, StaleError
from tests.services.makers import (
    ago,
    as_actor,
    make_customer,
    make_department,
    make_early_warning,
    make_user,
    pick,
)

NOW = dt.datetime(2025, 6, 30, 4, 0, tzinfo=dt.UTC)
SINGLE: dict[str, Callable[[Context, Pick], WarningRow]] = {
    "acknowledge": lambda ctx, one: acknowledge(ctx, one.customer_id, one.id, one.version),
    "act": lambda ctx, one: act(ctx, one.customer_id, one.id, one.version),
    "resolve": lambda ctx, one: resolve(ctx, one.customer_id, one.id, one.version, "mitigated", "Paid."),
    "snooze": lambda ctx, one: snooze(ctx, one.customer_id, one.id, one.version, ago(-5), "Promised"),
    "assign": lambda ctx, one: assign(ctx, one.customer_id, one.id, one.version, _somebody(ctx)),
}
BULK: dict[str, Callable[[Context, list[Pick], str], tuple[WarningRow, ...]]] = {
    "acknowledge": acknowledge_all,
    "act": act_all,
    "resolve": lambda ctx, picks, reason: resolve_all(ctx, picks, "confirmed", reason),
    "snooze": lambda ctx, picks, reason: snooze_all(ctx, picks, ago(-5), reason),
    "assign": lambda ctx, picks, reason: assign_all(ctx, picks, _somebody(ctx), reason),
}
#: The state a command starts from.
FROM = {"acknowledge": "raised", "act": "acknowledged", "resolve": "acting", "snooze": "raised", "assign": "raised"}
WORKERS = {Role.BUSINESS, Role.RISK, Role.LEGAL, Role.FINANCE}
MAY = {"acknowledge": WORKERS, "act": WORKERS, "resolve": {Role.RISK}, "snooze": {Role.RISK}, "assign": {Role.RISK}}


def _somebody(ctx: Context) -> int:
    assert ctx.actor.user_id is not None
    return ctx.actor.user_id


@dataclass
class World:
    north: Department
    south: Department
    customer: Customer
    officer: Actor


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


@pytest.fixture
def world(ctx: Context) -> World:
    north, south = make_department(ctx, "NORTH"), make_department(ctx, "SOUTH")
    customer = make_customer(ctx, "C1", owner_department_id=north.id)
    return World(north, south, customer, make_user(ctx, "officer", Role.RISK, make_department(ctx, "RISK", "risk")))


def warning(ctx: Context, world: World, state: str = "raised", **values: object) -> EarlyWarning:
    return make_early_warning(ctx, world.customer, state=state, **values)


def reread(ctx: Context, row: EarlyWarning) -> EarlyWarning:
    ctx.session.refresh(row)
    return row


def chain(ctx: Context, customer: Customer) -> list[LedgerEntry]:
    query = select(LedgerEntry).where(LedgerEntry.customer_id == customer.customer_id).order_by(LedgerEntry.seq)
    return list(ctx.session.scalars(query))


def test_a_warning_from_raised_to_resolved(ctx: Context, world: World) -> None:
    risk = as_actor(ctx, world.officer)
    row = warning(ctx, world, severity="high", due_at=NOW - dt.timedelta(days=9))
    key = (row.customer_id, row.id)
    seen = acknowledge(risk, *key, 1, "On it")
    assert (seen.state, seen.version, seen.assignee, seen.due_at) == (
        "acknowledged", 2, "Officer", NOW + dt.timedelta(days=3),
    )  # fmt: skip
    begun = act(risk, *key, 2)
    assert (begun.state, begun.version, begun.hours_left) == ("acting", 3, 72.0)
    done = resolve(risk, *key, 3, WarningOutcome.FALSE_ALARM, " A bank holiday. ")
    assert (done.state, done.outcome, done.resolution_note, done.resolved_at, done.hours_left) == (
        "resolved", "false_alarm", "A bank holiday.", NOW, None,
    )  # fmt: skip
    entries = chain(ctx, world.customer)
    assert [(one.action, one.actor, one.note) for one in entries] == [
        ("early_warning.acknowledged", "officer", "On it"), ("early_warning.acting", "officer", None),
        ("early_warning.resolved", "officer", "A bank holiday."),
    ]  # fmt: skip
    assert entries[0].subject == f"early_warning:{row.customer_id}:{row.id}"
    assert (entries[0].before["state"], entries[0].after["state"]) == ("raised", "acknowledged")


@pytest.mark.parametrize("bulk", [False, True])
@pytest.mark.parametrize(("command", "role"), list(product(FROM, Role)))
def test_who_may(ctx: Context, world: World, command: str, role: Role, bulk: bool) -> None:
    person = as_actor(ctx, make_user(ctx, "person", role, world.north))
    row = warning(ctx, world, FROM[command])

    def carry_out() -> WarningRow:
        return BULK[command](person, [pick(row)], "Because")[0] if bulk else SINGLE[command](person, pick(row))

    if role in MAY[command]:
        assert carry_out().version == 2
        return
    with pytest.raises(NotAllowedError):
        carry_out()
    assert (reread(ctx, row).version, row.state, chain(ctx, world.customer)) == (1, FROM[command], [])


@pytest.mark.parametrize("command", ["acknowledge", "act"])
@pytest.mark.parametrize(
    ("is_addressed", "is_assigned", "is_allowed"), [(True, False, True), (False, False, False), (False, True, True)]
)
def test_business_users_work_their_own_warnings(
    ctx: Context, world: World, command: str, is_addressed: bool, is_assigned: bool, is_allowed: bool
) -> None:
    actor = make_user(ctx, "seller", Role.BUSINESS, world.north if is_addressed else world.south)
    row = warning(ctx, world, FROM[command], assignee_id=actor.user_id if is_assigned else None)
    if is_allowed:
        assert SINGLE[command](as_actor(ctx, actor), pick(row)).version == 2
        return
    with pytest.raises(NotAllowedError, match="another department"):
        SINGLE[command](as_actor(ctx, actor), pick(row))
    assert reread(ctx, row).version == 1


def test_a_warning_without_department_is_nobodys_in_business(ctx: Context, world: World) -> None:
    row = warning(ctx, world, department_id=None)
    with pytest.raises(NotAllowedError):
        SINGLE["acknowledge"](as_actor(ctx, make_user(ctx, "seller", Role.BUSINESS, world.north)), pick(row))


@pytest.mark.parametrize("command", list(FROM))
def test_a_stale_screen_is_refused(ctx: Context, world: World, command: str) -> None:
    row = warning(ctx, world, FROM[command], version=2)
    with pytest.raises(StaleError):
        SINGLE[command](as_actor(ctx, world.officer), Pick(row.customer_id, row.id, 1))
    assert (reread(ctx, row).version, row.state) == (2, FROM[command])


@pytest.mark.parametrize("command", list(FROM))
def test_a_warning_that_does_not_exist(ctx: Context, world: World, command: str) -> None:
    row = warning(ctx, world, FROM[command])
    for stranger in (Pick(row.customer_id, row.id + 1, 1), Pick(row.customer_id + 1, row.id, 1)):
        with pytest.raises(NotFoundError):
            SINGLE[command](as_actor(ctx, world.officer), stranger)


@pytest.mark.parametrize(("state", "command"), list(product(WarningState, FROM)))
def test_only_legal_moves(ctx: Context, world: World, state: str, command: str) -> None:
    row = warning(ctx, world, state, outcome="mitigated" if state == "resolved" else None)
    allowed = state != "resolved" if command in ("snooze", "assign") else state == FROM[command]
    if allowed:
        assert SINGLE[command](as_actor(ctx, world.officer), pick(row)).version == 2
        return
    with pytest.raises(IllegalMoveError):
        SINGLE[command](as_actor(ctx, world.officer), pick(row))
    assert (reread(ctx, row).version, row.state, chain(ctx, world.customer)) == (1, state, [])


@pytest.mark.parametrize(("old", "new"), list(product(WarningState, repeat=2)))
def test_the_database_holds_the_same_transitions(ctx: Context, world: World, old: str, new: str) -> None:
    row = warning(ctx, world, old, outcome="mitigated" if old == "resolved" else None)
    move = text("UPDATE early_warning SET state = :new, outcome = :outcome WHERE customer_id = :c AND id = :i")
    values = {"new": new, "outcome": "mitigated" if new == "resolved" else None, "c": row.customer_id, "i": row.id}
    if old == new or new in EARLY_WARNING_TRANSITIONS[old]:
        assert ctx.session.execute(move, values).rowcount == 1
        return
    with pytest.raises(IntegrityError, match="illegal transition of early_warning"), ctx.session.begin_nested():
        ctx.session.execute(move, values)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("state", "closed"), ("severity", "grave"), ("outcome", "mitigated"), ("likelihood", "1.1"),
        ("snooze_reason", "x"),
    ],
)  # fmt: skip
def test_the_database_refuses_nonsense(ctx: Context, world: World, column: str, value: str) -> None:
    with pytest.raises(IntegrityError), ctx.session.begin_nested():
        warning(ctx, world, **{column: value})


def test_the_database_holds_one_open_warning_per_customer_and_rule(ctx: Context, world: World) -> None:
    warning(ctx, world, "resolved", outcome="mitigated")
    warning(ctx, world)
    with pytest.raises(IntegrityError, match="uq_early_warning_open"), ctx.session.begin_nested():
        warning(ctx, world, "acting")


def test_acknowledging_keeps_an_owner_and_wakes_a_sleeper(ctx: Context, world: World) -> None:
    other = make_user(ctx, "other", Role.RISK, world.north)
    row = warning(ctx, world, assignee_id=other.user_id, snoozed_until=ago(-5), snooze_reason="Later")
    seen = SINGLE["acknowledge"](as_actor(ctx, world.officer), pick(row))
    assert (seen.assignee, seen.snoozed_until, seen.snooze_reason, seen.is_snoozed) == ("Other", None, None, False)


@pytest.mark.parametrize("note", ["", "   "])
def test_words_are_required_where_they_are_kept(ctx: Context, world: World, note: str) -> None:
    risk, row = as_actor(ctx, world.officer), warning(ctx, world, "acting")
    with pytest.raises(RefusedError, match="Give a reason"):
        resolve(risk, row.customer_id, row.id, 1, "mitigated", note)
    with pytest.raises(RefusedError, match="Give a reason"):
        snooze(risk, row.customer_id, row.id, 1, ago(-5), note)
    for command in BULK.values():
        with pytest.raises(RefusedError, match="Give a reason"):
            command(risk, [pick(row)], note)
    assert (reread(ctx, row).version, row.state) == (1, "acting")


def test_an_unknown_outcome_is_refused(ctx: Context, world: World) -> None:
    row = warning(ctx, world, "acting")
    with pytest.raises(RefusedError, match="can't be resolved as “forgotten”"):
        resolve(as_actor(ctx, world.officer), row.customer_id, row.id, 1, "forgotten", "Because")


@pytest.mark.parametrize(("days", "is_allowed"), [(-1, False), (0, False), (1, True), (30, True), (31, False)])
def test_snooze_needs_an_end(ctx: Context, world: World, days: int, is_allowed: bool) -> None:
    risk, row = as_actor(ctx, world.officer), warning(ctx, world)
    due_at = row.due_at
    if not is_allowed:
        with pytest.raises(RefusedError):
            snooze(risk, row.customer_id, row.id, 1, ago(-days), "Promised")
        assert reread(ctx, row).snoozed_until is None
        return
    asleep = snooze(risk, row.customer_id, row.id, 1, ago(-days), " Promised ")
    assert (asleep.is_snoozed, asleep.snoozed_until, asleep.snooze_reason) == (True, ago(-days), "Promised")
    assert asleep.due_at == due_at + dt.timedelta(days=days)


def test_snooze_without_end_is_refused_and_a_second_one_counts_from_the_first(ctx: Context, world: World) -> None:
    risk, row = as_actor(ctx, world.officer), warning(ctx, world)
    due_at = row.due_at
    with pytest.raises(RefusedError, match="Give a day after today"):
        snooze(risk, row.customer_id, row.id, 1, None, "Promised")
    snooze(risk, row.customer_id, row.id, 1, ago(-10), "Promised")
    assert snooze(risk, row.customer_id, row.id, 2, ago(-4), "Sooner").due_at == due_at + dt.timedelta(days=4)


def test_assigning_to_who_can_work_it(ctx: Context, world: World) -> None:
    risk, row = as_actor(ctx, world.officer), warning(ctx, world)
    seller = make_user(ctx, "seller", Role.BUSINESS, world.north)
    lawyer = make_user(ctx, "lawyer", Role.LEGAL, world.south)
    assert assign(risk, row.customer_id, row.id, 1, seller.user_id).assignee == "Seller"
    assert assign(risk, row.customer_id, row.id, 2, lawyer.user_id, "A matter of law").assignee == "Lawyer"
    assert people_for(risk, "NORTH") == tuple((actor.user_id, actor.name) for actor in (lawyer, world.officer, seller))
    assert [name for _, name in people_for(risk)] == ["Lawyer", "Officer"]


def test_assigning_to_who_can_not(ctx: Context, world: World) -> None:
    risk, row = as_actor(ctx, world.officer), warning(ctx, world)
    gone = make_user(ctx, "gone", Role.RISK, world.north, is_active=False)
    auditor = make_user(ctx, "auditor", Role.AUDITOR, world.north)
    stranger = make_user(ctx, "stranger", Role.BUSINESS, world.south)
    for user_id, words in (
        (-1, "does not exist"), (gone.user_id, "account is closed"), (auditor.user_id, "role does not allow"),
        (stranger.user_id, "another department"),
    ):  # fmt: skip
        with pytest.raises(RefusedError, match=words):
            assign(risk, row.customer_id, row.id, 1, user_id)
    assert reread(ctx, row).assignee_id is None


@pytest.mark.parametrize("command", list(FROM))
def test_many_at_once_leave_one_entry_each(ctx: Context, world: World, command: str) -> None:
    rows = [warning(ctx, world, FROM[command], rule=rule) for rule in ("tip", "overdue_60", "court_event")]
    done = BULK[command](as_actor(ctx, world.officer), [pick(row) for row in rows], "Morning round")
    assert [(one.rule, one.version) for one in done] == [("tip", 2), ("overdue_60", 2), ("court_event", 2)]
    assert [entry.note for entry in chain(ctx, world.customer)] == ["Morning round"] * 3


def test_many_at_once_are_all_or_nothing_and_say_why_row_by_row(ctx: Context, world: World) -> None:
    other = make_customer(ctx, "C2", owner_department_id=world.south.id)
    seller = as_actor(ctx, make_user(ctx, "seller", Role.BUSINESS, world.north))
    good, begun = warning(ctx, world), warning(ctx, world, "acting", rule="tip")
    changed, foreign = warning(ctx, world, rule="overdue_60", version=3), make_early_warning(ctx, other)
    picks = [pick(good), pick(begun), Pick(changed.customer_id, changed.id, 2), pick(foreign), Pick(-1, 1, 1)]
    with pytest.raises(BulkRefusedError, match="4 of the 5 warnings") as refused:
        acknowledge_all(seller, picks, "Morning round")
    reasons = {(one.customer_no, one.id): one.template % one.params for one in refused.value.refusals}
    assert reasons == {
        ("C1", begun.id): "This record is acting and can't become acknowledged. Reload to see where it stands.",
        ("C1", changed.id): "Somebody changed this record while you were looking at it. Reload and decide again.",
        ("C2", foreign.id): "This warning belongs to another department.",
        (None, 1): "This warning does not exist.",
    }
    assert [reread(ctx, row).version for row in (good, begun, changed, foreign)] == [1, 1, 3, 1]
    assert chain(ctx, world.customer) == []


def test_many_at_once_has_bounds(ctx: Context, world: World) -> None:
    risk, row = as_actor(ctx, world.officer), warning(ctx, world)
    assert acknowledge_all(risk, [], "Nothing chosen") == ()
    with pytest.raises(RefusedError, match="At most 500"):
        acknowledge_all(risk, [Pick(1, n, 1) for n in range(501)], "Everything")
    assert [one.version for one in acknowledge_all(risk, [pick(row), pick(row)], "Twice the same")] == [2]


def test_two_people_at_once_acknowledge_it_once(database: str) -> None:
    with unit_of_work(SYSTEM, now=NOW) as ctx:
        row = make_early_warning(ctx, make_customer(ctx, "C1"))
        actors = [make_user(ctx, name, Role.RISK, make_department(ctx, name)) for name in ("ann", "bob")]
    start, outcomes = Barrier(2), []

    def click(actor: Actor) -> None:
        start.wait()
        try:
            with unit_of_work(actor, now=NOW) as ctx:
                outcomes.append(acknowledge(ctx, row.customer_id, row.id, 1).assignee == actor.name)
        except StaleError:
            outcomes.append("stale")

    threads = [Thread(target=click, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcomes)) == ["True", "stale"]
