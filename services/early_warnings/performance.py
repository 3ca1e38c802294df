"""How well the warning rules do: false alarms, precision, recall, lead time, deadlines kept; each with its denominator.

Read from the warnings that were raised; formulas with examples in docs/early_warnings.md.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from services import access
from services.context import Context
from services.early_warnings.outcomes import JUDGED, Outcomes, outcomes_of, ratio, values_at, wilson_interval
from services.early_warnings.rules import RULES, rule_by_code

#: The label of all rules together.
ALL_RULES = ""


@dataclass(frozen=True)
class Handling:
    """How the warnings raised in a period were worked. Hours are medians, None without any."""

    raised: int = 0
    open: int = 0
    resolved: int = 0
    false_alarms: int = 0
    acknowledged: int = 0
    acknowledged_in_time: int = 0
    resolved_in_time: int = 0
    hours_to_acknowledge: Decimal | None = None
    hours_to_resolve: Decimal | None = None

    @property
    def false_alarm_rate(self) -> Decimal | None:
        """Share of resolved warnings that were false alarms."""
        return ratio(self.false_alarms, self.resolved)


@dataclass(frozen=True)
class RulePerformance:
    """One rule (`ALL_RULES`: all together) over the warnings raised in a period, and what became of the customers."""

    rule: str
    handling: Handling = field(default_factory=Handling)
    outcomes: Outcomes = field(default_factory=Outcomes)


@dataclass(frozen=True)
class LearntLikelihood:
    """The share of a rule's past warnings after which the customer turned bad, with its 95 % interval."""

    turned_bad: int
    matured: int
    low: Decimal | None
    high: Decimal | None

    @property
    def value(self) -> Decimal | None:
        """The share; None without any case."""
        return ratio(self.turned_bad, self.matured)


@dataclass(frozen=True)
class WeekOfWarnings:
    """Warnings of a rule raised in the week that begins on a Monday; `waiting`: their window has not ended."""

    week: dt.date
    turned_bad: int
    stayed_good: int
    already_bad: int
    waiting: int


_OF_DEPARTMENT = """
    (CAST(:department AS text) IS NULL OR EXISTS (
        SELECT 1 FROM customer c JOIN department d ON d.id = c.owner_department_id
         WHERE c.customer_id = w.customer_id AND d.code = CAST(:department AS text)))
"""
_SIGN = f"""
    SELECT w.customer_id, r.label, w.raised_on AS day, true AS is_counted
      FROM early_warning w CROSS JOIN LATERAL (VALUES (w.rule), ('')) AS r (label)
     WHERE w.raised_on BETWEEN {{first}} AND :until AND {_OF_DEPARTMENT}
"""  # noqa: S608
_RAISED = _SIGN.format(first=":since")
_BEFORE = _SIGN.format(first="CAST(:since AS date) - CAST(:window AS integer)")

_HANDLING = f"""
SELECT r.label, count(*) AS raised, count(*) FILTER (WHERE w.state <> 'resolved') AS open,
       count(*) FILTER (WHERE w.state = 'resolved') AS resolved,
       count(*) FILTER (WHERE w.outcome = 'false_alarm') AS false_alarms,
       count(w.acknowledged_at) AS acknowledged,
       count(*) FILTER (WHERE w.acknowledged_in_time) AS acknowledged_in_time,
       count(*) FILTER (WHERE w.state = 'resolved' AND w.escalation = 0 AND w.resolved_at <= w.due_at)
           AS resolved_in_time,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM w.acknowledged_at - w.raised_at) / 3600)
           AS hours_to_acknowledge,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM w.resolved_at - w.raised_at) / 3600)
           AS hours_to_resolve
  FROM early_warning w CROSS JOIN LATERAL (VALUES (w.rule), ('')) AS r (label)
 WHERE w.raised_on BETWEEN :since AND :until AND {_OF_DEPARTMENT}
 GROUP BY r.label
"""  # noqa: S608

_WEEKS = """
SELECT CAST(date_trunc('week', day) AS date) AS week,
       count(*) FILTER (WHERE turned_bad AND NOT was_bad) AS turned_bad,
       count(*) FILTER (WHERE is_over AND NOT turned_bad AND NOT was_bad) AS stayed_good,
       count(*) FILTER (WHERE was_bad) AS already_bad,
       count(*) FILTER (WHERE NOT is_over AND NOT turned_bad AND NOT was_bad) AS waiting
  FROM judged WHERE label = :rule GROUP BY 1 ORDER BY 1
"""


def performance(
    ctx: Context, since: dt.date, until: dt.date, department: str | None = None
) -> dict[str, RulePerformance]:
    """Every rule by code, and all together under ALL_RULES, over the warnings raised from `since` to `until`.

    `department` is the customer's owner. Lead time and recall look at the customers who turned bad in the period.

    Raises:
        NotAllowedError: the actor may not read the rules.
    """
    access.ensure_may(ctx, "warning_rule.read")
    values = {"department": department}
    rows = ctx.session.execute(text(_HANDLING), {"since": since, "until": until, **values}).mappings()
    handling = {row["label"]: _handling(dict(row)) for row in rows}
    outcomes, bad = outcomes_of(ctx, _RAISED, _BEFORE, since, until, values)
    nothing = Outcomes(bad_customers=bad)
    return {
        code: RulePerformance(code, handling.get(code, Handling()), outcomes.get(code, nothing))
        for code in (*RULES, ALL_RULES)
    }


def learnt_likelihood(ctx: Context, code: str) -> LearntLikelihood:
    """What the rule's past warnings say of its likelihood, all of them that have matured.

    Raises:
        NotAllowedError, NotFoundError.
    """
    access.ensure_may(ctx, "warning_rule.read")
    rule_by_code(code)
    sign = "SELECT w.customer_id, w.rule AS label, w.raised_on AS day, true AS is_counted FROM early_warning w "
    found = ctx.session.execute(
        text(
            f"WITH sign AS ({sign} WHERE w.rule = :rule), {JUDGED} "  # noqa: S608
            "SELECT count(*) FILTER (WHERE turned_bad), count(*) FROM judged WHERE is_over AND NOT was_bad"
        ),
        values_at(ctx) | {"rule": code},
    ).one()
    return learnt(found[0], found[1])


def learnt(turned_bad: int, matured: int) -> LearntLikelihood:
    """A likelihood from counts, with its interval."""
    low, high = wilson_interval(turned_bad, matured) or (None, None)
    return LearntLikelihood(turned_bad, matured, low, high)


def weeks_of_rule(
    ctx: Context, code: str, since: dt.date, until: dt.date, department: str | None = None
) -> tuple[WeekOfWarnings, ...]:
    """The rule's warnings by the week they were raised in; weeks without any are there too.

    Raises:
        NotAllowedError, NotFoundError.
    """
    access.ensure_may(ctx, "warning_rule.read")
    rule_by_code(code)
    bound = values_at(ctx) | {"since": since, "until": until, "department": department, "rule": code}
    rows = ctx.session.execute(text(f"WITH sign AS ({_RAISED}), {JUDGED} {_WEEKS}"), bound)
    found = {row.week: WeekOfWarnings(*row) for row in rows}
    first = since - dt.timedelta(days=since.weekday())
    weeks = [first + dt.timedelta(days=7 * place) for place in range((until - first).days // 7 + 1)]
    return tuple(found.get(week, WeekOfWarnings(week, 0, 0, 0, 0)) for week in weeks)


def _handling(row: dict[str, Any]) -> Handling:
    del row["label"]
    for name in ("hours_to_acknowledge", "hours_to_resolve"):
        row[name] = None if row[name] is None else Decimal(str(round(row[name], 1)))
    return Handling(**row)
