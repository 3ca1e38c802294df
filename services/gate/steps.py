"""Lifecycles of held orders and of permissions, and how reasons are kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from db.enums import ControlForce, ControlKind, GateDecision, HeldOrderState, OverrideState, Role
from services import ledger
from services.gate.rows import ControlInForce, Reason
from services.gate.rule import REASONS
from services.states import Transitions

#: A released order goes back to waiting when its customer is listed or suspended before it is invoiced.
HELD_ORDER: Transitions = {
    HeldOrderState.WAITING: {HeldOrderState.RELEASED, HeldOrderState.REFUSED, HeldOrderState.WITHDRAWN},
    HeldOrderState.RELEASED: {HeldOrderState.WITHDRAWN, HeldOrderState.WAITING},
}
OVERRIDE: Transitions = {
    OverrideState.PROPOSED: {OverrideState.APPROVED, OverrideState.DECLINED, OverrideState.ENDED},
    OverrideState.APPROVED: {OverrideState.ENDED},
}


def reasons_as_kept(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    """Reasons as JSON keeps them; the sentence is found again by its code."""
    return [
        {
            "code": one.code, "params": ledger.plain(one.params), "control_id": one.control_id,
            "decision": one.decision.value, "role": one.role,
        }
        for one in reasons
    ]  # fmt: skip


def reasons_kept(kept: Sequence[Mapping[str, Any]]) -> tuple[Reason, ...]:
    """The reasons again, with typed values."""
    return tuple(
        Reason(
            one["code"], REASONS.get(one["code"], one["code"]),
            {name: _typed(name, value) for name, value in one["params"].items()},
            one.get("control_id"), GateDecision(one["decision"]), one.get("role") and Role(one["role"]),
        )
        for one in kept
    )  # fmt: skip


def controls_as_kept(controls: Sequence[ControlInForce]) -> list[dict[str, Any]]:
    """Controls as JSON keeps them: what they demanded when the order was answered."""
    return [
        {
            "id": one.control_id, "kind": one.kind.value, "force": one.force.value, "role": one.override_role,
            "demands": ledger.plain(one.demands), "review_on": ledger.plain(one.review_on),
            "expires_on": ledger.plain(one.expires_on),
        }
        for one in controls
    ]  # fmt: skip


def controls_kept(kept: Sequence[Mapping[str, Any]]) -> tuple[ControlInForce, ...]:
    """The controls again, with typed values."""
    return tuple(
        ControlInForce(
            one["id"], ControlKind(one["kind"]), {name: _demand(name, value) for name, value in one["demands"].items()},
            _day(one["review_on"]), _day(one["expires_on"]), ControlForce(one["force"]),
            one["role"] and Role(one["role"]),
        )
        for one in kept
    )  # fmt: skip


def _typed(name: str, value: Any) -> Any:  # noqa: ANN401  (any JSON value)
    if value is None:
        return None
    if name.endswith(("_amount", "_ratio")):
        return Decimal(str(value))
    return dt.date.fromisoformat(value) if name.endswith("_on") else value


def _demand(name: str, value: Any) -> Any:  # noqa: ANN401  (any JSON value)
    return int(value) if name.endswith("_days") else Decimal(str(value))


def _day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)
