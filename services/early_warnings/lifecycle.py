"""Where a warning is, until when the next step is due, and in what order the queue is worked (SPEC 4, 6, 9.7)."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from decimal import Decimal
from zoneinfo import ZoneInfo

from db.enums import RiskLevel, WarningOutcome, WarningState
from services.context import Context
from services.states import Transitions

#: SPEC 4: raised -> acknowledged -> acting -> resolved. The trigger on `early_warning` holds the same moves.
EARLY_WARNING_TRANSITIONS: Transitions = {
    WarningState.RAISED: frozenset({WarningState.ACKNOWLEDGED}),
    WarningState.ACKNOWLEDGED: frozenset({WarningState.ACTING}),
    WarningState.ACTING: frozenset({WarningState.RESOLVED}),
    WarningState.RESOLVED: frozenset(),
}

#: Calendar days for each step (acknowledge, start acting, resolve) by severity.
STEP_DAYS: dict[str, int] = {RiskLevel.CRITICAL: 1, RiskLevel.HIGH: 3, RiskLevel.MEDIUM: 7, RiskLevel.LOW: 14}

#: 1 head of the department addressed, 2 risk management, 3 leadership. There is nobody above to escalate to.
HIGHEST_ESCALATION = 3

#: A warning this many hours before its deadline counts half of what it counts at the deadline.
HALVING_HOURS = 72.0

#: A warning about no money still counts as one unit of the base currency: likelihood and time left then order it.
LEAST_MONEY = Decimal(1)

#: Longest snooze. What can wait longer is not a warning.
LONGEST_SNOOZE_DAYS = 30

#: A sign that was gone this long is a new sign when it comes back, even with the same evidence.
GONE_FOR_GOOD_DAYS = 30

#: Days after its resolution in which a warning does not come back for evidence that was judged; None: as long as the
#: sign stands. A false alarm stays one; a sign that outlives its mitigation, or the action on it, is looked at again.
MEMORY_DAYS: dict[str, int | None] = {
    WarningOutcome.FALSE_ALARM: None,
    WarningOutcome.MITIGATED: 30,
    WarningOutcome.CONFIRMED: 90,
}

#: What a fixed business date (a sample that stands still) takes for the time of day.
_CLOSE_OF_BUSINESS = dt.time(18, 0)

#: Hours for the step that leads out of a state, by severity and state: {"high": {"raised": 24}}. What is not named has
#: STEP_DAYS.
Hours = Mapping[str, Mapping[str, int]]
NO_HOURS: Hours = {}
LONGEST_STEP_HOURS = 90 * 24

_RANKS = {level: rank for rank, level in enumerate(RiskLevel)}


def severity_rank(severity: str) -> int:
    """0 for low to 3 for critical."""
    return _RANKS[RiskLevel(severity)]


def company_clock(ctx: Context) -> dt.datetime:
    """The instant that deadlines run against: now, but never later than the close of a fixed business date.

    Without the stop a sample that stands at one day would see all its deadlines pass while nobody looks.
    """
    policy = ctx.policy_history.on(ctx.now.date())
    if policy.business_date is None:
        return ctx.now
    return min(ctx.now, dt.datetime.combine(policy.business_date, _CLOSE_OF_BUSINESS, company_zone(ctx)))


def company_zone(ctx: Context) -> ZoneInfo:
    """The time zone whose calendar days are counted."""
    return ZoneInfo(ctx.policy_history.on(ctx.now.date()).time_zone)


def step_hours(hours: Hours, severity: str, state: str) -> int:
    """Hours for the step that leads out of a state: the rule's own, else STEP_DAYS."""
    own = hours.get(severity, {}).get(state)
    return STEP_DAYS[severity] * 24 if own is None else own


def step_deadline(
    severity: str, start: dt.datetime, zone: ZoneInfo, hours: Hours = NO_HOURS, state: str = WarningState.RAISED
) -> dt.datetime:
    """When the step that leads out of `state`, and begins at `start`, is due: 24 hours are the same time next day."""
    return _later(start, dt.timedelta(hours=step_hours(hours, severity, state)), zone)


def later_by_days(start: dt.datetime, days: int, zone: ZoneInfo) -> dt.datetime:
    """The same time of day in `zone`, calendar days later (24 hours each, but for changes to summer time)."""
    return _later(start, dt.timedelta(days=days), zone)


def _later(start: dt.datetime, time: dt.timedelta, zone: ZoneInfo) -> dt.datetime:
    local = start.astimezone(zone)
    return (local + time).astimezone(dt.UTC)


def stored_priority(money: Decimal, likelihood: Decimal) -> Decimal:
    """The part of the priority that does not move with the clock, in the base currency: it is stored and indexed."""
    return max(money, LEAST_MONEY) * likelihood


def queue_priority(money: Decimal, likelihood: Decimal, hours_left: float) -> float:
    """Rank in the queue: money at risk x likelihood x time left (SPEC 6), higher first, in the base currency.

    Time left is a factor in (0, 1]: 1 at the deadline and after it, a half 72 hours before, a quarter 144 hours before.
    So three days less time weigh as much as twice the money, what is overdue is ordered by its expected loss alone, and
    no neglected trifle outgrows a large loss. `queue.rank_at` is the same function in SQL.
    """
    return float(stored_priority(money, likelihood)) * time_factor(hours_left)


def time_factor(hours_left: float) -> float:
    """What time left counts in the queue's order: 1 at the deadline and after it, less the further away it is."""
    return math.pow(2.0, -max(hours_left, 0.0) / HALVING_HOURS)
