"""The frozen rows of the register, and the rules over them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal

from db.enums import GuaranteeKind
from services.errors import N_, RefusedError

_CURRENCY = re.compile(r"[A-Z]{3}")
_MOST_VALUE = Decimal(10) ** 15
#: Where a guarantee stands on a day, in the order of the filter.
STATES = ("in_force", "expiring", "expired", "released", "coming")

# --- row types


@dataclass(frozen=True)
class GuaranteeRow:
    """One guarantee. `base_value` None: its currency has no rate. `days_left` to its last day; None: it has none.

    `secured` is what all guarantees in force of the customer are worth, `open_amount` what the customer owes (both in
    the base currency), `coverage` the one over the other (None: nothing is owed). `state` is one of STATES.
    """

    customer_id: int
    id: int
    version: int
    customer_no: str
    customer_name: str
    department: str | None
    department_id: int | None
    guarantee_no: str
    kind: str
    value: Decimal
    currency: str | None
    base_value: Decimal | None
    valid_from: dt.date | None
    expires_on: dt.date | None
    days_left: int | None
    released_on: dt.date | None
    release_reason: str | None
    state: str
    secured: Decimal
    open_amount: Decimal
    coverage: Decimal | None


@dataclass(frozen=True)
class GuaranteePage:
    """Part of the register, what ends first at the top; `after` continues it, None at the end."""

    rows: tuple[GuaranteeRow, ...]
    after: str | None


@dataclass(frozen=True)
class GuaranteeFilter:
    """What of the register is shown. `state` one of STATES; None: all but the released and the expired."""

    state: str | None = None
    kind: str | None = None
    department: str | None = None
    search: str = ""
    customer_id: int | None = None


@dataclass(frozen=True)
class Uncovered:
    """A customer whose control asks for more security than there is. `needed` and `secured` in the base currency."""

    customer_id: int
    customer_no: str
    customer_name: str
    department: str | None
    control_id: int
    needed: Decimal
    secured: Decimal
    open_amount: Decimal


@dataclass(frozen=True)
class NewGuarantee:
    """A guarantee as somebody enters it. `currency` None: the base currency; `expires_on` None: without end."""

    guarantee_no: str
    kind: str
    value: Decimal
    currency: str | None = None
    valid_from: dt.date | None = None
    expires_on: dt.date | None = None


# --- rules


def needed_value(guarantee_value: Decimal | None, coverage_ratio: Decimal | None, open_amount: Decimal) -> Decimal:
    """What a control asks to be secured: its value, or its share of what is owed, whichever is more."""
    return max(guarantee_value or Decimal(0), (coverage_ratio or Decimal(0)) * open_amount)


def state_of(
    day: dt.date,
    valid_from: dt.date | None,
    expires_on: dt.date | None,
    released_on: dt.date | None,
    alarm_days: int,
) -> str:
    """Where a guarantee stands on a day; on its last day it is still in force."""
    if released_on is not None and released_on <= day:
        return "released"
    if expires_on is not None and expires_on < day:
        return "expired"
    if valid_from is not None and valid_from > day:
        return "coming"
    is_near = expires_on is not None and expires_on <= day + dt.timedelta(days=alarm_days)
    return "expiring" if is_near else "in_force"


def checked(new: NewGuarantee) -> NewGuarantee:
    """A guarantee that can be kept.

    Raises:
        RefusedError: which part can't be.
    """
    number = new.guarantee_no.strip()
    if not 0 < len(number) <= 64:
        raise RefusedError(N_("Give the number of the guarantee, at most 64 characters."))
    if new.kind not in set(GuaranteeKind):
        raise RefusedError(N_("“%(kind)s” is not a kind of guarantee."), kind=new.kind)
    ensure_value(new.value)
    currency = (new.currency or "").strip().upper() or None
    if currency is not None and not _CURRENCY.fullmatch(currency):
        raise RefusedError(N_("A currency has three letters, as in CNY or USD."))
    if new.valid_from is not None and new.expires_on is not None and new.expires_on < new.valid_from:
        raise RefusedError(N_("The guarantee ends before it begins."))
    return NewGuarantee(number, new.kind, new.value, currency, new.valid_from, new.expires_on)


def ensure_value(value: Decimal) -> None:
    """Raises RefusedError for what a guarantee can't be worth."""
    if not value.is_finite() or not 0 < value < _MOST_VALUE:
        raise RefusedError(N_("A guarantee is worth more than 0."))
