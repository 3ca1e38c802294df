"""Events for machines: in order, none missed that commits late, none that was rolled back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import text

from db.enums import ApiScope, Role
from services import events
from services.access import RIGHTS_OF_SCOPE
from services.context import SYSTEM, Actor, Context, unit_of_work
from services.early_warnings import acknowledge, act, resolve
from services.early_warnings.tips import raise_by_hand
from services.errors import NotAllowedError, RefusedError
from services.events import LATEST, OldCursorError, WrongCursorError, events_after, publish
from services.policy import set_policy
from services.scoring import ensure_default_scorecard, score_customers
from tests.services.makers import ago, make_customer, make_department, make_invoice

CONTROL = {"control_id": 7, "kind": "suspension", "force": "absolute", "starts_on": dt.date(2025, 6, 30),
           "expires_on": None}  # fmt: skip
JUNE = dt.datetime(2025, 6, 30, 4, 0, tzinfo=dt.UTC)


def _publish(ctx: Context, control_id: int) -> None:
    publish(ctx, "control.active", payload={**CONTROL, "control_id": control_id})


def _ids(page: events.EventPage) -> list[int]:
    return [one.payload["control_id"] for one in page.events]


def machine(*scopes: str, department_id: int | None = None) -> Actor:
    rights = frozenset().union(*(RIGHTS_OF_SCOPE[ApiScope(one)] for one in scopes))
    return Actor("api:erp", "erp", Role.VIEWER, department_id=department_id, rights=rights)


def test_a_row_that_commits_late_is_read_after_those_that_were_read_before(database: str) -> None:
    with unit_of_work() as early:
        _publish(early, 1)  # takes the lower id, and stays open
        with unit_of_work() as late:
            _publish(late, 2)
        with unit_of_work() as reader:
            first = events_after(reader)
    with unit_of_work() as reader:
        second = events_after(reader, first.next_cursor)
        third = events_after(reader, second.next_cursor)
    assert (_ids(first), _ids(second), _ids(third)) == ([2], [1], [])
    assert third.next_cursor == second.next_cursor


def test_what_was_rolled_back_is_never_told_and_leaves_no_gap(database: str) -> None:
    with unit_of_work() as ctx:
        _publish(ctx, 1)
        assert events.place_new(ctx) == 1
        ctx.session.rollback()
    with unit_of_work() as ctx:
        _publish(ctx, 2)
    with unit_of_work() as ctx:
        page = events_after(ctx)
    assert (_ids(page), events.position_of(page.next_cursor)) == ([2], 1)


def test_pages_follow_each_other_by_kind(ctx: Context) -> None:
    for number in (1, 2, 3):
        _publish(ctx, number)
    publish(ctx, "gate.settled", payload={"order_no": "O-1", "state": "released", "settled_on": dt.date(2025, 6, 30)})
    first = events_after(ctx, kinds=["control.active"], limit=2)
    assert (_ids(first), first.has_more) == ([1, 2], True)
    rest = events_after(ctx, first.next_cursor, ["control.active"])
    assert (_ids(rest), rest.has_more) == ([3], False)
    # The orders' event was passed by: nobody looks at it again.
    assert events.position_of(rest.next_cursor) == 4
    latest = events_after(ctx, LATEST)
    assert (latest.events, latest.next_cursor) == ((), rest.next_cursor)


def test_machines_read_what_their_scopes_allow_of_their_own_department(ctx: Context) -> None:
    north = make_department(ctx, "NORTH")
    ours = make_customer(ctx, "C-1", owner_department_id=north.id)
    theirs = make_customer(ctx, "C-2")
    for customer in (ours, theirs):
        publish(ctx, "control.active", customer_id=customer.customer_id, payload=CONTROL)
    publish(ctx, "gate.settled", payload={"order_no": "O-1", "state": "refused", "settled_on": ctx.today})
    ctx.actor = machine("events", "status", department_id=north.id)
    assert [one.customer_no for one in events_after(ctx).events] == ["C-1"]
    ctx.actor = machine("events", "gate")
    assert [one.kind for one in events_after(ctx).events] == ["gate.settled"]
    with pytest.raises(NotAllowedError, match=r"control\.active"):
        events_after(ctx, kinds=["control.active"])
    ctx.actor = machine("status")
    with pytest.raises(NotAllowedError):
        events_after(ctx)


def test_a_cursor_of_what_is_not_kept_any_more(ctx: Context) -> None:
    set_policy(ctx, "events_kept_days", "10")
    for days in (12, 11, 3):
        ctx.now = JUNE - dt.timedelta(days=days)
        _publish(ctx, days)
    ctx.now = JUNE
    begin = events_after(ctx, limit=1).next_cursor
    assert events.prune_events(ctx) == 2
    with pytest.raises(OldCursorError, match="after=latest"):
        events_after(ctx, begin)
    assert _ids(events_after(ctx)) == [3]
    assert _ids(events_after(ctx, events.cursor_of(2))) == [3]
    # The newest stays, so that places go on from it.
    ctx.now = JUNE + dt.timedelta(days=60)
    assert events.prune_events(ctx) == 0
    with pytest.raises(OldCursorError):
        events_after(ctx, events.cursor_of(4))


@pytest.mark.parametrize("cursor", ["", "x", "ZTEuLTE", "ZTEuMTIzNDU2Nzg5MDEyMzQ1Njc4OTA", "\x00", "é"])
def test_a_cursor_that_is_none_of_ours(ctx: Context, cursor: str) -> None:
    with pytest.raises(WrongCursorError):
        events_after(ctx, cursor)


def test_wrong_numbers_and_kinds(ctx: Context) -> None:
    with pytest.raises(RefusedError, match="Between 1 and 1000"):
        events_after(ctx, limit=0)
    with pytest.raises(RefusedError, match="no kind of event called x"):
        events_after(ctx, kinds=["x"])
    with pytest.raises(ValueError, match="has the fields control_id"):
        publish(ctx, "control.active", payload={"control_id": 1})


def test_values_as_machines_read_them() -> None:
    at = dt.datetime(2025, 6, 30, 12, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    given = {"a": Decimal("5.00"), "b": (Decimal("0.5"), dt.date(2025, 6, 30)), "c": at, "d": None}
    assert events.as_json(given) == {"a": 5, "b": [0.5, "2025-06-30"], "c": "2025-06-30T04:00:00Z", "d": None}


def test_warnings_raised_and_resolved_are_told(ctx: Context) -> None:
    make_customer(ctx, "C-1")
    row = raise_by_hand(ctx, "C-1", "high", "The warehouse is empty", Decimal("1200.5"))
    row = acknowledge(ctx, row.customer_id, row.id, row.version)
    row = act(ctx, row.customer_id, row.id, row.version)
    resolve(ctx, row.customer_id, row.id, row.version, "confirmed", "Seen on site")
    raised, resolved = events_after(ctx).events
    assert (raised.kind, raised.customer_no, raised.payload["severity"], raised.payload["money_at_risk"]) == (
        "warning.raised", "C-1", "high", 1200.5,
    )  # fmt: skip
    assert set(raised.payload) == set(events.EVENT_KINDS["warning.raised"].fields)
    assert resolved.payload == {"warning_id": row.id, "rule": row.rule, "severity": "high", "outcome": "confirmed"}


def test_levels_that_become_or_cease_to_be_grave_are_told(ctx: Context) -> None:
    make_invoice(ctx, make_customer(ctx, "C-1"), ago(100))
    make_customer(ctx, "C-2", credit_rating="AAA")
    ensure_default_scorecard(ctx)
    score_customers(ctx, ctx.today)
    levels = dict(ctx.session.execute(text("SELECT customer_no, risk_level FROM customer")).all())
    told = {one.customer_no: one.payload for one in events_after(ctx).events}
    assert set(told) == {no for no, level in levels.items() if level in {"high", "critical"}} == {"C-1"}
    assert set(told["C-1"]) == set(events.EVENT_KINDS["level.changed"].fields)
    assert (told["C-1"]["level_before"], told["C-1"]["level"], told["C-1"]["as_of"]) == (
        None, levels["C-1"], "2025-06-30",
    )  # fmt: skip
    assert SYSTEM.rights is None
