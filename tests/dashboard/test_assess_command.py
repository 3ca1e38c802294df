"""`greyledger assess`: lists for people and machines, and a customer's assessments. It changes nothing."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from dashboard.cli import make_app
from services.assessments import finalise
from services.context import Context
from services.errors import NotFoundError, RefusedError
from tests.services.assessing import Office, make_office
from tests.services.makers import DAY, ago


def printed(*words: str) -> str:
    return CliRunner().invoke(make_app("assess"), ["assess", *words], catch_exceptions=False).output


@pytest.fixture
def office(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> Office:
    """One customer decided with an override, one waiting for review, one never assessed."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    office = make_office(ctx)
    row = office.in_review(office.customer(customer_no="C-DONE", name="Done Ltd"), "low")
    finalise(office.by(office.reviewer), row.customer_id, row.id, row.version, "medium", "A rumour", ago(-30))
    office.submitted(office.customer(customer_no="C-WAITS", name="Waits Ltd", computed_level="low"), "low")
    office.customer(customer_no="C-NEVER", name="Never Ltd")
    ctx.session.commit()
    return office


@pytest.mark.usefixtures("office")
def test_the_lists() -> None:
    (waiting,) = json.loads(printed("list", "--json"))
    assert (waiting["customer_no"], waiting["level"], waiting["agrees"], waiting["state"]) == (
        "C-WAITS", "low", True, "submitted",
    )  # fmt: skip
    (never,) = [one for one in json.loads(printed("list", "worklist", "--json")) if one["customer_no"] == "C-NEVER"]
    assert (never["kind"], never["due_on"], never["department"]) == ("overdue", None, "NORTH")
    assert json.loads(printed("list", "review", "--department", "EXPORT", "--json")) == []
    assert "C-WAITS" in printed("list").splitlines()[1]
    assert "Never Ltd" in printed("list", "worklist")
    with pytest.raises(RefusedError, match="no list called “all”"):
        printed("list", "all")


@pytest.mark.usefixtures("office")
def test_a_customers_assessments() -> None:
    found = json.loads(printed("show", "C-DONE", "--json"))
    assert (found["level"]["level"], found["level"]["source"], found["level"]["until"]) == (
        "medium", "override", ago(-30).isoformat(),
    )  # fmt: skip
    (pair,) = found["assessments"]
    assert (pair["initial"]["level"], pair["final"]["level"], pair["final"]["assessed_on"]) == (
        "low", "medium", DAY.isoformat(),
    )  # fmt: skip
    lines = printed("show", "C-DONE").splitlines()
    assert DAY.isoformat() in lines[1]
    assert ago(-30).isoformat() in lines[4]
    with pytest.raises(NotFoundError):
        printed("show", "C-NOBODY")


def test_the_help_says_why_it_only_reads() -> None:
    assert "propose|submit" not in printed("--help")
    assert {"list", "show"} <= set(printed("--help").split())
