"""The worker: looks at the clock, does what is due, and waits a moment when nothing is."""

from __future__ import annotations

import datetime as dt
import logging
import secrets
import threading
import time

from services.context import unit_of_work
from services.errors import RefusedError
from services.jobs import kinds, queue
from services.jobs.queue import ClaimedJob
from services.jobs.schedule import look_at_the_clock

_LOG = logging.getLogger("greyledger.jobs")

#: How soon a worker that has nothing to do sees a new job.
PAUSE_SECONDS = 0.5
_CLOCK_SECONDS = 5.0
_LONGEST_PAUSE_SECONDS = 60.0


def work_one(now: dt.datetime | None = None) -> bool:
    """Do one job that is due, its work and its end in one transaction; False when there was none.

    Whatever goes wrong in a job is that job's: it is noted there and tried again later.
    """
    with unit_of_work(now=now) as ctx:
        job = queue.claim(ctx, kinds.KINDS)
    if job is None:
        return False
    try:
        with unit_of_work(now=now) as ctx:
            if queue.hold(ctx, job):
                queue.finish(ctx, job, kinds.KINDS[job.name](ctx, job.arguments))
    except Exception as error:
        sentence = _described(job, error)
        with unit_of_work(now=now) as ctx:
            queue.fail(ctx, job, sentence)
    return True


def _described(job: ClaimedJob, error: Exception) -> str:
    """The sentence of a refusal; of anything else the kind and an id under which the log has it."""
    if isinstance(error, RefusedError):
        return str(error)
    fault_id = secrets.token_hex(4)
    _LOG.error("job %s %s %r, attempt %s: fault %s", job.id, job.name, job.key, job.attempt, fault_id, exc_info=error)
    return f"{type(error).__name__}, in the log under {fault_id}"


def run_worker(stop: threading.Event) -> None:
    """Work until told to stop; the job in hand is finished first. While the database is away, ask less often."""
    pause, looked_at = PAUSE_SECONDS, float("-inf")
    while not stop.is_set():
        try:
            if time.monotonic() - looked_at >= _CLOCK_SECONDS:
                with unit_of_work() as ctx:
                    look_at_the_clock(ctx)
                looked_at = time.monotonic()
            if not work_one():
                stop.wait(PAUSE_SECONDS)
            pause = PAUSE_SECONDS
        except Exception:
            _LOG.exception("the queue could not be read or written; asking again in %.1f s", pause)
            stop.wait(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
