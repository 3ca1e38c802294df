"""One message from beginning to end, for the worker (a job's errand) and for a test message of a person."""

from __future__ import annotations

import datetime as dt
import logging
import secrets
from collections.abc import Mapping
from typing import Any

from services.context import Actor, Context, unit_of_work
from services.errors import N_, RefusedError
from services.notifications import deliveries, targets
from services.notifications.carrying import carry
from services.notifications.deliveries import Wrong
from services.notifications.rows import Compose, Parcel

_LOG = logging.getLogger("greyledger.notifications")


def begin(ctx: Context, arguments: Mapping[str, Any]) -> Parcel | None:
    """The part of a sending that belongs into the job's transaction."""
    return deliveries.take(ctx, arguments["target"], arguments["deliveries"])


def deliver(parcel: Parcel, compose: Compose, now: dt.datetime | None = None) -> None:
    """Send a parcel that was taken, outside of any transaction, and note how it ended."""
    wrong = _carried(parcel, compose)
    with unit_of_work(now=now) as ctx:
        deliveries.note(ctx, parcel, wrong)


def _carried(parcel: Parcel, compose: Compose) -> Wrong | None:
    try:
        letter = compose(parcel)
    except Exception as error:
        return _fault(parcel, error, error)
    try:
        carry(parcel, letter)
    except RefusedError as refusal:
        return Wrong(refusal.template, refusal.params)
    except Exception as error:
        # Without the error's own words: a library may have put the address into them.
        return _fault(parcel, error, None)
    return None


def _fault(parcel: Parcel, error: Exception, shown: Exception | None) -> Wrong:
    """Whatever a letter or a library does wrong is this sending's, and has an id under which the log has it."""
    fault_id = secrets.token_hex(4)
    kind = type(error).__name__
    _LOG.error("sending to %s %s: fault %s, %s", parcel.channel, parcel.masked, fault_id, kind, exc_info=shown)
    return Wrong(N_("Something went wrong while sending. The log has it under %(id)s."), {"id": fault_id})


def send_test(actor: Actor, target_id: int, compose: Compose) -> None:
    """Send a test message now; an address that it reached is used from then on.

    Raises:
        RefusedError: it was not sent; the sentence says why.
    """
    with unit_of_work(actor) as ctx:
        parcel = targets.test_parcel(ctx, target_id)
    wrong = _carried(parcel, compose)
    if wrong is not None:
        raise RefusedError(wrong.template, **wrong.params)
    with unit_of_work(actor) as ctx:
        targets.verified(ctx, target_id)
