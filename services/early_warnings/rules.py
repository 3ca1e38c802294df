"""All warning rules, and what each finds on a day (SPEC 6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, text

from db.enums import RiskLevel
from services.context import Context
from services.early_warnings.obedience_rule import MEASURE_DISOBEYED
from services.early_warnings.outside_rules import OUTSIDE_RULES
from services.early_warnings.payment_rules import PAYMENT_RULES
from services.early_warnings.recourse_rules import RECOURSE_RULES
from services.early_warnings.resemblance_rule import RESEMBLES_LISTED
from services.early_warnings.rule import Addressed, FactKind, Finding, Frame, WarningRule
from services.early_warnings.standing_rules import STANDING_RULES
from services.errors import N_, NotFoundError

_PARTITION = 5_000

#: A tip, raised by hand. Its severity is what the person says.
TIP = WarningRule(
    code="tip",
    severity=RiskLevel.MEDIUM,
    title=N_("Tip"),
    why=N_("Reported by %(reported_by)s on %(reported_on)s: %(report)s"),
    likelihood=Decimal("0.20"),
    addressed=Addressed.OWNER,
    facts={"report": FactKind.TEXT, "reported_by": FactKind.TEXT, "reported_on": FactKind.DATE},
    thresholds={},
    findings=None,
)

#: Rules that are computed, in the order in which they run.
COMPUTED_RULES: tuple[WarningRule, ...] = (
    *PAYMENT_RULES,
    *STANDING_RULES,
    *OUTSIDE_RULES,
    *RECOURSE_RULES,
    MEASURE_DISOBEYED,
    RESEMBLES_LISTED,
)

RULES: dict[str, WarningRule] = {rule.code: rule for rule in (*COMPUTED_RULES, TIP)}


def rule_by_code(code: str) -> WarningRule:
    """The rule of that code.

    Raises:
        NotFoundError: there is none.
    """
    if code not in RULES:
        raise NotFoundError(N_("There is no warning rule called %(code)s."), code=code)
    return RULES[code]


def findings_query(
    ctx: Context, rule: WarningRule, day: dt.date, customers: tuple[int, ...] | None = None
) -> Select[Any]:
    """The rule's statement for a day, with the policy in force on it, by customer_id; for some customers, or all."""
    if rule.findings is None:
        raise ValueError(rule.code)
    query = rule.findings(Frame(day, ctx.policy_history.on(day), customers), rule.thresholds)
    return query.order_by(text("customer_id"))


def severity_in(rule: WarningRule, found: str) -> str:
    """The severity of a finding in an edition: where the statement found no more than the shipped rule's least, the
    edition's least; never below it."""
    level = RiskLevel(found)
    if level == RULES[rule.code].severity:
        return rule.severity.value
    return max(level, rule.severity, key=list(RiskLevel).index).value


def finding_partitions(
    ctx: Context, rule: WarningRule, day: dt.date, customers: tuple[int, ...] | None = None
) -> Iterator[Sequence[Finding]]:
    """What a rule finds as of a day, in parts that fit into memory whatever the number of customers."""
    # A cursor is planned for its first rows by default; these are all read.
    ctx.session.execute(text("SET LOCAL cursor_tuple_fraction = 1"))
    query = findings_query(ctx, rule, day, customers)
    result = ctx.session.execute(query, execution_options={"yield_per": _PARTITION})
    for part in result.partitions():
        yield [Finding(row.customer_id, row.money, severity_in(rule, row.severity), row.evidence) for row in part]


def findings(ctx: Context, rule: WarningRule, day: dt.date, customers: tuple[int, ...] | None = None) -> list[Finding]:
    """All that a rule finds as of a day, by customer."""
    return [one for part in finding_partitions(ctx, rule, day, customers) for one in part]
