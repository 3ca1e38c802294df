"""`greyledger jobs`: what the workers could not do comes first, for people and for machines."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from typer.testing import CliRunner

from dashboard.cli import make_app
from services.context import unit_of_work
from services.errors import RefusedError
from services.jobs.queue import claim, enqueue, finish

NOON = dt.datetime(2025, 6, 30, 4, 0, tzinfo=dt.UTC)


@pytest.fixture
def queue(database: str) -> None:
    with unit_of_work(now=NOON) as ctx:
        enqueue(ctx, "check_figures", "2025-06-30")
    with unit_of_work(now=NOON) as ctx:
        job = claim(ctx, ["check_figures"])
        assert job is not None
        finish(ctx, job, "3 sums were made again.")
        enqueue(ctx, "raise_warnings", run_at=NOON + dt.timedelta(hours=1))


def printed(*words: str) -> str:
    return CliRunner().invoke(make_app("jobs"), ["jobs", *words], catch_exceptions=False).output


@pytest.mark.usefixtures("queue")
def test_as_json() -> None:
    failed, waiting = json.loads(printed("--json"))
    assert {name: value for name, value in failed.items() if name != "id"} == {
        "name": "check_figures", "key": "2025-06-30", "state": "failed", "run_at": "2025-06-30T04:00:00Z",
        "started_at": "2025-06-30T04:00:00Z", "finished_at": "2025-06-30T04:00:00Z", "attempts": 1,
        "error": "3 sums were made again.",
    }  # fmt: skip
    assert (waiting["name"], waiting["state"], waiting["run_at"], waiting["error"]) == (
        "raise_warnings", "queued", "2025-06-30T05:00:00Z", None,
    )  # fmt: skip
    assert [row["state"] for row in json.loads(printed("--json", "--state", "queued"))] == ["queued"]
    assert [row["state"] for row in json.loads(printed("--json", "--limit", "1"))] == ["failed"]


@pytest.mark.usefixtures("queue")
def test_as_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    lines = printed().splitlines()
    assert "check_figures" in lines[1]
    assert "3 sums were made again." in lines[1]
    assert "raise_warnings" in lines[2]


@pytest.mark.usefixtures("database")
def test_an_empty_queue_and_an_unknown_state() -> None:
    assert json.loads(printed("--json")) == []
    assert printed() == "Nothing to show.\n"
    with pytest.raises(RefusedError, match="no job state called lost"):
        printed("--state", "lost")
