"""What became of customers after a sign: who turned actually bad, which bad customers a sign had told of (SPEC 5.1).

The same statements judge warnings that were raised and signs that a rule would have found: each gives a `sign` part of
`customer_id, label, day, is_counted`, and both are read by label. "Actually bad" is as in assessment accuracy.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from services.context import Context

#: Half the width of a normal distribution that holds 95 %.
_Z = 1.959964


@dataclass(frozen=True)
class Outcomes:
    """What became of the signs of one label.

    `matured` signs have a window that has ended and a customer who was not bad already (`already_bad` were left out);
    `turned_bad` of them were followed by a bad day in it. `bad_customers` turned bad in the period, `caught` of them
    after a sign within the window before. Lead times are days from the first such sign to the bad day.
    """

    signs: int = 0
    matured: int = 0
    turned_bad: int = 0
    already_bad: int = 0
    bad_customers: int = 0
    caught: int = 0
    lead_median: Decimal | None = None
    lead_p90: Decimal | None = None

    @property
    def precision(self) -> Decimal | None:
        """Share of matured signs that were followed by a bad day; None without any."""
        return ratio(self.turned_bad, self.matured)

    @property
    def recall(self) -> Decimal | None:
        """Share of bad customers that a sign had told of; None without any."""
        return ratio(self.caught, self.bad_customers)

    @property
    def missed(self) -> int:
        """Bad customers that no sign had told of."""
        return self.bad_customers - self.caught


# --- rules


def ratio(part: int, whole: int) -> Decimal | None:
    """A share, None where there is nothing to share."""
    return Decimal(part) / Decimal(whole) if whole else None


def wilson_interval(part: int, whole: int) -> tuple[Decimal, Decimal] | None:
    """The 95 % interval of a share (Wilson 1927): it stays inside 0 to 1, and holds for few cases too."""
    if not whole:
        return None
    share, square = part / whole, _Z * _Z
    middle = share + square / (2 * whole)
    spread = _Z * math.sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    scale = 1 + square / whole
    low, high = (middle - spread) / scale, (middle + spread) / scale
    return Decimal(str(round(max(low, 0.0), 6))), Decimal(str(round(min(high, 1.0), 6)))


# --- reads

#: Bad days of customers, and from when until when each made them bad: an unpaid invoice, a listing.
BAD_DAY = """
    SELECT i.customer_id, i.due_on + CAST(:bad_after AS integer) AS bad_on,
           i.due_on + CAST(:bad_after AS integer) AS stands_from, s.paid_off_on AS stands_until
      FROM invoice i
      LEFT JOIN invoice_settlement s ON s.customer_id = i.customer_id AND s.invoice_id = i.id
     WHERE NOT i.is_disputed AND i.amount > 0 AND i.due_on <= CAST(:today AS date) - CAST(:bad_after AS integer)
       AND (s.paid_off_on IS NULL OR s.paid_off_on > i.due_on + CAST(:bad_after AS integer))
       {invoices}
    UNION ALL
    SELECT l.customer_id, l.trigger_on, l.decided_on, l.restored_on
      FROM listing l
     WHERE l.state IN ('confirmed', 'restored') AND l.trigger_on <= :today {listings}
"""
_OF_SIGNS = BAD_DAY.format(
    invoices="AND i.customer_id IN (SELECT customer_id FROM sign)",
    listings="AND l.customer_id IN (SELECT customer_id FROM sign)",
)
_IN_PERIOD = BAD_DAY.format(
    invoices="AND i.due_on BETWEEN CAST(:since AS date) - CAST(:bad_after AS integer) "
    "AND CAST(:until AS date) - CAST(:bad_after AS integer)",
    listings="AND l.trigger_on BETWEEN :since AND :until",
)

#: What follows a sign within the window. Signs on the same day of the same customer and label are one.
JUDGED = f"""
bad AS ({_OF_SIGNS}), judged AS (
    SELECT g.customer_id, g.label, g.day, g.is_counted,
           g.day + CAST(:window AS integer) <= :today AS is_over,
           coalesce(bool_or(b.stands_from <= g.day AND (b.stands_until IS NULL OR b.stands_until > g.day)), false)
               AS was_bad,
           coalesce(bool_or(b.bad_on > g.day AND b.bad_on <= g.day + CAST(:window AS integer)), false) AS turned_bad
      FROM sign g
      LEFT JOIN bad b ON b.customer_id = g.customer_id
     GROUP BY g.customer_id, g.label, g.day, g.is_counted
)
"""  # noqa: S608

_PRECISION = """
SELECT label, count(*) FILTER (WHERE is_counted) AS signs,
       count(*) FILTER (WHERE is_counted AND is_over AND NOT was_bad) AS matured,
       count(*) FILTER (WHERE is_counted AND is_over AND NOT was_bad AND turned_bad) AS turned_bad,
       count(*) FILTER (WHERE is_counted AND is_over AND was_bad) AS already_bad
  FROM judged GROUP BY label
"""

#: Customers whose first bad day of the period is theirs: those who were bad already when it began are left out.
BAD_CUSTOMER = f"""
period_bad AS ({_IN_PERIOD}), first_bad AS (
    SELECT p.customer_id, min(p.bad_on) AS bad_on
      FROM period_bad p
      JOIN customer c ON c.customer_id = p.customer_id
     WHERE (CAST(:department AS text) IS NULL
            OR c.owner_department_id = (SELECT d.id FROM department d WHERE d.code = CAST(:department AS text)))
     GROUP BY p.customer_id
), bad_customer AS (
    SELECT f.customer_id, f.bad_on
      FROM first_bad f
     WHERE NOT EXISTS (
               SELECT 1 FROM invoice i
                 LEFT JOIN invoice_settlement s ON s.customer_id = i.customer_id AND s.invoice_id = i.id
                WHERE i.customer_id = f.customer_id AND NOT i.is_disputed AND i.amount > 0
                  AND i.due_on + CAST(:bad_after AS integer) < :since
                  AND (s.paid_off_on IS NULL OR s.paid_off_on >= :since))
       AND NOT EXISTS (
               SELECT 1 FROM listing l
                WHERE l.customer_id = f.customer_id AND l.state IN ('confirmed', 'restored')
                  AND l.decided_on < :since AND (l.restored_on IS NULL OR l.restored_on >= :since))
)
"""  # noqa: S608

_RECALL = """
SELECT label, count(*) AS caught,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY lead) AS lead_median,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY lead) AS lead_p90
  FROM (SELECT g.label, b.customer_id, max(b.bad_on - g.day) AS lead
          FROM bad_customer b
          JOIN sign g ON g.customer_id = b.customer_id AND g.day < b.bad_on
                     AND g.day >= b.bad_on - CAST(:window AS integer)
         GROUP BY g.label, b.customer_id) caught
 GROUP BY label
"""


def outcomes_of(
    ctx: Context, sign: str, recall_sign: str, since: dt.date, until: dt.date, values: Mapping[str, Any]
) -> tuple[dict[str, Outcomes], int]:
    """What became of signs by label, and how many customers turned bad from `since` to `until`.

    `sign` are the signs of the period; `recall_sign` all those that may tell of a bad day in it. `values` fill them.
    """
    bound = values_at(ctx) | {"since": since, "until": until, "department": None} | dict(values)
    judged = f"WITH sign AS ({sign}), {JUDGED} {_PRECISION}"
    caught = f"WITH sign AS ({recall_sign}), {BAD_CUSTOMER} {_RECALL}"
    precision = {row["label"]: dict(row) for row in ctx.session.execute(text(judged), bound).mappings()}
    recall = {row["label"]: dict(row) for row in ctx.session.execute(text(caught), bound).mappings()}
    bad = ctx.session.execute(text(f"WITH {BAD_CUSTOMER} SELECT count(*) FROM bad_customer"), bound).scalar_one()  # noqa: S608
    return {
        label: _outcomes(precision.get(label, {}) | recall.get(label, {}), bad) for label in {*precision, *recall}
    }, bad


def values_at(ctx: Context) -> dict[str, Any]:
    """Window, days past due that make a customer bad, and the business date, by the policy in force on it."""
    policy = ctx.policy_history.on(ctx.today)
    return {"window": policy.accuracy_window_days, "bad_after": policy.bad_after_days, "today": ctx.today}


def _outcomes(row: Mapping[str, Any], bad_customers: int) -> Outcomes:
    days = {
        name: None if row.get(name) is None else Decimal(str(round(row[name], 1)))
        for name in ("lead_median", "lead_p90")
    }
    counts = {name: int(row.get(name) or 0) for name in ("signs", "matured", "turned_bad", "already_bad", "caught")}
    return Outcomes(
        counts["signs"], counts["matured"], counts["turned_bad"], counts["already_bad"], bad_customers,
        counts["caught"], days["lead_median"], days["lead_p90"],
    )  # fmt: skip
