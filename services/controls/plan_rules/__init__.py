"""Plans by rules (clause 3.1): which measures are proposed for which level, dimension and behaviour, as data."""

from services.controls.plan_rules.editions import (
    PlanEdition,
    PlanHistory,
    approve_edition,
    plan_history,
    propose_edition,
    reject_edition,
    rules_in_force,
    withdraw_edition,
)
from services.controls.plan_rules.rule import (
    AT_LEAST,
    AT_MOST,
    FACTS,
    MOST_CONDITIONS,
    Condition,
    FactUnit,
    Formula,
    PlanRule,
    definition_of,
    rule_of,
)
from services.controls.plan_rules.running import PlanExample, RuleCount, TryOut, follow_plan, plan_counts, try_out
from services.controls.plan_rules.shipped import SHIPPED

__all__ = [
    "AT_LEAST", "AT_MOST", "FACTS", "MOST_CONDITIONS", "SHIPPED", "Condition", "FactUnit", "Formula",
    "PlanEdition", "PlanExample", "PlanHistory", "PlanRule", "RuleCount", "TryOut", "approve_edition", "definition_of",
    "follow_plan", "plan_counts", "plan_history", "propose_edition", "reject_edition", "rule_of", "rules_in_force",
    "try_out", "withdraw_edition",
]  # fmt: skip
