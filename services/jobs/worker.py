"""The worker: looks at the clock, does what is due, and waits a moment when nothing is."""

from __future__ import annotations

import datetime as dt
import logging
import secrets
import threading
import time
from collections.abc import Collection

from services.context import unit_of_work
from services.errors import RefusedError
from services.jobs import kinds, queue
from services.jobs.queue import ClaimedJob
from services.jobs.schedule import look_at_the_clock
from services.machines.delivering import run_deliveries
from services.notifications.errand import deliver
from services.notifications.noticing import SEND
from services.notifications.plain_letters import plain_letter
from services.notifications.rows import Compose, Parcel

_LOG = logging.getLogger("greyledger.jobs")

#: How soon a worker that has nothing to do sees a new job.
PAUSE_SECONDS = 0.5
_CLOCK_SECONDS = 5.0
_LONGEST_PAUSE_SECONDS = 60.0
#: How long a message under way may go on after the worker was told to stop; then it counts as lost.
_SENDER_SECONDS = 15.0


def work_one(
    now: dt.datetime | None = None, compose: Compose = plain_letter, names: Collection[str] | None = None
) -> bool:
    """Do one job that is due (of these names), its work and its end in one transaction; False when there was none.

    Whatever goes wrong in a job is that job's: it is noted there and tried again later. A message that a job leaves
    behind is sent when the transaction is over; how it went is noted at the message.
    """
    parcel: Parcel | None = None
    with unit_of_work(now=now) as ctx:
        job = queue.claim(ctx, kinds.KINDS if names is None else names)
    if job is None:
        return False
    try:
        with unit_of_work(now=now) as ctx:
            if queue.hold(ctx, job):
                done = kinds.KINDS[job.name](ctx, job.arguments)
                queue.finish(ctx, job, done if isinstance(done, str) else None)
                parcel = done if isinstance(done, Parcel) else None
    except Exception as error:
        sentence = _described(job, error)
        with unit_of_work(now=now) as ctx:
            queue.fail(ctx, job, sentence)
    if parcel is not None:
        deliver(parcel, compose, now)
    return True


def _described(job: ClaimedJob, error: Exception) -> str:
    """The sentence of a refusal; of anything else the kind and an id under which the log has it."""
    if isinstance(error, RefusedError):
        return str(error)
    fault_id = secrets.token_hex(4)
    _LOG.error("job %s %s %r, attempt %s: fault %s", job.id, job.name, job.key, job.attempt, fault_id, exc_info=error)
    return f"{type(error).__name__}, in the log under {fault_id}"


def run_worker(stop: threading.Event, compose: Compose = plain_letter) -> None:
    """Work until told to stop; the job in hand is finished first. While the database is away, ask less often.

    Messages and calls of webhooks are sent beside the other work, each in a thread of its own: a slow receiver makes
    only its like wait.
    `compose` writes them in their reader's words.
    """
    sender = threading.Thread(target=_work, args=(stop, compose, {SEND}), name="sender", daemon=True)
    sender.start()
    caller = threading.Thread(target=run_deliveries, args=(stop,), name="caller", daemon=True)
    caller.start()
    _work(stop, compose, kinds.KINDS.keys() - {SEND}, looks_at_clock=True)
    sender.join(_SENDER_SECONDS)
    caller.join(_SENDER_SECONDS)


def _work(stop: threading.Event, compose: Compose, names: Collection[str], *, looks_at_clock: bool = False) -> None:
    pause, looked_at = PAUSE_SECONDS, float("-inf")
    while not stop.is_set():
        try:
            if looks_at_clock and time.monotonic() - looked_at >= _CLOCK_SECONDS:
                with unit_of_work() as ctx:
                    look_at_the_clock(ctx)
                looked_at = time.monotonic()
            if not work_one(compose=compose, names=names):
                stop.wait(PAUSE_SECONDS)
            pause = PAUSE_SECONDS
        except Exception:
            _LOG.exception("the queue could not be read or written; asking again in %.1f s", pause)
            stop.wait(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
