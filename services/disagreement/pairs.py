"""Each final assessment with the initial one it answers: counts by group, and the rows behind every count (SPEC 9.3).

A final assessment answers the initial one it refers to; in history that was brought in, the customer's last initial one
on or before its day and after the final one before it. The dimension that drives a disagreement is the one whose two
grades lie furthest apart in its direction; where no grades were given, the one with the highest score on the final
one's day (the lowest, where the final grade is lower). What came of the customer is what assessment accuracy counts.
"""

from __future__ import annotations

from typing import Final

from services.scores_of_record import OF_RECORD

HARDER, SOFTER, SAME = "harder", "softer", "same"
#: Directions of the initial grade against the final one.
DIRECTIONS = (SOFTER, HARDER, SAME)
_HANDED_IN: Final = "('submitted', 'in_review', 'final')"
_RANK: Final = "array_position(ARRAY['low', 'medium', 'high', 'critical'], {})"

# Every name below is one of this file's own; values are bound.
# ruff: noqa: S608
_PAIR = f"""
WITH answered AS (
    SELECT f.customer_id, f.id, f.assessed_on AS final_on, f.level AS final_level, f.score AS final_score,
           f.assessor AS reviewer, f.assessor_id AS reviewer_id, f.dimension_levels AS final_dimensions,
           i.assessed_on AS initial_on, i.level AS initial_level, i.score AS initial_score, i.assessor, i.assessor_id,
           i.department_id, i.dimension_levels AS initial_dimensions,
           {_RANK.format("f.level")} - {_RANK.format("i.level")} AS steps
      FROM assessment f
      CROSS JOIN LATERAL (
          SELECT i.* FROM assessment i
           WHERE i.customer_id = f.customer_id AND i.stage = 'initial' AND i.state IN {_HANDED_IN}
             AND CASE WHEN f.initial_id IS NOT NULL THEN i.id = f.initial_id
                 ELSE NOT i.is_superseded AND i.assessed_on <= f.assessed_on AND i.assessed_on > coalesce((
                     SELECT max(p.assessed_on) FROM assessment p
                      WHERE p.customer_id = f.customer_id AND p.stage = 'final' AND p.state = 'final'
                        AND p.assessed_on < f.assessed_on), DATE '0001-01-01') END
           ORDER BY i.assessed_on DESC, i.id DESC LIMIT 1
      ) i
     WHERE f.stage = 'final' AND f.state = 'final' AND NOT f.is_superseded
       AND f.assessed_on BETWEEN :first AND :ends_on
)"""
_NAMED = """, named AS (
    SELECT a.*, d.code AS department, coalesce(u.name, a.assessor) AS person,
           coalesce(v.name, a.reviewer) AS reviewed_by
      FROM answered a
      JOIN department d ON d.id = a.department_id
      LEFT JOIN app_user u ON u.id = a.assessor_id
      LEFT JOIN app_user v ON v.id = a.reviewer_id
)"""
_DRIVEN = f""", pair AS (
    SELECT n.*, CASE WHEN n.steps > 0 THEN 'softer' WHEN n.steps < 0 THEN 'harder' ELSE 'same' END AS direction,
           CASE WHEN n.steps <> 0 THEN coalesce(g.dimension, s.dimension) END AS dimension
      FROM named n
      LEFT JOIN LATERAL (
          SELECT one.key AS dimension
            FROM jsonb_each_text(n.final_dimensions) one
            JOIN jsonb_each_text(n.initial_dimensions) other ON other.key = one.key
           WHERE ({_RANK.format("one.value")} - {_RANK.format("other.value")}) * sign(n.steps) > 0
           ORDER BY abs({_RANK.format("one.value")} - {_RANK.format("other.value")}) DESC, one.key LIMIT 1
      ) g ON n.steps <> 0
      LEFT JOIN LATERAL (
          SELECT part.key AS dimension
            FROM (SELECT s.dimensions FROM score s JOIN scorecard k ON k.id = s.scorecard_id
                   WHERE s.customer_id = n.customer_id AND s.as_of <= n.final_on AND {OF_RECORD}
                   ORDER BY s.as_of DESC, s.id DESC LIMIT 1) last, jsonb_each(last.dimensions) part
           WHERE jsonb_typeof(part.value -> 'score') = 'number'
           ORDER BY CAST(part.value ->> 'score' AS numeric) * sign(n.steps) DESC, part.key LIMIT 1
      ) s ON n.steps <> 0 AND g.dimension IS NULL
)"""
_PLAIN = """, pair AS (
    SELECT n.*, CASE WHEN n.steps > 0 THEN 'softer' WHEN n.steps < 0 THEN 'harder' ELSE 'same' END AS direction,
           NULL::text AS dimension
      FROM named n
)"""
_CAME = """, judged AS (
    SELECT p.*, CASE WHEN c.excluded > 0 THEN 'excluded' WHEN c.bad > 0 THEN 'bad' WHEN c.good > 0 THEN 'good'
                     ELSE 'open' END AS came
      FROM pair p
      LEFT JOIN LATERAL (
          SELECT sum(m.amount) FILTER (WHERE m.measure = 'excluded') AS excluded,
                 sum(m.amount) FILTER (WHERE m.measure IN ('true_positive', 'false_negative')) AS bad,
                 sum(m.amount) FILTER (WHERE m.measure IN ('false_positive', 'true_negative')) AS good
            FROM metric_contribution m
           WHERE m.customer_id = p.customer_id AND m.metric = 'assessment_accuracy'
             AND m.subject = 'assessment:' || p.id AND m.known_on <= :as_of
      ) c ON true
)"""
#: What each filter asks of a pair; `person` is a name, with the department as `name@CODE`.
CONDITIONS: Final[dict[str, str]] = {
    "department": "department = :department",
    "direction": "direction = :direction",
    "initial": "initial_level = :initial",
    "final": "final_level = :final",
    "person": "coalesce(person, '') || '@' || department = :person",
    "dimension": "coalesce(dimension, '') = :dimension AND direction <> 'same'",
    "came": "came = :came",
}


def pairs_sql(*, with_dimension: bool = False, with_outcome: bool = False) -> str:
    """`WITH ... ` up to the relation `pair`, or `judged` with what came of the customer. Binds first and ends_on."""
    return _PAIR + _NAMED + (_DRIVEN if with_dimension else _PLAIN) + (_CAME if with_outcome else "")
