"""The rule of the order gate: what an order gets, from what is known of its customer (SPEC 8). Plain values only.

Three precedences. A listing, a suspension or a measure that is absolute denies. A measure that a named role may
override holds the order for that role. A permission that stands (override) lets the order pass that one measure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import ROUND_DOWN, Decimal

from db.enums import ControlForce, ControlKind, GateDecision, Role
from services.errors import N_
from services.gate.rows import NOTHING, ControlInForce, CustomerStanding, OrderAsked, OverrideInForce, Reason, Verdict

#: Sentences by code. A code is what machines read; it never changes its meaning.
REASONS: dict[str, str] = {
    "listed": N_("The customer is listed (%(grade)s): no trade."),
    "suspended": N_("Trade with the customer is suspended."),
    "order_limit": N_("The order is above the limit of %(limit_amount)s per order."),
    "month_limit": N_("With this order the month comes to %(used_amount)s; the limit is %(limit_amount)s."),
    "exposure_limit": N_("With this order the customer would owe %(used_amount)s; the limit is %(limit_amount)s."),
    "terms_too_long": N_("The order asks for %(asked_days)s days to pay; %(limit_days)s are allowed."),
    "terms_unknown": N_("The order names no days to pay; %(limit_days)s are allowed."),
    "prepaid_missing": N_("%(needed_amount)s must be paid ahead; %(used_amount)s has been."),
    "guarantee_short": N_("Guarantees of %(needed_amount)s are demanded; %(used_amount)s are in force."),
    "rate_unknown": N_("The rate of %(currency)s is unknown, so the order can't be held against limits."),
    "balance_unknown": N_("Some of what the customer owes is in a currency without a rate: limits can't be checked."),
    "override_used": N_("A permission until %(until_on)s lets the order pass the measure “%(kind)s”."),
    "override_exhausted": N_("The permission to pass the measure “%(kind)s” has %(left_amount)s left."),
    "released": N_("Released by %(who)s: %(why)s"),
    "release_ended": N_("The release ended on %(until_on)s. Ask again under a new order number."),
    "refused": N_("Refused by %(who)s: %(why)s"),
    "withdrawn": N_("The order was withdrawn."),
    "held_by_listing": N_("Held because the customer was listed after the order was allowed."),
    "held_by_suspension": N_("Held because trade with the customer was suspended after the order was allowed."),
    "database_away": N_("The database can't be asked. What was known at %(as_of)s answers; ask again in a minute."),
    "nothing_known": N_("The database can't be asked, and nothing is known from before. Ask again in a minute."),
    "blocked_as_known": N_("The customer was listed or suspended when last seen."),
}
#: Who releases an order that no measure holds, and where a measure names nobody who may release.
USUAL_ROLE = Role.RISK
#: Where measures name several roles, their decisions meet here.
TOP_ROLE = Role.LEADER
#: Roles that can be asked for a release at all (services/access.py: gate.release).
RELEASING = frozenset({Role.RISK, Role.LEGAL, Role.FINANCE, Role.LEADER})

#: Money as the database keeps it.
_UNIT = Decimal("0.0001")
_RANK = {GateDecision.ALLOW: 0, GateDecision.HOLD: 1, GateDecision.DENY: 2}


def reason(
    code: str, decision: GateDecision, *, control_id: int | None = None, role: Role | None = None, **params: object
) -> Reason:
    """A reason with its sentence."""
    return Reason(code, REASONS[code], dict(params), control_id, decision, role)


def answer_for(standing: CustomerStanding, order: OrderAsked) -> Verdict:
    """What an order gets. Rules look at the order as if it were placed today, beside what already counts."""
    amount = None if standing.rate is None else (order.amount * standing.rate).quantize(_UNIT)
    reasons: list[Reason] = []
    if standing.grade is not None:
        reasons.append(reason("listed", GateDecision.DENY, grade=standing.grade))
    if amount is None:
        reasons.append(reason("rate_unknown", GateDecision.HOLD, role=USUAL_ROLE, currency=order.currency))
    if standing.unconverted and any(_needs_totals(one) for one in standing.controls):
        reasons.append(reason("balance_unknown", GateDecision.HOLD, role=USUAL_ROLE))
    used: list[int] = []
    for control in standing.controls:
        passed = _passed(standing, control, amount)
        found, override = _against(standing, order, amount, control, passed)
        reasons += found
        used += [] if override is None else [override.override_id]
    decision = worst(one.decision for one in reasons)
    roles = [one.role for one in reasons if one.decision is GateDecision.HOLD]
    return Verdict(
        decision, tuple(reasons), limit_left(standing), amount,
        release_role(roles) if decision is GateDecision.HOLD else None,
        tuple(used) if decision is not GateDecision.DENY else (),
    )  # fmt: skip


def worst(decisions: Iterable[GateDecision]) -> GateDecision:
    """The strictest of several; nothing to say against an order allows it."""
    return max(decisions, key=_RANK.__getitem__, default=GateDecision.ALLOW)


def release_role(roles: Sequence[Role | None]) -> Role:
    """Whose decision a held order waits for. Of several roles none may decide for another: leadership does."""
    known = {role if role in RELEASING else TOP_ROLE for role in roles if role is not None}
    return known.pop() if len(known) == 1 else TOP_ROLE if known else USUAL_ROLE


def _against(
    standing: CustomerStanding, order: OrderAsked, amount: Decimal | None, control: ControlInForce,
    override: OverrideInForce | None,
) -> tuple[list[Reason], OverrideInForce | None]:  # fmt: skip
    """What one control says against the order, and the permission that lets it pass."""
    found = [*_breaches(standing, order, amount, control)]
    if not found:
        return [], None
    if control.force is ControlForce.OVERRIDABLE and override is not None:
        if override.left_amount is None or (amount is not None and amount <= override.left_amount):
            passed = reason(
                "override_used", GateDecision.ALLOW, control_id=control.control_id, until_on=override.until_on,
                kind=control.kind,
            )  # fmt: skip
            return [passed], override
        found.append(("override_exhausted", {"kind": control.kind, "left_amount": override.left_amount}))
    is_absolute = control.force is ControlForce.ABSOLUTE
    decision = GateDecision.DENY if is_absolute else GateDecision.HOLD
    role = None if is_absolute else control.override_role or USUAL_ROLE
    return [
        reason(code, decision, control_id=control.control_id, role=role, **params) for code, params in found
    ], None  # fmt: skip


def _passed(
    standing: CustomerStanding, control: ControlInForce, amount: Decimal | None
) -> OverrideInForce | None:  # fmt: skip
    """The permission for this kind of measure; of several the one with room for the order, then the longest."""
    fitting = [one for one in standing.overrides if one.kind == control.kind]
    roomy = [one for one in fitting if one.left_amount is None or (amount is not None and amount <= one.left_amount)]
    return max(roomy or fitting, key=lambda one: one.until_on, default=None)


Breach = tuple[str, dict[str, object]]


def _breaches(
    standing: CustomerStanding, order: OrderAsked, amount: Decimal | None, control: ControlInForce
) -> Iterable[Breach]:
    if control.kind is ControlKind.SUSPENSION:
        yield "suspended", {}
    yield from _terms(standing, order, control)
    if amount is None:
        return  # held already: its rate is unknown
    yield from _limits(standing, amount, control)
    yield from _prepayment(standing, order, amount, control)
    needed = _guarantee_needed(standing, amount, control)
    if needed > standing.guaranteed_amount:
        yield "guarantee_short", {"needed_amount": needed, "used_amount": standing.guaranteed_amount}


def _terms(standing: CustomerStanding, order: OrderAsked, control: ControlInForce) -> Iterable[Breach]:
    allowed = control.demands.get("terms_days")
    if allowed is None:
        return
    asked = standing.usual_terms_days if order.terms_days is None else order.terms_days
    if asked is None:
        yield "terms_unknown", {"limit_days": allowed}
    elif asked > allowed:
        yield "terms_too_long", {"asked_days": asked, "limit_days": allowed}


def _limits(standing: CustomerStanding, amount: Decimal, control: ControlInForce) -> Iterable[Breach]:
    demands = control.demands
    would_be = {
        "order_limit": amount,
        "month_limit": standing.month_amount + amount,
        "exposure_limit": standing.open_amount + standing.ordered_amount + amount,
    }
    for name, total in would_be.items():
        limit = demands.get(name)
        if limit is not None and total > limit:
            yield name, {"limit_amount": limit, "used_amount": total}


def _prepayment(
    standing: CustomerStanding, order: OrderAsked, amount: Decimal, control: ControlInForce
) -> Iterable[Breach]:
    share = control.demands.get("prepaid_share")
    if not share:
        return
    paid = (order.prepaid_amount or NOTHING) * (standing.rate or NOTHING)
    if paid < share * amount:
        yield "prepaid_missing", {"needed_amount": share * amount, "used_amount": paid}


def _guarantee_needed(standing: CustomerStanding, amount: Decimal, control: ControlInForce) -> Decimal:
    owed = standing.open_amount + standing.ordered_amount + amount
    by_cover = (control.demands.get("coverage_ratio") or NOTHING) * owed
    return max(control.demands.get("guarantee_value") or NOTHING, by_cover)


def _needs_totals(control: ControlInForce) -> bool:
    return any(control.demands.get(name) is not None for name in ("month_limit", "exposure_limit", "coverage_ratio"))


def limit_left(standing: CustomerStanding) -> Decimal | None:
    """What may still be ordered now, the order in question not counted: the least of what the limits leave.

    None: no limit is set. A permission that stands takes the place of the limits of its measure.
    """
    if standing.grade is not None:
        return NOTHING
    left: list[Decimal] = []
    owed = standing.open_amount + standing.ordered_amount
    for control in standing.controls:
        override = _passed(standing, control, NOTHING)
        if override is not None and control.force is ControlForce.OVERRIDABLE:
            left += [] if override.left_amount is None else [override.left_amount]
        else:
            left += _left_of(standing, control, owed)
    return max(min(left), NOTHING).quantize(_UNIT, ROUND_DOWN) if left else None


def _left_of(standing: CustomerStanding, control: ControlInForce, owed: Decimal) -> Iterable[Decimal]:
    demands = control.demands
    if control.kind is ControlKind.SUSPENSION:
        yield NOTHING
    if demands.get("order_limit") is not None:
        yield demands["order_limit"]
    if demands.get("month_limit") is not None:
        yield demands["month_limit"] - standing.month_amount
    if demands.get("exposure_limit") is not None:
        yield demands["exposure_limit"] - owed
    if demands.get("coverage_ratio"):
        yield standing.guaranteed_amount / demands["coverage_ratio"] - owed
    if standing.guaranteed_amount < (demands.get("guarantee_value") or NOTHING):
        yield NOTHING


def not_invoiced(
    orders: Sequence[tuple[dt.date, Decimal]], invoices: Sequence[tuple[dt.date, Decimal]]
) -> Decimal:  # fmt: skip
    """What is ordered and not invoiced yet, where invoices do not say which order they are for.

    An invoice uses up the oldest orders of its day or before; what it is worth beyond them uses up none of later days.
    """
    moves = sorted([(day, 0, amount) for day, amount in orders] + [(day, 1, -amount) for day, amount in invoices])
    left = NOTHING
    for _day, _place, change in moves:
        left = max(left + change, NOTHING)
    return left


def may_be_released_by(actor_role: Role, wanted: Role) -> bool:
    """True for the role that the order waits for, and nobody else."""
    return actor_role == wanted
