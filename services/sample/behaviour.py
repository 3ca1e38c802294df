"""How customers pay: seven hidden types, known to the generator only. Assessments never look at them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from random import Random

from services.sample.period import Period

HABIT_CAP_DAYS = 80
"""A late payer pays before the 90th day; what is later has a cause of its own."""


class Habit(StrEnum):
    """The seven types."""

    PROMPT = "prompt"
    LATE = "late"
    DETERIORATING = "deteriorating"
    COLLAPSED = "collapsed"
    DISPUTER = "disputer"
    FRAUD = "fraud"
    MENDED = "mended"


SHARES: dict[Habit, float] = {
    Habit.DETERIORATING: 0.13,
    Habit.COLLAPSED: 0.085,
    Habit.MENDED: 0.05,
    Habit.FRAUD: 0.02,
    Habit.DISPUTER: 0.045,
    Habit.LATE: 0.22,
}
"""Share of each type in a department's customers; the rest pay promptly."""

STOPPING = (Habit.COLLAPSED, Habit.MENDED, Habit.FRAUD)
FAILING = (*STOPPING, Habit.DETERIORATING)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One customer's way of paying.

    `delay` and `spread` are days after the due date in quiet times. From `onset` on a deteriorating customer pays
    `slope` days later per month, and one that stops pays nothing. `silent`: nothing outside the ledger tells of it.
    `scare`: a bad patch around that day that costs nobody a payment (what makes false alarms).
    """

    habit: Habit
    delay: int
    spread: int
    onset: date | None = None
    slope: int = 0
    silent: bool = False
    scare: date | None = None


AFTER_RESTORATION = Behaviour(Habit.PROMPT, 0, 4)
"""How a restored customer pays: it has learnt."""
AFTER_REJECTION = Behaviour(Habit.LATE, 18, 6)
"""How a customer pays whose listing was rejected: late, never very late."""


def draw_behaviour(habit: Habit, trigger: date | None, rng: Random) -> Behaviour:
    """A behaviour of the type; `trigger` is about the day on which its first invoice shall be 90 days past due."""
    if habit is Habit.LATE:
        return Behaviour(habit, rng.randint(8, 34), rng.randint(4, 10))
    if habit is Habit.DISPUTER:
        return Behaviour(habit, rng.randint(5, 25), rng.randint(4, 9))
    delay, spread = rng.randint(-4, 4), rng.randint(3, 6)
    if habit is Habit.PROMPT or trigger is None:
        return Behaviour(Habit.PROMPT, delay, spread)
    if habit is Habit.DETERIORATING:
        slope = rng.randint(14, 24)
        lead = 90 + int(30 * HABIT_CAP_DAYS / slope)
        return Behaviour(habit, rng.randint(2, 14), spread, trigger - timedelta(days=lead), slope)
    return Behaviour(habit, delay, spread, trigger - timedelta(days=97), silent=rng.random() < 0.33)


def days_late(behaviour: Behaviour, due: date, gauss: float, chance: float) -> int | None:
    """Days from the due date to the payment (negative: early), or None for an invoice that is not paid by itself.

    `gauss` and `chance` are the invoice's own standard normal and uniform draws, so planning twice gives the same.
    """
    onset = behaviour.onset
    delay = behaviour.delay + behaviour.spread * gauss
    if onset is not None and due >= onset:
        if behaviour.habit in STOPPING:
            return None
        if behaviour.habit is Habit.DETERIORATING:
            delay += behaviour.slope * ((due - onset).days + 15) / 30
            return None if delay > HABIT_CAP_DAYS else int(delay)
    if behaviour.habit in (Habit.LATE, Habit.DISPUTER):
        if chance > 0.997:
            return 92 + int((chance - 0.997) * 3000)
        return int(min(HABIT_CAP_DAYS, delay + (22 if chance < 0.04 else 0)))
    return int(max(-15, min(45, delay + (600 * chance + 8 if chance < 0.03 else 0))))


def keeps_ordering(behaviour: Behaviour, day: date, chance: float) -> bool:
    """Whether the trade of a month happens: a customer in trouble buys less from two months after the onset on."""
    if behaviour.onset is None or day < behaviour.onset + timedelta(days=60):
        return True
    return chance < 0.4


def strain(behaviour: Behaviour, day: date) -> float:
    """How badly the customer's business is doing on a day: 0 well, 1 desperate. Drives its accounts and the news."""
    if behaviour.scare is not None:
        distance = abs((day - behaviour.scare).days)
        return max(0.0, 0.75 - distance / 160)
    if behaviour.onset is None:
        return 0.22 if behaviour.habit in (Habit.LATE, Habit.DISPUTER) else 0.0
    since = (day - behaviour.onset).days
    if behaviour.habit is Habit.DETERIORATING:
        return min(1.0, max(0.0, (since + 120) / 240))
    if behaviour.silent:
        return min(1.0, max(0.0, (since + 10) / 80))
    return min(1.0, max(0.0, (since + 110) / 130))


def trigger_days(count: int, period: Period, rng: Random) -> list[date]:
    """`count` days spread evenly over the months in which a trigger can come, some of them after the period's end."""
    first, last = 122, (period.until - period.start).days + 75
    step = (last - first) / max(1, count)
    return [period.start + timedelta(days=int(first + step * (place + rng.random()))) for place in range(count)]
