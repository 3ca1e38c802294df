"""Webhooks: which addresses are called with which events, set by administrators (docs/api.md).

What is to be sent is a row for each event and webhook, made when the event gets its place (services/events.py); the
sending is in `delivering`.
"""

from __future__ import annotations

import base64
import datetime as dt
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update

from db.enums import DeliveryState
from db.models import CustomerKey, MachineEvent, Webhook, WebhookDelivery
from services import access, data_versions, ledger
from services.context import Context
from services.errors import N_, NotFoundError, RefusedError
from services.events import EVENT_KINDS, place_new
from services.machines.calling import ensure_callable
from services.notifications.safekeeping import sealed
from services.states import Transitions, ensure_fresh, ensure_transition

SECRET_PREFIX = "whsec_"  # noqa: S105  (what every such secret begins with)
_SECRET_BYTES = 32
QUEUED, SENDING, SENT = DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.SENT
FAILED, GIVEN_UP = DeliveryState.FAILED, DeliveryState.GIVEN_UP
CALL_TRANSITIONS: Transitions = {
    QUEUED: frozenset({SENDING, GIVEN_UP}),
    SENDING: frozenset({SENT, FAILED, GIVEN_UP}),
    SENT: frozenset({QUEUED}),
    FAILED: frozenset({SENDING, GIVEN_UP}),
    GIVEN_UP: frozenset({QUEUED}),
}
REMOVED = N_("The webhook was removed before this was sent.")


@dataclass(frozen=True)
class WebhookRow:
    """A webhook as it is shown; its secret is not. Counts are of the calls that the log still has."""

    id: int
    url: str
    kinds: tuple[str, ...]
    is_active: bool
    added_by: str
    added_at: dt.datetime
    failures: int
    rests_until: dt.datetime | None
    version: int
    waiting: int
    given_up: int
    last_sent_at: dt.datetime | None


@dataclass(frozen=True)
class NewWebhook:
    """A webhook just added, or with a new secret; `secret` is shown this once."""

    id: int
    secret: str


@dataclass(frozen=True)
class CallRow:
    """One event on its way to one webhook, in the log. `error`: {template, params} of what went wrong last."""

    id: int
    webhook_id: int
    url: str
    kind: str
    customer_no: str | None
    state: DeliveryState
    attempts: int
    queued_at: dt.datetime
    next_at: dt.datetime
    sent_at: dt.datetime | None
    status_code: int | None
    took_ms: int | None
    error: dict[str, Any] | None


# --- commands


def add_webhook(ctx: Context, url: str, kinds: Collection[str]) -> NewWebhook:
    """Have an address called with events of these kinds from now on. The secret is in the answer and nowhere else.

    Raises:
        NotAllowedError, RefusedError: nothing was added.
    """
    access.ensure_may(ctx, "api.manage")
    address, wanted = url.strip(), _known(kinds)
    ensure_callable(address)
    same = select(Webhook.id).where(Webhook.url == address, Webhook.removed_at.is_(None))
    if ctx.session.scalar(same) is not None:
        raise RefusedError(N_("There is a webhook with this address already. Change its events instead."))
    place_new(ctx)
    secret = _new_secret()
    row = Webhook(
        url=address, kinds=wanted, secret=sealed(secret), is_active=True, added_by=ctx.actor.login, added_at=ctx.now
    )
    ctx.session.add(row)
    ctx.session.flush()
    _record(ctx, "webhook.added", row, after={"url": address, "kinds": wanted})
    return NewWebhook(row.id, secret)


def change_kinds(ctx: Context, webhook_id: int, version: int, kinds: Collection[str]) -> None:
    """Choose anew which events a webhook gets; those that wait already are sent.

    Raises:
        NotAllowedError, NotFoundError, StaleError, RefusedError: nothing was changed.
    """
    row, wanted = _opened(ctx, webhook_id, version), _known(kinds)
    before, row.kinds = {"kinds": row.kinds}, wanted
    _record(ctx, "webhook.kinds_changed", row, before=before, after={"url": row.url, "kinds": wanted})


def set_active(ctx: Context, webhook_id: int, version: int, *, is_active: bool) -> None:
    """Stop calling a webhook, or go on: what waits then is sent, what happened meanwhile is not.

    Raises:
        NotAllowedError, NotFoundError, StaleError: nothing was changed.
    """
    row = _opened(ctx, webhook_id, version)
    row.is_active, row.failures, row.rests_until = is_active, 0, None
    _record(ctx, "webhook.resumed" if is_active else "webhook.paused", row, after={"url": row.url})


def renew_secret(ctx: Context, webhook_id: int, version: int) -> NewWebhook:
    """Sign with a new secret from now on; the old one is gone.

    Raises:
        NotAllowedError, NotFoundError, StaleError: nothing was changed.
    """
    row, secret = _opened(ctx, webhook_id, version), _new_secret()
    row.secret = sealed(secret)
    _record(ctx, "webhook.secret_renewed", row, after={"url": row.url})
    return NewWebhook(row.id, secret)


def remove_webhook(ctx: Context, webhook_id: int, version: int) -> None:
    """Never call a webhook again; what still waits for it is given up.

    Raises:
        NotAllowedError, NotFoundError, StaleError: nothing was changed.
    """
    row = _opened(ctx, webhook_id, version)
    row.is_active, row.removed_at = False, ctx.now
    waiting = (WebhookDelivery.webhook_id == row.id, WebhookDelivery.state.in_((QUEUED, FAILED)))
    error = {"template": REMOVED, "params": {}}
    ctx.session.execute(update(WebhookDelivery).where(*waiting).values(state=GIVEN_UP, error=error))
    _record(ctx, "webhook.removed", row, after={"url": row.url})


def send_again(ctx: Context, delivery_id: int) -> None:
    """Have a call that arrived or was given up sent once more, with the same `webhook-id`.

    Raises:
        NotAllowedError, NotFoundError, IllegalMoveError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "api.manage")
    row = ctx.session.get(WebhookDelivery, delivery_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFoundError(N_("This call does not exist."))
    ensure_transition(CALL_TRANSITIONS, row.state, QUEUED)
    hook = ctx.session.get_one(Webhook, row.webhook_id)
    if hook.removed_at is not None:
        raise RefusedError(N_("The webhook was removed. Nothing can be sent to it any more."))
    row.state, row.attempts, row.next_at, row.sent_at, row.error = QUEUED, 0, ctx.now, None, None
    hook.rests_until = None
    _record(ctx, "webhook.sent_again", hook, after={"url": hook.url, "event": row.event_id})


def _new_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def _known(kinds: Collection[str]) -> list[str]:
    if not kinds:
        raise RefusedError(N_("Choose at least one kind of event."))
    for kind in kinds:
        if kind not in EVENT_KINDS:
            raise RefusedError(N_("There is no kind of event called %(kind)s."), kind=kind)
    return [kind for kind in EVENT_KINDS if kind in set(kinds)]


def _opened(ctx: Context, webhook_id: int, version: int) -> Webhook:
    """A webhook to be changed. What happened until now gets its place first: it goes by what held then."""
    access.ensure_may(ctx, "api.manage")
    place_new(ctx)
    row = ctx.session.get(Webhook, webhook_id, with_for_update=True, populate_existing=True)
    if row is None or row.removed_at is not None:
        raise NotFoundError(N_("There is no such webhook."))
    ensure_fresh(version, row.version)
    row.version, row.changed_at = row.version + 1, ctx.now
    return row


def _record(
    ctx: Context, action: str, row: Webhook, *, before: dict[str, Any] | None = None, after: dict[str, Any]
) -> None:
    """The ledger has everything but the secret."""
    ctx.session.flush()
    ledger.record(ctx, action, f"webhook:{row.id}", before=before, after=after)
    data_versions.bump(ctx, "machines")


# --- reads


def webhooks(ctx: Context) -> tuple[WebhookRow, ...]:
    """The webhooks there are, the newest first.

    Raises:
        NotAllowedError: the actor may not see them.
    """
    access.ensure_may(ctx, "webhook.read")
    one = WebhookDelivery
    counts = (
        select(
            one.webhook_id, func.count().filter(one.state.in_((QUEUED, SENDING, FAILED))).label("waiting"),
            func.count().filter(one.state == GIVEN_UP).label("given_up"), func.max(one.sent_at).label("last_sent_at"),
        )
        .group_by(one.webhook_id)
        .subquery()
    )  # fmt: skip
    found = (
        select(
            Webhook.id, Webhook.url, Webhook.kinds, Webhook.is_active, Webhook.added_by, Webhook.added_at,
            Webhook.failures, Webhook.rests_until, Webhook.version, func.coalesce(counts.c.waiting, 0),
            func.coalesce(counts.c.given_up, 0), counts.c.last_sent_at,
        )
        .outerjoin(counts, counts.c.webhook_id == Webhook.id)
        .where(Webhook.removed_at.is_(None))
        .order_by(Webhook.id.desc())
    )  # fmt: skip
    return tuple(WebhookRow(row[0], row[1], tuple(row[2]), *row[3:]) for row in ctx.session.execute(found))


def calls(
    ctx: Context,
    *,
    webhook_id: int | None = None,
    state: DeliveryState | None = None,
    before: int | None = None,
    limit: int = 50,
) -> tuple[CallRow, ...]:
    """The log of calls, the newest first; those before one, to go on.

    Raises:
        NotAllowedError: the actor may not see it.
    """
    access.ensure_may(ctx, "api.read")
    one = WebhookDelivery
    found = (
        select(
            one.id, one.webhook_id, Webhook.url, MachineEvent.kind, CustomerKey.customer_no, one.state, one.attempts,
            one.queued_at, one.next_at, one.sent_at, one.status_code, one.took_ms, one.error,
        )
        .join(Webhook, Webhook.id == one.webhook_id)
        .join(MachineEvent, MachineEvent.id == one.event_id)
        .outerjoin(CustomerKey, CustomerKey.customer_id == MachineEvent.customer_id)
        .order_by(one.id.desc())
        .limit(limit)
    )  # fmt: skip
    for column, wanted in ((one.webhook_id, webhook_id), (one.state, state)):
        if wanted is not None:
            found = found.where(column == wanted)
    if before is not None:
        found = found.where(one.id < before)
    return tuple(CallRow(**{**row._mapping, "state": DeliveryState(row.state)}) for row in ctx.session.execute(found))
