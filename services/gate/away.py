"""Answers whatever happens: from the database, or, where it can't be asked, from the last known state (SPEC 8).

It fails closed. Who was listed or suspended when last seen is denied; everybody else is held. Nothing is ever allowed
without the database. Orders answered meanwhile are brought in when it is back, and get what they would have got: the
caller asks again. What was denied stays denied.

Each process that answers keeps the last known state fresh by a thread of its own, which also notices that the database
is back.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg2
from sqlalchemy import exc

from db.embedded import EmbeddedServerError
from db.enums import GateDecision
from services import access, ledger
from services.context import SYSTEM, Actor, Context, unit_of_work
from services.errors import N_, RefusedError
from services.gate.asking import ask, checked
from services.gate.last_known import (
    AwayAnswer,
    away_answers,
    forget_away,
    known_of,
    note_away,
    refresh_known,
)
from services.gate.rows import GateAnswer, OrderAsked, Reason
from services.gate.rule import reason

_LOG = logging.getLogger("greyledger.gate")
#: So long the database may take over one order.
PATIENCE_SECONDS = 1.0
#: After it failed, orders are answered from the last known state at once, and it is tried again after so long.
_AWAY_SECONDS = 2.0
_FRESH_SECONDS = 3.0
_AWAY_ERRORS = (
    exc.OperationalError, exc.InterfaceError, exc.TimeoutError, exc.DisconnectionError, psycopg2.OperationalError,
    psycopg2.InterfaceError, EmbeddedServerError, TimeoutError,
)  # fmt: skip

_away_until = 0.0
_keeper: threading.Thread | None = None
_keeper_lock = threading.Lock()


def answered(actor: Actor, order: OrderAsked, *, now: dt.datetime | None = None) -> GateAnswer:
    """Answer an order in its own transaction, within about a second, whether the database can be asked or not.

    Raises:
        NotAllowedError, NotFoundError, RefusedError: as `ask`.
    """
    global _away_until
    order = checked(order)
    _keep_fresh()
    if time.monotonic() >= _away_until:
        try:
            return _within(PATIENCE_SECONDS, lambda: _asked(actor, order, now))
        except _AWAY_ERRORS as error:
            _LOG.warning("the database can't be asked: %s", type(error).__name__)
            _away_until = time.monotonic() + _AWAY_SECONDS
    return _from_last_known(actor, order, now or dt.datetime.now(dt.UTC))


def _asked(actor: Actor, order: OrderAsked, now: dt.datetime | None) -> GateAnswer:
    with unit_of_work(actor, now) as ctx:
        return ask(ctx, order, patience_ms=int(PATIENCE_SECONDS * 1000))


def _within(seconds: float, work: Callable[[], GateAnswer]) -> GateAnswer:
    """What a piece of work returns; TimeoutError if it takes too long. Work given up goes on by itself: whatever it
    still stores, the caller was told something stricter, and hears it when asking again."""
    outcome: list[Any] = []
    done = threading.Event()

    def run() -> None:
        try:
            outcome.append(work())
        except BaseException as error:
            outcome.append(error)
        finally:
            done.set()

    threading.Thread(target=run, daemon=True, name="gate").start()
    if not done.wait(seconds):
        raise TimeoutError
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    answer: GateAnswer = outcome[0]
    return answer


def _from_last_known(actor: Actor, order: OrderAsked, now: dt.datetime) -> GateAnswer:
    """Deny who was blocked when last seen, hold everybody else, and say so."""
    if actor != SYSTEM and not access.may(actor, "gate.ask"):
        raise RefusedError(N_("Your role does not allow this. Ask your administrator which role you need."))
    known = known_of(order.customer_no)
    decision = GateDecision.DENY if known.is_blocked else GateDecision.HOLD
    if order.order_no is not None and not order.is_dry_run:
        kept = note_away(AwayAnswer(actor, order, decision, now))
        _ensure_same(kept.order, order)
        decision = GateDecision.DENY if GateDecision.DENY in (kept.decision, decision) else decision
    return GateAnswer(
        decision, _reasons(known.is_blocked, known.as_of, decision), (), None, order.customer_no, order.order_no,
        as_of=known.as_of, is_from_snapshot=True, first_decision=decision,
    )  # fmt: skip


def _reasons(is_blocked: bool | None, as_of: dt.datetime | None, decision: GateDecision) -> tuple[Reason, ...]:
    if as_of is None:
        return (reason("nothing_known", GateDecision.HOLD),)
    away = reason("database_away", GateDecision.HOLD, as_of=as_of.isoformat(timespec="seconds"))
    blocked = reason("blocked_as_known", GateDecision.DENY)
    return (blocked, away) if is_blocked or decision is GateDecision.DENY else (away,)


def _ensure_same(kept: OrderAsked, given: OrderAsked) -> None:
    if (kept.amount, kept.currency) != (given.amount, given.currency):
        raise RefusedError(
            N_("The order number %(no)s was asked before with other values. Use another number for another order."),
            no=given.order_no,
        )


# --- keeping the last known state fresh, and bringing in what was answered meanwhile


def _keep_fresh() -> None:
    """Have one thread of this process do it, from the first question on."""
    global _keeper
    if _keeper is not None and _keeper.is_alive():
        return
    with _keeper_lock:
        if _keeper is None or not _keeper.is_alive():
            place = os.environ.get("DATABASE_URL")
            _keeper = threading.Thread(target=_keep, args=(place,), daemon=True, name="gate-keeper")
            _keeper.start()


def _keep(place: str | None) -> None:
    """As long as the process works on the database it started with."""
    while os.environ.get("DATABASE_URL") == place:
        try:
            freshen()
        except _AWAY_ERRORS:
            pass
        except Exception:
            _LOG.exception("the gate's last known state could not be kept fresh")
        time.sleep(_FRESH_SECONDS)


def freshen() -> None:
    """Bring the last known state up to date, and what was answered while the database was away into it."""
    global _away_until
    with unit_of_work() as ctx:
        refresh_known(ctx)
    _away_until = 0.0
    bring_in()


def bring_in() -> int:
    """Store orders answered while the database was away; how many. Asking is idempotent, so a crash repeats nothing."""
    brought = 0
    while waiting := away_answers():
        for one in waiting:
            try:
                with unit_of_work(one.actor) as ctx:
                    ask(ctx, one.order, told_before=one.decision, asked_at=one.at)
            except RefusedError as refusal:
                with unit_of_work() as ctx:
                    _note_refused(ctx, one, refusal)
            forget_away(one)
            brought += 1
    return brought


def _note_refused(ctx: Context, one: AwayAnswer, refusal: RefusedError) -> None:
    """An order that could not be stored (no such customer, the number taken) is in the ledger at least."""
    after = {
        "order_no": one.order.order_no, "customer_no": one.order.customer_no, "original_amount": one.order.amount,
        "decision": one.decision.value, "asked_by": one.actor.login, "asked_at": one.at,
    }  # fmt: skip
    ledger.record(ctx, "gate.not_kept", f"order:{one.order.order_no}", after=after, note=str(refusal))
