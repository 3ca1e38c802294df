"""`greyledger warn-simulate`: JSON with exact figures, a table for people, refusals for what it can't replay."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from dashboard.cli import make_app
from services.context import unit_of_work
from services.errors import RefusedError
from tests.people import stand_still
from tests.services.makers import ago, make_customer, make_invoice


@pytest.fixture
def slow_payer(database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("GREYLEDGER_LANG", "en")
    stand_still()
    with unit_of_work() as ctx:
        make_invoice(ctx, make_customer(ctx, "SLOW"), ago(270), 100, paid=((ago(230), 100),))
    return database


def test_a_rule_is_replayed_from_the_command_line(slow_payer: str) -> None:
    asked = ["warn-simulate", "overdue_30", "--set", "days=45", "--from", ago(280).isoformat()]
    found = json.loads(CliRunner().invoke(make_app(), [*asked, "--json"]).stdout)
    assert (found["thresholds_now"], found["thresholds_new"]) == ({"days": 30}, {"days": 45})
    assert (found["now"]["warnings"], found["new"]["warnings"], found["now"]["exposure"]) == (1, 0, 100)
    assert (found["now"]["matured"], found["now"]["precision"], found["new"]["precision"]) == (1, 0, None)
    assert (found["come"], found["gone"]) == ([], ["SLOW"])
    assert "Warnings a week" in CliRunner().invoke(make_app(), asked).stdout
    for wrong in ("days", "days=900", "weeks=3"):
        assert isinstance(CliRunner().invoke(make_app(), [*asked, "--set", wrong]).exception, RefusedError)
