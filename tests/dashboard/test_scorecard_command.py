"""`greyledger scorecard`: list, show, export, import and diff, for people and for machines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dashboard.cli import make_app
from dashboard.i18n import using_language
from services.context import unit_of_work
from services.errors import RefusedError
from services.scoring import ensure_default_scorecard


def run(*words: str) -> tuple[int, str]:
    with using_language("en"):
        found = CliRunner().invoke(make_app("scorecard"), ["scorecard", *words])
    if isinstance(found.exception, RefusedError):
        raise found.exception
    return found.exit_code, found.output


def test_a_card_goes_out_comes_in_and_is_compared(database: str, tmp_path: Path) -> None:
    with unit_of_work() as ctx:
        ensure_default_scorecard(ctx)
    file = tmp_path / "card.json"
    assert run("export", "1", str(file))[0] == 0
    written = json.loads(file.read_text(encoding="utf-8"))
    assert (written["name"], len(written["dimensions"])) == ("default", 5)
    assert run("export", "1", str(tmp_path / "card.xlsx"), "--json")[0] == 0
    assert (tmp_path / "card.xlsx").read_bytes()[:2] == b"PK"

    written["bands"]["high"] = 60
    file.write_text(json.dumps(written), encoding="utf-8")
    code, out = run("import", str(file), "--name", "Mine", "--note", "To try", "--json")
    assert (code, json.loads(out)["edition"], json.loads(out)["state"]) == (0, 2, "draft")
    assert [(one["edition"], one["name"], one["state"]) for one in json.loads(run("list", "--json")[1])] == [
        (1, "default", "active"), (2, "Mine", "draft"),
    ]  # fmt: skip
    assert json.loads(run("diff", "1", "2", "--json")[1]) == [
        {
            "kind": "band", "place": "bands.high", "before": 55, "after": 60,
            "text": "High risk begins at 60 instead of 55.",
        }
    ]  # fmt: skip
    assert run("diff", "1", "1")[1] == "Nothing differs: both score every customer alike.\n"
    assert json.loads(run("show", "2", "--json")[1])["definition"]["bands"]["high"] == 60
    assert "Credit rating" in run("show")[1]
    assert "Mine" in run("list")[1]


def test_wrong_files_and_numbers(database: str, tmp_path: Path) -> None:
    with unit_of_work() as ctx:
        ensure_default_scorecard(ctx)
    file = tmp_path / "card.json"
    file.write_text('{"name": "x", "version": 1}')
    code, out = run("import", str(file), "--json")
    assert (code, [one["place"] for one in json.loads(out)["faults"]]) == (2, ["dimensions", "bands"])
    assert run("import", str(file))[0] == 2
    assert [one["edition"] for one in json.loads(run("list", "--json")[1])] == [1]
    with pytest.raises(RefusedError, match="no scorecard of edition 7"):
        run("show", "7")
    with pytest.raises(RefusedError, match=r"\.json or \.xlsx"):
        run("export", "1", str(tmp_path / "card.csv"))
