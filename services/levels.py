"""The level in force of a customer: one rule, whether a score, a clock or a person's decision sets it off (SPEC 6).

In this order (docs/assessments.md works an example):

1. An override by the newest final assessment holds up to its last day, but never below a floor of the scorecard that
   applies. It takes effect at once, up or down.
2. Else the computed level holds. It rises at once.
3. It falls by one step at most, and only after `level_cooldown_days` at the present level; a final assessment, which
   is a person's review, lets it fall to the computed level at once.

The rule is one statement over all customers of the temporary table `scored`, which scoring lays out; nothing else
writes the level in force. No level (nothing is known) ranks below low.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select, text
from sqlalchemy.orm import aliased

from db.enums import AssessmentStage, LevelSource, RiskLevel
from db.models import Assessment, Customer
from services import ledger
from services.context import Context

_LADDER = "ARRAY[" + ", ".join(f"'{level.value}'" for level in RiskLevel) + "]"


def _rank(level: str) -> str:
    return f"array_position({_LADDER}, {level})"


_PRESENT, _COMPUTED = f"coalesce({_rank('c.risk_level')}, 0)", f"coalesce({_rank('n.level')}, 0)"
_OVERRIDE, _FLOOR = _rank("o.level"), f"coalesce({_rank('n.floor_level')}, 0)"
_IN_FORCE = f"""(CASE WHEN o.level IS NOT NULL THEN greatest({_OVERRIDE}, {_FLOOR})
    WHEN {_COMPUTED} >= {_PRESENT} OR :is_reviewed THEN {_COMPUTED}
    WHEN CAST(:as_of AS date) < c.level_since + :cooldown THEN {_PRESENT}
    ELSE {_PRESENT} - 1 END)"""
_SINCE = f"""(CASE {_IN_FORCE} WHEN 0 THEN NULL WHEN {_PRESENT} THEN coalesce(c.level_since, :as_of)
    ELSE CAST(:as_of AS date) END)"""
_SOURCE = f"""(CASE WHEN {_IN_FORCE} = 0 THEN NULL
    WHEN o.level IS NOT NULL AND {_OVERRIDE} >= {_FLOOR} THEN '{LevelSource.OVERRIDE.value}'
    WHEN o.level IS NOT NULL THEN '{LevelSource.FLOOR.value}'
    WHEN {_IN_FORCE} > {_COMPUTED} THEN '{LevelSource.COOLDOWN.value}'
    WHEN n.floor IS NOT NULL THEN '{LevelSource.FLOOR.value}'
    ELSE '{LevelSource.COMPUTED.value}' END)"""
_UNTIL = f"""(CASE {_SOURCE} WHEN '{LevelSource.OVERRIDE.value}' THEN o.expires_on
    WHEN '{LevelSource.COOLDOWN.value}' THEN {_SINCE} + :cooldown END)"""
#: Columns of customer and what they become. `c` stands for the row as it is when the update reaches it, so that a
#: decision committed a moment ago is not undone by a run that began before it.
_BECOMES = {
    "risk_score": "round(n.score, 4)",
    "computed_level": "n.level",
    "scored_on": "CAST(:as_of AS date)",
    "risk_level": f"({_LADDER})[{_IN_FORCE}]",
    "level_since": _SINCE,
    "level_source": _SOURCE,
    "level_until": _UNTIL,
    "assessed_on": "o.assessed_on",
}
#: Changes to or from these are told to machines (services/events.py): to tell of every move between low and medium
#: would bury them. `b` is the row as it was: all parts of the statement see the same moment.
_GRAVE = f"'{RiskLevel.HIGH.value}', '{RiskLevel.CRITICAL.value}'"
_SETTLE = f"""
WITH settled AS (
UPDATE customer c SET {", ".join(f"{name} = {value}" for name, value in _BECOMES.items())}
  FROM scored n LEFT JOIN (
      SELECT DISTINCT ON (a.customer_id) a.customer_id, a.assessed_on, a.expires_on,
             CASE WHEN a.is_override AND a.expires_on >= :as_of THEN a.level END AS level
        FROM assessment a JOIN scored m ON m.customer_id = a.customer_id
       WHERE a.stage = 'final' AND a.state = 'final' AND NOT a.is_superseded AND a.assessed_on <= :as_of
       ORDER BY a.customer_id, a.assessed_on DESC
  ) o ON o.customer_id = n.customer_id
 WHERE c.customer_id = n.customer_id AND (c.scored_on IS NULL OR c.scored_on <= :as_of)
   AND ({", ".join(f"c.{name}" for name in _BECOMES)}) IS DISTINCT FROM ({", ".join(_BECOMES.values())})
RETURNING c.customer_id, c.risk_level, c.risk_score, c.level_source
), told AS (
INSERT INTO machine_event (at, kind, customer_id, payload)
SELECT :now, 'level.changed', s.customer_id, jsonb_build_object(
           'level_before', b.risk_level, 'level', s.risk_level, 'score', s.risk_score, 'source', s.level_source,
           'as_of', CAST(:as_of AS date))
  FROM settled s JOIN customer b ON b.customer_id = s.customer_id
 WHERE s.risk_level IS DISTINCT FROM b.risk_level AND (s.risk_level IN ({_GRAVE}) OR b.risk_level IN ({_GRAVE}))
)
SELECT count(*) FROM settled
"""  # noqa: S608  (constants of this file)


# --- commands


def settle_levels(ctx: Context, as_of: dt.date, *, is_reviewed: bool = False) -> int:
    """Put the newest score and the level in force on the customers of `scored`; how many changed.

    Customers that a later day was scored for are left alone. `is_reviewed`: a person has just decided on all of them.
    """
    cooldown = ctx.policy_history.on(as_of).level_cooldown_days
    values = {"as_of": as_of, "cooldown": cooldown, "is_reviewed": is_reviewed, "now": ctx.now}
    return int(ctx.session.execute(text(_SETTLE), values).scalar_one())


def end_overrides(ctx: Context) -> list[int]:
    """Note overrides whose last day is over, one ledger entry each; the customers whose level is settled anew by it.

    An override that a later final assessment, or another one of its day, replaced has ended with that and says nothing
    more.
    """
    later = aliased(Assessment)
    replaced = select(later.id).where(
        later.customer_id == Assessment.customer_id,
        later.stage == AssessmentStage.FINAL.value,
        later.assessed_on > Assessment.assessed_on,
    )
    over = (
        select(Assessment)
        .where(
            Assessment.is_override,
            Assessment.is_superseded.is_(False),
            Assessment.ended_on.is_(None),
            Assessment.expires_on < ctx.today,
        )
        .where(~replaced.exists())
        .order_by(Assessment.customer_id, Assessment.id)
        .with_for_update()
    )
    rows = list(ctx.session.execute(over).scalars())
    with ledger.change_all(ctx, "assessment.override_ended", rows):
        for row in rows:
            row.ended_on = ctx.today
    return [row.customer_id for row in rows]


# --- reads


def customers_to_settle(ctx: Context) -> list[int]:
    """Customers whose level may move today by the clock alone: the cooldown is over, or an override's last day."""
    is_over = (Customer.level_source == LevelSource.COOLDOWN.value) & (Customer.level_until <= ctx.today)
    has_ended = (Customer.level_source == LevelSource.OVERRIDE.value) & (Customer.level_until < ctx.today)
    due = select(Customer.customer_id).where(Customer.level_until.is_not(None), is_over | has_ended)
    return list(ctx.session.execute(due.order_by(Customer.customer_id)).scalars())
