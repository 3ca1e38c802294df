"""Two people at one desk: who has a warning open keeps it, the other is told, and nothing is done twice."""

from __future__ import annotations

import datetime as dt
from threading import Barrier, Thread

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from db.enums import Role
from db.models import EarlyWarning, LedgerEntry
from services.context import SYSTEM, Actor, Context, unit_of_work
from services.early_warnings import (
    QueueFilter,
    acknowledge,
    acknowledge_all,
    forget_past_holds,
    give_back,
    held_by_others,
    keep_for_reader,
    open_warnings,
    renew,
    take_over,
    warning_by_id,
)
from services.early_warnings.holds import LONGEST_HOLD, hold_until
from services.early_warnings.steps import BulkRefusedError
from services.errors import HeldError, IllegalMoveError, NotAllowedError, NotFoundError, StaleError
from services.policy import set_policy
from tests.services.makers import as_actor, make_customer, make_department, make_early_warning, make_user, pick

NOW = dt.datetime(2025, 6, 30, 4, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


class Desk:
    """Two risk officers, a reader, somebody of another department, and two warnings."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        risk, north = make_department(ctx, "RISK", "risk"), make_department(ctx, "NORTH")
        self.ann = make_user(ctx, "ann", Role.RISK, risk)
        self.bob = make_user(ctx, "bob", Role.RISK, risk)
        self.viewer = make_user(ctx, "viewer", Role.VIEWER, risk)
        self.seller = make_user(ctx, "seller", Role.BUSINESS, make_department(ctx, "SOUTH"))
        customers = [make_customer(ctx, number, owner_department_id=north.id) for number in ("C1", "C2")]
        self.first, self.second = (make_early_warning(ctx, one) for one in customers)

    def as_(self, actor: Actor, minutes: int = 0) -> Context:
        """The person, some minutes later."""
        ctx = as_actor(self.ctx, actor)
        ctx.now = NOW + minutes * MINUTE
        return ctx

    def held(self, actor: Actor, minutes: int = 0) -> dict[int, str]:
        """What others than the person hold: warning id and name."""
        return {key[1]: hold.name for key, hold in held_by_others(self.as_(actor, minutes)).items()}

    def entries(self) -> list[tuple[str, str]]:
        query = select(LedgerEntry.actor, LedgerEntry.action).where(LedgerEntry.action.startswith("early_warning"))
        return [
            tuple(row) for row in self.ctx.session.execute(query.order_by(LedgerEntry.customer_id, LedgerEntry.seq))
        ]


@pytest.fixture
def desk(rolled_back: Context) -> Desk:
    return Desk(rolled_back)


def key(row: EarlyWarning) -> tuple[int, int]:
    return row.customer_id, row.id


def test_an_open_warning_is_kept_for_its_reader_and_others_see_who_has_it(desk: Desk) -> None:
    keep_for_reader(desk.as_(desk.ann), *key(desk.first))
    assert (desk.held(desk.bob), desk.held(desk.ann)) == ({desk.first.id: "Ann"}, {})
    row = warning_by_id(desk.as_(desk.bob, 3), *key(desk.first))
    assert (row.held_by, row.held_since) == ("Ann", NOW)
    assert warning_by_id(desk.as_(desk.ann), *key(desk.first)).held_by is None
    # Who looks second does not get it, and looking is nothing that the ledger keeps.
    keep_for_reader(desk.as_(desk.bob, 3), *key(desk.first))
    assert desk.held(desk.ann, 3) == {}
    assert desk.entries() == []


def test_going_on_gives_the_last_one_back(desk: Desk) -> None:
    keep_for_reader(desk.as_(desk.ann), *key(desk.first))
    keep_for_reader(desk.as_(desk.ann, 1), *key(desk.second))
    assert desk.held(desk.bob, 1) == {desk.second.id: "Ann"}
    give_back(desk.as_(desk.ann, 2))
    assert desk.held(desk.bob, 2) == {}


def test_a_hold_ends_by_itself_and_is_then_anybodys(desk: Desk) -> None:
    keep_for_reader(desk.as_(desk.ann), *key(desk.first))
    assert desk.held(desk.bob, 9) == {desk.first.id: "Ann"}
    assert desk.held(desk.bob, 10) == {}
    keep_for_reader(desk.as_(desk.bob, 10), *key(desk.first))
    assert desk.held(desk.ann, 10) == {desk.first.id: "Bob"}
    assert warning_by_id(desk.as_(desk.ann, 11), *key(desk.first)).held_since == NOW + 10 * MINUTE
    assert forget_past_holds(desk.as_(desk.ann, 19)) == 0
    assert forget_past_holds(desk.as_(desk.ann, 20)) == 1


def test_an_open_page_renews_it_but_not_for_ever(desk: Desk) -> None:
    keep_for_reader(desk.as_(desk.ann), *key(desk.first))
    for minutes in range(5, 70, 5):
        assert renew(desk.as_(desk.ann, minutes), *key(desk.first))
    assert desk.held(desk.bob, 59) == {desk.first.id: "Ann"}
    assert desk.held(desk.bob, 60) == {}
    keep_for_reader(desk.as_(desk.bob, 61), *key(desk.first))
    assert not renew(desk.as_(desk.ann, 62), *key(desk.first))


def test_the_end_of_a_hold() -> None:
    assert hold_until(NOW, NOW, 10) == NOW + 10 * MINUTE
    assert hold_until(NOW, NOW + 55 * MINUTE, 10) == NOW + LONGEST_HOLD


def test_acting_on_what_somebody_else_has_open_is_refused_with_a_sentence(desk: Desk) -> None:
    keep_for_reader(desk.as_(desk.ann), *key(desk.first))
    with pytest.raises(HeldError) as refused:
        acknowledge(desk.as_(desk.bob, 2), *key(desk.first), 1)
    assert str(refused.value) == (
        "Ann has had this warning open since 12:00. Go on to the next one, or take it over first."
    )
    with pytest.raises(BulkRefusedError) as many:
        acknowledge_all(desk.as_(desk.bob, 2), [pick(desk.first), pick(desk.second)], "Morning round")
    assert [(one.customer_no, one.params["name"]) for one in many.value.refusals] == [("C1", "Ann")]
    assert (desk.first.state, desk.second.state, desk.entries()) == ("raised", "raised", [])
    assert acknowledge(desk.as_(desk.ann, 2), *key(desk.first), 1).state == "acknowledged"


def test_taking_over_is_a_click_and_stands_in_the_ledger(desk: Desk) -> None:
    keep_for_reader(desk.as_(desk.ann), *key(desk.first))
    take_over(desk.as_(desk.bob, 2), *key(desk.first))
    assert (desk.held(desk.ann, 2), desk.held(desk.bob, 2)) == ({desk.first.id: "Bob"}, {})
    entry = desk.ctx.session.execute(select(LedgerEntry).where(LedgerEntry.actor == "bob")).scalar_one()
    assert (entry.action, entry.before, entry.after) == (
        "early_warning.taken_over", {"open_with": "Ann"}, {"open_with": "Bob"},
    )  # fmt: skip
    assert acknowledge(desk.as_(desk.bob, 3), *key(desk.first), 1).version == 2
    with pytest.raises(StaleError):
        acknowledge(desk.as_(desk.ann, 3), *key(desk.first), 1)


def test_taking_what_nobody_has_needs_no_entry(desk: Desk) -> None:
    take_over(desk.as_(desk.bob), *key(desk.first))
    assert (desk.held(desk.ann), desk.entries()) == ({desk.first.id: "Bob"}, [])


def test_who_may_not_act_holds_nothing_and_takes_nothing_over(desk: Desk) -> None:
    for person in (desk.viewer, desk.seller, SYSTEM):
        keep_for_reader(desk.as_(person), *key(desk.first))
    assert desk.held(desk.ann) == {}
    with pytest.raises(NotAllowedError):
        take_over(desk.as_(desk.viewer), *key(desk.first))
    with pytest.raises(NotAllowedError, match="another department"):
        take_over(desk.as_(desk.seller), *key(desk.first))
    with pytest.raises(NotFoundError):
        take_over(desk.as_(desk.bob), desk.first.customer_id, desk.first.id + 9)


def test_what_is_resolved_is_nobodys(desk: Desk) -> None:
    row = make_early_warning(desk.ctx, make_customer(desk.ctx, "C3"), state="resolved", outcome="mitigated")
    keep_for_reader(desk.as_(desk.ann), *key(row))
    assert desk.held(desk.bob) == {}
    with pytest.raises(IllegalMoveError):
        take_over(desk.as_(desk.ann), *key(row))


def test_the_setting_0_keeps_nothing(desk: Desk) -> None:
    set_policy(desk.ctx, "triage_hold_minutes", "0")
    keep_for_reader(desk.as_(desk.ann), *key(desk.first))
    assert desk.held(desk.bob) == {}


def test_the_queue_is_narrowed_to_what_is_held_or_free(desk: Desk) -> None:
    keep_for_reader(desk.as_(desk.ann), *key(desk.first))
    bob = desk.as_(desk.bob)
    assert [row.id for row in open_warnings(bob, QueueFilter(held=True)).rows] == [desk.first.id]
    assert [row.id for row in open_warnings(bob, QueueFilter(held=False)).rows] == [desk.second.id]


def test_the_database_refuses_a_hold_that_ends_before_it_begins(desk: Desk) -> None:
    keep_for_reader(desk.as_(desk.ann), *key(desk.first))
    with pytest.raises(IntegrityError, match="ends_after_its_start"), desk.ctx.session.begin_nested():
        desk.ctx.session.execute(text("UPDATE early_warning_hold SET until = since"))


# --- two sessions


@pytest.fixture
def two(database: str) -> Desk:
    with unit_of_work(SYSTEM, now=NOW) as ctx:
        return Desk(ctx)


def test_looking_waits_for_nobody_who_is_changing_the_warning(two: Desk) -> None:
    with unit_of_work(SYSTEM, now=NOW) as worker:
        worker.session.execute(select(EarlyWarning).with_for_update()).all()
        with unit_of_work(two.ann, now=NOW) as ctx:
            ctx.session.execute(text("SET LOCAL lock_timeout = '1s'"))
            keep_for_reader(ctx, *key(two.first))
        with unit_of_work(two.bob, now=NOW) as ctx:
            assert held_by_others(ctx) == {}


def test_two_people_acknowledge_at_once_one_does_one_is_told_and_there_is_one_entry(two: Desk) -> None:
    start, outcomes = Barrier(2), []

    def click(actor: Actor) -> None:
        start.wait()
        try:
            with unit_of_work(actor, now=NOW) as ctx:
                outcomes.append(acknowledge(ctx, *key(two.first), 1).state)
        except StaleError as refusal:
            outcomes.append(str(refusal))

    threads = [Thread(target=click, args=(actor,)) for actor in (two.ann, two.bob)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = "Somebody changed this record while you were looking at it. Reload and decide again."
    assert sorted(outcomes) == [told, "acknowledged"]
    with unit_of_work(SYSTEM, now=NOW) as ctx:
        two.ctx = ctx
        assert [action for _, action in two.entries()] == ["early_warning.acknowledged"]


def test_two_people_who_swap_do_not_wait_for_each_other(two: Desk) -> None:
    places = {two.ann.login: (two.first, two.second), two.bob.login: (two.second, two.first)}
    start, failures = Barrier(2), []

    def swap(actor: Actor) -> None:
        try:
            for place in (0, 1) * 4:
                start.wait()
                with unit_of_work(actor, now=NOW) as ctx:
                    keep_for_reader(ctx, *key(places[actor.login][place]))
        except Exception as error:  # a deadlock, in a thread that pytest does not see
            failures.append(error)
            start.abort()

    threads = [Thread(target=swap, args=(actor,)) for actor in (two.ann, two.bob)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
