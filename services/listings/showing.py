"""What a proposal shows, read from its evidence, for the completeness check (completeness.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, text

from db.models import ContractEvent, Listing, ListingEvidence, ReputationEvent
from services.context import Context
from services.listings.completeness import Check, Shown, checks_of
from services.listings.rows import EvidenceRow
from services.listings.stored import evidence_where

#: Of linked invoices, those that are arrears today, and those of them dunned often enough.
_OVERDUE = """
SELECT count(*) AS overdue, count(*) FILTER (WHERE (
           SELECT count(*) FROM dunning_notice n
            WHERE n.customer_id = i.customer_id AND coalesce(n.invoice_id, i.id) = i.id AND n.sent_on > i.due_on
              AND n.sent_on <= :today) >= :notices) AS dunned
  FROM invoice i
  LEFT JOIN invoice_settlement s ON s.customer_id = i.customer_id AND s.invoice_id = i.id
 WHERE i.customer_id = :customer_id AND i.id = ANY(:ids) AND NOT i.is_disputed AND i.amount > 0
   AND i.due_on + :days <= :today AND (s.paid_off_on IS NULL OR s.paid_off_on > :today)
"""
_OFFICIAL = ("court", "regulator")


def checks_for(ctx: Context, row: Listing, evidence: Sequence[EvidenceRow] | None = None) -> tuple[Check, ...]:
    """Everything the criteria of a proposal need, and whether it is there."""
    if evidence is None:
        which = (ListingEvidence.customer_id == row.customer_id, ListingEvidence.listing_id == row.id)
        evidence = evidence_where(ctx, *which)
    return checks_of((row.criterion, *row.also_criteria), _shown(ctx, row, evidence))


def _shown(ctx: Context, row: Listing, evidence: Sequence[EvidenceRow]) -> Shown:
    linked = _linked(evidence)
    files = [one for one in evidence if one.subject is None and one.kind != "reply"]
    overdue, dunned = _arrears(ctx, row.customer_id, linked.get("invoice", []))
    official, public = _events(ctx, row.customer_id, linked.get("reputation_event", []))
    return Shown(
        has_statement=bool((row.statement or "").strip()), kinds=frozenset(one.kind for one in evidence),
        tables=frozenset(linked), file_kinds=frozenset(one.kind for one in files), overdue_invoices=overdue,
        dunned_invoices=dunned, breaches=_breaches(ctx, row.customer_id, linked.get("contract_event", [])),
        official_events=official, public_events=public, is_reply_offered=row.reply_offered_on is not None,
    )  # fmt: skip


def _linked(evidence: Sequence[EvidenceRow]) -> Mapping[str, list[int]]:
    found: dict[str, list[int]] = {}
    for one in evidence:
        if one.subject is not None:
            table, _colon, row_id = one.subject.partition(":")
            found.setdefault(table, []).append(int(row_id))
    return found


def _arrears(ctx: Context, customer_id: int, invoices: Sequence[int]) -> tuple[int, int]:
    if not invoices:
        return 0, 0
    policy = ctx.policy_history.on(ctx.today)
    values: dict[str, Any] = {
        "customer_id": customer_id, "ids": list(invoices), "today": ctx.today, "days": policy.arrears_days,
        "notices": policy.arrears_dunning_notices,
    }  # fmt: skip
    found = ctx.session.execute(text(_OVERDUE), values).one()
    return found.overdue, found.dunned


def _breaches(ctx: Context, customer_id: int, events: Sequence[int]) -> int:
    query = select(ContractEvent.id).where(
        ContractEvent.customer_id == customer_id, ContractEvent.id.in_(events), ContractEvent.kind != "fulfilled"
    )
    return len(ctx.session.execute(query).all()) if events else 0


def _events(ctx: Context, customer_id: int, events: Sequence[int]) -> tuple[int, int]:
    """Adverse events before a court or an authority, and elsewhere."""
    if not events:
        return 0, 0
    query = select(ReputationEvent.kind).where(
        ReputationEvent.customer_id == customer_id, ReputationEvent.id.in_(events), ReputationEvent.sentiment < 0
    )
    kinds = list(ctx.session.execute(query).scalars())
    official = sum(kind in _OFFICIAL for kind in kinds)
    return official, len(kinds) - official
