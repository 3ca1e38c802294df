"""What stands beside a figure so that it does not flatter (SPEC 5): who was never decided, which complaints held."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import text

from services.access import ensure_may
from services.context import Context
from services.metrics.span import Span
from services.metrics.trigger_days import trigger_days


@dataclass(frozen=True)
class ComplaintFates:
    """What became of the complaints of a period by a day. `days_to_close` is the median, None where none is closed."""

    upheld: int
    not_upheld: int
    undecided: int
    days_to_close: Decimal | None


_LATE = """
SELECT m.customer_id, m.subject
  FROM metric_contribution m LEFT JOIN department d ON d.id = m.department_id
 WHERE m.metric = 'identification_timeliness' AND m.measure = 'late' AND m.subject LIKE 'invoice:%'
   AND m.month BETWEEN :first AND :last AND m.known_on <= :as_of AND (CAST(:only AS text) IS NULL OR d.code = :only)
 GROUP BY m.customer_id, m.subject HAVING sum(m.amount) > 0
"""
_FATES = """
SELECT count(*) FILTER (WHERE k.is_upheld), count(*) FILTER (WHERE NOT k.is_upheld),
       count(*) FILTER (WHERE k.is_upheld IS NULL),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY k.closed_on - k.received_on)
           FILTER (WHERE k.closed_on <= :as_of)
  FROM complaint k
  JOIN customer c ON c.customer_id = k.customer_id
  LEFT JOIN department d ON d.id = c.owner_department_id
 WHERE k.cause = 'blackgrey_management' AND k.received_on BETWEEN :first AND least(CAST(:ends_on AS date), :as_of)
   AND (CAST(:only AS text) IS NULL OR d.code = :only)
"""


def never_decided(ctx: Context, span: Span, as_of: dt.date, department: str | None = None) -> int:
    """Of the triggers that count as late in a period, those on which nothing had been decided by the end of a day."""
    ensure_may(ctx, "metric.read")
    values = {"first": span.first, "last": span.last, "as_of": as_of, "only": department}
    late = {(row[0], row[1]) for row in ctx.session.execute(text(_LATE), values)}
    if not late:
        return 0
    days = trigger_days(ctx, {customer_id for customer_id, _ in late}, as_of)
    return sum(1 for key in late if key not in days or days[key].decided_on is None)


def complaint_fates(ctx: Context, span: Span, as_of: dt.date, department: str | None = None) -> ComplaintFates:
    """Upheld, not upheld and undecided among the complaints of a period that the complaint rate counts."""
    ensure_may(ctx, "metric.read")
    values = {"first": span.first, "ends_on": span.ends_on, "as_of": as_of, "only": department}
    upheld, not_upheld, undecided, days = ctx.session.execute(text(_FATES), values).one()
    return ComplaintFates(upheld, not_upheld, undecided, None if days is None else Decimal(str(days)))
