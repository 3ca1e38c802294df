"""The gate while the database is away: it really stops here, in the middle of the work."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from db.embedded import EmbeddedServer
from db.enums import GateDecision
from db.models import GateOrder, LedgerEntry
from db.session import engine_for
from db.upgrade import upgrade
from services.context import SYSTEM, unit_of_work
from services.errors import RefusedError
from services.gate import GateAnswer, OrderAsked, answered, away, freshen
from services.ledger_verification import verify
from tests.conftest import _folder_in_memory
from tests.services.makers import DAY, make_customer, make_listing
from tests.services.test_gate import make_control

ALLOW, HOLD, DENY = GateDecision


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A server of this test's own, with a customer of each sort."""
    folder = _folder_in_memory()
    home = Path(folder) / f"gate-{time.monotonic_ns()}" if folder else tmp_path_factory.mktemp("gate")
    home.mkdir(exist_ok=True)
    home.chmod(0o755)
    server = EmbeddedServer(home)
    url = server.ensure_running()
    monkeypatch.setenv("GREYLEDGER_HOME", str(home))
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setattr(away, "_keep_fresh", lambda: None)
    monkeypatch.setattr(away, "_away_until", 0.0)
    monkeypatch.setattr(away, "_AWAY_SECONDS", 0.05)
    upgrade(engine_for(url))
    with unit_of_work() as ctx:
        make_customer(ctx, "PLAIN")
        make_listing(ctx, make_customer(ctx, "LISTED"), DAY)
        stopped = make_customer(ctx, "STOPPED")
        make_control(ctx, stopped.customer_id, "suspension", force="absolute")
    yield server
    engine_for(url).dispose()
    server.discard()


def asked(customer: str, order_no: str | None, amount: int = 5) -> GateAnswer:
    return answered(SYSTEM, OrderAsked(customer, Decimal(amount), order_no=order_no))


def ask_on_and_on(customer: str, found: list[GateAnswer], until: threading.Event) -> None:
    while not until.is_set():
        found.append(asked(customer, f"{customer}-{len(found)}"))


def test_nothing_is_allowed_while_the_database_is_away_and_nothing_is_lost(server: EmbeddedServer) -> None:
    nothing = away._from_last_known(SYSTEM, OrderAsked("PLAIN", Decimal(5)), dt.datetime.now(dt.UTC))
    assert [one.code for one in nothing.reasons] == ["nothing_known"]
    freshen()
    done, found = threading.Event(), {name: [] for name in ("PLAIN", "LISTED", "STOPPED")}
    threads = [threading.Thread(target=ask_on_and_on, args=(name, answers, done)) for name, answers in found.items()]
    for one in threads:
        one.start()
    time.sleep(0.3)
    server.stop()
    while not all(answers and answers[-1].is_from_snapshot for answers in found.values()):
        time.sleep(0.02)
    _check_words_while_away()
    server.ensure_running()
    while any(answers[-1].is_from_snapshot for answers in found.values()):
        time.sleep(0.02)
    done.set()
    for one in threads:
        one.join()

    assert {one.decision for one in found["LISTED"] + found["STOPPED"]} == {DENY}
    assert {(one.decision, one.is_from_snapshot) for one in found["PLAIN"]} == {(ALLOW, False), (HOLD, True)}
    assert found["PLAIN"][-1].decision is ALLOW  # recovered by itself
    freshen()
    with unit_of_work() as ctx:
        kept = {row.order_no: row for row in ctx.session.execute(select(GateOrder)).scalars()}
        entries = ctx.session.execute(select(LedgerEntry).where(LedgerEntry.action == "gate.answered")).all()
        assert verify(ctx).breaks == ()
    for name, answers in found.items():
        assert {f"{name}-{place}" for place in range(len(answers))} <= set(kept)
    assert len(entries) == len(kept)
    assert {row.decision for no, row in kept.items() if no.startswith("PLAIN")} == {"allow"}
    assert {row.away_decision for no, row in kept.items() if no.startswith("LISTED")} <= {None, "deny"}
    told_twice = asked("PLAIN", "WHILE-AWAY")
    assert (told_twice.is_repeated, told_twice.decision) == (True, ALLOW)
    assert away.away_answers() == ()


def _check_words_while_away() -> None:
    answer = asked("PLAIN", "WHILE-AWAY")
    assert (answer.decision, answer.is_from_snapshot, answer.as_of is None) == (HOLD, True, False)
    assert [one.code for one in answer.reasons] == ["database_away"]
    assert [one.code for one in asked("LISTED", "L").reasons] == ["blocked_as_known", "database_away"]
    assert asked("PLAIN", "WHILE-AWAY").decision is HOLD  # the same number, the same answer
    with pytest.raises(RefusedError, match="asked before with other values"):
        asked("PLAIN", "WHILE-AWAY", 6)
