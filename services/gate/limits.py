"""What a customer may still order, limit by limit: for pages that show it beside an order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from db.enums import ControlKind, Grade
from services import access
from services.context import Context
from services.errors import N_, NotFoundError
from services.gate.rows import NOTHING, ControlInForce, CustomerStanding, OrderAsked, OverrideInForce
from services.gate.rule import limit_left
from services.gate.standing import read_standing


@dataclass(frozen=True)
class LimitUse:
    """One limit and how much of it is used, in the base currency. `name`: order_limit, month_limit, exposure_limit,
    guarantee (what is secured of what must be)."""

    name: str
    control_id: int
    limit: Decimal
    used: Decimal


@dataclass(frozen=True)
class CustomerLimits:
    """Where a customer stands at the gate now. `limit_left` None: no limit is set."""

    grade: Grade | None
    is_suspended: bool
    controls: tuple[ControlInForce, ...]
    overrides: tuple[OverrideInForce, ...]
    uses: tuple[LimitUse, ...]
    limit_left: Decimal | None


# --- rules


def uses_of(standing: CustomerStanding) -> Iterable[LimitUse]:
    """Each limit of the measures in force with what counts against it."""
    owed = standing.open_amount + standing.ordered_amount
    for control in standing.controls:
        demands = control.demands
        for name, used in (
            ("order_limit", NOTHING), ("month_limit", standing.month_amount), ("exposure_limit", owed),
        ):  # fmt: skip
            if demands.get(name) is not None:
                yield LimitUse(name, control.control_id, demands[name], used)
        needed = max(demands.get("guarantee_value") or NOTHING, (demands.get("coverage_ratio") or NOTHING) * owed)
        if needed:
            yield LimitUse("guarantee", control.control_id, needed, standing.guaranteed_amount)


# --- reads


def limits_of(ctx: Context, customer_no: str) -> CustomerLimits:
    """Where a customer stands at the gate now.

    Raises:
        NotFoundError: no customer has this number.
    """
    access.ensure_may(ctx, "gate.read")
    read = read_standing(ctx, OrderAsked(customer_no, NOTHING))
    if read is None:
        raise NotFoundError(N_("There is no customer with the number %(no)s."), no=customer_no)
    standing = read.standing
    return CustomerLimits(
        standing.grade, any(one.kind is ControlKind.SUSPENSION for one in standing.controls), standing.controls,
        standing.overrides, tuple(uses_of(standing)), limit_left(standing),
    )  # fmt: skip
