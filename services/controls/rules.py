"""Where a control stands, what each kind may demand, and what a proposal needs (clause 3.1, SPEC 4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from db.enums import ControlEnd, ControlForce, ControlKind, ControlState, Role
from services.controls.rows import Demands, NewControl
from services.errors import N_, RefusedError
from services.states import Transitions

#: SPEC 4: proposed -> active -> lifted | expired. A proposal that comes to nothing is lifted too, as declined or
#: withdrawn. The trigger on `control` holds the same.
CONTROL_TRANSITIONS: Transitions = {
    ControlState.PROPOSED: frozenset({ControlState.ACTIVE, ControlState.LIFTED}),
    ControlState.ACTIVE: frozenset({ControlState.LIFTED, ControlState.EXPIRED}),
    ControlState.LIFTED: frozenset(),
    ControlState.EXPIRED: frozenset(),
}
#: What a control of each kind may demand. The database holds the same.
DEMANDS_OF: Mapping[str, tuple[str, ...]] = {
    ControlKind.MONITORING: ("monitoring_days",),
    ControlKind.TRADE_LIMIT: ("order_limit", "month_limit", "exposure_limit", "terms_days"),
    ControlKind.SUSPENSION: (),
    ControlKind.GUARANTEE: ("guarantee_value", "coverage_ratio"),
    ControlKind.PREPAYMENT: ("prepaid_share", "terms_days"),
}
#: How a person may end a control: the other ends come of approving, declining and withdrawing.
LIFTED_AS = (ControlEnd.NO_LONGER_NEEDED, ControlEnd.UNFOUNDED)
#: Who may be named to override a control at the gate.
OVERRIDE_ROLES = (Role.RISK, Role.LEADER, Role.FINANCE)
LONGEST_DAYS = 731
#: A review is due from its day on; it is on the worklist this many days before. So is the end.
REVIEW_AHEAD_DAYS, EXPIRY_AHEAD_DAYS = 3, 14
_MONEY = ("order_limit", "month_limit", "exposure_limit", "guarantee_value")
_DAYS = ("terms_days", "monitoring_days")
_MOST_MONEY = Decimal(10) ** 15
_MOST_COVERAGE = Decimal(10)


def is_strict(kind: str, force: str) -> bool:
    """Whether a control stops trade without anybody at the gate able to let an order pass."""
    return kind == ControlKind.SUSPENSION or (force == ControlForce.ABSOLUTE and kind != ControlKind.MONITORING)


def checked_demands(kind: str, demands: Demands) -> dict[str, Any]:
    """All columns of what is demanded, None where nothing is.

    Raises:
        RefusedError: another kind's demand, none at all, or out of range.
    """
    if kind not in set(ControlKind):
        raise RefusedError(N_("“%(kind)s” is not a kind of measure."), kind=kind)
    given, allowed = demands.given(), DEMANDS_OF[kind]
    if set(given) - set(allowed):
        raise RefusedError(N_("This kind of measure has no such parameter. Choose the kind that has it."))
    if allowed and not given:
        raise RefusedError(N_("Say what the measure demands: at least one of its parameters."))
    for name, value in given.items():
        _ensure_in_range(name, value)
    return {name: given.get(name) for name in Demands.__dataclass_fields__}


def _ensure_in_range(name: str, value: Any) -> None:  # noqa: ANN401  (int or Decimal)
    if not Decimal(value).is_finite():
        raise RefusedError(N_("Give amounts and shares as numbers."))
    if name in _MONEY and not 0 <= value < _MOST_MONEY:
        raise RefusedError(N_("An amount of money is 0 or more, in the base currency."))
    if name in _DAYS and not int(name == "monitoring_days") <= value <= LONGEST_DAYS:
        raise RefusedError(N_("Days lie between 0 and %(most)s, a rhythm is one day at least."), most=LONGEST_DAYS)
    if name == "prepaid_share" and not 0 < value <= 1:
        raise RefusedError(N_("The share paid in advance lies above 0 and is 100 % at most."))
    if name == "coverage_ratio" and not 0 < value <= _MOST_COVERAGE:
        raise RefusedError(N_("Coverage lies above 0 % and is 1,000 % at most."))


def checked_force(kind: str, force: str, override_role: str | None) -> tuple[str, str | None]:
    """Force and the role that may override it.

    Raises:
        RefusedError: one of them is unknown.
    """
    if force not in set(ControlForce):
        raise RefusedError(N_("“%(force)s” is not a force of a measure."), force=force)
    if force == ControlForce.ABSOLUTE:
        return ControlForce.ABSOLUTE.value, None
    if override_role not in set(OVERRIDE_ROLES):
        raise RefusedError(N_("Name the role that may let an order pass this measure."))
    return ControlForce.OVERRIDABLE.value, Role(override_role).value


def checked_days(wanted: NewControl, today: dt.date) -> tuple[dt.date | None, dt.date | None]:
    """The day of the first review and the last day.

    Raises:
        RefusedError: a day is missing, past, too far away, or they are the wrong way round.
    """
    ensure_review_day(wanted.review_on, today)
    ensure_end(wanted.expires_on, today)
    return wanted.review_on, wanted.expires_on


def ensure_review_day(day: dt.date | None, today: dt.date) -> None:
    """Raises RefusedError for a review that is not after today, or too far away."""
    latest = today + dt.timedelta(days=LONGEST_DAYS)
    if day is None or not today < day <= latest:
        raise RefusedError(
            N_("A measure is reviewed on a day after today, by %(latest)s at the latest."), latest=latest
        )


def ensure_end(expires_on: dt.date | None, today: dt.date) -> None:
    """Raises RefusedError for a last day that is over or too far away."""
    latest = today + dt.timedelta(days=LONGEST_DAYS)
    if expires_on is not None and not today <= expires_on <= latest:
        raise RefusedError(N_("The last day lies between today and %(latest)s."), latest=latest)
