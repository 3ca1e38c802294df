"""Orders that asked the gate (SPEC 8), what it answered, and what a person decided on those held."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.base import CustomerScoped, Instant, Money, Versioned, one_of
from db.enums import GateDecision, HeldOrderState
from db.models.customer import of_customer


class GateOrder(CustomerScoped, Versioned):
    """One order number of one customer as the gate answered it first: asking again gives the same answer.

    `state` is set for orders that were held only. What counts against limits is `amount` in the base currency of orders
    allowed or released, until they are invoiced.
    """

    __tablename__ = "gate_order"
    __table_args__ = (
        of_customer(),
        one_of("decision", GateDecision),
        one_of("state", HeldOrderState, optional=True),
        CheckConstraint("(decision = 'hold') = (state IS NOT NULL)", name="state_when_held"),
        CheckConstraint(
            "(state IS NULL OR state = 'waiting') = (settled_at IS NULL)", name="settled_when_settled"
        ),
        CheckConstraint("state NOT IN ('released', 'refused') OR btrim(coalesce(settled_reason, '')) <> ''",
                        name="settled_with_reason"),
        UniqueConstraint("customer_id", "order_no"),
        Index("ix_gate_order_order_no", "order_no"),
        Index("ix_gate_order_asked_on", "customer_id", "asked_on"),
        Index("ix_gate_order_waiting", "asked_at", "customer_id", "id", postgresql_where=text("state = 'waiting'")),
    )  # fmt: skip

    order_no: Mapped[str]
    asked_on: Mapped[dt.date]
    asked_at: Mapped[Instant]
    asked_by: Mapped[str]
    original_amount: Mapped[Money]
    currency: Mapped[str | None]
    amount: Mapped[Money | None]
    terms_days: Mapped[int | None]
    decision: Mapped[str]
    #: [{code, params, control_id}]: sentences are made from them in the reader's language.
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"), default=list)
    controls: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"), default=list)
    limit_left: Mapped[Money | None]
    state: Mapped[str | None]
    settled_at: Mapped[Instant | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    settled_reason: Mapped[str | None]
    #: Where a release ends by itself if the order is not placed by then.
    released_until: Mapped[dt.date | None]
