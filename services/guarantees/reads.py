"""Reading the register: page by page with each customer's coverage, one, and who lacks security that is demanded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from db.enums import Role
from services import access
from services.assessments.places import place_of, place_text
from services.context import Context
from services.customers.money import exposures
from services.early_warnings.editions import rules_in_force
from services.errors import N_, NotFoundError
from services.guarantees.rows import GuaranteeFilter, GuaranteePage, GuaranteeRow, Uncovered, needed_value, state_of
from services.receivables.rates import RATE_RANGES, rate_join

LONGEST_PAGE = 500

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
