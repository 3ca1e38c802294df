"""`greyledger score` and `warn`: exact output on a small ledger, the exit codes of SPEC 8."""

from __future__ import annotations

import datetime as dt
import json
import sys

import pytest

from dashboard import cli
from services.context import SYSTEM, unit_of_work
from services.metrics.upkeep import mark_dirty, refresh
from services.scoring import latest_score
from tests.people import stand_still
from tests.services.makers import make_customer, make_invoice

NOW = dt.datetime(2025, 6, 30, 4, tzinfo=dt.UTC)


@pytest.fixture
def ledger(database: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """C1 is 45 days late with its only invoice, C2 is founded and large, of C3 nothing is known."""
    monkeypatch.setenv("GREYLEDGER_LANG", "en")
    stand_still()
    with unit_of_work(SYSTEM, now=NOW) as ctx:
        late = make_customer(ctx, "C1")
        make_invoice(ctx, late, dt.date(2025, 5, 16), 100, issued_on=dt.date(2025, 4, 16))
        firm = make_customer(ctx, "C2", size="large", established_on=dt.date(2000, 6, 30))
        unknown = make_customer(ctx, "C3")
        ids = {one.customer_no: one.customer_id for one in (late, firm, unknown)}
        mark_dirty(ctx, ids.values())
        refresh(ctx)
    return ids


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["greyledger", *words])
    code = 0
    try:
        cli.main()
    except SystemExit as ended:
        code = int(ended.code or 0)
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.mark.usefixtures("ledger")
def test_scores_as_json_have_the_shape_of_the_spec(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _err = run(monkeypatch, capsys, "score", "--customer", "C2", "--json")
    assert code == 0
    assert json.loads(out) == [
        {
            "customer_no": "C2",
            "as_of": "2025-06-30",
            # (15 x 10 + 10 x 10) / 25: the two facts known of operations, and nothing else
            "score": 10.0,
            "level": "low",
            "coverage": 0.05,
            "dimensions": {
                "credit": {"score": None, "weight": 0, "coverage": 0},
                "operations": {"score": 10, "weight": 100, "coverage": 0.25},
                "transactions": {"score": None, "weight": 0, "coverage": 0},
                "industry": {"score": None, "weight": 0, "coverage": 0},
                "reputation": {"score": None, "weight": 0, "coverage": 0},
            },
            "reasons": [
                {"indicator": "firm_size", "value": "large", "points": 10, "text": "Size of the firm: large"},
                {
                    "indicator": "firm_age_years",
                    "value": pytest.approx(9131 / 365.25),
                    "points": 10,
                    "text": "Founded 25 years ago",
                },
            ],
        }
    ]


@pytest.mark.usefixtures("ledger")
def test_all_scores_stand_riskiest_first_with_what_is_unknown_last(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _err = run(monkeypatch, capsys, "score", "--json")
    rows = json.loads(out)
    assert code == 0
    assert [(one["customer_no"], one["level"] is None) for one in rows] == [("C1", False), ("C2", False), ("C3", True)]
    assert (rows[2]["score"], rows[2]["coverage"], rows[2]["reasons"]) == (None, 0, [])
    assert rows[0]["reasons"][0]["text"] == "Worst delay, last year: 45 days"


def test_a_dry_run_stores_nothing_and_another_day_is_its_own_score(
    ledger: dict[str, int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stored() -> dt.date | None:
        with unit_of_work() as ctx:
            found = latest_score(ctx, ledger["C1"])
        return None if found is None else found.as_of

    run(monkeypatch, capsys, "score", "--dry-run", "--json")
    assert stored() is None
    _code, out, _err = run(monkeypatch, capsys, "score", "--as-of", "2025-05-20", "--customer", "C1", "--json")
    (row,) = json.loads(out)
    assert row["as_of"] == "2025-05-20"
    assert [one["value"] for one in row["reasons"] if one["indicator"] == "overdue_days_now"] == [4]
    assert stored() == dt.date(2025, 5, 20)


@pytest.mark.usefixtures("ledger")
def test_people_get_a_table(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _err = run(monkeypatch, capsys, "score")
    lines = [line.split() for line in out.splitlines()]
    assert code == 0
    assert lines[0] == ["Customer", "Score", "Level", "Coverage", "Weightiest", "reason"]
    assert lines[2] == ["C2", "10.0", "low", "5%", "Size", "of", "the", "firm:", "large"]
    assert lines[3] == ["C3", "—", "—", "0%", "—"]
    assert out.splitlines()[-1] == "As of 2025-06-30, scorecard “default”, edition 1: 3 scored, 3 written."


@pytest.mark.usefixtures("ledger")
def test_one_customer_gets_every_reason(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _code, out, _err = run(monkeypatch, capsys, "score", "--customer", "C2")
    assert [line.rstrip() for line in out.splitlines()] == [
        "C2  10.0  low  Coverage 5%",
        "Points of 100  Reason",
        "           10  Size of the firm: large",
        "           10  Founded 25 years ago",
    ]


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--customer", "NOPE"), "No customer has the number NOPE."),
        (("--scorecard", "7"), "There is no scorecard of edition 7."),
        (("--as-of", "30.06.2025"), "“30.06.2025” is not a date. Write it as 2025-06-30."),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_sentence(
    words: tuple[str, ...], sentence: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, capsys, "score", *words) == (2, "", f"{sentence}\n")


@pytest.mark.usefixtures("ledger")
def test_warnings_are_counted_by_rule_and_the_same_day_raises_none_twice(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _err = run(monkeypatch, capsys, "warn", "--as-of", "2025-06-30", "--json")
    first = json.loads(out)
    assert code == 0
    assert first["as_of"] == "2025-06-30"
    assert first["by_rule"]["overdue_30"] == {"raised": 1, "joined": 0, "gone": 0}
    assert first["raised"] == sum(one["raised"] for one in first["by_rule"].values())
    _code, out, _err = run(monkeypatch, capsys, "warn", "--json")
    assert json.loads(out)["raised"] == 0
    _code, out, _err = run(monkeypatch, capsys, "warn")
    assert out.splitlines()[-1] == "0 warnings raised, 0 joined."


@pytest.mark.usefixtures("ledger")
def test_the_new_warnings_and_the_queue_come_with_the_figures_of_their_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _code, out, _err = run(monkeypatch, capsys, "warn", "--json")
    raised = json.loads(out)["warnings"]
    assert [(one["customer_no"], one["rule"], one["state"], one["priority"]["money"]) for one in raised] == [
        ("C1", "overdue_30", "raised", 100),
        ("C1", "information_stale", "raised", 100),
    ]
    assert raised[0]["priority"].keys() == {"money", "likelihood", "time_factor", "value"}
    code, out, _err = run(monkeypatch, capsys, "warnings", "list", "--json", "--rule", "overdue_30", "--limit", "0")
    assert (code, [one["warning"] for one in json.loads(out)]) == (0, [raised[0]["warning"]])
    assert json.loads(run(monkeypatch, capsys, "warn", "--json")[1])["warnings"] == []
    assert json.loads(run(monkeypatch, capsys, "warnings", "list", "--json", "--snoozed")[1]) == []
    _code, out, _err = run(monkeypatch, capsys, "warnings", "list")
    assert out.splitlines()[0].split() == [
        "Priority", "Severity", "Customer", "Why", "At", "risk", "Time", "left",
    ]  # fmt: skip
    code, _out, err = run(monkeypatch, capsys, "warnings", "list", "--severity", "bad")
    assert (code, err) == (2, "“bad” is none of the values of --severity: critical, high, low, medium.\n")
