"""Answers for machines, the same at both doors: what `greyledger ... --json` prints is what the HTTP API sends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from dashboard.components.gate_words import gate_reason_text
from dashboard.components.score_words import reason_text
from dashboard.components.screening_words import feature_text
from services.customer_status import CustomerStatus
from services.events import EventPage, as_json
from services.gate import GateAnswer, Reason
from services.incentives import Tally
from services.machines.delivering import event_as_json
from services.machines.webhooks import WebhookRow
from services.metrics.figures import Figure
from services.receivables.ageing import Ageing
from services.scoring.explanation import Explanation
from services.screening import Match


def _month(day: dt.date | None) -> str | None:
    return None if day is None else day.strftime("%Y-%m")


def metric_rows(found: Iterable[Figure]) -> list[dict[str, Any]]:
    """The assessment metrics by group."""
    return [
        {
            "metric": one.metric,
            "month": _month(one.month),
            "department": one.department,
            "numerator": as_json(one.numerator),
            "denominator": as_json(one.denominator),
            "value": None if one.value is None else float(one.value),
        }
        for one in found
    ]


def tally_rows(found: Iterable[Tally]) -> list[dict[str, Any]]:
    """Rewards and penalties by group."""
    return [
        {
            "kind": one.kind,
            "measure": one.measure,
            "department": one.department,
            "month": _month(one.month),
            "count": one.count,
            "amount": as_json(one.amount),
        }
        for one in found
    ]


def ageing_answer(found: Sequence[Ageing], *, is_grouped: bool) -> list[dict[str, Any]] | dict[str, Any]:
    """Receivables by age: one object, or one for each department."""
    rows = [ageing_row(one, is_grouped=is_grouped) for one in found]
    return rows if is_grouped else rows[0]


def ageing_row(one: Ageing, *, is_grouped: bool) -> dict[str, Any]:
    """Receivables by age, of all or of one department."""
    row: dict[str, Any] = {"department": one.department} if is_grouped else {}
    return row | {
        "open_count": one.open_count,
        "open_amount": as_json(one.open_amount),
        "overdue_count": one.overdue_count,
        "overdue_amount": as_json(one.overdue_amount),
        "overdue_customers": one.overdue_customers,
        "unconverted_count": one.unconverted,
        "buckets": [
            {"from_days": b.from_days, "to_days": b.to_days, "count": b.count, "amount": as_json(b.amount)}
            for b in one.buckets
        ],
    }


def gate_answer(answer: GateAnswer) -> dict[str, Any]:
    """What the order gate answers (SPEC 8), its reasons as sentences in the language in use."""
    return {
        "decision": answer.decision.value,
        "reasons": [_gate_reason(one, answer.base_currency) for one in answer.reasons],
        "controls": [
            {
                "control_id": one.control_id, "kind": one.kind.value, "force": one.force.value,
                "override_role": one.override_role and one.override_role.value, "demands": as_json(one.demands),
                "review_on": as_json(one.review_on), "expires_on": as_json(one.expires_on),
            }
            for one in answer.controls
        ],
        "limit_left": as_json(answer.limit_left),
        "customer_no": answer.customer_no,
        "order_no": answer.order_no,
        "state": answer.state and answer.state.value,
        "first_decision": answer.first_decision and answer.first_decision.value,
        "release_role": answer.release_role and answer.release_role.value,
        "as_of": as_json(answer.as_of),
        "is_repeated": answer.is_repeated,
        "is_from_snapshot": answer.is_from_snapshot,
    }  # fmt: skip


def _gate_reason(one: Reason, currency: str) -> dict[str, Any]:
    return {
        "code": one.code, "text": gate_reason_text(one, currency), "control_id": one.control_id,
        "decision": one.decision.value,
    }  # fmt: skip


def screening_answer(name: str, threshold: Decimal, found: Iterable[Match]) -> dict[str, Any]:
    """Whom a name resembles, and by what."""
    return {"name": name, "threshold": as_json(threshold), "matches": [_match(one) for one in found]}


def _match(one: Match) -> dict[str, Any]:
    return {
        "source": one.source.value, "key": one.key, "name": one.name, "score": as_json(one.score),
        "customer_no": one.customer_no, "grade": one.grade, "list_source": one.list_source, "entry_no": one.entry_no,
        "listed_on": as_json(one.listed_on),
        "features": [
            {"code": each.code, "text": feature_text(each), "share": as_json(each.share)} for each in one.features
        ],
    }  # fmt: skip


def status_answer(one: CustomerStatus) -> dict[str, Any]:
    """A customer's risk status."""
    level, money = one.level, one.money
    return {
        "customer_no": one.customer_no,
        "name": one.name,
        "department": one.department,
        "as_of": as_json(one.as_of),
        "level": level.level,
        "score": None if level.score is None else float(level.score),
        "since": as_json(level.since),
        "source": level.source,
        "until": as_json(level.until),
        "why": [] if one.why is None else _why(one.why),
        "listing": {
            "grade": one.grade,
            "listings": [
                {
                    "listing_no": row.listing_no, "criterion": row.criterion, "grade": row.grade, "state": row.state,
                    "trigger_on": as_json(row.trigger_on), "decided_on": as_json(row.decided_on),
                    "restored_on": as_json(row.restored_on),
                }
                for row in one.listings
            ],
        },
        "controls": [
            {
                "control_id": row.id, "kind": row.kind, "force": row.force, "demands": as_json(row.demands.given()),
                "starts_on": as_json(row.starts_on), "review_on": as_json(row.review_on),
                "expires_on": as_json(row.expires_on),
            }
            for row in one.controls
        ],
        "money_at_risk": {
            "currency": one.currency, "open_amount": as_json(money.open_amount),
            "overdue_amount": as_json(money.overdue_amount), "overdue_count": money.overdue_count,
            "worst_days": money.worst_days, "unconverted_count": money.unconverted,
        },
        "freshness": {
            "scored_on": as_json(level.scored_on),
            "coverage": None if one.why is None else float(one.why.coverage),
            "overdue_items": [item.item for item in one.items if item.is_late],
        },
    }  # fmt: skip


def _why(explanation: Explanation) -> list[dict[str, Any]]:
    return [
        {"indicator": one.indicator, "value": as_json(one.value), "points": one.points, "text": reason_text(one)}
        for one in explanation.reasons
    ]


def events_answer(page: EventPage) -> dict[str, Any]:
    """Events in order, and where to go on."""
    return {
        "events": [
            event_as_json(one.id, one.kind, one.at, one.customer_no, one.payload) | {"cursor": one.cursor}
            for one in page.events
        ],
        "next": page.next_cursor,
        "has_more": page.has_more,
    }


def webhook_rows(found: Iterable[WebhookRow]) -> list[dict[str, Any]]:
    """The webhooks as other systems may read them."""
    return [
        {
            "id": one.id, "url": one.url, "kinds": list(one.kinds), "is_active": one.is_active,
            "waiting": one.waiting, "given_up": one.given_up, "last_sent_at": as_json(one.last_sent_at),
        }
        for one in found
    ]  # fmt: skip
