"""What the page of the warning rules reads."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from dashboard.cache import cached_read
from services.context import Context
from services.early_warnings.editions import RuleEdition, rule_history, rules_in_force
from services.early_warnings.performance import (
    LearntLikelihood,
    RulePerformance,
    WeekOfWarnings,
    learnt_likelihood,
    performance,
    weeks_of_rule,
)
from services.early_warnings.simulating import (
    ChangedCustomer,
    SimulationRow,
    changed_customers,
    simulated_likelihood,
    simulations_of,
)

#: The list speaks of this many days, one rule of the last year.
LIST_DAYS, RULE_DAYS = 90, 364


@dataclass(frozen=True)
class RulesReading:
    """Every rule as it is today, with what it did lately and how it turned out over the year that has matured."""

    today: dt.date
    time_zone: str
    currency: str
    small: int
    window: int
    editions: dict[str, RuleEdition]
    lately: dict[str, RulePerformance]
    year: dict[str, RulePerformance]


@dataclass(frozen=True)
class RuleReading:
    """One rule: all editions, the newest first, and what its past says of its likelihood."""

    history: tuple[RuleEdition, ...]
    learnt: LearntLikelihood
    simulated: LearntLikelihood


@cached_read("warning_rules", "early_warnings", "metrics", "policy")
def rules_reading(ctx: Context) -> RulesReading:
    """All rules. Precision needs a window that has ended: it speaks of the year before it."""
    today, policy = ctx.today, ctx.policy_history.on(ctx.today)
    window = policy.accuracy_window_days
    matured = today - dt.timedelta(days=window)
    return RulesReading(
        today, policy.time_zone, policy.base_currency, policy.small_sample, window, rules_in_force(ctx, today),
        performance(ctx, today - dt.timedelta(days=LIST_DAYS - 1), today),
        performance(ctx, matured - dt.timedelta(days=RULE_DAYS), matured),
    )  # fmt: skip


@cached_read("warning_rules", "early_warnings", "metrics", "policy")
def rule_reading(ctx: Context, code: str) -> RuleReading:
    """One rule."""
    return RuleReading(rule_history(ctx).all_of(code), learnt_likelihood(ctx, code), simulated_likelihood(ctx, code))


@cached_read("warning_rules", "early_warnings", "metrics", "policy")
def rule_performance(
    ctx: Context, code: str, since: dt.date, until: dt.date, department: str | None
) -> tuple[RulePerformance, tuple[WeekOfWarnings, ...]]:
    """One rule over a period, and its weeks."""
    return performance(ctx, since, until, department)[code], weeks_of_rule(ctx, code, since, until, department)


@cached_read("warning_rules")
def simulations(ctx: Context, code: str) -> tuple[SimulationRow, ...]:
    """A rule's simulations, the newest first."""
    return simulations_of(ctx, code, 5)


@cached_read("warning_rules", "customers")
def simulated_changes(
    ctx: Context, simulation_id: int
) -> tuple[tuple[ChangedCustomer, ...], tuple[ChangedCustomer, ...]]:
    """Customers that the new thresholds find in addition, and those they leave out."""
    return (
        changed_customers(ctx, simulation_id, come=True, limit=20),
        changed_customers(ctx, simulation_id, come=False, limit=20),
    )
