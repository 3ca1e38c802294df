"""The queue: each wish once, taken in order, tried again at exact times, given up with its sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select, text

from db.enums import JobState
from db.models import Job
from services.context import Context, unit_of_work
from services.errors import N_, RefusedError
from services.jobs import kinds, queue
from services.jobs.queue import WORKER_LOST, ClaimedJob, claim, enqueue, fail, finish, free_abandoned, hold, prune
from services.jobs.rules import MOST_ATTEMPTS
from services.jobs.worker import work_one

NOON = dt.datetime(2025, 6, 30, 4, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


def rows(ctx: Context) -> list[Job]:
    ctx.session.expire_all()
    return list(ctx.session.execute(select(Job).order_by(Job.id)).scalars())


def claimed(ctx: Context, *names: str) -> ClaimedJob:
    job = claim(ctx, names or ("score",))
    assert job is not None
    return job


# One wish


def test_an_equal_wish_that_waits_is_the_same_one_at_the_earlier_time(ctx: Context) -> None:
    enqueue(ctx, "score", "C1", {"n": 1}, NOON + 60 * SECOND)
    enqueue(ctx, "score", "C1", {"n": 2})
    enqueue(ctx, "score", "C1", {"n": 3}, NOON + 90 * SECOND)
    enqueue(ctx, "score", "C2")
    enqueue(ctx, "warn", "C1")
    found = [(one.name, one.unique_key, one.arguments, one.run_at, one.state, one.attempts) for one in rows(ctx)]
    assert found == [
        ("score", "C1", {"n": 3}, NOON, "queued", 0),
        ("score", "C2", {}, NOON, "queued", 0),
        ("warn", "C1", {}, NOON, "queued", 0),
    ]


def test_a_wish_made_while_an_equal_one_is_being_done_is_another_one(ctx: Context) -> None:
    """What changed after the work began has to be looked at again."""
    enqueue(ctx, "score")
    claimed(ctx)
    enqueue(ctx, "score")
    assert [one.state for one in rows(ctx)] == ["running", "queued"]


def test_a_wish_is_gone_with_the_transaction_that_made_it(database: str) -> None:
    with unit_of_work() as ctx:
        enqueue(ctx, "score")
        ctx.session.rollback()
    with unit_of_work() as ctx:
        assert rows(ctx) == []


def test_no_worker_takes_a_wish_before_the_change_that_repeated_it_is_there(database: str) -> None:
    with unit_of_work(now=NOON) as ctx:
        enqueue(ctx, "score")
    with unit_of_work(now=NOON) as changing:
        enqueue(changing, "score")
        with unit_of_work(now=NOON) as worker:
            assert claim(worker, ["score"]) is None
    with unit_of_work(now=NOON) as worker:
        assert claim(worker, ["score"]) is not None


# Taking up


def test_jobs_are_taken_by_their_time_and_never_before_it(ctx: Context) -> None:
    enqueue(ctx, "score", "later", run_at=NOON + SECOND)
    enqueue(ctx, "score", "second")
    enqueue(ctx, "score", "first", run_at=NOON - SECOND)
    assert [claimed(ctx).key, claimed(ctx).key] == ["first", "second"]
    assert claim(ctx, ["score"]) is None
    ctx.now = NOON + SECOND
    assert claimed(ctx).key == "later"


def test_a_worker_leaves_jobs_that_it_does_not_know_to_a_newer_one(ctx: Context) -> None:
    enqueue(ctx, "of_tomorrow")
    assert claim(ctx, ["score"]) is None


def test_a_job_being_done_shows_its_attempt_and_its_start(ctx: Context) -> None:
    enqueue(ctx, "score", "C1", {"customers": [7]})
    assert claimed(ctx) == ClaimedJob(rows(ctx)[0].id, "score", "C1", {"customers": [7]}, 1)
    (row,) = rows(ctx)
    assert (row.state, row.started_at, row.attempts, row.finished_at) == ("running", NOON, 1, None)


def test_the_end_is_noted(ctx: Context) -> None:
    enqueue(ctx, "score")
    job = claimed(ctx)
    assert hold(ctx, job)
    finish(ctx, job)
    (row,) = rows(ctx)
    assert (row.state, row.finished_at, row.error) == ("done", NOON, None)


def test_what_a_job_finds_wrong_is_shown_as_failed_and_not_tried_again(ctx: Context) -> None:
    enqueue(ctx, "score")
    finish(ctx, claimed(ctx), "3 sums were wrong")
    (row,) = rows(ctx)
    assert (row.state, row.error) == ("failed", "3 sums were wrong")
    assert claim(ctx, ["score"]) is None


# Trying again


def test_what_goes_wrong_is_tried_again_at_growing_distances_and_then_given_up(ctx: Context) -> None:
    enqueue(ctx, "score")
    waits = []
    for attempt in range(1, MOST_ATTEMPTS):
        fail(ctx, claimed(ctx), f"attempt {attempt}", chance=1.0)
        (row,) = rows(ctx)
        assert (row.state, row.attempts, row.error, row.started_at) == ("queued", attempt, f"attempt {attempt}", None)
        waits.append((row.run_at - ctx.now).total_seconds())
        ctx.now = row.run_at - SECOND
        assert claim(ctx, ["score"]) is None
        ctx.now = row.run_at
    assert waits == [10, 20, 40, 80, 160, 320, 640, 1280, 2560]
    fail(ctx, claimed(ctx), "the last word", chance=1.0)
    (row,) = rows(ctx)
    assert (row.state, row.attempts, row.error, row.finished_at) == ("failed", 10, "the last word", ctx.now)
    ctx.now += dt.timedelta(days=1)
    assert claim(ctx, ["score"]) is None


def test_chance_spreads_the_next_attempts(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue.random, "random", iter([0.0, 0.5]).__next__)
    for key in ("a", "b"):
        enqueue(ctx, "score", key)
        fail(ctx, claimed(ctx), "no")
    assert [one.run_at - NOON for one in rows(ctx)] == [5 * SECOND, 7.5 * SECOND]


def test_asking_again_does_not_shorten_the_wait_after_a_failure(ctx: Context) -> None:
    enqueue(ctx, "score")
    fail(ctx, claimed(ctx), "no", chance=1.0)
    enqueue(ctx, "score")
    assert [one.run_at for one in rows(ctx)] == [NOON + 10 * SECOND]


def test_an_equal_wish_that_waits_takes_over_from_the_failed_attempt(ctx: Context) -> None:
    enqueue(ctx, "score", arguments={"n": 1})
    job = claimed(ctx)
    enqueue(ctx, "score", arguments={"n": 2})
    fail(ctx, job, "no", chance=1.0)
    (row,) = rows(ctx)
    assert (row.arguments, row.state, row.attempts, row.run_at, row.error) == (
        {"n": 2}, "queued", 1, NOON + 10 * SECOND, "no",
    )  # fmt: skip


# Lost workers


def test_a_started_job_that_nobody_holds_is_sent_back(ctx: Context) -> None:
    enqueue(ctx, "score")
    claimed(ctx)
    ctx.now = NOON + 14 * SECOND
    assert free_abandoned(ctx, chance=1.0) == 0
    ctx.now = NOON + 15 * SECOND
    assert free_abandoned(ctx, chance=1.0) == 1
    (row,) = rows(ctx)
    assert (row.state, row.run_at, row.attempts, row.error) == ("queued", NOON + 25 * SECOND, 1, WORKER_LOST)


def test_a_job_that_kills_each_worker_is_given_up(ctx: Context) -> None:
    enqueue(ctx, "score")
    for _ in range(MOST_ATTEMPTS):
        ctx.now += dt.timedelta(hours=1)
        claimed(ctx)
        ctx.now += 15 * SECOND
        free_abandoned(ctx)
    (row,) = rows(ctx)
    assert (row.state, row.attempts, row.error) == ("failed", 10, WORKER_LOST)


def test_a_job_that_is_being_done_is_not_sent_back_however_long_it_takes(database: str) -> None:
    with unit_of_work(now=NOON) as ctx:
        enqueue(ctx, "score")
    with unit_of_work(now=NOON) as ctx:
        job = claimed(ctx)
    with unit_of_work(now=NOON) as working:
        assert hold(working, job)
        with unit_of_work(now=NOON + dt.timedelta(hours=3)) as other:
            assert free_abandoned(other) == 0


def test_a_claim_is_void_once_the_job_was_sent_back(ctx: Context) -> None:
    enqueue(ctx, "score")
    late = claimed(ctx)
    ctx.now += 15 * SECOND
    free_abandoned(ctx, chance=0.0)
    ctx.now += 5 * SECOND
    assert claimed(ctx).attempt == 2
    assert not hold(ctx, late)
    finish(ctx, late)
    fail(ctx, late, "too late")
    (row,) = rows(ctx)
    assert (row.state, row.attempts, row.error) == ("running", 2, WORKER_LOST)


# Cleaning, showing


def test_what_is_over_is_removed_after_its_time(ctx: Context) -> None:
    for key in ("done", "failed", "waiting"):
        enqueue(ctx, "score", key, run_at=NOON + (60 * SECOND if key == "waiting" else 0 * SECOND))
    finish(ctx, claimed(ctx))
    finish(ctx, claimed(ctx), "wrong")
    for days, left in ((2, ["done", "failed", "waiting"]), (2.01, ["failed", "waiting"]), (30.01, ["waiting"])):
        ctx.now = NOON + dt.timedelta(days=days)
        prune(ctx)
        assert [one.unique_key for one in rows(ctx)] == left


def test_failed_jobs_are_shown_first_then_the_newest(ctx: Context) -> None:
    for place in range(4):
        enqueue(ctx, "score", f"{place}", run_at=NOON + place * SECOND)
    fail_at = claimed(ctx)
    finish(ctx, fail_at, "wrong")
    assert [(one.key, one.state) for one in queue.jobs(ctx)] == [
        ("0", "failed"), ("3", "queued"), ("2", "queued"), ("1", "queued"),
    ]  # fmt: skip
    assert [one.key for one in queue.jobs(ctx, JobState.QUEUED, limit=2)] == ["3", "2"]
    assert [one.error for one in queue.jobs(ctx, JobState.FAILED)] == ["wrong"]


# Doing one


def test_the_work_and_its_end_are_one(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a job wrote before it failed is not there; its failure is."""

    def write_and_fail(ctx: Context, arguments: Mapping[str, Any]) -> None:
        ctx.session.execute(text("INSERT INTO data_version VALUES ('half', 1, now())"))
        raise RefusedError(N_("There is no scorecard of edition %(edition)s."), edition=arguments["edition"])

    monkeypatch.setitem(kinds.KINDS, "half", write_and_fail)
    with unit_of_work(now=NOON) as ctx:
        enqueue(ctx, "half", arguments={"edition": 7})
    assert work_one(NOON)
    assert not work_one(NOON)
    with unit_of_work() as ctx:
        (row,) = rows(ctx)
        assert (row.state, row.attempts, row.error) == ("queued", 1, "There is no scorecard of edition 7.")
        assert ctx.session.execute(text("SELECT count(*) FROM data_version WHERE topic = 'half'")).scalar_one() == 0


def test_a_bug_is_noted_by_kind_and_an_id_that_the_log_has(
    database: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def divide(_ctx: Context, _arguments: Mapping[str, Any]) -> None:
        raise ZeroDivisionError("a secret number")

    monkeypatch.setitem(kinds.KINDS, "divide", divide)
    with unit_of_work(now=NOON) as ctx:
        enqueue(ctx, "divide")
    assert work_one(NOON)
    with unit_of_work() as ctx:
        (error,) = (one.error for one in rows(ctx))
    assert error is not None
    kind, fault_id = error.split(", in the log under ")
    assert kind == "ZeroDivisionError"
    assert [fault_id in record.getMessage() for record in caplog.records] == [True]
