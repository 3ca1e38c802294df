"""Reads all that an answer depends on in one round trip, after waiting for whoever decides on the same customer.

The gate is asked for every order, so this is the one place that goes past the mapper: a statement prepared once per
connection, its plan kept, its answer one document. The customer's chain of the ledger is locked first: whoever lists,
suspends or releases appends to the same chain, so their commit comes wholly before or wholly after an answer.

What counts against limits (docs/gate.md)
    owed      open balances of invoices issued by the day (SPEC 5)
    ordered   orders by number, of the gate (allowed, or released and the release has not ended) and of the orders
              file, where one number counts once, as the file has it; without those that an invoice names (as its
              number or its contract); the rest runs down as the customer's other invoices come in (`not_invoiced`)
    month     orders by number of the calendar month, invoiced or not
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from db.enums import ControlForce, ControlKind, Grade, Role
from services import ledger
from services.context import Context
from services.gate.rows import NOTHING, ControlInForce, CustomerStanding, OrderAsked, OverrideInForce
from services.gate.rule import not_invoiced
from services.policy import PolicyHistory, policy_history

_ORDER_LOCK = 7_205_336

# $1 customer_no, $2 day, $3 order_no, $4 base currency, $5 first day from which orders count, $6 currency asked
_COUNTS = "(o.state IS NULL AND o.decision = 'allow' OR o.state = 'released' AND coalesce(o.released_until, $2) >= $2)"
_RATE = """(CASE WHEN coalesce({currency}, $4) = $4 THEN 1 ELSE (
    SELECT f.rate FROM fx_rate f WHERE f.currency = {currency} AND f.as_of <= $2 ORDER BY f.as_of DESC LIMIT 1) END)"""
_OPEN = f"""
SELECT jsonb_build_array(coalesce(sum(m.owed * m.rate), 0), coalesce(sum(m.n) FILTER (WHERE m.rate IS NULL), 0))
  FROM (
    SELECT b.currency, sum(b.balance) AS owed, count(*) AS n, {_RATE.format(currency="b.currency")} AS rate
      FROM (
        SELECT i.currency, i.amount - coalesce((
                   SELECT sum(a.amount) FROM payment_allocation a
                    WHERE a.customer_id = i.customer_id AND a.invoice_id = i.id AND a.paid_on <= $2), 0) AS balance
          FROM invoice i
          LEFT JOIN invoice_settlement s ON s.customer_id = i.customer_id AND s.invoice_id = i.id
         WHERE i.customer_id = c.customer_id AND i.issued_on <= $2 AND i.amount > 0
           AND (s.paid_off_on IS NULL OR s.paid_off_on > $2)
      ) b WHERE b.balance > 0 GROUP BY b.currency
  ) m
"""  # noqa: S608
_ORDERS = f"""
SELECT jsonb_agg(jsonb_build_array(t.day, t.amount * t.rate, t.invoiced))
  FROM (
    SELECT u.day, u.amount, {_RATE.format(currency="u.currency")} AS rate, (
               EXISTS (SELECT 1 FROM invoice i WHERE i.customer_id = c.customer_id AND i.invoice_no = u.order_no)
            OR EXISTS (SELECT 1 FROM invoice i WHERE i.customer_id = c.customer_id AND i.contract_no = u.order_no
                          AND i.issued_on >= $5)) AS invoiced
      FROM (
        SELECT s.order_no, s.ordered_on AS day, s.amount, s.currency
          FROM sales_order s WHERE s.customer_id = c.customer_id AND s.ordered_on BETWEEN $5 AND $2
        UNION ALL
        SELECT o.order_no, o.asked_on, o.amount, NULL
          FROM gate_order o
         WHERE o.customer_id = c.customer_id AND o.asked_on BETWEEN $5 AND $2 AND {_COUNTS}
           AND NOT EXISTS (SELECT 1 FROM sales_order s WHERE s.customer_id = o.customer_id AND s.order_no = o.order_no)
      ) u WHERE u.order_no IS DISTINCT FROM $3
  ) t
"""  # noqa: S608
_INVOICED = f"""
SELECT jsonb_agg(jsonb_build_array(t.issued_on, t.amount * {_RATE.format(currency="t.currency")}))
  FROM (
    SELECT i.issued_on, i.currency, sum(i.amount) AS amount
      FROM invoice i
     WHERE i.customer_id = c.customer_id AND i.issued_on BETWEEN $5 AND $2 AND i.amount > 0
       AND NOT EXISTS (SELECT 1 FROM sales_order s WHERE s.customer_id = i.customer_id
                          AND s.order_no IN (i.invoice_no, i.contract_no))
       AND NOT EXISTS (SELECT 1 FROM gate_order o WHERE o.customer_id = i.customer_id
                          AND o.order_no IN (i.invoice_no, i.contract_no))
     GROUP BY i.issued_on, i.currency
  ) t
"""  # noqa: S608
_GUARANTEED = f"""
SELECT coalesce(sum(g.value * {_RATE.format(currency="g.currency")}), 0)
  FROM guarantee g
 WHERE g.customer_id = c.customer_id AND coalesce(g.valid_from, $2) <= $2 AND coalesce(g.expires_on, $2) >= $2
   AND (g.released_on IS NULL OR g.released_on > $2)
"""  # noqa: S608
_ACTIVE = """x.customer_id = c.customer_id AND x.state = 'active' AND x.starts_on <= $2
         AND coalesce(x.expires_on, $2) >= $2"""
_DEMANDING = (
    f"EXISTS (SELECT 1 FROM control x WHERE {_ACTIVE} AND "  # noqa: S608
    "coalesce(x.month_limit, x.exposure_limit, x.coverage_ratio) IS NOT NULL)"
)
_CONTROLS = f"""
SELECT jsonb_agg(jsonb_build_object(
           'id', x.id, 'kind', x.kind, 'force', x.force, 'role', x.override_role, 'review_on', x.review_on,
           'expires_on', x.expires_on, 'demands', jsonb_strip_nulls(jsonb_build_object(
               'order_limit', x.order_limit, 'month_limit', x.month_limit, 'exposure_limit', x.exposure_limit,
               'terms_days', x.terms_days, 'prepaid_share', x.prepaid_share, 'guarantee_value', x.guarantee_value,
               'coverage_ratio', x.coverage_ratio, 'monitoring_days', x.monitoring_days))) ORDER BY x.kind, x.id)
  FROM control x WHERE {_ACTIVE}
"""  # noqa: S608
_OVERRIDES = f"""
SELECT jsonb_agg(jsonb_build_array(v.id, v.kind, v.until_on, v.limit_amount - (
           SELECT coalesce(sum(o.amount), 0) FROM gate_order o
            WHERE o.customer_id = v.customer_id AND o.override_ids @> ARRAY[v.id] AND {_COUNTS}
              AND o.order_no IS DISTINCT FROM $3)) ORDER BY v.id)
  FROM gate_override v
 WHERE v.customer_id = c.customer_id AND v.state = 'approved' AND v.starts_on <= $2 AND v.until_on >= $2
"""  # noqa: S608
#: What a stored order is shown by: `asking._stored` reads it in this order.
ASKED_COLUMNS = (
    "id", "asked_on", "original_amount", "currency", "prepaid_amount", "terms_days", "decision", "reasons", "controls",
    "limit_left", "state", "release_role", "settled_reason", "released_until",
)  # fmt: skip
_ASKED = f"""
SELECT jsonb_build_array({", ".join(f"o.{name}" for name in ASKED_COLUMNS)}, (
           SELECT u.name FROM app_user u WHERE u.id = o.settled_by_id))
  FROM gate_order o WHERE o.customer_id = c.customer_id AND o.order_no = $3
"""  # noqa: S608
_STATE = f"""
SELECT jsonb_build_object(
         'id', c.customer_id, 'terms', c.payment_terms_days,
         'policy', (SELECT v.version FROM data_version v WHERE v.topic = 'policy'),
         'grade', (SELECT min(l.grade) FROM listing l WHERE l.customer_id = c.customer_id AND l.state = 'confirmed'),
         'rate', {_RATE.format(currency="$6")},
         'controls', ({_CONTROLS}),
         'overrides', ({_OVERRIDES}),
         'guaranteed', CASE WHEN EXISTS (SELECT 1 FROM control x WHERE {_ACTIVE}
             AND coalesce(x.guarantee_value, x.coverage_ratio) IS NOT NULL) THEN ({_GUARANTEED}) END,
         'open', CASE WHEN {_DEMANDING} THEN ({_OPEN}) END,
         'orders', CASE WHEN {_DEMANDING} THEN ({_ORDERS}) END,
         'invoiced', CASE WHEN {_DEMANDING} THEN ({_INVOICED}) END,
         'asked', CASE WHEN $3 IS NOT NULL THEN ({_ASKED}) END,
         'elsewhere', $3 IS NOT NULL AND EXISTS (
             SELECT 1 FROM gate_order o WHERE o.order_no = $3 AND o.customer_id <> c.customer_id),
         'head', (SELECT jsonb_build_array(e.seq, encode(e.hash, 'hex')) FROM ledger_entry e
                   WHERE e.customer_id = c.customer_id ORDER BY e.seq DESC LIMIT 1))::text
  FROM customer c WHERE c.customer_id = (SELECT k.customer_id FROM customer_key k WHERE k.customer_no = $1)
"""  # noqa: S608
_PREPARE = f"PREPARE gate_state (text, date, text, text, date, text) AS {_STATE}"
#: Planned once a connection: a plan made anew for each order costs more than all it reads.
_PLANNED = "SET LOCAL plan_cache_mode = force_generic_plan; "
_LOCK = (
    f"SELECT pg_advisory_xact_lock({_ORDER_LOCK}, hashtext(%(order)s)); "  # noqa: S608
    f"SELECT pg_advisory_xact_lock({ledger.CHAIN_LOCK}, CAST(k.customer_id %% 2147483648 AS integer)) "
    "FROM customer_key k WHERE k.customer_no = %(customer)s; "
)  # fmt: skip
_EXECUTE = (
    "EXECUTE gate_state (%(customer)s, %(day)s, %(order)s, %(base)s, %(since)s, %(currency)s)"
)  # fmt: skip
_PREPARED = "gate_state"

_policies: dict[str, tuple[int, PolicyHistory]] = {}


@dataclass(frozen=True)
class Read:
    """The customer's standing, what was answered before, and the end of the customer's chain of the ledger."""

    standing: CustomerStanding
    asked: tuple[Any, ...] | None = None
    is_elsewhere: bool = False
    head: tuple[int, bytes] = (0, ledger.GENESIS)
    day: dt.date = field(default=dt.date.min)


def read_standing(ctx: Context, order: OrderAsked, *, patience_ms: int | None = None) -> Read | None:
    """Everything about the customer; None where no customer has the number. Locks unless nothing will be kept.

    With `patience_ms` the whole transaction gives up on a statement that takes longer.
    """
    place = _known_policy(ctx)
    found = _found(ctx, order, patience_ms)
    if found is None:
        return None
    version = found["policy"] or 0
    if _policies[place][0] != version:  # a setting changed since this process looked
        _policies.pop(place)
        ctx.__dict__.pop("policy_history", None)
        _policies[place] = (version, ctx.policy_history)
        found = _found(ctx, order, None)
    return None if found is None else _read(found, ctx.today, _first_counting(ctx))


def _known_policy(ctx: Context) -> str:
    """Settings are read once a process: the answer's own statement tells when they changed."""
    place = str(ctx.session.get_bind().engine.url)
    known = _policies.get(place)
    if known is None:
        known = _policies[place] = (-1, policy_history(ctx.session))
    ctx.__dict__.setdefault("policy_history", known[1])
    return place


def _found(ctx: Context, order: OrderAsked, patience_ms: int | None) -> dict[str, Any] | None:
    day = ctx.today
    policy = ctx.policy_history.on(day)
    values = {
        "customer": order.customer_no, "day": day, "order": order.order_no, "base": policy.base_currency,
        "since": min(_first_counting(ctx), day.replace(day=1)), "currency": order.currency,
    }  # fmt: skip
    patience = f"SET LOCAL statement_timeout = {patience_ms}; " if patience_ms else ""
    locks = _LOCK if order.order_no and not order.is_dry_run else ""
    ctx.session.flush()
    info = ctx.session.connection().info
    if not info.get(_PREPARED):
        execute_raw(ctx, _PREPARE)
        info[_PREPARED] = True
    row = execute_raw(ctx, _PLANNED + patience + locks + _EXECUTE, values)
    return None if row is None else dict(json.loads(row[0], parse_float=Decimal))


def execute_raw(ctx: Context, statements: str, values: dict[str, Any] | None = None) -> Any:  # noqa: ANN401
    """Send statements in one round trip, each with its own view of the data; the first row of the last one, if any."""
    cursor = ctx.session.connection().connection.cursor()
    try:
        cursor.execute(statements, values)
        return cursor.fetchone() if cursor.description else None
    finally:
        cursor.close()


def _first_counting(ctx: Context) -> dt.date:
    return ctx.today - dt.timedelta(days=ctx.policy_history.on(ctx.today).gate_order_days)


def _read(found: dict[str, Any], day: dt.date, since: dt.date) -> Read:
    open_amount, unconverted = found["open"] or (NOTHING, 0)
    orders = [(dt.date.fromisoformat(on), amount, invoiced) for on, amount, invoiced in found["orders"] or ()]
    invoices = [(dt.date.fromisoformat(on), amount) for on, amount in found["invoiced"] or ()]
    unknown = sum(amount is None for _, amount, _ in orders) + sum(amount is None for _, amount in invoices)
    waiting = [
        (on, Decimal(amount)) for on, amount, invoiced in orders if amount is not None and not invoiced and on >= since
    ]
    month = [Decimal(amount) for on, amount, _ in orders if amount is not None and on >= day.replace(day=1)]
    standing = CustomerStanding(
        customer_id=found["id"], grade=found["grade"] and Grade(found["grade"]), usual_terms_days=found["terms"],
        controls=tuple(_control(one) for one in found["controls"] or ()),
        overrides=tuple(
            OverrideInForce(number, ControlKind(kind), dt.date.fromisoformat(until), _decimal(left))
            for number, kind, until, left in found["overrides"] or ()
        ),
        open_amount=Decimal(open_amount), month_amount=sum(month, NOTHING),
        ordered_amount=not_invoiced(waiting, [(on, Decimal(amount)) for on, amount in invoices if amount is not None]),
        guaranteed_amount=Decimal(found["guaranteed"] or 0), unconverted=int(unconverted) + unknown,
        rate=_decimal(found["rate"]),
    )  # fmt: skip
    head = found["head"]
    return Read(
        standing, None if found["asked"] is None else tuple(found["asked"]), found["elsewhere"],
        (head[0], bytes.fromhex(head[1])) if head else (0, ledger.GENESIS), day,
    )  # fmt: skip


def _decimal(value: Any) -> Decimal | None:  # noqa: ANN401  (a JSON number)
    return None if value is None else Decimal(value)


def _control(found: dict[str, Any]) -> ControlInForce:
    days = {"terms_days", "monitoring_days"}
    demands = {name: value if name in days else Decimal(value) for name, value in found["demands"].items()}
    return ControlInForce(
        control_id=found["id"], kind=ControlKind(found["kind"]), demands=demands,
        review_on=_day(found["review_on"]), expires_on=_day(found["expires_on"]), force=ControlForce(found["force"]),
        override_role=found["role"] and Role(found["role"]),
    )  # fmt: skip


def _day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)
