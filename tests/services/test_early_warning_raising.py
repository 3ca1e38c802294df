"""Runs over all customers: raise once, join, note what has gone, remember what was judged."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from threading import Thread

import pytest
from sqlalchemy import select, update

from db.enums import DepartmentKind, Role, WarningState
from db.models import Customer, DataVersion, EarlyWarning, Invoice, LedgerEntry
from services.context import SYSTEM, Context, unit_of_work
from services.early_warnings import (
    COMPUTED_RULES,
    RaiseResult,
    RuleCount,
    acknowledge,
    act,
    escalate_overdue,
    findings,
    raise_by_hand,
    raise_warnings,
    resolve,
    rule_by_code,
    warning_by_id,
)
from services.errors import NotAllowedError, NotFoundError, RefusedError
from services.policy import set_policy
from tests.services.makers import (
    DAY,
    ago,
    as_actor,
    make_customer,
    make_department,
    make_early_warning,
    make_guarantee,
    make_invoice,
    make_user,
    make_watchlist_entry,
)

RULE = rule_by_code("overdue_30")
NOW = dt.datetime(2025, 6, 30, 4, 0, tzinfo=dt.UTC)


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


@pytest.fixture
def customer(ctx: Context) -> Customer:
    return make_customer(ctx, "C1")


def run(ctx: Context, as_of: dt.date = DAY) -> RuleCount:
    return raise_warnings(ctx, as_of, [RULE]).by_rule["overdue_30"]


def warnings(ctx: Context) -> list[EarlyWarning]:
    ctx.session.expire_all()
    return list(ctx.session.scalars(select(EarlyWarning).order_by(EarlyWarning.id)))


def entries(ctx: Context, action: str) -> list[LedgerEntry]:
    return list(ctx.session.scalars(select(LedgerEntry).where(LedgerEntry.action == action).order_by(LedgerEntry.seq)))


def settle(ctx: Context, row: EarlyWarning, outcome: str) -> None:
    key = (row.customer_id, row.id)
    done = acknowledge(ctx, *key, row.version)
    done = act(ctx, *key, done.version)
    resolve(ctx, *key, done.version, outcome, "Looked into it.")


def later(ctx: Context, days: int) -> Context:
    """The same transaction some days later."""
    return Context(session=ctx.session, actor=ctx.actor, now=ctx.now + dt.timedelta(days=days))


def test_an_empty_company_has_no_warnings(ctx: Context) -> None:
    nothing = {rule.code: RuleCount() for rule in COMPUTED_RULES}
    assert raise_warnings(ctx, DAY) == RaiseResult(DAY, 0, 0, 0, nothing)
    assert entries(ctx, "early_warning.raised") == []


def test_a_warning_is_raised_with_all_it_needs(ctx: Context) -> None:
    north = make_department(ctx, "NORTH")
    customer = make_customer(ctx, "C1", owner_department_id=north.id)
    make_invoice(ctx, customer, ago(40), 100, invoice_no="I1")
    assert run(ctx) == RuleCount(raised=1)
    (row,) = warnings(ctx)
    assert (row.state, row.severity, row.escalation, row.version) == ("raised", "medium", 0, 1)
    assert (row.raised_on, row.evidence_on, row.raised_at) == (DAY, DAY, NOW)
    assert row.due_at == NOW + dt.timedelta(days=7)
    assert (row.money_at_risk, row.likelihood, row.priority) == (Decimal(100), Decimal("0.2"), Decimal(20))
    assert row.department_id == north.id
    assert row.evidence == {"items": ["I1"], "facts": {"count": 1, "oldest_due_on": ago(40).isoformat()}}


def test_the_department_addressed(ctx: Context) -> None:
    risk = make_department(ctx, "RISK", DepartmentKind.RISK)
    north = make_department(ctx, "NORTH")
    owned = make_customer(ctx, "owned", owner_department_id=north.id, name="Sunrise", since=ago(5))
    orphan = make_customer(ctx, "orphan")
    for customer in (owned, orphan):
        make_invoice(ctx, customer, ago(40), 100)
    make_watchlist_entry(ctx, "Sunrise")
    raise_warnings(ctx, DAY, [RULE, rule_by_code("resembles_listed")])
    addressed = {(row.customer_id, row.rule): row.department_id for row in warnings(ctx)}
    assert addressed == {
        (owned.customer_id, "overdue_30"): north.id,
        (orphan.customer_id, "overdue_30"): risk.id,
        (owned.customer_id, "resembles_listed"): risk.id,
    }


def test_the_second_run_changes_nothing(ctx: Context, customer: Customer) -> None:
    make_invoice(ctx, customer, ago(70), 100)
    make_guarantee(ctx, customer, ago(-5))
    first = raise_warnings(ctx, DAY)
    assert (first.raised, first.joined, first.gone) == (4, 0, 0)
    assert {code for code, count in first.by_rule.items() if count.raised} == {
        "overdue_30", "overdue_60", "guarantee_expiring", "information_stale",
    }  # fmt: skip
    versions = [(row.id, row.version) for row in warnings(ctx)]
    bumped = ctx.session.get(DataVersion, "early_warnings").version
    assert raise_warnings(ctx, DAY) == RaiseResult(DAY, 0, 0, 0, {rule.code: RuleCount() for rule in COMPUTED_RULES})
    assert [(row.id, row.version) for row in warnings(ctx)] == versions
    assert len(entries(ctx, "early_warning.raised")) == 4
    assert ctx.session.get(DataVersion, "early_warnings", populate_existing=True).version == bumped == 1


def test_time_alone_is_no_further_evidence(ctx: Context, customer: Customer) -> None:
    make_invoice(ctx, customer, ago(40), 100)
    run(ctx)
    assert run(later(ctx, 1), ago(-1)) == RuleCount()


def test_further_evidence_joins_the_open_warning(ctx: Context, customer: Customer) -> None:
    make_invoice(ctx, customer, ago(40), 100, invoice_no="I1")
    run(ctx)
    make_invoice(ctx, customer, ago(35), 50, invoice_no="I2")
    assert run(ctx) == RuleCount(joined=1)
    (row,) = warnings(ctx)
    assert (row.version, row.money_at_risk, row.priority) == (2, Decimal(150), Decimal(30))
    assert row.evidence["items"] == ["I2", "I1"]
    entry = entries(ctx, "early_warning.raised")[-1]
    assert (entry.customer_id, entry.subject) == (0, "warning_rule:overdue_30")
    assert (entry.after["raised"], entry.after["joined"], entry.after["gone"]) == (0, 1, 0)
    (kept,) = entry.before["joined"].values()
    assert kept["evidence"]["items"] == ["I1"]


def test_money_alone_moves_without_making_open_screens_stale(ctx: Context, customer: Customer) -> None:
    invoice = make_invoice(ctx, customer, ago(40), 100)
    run(ctx)
    invoice.amount = Decimal(70)
    ctx.session.flush()
    assert run(ctx) == RuleCount()
    (row,) = warnings(ctx)
    assert (row.version, row.money_at_risk, row.priority) == (1, Decimal(70), Decimal(14))


def test_a_graver_sign_wakes_a_sleeper_and_brings_the_deadline_forward(ctx: Context, customer: Customer) -> None:
    make_invoice(ctx, customer, ago(89), 100)
    rule = rule_by_code("overdue_60")
    raise_warnings(ctx, DAY, [rule])
    ctx.session.execute(
        update(EarlyWarning).values(snoozed_until=ago(-20), snooze_reason="Later", due_at=NOW + dt.timedelta(days=30))
    )
    assert raise_warnings(later(ctx, 1), ago(-1), [rule]).joined == 1
    (row,) = warnings(ctx)
    assert (row.severity, row.snoozed_until, row.snooze_reason) == ("critical", None, None)
    assert row.due_at == NOW + dt.timedelta(days=2)


def test_severity_does_not_fall_while_a_warning_is_open(ctx: Context, customer: Customer) -> None:
    old = make_invoice(ctx, customer, ago(95), 100)
    make_invoice(ctx, customer, ago(65), 100)
    rule = rule_by_code("overdue_60")
    raise_warnings(ctx, DAY, [rule])
    old.is_disputed = True
    ctx.session.flush()
    assert raise_warnings(ctx, DAY, [rule]).joined == 1
    (row,) = warnings(ctx)
    assert (row.severity, row.money_at_risk) == ("critical", Decimal(100))


def test_a_sign_that_has_gone_is_noted_and_left_to_a_person(ctx: Context, customer: Customer) -> None:
    invoice = make_invoice(ctx, customer, ago(40), 100)
    run(ctx)
    invoice.is_disputed = True
    ctx.session.flush()
    assert run(ctx) == RuleCount(gone=1)
    (row,) = warnings(ctx)
    assert (row.state, row.version, row.evidence["sign_gone_on"]) == ("raised", 2, "2025-06-30")
    assert warning_by_id(ctx, row.customer_id, row.id).sign_gone_on == DAY
    assert run(ctx) == RuleCount()
    invoice.is_disputed = False
    ctx.session.flush()
    assert run(ctx) == RuleCount(joined=1)
    assert "sign_gone_on" not in warnings(ctx)[0].evidence


@pytest.mark.parametrize("outcome", ["false_alarm", "mitigated", "confirmed"])
def test_a_judged_warning_does_not_come_back_for_the_same_evidence(
    ctx: Context, customer: Customer, outcome: str
) -> None:
    make_invoice(ctx, customer, ago(40), 100)
    make_invoice(ctx, customer, ago(45), 100, invoice_no="PAID LATER")
    run(ctx)
    settle(ctx, warnings(ctx)[0], outcome)
    assert run(ctx) == RuleCount()
    ctx.session.execute(update(Invoice).where(Invoice.invoice_no == "PAID LATER").values(is_disputed=True))
    assert run(ctx) == RuleCount()
    make_invoice(ctx, customer, ago(31), 100)
    assert run(ctx) == RuleCount(raised=1)
    assert [row.state for row in warnings(ctx)] == ["resolved", "raised"]


def test_a_mitigation_that_does_not_hold_comes_back(ctx: Context, customer: Customer) -> None:
    make_invoice(ctx, customer, ago(40), 100)
    run(ctx)
    settle(ctx, warnings(ctx)[0], "mitigated")
    assert run(later(ctx, 29), ago(-29)) == RuleCount()
    assert run(later(ctx, 30), ago(-30)) == RuleCount(raised=1)


def test_a_judged_sign_that_flickers_stays_judged_until_it_was_away_for_long(ctx: Context, customer: Customer) -> None:
    invoice = make_invoice(ctx, customer, ago(40), 100)
    run(ctx)
    settle(ctx, warnings(ctx)[0], "false_alarm")

    def stands(is_standing: bool, day: int) -> RuleCount:
        invoice.is_disputed = not is_standing
        ctx.session.flush()
        return run(later(ctx, day), ago(-day))

    assert stands(False, 1) == RuleCount()
    assert warnings(ctx)[0].evidence["sign_gone_on"] == "2025-07-01"
    assert stands(True, 30) == RuleCount()
    assert "sign_gone_on" not in warnings(ctx)[0].evidence
    assert stands(False, 40) == RuleCount()
    assert stands(True, 70) == RuleCount(raised=1)


def test_a_look_back_leaves_newer_evidence_alone(ctx: Context, customer: Customer) -> None:
    make_invoice(ctx, customer, ago(40), 100, invoice_no="I1")
    make_invoice(ctx, customer, ago(32), 100, invoice_no="I2")
    run(ctx)
    assert run(ctx, ago(5)) == RuleCount()
    (row,) = warnings(ctx)
    assert (row.evidence["items"], row.evidence_on, row.version) == (["I2", "I1"], DAY, 1)
    other = make_customer(ctx, "C2")
    make_invoice(ctx, other, ago(40), 100, paid=((ago(1), 100),))
    assert run(ctx, ago(5)) == RuleCount(raised=1)
    row = warnings(ctx)[-1]
    assert (row.raised_on, row.raised_at, row.due_at) == (ago(5), NOW, NOW + dt.timedelta(days=7))


def test_a_day_that_has_not_come_is_refused(ctx: Context) -> None:
    with pytest.raises(RefusedError, match="2025-07-01, which has not come yet"):
        raise_warnings(ctx, ago(-1))


@pytest.mark.parametrize("role", list(Role))
def test_who_may_raise(ctx: Context, role: Role) -> None:
    reader = as_actor(ctx, make_user(ctx, "someone", role, make_department(ctx, "ANY")))
    if role in (Role.RISK, Role.ADMIN):
        assert raise_warnings(reader, DAY).raised == 0
        return
    for command in (lambda: raise_warnings(reader, DAY), lambda: raise_by_hand(reader, "C1", "high", "A tip")):
        with pytest.raises(NotAllowedError):
            command()


def test_thousands_are_raised_in_one_run(ctx: Context) -> None:
    ctx.session.execute(
        Customer.__table__.insert(), [{"customer_id": n, "customer_no": f"B{n}", "name": "B"} for n in range(1, 6_002)]
    )
    ctx.session.execute(
        Invoice.__table__.insert(),
        [
            {"customer_id": n, "invoice_no": f"B{n}", "issued_on": ago(90), "due_on": ago(40), "amount": n}
            for n in range(1, 6_002)
        ],
    )
    assert run(ctx) == RuleCount(raised=6_001)
    assert len(findings(ctx, RULE, DAY)) == 6_001
    (entry,) = entries(ctx, "early_warning.raised")
    assert (entry.after["raised"], len(entry.after["raised_rows"])) == (6_001, 6_001)
    assert run(ctx) == RuleCount()


def test_two_runs_at_once_raise_each_warning_once(database: str) -> None:
    with unit_of_work(SYSTEM, now=NOW) as ctx:
        for _ in range(20):
            make_invoice(ctx, make_customer(ctx), ago(40), 100)
    results: list[int] = []

    def one_run() -> None:
        with unit_of_work(SYSTEM, now=NOW) as ctx:
            results.append(raise_warnings(ctx, DAY, [RULE]).raised)

    threads = [Thread(target=one_run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [0, 0, 20]
    with unit_of_work(SYSTEM, now=NOW) as ctx:
        assert len(warnings(ctx)) == 20


def test_a_tip_is_raised_and_the_next_one_joins_it(ctx: Context, customer: Customer) -> None:
    make_invoice(ctx, customer, ago(-5), 80)
    tip = raise_by_hand(ctx, "C1", "medium", " Moved out of its offices ")
    assert (tip.rule, tip.severity, tip.state, tip.money_at_risk) == ("tip", "medium", "raised", Decimal(80))
    assert tip.why.text() == "Reported by Greyledger on 2025-06-30: Moved out of its offices"
    again = raise_by_hand(ctx, "C1", "critical", "Staff unpaid", Decimal(500))
    assert (again.id, again.version, again.severity, again.money_at_risk) == (tip.id, 2, "critical", Decimal(500))
    assert again.items == ("Staff unpaid", "Moved out of its offices")
    assert again.due_at == NOW + dt.timedelta(days=1)
    chain = [entry.action for entry in ctx.session.scalars(
        select(LedgerEntry).where(LedgerEntry.customer_id == customer.customer_id).order_by(LedgerEntry.seq)
    )]  # fmt: skip
    assert chain == ["early_warning.raised", "early_warning.joined"]
    assert raise_warnings(ctx, DAY, [RULE]).gone == 0


@pytest.mark.parametrize(
    ("number", "severity", "report", "money", "error"),
    [
        ("C9", "high", "A tip", None, NotFoundError), ("C1", "grave", "A tip", None, RefusedError),
        ("C1", "high", "  ", None, RefusedError), ("C1", "high", "A tip", Decimal(-1), RefusedError),
        ("C1", "high", "A tip", Decimal("NaN"), RefusedError),
    ],
)  # fmt: skip
def test_a_wrong_tip_is_refused(
    ctx: Context, customer: Customer, number: str, severity: str, report: str, money: Decimal | None, error: type
) -> None:
    with pytest.raises(error):
        raise_by_hand(ctx, number, severity, report, money)
    assert warnings(ctx) == []


@pytest.mark.parametrize(
    ("values", "levels"),
    [
        ({}, [0]),
        ({"due_at": NOW + dt.timedelta(seconds=1)}, [0]),
        ({"due_at": NOW}, [1]),
        ({"due_at": NOW, "escalation": 2}, [3]),
        ({"due_at": NOW, "escalation": 3}, [3]),
        ({"due_at": NOW, "snoozed_until": ago(-1), "snooze_reason": "Later"}, [0]),
        ({"due_at": NOW, "snoozed_until": DAY, "snooze_reason": "Later"}, [1]),
        ({"due_at": NOW, "state": "resolved", "outcome": "mitigated"}, [0]),
    ],
)
def test_escalation_boundaries(ctx: Context, customer: Customer, values: dict, levels: list[int]) -> None:
    before = values.get("escalation", 0)
    make_early_warning(ctx, customer, severity="high", **values)
    assert escalate_overdue(ctx) == levels[0] - before
    assert [row.escalation for row in warnings(ctx)] == levels


def test_each_deadline_escalates_one_level_up_to_the_highest(ctx: Context, customer: Customer) -> None:
    make_early_warning(ctx, customer, severity="high", due_at=NOW - dt.timedelta(days=100))
    assert [escalate_overdue(later(ctx, days)) for days in (0, 0, 2, 3, 6, 9, 100)] == [1, 0, 0, 1, 1, 0, 0]
    (row,) = warnings(ctx)
    assert (row.escalation, row.version, row.due_at) == (3, 4, NOW + dt.timedelta(days=9))
    assert [entry.after["levels"] for entry in entries(ctx, "early_warning.escalated")] == [
        {f"{row.customer_id}:{row.id}": level} for level in (1, 2, 3)
    ]


def test_a_sample_that_stands_still_does_not_escalate_by_itself(ctx: Context, customer: Customer) -> None:
    set_policy(ctx, "business_date", "2025-06-30")
    years_later = later(ctx, 700)
    make_invoice(ctx, customer, ago(40), 100)
    assert raise_warnings(years_later, DAY, [RULE]).raised == 1
    (row,) = warnings(ctx)
    assert row.raised_at == dt.datetime(2025, 6, 30, 10, 0, tzinfo=dt.UTC)
    assert escalate_overdue(later(ctx, 900)) == 0
    assert row.state == WarningState.RAISED
