"""Rules over `plan_facts` as one statement: which measures are proposed for whom, with which parameters.

Never what is in force or waits for approval; nor what was declined or lifted lately, unless the facts grew worse since:
a graver level, a quarter more overdue, or the oldest debt a month older.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from db.enums import RiskLevel
from services.controls.plan_rules.rule import FACTS, WHOLE, Formula, PlanRule
from services.controls.rows import Demands
from services.controls.rules import DEMANDS_OF

#: What counts as worse than when a measure was declined or lifted.
WORSE_OVERDUE, WORSE_DAYS = "1.25", 30
_NAMES = tuple(Demands.__dataclass_fields__)
_LADDER = "ARRAY[" + ", ".join(f"'{level.value}'" for level in RiskLevel) + "]"
_SEEN = ", ".join(f"'{name}', f.{name}" for name in FACTS)


@dataclass(frozen=True)
class Edition:
    """A rule with the number of its edition."""

    rule: PlanRule
    edition: int


@dataclass(frozen=True)
class Statement:
    """SQL and its values."""

    sql: str
    values: dict[str, Any]


def wanted(editions: Sequence[Edition]) -> Statement:
    """What the rules want for each customer, one measure a kind: `customer_id, department_id, level, open_amount, kind,
    force, override_role, plan_rule, plan_rule_edition, reason, review_days, valid_days, seen`, and the demands."""
    values: dict[str, Any] = {}
    branches = [_branch(place, one, values) for place, one in enumerate(editions)]
    return Statement(
        f"SELECT DISTINCT ON (w.customer_id, w.kind) w.* FROM ({' UNION ALL '.join(branches)}) w "  # noqa: S608
        "ORDER BY w.customer_id, w.kind, w.rank, w.plan_rule",
        values,
    )


def _branch(place: int, one: Edition, values: dict[str, Any]) -> str:
    """The customers that one rule means. Names of facts come from the product's own list; numbers are bound."""
    rule = one.rule

    def bound(name: str, value: Any) -> str:  # noqa: ANN401  (any value that SQL takes)
        values[f"r{place}_{name}"] = value
        return f":r{place}_{name}"

    demands = {name: _formula(name, formula, bound) for name, formula in rule.demands.items()}
    columns = ", ".join(f"CAST({demands.get(name, 'NULL')} AS numeric) AS {name}" for name in _NAMES)
    conditions = [
        f"f.{FACTS[each.fact].code} {'>=' if each.sign == '>=' else '<='} CAST({bound(f'c{number}', each.value)} "
        "AS numeric)"
        for number, each in enumerate(rule.conditions)
    ]
    if rule.dimension is not None:
        conditions.append(f"f.driver = {bound('dimension', rule.dimension)}")
    if DEMANDS_OF[rule.kind]:
        conditions.append(f"coalesce({', '.join(demands.values())}) IS NOT NULL")
    where = "".join(f" AND {condition}" for condition in conditions)
    valid = (
        "CAST(NULL AS integer)" if rule.valid_days is None else f"CAST({bound('valid', rule.valid_days)} AS integer)"
    )
    role = "CAST(NULL AS text)" if rule.override_role is None else f"CAST({bound('role', rule.override_role)} AS text)"
    return f"""
SELECT f.customer_id, f.department_id, f.level, f.open_amount, CAST({bound("kind", rule.kind)} AS text) AS kind,
       CAST({bound("force", rule.force)} AS text) AS force, {role} AS override_role,
       CAST({bound("rank", rule.rank)} AS integer) AS rank, CAST({bound("code", rule.code)} AS text) AS plan_rule,
       CAST({bound("edition", one.edition)} AS integer) AS plan_rule_edition,
       CAST({bound("title", rule.title)} AS text) AS reason,
       CAST({bound("review", rule.review_days)} AS integer) AS review_days, {valid} AS valid_days,
       jsonb_build_object('driver', f.driver, {_SEEN}) AS seen, {columns}
  FROM plan_facts f WHERE f.level = ANY({bound("levels", list(rule.levels))}){where}"""  # noqa: S608


def _formula(name: str, one: Formula, bound: Any) -> str:  # noqa: ANN401  (binds a value, returns its place)
    """A parameter as SQL: null where the fact is unknown, and where nothing would be asked for."""

    def number(part: str) -> str | None:
        value = getattr(one, part)
        return None if value is None else f"CAST({bound(f'{name}_{part}', value)} AS numeric)"

    made = str(number("value"))
    if one.of is not None:
        made = f"{made} * f.{FACTS[one.of].code}"
    if (step := number("step")) is not None:
        made = f"round(({made}) / {step}) * {step}"
    if (least := number("least")) is not None:
        made = f"greatest({made}, {least})"
    if (most := number("most")) is not None:
        made = f"least({made}, {most})"
    made = f"round({made}, {0 if name in WHOLE else 4})"
    if name in ("guarantee_value", "coverage_ratio", "prepaid_share", "monitoring_days"):
        made = f"nullif({made}, 0)"
    return made if one.of is None else f"CASE WHEN f.{FACTS[one.of].code} IS NOT NULL THEN {made} END"


#: Joined to `wanted` as w: whether a measure of the kind holds or waits, and whether it was turned down lately.
IS_COVERED = """EXISTS (SELECT 1 FROM control k WHERE k.customer_id = w.customer_id AND k.kind = w.kind
       AND k.state IN ('proposed', 'active'))"""
IS_QUIET = f"""EXISTS (SELECT 1 FROM control k WHERE k.customer_id = w.customer_id AND k.kind = w.kind
       AND k.ended_as IN ('declined', 'unfounded', 'no_longer_needed') AND k.ended_on > CAST(:day AS date) - :quiet
       AND array_position({_LADDER}, w.level) <= coalesce(array_position({_LADDER}, k.level), 0)
       AND (k.facts->>'overdue_amount' IS NULL OR (
            CAST(w.seen->>'overdue_amount' AS numeric) <= {WORSE_OVERDUE} * CAST(k.facts->>'overdue_amount' AS numeric)
            AND CAST(w.seen->>'worst_days' AS numeric)
                < CAST(k.facts->>'worst_days' AS numeric) + {WORSE_DAYS})))"""  # noqa: S608
_INSERTED = ", ".join(_NAMES)
INSERT = f"""
INSERT INTO control (customer_id, kind, state, force, override_role, plan_rule, plan_rule_edition, level, reason,
                     department_id, facts, proposed_at, review_on, expires_on, changed_at, {_INSERTED})
SELECT w.customer_id, w.kind, 'proposed', w.force, w.override_role, w.plan_rule, w.plan_rule_edition, w.level, w.reason,
       w.department_id, w.seen, :proposed_at, CAST(:day AS date) + w.review_days, CAST(:day AS date) + w.valid_days,
       :now, {_INSERTED}
  FROM ({{wanted}}) w WHERE NOT {IS_COVERED} AND NOT {IS_QUIET}
    ON CONFLICT (customer_id, kind) WHERE state = 'proposed' DO NOTHING
RETURNING customer_id, id, kind, plan_rule
"""  # noqa: S608
COUNTED = f"""
SELECT w.plan_rule, w.kind, count(*) AS meant, count(*) FILTER (WHERE w.is_covered) AS covered,
       count(*) FILTER (WHERE w.is_quiet AND NOT w.is_covered) AS quiet,
       count(*) FILTER (WHERE NOT w.is_covered AND NOT w.is_quiet) AS proposed,
       coalesce(sum(w.open_amount) FILTER (WHERE NOT w.is_covered AND NOT w.is_quiet), 0) AS money
  FROM (SELECT w.*, {IS_COVERED} AS is_covered, {IS_QUIET} AS is_quiet FROM ({{wanted}}) w) w
 GROUP BY w.plan_rule, w.kind
"""  # noqa: S608
EXAMPLES = f"""
SELECT w.*, c.customer_no, c.name
  FROM ({{wanted}}) w JOIN customer c ON c.customer_id = w.customer_id
 WHERE w.plan_rule = :code AND NOT {IS_COVERED} AND NOT {IS_QUIET}
 ORDER BY w.open_amount DESC, w.customer_id LIMIT :examples
"""  # noqa: S608
