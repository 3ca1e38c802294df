"""`greyledger listings`: what is printed, and acts that need their person's password."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dashboard.cli import make_app
from services.errors import RefusedError
from services.listings import find_candidates
from services.users import set_password
from services.users.sessions import WrongSignInError
from tests.dashboard.listing_pages import found_court, listing_of, sitting
from tests.people import PASSWORD
from tests.services.identifying import Court


@pytest.fixture(scope="module")
def court(module_database: str) -> Court:
    made = found_court()
    with sitting(made) as there:
        for login in ("seller", "boss", "lawyer"):
            set_password(there.ctx, login, PASSWORD)
    return made


def run(*words: str, typed: str = PASSWORD) -> str:
    """What a command prints; its refusal is raised."""
    result = CliRunner().invoke(make_app("listings"), ["listings", *words], input=typed + "\n", catch_exceptions=False)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def test_candidates_and_lists_are_printed(court: Court) -> None:
    with sitting(court) as there:
        there.debtor("C-1")
        find_candidates(there.ctx)
        there.drafted(there.customer("C-2"), "harm")
    (one,) = json.loads(run("candidates", "--json"))
    assert (one["customer_no"], one["criterion"], one["days_left"], one["facts"][0]["table"]) == (
        "C-1", "arrears", 10, "invoice",
    )  # fmt: skip
    assert "Customer C-1" in run("candidates", "--department", "NORTH")
    assert "Draft" in run("list", "proposals")
    (row,) = json.loads(run("list", "proposals", "--json"))
    assert "Missing: Reports of the harm" in run("show", row["listing_no"])
    with pytest.raises(RefusedError, match="no list called"):
        run("list", "other")


def test_people_propose_reply_decide_and_tip_in_their_own_name(court: Court, tmp_path: Path) -> None:
    with sitting(court) as there:
        there.customer("C-3")
        there.customer("C-4")
    paper = tmp_path / "report.pdf"
    paper.write_bytes(b"%PDF-1.7")
    words = ("propose", "C-3", "--by", "seller", "--statement", "The river is red", "--criteria", "harm")
    with pytest.raises(WrongSignInError):
        run(*words, typed="wrong")
    found = json.loads(run(*words, "--file", str(paper), "--trigger", "2025-06-20", "--json"))
    assert (found["row"]["step"], found["row"]["proposer"], found["row"]["trigger_on"]) == (
        "handed_in", "Seller", "2025-06-20",
    )  # fmt: skip
    number = found["row"]["listing_no"]
    run("reply", number, "--by", "lawyer", "--offered", "2025-06-22", "--channel", "email")
    run("reply", number, "--by", "lawyer", "--none")
    assert listing_of("C-3").reply.has_reply is False
    with pytest.raises(RefusedError, match="not found this proposal ready"):
        run("decide", number, "confirmed", "--by", "boss")
    assert "Not confirmed" in run("decide", number, "rejected", "--by", "boss", "--reason", "A neighbour")
    (tip,) = [json.loads(run("tip", "C-4", "--by", "seller", "--words", "The seal is a copy", "--json"))]
    assert (tip["criterion"], tip["reporter"], tip["words"]) == ("fraud", "Seller", "The seal is a copy")
    with pytest.raises(RefusedError, match="confirmed or rejected"):
        run("decide", number, "maybe", "--by", "boss")
    with pytest.raises(RefusedError, match="Say what to record"):
        run("reply", number, "--by", "lawyer")
