"""What each customer adds to each metric, as set-based SQL over the customers in the temporary table `dirty`.

A contribution says: from `known_on` on, `amount` belongs to `measure` of `metric` in `month`. The figure as of a day is
the sum of what is known by then, so every past day can be asked for, and the clock alone changes nothing.
"""

from __future__ import annotations

from services.receivables.rates import RATE_RANGES, rate_join

_COLUMNS = "(customer_id, metric, measure, department_id, month, neighbour, known_on, amount, subject, score)"
_MONTH = "date_trunc('month', {})::date"

#: Assessment accuracy 风险评估准确率 (SPEC 5.1): each final assessment against what came within its window.
ACCURACY = f"""
INSERT INTO metric_contribution {_COLUMNS}
WITH unit AS (
    SELECT a.customer_id, a.id, a.assessed_on AS day, a.assessed_on + p.accuracy_window_days AS ends_on,
           p.bad_after_days AS bad_after, a.level IN ('high', 'critical') AS predicted, a.score,
           c.owner_department_id AS department_id
      FROM assessment a
      JOIN dirty d ON d.customer_id = a.customer_id
      JOIN customer c ON c.customer_id = a.customer_id
      JOIN policy_range p ON a.assessed_on >= p.since AND a.assessed_on < p.until
     WHERE a.stage = 'final' AND a.state = 'final' AND NOT a.is_superseded
), unpaid AS (
    SELECT u.customer_id, u.id,
           bool_or(i.due_on + u.bad_after > u.day AND i.due_on + u.bad_after <= u.ends_on
                   AND (s.paid_off_on IS NULL OR s.paid_off_on > i.due_on + u.bad_after)) AS turns_bad,
           bool_or(i.due_on + u.bad_after <= u.day AND (s.paid_off_on IS NULL OR s.paid_off_on > u.day)) AS is_bad
      FROM unit u
      JOIN invoice i ON i.customer_id = u.customer_id AND i.due_on + u.bad_after <= u.ends_on
      LEFT JOIN invoice_settlement s ON s.customer_id = i.customer_id AND s.invoice_id = i.id
     WHERE NOT i.is_disputed AND i.amount > 0
     GROUP BY u.customer_id, u.id
), listed AS (
    SELECT u.customer_id, u.id,
           min(l.decided_on) FILTER (WHERE l.trigger_on > u.day AND l.trigger_on <= u.ends_on) AS known_bad_on,
           bool_or(l.decided_on <= u.day AND (l.restored_on IS NULL OR l.restored_on > u.day)) AS is_bad
      FROM unit u
      JOIN listing l ON l.customer_id = u.customer_id AND l.state IN ('confirmed', 'restored')
     GROUP BY u.customer_id, u.id
), judged AS (
    SELECT u.*, coalesce(n.is_bad, false) OR coalesce(l.is_bad, false) AS excluded,
           CASE WHEN coalesce(n.turns_bad, false) THEN u.ends_on
                WHEN l.known_bad_on IS NOT NULL THEN greatest(l.known_bad_on, u.ends_on) END AS bad_on
      FROM unit u
      LEFT JOIN unpaid n ON n.customer_id = u.customer_id AND n.id = u.id
      LEFT JOIN listed l ON l.customer_id = u.customer_id AND l.id = u.id
), fact AS (
    SELECT j.*, 'excluded' AS measure, ends_on AS known_on, 1 AS amount FROM judged j WHERE excluded
    UNION ALL
    SELECT j.*, CASE WHEN predicted THEN 'true_positive' ELSE 'false_negative' END, bad_on, 1
      FROM judged j WHERE NOT excluded AND bad_on IS NOT NULL
    UNION ALL
    SELECT j.*, CASE WHEN predicted THEN 'false_positive' ELSE 'true_negative' END, ends_on, 1
      FROM judged j WHERE NOT excluded AND bad_on IS DISTINCT FROM ends_on
    UNION ALL
    SELECT j.*, CASE WHEN predicted THEN 'false_positive' ELSE 'true_negative' END, bad_on, -1
      FROM judged j WHERE NOT excluded AND bad_on > ends_on
)
SELECT customer_id, 'assessment_accuracy', measure, department_id, {_MONTH.format("ends_on")}, NULL::date, known_on,
       amount, 'assessment:' || id, score
  FROM fact
"""  # noqa: S608

#: Arrears recovery rate 欠款回收率 (SPEC 5.3): receipts on case debts, debts added, and what was open at month starts.
RECOVERY = f"""
INSERT INTO metric_contribution {_COLUMNS}
WITH rates AS ({RATE_RANGES}), debt AS (
    SELECT b.customer_id, b.id, b.invoice_id, b.added_on, b.amount, i.currency, k.opened_on, k.closed_on,
           c.owner_department_id AS department_id
      FROM case_debt b
      JOIN dirty d ON d.customer_id = b.customer_id
      JOIN customer c ON c.customer_id = b.customer_id
      JOIN recovery_case k ON k.customer_id = b.customer_id AND k.id = b.case_id
      JOIN invoice i ON i.customer_id = b.customer_id AND i.id = b.invoice_id
), receipt AS (
    SELECT b.customer_id, b.id, a.paid_on, b.amount AS debt, a.amount,
           sum(a.amount) OVER (PARTITION BY b.customer_id, b.id ORDER BY a.paid_on, a.id) AS so_far
      FROM debt b
      JOIN payment_allocation a ON a.customer_id = b.customer_id AND a.invoice_id = b.invoice_id
       AND a.paid_on >= b.added_on AND (b.closed_on IS NULL OR a.paid_on <= b.closed_on)
), received AS MATERIALIZED (
    SELECT customer_id, id, paid_on, least(so_far, debt) - least(so_far - amount, debt) AS amount
      FROM receipt WHERE so_far - amount < debt
), start AS (
    SELECT b.*, m::date AS month
      FROM debt b, generate_series(
          {_MONTH.format("greatest(b.added_on, b.opened_on)")} + INTERVAL '1 month',
          {_MONTH.format("least(b.closed_on, CAST(:horizon AS date))")}, INTERVAL '1 month') m
), opening AS (
    SELECT s.customer_id, s.id, s.department_id, s.month, s.currency,
           s.amount - coalesce(sum(r.amount), 0) AS amount
      FROM start s
      LEFT JOIN received r ON r.customer_id = s.customer_id AND r.id = s.id AND r.paid_on < s.month
     GROUP BY s.customer_id, s.id, s.department_id, s.month, s.currency, s.amount
    HAVING s.amount > coalesce(sum(r.amount), 0)
), fact AS (
    SELECT b.customer_id, 'received' AS measure, b.department_id, r.paid_on AS day, b.currency, r.amount, b.id
      FROM received r JOIN debt b ON b.customer_id = r.customer_id AND b.id = r.id
    UNION ALL
    SELECT customer_id, 'added', department_id, added_on, currency, amount, id FROM debt
    UNION ALL
    SELECT customer_id, 'opening', department_id, month, currency, amount, id FROM opening
)
SELECT f.customer_id, 'arrears_recovery_rate', CASE WHEN x.rate IS NULL THEN 'unconverted' ELSE f.measure END,
       f.department_id, {_MONTH.format("f.day")}, NULL::date, f.day, coalesce(f.amount * x.rate, 1),
       'case_debt:' || f.id, NULL
  FROM fact f {rate_join("x", "f.currency", "f.day")}
"""  # noqa: S608

#: Complaint rate 客户投诉率 (SPEC 5.4). Active customers of any period: those with an event whose former event lies
#: before the period (`neighbour`), plus those who owed at its start and had no event (`known_on`: their next one).
COMPLAINTS = f"""
INSERT INTO metric_contribution {_COLUMNS}
WITH who AS (
    SELECT c.customer_id, c.owner_department_id AS department_id
      FROM customer c JOIN dirty d ON d.customer_id = c.customer_id
), happened AS (
    SELECT i.customer_id, i.issued_on AS day FROM invoice i JOIN dirty d ON d.customer_id = i.customer_id
    UNION ALL
    SELECT i.customer_id, i.settled_on FROM invoice i JOIN dirty d ON d.customer_id = i.customer_id
     WHERE i.settled_on IS NOT NULL
    UNION ALL
    SELECT p.customer_id, p.paid_on FROM payment p JOIN dirty d ON d.customer_id = p.customer_id
), event AS MATERIALIZED (
    SELECT customer_id, {_MONTH.format("day")} AS month, min(day) AS first_on FROM happened
     GROUP BY customer_id, {_MONTH.format("day")}
), owing AS (
    SELECT DISTINCT i.customer_id, m::date AS month
      FROM invoice i
      JOIN dirty d ON d.customer_id = i.customer_id
      LEFT JOIN invoice_settlement s ON s.customer_id = i.customer_id AND s.invoice_id = i.id
      CROSS JOIN LATERAL generate_series(
          {_MONTH.format("i.issued_on")} + INTERVAL '1 month',
          {_MONTH.format("least(s.paid_off_on, CAST(:horizon AS date))")}, INTERVAL '1 month') m
     WHERE i.amount > 0
), marked AS (
    SELECT customer_id, month, first_on, true AS is_event FROM event
    UNION ALL SELECT customer_id, month, NULL, false FROM owing
), next_event AS (
    SELECT customer_id, month, is_event,
           min(first_on) OVER (
               PARTITION BY customer_id ORDER BY month RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)
               AS next_on
      FROM marked
), fact AS (
    SELECT customer_id, 'event' AS measure, month,
           lag(month) OVER (PARTITION BY customer_id ORDER BY month) AS neighbour, first_on AS known_on, NULL AS subject
      FROM event
    UNION ALL
    SELECT customer_id, 'opening', month, NULL, coalesce(next_on, DATE '9999-12-31'), NULL
      FROM next_event WHERE NOT is_event
    UNION ALL
    SELECT k.customer_id, 'complaints', {_MONTH.format("k.received_on")}, NULL, k.received_on, 'complaint:' || k.id
      FROM complaint k JOIN dirty d ON d.customer_id = k.customer_id
     WHERE k.cause = 'blackgrey_management'
)
SELECT f.customer_id, 'complaint_rate', f.measure, w.department_id, f.month, f.neighbour, f.known_on, 1, f.subject, NULL
  FROM fact f JOIN who w ON w.customer_id = f.customer_id
"""  # noqa: S608

#: Customers whose identification has to be replayed: a decision, or an undisputed invoice that became arrears.
TIMELINESS_INVOICES = """
SELECT i.customer_id, i.id, i.invoice_no, i.due_on, s.paid_off_on
  FROM invoice i
  JOIN dirty d ON d.customer_id = i.customer_id
  LEFT JOIN invoice_settlement s ON s.customer_id = i.customer_id AND s.invoice_id = i.id
 WHERE NOT i.is_disputed AND i.amount > 0 AND (s.paid_off_on IS NULL OR s.paid_off_on > i.due_on + :arrears_days)
 ORDER BY i.customer_id
"""
TIMELINESS_NOTICES = """
SELECT n.customer_id, n.sent_on, n.invoice_id
  FROM dunning_notice n JOIN dirty d ON d.customer_id = n.customer_id ORDER BY n.customer_id
"""
TIMELINESS_DECISIONS = """
SELECT l.customer_id, l.id, l.listing_no, l.decided_on, l.state IN ('confirmed', 'restored'), l.trigger_on,
       l.restored_on
  FROM listing l JOIN dirty d ON d.customer_id = l.customer_id
 WHERE l.state <> 'proposed' ORDER BY l.customer_id
"""
