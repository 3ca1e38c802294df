"""The rule of the order gate, on both sides of every boundary."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from db.enums import ControlForce, ControlKind, GateDecision, Grade, Role
from services.gate.rows import ControlInForce, CustomerStanding, OrderAsked, OverrideInForce
from services.gate.rule import answer_for, limit_left, not_invoiced, release_role

ALLOW, HOLD, DENY = GateDecision
DAY = dt.date(2025, 6, 30)
LIMIT = ControlKind.TRADE_LIMIT


def control(
    kind: ControlKind = LIMIT, role: Role | None = Role.RISK, number: int = 1, **demands: Any
) -> ControlInForce:
    force = ControlForce.ABSOLUTE if role is None else ControlForce.OVERRIDABLE
    values = {name: value if name == "terms_days" else Decimal(str(value)) for name, value in demands.items()}
    return ControlInForce(number, kind, values, None, None, force, role)


def answered(standing: CustomerStanding, amount: int | str = 100, **order: Any) -> tuple[GateDecision, list[str]]:
    found = answer_for(standing, OrderAsked("C1", Decimal(amount), **order))
    return found.decision, [one.code for one in found.reasons]


def with_controls(*controls: ControlInForce, **values: Any) -> CustomerStanding:
    amounts = {name: Decimal(str(value)) if name.endswith("_amount") else value for name, value in values.items()}
    return CustomerStanding(1, controls=controls, **amounts)


@pytest.mark.parametrize(
    ("standing", "order", "decision", "code"),
    [
        (with_controls(control(order_limit=100)), {}, ALLOW, None),
        (with_controls(control(order_limit="99.9999")), {}, HOLD, "order_limit"),
        (with_controls(control(order_limit=99, role=None)), {}, DENY, "order_limit"),
        (with_controls(control(month_limit=150), month_amount=50), {}, ALLOW, None),
        (with_controls(control(month_limit=150), month_amount="50.0001"), {}, HOLD, "month_limit"),
        (with_controls(control(exposure_limit=150), open_amount=20, ordered_amount=30), {}, ALLOW, None),
        (with_controls(control(exposure_limit=149), open_amount=20, ordered_amount=30), {}, HOLD, "exposure_limit"),
        (with_controls(control(terms_days=30)), {"terms_days": 30}, ALLOW, None),
        (with_controls(control(terms_days=30)), {"terms_days": 31}, HOLD, "terms_too_long"),
        (with_controls(control(terms_days=30), usual_terms_days=31), {}, HOLD, "terms_too_long"),
        (with_controls(control(terms_days=30), usual_terms_days=60), {"terms_days": 0}, ALLOW, None),
        (with_controls(control(terms_days=30)), {}, HOLD, "terms_unknown"),
        (with_controls(control(prepaid_share="0.3")), {"prepaid_amount": Decimal(30)}, ALLOW, None),
        (with_controls(control(prepaid_share="0.3")), {"prepaid_amount": Decimal("29.99")}, HOLD, "prepaid_missing"),
        (with_controls(control(prepaid_share="0.3")), {}, HOLD, "prepaid_missing"),
        (with_controls(control(prepaid_share=0)), {}, ALLOW, None),
        (with_controls(control(guarantee_value=50), guaranteed_amount=50), {}, ALLOW, None),
        (with_controls(control(guarantee_value=50), guaranteed_amount="49.99"), {}, HOLD, "guarantee_short"),
        (with_controls(control(coverage_ratio="0.5"), guaranteed_amount=60, open_amount=20), {}, ALLOW, None),
        (with_controls(control(coverage_ratio="0.5"), guaranteed_amount=60, open_amount=21), {}, HOLD,
         "guarantee_short"),
        (with_controls(control(ControlKind.SUSPENSION, None)), {}, DENY, "suspended"),
        (with_controls(control(ControlKind.SUSPENSION)), {}, HOLD, "suspended"),
        (with_controls(control(ControlKind.MONITORING, monitoring_days=7)), {}, ALLOW, None),
        (with_controls(grade=Grade.GREY), {}, DENY, "listed"),
        (with_controls(rate=None), {"currency": "XAU"}, HOLD, "rate_unknown"),
        (with_controls(control(exposure_limit=900), unconverted=1), {}, HOLD, "balance_unknown"),
        (with_controls(control(order_limit=900), unconverted=1), {}, ALLOW, None),
    ],
)  # fmt: skip
def test_every_boundary(
    standing: CustomerStanding, order: dict[str, Any], decision: GateDecision, code: str | None
) -> None:
    assert answered(standing, **order) == (decision, [code] if code else [])


def test_the_strictest_reason_wins() -> None:
    standing = with_controls(control(order_limit=1), control(ControlKind.PREPAYMENT, None, 2, prepaid_share=1))
    assert answered(standing) == (DENY, ["order_limit", "prepaid_missing"])


@pytest.mark.parametrize(("left", "decision"), [(None, ALLOW), (100, ALLOW), ("99.99", HOLD)])
def test_a_permission_passes_its_own_measure_as_far_as_it_goes(left: Any, decision: GateDecision) -> None:
    override = OverrideInForce(7, LIMIT, DAY, None if left is None else Decimal(left))
    standing = with_controls(control(order_limit=1), overrides=(override,))
    found = answer_for(standing, OrderAsked("C1", Decimal(100)))
    assert (found.decision, found.override_ids) == (decision, (7,) if decision is ALLOW else ())


@pytest.mark.parametrize(
    "standing",
    [
        with_controls(control(order_limit=1, role=None), overrides=(OverrideInForce(7, LIMIT, DAY),)),
        with_controls(control(order_limit=1), grade=Grade.BLACK, overrides=(OverrideInForce(7, LIMIT, DAY),)),
    ],
)
def test_a_permission_passes_neither_a_listing_nor_what_is_absolute(standing: CustomerStanding) -> None:
    assert answered(standing)[0] is DENY
    assert answer_for(standing, OrderAsked("C1", Decimal(100))).override_ids == ()


def test_the_limit_left_is_the_least_and_never_below_nothing() -> None:
    limits = control(order_limit=500, month_limit=400, exposure_limit=1000)
    assert limit_left(with_controls(limits, month_amount=100, open_amount=600, ordered_amount=150)) == 250
    assert limit_left(with_controls(limits, open_amount=2000)) == 0
    assert limit_left(with_controls(control(coverage_ratio="0.3"), guaranteed_amount=100)) == Decimal("333.3333")
    assert limit_left(with_controls()) is None
    assert limit_left(with_controls(control(ControlKind.SUSPENSION))) == 0


@pytest.mark.parametrize(
    ("roles", "wanted"),
    [
        ([Role.RISK, Role.RISK], Role.RISK), ([Role.FINANCE], Role.FINANCE), ([Role.RISK, Role.FINANCE], Role.LEADER),
        ([Role.BUSINESS], Role.LEADER), ([], Role.RISK),
    ],
)  # fmt: skip
def test_of_several_roles_none_decides_for_another(roles: list[Role], wanted: Role) -> None:
    assert release_role(roles) is wanted


def test_invoices_use_up_orders_of_their_day_or_before() -> None:
    day = [DAY - dt.timedelta(days=ago) for ago in range(10)]
    assert not_invoiced([(day[5], Decimal(300)), (day[1], Decimal(50))], [(day[3], Decimal(400))]) == 50
    assert not_invoiced([(day[3], Decimal(300))], [(day[3], Decimal(100)), (day[4], Decimal(900))]) == 200
