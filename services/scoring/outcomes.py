"""What became of customers after a day: the outcomes that scorecards are compared on and fitted to (SPEC 5.1).

An outcome of day D looks at what happened in (D, D + window]. It is known once the window has ended.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from sqlalchemy import text

from services.context import Context
from services.errors import N_, RefusedError

LATE_30, BAD_90, LATE_5_OPEN = "late30_60", "bad90_180", "late5_60"
#: No more month ends than these are looked at: three years.
MOST_MONTHS = 36


@dataclass(frozen=True)
class Outcome:
    """An outcome: `days` past due with something unpaid, within `window_days`.

    `counts_listings`: a confirmed listing whose trigger lies in the window is bad too, and a customer already bad on
    the day is left out (SPEC 5.1). `is_of_open`: only invoices issued by the day count. `is_by_day`: an invoice paid
    on the very day counts as that late ("30 or more days late"), while SPEC 5.1 asks for a balance at that day's end.
    """

    code: str
    text: str
    days: int
    window_days: int
    counts_listings: bool = False
    is_of_open: bool = False
    is_by_day: bool = True


def outcome_of(ctx: Context, code: str) -> Outcome:
    """An outcome by its code; what counts as bad follows the settings in force.

    Raises:
        RefusedError: there is none of this code.
    """
    policy = ctx.policy_history.on(ctx.today)
    known = {
        LATE_30: Outcome(LATE_30, N_("An invoice goes 30 or more days late within 60 days"), 30, 60),
        BAD_90: Outcome(
            BAD_90, N_("Actually bad as assessment accuracy counts it"), policy.bad_after_days,
            policy.accuracy_window_days, counts_listings=True, is_by_day=False,
        ),
        LATE_5_OPEN: Outcome(
            LATE_5_OPEN, N_("An invoice open on the day goes 5 or more days late within 60 days"), 5, 60,
            is_of_open=True,
        ),
    }  # fmt: skip
    if code not in known:
        raise RefusedError(
            N_("“%(code)s” is no outcome. Use one of %(known)s."), code=code, known=", ".join(sorted(known))
        )
    return known[code]


def month_ends(first: dt.date, last: dt.date) -> tuple[dt.date, ...]:
    """The last days of the months that end between two days, both included."""
    found: list[dt.date] = []
    year, month = first.year, first.month
    while (end := dt.date(year, month, calendar.monthrange(year, month)[1])) <= last:
        found.append(end)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return tuple(found)


_FIRST_DAY = "SELECT min(issued_on) FROM invoice WHERE amount > 0 AND NOT is_disputed"


def months_known(ctx: Context, last: dt.date) -> tuple[dt.date, ...]:
    """The newest month ends up to a day on which the ledger had run for a month at least, oldest first."""
    begun = ctx.session.execute(text(_FIRST_DAY)).scalar_one()
    return () if begun is None else month_ends(begun + dt.timedelta(days=28), last)[-MOST_MONTHS:]


_OUTCOMES = """
CREATE TEMPORARY TABLE outcome_seen ON COMMIT DROP AS
WITH day AS (SELECT unnest(CAST(:days AS date[])) AS as_of),
late AS (
    SELECT d.as_of, i.customer_id,
           min(i.due_on + :late) FILTER (WHERE i.due_on + :late > d.as_of) AS bad_on,
           bool_or(i.due_on + :late <= d.as_of) AS is_bad_already
      FROM day d
      CROSS JOIN invoice i
      LEFT JOIN invoice_settlement s ON s.customer_id = i.customer_id AND s.invoice_id = i.id
     WHERE i.due_on + :late <= d.as_of + :window AND (i.issued_on <= d.as_of OR NOT :of_open)
       AND NOT i.is_disputed AND i.amount > 0
       AND (s.paid_off_on IS NULL OR s.paid_off_on + :by_day > i.due_on + :late)
       AND (i.due_on + :late > d.as_of OR s.paid_off_on IS NULL OR s.paid_off_on > d.as_of)
     GROUP BY d.as_of, i.customer_id
), listed AS (
    SELECT d.as_of, l.customer_id,
           min(l.trigger_on) FILTER (WHERE l.trigger_on > d.as_of AND l.trigger_on <= d.as_of + :window) AS bad_on,
           bool_or(l.decided_on <= d.as_of AND (l.restored_on IS NULL OR l.restored_on > d.as_of)) AS is_bad_already
      FROM day d CROSS JOIN listing l
     WHERE l.state IN ('confirmed', 'restored') AND :listings
     GROUP BY d.as_of, l.customer_id
)
SELECT as_of, customer_id, min(bad_on) AS bad_on, bool_or(is_bad_already) AND :listings AS is_left_out
  FROM (SELECT * FROM late UNION ALL SELECT * FROM listed) AS every
 GROUP BY as_of, customer_id
"""


def lay_out_outcomes(ctx: Context, outcome: Outcome, days: tuple[dt.date, ...]) -> None:
    """Have `outcome_seen` hold, for this transaction, who turned bad after each day, when, and who was bad already."""
    ctx.session.execute(text("DROP TABLE IF EXISTS outcome_seen"))
    ctx.session.execute(
        text(_OUTCOMES),
        {
            "days": list(days), "late": outcome.days, "window": outcome.window_days, "of_open": outcome.is_of_open,
            "by_day": int(outcome.is_by_day), "listings": outcome.counts_listings,
        },
    )  # fmt: skip
    ctx.session.execute(text("CREATE INDEX ON outcome_seen (as_of, customer_id)"))
    ctx.session.execute(text("ANALYZE outcome_seen"))
