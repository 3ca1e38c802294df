"""How commands print tables: nothing is cut off, however narrow the window."""

from __future__ import annotations

import pytest

from dashboard.commands.output import Column, emit

COLUMNS = [Column("name", "Work"), Column("attempts", "Attempts"), Column("error", "What went wrong")]


def test_a_row_wider_than_the_window_is_printed_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    why = "The database closed the connection before the scores of all customers were written"
    emit([{"name": "score_customers", "attempts": 3, "error": why}], COLUMNS, as_json=False)
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        "Work             Attempts  What went wrong",
        f"score_customers         3  {why}",
    ]


def test_no_rows_are_said_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    emit([], COLUMNS, as_json=False)
    assert capsys.readouterr().out == "Nothing to show.\n"
