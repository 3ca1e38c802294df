"""What a control does elsewhere: shorter rhythms, guarantees asked for, trade lost to one that was unfounded."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from db.models import EarlyWarning, GateOrder, Job
from services import controls, guarantees
from services.context import Context
from services.controls import Demands
from services.controls.effect import effect_by_kind
from services.controls.wrongly_restricted import WrongTotals, totals, wrongly_restricted
from services.early_warnings import raise_warnings
from services.errors import NotAllowedError, RefusedError, StaleError
from services.guarantees import GuaranteeFilter, NewGuarantee
from services.information.catalogue import REPUTATION
from services.information.standing import standing
from services.jobs.following import PLAN
from services.jobs.kinds import KINDS
from services.scoring.due import customers_due
from tests.services.controls_scene import Scene, make_scene
from tests.services.makers import DAY, ago, make_invoice, make_news, make_rate


@pytest.fixture
def scene(ctx: Context) -> Scene:
    return make_scene(ctx)


def test_monitoring_shortens_the_rhythm_of_information_and_of_scores(scene: Scene) -> None:
    make_news(scene.ctx, scene.customer, ago(10), "media", 0)
    scene.customer.scored_on = ago(7)
    scene.ctx.session.flush()

    def due_on() -> object:
        found = scene.ctx.session.execute(
            standing(DAY, scene.ctx.policy_history.on(DAY), [scene.customer.customer_id])
        ).all()
        return next(row.due_on for row in found if row.item == REPUTATION)

    assert (due_on(), customers_due(scene.ctx)) == (ago(-170), [])
    scene.active(kind="monitoring", demands=Demands(monitoring_days=7))
    assert (due_on(), customers_due(scene.ctx)) == (ago(3), [scene.customer.customer_id])


def _add(scene: Scene, **values: object) -> guarantees.GuaranteeRow:
    new = {"guarantee_no": "G-1", "kind": "pledge", "value": Decimal(400), "expires_on": ago(-60)} | values
    return guarantees.add_guarantee(scene.by(scene.business), "C-1", NewGuarantee(**new))  # type: ignore[arg-type]


def test_the_register_says_what_is_secured_and_what_is_not(scene: Scene) -> None:
    make_invoice(scene.ctx, scene.customer, ago(-10), 1_000)
    make_rate(scene.ctx, "USD", ago(3), "7")
    scene.active(kind="guarantee", demands=Demands(guarantee_value=Decimal(300), coverage_ratio=Decimal("0.8")))
    (gap,) = guarantees.uncovered(scene.ctx)
    assert (gap.customer_no, gap.needed, gap.secured, gap.open_amount) == ("C-1", 800, 0, 1_000)
    row = _add(scene)
    assert (row.state, row.days_left, row.coverage) == ("in_force", 60, Decimal("0.4"))
    other = _add(scene, guarantee_no="G-2", value=Decimal(100), currency="usd", expires_on=ago(-30))
    assert (other.state, other.base_value, other.secured, other.currency) == ("expiring", 700, 1_100, "USD")
    assert guarantees.uncovered(scene.ctx) == ()
    unknown = _add(scene, guarantee_no="G-3", currency="XXX", expires_on=None)
    assert (unknown.base_value, unknown.days_left, unknown.secured) == (None, None, 1_100)

    def listed(**values: object) -> list[str]:
        return [one.guarantee_no for one in guarantees.register(scene.ctx, GuaranteeFilter(**values)).rows]  # type: ignore[arg-type]

    assert listed() == ["G-2", "G-1", "G-3"]
    assert (listed(state="expiring"), listed(kind="pledge", search="G-1")) == (["G-2"], ["G-1"])
    assert listed(department="EXPORT") == []
    page = guarantees.register(scene.ctx, limit=2)
    assert [one.guarantee_no for one in guarantees.register(scene.ctx, None, page.after, 2).rows] == ["G-3"]


def test_a_guarantee_is_renewed_and_released_by_the_right_people(scene: Scene) -> None:
    row = _add(scene)
    with pytest.raises(RefusedError, match="already"):
        _add(scene)
    with pytest.raises(NotAllowedError, match="another department"):
        guarantees.renew_guarantee(scene.by(scene.other), row.customer_id, row.id, row.version, ago(-90))
    with pytest.raises(RefusedError, match="after the present one"):
        guarantees.renew_guarantee(scene.by(scene.risk), row.customer_id, row.id, row.version, ago(-60))
    renewed = guarantees.renew_guarantee(
        scene.by(scene.risk), row.customer_id, row.id, row.version, ago(-90), Decimal(500), "New deed"
    )
    assert (renewed.expires_on, renewed.value) == (ago(-90), 500)
    with pytest.raises(StaleError):
        guarantees.release_guarantee(scene.by(scene.risk), row.customer_id, row.id, row.version, "Paid")
    with pytest.raises(RefusedError, match="reason"):
        guarantees.release_guarantee(scene.by(scene.risk), row.customer_id, row.id, renewed.version, "")
    released = guarantees.release_guarantee(scene.by(scene.risk), row.customer_id, row.id, renewed.version, "Paid")
    assert (released.state, released.secured, released.release_reason) == ("released", 0, "Paid")
    with pytest.raises(RefusedError, match="released"):
        guarantees.renew_guarantee(scene.by(scene.risk), row.customer_id, row.id, released.version, ago(-99))
    assert guarantees.register(scene.ctx).rows == ()
    assert [one.id for one in guarantees.register(scene.ctx, GuaranteeFilter(state="released")).rows] == [row.id]


@pytest.mark.parametrize(("values", "words"), [
    ({"guarantee_no": " "}, "number"), ({"kind": "promise"}, "not a kind"), ({"value": Decimal(0)}, "more than 0"),
    ({"value": Decimal("NaN")}, "more than 0"), ({"currency": "RMB1"}, "three letters"),
    ({"valid_from": ago(-70)}, "ends before"),
])  # fmt: skip
def test_what_a_guarantee_may_not_be(scene: Scene, values: dict[str, object], words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        _add(scene, **values)


def test_a_released_guarantee_is_not_warned_of(scene: Scene) -> None:
    make_invoice(scene.ctx, scene.customer, ago(-10), 1_000)
    row = _add(scene, expires_on=ago(-20))
    guarantees.release_guarantee(scene.by(scene.risk), row.customer_id, row.id, row.version, "Paid")
    raise_warnings(scene.ctx, DAY)
    rules = set(scene.ctx.session.execute(select(EarlyWarning.rule)).scalars())
    assert "guarantee_expiring" not in rules


def _order(scene: Scene, number: str, amount: int, decision: str, control_id: int, state: str | None = None) -> None:
    scene.ctx.session.add(
        GateOrder(
            customer_id=scene.customer.customer_id, order_no=number, asked_on=DAY, asked_at=scene.ctx.now,
            held_at=None if state is None else scene.ctx.now, release_role=None if state is None else "risk",
            asked_by="erp", original_amount=Decimal(amount), amount=Decimal(amount), decision=decision, state=state,
            settled_at=None if state in (None, "waiting") else scene.ctx.now, settled_reason="no" if state else None,
            reasons=[{"code": "order_limit", "params": {}, "control_id": control_id}],
        )
    )  # fmt: skip
    scene.ctx.session.flush()


def test_an_unfounded_measure_counts_its_days_and_the_trade_it_cost(scene: Scene) -> None:
    row = scene.active()
    for number, amount, decision, state, control_id in (
        ("O-1", 5_000, "deny", None, row.id), ("O-2", 700, "hold", "refused", row.id),
        ("O-3", 900, "hold", "released", row.id), ("O-4", 40, "deny", None, row.id + 1),
        ("O-5", 1, "allow", None, row.id),
    ):  # fmt: skip
        _order(scene, number, amount, decision, control_id, state)
    (effect,) = effect_by_kind(scene.ctx)
    assert (effect.kind, effect.measures, effect.orders) == ("trade_limit", 1, 3)
    assert wrongly_restricted(scene.ctx, ago(30), DAY) == ()
    controls.lift(scene.by(scene.leader), row.customer_id, row.id, row.version, "unfounded", "Another company")
    rows = wrongly_restricted(scene.ctx, ago(30), DAY)
    assert totals(rows) == WrongTotals(customers=1, measures=1, days=0, orders=2, trade_lost=Decimal(5_700))
    assert wrongly_restricted(scene.ctx, ago(30), ago(1)) == ()
    assert wrongly_restricted(scene.ctx, ago(30), DAY, "EXPORT") == ()
    assert wrongly_restricted(scene.ctx, ago(30), DAY, "NORTH") == rows


def test_the_effect_compares_what_was_overdue_then_with_now(scene: Scene) -> None:
    make_invoice(scene.ctx, scene.customer, ago(5), 1_000)
    scene.active()
    make_invoice(scene.ctx, scene.customer, ago(3), 200)
    (effect,) = effect_by_kind(scene.ctx)
    assert (effect.overdue_then, effect.overdue_now, effect.fell, effect.rose) == (1_000, 1_200, 0, 1)


def test_the_worker_follows_the_plan_after_scores_and_ends_what_is_over(scene: Scene) -> None:
    KINDS["score_customers"](scene.ctx, {"customers": [scene.customer.customer_id]})
    waiting = select(Job.arguments).where(Job.name == PLAN, Job.state == "queued")
    assert scene.ctx.session.execute(waiting).scalars().all() == [{"customers": [scene.customer.customer_id]}]
    scene.ctx.session.refresh(scene.customer)
    scene.customer.risk_level = "high"
    scene.ctx.session.flush()
    KINDS[PLAN](scene.ctx, {"customers": [scene.customer.customer_id]})
    assert controls.control_counts(scene.ctx).to_approve == 2
    KINDS["expire_controls"](scene.ctx, {})
    KINDS["tell_due_today"](scene.ctx, {})
