"""What the desk knows beside the queue: filter counts, what many would do, what can be undone, how far people get."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import select

from db.enums import Role
from db.models import EarlyWarning, LedgerEntry
from services.context import Actor, Context
from services.customers import promises_of
from services.early_warnings import (
    BulkRefusedError,
    Pick,
    QueueFilter,
    acknowledge,
    assign,
    assign_all,
    facets,
    foresee,
    keep_for_reader,
    snooze,
    snooze_all,
    take_over,
    undo_all,
    warning_by_id,
)
from services.errors import NotAllowedError
from services.ledger import record
from services.policy import set_policy
from services.triage_reach import Pace, Reach, reach_of, reach_today, recent_pace
from tests.services.makers import (
    DAY,
    ago,
    as_actor,
    make_customer,
    make_department,
    make_dunning,
    make_early_warning,
    make_invoice,
    make_user,
    pick,
)

NOW = dt.datetime(2025, 6, 30, 4, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


class Desk:
    """Two officers; three warnings: two of North (raised, acting), one of South (raised)."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        risk, north, south = make_department(ctx, "RISK", "risk"), make_department(ctx, "N"), make_department(ctx, "S")
        self.ann, self.bob = (make_user(ctx, name, Role.RISK, risk) for name in ("ann", "bob"))
        self.seller = make_user(ctx, "seller", Role.BUSINESS, north)
        one, two = make_customer(ctx, "C1", owner_department_id=north.id), make_customer(ctx, "C2")
        two.owner_department_id = south.id
        self.first = make_early_warning(ctx, one, severity="critical", money_at_risk=900, department_id=north.id)
        self.second = make_early_warning(
            ctx, one, "tip", state="acting", severity="high", money_at_risk=500, department_id=north.id
        )
        self.third = make_early_warning(ctx, two, severity="high", money_at_risk=100, department_id=south.id)

    def as_(self, actor: Actor, minutes: float = 0) -> Context:
        ctx = as_actor(self.ctx, actor)
        ctx.now = NOW + minutes * MINUTE
        return ctx

    def events(self) -> list[str]:
        query = select(LedgerEntry.action).where(LedgerEntry.action.startswith("early_warning"))
        return list(self.ctx.session.execute(query.order_by(LedgerEntry.customer_id, LedgerEntry.seq)).scalars())


@pytest.fixture
def desk(rolled_back: Context) -> Desk:
    return Desk(rolled_back)


def key(row: EarlyWarning) -> tuple[int, int]:
    return row.customer_id, row.id


# --- counts beside filters


def test_each_value_is_counted_with_all_other_filters_as_they_are(desk: Desk) -> None:
    found = facets(desk.as_(desk.ann), QueueFilter())
    assert (found.severity, found.rule) == ({"critical": 1, "high": 2}, {"overdue_30": 2, "tip": 1})
    assert (found.department, found.state) == ({"N": 2, "S": 1}, {"raised": 2, "acting": 1})
    narrow = facets(desk.as_(desk.ann), QueueFilter(severity="high", department="N"))
    assert narrow.severity == {"critical": 1, "high": 1}
    assert narrow.department == {"N": 1, "S": 1}
    assert (narrow.rule, narrow.state) == ({"tip": 1}, {"acting": 1})
    assert facets(desk.as_(desk.seller), QueueFilter()).department == {"N": 2}


# --- many


def test_what_a_step_would_do_is_foreseen_by_rule_and_severity_and_changes_nothing(desk: Desk) -> None:
    keep_for_reader(desk.as_(desk.bob), *key(desk.third))
    found = foresee(desk.as_(desk.ann), "acknowledge", QueueFilter())
    assert (found.found, found.beyond, found.able) == (3, 0, (Pick(*key(desk.first), 1),))
    assert (found.by_rule, found.by_severity) == ({"overdue_30": 1}, {"critical": 1})
    assert [one.customer_no for one in found.unable] == ["C1", "C2"]
    assert "open since" in found.unable[1].template
    assert desk.events() == []


def test_all_that_filters_leave_are_taken_only_up_to_the_limit(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.early_warnings.bulk.MOST_AT_ONCE", 2)
    found = foresee(desk.as_(desk.ann), "snooze", QueueFilter())
    # The first of the list: the most money first.
    assert [(one.customer_id, one.id) for one in found.able] == sorted([key(desk.first), key(desk.second)])
    assert (found.found, found.beyond) == (2, 1)
    ticked = foresee(desk.as_(desk.ann), "snooze", QueueFilter(severity="critical"), [key(desk.third)])
    assert [(one.customer_id, one.id) for one in ticked.able] == [key(desk.third)]
    with pytest.raises(NotAllowedError):
        foresee(desk.as_(desk.seller), "snooze", QueueFilter())


# --- undo


def test_a_snooze_is_taken_back_to_what_was_before(desk: Desk) -> None:
    due = desk.first.due_at
    row = snooze(desk.as_(desk.ann), *key(desk.first), 1, ago(-5), "Holiday")
    back = undo_all(desk.as_(desk.ann, 4.9), [Pick(*key(desk.first), row.version)])[0]
    assert (back.due_at, back.snoozed_until, back.snooze_reason, back.version) == (due, None, None, 3)
    assert desk.events() == ["early_warning.snoozed", "early_warning.undone"]


def test_a_second_snooze_is_taken_back_to_the_first(desk: Desk) -> None:
    snooze(desk.as_(desk.ann), *key(desk.first), 1, ago(-5), "Holiday")
    first = warning_by_id(desk.as_(desk.ann), *key(desk.first))
    row = snooze(desk.as_(desk.ann), *key(desk.first), 2, ago(-9), "Longer")
    back = undo_all(desk.as_(desk.ann, 1), [pick(row)])[0]
    assert (back.snoozed_until, back.snooze_reason, back.due_at) == (ago(-5), "Holiday", first.due_at)


def test_an_assignment_of_many_is_taken_back_as_one(desk: Desk) -> None:
    desk.third.assignee_id = desk.ann.user_id
    picks = [pick(desk.first), pick(desk.third)]
    rows = assign_all(desk.as_(desk.ann), picks, desk.bob.user_id or 0, "Bob knows them")
    back = undo_all(desk.as_(desk.ann, 1), [pick(row) for row in rows])
    assert [row.assignee for row in back] == [None, "Ann"]


@pytest.mark.parametrize("reason", ["another", "late", "changed", "acknowledged", "twice", "joined"])
def test_what_can_no_longer_be_undone_is_said(desk: Desk, reason: str) -> None:
    who, minutes, version = desk.ann, 1.0, 2
    if reason == "acknowledged":
        acknowledge(desk.as_(desk.ann), *key(desk.first), 1)
    else:
        assign(desk.as_(desk.ann), *key(desk.first), 1, desk.bob.user_id or 0)
    if reason == "another":
        who = desk.bob
    elif reason == "late":
        minutes = 5.1
    elif reason == "changed":
        acknowledge(desk.as_(desk.bob), *key(desk.first), 2)
        version = 3
    elif reason == "twice":
        undo_all(desk.as_(desk.ann), [Pick(*key(desk.first), 2)])
        version = 3
    elif reason == "joined":
        desk.first.version = version = 3
        desk.ctx.session.flush()
    said = {
        "late": "more than %(minutes)s minutes ago", "joined": "changed since",
    }.get(reason, "Only an assignment or a snooze of your own")  # fmt: skip
    with pytest.raises(BulkRefusedError) as refused:
        undo_all(desk.as_(who, minutes), [Pick(*key(desk.first), version)])
    assert said in refused.value.refusals[0].template
    assert desk.ctx.session.get_one(EarlyWarning, key(desk.first)).version == version


def test_looking_or_taking_over_does_not_end_the_way_back(desk: Desk) -> None:
    rows = snooze_all(desk.as_(desk.ann), [pick(desk.first)], ago(-3), "Holiday")
    keep_for_reader(desk.as_(desk.bob), *key(desk.first))
    take_over(desk.as_(desk.ann, 1), *key(desk.first))
    assert undo_all(desk.as_(desk.ann, 2), [pick(rows[0])])[0].snoozed_until is None


# --- how far people get


def test_reach_goes_by_the_setting_until_there_is_a_pace(desk: Desk) -> None:
    assert reach_today(desk.ctx) == Reach(2, 20, 10, None)
    set_policy(desk.ctx, "triage_warnings_a_day", "15")
    assert reach_today(desk.ctx, Pace(100, 4), mine=True) == Reach(1, 15, 15, None)
    pace = Pace(62, 5)
    assert (reach_today(desk.ctx, pace), pace.a_day) == (Reach(2, 24, 12, pace), 12)
    assert reach_of(0, 10, Pace(0, 9)) == Reach(0, 0, 1, Pace(0, 9))


def test_the_pace_counts_a_warning_once_a_person_and_day_in_the_companys_days(desk: Desk) -> None:
    for actor, action, subject, hours in (
        (desk.ann, "early_warning.acknowledged", "early_warning:1:1", 1),
        (desk.ann, "early_warning.acting", "early_warning:1:1", 2),
        (desk.ann, "early_warning.resolved", "early_warning:1:2", 11),
        # 13 hours before is the day before in Shanghai.
        (desk.ann, "early_warning.resolved", "early_warning:1:1", 13),
        (desk.bob, "early_warning.snoozed", "early_warning:1:3", 1),
        (desk.seller, "early_warning.acknowledged", "early_warning:1:4", 1),
        (desk.bob, "early_warning.raised", "warning_rule:tip", 1),
        (desk.bob, "early_warning.snoozed", "early_warning:1:5", 28 * 24),
    ):
        ctx = as_actor(desk.ctx, actor)
        ctx.now = NOW - dt.timedelta(hours=hours)
        record(ctx, action, subject)
    assert recent_pace(desk.ctx) == Pace(4, 3)


# --- the customer beside the list


def test_promises_are_broken_as_the_rule_has_it(desk: Desk) -> None:
    one = make_customer(desk.ctx, "P1")
    still, paid = make_invoice(desk.ctx, one, ago(40)), make_invoice(desk.ctx, one, ago(40), paid=((ago(10), 100),))
    disputed = make_invoice(desk.ctx, one, ago(40), is_disputed=True)
    for invoice, promised in ((still, 5), (paid, 6), (disputed, 7), (still, -5)):
        make_dunning(
            desk.ctx, one, ago(20), invoice_id=invoice.id, response="promise", promised_on=ago(promised)
        )  # fmt: skip
    found = promises_of(desk.ctx, one.customer_id)
    assert (found.made, found.broken, found.last_broken_on) == (4, 1, ago(5))
    # None named: something came since the notice of 20 days ago, nothing since that of 9 days ago.
    make_dunning(desk.ctx, one, ago(20), response="promise", promised_on=ago(2))
    make_dunning(desk.ctx, one, ago(9), response="promise", promised_on=ago(3))
    found = promises_of(desk.ctx, one.customer_id)
    assert (found.made, found.broken, found.last_broken_on) == (6, 2, ago(3))


def test_the_place_in_the_order_in_figures(desk: Desk) -> None:
    desk.first.due_at, desk.first.likelihood = NOW + dt.timedelta(hours=72), Decimal("0.4")
    desk.ctx.session.flush()
    one = warning_by_id(desk.ctx, *key(desk.first)).priority
    assert one is not None
    assert (one.money, one.likelihood, one.time_factor, one.value) == (900, Decimal("0.4"), 0.5, 180.0)
    assert desk.ctx.today == DAY
