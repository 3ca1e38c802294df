"""What a simulation found with the thresholds in force ("now") and with the new ones ("new"), each with its n."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from db.models import RuleSimulation
from services.context import Context
from services.early_warnings.outcomes import Outcomes, outcomes_of, wilson_interval

NOW, NEW = "now", "new"

_SIGN = """
    SELECT customer_id, CASE WHEN is_new THEN 'new' ELSE 'now' END AS label, first_on AS day,
           first_on > CAST(:start AS date) AS is_counted
      FROM simulated_sign WHERE simulation_id = :simulation
"""
#: A customer counts once, with the most money that was ever at risk.
_REACH = """
SELECT CASE WHEN s.is_new THEN 'new' ELSE 'now' END AS label, count(*) AS customers,
       count(DISTINCT c.owner_department_id) AS departments, coalesce(sum(s.money), 0) AS exposure,
       sum(s.at_start) AS standing_at_start
  FROM (SELECT customer_id, is_new, max(money_at_risk) AS money,
               count(*) FILTER (WHERE first_on = CAST(:start AS date)) AS at_start
          FROM simulated_sign WHERE simulation_id = :simulation GROUP BY customer_id, is_new) s
  JOIN customer c ON c.customer_id = s.customer_id
 GROUP BY s.is_new
"""
_WEEKS = """
SELECT first_on, CASE WHEN is_new THEN 'new' ELSE 'now' END AS label, count(*) AS signs
  FROM simulated_sign WHERE simulation_id = :simulation AND first_on > :start GROUP BY 1, 2 ORDER BY 1, 2
"""
_CHANGED = """
SELECT count(*) FILTER (WHERE is_new AND NOT is_now) AS come, count(*) FILTER (WHERE is_now AND NOT is_new) AS gone,
       count(*) FILTER (WHERE is_now AND is_new) AS stay
  FROM (SELECT customer_id, bool_or(is_new) AS is_new, bool_or(NOT is_new) AS is_now
          FROM simulated_sign WHERE simulation_id = :simulation GROUP BY customer_id) c
"""


def simulated_result(ctx: Context, row: RuleSimulation) -> dict[str, Any]:
    """The figures of a simulation whose last week has been replayed.

    A sign that stood on the first day is no warning of the span: nobody knows since when it stands. It counts for
    reach and recall, not for warnings per week and precision.
    """
    values = {"simulation": row.id, "start": row.since}
    after_start = row.since + dt.timedelta(days=1)
    outcomes, bad = outcomes_of(ctx, _SIGN, _SIGN, after_start, row.until, values)
    reach = {one["label"]: dict(one) for one in ctx.session.execute(text(_REACH), values).mappings()}
    weeks: dict[str, dict[str, int]] = {NOW: {}, NEW: {}}
    for one in ctx.session.execute(text(_WEEKS), values).mappings():
        weeks[one["label"]][one["first_on"].isoformat()] = one["signs"]
    changed = ctx.session.execute(text(_CHANGED), values).mappings().one()
    whole_weeks = max(row.weeks - 1, 0)
    sides = {
        label: _side(outcomes.get(label, Outcomes(bad_customers=bad)), reach.get(label, {}), whole_weeks)
        for label in (NOW, NEW)
    }
    return {"weeks": weeks, "whole_weeks": whole_weeks, "changed": dict(changed), **sides}


def _side(outcomes: Outcomes, reach: dict[str, Any], weeks: int) -> dict[str, Any]:
    low, high = wilson_interval(outcomes.turned_bad, outcomes.matured) or (None, None)
    return {
        "warnings": outcomes.signs,
        "warnings_per_week": None if not weeks else round(Decimal(outcomes.signs) / weeks, 3),
        "standing_at_start": int(reach.get("standing_at_start", 0)),
        "customers": reach.get("customers", 0), "departments": reach.get("departments", 0),
        "exposure": reach.get("exposure", Decimal(0)), "missed": outcomes.missed,
        "precision": _rounded(outcomes.precision), "precision_low": low, "precision_high": high,
        "recall": _rounded(outcomes.recall),
        **{name: value for name, value in asdict(outcomes).items() if name != "signs"},
    }  # fmt: skip


def _rounded(value: Decimal | None) -> Decimal | None:
    return None if value is None else round(value, 6)
