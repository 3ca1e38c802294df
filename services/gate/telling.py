"""Tells people and machines what became of an order: who may release it, who asked for it, who listens for events."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from db.enums import HeldOrderState
from db.models import AppUser, Customer, GateOrder, GateOverride
from services import data_versions, events
from services.context import Context
from services.notifications import notify

#: The worker's job that tells of an order held a moment ago.
TELL_HELD = "tell_held_order"


def tell_held(ctx: Context, customer_id: int, order_no: str) -> None:
    """Those who may release it: an order waits for them. The worker does it: whoever asked waits for nothing."""
    found = ctx.session.execute(
        select(GateOrder, Customer.customer_no, Customer.name)
        .join(Customer, Customer.customer_id == GateOrder.customer_id)
        .where(GateOrder.customer_id == customer_id, GateOrder.order_no == order_no)
    ).one_or_none()
    if found is None or found.GateOrder.state != HeldOrderState.WAITING:
        return
    row: GateOrder = found.GateOrder
    payload = {
        "order_no": order_no, "amount": row.original_amount, "currency": row.currency,
        "reasons": [one["code"] for one in row.reasons],
    }  # fmt: skip
    events.publish(ctx, "gate.held", customer_id=customer_id, payload=payload)
    data_versions.bump(ctx, "gate")
    notify(
        ctx, "order_held", f"gate_order:{customer_id}:{order_no}",
        people=_people_of(ctx, row.release_role, row.asked_by), params={"customer": found.name, "order": order_no},
        link=_link(found.customer_no, order_no),
    )  # fmt: skip


def tell_held_again(ctx: Context, rows: Sequence[GateOrder], customer_id: int, cause: str) -> None:
    """Those who may release: orders that were allowed wait for them now."""
    customer = ctx.session.execute(
        select(Customer.customer_no, Customer.name).where(Customer.customer_id == customer_id)
    ).one()
    for row in rows:
        notify(
            ctx, "order_held", f"gate_order:{customer_id}:{row.order_no}",
            people=_people_of(ctx, row.release_role, row.asked_by),
            params={"customer": customer.name, "order": row.order_no}, link=_link(customer.customer_no, row.order_no),
        )  # fmt: skip
        payload = {
            "order_no": row.order_no, "amount": row.original_amount, "currency": row.currency, "reasons": [cause],
        }  # fmt: skip
        events.publish(ctx, "gate.held", customer_id=customer_id, payload=payload)
    data_versions.bump(ctx, "gate")


def tell_settled(ctx: Context, row: GateOrder) -> None:
    """Who asked for it, if it was a person, and the machines that listen."""
    customer = ctx.session.execute(
        select(Customer.customer_no, Customer.name).where(Customer.customer_id == row.customer_id)
    ).one()
    asker = select(AppUser.id).where(AppUser.login == row.asked_by)
    people = list(ctx.session.execute(asker).scalars())
    if people:
        params = {"customer": customer.name, "order": row.order_no, "order_state": row.state}
        notify(
            ctx, "order_settled", f"gate_order:{row.customer_id}:{row.order_no}", people=people, params=params,
            link=_link(customer.customer_no, row.order_no),
        )  # fmt: skip
    payload = {"order_no": row.order_no, "state": row.state, "settled_on": ctx.today}
    events.publish(ctx, "gate.settled", customer_id=row.customer_id, payload=payload)
    data_versions.bump(ctx, "gate")


def tell_override_proposed(ctx: Context, row: GateOverride) -> None:
    """Risk management and leadership: a permission waits for one of them."""
    name = ctx.session.execute(select(Customer.name).where(Customer.customer_id == row.customer_id)).scalar_one()
    notify(
        ctx, "override_to_approve", f"gate_override:{row.id}", params={"customer": name},
        link="orders?view=permissions",
    )  # fmt: skip
    data_versions.bump(ctx, "gate")


def _people_of(ctx: Context, role: str | None, asker: str) -> list[int]:
    """Who may decide: everybody of the role but the asker. Nobody means all who may release (notifications/kinds)."""
    found = select(AppUser.id).where(AppUser.role == role, AppUser.is_active, AppUser.login != asker)
    return list(ctx.session.execute(found).scalars())


def _link(customer_no: str, order_no: str | None) -> str:
    return f"orders?customer={customer_no}&order={order_no}"
