"""Looks that found nothing to enter: who looked when, and why something is not to be had (clause 2.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select

from db.enums import InformationFinding, Role
from db.models import AppUser, Customer, InformationCheck
from services import ledger
from services.access import ensure_may
from services.context import Context
from services.errors import N_, NotAllowedError, NotFoundError, RefusedError
from services.information.catalogue import INDUSTRY, Item, item_by_code
from services.information.upkeep import refresh_standing
from services.jobs.following import follow
from services.states import ensure_fresh

NOTHING_NEW, NOT_AVAILABLE = InformationFinding.NOTHING_NEW, InformationFinding.NOT_AVAILABLE
#: More at once are not one person's looks any more.
MOST_AT_ONCE = 200


@dataclass(frozen=True)
class LookRow:
    """One look. `may_withdraw`: the reader may take it back."""

    id: int
    customer_id: int
    version: int
    item: str
    checked_on: dt.date
    finding: str
    note: str | None
    checked_by: str
    name: str
    checked_at: dt.datetime
    may_withdraw: bool


# --- rules


def ensure_can_find(item: Item, finding: InformationFinding) -> None:
    """Refuse what makes no sense: an outlook is entered, and a statement does not stay the same by being looked at.

    Raises:
        RefusedError: the item can't be confirmed so.
    """
    if item.code == INDUSTRY:
        raise RefusedError(N_("An industry outlook is entered for the industry, not confirmed for one customer."))
    if item.code == "financials" and finding is NOTHING_NEW:
        raise RefusedError(N_("A statement is entered, or it is not to be had. Say which, and why."))


def ensure_looked(checked_on: dt.date, today: dt.date) -> None:
    """Refuse a look in the future.

    Raises:
        RefusedError: the day lies after today.
    """
    if checked_on > today:
        raise RefusedError(
            N_("A look can't lie in the future: choose today (%(today)s) or an earlier day."), today=today
        )


# --- commands


def confirm(
    ctx: Context, item: str, customer_ids: Sequence[int], finding: InformationFinding, checked_on: dt.date,
    note: str = "", *, defers_upkeep: bool = False,
) -> int:  # fmt: skip
    """Note that somebody looked at these customers and found nothing to enter; how many looks were noted.

    With `defers_upkeep` the caller, who notes many sittings, calls `refresh_standing` after the last.

    Raises:
        NotAllowedError: the role may not, or a customer belongs to another department.
        NotFoundError: no such item or customer.
        RefusedError: the day lies ahead, the reason is missing, or too many at once.
    """
    ensure_may(ctx, "information.confirm")
    asked, words = item_by_code(item), " ".join(note.split())
    ensure_can_find(asked, finding)
    ensure_looked(checked_on, ctx.today)
    if finding is NOT_AVAILABLE and not words:
        raise RefusedError(N_("Write why it is not to be had: whoever reads the score must know."))
    wanted = sorted(set(customer_ids))
    if not wanted or len(wanted) > MOST_AT_ONCE:
        raise RefusedError(N_("Choose between 1 and %(most)s customers."), most=MOST_AT_ONCE)
    _ensure_own(ctx, wanted)
    look = {
        "item": item, "checked_on": checked_on, "finding": finding.value, "note": words or None,
        "checked_by": ctx.actor.login, "checked_at": ctx.now, "changed_at": ctx.now,
    }  # fmt: skip
    _write(ctx, wanted, look)
    if not defers_upkeep:
        refresh_standing(ctx, wanted)
        follow(ctx, wanted)
    return len(wanted)


def withdraw(ctx: Context, customer_id: int, look_id: int, version: int) -> None:
    """Take a look back that was noted by mistake: it counts no more, and stays readable.

    Raises:
        NotAllowedError: it is another person's, and the actor is not of risk management.
        NotFoundError, StaleError, RefusedError: there is none, it changed meanwhile, or it was taken back already.
    """
    ensure_may(ctx, "information.confirm")
    row = ctx.session.execute(
        select(InformationCheck)
        .where(InformationCheck.customer_id == customer_id, InformationCheck.id == look_id)
        .with_for_update()
    ).scalar_one_or_none()
    if row is None:
        raise NotFoundError(N_("There is no such look. Reload to see what stands."))
    if row.checked_by != ctx.actor.login and ctx.actor.role is not Role.RISK and not ctx.is_system:
        raise NotAllowedError(N_("Only the person who looked, or risk management, takes a look back."))
    ensure_fresh(version, row.version)
    if row.withdrawn_at is not None:
        raise RefusedError(N_("This look was taken back already."))
    with ledger.change(ctx, "information.withdrawn", row):
        row.withdrawn_by, row.withdrawn_at = ctx.actor.login, ctx.now
    refresh_standing(ctx, [customer_id])
    follow(ctx, [customer_id])


def _ensure_own(ctx: Context, customer_ids: Sequence[int]) -> None:
    """Business users confirm for customers of their own department only (SPEC 3)."""
    owners = dict(
        ctx.session.execute(
            select(Customer.customer_id, Customer.owner_department_id)
            .where(Customer.customer_id.in_(customer_ids))
            .order_by(Customer.customer_id)
            .with_for_update(key_share=True)
        ).all()
    )
    if len(owners) < len(customer_ids):
        raise NotFoundError(N_("One of these customers is not known any more. Reload the list."))
    is_business = ctx.actor.role is Role.BUSINESS and not ctx.is_system
    if is_business and any(owner != ctx.actor.department_id for owner in owners.values()):
        raise NotAllowedError(N_("This customer belongs to another department; you may change those of your own."))


def _write(ctx: Context, customer_ids: Sequence[int], look: dict[str, Any]) -> None:
    """One entry in the customer's chain, or one for the batch that names them all."""
    if len(customer_ids) == 1:
        row = InformationCheck(customer_id=customer_ids[0], **look)
        with ledger.change(ctx, "information.confirmed", row, look["note"]):
            ctx.session.add(row)
        return
    ctx.session.execute(insert(InformationCheck), [{"customer_id": one, **look} for one in customer_ids])
    after = {
        "finding": look["finding"], "checked_on": look["checked_on"], "count": len(customer_ids),
        "customers": list(customer_ids),
    }  # fmt: skip
    ledger.record(ctx, "information.confirmed", f"information:{look['item']}", after=after, note=look["note"])


# --- reads


def looks_of(ctx: Context, customer_id: int, limit: int = 20) -> tuple[LookRow, ...]:
    """The looks at one customer that count, the newest first."""
    ensure_may(ctx, "information.read")
    check = InformationCheck
    found = ctx.session.execute(
        select(check, AppUser.name)
        .outerjoin(AppUser, AppUser.login == check.checked_by)
        .where(check.customer_id == customer_id, check.withdrawn_at.is_(None))
        .order_by(check.checked_on.desc(), check.id.desc())
        .limit(limit)
    )
    return tuple(
        LookRow(
            row.id, row.customer_id, row.version, row.item, row.checked_on, row.finding, row.note, row.checked_by,
            name or row.checked_by, row.checked_at,
            row.checked_by == ctx.actor.login or ctx.actor.role is Role.RISK,
        )
        for row, name in found
    )  # fmt: skip
