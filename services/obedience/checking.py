"""Every order and invoice against the measures and listings of its day (clauses 3.1, 3.2; SPEC 9.6).

What is tested, and when:

- A measure binds the documents of the days on which it is in force, from the day after its start on: of an order of
  that day nobody can tell whether it came before. A listing binds from the day after its decision until the day of its
  restoration.
- Orders and invoices: no trade while suspended or listed; payment terms not longer than allowed.
- Terms, share paid ahead, guarantee and a month's limit are demanded of new business only: of an invoice whose order is
  known by the day of the order, else from `control_transition_days` after the measure's start on.
- Orders: not more than one order may be worth.
- A month's trade (calendar month of the document): its orders in the order of their days, or its invoices in a month
  without a known order, so that nothing counts twice. Each document from which the limit is passed is one breach.
- Invoices: what the customer owes at the end of their day, against the limit of exposure; the share paid by their day;
  guarantees valid on their day, against the value wanted or their share of what is owed, whichever is more.

An order that the gate allowed, or that a person released, is no breach as long as it is not larger and its terms are
not longer than what was asked; neither is the invoice that names that order, as its number or its contract. A
permission to pass a measure (services/gate/overrides) covers the documents of its days, one by one up to its amount.
Monitoring demands nothing of a document: its rhythm makes information due (services/information).

One statement over the customers that have such measures; amounts without a known rate are not tested.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text

from db.enums import Demand, TradeDocument
from services import data_versions
from services.context import Context
from services.receivables.rates import RATE_RANGES, rate_join

#: Two runs at once would wait for each other's rows in different orders.
_ONE_AT_A_TIME = 7_205_410
_ORDER, _INVOICE = TradeDocument.ORDER.value, TradeDocument.INVOICE.value

# Names and codes below are this file's own; values are bound.
# ruff: noqa: S608
_MEASURES = """
WITH measure AS MATERIALIZED (
    SELECT c.customer_id, c.id AS control_id, CAST(NULL AS bigint) AS listing_id, c.kind, c.order_limit, c.month_limit,
           c.exposure_limit, c.terms_days, c.prepaid_share, c.guarantee_value, c.coverage_ratio,
           c.starts_on + 1 AS since,
           least(coalesce(c.ended_on, DATE '9999-12-31'), c.expires_on + 1) AS until
      FROM control c
     WHERE c.starts_on IS NOT NULL AND c.kind <> 'monitoring' AND {only}
    UNION ALL
    SELECT c.customer_id, NULL, c.id, 'listed', NULL, NULL, NULL, NULL, NULL, NULL, NULL,
           c.decided_on + 1, coalesce(c.restored_on, DATE '9999-12-31')
      FROM listing c
     WHERE c.state IN ('confirmed', 'restored') AND {only}
), concerned AS MATERIALIZED (SELECT DISTINCT customer_id FROM measure
)"""
_DOCUMENTS = f""", rates AS ({RATE_RANGES}
), document AS MATERIALIZED (
    SELECT o.customer_id, '{_ORDER}' AS document, o.order_no AS no, o.order_no AS ordered_as, o.ordered_on AS day,
           o.amount * r.rate AS amount, o.amount AS original, o.currency, o.terms_days AS terms,
           NULL::bigint AS invoice_id
      FROM concerned k JOIN sales_order o ON o.customer_id = k.customer_id
           {rate_join("r", "o.currency", "o.ordered_on")}
    UNION ALL
    SELECT i.customer_id, '{_INVOICE}', i.invoice_no, i.contract_no, i.issued_on,
           i.amount * r.rate, i.amount, i.currency, i.due_on - i.issued_on, i.id
      FROM concerned k JOIN invoice i ON i.customer_id = k.customer_id
           {rate_join("r", "i.currency", "i.issued_on")}
), promise AS (
    SELECT d.customer_id, d.no, min(w.day) AS day
      FROM document d
      JOIN (SELECT s.customer_id, s.order_no, s.ordered_on AS day FROM sales_order s
             UNION ALL SELECT g.customer_id, g.order_no, g.asked_on FROM gate_order g) w
        ON w.customer_id = d.customer_id AND w.order_no IN (d.no, d.ordered_as)
     WHERE d.document = '{_INVOICE}' GROUP BY 1, 2
), bound AS MATERIALIZED (
    SELECT d.*, (d.document = '{_ORDER}' OR coalesce(p.day, d.day - :transition) >= m.since) AS is_new,
           m.control_id, m.listing_id, m.kind, m.order_limit, m.month_limit, m.exposure_limit, m.terms_days,
           m.prepaid_share, m.guarantee_value, m.coverage_ratio
      FROM document d
      JOIN measure m ON m.customer_id = d.customer_id AND d.day >= m.since AND d.day < m.until
      LEFT JOIN promise p ON p.customer_id = d.customer_id AND p.no = d.no AND d.document = '{_INVOICE}'
     WHERE d.amount IS NOT NULL
), month_course AS (
    SELECT d.customer_id, d.document, d.no,
           sum(d.amount) OVER (PARTITION BY d.customer_id, date_trunc('month', d.day) ORDER BY d.day, d.no) AS so_far
      FROM document d
     WHERE d.document = '{_ORDER}' OR NOT EXISTS (
           SELECT 1 FROM sales_order o WHERE o.customer_id = d.customer_id
              AND date_trunc('month', o.ordered_on) = date_trunc('month', d.day))
)"""
_OWED = f""", movement AS (
    SELECT i.customer_id, i.issued_on AS day, i.amount * r.rate AS amount
      FROM (SELECT DISTINCT customer_id FROM bound
             WHERE document = '{_INVOICE}' AND (exposure_limit IS NOT NULL OR coverage_ratio IS NOT NULL)) k
      JOIN invoice i ON i.customer_id = k.customer_id {rate_join("r", "i.currency", "i.issued_on")}
    UNION ALL
    SELECT i.customer_id, greatest(a.paid_on, i.issued_on), -a.amount * r.rate
      FROM (SELECT DISTINCT customer_id FROM bound
             WHERE document = '{_INVOICE}' AND (exposure_limit IS NOT NULL OR coverage_ratio IS NOT NULL)) k
      JOIN invoice i ON i.customer_id = k.customer_id
      JOIN payment_allocation a ON a.customer_id = i.customer_id AND a.invoice_id = i.id
      {rate_join("r", "i.currency", "i.issued_on")}
), owed AS MATERIALIZED (
    SELECT DISTINCT customer_id, day, sum(amount) OVER (PARTITION BY customer_id ORDER BY day) AS amount
      FROM movement WHERE amount IS NOT NULL
)"""
_PAID = """(SELECT coalesce(sum(a.amount), 0) * b.amount / nullif(b.original, 0) FROM payment_allocation a
         WHERE a.customer_id = b.customer_id AND a.invoice_id = b.invoice_id AND a.paid_on <= b.day)"""
_GUARANTEED = f"""(SELECT coalesce(sum(g.value * r.rate), 0) FROM guarantee g {rate_join("r", "g.currency", "b.day")}
         WHERE g.customer_id = b.customer_id AND coalesce(g.valid_from, b.day) <= b.day
           AND coalesce(g.expires_on, b.day) >= b.day AND coalesce(g.released_on, b.day + 1) > b.day)"""
_KEYS = "b.customer_id, b.control_id, b.listing_id"
_SAID = "b.document, b.no, b.ordered_as, b.day, b.amount, b.original, b.currency, b.terms"


def _against(demand: Demand, allowed: str, found: str, where: str, source: str = "bound b") -> str:
    return (
        f"SELECT {_KEYS}, '{demand.value}' AS demand, {_SAID}, {allowed} AS allowed, {found} AS found "
        f"FROM {source} WHERE {where}"
    )


_FINDINGS = f""", against AS (
{
    " UNION ALL ".join((
        _against(Demand.LISTED, "NULL::numeric", "NULL::numeric", "b.kind = 'listed'"),
        _against(Demand.SUSPENSION, "NULL", "NULL", "b.kind = 'suspension'"),
        _against(Demand.ORDER_LIMIT, "b.order_limit", "b.amount",
                 f"b.document = '{_ORDER}' AND b.amount > b.order_limit"),
        _against(Demand.MONTH_LIMIT, "b.month_limit", "c.so_far", "b.is_new AND c.so_far > b.month_limit",
                 "bound b JOIN month_course c ON c.customer_id = b.customer_id AND c.document = b.document "
                 "AND c.no = b.no"),
        _against(Demand.TERMS, "b.terms_days", "b.terms", "b.is_new AND b.terms > b.terms_days"),
        _against(Demand.EXPOSURE_LIMIT, "b.exposure_limit", "w.amount",
                 f"b.document = '{_INVOICE}' AND w.amount > b.exposure_limit",
                 "bound b JOIN owed w ON w.customer_id = b.customer_id AND w.day = b.day"),
        _against(Demand.PREPAYMENT, "b.prepaid_share * b.amount", _PAID,
                 f"b.is_new AND b.document = '{_INVOICE}' AND {_PAID} < b.prepaid_share * b.amount"),
        _against(Demand.GUARANTEE, "b.wanted", _GUARANTEED, f"{_GUARANTEED} < b.wanted",
                 "(SELECT b.*, greatest(b.guarantee_value, b.coverage_ratio * w.amount) AS wanted FROM bound b "
                 "LEFT JOIN owed w ON w.customer_id = b.customer_id AND w.day = b.day "
                 f"WHERE b.is_new AND b.document = '{_INVOICE}' AND b.kind = 'guarantee') b"),
    ))
}
)"""  # fmt: skip
_RELEASED = """
    SELECT 1 FROM gate_order g
     WHERE g.customer_id = b.customer_id AND g.order_no IN (b.no, b.ordered_as)
       AND (g.decision = 'allow' OR g.state = 'released') AND g.original_amount >= b.original
       AND g.currency IS NOT DISTINCT FROM b.currency AND coalesce(g.terms_days, b.terms, 0) >= coalesce(b.terms, 0)
       AND (b.document = 'invoice' OR coalesce(g.released_until, b.day) >= b.day)"""
_PERMITTED = """
    SELECT 1 FROM gate_override p JOIN control m ON m.customer_id = p.customer_id AND m.kind = p.kind
     WHERE m.customer_id = b.customer_id AND m.id = b.control_id AND m.force = 'overridable'
       AND p.approved_at IS NOT NULL AND b.day BETWEEN p.starts_on
           AND CASE p.state WHEN 'approved' THEN p.until_on
               ELSE least(p.until_on, CAST(p.changed_at AT TIME ZONE :zone AS date)) END
       AND b.amount <= coalesce(p.limit_amount, b.amount)"""
_BREACHES: Final = f"""CREATE TEMPORARY TABLE breach_now ON COMMIT DROP AS
{_MEASURES}{_DOCUMENTS}{_OWED}{_FINDINGS}
SELECT {_KEYS}, b.demand, b.document, b.no AS document_no, b.day AS occurred_on, round(b.amount, 4) AS amount,
       round(CAST(b.allowed AS numeric), 4) AS allowed, round(CAST(b.found AS numeric), 4) AS found,
       (SELECT g.decision FROM gate_order g
         WHERE g.customer_id = b.customer_id AND g.order_no IN (b.no, b.ordered_as)
         ORDER BY g.order_no = b.no DESC LIMIT 1) AS gate_decision
  FROM against b WHERE NOT EXISTS ({_RELEASED}) AND NOT EXISTS ({_PERMITTED})"""
_TESTED: Final = f"""CREATE TEMPORARY TABLE tested_now ON COMMIT DROP AS
{_MEASURES}{_DOCUMENTS}, month_under AS (
    SELECT DISTINCT m.customer_id, CAST(g.month AS date) AS month
      FROM measure m
      CROSS JOIN LATERAL generate_series(
          date_trunc('month', m.since), least(m.until - 1, :today), interval '1 month') AS g (month)
     WHERE m.since < m.until AND m.since <= :today
), traded AS (
    SELECT d.customer_id, CAST(date_trunc('month', d.day) AS date) AS month, count(*) AS documents,
           sum(d.amount) AS amount
      FROM (SELECT DISTINCT customer_id, document, no, day, amount FROM bound) d GROUP BY 1, 2
)
SELECT u.customer_id, u.month, coalesce(t.documents, 0) AS documents, round(coalesce(t.amount, 0), 4) AS amount
  FROM month_under u LEFT JOIN traded t ON t.customer_id = u.customer_id AND t.month = u.month"""
_SAME = ("occurred_on", "amount", "allowed", "found", "gate_decision")
_STORE: Final = f"""
INSERT INTO control_breach AS b (customer_id, control_id, listing_id, demand, document, document_no,
       {", ".join(_SAME)}, found_at)
SELECT customer_id, control_id, listing_id, demand, document, document_no, {", ".join(_SAME)}, :now FROM breach_now
    ON CONFLICT ON CONSTRAINT uq_control_breach_document DO UPDATE
   SET {", ".join(f"{name} = excluded.{name}" for name in _SAME)}, withdrawn_on = NULL
 WHERE b.withdrawn_on IS NOT NULL
    OR ({", ".join(f"b.{name}" for name in _SAME)}) IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in _SAME)})
"""
_WITHDRAW: Final = """
UPDATE control_breach c SET withdrawn_on = :today
 WHERE c.withdrawn_on IS NULL AND {only} AND NOT EXISTS (
       SELECT 1 FROM breach_now n WHERE n.customer_id = c.customer_id AND n.document = c.document
          AND n.document_no = c.document_no AND n.demand = c.demand AND n.control_id IS NOT DISTINCT FROM c.control_id
          AND n.listing_id IS NOT DISTINCT FROM c.listing_id)"""
_DROP_TESTS: Final = """
DELETE FROM control_test c WHERE {only} AND NOT EXISTS (
       SELECT 1 FROM tested_now n WHERE n.customer_id = c.customer_id AND n.month = c.month)"""
_STORE_TESTS: Final = """
INSERT INTO control_test AS c (customer_id, month, documents, amount)
SELECT customer_id, month, documents, amount FROM tested_now
    ON CONFLICT (customer_id, month) DO UPDATE SET documents = excluded.documents, amount = excluded.amount
 WHERE (c.documents, c.amount) IS DISTINCT FROM (excluded.documents, excluded.amount)"""


# --- commands


def check_obedience(ctx: Context, customer_ids: Sequence[int] | None = None) -> int:
    """Check the documents of customers (None: all) against their measures; how many rows changed.

    A breach that a person judged keeps its judgement when its figures are corrected. Doing it twice changes nothing.
    """
    only = "true" if customer_ids is None else "c.customer_id = ANY(:ids)"
    policy = ctx.policy_history.on(ctx.today)
    values = {
        "ids": list(customer_ids or ()), "base": policy.base_currency, "now": ctx.now, "today": ctx.today,
        "zone": policy.time_zone, "transition": policy.control_transition_days,
    }  # fmt: skip
    run = ctx.session.execute
    run(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ONE_AT_A_TIME})
    run(text("DROP TABLE IF EXISTS breach_now, tested_now"))
    for made in (_BREACHES, _TESTED):
        run(text(made.replace("{only}", only)), values)
    changed = 0
    for step in (_STORE, _WITHDRAW, _DROP_TESTS, _STORE_TESTS):
        changed += int(run(text(step.replace("{only}", only)), values).rowcount)  # type: ignore[attr-defined]
    if changed:
        data_versions.bump(ctx, "controls")
    return changed
