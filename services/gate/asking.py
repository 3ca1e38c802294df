"""Asks the gate: one order, one answer, one row, one entry in the ledger (SPEC 8).

`ask` works in the caller's transaction. Machines and pages call `answered` (services/gate/away.py), which also answers
while the database is away.
"""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

from db.enums import GateDecision, HeldOrderState, Role
from services import access, ledger
from services.context import SYSTEM, Context
from services.errors import N_, NotFoundError, RefusedError
from services.gate import telling
from services.gate.rows import GateAnswer, OrderAsked, Reason, Verdict
from services.gate.rule import answer_for, limit_left, reason, worst
from services.gate.standing import ASKED_COLUMNS, Read, execute_raw, read_standing
from services.gate.steps import controls_as_kept, controls_kept, reasons_as_kept, reasons_kept

MOST_AMOUNT = Decimal(10) ** 15
MOST_DAYS = 3650
MOST_ORDER_NO = 100

# --- rules


def checked(order: OrderAsked) -> OrderAsked:
    """The order with blanks trimmed.

    Raises:
        RefusedError: something in it can't be an order.
    """
    _check_amounts(order)
    if order.terms_days is not None and not 0 <= order.terms_days <= MOST_DAYS:
        raise RefusedError(N_("Days to pay must be a whole number from 0 to %(most)s."), most=MOST_DAYS)
    order_no = (order.order_no or "").strip() or None
    if order_no is not None and len(order_no) > MOST_ORDER_NO:
        raise RefusedError(N_("An order number has at most %(most)s characters."), most=MOST_ORDER_NO)
    currency = (order.currency or "").strip().upper() or None
    if currency is not None and not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        raise RefusedError(N_("“%(value)s” is no currency: three letters, such as EUR."), value=order.currency)
    return OrderAsked(
        order.customer_no.strip(), order.amount, currency, order.terms_days, order_no, order.is_dry_run,
        order.prepaid_amount,
    )  # fmt: skip


def _check_amounts(order: OrderAsked) -> None:
    if not (order.amount.is_finite() and 0 < order.amount < MOST_AMOUNT):
        raise RefusedError(N_("The amount of an order must be above 0 and below %(most)s."), most=f"{MOST_AMOUNT:,f}")
    paid = order.prepaid_amount
    if paid is not None and not (paid.is_finite() and 0 <= paid < MOST_AMOUNT):
        raise RefusedError(N_("What was paid ahead can't be below 0."))


def standing_now(
    first: GateDecision, state: HeldOrderState | None, until: dt.date | None, who: str, why: str, day: dt.date
) -> tuple[GateDecision, tuple[Reason, ...]]:  # fmt: skip
    """What holds of an order by now, and why: the first answer, or what a person decided since."""
    if state is HeldOrderState.RELEASED and until is not None and until < day:
        return GateDecision.DENY, (reason("release_ended", GateDecision.DENY, until_on=until),)
    if state is HeldOrderState.RELEASED:
        return GateDecision.ALLOW, (reason("released", GateDecision.ALLOW, who=who, why=why),)
    if state is HeldOrderState.REFUSED:
        return GateDecision.DENY, (reason("refused", GateDecision.DENY, who=who, why=why),)
    if state is HeldOrderState.WITHDRAWN:
        return GateDecision.DENY, (reason("withdrawn", GateDecision.DENY),)
    return (GateDecision.HOLD if state is HeldOrderState.WAITING else first), ()


# --- commands


def ask(
    ctx: Context,
    order: OrderAsked,
    *,
    patience_ms: int | None = None,
    told_before: GateDecision | None = None,
    asked_at: dt.datetime | None = None,
) -> GateAnswer:  # fmt: skip
    """Answer an order. With an order number it is kept, and the same number gets the same answer again.

    `told_before` is what was answered while the database was away (at `asked_at`): what was denied then stays denied.

    Raises:
        NotAllowedError: the actor may not ask.
        NotFoundError: no customer has this number.
        RefusedError: the order can't be one, or its number was asked before for something else.
    """
    access.ensure_may(ctx, "gate.ask")
    order = checked(order)
    read = read_standing(ctx, order, patience_ms=patience_ms)
    if read is None:
        raise NotFoundError(N_("There is no customer with the number %(no)s."), no=order.customer_no)
    if read.asked is not None:
        return _again(ctx, order, read)
    if read.is_elsewhere:
        raise RefusedError(
            N_("The order number %(no)s was asked for another customer. Use another number."), no=order.order_no
        )
    verdict = answer_for(read.standing, order)
    if told_before is GateDecision.DENY and verdict.decision is not GateDecision.DENY:
        known = reason("blocked_as_known", GateDecision.DENY)
        verdict = Verdict(GateDecision.DENY, (*verdict.reasons, known), verdict.limit_left, verdict.amount, None)
    if order.order_no is not None and not order.is_dry_run:
        _keep(ctx, order, read, verdict, told_before, asked_at or ctx.now)
    return GateAnswer(
        verdict.decision, verdict.reasons, read.standing.controls, verdict.limit_left, order.customer_no,
        order.order_no, state=_first_state(verdict) if order.order_no and not order.is_dry_run else None, as_of=ctx.now,
        first_decision=verdict.decision, release_role=verdict.release_role, base_currency=_base(ctx),
    )  # fmt: skip


def _first_state(verdict: Verdict) -> HeldOrderState | None:
    return HeldOrderState.WAITING if verdict.decision is GateDecision.HOLD else None


def _again(ctx: Context, order: OrderAsked, read: Read) -> GateAnswer:
    """The answer to an order number that was asked before, with what people decided since.

    Whoever is listed or suspended by now gets nothing, whatever was answered or released before.
    """
    kept = dict(zip((*ASKED_COLUMNS, "settled_by"), read.asked or (), strict=True))
    _ensure_same(order, kept)
    first, state = GateDecision(kept["decision"]), kept["state"] and HeldOrderState(kept["state"])
    until = kept["released_until"] and dt.date.fromisoformat(kept["released_until"])
    decision, since = standing_now(
        first, state, until, kept["settled_by"] or SYSTEM.name, kept["settled_reason"] or "", ctx.today
    )
    blocks = tuple(
        one for one in answer_for(read.standing, order).reasons if one.decision is GateDecision.DENY
    )  # fmt: skip
    reasons = (*blocks, *since, *reasons_kept(kept["reasons"])) if decision is not GateDecision.DENY else (
        *since, *reasons_kept(kept["reasons"])
    )  # fmt: skip
    if decision is not GateDecision.DENY:
        decision = worst((decision, *(one.decision for one in blocks)))
    return GateAnswer(
        decision, reasons, controls_kept(kept["controls"]), limit_left(read.standing), order.customer_no,
        order.order_no, state=state, as_of=ctx.now, is_repeated=True, first_decision=first,
        release_role=kept["release_role"] and Role(kept["release_role"]), base_currency=_base(ctx),
    )  # fmt: skip


def _base(ctx: Context) -> str:
    return ctx.policy_history.on(ctx.today).base_currency


def _ensure_same(order: OrderAsked, kept: dict[str, Any]) -> None:
    """The same number means the same order: another amount under it is a mistake of the caller."""
    same = (
        Decimal(kept["original_amount"]) == order.amount.quantize(Decimal("0.0001")),
        kept["currency"] == order.currency,
        order.terms_days is None or kept["terms_days"] == order.terms_days,
        order.prepaid_amount is None or _equal(kept["prepaid_amount"], order.prepaid_amount),
    )
    if not all(same):
        raise RefusedError(
            N_("The order number %(no)s was asked before with other values. Use another number for another order."),
            no=order.order_no,
        )


def _equal(kept: Any, given: Decimal) -> bool:  # noqa: ANN401  (a JSON number)
    return kept is not None and Decimal(kept) == given.quantize(Decimal("0.0001"))


_INSERT = """
INSERT INTO gate_order (customer_id, order_no, asked_on, asked_at, asked_by, original_amount, currency, amount,
                        prepaid_amount, terms_days, decision, away_decision, reasons, controls, limit_left,
                        override_ids, state, held_at, release_role)
VALUES (%(customer_id)s, %(order_no)s, %(asked_on)s, %(asked_at)s, %(asked_by)s, %(original_amount)s, %(currency)s,
        %(amount)s, %(prepaid_amount)s, %(terms_days)s, %(decision)s, %(away_decision)s, %(reasons)s, %(controls)s,
        %(limit_left)s, CAST(%(override_ids)s AS bigint[]), %(state)s, %(held_at)s, %(release_role)s);
INSERT INTO ledger_entry (customer_id, seq, at, actor, action, subject, after, previous_hash, hash)
VALUES (%(customer_id)s, %(seq)s, %(now)s, %(asked_by)s, 'gate.answered', %(subject)s, %(after)s, %(previous)s,
        %(hash)s)
"""
#: As `jobs.queue.enqueue` in the same round trip. A number is kept once, so no equal wish can be waiting.
_TELL = """;
INSERT INTO job (name, unique_key, arguments, state, run_at, attempts)
VALUES (%(job)s, %(subject)s, %(job_arguments)s, 'queued', %(now)s, 0)
"""


def _keep(
    ctx: Context, order: OrderAsked, read: Read, verdict: Verdict, told_before: GateDecision | None,
    asked_at: dt.datetime,
) -> None:  # fmt: skip
    """The order and its entry in the ledger, in one round trip; a held one is told to those who may release it."""
    state, reasons = _first_state(verdict), reasons_as_kept(verdict.reasons)
    values: dict[str, Any] = {
        "customer_id": read.standing.customer_id, "order_no": order.order_no, "asked_on": read.day,
        "asked_at": asked_at, "asked_by": ctx.actor.login, "original_amount": order.amount,
        "currency": order.currency, "amount": verdict.amount, "prepaid_amount": order.prepaid_amount,
        "terms_days": order.terms_days, "decision": verdict.decision.value, "away_decision": told_before,
        "limit_left": verdict.limit_left, "override_ids": list(verdict.override_ids), "state": state,
        "held_at": ctx.now if state else None, "release_role": verdict.release_role,
    }  # fmt: skip
    after = {
        name: values[name]
        for name in ("order_no", "original_amount", "currency", "amount", "decision", "away_decision", "limit_left")
        if values[name] is not None
    }
    after["reasons"] = [one.code for one in verdict.reasons]
    values |= _entry(ctx, read, f"gate_order:{read.standing.customer_id}:{order.order_no}", after)
    values |= {"reasons": json.dumps(reasons), "controls": json.dumps(controls_as_kept(read.standing.controls))}
    told = json.dumps({"customer_id": read.standing.customer_id, "order_no": order.order_no})
    values |= {"job": telling.TELL_HELD, "job_arguments": told}
    execute_raw(ctx, _INSERT + (_TELL if state else ""), values)


def _entry(ctx: Context, read: Read, subject: str, after: dict[str, Any]) -> dict[str, Any]:
    """The entry of the ledger that follows the end that was read: the chain is locked since."""
    seq, head = read.head
    content = {
        "customer_id": read.standing.customer_id, "seq": seq + 1, "at": ctx.now.astimezone(dt.UTC).isoformat(),
        "actor": ctx.actor.login, "action": "gate.answered", "subject": subject, "before": None,
        "after": ledger.plain(after), "note": None,
    }  # fmt: skip
    return {
        "seq": seq + 1, "now": ctx.now, "subject": subject,
        "after": json.dumps(content["after"], ensure_ascii=False), "previous": head,
        "hash": ledger.entry_hash(head, content),
    }  # fmt: skip
