"""Assessments: initial by the owner department, some days later final by risk management (policy 2.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from services.sample.account import Account
from services.sample.company import STAFF
from services.sample.grading import LEVELS, judge, level_of
from services.sample.period import Period, workday

RHYTHM = {"low": 180, "medium": 90, "high": 30, "critical": 7}
"""Days to the next assessment (SPEC 6)."""
LEANING = {"NORTH": 1.0, "SOUTH": -2.0, "EAST": 2.0, "WEST": -4.0, "EXPORT": -3.0, "SERVICE": 0.0, "OPS": -3.0}
"""By how many points a department judges its own customers too softly (below 0) or too hard."""
EXPORT_BLIND_DAYS, EXPORT_BLINDNESS = 260, -15.0
"""The story: in these last days Export looks away from its distributors."""
FIRST_ROUND_DAYS = 75
"""The register was assessed once from end to end at the start of the period."""


@dataclass(slots=True)
class _Course:
    """One customer's run of assessments."""

    account: Account
    period: Period
    rng: Random
    rows: list[dict[str, str]]
    rank: int = 0
    last_initial: date = date.min


def assessment_rows(accounts: Iterable[Account], period: Period) -> list[dict[str, str]]:
    """The file kind `assessments`, in order of day."""
    found: list[dict[str, str]] = []
    for account in accounts:
        if account.invoices:
            _assess_all(_Course(account, period, period.random("assessments", account.customer.index), found))
    return sorted(found, key=lambda row: (row["assessed_on"], row["customer_no"], row["stage"]))


def _assess_all(course: _Course) -> None:
    account, period, rng = course.account, course.period, course.rng
    first = max(period.start, account.customer.since) + timedelta(days=6)
    day = workday(first + timedelta(days=rng.randrange(FIRST_ROUND_DAYS)))
    # Long overdue invoices call for a new look before the rhythm does.
    alarms = [notice.sent + timedelta(days=rng.randint(3, 9)) for notice in account.notices if notice.stage >= 2]
    alarms += [day for one in account.decisions if one.is_confirmed for day in (one.decided, one.restored) if day]
    alarms.sort()
    while True:
        _initial(course, _days_before(day, rng.randint(1, 3) if course.rank == 3 else rng.randint(3, 8)))
        if day > period.until:
            return
        level = _final(course, day)
        following = day + timedelta(days=_days_to_next(course, level, day))
        called = next((alarm for alarm in alarms if day + timedelta(days=10) < alarm < following), following)
        day = workday(min(following, called))


def _days_before(day: date, days: int) -> date:
    """The working day that lies about so many days earlier."""
    early = day - timedelta(days=days)
    return early - timedelta(days=max(0, early.weekday() - 4))


def _days_to_next(course: _Course, level: str, day: date) -> int:
    """The rhythm of the level, kept roughly; customers whose case has run for long are looked at every four weeks."""
    if level == "critical":
        listed = course.account.is_listed(day - timedelta(days=50))
        return 28 if listed and day < course.period.ago(40) else 7
    return int(RHYTHM[level] * course.rng.uniform(0.84, 1.04))


def _above(floor: float, account: Account, day: date) -> float:
    """A floor is a level, not a figure: people write scores of up to six points above it."""
    return floor + (day.toordinal() * 31 + account.customer.index * 17) % 60 / 10 if floor else 0.0


def _initial(course: _Course, day: date) -> None:
    """The business department's view. A customer seen weekly is not assessed twice for the same day."""
    account, period = course.account, course.period
    department = account.customer.department
    if not period.holds(day) or day <= course.last_initial:
        return
    course.last_initial = day
    leaning = LEANING[department]
    if department == "EXPORT" and day > period.ago(EXPORT_BLIND_DAYS) and not account.is_listed(day):
        leaning += EXPORT_BLINDNESS
    if account.customer.role in ("affiliate", "warned_first"):
        leaning = 12.0
    score, floor = judge(account, day, period)
    if department == "EXPORT" and not account.is_listed(day):
        floor -= 12
    score = max(_above(floor, account, day), score + leaning + course.rng.gauss(0, 5.5))
    staff = STAFF[department]
    _write(course, day, "initial", score, department, staff[(account.customer.index + day.month) % len(staff)])


def _final(course: _Course, day: date) -> str:
    """Risk management's view, which falls by one level at most from one assessment to the next."""
    account = course.account
    score, floor = judge(account, day, course.period)
    score = max(_above(floor, account, day), score + course.rng.gauss(0, 4.5))
    rank = LEVELS.index(level_of(score))
    if any(
        decision.restored and decision.restored <= day < decision.restored + timedelta(days=30)
        for decision in account.decisions
    ):
        course.rank = min(course.rank, 1)
    if rank < course.rank - 1:
        rank = course.rank - 1
        score = max(score, (0.0, 30.0, 50.0, 70.0)[rank] + course.rng.random() * 3)
    course.rank = rank
    staff = STAFF["RISK"]
    _write(course, day, "final", score, "RISK", staff[(account.customer.index + day.toordinal()) % len(staff)])
    return LEVELS[rank]


def _write(course: _Course, day: date, stage: str, score: float, department: str, assessor: str) -> None:
    score = min(99.0, max(2.0, score))
    course.rows.append(
        {
            "customer_no": course.account.customer.number,
            "assessed_on": day.isoformat(),
            "stage": stage,
            "level": level_of(round(score, 1)),
            "score": f"{score:.1f}",
            "department": department,
            "assessor": assessor,
        }
    )
