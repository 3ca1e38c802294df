"""What the page of other systems asks the services: each part in one transaction."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from db.enums import DeliveryState
from services.context import Actor, unit_of_work
from services.events import EventRow, events_lately
from services.machines.tokens import TokenRow, tokens
from services.machines.webhooks import CallRow, WebhookRow, calls, webhooks


@dataclass(frozen=True)
class Machines:
    """Everything but the logs. `longest_days`: the longest life of a token by the policy."""

    tokens: tuple[TokenRow, ...]
    webhooks: tuple[WebhookRow, ...]
    now: dt.datetime
    time_zone: str
    longest_days: int
    kept_days: int


def machines(actor: Actor) -> Machines:
    """The tokens and webhooks there are."""
    with unit_of_work(actor) as ctx:
        policy = ctx.policy_history.on(ctx.today)
        return Machines(
            tokens(ctx), webhooks(ctx), ctx.now, policy.time_zone, policy.token_longest_days, policy.events_kept_days
        )


def call_log(
    actor: Actor, webhook: int | None, state: str | None, before: int | None, limit: int
) -> tuple[CallRow, ...]:
    """Part of the log of calls."""
    with unit_of_work(actor) as ctx:
        wanted = DeliveryState(state) if state else None
        return calls(ctx, webhook_id=webhook, state=wanted, before=before, limit=limit)


def event_log(actor: Actor, kind: str | None, before: int | None, limit: int) -> tuple[tuple[int, EventRow], ...]:
    """Part of the newest events."""
    with unit_of_work(actor) as ctx:
        return events_lately(ctx, kind, before, limit)
