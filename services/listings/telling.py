"""Tells departments and people what identification wants of them, and what was decided (clauses 2.3, 4.2)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select

from db.enums import CandidateState, DepartmentKind, Role
from db.models import AppUser, Customer, Department, Listing, ListingCandidate
from services.context import Context
from services.notifications import notify

PAGE = "listings"
#: Departments that a listing concerns beside the customer's own: trade stops, money is claimed.
_CONCERNED = (DepartmentKind.FINANCE, DepartmentKind.LEGAL, DepartmentKind.RISK, DepartmentKind.LEADERSHIP)


def address_of(row: Listing) -> str:
    """Where a listing is shown."""
    return f"{PAGE}?listing={row.customer_id}.{row.id}"


def tell_found(ctx: Context) -> None:
    """Each customer's department, of the candidates that this transaction found: one notice a run."""
    counted = (
        select(Customer.owner_department_id, func.count())
        .join(ListingCandidate, ListingCandidate.customer_id == Customer.customer_id)
        .where(
            ListingCandidate.state == CandidateState.OPEN.value, ListingCandidate.changed_at == ctx.now,
            ListingCandidate.version == 1,
        )
        .group_by(Customer.owner_department_id)
        .order_by(Customer.owner_department_id)
    )  # fmt: skip
    for department, count in ctx.session.execute(counted).all():
        if department is not None:
            notify(
                ctx, "listing_candidates", "listing_candidate", department=department, params={"count": count},
                link=PAGE,
            )  # fmt: skip


def tell_tip(ctx: Context, row: ListingCandidate) -> None:
    """Risk management: somebody handed in a tip."""
    params = {"customer": name_of(ctx, row.customer_id)}
    link = f"{PAGE}?candidate={row.customer_id}.{row.id}"
    notify(ctx, "listing_tip", f"listing_candidate:{row.id}", params=params, link=link)


def tell_handed_in(ctx: Context, row: Listing) -> None:
    """Risk management: a proposal waits for its review."""
    params = {"customer": name_of(ctx, row.customer_id)}
    notify(ctx, "listing_to_review", f"listing:{row.id}", params=params, link=address_of(row))


def tell_ready(ctx: Context, row: Listing) -> None:
    """Who may decide: a proposal is ready."""
    params = {"customer": name_of(ctx, row.customer_id)}
    notify(ctx, "listing_to_decide", f"listing:{row.id}", params=params, link=address_of(row))


def tell_asked(ctx: Context, row: Listing) -> None:
    """Who proposed it: more is asked for."""
    if row.proposer_id is not None:
        params = {"customer": name_of(ctx, row.customer_id), "reason": row.asked_for, "day": row.asked_due_on}
        notify(
            ctx, "listing_asked", f"listing:{row.id}", people=[row.proposer_id], params=params, link=address_of(row)
        )  # fmt: skip


def tell_rejected(ctx: Context, row: Listing) -> None:
    """Who proposed it: the customer is not listed, and why."""
    if row.proposer_id is not None:
        params = {"customer": name_of(ctx, row.customer_id), "reason": row.decision_reason or ""}
        notify(
            ctx, "listing_rejected", f"listing:{row.id}", people=[row.proposer_id], params=params, link=address_of(row)
        )  # fmt: skip


def tell_confirmed(ctx: Context, row: Listing) -> None:
    """The customer's department, finance, legal, risk management and leadership: trade has stopped."""
    _tell_all(ctx, row, "listing_confirmed", {"grade": row.grade})


def tell_ended(ctx: Context, row: Listing) -> None:
    """The same: the listing was wrong and has ended."""
    _tell_all(ctx, row, "listing_ended", {"reason": row.correction_reason or ""})


def tell_to_end(ctx: Context, row: Listing) -> None:
    """Who may end a listing: somebody found one wrong."""
    params = {"customer": name_of(ctx, row.customer_id), "reason": row.correction_reason or ""}
    notify(ctx, "listing_to_end", f"listing:{row.id}", params=params, link=address_of(row))


def _tell_all(ctx: Context, row: Listing, kind: str, params: dict[str, Any]) -> None:
    filled = {"customer": name_of(ctx, row.customer_id), **params}
    people = _people_of(ctx, _departments(ctx, row.customer_id))
    if people:
        notify(ctx, kind, f"listing:{row.id}", people=people, params=filled, link=address_of(row))


def _departments(ctx: Context, customer_id: int) -> set[int]:
    concerned = select(Department.id).where(Department.kind.in_([kind.value for kind in _CONCERNED]))
    owner = select(Customer.owner_department_id).where(Customer.customer_id == customer_id)
    own = ctx.session.execute(owner).scalar_one()
    return set(ctx.session.execute(concerned).scalars()) | ({own} if own is not None else set())


def _people_of(ctx: Context, departments: Collection[int]) -> list[int]:
    """Those of these departments who have to know: not mere readers."""
    found = select(AppUser.id).where(
        AppUser.is_active, AppUser.department_id.in_(departments), AppUser.role != Role.VIEWER.value
    )
    return list(ctx.session.execute(found.order_by(AppUser.id)).scalars())


def name_of(ctx: Context, customer_id: int) -> str:
    """A customer's name."""
    return ctx.session.execute(select(Customer.name).where(Customer.customer_id == customer_id)).scalar_one()
