"""The days of each identification trigger of some customers, replayed by the rule (SPEC 5.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from services.context import Context
from services.metrics.identification import ArrearsInvoice, ListingDecision, SentNotice, identifications


@dataclass(frozen=True)
class TriggerDays:
    """When a trigger came, until when it had to be decided, and when it was (None: not by the day asked for)."""

    trigger_on: dt.date | None
    deadline_on: dt.date | None
    decided_on: dt.date | None


_INVOICES = """
SELECT i.customer_id, i.id, i.invoice_no, i.due_on, s.paid_off_on
  FROM invoice i
  LEFT JOIN invoice_settlement s ON s.customer_id = i.customer_id AND s.invoice_id = i.id
 WHERE i.customer_id = ANY(:ids) AND NOT i.is_disputed AND i.amount > 0
   AND (s.paid_off_on IS NULL OR s.paid_off_on > i.due_on + :arrears_days)
"""
_NOTICES = "SELECT customer_id, sent_on, invoice_id FROM dunning_notice WHERE customer_id = ANY(:ids)"
_DECISIONS = """
SELECT customer_id, id, listing_no, decided_on, state IN ('confirmed', 'restored'), trigger_on, restored_on
  FROM listing WHERE customer_id = ANY(:ids) AND state <> 'proposed'
"""


def trigger_days(ctx: Context, customer_ids: Collection[int], as_of: dt.date) -> dict[tuple[int, str], TriggerDays]:
    """By customer and subject (`invoice:ID` or `listing:ID`), for a page's worth of customers."""
    history = ctx.policy_history
    shortest = min(history.on(day).arrears_days for day in [dt.date.min, *history.change_days])
    invoices = _by_customer(ctx, _INVOICES, customer_ids, arrears_days=shortest)
    notices = _by_customer(ctx, _NOTICES, customer_ids)
    decisions = _by_customer(ctx, _DECISIONS, customer_ids)
    found = {}
    for customer_id in sorted(customer_ids):
        units = identifications(
            [ArrearsInvoice(*row) for row in invoices.get(customer_id, [])],
            [SentNotice(*row) for row in notices.get(customer_id, [])],
            [ListingDecision(*row) for row in decisions.get(customer_id, [])],
            history.on,
            history.change_days,
        )
        for one in units:
            decided_on = one.decided_on if one.decided_on and one.decided_on <= as_of else None
            found[customer_id, one.subject] = TriggerDays(one.trigger_on, one.deadline_on, decided_on)
    return found


def _by_customer(
    ctx: Context, query: str, customer_ids: Collection[int], **values: object
) -> dict[int, list[tuple[Any, ...]]]:
    rows: dict[int, list[tuple[Any, ...]]] = {}
    for row in ctx.session.execute(text(query), {"ids": sorted(customer_ids), **values}):
        rows.setdefault(row[0], []).append(tuple(row[1:]))
    return rows
