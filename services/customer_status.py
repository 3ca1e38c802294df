"""A customer's risk status in one piece, for other systems: level, why, listing, measures, money, freshness."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from db.models import Customer
from services.context import Context
from services.controls import ControlRow, controls_in_force
from services.customers import Exposure, ListingRow, customer_by_no, exposure, listings_of
from services.errors import N_, NotFoundError
from services.information.worklist import ItemRow, items_of
from services.listings_now import grade_of
from services.scoring.explanation import Explanation, explained_score


@dataclass(frozen=True)
class LevelInForce:
    """The level that holds, since when, by what, and until when where it ends by itself; all None: nothing is known."""

    level: str | None
    since: dt.date | None
    source: str | None
    until: dt.date | None
    score: Decimal | None
    scored_on: dt.date | None


@dataclass(frozen=True)
class CustomerStatus:
    """What another system is told of a customer. Money in the base currency, as owed at the end of `as_of`."""

    customer_no: str
    name: str
    department: str | None
    as_of: dt.date
    level: LevelInForce
    why: Explanation | None
    grade: str | None
    listings: tuple[ListingRow, ...]
    controls: tuple[ControlRow, ...]
    money: Exposure
    currency: str
    items: tuple[ItemRow, ...]


def status_of(ctx: Context, customer_no: str) -> CustomerStatus:
    """A customer's status on the business date. A machine of a department is told of its own customers only.

    Raises:
        NotAllowedError: the actor may not read customers.
        NotFoundError: no customer has this number, or none of the machine's department.
    """
    one = customer_by_no(ctx, customer_no)
    is_machine_of = ctx.actor.department_id if ctx.actor.rights is not None else None
    if is_machine_of is not None and one.department_id != is_machine_of:
        raise NotFoundError(N_("No customer has the number %(no)s."), no=customer_no)
    standing = select(
        Customer.risk_level, Customer.level_since, Customer.level_source, Customer.level_until, Customer.risk_score,
        Customer.scored_on,
    ).where(Customer.customer_id == one.customer_id)  # fmt: skip
    return CustomerStatus(
        customer_no=one.customer_no, name=one.name, department=one.department, as_of=ctx.today,
        level=LevelInForce(*ctx.session.execute(standing).one()),
        why=explained_score(ctx, one.customer_id), grade=grade_of(ctx, one.customer_id),
        listings=listings_of(ctx, one.customer_id), controls=controls_in_force(ctx, one.customer_id),
        money=exposure(ctx, one.customer_id), currency=ctx.policy_history.on(ctx.today).base_currency,
        items=items_of(ctx, one.customer_id),
    )  # fmt: skip
