"""The register of candidates: who shows a sign that calls for identification (policy 2.3), found set-based.

Arrears: exactly the open triggers of the metric (services/metrics/identification.py), never a second reading of them;
only customers that the metric has a late or undecided trigger of are replayed. Breaches, court and regulator events and
grave harm: so many within a window, by the dated settings, after the last decision on the customer. Fraud comes from
people, and from a listed customer's credit code, phone or bank account under another customer's number.

A run looks at all customers, or at those named; a second run on the same data changes nothing.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from services import data_versions, ledger
from services.context import Context
from services.listings.rows import FoundCandidates
from services.listings.telling import tell_found
from services.metrics.trigger_days import trigger_days

#: A run over all customers and one over a few may meet.
_ONE_RUN_AT_A_TIME = 7_205_362
_AT_ONCE = 2_000
#: So many customers of a run are named in the ledger; the rest are counted.
_MOST_NAMED = 200
_NAMED = "(CAST(:named AS bigint[]) IS NULL OR {}.customer_id = ANY(:named))"

_ARREARS_CUSTOMERS = f"""
SELECT m.customer_id FROM metric_contribution m
 WHERE m.metric = 'identification_timeliness' AND m.measure = 'late' AND m.subject LIKE 'invoice:%'
   AND m.known_on <= CAST(:today AS date) + :longest AND {_NAMED.format("m")}
UNION
SELECT c.customer_id FROM listing_candidate c
 WHERE c.criterion = 'arrears' AND c.source = 'test' AND c.state IN ('open', 'proposed') AND {_NAMED.format("c")}
 ORDER BY 1
"""  # noqa: S608  (constants of this file)
_MAKE_SIGNS = """
CREATE TEMPORARY TABLE listing_sign (
    customer_id bigint, criterion text, subject text, trigger_on date, deadline_on date, decided_on date, facts jsonb
) ON COMMIT DROP
"""
_ADD_ARREARS = """
INSERT INTO listing_sign (customer_id, criterion, subject, trigger_on, deadline_on, decided_on)
SELECT (s->>0)::bigint, 'arrears', s->>1, (s->>2)::date, (s->>3)::date, (s->>4)::date
  FROM jsonb_array_elements(CAST(:signs AS jsonb)) s
"""
#: What shows arrears: the invoice, and the notices sent after it was due.
_ARREARS_FACTS = """
UPDATE listing_sign s SET facts = jsonb_build_array(
    jsonb_build_object('table', 'invoice', 'id', i.id, 'no', i.invoice_no, 'on', i.due_on)
) || coalesce((
    SELECT jsonb_agg(jsonb_build_object('table', 'dunning_notice', 'id', n.id, 'no', n.dunning_no, 'on', n.sent_on)
                     ORDER BY n.sent_on, n.dunning_no)
      FROM dunning_notice n
     WHERE n.customer_id = i.customer_id AND coalesce(n.invoice_id, i.id) = i.id AND n.sent_on > i.due_on
), '[]'::jsonb)
  FROM invoice i
 WHERE s.criterion = 'arrears' AND i.customer_id = s.customer_id AND i.id = split_part(s.subject, ':', 2)::bigint
"""
#: So many events within a window, the newest of them after the last decision on the customer. {event}: their rows.
_ADD_EVENTS = """
INSERT INTO listing_sign (customer_id, criterion, subject, trigger_on, facts)
WITH event AS ({event}), counted AS (
    SELECT e.*, count(*) OVER near AS so_far,
           jsonb_agg(jsonb_build_object('table', CAST(:table AS text), 'id', e.id, 'no', e.no, 'on', e.day)) OVER near
               AS facts
      FROM event e
    WINDOW near AS (PARTITION BY e.customer_id ORDER BY e.day
                    RANGE BETWEEN make_interval(days => :window) PRECEDING AND CURRENT ROW)
), sign AS (
    SELECT DISTINCT ON (c.customer_id) c.customer_id, c.id, c.day, c.facts
      FROM counted c
      LEFT JOIN (SELECT l.customer_id, max(l.decided_on) AS decided_on FROM listing l GROUP BY l.customer_id) l
        ON l.customer_id = c.customer_id
     WHERE c.so_far >= :events AND c.day > CAST(:today AS date) - :window
       AND (l.decided_on IS NULL OR c.day > l.decided_on)
       AND NOT EXISTS (
           SELECT 1 FROM listing_candidate k
            WHERE k.customer_id = c.customer_id AND k.criterion = :criterion AND k.source = 'test'
              AND k.closed_on IS NOT NULL AND k.trigger_on >= c.day AND (k.again_on IS NULL OR k.again_on > :today))
     ORDER BY c.customer_id, c.day, c.id
)
SELECT customer_id, CAST(:criterion AS text), CAST(:table AS text) || ':' || id, day, facts FROM sign
"""
_BREACHES = f"""
SELECT e.customer_id, e.id, e.event_no AS no, e.occurred_on AS day FROM contract_event e
 WHERE e.kind <> 'fulfilled' AND e.severity >= :severity AND e.occurred_on <= :today
   AND e.occurred_on > CAST(:today AS date) - 2 * :window AND {_NAMED.format("e")}
"""  # noqa: S608  (constants of this file)
_NEWS = f"""
SELECT e.customer_id, e.id, e.event_no AS no, e.occurred_on AS day FROM reputation_event e
 WHERE (e.kind IN ('court', 'regulator')) = :is_official AND e.sentiment <= :sentiment AND e.occurred_on <= :today
   AND e.occurred_on > CAST(:today AS date) - 2 * :window AND {_NAMED.format("e")}
"""  # noqa: S608  (constants of this file)
#: A listed customer's identifiers under another number. Found today: when they were entered is not known.
_ADD_IDENTIFIERS = f"""
INSERT INTO listing_sign (customer_id, criterion, subject, trigger_on, facts)
WITH listed AS MATERIALIZED (
    SELECT c.customer_id, c.customer_no, c.uscc, regexp_replace(c.phone, '[^0-9]', '', 'g') AS phone,
           regexp_replace(c.bank_account, '[^0-9A-Za-z]', '', 'g') AS bank_account, l.id, l.listing_no, l.decided_on
      FROM listing l JOIN customer c ON c.customer_id = l.customer_id WHERE l.state = 'confirmed'
), key AS (
    SELECT k.*, v.name, v.value FROM listed k
     CROSS JOIN LATERAL (VALUES ('uscc', k.uscc), ('phone', k.phone), ('bank_account', k.bank_account)) v(name, value)
     WHERE length(v.value) >= 7
), other AS (
    SELECT c.customer_id, v.name, v.value FROM customer c
     CROSS JOIN LATERAL (VALUES
         ('uscc', c.uscc), ('phone', regexp_replace(c.phone, '[^0-9]', '', 'g')),
         ('bank_account', regexp_replace(c.bank_account, '[^0-9A-Za-z]', '', 'g'))) v(name, value)
     WHERE c.customer_id > 0 AND length(v.value) >= 7 AND {_NAMED.format("c")}
)
SELECT DISTINCT ON (o.customer_id) o.customer_id, 'fraud', 'customer:' || k.customer_id, CAST(:today AS date),
       jsonb_build_array(jsonb_build_object(
           'table', 'customer', 'id', k.customer_id, 'no', k.customer_no, 'on', k.decided_on, 'name', k.name))
  FROM other o
  JOIN key k ON k.name = o.name AND k.value = o.value AND k.customer_id <> o.customer_id
 ORDER BY o.customer_id, k.decided_on, k.customer_id
"""  # noqa: S608  (constants of this file)
_FILL_DEADLINES = """
UPDATE listing_sign s SET deadline_on = s.trigger_on + e.days
  FROM unnest(CAST(:since AS date[]), CAST(:until AS date[]), CAST(:days AS integer[])) AS e(since, until, days)
 WHERE s.deadline_on IS NULL AND s.trigger_on >= e.since AND s.trigger_on < e.until
"""
#: Open arrears candidates that are no open trigger any more: decided on, or paid in time and so withdrawn.
_CLOSE_ARREARS = f"""
UPDATE listing_candidate c
   SET state = CASE WHEN s.decided_on IS NULL THEN 'withdrawn' ELSE 'decided' END, closed_on = :today,
       version = c.version + 1, changed_at = :now
  FROM listing_candidate k
  LEFT JOIN listing_sign s ON s.customer_id = k.customer_id AND s.criterion = 'arrears' AND s.subject = k.subject
 WHERE c.customer_id = k.customer_id AND c.id = k.id AND k.state = 'open' AND k.criterion = 'arrears'
   AND k.source = 'test' AND (s.subject IS NULL OR s.decided_on IS NOT NULL) AND {_NAMED.format("k")}
 RETURNING c.customer_id, c.state
"""  # noqa: S608  (constants of this file)
#: A customer listed meanwhile needs no identification any more.
_CLOSE_LISTED = f"""
UPDATE listing_candidate c SET state = 'decided', closed_on = :today, version = c.version + 1, changed_at = :now
 WHERE c.state = 'open' AND {_NAMED.format("c")}
   AND EXISTS (SELECT 1 FROM listing l WHERE l.customer_id = c.customer_id AND l.state = 'confirmed')
 RETURNING c.customer_id, c.state
"""  # noqa: S608  (constants of this file)
#: One open per customer and criterion; where somebody has proposed on it already, the candidate goes with the proposal.
_ADD_CANDIDATES = """
INSERT INTO listing_candidate (
    customer_id, criterion, state, source, subject, trigger_on, deadline_on, found_on, facts, listing_id, changed_at)
SELECT s.customer_id, s.criterion, CASE WHEN p.id IS NULL THEN 'open' ELSE 'proposed' END, 'test', s.subject,
       s.trigger_on, s.deadline_on, :today, coalesce(s.facts, '[]'::jsonb), p.id, :now
  FROM listing_sign s
  LEFT JOIN listing p ON p.customer_id = s.customer_id AND p.state = 'proposed' AND p.proposer_id IS NOT NULL
   AND s.criterion = ANY (p.also_criteria || p.criterion)
 WHERE s.decided_on IS NULL
   AND NOT EXISTS (SELECT 1 FROM listing l WHERE l.customer_id = s.customer_id AND l.state = 'confirmed')
   AND NOT EXISTS (
       SELECT 1 FROM listing_candidate c
        WHERE c.customer_id = s.customer_id AND c.criterion = s.criterion
          AND (c.state IN ('open', 'proposed') OR c.subject = s.subject AND (
              c.state = 'decided' OR c.state = 'put_aside' AND (c.again_on IS NULL OR c.again_on > :today))))
 ORDER BY s.deadline_on, s.customer_id, s.criterion
ON CONFLICT (customer_id, criterion) WHERE state IN ('open', 'proposed') DO NOTHING
RETURNING customer_id, criterion
"""


@dataclass(frozen=True)
class _EventTest:
    """A test by events: how many within how many days."""

    criterion: str
    table: str
    event: str
    events: int
    window: int
    values: dict[str, Any]


# --- commands


def find_candidates(ctx: Context, customers: Sequence[int] | None = None) -> FoundCandidates:
    """Look at customers (None: all) as of the business date: new candidates, and those whose sign is over.

    For the worker, after the figures. A candidate that is proposed already stays with its proposal.
    """
    ctx.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_RUN_AT_A_TIME})
    named = None if customers is None else sorted(set(customers))
    if named == []:
        return FoundCandidates(0, 0, 0)
    values: dict[str, Any] = {"named": named, "today": ctx.today}
    ctx.session.execute(text("DROP TABLE IF EXISTS listing_sign"))
    ctx.session.execute(text(_MAKE_SIGNS))
    _add_arrears(ctx, values)
    for one in _event_tests(ctx):
        statement = text(_ADD_EVENTS.format(event=one.event))
        wanted = {"criterion": one.criterion, "table": one.table, "events": one.events, "window": one.window}
        if one.events > 0:
            ctx.session.execute(statement, {**values, **wanted, **one.values})
    ctx.session.execute(text(_ADD_IDENTIFIERS), values)
    ctx.session.execute(text(_FILL_DEADLINES), _eras(ctx))
    ctx.session.execute(text("ANALYZE listing_sign"))
    return _settle(ctx, values)


def _settle(ctx: Context, values: dict[str, Any]) -> FoundCandidates:
    stamped = values | {"now": ctx.now}
    closed = [tuple(row) for row in ctx.session.execute(text(_CLOSE_ARREARS), stamped)]
    closed += [tuple(row) for row in ctx.session.execute(text(_CLOSE_LISTED), stamped)]
    added = [tuple(row) for row in ctx.session.execute(text(_ADD_CANDIDATES), {"today": ctx.today, "now": ctx.now})]
    withdrawn = sorted(customer for customer, state in closed if state == "withdrawn")
    result = FoundCandidates(len(added), len(withdrawn), len(closed) - len(withdrawn))
    if added or closed:
        named = sorted({customer for customer, _criterion in added})
        ledger.record(
            ctx, "listing_candidate.found", "listing_candidate",
            after={
                "as_of": ctx.today, "found": result.found, "withdrawn": result.withdrawn, "decided": result.decided,
                "customer_ids": named[:_MOST_NAMED], "withdrawn_ids": withdrawn[:_MOST_NAMED],
            },
        )  # fmt: skip
        data_versions.bump(ctx, "listings")
    if added:
        tell_found(ctx)
    return result


def _add_arrears(ctx: Context, values: dict[str, Any]) -> None:
    """The metric's triggers that have come, of customers who may have one that is not decided on."""
    history = ctx.policy_history
    longest = max(history.on(day).identification_days for day in [dt.date.min, *history.change_days])
    found = list(ctx.session.execute(text(_ARREARS_CUSTOMERS), values | {"longest": longest}).scalars())
    for first in range(0, len(found), _AT_ONCE):
        days = trigger_days(ctx, found[first : first + _AT_ONCE], ctx.today)
        signs = [
            [customer, subject, _iso(one.trigger_on), _iso(one.deadline_on), _iso(one.decided_on)]
            for (customer, subject), one in days.items()
            if subject.startswith("invoice:") and one.trigger_on is not None and one.trigger_on <= ctx.today
        ]
        ctx.session.execute(text(_ADD_ARREARS), {"signs": json.dumps(signs)})
    ctx.session.execute(text(_ARREARS_FACTS))


def _iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _event_tests(ctx: Context) -> tuple[_EventTest, ...]:
    policy = ctx.policy_history.on(ctx.today)
    return (
        _EventTest("breach", "contract_event", _BREACHES, policy.breach_events, policy.breach_window_days,
                   {"severity": policy.breach_severity}),
        _EventTest("illegal", "reputation_event", _NEWS, policy.illegal_events, policy.illegal_window_days,
                   {"is_official": True, "sentiment": -2}),
        _EventTest("harm", "reputation_event", _NEWS, policy.harm_events, policy.harm_window_days,
                   {"is_official": False, "sentiment": -2}),
    )  # fmt: skip


def _eras(ctx: Context) -> dict[str, Any]:
    """From when until when how many days are left for a decision."""
    history = ctx.policy_history
    starts = [dt.date.min, *history.change_days]
    return {
        "since": starts, "until": [*starts[1:], dt.date.max],
        "days": [history.on(day).identification_days for day in starts],
    }  # fmt: skip
