"""docs/operations.md and README: every command exists with its options; every file and number is the real one."""

from __future__ import annotations

import datetime as dt
import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from dashboard.cli import make_app
from dashboard.logs import log_file
from dashboard.serving import GRACE_SECONDS, PORT
from dashboard.worker_process import _STOP_SECONDS
from services.jobs.rules import KEEP_DONE, KEEP_FAILED, MOST_ATTEMPTS, Daily, Every
from services.jobs.schedule import PERIODIC
from services.metrics.self_check import SLICES

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
IN_BLOCKS = [line for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL) for line in block.splitlines() if line]
README = (ROOT / "README.md").read_text(encoding="utf-8")
IN_README = [
    line.removeprefix(".venv/bin/") for line in README.splitlines() if line.startswith(".venv/bin/greyledger ")
]
IN_SENTENCES = [found for found in re.findall(r"`(greyledger [a-z][^`]*)`", TEXT) if not found.endswith("...")]


@pytest.mark.parametrize("line", sorted({*IN_BLOCKS, *IN_SENTENCES, *IN_README}))
def test_the_command_exists_and_takes_these_words(line: str) -> None:
    name, *words = shlex.split(line)
    assert name == "greyledger"
    command, asks_for_help = get_command(make_app()), "--help" in words
    context = None
    while hasattr(command, "commands"):
        context = command.make_context(command.name, [], parent=context, resilient_parsing=True)
        command = command.commands[words.pop(0)]
    assert command.make_context(command.name, words, parent=context, resilient_parsing=asks_for_help).params is not None


def test_there_are_commands_to_check() -> None:
    assert len(IN_BLOCKS) == 17
    assert len(IN_SENTENCES) == 8
    assert len(IN_README) == 29


def test_every_file_it_points_to_is_there() -> None:
    for path in re.findall(r"(?:docs|db|dashboard|services)/[\w/.-]+\.(?:md|py)", TEXT):
        assert (ROOT / path).is_file(), path
    assert log_file().parts[-2:] == ("logs", "greyledger.log")


def test_the_numbers_are_those_of_the_code() -> None:
    assert (GRACE_SECONDS, _STOP_SECONDS, PORT) == (5, 20, 8501)
    assert (MOST_ATTEMPTS, SLICES) == (10, 28)
    assert (dt.timedelta(days=2), dt.timedelta(days=30)) == (KEEP_DONE, KEEP_FAILED)
    assert {one.name: one.rhythm for one in PERIODIC} == {
        "escalate_warnings": Every(5),
        "expire_controls": Daily(dt.time(0, 2)),
        "lay_out_figures": Daily(dt.time(0, 5)),
        "score_due": Daily(dt.time(0, 10)),
        "take_quality": Daily(dt.time(0, 15)),
        "raise_warnings": Daily(dt.time(0, 20)),
        "plan_controls": Daily(dt.time(0, 25)),
        "find_candidates": Daily(dt.time(0, 25)),
        "seal_ledger": Daily(dt.time(0, 30), in_utc=True),
        "check_figures": Daily(dt.time(2, 0)),
        "clean_up": Daily(dt.time(3, 0)),
        "tell_due_today": Daily(dt.time(7, 30)),
        "remind_of_deadlines": Daily(dt.time(7, 35)),
        "remind": Daily(dt.time(7, 40)),
    }
