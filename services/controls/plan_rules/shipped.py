"""The rules that ship with the product (edition 0): a plan for high and critical customers (clause 3.1)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from db.enums import ControlKind, Dimension, RiskLevel
from services.controls.plan_rules.rule import AT_LEAST, AT_MOST, Condition, Formula, PlanRule
from services.errors import N_

_HIGH, _CRITICAL = (RiskLevel.HIGH.value,), (RiskLevel.CRITICAL.value,)
_THOUSANDS = Decimal(1_000)


def _is(fact: str, sign: str, value: str) -> Condition:
    return Condition(fact, sign, Decimal(value))


def _share(share: str, of: str, least: int | None = None) -> Formula:
    return Formula(Decimal(share), of, None if least is None else Decimal(least), None, _THOUSANDS)


def _fixed(value: str) -> Formula:
    return Formula(Decimal(value))


_ALL = (
    PlanRule(
        "critical_long_overdue", N_("Critical and 60 days or more past due: suspend trade"), ControlKind.SUSPENSION, 10,
        levels=_CRITICAL, conditions=(_is("worst_days", AT_LEAST, "60"),), override_role="leader", valid_days=90,
    ),
    PlanRule(
        "limit_overrun", N_("Credit limit exceeded: hold the exposure at the limit"), ControlKind.TRADE_LIMIT, 10,
        conditions=(_is("limit_use", AT_LEAST, "1"),),
        demands={
            "order_limit": _share("0.3", "monthly_purchases", 5_000), "exposure_limit": _share("1", "credit_limit"),
            "terms_days": _fixed("30"),
        },
    ),
    PlanRule(
        "critical_trade", N_("Critical: small orders, short terms"), ControlKind.TRADE_LIMIT, 20, levels=_CRITICAL,
        demands={
            "order_limit": _share("0.3", "monthly_purchases", 5_000),
            "month_limit": _share("0.5", "monthly_purchases", 5_000), "terms_days": _fixed("15"),
        },
    ),
    PlanRule(
        "high_trade", N_("High: orders of half a month's purchases"), ControlKind.TRADE_LIMIT, 30, levels=_HIGH,
        demands={
            "order_limit": _share("0.5", "monthly_purchases", 10_000),
            "month_limit": _share("1", "monthly_purchases", 10_000), "terms_days": _fixed("30"),
        },
    ),
    PlanRule(
        "broken_promises", N_("Broken promises to pay: part of each order in advance"), ControlKind.PREPAYMENT, 10,
        conditions=(_is("broken_promises", AT_LEAST, "1"),), demands={"prepaid_share": _fixed("0.5")},
    ),
    PlanRule(
        "critical_prepayment", N_("Critical: half of each order in advance"), ControlKind.PREPAYMENT, 20,
        levels=_CRITICAL, demands={"prepaid_share": _fixed("0.5")},
    ),
    PlanRule(
        "new_customer", N_("New customer: part of each order in advance"), ControlKind.PREPAYMENT, 30,
        conditions=(_is("customer_days", AT_MOST, "180"),), demands={"prepaid_share": _fixed("0.3")},
    ),
    PlanRule(
        "credit_driven", N_("The score is driven by credit standing: cover most of the exposure"),
        ControlKind.GUARANTEE, 10, levels=_CRITICAL, dimension=Dimension.CREDIT.value,
        conditions=(_is("guarantee_cover", AT_MOST, "0.8"), _is("open_amount", AT_LEAST, "50000")),
        demands={"coverage_ratio": _fixed("0.8")},
    ),
    PlanRule(
        "no_guarantee", N_("Much owed and no guarantee in force: secure half of it"), ControlKind.GUARANTEE, 20,
        conditions=(_is("guarantee_value", AT_MOST, "0"), _is("open_amount", AT_LEAST, "100000")),
        demands={"guarantee_value": _share("0.5", "open_amount")},
    ),
    PlanRule(
        "critical_watch", N_("Critical: look every week"), ControlKind.MONITORING, 10, levels=_CRITICAL,
        demands={"monitoring_days": _fixed("7")}, valid_days=None,
    ),
    PlanRule(
        "high_watch", N_("High: look every two weeks"), ControlKind.MONITORING, 20, levels=_HIGH,
        demands={"monitoring_days": _fixed("14")}, valid_days=None,
    ),
)  # fmt: skip

#: By code, in the order in which people see them: the gravest measure first.
SHIPPED: Mapping[str, PlanRule] = {one.code: one for one in _ALL}
