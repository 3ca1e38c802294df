"""The life of a control: who may do what, what is refused, and what stays in force on which day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from db.models import Control, LedgerEntry, MachineEvent, Notification
from services import controls
from services.context import Context
from services.controls import ControlFilter, ControlPick, ControlRow, Demands, NotTogetherError
from services.errors import IllegalMoveError, NotAllowedError, RefusedError, StaleError
from tests.services.controls_scene import Scene, make_scene
from tests.services.makers import DAY, as_actor


@pytest.fixture
def scene(ctx: Context) -> Scene:
    return make_scene(ctx)


def _key(row: ControlRow) -> tuple[int, int, int]:
    return row.customer_id, row.id, row.version


def _days(count: int) -> dt.date:
    return DAY + dt.timedelta(days=count)


def _actions(scene: Scene) -> list[str]:
    of_customer = LedgerEntry.customer_id == scene.customer.customer_id
    return list(
        scene.ctx.session.execute(select(LedgerEntry.action).where(of_customer).order_by(LedgerEntry.seq)).scalars()
    )


def test_a_proposal_comes_into_force_by_another_person_and_tells_the_department(scene: Scene) -> None:
    row = scene.propose(expires_on=_days(90))
    assert (row.state, row.starts_on, row.proposer, row.task) == ("proposed", None, "Risk", "approve")
    assert controls.controls_in_force(scene.ctx, row.customer_id) == ()

    held = controls.approve(scene.by(scene.risk2), *_key(row))
    assert (held.state, held.starts_on, held.approver, held.review_on) == ("active", DAY, "Risk2", _days(30))
    assert held.demands == Demands(order_limit=Decimal(1000))
    assert controls.controls_in_force(scene.ctx, row.customer_id) == (held,)
    assert _actions(scene) == ["control.proposed", "control.approved"]
    told = scene.ctx.session.execute(select(Notification.kind, Notification.user_id)).all()
    assert ("control_in_force", scene.business.user_id) in told
    assert ("control_decided", scene.risk.user_id) in told
    assert ("control_to_approve", scene.risk2.user_id) in told


def test_nobody_approves_or_declines_their_own(scene: Scene) -> None:
    row = scene.propose()
    for command in (controls.approve, lambda *key: controls.decline(*key, "no")):
        with pytest.raises(NotAllowedError, match="another person"):
            command(scene.by(scene.risk), *_key(row))


@pytest.mark.parametrize(("kind", "force", "may"), [
    ("trade_limit", "overridable", False), ("trade_limit", "absolute", True), ("suspension", "overridable", True),
    ("monitoring", "overridable", False),
])  # fmt: skip
def test_leadership_approves_what_stops_trade_only(scene: Scene, kind: str, force: str, may: bool) -> None:
    demands = {"monitoring": Demands(monitoring_days=7), "trade_limit": Demands(order_limit=Decimal(1))}
    row = scene.propose(kind=kind, force=force, demands=demands.get(kind, Demands()))
    if may:
        assert controls.approve(scene.by(scene.leader), *_key(row)).state == "active"
    else:
        with pytest.raises(NotAllowedError):
            controls.approve(scene.by(scene.leader), *_key(row))


def test_business_people_propose_for_their_own_customers(scene: Scene) -> None:
    assert scene.propose(scene.business).proposer == "North"
    with pytest.raises(NotAllowedError, match="another department"):
        scene.propose(scene.other, kind="suspension")
    with pytest.raises(NotAllowedError):
        scene.propose(scene.viewer, kind="suspension")


@pytest.mark.parametrize(("values", "words"), [
    ({"kind": "fine"}, "not a kind"),
    ({"demands": Demands()}, "at least one"),
    ({"demands": Demands(prepaid_share=Decimal("0.3"))}, "no such parameter"),
    ({"demands": Demands(order_limit=Decimal(-1))}, "0 or more"),
    ({"demands": Demands(order_limit=Decimal("NaN"))}, "as numbers"),
    ({"kind": "prepayment", "demands": Demands(prepaid_share=Decimal("1.01"))}, "100 %"),
    ({"kind": "monitoring", "demands": Demands(monitoring_days=0)}, "one day"),
    ({"force": "gentle"}, "not a force"),
    ({"override_role": "viewer"}, "Name the role"),
    ({"review_on": DAY}, "after today"),
    ({"review_on": None}, "after today"),
    ({"expires_on": DAY - dt.timedelta(days=1)}, "between today"),
    ({"reason": "  "}, "Say why"),
    ({"owner_id": 999_999}, "not known"),
])  # fmt: skip
def test_what_a_proposal_may_not_be(scene: Scene, values: dict[str, Any], words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        scene.propose(**values)
    assert _actions(scene) == []


def test_one_proposal_of_a_kind_waits(scene: Scene) -> None:
    scene.propose()
    with pytest.raises(RefusedError, match="waits for approval already"):
        scene.propose(scene.business, demands=Demands(order_limit=Decimal(5)))
    assert scene.propose(kind="suspension").state == "proposed"


def test_a_change_replaces_what_holds_in_one_transaction(scene: Scene) -> None:
    first = scene.active()
    with pytest.raises(RefusedError, match="like this already"):
        scene.propose()
    second = scene.propose(demands=Demands(order_limit=Decimal(400)))
    assert [one.id for one in controls.controls_in_force(scene.ctx, first.customer_id)] == [first.id]
    second = controls.approve(scene.by(scene.risk2), *_key(second))
    assert [one.id for one in controls.controls_in_force(scene.ctx, first.customer_id)] == [second.id]
    ended = controls.control_by_id(scene.ctx, first.customer_id, first.id)
    assert (ended.state, ended.ended_as, ended.ended_on) == ("lifted", "replaced", DAY)
    told = scene.ctx.session.execute(select(MachineEvent.kind).order_by(MachineEvent.id)).scalars().all()
    assert told == ["control.active", "control.ended", "control.active"]


def test_the_second_of_two_is_told_that_it_was_decided(scene: Scene) -> None:
    row = scene.propose(scene.business)
    controls.approve(scene.by(scene.risk2), *_key(row))
    with pytest.raises(StaleError):
        controls.decline(scene.by(scene.risk), *_key(row), "no need")
    with pytest.raises(IllegalMoveError):
        controls.approve(scene.by(scene.risk), row.customer_id, row.id, row.version + 1)


def test_declining_and_taking_back(scene: Scene) -> None:
    row = scene.propose(scene.business)
    with pytest.raises(NotAllowedError, match="Only who proposed"):
        controls.withdraw(scene.by(scene.risk), *_key(row))
    with pytest.raises(RefusedError, match="reason"):
        controls.decline(scene.by(scene.risk), *_key(row), " ")
    declined = controls.decline(scene.by(scene.risk), *_key(row), "Paid yesterday")
    assert (declined.state, declined.ended_as, declined.end_reason) == ("lifted", "declined", "Paid yesterday")
    again = scene.propose(scene.business)
    assert controls.withdraw(scene.by(scene.business), *_key(again)).ended_as == "withdrawn"


def test_review_extend_and_lift(scene: Scene) -> None:
    row = scene.active(expires_on=_days(60))
    with pytest.raises(RefusedError, match="Say what"):
        controls.review(scene.by(scene.business), *_key(row), "", _days(20))
    with pytest.raises(NotAllowedError, match="another department"):
        controls.review(scene.by(scene.other), *_key(row), "Orders fell", _days(20))
    row = controls.review(scene.by(scene.business), *_key(row), "Orders fell by half", _days(20))
    assert (row.effect, row.review_on, row.reviewed_on, row.reviewer) == (
        "Orders fell by half", _days(20), DAY, "North",
    )  # fmt: skip
    for day in (_days(60), _days(10)):
        with pytest.raises(RefusedError, match="later last day"):
            controls.extend(scene.by(scene.risk), *_key(row), day, "longer")
    row = controls.extend(scene.by(scene.risk), *_key(row), _days(120), "Still late")
    assert row.expires_on == _days(120)
    with pytest.raises(RefusedError, match="unfounded"):
        controls.lift(scene.by(scene.risk), *_key(row), "declined", "x")
    row = controls.lift(scene.by(scene.leader), *_key(row), "unfounded", "It was another company")
    assert (row.state, row.ended_as, row.ended_on) == ("lifted", "unfounded", DAY)
    assert _actions(scene)[-3:] == ["control.reviewed", "control.extended", "control.lifted"]
    with pytest.raises(RefusedError, match="not in force"):
        controls.review(scene.by(scene.risk), *_key(row), "x", _days(20))


def test_the_clock_ends_what_is_over_on_the_day_after_its_last(scene: Scene) -> None:
    row = scene.active(expires_on=DAY)
    assert controls.expire_overdue(scene.ctx) == 0
    tomorrow = _Tomorrow(scene.ctx.session, scene.ctx.actor, scene.ctx.now)
    assert controls.controls_in_force(tomorrow, row.customer_id) == ()
    assert controls.expire_overdue(tomorrow) == 1
    ended = controls.control_by_id(scene.ctx, row.customer_id, row.id)
    assert (ended.state, ended.ended_on) == ("expired", _days(1))
    assert [one.id for one in controls.controls_in_force(scene.ctx, row.customer_id, DAY)] == [row.id]
    assert controls.expire_overdue(tomorrow) == 0


class _Tomorrow(Context):
    @property
    def today(self) -> dt.date:
        return _days(1)


def test_many_are_approved_together_or_not_at_all(scene: Scene) -> None:
    one = scene.propose(scene.business)
    own = scene.propose(scene.risk, kind="suspension")
    picks = [ControlPick(*_key(one)), ControlPick(*_key(own))]
    with pytest.raises(NotTogetherError) as refused:
        controls.approve_many(scene.by(scene.risk), picks)
    (why,) = refused.value.refusals
    assert (why.id, why.customer_no) == (own.id, "C-1")
    assert controls.control_by_id(scene.ctx, one.customer_id, one.id).state == "proposed"
    rows = controls.approve_many(scene.by(scene.risk2), picks)
    assert [row.state for row in rows] == ["active", "active"]


def test_the_worklist_has_what_waits_by_day(scene: Scene) -> None:
    waiting = scene.propose()
    soon = scene.active(kind="suspension", review_on=_days(3))
    ending = scene.active(kind="monitoring", demands=Demands(monitoring_days=7), expires_on=_days(14))
    scene.active(kind="guarantee", demands=Demands(coverage_ratio=Decimal(1)), review_on=_days(4))

    def listed(read: Callable[..., Any] = controls.open_work, **values: Any) -> list[int]:
        return [row.id for row in read(scene.ctx, ControlFilter(**values)).rows]

    assert listed() == [waiting.id, soon.id, ending.id]
    assert listed(task="review") == [soon.id]
    assert listed(task="expiring", kind="monitoring") == [ending.id]
    assert listed(search="C-1", level="high", department="NORTH") == [waiting.id, soon.id, ending.id]
    assert listed(department="EXPORT") == []
    assert len(listed(view="active")) == 3
    page = controls.open_work(scene.ctx, ControlFilter(), limit=1)
    rest = controls.open_work(scene.ctx, ControlFilter(), page.after, limit=2)
    assert ([row.id for row in page.rows + rest.rows], rest.after) == ([waiting.id, soon.id, ending.id], None)
    counts = controls.control_counts(scene.ctx)
    assert (counts.to_approve, counts.to_review, counts.expiring, counts.active, counts.customers) == (1, 1, 1, 3, 1)
    (north,) = controls.department_counts(scene.ctx)
    assert north.kinds == {"suspension": 1, "monitoring": 1, "guarantee": 1}
    assert controls.control_counts(as_actor(scene.ctx, scene.other)).active == 0


def test_the_history_begins_with_what_waits_and_holds(scene: Scene) -> None:
    lifted = scene.active()
    controls.lift(scene.by(scene.risk), *_key(lifted), "no_longer_needed", "Paid")
    held = scene.active(kind="suspension")
    waits = scene.propose()
    assert [row.id for row in controls.history(scene.ctx, "C-1")] == [held.id, waits.id, lifted.id]
    assert controls.waiting_kinds(scene.ctx, held.customer_id) == {"trade_limit"}
    assert [name for _id, name in controls.people_to_own(scene.ctx, held.customer_id)] == ["Risk", "Risk2", "North"]
    facts = scene.ctx.session.get_one(Control, (waits.customer_id, waits.id)).facts
    assert (facts["open_amount"], facts["limit_use"]) == (0, None)
