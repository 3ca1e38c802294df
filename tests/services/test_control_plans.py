"""Plans by rules: who is meant, with which parameters, what is never proposed twice, and how rules are changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from db.models import Control, Customer, Score
from services import controls
from services.context import Context
from services.controls import ControlFilter
from services.controls.plan_rules import (
    SHIPPED,
    Condition,
    Formula,
    PlanRule,
    approve_edition,
    definition_of,
    follow_plan,
    plan_counts,
    plan_history,
    propose_edition,
    reject_edition,
    rule_of,
    rules_in_force,
    try_out,
    withdraw_edition,
)
from services.controls.plan_rules.rule import checked_rule
from services.errors import NotAllowedError, RefusedError, StaleError
from services.policy import set_policy
from tests.services.controls_scene import Scene, make_scene
from tests.services.makers import DAY, ago, make_customer, make_dunning, make_guarantee, make_invoice, make_score


@pytest.fixture
def scene(ctx: Context) -> Scene:
    return make_scene(ctx)


def _found(ctx: Context, customer: Customer) -> dict[str, Control]:
    rows = ctx.session.execute(select(Control).where(Control.customer_id == customer.customer_id)).scalars()
    return {f"{row.kind}:{row.state}": row for row in rows}


def _rules(ctx: Context, customer: Customer) -> set[str | None]:
    rows = ctx.session.execute(select(Control.plan_rule).where(Control.customer_id == customer.customer_id))
    return set(rows.scalars())


def test_a_high_customer_gets_limits_and_monitoring_with_parameters_of_its_own(scene: Scene) -> None:
    make_invoice(scene.ctx, scene.customer, ago(-10), 600_000)
    make_invoice(scene.ctx, scene.customer, ago(400), 900_000, paid=((ago(380), 900_000),))
    calm = make_customer(scene.ctx, "C-2", risk_level="medium")
    assert follow_plan(scene.ctx) == 3
    found = _found(scene.ctx, scene.customer)
    limit = found["trade_limit:proposed"]
    # 600,000 in the last year: 50,000 a month.
    assert (limit.order_limit, limit.month_limit, limit.terms_days) == (25_000, 50_000, 30)
    assert (limit.plan_rule, limit.plan_rule_edition, limit.proposed_by_id, limit.level) == (
        "high_trade",
        0,
        None,
        "high",
    )
    assert (limit.review_on, limit.expires_on) == (ago(-30), ago(-180))
    assert found["monitoring:proposed"].monitoring_days == 14
    assert found["guarantee:proposed"].guarantee_value == 300_000
    assert limit.facts["open_amount"] == 600_000
    assert _found(scene.ctx, calm) == {}


CASES: Mapping[str, tuple[str, dict[str, Any], str, bool]] = {
    "no invoice past due": ("critical", {}, "critical_long_overdue", False),
    "59 days past due": ("critical", {"due": 59}, "critical_long_overdue", False),
    "60 days past due": ("critical", {"due": 60}, "critical_long_overdue", True),
    "60 days past due but high": ("high", {"due": 60}, "critical_long_overdue", False),
    "disputed": ("critical", {"due": 60, "is_disputed": True}, "critical_long_overdue", False),
    "limit used up": ("high", {"due": -5, "amount": 100, "credit_limit": 100}, "limit_overrun", True),
    "limit nearly used up": ("high", {"due": -5, "amount": 99, "credit_limit": 100}, "limit_overrun", False),
    "no limit": ("high", {"due": -5}, "limit_overrun", False),
    "broken promise": ("high", {"due": 5, "promised": 1}, "broken_promises", True),
    "promise due today": ("high", {"due": 5, "promised": 0}, "broken_promises", False),
    "customer for 180 days": ("high", {"since": 180}, "new_customer", True),
    "customer for 181 days": ("high", {"since": 181}, "new_customer", False),
    "owes 100,000": ("high", {"due": -5, "amount": 100_000}, "no_guarantee", True),
    "owes less": ("high", {"due": -5, "amount": 99_999}, "no_guarantee", False),
    "secured": ("high", {"due": -5, "amount": 100_000, "guarantee": 0}, "no_guarantee", False),
    "guarantee expired": ("high", {"due": -5, "amount": 100_000, "guarantee": 1}, "no_guarantee", True),
    "driven by credit": ("critical", {"due": -5, "amount": 50_000, "driver": "credit"}, "credit_driven", True),
    "driven by another": ("critical", {"due": -5, "amount": 50_000, "driver": "industry"}, "credit_driven", False),
}


def test_whom_each_rule_means_on_both_sides_of_its_conditions(scene: Scene) -> None:
    made = {name: _customer(scene.ctx, level, given) for name, (level, given, _rule, _is) in CASES.items()}
    follow_plan(scene.ctx)
    found = {name: CASES[name][2] in _rules(scene.ctx, customer) for name, customer in made.items()}
    assert found == {name: expected for name, (_level, _given, _rule, expected) in CASES.items()}


def _customer(ctx: Context, level: str, given: Mapping[str, Any]) -> Customer:
    values = {"credit_limit": Decimal(given["credit_limit"])} if "credit_limit" in given else {}
    customer = make_customer(ctx, risk_level=level, since=ago(given.get("since", 999)), **values)
    if "due" in given:
        make_invoice(
            ctx, customer, ago(given["due"]), given.get("amount", 100), is_disputed=given.get("is_disputed", False)
        )
    if "promised" in given:
        make_dunning(ctx, customer, ago(4), response="promise", promised_on=ago(given["promised"]))
    if "guarantee" in given:
        make_guarantee(ctx, customer, ago(given["guarantee"]))
    if "driver" in given:
        card = make_score(ctx, customer, DAY, level).scorecard_id
        weights = {"credit": (50, 20), "industry": (90, 30) if given["driver"] == "industry" else (60, 10)}
        dimensions = {name: {"score": one, "weight": weight, "coverage": 1} for name, (one, weight) in weights.items()}
        dimensions["reputation"] = {"score": None, "weight": 0, "coverage": 0}
        ctx.session.add(
            Score(
                customer_id=customer.customer_id, scorecard_id=card, as_of=DAY, level=level, score=50, coverage=1,
                dimensions=dimensions, points={},
            )
        )  # fmt: skip
        ctx.session.flush()
    return customer


def test_the_plan_proposes_nothing_twice(scene: Scene) -> None:
    assert follow_plan(scene.ctx, [scene.customer.customer_id]) == 2
    assert follow_plan(scene.ctx) == 0
    row = next(one for one in controls.history(scene.ctx, "C-1") if one.kind == "monitoring")
    held = controls.approve(scene.by(scene.risk), row.customer_id, row.id, row.version)
    assert (held.state, held.review_on, held.expires_on) == ("active", ago(-30), None)
    assert follow_plan(scene.ctx) == 0


def test_in_a_sample_that_stands_still_nothing_is_proposed_after_its_day(scene: Scene) -> None:
    set_policy(scene.ctx, "business_date", ago(3).isoformat())
    by_hand = scene.propose(kind="suspension")
    assert follow_plan(scene.ctx) > 0
    days = {row.plan_rule is None: row.proposed_on for row in controls.history(scene.ctx, "C-1")}
    assert (by_hand.proposed_on, days) == (ago(3), {True: ago(3), False: ago(3)})
    assert {row.due_on for row in controls.open_work(scene.ctx, ControlFilter()).rows} == {ago(3)}


def test_what_was_declined_comes_back_only_when_the_facts_grew_worse(scene: Scene) -> None:
    make_invoice(scene.ctx, scene.customer, ago(10), 1_000)
    follow_plan(scene.ctx)
    for row in controls.history(scene.ctx, "C-1"):
        controls.decline(scene.by(scene.risk), row.customer_id, row.id, row.version, "Pays tomorrow")
    assert follow_plan(scene.ctx) == 0
    make_invoice(scene.ctx, scene.customer, ago(5), 250)
    assert follow_plan(scene.ctx) == 0, "a quarter more is not yet more than a quarter"
    make_invoice(scene.ctx, scene.customer, ago(5), 1)
    assert follow_plan(scene.ctx) == 2


def test_a_graver_level_brings_it_back_and_so_does_time(scene: Scene) -> None:
    follow_plan(scene.ctx)
    for row in controls.history(scene.ctx, "C-1"):
        controls.decline(scene.by(scene.risk), row.customer_id, row.id, row.version, "Known for years")
    later = _Later(scene.ctx.session, scene.ctx.actor, scene.ctx.now)
    assert (follow_plan(scene.ctx), follow_plan(later)) == (0, 2)
    for row in controls.history(scene.ctx, "C-1")[:2]:
        controls.decline(scene.by(scene.risk), row.customer_id, row.id, row.version, "Still known")
    scene.customer.risk_level = "critical"
    scene.ctx.session.flush()
    assert follow_plan(scene.ctx) == 3


class _Later(Context):
    @property
    def today(self) -> dt.date:
        return ago(-90)


def _rule(**values: Any) -> PlanRule:
    return replace(
        PlanRule(
            "large_open", "Much owed", "trade_limit", 5,
            demands={"order_limit": Formula(Decimal("0.1"), "open_amount")},
        ),
        **values,
    )  # fmt: skip


def test_a_rule_is_tried_out_changed_and_approved_by_another(scene: Scene) -> None:
    make_invoice(scene.ctx, scene.customer, ago(-10), 50_000)
    tried = try_out(scene.by(scene.risk), _rule())
    assert (tried.count.meant, tried.count.proposed, tried.count.money, tried.now) == (1, 1, Decimal(50_000), None)
    (example,) = tried.examples
    assert (example.customer_no, example.demands.order_limit) == ("C-1", Decimal(5_000))
    assert controls.history(scene.ctx, "C-1") == ()

    with pytest.raises(NotAllowedError):
        propose_edition(scene.by(scene.leader), _rule(), "why", DAY, 0)
    with pytest.raises(RefusedError, match="reason"):
        propose_edition(scene.by(scene.risk), _rule(), " ", DAY, 0)
    waiting = propose_edition(scene.by(scene.risk), _rule(), "Too much is owed", DAY, 0)
    assert (waiting.edition, waiting.state, waiting.proposer) == (1, "proposed", "Risk")
    assert "large_open" not in {one.rule.code for one in rules_in_force(scene.ctx, DAY)}
    with pytest.raises(StaleError):
        propose_edition(scene.by(scene.risk2), _rule(rank=6), "Another", DAY, 0)
    with pytest.raises(RefusedError, match="waits"):
        propose_edition(scene.by(scene.risk2), _rule(rank=6), "Another", DAY, 1)
    assert waiting.id is not None
    with pytest.raises(NotAllowedError, match="another person"):
        approve_edition(scene.by(scene.risk), waiting.id, waiting.version)
    approve_edition(scene.by(scene.leader), waiting.id, waiting.version)
    follow_plan(scene.ctx)
    assert _found(scene.ctx, scene.customer)["trade_limit:proposed"].plan_rule == "large_open"
    covered = try_out(scene.by(scene.risk), _rule(rank=4))
    assert (covered.count.meant, covered.count.covered, covered.count.proposed) == (1, 1, 0)
    assert covered.now is not None
    assert covered.now.meant == 1


def test_a_rule_that_ships_can_be_switched_off_and_a_change_turned_down(scene: Scene) -> None:
    off = replace(SHIPPED["high_watch"], is_active=False)
    waiting = propose_edition(scene.by(scene.risk), off, "Not worth it", ago(-5), 0)
    assert waiting.id is not None
    with pytest.raises(NotAllowedError, match="Only who proposed"):
        withdraw_edition(scene.by(scene.risk2), waiting.id, waiting.version)
    assert reject_edition(scene.by(scene.risk2), waiting.id, waiting.version, "It is").state == "rejected"
    again = propose_edition(scene.by(scene.risk), off, "Not worth it", ago(-5), 1)
    assert again.id is not None
    assert withdraw_edition(scene.by(scene.risk), again.id, again.version).state == "withdrawn"
    third = propose_edition(scene.by(scene.risk), off, "Not worth it", ago(-5), 2)
    assert third.id is not None
    approve_edition(scene.by(scene.risk2), third.id, third.version)
    history = plan_history(scene.ctx)
    today, then = history.on("high_watch", DAY), history.on("high_watch", ago(-5))
    assert today is not None
    assert then is not None
    assert (today.edition, then.edition, then.rule.is_active) == (0, 3, False)
    assert "high_watch" in {one.rule.code for one in rules_in_force(scene.ctx, DAY)}
    assert "high_watch" not in {one.rule.code for one in rules_in_force(scene.ctx, ago(-5))}


def test_the_dry_run_counts_rule_by_rule_and_keeps_nothing(scene: Scene) -> None:
    counts = {one.rule: one for one in plan_counts(scene.ctx)}
    assert (counts["high_trade"].proposed, counts["critical_trade"].meant) == (1, 0)
    assert set(counts) == set(SHIPPED)
    assert controls.history(scene.ctx, "C-1") == ()


WRONG: Mapping[str, tuple[dict[str, Any], str]] = {
    "code": ({"code": "Bad Code"}, "small letters"),
    "title": ({"title": " "}, "name"),
    "levels": ({"levels": ()}, "levels"),
    "unknown level": ({"levels": ("high", "huge")}, "levels"),
    "dimension": ({"dimension": "luck"}, "dimension"),
    "kind": ({"kind": "fine"}, "not a kind"),
    "fact": ({"conditions": (Condition("luck", ">=", Decimal(1)),)}, "known fact"),
    "sign": ({"conditions": (Condition("worst_days", "=", Decimal(1)),)}, "known fact"),
    "number": ({"conditions": (Condition("worst_days", ">=", Decimal("NaN")),)}, "0 or more"),
    "no demand": ({"demands": {}}, "at least one"),
    "demand of another kind": ({"demands": {"prepaid_share": Formula(Decimal(1))}}, "no such parameter"),
    "money of days": ({"demands": {"order_limit": Formula(Decimal(1), "worst_days")}}, "own kind"),
    "range": ({"demands": {"order_limit": Formula(Decimal(1), "open_amount", Decimal(2), Decimal(1))}}, "greatest"),
    "step": ({"demands": {"order_limit": Formula(Decimal(1), "open_amount", step=Decimal(0))}}, "above 0"),
    "review": ({"review_days": 0}, "days away"),
    "rank": ({"rank": 0}, "rank"),
    "role": ({"override_role": "viewer"}, "Name the role"),
}


@pytest.mark.parametrize(("values", "words"), WRONG.values(), ids=list(WRONG))
def test_what_a_rule_may_not_be(values: dict[str, Any], words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        checked_rule(_rule(**values))


def test_rules_that_ship_are_rules_and_come_back_from_their_definition() -> None:
    for code, rule in SHIPPED.items():
        assert checked_rule(rule) == rule
        assert rule_of(code, definition_of(rule)) == rule
