"""The sending of events to webhooks: the table of calls is the queue, and any number of workers may take from it.

A worker takes the call that is due longest in a short transaction, makes it outside of any, and notes the end in
another. A receiver that failed rests a moment, so that one that is dead costs one time limit a rest and delays no
other. A call is tried again with growing waits and is given up after MOST_ATTEMPTS; administrators are told once.
It may arrive twice (the answer got lost): its `webhook-id` is the same then.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import random
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, or_, select, update

from db.models import CustomerKey, MachineEvent, Webhook, WebhookDelivery
from services import data_versions, ledger
from services.context import Context, unit_of_work
from services.errors import N_, RefusedError
from services.events import as_json, place_new
from services.machines.calling import Call, CallFailedError, make_call
from services.machines.webhooks import FAILED, GIVEN_UP, QUEUED, SENDING, SENT
from services.notifications.noticing import notify
from services.notifications.safekeeping import opened

_LOG = logging.getLogger("greyledger.webhooks")

#: About five hours after the first attempt.
MOST_ATTEMPTS = 12
_FIRST_WAIT, _LONGEST_WAIT = dt.timedelta(seconds=10), dt.timedelta(hours=2)
_FIRST_REST, _LONGEST_REST = dt.timedelta(seconds=5), dt.timedelta(minutes=5)
#: A call that is not over after this time has lost its worker. No call may take as long (`calling`).
LOST_AFTER = dt.timedelta(minutes=2)
#: How long what is over stays in the log.
KEPT = dt.timedelta(days=30)
#: How soon an event is seen once it has committed.
PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 60.0
_LOST = N_("The worker ended while this was being sent, so that it is not known whether it arrived.")


@dataclass(frozen=True)
class Ending:
    """How a call went: what was answered, how long it took, and why it was not taken."""

    status: int | None
    took_ms: int
    template: str | None = None
    params: Mapping[str, Any] | None = None


# --- rules


def wait_after(attempts: int, chance: float) -> dt.timedelta:
    """How long to wait after so many failed attempts: doubled each time, up to two hours; half of it is by `chance`."""
    longest = min(_LONGEST_WAIT, _FIRST_WAIT * (1 << min(max(attempts, 1) - 1, 20)))
    return longest * (0.5 + 0.5 * chance)


def rest_after(failures: int) -> dt.timedelta:
    """How long a receiver is left alone after so many failures in a row."""
    return min(_LONGEST_REST, _FIRST_REST * (1 << min(max(failures, 1) - 1, 20)))


def event_as_json(
    event_id: int, kind: str, at: dt.datetime, customer_no: str | None, payload: Mapping[str, Any]
) -> dict[str, Any]:
    """An event as it is read and as it is sent: the same at both doors."""
    return {
        "id": f"evt_{event_id}", "type": kind, "timestamp": as_json(at), "customer_no": customer_no,
        "data": dict(payload),
    }  # fmt: skip


# --- the worker's part


def deliver_next(now: dt.datetime | None = None) -> bool:
    """Make the call that is due longest; False when none is."""
    with unit_of_work(now=now) as ctx:
        place_new(ctx)
        call = _take(ctx)
    if call is None:
        return False
    ending = _made(call)
    with unit_of_work(now=now) as ctx:
        _note(ctx, call.delivery_id, ending)
    return True


def run_deliveries(stop: threading.Event) -> None:
    """Send until told to stop; while the database is away, ask less often."""
    pause = PAUSE_SECONDS
    while not stop.is_set():
        try:
            if not deliver_next():
                stop.wait(PAUSE_SECONDS)
            pause = PAUSE_SECONDS
        except Exception:
            _LOG.exception("webhooks could not be looked at; asking again in %.1f s", pause)
            stop.wait(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


def _take(ctx: Context) -> Call | None:
    _free_lost(ctx)
    due = (
        select(WebhookDelivery, Webhook)
        .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
        .where(
            WebhookDelivery.state.in_((QUEUED, FAILED)), WebhookDelivery.next_at <= ctx.now, Webhook.is_active,
            or_(Webhook.rests_until.is_(None), Webhook.rests_until <= ctx.now),
        )
        .order_by(WebhookDelivery.next_at, WebhookDelivery.id)
        .limit(1)
        .with_for_update(of=WebhookDelivery, skip_locked=True)
    )  # fmt: skip
    found = ctx.session.execute(due).first()
    if found is None:
        return None
    row, hook = found
    row.state, row.attempts, row.next_at = SENDING, row.attempts + 1, ctx.now + LOST_AFTER
    ctx.session.flush()
    event = ctx.session.execute(
        select(MachineEvent, CustomerKey.customer_no)
        .outerjoin(CustomerKey, CustomerKey.customer_id == MachineEvent.customer_id)
        .where(MachineEvent.id == row.event_id)
    ).one()
    one: MachineEvent = event[0]
    body = event_as_json(one.id, one.kind, one.at, event[1], one.payload)
    try:
        secret = opened(hook.secret)
    except RefusedError as refusal:
        _end(ctx, row, hook, Ending(None, 0, refusal.template, refusal.params))
        return None
    return Call(row.id, hook.url, secret, body["id"], json.dumps(body, ensure_ascii=False, separators=(",", ":")))


def _free_lost(ctx: Context) -> None:
    lost = (WebhookDelivery.state == SENDING, WebhookDelivery.next_at <= ctx.now)
    error = {"template": _LOST, "params": {}}
    ctx.session.execute(update(WebhookDelivery).where(*lost).values(state=FAILED, error=error))


def _made(call: Call) -> Ending:
    began = time.monotonic()
    try:
        status = make_call(call)
    except CallFailedError as failed:
        return Ending(failed.status, _since(began), failed.template, failed.params)
    except RefusedError as refusal:
        return Ending(None, _since(began), refusal.template, refusal.params)
    except Exception:
        fault_id = secrets.token_hex(4)
        _LOG.exception("call %s: fault %s", call.delivery_id, fault_id)
        return Ending(None, _since(began), _FAULT, {"id": fault_id})
    return Ending(status, _since(began))


_FAULT = N_("Something went wrong while sending. The log has it under %(id)s.")


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _note(ctx: Context, delivery_id: int, ending: Ending) -> None:
    """Note how a call went. Where somebody else has noted it meanwhile, nothing changes."""
    row = ctx.session.get(WebhookDelivery, delivery_id, with_for_update=True)
    if row is None or row.state != SENDING:
        return
    hook = ctx.session.get_one(Webhook, row.webhook_id, with_for_update=True)
    _end(ctx, row, hook, ending)


def _end(ctx: Context, row: WebhookDelivery, hook: Webhook, ending: Ending) -> None:
    row.status_code, row.took_ms = ending.status, ending.took_ms
    if ending.template is None:
        row.state, row.sent_at, row.error = SENT, ctx.now, None
        hook.failures, hook.rests_until, hook.told_at = 0, None, None
    else:
        row.error = {"template": ending.template, "params": ledger.plain(dict(ending.params or {}))}
        hook.failures += 1
        hook.rests_until = ctx.now + rest_after(hook.failures)
        is_over = row.attempts >= MOST_ATTEMPTS or hook.removed_at is not None
        row.state = GIVEN_UP if is_over else FAILED
        row.next_at = ctx.now + wait_after(row.attempts, random.random())  # noqa: S311
    ctx.session.flush()
    data_versions.bump(ctx, "machines")
    if row.state == GIVEN_UP and hook.told_at is None and hook.removed_at is None:
        hook.told_at = ctx.now
        ctx.session.flush()
        params = {"address": hook.url, "reason": row.error}
        notify(ctx, "webhook_given_up", f"webhook:{hook.id}", params=params, link="machines?tab=webhooks")


def prune_calls(ctx: Context) -> None:
    """Forget calls that were over long ago, and those whose event is not kept any more."""
    over = WebhookDelivery.state.in_((SENT, GIVEN_UP))
    ctx.session.execute(delete(WebhookDelivery).where(over, WebhookDelivery.queued_at < ctx.now - KEPT))
    kept = select(MachineEvent.id).where(MachineEvent.id == WebhookDelivery.event_id).exists()
    ctx.session.execute(delete(WebhookDelivery).where(~kept, WebhookDelivery.state != SENDING))
