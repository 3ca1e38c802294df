"""The register of guarantees (clause 3.1): what secures a customer's debts, until when, and whether it is enough.

Files bring guarantees in (services/imports); here people add, renew and release them. A guarantee is in force from
`valid_from` through `expires_on`, unless it was released before.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from db.enums import GuaranteeKind, Role
from db.models import Customer, CustomerKey, Guarantee
from services import access, data_versions, ledger
from services.assessments.places import place_of, place_text
from services.context import Context
from services.customers.money import exposures
from services.early_warnings.editions import rules_in_force
from services.errors import N_, NotAllowedError, NotFoundError, RefusedError
from services.jobs.following import follow
from services.receivables.rates import RATE_RANGES, rate_join
from services.states import ensure_fresh

LONGEST_PAGE = 500
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


def _checked(new: NewGuarantee) -> NewGuarantee:
    number = new.guarantee_no.strip()
    if not 0 < len(number) <= 64:
        raise RefusedError(N_("Give the number of the guarantee, at most 64 characters."))
    if new.kind not in set(GuaranteeKind):
        raise RefusedError(N_("“%(kind)s” is not a kind of guarantee."), kind=new.kind)
    _ensure_value(new.value)
    currency = (new.currency or "").strip().upper() or None
    if currency is not None and not _CURRENCY.fullmatch(currency):
        raise RefusedError(N_("A currency has three letters, as in CNY or USD."))
    if new.valid_from is not None and new.expires_on is not None and new.expires_on < new.valid_from:
        raise RefusedError(N_("The guarantee ends before it begins."))
    return NewGuarantee(number, new.kind, new.value, currency, new.valid_from, new.expires_on)


def _ensure_value(value: Decimal) -> None:
    if not value.is_finite() or not 0 < value < _MOST_VALUE:
        raise RefusedError(N_("A guarantee is worth more than 0."))


# --- commands


def add_guarantee(ctx: Context, customer_no: str, new: NewGuarantee) -> GuaranteeRow:
    """Enter a guarantee.

    Raises:
        NotAllowedError: the role may not, or the customer is another department's.
        NotFoundError: no such customer.
        RefusedError: it can't be like this, or its number is taken.
    """
    access.ensure_may(ctx, "guarantee.keep")
    found = select(CustomerKey.customer_id).where(CustomerKey.customer_no == customer_no)
    customer_id = ctx.session.execute(found).scalar_one_or_none()
    if customer_id is None:
        raise NotFoundError(N_("Customer %(no)s is not known."), no=customer_no)
    _ensure_own_department(ctx, customer_id)
    made = _checked(new)
    row = Guarantee(
        customer_id=customer_id, guarantee_no=made.guarantee_no, kind=made.kind, value=made.value,
        currency=made.currency, valid_from=made.valid_from, expires_on=made.expires_on, changed_at=ctx.now,
    )  # fmt: skip
    try:
        with ctx.session.begin_nested(), ledger.change(ctx, "guarantee.added", row):
            ctx.session.add(row)
    except IntegrityError as error:
        raise RefusedError(N_("This customer has a guarantee with this number already. Renew that one.")) from error
    _have_followed(ctx, customer_id)
    return guarantee_by_id(ctx, customer_id, row.id)


def renew_guarantee(
    ctx: Context,
    customer_id: int,
    guarantee_id: int,
    version: int,
    expires_on: dt.date,
    value: Decimal | None = None,
    note: str = "",
) -> GuaranteeRow:
    """Let a guarantee run to a later day, with another value where one is given.

    Raises:
        NotAllowedError: the role may not, or the customer is another department's.
        NotFoundError, StaleError, RefusedError: nothing was changed.
    """
    row = _locked(ctx, customer_id, guarantee_id, version)
    if row.released_on is not None:
        raise RefusedError(N_("This guarantee was released. Enter a new one."))
    if expires_on <= max(ctx.today, row.expires_on or dt.date.min):
        raise RefusedError(N_("Renewing needs a last day after today and after the present one."))
    if value is not None:
        _ensure_value(value)
    with ledger.change(ctx, "guarantee.renewed", row, note.strip() or None):
        row.expires_on = expires_on
        row.value = row.value if value is None else value
    _have_followed(ctx, customer_id)
    return guarantee_by_id(ctx, customer_id, guarantee_id)


def release_guarantee(ctx: Context, customer_id: int, guarantee_id: int, version: int, reason: str) -> GuaranteeRow:
    """Give a guarantee back: from today on it secures nothing.

    Raises:
        NotAllowedError: the role may not, or the customer is another department's.
        NotFoundError, StaleError, RefusedError: nothing was changed.
    """
    row = _locked(ctx, customer_id, guarantee_id, version)
    words = reason.strip()
    if not words:
        raise RefusedError(N_("Give a reason: it is kept with the decision."))
    if row.released_on is not None:
        raise RefusedError(N_("This guarantee was released. Enter a new one."))
    with ledger.change(ctx, "guarantee.released", row, words):
        row.released_on, row.release_reason = ctx.today, words
    _have_followed(ctx, customer_id)
    return guarantee_by_id(ctx, customer_id, guarantee_id)


def _locked(ctx: Context, customer_id: int, guarantee_id: int, version: int) -> Guarantee:
    access.ensure_may(ctx, "guarantee.keep")
    found = (
        select(Guarantee)
        .where(Guarantee.customer_id == customer_id, Guarantee.id == guarantee_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    row = ctx.session.execute(found).scalar_one_or_none()
    if row is None:
        raise NotFoundError(N_("This guarantee does not exist."))
    ensure_fresh(version, row.version)
    _ensure_own_department(ctx, customer_id)
    return row


def _ensure_own_department(ctx: Context, customer_id: int) -> None:
    owner = ctx.session.get_one(Customer, customer_id).owner_department_id
    if ctx.actor.role == Role.BUSINESS and owner != ctx.actor.department_id:
        raise NotAllowedError(N_("This customer belongs to another department, which keeps its guarantees."))


def _have_followed(ctx: Context, customer_id: int) -> None:
    """Warnings and the plan look at the customer again."""
    data_versions.bump(ctx, "trade", "controls")
    follow(ctx, [customer_id])


# --- reads

_SECURED = f"""
SELECT g.customer_id, coalesce(sum(g.value * r.rate), 0)
  FROM guarantee g {rate_join("r", "g.currency", ":day")}
 WHERE g.customer_id = ANY(:ids) AND (g.valid_from IS NULL OR g.valid_from <= :day)
   AND (g.expires_on IS NULL OR g.expires_on >= :day) AND (g.released_on IS NULL OR g.released_on > :day)
 GROUP BY g.customer_id
"""  # noqa: S608
_NEVER = "DATE '9999-12-31'"
_IS_STATE = {
    None: "(g.expires_on IS NULL OR g.expires_on >= :day) AND g.released_on IS NULL",
    "in_force": "(g.expires_on IS NULL OR g.expires_on > CAST(:day AS date) + :alarm) AND g.released_on IS NULL "
    "AND (g.valid_from IS NULL OR g.valid_from <= :day)",
    "expiring": "g.expires_on BETWEEN :day AND CAST(:day AS date) + :alarm AND g.released_on IS NULL "
    "AND (g.valid_from IS NULL OR g.valid_from <= :day)",
    "expired": "g.expires_on < :day AND g.released_on IS NULL",
    "released": "g.released_on IS NOT NULL",
    "coming": "g.valid_from > :day AND g.released_on IS NULL",
    "any": "true",
}
_REGISTER = f"""
WITH rates AS ({RATE_RANGES})
SELECT g.*, g.value * r.rate AS base_value, c.customer_no, c.name, c.owner_department_id, d.code AS department
  FROM guarantee g JOIN customer c ON c.customer_id = g.customer_id
  LEFT JOIN department d ON d.id = c.owner_department_id {rate_join("r", "g.currency", ":day")}
 WHERE {{state}} {{chosen}} {{after}}
 ORDER BY coalesce(g.expires_on, {_NEVER}), g.customer_id, g.id LIMIT :limit
"""  # noqa: S608
_CHOSEN = {
    "kind": "AND g.kind = :kind",
    "department": "AND d.code = :department",
    "search": "AND (c.name ILIKE :inside OR c.customer_no ILIKE :beginning OR g.guarantee_no ILIKE :beginning)",
    "customer_id": "AND g.customer_id = :customer_id",
}
_AFTER = (
    f"AND (coalesce(g.expires_on, {_NEVER}), g.customer_id, g.id) > (CAST(:last_day AS date), :last_customer, :last_id)"
)


def alarm_days(ctx: Context) -> int:
    """Days before its end at which a guarantee is warned of: the threshold of warning rule `guarantee_expiring`."""
    return int(rules_in_force(ctx, ctx.today)["guarantee_expiring"].rule.thresholds["days"])


def register(
    ctx: Context, filters: GuaranteeFilter | None = None, cursor: str | None = None, limit: int = 50
) -> GuaranteePage:
    """The register with the coverage of each customer, what ends first at the top.

    Raises:
        NotAllowedError: the actor may not read guarantees.
        RefusedError: the cursor is not one.
    """
    access.ensure_may(ctx, "guarantee.read")
    chosen = filters or GuaranteeFilter()
    limit = max(1, min(limit, LONGEST_PAGE))
    department = chosen.department or (ctx.actor.department_code if ctx.actor.role == Role.BUSINESS else None)
    given = {
        "kind": chosen.kind, "department": None if chosen.customer_id else department,
        "search": chosen.search.strip() or None, "customer_id": chosen.customer_id,
    }  # fmt: skip
    escaped = chosen.search.strip().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    values: dict[str, Any] = given | {"inside": f"%{escaped}%", "beginning": f"{escaped}%"}
    after = ""
    if cursor:
        day, customer_id, guarantee_id = place_of(cursor, str, int, int)
        values |= {"last_day": day, "last_customer": customer_id, "last_id": guarantee_id}
        after = _AFTER
    where = " ".join(words for name, words in _CHOSEN.items() if given[name] is not None)
    found = _found(ctx, chosen.state, where, after, values | {"limit": limit + 1})
    rows = _rows(ctx, found[:limit])
    if len(found) <= limit:
        return GuaranteePage(rows, None)
    last = rows[-1]
    return GuaranteePage(rows, place_text((last.expires_on or dt.date.max).isoformat(), last.customer_id, last.id))


def _found(ctx: Context, state: str | None, where: str, after: str, values: dict[str, Any]) -> Sequence[Any]:
    statement = _REGISTER.format(state=_IS_STATE.get(state, _IS_STATE[None]), chosen=where, after=after)
    values |= {"day": ctx.today, "base": _base(ctx), "alarm": alarm_days(ctx)}
    used = {name: value for name, value in values.items() if f":{name}" in statement}
    return ctx.session.execute(text(statement), used).all()


def _base(ctx: Context) -> str:
    return ctx.policy_history.on(ctx.today).base_currency


def secured_now(ctx: Context, customer_ids: Sequence[int]) -> dict[int, Decimal]:
    """What the guarantees in force of these customers are worth, in the base currency."""
    access.ensure_may(ctx, "guarantee.read")
    statement = f"WITH rates AS ({RATE_RANGES}) {_SECURED}"
    values = {"ids": list(customer_ids), "day": ctx.today, "base": _base(ctx)}
    found = {row[0]: row[1] for row in ctx.session.execute(text(statement), values)}
    return {one: found.get(one, Decimal(0)) for one in customer_ids}


def _rows(ctx: Context, found: Sequence[Any]) -> tuple[GuaranteeRow, ...]:
    customers = sorted({row.customer_id for row in found})
    secured, owed, alarm = secured_now(ctx, customers), exposures(ctx, customers), alarm_days(ctx)
    rows = []
    for one in found:
        money = owed[one.customer_id].open_amount
        rows.append(
            GuaranteeRow(
                customer_id=one.customer_id, id=one.id, version=one.version, customer_no=one.customer_no,
                customer_name=one.name, department=one.department, department_id=one.owner_department_id,
                guarantee_no=one.guarantee_no, kind=one.kind, value=one.value, currency=one.currency,
                base_value=one.base_value, valid_from=one.valid_from, expires_on=one.expires_on,
                days_left=None if one.expires_on is None else (one.expires_on - ctx.today).days,
                released_on=one.released_on, release_reason=one.release_reason,
                state=state_of(ctx.today, one.valid_from, one.expires_on, one.released_on, alarm),
                secured=secured[one.customer_id], open_amount=money,
                coverage=secured[one.customer_id] / money if money else None,
            )
        )  # fmt: skip
    return tuple(rows)


def guarantee_by_id(ctx: Context, customer_id: int, guarantee_id: int) -> GuaranteeRow:
    """One guarantee.

    Raises:
        NotAllowedError: the actor may not read guarantees.
        NotFoundError: there is none.
    """
    access.ensure_may(ctx, "guarantee.read")
    values = {"customer_id": customer_id, "id": guarantee_id, "limit": 1}
    found = _found(ctx, "any", "AND g.customer_id = :customer_id AND g.id = :id", "", values)
    if not found:
        raise NotFoundError(N_("This guarantee does not exist."))
    return _rows(ctx, found)[0]


_ASKED = """
SELECT k.customer_id, k.id, k.guarantee_value, k.coverage_ratio, c.customer_no, c.name, d.code AS department
  FROM control k JOIN customer c ON c.customer_id = k.customer_id
  LEFT JOIN department d ON d.id = c.owner_department_id
 WHERE k.state = 'active' AND k.kind = 'guarantee' AND (:department IS NULL OR d.code = :department)
"""


def uncovered(ctx: Context, department: str | None = None) -> tuple[Uncovered, ...]:
    """Customers whose guarantee control asks for more than is in force, the largest gap first."""
    access.ensure_may(ctx, "guarantee.read")
    asked = ctx.session.execute(text(_ASKED), {"department": department}).all()
    customers = [row.customer_id for row in asked]
    secured, owed = secured_now(ctx, customers), exposures(ctx, customers)
    rows = []
    for one in asked:
        money = owed[one.customer_id].open_amount
        needed = needed_value(one.guarantee_value, one.coverage_ratio, money)
        if secured[one.customer_id] < needed:
            rows.append(
                Uncovered(
                    one.customer_id, one.customer_no, one.name, one.department, one.id, needed,
                    secured[one.customer_id], money,
                )
            )  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (row.secured - row.needed, row.customer_id)))
