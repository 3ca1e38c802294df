"""Following the plan: propose what the rules in force want, for customers whose scores changed or for all; and a
try-out that proposes nothing. The same statement either way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from services import access, data_versions, ledger
from services.context import Context
from services.controls.plan_rules.editions import rules_in_force, with_rule
from services.controls.plan_rules.facts import lay_out_facts
from services.controls.plan_rules.matching import COUNTED, EXAMPLES, INSERT, Edition, wanted
from services.controls.plan_rules.rule import PlanRule, checked_rule
from services.controls.rows import Demands
from services.controls.telling import tell_planned
from services.early_warnings.lifecycle import company_clock

MOST_EXAMPLES = 20
_MOST_NAMED = 500
_ONE_AT_A_TIME = 7_205_372


@dataclass(frozen=True)
class RuleCount:
    """What one rule does: customers it means, of them covered already (in force or waiting) or turned down lately, and
    newly proposed with the money they owe."""

    rule: str
    kind: str
    meant: int
    covered: int
    quiet: int
    proposed: int
    money: Decimal


@dataclass(frozen=True)
class PlanExample:
    """One customer for whom a rule would propose something."""

    customer_id: int
    customer_no: str
    customer_name: str
    level: str
    open_amount: Decimal
    kind: str
    demands: Demands
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class TryOut:
    """A rule on the portfolio as it is today, beside the same rule as it is in force (None: it is not)."""

    count: RuleCount
    now: RuleCount | None
    examples: tuple[PlanExample, ...]


# --- commands


def follow_plan(ctx: Context, customer_ids: Sequence[int] | None = None) -> int:
    """Propose what the rules want for these customers (None: all); how many proposals are new.

    Doing it twice proposes nothing more. What is in force, waits or was turned down lately is left (matching.py).

    Raises:
        NotAllowedError: the actor may not.
    """
    access.ensure_may(ctx, "control_plan.run")
    editions = rules_in_force(ctx, ctx.today)
    if not editions:
        return 0
    ctx.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
    lay_out_facts(ctx, ctx.today, _levels(editions), customer_ids)
    asked = wanted(editions)
    values = asked.values | {"now": ctx.now, "proposed_at": company_clock(ctx)} | _values(ctx)
    added = ctx.session.execute(text(INSERT.format(wanted=asked.sql)), values).all()
    if added:
        rules = dict(sorted(Counter(row.plan_rule for row in added).items()))
        keys = sorted(f"{row.customer_id}:{row.id}" for row in added)
        after = {"count": len(added), "rules": rules, "control_rows": keys[:_MOST_NAMED]}
        ledger.record(ctx, "control.planned", "control", after=after)
        data_versions.bump(ctx, "controls")
        tell_planned(ctx, len(added))
    return len(added)


def _levels(editions: Sequence[Edition]) -> set[str]:
    return {level for one in editions for level in one.rule.levels}


def _values(ctx: Context) -> dict[str, Any]:
    return {"day": ctx.today, "quiet": ctx.policy_history.on(ctx.today).control_quiet_days}


# --- reads


def plan_counts(ctx: Context, customer_ids: Sequence[int] | None = None) -> tuple[RuleCount, ...]:
    """What following the plan would do now, rule by rule; nothing is proposed (`plan --dry-run`)."""
    access.ensure_may(ctx, "control_plan.read")
    editions = rules_in_force(ctx, ctx.today)
    if not editions:
        return ()
    lay_out_facts(ctx, ctx.today, _levels(editions), customer_ids)
    return tuple(_counted(ctx, editions).values())


def try_out(ctx: Context, rule: PlanRule) -> TryOut:
    """What a rule like this would propose today, among the other rules in force. Nothing is kept.

    Raises:
        NotAllowedError: the actor may not read the plan.
        RefusedError: it can't be a rule.
    """
    access.ensure_may(ctx, "control_plan.read")
    candidate = checked_rule(rule)
    present = rules_in_force(ctx, ctx.today)
    changed = with_rule(present, candidate)
    lay_out_facts(ctx, ctx.today, _levels((*present, *changed)) or set(candidate.levels))
    nothing = RuleCount(candidate.code, candidate.kind, 0, 0, 0, 0, Decimal(0))
    count = _counted(ctx, changed).get(candidate.code, nothing) if changed else nothing
    is_there = any(one.rule.code == candidate.code for one in present)
    now = _counted(ctx, present).get(candidate.code, nothing) if is_there else None
    return TryOut(count, now, _examples(ctx, changed, candidate.code))


def _counted(ctx: Context, editions: Sequence[Edition]) -> dict[str, RuleCount]:
    asked = wanted(editions)
    found = ctx.session.execute(text(COUNTED.format(wanted=asked.sql)), asked.values | _values(ctx))
    by_code = {row.plan_rule: RuleCount(*row) for row in found}
    order = [one.rule.code for one in editions]
    return {code: by_code.get(code) or RuleCount(code, _kind(editions, code), 0, 0, 0, 0, Decimal(0)) for code in order}


def _kind(editions: Sequence[Edition], code: str) -> str:
    return next(one.rule.kind for one in editions if one.rule.code == code)


def _examples(ctx: Context, editions: Sequence[Edition], code: str) -> tuple[PlanExample, ...]:
    if not editions:
        return ()
    asked = wanted(editions)
    values = asked.values | _values(ctx) | {"code": code, "examples": MOST_EXAMPLES}
    return tuple(
        PlanExample(
            row.customer_id, row.customer_no, row.name, row.level, row.open_amount, row.kind, _demands(row), row.seen
        )
        for row in ctx.session.execute(text(EXAMPLES.format(wanted=asked.sql)), values)
    )


def _demands(row: Any) -> Demands:  # noqa: ANN401  (a row of `wanted`)
    given = {name: getattr(row, name) for name in Demands.__dataclass_fields__}
    for name in ("terms_days", "monitoring_days"):
        given[name] = None if given[name] is None else int(given[name])
    return Demands(**given)
