"""Several workers, some of them killed: every job is done, and none twice."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from db.models import Job, LedgerEntry
from services import ledger
from services.context import Context, unit_of_work
from services.jobs import kinds, worker
from services.jobs.queue import enqueue
from services.jobs.rules import ABANDONED_AFTER
from services.jobs.schedule import PERIODIC, look_at_the_clock
from services.jobs.worker import work_one

ROOT = Path(__file__).parents[2]

#: A worker of its own process whose only job writes a ledger entry, and waits inside the job where it is told to.
PROGRAM = """
import sys, threading, time
from services import ledger
from services.jobs import kinds, worker

def note(ctx, arguments):
    ledger.record(ctx, "test.done", str(arguments["place"]))
    print("inside", arguments["place"], flush=True)
    time.sleep(float(sys.argv[1]))

kinds.KINDS.clear()
kinds.KINDS["note"] = note
worker.run_worker(threading.Event())
"""


def note(ctx: Context, arguments: Mapping[str, Any]) -> None:
    ledger.record(ctx, "test.done", str(arguments["place"]))


def done_places() -> Counter[int]:
    with unit_of_work() as ctx:
        entries = select(LedgerEntry.subject).where(LedgerEntry.action == "test.done")
        return Counter(int(subject) for subject in ctx.session.execute(entries).scalars())


def states() -> Counter[str]:
    with unit_of_work() as ctx:
        return Counter(ctx.session.execute(select(Job.state).where(Job.name == "note")).scalars())


def start_worker(database: str, seconds: float) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(seconds)],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_four_workers_at_once_do_each_of_forty_jobs_once(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds.KINDS, "note", note)
    with unit_of_work() as ctx:
        for place in range(40):
            enqueue(ctx, "note", str(place), {"place": place})
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        while work_one():
            pass

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done_places() == Counter(range(40))
    assert states() == {"done": 40}


def test_two_processes_at_once_do_each_job_once(database: str) -> None:
    with unit_of_work() as ctx:
        for place in range(12):
            enqueue(ctx, "note", str(place), {"place": place})
    workers = [start_worker(database, 0.05) for _ in range(2)]
    deadline = time.monotonic() + 60
    while states() != {"done": 12} and time.monotonic() < deadline:
        time.sleep(0.1)
    for one in workers:
        one.kill()
        one.wait()
    assert states() == {"done": 12}
    assert done_places() == Counter(range(12))


def test_a_job_whose_worker_is_killed_is_done_later_exactly_once(database: str) -> None:
    with unit_of_work() as ctx:
        enqueue(ctx, "note", "1", {"place": 1})
    killed = start_worker(database, 600)
    assert killed.stdout is not None
    assert killed.stdout.readline() == "inside 1\n"
    assert states() == {"running": 1}
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert done_places() == Counter()
    wait_until_nobody_holds_the_job()
    now = dt.datetime.now(dt.UTC) + ABANDONED_AFTER
    with unit_of_work(now=now) as ctx:
        look_at_the_clock(ctx)
    with unit_of_work() as ctx:
        state, attempts, run_at, error = ctx.session.execute(
            select(Job.state, Job.attempts, Job.run_at, Job.error).where(Job.name == "note")
        ).one()
    assert (state, attempts, error) == ("queued", 1, "the worker ended in the middle of this job")
    assert dt.timedelta(seconds=5) <= run_at - now <= dt.timedelta(seconds=10)
    with unit_of_work() as ctx:
        ctx.session.execute(text("UPDATE job SET run_at = now() WHERE name = 'note'"))
    second = start_worker(database, 0)
    assert second.stdout is not None
    assert second.stdout.readline() == "inside 1\n"
    deadline = time.monotonic() + 30
    while states() != {"done": 1} and time.monotonic() < deadline:
        time.sleep(0.05)
    second.kill()
    second.wait()
    assert states() == {"done": 1}
    assert done_places() == Counter({1: 1})


def wait_until_nobody_holds_the_job() -> None:
    deadline = time.monotonic() + 30
    with unit_of_work() as ctx:
        while time.monotonic() < deadline:
            free = "SELECT count(*) FROM (SELECT 1 FROM job WHERE name = 'note' FOR UPDATE SKIP LOCKED) j"
            if ctx.session.execute(text(free)).scalar_one():
                return
            ctx.session.rollback()
            time.sleep(0.05)
    pytest.fail("the killed worker's row stayed locked")


def test_however_many_workers_look_at_the_clock_each_moment_gives_one_job(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for one in PERIODIC:
        monkeypatch.setitem(kinds.KINDS, one.name, lambda _ctx, _arguments: None)
    now = dt.datetime(2025, 6, 30, 4, 2, tzinfo=dt.UTC)
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        for minute in range(10):
            with unit_of_work(now=now + dt.timedelta(minutes=minute)) as ctx:
                look_at_the_clock(ctx)
            while work_one(now + dt.timedelta(minutes=minute)):
                pass

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with unit_of_work() as ctx:
        found = sorted((name, key, state) for name, key, state in ctx.session.execute(
            select(Job.name, Job.unique_key, Job.state)
        ))  # fmt: skip
    assert found == [
        ("check_figures", "2025-06-29T18:00Z", "done"),
        ("clean_up", "2025-06-29T19:00Z", "done"),
        ("escalate_warnings", "2025-06-30T04:00Z", "done"),
        ("escalate_warnings", "2025-06-30T04:05Z", "done"),
        ("escalate_warnings", "2025-06-30T04:10Z", "done"),
        ("expire_controls", "2025-06-29T16:02Z", "done"),
        ("find_candidates", "2025-06-29T16:25Z", "done"),
        ("lay_out_figures", "2025-06-29T16:05Z", "done"),
        ("plan_controls", "2025-06-29T16:25Z", "done"),
        ("raise_warnings", "2025-06-29T16:20Z", "done"),
        ("remind_of_deadlines", "2025-06-29T23:35Z", "done"),
        ("score_due", "2025-06-29T16:10Z", "done"),
        ("seal_ledger", "2025-06-30T00:30Z", "done"),
        ("take_quality", "2025-06-29T16:15Z", "done"),
        ("tell_due_today", "2025-06-29T23:30Z", "done"),
    ]


def test_the_loop_outlives_a_database_that_is_away(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    answers = iter([OSError("away"), OSError("away"), False])

    def answer(**_wanted: object) -> bool:
        found = next(answers)
        if isinstance(found, OSError):
            raise found
        stop.set()
        return found

    monkeypatch.setattr(worker, "work_one", answer)
    monkeypatch.setattr(worker, "PAUSE_SECONDS", 0.01)
    worker.run_worker(stop)
    assert next(answers, "none left") == "none left"
