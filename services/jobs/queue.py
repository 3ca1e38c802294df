"""The job table and its moves: queued -> running -> done | failed, or back to queued for another attempt.

A job is claimed in a transaction of its own, which anyone can see (`running`, `attempts`). Then its work and its end
are one transaction that holds the row: when the worker dies, Postgres ends that transaction, nothing of it remains, and
the row is free. So a started job that nobody holds is a lost one, without any heartbeat; and `attempts` tells a worker
that comes late that its claim is void.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from db.enums import JobState
from db.models import Job
from services.context import Context
from services.jobs.rules import ABANDONED_AFTER, KEEP_DONE, KEEP_FAILED, MOST_ATTEMPTS, retry_delay

#: What is written down of a job whose worker was killed, or whose machine went away.
WORKER_LOST = "the worker ended in the middle of this job"

#: A machine that vanishes without closing its connection would hold its job for two hours by default.
_NOTICE_LOST_MACHINES = text(
    "SELECT set_config('tcp_keepalives_idle', '30', true), set_config('tcp_keepalives_interval', '10', true), "
    "set_config('tcp_keepalives_count', '3', true)"
)


@dataclass(frozen=True)
class ClaimedJob:
    """A job that this worker is to do; `attempt` counts from 1."""

    id: int
    name: str
    key: str
    arguments: Mapping[str, Any]
    attempt: int


@dataclass(frozen=True)
class JobRow:
    """A job as it is shown."""

    id: int
    name: str
    key: str
    state: str
    run_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    attempts: int
    error: str | None


# --- commands


def enqueue(
    ctx: Context,
    name: str,
    key: str = "",
    arguments: Mapping[str, Any] | None = None,
    run_at: dt.datetime | None = None,
) -> None:
    """Ask for a job once this transaction has committed; an equal one (name, key) that waits already is the same wish.

    Call it last: until the commit, others who wish for the same wait. DO UPDATE, never DO NOTHING: it locks the waiting
    row, so that no worker can take it up before what this transaction changed is there to be seen. A job that waits for
    another attempt keeps its time.
    """
    row = insert(Job).values(
        name=name,
        unique_key=key,
        arguments=dict(arguments or {}),
        state=JobState.QUEUED.value,
        run_at=run_at or ctx.now,
    )
    earlier = case((Job.attempts == 0, func.least(Job.run_at, row.excluded.run_at)), else_=Job.run_at)
    ctx.session.execute(
        row.on_conflict_do_update(
            index_elements=[Job.name, Job.unique_key],
            index_where=text("state = 'queued'"),
            set_={"run_at": earlier, "arguments": row.excluded.arguments},
        )
    )


def claim(ctx: Context, names: Collection[str]) -> ClaimedJob | None:
    """Take the job that is due longest, of those this worker knows; None when nothing is due or free."""
    due = (Job.state == JobState.QUEUED.value, Job.run_at <= ctx.now, Job.name.in_(sorted(names)))
    candidate = select(Job).where(*due).order_by(Job.run_at, Job.id).limit(1).with_for_update(skip_locked=True)
    row = ctx.session.execute(candidate).scalar_one_or_none()
    if row is None:
        return None
    row.state, row.started_at, row.attempts = JobState.RUNNING.value, ctx.now, row.attempts + 1
    ctx.session.flush()
    return ClaimedJob(row.id, row.name, row.unique_key, row.arguments, row.attempts)


def hold(ctx: Context, job: ClaimedJob) -> bool:
    """Hold a claimed job for the rest of this transaction; False when the claim has passed to somebody else."""
    ctx.session.execute(_NOTICE_LOST_MACHINES)
    still = select(Job.id).where(_is_attempt(job)).with_for_update()
    return ctx.session.execute(still).scalar_one_or_none() is not None


def finish(ctx: Context, job: ClaimedJob, finding: str | None = None) -> None:
    """Note the end of a job in the transaction of its work. A finding is what it found wrong: it is shown as failed."""
    state = JobState.DONE if finding is None else JobState.FAILED
    ctx.session.execute(
        update(Job).where(_is_attempt(job)).values(state=state.value, finished_at=ctx.now, error=finding)
    )


def fail(ctx: Context, job: ClaimedJob, error: str, chance: float | None = None) -> None:
    """Have a job that went wrong tried again later, or give it up after MOST_ATTEMPTS."""
    row = ctx.session.execute(select(Job).where(_is_attempt(job)).with_for_update()).scalar_one_or_none()
    if row is not None:
        _send_back(ctx, row, error, chance)


def free_abandoned(ctx: Context, chance: float | None = None) -> int:
    """Send back the jobs whose worker died; how many. A living worker holds its row, so that this passes it by."""
    lost = and_(Job.state == JobState.RUNNING.value, Job.started_at <= ctx.now - ABANDONED_AFTER)
    rows = ctx.session.execute(select(Job).where(lost).with_for_update(skip_locked=True)).scalars().all()
    for row in rows:
        _send_back(ctx, row, WORKER_LOST, chance)
    return len(rows)


def _send_back(ctx: Context, row: Job, error: str, chance: float | None) -> None:
    row.error = error
    if row.attempts >= MOST_ATTEMPTS:
        row.state, row.finished_at = JobState.FAILED.value, ctx.now
        ctx.session.flush()
        _tell_given_up(ctx, row)
        return
    again = ctx.now + retry_delay(row.attempts, random.random() if chance is None else chance)  # noqa: S311
    twin = _waiting(ctx, row.name, row.unique_key)
    if twin is not None:
        # The same was wished for meanwhile: one of the two is enough, and it must not slip past the waiting time.
        twin.attempts, twin.run_at, twin.error = row.attempts, max(again, twin.run_at), error
        ctx.session.delete(row)
    else:
        row.state, row.run_at, row.started_at = JobState.QUEUED.value, again, None
    ctx.session.flush()


def _tell_given_up(ctx: Context, row: Job) -> None:
    from services.notifications.noticing import notify  # which asks for jobs itself

    notify(ctx, "job_given_up", f"job:{row.id}", params={"job": row.name, "reason": row.error})


def _waiting(ctx: Context, name: str, key: str) -> Job | None:
    same = (Job.name == name, Job.unique_key == key, Job.state == JobState.QUEUED.value)
    return ctx.session.execute(select(Job).where(*same).with_for_update()).scalar_one_or_none()


def _is_attempt(job: ClaimedJob) -> ColumnElement[bool]:
    return and_(Job.id == job.id, Job.state == JobState.RUNNING.value, Job.attempts == job.attempt)


def prune(ctx: Context) -> int:
    """Remove jobs that have been over for long; how many."""
    is_old = or_(
        and_(Job.state == JobState.DONE.value, Job.finished_at < ctx.now - KEEP_DONE),
        and_(Job.state == JobState.FAILED.value, Job.finished_at < ctx.now - KEEP_FAILED),
    )
    return len(ctx.session.execute(delete(Job).where(is_old).returning(Job.id)).all())


# --- reads


def was_asked_for(ctx: Context, name: str, key: str) -> bool:
    """Whether a job of this name and key is known, in whatever state."""
    known = select(Job.id).where(Job.name == name, Job.unique_key == key).limit(1)
    return ctx.session.execute(known).first() is not None


def jobs(ctx: Context, state: JobState | None = None, limit: int = 50) -> tuple[JobRow, ...]:
    """Jobs, failed ones first, then the newest."""
    found = select(
        Job.id,
        Job.name,
        Job.unique_key,
        Job.state,
        Job.run_at,
        Job.started_at,
        Job.finished_at,
        Job.attempts,
        Job.error,
    )
    if state is not None:
        found = found.where(Job.state == state.value)
    order = ((Job.state == JobState.FAILED.value).desc(), Job.run_at.desc(), Job.id.desc())
    return tuple(JobRow(*row) for row in ctx.session.execute(found.order_by(*order).limit(limit)))
