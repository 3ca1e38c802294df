"""The facts that rules compare, of one customer or of all of a level: one statement into a table of the transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import text

from services.context import Context
from services.controls.plan_rules.rule import FACTS
from services.receivables.rates import RATE_RANGES, rate_join
from services.scores_of_record import OF_RECORD

# Money is in the base currency; what has no rate is left out. A fact that nobody can know is null.
_FACTS = f"""
CREATE TEMPORARY TABLE plan_facts ON COMMIT DROP AS
WITH who AS MATERIALIZED (
    SELECT c.customer_id, c.risk_level, c.owner_department_id, c.credit_limit, c.since, c.payment_terms_days
      FROM customer c
     WHERE c.customer_id > 0 AND (:is_any_level OR c.risk_level = ANY(:levels))
       AND (:is_all OR c.customer_id = ANY(:ids))
), rates AS ({RATE_RANGES}), paid AS (
    SELECT a.customer_id, a.invoice_id, sum(a.amount) AS amount
      FROM who w JOIN invoice i ON i.customer_id = w.customer_id
      JOIN payment_allocation a ON a.customer_id = i.customer_id AND a.invoice_id = i.id
      LEFT JOIN invoice_settlement s ON s.customer_id = i.customer_id AND s.invoice_id = i.id
     WHERE i.issued_on <= :day AND a.paid_on <= :day AND (s.paid_off_on IS NULL OR s.paid_off_on > :day)
     GROUP BY a.customer_id, a.invoice_id
), open AS (
    SELECT i.customer_id, i.id, i.due_on, i.is_disputed, (i.amount - coalesce(p.amount, 0)) * r.rate AS owed
      FROM who w JOIN invoice i ON i.customer_id = w.customer_id
      LEFT JOIN invoice_settlement s ON s.customer_id = i.customer_id AND s.invoice_id = i.id
      LEFT JOIN paid p ON p.customer_id = i.customer_id AND p.invoice_id = i.id
      {rate_join("r", "i.currency", ":day")}
     WHERE i.issued_on <= :day AND (s.paid_off_on IS NULL OR s.paid_off_on > :day)
       AND i.amount > coalesce(p.amount, 0)
), owing AS (
    SELECT customer_id, coalesce(sum(owed), 0) AS open_amount,
           coalesce(sum(owed) FILTER (WHERE due_on < :day AND NOT is_disputed), 0) AS overdue_amount,
           max(CAST(:day AS date) - due_on) FILTER (WHERE due_on < :day AND NOT is_disputed) AS worst_days
      FROM open GROUP BY customer_id
), bought AS (
    SELECT i.customer_id, sum(i.amount * r.rate) AS amount
      FROM who w JOIN invoice i ON i.customer_id = w.customer_id
      {rate_join("r", "i.currency", "i.issued_on")}
     WHERE i.issued_on > CAST(:day AS date) - 365 AND i.issued_on <= :day GROUP BY i.customer_id
), secured AS (
    SELECT g.customer_id, sum(g.value * r.rate) AS amount
      FROM who w JOIN guarantee g ON g.customer_id = w.customer_id
      {rate_join("r", "g.currency", ":day")}
     WHERE (g.valid_from IS NULL OR g.valid_from <= :day) AND (g.expires_on IS NULL OR g.expires_on >= :day)
       AND (g.released_on IS NULL OR g.released_on > :day)
     GROUP BY g.customer_id
), promised AS (
    SELECT d.customer_id, count(*) AS broken
      FROM who w JOIN dunning_notice d ON d.customer_id = w.customer_id
     WHERE d.response = 'promise' AND d.sent_on <= :day AND d.promised_on < :day
       AND CASE WHEN d.invoice_id IS NOT NULL
                THEN EXISTS (SELECT 1 FROM open o WHERE o.customer_id = d.customer_id AND o.id = d.invoice_id
                                AND NOT o.is_disputed)
                ELSE EXISTS (SELECT 1 FROM open o WHERE o.customer_id = d.customer_id AND o.due_on < :day
                                AND NOT o.is_disputed)
                 AND NOT EXISTS (SELECT 1 FROM payment_allocation a WHERE a.customer_id = d.customer_id
                                    AND a.paid_on BETWEEN d.sent_on AND :day) END
     GROUP BY d.customer_id
)
SELECT w.customer_id, w.risk_level AS level, w.owner_department_id AS department_id, score.driver,
       coalesce(o.open_amount, 0) AS open_amount, coalesce(o.overdue_amount, 0) AS overdue_amount,
       coalesce(o.worst_days, 0) AS worst_days, coalesce(p.broken, 0) AS broken_promises,
       round(coalesce(o.open_amount, 0) / nullif(w.credit_limit, 0), 6) AS limit_use, w.credit_limit,
       round(coalesce(b.amount, 0) / CASE WHEN w.since > CAST(:day AS date) - 365
             THEN greatest((CAST(:day AS date) - w.since) / 30.4, 1) ELSE 12 END, 4) AS monthly_purchases,
       coalesce(g.amount, 0) AS guarantee_value,
       round(coalesce(g.amount, 0) / nullif(o.open_amount, 0), 6) AS guarantee_cover,
       CAST(:day AS date) - w.since AS customer_days, w.payment_terms_days
  FROM who w
  LEFT JOIN owing o ON o.customer_id = w.customer_id
  LEFT JOIN bought b ON b.customer_id = w.customer_id
  LEFT JOIN secured g ON g.customer_id = w.customer_id
  LEFT JOIN promised p ON p.customer_id = w.customer_id
  LEFT JOIN LATERAL (
      SELECT (SELECT e.key FROM jsonb_each(s.dimensions) e WHERE e.value->>'score' IS NOT NULL
               ORDER BY CAST(e.value->>'score' AS numeric) * CAST(e.value->>'weight' AS numeric) DESC, e.key
               LIMIT 1) AS driver
        FROM score s JOIN scorecard k ON k.id = s.scorecard_id
       WHERE s.customer_id = w.customer_id AND s.as_of <= :day AND {OF_RECORD}
       ORDER BY s.as_of DESC, s.id DESC LIMIT 1
  ) score ON true
"""  # noqa: S608  (constants)


def lay_out_facts(
    ctx: Context, day: dt.date, levels: Collection[str] | None, customer_ids: Sequence[int] | None = None
) -> None:
    """Make the table `plan_facts` of these customers (None: all) at these levels (None: any, or none), as known at the
    end of a day."""
    ctx.session.execute(text("DROP TABLE IF EXISTS plan_facts"))
    values = {
        "day": day, "base": ctx.policy_history.on(day).base_currency, "is_any_level": levels is None,
        "levels": sorted(levels or ()), "is_all": customer_ids is None, "ids": list(customer_ids or ()),
    }  # fmt: skip
    ctx.session.execute(text(_FACTS), values)
    ctx.session.execute(text("ANALYZE plan_facts"))


def facts_of(ctx: Context, customer_id: int) -> dict[str, Any]:
    """What is known of one customer now, as a control keeps it."""
    lay_out_facts(ctx, ctx.today, None, [customer_id])
    pairs = ", ".join(f"'{name}', f.{name}" for name in ("driver", *FACTS))
    found = ctx.session.execute(text(f"SELECT jsonb_build_object({pairs}) FROM plan_facts f"))  # noqa: S608
    return dict(found.scalar_one())
