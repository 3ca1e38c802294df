"""What a rule of the plan is: whom it means, and which measure it proposes with which parameters. All of it is data.

A rule means customers of its levels, whose score is driven by its dimension (where it names one), and for whom all of
its conditions hold. Each parameter is a formula: a number, or a share of a fact, kept in a range and rounded to a step.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from db.enums import ControlKind, Dimension, RiskLevel
from services.controls.rows import Demands
from services.controls.rules import DEMANDS_OF, LONGEST_DAYS, checked_demands, checked_force
from services.errors import N_, RefusedError

MOST_CONDITIONS = 8
LONGEST_TITLE = 80
_CODE = re.compile(r"[a-z][a-z0-9_]{2,39}")
_MOST = Decimal(10) ** 12
WHOLE = frozenset({"terms_days", "monitoring_days"})


class FactUnit(StrEnum):
    """How a door writes a fact."""

    MONEY = "money"
    DAYS = "days"
    COUNT = "count"
    RATIO = "ratio"


@dataclass(frozen=True)
class PlanFact:
    """Something known of a customer on the day. Unknown (no credit limit, say): no condition on it holds."""

    code: str
    unit: FactUnit
    title: str


FACTS: Mapping[str, PlanFact] = {
    one.code: one
    for one in (
        PlanFact("open_amount", FactUnit.MONEY, N_("Open balance")),
        PlanFact("overdue_amount", FactUnit.MONEY, N_("Overdue and undisputed")),
        PlanFact("worst_days", FactUnit.DAYS, N_("Days past due of the oldest undisputed invoice")),
        PlanFact("broken_promises", FactUnit.COUNT, N_("Promises to pay that were broken")),
        PlanFact("limit_use", FactUnit.RATIO, N_("Part of the credit limit in use")),
        PlanFact("credit_limit", FactUnit.MONEY, N_("Credit limit")),
        PlanFact("monthly_purchases", FactUnit.MONEY, N_("Average monthly purchases of the last year")),
        PlanFact("guarantee_value", FactUnit.MONEY, N_("Guarantees in force")),
        PlanFact("guarantee_cover", FactUnit.RATIO, N_("Part of the open balance that guarantees cover")),
        PlanFact("customer_days", FactUnit.DAYS, N_("Days since the customer is one")),
        PlanFact("payment_terms_days", FactUnit.DAYS, N_("Agreed terms of payment in days")),
    )
}
AT_LEAST, AT_MOST = ">=", "<="


@dataclass(frozen=True)
class Condition:
    """A fact on one side of a number, which counts as being on it."""

    fact: str
    sign: str
    value: Decimal


@dataclass(frozen=True)
class Formula:
    """`value`, or `value` times the fact `of`; at least `least`, at most `most`, rounded to a multiple of `step`."""

    value: Decimal
    of: str | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    step: Decimal | None = None


@dataclass(frozen=True)
class PlanRule:
    """One rule. Of several that mean a customer with measures of one kind, the lowest `rank` speaks.

    `valid_days` None: the measure holds until it is lifted. `title` is a message id for rules that ship, else words.
    """

    code: str
    title: str
    kind: str
    rank: int
    levels: tuple[str, ...] = (RiskLevel.HIGH.value, RiskLevel.CRITICAL.value)
    dimension: str | None = None
    conditions: tuple[Condition, ...] = ()
    demands: Mapping[str, Formula] = field(default_factory=dict)
    force: str = "overridable"
    override_role: str | None = "risk"
    review_days: int = 30
    valid_days: int | None = 180
    is_active: bool = True


# --- rules


def checked_rule(rule: PlanRule) -> PlanRule:
    """A rule that can be followed.

    Raises:
        RefusedError: which part can't be.
    """
    if not _CODE.fullmatch(rule.code):
        raise RefusedError(N_("A rule's code has 3 to 40 small letters, digits and underscores, a letter first."))
    title = rule.title.strip()
    if not 0 < len(title) <= LONGEST_TITLE:
        raise RefusedError(N_("Give the rule a name of at most %(most)s characters."), most=LONGEST_TITLE)
    levels = tuple(one.value for one in RiskLevel if one.value in rule.levels)
    if not levels or set(rule.levels) - set(levels):
        raise RefusedError(N_("Choose the risk levels that the rule means."))
    if rule.dimension is not None and rule.dimension not in set(Dimension):
        raise RefusedError(N_("“%(name)s” is not a dimension of the scorecard."), name=rule.dimension)
    force, override_role = checked_force(rule.kind, rule.force, rule.override_role)
    if not 1 <= rule.review_days <= LONGEST_DAYS or not 1 <= (rule.valid_days or 1) <= LONGEST_DAYS:
        raise RefusedError(N_("Reviews and ends lie between 1 and %(most)s days away."), most=LONGEST_DAYS)
    if not 1 <= rule.rank <= 1_000:
        raise RefusedError(N_("A rule's rank lies between 1 and 1,000."))
    if len(rule.conditions) > MOST_CONDITIONS:
        raise RefusedError(N_("A rule has at most %(most)s conditions."), most=MOST_CONDITIONS)
    for one in rule.conditions:
        _ensure_condition(one)
    _ensure_formulas(rule)
    return replace(rule, title=title, levels=levels, force=force, override_role=override_role)


def _ensure_condition(one: Condition) -> None:
    if one.fact not in FACTS or one.sign not in (AT_LEAST, AT_MOST):
        raise RefusedError(N_("A condition compares a known fact with a number."))
    if not one.value.is_finite() or not 0 <= one.value < _MOST:
        raise RefusedError(N_("A condition's number is 0 or more."))


def _ensure_formulas(rule: PlanRule) -> None:
    checked_demands(rule.kind, Demands()) if rule.kind not in set(ControlKind) else None
    if set(rule.demands) - set(DEMANDS_OF[rule.kind]):
        raise RefusedError(N_("This kind of measure has no such parameter. Choose the kind that has it."))
    if DEMANDS_OF[rule.kind] and not rule.demands:
        raise RefusedError(N_("Say what the measure demands: at least one of its parameters."))
    for name, one in rule.demands.items():
        numbers = [number for number in (one.value, one.least, one.most, one.step) if number is not None]
        if any(not number.is_finite() or number < 0 or number >= _MOST for number in numbers):
            raise RefusedError(N_("The numbers of a formula are 0 or more."))
        if one.of is not None and (one.of not in FACTS or not _fits(name, FACTS[one.of].unit)):
            raise RefusedError(N_("A parameter is a share of a fact of its own kind: money of money, days of days."))
        if one.least is not None and one.most is not None and one.least > one.most:
            raise RefusedError(N_("The least value of a parameter lies above its greatest."))
        if one.step is not None and one.step == 0:
            raise RefusedError(N_("A parameter is rounded to a multiple of a number above 0."))
        if one.of is None:
            value = int(one.value) if name in WHOLE else one.value
            checked_demands(rule.kind, Demands(**{name: value}))  # type: ignore[arg-type]


def _fits(name: str, unit: FactUnit) -> bool:
    if name in WHOLE:
        return unit is FactUnit.DAYS
    return unit is (FactUnit.RATIO if name in ("prepaid_share", "coverage_ratio") else FactUnit.MONEY)


def definition_of(rule: PlanRule) -> dict[str, Any]:
    """A rule as it is stored and as the ledger has it: plain values, exact numbers as text."""
    return {
        "title": rule.title, "kind": rule.kind, "rank": rule.rank, "levels": list(rule.levels),
        "dimension": rule.dimension, "force": rule.force, "override_role": rule.override_role,
        "review_days": rule.review_days, "valid_days": rule.valid_days, "is_active": rule.is_active,
        "conditions": [{"fact": one.fact, "sign": one.sign, "value": _text(one.value)} for one in rule.conditions],
        "demands": {
            name: {part.name: _text(getattr(one, part.name)) for part in fields(one)}
            for name, one in sorted(rule.demands.items())
        },
    }  # fmt: skip


def rule_of(code: str, definition: Mapping[str, Any]) -> PlanRule:
    """The rule that a definition is of.

    Raises:
        RefusedError: it is none.
    """
    try:
        return PlanRule(
            code=code, title=str(definition["title"]), kind=str(definition["kind"]), rank=int(definition["rank"]),
            levels=tuple(definition["levels"]), dimension=definition["dimension"], force=str(definition["force"]),
            override_role=definition["override_role"], review_days=int(definition["review_days"]),
            valid_days=None if definition["valid_days"] is None else int(definition["valid_days"]),
            is_active=bool(definition["is_active"]),
            conditions=tuple(
                Condition(str(one["fact"]), str(one["sign"]), Decimal(one["value"]))
                for one in definition["conditions"]
            ),
            demands={name: _formula(one) for name, one in definition["demands"].items()},
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise RefusedError(N_("This is not the definition of a rule.")) from error


def _formula(given: Mapping[str, Any]) -> Formula:
    def number(name: str) -> Decimal | None:
        return None if given.get(name) is None else Decimal(given[name])

    return Formula(Decimal(given["value"]), given.get("of"), number("least"), number("most"), number("step"))


def _text(value: Decimal | str | None) -> str | None:
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value
