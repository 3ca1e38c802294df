"""A small company for tests of controls: a business department, risk management, a leader, and one customer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from db.enums import DepartmentKind, Role
from db.models import Customer
from services import controls
from services.context import Actor, Context
from services.controls import ControlRow, Demands, NewControl
from tests.services.makers import DAY, as_actor, make_customer, make_department, make_user


@dataclass
class Scene:
    """The people, and the transaction in the name of each."""

    ctx: Context
    business: Actor
    other: Actor
    risk: Actor
    risk2: Actor
    leader: Actor
    viewer: Actor
    customer: Customer

    def by(self, actor: Actor) -> Context:
        return as_actor(self.ctx, actor)

    def propose(self, actor: Actor | None = None, **values: Any) -> ControlRow:
        return controls.propose(self.by(actor or self.risk), self.customer.customer_no, wanted(**values))

    def active(self, **values: Any) -> ControlRow:
        row = self.propose(**values)
        return controls.approve(self.by(self.risk2), row.customer_id, row.id, row.version)


def wanted(kind: str = "trade_limit", **values: Any) -> NewControl:
    """A limit of 1,000 an order where the test says nothing else."""
    if kind == "trade_limit":
        values.setdefault("demands", Demands(order_limit=Decimal(1000)))
    values.setdefault("reason", "Pays late")
    values.setdefault("review_on", DAY + dt.timedelta(days=30))
    return NewControl(kind=kind, **values)


def make_scene(ctx: Context) -> Scene:
    north, export = make_department(ctx, "NORTH"), make_department(ctx, "EXPORT")
    risk, top = (
        make_department(ctx, "RISK", DepartmentKind.RISK), make_department(ctx, "TOP", DepartmentKind.LEADERSHIP)
    )  # fmt: skip
    customer = make_customer(ctx, "C-1", owner_department_id=north.id, risk_level="high")
    return Scene(
        ctx, make_user(ctx, "north", Role.BUSINESS, north), make_user(ctx, "export", Role.BUSINESS, export),
        make_user(ctx, "risk", Role.RISK, risk), make_user(ctx, "risk2", Role.RISK, risk),
        make_user(ctx, "leader", Role.LEADER, top), make_user(ctx, "viewer", Role.VIEWER, top), customer,
    )  # fmt: skip
