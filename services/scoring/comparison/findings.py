"""What `replayed` says of two scorecards: who changes level, who is warned of, who is caught sooner or missed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import text

from services.context import Context
from services.scoring.outcomes import Outcome

MOST_ROWS = 100


@dataclass(frozen=True)
class Move:
    """Customers of one level by the first card and one by the second, with the balance they owe. None: no level."""

    first: str | None
    second: str | None
    customers: int
    exposure: Decimal


@dataclass(frozen=True)
class Month:
    """One day of the replay: customers, those the first card puts higher or lower, and entries into high by each."""

    as_of: dt.date
    customers: int
    higher: int
    lower: int
    exposure_moved: Decimal
    high_first: int
    high_second: int
    new_first: int
    new_second: int


@dataclass(frozen=True)
class Warnings:
    """Entries into high or critical from one month end to the next, and how many were false.

    `judged`: those whose window has ended, of customers not bad already; `false`: of these the ones that stayed good.
    """

    entries: int
    weeks: float
    judged: int
    false: int

    @property
    def per_week(self) -> float | None:
        """None where there was only one day."""
        return self.entries / self.weeks if self.weeks else None


@dataclass(frozen=True)
class BadCustomer:
    """A customer that turned bad, with the first day within the window before on which each card said high or more."""

    customer_no: str
    name: str
    bad_on: dt.date
    first_on: dt.date | None
    second_on: dt.date | None

    @property
    def days_earlier(self) -> int | None:
        """How many days the first card was earlier (negative: later); None unless both saw it."""
        return (self.second_on - self.first_on).days if self.first_on and self.second_on else None


@dataclass(frozen=True)
class Caught:
    """Customers that turned bad. `median_days`: how much earlier the first card was, of those that both caught."""

    bad: int
    both: int
    only_first: int
    only_second: int
    neither: int
    earlier: int
    later: int
    median_days: float | None
    rows: tuple[BadCustomer, ...]


_MOVES = """
SELECT level_a, level_b, count(*), sum(exposure) FROM replayed WHERE as_of = :as_of GROUP BY 1, 2 ORDER BY 1, 2
"""
_RANK = "array_position(ARRAY['low', 'medium', 'high', 'critical'], {})"
_HIGH = "coalesce({} IN ('high', 'critical'), false)"
_SEEN = f"""
WITH seen AS (
    SELECT r.*, {_HIGH.format("level_a")} AS high_a, {_HIGH.format("level_b")} AS high_b,
           coalesce({_RANK.format("level_a")}, 0) - coalesce({_RANK.format("level_b")}, 0) AS moved,
           lag({_HIGH.format("level_a")}) OVER w AS before_a, lag({_HIGH.format("level_b")}) OVER w AS before_b
      FROM replayed r WINDOW w AS (PARTITION BY customer_id ORDER BY as_of)
)
"""  # noqa: S608
_MONTHS = f"""
{_SEEN}
SELECT as_of, count(*), count(*) FILTER (WHERE moved > 0), count(*) FILTER (WHERE moved < 0),
       coalesce(sum(exposure) FILTER (WHERE moved <> 0), 0),
       count(*) FILTER (WHERE high_a), count(*) FILTER (WHERE high_b),
       count(*) FILTER (WHERE high_a AND NOT coalesce(before_a, false) AND as_of > :first),
       count(*) FILTER (WHERE high_b AND NOT coalesce(before_b, false) AND as_of > :first)
  FROM seen GROUP BY as_of ORDER BY as_of
"""  # noqa: S608
_FALSE = f"""
{_SEEN}, entry AS (
    SELECT as_of, is_left_out, bad_on, high_a AND NOT coalesce(before_a, false) AS in_a,
           high_b AND NOT coalesce(before_b, false) AS in_b
      FROM seen WHERE as_of > :first
)
SELECT count(*) FILTER (WHERE in_a), count(*) FILTER (WHERE in_b),
       count(*) FILTER (WHERE in_a AND judged), count(*) FILTER (WHERE in_b AND judged),
       count(*) FILTER (WHERE in_a AND judged AND bad_on IS NULL),
       count(*) FILTER (WHERE in_b AND judged AND bad_on IS NULL)
  FROM (SELECT *, as_of <= :matured AND NOT is_left_out AS judged FROM entry) AS each
"""  # noqa: S608
#: A customer counts once, at its first bad day; a card caught it where it said high within the window before.
_BAD = f"""
WITH turned AS (
    SELECT customer_id, min(bad_on) AS bad_on
      FROM replayed WHERE bad_on IS NOT NULL AND NOT is_left_out AND bad_on <= :today GROUP BY customer_id
)
SELECT c.customer_no, c.name, t.bad_on,
       min(r.as_of) FILTER (WHERE {_HIGH.format("r.level_a")}), min(r.as_of) FILTER (WHERE {_HIGH.format("r.level_b")})
  FROM turned t
  JOIN customer c ON c.customer_id = t.customer_id
  JOIN replayed r ON r.customer_id = t.customer_id AND r.as_of < t.bad_on AND r.as_of >= t.bad_on - :window
 GROUP BY c.customer_no, c.name, t.bad_on ORDER BY t.bad_on, c.customer_no
"""  # noqa: S608


def moves_on(ctx: Context, day: dt.date) -> tuple[Move, ...]:
    """Level by the first card against level by the second on one day."""
    return tuple(Move(*row) for row in ctx.session.execute(text(_MOVES), {"as_of": day}))


def months(ctx: Context, first: dt.date) -> tuple[Month, ...]:
    """Each day of the replay. On the first nobody enters: what was before is not known."""
    return tuple(Month(*row) for row in ctx.session.execute(text(_MONTHS), {"first": first}))


def warnings(ctx: Context, first: dt.date, last: dt.date, matured: dt.date) -> tuple[Warnings, Warnings]:
    """What the rule “high or critical” would have raised by each card, seen from one month end to the next."""
    row = ctx.session.execute(text(_FALSE), {"first": first, "matured": matured}).one()
    weeks = (last - first).days / 7
    return Warnings(row[0], weeks, row[2], row[4]), Warnings(row[1], weeks, row[3], row[5])


def caught(ctx: Context, outcome: Outcome) -> Caught:
    """Who turned bad, and which card said so first."""
    values = {"today": ctx.today, "window": outcome.window_days}
    rows = [BadCustomer(*row) for row in ctx.session.execute(text(_BAD), values)]
    leads = sorted(one.days_earlier for one in rows if one.days_earlier is not None)
    differing = [one for one in rows if one.first_on != one.second_on]
    return Caught(
        bad=len(rows),
        both=len(leads),
        only_first=sum(one.second_on is None and one.first_on is not None for one in rows),
        only_second=sum(one.first_on is None and one.second_on is not None for one in rows),
        neither=sum(one.first_on is None and one.second_on is None for one in rows),
        earlier=sum(one > 0 for one in leads),
        later=sum(one < 0 for one in leads),
        median_days=None if not leads else (leads[len(leads) // 2] + leads[(len(leads) - 1) // 2]) / 2,
        rows=tuple(differing[:MOST_ROWS]),
    )
