"""Reading controls: what holds on a day, one whole, a customer's history, and counts by department."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from sqlalchemy import and_, func, or_, select, text

from db.enums import ControlState, Role
from db.models import Control, Department
from services import access
from services.context import Context
from services.controls.rows import ControlCounts, ControlRow, DepartmentControls
from services.controls.rules import EXPIRY_AHEAD_DAYS, REVIEW_AHEAD_DAYS
from services.controls.stored import control_row, made, selected
from services.customer_keys import customer_id_of


def controls_in_force(ctx: Context, customer_id: int, day: dt.date | None = None) -> tuple[ControlRow, ...]:
    """The controls that held on a customer on a day (default: the business date), by kind.

    Raises:
        NotAllowedError: the actor may not read controls.
    """
    access.ensure_may(ctx, "control.read")
    on = day or ctx.today
    held = and_(
        Control.customer_id == customer_id, Control.starts_on <= on,
        or_(Control.ended_on.is_(None), Control.ended_on > on),
        or_(Control.expires_on.is_(None), Control.expires_on >= on),
    )  # fmt: skip
    found = ctx.session.execute(selected().where(held).order_by(Control.kind, Control.id))
    return tuple(made(ctx, one) for one in found)


def history(ctx: Context, customer_no: str, limit: int = 200) -> tuple[ControlRow, ...]:
    """All of a customer's controls: those that wait and hold first, then the ended ones, the newest first.

    Raises:
        NotAllowedError: the actor may not read controls.
        NotFoundError: no such customer.
    """
    access.ensure_may(ctx, "control.read")
    is_over = Control.state.in_((ControlState.LIFTED.value, ControlState.EXPIRED.value))
    query = selected().where(Control.customer_id == customer_id_of(ctx, customer_no))
    order = (is_over, Control.state, Control.ended_on.desc(), Control.proposed_at.desc(), Control.id.desc())
    return tuple(made(ctx, one) for one in ctx.session.execute(query.order_by(*order).limit(limit)))


def control_by_id(ctx: Context, customer_id: int, control_id: int) -> ControlRow:
    """One control.

    Raises:
        NotAllowedError: the actor may not read controls.
        NotFoundError: there is none.
    """
    access.ensure_may(ctx, "control.read")
    return control_row(ctx, customer_id, control_id)


# Waiting and active controls are few beside customers: both parts read a partial index.
_COUNTED = """
SELECT d.code, k.kind, count(*) FILTER (WHERE k.state = 'proposed'),
       count(*) FILTER (WHERE k.state = 'active' AND k.review_on <= CAST(:today AS date) + :review_ahead),
       count(*) FILTER (WHERE k.state = 'active' AND k.expires_on <= CAST(:today AS date) + :expiry_ahead),
       count(*) FILTER (WHERE k.state = 'active')
  FROM control k JOIN customer c ON c.customer_id = k.customer_id
  LEFT JOIN department d ON d.id = c.owner_department_id
 WHERE k.state IN ('proposed', 'active') AND (:department IS NULL OR d.code = :department)
 GROUP BY d.code, k.kind
"""
_RESTRICTED = """
SELECT d.code, count(DISTINCT k.customer_id)
  FROM control k JOIN customer c ON c.customer_id = k.customer_id
  LEFT JOIN department d ON d.id = c.owner_department_id
 WHERE k.state = 'active' AND (:department IS NULL OR d.code = :department) GROUP BY d.code
"""


def department_counts(ctx: Context, department: str | None = None) -> tuple[DepartmentControls, ...]:
    """What holds and what waits, by department of the customers, in the order of the departments.

    Raises:
        NotAllowedError: the actor may not read controls.
    """
    access.ensure_may(ctx, "control.read")
    values: dict[str, Any] = {"department": department}
    restricted: dict[str | None, int] = {row[0]: row[1] for row in ctx.session.execute(text(_RESTRICTED), values)}
    values |= {"today": ctx.today, "review_ahead": REVIEW_AHEAD_DAYS, "expiry_ahead": EXPIRY_AHEAD_DAYS}
    kinds: dict[str | None, dict[str, int]] = defaultdict(dict)
    waiting: dict[str | None, list[int]] = defaultdict(lambda: [0, 0, 0])
    for code, kind, *waits, active in ctx.session.execute(text(_COUNTED), values):
        waiting[code] = [one + more for one, more in zip(waiting[code], waits, strict=True)]
        if active:
            kinds[code][kind] = active
    codes = [*ctx.session.execute(select(Department.code).order_by(Department.id)).scalars(), None]
    return tuple(
        DepartmentControls(code, restricted.get(code, 0), kinds.get(code, {}), *waiting[code])
        for code in codes
        if code in waiting
    )


def control_counts(ctx: Context, department: str | None = None) -> ControlCounts:
    """What waits and what holds: of a business user's own department, of the one named, or of all."""
    found = department_counts(ctx, own_department(ctx, department))
    return ControlCounts(
        to_approve=sum(one.to_approve for one in found), to_review=sum(one.to_review for one in found),
        expiring=sum(one.expiring for one in found), active=sum(sum(one.kinds.values()) for one in found),
        customers=sum(one.customers for one in found),
    )  # fmt: skip


def own_department(ctx: Context, department: str | None) -> str | None:
    """The department whose controls are meant: business users see their own where they name none."""
    if department is None and ctx.actor.role == Role.BUSINESS:
        return ctx.actor.department_code
    return department


def people_to_own(ctx: Context, customer_id: int) -> tuple[tuple[int, str], ...]:
    """Who can be put in charge of a control: people of the customer's department and of risk management."""
    access.ensure_may(ctx, "control.read")
    people = text(
        "SELECT u.id, u.name FROM app_user u LEFT JOIN customer c ON c.customer_id = :id "
        "WHERE u.is_active AND (u.role = 'risk' OR (u.role = 'business' AND u.department_id = c.owner_department_id)) "
        "ORDER BY u.role DESC, u.name, u.id"
    )
    return tuple((one.id, one.name) for one in ctx.session.execute(people, {"id": customer_id}))


def waiting_kinds(ctx: Context, customer_id: int) -> frozenset[str]:
    """The kinds of which a proposal waits for this customer already."""
    access.ensure_may(ctx, "control.read")
    found = select(Control.kind).where(Control.customer_id == customer_id, Control.state == ControlState.PROPOSED.value)
    return frozenset(ctx.session.execute(found).scalars())


def active_count(ctx: Context) -> int:
    """How many controls are in force in the whole company."""
    access.ensure_may(ctx, "control.read")
    query = select(func.count()).select_from(Control).where(Control.state == ControlState.ACTIVE.value)
    return int(ctx.session.execute(query).scalar_one())
