"""Every kind of file out and in again: byte by byte the same in another database, no change in the same one."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from services.context import SYSTEM, Context, unit_of_work
from services.exports.files import FileFormat
from services.exports.kinds import ExportFilter
from services.exports.run import export_kind
from services.imports.kinds import KINDS
from services.imports.run import import_file
from services.incentives import tally
from services.metrics.figures import figures
from services.receivables.ageing import ageing
from tests.conftest import copied_database
from tests.oracle.histories import random_history
from tests.services.every_kind import FILES, as_exported
from tests.services.history_rows import store

NOW = dt.datetime(2025, 6, 30, 4, 0, tzinfo=dt.UTC)


@pytest.fixture
def move(
    database: str, server_url: str, template_database: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], None]]:
    """Moves to another empty database."""
    with ExitStack() as databases:

        def to_another() -> None:
            copy = databases.enter_context(copied_database(server_url, template_database, "test"))
            monkeypatch.setenv("DATABASE_URL", copy)

        yield to_another


def taken_out(ctx: Context, kind: str, file_format: FileFormat = FileFormat.CSV, **narrow: object) -> bytes:
    out = io.BytesIO()
    export_kind(ctx, kind, out, file_format, ExportFilter(**narrow))  # type: ignore[arg-type]
    return out.getvalue()


def bring_in_all(files: dict[str, bytes], ending: str = "csv") -> dict[str, tuple[int, int, int, int]]:
    counts = {}
    for kind, content in files.items():
        with unit_of_work(SYSTEM, now=NOW) as ctx:
            result = import_file(ctx, kind, content, file_name=f"{kind}.{ending}")
        assert result.rejects == (), (kind, result.rejects)
        counts[kind] = (result.rows, result.inserted, result.updated, result.unchanged)
    return counts


def take_out_all(file_format: FileFormat = FileFormat.CSV) -> dict[str, bytes]:
    with unit_of_work(SYSTEM, now=NOW) as ctx:
        return {kind: taken_out(ctx, kind, file_format) for kind in KINDS}


def test_there_is_a_file_of_every_kind() -> None:
    assert list(FILES) == list(KINDS)
    assert len(FILES) == 20


@pytest.mark.parametrize("file_format", list(FileFormat))
def test_every_kind_comes_out_as_it_went_in_and_goes_into_another_database(
    move: Callable[[], None], file_format: FileFormat
) -> None:
    expected = {kind: as_exported(text) for kind, text in FILES.items()}
    rows = {kind: text.replace("two\nlines", "").count("\n") - 1 for kind, text in FILES.items()}
    first = bring_in_all(expected)
    assert first == {kind: (count, count, 0, 0) for kind, count in rows.items()}
    assert take_out_all() == expected
    files = take_out_all(file_format)
    assert bring_in_all(files, file_format) == {kind: (count, 0, 0, count) for kind, count in rows.items()}
    move()
    assert bring_in_all(files, file_format) == first
    assert take_out_all() == expected


def answers(ctx: Context) -> tuple[object, ...]:
    first, last = dt.date(2023, 10, 1), dt.date(2025, 4, 1)
    by = {"month", "department"}
    days = (dt.date(2024, 9, 30), dt.date(2025, 3, 23))
    return (
        [figures(ctx, first, last, by=by, as_of=day) for day in days], [ageing(ctx, day) for day in days],
        tally(ctx, first, last, by=by),
    )  # fmt: skip


@pytest.mark.parametrize("seed", [3, 4])
def test_a_history_taken_out_and_brought_into_another_database_gives_the_same_answers(
    move: Callable[[], None], seed: int
) -> None:
    with unit_of_work(SYSTEM, now=NOW) as ctx:
        store(ctx, random_history(seed))
    files = take_out_all()
    with unit_of_work(SYSTEM, now=NOW) as ctx:
        before = answers(ctx)
    assert len(before[0][0]) > 50  # type: ignore[index]
    move()
    bring_in_all(files)
    with unit_of_work(SYSTEM, now=NOW) as ctx:
        assert answers(ctx) == before
    assert take_out_all() == files
