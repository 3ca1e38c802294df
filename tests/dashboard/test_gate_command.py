"""`greyledger gate` and `greyledger orders`: what machines read, and how a wrong question ends."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from dashboard.cli import main
from services.context import SYSTEM, unit_of_work
from services.gate import OrderAsked, ask, away
from tests.people import add_person, stand_still
from tests.services.makers import make_customer, make_listing
from tests.services.test_gate import DAY, make_control


@pytest.fixture(scope="module", autouse=True)
def company(module_database: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GREYLEDGER_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("LANGUAGE", "en")
        patch.setattr(away, "_keep_fresh", lambda: None)
        stand_still()
        add_person("seller", "business")
        with unit_of_work() as ctx:
            one = make_customer(ctx, "C1")
            make_control(ctx, one.customer_id, order_limit=Decimal(100), terms_days=30)
            make_listing(ctx, make_customer(ctx, "BLACK"), DAY)
        yield


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["greyledger", *words])
    with pytest.raises(SystemExit) as end:
        main()
    said = capsys.readouterr()
    return int(end.value.code or 0), said.out, said.err


def test_an_answer_is_json_with_sentences_and_codes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(monkeypatch, capsys, "gate", "C1", "--amount", "150.50", "--terms-days", "60", "--json")
    answer = json.loads(out)
    assert (code, answer["decision"], answer["limit_left"]) == (0, "hold", 100)
    assert [(one["code"], one["text"]) for one in answer["reasons"]] == [
        ("terms_too_long", "The order asks for 60 days to pay; 30 are allowed."),
        ("order_limit", "The order is above the limit of ¥100.00 per order."),
    ]
    assert [one["kind"] for one in answer["controls"]] == ["trade_limit"]
    denied = json.loads(run(monkeypatch, capsys, "gate", "BLACK", "--amount", "1", "--json")[1])
    assert (denied["decision"], denied["limit_left"]) == ("deny", 0)
    code, out, _ = run(monkeypatch, capsys, "gate", "C1", "--amount", "99", "--terms-days", "1", "--dry-run")
    assert (code, out.splitlines()[0]) == (0, "Order allowed")


@pytest.mark.parametrize(
    "words", [("gate", "C9", "--amount", "1"), ("gate", "C1", "--amount", "much"), ("gate", "C1", "--amount", "-1")]
)
def test_a_wrong_question_ends_with_two(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    code, out, err = run(monkeypatch, capsys, *words, "--json")
    assert (code, out, err != "") == (2, "", True)


def test_held_orders_are_listed_released_and_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from services.users.sessions import actor_by_login

    with unit_of_work() as ctx:
        seller = actor_by_login(ctx, "seller")
    assert seller is not None
    for number in ("O1", "O2"):
        with unit_of_work(seller) as ctx:
            ask(ctx, OrderAsked("C1", Decimal(500), order_no=number, terms_days=30))
    with unit_of_work(SYSTEM) as ctx:
        ask(ctx, OrderAsked("C1", Decimal(500), order_no="OWN", terms_days=30))
    listed = json.loads(run(monkeypatch, capsys, "orders", "list", "--json")[1])
    assert [one["order_no"] for one in listed] == ["O1", "O2", "OWN"]
    code, out, _ = run(monkeypatch, capsys, "orders", "release", "C1", "O1", "--reason", "Paid", "--json")
    assert (code, json.loads(out)["state"]) == (0, "released")
    assert run(monkeypatch, capsys, "orders", "refuse", "C1", "O2", "--reason", "No")[:2] == (0, "Order refused\n")
    code, _, err = run(monkeypatch, capsys, "orders", "release", "C1", "OWN", "--reason", "Mine")
    assert (code, err) == (2, "You asked for this order: somebody else decides on it.\n")
    assert "O1" in run(monkeypatch, capsys, "orders", "list", "--all")[1]
