"""What the database refuses about measures, whatever the code does (clause 3.1)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from db.models import Control, ControlPlanEdition, Guarantee
from services.context import Context
from services.controls.plan_rules import SHIPPED, definition_of
from tests.services.controls_scene import Scene, make_scene
from tests.services.makers import DAY, ago


@pytest.fixture
def scene(ctx: Context) -> Scene:
    return make_scene(ctx)


def _control(scene: Scene, **other: Any) -> Control:
    """A limit in force that the database takes, but for what `other` says."""
    values = {
        "customer_id": scene.customer.customer_id, "kind": "trade_limit", "state": "active", "force": "absolute",
        "order_limit": 100, "reason": "late", "proposed_by_id": scene.risk.user_id, "proposed_at": scene.ctx.now,
        "approved_by_id": scene.risk2.user_id, "approved_at": scene.ctx.now, "starts_on": DAY,
    }  # fmt: skip
    return Control(**(values | other))


def _refusal(scene: Scene, row: object) -> str:
    def stored() -> None:
        with scene.ctx.session.begin_nested():
            scene.ctx.session.add(row)

    with pytest.raises(IntegrityError) as caught:
        stored()
    return str(caught.value.orig)


def test_controls_that_cannot_be(scene: Scene) -> None:
    lifted = {"state": "lifted", "ended_as": "unfounded", "ended_on": DAY, "end_reason": "wrong"}
    cases: tuple[tuple[str, dict[str, Any]], ...] = (
        ("approved_by_another", {"approved_by_id": scene.risk.user_id}),
        ("approved_when_active", {"approved_by_id": None}),
        ("starts_when_active", {"starts_on": None}),
        ("ended_when_ended", {"ended_on": DAY}),
        ("lifted_as_something", lifted | {"ended_as": None}),
        ("lifted_with_reason", lifted | {"end_reason": " "}),
        ("ended_after_start", lifted | {"ended_on": ago(1)}),
        ("override_role_if_overridable", {"force": "overridable"}),
        ("days_in_order", {"expires_on": ago(1)}),
        ("demands_in_range", {"order_limit": -1}),
        ("demands_of_kind", {"prepaid_share": 1}),
        ("demands_of_kind", {"kind": "suspension"}),
    )
    for name, other in cases:
        assert name in _refusal(scene, _control(scene, **other)), name


def test_one_of_a_kind_holds_and_one_waits(scene: Scene) -> None:
    scene.ctx.session.add_all([_control(scene), _control(scene, state="proposed", starts_on=None)])
    scene.ctx.session.flush()
    assert "uq_control_in_force" in _refusal(scene, _control(scene))
    assert "uq_control_waiting" in _refusal(scene, _control(scene, state="proposed", starts_on=None))


def test_nothing_comes_back_into_force(scene: Scene) -> None:
    row = _control(scene, state="expired", ended_on=DAY)
    scene.ctx.session.add(row)
    scene.ctx.session.flush()
    with pytest.raises(IntegrityError, match="illegal transition"):
        scene.ctx.session.execute(text("UPDATE control SET state = 'active', ended_on = NULL"))


def test_a_rule_is_decided_on_by_another_and_waits_once(scene: Scene) -> None:
    def edition(number: int, **other: Any) -> ControlPlanEdition:
        values = {
            "rule": "high_watch", "edition": number, "state": "proposed", "effective_from": DAY, "reason": "so",
            "definition": definition_of(SHIPPED["high_watch"]), "proposed_by_id": scene.risk.user_id,
            "proposed_at": scene.ctx.now,
        }  # fmt: skip
        return ControlPlanEdition(**(values | other))

    own = {"state": "approved", "decided_by_id": scene.risk.user_id, "decided_at": scene.ctx.now}
    assert "decided_by_another" in _refusal(scene, edition(1, **own))
    scene.ctx.session.add(edition(1))
    scene.ctx.session.flush()
    assert "uq_control_plan_edition_waiting" in _refusal(scene, edition(2))


def test_a_guarantee_is_released_for_a_reason(scene: Scene) -> None:
    row = Guarantee(customer_id=scene.customer.customer_id, guarantee_no="G", kind="deposit", value=1, released_on=DAY)
    assert "released_with_reason" in _refusal(scene, row)
