"""Warning rules as data: editions with a day and a reason, what runs under them, whom they address."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from db.enums import DepartmentKind, LikelihoodSource, Role
from db.models import EarlyWarning, LedgerEntry
from services.context import Context
from services.early_warnings import (
    QueueFilter,
    acknowledge,
    escalate_overdue,
    open_warnings,
    raise_by_hand,
    raise_warnings,
    rule_by_code,
)
from services.early_warnings.editions import (
    Addressees,
    RuleChange,
    RuleEdition,
    change_rule,
    rule_history,
    rules_in_force,
)
from services.early_warnings.rules import RULES
from services.early_warnings.threshold_limits import checked_thresholds, threshold_limit
from services.errors import NotAllowedError, NotFoundError, RefusedError, StaleError
from tests.services.makers import DAY, ago, as_actor, make_customer, make_department, make_invoice, make_user

NOW = dt.datetime(2025, 6, 30, 4, 0, tzinfo=dt.UTC)
RULE = rule_by_code("overdue_30")


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


def changed(ctx: Context, change: RuleChange, code: str = "overdue_30", since: dt.date | None = None) -> RuleEdition:
    return change_rule(ctx, code, change, "Too many false alarms", since, rule_history(ctx).newest(code).edition)


def warnings(ctx: Context) -> list[EarlyWarning]:
    ctx.session.expire_all()
    return list(ctx.session.scalars(select(EarlyWarning).order_by(EarlyWarning.id)))


def test_without_editions_the_rules_are_as_they_ship(ctx: Context) -> None:
    now = rules_in_force(ctx, DAY)
    assert {code: one.rule for code, one in now.items()} == RULES
    assert {one.edition for one in now.values()} == {0}
    assert now["court_event"].addressed == Addressees(owner=False, risk=True)
    assert now["overdue_30"].addressed == Addressees(owner=True, risk=False)


def test_a_change_holds_from_its_day_on_and_is_in_the_ledger(ctx: Context) -> None:
    risk = as_actor(ctx, make_user(ctx, "lin", Role.RISK, make_department(ctx, "RISK", DepartmentKind.RISK)))
    made = changed(risk, RuleChange(thresholds={"days": "45"}, severity="high"), since=ago(-2))
    assert (made.edition, made.effective_from, made.changed_by, made.reason) == (
        1, ago(-2), "Lin", "Too many false alarms",
    )  # fmt: skip
    history = rule_history(ctx)
    assert history.on("overdue_30", ago(-1)).rule == RULE
    assert history.on("overdue_30", ago(-2)).rule.thresholds == {"days": 45}
    assert [one.edition for one in history.all_of("overdue_30")] == [1, 0]
    entry = ctx.session.scalars(select(LedgerEntry).where(LedgerEntry.action == "warning_rule.changed")).one()
    assert (entry.subject, entry.actor, entry.note) == ("warning_rule:overdue_30", "lin", "Too many false alarms")
    assert entry.before == {"thresholds": {"days": 30}, "severity": "medium"}
    assert entry.after == {"edition": 1, "from": "2025-07-02", "thresholds": {"days": 45}, "severity": "high"}


def test_a_change_for_today_goes_before_one_that_was_made_for_later(ctx: Context) -> None:
    changed(ctx, RuleChange(thresholds={"days": 45}), since=ago(-10))
    changed(ctx, RuleChange(thresholds={"days": 40}))
    history = rule_history(ctx)
    assert [history.on("overdue_30", day).rule.thresholds["days"] for day in (DAY, ago(-9), ago(-10))] == [40, 40, 45]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (RuleChange(thresholds={"days": 60}), "“Days past due” must lie between 1 and 59"),
        (RuleChange(thresholds={"days": "0"}), "“Days past due” must lie between 1 and 59"),
        (RuleChange(thresholds={"days": "30.5"}), "“Days past due” must lie between 1 and 59"),
        (RuleChange(thresholds={"days": "NaN"}), "“Days past due” must lie between 1 and 59"),
        (RuleChange(thresholds={"days": "soon"}), "“soon” is not a number"),
        (RuleChange(thresholds={"weeks": 3}), "no threshold called weeks"),
        (RuleChange(severity="terrible"), "“terrible” is not a severity"),
        (RuleChange(likelihood=Decimal("1.01")), "between 0 and 1"),
        (RuleChange(addressed=Addressees(owner=False)), "has to go to somebody"),
        (RuleChange(addressed=Addressees(departments=("NOWHERE",))), "no department called NOWHERE"),
        (RuleChange(deadline_hours={"high": {"raised": 0}}), "between 1 and 2160 hours"),
        (RuleChange(deadline_hours={"high": {"resolved": 4}}), "by severity and step"),
        (RuleChange(), "Nothing would change"),
        (RuleChange(thresholds={"days": 30}), "Nothing would change"),
    ],
)
def test_what_a_rule_can_not_be_is_refused(ctx: Context, change: RuleChange, words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        changed(ctx, change)
    assert rule_history(ctx).newest("overdue_30").edition == 0


def test_a_change_needs_the_right_a_reason_a_day_and_a_fresh_look(ctx: Context) -> None:
    change = RuleChange(thresholds={"days": 45})
    leader = as_actor(ctx, make_user(ctx, "zhao", Role.LEADER, make_department(ctx, "LEAD")))
    with pytest.raises(NotAllowedError):
        changed(leader, change)
    with pytest.raises(RefusedError, match="reason"):
        change_rule(ctx, "overdue_30", change, "  ", None, 0)
    with pytest.raises(RefusedError, match="from today on"):
        change_rule(ctx, "overdue_30", change, "Late", ago(1), 0)
    with pytest.raises(NotFoundError):
        change_rule(ctx, "nonsense", change, "Late", None, 0)
    changed(ctx, change)
    with pytest.raises(StaleError):
        change_rule(ctx, "overdue_30", RuleChange(thresholds={"days": 50}), "Second", None, 0)
    with pytest.raises(RefusedError, match="nothing to switch off"):
        changed(ctx, RuleChange(is_active=False), "tip")


def test_every_threshold_that_ships_has_a_range_it_lies_in() -> None:
    for rule in RULES.values():
        assert checked_thresholds(rule, dict(rule.thresholds)) == dict(rule.thresholds)
        assert {threshold_limit(rule, name).unit for name in rule.thresholds} != {None}


def test_thresholds_may_not_contradict_each_other() -> None:
    with pytest.raises(RefusedError, match=r"“Share” \(0.9\) may not exceed “Share from which it is high” \(0.8\)"):
        checked_thresholds(rule_by_code("overdue_share"), {"share": "0.9"})


def test_a_run_uses_the_edition_of_its_day_and_open_warnings_stay_as_they_were(ctx: Context) -> None:
    customer, late = make_customer(ctx, "C1"), make_customer(ctx, "C2")
    make_invoice(ctx, customer, ago(35), 100, invoice_no="I1")
    raise_warnings(ctx, DAY, [RULE])
    changed(ctx, RuleChange(thresholds={"days": 40}, severity="high", likelihood=Decimal("0.3")))
    make_invoice(ctx, late, ago(41), 200, invoice_no="I2")
    make_invoice(ctx, make_customer(ctx, "C3"), ago(39), 200)
    raise_warnings(ctx, DAY, [RULE])
    first, second = warnings(ctx)
    assert (first.severity, first.rule_edition, first.likelihood) == ("medium", 0, Decimal("0.2"))
    assert "sign_gone_on" in first.evidence
    assert (second.customer_id, second.severity, second.rule_edition) == (late.customer_id, "high", 1)
    assert (second.likelihood, second.priority) == (Decimal("0.3"), Decimal(60))
    whys = {row.customer_no: row.why.text() for row in open_warnings(ctx).rows}
    assert whys["C1"].startswith("Invoices 30 or more days past due")
    assert whys["C2"].startswith("Invoices 40 or more days past due")
    entry = ctx.session.scalars(select(LedgerEntry).where(LedgerEntry.action == "early_warning.raised")).all()[-1]
    assert (entry.after["edition"], entry.after["thresholds"]) == (1, {"days": 40})


def test_a_rule_that_is_switched_off_finds_nothing_and_forgets_nothing(ctx: Context) -> None:
    make_invoice(ctx, make_customer(ctx, "C1"), ago(35), 100)
    raise_warnings(ctx, DAY, [RULE])
    changed(ctx, RuleChange(is_active=False))
    assert raise_warnings(ctx, DAY, [RULE]).by_rule == {}
    (row,) = warnings(ctx)
    assert (row.state, "sign_gone_on" in row.evidence) == ("raised", False)


def test_a_lower_severity_lowers_only_the_least(ctx: Context) -> None:
    changed(ctx, RuleChange(severity="low"), "overdue_60")
    for number, days in (("mild", 61), ("grave", 95)):
        make_invoice(ctx, make_customer(ctx, number), ago(days), 100)
    raise_warnings(ctx, DAY, [rule_by_code("overdue_60")])
    assert sorted(row.severity for row in warnings(ctx)) == ["critical", "low"]


def test_a_warning_goes_to_several_departments(ctx: Context) -> None:
    risk = make_department(ctx, "RISK", DepartmentKind.RISK)
    north, legal, south = (make_department(ctx, code) for code in ("NORTH", "LEGAL", "SOUTH"))
    changed(ctx, RuleChange(addressed=Addressees(owner=True, risk=True, departments=("LEGAL",))))
    customer = make_customer(ctx, "C1", owner_department_id=north.id)
    make_invoice(ctx, customer, ago(35), 100)
    raise_warnings(ctx, DAY, [RULE])
    (row,) = warnings(ctx)
    assert (row.department_id, row.also_department_ids) == (north.id, [risk.id, legal.id])
    people = {code: make_user(ctx, code.lower(), Role.BUSINESS, one)
              for code, one in (("NORTH", north), ("LEGAL", legal), ("SOUTH", south))}  # fmt: skip
    seen = {code: len(open_warnings(as_actor(ctx, actor)).rows) for code, actor in people.items()}
    assert seen == {"NORTH": 1, "LEGAL": 1, "SOUTH": 0}
    assert len(open_warnings(ctx, QueueFilter(department="LEGAL")).rows) == 1
    assert len(open_warnings(ctx, QueueFilter(department="SOUTH")).rows) == 0
    with pytest.raises(NotAllowedError):
        acknowledge(as_actor(ctx, people["SOUTH"]), row.customer_id, row.id, row.version)
    acknowledge(as_actor(ctx, people["LEGAL"]), row.customer_id, row.id, row.version)


def test_deadlines_of_a_rule_by_severity_and_step(ctx: Context) -> None:
    changed(ctx, RuleChange(deadline_hours={"medium": {"raised": 4, "acknowledged": 30}}))
    customer = make_customer(ctx, "C1")
    make_invoice(ctx, customer, ago(35), 100)
    raise_warnings(ctx, DAY, [RULE])
    (row,) = warnings(ctx)
    assert row.due_at == NOW + dt.timedelta(hours=4)
    done = acknowledge(ctx, row.customer_id, row.id, row.version)
    assert done.due_at == NOW + dt.timedelta(hours=30)
    (row,) = warnings(ctx)
    assert (row.acknowledged_at, row.acknowledged_in_time) == (NOW, True)
    late = Context(session=ctx.session, actor=ctx.actor, now=NOW + dt.timedelta(hours=31))
    assert escalate_overdue(late) == 1
    (row,) = warnings(ctx)
    assert (row.escalation, row.due_at) == (1, NOW + dt.timedelta(hours=61))


def test_a_tip_follows_its_edition(ctx: Context) -> None:
    risk = make_department(ctx, "RISK", DepartmentKind.RISK)
    changed(ctx, RuleChange(likelihood=Decimal("0.5"), addressed=Addressees(owner=False, risk=True)), "tip")
    customer = make_customer(ctx, "C1", owner_department_id=make_department(ctx, "NORTH").id)
    row = raise_by_hand(ctx, customer.customer_no, "high", "The boss has left", Decimal(10))
    assert (row.department, row.likelihood) == ("RISK", Decimal("0.5"))
    assert warnings(ctx)[0].department_id == risk.id


def test_a_learnt_likelihood_keeps_what_it_rests_on(ctx: Context) -> None:
    made = changed(
        ctx, RuleChange(likelihood=Decimal("0.42"), likelihood_source=LikelihoodSource.WARNINGS, likelihood_cases=57)
    )
    assert (made.rule.likelihood, made.likelihood_source, made.likelihood_cases) == (Decimal("0.42"), "warnings", 57)
    kept = changed(ctx, RuleChange(thresholds={"days": 31}))
    assert (kept.likelihood_source, kept.likelihood_cases) == ("warnings", 57)
    stated = changed(ctx, RuleChange(likelihood=Decimal("0.5")))
    assert (stated.likelihood_source, stated.likelihood_cases) == ("stated", None)


def test_the_database_keeps_editions_as_they_were_made(ctx: Context) -> None:
    changed(ctx, RuleChange(thresholds={"days": 45}))
    for statement in ("UPDATE warning_rule_edition SET reason = 'x'", "DELETE FROM warning_rule_edition"):
        with pytest.raises(DBAPIError, match="only grows"), ctx.session.begin_nested():
            ctx.session.execute(text(statement))
    nobody = (
        "INSERT INTO warning_rule_edition (rule, edition, effective_from, is_active, thresholds, severity, likelihood, "
        "likelihood_source, to_owner, to_risk, department_ids, deadline_hours, reason, changed_by, changed_at) "
        "SELECT rule, 2, effective_from, is_active, thresholds, severity, likelihood, likelihood_source, false, false, "
        "'{}', deadline_hours, reason, changed_by, changed_at FROM warning_rule_edition"
    )
    with pytest.raises(IntegrityError, match="addressed_to_somebody"), ctx.session.begin_nested():
        ctx.session.execute(text(nobody))
